"""English words about opting out."""

WORDS = {
    "stop": "stop,stopp,stoppp,stoping,stopping,stp,stpo,sotp,stoop,stahp,stap,quit,quitt,cease,halt,desist,stop all,refrain from,quit with,stop with,stop it with,stop w",
    "end": "knock off,cut out,enough with,enough of,done with,sick of,tired of,fed up with,had enough of,"
    "put an end to,end,discontinue,end all,disable,turn off,switch off,deactivate,terminate,cancel,cancell,"
    "cancle,suspend,mute,cut it out with,im over,done getting,done receiving",
    "not": "dont,don t,do not,dnt,not,never,no,nomore,donot,rather not,prefer not,nah dont,dont u,stop trying to,"
    "not to,no one,nobody,doont,dotn,no longer",
    "send": "text,txt,texting,txting,textin,txtin,texing,txet,texxting,tex,msg,msging,message,messaging,messege,mesage,"
    "messging,messageing,contact,contacting,contac,contactin,write,writing,send,sending,sendin,snd,sendng,sms,"
    "smsing,spam,spamming,spaming,hit up,hitting up,solicit,soliciting,blow up,blowing up,reach out,"
    "reaching out,advertise,advertising,email and text,call or text,calling or texting,text or call,"
    "texting or calling,call and text,calling and texting,texting and calling,txt or call,messaging or calling,"
    "communicate,communicating,dm,dming,bombard,bombarding,texting and emailing,emailing and texting,"
    "calling or texting me",
    "receive": "receive,receiving,recieve,recieving,hear from,hearing from,be contacted,be texted,be messaged,get texts,get these,getting texts,getting these,get your,getting your,get any more texts,get any texts,get any messages,be bothered,be on your list,be on this list,be subscribed,be part of this",
    "call": "call,calling,phone,phoning,ring,ringing,dial,dialing,cold call,telemarket*",
    "message": "texts,txts,messages,msgs,msges,messeges,mesages,messges,notifications,notification,alerts,alert,"
    "promos,promo,promotions,promotion,ads,advertisements,spam,junk,sms,smss,mms,solicitation,"
    "solicitations,text messages,text message,txt messages,txt msgs,txt msg,text msgs,texting me,"
    "service messages,this service,this crap,this shit,this bs,this nonsense,communications,reminders,"
    "blasts,texting service,messaging,text alerts,sms alerts,campaign texts,bulk texts,chain texts,"
    "autotexts,robotexts,automated texts,from you,from u,from yall,from you guys,from this number,"
    "from your company,emails and texts,texts and emails,text and emails,email and text,autotext,"
    "messagess",
    "me": "me,my,us,this nr,me!,mee,meh,this #",
    "more": "again,anymore,any more,any longer,ever,ever again,no more,further,more,nomore,anymor,any further,at all,please again,another,any,all,future,anynore,anymre,here",
    "want": "want,wanna,wish,care for,care to,wish to,want to,would like,id like,i like,asked for,ask for,agree to,"
    "consent to,authorize,interested in,requested,request,permission to,care about,want no,desire,"
    "give you permission to",
    "remove": "remove,rmove,remov,remve,removed,delete,delet,dlete,deleted,erase,scratch,strike,scrub,unlist,purge,wipe,"
    "exclude,removal,be removed,withdraw,unenroll",
    "list": "list,lists,lst,database,data base,directory,contacts,contact list,mailing list,text list,"
    "texting list,sms list,phone list,call list,marketing list,your system,your records,ur list,ur system,"
    "rolodex,distribution,group text,subscribers,subscription,your books,your file,consent,permission,"
    "this program,sms program,the program,text program,your data,campaign,contact,my contact,mailings,"
    "my number,this number,my phone,my cell,this phone,my num,this num,my contact info,my name,my info,"
    "this cell",
    "unsubscribe": "unsubscribe,unsubcribe,unsuscribe,unsubscribed me,unsub,unsubscrib,unsbscribe,unsubscibe,unsubsribe,"
    "unsubscrbe,unsubscrube,unsubcsribe,unsubscrive,un subscribe,un sub,desubscribe,opt out,optout,"
    "opt me out,opting out,opt us out,opt my number out,opt this number out,opted out,oped out,op out,"
    "opt-out,opt this phone out,opt my phone out,be opted out,do not contact list,do not call list,"
    "dnc list,do not text list,put me on _ do not call,add me to _ do not call,add me to _ do not contact,"
    "on your do not call,on your dnc,sign me off,sign me out,unenroll me,unenrol me,stop my subscription,"
    "cancel my subscription,end my subscription,cancel my texts,cancel subscription,unsubscribing",
    "bother": "bother,bothering,harass,harassing,harrassing,harrass,harassment,annoy,annoying me,pester,pestering,bug,bugging,disturb,disturbing,hound,hounding,stalk,stalking,spamming me,flooding",
    "interested": "interested,intrested,interrested,intersted,insterested,intereted",
    "dont_send": "dont text me,do not text me,dnt text me,dont txt me,dont message me,dont msg me,do not message me,dont contact me,do not contact me,dnt txt me,"
    "dont send me _ texts,dont send me _ messages,dont send me texts,no longer text me,no longer contact me,do not text,do not contact,no texts,no more texts,no more txts,no more messages,no more msgs,no more sms,no more text,no more spam,"
    "no texting,no text messages,no txts,dont ever text,never text me,never contact me,never message me,quit texting,dont text this number,do not text this number,"
    "no more of these,no more ads,no more promos,no more offers,no more alerts,no further texts,no further messages,no further contact,no further communication,dont spam me,stop spam,no spam please",
    "wrong": "wrong number,wrong num,wrong nmbr,wrong numbr,wrong nbr,wrong #,wrong no,wrong phone number,"
    "wrong phone,wrong contact,wrong recipient,not my name,not the person you _ looking for,"
    "not the right person,not the right number,mistaken number,no one here by that name,"
    "nobody here by that name,no one by that name,nobody by that name,no such person,isnt _ phone anymore,"
    "isnt _ number anymore,not _ number anymore,no longer _ number,dont know anyone named,"
    "do not know anyone named,i just got this number,changed numbers,this is not _ phone,"
    "this isnt _ phone,this is not _ number,this isnt _ number,not the owner of this number,"
    "you have the wrong,incorrect number sorry,have the wrong guy,got the wrong guy,have the wrong girl,"
    "have an incorrect number,this is an incorrect number,have the incorrect number,have the wrong person,"
    "got the wrong person,texting the wrong person,texted the wrong person,messaging the wrong person,"
    "im the wrong person,have wrong person,got wrong person,got the wrong persn,reached the wrong person,"
    "reached the wrong number,contacted the wrong person",
    "leave": "leave me alone,leave me tf alone,leave me the f alone,leave me the fuck alone,leave us alone,"
    "leve me alone,leave me be,leave me in peace,get out of my phone,get off my line,lemme alone,"
    "stay out of my phone,stay out of my inbox",
    "clear": "lose my number,loose my number,lose this number,loose this number,lose my num,lose my #,"
    "lose my contact,delete my number,delete this number,delete my contact,erase my number,"
    "forget my number,forget this number,take me off,take my number off,take my name off,"
    "take this number off,take us off,takeme off,tak me off,get me off,remove me,remove my number,"
    "remove my name,remove this number,remove us,rmv me,remove my phone,remove my cell,remove my info,"
    "remove number,delete me,drop me from,strike me from,scratch me off,stop2end,stop2quit,stoptexting,"
    "stop texting,stop texts,stop txts,stop messages,stop msgs,stop sms,stop texing,stp texting,"
    "stp txting,stop txting,stop messaging,stop sending me,stop contacting,revoke my consent,"
    "revoke consent,i revoke,withdraw my consent,withdraw consent,revoke my permission,"
    "withdraw my permission,do not consent,dont consent,do not give consent,no consent to text,"
    "i no longer consent,i no longer agree,want out,let me out of this,count me out,cease all,"
    "cease communication,cease contact,cease and desist,take off my number,stop it with the texts,"
    "consider this my opt out,consider me opted out,i want off,i want to be off,please take off,"
    "off your list,off the list,off this list,off ur list,unsubscribe me,opt me out,quit texting,"
    "quit txting,quit messaging,quit contacting,quit sending,quit spamming,stop spamming,stop harassing,"
    "stop bothering,stop text,stop txt,stop msg,stop msging,stop alerts,stop notifications,stop promos,"
    "stop ads,end texts,end messages,end sms,cancel texts,cancel messages,cancel sms,cancel alerts,"
    "cancel text messages,end text messages,stop pls,stop plz,pls stop,plz stop,stop please,"
    "make this stop,make them stop,stop stop stop,i said stop,told you to stop,told u to stop,"
    "asked you to stop,asked u to stop,texted stop,typed stop,replied stop,said stop already,sent stop,"
    "i quit this list,remove from list,remove from your list,block my number from,text someone else,"
    "i want no more,dont want no more,discontinue texting,discontinue all,discontinue sending,"
    "discontinue communication,times to stop,u to stop,dont send me any,dont send me anything,"
    "do not send me any,dont send me no,text me again and,text me again i,text me one more time,"
    "how do i get off,how do i stop these,how do i stop the texts,how do i stop getting,"
    "how do i make these,how can i stop these,how can i get off,how to stop these texts,if you dont stop,"
    "if u dont stop,if you do not stop,until you stop texting,if you stopped texting,"
    "if you stopped messaging,if you would stop texting,never gave you my number delete,"
    "put an end to these,not to text me,not to contact me,not to message me,quit fucking texting,"
    "stop fucking texting,wish to opt out,text stop 2,how do i stop receiving,how do i stop texts,"
    "get rid of my number,hitting my phone up,hitting me up,stop this is,taken off your,"
    "taken off the list,taken off ur,to be removed,like to be removed,be taken off,be removed from,"
    "blowing my phone up,want to be removed,removed from this list,removed from your,"
    "removed from the list,unsubscribe from these,sending me stuff,already unsubscribed,saying stop,"
    "say stop,part of stop,belongs to somebody else now,belongs to someone else now,unsubscribed twice,"
    "already opted out,remove my mom,remove my dad,dont send texts,do not send texts,dont send messages,"
    "dont send text,begging you to stop,need you to stop texting,want you to stop texting,"
    "i need you to stop,take me out of your,take me out of this,stop dont you understand,delete it now",
    "unsure": "who gave you my number,who gave u my number,how did you get my number,how did u get my number,"
    "how did you get this number,where did you get my number,how do you have my number,"
    "who gave you this number,never signed up,did not sign up,didnt sign up,dont remember signing up,"
    "not sign up for this,never gave you,did not give you,didnt give you,never asked for,never subscribed,"
    "didnt subscribe,did not subscribe,report you,reporting you,report this number,reporting this,"
    "blocking you,blocking this number,reported as spam,report as spam,sue you,fcc,ftc,"
    "do not call registry,too many texts,too many messages,keep texting me,keep messaging me,"
    "keep sending me,keep getting these,who is this and why,make it stop,make this stop,"
    "this isnt _ number,no longer _ phone",
    "rude": "piss off,fuck off,f off,screw off,buzz off,bugger off,get lost,go away,go to hell,shut up,"
    "shut the fuck up,stfu,fuck you,kick rocks,eat shit,pound sand,suck it,stop it,knock it off,"
    "cut it out,not interested,no interest,uninterested,no thanks not interested,get a life,screw you,"
    "im not interested,i am not interested,not interested at all,spam,end this,go f yourself,make it stop",
    "ask": "how,how do i,how can i,when,why,what,whats,where,which,did you,did i,does,do i,will i,should i,is it,"
    "am i,have i,what if,if i,how come,what happens,who,whos,wondering,whether,was i,is there,are you,"
    "difference,meaning,r u,have you,can i,could i,way to,any way,is there any",
    "if": "if,unless,in case,whether",
    "elsewhere": "email,emails,e mail,e mails,emailing,mailbox,newsletter,newsletters,catalog,catalogue,catalogues,catalogs,mail,by post,letter,letters,whatsapp,facebook,instagram,fb,app notifications,paper,brochure,brochures,website,online,youtube,netflix,spotify,account,membership,gym,printed,flyers,fax,voicemail,gmail,push",
    "when": "before,until,till,til,tomorrow,tonight,today,yet,after,during,while,late,early,at night,in the morning,am,pm,right now,now im,so early,so late,on sundays,on sunday,at work,past,between,weekend,weekends,monday,week,this week,hour,hours,minute,minutes,for a while,this month,often,so often,so much,that often,every day,everyday,twice,as much,as many,as often,a meeting,when im,driving,so many,back,unless,only",
    "other": "him,her,them,his,their,my brother*,my mom*,my mother*,my dad*,my sister*,my wife*,my husband*,my son*,my daughter*,my boss*,my friend*,order,orders,appointment,appt,booking,reservation,delivery,bus,train,coffee,leak,bleeding,crying,laughing,working,raining,loving,pain,smoking,drinking,eating,code,card,refund,invoice,receipt,password,confirmation,payment,charge,bill,alarm,transfer,money,cash,photo,photos,picture,pics,room,table,package,parcel,item,items,product,transaction*,charging,billing,orders,shipment,location,"
    "old number,previous number,cart,basket,reply,replies,response,answer,link,links,price,quote,salary,job,class,lesson,shift,policy,meeting,flight,insurance,car,ticket,trip,everyone,each other,people,kids,the kids,music,lights,light,stuff,water,talking,that,the internet,internet,direct deposit,check,checks",
    "you": "you,u,ya,to you,you guys",
    "quote": "reply,replied,says,said,say,word,type,typing,means,mean,sent,send stop to,text stop to,txt stop to,"
    "reply stop to,stop to,if i text,if i reply,send the word,reply _ to unsubscribe,"
    "text _ to unsubscribe,send _ to unsubscribe,text stop,txt stop,reply stop,replying stop,"
    "text _ to opt out,reply _ to opt out,text stop _ to,send stop,text _ to stop,to stop reply,"
    "to unsubscribe reply,to opt out reply,to stop text,to unsubscribe text,to opt out text,to stop txt,"
    "opt out reply,to opt out txt,to end reply,to stop texts,to stop texting,to stop these,"
    "unsubscribe reply,unsubscribe text",
    "fine": "instead,love,thanks for the reminder,looking forward,by email instead,rather",
    "please": "please,pls,plz,plss,plse,pleas,plzz,thanks,thank you,thx,ty,tks,now,already,asap,immediately,"
    "right away,right now,just,hi,hey,hello,yo,yes,ok,okay,k,sorry,ffs,wtf,omg,damn,damnit,dammit,fucking,"
    "fkn,fckn,freaking,bloody,tf,the fuck,the hell,goddamn,bro,dude,man,sir,maam,mam,guys,yall,i said,"
    "for the last time,last time,kindly,so,thnx,thank u,god,jesus,christ,for gods sake,for good,forever,"
    "permanently,today,the,it,i,you,u,would you,could you,can you,will you,can u,could u,would u,"
    "effective immediately,seriously,once and for all,sincerely,bye,goodbye,good day,have a nice day,wow,"
    "lol,no thanks,no thank you,nope,no,ugh,asshole,idiot,idiots,jerk,jerks,lets,ill,really,cheers,mate,"
    "enough,ai,how many times,how many more times,many times,can i be,can i please be,can i get,"
    "could i be,could i please be,do i have to say,do i have to tell,after i said,even after",
    "never": "bus stop,bus stops,stop by,stop in,stop at,stop over,stop the bus,pit stop,one stop,non stop,nonstop,"
    "full stop,next stop,stop sign,train stop,tram stop,stop working,stopped working,cant stop,"
    "cannot stop,can not stop,couldnt stop,dont stop,do not stop,never stop,doesnt stop,wont stop,"
    "does not stop,will not stop,not stop,without stopping,stop light,stop lights,last stop,dont quit,"
    "do not quit,i quit,quit my job,quit smoking,the end of,end of,at the end,in the end,dead end,weekend,"
    "end up,high end,front end,the end,dont cancel,do not cancel,dont unsubscribe,do not unsubscribe,"
    "dont remove,do not remove,dont delete,do not delete,dont take me off,do not take me off,"
    "dont opt me out,do not opt me out,dont want to unsubscribe,dont want to opt out,no need,no problem,"
    "no worries,no rush,no more questions,not yet,dont forget,dont worry,dont know,do not know,"
    "dont get it,i dont get,didnt get,did not get,havent received,didnt receive,did not receive,"
    "never received,never got,have not received,have not gotten,havent gotten,havent got,not getting,"
    "not receiving,dont get,not get,never get,why am i not getting,cant receive,cant get,cant send,"
    "cannot send,no text,no message,wrong number of,wrong phone case,wrong number on,dont hesitate,"
    "leave me a message,leave a message,take me off hold,stop loss,stop payment,get me,take it off,"
    "take off my,remove my account hold,dont need to text,text me,message me,call me,contact me,send me,"
    "text me back,take off,stop the presses,dont have to text,wrong number for,gave you the wrong,"
    "gave the wrong,typed the wrong,entered the wrong,wrong number sorry its,put the wrong,"
    "have the wrong number for,wrong number listed,wrong number in,quit claim,stop watch,stop smoking,"
    "door stop,opt in,when to stop,order to stop,where do i stop,where to stop,not to worry,"
    "no longer need,no longer available,no longer works,get to,get there,get my,get a,get the,get an,"
    "get it,get in,get back,get home,get some,do you get,got,need to contact,who to contact,"
    "call list price,number of,order number,account number,tracking number,phone number is,number is,"
    "reservation number,no contact delivery,no contact,contactless,to contact,your contact,contact info,"
    "contact number,contact information,off the hook,day off,percent off,off on,off today,cancel my order,"
    "cancel my appointment,cancel my appt,cancel my booking,cancel my reservation,cancel the order,"
    "cancel the appointment,cancel order,cancel appointment,cancel this order,cancel that order,"
    "cancel our,cancel my,cancel the,cancel a,cancel that,cancel this appointment,end the call,"
    "block my card,block the card,block my,block the,end date,stop my card,stop the payment,"
    "stop a payment,stop the transaction,to wrong person,to the wrong person,to wrong number,"
    "to the wrong number,todo list,to do list,task list,shopping list,grocery list,wish list,wishlist,"
    "waiting list,waitlist,wait list,agenda list,guest list,price list,my list,the agenda,the calendar,"
    "stop calling me dave,dont leave me alone,just quit,in the incorrect number,an incorrect number,"
    "dont interest,personal information,end this call,cancel this,end texts conversation,"
    "unsubscribe button,list of,red light,get off my phone,wait list removed,subscription box,"
    "unsubscribe link,unsubscribe page,stop my subscription box,the email newsletter,"
    "from the email newsletter,unsubscribe me from the email*,from the email",
    "wrong_alone": "wrong person,wrong persn,wrong guy,wrong girl,wrong dude,wrong lady,wrong man,incorrect number",
    "and": "and,also",
}
