"""Spanish."""

from textback.engine.matchers.language import Words, numbered, words

_TEENS = "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve"
_TWENTIES = (
    "veinte veintiuno/veintiun/veintiuna veintidos veintitres veinticuatro veinticinco veintiseis veintisiete "
    "veintiocho veintinueve"
)

SPANISH = Words(
    home=words("once, mar, mil, media, medio, un, par, sept, min, mins, dom, ago, euro, euros, peso, pesos"),
    decimal_comma=True,
    numbers={
        **numbered("cero uno/una/un dos tres cuatro cinco seis siete ocho nueve"),
        **numbered(_TEENS, 10),
        **numbered(_TWENTIES, 20),
        **{
            word: 10 * n
            for word, n in numbered("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 3).items()
        },
        "cien": 100,
        "ciento": 100,
        **{
            word: 100 * n
            for word, n in numbered(
                "doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas quinientos/quinientas "
                "seiscientos/seiscientas setecientos/setecientas ochocientos/ochocientas novecientos/novecientas",
                2,
            ).items()
        },
    },
    powers={"mil": 1000, "millon": 1_000_000, "millones": 1_000_000},
    joiners=words("y"),
    amounts={
        "media docena": 6,
        "una docena": 12,
        "docena": 12,
        "dos docenas": 24,
        "un par de": 2,
        "un par": 2,
        "par": 2,
        "la mitad": 0.5,
        "media": 0.5,
        "medio": 0.5,
        "un cuarto": 0.25,
    },
    halves=words("y media, y medio"),
    only_me=words("solo yo, yo solo, yo sola, yo, solamente yo"),
    minus=words("menos"),
    currencies={
        "dolar": "local",
        "dolares": "local",
        "euro": "EUR",
        "euros": "EUR",
        "peso": "local",
        "pesos": "local",
        "libras": "GBP",
        "soles": "PEN",
    },
    cents=words("centimo, centimos, centavo, centavos"),
    with_cents=words("con, y"),
    weekdays={
        **numbered("lunes martes miercoles jueves viernes sabado domingo"),
        **numbered("lun mar mie jue vie sab dom"),
        "miercole": 2,
        "mierc": 2,
    },
    months={
        **numbered("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", 1),
        **numbered("ene feb marz abr may jun jul ago sep oct nov dic", 1),
        "setiembre": 9,
        "sept": 9,
    },
    days={
        "hoy": 0,
        "hoy mismo": 0,
        "manana": 1,
        "manana mismo": 1,
        "mnn": 1,
        "mnna": 1,
        "pasado manana": 2,
        "ayer": -1,
        "anteayer": -2,
        "antier": -2,
        "antes de ayer": -2,
    },
    weak=words("mar, may, sab, dom, vie, ago, dic"),
    units={
        **dict.fromkeys(("minuto", "minutos", "min", "mins"), "minute"),
        **dict.fromkeys(("hora", "horas", "hs"), "hour"),
        **dict.fromkeys(("dia", "dias"), "day"),
        **dict.fromkeys(("semana", "semanas"), "week"),
        **dict.fromkeys(("quincena",), "fortnight"),
        **dict.fromkeys(("mes", "meses"), "month"),
        **dict.fromkeys(("ano", "anos"), "year"),
    },
    some={"un": 1, "una": 1, "un par de": 2, "media": 0.5, "medio": 0.5},
    ordinals={"primero": 1, "primer": 1},
    ordinal_suffix="o|ero|er|do|to",
    date_forms=(
        (r"(?:a )?{n} {unit} (?:despues del?|a partir del?) {wd}|{wd} en {n} {unit}", "from_weekday"),
        (r"{n} {unit} (?:despues del?|a partir del?) {day}", "from_day"),
        (r"(?:dentro de|en|de aqui a|de hoy en) {n} {unit}", "ahead"),
        (r"hace {n} {unit}", "ago"),
        (r"(?:el )?{wd},? (?:de )?(?:la )?(?:semana que viene|proxima semana|semana proxima|otra semana)", "next_week"),
        (r"(?:la )?(?:semana que viene|proxima semana|semana proxima),? (?:el )?{wd}", "next_week"),
        (r"(?:el )?{wd},? (?:de )?esta semana|esta semana,? (?:el )?{wd}", "this"),
        (r"(?:el )?pasado {wd}|(?:el )?{wd} pasado", "last"),
        (r"(?:el )?(?:proximo|siguiente) {wd}|(?:el )?{wd} (?:que viene|proximo|siguiente)", "next"),
        (r"este {wd}", "this"),
        (r"(?:el )?(?:dia )?{nth} (?:de )?{month}(?:,? (?:del? )?{year})?", "month_day"),
        (r"(?:el )?{month} {nth}(?:,? (?:del? )?{year})?", "month_day"),
        (r"(?:a )?(?:fin|final|finales|fines) de(?:l)? (?:este )?mes|(?:el )?ultimo dia del mes", "month_end"),
        (r"(?:el |este )?(?:proximo )?(?:fin de semana|finde)", "weekend"),
        (r"{day}", "day"),
        (r"(?:el |al )?dia {nth}|(?:el|al) {dd}|el {ord}", "nth"),
        (r"(?:el )?{wd}", "weekday"),
    ),
    next_weekday="coming",
    parts={
        **dict.fromkeys(("de la manana", "por la manana", "en la manana", "a la manana"), ("morning", None)),
        **dict.fromkeys(("de la madrugada", "de madrugada"), ("morning", None)),
        **dict.fromkeys(("de la tarde", "por la tarde", "en la tarde", "a la tarde"), ("afternoon", None)),
        **dict.fromkeys(("de la noche", "por la noche", "en la noche", "a la noche"), ("night", None)),
        "esta manana": ("morning", 0),
        "esta tarde": ("afternoon", 0),
        "esta noche": ("night", 0),
    },
    clock={"mediodia": 720, "medio dia": 720, "medianoche": 0, "media noche": 0},
    now=words("ahora, ahora mismo, ya mismo, enseguida"),
    before_time=r"(?:\ba las?|\bsobre las?|\bhacia las?|\bcomo a las?|\btipo)",
    after_time=r"(?:en punto|hs|horas)",
    time_forms=(
        (r"{h} y media", "half_past"),
        (r"{h} y cuarto", "quarter_past"),
        (r"{h} menos cuarto", "quarter_to"),
        (r"(?:un )?cuarto para las? {h}", "quarter_to"),
        (r"{h} y {m}", "past"),
        (r"{h} menos {m}", "to"),
        (r"{m} para las? {h}", "to"),
        (r"(?:dentro de|en) {n} {unit}", "ahead"),
    ),
    bounds=words(
        "despues de, despues del, despues de las, despues de la, antes de, antes del, antes de las, antes de la, "
        "hasta, hasta el, hasta las, desde, desde el, desde las, a partir de, a partir de las, a partir del, entre, "
        "entre las"
    ),
    ranges=words("a, y, hasta"),
    later_forms=((r"{n} {unit} (?:mas tarde|despues)", "later"), (r"{n} {unit} (?:antes|mas temprano)", "earlier")),
    leads=words("a, a la, a las, el, para, para el, para las, para la, sobre las, hacia las, como a las, las"),
    greetings=words("buenos dias, buenas tardes, buenas noches, buen dia, buena tarde, buena noche"),
    fillers=words(
        "a, al, las, la, el, los, sobre, hacia, como, mejor, quise, decir, queria, digo, seria, perdon, perdona, mas, "
        "o, menos, tipo, aproximadamente, puede, ser, podria, quizas, tal, vez, bien, me, viene, va, gracias, por, "
        "favor, para, en, que, pues, bueno, vale, si, no, mejor, cambiar, cambia, dia, fecha, hora, horas, somos, "
        "solo, mi, correo, telefono, movil, codigo, postal, direccion, nombre, total, exactamente, personas, unos, "
        "unas, es, son, hola, de"
    ),
    refusals=words("no, tampoco, imposible, ocupado, ocupada, cerrado"),
    introductions=words(
        "me llamo, mi nombre es, soy, mi nombre, nombre:, nombre, habla, le habla, les habla, aqui, te habla, "
        "llamame, llameme"
    ),
    weak_introductions=words("aqui, nombre"),
    here=words("aqui, al habla, por aqui"),
    not_names=words(
        "si, no, claro, vale, bueno, bien, mal, gracias, por, favor, hola, buenas, buenos, yo, tu, el, ella, "
        "nosotros, un, una, unos, unas, lo, los, las, la, que, quien, como, cuando, donde, cual, cuanto, porque, "
        "pero, o, es, soy, estoy, esta, estan, ser, estar, tengo, tiene, quiero, quisiera, necesito, puedo, puede, "
        "podria, voy, vengo, hoy, manana, ayer, tarde, noche, lunes, martes, miercoles, jueves, viernes, sabado, "
        "domingo, semana, mes, dia, hora, cliente, clienta, nuevo, nueva, paciente, nada, nadie, nunca, ninguno, "
        "alguien, ayuda, persona, robot, reparar, reparacion, cita, reserva, precio, bici, bicicleta, coche, carro, "
        "cancelar, cambiar, llamar, mi, mis, su, sus, para, con, sin, en, a, al, aun, todavia, ya, solo, tambien, "
        "muy, mas, menos, uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, primero, segundo, ultimo, "
        "correcto, incorrecto, adios, perdon, mayor, alergico, alergica, interesado, interesada, autonomo, autonoma, "
        "responsable, dueno, duena"
    ),
    particles=words("de, del, la, las, los, y, da, do, dos"),
    at=words("arroba"),
    dot=words("punto"),
    marks={"guion bajo": "_", "guion": "-", "mas": "+"},
    email_words=words("correo, correo electronico, mail, email"),
    postcode_words=words("codigo postal, cp, c.p., cod postal"),
    number_after=words("numero, num, opcion, habitacion, piso, puerta, local, mesa, linea, autobus, pedido"),
    street_after=words(""),
    street_before=words(
        "calle, c/, avenida, avda, av, av., plaza, pza, paseo, camino, carretera, ronda, travesia, calzada"
    ),
    weekday_names=("lun", "mar", "mie", "jue", "vie", "sab", "dom"),
    month_names=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    say_date="{weekday} {day} {month}",
    say_date_year="{weekday} {day} {month} {year}",
    say_datetime="{date} a las {time}",
    half_day=False,
)
