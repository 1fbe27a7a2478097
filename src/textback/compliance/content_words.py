"""What the checks on content look for, as dated data. Words are written as `content.words_of` leaves them.

AS_OF is when the lists were last compared with their sources: the CTIA's Messaging Principles and Best Practices
(May 2023, 5.3: content that carriers refuse), the carriers' lists of forbidden campaigns as Twilio, Telnyx and
Bandwidth publish them, and 47 CFR 64.1200(a)(12) for what an opt-out may not be replaced by. Which words stand for a
subject is our own judgement. A bot.yml says which of them mean something else (`content: ignore`), and what a
registered use case covers (`content: allow`).
"""

AS_OF = "2026-11-20"
SOURCE = "CTIA Messaging Principles and Best Practices, May 2023, 5.3; Twilio, Telnyx and Bandwidth content policies"


def _set(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(","))


#: Words by subject (core.subjects) and language (E5). Only words that hardly mean anything else.
SUBJECT_WORDS: dict[str, dict[str, frozenset[str]]] = {
    "sex": {
        "en": _set("porn, pornography, xxx, escort, escorts, nude, nudes, nsfw, sexy, sex toy, sex toys, hookup, "
                   "hookups, onlyfans, strip club, adult content, viagra, cialis"),
        "es": _set("porno, pornografia, desnudo, desnuda, desnudos, sexo, juguetes sexuales, acompanantes, striptease"),
    },
    "hate": {
        "en": _set("white power, ethnic cleansing, race war, gas the, kill all, subhuman, subhumans"),
        "es": _set("limpieza etnica, raza superior, muerte a los, guerra racial"),
    },
    "alcohol": {
        "en": _set("beer, beers, wine, wines, whiskey, whisky, vodka, tequila, bourbon, liquor, happy hour, cocktail, "
                   "cocktails, brewery, craft beer, booze, hard seltzer"),
        "es": _set("cerveza, cervezas, vino, vinos, vodka, tequila, licor, licores, cocteles, hora feliz, mezcal"),
    },
    "firearms": {
        "en": _set("gun, guns, firearm, firearms, ammo, ammunition, rifle, rifles, pistol, pistols, handgun, handguns, "
                   "silencer, ar 15, gun show, shotgun, shotguns"),
        "es": _set("pistola, pistolas, rifle, rifles, arma de fuego, armas de fuego, municion, municiones, escopeta"),
    },
    "tobacco": {
        "en": _set("tobacco, cigarette, cigarettes, cigar, cigars, vape, vapes, vaping, e cigarette, "
                   "e cigarettes, e liquid, nicotine, hookah, juul"),
        "es": _set("tabaco, cigarrillo, cigarrillos, cigarro, cigarros, puros, vapeo, vapeador, nicotina"),
    },
    "cannabis": {
        "en": _set("cannabis, marijuana, weed dispensary, thc, cbd, delta 8, kush, edibles, pre rolls, prerolls, "
                   "420 deals, dispensary, kratom, magic mushrooms"),
        "es": _set("cannabis, marihuana, thc, cbd, dispensario de marihuana, comestibles de cannabis"),
    },
    "gambling": {
        "en": _set("casino, casinos, gambling, sportsbook, sports betting, free spins, jackpot, poker, slot machine, "
                   "slot machines, place your bets, betting odds, sweepstakes"),
        "es": _set("casino, casinos, apuesta, apuestas, tragamonedas, giros gratis, poquer, casa de apuestas"),
    },
    "loans": {
        "en": _set("payday loan, payday loans, cash advance, cash advances, short term loan, short term loans, "
                   "instant loan, instant loans, no credit check, title loan, title loans, fast cash"),
        "es": _set("prestamo rapido, prestamos rapidos, adelanto de efectivo, sin verificacion de credito, "
                   "prestamo de dia de pago, dinero rapido"),
    },
    "debt": {
        "en": _set("debt relief, debt consolidation, debt settlement, debt forgiveness, credit repair, "
                   "fix your credit, lower your debt, reduce your debt, student loan forgiveness"),
        "es": _set("alivio de deudas, consolidacion de deudas, reparacion de credito, arregle su credito, "
                   "perdon de deudas, reduzca su deuda"),
    },
    "leads": {
        "en": _set("work from home, make money fast, earn money from home, get rich, be your own boss, mlm, "
                   "passive income, financial freedom, we buy houses, extended warranty, you have been pre approved, "
                   "youve been pre approved"),
        "es": _set("trabaje desde casa, gane dinero rapido, hagase rico, sea su propio jefe, ingresos pasivos, "
                   "libertad financiera, compramos casas"),
    },
    "crypto": {
        "en": _set("bitcoin, crypto, cryptocurrency, ethereum, token sale, initial coin offering, nft, nfts, airdrop, "
                   "memecoin, crypto wallet"),
        "es": _set("bitcoin, cripto, criptomoneda, criptomonedas, ethereum, venta de tokens"),
    },
}  # fmt: skip

#: What a subject is called in a sentence.
SUBJECT_NAMES = {
    "sex": "sexual content", "hate": "hate", "alcohol": "alcohol", "firearms": "firearms", "tobacco": "tobacco",
    "cannabis": "cannabis", "gambling": "gambling", "loans": "payday loans", "debt": "debt relief",
    "leads": "lead generation", "crypto": "crypto",
}  # fmt: skip

#: Words by which a text says how to stop (O11), in any language that we know one of.
STOP_WORDS = _set("stop, unsubscribe, opt out, alto, baja, parar, detener, arret, stopp, sair")
#: What a text may not have a digit do (O11), and what tells people to send it.
STOP_AIMS = _set(
    "stop, opt out, unsubscribe, end, cancel, quit, be removed, no more texts, dejar, parar, darse de baja, baja, "
    "cancelar, no recibir, terminar"
)
STOP_VERBS = _set("reply with, reply, text, send, press, type, responda con, responda, envie, mande, marque, escriba")

#: What the first text of a recurring programme says besides its name (K3, K4), and the words that say it.
CONFIRMATION: dict[str, frozenset[str]] = {
    "how to get help": _set("help, info, ayuda, call, llame, email, correo, contact"),
    "how to stop": STOP_WORDS,
    "how often texts come": _set(
        "msg frequency, message frequency, msgs month, messages per month, recurring, msgs week, a week, a month, "
        "per week, per month, weekly, monthly, daily, al mes, por mes, a la semana, por semana, frecuencia, recurrentes"
    ),
    "fees": _set("data rates, msg rates, message rates, tarifas, fees, cargos, costs, coste, costo"),
}
