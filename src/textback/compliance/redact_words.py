"""What gives personal data away: context words, shapes and lengths, in English and Spanish, as data. See redact.

Every repetition in a pattern is bounded, so that no text, however hostile, takes more than linear time.
"""

import re
from typing import Literal

Secret = Literal["card", "bank", "id", "passport", "code", "password", "token"]

_I = re.IGNORECASE

GAP = r"[ \u00a0.\-\u2010-\u2015_/*]"
"""What people put between the digits of one number."""

NUMBERED = re.compile(
    r"(?:order|invoice|tracking|track|parcel|package|ref|reference|booking|reservation|ticket|part|model|sku|serial|item|"
    r"case|confirmation|quote|job|asset|vin|isbn|upc|ean|imei|article|pedido|factura|reserva|referencia|env[ií]o|"
    r"seguimiento|presupuesto|modelo|serie|expediente|albar[aá]n|localizador)s?"
    r"(?:\s{0,2}(?:number|no|num|nr|id|code|n[uú]mero|n[º°]|is|es|de)\b){0,2}[\s.:#=º°]{0,4}$",
    _I,
)
"""Ends with a word that says that the number after it is of a thing, not of a person."""

CVV = re.compile(
    r"\b(?:cvv2?|cvc2?|cid|card verification(?: code)?|c[oó]digo de seguridad de la tarjeta)\b\D{0,12}?(\d{3,4})\b", _I
)

IBAN_LENGTH = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "ES": 24, "FI": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24,
    "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29,
    "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ \-]?[A-Za-z0-9])")
ACCOUNT = re.compile(
    r"\b(?:bank account|checking account|savings account|checking|savings|routing|aba|sort code|clabe|cbu|"
    r"cuenta bancaria|cuenta corriente|cuenta de ahorros?)"
    r"(?: (?:number|no|num|n[uú]mero|#|n[º°]))?(?: (?:is|es))?[\s.:#=º°]{0,4}(\d(?:[ \-]?\d){5,19})(?!\d)",
    _I,
)

SSN = re.compile(r"(?<![\d\-])(?!000|666|9)(\d{3})([- ])(?!00)\d{2}\2(?!0000)\d{4}(?![\d\-])")
NAMED_ID = re.compile(
    r"\b(?:ssn|social security|social|itin|tax id|sin|social insurance|nas|assurance sociale|seguro social|nss|nino|"
    r"national insurance|aadhaar|dni|nie|c[eé]dula|curp|cpf)"
    r"(?: (?:number|no|num|card|n[uú]mero))?(?: (?:is|es))?(?: my)?[\s.:#=º°]{0,4}"
    r"((?:\d[ .\-]?){8,11}\d|\d{9})(?![\d])",
    _I,
)
NINO = re.compile(
    r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ \-]?\d{2}[ \-]?\d{2}[ \-]?\d{2}[ \-]?[A-D]\b", _I
)
DNI = re.compile(r"(?<![\w.])(\d{2}\.?\d{3}\.?\d{3})[ \-]?([A-Za-z])\b")
NIE = re.compile(r"\b([XYZxyz])[ \-]?(\d{7})[ \-]?([A-Za-z])\b")
DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
CPF = re.compile(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)")
CURP = re.compile(r"\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b", _I)
NIR = re.compile(r"(?<!\d)[12][ ]?\d{2}[ ]?(?:0[1-9]|1[0-2]|[2-9]\d)[ ]?\d{2}[ ]?\d{3}[ ]?\d{3}[ ]?\d{2}(?!\d)")

PASSPORT = re.compile(
    r"\b(?:passport|pasaporte)(?: (?:number|no|num|card|n[uú]mero|n[º°]))?(?: (?:is|es))?[\s.:#=º°]{0,4}"
    r"([A-Z]{0,3}\d{6,9}[A-Z]?)\b",
    _I,
)
LICENCE = re.compile(
    r"\b(?:driver['’]?s?|driving) licen[cs]e(?: (?:number|no|num))?(?: is)?[\s.:#=]{0,4}"
    r"((?=[A-Z\-]{0,9}\d)[A-Z0-9\-]{6,20})\b"
    r"|\b(?:licencia|carn[eé]t?|permiso) de conducir(?: (?:n[uú]mero|n[º°]))?(?: es)?[\s.:#=º°]{0,4}"
    r"((?=[A-Z\-]{0,9}\d)[A-Z0-9\-]{6,20})\b",
    _I,
)

