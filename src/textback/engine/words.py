"""What the engine itself says and understands, by language. A language is data: add an entry to LANGUAGES.

The matching words of all languages are used together, because people answer an English question with "sí". Words to
match are written as `match.normalise` leaves them: lower case, no accents, no punctuation.
"""

import msgspec


class Phrases(msgspec.Struct, frozen=True):
    """The engine's own sentences in one language. Kept within GSM-7, so that none doubles a text's cost."""

    menu: str  # {options}
    option: str  # {number} {label}
    again: str  # {question}
    example: str  # {example} {options}
    example_text: str  # {question}
    example_yes_no: str  # {question}
    example_confirm: str  # {question}
    change: str  # {menu}
    remind: str  # {question}
    handoff: str
    danger: str
    closed: str  # {when}
    closed_long: str
    nobody: str
    danger_alone: str
    other_mail: str  # {email}
    other_form: str  # {form}
    other_both: str  # {email} {form}
    fallback: str
    yes: str
    no: str
    back_to: str  # {question}
    resume: str  # {flow}
    stopped: str
    this_is: str
    moment: str
    automated: str  # {name}
    back: str  # a program answers again, after a person
    stop_hint: str
    noted: str  # {label} {value}
    which: str  # {options}
    which_time: str  # {half}, a day
    which_day: str  # {half}, a time
    unclear: str  # {options}
    meant: str  # {question}
    rephrase: str
    quick: str  # {options}
    or_: str
    checks: dict[str, str]
    examples: dict[str, str]
    ask_example: str  # {example} {question}


class Language(msgspec.Struct, frozen=True):
    """One language: what to say, and what to listen for."""

    phrases: Phrases
    yes: frozenset[str]
    no: frozenset[str]
    ordinals: dict[str, int]  # 1 is the first, -1 the last
    numbers: dict[str, int]
    fillers: frozenset[str]
    negations: frozenset[str]
    reservations: frozenset[str]
    skip: frozenset[str]
    person: frozenset[str]
    number_nouns: frozenset[str]
    person_nouns: frozenset[str]
    talk_verbs: frozenset[str]  # before any of person_nouns or anyone
    want_verbs: frozenset[str]  # before person_nouns only: "I need someone" may be about a mechanic
    anyone: frozenset[str]
    tapbacks: dict[str, bool | None]
    back: frozenset[str]
    never_mind: frozenset[str]
    start_over: frozenset[str]
    repeat: frozenset[str]
    go_on: frozenset[str]
    who: frozenset[str]
    corrections: frozenset[str]  # before what is right: "actually 5pm"
    corrections_after: frozenset[str]  # behind it: "5pm instead"
    upset: frozenset[str]


def _set(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(","))


