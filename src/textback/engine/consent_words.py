"""Words that are about consent when they are a whole message. They never reach a flow, so none may listen for them."""

#: Normalised. The union of what carriers and providers act on (O5, O8, O9; V1).
NEVER_HEARD = frozenset(
    [
        *(
            "stop",
            "stopall",
            "stop all",
            "end",
            "quit",
            "cancel",
            "unsubscribe",
            "unsub",
            "revoke",
            "optout",
            "opt out",
        ),
        *("start", "unstop", "help", "info"),
        *("arret", "arreter", "halt", "detener", "parar", "ferma", "остановить", "zatrzymaj", "remove", "td"),
        *("alto", "baja", "sair", "stopp", "abmelden", "aide", "hilfe", "ayuda", "ajuda", "aiuto"),
    ]
)