_CODE = r"(\d{4,8}|\d{3}[ \-]\d{3}|[A-Z]-\d{5,8})(?![\d\-])"
CODE = re.compile(
    r"\b(?:(?:verification|one[ \-]?time|login|log[ \-]?in|sign[ \-]?in|authentication|authenticator|2fa|"
    r"mfa|two[ \-]factor|two[ \-]step|activation|reset|security)(?: (?:pass)?(?:code|pin|number|password))|"
    r"one[ \-]?time passcode|otp|2fa|"
    r"c[oó]digo(?: de)? (?:verificaci[oó]n|seguridad|un solo uso|acceso|activaci[oó]n|"
    r"inicio de sesi[oó]n|confirmaci[oó]n sms)|"
    r"clave (?:din[aá]mica|temporal|de un solo uso))\b[^\d\n]{0,24}?" + _CODE,
    _I,
)
CODE_FIRST = re.compile(
    r"(?<![\d\-])(\d{4,8}|\d{3}[ \-]\d{3}|G-\d{6})(?= (?:is|es) (?:your|the|my|tu|su|el|mi)\b[^.\n]{0,40}?"
    r"\b(?:verification|one[ \-]?time|login|security|authentication|otp|passcode|"
    r"c[oó]digo de (?:verificaci[oó]n|seguridad|acceso)|clave (?:din[aá]mica|temporal)))",
    _I,
)
GOOGLE = re.compile(r"(?<!\w)G-\d{6}(?!\d)")

PIN = re.compile(r"\b(?:my |the |card |atm |mi |el )?pin(?: number)?(?: is| es)?[\s:=#]{0,3}(\d{4})(?!\d)", _I)
PASSWORD = re.compile(
    r"\b(?:pass(?:word|wd|code|phrase)|pwd|contrase[nñ]a)(?: (?:is|es|will be|ser[aá])(?: now| ahora)?)?"
    r"(?:\s{0,2}[:=]\s{0,2}|\s{1,2})(\S{3,64})",
    _I,
)
PASSWORD_LINK = re.compile(r" (?:is|es|will be|ser[aá])\b|[:=]", _I)
KEYED = re.compile(r"\b(?:pass|pw|clave|contra)\s{0,2}[:=]\s{0,2}(\S{3,64})|\bclave es\s{1,2}(\S{0,63}\d\S{0,63})", _I)
NOT_PASSWORDS = frozenset(
    "not wrong incorrect expired still the too invalid required case different fine being weak what where when how "
    "why that this there here gone lost forgotten correct right working protected secure safe strong same now needed "
    "bad old new set reset changed stuck broken missing unknown also always never only just really very because but "
    "and denied rejected declined accepted refused hacked stolen leaked compromised disabled public for with your his "
    "her their our sent saved stored hidden visible blank empty locked blocked long short yes please incorrecta "
    "correcta inválida invalida vieja nueva muy demasiado la una que para porque esta está mala buena obligatoria "
    "necesaria segura débil larga corta distinta diferente misma no".split()
)  # fmt: skip

TOKENS = re.compile(
    r"\b(?:sk|rk|pk)[_\-](?:(?:live|test|proj|ant)[_\-])?[A-Za-z0-9_\-]{16,200}"
    r"|\bgh[opsru]_[A-Za-z0-9]{20,255}|\bgithub_pat_[A-Za-z0-9_]{20,255}|\bglpat-[A-Za-z0-9_\-]{16,64}"
    r"|\bxox[abeoprs]-[A-Za-z0-9\-]{10,200}|\bA(?:KIA|SIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_\-]{30,60}"
    r"|\beyJ[A-Za-z0-9_\-]{8,2000}\.[A-Za-z0-9_\-]{8,4000}(?:\.[A-Za-z0-9_\-]{0,1000})?"
    r"|\bwhsec_[A-Za-z0-9]{16,100}|\bnpm_[A-Za-z0-9]{30,60}|\bSG\.[A-Za-z0-9_\-]{16,40}\.[A-Za-z0-9_\-]{16,60}"
    r"|\btb_[A-Za-z0-9_\-]{40,60}|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{0,8000}(?:-----END[A-Z ]{0,25}-----)?"
)
NAMED_TOKEN = re.compile(
    r"\b(?:bearer|(?:api|access|secret|auth|private|recovery|client)[ _\-]?(?:key|token|secret)|token)"
    r"(?: (?:is|es))?\s{0,2}[:=]?\s{0,2}((?=[^\s\d]{0,60}\d)[A-Za-z0-9_\-./+=]{12,400})",
    _I,
)

EMAIL = re.compile(r"(?<![\w.%+\-])[\w.%+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,4}\.[^\W\d_]{2,24}(?![\w\-])")

