"""What a person is asked for at once, unless the business says otherwise: danger to somebody, the law, and a dispute
about money.

The words are few and plain on purpose: a clinic's patients speak of pain, and debtors of courts. What a business wants
besides goes into `handoff.topics`. They are compared with what `match.normalise` leaves of a text.
"""

from collections.abc import Mapping

SELF_HARM, EMERGENCY, LEGAL, BILLING = "self_harm", "emergency", "legal", "billing"
IN_DANGER = frozenset({SELF_HARM, EMERGENCY})
"""Topics to whose texts the engine has words of its own."""

USUAL: Mapping[str, tuple[str, ...]] = {
    SELF_HARM: (
        "kill myself", "killing myself", "suicide", "suicidal", "end my life", "ending my life", "take my own life",
        "want to die", "wanna die", "wish i was dead", "wish i were dead", "better off dead", "hurt myself",
        "hurting myself", "harm myself", "harming myself", "self harm", "cut myself on purpose", "no reason to live",
        "matarme", "suicidarme", "suicidio", "quitarme la vida", "quiero morir", "quiero morirme", "hacerme dano",
        "acabar con mi vida",
    ),
    EMERGENCY: (
        "heart attack", "cant breathe", "can t breathe", "cannot breathe", "stopped breathing", "not breathing",
        "overdosed", "an overdose", "unconscious", "chest pain", "having a stroke", "having a seizure", "call 911",
        "call an ambulance", "bleeding badly", "wont stop bleeding", "anaphylactic",
        "ataque al corazon", "infarto", "no puedo respirar", "no respira", "sobredosis", "inconsciente",
        "una ambulancia",
    ),
    LEGAL: (
        "my lawyer", "my attorney", "a lawsuit", "sue you", "suing you", "legal action", "cease and desist",
        "small claims", "take you to court", "see you in court", "mi abogado", "mi abogada", "demandarlos",
        "acciones legales", "voy a demandar",
    ),
    BILLING: (
        "charged me twice", "charged twice", "charged us twice", "double charged", "billed me twice", "billed twice",
        "double billed", "overcharged", "over charged", "charged me too much", "charged the wrong amount",
        "wrong amount on my bill", "didnt authorize this charge", "did not authorize this charge",
        "unauthorized charge", "dispute this charge", "dispute the charge", "dispute a charge", "disputing the charge",
        "dispute my bill", "chargeback", "charge back", "my money back", "never got my refund",
        "me cobraron dos veces", "me han cobrado dos veces", "cobro duplicado", "doble cobro", "me cobraron de mas",
        "me han cobrado de mas", "cargo no autorizado", "no autorice ese cargo", "disputar el cargo",
        "mi dinero de vuelta", "que me devuelvan el dinero",
    ),
}  # fmt: skip
