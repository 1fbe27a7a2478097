"""Beginnings of words by which a text goes to the small model although no rule could hold: they name messages, lists,
complaints, or the wish for quiet. `*` as everywhere."""

HEARD = (
    # English and what is written in Latin letters of other languages
    "trslol*,rakam*,mollatem*,stawp*,ubsub*,wrongnum*,detengan*,zrezygn*,ultimo,pack it,lawyer*,attorney*,ftc,fcc,"
    "tcpa,deceased,passed away,"
    "rasayel*,rsayel*,matb3at*,matb3t*,mat3b*,rakmi,ra2am*,"
    "khalas,minimat*,stelnete,soobsh*,rassylk*,rasslyk*,nomer,smsk*,otstan*,otpish*,hvatit,khvatit,bhej*,mujhe,"
    # German, Dutch, Swedish
    "nachricht*,werbung*,erinnerung*,anwalt*,schriib*,rausnehm*,verteiler,diensttelefon,griagn,ersparen,berichten,"
    "berichtjes,appjes,smsjes,reclame*,advocaat,meddelande*,paminnels*,slipp*,utskick*,avanmal*,smsen,"
    # Spanish, Portuguese, Italian, French, Romanian
    "mensaj*,mensagen*,mensagem,publicidad,propaganda*,recordatorio*,lembrete*,avisos,abogado,denuncio,procon,"
    "messaggi*,"
    "messaggin*,promemoria,pubblicita,disattiv*,avvisi,avvocato,garante,textos,pubs,publicite*,prospection,avocat,cnil,"
    "mesaje*,mesajul*,plangere,telefonul,notificari*,"
    # Polish, Russian, Ukrainian, Turkish, Greek
    "smsow,smsami,wiadomosci*,powiadomien*,reklam*,prawnik*,skarg*,meczyc,mojego numeru,moj numer,смс*,сообщен*,"
    "рассылк*,эсэмэс*,реклам*,адвокат*,жалоб*,оповещ*,уведомлен*,розсилк*,прибрал*,сповіщен*,повідомлен*,скарг*,diye,mesaj*,"
    "bildirim*,"
    "sikayet*,avukat*,numarami,numarayi,μηνυμα*,μηνυματα,μηνυση,ενημερωσ*,"
    # Arabic, Hebrew, Hindi
    "برساي*,ترسل*,ماتراسل*,متكلمون*,اعلان*,بيكفي,صافي,رساي*,رسائل*,رساله,مسج*,ميساج*,الميساج*,وقفو*,حبسو*,تسيفط*,"
    "ماتسيفط*,تبعت*,تبطل*,ابطل,انسون*,"
    "عطلو*,اقفلو*,الاشعارات,"
    "التنبيهات,سبام,اشتك*,واشتك*,محضر,شكوي*,المحامي,هشتك*,رقمي,نمرتي,הודעה,הודעות,תובע,תביעה,ספאם,תזכורות,संदेश*,"
    "मैसेज*,"
    "एसएमएस,शिकायत,"
    # Korean, Vietnamese, Indonesian, Tagalog
    "문자*,신고*,고소*,번호*,광고*,알림*,스팸,tin nhan,nhan tin,doi chu,lam phien,pesan,pengingat,promo kalian,"
    "irereport,itext,mag text,"
    # Chinese and Japanese, one sign or two
    "免了,投诉,投訴,举报,舉報,短信,簡訊,短訊,拒收,送って,通知,案内,通報,訴え,弁護士,配信"
)
