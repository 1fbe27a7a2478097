"""Polish words about opting out."""

WORDS = {
    "stop": "przestan,przestancie,przestanie,przestac,przestań,zaprzestan*,skoncz,skonczcie,skonczyc,"
    "zatrzymaj,zatrzymajcie,daruj*,zakoncz*,zaprzesta*,prosze przestac,koniec z,dosc z",
    "end": "anuluj*,wylacz*,rezygnuj*,dezaktywuj*,mam dosc,mam dość,wstrzymaj*,zablokuj*,zrezygnow*,dosyc,"
    "wylaczyc,koniec,dosc,odpusccie,odpuśćcie sobie",
    "not": "nie,zadnych,bez,nigdy,juz nie,ani,zadne,nic,zadnego",
    "send": "pisz*,napis*,przysyl*,slij*,nadsyl*,kontakt*,wysla*,przesyl*,smsow*,spam*,nekaj*,zaczepia*,"
    "meczy*,zawraca*,pisa*,pisyw*,smsami,wysyl*,wysylac",
    "receive": "otrzymyw*,odbier*,odbior*,dostac,otrzymac,byc nekan*,dostawac,dostawal*,dostaje,dostaję",
    "call": "dzwon*,dzwoni*,zadzwo*,wydzwan*,telefonow*",
    "message": "wiadomosc*,sms,smsy,smsow,sms ow,sms y,esemes*,reklam*,powiadomien*,powiadomienia,ofert*,"
    "promocj*,spam*,informacji,informacje handlow*,tego,tekst*,komunikat*,waszych",
    "me": "mi,mnie,do mnie,na ten numer,na moj numer,nam,nas",
    "more": "wiecej,juz,nigdy,znowu,ponownie,kolejnych,dalej,nigdy wiecej,nic,zadnych,ciagle",
    "want": "chce,zycze,zgadzam,zyczymy,prosze,potrzebuje,wyrazam zgody,zgody,zamierzam,chcemy,chcialbym,"
    "chcialabym,chciał*,zamawial*,prosil*,zgode",
    "remove": "usun*,skasuj*,wykresl*,wymaz*,wyrzuc*,skresl*,usuwa*,wykasuj*,usuniecie,usuniecia,skasowa*,wykasowa*",
    "list": "lista,listy,liste,baza,bazy,baze,systemu,kontaktow,kontakty,moj numer,mojego numeru,ten numer,"
    "tego numeru,moje dane,moich danych,danych,numer telefonu,subskrypcj*,rejestru,moj kontakt,numeru,"
    "ten nr,numer",
    "unsubscribe": "wypis*,wyrejestr*,rezygnuje z,rezygnacja,rezygnuje,rezygnacje,odsubskryb*,anuluj subskryp*,"
    "anulowac subskryp*,cofam zgode,wycofuje zgode,odwoluje zgode,cofniecie zgody,wycofac zgode,cofam,"
    "sprzeciw*,chce zrezygnowac,zrezygnowac z,wycofuje,rodo,odsubskrybuj*,anulowanie subskrypcji,"
    "wypiszcie",
    "bother": "nekaj*,nekac,przeszkadz*,zawrac*,dreczy*,meczy*,meczcie,naprzykrz*,niepoko*,zaczepi*",
    "interested": "zainteresowan*,interesuj*,interesuje",
    "wrong": "zly numer,pomylka,to pomylka,zla osoba,niewlasciwy numer,niewlasciwa osoba,bledny numer,"
    "pomyliles numer*,pomylil* numer*,pomylil* pan*,pomylilis* numer*,pomylka numeru,pomylony numer,"
    "nieprawidlowy numer,nie ten numer,nie ta osoba,zly nr,nie jestem ta osoba,to nie numer,"
    "nie znam nikogo,to nie jest numer,to juz nie jest numer,nie nalezy do,nie ma takiej osoby,"
    "to nie jest telefon,to nie telefon",
    "leave": "dajcie mi spokoj,daj mi spokoj,daj spokoj,dajcie spokoj,dajcie mi swiety spokoj,"
    "daj mi swiety spokoj,zostawcie mnie w spokoju,zostaw mnie w spokoju,zostawcie mnie,odczep* sie,"
    "odwal* sie,odpiepr* sie,odpierd* sie,odwalcie sie,nie nekaj* mnie,nie meczcie mnie,"
    "nie zawracaj* mi,odczep sie ode mnie,prosze mnie nie nekac,nie niepokoic,spokoj mi dajcie,"
    "spokoj mi daj",
    "clear": "usuncie mnie,usun mnie,usunac mnie,skasujcie moj numer,skasuj moj numer,usun moj numer,"
    "usuncie moj numer,zapomnij* moj numer,zapomnij* o moim numerze,zapomnijcie moj numer,"
    "wykresl mnie,wykreslcie mnie,wyrzuccie mnie,wywalcie moj numer,prosze mnie usunac,"
    "prosze usunac moj numer,usunac moj numer,prosze o usuniecie,prosze o wypisanie,"
    "prosze o skreslenie,prosze o wykreslenie,wypisz mnie,wypiszcie mnie,prosze mnie wypisac,"
    "nie zycze sobie,nie wyrazam zgody,nie chce wiecej,nie chce otrzymywac,nie chce dostawac,"
    "nie pisz*,nie wysyl*,nie przysyl*,nie kontakt*,nie smsuj*,prosze nie pisac,prosze nie wysylac,"
    "prosze nie przysylac,nie slij*,koniec smsow,koniec z smsami,dosc smsow,"
    "dosc spamu,dosc wiadomosci,dosc reklam,zadnych smsow,zadnych wiadomosci,zadnych reklam,"
    "bez reklam,bez spamu,bez smsow,zadnych wiecej,nigdy wiecej smsow,nie zgadzam sie na,stop smsom,"
    "stop reklamom,stop spamowi,prosze mnie nie,nie chce waszych,prosze mnie wykreslic,"
    "nigdy wiecej do mnie,nie pisac,nie pisali,nie wysylali,zebyscie przestali,przestan pisac,"
    "nie chce juz smsow,nie chce juz dostawac,nie chce juz otrzymywac,nie chce juz waszych,"
    "nie chce juz zadnych,skonczcie z tymi,skonczcie z,odpusccie sobie,odpusc sobie",
    "unsure": "skad macie moj numer,skad masz moj numer,skad pan* ma* moj numer,kto wam dal moj numer,"
    "kto dal wam moj numer,kto podal wam moj numer,skad mieliscie moj numer,nie zapisywal* sie,"
    "nigdy sie nie zapisywal*,nie rejestrowal* sie,nigdy nie podawal*,nie podawal*,nie wyrazal* zgody,"
    "nigdy nie wyrazal*,nie zapisal* sie,nie zamawial*,nigdy nie zamawial*,nie jestem zainteresowan*,"
    "nie interesuj*,nie zainteresowan*,zglosze was,zglosze to,zglaszam was,blokuje was,zablokuje was,"
    "za duzo wiadomosci,za duzo smsow,uokik,uodo",
    "rude": "spadaj,spadajcie,spierdal*,wypierd*,wynocha,odejdz,zamknij sie,zamknijcie sie,goncie sie,"
    "nie jestem zainteresowan*,nie interesuje mnie to,dosc tego,dziekuje nie",
    "ask": "jak,kiedy,dlaczego,czemu,co sie stanie,czy moge,gdzie,jaki,jaka,co,kto,o ktorej,ile,czy",
    "if": "jesli,jezeli,gdy",
    "elsewhere": "email,emaila,emaili,e mail,e maili,mail,maila,maili,maile,newsletter*,list,listu,listow,katalog*,"
    "poczta,poczty,whatsapp,facebook*,instagram*,konto,konta,silowni*,ulotk*,aplikacj*,papierow*",
    "when": "przed,po,do jutra,jutro,dzis,dzisiaj,wieczorem,podczas,tak pozno,pozno,w nocy,rano,w niedziele,"
    "w pracy,weekend*,w tym tygodniu,jeszcze,teraz,tak czesto,codziennie,na razie,o tej porze,tylko,"
    "po 20,po 21,po 22,chwilowo",
    "other": "zamowieni*,wizyt*,termin*,rezerwacj*,dostaw*,autobus*,pociag*,tramwaj*,kod*,kart*,zwrot*,faktur*,"
    "hasl*,platnos*,oplat*,mojego brata,moj brat,moja siostra,do mojej siostry,moja mama,mojej mamy,"
    "moj tata,do mojego brata,do brata,moja zona,moj maz,do meza,moj syn,moja corka,produkt*,artykul*,"
    "koszyk*,palic,palenie,plakac,padac,rozmiar*,kolor*,zdjec*,paczk*,adres*,stolik*,pokoj,pokoju,"
    "pieniadz*,przelew*,odpowied*,link*,wycen*,cen*,mu,jej,im,cebul*,mlek*,wod*,swiatl*,muzyk*,"
    "potwierdzen*,cukru,internet,umowe,umowy,ubezpieczeni*,silowni*,czasopism*,polis*",
    "you": "ci,wam,panu,pani,panstwu",
    "quote": "odpisz,odpowiedz,napisano,pisze ze,slowo,aby zrezygnowac,aby sie wypisac,zeby sie wypisac,"
    "wyslij stop,znaczy,o tresci,tresci",
    "fine": "zamiast,wole,raczej,uwielbiam",
    "please": "prosze,dziekuje,dzieki,dziekuj*,witam,czesc,dzien dobry,dobry wieczor,natychmiast,juz,teraz,"
    "pilnie,raz na zawsze,w koncu,wreszcie,pozdrawiam,blagam,kurwa,cholera,do cholery,"
    "do jasnej cholery,sie,prosilbym,prosilabym,uprzejmie,czy mozecie,czy moglibyscie,czy mozna,"
    "mozecie,moze pan,ludzie,bardzo,no,mi,bardzo prosze,ponownie,ostatni raz,ile razy,"
    "czy mog* panstwo,czy moga panstwo,czy moze pan,czy moze pani",
    "never": "przystanek,nie przestan*,nie przestaje,nie zatrzymuj*,nie anuluj*,nie usuwaj*,nie kasuj*,"
    "nie rezygnuje,nie dosta*,nie otrzyma*,nie przyszed*,nie przyszl*,nie doszed*,nie doszl*,"
    "nie dotar*,nie przychodz*,nie mam,nie moge,nie wiem,nie ma sprawy,nie ma problemu,nie martw*,"
    "nie zapomn*,nie trzeba,nie spoznij*,nie napisal*,nie wyslal*,nie odpis*,nie wyslano,jeszcze nie,"
    "juz nie potrzebuje,juz nie dziala,wiecej informacji,prosze napisac,prosze wyslac,"
    "prosze zadzwonic,prosze o kontakt,prosze o wiadomosc,prosze o informacje,napisz do mnie,"
    "napiszcie do mnie,wyslij mi,wyslijcie mi,zadzwon,zadzwoncie,przyslij mi,przyslijcie mi,"
    "zostawic wiadomosc,koniec miesiaca,koniec roku,koniec tygodnia,do konca,na koniec,pod koniec,"
    "anulowac wizyte,anulowac zamowienie,anuluj zamowienie,anuluj wizyte,odwolac wizyte,"
    "odwoluje wizyte,rezygnuje z wizyty,rezygnuje z zamowienia,rezygnuje z rezerwacji,"
    "rezygnuje z zakupu,rezygnuje z pracy,rezygnacja z wizyty,rezygnacja z zamowienia,zly rozmiar,"
    "podalem zly numer,podalam zly numer,podalem bledny numer,podalam bledny numer,wpisalem zly numer,"
    "pomylka w zamowieniu,pomylka w rachunku,pomylka w fakturze,przez pomylke,na liscie,lista zakupow,"
    "moj numer to,wypisz recept*,wypisz fakture,wypisac recept*,wypisac fakture,wypisze,wypisali,"
    "wypis ze szpitala,zly numer zamowienia,zly numer karty,zly numer domu,nie chce reklamow*",
    "and": "i,oraz,ale",
}