ENGLISH = Language(
    phrases=Phrases(
        menu="Reply {options}.",
        option="{number} for {label}",
        again="Sorry, I didn't get that. {question}",
        example='Please reply with a number or a word, for example "{example}". {options}. Or PERSON to get a person.',
        example_text="Please answer in words. {question} Or reply PERSON to get a person.",
        example_yes_no="Please reply YES or NO. {question} Or reply PERSON to get a person.",
        example_confirm="Please reply YES if this is right, or NO to change something. {question}",
        change="What should I change? {menu}",
        remind="Still there? {question}",
        handoff="I've asked a person to help. They will answer you here.",
        danger="I've asked a person to answer you here. If anybody is in danger, call your local emergency number now.",
        closed="We are closed now and open {when}. A person can answer you here then.",
        closed_long="We are closed now, so nobody can answer you here for a while.",
        nobody="Nobody is free to answer right now. Your text is kept, and a person answers here once somebody is.",
        danger_alone="Nobody can answer you here right now. If anybody is in danger, call your local emergency number "
        "now.",
        other_mail="You can also write to {email}.",
        other_form="You can also use {form}.",
        other_both="You can also write to {email} or use {form}.",
        fallback="Sorry, I didn't understand that. Reply PERSON to get a person.",
        yes="yes",
        no="no",
        back_to="Back to where we were: {question}",
        resume="Shall we go on with {flow}? Reply YES or NO.",
        stopped="OK, I've stopped that. Text us any time.",
        this_is="This is {name}.",
        stop_hint="Reply STOP to opt out.",
        automated="This is the automated assistant of {name}.",
        back="The automated assistant answers you again from here on.",
        moment="One moment please, I'm checking.",
        noted="{label}: {value}.",
        which="Do you mean {options}?",
        which_time="What time on {half}?",
        which_day="Which day, at {half}?",
        unclear="I'm not sure I got that. Is it about {options}?",
        meant="I'm not sure I got that. Did you mean: {question} Reply YES or NO.",
        rephrase="I'm not sure I got that. Can you say it in other words?",
        quick="Reply {options}.",
        or_="or",
        checks={
            "future": "That is in the past.",
            "past": "That is in the future.",
            "open_hours": "We are closed then.",
            "min": "That is too low: at least {limit}, please.",
            "max": "That is too much: at most {limit}, please.",
            "min_length": "That is too short.",
            "max_length": "That is too long.",
            "expr": "That doesn't work.",
            "call": "That isn't possible.",
        },
        examples={
            "number": "2.5",
            "integer": "3",
            "money": "$20",
            "date": "next Friday",
            "time": "4:30 pm",
            "datetime": "tomorrow at 4 pm",
            "email": "name@example.com",
            "phone": "(206) 555-0123",
            "postcode": "98101",
            "name": "Ana Lopez",
            "location": "12 Pier Road",
            "media": "a photo",
            "pattern": "",
        },
        ask_example="For example: {example}. {question} Or reply PERSON to get a person.",
    ),
    yes=_set(
        "yes, y, yeah, yea, yeh, yep, yup, ya, yas, yess, yessir, yes sir, yes maam, yes please, yes pls, sure, "
        "sure thing, of course, ok, okay, okey, okie, k, kk, okay thanks, alright, all right, right, correct, "
        "thats right, that is right, that is correct, thats correct, looks good, looks right, sounds good, sounds "
        "great, all good, good, great, perfect, fine, thats fine, absolutely, definitely, certainly, indeed, "
        "affirmative, please, please do, do it, go ahead, go for it, lets do it, lets go, confirm, confirmed, i "
        "confirm, agreed, i agree, true, why not, no problem, you bet, for sure, works, works for me, that works, "
        "exactly, uh huh, mhm, i do, i am, i would, i have, it is, 👍, 👌, ✅, ✔, 💯, 🙌, ❤, 👍👍, 🆗"
    ),
    no=_set(
        "no, n, nope, nah, na, naw, nay, no way, no thanks, no thank you, no ty, not really, not now, not yet, "
        "not today, never, no sir, negative, wrong, thats wrong, that is wrong, incorrect, not right, not "
        "correct, thats not right, that is not right, thats incorrect, dont, do not, please dont, i dont, i do "
        "not, i am not, im not, i havent, it isnt, it is not, false, uh uh, nuh uh, no no, change, change it, 👎, "
        "❌, 🚫, ✖"
    ),
    ordinals={
        **{word: n for n, word in enumerate("first second third fourth fifth sixth seventh eighth ninth".split(), 1)},
        **{word: n for n, word in enumerate("1st 2nd 3rd 4th 5th 6th 7th 8th 9th".split(), 1)},
        "last": -1,
    },
    numbers={word: n for n, word in enumerate("one two three four five six seven eight nine".split(), 1)},
    fillers=_set(
        "i, id, ill, im, we, wed, a, an, the, my, our, it, its, that, thats, this, would, like, want, need, take, "
        "have, get, choose, pick, go, with, for, to, is, be, please, pls, plz, thanks, thank, you, thx, option, "
        "number, choice, answer, um, uh, hi, hello, hey, just, me, lets, do, can, could, one, number, ok, "
        "okay, some, think, guess"
    ),
    negations=_set("no, not, dont, doesnt, isnt, never, neither, nor, without, nope, cant, wont"),
    reservations=_set("but, except, however, unless, though, only if, change"),
    skip=_set("skip, skip it, none, nothing, na, n a, no thanks, pass, rather not, prefer not to say, no"),
    person=_set(
        "agent, human, person, representative, operator, real person, live person, live agent, real human, "
        "someone, somebody, a person, a human, an agent, staff, customer service, customer support, call me, "
        "receptionist, manager, can someone call me, is this a bot, are you a bot, are you a robot, are you "
        "human, are you real"
    ),
    number_nouns=_set("option, number, choice, answer, no"),
    person_nouns=_set(
        "person, human, agent, representative, operator, real person, real human, live person, live agent, actual "
        "person, actual human, human being, member of staff, customer service"
    ),
    talk_verbs=_set(
        "talk to, talk with, speak to, speak with, chat with, chat to, connect me to, connect me with, transfer "
        "me to, put me through to, get hold of"
    ),
    want_verbs=_set("want, need, get me, give me, reach, prefer, rather have"),
    anyone=_set("someone, somebody, anyone, manager"),
    tapbacks={
        "liked": True,
        "loved": True,
        "disliked": False,
        "laughed at": None,
        "emphasized": None,
        "emphasised": None,
        "questioned": None,
        "removed a like from": None,
        "removed a heart from": None,
        "removed a dislike from": None,
        "removed a laugh from": None,
        "removed an exclamation from": None,
        "removed a question mark from": None,
    },
    back=_set("back, go back, previous, previous question, undo, one step back, back one"),
    never_mind=_set(
        "never mind, nevermind, nvm, forget it, forget about it, dont bother, nm, scrap that, scrap it, not anymore, "
        "changed my mind, i changed my mind"
    ),
    start_over=_set("start over, restart, start again, begin again, from the beginning, from the start, reset"),
    repeat=_set("repeat, repeat that, again, say again, say that again, come again, pardon, what was the question"),
    go_on=_set("continue, go on, resume, carry on, keep going"),
    who=_set(
        "who is this, whos this, who this, who dis, who are you, who r u, who is it, who am i talking to, "
        "who am i texting, who is texting me, who is this please, sorry who is this, whose number is this, "
        "new phone who dis"
    ),
    corrections=_set(
        "actually, i meant, i mean, sorry i meant, make it, make that, change it to, change that to, rather, "
        "correction, scratch that, wait, no wait, sorry, oops, no sorry, no i meant, no make it, change to, "
        "it should be, should be, i said"
    ),
    corrections_after=_set("instead, rather, actually, i meant"),
    upset=_set(
        "this is ridiculous, ridiculous, useless, useless bot, stupid bot, dumb bot, fuck, fucking, wtf, bullshit, "
        "piece of shit, this sucks, you suck, so frustrating, frustrated, im furious, i am furious, im so angry, i am "
        "angry, im angry, pissed off, fed up, unacceptable, worst service, terrible service, awful service, sick of "
        "this, scam, scammers, rip off, this is a joke, waste of time, i am upset, im upset, very disappointed"
    ),
)

