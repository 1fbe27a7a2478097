"""The words that open and close consent, as dated data with their sources. Whole messages only; see detect.

Written in their normalised form (rule O2): lower case, no accents, single spaces. Rule V1: the union of all providers'
lists and common local words, so that a word which one carrier honours is honoured on every line.
"""

from typing import Literal

import msgspec

Kind = Literal["stop", "start", "help", "yes"]


class WordList(msgspec.Struct, frozen=True):
    """Words of one kind from one source, as read on the given day."""

    kind: Kind
    source: str
    as_of: str
    words: tuple[str, ...]


LISTS: tuple[WordList, ...] = (
    WordList(
        "stop", "47 CFR 64.1200(a)(10): conclusive in a reply", "2026-11-20",
        ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"),
    ),
    WordList(
        "stop", "Twilio long codes", "2026-11-20",
        ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"),
    ),
    WordList(
        "stop", "Telnyx", "2026-11-20",
        ("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit"),
    ),
    WordList("stop", "Plivo", "2026-11-20", ("stop", "end", "quit", "cancel", "unsub", "stop all")),
    WordList("stop", "Vonage short codes", "2026-11-20", ("stop", "end", "quit", "cancel", "unsubscribe")),
    WordList(
        "stop", "Bird", "2026-11-20",
        ("stop", "stopall", "end", "quit", "cancel", "unsubscribe", "arret", "halt", "detener", "parar", "ferma",
         "остановить", "zatrzymaj"),
    ),
    WordList(
        "stop", "AWS End User Messaging", "2026-11-20",
        ("arret", "cancel", "end", "opt-out", "optout", "quit", "remove", "stop", "td", "unsubscribe"),
    ),
    WordList(
        "stop", "Common local words (unverified, rule V1)", "2026-11-20",
        ("alto", "baja", "arreter", "sair", "stopp", "abmelden"),
    ),
    # Words that are ordinary answers are left out: no, ok, fin, basta, gata, "red" (a colour before it is Turkish), and
    # "dung", which without its marks is also the Vietnamese for "right".
    WordList(
        "stop", "Local words for stop, cancel and unsubscribe (unverified, rule V1)", "2026-11-21",
        ("stop2end", "stop2quit", "stop texts", "text stop", "reply stop", "send stop", "cancel all", "end all",
         "arretez", "annuler", "desabonner", "desabonnement", "desinscrire", "desinscription", "stop pub", "stop sms",
         "cancelar", "pare", "salir", "darse de baja", "dar de baja", "desuscribir", "anular", "eliminar",
         "remover", "descadastrar", "cancelar inscricao", "abbestellen", "beenden", "austragen", "abbruch",
         "fermare", "annulla", "annullare", "cancella", "cancellami", "disiscrivi", "disiscrivimi", "disiscriviti",
         "afmelden", "uitschrijven", "stoppen", "annuleren",
         "rezygnuje", "rezygnacja", "wypisz", "anuluj", "wyrejestruj",
         "стоп", "отписаться", "отписка", "отпишите", "відписатися", "відписатись", "відписка",
         "dur", "durdur", "iptal", "ret", "退订", "退訂", "取消", "停止", "拒收", "取消订阅", "取消訂閱", "回td",
         "配信停止", "配信解除", "解除", "中止", "ストップ", "キャンセル", "退会", "購読解除",
         "중지", "정지", "수신거부", "거부", "해지", "취소", "그만", "중단", "스톱",
         "توقف", "ايقاف", "الغاء", "الغاء الاشتراك", "قف", "اوقف", "रोकें", "रोको", "बंद",
         "बंद करें", "बंद करो", "स्टॉप",
         "अनसब्सक्राइब", "band karo", "roko", "huy", "huy dang ky", "tu choi", "tc", "tigil", "itigil", "berhenti",
         "unreg", "batal",
         "avsluta", "avregistrera", "avmeld", "afmeld", "dezabonare", "oprire", "στοπ", "διακοπη", "διαγραφη",
         "הסר", "הסרה", "הפסק"),
    ),
    WordList("start", "Twilio", "2026-11-20", ("start", "unstop")),
    WordList("start", "Bird", "2026-11-20", ("start", "begin", "resume", "revert", "unstop")),
    WordList("start", "Vonage", "2026-11-20", ("start", "join")),
    WordList("help", "Twilio and Plivo", "2026-11-20", ("help", "info")),
    WordList("help", "Bird", "2026-11-20", ("help", "info", "aide", "hilfe", "ayuda", "ajuda", "aiuto")),
    WordList("yes", "Twilio long codes: opts in again, so only after an opt-out (O8)", "2026-11-20", ("yes",)),
)  # fmt: skip
