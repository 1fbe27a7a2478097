"""What a model may not say, in Spanish. As words_en.py, without accents."""

PHRASES: dict[str, str] = {
    "promise": (
        "le prometo, te prometo, le prometemos, prometemos, prometido, le garantizo, le garantizamos, te "
        "garantizo, garantizamos, garantizado, seguro que si, sin falta, sin duda, le aseguro, le aseguramos, "
        "pase lo que pase, recibira, va a recibir, trato hecho, es suyo, es suya, ha ganado, gano, felicidades, "
        "enhorabuena, premio, sorteo, use el codigo, su codigo, haremos una excepcion, le regalamos, se lo "
        "regalamos, igualamos, el mas barato, los mas baratos, le hacemos un, le hacemos la, le doy un, le damos "
        "un, tiene un descuento, manana seguro"
    ),
    "refund": (
        "reembolso, le reembolsamos, le reembolsaremos, reembolsaremos, reembolsado, le devolvemos, le "
        "devolveremos, devolverle, le hemos devuelto, su dinero, el dinero, compensacion, le compensamos, le "
        "compensaremos, compensar, indemnizacion, indemnizar, por las molestias, por la espera, es culpa nuestra,"
        " nuestra culpa, le debemos, nos hacemos cargo, pagaremos los danos, saldo a favor, abono en su cuenta"
    ),
    "done": (
        "listo, ya esta, hecho, ya esta hecho, cancelada, cancelado, confirmada, confirmado, cambiada, cambiado, "
        "actualizada, actualizado, reservada, reservado, su reserva, su cita esta, su cita es, enviado, ya lo "
        "hice, le he reservado, le hemos reservado, he cancelado, hemos cancelado, he cambiado, hemos cambiado, "
        "ya cambie, ya cancele, ya reserve, ya envie, ya marque, figura como, como pidio, nos vemos el, le "
        "esperamos el, en camino, su bicicleta esta lista, su pedido esta, eliminados sus datos, borrado"
    ),
    "human": (
        "soy una persona, soy un humano, soy humano, soy humana, soy real, soy de verdad, no soy un robot, no soy"
        " un bot, no soy una maquina, persona de verdad, persona real, no soy una ia, habla con una persona, esta"
        " hablando con una persona, hablas con una persona, soy el dueno, soy la duena, soy el encargado, soy la "
        "encargada, trabajo en, trabajo aqui, me llamo, mi nombre es, no es un robot, no es un mensaje automatico"
    ),
    "consent": (
        "dado de baja, dada de baja, darse de baja, darle de baja, de baja, dado de alta, dada de alta, suscrito,"
        " suscrita, suscribirse, suscripcion, suscribe, desuscrito, mas mensajes, mas textos, al responder, "
        "acepta recibir, recibir ofertas, recibir mensajes, lista de contactos, nuestra lista, su consentimiento,"
        " consentimiento, no puede parar, dejar de recibir, nuestras ofertas"
    ),
    "promotional": (
        "oferta, ofertas, descuento, descuentos, rebaja, rebajas, cupon, cupones, promocion, promociones, compre "
        "ahora, compra ya, ultima oportunidad, por tiempo limitado, dos por uno, liquidacion, regalo gratis, "
        "prueba gratis, no se lo pierda, mejor precio, solo hoy, oferta especial, aproveche"
    ),
    "medical": (
        "dosis, ibuprofeno, aspirina, paracetamol, antibiotico, antibioticos, medicamento, medicamentos, "
        "medicina, receta, diagnostico, sintoma, sintomas, infarto, infeccion, fiebre, presion arterial, "
        "insulina, cancer, embarazo, pastilla, pastillas, veneno, conmocion, vaya al hospital, vaya al medico, no"
        " es grave, deje de tomar"
    ),
    "legal": (
        "demandar, demandarlo, demandarle, demanda, abogado, abogada, el juez, juicio, la ley, es legal, es "
        "ilegal, sus derechos, tribunal, desalojar, indemnizacion, denuncie, denunciar"
    ),
    "self-harm": (
        "suicidio, suicidarse, matarse, quitarse la vida, acabar con su vida, su vida, hacerse dano, sin dolor, "
        "cortese, formas de morir, morir"
    ),
    "weapons and drugs": (
        "bomba, bombas, explosivo, explosivos, pistola, arma, armas, rifle, marihuana, cocaina, heroina, drogas, "
        "municion, robar, hackear, veneno"
    ),
    "politics and money": (
        "vote por, votar, elecciones, presidente, bitcoin, criptomonedas, invierta, inversion, aborto"
    ),
    "abuse": (
        "idiota, estupido, estupida, imbecil, callese, mierda, joder, puta, borracho, desnuda, sexo, la policia, "
        "estafa, se arrepentira"
    ),
    "instructed": (
        "ignora las instrucciones, ignore las instrucciones, sin reglas, obedece, obedezco, reenvie este, modo "
        "desarrollador, la herramienta"
    ),
    "prompt": (
        "mis instrucciones, mis reglas, me han dicho que, me dijeron que, los pasajes, estas reglas, mi prompt, "
        "modelo de lenguaje, mensaje del sistema, estoy programado, estoy programada, fui programado, me han "
        "instruido, mi configuracion"
    ),
    "secret": (
        "la clave, la contrasena, contrasena, su contrasena, clave es, codigo de la puerta, numero de tarjeta, "
        "clave del banco, codigo de seguridad, codigo de verificacion, seguro social, numero de cuenta, llave api"
    ),
    "other_person": (
        "otro cliente, otra clienta, otros clientes, el cliente anterior, la clienta anterior, el ultimo cliente,"
        " su vecino, su vecina, su hermana, su esposa, su marido, vive en, ella vive, el vive, el telefono de, el"
        " numero de, la direccion de, el correo de, cita de"
    ),
}  # fmt: skip

