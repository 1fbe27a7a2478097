"""What the checks on texts look for, as data. Words are written as `match.normalise` leaves them."""


def _set(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(","))


#: Words of sales, by language. One of them makes a text promotional, which its class must say (C1, C2).
PROMOTIONAL: dict[str, frozenset[str]] = {
    "en": _set(
        "sale, on sale, flash sale, discount, discounts, discounted, coupon, coupons, promo, promo code, promotion, "
        "special offer, special offers, limited time, limited offer, exclusive offer, best deal, deals, buy now, "
        "shop now, order now, act now, buy one get one, bogo, clearance, cashback, free gift, free trial, "
        "refer a friend, dont miss, last chance, new arrivals, save up to, lowest price, percent off"
    ),
    "es": _set(
        "oferta, ofertas, descuento, descuentos, rebaja, rebajas, cupon, cupones, promocion, promociones, "
        "compre ahora, compra ya, ultima oportunidad, por tiempo limitado, dos por uno, liquidacion, regalo gratis, "
        "prueba gratis, no se lo pierda, mejor precio, por ciento de descuento"
    ),
}

#: Public shorteners: carriers block their links, because nobody can see whose they are (E4).
SHORTENERS = frozenset(
    (
        "bit.ly bitly.com tinyurl.com t.co goo.gl ow.ly is.gd v.gd buff.ly cutt.ly rebrand.ly rb.gy shorturl.at t.ly "
        "tiny.cc bl.ink lnkd.in s.id adf.ly soo.gd short.io shorte.st clck.ru qr.ae x.co tr.im mcaf.ee su.pr "
        "snip.ly dub.sh surl.li u.to urlz.fr"
    ).split()
)

#: What tells people to send a word, by language. The word itself stands in capitals after it.
SEND_VERBS: dict[str, tuple[str, ...]] = {
    "en": ("reply with the word", "reply with", "reply", "text us", "text", "send us", "send", "type", "answer with"),
    "es": (
        "responda con", "responda", "responde", "escriba", "escribe", "envíe", "envie", "envía", "envia", "mande",
        "manda", "conteste con", "conteste",
    ),
}  # fmt: skip
#: What stands between two such words: "BOOK, QUOTE or PERSON".
WORD_JOINS = ("or", "and", "o", "u", "y", "e")

#: What GSM-7 has in the place of a character that it lacks, besides letters without their accents.
GSM_TWINS: dict[str, str] = {
    **dict.fromkeys("’‘´`", "'"),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("–—−‑•·", "-"),
    **dict.fromkeys("\u00a0\u2009\u202f\t", " "),
    "…": "...",
    "×": "x",
    "→": "->",
    "←": "<-",
    "™": "(TM)",
    "®": "(R)",
    "©": "(C)",
    "º": "o",
    "ª": "a",
    "½": "1/2",
    "¼": "1/4",
    "°": " degrees",
}
