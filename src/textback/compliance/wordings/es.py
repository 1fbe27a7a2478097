"""Spanish words about opting out."""

WORDS = {
    "stop": "deja,deje,dejen,dejad,dejar,dejes,dejar ya,ya deja,para de,para ya,para con,para por favor,"
    "para porfa,pare,paren,parad,parar,basta,cesen,cese,dejenme,dejame,dejeme,detengan,detenga,deten,"
    "detener,alto,basta ya,basta de,paren ya,ya basta,desistan,dejem,dejarme,evita,evite,eviten,"
    "parenle,parale,parenle ya,ya parenle",
    "end": "cancela,cancele,cancelen,cancelar,desactiva,desactive,desactiven,desactivar,quita,quite,quiten,"
    "anula,anulen,anular,suspende,suspendan,suspender,cansado de,cansada de,harto de,harta de,"
    "hartos de,estoy hasta,termina,terminen,harta,harto",
    "not": "no,nunca,jamas,ni,tampoco,sin,ya no,nada de,no mas",
    "send": "envi*,mand*,escrib*,texte*,mensaje*,contact*,molest*,spame*,comuni*,mensajear,mandes,wasape*,"
    "llam* ni escrib*,escribir,escrivan,escrivas,embi*,volver a escrib*,vuelv* a escrib*,"
    "vuelv* a contact*,vuelv* a mand*,vuelv* a envi*,vuelv* a molest*",
    "receive": "recibir,recivir,resibir,reciba,recibiendo,saber de ustedes,saber nada de,saber mas de",
    "call": "llam*,marcar*,telefone*,vuelv* a llamar*",
    "message": "mensaje,mensajes,msj,msjs,mensajito*,mjs,mjes,sms,textos,publicidad,promociones,promocion,"
    "ofertas,anuncios,notificaciones,avisos,alertas,propaganda,spam,mensages,msgs,comunicaciones,"
    "mensajes de texto,sus mensajes,esto,este servicio,esta basura,estas cosas",
    "me": "me,mi,a mi,mi movil,este telefono,este celular,este movil,nos",
    "more": "mas,ya,otra vez,de nuevo,nunca mas,nunca,jamas,ningun,ninguno,ninguna,tantos,tantas,mass,sigan,"
    "siga,sigas,sigais,tanto,tanta",
    "want": "quiero,deseo,kiero,necesito,quisiera,autorizo,acepto,consiento,autorice,doy permiso,"
    "me interesa recibir,me gustaria,solicite,pedi,doy mi consentimiento",
    "remove": "elimin*,borr*,quit*,saca*,sacarme,saquen*,saqu*,retir*,suprim*,remuev*,remov*,exclu*,excluy*,descart*",
    "list": "lista,listas,base de datos,sus datos,su sistema,registros,registro,contactos,agenda,directorio,"
    "mi numero,mi telefono,mis datos,este numero,mi contacto,mi cel,mi celular,grupo,mi nombre,"
    "suscripcion",
    "unsubscribe": "dar de baja,darme de baja,denme de baja,dame de baja,deme de baja,dadme de baja,dar baja,de baja,"
    "la baja,desuscrib*,desuscrip*,anular suscripcion,anular mi suscripcion,cancelar suscripcion,"
    "cancelar mi suscripcion,cancelen mi suscripcion,cancela mi suscripcion,darse de baja,"
    "baja por favor,baja porfavor,baja pf,borrarme,borrenme,eliminarme,eliminenme,desapuntar*,"
    "desapunt*,desinscrib*,baja inmediata,solicito baja,quiero baja,baja ya,baja gracias,revoco*,"
    "retiro mi consentimiento,cancelacion de la suscripcion,darme d baja,desafiliar*,desafilien*,"
    "desafil*,desinscrip*",
    "bother": "molest*,acos*,fastidi*,joder,jodan,jodas,jodiendo,insist*,hostig*,atosig*,chingar,chinguen,"
    "chingues,spamear",
    "interested": "interesa,interesado,interesada,interes,interesan",
    "wrong": "numero equivocado,num equivocado,numero incorrecto,persona equivocada,equivocado de numero,"
    "equivocada de numero,equivocaron de numero,equivoco de numero,equivocas de numero,"
    "equivocan de numero,equivocado de persona,equivocaste de numero,equivocados de numero,"
    "equivocan de persona,numero erroneo,este no es el numero de,no soy esa persona,no soy la persona,"
    "no soy _ ni lo conozco,no soy _ ni la conozco,este numero no es de,este numero ya no es de,"
    "ya no es el numero de,aqui no vive ningun*,no conozco a ning*,tel equivocado,telefono equivocado,"
    "se equivoca de persona,equivocas de persona,se equivocaron de persona,equivocado de numero amigo,"
    "este cel no es,este celular no es,aqui no es,este telefono no es,no es el numero de,"
    "no es el telefono de,no es el celular de,no soy quien buscan",
    "leave": "dejen de fregar,dejen de estar fregando,dejen de chingar,dejen de estar chingando,"
    "dejen de estar molestando,"
    "dejame en paz,dejenme en paz,dejeme en paz,dejadme en paz,deja de joder,dejen de joder,"
    "dejenme tranquil*,dejame tranquil*,dejeme tranquil*,dejadme tranquil*,no me molest*,no molesten,"
    "no molestes,no molestar,no moleste,no mas molest*,no me jod*,no jodan mas,no chinguen,"
    "basta de molestar,no me fastidi*",
    "clear": "pierde mi numero,pierdan mi numero,olvida mi numero,olviden mi numero,olvidate de mi numero,"
    "olvidense de mi,borra mi numero,borren mi numero,borre mi numero,borrad mi numero,"
    "elimina mi numero,eliminen mi numero,elimine mi numero,quita mi numero,quiten mi numero,quitenme,"
    "quitame,quiteme,quitadme,saquenme,sacame,saqueme,sacadme,eliminame,borrame,no mas mensajes,"
    "no mas sms,no mas msj,no mas msjs,no mas textos,no mas publicidad,no mas promociones,"
    "no mas ofertas,no mas spam,no mas notificaciones,"
    "basta de mensajes,basta de sms,basta de spam,basta de publicidad,stop mensajes,ni un mensaje mas,"
    "ni un sms mas,no autorizo,deja de escribir,ya no me interesa recibir,"
    "no quiero nada mas de ustedes,no vuelvan a,no vuelvas a,no vuelva a,alto a los mensajes,"
    "fuera de su lista,fuera de la lista,no me contact*,no contactar,dejen mi numero,ya no mas,"
    "no me manden nada,no me envien nada,no envien nada,ya no envien,ya no manden,no envien mas,"
    "no manden mas,no enviar mas,no mandar mas,no escriban mas,no escribir mas,"
    "quiero cancelar la suscripcion,cancelar la suscripcion,no me llamen mas,no me llames mas,"
    "saber mas de ustedes,saber nada de ustedes,bajenme de,bajame de,no sigan mandando,no me sigan,"
    "no sigan enviando,no sigan escribiendo,no les di permiso,no les he dado permiso,"
    "no tienen permiso,no di permiso,ser eliminad*,ser borrad*,que me borren,que me quiten,"
    "que me eliminen,que me saquen",
    "unsure": "quien les dio mi numero,quien te dio mi numero,quien le dio mi numero,quien os ha dado mi numero,"
    "de donde sacaron mi numero,de donde sacaste mi numero,como consiguieron mi numero,"
    "como obtuvieron mi numero,como tienen mi numero,como tienes mi numero,de donde tienen mi numero,"
    "nunca me suscribi,no me suscribi,yo no me suscribi,nunca di mi numero,no di mi numero,"
    "nunca me registre,no me registre,no me he suscrito,nunca me he suscrito,no me inscribi,"
    "nunca me inscribi,no les di mi numero,no me interesa,no estoy interesad*,"
    "no gracias no me interesa,los voy a denunciar,voy a denunciar*,los denunci*,los reporto,"
    "los voy a reportar,voy a bloquear*,los bloqueo,los voy a bloquear,demasiados mensajes,"
    "muchos mensajes,que pesados,pesados",
    "rude": "vete a la mierda,vayanse a la mierda,largo,largate,vayanse al diablo,vete al diablo,callate,"
    "chinga tu madre,que les den,no me interesa,iros a la mierda,paso,no mas,equivocado,"
    "quiero cancelar,cancelar por favor",
    "ask": "como,cuando,por que,porque me,que pasa,puedo,donde,cual,es posible,que significa,si respondo,"
    "quien,a que hora,cuanto,hay que,debo",
    "if": "si",
    "elsewhere": "correo,correos,email,emails,e mail,mail,mails,boletin,newsletter,carta,cartas,catalogo,whatsapp,"
    "facebook,instagram,papel,gimnasio,cuenta,por escrito,aplicacion,app",
    "when": "antes,despues,hasta,manana,esta noche,hoy,durante,tan tarde,tan temprano,por la noche,de noche,"
    "por la manana,los domingos,el domingo,en el trabajo,todavia,aun,mientras,fin de semana,semana,"
    "tan seguido,tanto,a estas horas,ahora mismo no,todos los dias,por ahora,de momento,solo",
    "other": "pedido,pedidos,orden,cita,citas,reserva,reservas,reservacion,entrega,autobus,bus,codigo,tarjeta,"
    "reembolso,factura,contrasena,pago,cobro,cobros,cobrar*,mi hermano,mi hermana,mi madre,mi mama,"
    "mi padre,mi papa,mi mujer,mi marido,mi esposo,mi esposa,mi hijo,mi hija,producto,productos,"
    "articulo,articulos,carrito,fumar,llorar,llover,talla,color,foto,fotos,paquete,direccion,mesa,"
    "habitacion,fuga,dinero,transferencia,ubicacion,respuesta,link,enlace,presupuesto,precio,cebolla,"
    "leche,luz,agua,parada,confirmacion,cebollas,canela,azucar,propina,plato,precios,se lo,me lo,"
    "internet,contrato,linea,mi linea,seguro,gas,telefono fijo,gimnasio,revista,plan",
    "you": "te,os,usted,ustedes",
    "quote": "responde,responda,dice,decia,ponia,significa,palabra,envia stop,envia baja,para dar de baja,"
    "para darse de baja,para cancelar,para no recibir,si no desea,si no deseas,si no quieres",
    "fine": "en vez,en lugar,mejor por,encanta,me encanta,en cambio",
    "please": "por favor,porfavor,porfa,pf,xfa,xfavor,x favor,gracias,hola,ya,ahora,ahora mismo,inmediatamente,"
    "de inmediato,urgente,buenas,buenos dias,buenas tardes,buenas noches,saludos,les pido,le pido,"
    "te pido,os pido,que,de una vez,solicito,ruego,favor,pesados,idiotas,cabrones,carajo,joder,coño,"
    "mierda,hostia,pinche,pinches,ostia,de,le ruego,les ruego,sr,sra,amigo,amigos,se los pido,"
    "os lo ruego,tio,oye,oiga,oigan,tanto,en serio,de verdad,puedes,puede,pueden,podrian,podria,"
    "podeis,cuantas veces,cuantas veces mas",
    "never": "no pare,no dejes,no dejen de,no deje de,no paren,no puedo parar,no deja de,no para de,sin parar,"
    "para que,para el,para la,para los,para las,para mi,para un,para una,para mañana,para hoy,"
    "para cuando,para llevar,para recoger,para comer,para reservar,para hacer,para pedir,para ver,"
    "para saber,para mas,para 2,para 3,para 4,para 5,para dos,para cuatro,para que no,no solo,no se,"
    "no hay,no sabia,no puedo,no me llego,no me ha llegado,no he recibido,no recibi,no me enviaron,"
    "no me mandaron,no me escribio,no me llega,no me llegan,no quiero que se,no quiero cancelar,"
    "no cancelen,no canceles,no olviden,no olvides,no te preocupes,no se preocupe,no se preocupen,"
    "no hace falta,dar de alta,darme de alta,de alta,estoy de baja,baja medica,baja laboral,"
    "la baja temperatura,planta baja,baja calidad,baja la musica,baja el precio,baja de precio,"
    "temporada baja,escribanme,escribeme,escribame,enviame,enviarme,enviame el,mandame,mandeme,"
    "mandenme,enviarnos,enviadme,enviarme un,llamame,llamenme,llameme,contactenme,contactame,"
    "contacteme,parada de,deja un mensaje,dejar un mensaje,dejar mensaje,dejo un mensaje,dejar un,"
    "dejar una,dejar el,dejar la,deja el,dejen el,dejen la,dejen en,dejarlo en,dejen el paquete,"
    "dejenlo,dejalo,numero equivocado de,numero de,ya no funciona,ya no sirve,cancelar mi cita,"
    "cancelar la cita,cancelar mi pedido,cancelar el pedido,cancelar mi,"
    "no quiero el,no quiero la,no quiero mas cebolla,mas tarde,mas informacion,mas o menos,mas barato,"
    "mas grande,di el numero equivocado,puse el numero equivocado,les di un numero equivocado,"
    "no tengo mas,alto el,mas alto,muy alto,mi numero es,dejame un,dejeme un,dejenme un",
    "and": "y,e,pero",
    "wrong_alone": "esta equivocado,estas equivocado,estan equivocados",
}