SPANISH = Language(
    phrases=Phrases(
        menu="Responda {options}.",
        option="{number} para {label}",
        again="Perdone, no le he entendido. {question}",
        example='Responda con una cifra o una palabra, por ejemplo "{example}". {options}. O PERSONA para hablar con '
        "alguien.",
        example_text="Responda con palabras, por favor. {question} O responda PERSONA para hablar con alguien.",
        example_yes_no="Responda SI o NO, por favor. {question} O responda PERSONA para hablar con alguien.",
        example_confirm="Responda SI si es correcto, o NO para cambiar algo. {question}",
        change="¿Qué desea cambiar? {menu}",
        remind="¿Sigue en contacto? {question}",
        handoff="He avisado a una persona. Le responde por este mismo chat.",
        danger="He avisado a una persona, que le responde por aquí. Si alguien corre peligro, llame ya a emergencias.",
        closed="Ahora mismo no atendemos. Abrimos el {when}, y entonces le puede responder una persona por este chat.",
        closed_long="Ahora mismo no atendemos, y por un tiempo nadie puede responderle por este chat.",
        nobody="Ahora mismo no hay nadie libre. Su mensaje queda guardado, y le responde una persona cuando pueda.",
        danger_alone="Ahora mismo nadie puede responderle. Si alguien corre peligro, llame ya a emergencias.",
        other_mail="También puede escribir a {email}.",
        other_form="También puede usar {form}.",
        other_both="También puede escribir a {email} o usar {form}.",
        fallback="Perdone, no le he entendido. Responda PERSONA para hablar con alguien.",
        yes="si",
        no="no",
        back_to="Volvemos a lo de antes: {question}",
        resume="¿Seguimos con {flow}? Responda SI o NO.",
        stopped="De acuerdo, lo dejamos. Puede escribirnos cuando quiera.",
        this_is="Somos {name}.",
        stop_hint="Responda STOP para no recibir mensajes.",
        automated="Le escribe el asistente virtual de {name}.",
        back="Desde ahora le responde de nuevo el asistente virtual.",
        moment="Un momento, por favor: lo estoy comprobando.",
        noted="{label}: {value}.",
        which="¿Quiere decir {options}?",
        which_time="¿A qué hora, {half}?",
        which_day="¿Qué fecha, a las {half}?",
        unclear="No estoy seguro de entenderle. ¿Se trata de {options}?",
        meant="No estoy seguro de entenderle. ¿Pregunta esto: {question} Responda SI o NO.",
        rephrase="No estoy seguro de entenderle. ¿Puede decirlo con otras palabras?",
        quick="Responda {options}.",
        or_="o",
        checks={
            "future": "Eso ya ha pasado.",
            "past": "Eso es en el futuro.",
            "open_hours": "A esa hora cerramos.",
            "min": "Es poco: al menos {limit}, por favor.",
            "max": "Es demasiado: como mucho {limit}, por favor.",
            "min_length": "Es demasiado corto.",
            "max_length": "Es demasiado largo.",
            "expr": "Eso no puede ser.",
            "call": "Eso no es posible.",
        },
        examples={
            "number": "2,5",
            "integer": "3",
            "money": "20 $",
            "date": "el viernes",
            "time": "las 4 y media de la tarde",
            "datetime": "mañana a las 4 de la tarde",
            "email": "nombre@example.com",
            "phone": "(206) 555-0123",
            "postcode": "98101",
            "name": "Ana Lopez",
            "location": "Pier Road 12",
            "media": "una foto",
            "pattern": "",
        },
        ask_example="Por ejemplo: {example}. {question} O responda PERSONA para hablar con alguien.",
    ),
    yes=_set(
        "si, s, sip, sii, claro, claro que si, por supuesto, desde luego, vale, bueno, dale, de acuerdo, "
        "correcto, esta bien, asi es, exacto, exactamente, perfecto, si por favor, si gracias, si claro, eso es, "
        "eso, confirmo, confirmado, adelante, cierto, verdad, es correcto, todo bien, bien, por favor, okey, ok "
        "gracias"
    ),
    no=_set(
        "no, nop, no gracias, para nada, nunca, jamas, incorrecto, no es correcto, mal, esta mal, negativo, ahora "
        "no, todavia no, aun no, de ninguna manera, falso, cambiar, no esta bien, claro que no, tampoco"
    ),
    ordinals={
        **{w: n for n, w in enumerate("primero segundo tercero cuarto quinto sexto septimo octavo noveno".split(), 1)},
        **{w: n for n, w in enumerate("primera segunda tercera cuarta quinta sexta septima octava novena".split(), 1)},
        "primer": 1,
        "tercer": 3,
        "ultimo": -1,
        "ultima": -1,
    },
    numbers={
        "uno": 1,
        "una": 1,
        "dos": 2,
        "tres": 3,
        "cuatro": 4,
        "cinco": 5,
        "seis": 6,
        "siete": 7,
        "ocho": 8,
        "nueve": 9,
    },
    fillers=_set(
        "yo, el, la, los, las, lo, un, una, mi, quiero, quisiera, necesito, prefiero, me, gustaria, por, favor, "
        "gracias, opcion, numero, para, con, de, del, es, seria, hola, pues, elijo, a, que, vale, hacer"
    ),
    negations=_set("no, ni, nunca, tampoco, sin, jamas"),
    reservations=_set("pero, excepto, salvo, aunque, cambiar, menos"),
    skip=_set("omitir, saltar, ninguno, ninguna, nada, paso, no"),
    person=_set(
        "agente, humano, persona, operador, operadora, representante, alguien, una persona, un humano, un agente, "
        "recepcion, encargado, encargada, atencion al cliente, llamame, llameme, eres un robot, eres un bot"
    ),
    number_nouns=_set("opcion, numero, respuesta"),
    person_nouns=_set("persona, humano, agente, representante, operador, operadora, persona real, ser humano"),
    talk_verbs=_set("hablar con, comunicarme con, ponme con, pongame con, paseme con, contactar con"),
    want_verbs=_set("quiero, necesito, prefiero"),
    anyone=_set("alguien, encargado, encargada"),
    tapbacks={
        "le gusto": True,
        "le encanto": True,
        "no le gusto": False,
        "le dio risa": None,
        "enfatizo": None,
        "cuestiono": None,
    },
    back=_set("atras, volver, volver atras, anterior, la anterior, pregunta anterior"),
    never_mind=_set("olvidalo, olvidelo, dejalo, dejelo, no importa, da igual, ya no, ya no hace falta, mejor no"),
    start_over=_set("empezar de nuevo, empezar otra vez, volver a empezar, desde el principio, de nuevo, reiniciar"),
    repeat=_set("repite, repita, repitelo, otra vez, como, como dice, perdon, cual era la pregunta"),
    go_on=_set("continuar, sigue, siga, seguir, seguimos, continua"),
    who=_set(
        "quien es, quien eres, quien es usted, quienes son, con quien hablo, quien me escribe, de quien es este numero"
    ),
    corrections=_set(
        "mejor, digo, quiero decir, quise decir, en realidad, perdon, no perdon, corrijo, correccion, cambialo a, "
        "cambielo a, pon, ponga, espera, espere, queria decir, no mejor, es decir"
    ),
    corrections_after=_set("mejor, en realidad, quise decir, en su lugar"),
    upset=_set(
        "esto es ridiculo, ridiculo, inutil, bot inutil, mierda, joder, que asco, estoy harto, estoy harta, estoy "
        "furioso, estoy furiosa, estoy enfadado, estoy enfadada, inaceptable, pesimo servicio, mal servicio, estafa, "
        "estafadores, una verguenza, perdida de tiempo, me tienen harto, me tienen harta"
    ),
)

LANGUAGES: dict[str, Language] = {"en": ENGLISH, "es": SPANISH}

DEFAULT = "en"


def phrases(locale: str) -> Phrases:
    """The engine's sentences in this locale's language ("es-MX" is Spanish); English where it is not known."""
    language = LANGUAGES.get(locale) or LANGUAGES.get(locale.partition("-")[0]) or LANGUAGES[DEFAULT]
    return language.phrases
