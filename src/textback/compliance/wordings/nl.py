"""Dutch words about opting out."""

WORDS = {
    "stop": "stop met,stoppen met,stopt,stoppen,hou op,houd op,houdt op,ophouden,kap,kappen,kap met,"
    "kappen met,schei uit,staak,nou stoppen,stop er nou eens mee,stop er mee,stop ermee,"
    "stop er eens mee",
    "end": "annuleer,annuleren,beeindig*,opzeggen,zeg op,zat,beu,genoeg van,klaar met,stopzetten,zet stop,"
    "uitschakelen,uitzetten,deactiveer,moe van",
    "not": "niet,geen,nooit,nie,niks,niets,zonder,ni,geen enkel,geen enkele,nimmer",
    "send": "stuur,sturen,stuurt,gestuurd,schrijf,schrijven,app,appen,apt,sms,smsen,sms en,sms t,bericht,"
    "berichten,contacteer,contacteren,benader,benaderen,toesturen,opsturen,zend*,mailen sms,texten,"
    "spam,spammen,lastig*,contact op*,contact opnemen,contact op te nemen,toezenden,whatsapp,benaderd,"
    "aanschrijven,ge sms t",
    "receive": "ontvangen,krijgen,ontvang,hebben,te ontvangen,benaderd worden,van jullie horen,van u horen,krijg,"
    "worden ge sms t",
    "call": "bel,bellen,belt,opbellen,gebeld",
    "message": "bericht,berichten,berichtjes,sms,sms jes,smsjes,smsen,appjes,reclame,meldingen,notificaties,"
    "aanbiedingen,spam,tekstberichten,nieuws,promoties,promo,herinneringen,die troep,deze troep,"
    "die onzin,deze dienst,acties,msg,van jullie",
    "me": "me,mij,mn,ons,deze telefoon,mijn telefoon,deze nummer,mijn mobiel,mijn gsm",
    "more": "meer,nooit meer,weer,ooit,verder,nogmaals,opnieuw,nooit,verdere,in de toekomst,voortaan",
    "want": "wil,wens,willen,wenst,hoef,zou graag,wilt,stem in,toestemming,om gevraagd,gevraagd,behoefte",
    "remove": "verwijder*,haal,haalt,halen,schrap*,wis,wissen,gooi,delete,schrijf,weghalen,verwijderd",
    "list": "lijst,lijsten,bestand,database,systeem,contacten,contactenlijst,mailinglijst,verzendlijst,"
    "mijn nummer,dit nummer,mijn gegevens,adressenbestand,bellijst,mijn naam,mijn mobiele nummer,"
    "mijn telefoonnummer,abonnement,adresboek,telefoonboek,mijn nr,nummer",
    "unsubscribe": "afmeld*,uitschrijf*,uitschrijv*,meld me af,meld mij af,meld mij aub af,meld me aub af,"
    "schrijf me uit,schrijf mij uit,schrijft u mij uit,schrijf mij aub uit,schrijf me aub uit,"
    "me af te melden,mij af te melden,af te melden,uit te schrijven,me uitschrijven,me afmelden,"
    "abonnement opzeggen,abonnement stopzetten,abonnement beeindigen,afgemeld worden,"
    "uitgeschreven worden,trek mijn toestemming in,intrek*,toestemming in,ik maak bezwaar,uitschreven,"
    "af gemeld,afgemeld,uitgeschreven,wil me af melden,afmelding",
    "bother": "lastig*,stoor,storen,hinder*,stalk*,spammen,bestook*,terroriseer*,irriteer*",
    "interested": "geinteresseerd,interesse,interesseert,geintereseerd,belangstelling",
    "wrong": "verkeerd nummer,verkeerde nummer,verkeerd nr,verkeerde persoon,foutief nummer,fout nummer,"
    "verkeerd verbonden,verkeerd telefoonnummer,niet de juiste persoon,niet het nummer van,"
    "niet meer het nummer van,nummer is niet van,ken geen,vergist in het nummer,verkeerde nr,"
    "verkeerde voor,ik ben niet _ die u,dit is niet het nummer,dit is niet de telefoon",
    "leave": "laat me met rust,laat mij met rust,laat ons met rust,laat me nou met rust,laat mij aub met rust,"
    "laat me toch met rust,val me niet lastig,val me niet meer lastig,val mij niet lastig,"
    "val mij niet meer lastig,niet meer lastig*,niet lastig*,met rust laten,met rust gelaten,"
    "niet storen aub",
    "clear": "verwijder mij,verwijder me,haal me van,haal mij van,haal mij eraf,haal me eraf,haal mij uit,"
    "haal me uit,haal mij er af,haal me er af,haal mijn nummer,verwijder mijn nummer,wis mijn nummer,"
    "gooi mijn nummer weg,vergeet mijn nummer,schrap mij,schrap me,schrap mijn nummer,gooi me eruit,"
    "gooi me eraf,verwijder dit nummer,geen berichten meer,geen sms meer,geen smsjes meer,"
    "geen sms jes meer,geen reclame meer,geen reclame,geen berichten,geen sms aub,geen spam,"
    "geen appjes meer,geen meldingen meer,geen contact meer,niet meer sturen,niet meer appen,"
    "niet meer smsen,niet meer sms en,niet meer contacteren,niet meer benaderen,niets meer ontvangen,"
    "niks meer ontvangen,niks meer sturen,niets meer sturen,niks meer van,niets meer van,"
    "niet meer ontvangen,stuur niks meer,stuur niets meer,stuur me niets,stuur mij niets,"
    "wil dit niet meer,stop sms,stop berichten,van de lijst af,van jullie lijst,van uw lijst,"
    "uit het bestand,uit jullie bestand,geen toestemming,niet akkoord,wil dit niet meer ontvangen,"
    "hoef dit niet,moeten stoppen,sms jes zat,hou eens op,houd eens op,laat me nou eens met rust,"
    "stop hiermee,stop daarmee,abonnement op sms,geen sms willen,klaar met jullie,klaar met die,"
    "ik wil hier niet meer in,wil hier niet meer,verwijderd worden,lijst verwijderd,"
    "lijst gehaald worden,niet meer ge sms t,niet meer gesmst",
    "unsure": "hoe komen jullie aan mijn nummer,hoe komt u aan mijn nummer,hoe kom je aan mijn nummer,"
    "wie heeft jullie mijn nummer gegeven,wie heeft mijn nummer gegeven,"
    "waar hebben jullie mijn nummer,waar heeft u mijn nummer,nooit aangemeld,niet aangemeld,"
    "nooit ingeschreven,niet ingeschreven,nooit toestemming,nooit mijn nummer gegeven,"
    "nergens voor aangemeld,nooit om gevraagd,niet geinteresseerd,geen interesse,geen belangstelling,"
    "interesseert me niet,ga jullie blokkeren,blokkeer jullie,geef jullie aan,ga aangifte doen,"
    "aangifte,klacht indienen bij,zoveel berichten,te veel berichten,teveel berichten,zoveel sms,acm",
    "rude": "rot op,flikker op,donder op,sodemieter op,opgerot,hou je kop,hou je bek,houd je mond,krijg de,"
    "geen interesse,tyf op,ga weg,fuck off,hou op,houd op,kap ermee",
    "ask": "hoe,wanneer,waarom,wat gebeurt,kan ik,waar,welke,wat,wie,hoe laat,moet ik,hoezo",
    "if": "als,indien",
    "elsewhere": "email,e mail,emails,e mails,mail,mails,nieuwsbrief,nieuwsbrieven,brief,brieven,post,catalogus,"
    "papier,papieren,facebook,instagram,account,sportschool,folder,folders,per post,bijles",
    "when": "voor,na,tot,morgen,vanavond,vandaag,tijdens,zo laat,laat,s nachts,s avonds,s ochtends,op zondag,"
    "zondag,op mijn werk,op het werk,weekend,deze week,nog niet,nu even,zo vaak,elke dag,momenteel,"
    "alleen,om deze tijd,uur,zo vroeg",
    "other": "bestelling,bestellingen,afspraak,afspraken,reservering,boeking,levering,bus,trein,tram,code,"
    "kaart,pas,terugbetaling,factuur,wachtwoord,betaling,afschrijving*,mijn broer,mijn zus,"
    "mijn moeder,mijn vader,mijn vrouw,mijn man,mijn zoon,mijn dochter,product,producten,artikel,"
    "artikelen,winkelwagen,roken,huilen,regenen,maat,kleur,foto,fotos,foto's,pakket,adres,tafel,kamer,"
    "geld,overboeking,antwoord,link,offerte,prijs,hem,haar,hun,hen,ui,uien,melk,licht,water,muziek,"
    "bevestiging,suiker,pakje,hond,internet,contract,verzekering,internetcontract,tijdschrift,"
    "sportschool,les,energie",
    "you": "je,jou,u,jullie",
    "quote": "antwoord,staat,zegt,woord,om af te melden,om je af te melden,om u af te melden,afmelden stuur,"
    "betekent,stuur stop,stop naar,sms stop",
    "fine": "in plaats,liever,graag wel,geweldig",
    "please": "aub,alsjeblieft,alstublieft,a u b,svp,graag,bedankt,dank,dank u,dankje,hallo,hoi,nu,onmiddellijk,"
    "direct,meteen,eens,eindelijk,even,toch,nou,mvg,groeten,goedemorgen,goedemiddag,goedenavond,dag,"
    "kunt u,kunnen jullie,kun je,wilt u,willen jullie,verdomme,godverdomme,kut,jezus,"
    "voor de laatste keer,voorgoed,beste,mee,hier,ermee,daarmee,per direct,ik,ook,met spoed,zsm,"
    "hoe vaak,hoe vaak nog",
    "never": "bushalte,stopt de bus,stop de bus,bus stop,niet stoppen,stop niet,niet ophouden,hou niet op,"
    "annuleer niet,niet annuleren,verwijder niet,niet verwijderen,geen bericht gekregen,"
    "geen sms gekregen,geen bericht ontvangen,geen sms ontvangen,geen mail ontvangen,"
    "geen berichten ontvangen,geen berichten gekregen,geen bevestiging,geen code,krijg geen,"
    "ontvang geen,niet ontvangen,nog niet ontvangen,nooit ontvangen,niets ontvangen,"
    "nog niets ontvangen,nooit gekregen,geen probleem,geen idee,geen zorgen,geen haast,niet vergeten,"
    "vergeet niet,niet meer nodig,niet meer beschikbaar,meer informatie,meer info,meer tijd,"
    "bericht achter,bericht achterlaten,laat me weten,laat maar weten,afspraak annuleren,"
    "bestelling annuleren,afspraak afzeggen,verkeerd nummer gegeven,verkeerde nummer gegeven,"
    "verkeerd nummer ingevuld,verkeerde nummer doorgegeven,verkeerd nummer doorgegeven,kind afmelden,"
    "afmelden voor de les,les afmelden,afmelden voor vandaag,op de lijst,genoeg tijd,voor de,voor het,"
    "voor een,voor mij,voor mijn,voor morgen,mijn nummer is,verwijder mij niet,verwijder me niet,"
    "haal me niet,haal mij niet,schrijf me niet uit,kan _ niet,kon _ niet,heb _ niet,kunnen _ niet",
    "and": "en,maar",
}
