"""Wordings that are put together: an entry stands for every choice among the words in its brackets."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "send": "hmu,hit me up,hittin me up,hit my phone,hit my line,pinging,ping,buzzing,buzz,spammin,messagin,"
        "bothering",
        "more": "agn,agen,any mo,nomo",
        "list": "(from|off|out of) (all|any|future|any future|further|all future|all further|your|these|ur) (texts|"
        "messages|mailings|communications|notifications|sms|text messages|alerts),dis (number|phone|no)",
        "stop": "stop it w,(quit|stop|enough|done) w,(give it|give this) a rest,(leave off|lay off|back off),quit it "
        "with,(stop|quit) all (of|the|these|this|your),(just|pls|plz) quit",
        "not": "dont (ever|you ever|u ever|you dare|bother),never ever (again|),(no longer|not) (need|wish|care) to,"
        "cease to",
        "dont_send": "(no|no more|no further|not any more|stop) (promotional|marketing|advertising|promo|sales|"
        "automated|bulk|unsolicited|unwanted) (texts|messages|sms|text messages),(dont|do not|never) (send|text|"
        "message) (anything|nothing|stuff|any more|more|me|it) (else |)(here|to this number|to this phone|to me|"
        "again),(dont|do not|never|never ever|dont ever|dont you ever|stop|quit|no longer|please dont) (text|txt|"
        "message|msg|contact|write|write to|sms|send anything to|reach out to|send|send messages to|send texts to) "
        "(me|us|my phone|my cell|this phone|this cell|this number|here|to me|to us|to this number),(dont|do not|"
        "never) (send|sending) me (any|anything|texts|messages|stuff|nothing|this|these|another|more|ads|offers|"
        "promos),(no|zero|not one|not a single|not another) (more |further |additional |other |)(text messages|"
        "marketing messages|promo messages|promo texts|marketing texts|texts|ads|advertising|advertisements|promos|"
        "promotions|spam|sms|msgs|txts|notifications|solicitations|communications|contact from you|messages|text|"
        "coupons|messages from you)",
        "message": "(this|these|the|your|ur|all this|all these|all the|with this|with these|with your) (crap|shit|bs|"
        "bullshit|nonsense|garbage|junk|rubbish|trash|foolishness|bots|blasts|coupons|deals|offers|messages|texts)",
        "remove": "(taken|removed|deleted|erased|excluded|unlisted|dropped|struck|scrubbed) from,get (me|us) (off|"
        "out of)",
        "leave": "(leave|let) (me|us|my phone|my number|this number) (alone|be|the hell alone|the heck alone|tf "
        "alone),get (out of|off) my (phone|inbox|messages|line|texts),(stay|keep) out of my (phone|inbox|texts|"
        "messages)",
        "clear": "(prefer|rather|wish|want|like|ask) not to be (contacted|texted|messaged|texted at),(dont|do not|no "
        "longer|dnt|didnt|never|really dont|dont even) (want|need|wnt|wan|wanna|wish for|care for|care to|wish to|"
        "want to|want to get|wish to get|care to get|like|like getting|appreciate|have any use for|have use for|"
        "enjoy) (any|any more|more|any of|all|another||) (of |)(these|your|ur|those|this|the|such|) (texts|txts|"
        "messages|msgs|ads|promos|promotions|spam|sms|notifications|alerts|text|text messages|marketing|"
        "solicitations|advertising|junk texts|stupid texts|damn texts|offers by text|updates by text),get (my number|"
        "my name|my phone|my phone number|this number|this phone|me|us|my info) (off|out) (of |)(your|ur|the|this|"
        "that) (system|list|lists|database|phone|contacts|phonebook|records|crm|files|texts|texting list|marketing "
        "list),(take|pull|strike|scratch|wipe|cross|get|erase|remove|delete|drop|clear) (me|us|my number|my name|"
        "this number|my phone|my phone number|my cell|this phone|my info|my digits|my contact|my contact info|my "
        "details|my data) (off|from|out of|off of) (your|ur|the|this|that|all|any|ya|yall|whatever),(taken|removed|"
        "pulled|deleted|erased) (off|from|off of) (it|this|your|ur|the list|that list|all|this list|these),(lose|"
        "loose|forget|erase|delete|remove|block|scrap|trash|dump|ditch|destroy|burn) (my|this) (number|num|cell|"
        "phone number|digits|contact|info|phone|cell number),(turn|shut|switch) off (the|these|those|your|all|my) "
        "(text|texts|messages|sms|text alerts|message alerts|notifications|text notifications|sms notifications|"
        "promos),(opt|sign|count) (me|us) out,(withdraw|revoke|rescind|cancel) (my|all|any) (consent|permission|opt "
        "in|authorization|sms consent),(do not|dont|never) (have|had) (my|our|any) (permission|consent),you (dont|do "
        "not) have (my|our) (permission|consent),(stop|quit|cease|halt|end|kill) (the|these|those|your|ur|all|all "
        "the|all these|all your|this|with the|with these|with your|sending|sending me|sending the|sending these|"
        "sending your|sending out|any) (texts|txts|messages|msgs|text messages|sms|ads|promos|spam|spamming|"
        "notifications|alerts|marketing|blasts|text blasts|texting|messaging|promo|promotions|solicitations|junk|"
        "crap|shit),(if|unless|until) (you|u|yall) (dont|do not|) (stop|quit|cease) (texting|messaging|msging|txting|"
        "sending|contacting|spamming|harassing|bothering|this)",
        "these": "(turn|shut|switch) (them|these|those|it|that) off,(turn|shut|switch) off (them|these|those),(plz |"
        "pls |please |)(stop|quit|stp) (sending|texting) (them|those),(stop|end|cancel|quit|kill) (sending |)(them|"
        "these|those),(stop|quit) sending (it|any|any more),(dont|do not) (want|need) (them|these|those|any|it) "
        "(anymore|any more|)",
        "wrong": "(have|got|reached|reach|texting|texted|messaging|messaged|contacting|contacted|using|with|its|it "
        "is|this is|thats|is) (the |a |an |)(wrong|incorrect) (number|num|nbr|person|guy|girl|lady|woman|man|gal|"
        "dude|chick|cell|individual|recipient|phone number|party|human),(this|that|it) (is not|isnt|aint|is no "
        "longer|is not longer) (the |)(_ number|_ phone|_ cell|_ line),(no|not a|there is no|theres no|aint no) (one|"
        "body|such person) (here |)(by|with|called|named) (that|this) name,(this|that) number (doesnt|does not|no "
        "longer|dont|didnt) (belong|belongs) to,someone elses (number|phone) now,(new|different) (owner|person) (has|"
        "of) this number,not who you (think|are looking for|want|r looking for|mean)",
        "unsure": "(never|didnt|did not|dont remember|dont recall) (signed|sign|signing|opted|opt|opting|subscribed|"
        "subscribe|subscribing|agreed|agree|agreeing|consented|consent|consenting|registered|register|enrolled|"
        "enroll) (up |in |to this|to get|to receive|for this|to any|),how did (you|u|yall) (get|find|have) (my|this) "
        "(number|phone|cell)",
        "never": "(remove|delete) (the|your|this|a) _ (from|to|with|on) my phone,stop and go,stop and get,stop and "
        "check,(dont|do not|didnt|didn t) (want|mean|wanna) to (bother|disturb|bug|harass|spam) (you|u|yall|anyone),"
        "i just quit,to be removed from the oven,stop the (autopay|delivery|subscription box|machine|car|order|"
        "transfer|wire),(got|have|received|ordered|sent) (the |a |)wrong number of (items|things|boxes|pieces|people|"
        "units)",
        "other": "slot,slots,schedule,rota,roster,menu,waitlist,bill,bonus,late fee,fee,fees",
    },
    "es": {
        "alone": "basta,ya basta,ya no mas,no mas,suficiente,ya estuvo,ya parenle",
        "enough": "no quiero mas,ya no quiero mas",
        "never": "lista de (espera|invitados|precios|compras|natacion),(sacar|quitar|borrar|dar de baja) a mi (hij*|"
        "espos*|mama|papa|herman*|hermana),no (quiero|quisiera|queria|es por|quise) (molestar|molestarl*|molestart*|"
        "ser pesad*),(quit|sac|borr|elimin|retir)*me (el|la|los|las|un|una|lo),no (tengo|tenemos|tienes|tiene|tienen|"
        "veo|vemos|encuentro|recibo|recibimos|he visto|he tenido|me sale|me salen|me aparece|me aparecen) (ningun |mas "
        "|nuevos |) (mensaje|mensajes|sms|texto|textos)",
        "not": "que no,no (quiero|deseo) que (me |nos |)(sigan|vuelvan a)",
        "stop": "(deja|deje|dejen|dejad|dejes|dejense|dejate|dejese|dejaos) (ya |)de (estar |),(para|pare|paren|"
        "parad|parenle|parale) (ya |)(de|con),(basta|ya estuvo|ya estubo|ya basta|ya vale|suficiente|se acabo|"
        "cortenla|corten|cortala|cortadla) (de|con|bueno|ya|),(favor de|les pido|les ruego|pido|exijo) (dejar de|"
        "parar de|no),(cesen|cese|cesad) (de|con|el|los|la|todo|todos|)",
        "remove": "(saquen|saque|saca|sacad|quiten|quite|quita|quitad|borren|borre|borra|borrad|eliminen|elimine|"
        "elimina|eliminad|retiren|retire|retira|retirad|remuevan|remueva|excluyan|excluya|den de baja|tachen|tacha|"
        "bajen|baje|sacar|quitar|borrar|eliminar|retirar|dar de baja) (a |)(mi|este|el)",
        "unsubscribe": "(dar|darme|denme|deme|dame|dadme|darnos|quiero|solicito|pido|deseo|tramitar|tramiten|causar) "
        "(de |la |mi |la mi |)baja,(desuscrib|desinscrib|desapunt|desubscrib|dessuscrib)*,desuscrib*,desubscrib*,"
        "(anul|cancel)* (mi |la |)(suscrip|subscrip)*",
        "clear": "no (deseo|quiero) (recibir |) mas (informacion|info|noticias|avisos),"
        "(canse|cansado|cansada|harto|harta|hartos|hasta la madre|aburrido) (de|con) (sus|tus|los|estos|"
        "tanto*|su) (mensaj*|promo*|msj*|sms|textos|spam|publicidad),(salir|salirme|sacarme|quitarme|borrarme|"
        "eliminarme|retirarme|desaparecer) de (la|su|esta|tu|sus|esa) (lista|listas|base|grupo|sistema),(favor|por "
        "favor|favor de|favor) de no (envi*|mand*|escrib*|contact*|molest*),(si|como) (me |nos |) (vuelven|vuelve|"
        "vuelves|siguen|sigue|sigues) (a |) (escrib*|mand*|envi*|contact*|molest*|textear*),(a la verga|a la mierda|"
        "al carajo|al diablo|a la chingada|a la porra|metanse|metanselos) (con |) (sus|tus|su|estos|estas) (mensaj*|"
        "promo*|publicidad|textos|msjs|sms|spam),(no|ya no) (quiero|queremos) saber (nada |mas |nada mas |) de "
        "(ustedes|ti|uds|vosotros|su),(no|ya no|nunca) (quiero|deseo|kiero|necesito|nesecito|qiero|queremos|solicite|"
        "pedi|me interesan|me interesa) (mas|sus|tus|nada|nada de|ningun|estos|esos|vuestros|vuestra|su|tu|recibir) "
        "(de |)(mas |)(mensaje*|sms|publicidad*|promo*|oferta*|anuncio*|spam|msj*|texto*|propaganda*|ustedes|"
        "vosotros|comunicacion*|notificacion*),(saquen|saque|saca|sacad|quiten|quite|quita|quitad|borren|borre|borra|"
        "borrad|eliminen|elimine|elimina|eliminad|retiren|retire|bajen|remuevan|excluyan|tachen|descarten|suprim|den "
        "de baja|olviden|pierdan)(me|nos) (de|del|por|ya|porfa|pls|please|esta|su),(saquen|saque|saca|sacad|quiten|"
        "quite|quita|quitad|borren|borre|borra|borrad|eliminen|elimine|elimina|eliminad|retiren|retire|retira|"
        "supriman|suprima|olviden|olvide|olvida|pierdan|pierda|pierde) (mi|este) (numero|telefono|celular|movil|cel|"
        "contacto|num|nro|nombre),(saquen|quiten|borren|eliminen|retiren|supriman|eliminad|borrad) mis datos,(no|ya "
        "no|nunca|nunca mas|jamas|tampoco) (me|nos|m|mi) (mand|envi|escrib|text|contact|mensaje|molest|spame|busqu|"
        "marqu|sigas|sigan|vuelv|hosti)*,(no|ya no|nunca) (manden|mandes|mande|envien|envies|envie|escriban|escribas|"
        "escriba|escribais|mandeis|envieis) (mas|nada|ningun|a este|aqui|sms|mensajes|textos|publicidad|msj|msjs|"
        "promociones|ofertas|spam),(dejen|deja|deje|dejad|paren|para|pare|parad|cesen|eviten|evite|basta) (ya |)de "
        "(mandar|mandarme|enviar|enviarme|escribir|escribirme|contactar|contactarme|molestar|molestarme|texte|"
        "textear|textearme|mensajear|spamear|acosar|acosarme|joder|chingar|fastidiar|mandarnos),stop (mandando|"
        "mandandome|enviando|enviandome|texteando|texteandome|escribiendo|escribiendome|con los|con sus|los mensajes|"
        "los textos|mensajes|textos|please ya),(ni|nada de) (un |)(mas |)(mensajes|mensaje|sms|publicidad|"
        "promociones) (mas|),(no|ya no) (deseo|quiero|quisiera|me gustaria|acepto|autorizo|consiento) (ser|que me|"
        "estar|seguir|recibir|tener|saber|volver a recibir|mas contacto|contacto|figurar|aparecer|pertenecer),remove "
        "me",
        "leave": "(ya|les|te|le) (les |te |le |) (dije|pedi|avise|escribi|mande|puse|respondi) (que |) (paren|pare|"
        "pares|parar|stop|alto|baja|no me|dejen|basta),(deja|deje|dejen|dejad)(me|nos) (ya |)(en paz|tranquil*|en "
        "pas),(vayan|vete|ve) a (molestar|joder) a otr*",
        "wrong": "(se han|se ha|te has|os habeis|se|te|creo que se) (equivocado|equivocaron|equivoco|equivocaste|"
        "equivocan|equivoca) de (numero|persona|num|telefono|contacto|celular|cel|movil),(no soy|yo no soy|aqui no "
        "hay|no conozco a) (ningun*|quien|la persona|el que|la que),(este|ese) (no es|ya no es) (el |su |)(numero|"
        "telefono|cel|celular|movil) de",
        "bother": "estar (chingando|jodiendo|molestando|fastidiando)",
        "message": "sus (mensajes|promociones|ofertas|anuncios|textos|sms|msj),(sus|tus|vuestros) (pinches|putos|"
        "malditos|estupidos) (mensajes|sms|anuncios|textos),texts,text messages",
    },
    "fr": {
        "alone": "ca suffit,assez,c est bon arretez,stop ca suffit,basta",
        "never": "n en veux plus (que|qu),en veux plus (que|qu),pas de (sms|message|code|texto) (recu|encore|pour),"
        "(ne|n) (veux|voudrais|voulais|souhaite) (pas|point) (vous |te |)(deranger|embeter|importuner),(enlev|retir|"
        "supprim|vir|ot|effac)ez moi (le|la|les|l|un|une|ce|cette|ces)",
        "stop": "(arret|cess|stopp)ez (de|d|tout|toute|tous|avec|les|ces|vos|l),(arrete|arreter|cesse|cesser) (de|d|"
        "tout|toute|avec|les|ces|tes),(ca suffit|y en a marre|ras le bol|j en ai marre|on en a marre|c est bon) "
        "(avec|de|les|vos|tes|ces)",
        "clear": "(sortir|quitter|partir|disparaitre|sortez moi|sors moi) (de |)(la|votre|cette|vos) (liste|listes|"
        "base|fichier),plus rien (svp|merci|s il|de vous|s v p),(retire|retirer|annule|reprends) mon (accord|"
        "autorisation|consentement|opt in),(arete|arrete|arrette|arrettez|arretez|aretez|areter|aret) (de |d |)(m |"
        "me |)(envoy*|menvoy*|ecrire|mecrire|decrire|text*|spam*|contact*),(effac|supprim|enlev|retir|vir|oubli)(ez|"
        "e|er) (le|moi|mon numero|ce numero|moi de),(ecrivez|ecris|envoyez) a quelqu un d autre,(ne |n |)en veux "
        "plus,(veux|souhaite|desire|voudrais) (plus|ne plus) (rien|aucun*|jamais rien|jamais) (de|recevoir|avoir|"
        "entendre|lire|voir),(je |j |)(veux|souhaite|desire|ai) (plus|pas|plus besoin|pas besoin) (de|d|de vos|vos|"
        "tes|de tes) (sms|message*|texto*|pub*|promo*|spam|offre*|notif*),(marre|ras le bol) de (vos|tes|ces) (sms|"
        "message*|texto*|pub*|promo*|conneries|offre*),(ne|n|ne pas|ne plus|merci de ne plus|merci de ne pas|"
        "veuillez ne plus|priere de ne plus) (me |m |nous )(envoy|ecri|contact|sollicit|relanc|demarch|harcel|adress|"
        "recontact|derang|texto|sms|spam|importun|embet|appel)*_plus,ne (plus|pas) (me|m|nous) (envoy|ecri|contact|"
        "sollicit|relanc|demarch|recontact|derang|texto|spam|embet|harcel|adress)*,ne (me|m|nous) (envoy|ecri|ecriv|"
        "contact|sollicit|relanc|demarch|recontact|derang|texto|spam|embet|harcel|adress)* (plus|pas|jamais),(retir|"
        "supprim|enlev|effac|ray|ot|sort|vir|desinscriv|desabonn|radi|elimin|degag)ez (moi|nous),(retire|supprime|"
        "enleve|efface|raye|ote|sors|vire|desinscris|desabonne|radie) moi,(retir|supprim|enlev|effac|ray|oubli|perd|"
        "elimin|ot)(ez|er|e|es) (mon numero|mon num|ce numero|mes coordonnees|mes donnees|mon nom|mon contact|mon "
        "telephone|mon portable|mon mobile|mon 06),(me|nous) (retirer|supprimer|enlever|effacer|rayer|oter|"
        "desinscrire|desabonner|radier|sortir) (de|du|d|s|svp|definitivement|stp),(plus|pas|aucun|aucune|zero) (de |"
        "d autres |)(sms|textos|texto|messages|message|pub|pubs|publicite|spam|promo|promos|notifications|"
        "sollicitation*) (svp|s il vous plait|merci|stp|a ce numero|sur ce numero|de votre part|de vous),(ne |n |"
        ")(veux|souhaite|desire|voudrais|souhaitons|veut) (plus|pas) (recevoir|etre|avoir de vos|de vos|vos|entendre|"
        "que vous|aucun|aucune|de sms|de message*|de pub*|de texto*|de spam|de sollicit*),(ve|veu|veut|vx|veus|veux) "
        "(plu|plus|pu|pa|pas) (de|d|vos|tes|recevoir|vo) (sms|message*|texto*|pub*|promo*|notif*)",
        "wrong": "pas (la|le) bon* (numero|num|personne|destinataire|tel|telephone),(vous|tu) (vous|t|te) (tromp|"
        "etes tromp|es tromp)* de (numero|num|personne|destinataire),(je|j|ch|c) (suis|ne suis) pas (la personne|"
        "celui|celle),jsuis pas (la personne|celui|celle)",
        "message": "(vos|tes|ces|leurs) (conneries|merdes|betises|promos|pubs|offres|sms|messages|textos|spams|notifs)",
        "leave": "(ai|avait|avons|avoir|deja) (deja |) (dit|demande|repondu|ecrit|envoye) (d |de |) (stop|arret*|"
        "cesser),(laiss|fich|fout|lach)(ez|e|es|er) (moi|nous) (tranquille*|la paix|en paix|avec*)",
        "bother": "saoul*,gav*,relou*",
        "not": "ne voudrais plus",
    },
    "de": {
        "alone": "schluss,genug,schluss jetzt,genug jetzt,es reicht jetzt",
        "never": "will nichts mehr (bestell*|kauf*|buch*|essen|trinken),(will|wollte|mochte) (sie |euch |dich |"
        ")nicht (storen|stoeren|nerven|belastigen)",
        "message": "kontaktaufnahme,kontaktaufnahmen,zusendung,zusendungen,kontaktversuche,(mit|mit dem|mit den|mit "
        "der|mit diesem|mit eurem|mit ihrem|mit deinem|den|diesen|euren|euer|mit eurer|mit eueren|mit euren) "
        "(scheiss|scheiß|mist|quatsch|mull|dreck|kram|blodsinn|spam|zeug|sms|nachrichten|werbung|angebote*|"
        "geschreibe|gespamme|werbemull|texten|getexte|terror|gelaber|bullshit)",
        "stop": "(horen sie|hort|hor) (auf|bitte auf|endlich auf|sofort auf|jetzt auf|mal auf|doch auf|damit auf|"
        "bloss auf),(stoppt|stoppen sie|stopp|beendet|beenden sie|lasst|lassen sie|lass|unterlassen sie|unterlasst) "
        "(die|das|den|diese|dieses|eure|ihre|deine|alle|es mit|mit|jegliche|weitere)",
        "clear": "(weg|fort|raus|runter) mit (meiner nummer|meinem namen|meinen daten|eurer werbung|eurem spam),"
        "(eure|ihre|deine|den|euren) (werbung|sms|nachrichten|spam|mist|angebote|scheiss) (konnt ihr|konnen sie|"
        "kannst du|konnt ihr euch) (behalten|sparen|schenken|sonst wohin),(schreibt|schreib|schickt|textet|nervt) "
        "(doch |bitte |) (wem|jemand|jemanden|wen|jemandem) ander*,(spart|sparen sie|verschont) (euch|mich|sich) "
        "(eure|die|ihre|mit) (sms|nachrichten|werbung|eurer|euren|spam),(horts|horens|hort s|hor ma|hert) auf,(will|"
        "mochte|moechte|wunsche|brauche|wollen) (eure|ihre|deine|diese|die|solche) (sms|nachrichten|werbung|angebote|"
        "texte|spam|mist) (nicht|nicht mehr|nimmer),(will|mochte|brauche|wunsche|wollen|benotige) (von euch |von "
        "ihnen |)(keine|keinen|kein|nichts|nix) (mehr|weiteren|weitere|eurer|ihrer|von euch|von ihnen|solche|solchen|"
        "sms|nachrichten|werbung|textnachrichten|angebote),(loscht|loschen sie|losch|streicht|streichen sie|streich|"
        "entfernt|entfernen sie|entferne|nehmt|nehmen sie|nimm|vergesst|vergessen sie|vergiss|werft|schmeisst|tragt|"
        "tragen sie|trag|trage) (mich|uns|meine nummer|meine handynummer|meine telefonnummer|diese nummer|meine nr|"
        "meine daten|meine kontaktdaten|meinen namen|meinen kontakt|meine mobilnummer),(keine|keinerlei|null|nie "
        "wieder|nie mehr) (weiteren |weitere |solche |solchen |eurer |ihrer |)(sms|nachrichten|werbung|werbe*|texte|"
        "angebote|spam|msgs|mitteilungen|benachrichtigung*|kontaktaufnahme*|textnachrichten) (mehr|bitte|an|von|zu|"
        "zusenden|schicken|senden|erhalten|bekommen),(nicht|nie|niemals|nie wieder|nie mehr|nicht mehr|nicht weiter|"
        "nicht noch mal) (mehr |wieder |weiter |)(anschreiben|kontaktieren|schreiben|texten|zutexten|zuspammen|"
        "anschreibt|belastigen|schickt|melden),(schick|schreib|send|text|simst|kontaktier|melde|spam)* (sie |)(mir|"
        "mich|uns) (bitte |)(nie|nichts|nix|keine|nicht|kein|niemals) (mehr|wieder|weitere|weiteren|sms|nachrichten|"
        "werbung|zeug|an|solche),(keinen bock|keine lust|kein bock) (mehr |)auf (eure|ihre|deine|diese|die|sms|"
        "nachrichten|werbung|den),(aus|von) (eurer|ihrer|der|deiner|dieser) (liste|datenbank|kartei|kundenliste|sms "
        "liste|kontaktliste|verteilerliste) (nehmen|loschen|streichen|entfernen|raus|runter|austragen),(weitere|jede|"
        "jegliche) (kontaktaufnahme*|sms|nachrichten|werbung|zusendung*) (unterlassen|bitte unterlassen),abmelden,"
        "abgemeldet,nicht mehr (bei mir |)melden,melde* (euch|dich|sie sich) (nie|nicht) (wieder|mehr|mehr bei mir)",
        "leave": "(gesagt|geschrieben|gebeten|geantwortet|schon) (dass |) (stop|stopp|aufhoren|aufzuhoren),(stop|"
        "stopp) (gesagt|geschrieben|gesendet|geschickt),(lasst|lass|lassen sie) (mich|uns) (in|im) (ruhe|frieden),"
        "(verschwindet|raus|verzieht euch) aus meinem (handy|telefon)",
        "wrong": "(sie haben|du hast|ihr habt|haben sie|hast|habt) (wohl |sich |euch |dich |)(die |eine |den |"
        ")(falsche|falschen) (nummer|person|kontakt|empfanger),(bin|ich bin) nicht (frau|herr|die|der) _ nachricht*,"
        "(das|dies) ist (nicht|nicht mehr) (die nummer|das handy|das telefon|der anschluss) (von|des)",
    },
    "it": {
        "alone": "basta,adesso basta,ora basta,finitela,smettetela,smettila",
        "enough": "non disturb*,non importun*,non voglio piu,non vogliamo piu,non desidero piu,non voglio altri",
        "never": "non (voglio|vorrei|volevo) (disturb*|importun*),(toglie|leva|elimina|rimuove|cancella)temi (il|la|"
        "lo|le|i|gli|un|una|l),(togli|leva|cancella)mi (il|la|lo|le|i|gli|un|una|l)",
        "stop": "(smett|finit|piant)*la (di|con),(smettete|smetti|smetta|smetterla|finitela|piantatela|piantala|"
        "finiscila) (di|con|subito|adesso|una),(basta|stop) (con |)(i |le |la |gli |sti |ste |questi |queste |vostri "
        "|vostre |),smettetel*,smettil*",
        "clear": "(uscire|togliermi|cancellarmi|rimuovermi) (dalla|dalle|da) (vostra |questa |)(lista|liste),(fatela|"
        "facciamola|falla|fate la|fatela) finita,(andate|vai|vada|andatevene) (a quel paese|affanculo|al diavolo|a "
        "cagare|a fanculo) (con |) (i|le|la|questi|questa|sti|ste|i vostri|le vostre|la vostra) (vostr* |) (messaggi|"
        "sms|pubblicita|promo*|offerte|spam),(levat*|levami|levatemi|cancellat*|depennat*|rimuovet*|eliminat*) (dai|"
        "dalle|dal|dalla|da) (vostr*|contatti|lista|liste|elenco|rubrica|sistema|database),(non) (voglio|vogliamo|"
        "desidero|mi interessano|ho bisogno) (piu|nulla|niente|altro|piu nulla|piu niente|nient altro) (da voi|da "
        "parte vostra|sms|messaggi*|pubblicita|promo*|offerte|di voi),(stufo|stufa|stanco|stanca|stufato|rotto) (di|"
        "dei|delle|con) (questi|queste|sti|ste|vostri|vostre|voi|i vostri|le vostre) (sms|messaggi*|pubblicita|"
        "offerte|promo*),(non) (mi|ci) (mandi|mandate|manda|invii|inviate|invia|scriva|scrivete|scrivi|contatti|"
        "contattate|contatta|messaggiate|disturb*|spedi*|tempestate|cercate|cerchi),(non) (mandate|inviate|scrivete|"
        "contattate|mandare|inviare|scrivere|contattare|spedite|messaggiate|mandar|invi|scriv|contatt)(mi|ci|temi|"
        "teci),(tog|lev|elimin|rimuov|cancell|depenn|cav|escludet|stralci)*mi (da|dal|dalla|dai|dagli|subito|per|"
        "grazie|dalle),(togliete|togli|tolga|levate|levi|eliminate|elimini|elimina|rimuovete|rimuova|rimuovi|"
        "cancellate|cancelli|cancella|depennate|scordate|dimenticate|dimentichi|perdete|perda|scordatevi|"
        "dimenticatevi) (subito |)(il mio|questo|sto|del mio) (numero|num|contatto|nome|cellulare|nominativo|"
        "recapito|cell|telefono),(cancellazione|rimozione|eliminazione) (del mio|dei miei|di questo),(basta|stop|"
        "niente|nessun|nessuna|mai|no) (con |piu |piu con |altri |altre |)(i |le |la |gli |sti |ste |questi |queste |"
        "questa |vostri |vostre |)(vostri |vostre |)(sms|messaggi|messaggini|pubblicita|promozioni|offerte|mex|spam|"
        "notifiche|comunicazioni|promo|messaggio|newsletter sms),(mai piu|piu) (messaggi|sms|pubblicita|contatti da "
        "voi),(non) (voglio|desidero|vogliamo|vorrei|intendo|gradisco) (piu |)(ricevere|essere|avere|sentirvi|"
        "sentire|sapere|che mi|altri messaggi|altri sms|vostri|i vostri|le vostre|messaggi|sms|pubblicita|altre)",
        "leave": "(ho|gia) (gia |) (detto|chiesto|scritto|risposto|pregato) (di |) (smett*|stop|basta|non scriv*|"
        "finirla),(lasci|lasciate|lascia|lasciare)(mi|temi|ci|teci|) (in pace|stare|perdere|tranquill*)",
        "wrong": "(ha|hai|avete|hanno|avrete|avra|credo abbiate|sta|state|stai) (sbagliato|sbagliando|confuso) (il |"
        "la |)(numero|persona|contatto|destinatario|num),(non sono) (io |)(la persona|quello|quella|chi)",
        "unsubscribe": "disiscriv*,(cancell|annull|disdi|disatt)* (la mia |l |il |)(iscrizione|servizio sms|"
        "abbonamento sms|servizio messaggi)",
        "receive": "ricezione",
    },
    "pt": {
        "alone": "chega,basta,ja chega,chega ja,ja deu",
        "enough": "nao quero mais,n quero mais,naum quero mais,nao desejo mais,ja nao quero",
        "never": "(quero|vou|preciso) sair mais (cedo|tarde),nao me tire* da lista,nao (quero|queria|quis) "
        "(incomodar|perturbar|chatear),(me|nos) (tir|retir|remov|exclu|apag)* (o|a|os|as|um|uma) (taxa|multa|conta|"
        "item|nota|pedido|foto)",
        "stop": "(para|pare|parem|parar|chega|basta|deixa|deixe|deixem|deixar|cansei|cessem|cesse) (logo |ja |)(de|"
        "com|com o|com as|com os|com a|com esse*|com essa*)",
        "receive": "receber mais,recebimento,o recebimento,recepcao",
        "clear": "(sair|sai|sair fora|me tirar|me tire) (da|dessa|desta|de) (sua |)(lista|listas),(se|caso) (me |) "
        "(mandarem|mandar|enviarem|escreverem|incomodarem) (de novo|novamente|mais),(vou|irei) (denunciar|processar|"
        "bloquear) (se|caso|voces|vcs),(sai|saiam|saia) (da minha|do meu|do) (cola|pe|celular|telefone),(ta|tao|"
        "estao|esta|vcs tao) (me |) (enchendo|torrando|perturbando|incomodando|spamando),(para|parem|pare) (com isso|"
        "de encher|por favor|ja),(vao|va|vai) (se foder|tomar no cu|pastar|catar coquinho|a merda) (com |) (essas|"
        "esses|suas|seus|essa) (mensag*|msg*|propaganda*|promo*|sms),(nao|n|nunca) (autorizo|autorizei|permito|dei "
        "permissao),(sem|nada de|zero) mais (msg*|mensag*|sms|propaganda*|promo*),(nao|n|naum|ja nao) (quero|desejo|"
        "qro|kero|preciso|preciso mais|pedi|solicitei) (mais|nada|essas|esses|as suas|suas|dessas|as vossas|vossas|"
        "nenhuma|receber|de|nada de) (mais |)(mensage*|msg*|sms|propaganda*|publicidade*|promoco*|spam|de voces|de "
        "vcs|vosso|de vos|ofertas|anuncios),(nao|n|naum|num|nunca|nunca mais|jamais) (me|nos|m) (mand|envi|escrev|"
        "contat|contact|chatei|incomod|perturb|procur|encha|texte|mensage)*,(nao|n|naum|nunca) (mand|envi|escrev|"
        "envi)* (mais |)(nada|sms|mensage*|msg*|propaganda*|para este|para esse|pra este|pra esse|para ca|pra ca|pra "
        "mim|mais),(para|pare|parem|parar|chega|deixem|deixa|deixe|deixar|cansei|cessem) (logo |ja |)de (me |)(mand|"
        "envi|escrev|perturb|incomod|ench|chat|contat|contact|assedi|spam|receb|encher|importun|perseg)*,(me|nos) "
        "(tir|retir|remov|exclu|apag|delet|descadastr|desinscrev|risc|elimin)*,(tir|retir|remov|exclu|apag|delet|"
        "risc|elimin|esquec|perc|perd|desinscrev|descadastr)(a|e|am|em|ar|er|i|ir|uam) (o |)(meu|este|esse) (numero|"
        "nome|contato|contacto|telefone|celular|telemovel|cadastro|tel|zap|whats|num),(apag|elimin|exclu|remov|delet|"
        "retir)* (os |)meus dados,(chega|basta|nada|sem|nenhum|nenhuma|stop|fim) (de |as |com as |)(mais |)(mensage*|"
        "msg*|sms|propaganda*|publicidade|promoco*|spam|torpedo*|anuncio*),(nao|n|naum|ja nao) (quero|desejo|"
        "gostaria|pretendo|aceito|autorizo|qro|kero) (mais |de |)(receb*|ser |fazer parte|que me|estar na|contato*|"
        "contacto*|continuar receb*)",
        "leave": "(ja|eu) (pedi|disse|falei|mandei|respondi|avisei) (pra|para|que) (parar|pararem|sair|nao),(ja|eu) "
        "(disse|falei|mandei|respondi) (stop|pare|sair|parar),(deixa|deixe|deixem|deixar)(me|nos|) (me |)(em paz|"
        "quiet*|sossegad*|tranquil*),me (deixa|deixe|deixem) (em paz|quiet*|sossegad*)",
        "wrong": "(errou|erraram|errei|enganou|enganaram|enganado|trocou|confundiu|confundiram) (de |o |no |a |na |"
        "de o |se no |se na )(numero|pessoa|contato|contacto|num|telefone),(nao) (sou|conheco) (essa|esta|a) pessoa",
    },
}
