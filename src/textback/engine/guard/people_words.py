"""Words with a capital that are no names of people or places that anybody had to give."""

KNOWN_NAMES = frozenset(
    """
    i i'm monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays
    saturdays  sundays january february march april may june july august september october november december mon tue
    tues wed thu  thur thurs fri sat sun ok okay yes no sí si hello hi dear thanks english spanish español inglés
    lunes martes  miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto
    septiembre octubre  noviembre diciembre usted ustedes visa mastercard amex the we you our your it if please
    sorry text call email sms  hola gracias claro el la los las
    """.split()
)
