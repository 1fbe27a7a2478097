"""German words about opting out."""

WORDS = {
    "stop": "stopp,stoppt,stoppen,stoppe,hor auf,hort auf,horen sie auf,hoer auf,hoert auf,hoeren sie auf,"
    "aufhoren,aufhoeren,aufzuhoren,unterlass*,unterlassen,schluss,schluss mit,schluss jetzt,lasst,"
    "lass das,halt,lassen sie es,lasst es,lassen sie das",
    "end": "beenden,beende,beendet,deaktivier*,abstellen,stellt _ ein,einstellen,stellen sie _ ein,genug von,"
    "satt,genervt von,schnauze voll,nase voll,kundige,kundigen,kuendigen,storniert,stornieren,"
    "ausschalten,abschalten",
    "not": "nicht,nie,niemals,kein,keine,keinen,keinerlei,nix,ned,net,nich,ohne,nimmer,weder,nicht mehr,"
    "nie wieder,nie mehr,keine mehr",
    "send": "schreib*,schick*,send*,zusend*,zuschick*,kontaktier*,anschreib*,texte*,simsen,zu schreiben,"
    "zu schicken,zu senden,melde*,meldet,spam*,anzuschreiben,zugeschickt,zugesendet,zugesandt,"
    "verschick*,belastig*,belaestig*,nerv*,zutexten,zuspammen,zumull*",
    "receive": "erhalten,bekommen,empfangen,kriegen,haben,lesen,zu erhalten,zu bekommen,kontaktiert werden,"
    "angeschrieben werden,zugeschickt bekommen,von euch horen,von ihnen horen",
    "call": "anruf*,anzuruf*,ruft,rufen,telefonier*,ruf",
    "message": "nachricht,nachrichten,sms,smsen,smse,werbung,werbe*,mitteilung*,benachrichtig*,meldungen,"
    "textnachrichten,textnachricht,texte,angebote,newsletter sms,spam,msg,mails sms,infos,dienst,"
    "reklame,botschaften,eure sms,das zeug,den mist,den scheiss,diesen mist,diesen scheiss,massensms",
    "me": "mir,mich,uns,dieser nummer,meiner nummer,mein handy,meinem handy,an mich,dieses handy",
    "more": "mehr,wieder,weitere,weiteren,weiter,nochmal,noch einmal,kunftig,in zukunft,jemals,erneut,"
    "ab sofort,nie wieder,zukunftig,standig,dauernd,immer",
    "want": "will,mochte,moechte,wunsche,wuensche,wunsch,brauche,wollen,wunschen,wollte,habe _ zugestimmt,"
    "erlaube,zustimme,bestellt,erwunscht,gewunscht",
    "remove": "losch*,loesch*,entfern*,streich*,nehmt,nehmen sie,nimm,raus,werft,wirf,schmeisst,schmeiss,tragt,"
    "trag,aus*trag*,gestrichen,entfernt",
    "list": "liste,listen,verteiler,verteilern,datenbank,kartei,kontakten,kontakte,kontaktliste,datenbestand,"
    "meine nummer,diese nummer,meine daten,meine handynummer,adressbuch,telefonliste,eurem system,"
    "ihrem system,meinen kontakt,meine telefonnummer,meine nr,system,mailingliste,meinen namen,nummer,"
    "handynummer",
    "unsubscribe": "abmeld*,abzumeld*,abbestell*,abzubestell*,melden sie mich ab,meldet mich ab,meld mich ab,"
    "melde mich ab,meldet mich bitte ab,melden sie mich bitte ab,melde mich hiermit ab,"
    "melde mich bitte ab,austragen,tragt mich aus,trag mich aus,tragen sie mich aus,"
    "tragt mich bitte aus,tragen sie mich bitte aus,abo kundigen,abo beenden,abo kuendigen,"
    "abo stornieren,kundige _ abo,widerrufe,widerruf,widerspreche,einwilligung zuruck,einwilligung,"
    "auszutragen,bestelle _ ab,bestelle ab,bestellen sie mich ab,will mich abmelden,abgemeldet werden,"
    "ausgetragen werden,abbestellung,abmelden bitte,melde ab,deabonnier*",
    "bother": "nerv*,belastig*,belaestig*,stor*,stoer*,terrorisier*,zuspam*,bombardier*,zumull*",
    "interested": "interesse,interessiert,interessieren,intresse",
    "wrong": "falsche nummer,falsche nr,falsche person,falschen nummer,falsche handynummer,falsch verbunden,"
    "nummer verwechselt,in der nummer geirrt,falsche telefonnummer,falscher empfanger,"
    "falschen empfanger,nicht die person,nicht der richtige,nicht die richtige person,"
    "nicht die richtige nummer,nummer gehort nicht,ich bin nicht _ sie haben,kenne keinen,"
    "kenne keine _ hier,nicht mehr die nummer von,nicht die nummer von,verwahlt,verwaehlt,"
    "falschen person,das ist nicht die nummer,das ist nicht mehr die nummer",
    "leave": "lass mich in ruh,lasst mich in ruh,lassen sie mich in ruh,"
    "lasst mich in ruhe,lass mich in ruhe,lassen sie mich in ruhe,lasst mich in frieden,"
    "lass mich in frieden,lassen sie mich in frieden,lasst mich endlich in ruhe,lasst uns in ruhe,"
    "lassen sie mich endlich in ruhe,lass mich endlich in ruhe,lasst mich bitte in ruhe,"
    "lassen sie mich bitte in ruhe,meine ruhe,last mich in ruhe,in ruhe lassen,"
    "geht mir nicht auf die nerven,geht mir nicht auf den sack,nicht mehr belastig*,nicht belastig*,"
    "verschont mich,verschonen sie mich",
    "clear": "vergesst meine nummer,vergiss meine nummer,loscht meine nummer,losch meine nummer,"
    "loschen sie meine nummer,loescht meine nummer,loesch meine nummer,loeschen sie meine nummer,"
    "nehmt mich raus,nimm mich raus,nehmen sie mich raus,nehmt mich von,nehmen sie mich von,"
    "nimm mich von,nehmt mich aus,nehmen sie mich aus,nehmt meine nummer,nehmen sie meine nummer,"
    "nehmt mich bitte,nehmen sie mich bitte,streicht mich,streichen sie mich,loscht mich,"
    "loschen sie mich,loesch mich,loescht mich,loeschen sie mich,entfernt mich,entfernen sie mich,"
    "losche mich,keine sms mehr,keine nachrichten mehr,keine werbung mehr,keine werbung,"
    "keine weiteren,keine sms,keine mehr,keine texte mehr,keine nachrichten,keine werbe*,"
    "keine angebote mehr,kein spam mehr,keine anrufe mehr,kein sms mehr,keine infos mehr,"
    "nichts mehr schicken,schickt mir nichts mehr,schicken sie mir nichts mehr,nichts mehr von,"
    "nix mehr von,nicht mehr anschreiben,nicht mehr kontaktieren,nicht mehr schreiben,"
    "nicht mehr texten,nicht mehr schicken,nicht mehr senden,nicht mehr zusenden,kein kontakt mehr,"
    "keinen kontakt mehr,stoppt die sms,sms abbestellen,sms stoppen,nachrichten stoppen,"
    "raus aus der liste,raus aus dem verteiler,runter von der liste,aus dem verteiler,von eurer liste,"
    "von ihrer liste,aus eurer liste,aus ihrer liste,nicht einverstanden,schluss mit,"
    "schreib mich nicht mehr an,mag nicht mehr,will das nicht mehr,bitte nicht mehr,ich widerspreche,"
    "dsgvo,vergessen sie meine nummer,horen sie bitte auf,hort bitte auf,hor bitte auf,"
    "hort endlich auf,hor endlich auf,horen sie endlich auf,aufhoren sollt,aufhoren sollen,"
    "hort auf damit,aus der liste nehmen,von der liste nehmen,aus der liste loschen,"
    "von der liste loschen,benachrichtigungen deaktivieren,sms deaktivieren,"
    "eure nachrichten nicht mehr,ihre nachrichten nicht mehr,eure sms nicht mehr,ihre sms nicht mehr,"
    "damit aufhoren,schreibt nicht mehr,schreiben sie nicht mehr,schreib nicht mehr,"
    "angemeldet bitte loschen,nicht mehr mit euren sms,lasst das mit den,lass das mit den,"
    "sendet mir nichts,sende mir nichts,senden sie mir nichts,mir nichts mehr,"
    "nie angemeldet bitte loschen,gestrichen werden,geloscht werden,entfernt werden,"
    "von der liste genommen,bitte abstellen",
    "unsure": "woher haben sie meine nummer,woher habt ihr meine nummer,woher hast du meine nummer,"
    "wer hat ihnen meine nummer gegeben,wer hat euch meine nummer gegeben,nie angemeldet,"
    "nicht angemeldet,nie zugestimmt,nie registriert,nicht zugestimmt,nie abonniert,nicht abonniert,"
    "nie meine nummer gegeben,kein interesse,nicht interessiert,keinerlei interesse,"
    "interessiert mich nicht,interessiert nicht,melde euch,zeige euch an,zeige sie an,"
    "anzeige erstatten,blockiere euch,blockiere sie,werde euch blockieren,bundesnetzagentur,anwalt,"
    "zu viele nachrichten,zu viele sms,so viele sms,so viele nachrichten",
    "rude": "verpisst euch,verpiss dich,haut ab,hau ab,halt die klappe,halts maul,halt die fresse,leck mich,"
    "leckt mich,fickt euch,fick dich,zieht leine,kein interesse,kein bedarf,aufhoren,hor auf,hort auf,"
    "es reicht,jetzt reicht es,jetzt reichts,das reicht,lass das,lasst das",
    "ask": "wie,wann,warum,wieso,was passiert,kann ich,wo,weshalb,muss ich,was bedeutet,welche,wer,soll ich,ob",
    "if": "wenn,falls",
    "elsewhere": "email,emails,e mail,e mails,mail,mails,newsletter,brief,briefe,post,katalog,kataloge,papier,"
    "whatsapp,facebook,instagram,konto,fitnessstudio,mitgliedschaft,per post,prospekt*,app,postweg",
    "when": "vor,nach,bis,morgen,heute,heute abend,wahrend,so spat,spat,nachts,abends,morgens,sonntags,"
    "am sonntag,sonntag,auf der arbeit,bei der arbeit,wochenende,diese woche,noch nicht,gerade,"
    "jetzt gerade,um diese uhrzeit,so oft,taglich,jeden tag,im moment,nur,uhr,so fruh",
    "other": "bestellung,bestellungen,termin,termine,reservierung,buchung,lieferung,bus,zug,bahn,code,karte,"
    "erstattung,ruckerstattung,rechnung,passwort,zahlung,abbuchung*,meinen bruder,mein bruder,"
    "meine schwester,meine mutter,meinen vater,mein vater,meine frau,mein mann,meinen mann,mein sohn,"
    "meinen sohn,meine tochter,produkt,produkte,artikel,warenkorb,rauchen,weinen,regnen,grosse,farbe,"
    "foto,fotos,paket,adresse,tisch,zimmer,geld,uberweisung,antwort,link,angebot,preis,ihm,ihr,ihn,"
    "ihnen,zwiebeln,milch,licht,wasser,musik,bestatigung,zucker,zwiebel,pakete,kuche,lied,hund,"
    "internet,vertrag,versicherung,mobilfunkvertrag,stromvertrag,zeitschrift,mitgliedschaft,kurs,"
    "schule,handyvertrag,stromanbieter",
    "you": "dir,euch,dich,ihnen",
    "quote": "antworte,antworten,antwort mit,steht,stand,wort,zum abmelden,um sich abzumelden,zum abbestellen,"
    "bedeutet,sende stop,senden sie stop,stop an,mit stop",
    "fine": "stattdessen,lieber,statt,liebe,freue",
    "please": "bitte,danke,hallo,hi,jetzt,sofort,endlich,umgehend,mal,doch,guten tag,guten morgen,guten abend,"
    "freundliche grusse,mfg,lg,gruss,gruße,bitte bitte,verdammt,scheisse,scheiss,mann,zum teufel,"
    "damit,ich bitte,bitten,konnen sie,konnten sie,konnt ihr,kannst du,koennen sie,koennt ihr,"
    "zum letzten mal,ein fur alle mal,auch,ich,zu,leute,ey,alter,sie,ihr,dringend,vielen dank,hiermit,"
    "unverzuglich,ab sofort,einfach,nun,wie oft,wie oft noch",
    "never": "bushaltestelle,hort nicht auf,hor nicht auf,nicht aufhoren,nicht aufhoeren,hort es nicht auf,"
    "nicht stoppen,nicht loschen,nicht abmelden,nicht stornieren,nicht kundigen,noch keine nachricht,"
    "keine nachricht bekommen,keine nachricht erhalten,keine sms bekommen,keine sms erhalten,"
    "keine bestatigung,keine antwort,nicht mehr gefunden,keine nachrichten bekommen,"
    "keine nachrichten erhalten,keine sms mehr kommen,bekomme keine,erhalte keine,bekomme ich keine,"
    "kommt keine,kommen keine,warum keine,keine ahnung,keine sorge,kein problem,keine zeit,"
    "nicht vergessen,vergesst nicht,vergiss nicht,keine eile,nicht mehr da,nicht mehr verfugbar,"
    "mehr infos,mehr informationen,mehr nicht,nachricht hinterlassen,hinterlassen,lasst mich wissen,"
    "lass mich wissen,lassen sie mich wissen,termin stornieren,bestellung stornieren,"
    "falsche nummer angegeben,falsche nummer eingegeben,falsche nummer gegeben,anmelden,"
    "wiederholen sie,abmelden vom kurs,vom kurs abmelden,kind abmelden,halt die,an der halt,"
    "halt machen,letzter halt,nachster halt,von der liste der,meine nummer ist,genug zeit,"
    "loscht mich nicht,losch mich nicht,losche mich nicht,nehmt mich nicht,streicht mich nicht,"
    "meldet mich nicht ab,nehmt mich bitte nicht,keine nachrichten von euch bekommen,"
    "habe keine sms mehr bekommen,bekomme keine sms mehr,habe keine nachrichten mehr bekommen,"
    "seit wochen keine sms mehr bekommen,kann _ nicht,konnte _ nicht,habe _ nicht,hab _ nicht,"
    "konnen _ nicht,warum _ nicht",
    "and": "und,aber",
}
