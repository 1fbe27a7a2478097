"""Words that are about consent when they are a whole message. They never reach a flow, so none may listen for them."""

from textback.engine.match import normalise

_LOCAL = (
    "stop2end", "stop2quit", "stop texts", "text stop", "reply stop", "send stop", "cancel all", "end all",
    "arretez", "annuler", "desabonner", "desabonnement", "desinscrire", "desinscription", "stop pub", "stop sms",
    "cancelar", "pare", "salir", "darse de baja", "dar de baja", "desuscribir", "anular", "eliminar", "remover",
    "descadastrar", "cancelar inscricao", "abbestellen", "beenden", "austragen", "abbruch", "fermare", "annulla",
    "annullare", "cancella", "cancellami", "disiscrivi", "disiscrivimi", "disiscriviti", "afmelden",
    "uitschrijven", "stoppen", "annuleren", "rezygnuje", "rezygnacja", "wypisz", "anuluj", "wyrejestruj", "стоп",
    "отписаться", "отписка", "отпишите", "відписатися", "відписатись", "відписка", "dur", "durdur", "iptal",
    "ret", "退订", "退訂", "取消", "停止", "拒收", "取消订阅", "取消訂閱", "回td", "配信停止", "配信解除",
    "解除", "中止", "ストップ", "キャンセル", "退会", "購読解除", "중지", "정지", "수신거부", "거부", "해지",
    "취소", "그만", "중단", "스톱", "توقف", "ايقاف", "الغاء", "الغاء الاشتراك", "قف", "اوقف", "रोकें", "रोको",
    "बंद", "बंद करें", "बंद करो", "स्टॉप", "अनसब्सक्राइब", "band karo", "roko", "huy", "huy dang ky", "tu choi",
    "tc", "tigil", "itigil", "berhenti", "unreg", "batal", "avsluta", "avregistrera", "avmeld", "afmeld",
    "dezabonare", "oprire", "στοπ", "διακοπη", "διαγραφη", "הסר", "הסרה", "הפסק",
)  # fmt: skip

_CARRIERS = (
    "stop", "stopall", "stop all", "end", "quit", "cancel", "unsubscribe", "unsub", "revoke", "optout", "opt out",
    "start", "unstop", "help", "info", "arret", "arreter", "halt", "detener", "parar", "ferma", "остановить",
    "zatrzymaj", "remove", "td", "alto", "baja", "sair", "stopp", "abmelden", "aide", "hilfe", "ayuda", "ajuda",
    "aiuto",
)  # fmt: skip

NEVER_HEARD = frozenset({*_CARRIERS, *_LOCAL, *(normalise(word) for word in _LOCAL)})
"""As people write them and as flows compare words: the union of what carriers and providers act on, and of common local
words (O5, O8, O9; V1)."""
