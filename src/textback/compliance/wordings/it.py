"""Italian words about opting out."""

WORDS = {
    "stop": "smett*,basta,finit*,fermat*,ferma,fermi,piant*,cess*,evit*,non piu,la smettete,la smetta,"
    "la smetti,smetterla,piantarla,finirla,stoppate,stoppa",
    "end": "disattiv*,annull*,cancell*,stufo di,stufa di,stanco di,stanca di,stufo,stufa,terminare,bloccate,"
    "interromp*,sospend*,disdi*",
    "not": "non,no,mai,niente,nessun,nessuna,senza,ne,nn,neanche,nemmeno,n",
    "send": "scriv*,scrivermi,mand*,invi*,contatt*,messaggiare,messaggi*rmi,disturb*,tempest*,spamm*,bombard*,"
    "mandat*,mandarmi,rispedi*,sped*,messaggia*",
    "receive": "ricevere,ricever*,ricevo,sentirvi,sentire da voi,avere vostre notizie,ricevermi,"
    "essere contattat*,essere disturbat*",
    "call": "chiam*,telefon*,ritelefon*,richiam*",
    "message": "messaggi,messaggio,messaggini,sms,msg,mex,msgs,pubblicita,promozioni,promozione,offerte,"
    "notifiche,avvisi,spam,comunicazioni,annunci,messagi,mess,questo servizio,questa roba,queste cose,"
    "ste cose,vostra roba",
    "me": "mi,me,ci,mio cellulare,mio telefono,questo cellulare,m",
    "more": "piu,mai,ancora,mai piu,di nuovo,piu nulla,piu niente,nessuno,altri,altre,ulteriori,nulla,in futuro",
    "want": "voglio,vorrei,desidero,intendo,vogliamo,interessa ricevere,autorizzo,acconsento,ho chiesto,"
    "ho richiesto,ho bisogno,vojo,gradirei,gradisco",
    "remove": "tog*,toglie*,rimuov*,elimin*,cancell*,lev*,depenn*,tolg*,escludete*,cancellat*",
    "list": "lista,liste,elenco,elenchi,rubrica,database,archivio,archivi,contatti,mailing,mio numero,"
    "il mio numero,questo numero,miei dati,i miei dati,mio contatto,sistema,mio nome,"
    "il mio nominativo,iscrizione",
    "unsubscribe": "disiscri*,cancellarmi,cancellatemi,cancellami,mi cancelli,annullare l iscrizione,"
    "annulla iscrizione,annullate l iscrizione,annullare iscrizione,annullare l abbonamento,"
    "disdire l iscrizione,disdire l abbonamento,disabbon*,cancellare l iscrizione,"
    "cancellare iscrizione,cancellazione,cancellare la mia iscrizione,revoco,revoca,"
    "ritiro il consenso,ritiro il mio consenso,disattivare il servizio,disattivate il servizio,"
    "disattiva il servizio,disinscri*,mi oppongo,disicri*",
    "bother": "disturb*,molest*,romper*,rompete,rompi,scocci*,tormen*,assill*,importun*,rompendo",
    "interested": "interessa,interessato,interessata,interessati,interessano,interesse",
    "wrong": "numero sbagliato,num sbagliato,persona sbagliata,sbagliato numero,sbagliato persona,"
    "sbaglia numero,sbagliate numero,numero errato,non sono la persona,non e il numero di,"
    "non e piu il numero di,non sono io la persona,non conosco nessun*,non e il mio nome,"
    "sbagliando persona,sbagliando numero,avete sbagliato numero,ha sbagliato numero,"
    "hai sbagliato numero,avete sbagliato persona,ha sbagliato persona,avete il numero sbagliato,"
    "avete sbagliato il numero,questo non e il numero,non e il telefono di",
    "leave": "lasciatemi in pace,lasciami in pace,mi lasci in pace,lasciatemi stare,lasciami stare,"
    "mi lasci stare,lasciateci in pace,non mi disturb*,non rompet* piu,non romper* piu,"
    "non rompere,non rompete,non mi rompete,non scocciatemi,non seccatemi,mi lasciate in pace,"
    "lasciatemi tranquill*",
    "clear": "toglietemi,toglimi,mi tolga,mi togliete,levatemi,levami,rimuovetemi,rimuovimi,mi rimuova,"
    "eliminatemi,eliminami,depennatemi,cancellate il mio numero,cancella il mio numero,"
    "cancelli il mio numero,cancellare il mio numero,eliminate il mio numero,elimina il mio numero,"
    "togliete il mio numero,togli il mio numero,perdete il mio numero,dimenticate il mio numero,"
    "dimentica il mio numero,cancellate questo numero,rimuovete il mio numero,basta messaggi,"
    "basta sms,basta pubblicita,basta spam,basta con,basta messaggini,basta mex,basta scriv*,"
    "basta mand*,basta invi*,basta chiam*,niente piu messaggi,niente piu sms,niente messaggi,"
    "niente pubblicita,niente sms,non piu messaggi,no messaggi,no pubblicita,no piu messaggi,"
    "nessun messaggio piu,stop messaggi,stop ai messaggi,stop agli sms,stop con i messaggi,"
    "stop pubblicita,non contattatemi,non contattarmi,non mi contatt*,non scrivermi,non scrivetemi,"
    "non mi scrivete,non mi scriva,non mandatemi,non mandarmi,non inviatemi,non inviarmi,non mi mand*,"
    "non mi invi*,non autorizzo,non acconsento,"
    "fuori dalla lista,fuori dalla vostra lista,nego il consenso,non chiamatemi piu,"
    "non chiamarmi piu,non scrivete piu,non mandate piu,non inviate piu,gdpr,dirvi di smetterla,"
    "detto di smetterla,smetterla di,essere rimoss*,essere cancellat*,essere tolt*,essere eliminat*",
    "unsure": "chi vi ha dato il mio numero,chi ti ha dato il mio numero,chi le ha dato il mio numero,"
    "dove avete preso il mio numero,come avete avuto il mio numero,come avete il mio numero,"
    "come hai avuto il mio numero,da dove avete preso,mai iscritto,mai iscritta,non mi sono iscritt*,"
    "mai dato il mio numero,mai dato il numero,mai richiesto,non mi sono mai iscritt*,mai registrat*,"
    "mai dato il consenso,non mi interess*,non sono interessat*,nn mi interessa,vi denuncio,"
    "vi segnalo,vi blocco,ti blocco,denunci* al garante,garante della privacy,troppi messaggi,"
    "troppi sms",
    "rude": "vaffanculo,andate a quel paese,vai a quel paese,andate a cagare,sparite,sparisci,"
    "non mi interessa,non interessa,non sono interessat*,no grazie non mi interessa,levati,zitto,"
    "zitti,smettila,piantala,smettetela,finiscila,finitela,fanculo,andatevene",
    "ask": "come,quando,perche,posso,dove,che succede,cosa succede,che cosa,quale,a che ora,chi,devo,quanto,cosa",
    "if": "se",
    "elsewhere": "email,mail,e mail,newsletter,posta,lettera,lettere,catalogo,cartacea,cartaceo,whatsapp,facebook,"
    "instagram,account,palestra,app,per posta",
    "when": "prima,dopo,fino,domani,stasera,oggi,durante,tardi,presto,di notte,la sera,la mattina,la domenica,"
    "domenica,al lavoro,sul lavoro,weekend,questa settimana,ancora no,cosi spesso,ogni giorno,"
    "a quest ora,in questo momento,adesso no,solo,tutti i giorni,notte",
    "other": "ordine,ordini,appuntamento,appuntamenti,prenotazione,consegna,autobus,bus,treno,codice,carta,"
    "rimborso,fattura,password,pagamento,addebit*,mio fratello,mia sorella,mia madre,mia mamma,"
    "mio padre,mio papa,mia moglie,mio marito,mio figlio,mia figlia,prodotto,prodotti,articolo,"
    "articoli,carrello,fumare,piangere,piovere,taglia,colore,foto,pacco,indirizzo,tavolo,camera,soldi,"
    "bonifico,risposta,link,preventivo,prezzo,gli,lui,lei,loro,cipolla,cipolle,latte,luce,acqua,"
    "musica,conferma,zucchero,internet,contratto,linea,assicurazione,palestra,rivista,gas,utenza",
    "you": "ti,vi,te,voi",
    "quote": "rispondi,rispondere,dice,scritto,diceva,parola,per cancellarsi,per cancellarti,per disiscriversi,"
    "significa,invia stop,scrivi stop,per non ricevere",
    "fine": "invece,piuttosto,adoro,al posto",
    "please": "per favore,perfavore,x favore,per cortesia,per piacere,grazie,ciao,salve,buongiorno,buonasera,"
    "adesso,ora,subito,immediatamente,basta,vi prego,ti prego,la prego,prego,cortesemente,gentilmente,"
    "cavolo,cazzo,porca miseria,di,per sempre,definitivamente,una volta per tutte,potete,puo,puoi,"
    "potreste,potrebbe,la,lo,ve lo chiedo,cortesia,saluti,che palle,dai,quante volte,"
    "quante volte devo",
    "never": "fermata,fermata del,non smett*,non fermat*,non ferm*,non annull*,non cancell*,non toglie*,"
    "non ho ricevuto,non ho ancora ricevuto,non ho mai ricevuto,non ricevo,non ricevo piu,"
    "non mi e arrivato,non mi arriva,non arriva,non mi arrivano,non ho piu,non posso piu,non c e piu,"
    "non vedo l ora,non preoccup*,non dimentic*,non vi preoccupate,non ti preoccupare,"
    "non mi ha scritto,non mi avete mandato,non mi hai scritto,non mi avete scritto,non mi hanno,"
    "non mi avete,non mi ha,piu tardi,piu informazioni,piu o meno,piu grande,piu piccolo,mandatemi,"
    "mandami,mi mandate,mi mandi,inviatemi,inviami,scrivimi,scrivetemi,chiamatemi,chiamami,"
    "contattatemi,contattami,ricontattatemi,lasciare un messaggio,lascia un messaggio,"
    "basta cosi grazie,mi basta,vi basta,basta che,quanto basta,basta un,ferma il,si ferma,ferma a,"
    "si ferma qui,cancellare l appuntamento,cancellare il mio appuntamento,cancellare l ordine,"
    "cancellare la prenotazione,cancellare il mio ordine,annullare l appuntamento,annullare il mio,"
    "annullare l ordine,annullare la,annullare il,cancellare il,cancellare la mia prenotazione,"
    "disdire l appuntamento,disdire la,disdire il,numero sbagliato di,dato il numero sbagliato,"
    "messo il numero sbagliato,inserito il numero sbagliato,avete sbagliato l ordine,"
    "avete sbagliato la,avete sbagliato ordine,ha sbagliato il,ha sbagliato l,togliete la,togliete il,"
    "togli la,togli il,mi tolga la,mio numero e",
    "and": "e,ed,pero,ma",
}
