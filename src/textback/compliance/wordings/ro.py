"""Romanian words about opting out."""

WORDS = {
    "stop": "opriti,opreste,opriti va,opreste te,oprire,oprit,incetati,inceteaza,incetare,terminati,termina,"
    "lasati,stop,opriți vă,oprește",
    "end": "anulati,anuleaza,dezactivati,dezactiveaza,satul de,m am saturat,m-am saturat,renunt,saturat de",
    "not": "nu,niciun,nicio,nici un,nici o,niciodata,fara,nimic,n,nici",
    "send": "trimit*,trimet*,scri*,contact*,mesaj*,sms*,spam*,texta*,dati mesaje,deranj*",
    "receive": "primesc,primi,primit,sa primesc,a primi,mai primesc",
    "call": "suna*,sunati,apel*,telefon*",
    "message": "mesaj,mesaje,mesajele,sms,sms uri,smsuri,smsurile,reclame,reclama,notificari,oferte,promotii,"
    "spam,publicitate,anunturi",
    "me": "ma,imi,mi,mie,pe mine,numarul acesta,ne,noi",
    "more": "mai,niciodata,din nou,iar,nicio,niciun,deloc,nimic,in continuare,alte",
    "want": "vreau,doresc,dori,am nevoie,accept,sunt de acord,interesat sa primesc,am cerut,vrem,as vrea",
    "remove": "sterge*,stergeti*,scoate*,scoateti*,elimin*,eliminati*,inlatur*,radiati*",
    "list": "lista,listele,baza de date,numarul meu,acest numar,datele mele,agenda,contacte,numarul,sistem,"
    "numele meu,evidenta,baza",
    "unsubscribe": "dezabon*,dezinscri*,anulare abonare,anulati abonarea,retrag consimtamantul,imi retrag acordul,"
    "retrag acordul,ma dezabonez,gdpr,anulare abonament sms,renunt la sms,revoc",
    "interested": "interesat,interesata,interes,intereseaza",
    "wrong": "numar gresit,nr gresit,numarul gresit,persoana gresita,ati gresit numarul,ai gresit numarul,"
    "gresit numarul,gresit persoana,gresiti numarul,nu sunt persoana,nu este numarul,nu e numarul,"
    "nu mai este numarul,numar incorect,ati gresit,nu cunosc pe nimeni",
    "leave": "lasati ma in pace,lasa ma in pace,lasati ma,lasa ma,lasati ma in pace va rog,nu ma derang*,"
    "nu ma mai derang*,nu deranjati,lasati ne in pace",
    "clear": "stergeti numarul meu,sterge numarul meu,stergeti mi numarul,sterge mi numarul,uitati numarul meu,"
    "uita numarul meu,scoateti ma,scoate ma,stergeti ma,sterge ma,eliminati ma,scoateti numarul meu,"
    "eliminati numarul meu,nu mai trimit*,nu mi mai trimit*,nu imi mai trimit*,nu mi mai scri*,"
    "nu imi mai scri*,nu mai scri*,nu ma mai contact*,nu ma contact*,nu ma mai suna*,nu mai vreau,"
    "nu mai doresc,nu vreau mesaje,nu vreau sms,nu doresc sa primesc,nu vreau sa primesc,"
    "nu vreau sa mai primesc,nu doresc sa mai primesc,nu doresc mesaje,fara mesaje,fara reclame,"
    "fara spam,fara sms uri,gata cu mesajele,gata cu smsurile,gata cu sms urile,ajunge cu mesajele,"
    "stop mesaje,niciun mesaj,nu sunt de acord,nu imi trimiteti,nu mi trimiteti,nu trimiteti,"
    "destul cu mesajele,din lista voastra,de pe lista",
    "unsure": "de unde aveti numarul meu,de unde ai numarul meu,cine v a dat numarul meu,"
    "cum ati obtinut numarul meu,de unde mi ati luat numarul,nu m am abonat,nu m am inscris,"
    "niciodata nu m am,nu sunt interesat*,nu ma intereseaza,va raportez,va reclam,va blochez,"
    "te blochez,voi depune plangere,prea multe mesaje,anpc",
    "rude": "du te dracului,duceti va dracului,taci,taceti,dispareti,nu ma intereseaza,nu sunt interesat*,"
    "marsh,terminati",
    "ask": "cum,cand,de ce,ce se intampla,unde,pot,care,la ce ora,cine,ce,cat",
    "if": "daca",
    "elsewhere": "email,emailuri,e mail,mail,mailuri,newsletter,posta,scrisori,scrisoare,catalog,whatsapp,facebook,"
    "instagram,cont,contul,sala,aplicatie",
    "when": "inainte,dupa,pana,maine,diseara,azi,astazi,noaptea,seara,dimineata,duminica,la serviciu,weekend,"
    "saptamana,inca,acum nu,asa des,zilnic,in fiecare zi,la ora asta,doar,asa tarziu",
    "other": "comanda,comenzi,programare,programarea,rezervare,rezervarea,livrare,autobuz,tren,cod,codul,card,"
    "cardul,rambursare,factura,parola,plata,fratele meu,sora mea,mama,tata,sotia,sotul,fiul,fiica,"
    "produs,produse,cos,fumat,fumez,plang,ploaia,marime,culoare,poza,poze,colet,coletul,adresa,masa,"
    "camera,bani,transfer,raspuns,link,pret,lui,ei,ceapa,lapte,apa,lumina,muzica,confirmare,zahar,"
    "internet,contract,contractul,asigurare,abonamentul la",
    "you": "te,va,voua,tie",
    "quote": "raspunde,raspundeti,scrie,cuvantul,pentru dezabonare,pentru a va dezabona,inseamna,trimite stop,"
    "trimiteti stop",
    "fine": "in loc,mai bine,imi place",
    "please": "va rog,te rog,va rog frumos,multumesc,mersi,buna,buna ziua,salut,acum,imediat,urgent,odata,"
    "o data pentru totdeauna,de,sa,la naiba,naiba,dracului,puteti,poti,ati putea,vreti,domnule,doamna,"
    "o zi buna,definitiv,cu,mai,de cate ori",
    "never": "statie,statia,opreste autobuzul,se opreste,nu opriti,nu te opri,nu va opriti,nu anulati,"
    "nu stergeti,nu am primit,n am primit,nu mai am primit,nu primesc,nu mai primesc,nu a venit,"
    "nu mi a venit,nu a ajuns,nu am mai primit,nu imi vine,nu e problema,nu stiu,nu uitati,nu uita,"
    "nu va faceti griji,nu mi ati trimis,nu mi ati raspuns,nu a scris,nu mi a scris,trimiteti mi,"
    "trimite mi,scrieti mi,scrie mi,sunati ma,suna ma,contactati ma,lasati un mesaj,las un mesaj,"
    "lasa un mesaj,lasati coletul,lasati la,mai multe informatii,mai tarziu,mai ieftin,mai mare,"
    "anulati comanda,anulati programarea,anulez programarea,anulez comanda,anula programarea,"
    "anula comanda,anula,am dat numar gresit,am dat numarul gresit,am scris numarul gresit,"
    "ati gresit comanda,ati gresit adresa,ati gresit marimea,gata comanda,e gata,este gata,"
    "nu mai am nevoie,nu mai este,nu mai vreau comanda,nu mai vreau produsul,nu mai vreau programarea,"
    "numarul meu este",
    "and": "si,dar",
}