PHONES = (
    re.compile(r"(?<![\w+])\+\d(?:[ \u00a0().\-/]{0,2}\d){7,14}(?!\d)"),
    re.compile(
        r"(?<!\d{3}[ .\-])(?<![\w.+\-$€£#/])(?:1[ .\-]?)?"
        r"(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .\-]?)\d{3}[ .\-]?\d{4}(?![\w\-]|[.,]\d)"
    ),
    re.compile(r"(?<!\d[ .\-])(?<![\w.+\-$€£#/,])[2-9]\d{2}-\d{4}(?![\w\-]|[.,]\d)"),
    re.compile(r"(?<!\d[ .\-])(?<![\w.+\-$€£#/,])[6789]\d{2}[ .\-]\d{3}[ .\-]\d{3}(?![\w\-]|[.,]\d)"),
    re.compile(r"(?<!\d[ .\-])(?<![\w.+\-$€£#/,])[6789]\d{2}[ .\-]\d{2}[ .\-]\d{2}[ .\-]\d{2}(?![\w\-]|[.,]\d)"),
    re.compile(r"(?<!\d[ .\-])(?<![\w.+\-$€£#/,])[67]\d{8}(?![\w\-]|[.,]\d)"),
    re.compile(r"(?<!\d[ .\-])(?<![\w.+\-$€£#/,])0\d{2,4}[ \-]?\d{3,4}[ \-]?\d{3,4}(?![\w\-]|[.,]\d)"),
)

_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
)
_DATE = (
    r"(?:\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2,4}|" + _MONTH + r"\.?[ ,]{1,2}\d{1,2}(?:st|nd|rd|th)?(?:,? \d{2,4})?"
    r"|\d{1,2}(?:st|nd|rd|th)?(?: de| of)? " + _MONTH + r"\.?(?:(?: de|,)? \d{4})?|(?:19|20)\d{2}\b)"
)
BIRTH = re.compile(
    r"\b(?:dob|d\.o\.b|date of birth|birth ?da(?:te|y)|birthdate|born|f(?:echa)?\.? de nacimiento|nac[ií]|nacid[oa]|"
    r"cumplea[nñ]os)\b[^\d\n]{0,18}?(" + _DATE + r")(?!\d)",
    _I,
)

_STREET = (
    r"(?:street|str|avenue|ave|road|rd|boulevard|blvd|lane|ln|terrace|highway|hwy|parkway|pkwy|crescent|close|"
    r"st|drive|dr|court|ct|way|place|pl|square|sq|circle|cir|alley|trail|loop|mews)"
)
STREET = re.compile(
    r"(?<![\w$€£.:/#\-])\d{1,6}[A-Za-z]?(?:,)? (?:(?:[NSEW]|north|south|east|west|NE|NW|SE|SW)\.? )?"
    r"([\w'’.\-]{1,24}(?: [\w'’\-]{1,24}){0,2}) (" + _STREET + r")\b\.?"
    r"(?:,? (?:apt|apartment|unit|suite|ste|flat|no)\.? ?#?\w{1,6}| ?#\w{1,6})?",
    _I,
)
NOT_STREETS = frozenset(
    "am pm a.m p.m min mins minute minutes hour hours hr hrs day days week weeks mile miles km people persons of in on "
    "at to for from and or the a an is are was by with more less times percent years year kids bikes block blocks k "
    "o'clock dollars bucks pounds euros".split()
)  # fmt: skip
CALLE = re.compile(
    r"(?<!\w)(?:c/|(?:calle|avenida|avda\.?|av\.|paseo|p\.º|plaza|pza\.?|carrer|"
    r"camino|carretera|ronda|traves[ií]a|callej[oó]n)(?= ))"
    r"\s{0,2}(?:[\w'’.\-]{1,20} ?){1,5}?,?\s{0,2}(?:n[º°úu]m?\.? ?)?\d{1,5}\b"
    r"(?:,? (?:\d{1,2}[º°ª]?\s?[A-Za-z]?|piso \d{1,2}|puerta \w{1,3})\b)?",
    _I,
)
PLACES = (
    re.compile(r"(?<![\d.])-?\d{1,2}\.\d{3,10},\s{0,2}-?\d{1,3}\.\d{3,10}(?!\d)"),
    re.compile(r"https?://(?:www\.)?(?:maps\.google\.[a-z]{2,3}|google\.[a-z]{2,3}/maps|maps\.app\.goo\.gl|goo\.gl/maps|"
               r"maps\.apple\.com)[^\s]{0,300}", _I),
    re.compile(r"\b(?:P\.? ?O\.? box|apartado(?: de correos)?) \d{1,6}\b", _I),
    re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b"),
    re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d\b"),
)  # fmt: skip

