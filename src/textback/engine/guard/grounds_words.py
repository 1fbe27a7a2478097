"""Words that say too little to be borne out, and those that turn a sentence round. Folded."""

from textback.engine.guard.facts_words import NUMBERS, TENS

NEGATIONS = frozenset("not no never nothing none without nobody cannot hardly unable sin nor neither".split())
#: These only go along with another one, or stand for it.
ALONG = frozenset("nor neither ni nada nunca tampoco jamas ningun ninguna ninguno nadie".split())
#: What stands for the opposite of another word.
ANTONYMS = {
    "closed": "open", "shut": "open", "cerrado": "abierto", "cerrados": "abierto", "cerrada": "abierto",
    "excluded": "included", "unavailable": "available", "impossible": "possible",
}  # fmt: skip
#: Words that are one word here.
SAME = {"opened": "open", "opens": "open", "opening": "open", "abre": "abierto", "abren": "abierto",
        "abrimos": "abierto", "abrir": "abierto", "abiertos": "abierto", "abierta": "abierto"}  # fmt: skip

_ENGLISH = """
a an the and or but if of to in on at by for from with as than then so too also just only even still again very more
most much many some any all both each every other another same such own this that these those here there it its
itself is are was were be been being am do does did doing done have has had having can could will would shall should
may might must i you your yours we us our ours they them their he she his her him me my mine what which who whom
whose when where why how yes no not ok okay oh well please sorry thank thanks welcome hello hi hey good great nice
fine perfect morning afternoon evening bye goodbye day days time times one ones thing things way lot bit kind sort
about around up down out over off back into onto after before until till during while since because get gets got
getting go goes going gone come comes coming take takes taking took make makes made let lets see need needs needed
want wants like know think help helps happy glad pleasure question questions anything something everything nothing
else tell ask asks asking reply answer talk speak call text write contact reach touch message team person people
someone somebody colleague staff assistant bot virtual automated human information info sure course feel ready total
together extra available price prices cost costs costing charge charges pay pays usually now today soon right away
between per first second use using including include includes included offer offers give gives given bring hear
problem worries enjoy hope meet wish look looking find choose check already yet currently nor either able long near
next far within there's start starts run runs put keep keeps mean means say says said full hour hours minute minutes
week weeks month months year years monday tuesday wednesday thursday friday saturday sunday weekday weekdays weekend
mondays tuesdays wednesdays thursdays fridays saturdays sundays pm dollar dollars usd percent number close closes
closing cerramos cierra cierran cerrar confirm unfortunately moment chat connect details show shows
"""
_SPANISH = """
el la los las un una unos unas lo y e o u pero si no ni de del al a en con por para sin sobre entre hasta desde
hacia que qué como cómo cual cuando donde quien porque pues se su sus mi mis tu tus nos nuestro nuestra nuestros
nuestras le les me te yo tenga tengan feliz lindo excelente soy somos usted ustedes ella ellos ellas nosotros es son
era fue ser estar esta estan estamos este estos estas ese esa eso esto aqui ahi alli hay ha han he hemos haber tiene
tienen tenemos tener puede pueden podemos puedo poder muy mas menos tan tanto tambien solo ya aun todavia todo toda
todos todas cada otro otra otros otras mismo misma algo alguien nada hola gracias buenos buenas buen buena dias
tardes noches dia tarde noche manana favor claro perdon siento disculpe saludos adios vale bien listo lista ayudar
ayuda ayudarle necesita necesite necesitan desea quiere quiera hablar hablo persona personas companero compañero
equipo asistente automatico informacion pregunta preguntas preguntar responde responder escriba llame digame
avisamos cuesta cuestan costar cobra precio precios valen sale total hora horas minuto minutos semana semanas mes
meses ano anos lunes martes miercoles jueves viernes sabado sabados domingo domingos dolares dolar ciento hace hacer
va van ir trae traer da dar dan pongo pone poner encontrar encuentra incluye incluyen incluido incluida incluidos
incluidas mucho muchos poco
"""
LIGHT = frozenset((_ENGLISH + _SPANISH).split()) | NEGATIONS | ALONG | NUMBERS.keys() | TENS.keys()
