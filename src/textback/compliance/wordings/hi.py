"""Hindi words about opting out, in Devanagari and as people write it in Latin letters."""

WORDS = {
    "stop": "बंद,रोको,रोकें,रोकिए,रोक,बन्द,रोकना,बंद करो,बंद करें,बंद कीजिए,बंद कर दो,बंद कर दीजिए,बन्द करो,"
    "रुको,रुकिए,स्टॉप,band karo,bandh karo,band kro,band karen,band kare,band kariye,band kijiye,"
    "band kar do,band kardo,band krdo,band kr do,bnd kro,bnd karo,roko,rok do,rokiye,stop karo,"
    "stop kro,stop kare,stop karein,bas karo,bas kro,bass karo,बस करो,बस कीजिए,band karein,band kijie,"
    "bandh kro,stop kijiye,stop kar do,band karna,बंद करना,बंद करवा,stop kardo,stop krdo",
    "end": "रद्द,cancel,cancel karo,परेशान हो गया,परेशान हो गयी,तंग आ गया,tang aa gaya,pareshan ho gaya,"
    "pareshan ho gya,तंग आ",
    "not": "मत,नहीं,नही,कभी नहीं,mat,nahi,nahin,nhi,nai,nahee,mt,कभी मत,kabhi mat",
    "send": "भेज*,लिख*,संपर्क*,मैसेज कर*,मेसेज कर*,एसएमएस कर*,bhej*,bhj*,likh*,contact*,sampark*,message kar*,"
    "msg kar*,msg kr*,message kr*,text kar*,text kr*,sms kar*,sms kr*,send kar*,send kr*,"
    "message bhej*,msg bhej*,sms bhej*,bheja*,मैसेज भेज*,मेसेज भेज*,संदेश भेज*,एसएमएस भेज*,text bhej*,"
    "message send,msg send",
    "receive": "पाना,प्राप्त,मिलना,milna,receive,pana,lena,लेना",
    "call": "कॉल*,फोन*,फ़ोन*,fon*,kol*,phone kar*,call kar*,call kr*",
    "message": "मैसेज*,मेसेज*,संदेश*,सन्देश*,एसएमएस,विज्ञापन*,प्रचार*,ऑफर*,नोटिफिकेशन*,message,messages,msg,msgs,"
    "mesage,massage,massages,sms,offer,offers,ads,ad,notification,notifications,promo,spam,sandesh,"
    "texts,text,messege,maisej,एड,स्पैम,मसेज,मैसज,मैसेजेस,promotion,promotions",
    "me": "मुझे,मुझको,मेरे,मेरा,मेरी,इस नंबर,हमें,mujhe,muje,mujhko,mujhse,mere,mera,is number,iss number,"
    "hame,hamein,mereko,merko,humein,mjhe,mje,मुझसे",
    "more": "फिर,दोबारा,दुबारा,अब,आगे,कभी,अब से,आइंदा,phir,fir,dobara,dubara,ab,aage,kabhi,ab se,aainda,again,"
    "ainda,koi,कोई,phirse,firse",
    "want": "चाहता,चाहती,चाहते,चाहिए,चाहिये,chahta,chahti,chahte,chahiye,chaiye,chahie,chahiy,chaahiye,chahye,"
    "चाहिऐ,chaheye,इच्छुक",
    "remove": "हटा*,निकाल*,मिटा*,डिलीट*,रिमूव*,हटवा*,hata*,htao,htado,nikal*,nikaal*,mita*",
    "list": "लिस्ट*,सूची*,नंबर*,नम्बर*,डेटाबेस*,number*,nmbr,nambar,suchi,डेटा,contact list,संपर्क सूची,नाम,naam,ग्रुप",
    "unsubscribe": "अनसब्सक्राइब*,सदस्यता रद्द*,सब्सक्रिप्शन रद्द*,सब्सक्रिप्शन बंद*,सदस्यता समाप्त*,सहमति वापस*,"
    "unsubscribe*,subscription band*,subscription cancel*,service band*,sewa band*,seva band*,"
    "सेवा बंद*,सर्विस बंद*,dnd laga*,dnd me,dnd mein,डीएनडी*,sms band*,msg band*,message band*,"
    "messages band*,subscription hata*,सदस्यता खत्म*,opt out*,sahmati wapas*",
    "bother": "परेशान*,तंग*,pareshan*,paresan*,tang*,disturb*,distrub*,irritate*,dimag*,दिमाग*,सताना",
    "interested": "रुचि,दिलचस्पी,इंटरेस्ट*,interested,interest,intrested,ruchi,dilchaspi,इंटरेस्टेड",
    "wrong": "गलत नंबर,गलत नम्बर,ग़लत नंबर,रॉंग नंबर,रॉन्ग नंबर,राँग नंबर,गलत व्यक्ति,गलत आदमी,गलत इंसान,"
    "यह मेरा नंबर नहीं,galat number,galat no,galat nambar,galt number,glt number,glt no,galat nmbr,"
    "wrong number,wrong no,wrong num,galat aadmi,galat insan,galat insaan,galat vyakti,wrong person,"
    "galat bande,मैं वह नहीं,मैं वो नहीं,main wo nahi,mai wo nahi,नंबर गलत है,number galat hai,"
    "ये नंबर किसी और,kisi aur ka number,किसी और का नंबर,galat jagah,गलत जगह,ka number nahi hai,"
    "ki number nahi hai,का नंबर नहीं है,ka number nahi,ka no nahi hai",
    "leave": "मुझे अकेला छोड़*,अकेला छोड़*,पीछा छोड़*,मेरा पीछा छोड़*,चैन से रहने,परेशान मत*,परेशान ना*,"
    "परेशान न*,परेशान करना बंद*,तंग मत*,तंग करना बंद*,pareshan mat*,paresan mat*,pareshan na*,"
    "pareshan karna band*,pareshan krna band*,pareshan mt*,tang mat*,tang na*,tang karna band*,"
    "akela chod*,akela chhod*,pichha chodo,pichha chhodo,peecha chodo,peecha chhodo,picha chodo,"
    "disturb mat*,disturb na*,disturb mt*,dimag mat*,dimag kharab mat*,bakhsh do,baksh do,बख्श दो,"
    "dimaag mat*,डिस्टर्ब मत*,डिस्टर्ब न*",
    "clear": "मेरा नंबर हटा*,मेरा नंबर डिलीट*,मेरा नंबर मिटा*,मेरा नंबर निकाल*,मेरा नाम हटा*,मेरा नम्बर हटा*,"
    "मुझे हटा*,मुझे लिस्ट से,लिस्ट से हटा*,सूची से हटा*,लिस्ट से निकाल*,सूची से निकाल*,मेरा नंबर भूल*,"
    "इस नंबर को हटा*,mera number hata*,mera number delete*,mera number nikal*,mera number htao,"
    "mera number mita*,mera no hata*,mera no delete*,mera number bhul*,mera number bhool*,"
    "mera naam hata*,mujhe hata*,list se hata*,list se nikal*,list se nikaal*,mera number remove*,"
    "mujhe list se,is number ko hata*,number hatao,number hata do,number delete karo,"
    "number delete kar do,number delete kro,number remove karo,mujhe remove*,mujhe unsubscribe*,"
    "remove me,मैसेज नहीं चाहिए,मैसेज नही चाहिए,मेसेज नहीं चाहिए,संदेश नहीं चाहिए,मैसेज मत*,मेसेज मत*,"
    "संदेश मत*,मैसेज ना*,मैसेज न*,एसएमएस मत*,एसएमएस नहीं चाहिए,मत भेज*,ना भेज*,न भेज*,मत भेजिए,"
    "मैसेज बंद*,मेसेज बंद*,संदेश बंद*,एसएमएस बंद*,मैसेज भेजना बंद*,भेजना बंद*,संदेश भेजना बंद*,"
    "नहीं चाहिए मुझे,मुझे नहीं चाहिए,मुझे ये सब नहीं चाहिए,विज्ञापन मत*,विज्ञापन नहीं चाहिए,"
    "विज्ञापन बंद*,ऑफर नहीं चाहिए,message nahi chahiye,messages nahi chahiye,msg nahi chahiye,"
    "msg nhi chahiye,message nhi chahiye,message nahin chahiye,msgs nahi chahiye,msg nhi chaiye,"
    "sms nahi chahiye,sms nhi chahiye,message mat*,messages mat*,msg mat*,msg mt*,sms mat*,"
    "msg na bhej*,text mat*,mat bhejo,mat bhejna,mat bhejiye,mat bhej*,mt bhejo,mt bhej*,na bhejo,"
    "na bheje*,na bhejen,na bheja,bhejna band*,bhejna bandh*,bhejna bnd*,mujhe nahi chahiye,"
    "mujhe nhi chahiye,muje nahi chahiye,offer nahi chahiye,offers nahi chahiye,ye sab nahi chahiye,"
    "contact mat*,contact na*,contact mt*,sampark na*,sampark mat*,संपर्क न*,संपर्क मत*,संपर्क ना*,"
    "call mat*,dobara mat*,dubara mat*,दोबारा मत*,दुबारा मत*,message band*,spam band*,spam mat*,"
    "spam karna band*,msg karna band*,message karna band*,मैसेज करना बंद*,likhna band*,sms bhejna*,"
    "message na bhej*,message na kar*,bhejo mat,bhejna mat,karo mat message,msg bhejna band,"
    "msg karna band,message karna band",
    "unsure": "मेरा नंबर कहाँ से,मेरा नंबर कहां से,मेरा नंबर किसने,मेरा नंबर कैसे,किसने दिया मेरा नंबर,"
    "mera number kahan se,mera number kaha se,mera number kisne,mera number kaise,mera no kaha se,"
    "mera no kisne,kisne diya mera number,मैंने साइन अप नहीं*,मैंने रजिस्टर नहीं*,"
    "मैंने सब्सक्राइब नहीं*,maine register nahi*,maine sign up nahi*,maine subscribe nahi*,"
    "maine signup nahi*,मैंने कभी नहीं,रुचि नहीं,दिलचस्पी नहीं,इंटरेस्ट नहीं,interest nahi*,"
    "interested nahi*,intrested nahi*,interest nhi*,interested nhi*,not interested,no interest,"
    "ruchi nahi*,dilchaspi nahi*,शिकायत करूंगा,शिकायत करूँगा,शिकायत कर दूंगा,complaint karunga,"
    "complain karunga,complaint kar dunga,report kar dunga,report karunga,report kr dunga,"
    "block kar dunga,block karunga,block kr dunga,ब्लॉक कर*,trai,इतने मैसेज,itne message*,itne msg*,"
    "bahut message*,roz roz",
    "rude": "भाड़ में जाओ,दफा हो जाओ,दफ़ा हो,चुप रहो,निकलो,bhaad me jao,bhad me jao,dafa ho,dafa ho jao,"
    "chup raho,chup kar,बस करो,bas karo,interested nahi,no interest,not interested,रुचि नहीं है",
    "ask": "कैसे,कब,क्यों,क्या,कहाँ,कहां,कौन,कितने,किस,kaise,kese,kab,kyu,kyun,kyo,kya,kahan,kaha,kaun,kitne,how,why,when,what",
    "if": "अगर,यदि,agar,if",
    "elsewhere": "ईमेल,ई मेल,email,e mail,mail,मेल,न्यूज़लेटर,newsletter,चिट्ठी,पत्र,कैटलॉग,catalog,whatsapp,"
    "व्हाट्सएप,व्हाट्सऐप,facebook,insta,instagram,account,खाता,gym,app,ऐप",
    "when": "पहले,बाद में,तक,कल,आज,रात,शाम,सुबह,रविवार,संडे,ऑफिस,वीकेंड,अभी नहीं,रात को,इतनी रात,pehle,pahle,"
    "tak,kal,aaj,raat,shaam,subah,sunday,office,weekend,abhi nahi,raat ko,itni raat,abhi mat,filhal,"
    "baad me,baad mein,roz,daily,sirf,सिर्फ,बजे,baje",
    "other": "ऑर्डर*,अपॉइंटमेंट*,बुकिंग*,डिलीवरी*,बस स्टॉप,बस स्टैंड,ट्रेन,कोड*,ओटीपी,कार्ड*,रिफंड*,बिल*,"
    "पासवर्ड*,भुगतान*,पेमेंट*,भाई*,बहन*,माँ*,मम्मी*,पापा*,पत्नी*,पति*,बेटे*,बेटी*,प्रोडक्ट*,सामान*,"
    "सिगरेट*,बारिश*,साइज़*,रंग*,फोटो*,पार्सल*,पता,टेबल*,कमरा*,पैसे*,जवाब*,लिंक*,दाम*,कीमत*,उसे,उनको,"
    "उन्हें,प्याज*,दूध*,पानी*,लाइट*,चीनी,गाना,order*,appointment*,booking*,delivery*,bus,train,code*,"
    "otp,card*,refund*,bill*,password*,payment*,behan*,mummy*,papa*,wife*,husband*,beta,beti,"
    "product*,item*,saman*,cigarette*,barish*,size*,colour*,color*,photo*,parcel*,address*,table*,"
    "room*,paise*,paisa*,reply*,link*,price*,rate*,use,unko,unhe,pyaz*,doodh*,pani*,light*,chini,gana,"
    "atm,naukri,job,school,mirchi,मिर्च*,internet,इंटरनेट,connection,कनेक्शन,insurance,gym,contract,"
    "बीमा",
    "quote": "reply,likha,लिखा,मतलब,matlab,लिखकर,likhkar,likh kar,के लिए भेजें,ke liye bheje",
    "fine": "बजाय,जगह,bajaye,jagah,instead",
    "please": "कृपया,कृपा,प्लीज,प्लीज़,धन्यवाद,शुक्रिया,नमस्ते,अभी,तुरंत,जल्दी,भाई,यार,सर,मैडम,जी,kripya,krpya,"
    "kripaya,please,plz,pls,plss,thanks,dhanyavad,dhanyawad,shukriya,namaste,abhi,turant,jaldi,bhai,"
    "yaar,sir,madam,ji,ye,yeh,ये,यह,यार प्लीज,बार बार,baar baar,bar bar,hamesha ke liye,हमेशा के लिए,"
    "है,hai,h,do,दो,दीजिए,dijiye,कर,kar,kr,karo,kro,करो,करें,करे,kare,karen,कीजिए,kijiye,सब,sab,से,se,"
    "को,ko,bilkul,बिल्कुल,अरे,are,arre,saale,kutte,hello,kitni baar,कितनी बार,क्या आप,kya aap",
    "never": "बस स्टॉप,बस कब,बस कहाँ,बस कहां,बस का,बस से,बस में,बस एक,बस इतना,bas stop,bus stop,bas ek,"
    "bas itna,bas thoda,bas ye,बंद मत*,बंद न*,रोको मत,रोकना मत,band mat*,band na karo,रद्द मत*,"
    "cancel mat*,delete mat*,हटाना मत,कब बंद,बंद होता,बंद होती,बंद है,बंद हो,बंद रहता,बंद होने,"
    "kab band,band hota,band hoti,band hai,band h,band ho,band rehta,band hone,दुकान बंद,dukan band,"
    "shop band,मैसेज नहीं आया,मैसेज नहीं मिला,संदेश नहीं मिला,नहीं मिला,नही मिला,नहीं आया,नहीं मिली,"
    "message nahi aaya,message nahi mila,msg nahi aaya,msg nhi aaya,msg nhi mila,msg nahi mila,"
    "nahi mila,nahi aaya,nhi mila,nhi aaya,nhi mili,nahi mili,sms nahi aaya,otp nahi aaya,भूलना मत,"
    "चिंता मत*,भूल मत*,chinta mat*,tension mat*,bhulna mat,kar dena,भेज दो,भेजो मुझे,मुझे भेज*,"
    "मुझे मैसेज करें,bhej do,bhej dijiye,mujhe bhej*,mujhe message karo,mujhe call*,call karo,"
    "call kare,call kijiye,call me,कॉल करो,कॉल करें,फोन करो,मैसेज छोड़*,order cancel*,ऑर्डर रद्द*,"
    "ऑर्डर कैंसिल*,अपॉइंटमेंट रद्द*,बुकिंग रद्द*,appointment cancel*,booking cancel*,card band*,"
    "card block*,कार्ड बंद*,कार्ड ब्लॉक*,खाता बंद*,account band*,गलत नंबर दिया,galat number diya,"
    "galat number de diya,galat number likh*,गलत नंबर लिख*,गलत नंबर दे*,order number,ऑर्डर नंबर,"
    "mera number hai,मेरा नंबर है,koi baat nahi,कोई बात नहीं,pata nahi,पता नहीं,na ho,pani band*,"
    "light band*,जरूरत नहीं,jarurat nahi,zarurat nahi,gas band,saman wapas,aur kya,aur kitna,aur kab,"
    "aur ek,ab kya,और क्या,और कितने,और एक,mirchi mat*,pyaz mat*,प्याज मत*,मिर्च मत*,मैसेज बंद मत*,"
    "bhejna band mat*,message band mat*,call mat karo message,call mat karo msg,call mat kare message,"
    "stop likhne,stop likha,stop ka matlab,call mat karo,aankhe band*,ankh band*,आँखें बंद*,"
    "आंखें बंद*",
    "and": "aur,और",
}