HEALTH = re.compile(
    r"\b(?:diabet(?:es|ic|ica|ico)|cancer|c[aá]ncer|chemo(?:therapy)?|quimioterapia|tumou?r(?:es|s)?|leuk[a]?emia|leucemia|"
    r"hiv|vih|aids|sida|hepatitis|asthma(?:tic)?|asma|epileps(?:y|ia)|epileptic|pregnan(?:t|cy)|embaraz(?:ada|o)|"
    r"miscarriage|aborto|abortion|depression|depresi[oó]n|bipolar|schizophreni(?:a|c)|esquizofrenia|autis(?:m|tic|mo|ta)|"
    r"adhd|tdah|anxiety disorder|panic attacks?|ptsd|dementia|demencia|alzheimer['’]?s?|parkinson['’]?s?|stroke|ictus|"
    r"heart attack|infarto|blood pressure|presi[oó]n arterial|hipertensi[oó]n|hypertension|covid(?:-19)?|coronavirus|"
    r"antidepressants?|antidepresivos?|insulin|insulina|antibiotics?|antibi[oó]ticos?|biops(?:y|ia)|mammogram|mamograf[ií]a|"
    r"dialysis|di[aá]lisis|surgery|cirug[ií]a|diagnos(?:ed|is)|diagn[oó]stico|disabilit(?:y|ies)|discapacidad|"
    r"allerg(?:y|ies|ic)|al[eé]rgic[oa]s?|alergias?|seizures?|migraines?|migra[nñ]as?|rehab|std|ets|chlamydia|herpes)\b",
    _I,
)

_AGE = r"(?:[1-9]|1[0-7])"
MINORS = (
    re.compile(rf"(?<![\d.])\b{_AGE}[ \-](?:years?[ \-]old|yrs?[ \-]old|y/?o|year[ \-]olds?)\b", _I),
    re.compile(rf"\b(?:i['’]?m|i am|(?:s?he|they)(?:['’]?s| is| are)|who is|turning|just turned|aged?|edad)"
               rf" {_AGE}(?![\d:.,/%$€£]|\d| ?(?:am|pm|min|minutes?|miles?|km|hours?|days?|"
               r"weeks?|blocks?|of|people|in|on)\b)", _I),
    re.compile(rf"\b(?:tengo|tiene|cumple|de) {_AGE} a[nñ]os\b", _I),
    re.compile(rf"\bmy (?:son|daughter|kid|child|boy|girl)(?:,? \w{{1,20}},?)?"
               rf"(?: is|'s|,)? {_AGE}(?![\d:.,/%])\b"
               r"(?! ?(?:am|pm|min|minutes?|miles?|km|hours?|days?|weeks?|blocks?|of|people)\b)", _I),
)  # fmt: skip

NAMED = re.compile(
    r"\b(?:my (?:full )?name is|my name['’]?s|name:|me llamo|mi nombre(?: completo)? es|nombre:) {0,2}"
    r"(?!(?:on|in|not|the|under|already|spelled|spelt|still|missing|wrong|listed)\b)"
    r"([^\W\d_][\w'’\-]{1,30}(?: [A-ZÁÉÍÓÚÑ][\w'’\-]{1,30}){0,3})",
)

_TOKEN_HINTS = (
    "sk_", "sk-", "rk_", "pk_", "ghp_", "gho_", "ghs_", "ghr_", "ghu_", "github_pat", "glpat", "xox", "akia", "asia",
    "aiza", "eyj", "whsec", "npm_", "sg.", "tb_", "private key",
)  # fmt: skip
NAMED_SECRETS: tuple[tuple[Secret, tuple[str, ...], re.Pattern[str]], ...] = (
    ("card", ("cvv", "cvc", "cid ", "card verif", "de la tarjeta"), CVV),
    ("bank", ("account", "checking", "savings", "routing", "aba", "sort code", "clabe", "cbu", "cuenta"), ACCOUNT),
    ("id", ("ssn", "social", "itin", "tax id", "sin ", "nas ", "nss", "nino", "national ins", "aadhaar", "dni", "nie ",
            "dula", "curp", "cpf"), NAMED_ID),
    ("passport", ("passport", "pasaporte"), PASSPORT),
    ("passport", ("licen", "carne", "permiso"), LICENCE),
    ("code", ("verif", "time", "log", "sign", "auth", "2fa", "mfa", "two", "activat", "reset", "secur", "otp", "digo",
              "clave"), CODE),
    ("code", (" is ", " es "), CODE_FIRST),
    ("code", ("g-",), GOOGLE),
    ("password", ("pin ", "pin:", "pin=", "pin#"), PIN),
    ("token", _TOKEN_HINTS, TOKENS),
    ("token", ("bearer", "key", "token", "secret"), NAMED_TOKEN),
)  # fmt: skip
"""What is told by the words around it. A pattern is tried where one of its hints is in the text."""

PASSWORD_HINTS = ("pass", "pwd", "pw", "contra", "clave")
TRIGGERS = (
    "passw", "passp", "passc", "pass:", "pass ", "pass=", "pwd", "pw:", "contra", "clave", "cvv", "cvc", "g-", "otp",
    "2fa", "code", "código", "codigo", "pin ", "pin:", "pin=", "licen", "bearer", "api", "token", "secret",
    *_TOKEN_HINTS,
)  # fmt: skip
"""A short text with none of these, in small letters, and with no long number has nothing that is masked everywhere."""
