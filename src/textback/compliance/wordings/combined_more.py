"""Wordings that are put together as in combined, in the other languages."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "alone": "genoeg,ophouden,hou op,stop nou,kappen",
        "never": "(wil|wilde) (je |u |jullie |)niet (storen|lastigvallen|lastig vallen)",
        "stop": "(stop|stoppen|kap|hou|houd|houden|houdt|schei|ophouden) (nou |nu |eens |toch |er |alstublieft |aub |"
        ")(mee|op|uit|met),(hou|houd|schei|kap) (alstublieft|aub|nou|nu|toch|eens) (op|uit) (met|)",
        "message": "(dat|die|deze|dit|jullie|al die|al dat|met dat|met die) (gespam|gezeur|gedoe|spam|berichten|sms "
        "jes|smsjes|appjes|reclame|troep|rotzooi|onzin|geapp|berichtjes|aanbiedingen)",
        "clear": "(kap|kappen|stop|stoppen|hou|houd|schei) (er |nou |nu |eens |daar |)(mee|ermee|ermee op|daarmee),"
        "(donder|rot|sodemieter|flikker) op (met |) (jullie|je|die|deze) (berichten|sms*|reclame|spam|aanbiedingen),"
        "(berichten|sms jes|smsjes|sms|reclame|appjes|spam|jullie) (zat|beu|moe),ge smst worden,gesmst worden,(haal|"
        "schrap|verwijder|gooi|wis|schrijf|streep|delete|vergeet|haalt|verwijdert) (u |)(mij|me|ons|mijn nummer|dit "
        "nummer|mijn gegevens|mijn telefoonnummer|mijn naam|mijn nr|mijn mobiele nummer|mijn gsm nummer|mijn "
        "contact) (van|uit|af|eraf|eruit|weg|aub|uit jullie|door),(mij|me|mijn nummer|mijn gegevens|mijn "
        "telefoonnummer|dit nummer|mijn naam) (van|uit) (de|jullie|uw|het|die|je|deze) (lijst|bestand|database|"
        "systeem|verzendlijst|mailinglijst|contacten|sms lijst),(geen|nooit|nul|niet) (meer |nog |verdere |van die |"
        ")(berichten|berichtjes|sms|smsjes|sms jes|reclame|appjes|spam|meldingen|aanbiedingen|promoties) (meer|aub|"
        "svp|graag|van|sturen|ontvangen|naar|alsjeblieft),(stuur|app|sms|bericht|schrijf|contacteer|benader|stuurt|"
        "spam) (mij|me|ons|dit nummer) (nooit|niet|geen|niks|niets) (meer|berichten|sms|reclame|smsjes|meer aub|"
        "weer),(niet|nooit) (meer |weer |)(sms|sms en|smsen|appen|berichten|sturen|schrijven|contacteren|benaderen|"
        "contact opnemen),(wil|wens|hoef) (ik |)(geen|niet|niks|niets) (meer |verdere |)(berichten|sms|smsjes|sms "
        "jes|reclame|appjes|spam|meldingen|ontvangen|van jullie|van u|contact|aanbiedingen),(mijn|m n) "
        "(telefoonnummer|nummer|mobiele nummer|gegevens) (wissen|verwijderen|schrappen|weghalen|eruit halen|deleten)",
        "leave": "(zei|gezegd|gevraagd|geschreven|gestuurd) (toch |al |) (stop|stoppen|te stoppen),stop (gezegd|"
        "gestuurd|geschreven),(laat|laten) (mij|me|ons) (met rust|gerust)",
        "wrong": "(dit|dat) is (niet|niet meer) (het nummer|de telefoon|het mobieltje|de gsm) van,ik ben (niet|geen) "
        "_ (verkeerd|fout)",
    },
    "pl": {
        "alone": "dosc,wystarczy,koniec,dosyc",
        "never": "nie (chce|chcial*) (przeszkadzac|zawracac|niepokoic)",
        "stop": "(skoncz|skonczcie|dosc|koniec|starczy|wystarczy|basta|stop) (juz |)(z|ze|tych|tego|tym|z tym|z tymi|"
        "tymi|waszych),przestan* (mi|do mnie|tu|nam)",
        "clear": "(nie|prosze nie|prosze wiecej nie|juz nie|wiecej nie|nigdy wiecej nie|nigdy nie) (pisz*|pisac|"
        "wysyl*|przysyl*|nadsyl*|slij*|slac|kontakt*|smsuj*|smsowac|spam*|niepoko*|nekaj*|przesyl*|zawracaj*|"
        "zaczepiaj*|naprzykrz*|wydzwan*),(usun|usuncie|skasuj|skasujcie|wykresl|wykreslcie|wymaz|wymazcie|wyrzuc|"
        "wyrzuccie|wypisz|wypiszcie|wywal|wywalcie|zapomnij|zapomnijcie|skresl|skreslcie|usunac|skasowac|wykreslic|"
        "wypisac|wykasuj|wykasujcie) (prosze |)(mnie|moj numer|moj nr|ten numer|moje dane|moj telefon|moj kontakt|o "
        "moim numerze),(prosze|prosze o|prosba o|wnosze o|zadam) (usuniecie|wypisanie|wykreslenie|skreslenie|"
        "skasowanie|zaprzestanie|niewysylanie|zaprzestania|nie wysylanie),(nie) (chce|zycze|zyczymy|chcemy|"
        "potrzebuje|mam ochoty) (sobie |juz |wiecej |od was |miec |)(zadnych |waszych |tych |wiecej |takich |)(sms*|"
        "wiadomosci|reklam*|ofert|powiadomien|promocji|spamu|otrzymywac|dostawac|kontaktu|esemes*|byc),(koniec|dosc|"
        "stop|bez|zadnych|nigdy wiecej) (z |tych |waszych |wiecej |)(sms*|esemes*|reklam*|wiadomosci*|spam*|"
        "powiadomien*|ofert*)",
        "leave": "(mowil*|pisal*|prosil*) (juz |) (stop|zeby nie|zebyscie nie|nie pisac|o zaprzestanie),(dajcie|daj|"
        "da) (mi|nam) (juz |wreszcie |swiety |)spokoj,(zostaw|zostawcie) (mnie|nas),(odczep|odczepcie|odwal|odwalcie|"
        "odpusc|odpusccie|spadajcie) (sie|ode mnie|sie ode mnie)",
        "wrong": "(to|to juz) nie (jest |)(numer|nr|telefon|moj),(pomylka|pomylili|pomyliliscie|pomyliles|pomylila) "
        "(numer*|osob*|sie|panstwo)",
    },
    "ru": {
        "alone": "больше не надо,не надо больше,не надо,хватит,довольно,стоп,хорош,прекратите,прекрати,перестаньте,"
        "достаточно",
        "never": "не (хочу|хотел*) (вас |)(беспокоить|отвлекать|тревожить)",
        "stop": "(хорош|харош|кончай|кончайте|завязывай|завязывайте|заканчивай|заканчивайте|хватит|прекращай|"
        "прекращайте|прекрати|прекратите|перестань|перестаньте|брось|бросьте) (уже |мне |)(слать|присылать|писать|"
        "спамить|отправлять|высылать|названивать|рассылать|доставать|беспокоить)",
        "bother": "заколеба*,задолба*,достал*,заеба*,замуча*,надоел*,утоми*,задрал*,беси*",
        "clear": "(сними*|убер*|исключ*|удал*|вычеркн*) (мой |этот |мои |) (номер|телефон|контакт|данные) (с|из) "
        "(вашей |вашего |этой |) (рассыл*|базы|списк*|контакт*),(идите|иди|пошли|пошел|катитесь|валите|идите вы|"
        "пошли вы|отвалите) (нафиг|нахер|нахуй|на хуй|на фиг|лесом|в жопу|к черту|на хер|) (со|с|вместе с) (свое*|"
        "ваш*|вашей|своими|вашими|этой|твоей) (реклам*|смс*|рассылк*|спам*|сообщ*|акци*|предлож*),(больше|мне "
        "больше) (не надо|не нужно|не интересно) (этого|слать|писать|смс|рекламы),(задолбал*|достал*|заебал*|надоел*|"
        "замучил*|задрал*) (уже |меня |меня уже |)(свои*|ваш*|этой|этими|твои*) (тупыми |дебильными |)(смс*|сообщен*|"
        "рассылк*|реклам*|спам*|акци*|сообщух*),(удал|убер|сотр|вычеркн|исключ|выкин|сним|отпиш|отключ|забуд|стир|"
        "снес)(ите|и|ь|ьте|ить|рать|нуть|ть) (пожалуйста |)(меня|мой номер|мой телефон|мой контакт|мои данные|этот "
        "номер|номер мой|мой мобильный|нас),(не|больше не|никогда не|больше никогда не) (надо |нужно |стоит |смейте |"
        "смей |вздумайте |)(мне |нам |сюда |меня |на этот номер |на мой номер |)(больше |ничего |больше ничего |"
        ")(пиши*|писать|шли*|слать|присыла*|отправля*|высыла*|посыла*|беспоко*|контактир*|спам*|рассыла*|тревож*|"
        "донима*|связывай*),(не) (хочу|желаю|хотим|согласен|согласна|собираюсь) (больше |)(получать|видеть ваши|"
        "читать ваши|ваших|вашей|ваши|вашу|никаких|от вас|чтобы вы|этих смс|этих сообщений|смс|сообщений|рекламы|"
        "спама|рассылки),(не нужна|не нужны|не нужно|не надо|ненужны|не интересны) (мне |)(ваша|ваши|эти|такие|"
        "больше|никакие|смс*|сообщени*|реклам*|рассылк*|ваших|вашей),(никаких|хватит|без|довольно|достаточно|стоп|"
        "долой) (больше |с меня |мне |ваших |этих |вашей |)(смс*|сообщений|рекламы|спама|рассылок|уведомлений|"
        "звонков и смс|акций),прошу (удалить|исключить|убрать|снять|отписать|прекратить|больше не|вас больше не|не),"
        "(прекратите|остановите|прекратить|отмените|уберите|отключите) (эту |вашу |эти |свою |все |всю |)(рассылк*|"
        "сообщени*|смс*|спам*|реклам*|уведомлени*),(ни|не)пишите,(ни|не)пиши,(ни|не)шлите,непиш*,нипиш*,нешл*,"
        "неприсыл*,ниприсыл*,неотправляй*,небеспокой*",
        "wrong": "(ошиб|обозна|промах)* (номером|номерком|человеком|адресатом),не (тому|туда|на тот номер|той) "
        "(пише*|шле*|попал*|отправ*|присыл*|звони*),(я|это) (не|уже не) (тот|та|тот номер|тот человек)",
        "leave": "(сказал*|просил*|писал*|говорил*) (же |вам |уже |) (стоп|хватит|не пис*|не слать|прекрат*|не "
        "присыл*|отпис*),(отстан|отцеп|отвяж|отвал|отвали|отъеб)(ьте|ь|итесь|ись|ите|и) (от меня|со своими|с вашими|"
        "уже|наконец|пожалуйста),оставь* (меня |нас |)в покое",
    },
    "tr": {
        "alone": "yeter,yeter artik",
        "never": "rahatsiz etmek iste*",
        "dont_want": "istemiyor*,istemem,istemiyom,istemiyoz,istemio*,istemiy*,istemyo*",
        "stop": "(son verin|son ver|kesin|kes|birakin|birak|durdurun|durdur|vazgecin|bitirin) (artik|lutfen|sunu|su|"
        "bu|)",
        "dont_send": "(mesaj|sms|msj|reklam|spam|bildirim|kampanya|ileti|bir sey|birsey|hicbir sey|bana|buraya|bu "
        "numaraya|daha|artik|bir daha) (atma*|gonderme*|yollama*|yazma*|cekme*|yapma*|iletme*),(yazma|gonderme|atma|"
        "yollama|ulasma|arama) (bana|artik|bir daha),(mesaj|sms|reklam|ileti) (gondermeyi|atmayi|yollamayi|yazmayi) "
        "(birak*|kes*|durdur*|bitir*),(yazmayi|gondermeyi|atmayi|yollamayi|mesaj atmayi|spamlamayi) (birak*|kes*|"
        "durdur*|bitir*)",
        "clear": "(numarami|numaramı|beni|bu numarayi|kaydimi|adimi|bilgilerimi|verilerimi|telefonumu|iletisim "
        "bilgilerimi) _ (sil|silin|siliniz|cikar|cikarin|cikariniz|cikartin|kaldirin|kaldir|silermisiniz|silebilir|"
        "siler|cikarir|cikarabilir|cikart),(mesaj*|sms*|reklam*|bildirim*) (almak|duymak|gormek|) istemiyor*,(bu|su|"
        "o) liste* (cikar|sil|kaldir)*,(cikar|sil|kaldir|at)* (beni|bizi|numarami|numaramı|su numarayi|bu numarayi) "
        "(su|bu|o|) (liste|sistem|rehber|grup|veritaban)*,(beni|bizi|numarami) (su|bu|o|) (listeden|listenizden|"
        "sistemden|rehberden|gruptan)",
        "leave": "(rahat|huzur) (birak|ver)*,(beni|bizi) (rahat birak|rahatsiz etme|taciz etme|darlama|bunaltma)*,"
        "(dus|dusun) (yakamdan|pesimden)",
        "please": "kardesim,abi,abicim,kardes,hocam,arkadasim",
    },
    "zh": {
        "dont_want": "不要,不想要,不需要,不想收到,不想看,不想接收,不想再收,不要再收,不稀罕,用不着",
        "dont_send": "(别|別|不要|请勿|請勿|勿|不准|不许|甭|莫|请不要|請不要|请别|請別) (再|老|老是|总|一直|总是|"
        "随便|再来|再继续|继续|) (给我|給我|跟我|向我|往这个号码|往我|对我|) (发|發|傳|传|寄|发送|發送|推送|联系|"
        "聯繫|聯絡|联络|打扰|打擾|骚扰|騷擾|烦|煩|推销|推銷|发短信|发信息|发消息|發簡訊|發訊息|轰炸|群发),(停止|停|"
        "终止|終止|请停|別再|取消) (一切|所有|对我|再|给我|給我|向我|) (发送|發送|发|發|推送|发短信|骚扰|騷擾|打扰|"
        "打擾|联系|聯繫|信息|短信|簡訊|訊息|广告|廣告|推广|营销)",
        "clear": "(请|請|把) (移除|移除掉|删除|刪除) 我,(把|将|將|请把|麻烦把) (我|我的号码|我的號碼|我的手机|"
        "我的手機|我的电话|我的電話|我手机号|这个号码|這個號碼|本人) _ (删|刪|移除|移出|去掉|剔除|除名|拿掉|拉出|"
        "划掉|清除),(删|刪|删除|刪除|删掉|刪掉|移除|清除|去掉|忘掉|忘记|抹掉) (我|我的|本人|本人的|這個|这个|掉我|"
        "掉我的) (的|)(号码|號碼|手机|手機|电话|電話|信息|资料|資料|联系方式|号|名字),(我|我不是) _ (你们|你|您) "
        "(发错|打错|找错|弄错|搞错)",
    },
    "ja": {
        "and": "ので,んで",
        "dont_want": "いりません,要りません,いらない,要らない,不要,不要です,結構です,欲しくない,ほしくない,望みません,"
        "希望しません",
        "dont_send": "(メール|メッセージ|sms|連絡|配信|送信|通知|宣伝|広告|ショートメール|案内|お知らせ|営業|勧誘) "
        "(を|は|の送信を|の配信を|も|) (送らない|送ってこない|やめて|止めて|しないで|いりません|いらない|要りません|"
        "要らない|不要|結構です|停止|ストップ|お断り|拒否|希望しません|控えて|遠慮|送るな|送ってくるな|するな|"
        "してくるな|よこすな),(送って|連絡して|メールして|送信して|かけて|送りつけて) (こないで|こないでください|"
        "くるな|くるのやめて|くるのをやめて|ほしくない|欲しくない),(もう|二度と|これ以上|今後|一切|絶対|絶対に) "
        "(送らない|連絡しない|メールしない|送信しない|送ってこない|連絡してこない|送って来ない|来ない|関わら|"
        "メッセージしない|かけてこない)",
        "clear": "(番号|電話番号|連絡先|私の番号|登録|情報|個人情報|データ|名前) (を|は|) (リストから|そちらから|"
        "名簿から|データベースから|) (消して|削除|外して|抹消|消去|除外|はずして|忘れて),(リスト|名簿|データベース|"
        "連絡先|登録|配信先|グループ) から (私|番号|名前|私の番号|電話番号|) (を|の番号を|) (消して|削除|外して|"
        "抜いて|除いて|除外|はずして|消去|抹消)",
        "stop": "ほんとやめて,本当にやめて,やめてください,解除,解除お願い",
    },
    "ar": {
        "unsure": "ازعجتون*,طفشتون*,ازعاج",
        "alone": "كفي,خلاص,يكفي,بس خلاص,كفايه",
        "bother": "(ازعج|زعج|طفش|صدع|ضايق|قرف|زهق|ملل|غثيت|اذيت)*",
        "dont_want": "(لا|ما|مو|مش|مابي|لم اعد|ماعاد|ما عاد|لا عاد|لست) (اريد|ارغب|ابغى|ابي|ابغا|عايز|عاوز|عايزه|"
        "عاوزه|بدي|اود|ودي|احتاج|نريد|نبي|حاب|راغب*|عايزين),مابي,مابغى,ماابي,مابدي,معدتش عايز,مبقتش عايز",
        "dont_send": "(لا|ما|مت|بلاش|ممنوع|عدم|لاتعود|ماعاد|لا عاد|لن) (ترسل*|تراسل*|تبعث*|تبعت*|تكتب*|تزعج*|تضايق*|"
        "تتواصل*|تواصل*|ارسال*|مراسل*|تدز*|تطرش*|ترسلون*|تحاك*),(بطل|بطلو|بطلوا|وقف|وقفو|وقفوا|اوقف|اوقفوا|توقف|"
        "توقفوا|كف|كفوا|خلاص) (عن |)(ترسل*|تراسل*|تبعث*|تبعت*|ارسال*|مراسل*|ازعاج*|الارسال|المراسله|الازعاج|رسائل*|"
        "رسايل*|بعث*|الرسائل|الرسايل),(la|ma|mat|bala4|balash) (tersel*|tirsil*|teb3at*|tib3at*|tb3at*|trasel*|"
        "traslni*|trsel*|tezʿij*|tez3ej*|teb3ath*),(batal*|battal*|wa2f*|wa2af*|wagef*|wagf*|waqf*|khalas|5alas|"
        "kefaya|kfaya) (ba2a |ba2aa |)(teb3at*|tib3at*|tersel*|irsal*|rasa2el|rasayel*|rsayel*|msgs|messages|sms|"
        "teb3ato*|tb3at*),matersel*,matb3at*,matib3at*,mateb3at*",
        "clear": "(احذف|احذفو|احذفوا|امسح|امسحو|امسحوا|شيل|شيلو|شيلوا|ازل|ازيلو|ازيلوا|اشطب|اشطبوا|الغ|الغوا|الغي|"
        "انسى|انسوا|حذف|ازاله|شطب|مسح) (من فضلك |لو سمحت |)(رقمي|هذا الرقم|هالرقم|بياناتي|اسمي|الرقم ده|جوالي|"
        "معلوماتي|رقم جوالي|رقم هاتفي),(emsa7|imsa7|emsa7o|shil|shilo|sheel|e7zef|i7thef|e7thef|delete) (ra2mi|rakmi|"
        "raqmi|ragmi|ra2my|nemrety|nemreti),(كفى|كفايه|كفاكم|خلاص|يكفي|بس|ارحمونا من|ارحموني من|زهقنا من|زهقت من|"
        "مللنا من|تعبنا من) (من |)(رسائل*|رسايل*|اعلانات*|ازعاج*|دعايات*|سبام|الرسائل|الرسايل|الاعلانات|هالرسايل|"
        "عروضكم)",
        "wrong": "(ra2am|rakam|raqam|ragam|nemra|nimra) (8alat|ghalat|8al6|ghala6|5ata2|khata2),(لست|مش|مو|ما انا|"
        "انا مش|انا لست|انا مو|مب) (الشخص|صاحب|المقصود|اللي تبون)",
        "leave": "(sebo*|sibo*|itrik*|etrok*|khall*|ارحمو*|فكو*|سيبو*|اتركو*|حلو*) (ni fi 7ali|fi 7ali|b7ali|عنا|عني|"
        "بحالي|في حالي|لحالي|وشاني)",
        "please": "بقى,بقا,يا جماعه,يا اخي,يا ناس,والله,من فضلكم,عاد",
    },
    "hi": {
        "alone": "bas karo,bas,बस करो,bas kro",
        "never": "call mat (karna|karo|kijiye|kro),(nahi|nhi|nahin|नहीं|नही) (bhej|भेज) (pa|paa|paya|payi|rahe|raha|"
        "rahi|sakta|sake|पा|रहा|रहे|सका|सकता)",
        "please": "bhai,bhaiya,yaar,bhaiyon,boss,boliye,फालतू,faltu,falto,bakwas,बकवास,apke,aapke,आपके,aap,aaplog,"
        "log,आप,लोग",
        "dont_want": "(नहीं|नही|nahi|nhi|nahin|nai) (चाहिए|चाहिये|चाहता|चाहती|चाहते|chahiye|chaiye|chahie|chahiy|"
        "chahta|chahti|chahte|mangta|मांगता)",
        "dont_send": "(mat|mt|na|nahi|मत|ना|न|matt) (bhej*|bhj*|bhjo|send kar*|send kr*|भेज*|likh*|लिख*|msg kar*|"
        "message kar*|sms kar*|txt kar*|text kar*|मैसेज कर*|मेसेज कर*|contact kar*|संपर्क कर*|pareshan kar*|परेशान "
        "कर*|tang kar*|तंग कर*|disturb kar*|spam kar*),(message*|msg*|sms*|offer*|ads|promo*|promotion*|"
        "notification*|text*|spam*|मैसेज*|मेसेज*|संदेश*|एसएमएस*|विज्ञापन*|ऑफर*|ऐड) (bhejna |bhejne |karna |krna |"
        "भेजना |करना |ko |को |wagera |vagera |)(band|bandh|bnd|stop|बंद|बन्द|rok|roko|रोक*|mat|mt|मत|na|nahi|nhi|"
        "नहीं|ना) (kar*|kr*|कर*|bhej*|bhj*|भेज*|kij*|कीज*|do|दो|chahiye|chaiye|चाहिए|chahie)",
        "clear": "(mera|mere|is|iss|मेरा|मेरे|इस|apni list se mera|apne list se) (number|nmbr|no|num|nambar|mobile "
        "number|naam|phone number|contact|नंबर|नम्बर|नाम|मोबाइल नंबर|फोन नंबर) _ (hata*|htao|hta*|delete*|nikal*|"
        "nikaal*|mita*|remove*|हटा*|डिलीट*|निकाल*|मिटा*|रिमूव*),(mujhe|mujhko|muje|मुझे|hame|हमें) _ (list se|"
        "database se|group se|लिस्ट से|सूची से|ग्रुप से|डेटाबेस से) (hata*|nikal*|nikaal*|remove*|delete*|हटा*|"
        "निकाल*|बाहर*)",
        "wrong": "(galat|glt|galt|wrong|rong|ग़लत|गलत|रॉन्ग) (number|no|nmbr|num|nambar|aadmi|admi|insan|bande|"
        "person|jagah|नंबर|नम्बर|आदमी|व्यक्ति|जगह) (hai|h|he|है|par|pe|पर|ko|को|lagaya|laga|mila|)",
        "leave": "(akela|peecha|picha|pichha|chain se|अकेला|पीछा|चैन से) (chod*|chhod*|rehne|jeene|छोड़*|रहने|जीने)",
    },
    "ko": {
        "dont_send": "보내지마*,보내지 마*,연락하지마*,연락하지 마*,문자하지마*,문자하지 마*,그만 보내*,그만보내*,"
        "(문자|광고|메시지|연락|스팸) (그만|좀 그만|이제 그만|안 보내|받기 싫|안 받|사절|거부|차단|받고 싶지 않)*",
        "clear": "(번호|전화번호|명단|목록|리스트|제 번호|내 번호)(를|에서|) (제 번호|저|저를|내 번호|) (좀 |)(삭제|"
        "지워|빼|제거|제외)*,수신거부*,수신 거부*,수신을 거부*,(번호 잘못|잘못 보내|잘못 아)*",
        "leave": "(그만 좀|귀찮게|괴롭히지|방해하지) (하지|하세요|해|마)*",
        "dont_want": "(받고|보고) 싶지*,원하지 않*,원치 않*,필요 없*,필요없*",
    },
    "vi": {
        "dont_send": "(dung|khong|ngung|thoi|cam|xin dung|ngung ngay) (co |con |viec |duoc |)(nhan tin|gui tin|gui "
        "tin nhan|nhan|gui|gui sms|spam|lam phien|quay ray|lien lac|lien he) (nua|cho toi|cho minh|den so|toi|minh|"
        "vao so)",
        "clear": "(xoa|go|bo|loai) (so|so dien thoai|sdt|ten) (cua |)(toi|minh|em|tui|nay) (khoi|ra khoi|di|),(huy|"
        "ngung) (dang ky |nhan |)(tin nhan|sms|nhan tin|dich vu sms|quang cao)",
        "wrong": "(nham|sai|lon) (so|nguoi|sdt|so dien thoai) (roi|)",
        "dont_want": "(khong|ko|k|chang|kg) (muon|can|thich) (nhan |them |bi |)",
    },
    "sv": {
        "clear": "sluta sms,(sluta|lat bli att|upphor med att|upphor att) (skicka|smsa|messa|texta|kontakta|skriva|"
        "stora|spamma|maila sms|hora av er),(ta bort|radera|stryk|plocka bort|avregistrera|avanmal|glom) (mig|mitt "
        "nummer|mitt telefonnummer|detta nummer|mitt mobilnummer|mina uppgifter|oss),(inga|inte|aldrig) (fler|mer|"
        "flera) (sms|meddelanden|reklam|utskick|texter),(vill inte|vill ej|onskar inte|onskar ej) (ha|fa|lasa|ta "
        "emot|langre ha|langre fa) (fler |mer |era |)(sms|meddelanden|reklam|utskick|erbjudanden),(skicka|skriv|smsa|"
        "messa|kontakta|stor) (mig |)(inte|aldrig|inga) (mer|mig|fler|mer sms|igen|langre),lamna mig ifred,lat mig "
        "vara,fel nummer,fel person",
        "please": "a,att",
    },
    "uk": {
        "stop": "(годі|досить|припиніть|припини|перестаньте|перестань|хватить|кінчайте) (мені |вже |)(слати|"
        "надсилати|писати|спамити|присилати)",
        "clear": "(не|більше не) (треба |потрібно |)(мені |сюди |)(більше |нічого |)(пиш*|писати|шліть|слати|"
        "надсилай*|надсилати|присилай*|турбуй*|спам*),(видал|прибер|викресл|виключ|відпиш|зітр|забудь)(іть|и|те|ть|"
        "ити) (мене|мій номер|цей номер|мої дані|мій телефон),(не хочу|не бажаю) (більше |)(отримувати|ваших|ваші|"
        "жодних|смс|повідомлень|реклами)",
    },
    "id": {
        "list": "langganan",
        "dont_send": "(jangan|jgn|stop|berhenti|tolong jangan|setop) (pernah |)(kirim|kirimi|krm|sms|hubungi|chat|wa|"
        "spam|ganggu|mengirim|menghubungi|kirimkan|mengirimi) (saya|sms|pesan|promo|iklan|lagi|saya lagi|aku|ke saya|"
        "ke nomor|gw|gue|apa apa)",
        "clear": "(hapus|keluarkan|buang|hilangkan|lupakan|copot) (nomor|no|nama|data|kontak) (hp |)(saya|aku|ini|gw|"
        "gue),(keluarkan|hapus|coret) (saya|aku|gw) dari,(tidak|gak|ga|nggak|tak|enggak) (mau|ingin|perlu|butuh|"
        "pengen) (terima|menerima|dapat|nerima|dikirimi|) (lagi |)(sms|pesan|iklan|promo|spam)*,berhenti "
        "(berlangganan|langganan),(stop|batal|batalkan) langganan",
        "wrong": "salah (nomor|orang|sambung|kirim|no|nomer)",
    },
}
