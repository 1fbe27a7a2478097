"""Words about opting out that people use in any language."""

WORDS = {
    "stop": "stop,stopp,🛑",
    "message": "sms,smsy,smses,spam,promo,promos",
    "list": "phonenumber",
    "unsubscribe": "unsubscribe,opt out,optout,unsub,unsuscribe",
    "please": "please,pls,plz,wtf,ok,hello,hi,sorry,thanks",
    "clear": "stop sms,sms stop,stop spam,stop promo,stop pub,stop2end",
    "never": "non stop,nonstop",
    "quote": "reply stop,text stop,txt stop,send stop to,stop to end,to opt out,to unsubscribe,to stop texts,"
    "stop to opt out",
}
