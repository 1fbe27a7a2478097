"""Spanish for an encoder that has read only English: word by word, which is enough to say what a text is about."""

from collections.abc import Sequence

# Without accents, as `spelling.plain` leaves them; in the forms that texters use. An empty meaning drops the word.
_LINES = """
a: at | al: to the | de: of | del: of the | el la los las lo: the | un una: a | unos unas: some | y e: and | o u: or
que: what | quien quienes: who | cual cuales: which | cuando: when | donde: where | como: how | porque: because
cuanto cuanta: how much | cuantos cuantas: how many | en: in | con: with | sin: without | por: for | para: for
sobre: about | desde: from | hasta: until | entre: between | antes: before | despues: after | mi mis: my
su sus tu tus: your | nuestro nuestra: our | yo: i | usted ustedes: you | ella: she | ellos ellas: they | me: me
te le les nos se: | si: yes | no: no | ya: already | muy: very | mas: more | menos: less | tan: so | tambien: also
solo: only | todo toda: all | todos todas: all | algo: something | nada: nothing | alguien: someone | otro otra: another
este esta: this | esto eso: this | ese esa: that | aqui aca: here | ahi alla alli: there | hoy: today | manana: tomorrow
ayer: yesterday | ahora ahorita: now | luego: later | tarde: late | temprano: early | pronto: soon | noche: night
anoche: last night | tardes: afternoon | noches: evening | dia: day | dias: days | semana: week | semanas: weeks
mes: month | meses: months | ano: year | anos: years | hora: hour | horas: hours | minuto minutos: minutes
lunes: monday | martes: tuesday | miercoles: wednesday | jueves: thursday | viernes: friday | sabado sabados: saturday
domingo domingos: sunday | proximo proxima: next | siguiente: next | pasado pasada: last | mediodia: noon
fin: end | horario horarios: opening hours | festivo festivos feriado feriados: holiday
hola: hello | buenos buenas: good | buen buena bueno: good | bien: well | mal: wrong | malo mala: bad | mejor: better
peor: worst | gracias: thank you | favor: please | perdon disculpe disculpa: sorry | adios: goodbye | saludos: regards
amable: kind | perfecto perfecta: perfect | excelente: excellent | genial: great | vale: ok | claro: sure
nuevo nueva: new | viejo vieja: old | grande: big | chico chica pequeno pequena: small | barato barata: cheap
caro cara: expensive | gratis: free | rapido rapida: fast | urgente: urgent | posible: possible | libre libres: free
disponible disponibles: available | contento contenta: happy | feliz: happy | enojado enojada: angry
molesto molesta: upset | decepcionado decepcionada: disappointed | horrible: horrible | grosero grosera: rude
roto rota: broken | sucio sucia: dirty | frio fria: cold | caliente: hot | equivocado equivocada: wrong
incorrecto incorrecta: wrong | completo completa: complete | primero primera: first | ultimo ultima: last
quiero: i want | quisiera: i would like | quiere quieren: want | queria: i wanted | necesito: i need
necesita necesitamos: need | puedo: can i | puede pueden puedes: can you | podemos: can we | podria podrian: could you
podriamos: could we | tengo: i have | tiene tienen tienes: do you have | tenemos: we have | tenia: had | hay: is there
habra: will there be | es: is | son: are | soy: i am | era: was | fue: was | ser estar: be | estoy: i am
estan estas: are you | estamos: we are | estaba: was | voy: i am going | va van: going | vamos: we go | ir: go
ire: i will go | iba: was going | vengo: i come | viene vienen: come | venir: come | llego: i arrive | llega: arrive
llegar: arrive | llegue: arrived | hago: do | hace hacen: do | hacer: make | hice: made | haria: would make | se: know
saber: know | sabe: know | decir: tell | dime digame: tell me | dice: says | ver: see | veo: see | vi: saw
dar: give | dame deme: give me | da dan: give | doy: give | poner: put | pon: put | tomar: take | toman: take
llevar: take | llevo: take | traer: bring | traigo: bring | buscar: look for | busco: looking for
encontrar: find | encuentro: find | llamar: call | llamo: call | llamen llameme: call me | llamada: call
mandar: send | manda mandan mandas: send | mande: send | mandame: send me | enviar: send | envian envia: ship
envio envios: shipping | recibir: receive | recibi recibido: received | esperar: wait | espero: waiting | esperando: waiting
ayuda: help | ayudar: help | ayudan ayudame: help me | hablar: talk | hablo: talk | preguntar: ask | pregunta: question
informacion: information | saberlo: know it | abren abre: open | abrir: open | abierto abierta abiertos abiertas: open
cierran cierra: close | cerrar: close | cerrado cerrada cerrados: closed | cuesta: costs | cuestan: cost | sale: costs
precio precios: price | costo costos: cost | cobran cobra: charge | cobrar: charge | cobraron: charged | tarifa tarifas: rates
presupuesto cotizacion: quote | descuento descuentos: discount | oferta ofertas promocion promociones: special offer
pagar: pay | pago pagos: payment | pague: paid | paga: pay | efectivo: cash | tarjeta tarjetas: card
credito: credit | debito: debit | transferencia: bank transfer | dinero: money | dolares: dollars | pesos: pesos
factura: invoice | recibo: receipt | deposito: deposit | propina: tip | formas: ways | aceptan acepta: do you accept
cita citas: appointment | reserva reservas reservacion: reservation | reservar: book | agendar: book | agenda: schedule
apuntame apunteme: book me | turno turnos: appointment | lugar: place | espacio: space | atender: see | atienden: serve
cancelar: cancel | cancela cancele cancelen: cancel | cancelala cancelarla cancelarlo: cancel it | anular: cancel
anula: cancel | quitar: remove | quitame: remove me | cambiar: change | cambia cambie: change | cambio cambios: change
cambiarla cambiarlo: change it | mover: move | mueve mueves: move | mueven: move | moverla: move it
reprogramar: reschedule | aplazar posponer: postpone | adelantar: bring forward | pasar: move | pasame paseme: move me
dejar: leave | confirmar: confirm | confirmo: confirm | confirmada confirmado: confirmed | ubicacion: location
ubicados ubicado: located | direccion: address | calle: street | tienda: shop | local: shop | negocio: business
oficina: office | sucursal: branch | queda: is located | quedan: are located | llegar: get there | estacionamiento parking: parking
estacionar: park | cerca: near | lejos: far | mapa: map | ciudad: city | casa: home | domicilio: home delivery
entrega entregas: delivery | entregan: deliver | entregar: deliver | pedido: order | pedidos: orders | pedir: order
orden: order | ordenar: order | comprar: buy | compro compra: buy | compre: bought | vender: sell | venden: do you sell
vende: sell | producto productos: product | articulo: item | paquete: package | rastrear: track | seguimiento: tracking
devolver: return | devuelvan: give back | devolucion: return refund | reembolso: refund | garantia: warranty
queja: complaint | quejarme: complain | reclamo: complaint | problema problemas: problem | servicio: service
servicios: services | empleado empleada: employee | persona: person | gerente: manager | dueno duena: owner
regalo regalos: gift | regalar: give as a gift | certificado certificados: certificate | bono: voucher | cupon: coupon
menu: menu | comida: food | cena: dinner | almuerzo: lunch | desayuno: breakfast | mesa: table | personas: people
pizza: pizza | cafe: coffee | agua: water | vegetariano vegetariana: vegetarian | alergia: allergy
corte cortes: haircut | cortar: cut | cortarme: get a haircut | pelo cabello: hair | barba: beard | tinte: hair dye
color: color | lavado: wash | lavar: wash | unas: nails | masaje: massage | limpieza: cleaning | limpiar: clean
dentista: dentist | diente dientes: tooth | muela: tooth | doctor doctora: doctor | dolor: pain | duele: hurts
seguro: insurance | medico: doctor | bicicleta bici: bike | carro coche auto: car | llanta llantas: tire | freno frenos: brakes
cadena: chain | reparar: repair | reparan: do you repair | reparacion: repair | arreglar: fix | arreglan: do you fix
arreglo: repair | arruinaron: ruined | rompio: broke | funciona: works | funcionan: work | sirve: works | listo lista: ready
terminar: finish | recoger: pick up | recojo: pick up | alquilar rentar: rent | renta alquiler: rental | hijo: son | hija: daughter
hijos ninos nino: kids | nina: girl | mama: mom | papa: dad | esposa: wife | esposo: husband | hermano: brother
hermana: sister | amigo amiga: friend | perro: dog | gato: cat | telefono: phone | celular: cell phone | correo: email
numero: number | nombre: name | mensaje: message | linea: online | internet: internet | pagina: website
gusta: like | gusto: liked | gustaria: would like | encanta: love | quede: was | quedo: turned out | surgio: came up
paso: happened | pasa: happens | olvide: forgot | perdi: lost | equivoque: made a mistake | siguen: still
trabajan: work | trabajo: work | vacante vacantes: job opening | contratando: hiring | empleo: job
clase clases: class | curso: course | gimnasio: gym | membresia: membership | cuenta: account | contrasena: password
musica: music | pelicula: movie | juego: game | partido: game | lluvia llover: rain | clima tiempo: weather
"""  # noqa: E501

MEANINGS: dict[str, str] = {}
for _entry in _LINES.replace("\n", "|").split("|"):
    _words, _, _meaning = _entry.partition(":")
    for _word in _words.split():
        MEANINGS.setdefault(_word, _meaning.strip())


def gloss(words: Sequence[str]) -> list[str]:
    """The words in English, where they are known; their order stays Spanish."""
    found = [MEANINGS.get(word, word) for word in words]
    return [word for word in found if word]
