"""The words that facts are made of, in English and Spanish, folded: small letters without accents."""

#: Days of the week, 0 is Monday.
WEEKDAYS = {
    "monday": 0, "mondays": 0, "mon": 0, "lunes": 0, "tuesday": 1, "tuesdays": 1, "tue": 1, "tues": 1, "martes": 1,
    "wednesday": 2, "wednesdays": 2, "wed": 2, "miercoles": 2, "thursday": 3, "thursdays": 3, "thu": 3, "thur": 3,
    "thurs": 3, "jueves": 3, "friday": 4, "fridays": 4, "fri": 4, "viernes": 4, "saturday": 5, "saturdays": 5,
    "sabado": 5, "sabados": 5, "sunday": 6, "sundays": 6, "domingo": 6, "domingos": 6,
}  # fmt: skip
MONTHS = {
    "january": 1, "jan": 1, "enero": 1, "february": 2, "feb": 2, "febrero": 2, "march": 3, "mar": 3, "marzo": 3,
    "april": 4, "apr": 4, "abril": 4, "may": 5, "mayo": 5, "june": 6, "jun": 6, "junio": 6, "july": 7, "jul": 7,
    "julio": 7, "august": 8, "aug": 8, "agosto": 8, "september": 9, "sept": 9, "sep": 9, "septiembre": 9,
    "october": 10, "oct": 10, "octubre": 10, "november": 11, "nov": 11, "noviembre": 11, "december": 12, "dec": 12,
    "diciembre": 12,
}  # fmt: skip
#: Units: the kind of span, and how many of its smallest unit they are.
UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("second", "seconds", "segundo", "segundos"), ("time", 1 / 60)),
    **dict.fromkeys(("minute", "minutes", "min", "mins", "minuto", "minutos"), ("time", 1)),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "hora", "horas"), ("time", 60)),
    **dict.fromkeys(("day", "days", "dia", "dias"), ("time", 1440)),
    **dict.fromkeys(("week", "weeks", "semana", "semanas"), ("time", 10080)),
    **dict.fromkeys(("month", "months", "mes", "meses"), ("months", 1)),
    **dict.fromkeys(("year", "years", "ano", "anos"), ("months", 12)),
    **dict.fromkeys(("mile", "miles", "milla", "millas"), ("miles", 1)),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres", "kilometro", "kilometros"), ("km", 1)),
}
#: Words for numbers. "One" is in none: it stands for too much else.
NUMBERS = {
    "zero": 0, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000,
    "cero": 0, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10,
    "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16, "diecisiete": 17, "dieciocho": 18,
    "diecinueve": 19, "veintiuno": 21, "veintidos": 22, "veinticuatro": 24, "veinticinco": 25, "docena": 12,
    "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "quinientos": 500, "mil": 1000,
    "millon": 1_000_000,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80,
    "noventa": 90,
}  # fmt: skip
#: What stands for all days, those of the weekend, and the others.
ALL_DAYS = ("every day", "daily", "all week", "7 days a week", "todos los dias", "cada dia", "a diario")
WEEKEND = ("weekends?", "fin de semana", "fines de semana")
WORKDAYS = ("weekdays?", "entre semana", "business days?", "dias laborables")
RELATIVE = ("today", "tonight", "tomorrow", "yesterday", "hoy", "manana", "ayer")
HOLIDAYS = ("christmas(?: eve| day)?", "thanksgiving", "easter", "new year(?: eve| day)?", "navidad", "nochebuena",
            "ano nuevo", "semana santa", "labor day", "memorial day", "independence day", "holidays?",
            "festivos?")  # fmt: skip
#: What costs nothing.
FREE = (
    "free of charge", "free", "gratis", "gratuitos?", "gratuitas?", "no charge", "no cost", "no extra cost",
    "without charge", "complimentary", "on the house", "on us", "sin costo", "sin coste", "sin cargo", "for nothing",
    "costs? nothing", "regalad[oa]s?", "de regalo", "por nuestra cuenta", "invita la casa",
)  # fmt: skip
