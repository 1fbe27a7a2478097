"""Turkish words about opting out. The negative is in the verb."""

WORDS = {
    "stop": "dur,durun,durdur*,kes,kesin,kesiniz,son verin,son ver,vazgec*,yeter,yeter artik,yeter ama,"
    "biraksaniz,bitsin,artik yeter",
    "end": "kapat*,devre disi,durdur*,biktim,bıktım,usandim,iptal,iptal edin,iptal et,kapatin,yeter",
    "not": "hayir",
    "send": "gonder*,yolla*,yaz*,mesaj*,ulas*,rahatsiz*,atiyor*,atip,atmayi,atmak",
    "receive": "almak,almayi",
    "call": "ara*,aramayi",
    "message": "mesaj*,sms*,bildirim*,reklam*,kampanya*,spam*,tanitim*,ileti*,mesajlar,msj*,teklif*,duyuru*",
    "me": "bana,beni,bu numaraya,numarama,bize,telefonuma,banA",
    "more": "artik,bir daha,daha fazla,daha,asla,tekrar,baska,hicbir,hic",
    "remove": "sil*,cikar*,kaldir*,cikart*,sildir*,silin*,siler*",
    "list": "liste*,listeden,listenizden,listesinden,rehber*,veritaban*,numarami,numaramı,bu numarayi,"
    "kayitlar*,kaydimi,sistem*,verilerimi,bilgilerimi,adimi,numaram",
    "unsubscribe": "abonelikten cik*,aboneligimi iptal*,abonelik iptal*,aboneligi iptal*,uyeligimi iptal*,"
    "uyelik iptal*,abonelikten ayril*,listeden cik*,listeden ayril*,listenizden cik*,sms iptal*,"
    "sms listesinden cik*,mesaj iptal*,mesajlari iptal*,aboneligimi sonlandir*,uyeligimi sonlandir*,"
    "onayimi geri*,iznimi geri*,rizami geri*,iznim yok,onay vermiyorum,izin vermiyorum,onayim yok,"
    "abonelikten cikmak,uyelikten cik*,sms almayi reddediyorum,reddediyorum,kvkk,izin iptal*,"
    "riza vermiyorum,abonelik sonlandir*,cikis yap*,ret etmek",
    "bother": "rahatsiz*,taciz*,darla*,bunalt*",
    "interested": "ilgilenmiyor*,ilgimi cekmiyor",
    "dont_send": "gondermeyin*,gonderme,gondermeyi birak*,gondermeyiniz,yollamayin*,yollama,yollamayiniz,yazmayin*,"
    "yazmayiniz,atmayin*,atmayiniz,mesajlamayin,mesaj almak istemiyor*,almak istemiyor*,"
    "mesaj istemiyor*,sms istemiyor*,reklam istemiyor*,bildirim istemiyor*,istemiyorum sms,"
    "istemiyorum mesaj,ulasmayin,iletisime gecmeyin*,iletisime gecme,irtibata gecmeyin,bana ulasma*,"
    "gondermesin*,gondermezseniz,gondermez misiniz,atmaz misiniz,yazmaz misiniz,gondermeyi durdur*,"
    "yazmayi birak*,atmayi birak*,mesaj atmayi,bir daha aramayin*,beni aramayin*,aramayin beni,"
    "artik aramayin*,aramayin artik,spam yapma*,kampanya istemiyor*,kampanya mesaji istemiyor*,"
    "tanitim istemiyor*,duymak istemiyor*,mesajlarinizi istemiyor*,mesajlarini istemiyor*,"
    "gonderilmesin,atmasin*,atmasaniz,yazmasin*,mesajlarinizdan biktim,mesaj gelmesin,sms gelmesin,"
    "gelmesin artik,gelmesini istemiyor*,artik mesaj,bana _ yazma,bir daha yazma,mesaj atma,"
    "mesaj atmasin*,sms atma,sms atmayin*,mesaj atmayin*,mesaj atmay*,mesaj gondermeyi,"
    "mesaj gondermeyin*,mesaj gonderme,mesaj yollamayin*,mesaj yollama,mesaj yazmayin*,mesaj yazma,"
    "spam yapma,spam yapmayin",
    "wrong": "yanlis numara*,yanlis kisi*,yanlis no,yanlis nolu,yanlis numaraya,numara yanlis,yanlis kisiye,"
    "ben o kisi degil*,bu numara _ degil,bu numara artik,bu numara _ ait degil,oyle biri yok,"
    "boyle biri yok,tanimiyorum,yanlis insan,yanlislikla bana,yanlis yere,ben _ degilim,"
    "bu telefon _ ait degil,bu benim numaram",
    "leave": "beni rahat birak*,rahat birak*,beni rahatsiz etme*,rahatsiz etme*,yakami birak*,"
    "rahatsiz etmeyin*,taciz etme*,pesimi birak*,dusun yakamdan,yakamdan dus*",
    "clear": "numarami sil*,numaramı sil*,beni sil*,beni cikar*,beni listenizden,listeden sil*,listeden cikar*,"
    "listenizden cikar*,numarami cikar*,bu numarayi sil*,numarami unut*,bu numarayi cikar*,"
    "rehberden sil*,sistemden sil*,numarami kaldir*,numaramı listeden,kaydimi sil*,"
    "artik mesaj istemiyor*,mesaj yok artik,sms e hayir,mesajlari durdur*,mesajlari kes*,"
    "sms leri durdur*,smsleri durdur*,mesajlari kapat*,bu mesajlari istemiyor*,bu smsleri istemiyor*,"
    "mesaj gonderimini durdur*,mesajlara son,sms gonderimini durdur*,stop sms,verilerimi sil*,"
    "sms almak istemiyor*,mesajlardan cik*,spam yapmayin*,onayim yoktur,bana yazmayin*,bana yazma,"
    "beni listeden cikar*,beni listeden sil,beni listeden silin*,beni listeden kaldir*,"
    "beni listeden at*,artik mesaj atma,artik mesaj atmayin*,son verin,spam yapmayın,spam yapma",
    "unsure": "numarami nereden,numaramı nereden,numarami kimden,numarami nasil,numaramı kim verdi,"
    "numarami kim verdi,kaydolmadim,uye olmadim,abone olmadim,uye degilim,abone degilim,onay vermedim,"
    "izin vermedim,kayit olmadim,istemedim,ilgilenmiyor*,ilgimi cekmiyor,sikayet edecegim,"
    "sikayet ederim,sikayet edicem,engelliyor*,engelleyecegim,engellerim,cok fazla mesaj,btk,"
    "mahkemeye",
    "rude": "defol*,siktir*,kaybol,kes sesini,cehenneme,git basimdan,yeter,yeter artik,bikt*,ilgilenmiyor*,"
    "basimdan git*",
    "ask": "nasil,ne zaman,neden,niye,ne olur,nerede,hangi,kac,kim,saat kacta,mi,mu",
    "if": "eger,derse",
    "elsewhere": "email*,e posta*,eposta*,mail*,bulten*,posta,mektup,katalog*,whatsapp*,facebook,instagram,hesab*,"
    "spor salonu,uygulama*",
    "when": "once,sonra,kadar,yarin,bu aksam,bugun,gece,gec saatte,sabah,pazar,pazar gunu,iste,hafta sonu,"
    "bu hafta,henuz,su an,simdilik,her gun,bu saatte,sadece,bu kadar sik",
    "other": "siparis*,randevu*,rezervasyon*,teslimat*,otobus*,tren*,kod*,kart*,iade*,fatura*,sifre*,odeme*,"
    "abim*,annem*,babam*,esim*,kocam*,oglum*,kizim*,urun*,sepet*,sigara*,yagmur*,beden,renk,"
    "fotograf*,kargo*,paket*,adres*,masa*,oda,para*,havale*,cevap*,link*,teklif,fiyat*,sogan*,sut,su,"
    "isik,muzik,onay mesaj*,ona,onlara,seker*,durak*,internet*,sozlesme*,sigorta*,hat,hattimi,dergi*,"
    "spor salonu*,gazete*",
    "you": "sana,size",
    "quote": "yazin,yazip,yaziyor,kelime*,cikmak icin,iptal icin,almak istemiyorsaniz,istemiyorsaniz,ret yazip,"
    "anlami,gonderin",
    "fine": "yerine,bayiliyor*",
    "please": "lutfen,tesekkur*,tesekkurler,sagol,sagolun,merhaba,selam,simdi,hemen,derhal,acil,iyi gunler,"
    "iyi aksamlar,gunaydin,artik,rica*,rica ederim,allah askina,yahu,ya,be,kardesim,arkadaslar,beyler,"
    "kesinlikle,temelli,sonsuza kadar,misiniz,mısınız,edin,ediniz,kac kere,kac defa,kac kez",
    "never": "otobus duragi,durak,duragi,durma,durmayin,durmadan,iptal etme*,silme*,silmeyin*,gelmedi,"
    "mesaj gelmedi,sms gelmedi,mesaj gelmiyor,sms gelmiyor,almadim,alamadim,alamiyorum,gondermediniz,"
    "gondermedi,yazmadi,yazmadiniz,atmadi,atmadiniz,mesaj almadim,mesaj alamiyorum,kod gelmedi,"
    "bana yazin,bana mesaj atin,bana ulasin,beni arayin,bana gonderin,mesaj birak*,mesaj atin,"
    "mesaj gonderin,not birak*,randevumu iptal*,randevuyu iptal*,siparisimi iptal*,siparisi iptal*,"
    "rezervasyonumu iptal*,rezervasyonu iptal*,yanlis numara verdim,numaram yanlis,yanlis urun,"
    "yanlis adres,yanlis beden,yanlis siparis,unutmayin,merak etmeyin,sorun yok,gerek yok,"
    "daha fazla bilgi,daha sonra,daha ucuz,daha buyuk,son durak,son gun,son tarih,ay sonu,hafta sonu,"
    "dur bi,dur bir,bir dakika dur,yazma kursu,kapiya birak*,birakin kapiya,paketi birak*,"
    "komsuya birak*,kapat saat,kacta kapat*,saat kacta kapat*,kart iptal,kartimi iptal*,"
    "kartimi kapat*,su istemiyorum,sogan istemiyorum,birakmayin*,gondermeyi birakmayin*,"
    "beni listeden silmeyin*,yazarsam,yazma kursu*,atmadim,atmadik,yazmadim,gondermedim,mesaj atmadim,"
    "isi birak*,biraktim,birakti,kampanya gondermeyi birakmayin*,gondermeyi birakma*,"
    "mesaj gondermeyi birakmayin*",
    "and": "ve,ama,bu arada",
}