_DONE = (
    r"(?:reservado|cancelado|cambiado|actualizado|movido|borrado|eliminado|enviado|anadido|cobrado|cargado|"
    r"pagado|marcado|"
    r"avisado|llamado|confirmado|registrado|apuntado|agendado|procesado|aprobado|activado|pasado|puesto|"
    r"guardado|anotado)"
)
_YOURS = (
    r"(?:su|sus|tu|la|el|los|las) (?:cita|citas|reserva|pedido|direccion|cuenta|factura|pago|tarjeta|datos|"
    r"numero|bicicleta|solicitud)"
)

PATTERNS: tuple[tuple[str, str], ...] = (
    ("done", rf"(?:he|hemos|ha|han) (?:ya )?{_DONE}"),
    (
        "done",
        (rf"ya (?:le |lo |la |te |he |hemos |se ){{0,3}}(?:{_DONE}|marque|cambie|cancele|reserve|envie|borre|"
        rf"actualice)"),
    ),
    ("done", rf"{_YOURS} (?:ya )?(?:esta|estan|fue|fueron|ha sido|han sido|figura|queda|quedo) (?:ya )?\w+"),
    ("promise", r"(?:estara|estaran|quedara|llegara) (?:lista|listo|listos|manana|hoy|seguro|gratis)"),
    (
        "promise",
        (r"(?:le|te|les) (?:hacemos|hago|damos|doy|regalamos|ofrecemos|prometemos|prometo|garantizamos|"
        r"garantizo|aseguro|haremos|daremos)"),
    ),
    ("promise", r"\d+ (?:por ciento )?de descuento"),
    (
        "refund",
        (r"(?:le|te|les) (?:devolvemos|devolveremos|reembolsamos|reembolsaremos|compensamos|compensaremos|"
        r"pagamos|pagaremos|debemos|indemnizaremos)"),
    ),
    ("human", r"soy (?:una |un )?(?:persona|humano|humana|hombre|mujer|empleado|empleada|mecanico|dentista|real)"),
    ("human", r"no soy (?:un |una )?(?:robot|bot|maquina|ia|programa)"),
    (
        "consent",
        (r"(?:responda|responde|envie|envia|mande|manda|escriba|escribe|conteste|marque|"
        r"pulse)(?: con)?(?: la palabra)? (?:si|no|stop|alto|alta|baja|start|ayuda|parar|\d{1,2})"),
    ),
    ("consent", r"(?:no|ya no) (?:recibira|recibiras|le enviaremos|mandaremos) mas"),
    ("consent", r"ya no (?:recibira|recibiras|le)"),
    ("medical", r"(?:tome|toma|beba|dele) (?:una |un |dos |\d+ )?(?:aspirina|ibuprofeno|pastillas?|leche|medicina)"),
    ("medical", r"no es (?:un |una )?(?:infarto|grave|conmocion|infeccion|cancer)"),
    ("legal", r"(?:debe|puede|deberia) demandar(?:lo|la|le|los)?"),
    ("self-harm", r"(?:matarse|hacerse dano|cortarse|quitarse la vida)"),
    ("secret", r"(?:la|su|mi|el) (?:clave|contrasena|pin|codigo) (?:es|empieza|de)"),
    (
        "secret",
        (r"(?:envie|diga|mande|dé|confirme)(?:me|nos)? (?:su|el|la) (?:numero de tarjeta|clave|contrasena|"
        r"codigo|pin)"),
    ),
    ("other_person", r"(?:el|la) (?:cliente|clienta) (?:anterior|se llama|de antes)"),
)  # fmt: skip
