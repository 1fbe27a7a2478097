"""Tagalog words about opting out, and the English that people mix in."""

WORDS = {
    "stop": "tigil,itigil,tigilan,tumigil,huminto,ihinto,tama na,stop,stop na,tantanan,tigilin,itgil,"
    "stop nyo na,tigil na,tama na po,hinto",
    "end": "sawa na,pagod na,kanselahin,i cancel,cancel",
    "not": "huwag,wag,wala,hindi,di,ayaw,ayoko,ayaw ko,wala na,huag,hwag,wg",
    "send": "magtext*,mag text,magpadala,padala,padalhan,itext,i text,text,nagtext*,nag text,mag message,"
    "magmessage,imessage,i message,message,contact,kontakin,tumawag,mag send,magsend,send,pagtetext,"
    "pag text,pagtext,pagpapadala,pag send,pagsend,pag message,tinetext,guluhin,spam,nagpapadala,"
    "iparating",
    "receive": "makatanggap,tumanggap,matanggap,makareceive",
    "message": "mensahe,message,messages,text,texts,txt,sms,msg,promo,promos,ads,notification,notifications,spam,"
    "offer,offers,mga text,mga mensahe",
    "me": "ako,akin,sakin,sa akin,ko,number na ito,kami,aking",
    "more": "na,ulit,uli,muli,pa,kahit kailan,kelan man",
    "want": "gusto,kailangan,nais,ibig",
    "remove": "tanggalin,alisin,burahin,paki tanggal,pakitanggal,pakialis,paki alis,pakibura,paki delete,"
    "pakidelete,paki remove,pakiremove,tanggal",
    "list": "listahan,list,number ko,numero ko,database,contacts,pangalan ko,listahan nyo,number,numero,sistema",
    "unsubscribe": "unsubscribe,mag unsubscribe,i unsubscribe,iunsubscribe,opt out,mag opt out,bawiin",
    "interested": "interesado,interested",
    "dont_send": "huwag mag text,wag mag text,huwag magtext,wag magtext,wag na mag text,huwag na mag text,"
    "wag na magtext,huwag na magtext,wag kang mag text,wag ka mag text,wag kayo mag text,"
    "wag na kayo mag text,huwag na kayong magtext,wag na kayong mag text,wag nyo na ako,"
    "wag niyo na ako,wag nyo na ko,huwag nyo na akong,huwag ninyo na akong,huwag niyo na akong,"
    "wag nyo na akong,wag niyo na akong,wag mo na ako,huwag mo na akong,wag mo na akong,wag mo na ko,"
    "wag nyo akong,huwag nyo akong,ayoko na ng,ayaw ko na ng,ayaw ko na makatanggap,"
    "ayoko na makatanggap,ayoko na makareceive,ayaw ko ng text,ayoko ng text,ayoko ng mga text,"
    "wag na mag message,huwag na mag message,wag na magpadala,huwag na magpadala,"
    "huwag na kayong magpadala,wag na kayo magpadala,wag na mag send,wag ka na mag text,"
    "wag ka na magtext,hindi na ako gustong,ayaw ko nang makatanggap,ayoko nang makatanggap,"
    "huwag nang,wag nang",
    "wrong": "wrong number,wrong num,wrong sent,wrong send,maling number,maling numero,mali ang number,"
    "mali ang numero,mali number,mali po number,mali po ang number,mali yung number,"
    "mali po yung number,maling tao,hindi ako si,hindi po ako si,di ako si,wrong person,"
    "hindi sa kanya ang number,namali kayo,nagkamali kayo ng number",
    "leave": "iwan nyo na ako,iwan niyo na ako,iwanan nyo na ako,tantanan nyo ako,tantanan niyo ako,"
    "tantanan mo ako,tantanan nyo na ako,tantanan mo na ako,tigilan nyo ako,tigilan niyo ako,"
    "tigilan mo ako,tigilan nyo na ako,tigilan mo na ako,tigilan niyo na ako,lubayan nyo,lubayan mo,"
    "lubayan ninyo,wag manggulo,huwag manggulo,wag nyo ako guluhin,layuan nyo ako,wag kayong istorbo",
    "clear": "tanggalin nyo ako,tanggalin niyo ako,tanggalin mo ako,alisin nyo ako,alisin niyo ako,"
    "alisin mo ako,burahin nyo number ko,burahin mo number ko,burahin nyo ang number ko,"
    "burahin ang number ko,burahin niyo ang number ko,delete my number,delete nyo number ko,"
    "tanggalin ang number ko,tanggalin nyo number ko,tanggalin nyo ang number ko,alisin ang number ko,"
    "alisin nyo number ko,kalimutan nyo number ko,paki tanggal ako,pakitanggal ako,"
    "pakitanggal ang number ko,pakitanggal number ko,pakialis ako,paki alis ako,pakialis number ko,"
    "remove me,remove nyo ako,paki remove ako,remove nyo number ko,i delete nyo number ko,"
    "itigil nyo na,itigil niyo na,itigil na,tama na ang text,tama na text,stop texting,stop na kayo,"
    "stop nyo na,tigil na sa,tigilan na,pakitanggal po,pakialis po,paki tanggal po,stop na po",
    "unsure": "saan nyo nakuha number ko,san nyo nakuha number ko,saan mo nakuha number ko,"
    "saan niyo nakuha number ko,paano nyo nakuha,pano nyo nakuha,sino nagbigay ng number ko,"
    "saan nakuha number ko,hindi ako nag sign up,di ako nag sign up,hindi ako nagregister,"
    "di ako nagregister,hindi ako nag subscribe,hindi po ako interesado,hindi ako interesado,"
    "di ako interesado,not interested,irereport ko,ireport ko,rereport ko,i block ko,iblock ko,"
    "ibblock ko,block ko kayo",
    "rude": "lumayas,alis,layas,tumahimik,manahimik,ayoko,ayaw ko,ayoko po,not interested,tama na,di ako interesado",
    "ask": "paano,pano,kailan,bakit,bat,saan,san,ano,sino,magkano,pwede ba,anong oras",
    "if": "kung,kapag,pag",
    "elsewhere": "email,newsletter,sulat,facebook,fb,messenger,viber,whatsapp,account,app,gym",
    "when": "bago,pagkatapos,hanggang,bukas,mamaya,ngayong gabi,gabi,umaga,linggo,sa trabaho,weekend,muna,"
    "pa muna,ngayon,this week,tuwing,lang",
    "other": "order,orders,appointment,booking,reservation,delivery,bus,jeep,code,otp,card,refund,bill,"
    "password,bayad,kapatid ko,kuya ko,ate ko,nanay ko,tatay ko,asawa ko,anak ko,product,item,cart,"
    "sigarilyo,yosi,ulan,size,kulay,photo,parcel,address,table,room,pera,reply,link,price,presyo,"
    "sibuyas,asukal,tubig,yelo,internet,kontrata,insurance,gym,wifi",
    "you": "ka,kayo,sayo,inyo,iyo",
    "quote": "reply,ibig sabihin,sabi,i reply,para mag unsubscribe",
    "fine": "sa halip,na lang sa,mahal",
    "please": "please,pls,plz,po,opo,paki,pakiusap,salamat,thank you,hello,hi,kuya,ate,sir,maam,mam,ngayon din,"
    "agad,nga,naman,kayo,nyo,niyo,ninyo,mo,ang,sa,na,oy,hoy,leche,putang ina,puta,pakisuyo,"
    "utang na loob,ano ba,ba,kasi,talaga,guys,sorry,ilang beses",
    "never": "bus stop,huwag itigil,wag itigil,huwag i cancel,wag i cancel,wag kalimutan,huwag kalimutan,"
    "huwag mag alala,wag mag alala,wala pang text,wala pa akong,wala akong natanggap,walang text,"
    "walang dumating,hindi ko natanggap,hindi pa,di ko natanggap,hindi ko alam,di ko alam,"
    "hindi nagtext,di nagtext,hindi dumating,text nyo ako,text mo ako,itext nyo ako,itext mo ako,"
    "i text mo ako,i text nyo ako,message nyo ako,send nyo,cancel ang order,cancel order,"
    "cancel appointment,i cancel ang appointment,i cancel ang order,i cancel ko,kanselahin ang order,"
    "kanselahin ang appointment,maling order,maling size,maling item,number ko ay,wag sibuyas",
    "and": "at,tapos",
}
