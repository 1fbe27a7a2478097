"""Swedish words about opting out, with the Danish and Norwegian ones that differ."""

WORDS = {
    "stop": "sluta,stoppa,stopp,stop,upphör,lägg av,lägg ner,slutt,slutte,hold op,hold opp,stopper,stoppe,"
    "kutt ut,gi dere,det räcker",
    "end": "avsluta,avbryt,stäng av,inaktivera,trött på,less på,nog med,avslutte,trett på,træt af,slut med",
    "not": "inte,inga,ingen,aldrig,ej,ikke,ingen flere,aldri,inget,icke,utan,ikkje",
    "send": "skicka,skickar,sms a,smsa,smsar,kontakta,kontaktar,skriv,skriva,skriver,meddela,messa,spamma,"
    "sende,sender,send,kontakt,kontakte,sms e,sms er,messe,texta,hör av,störa,stör,skicka mig,sms",
    "receive": "få,ta emot,ha,motta,modtage,bli kontaktad,høre fra,höra från,fortsätta få,blive kontaktet",
    "call": "ring,ringa,ringer,ringe",
    "message": "sms,meddelanden,meddelande,reklam,notiser,erbjudanden,utskick,textmeddelanden,spam,skräp,"
    "meldinger,beskeder,beskjeder,reklame,tilbud,varsler,mess,smsen,meddelelser,smser,sms er",
    "me": "mig,mej,oss,detta nummer,det här numret,meg,dette nummer,dette nummeret,mit nummer,min telefon,mobil",
    "more": "mer,fler,mera,igen,längre,någonsin,flere,mere,lenger,længere,igjen,något,vidare,nånsin,framöver",
    "want": "vill,önskar,behöver,ønsker,vil,godkänner,samtycker,trenger,orkar,har bett om",
    "remove": "ta bort,radera,stryk,tag bort,plocka bort,fjern,fjerne,slett,slet,slette,avlägsna,ta mig bort",
    "list": "lista,listan,register,registret,databas,databasen,kontakter,mitt nummer,mina uppgifter,sändlista,"
    "sändlistan,listen,liste,registeret,kontakten,telefonbok,utskicket,nummeret mitt,nummer mit,"
    "utskickslistan,prenumeration",
    "unsubscribe": "avregistrera,avregistrer,avregistrering,avsluta prenumeration,avsluta prenumerationen,"
    "avsluta min prenumeration,säga upp prenumeration,avprenumerera,avanmäla,avanmäl,avmeld,avmelde,"
    "avmelding,afmeld,framelde,frameld,afmelde,meld meg av,meld mig fra,meld meg ut,avbeställ sms,"
    "återkallar mitt samtycke,återkallar samtycke,trekker samtykket,drar tillbaka mitt samtycke,"
    "skriv ut mig,tilbakekall,avmäl,säg upp prenumerationen,avbeställa sms",
    "interested": "intresserad,intresse,interessert,interesseret,interesse,intresserat",
    "wrong": "fel nummer,fel person,felnummer,fel nr,feil nummer,feil person,forkert nummer,forkert person,"
    "forkerte nummer,slagit fel,ringt fel,skrivit till fel,inte rätt person,inte rätt nummer,"
    "inte numret till,inte längre numret,fel mottagare,feil nr,känner ingen",
    "leave": "lämna mig ifred,lämna mig i fred,låt mig vara,lämna oss ifred,la meg være,la meg være i fred,"
    "lad mig være,lad mig være i fred,stör mig inte,sluta störa,inte störa,ikke forstyrr,"
    "lad mig i fred,la meg i fred",
    "clear": "ta bort mig,ta bort mitt nummer,radera mitt nummer,radera mig,glöm mitt nummer,släng mitt nummer,"
    "stryk mig,stryk mitt nummer,ta mig bort,plocka bort mig,tag bort mig,tag bort mitt nummer,"
    "ta bort det här numret,ta bort numret,fjern meg,fjern mig,slett nummeret mitt,slett mitt nummer,"
    "slet mit nummer,fjern mit nummer,fjern nummeret,glem nummeret mitt,glem mit nummer,inga fler sms,"
    "inga fler meddelanden,inga mer sms,inga mera sms,inga meddelanden,inget mer sms,ingen reklam,"
    "ingen mer reklam,inga sms tack,inga sms,inga utskick,ingen flere meldinger,ingen flere sms,"
    "ikke flere sms,ikke flere beskeder,ikke flere meldinger,ikke send,ikke skriv,skicka inga,"
    "skicka inte,sms a inte,smsa inte,kontakta mig inte,kontakta inte,skriv inte,inte skicka,"
    "vill inte ha,vill inte få,vill inte längre,vil ikke ha flere,vil ikke have flere,vil ikke motta,"
    "vil ikke have,vil ikke ha,ønsker ikke,önskar inte,avstå från,hör inte av er,kontakt meg ikke,"
    "kontakt mig ikke,sluta smsa,sluta skicka,sluta messa,sluta kontakta,slutt å sende,slutt å sms,"
    "stop med at,stopp å,av listan,bort från listan,från er lista,fra listen,inte ha fler,inte ha mer,"
    "sluta sms a,sluta skriv,smsa mig inte,sms a mig inte,sluta sms,sluta skriva,tas bort från",
    "unsure": "var fick ni mitt nummer,hur fick ni mitt nummer,vem gav er mitt nummer,"
    "hur har ni fått mitt nummer,var har ni fått mitt nummer,aldrig anmält,har inte anmält,"
    "inte registrerat,aldrig registrerat,aldrig skrivit upp,aldrig bett om,inte bett om,"
    "hvor har dere nummeret,hvor har i mit nummer,inte intresserad,ej intresserad,inget intresse,"
    "ikke interessert,ikke interesseret,kommer anmäla,jag anmäler,anmäler er,blockerar er,"
    "kommer blockera,blockera er,för många sms,så många sms",
    "rude": "dra åt helvete,stick,håll käften,dra,far åt,försvinn,inte intresserad,ej intresserad,hold kæft,"
    "det räcker,räcker nu,nog nu,lägg av,hold kjeft,ikke interessert",
    "ask": "hur,när,varför,vad händer,kan jag,var,vilken,vad,vem,hvordan,hvornår,når,hvorfor,hva,hvad,hvor,måste jag",
    "if": "om",
    "elsewhere": "email,e post,epost,mejl,mejlen,mail,mails,nyhetsbrev,nyhetsbrevet,brev,post,katalog,kataloger,"
    "facebook,instagram,whatsapp,konto,gym,gymmet,e mail,app,appen,papper",
    "when": "före,innan,efter,till,imorgon,ikväll,idag,på kvällen,på natten,så sent,sent,på morgonen,"
    "på söndagar,söndag,på jobbet,helgen,denna vecka,ännu,just nu,så ofta,varje dag,bara,kl,klockan,"
    "i morgon,i kväll,etter,før,tills",
    "other": "beställning,beställningen,order,ordern,tid,tiden,bokning,bokningen,leverans,leveransen,buss,"
    "bussen,tåg,tåget,kod,koden,kort,kortet,återbetalning,faktura,fakturan,lösenord,betalning,"
    "min bror,min syster,min mamma,min pappa,min fru,min man,min son,min dotter,produkt,produkter,"
    "vara,varor,varukorg,röka,gråta,regna,storlek,färg,bild,bilder,paket,paketet,adress,bord,rum,"
    "pengar,svar,länk,offert,pris,honom,henne,dem,lök,mjölk,vatten,musik,bekräftelse,socker,avtale,"
    "bestilling,bestillingen,ordre,timen,internet,avtal,avtalet,försäkring,gymkort,tidning,bredband",
    "you": "dig,er,deg,jer,dere",
    "quote": "svara,svar,står,ordet,för att avregistrera,för att avsluta,betyder,skicka stopp,sms a stopp",
    "fine": "istället,i stället,hellre,älskar,isteden",
    "please": "tack,snälla,hej,nu,genast,omedelbart,vänligen,var snäll,var god,för fan,fan,jävla,"
    "en gång för alla,kan ni,kan du,kunde ni,ber er,mvh,hälsningar,er,att,med,då,med en gång,takk,tak,"
    "vær så snill,venligst,vennligst,hei,nå,omgående,jag,tack så mycket,ju,direkt,omg,herregud,"
    "hur många gånger",
    "never": "busshållplats,bussen stannar,sluta inte,stoppa inte,slutar aldrig,avboka inte,ta inte bort,"
    "inte sluta,inte fått,har inte fått,fick inte,fick inget,fick inga,fick aldrig,får inga,får inte,"
    "får inget,inga problem,ingen fara,ingen brådska,inte glömma,glöm inte,vet inte,ingen aning,"
    "mer information,mer info,lämna ett meddelande,lämna meddelande,lämna paketet,avboka min tid,"
    "avboka tiden,avboka min,avboka,avbeställa min,avbeställ min,avbeställa,gav er fel nummer,"
    "angav fel nummer,skrev fel nummer,fel nummer på,mitt nummer är,slut på,slutet av,slut i,är slut,"
    "slutsåld,inte kommit,nästa stopp,har inte,ikke fått,ikke fået,fått inga,ikke mottatt,"
    "ikke modtaget,fel storlek,fel vara,ta bort löken,slutade,slutar ni,när slutar,tar slut,"
    "ta bort lök,kan inte,kunde inte,kan ikke,kunne ikke",
    "and": "och,og,men",
}
