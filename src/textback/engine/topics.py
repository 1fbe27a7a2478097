"""What a person is asked for at once, unless the business says otherwise: danger to somebody, and the law.

The words are few and plain on purpose: a clinic's patients speak of pain, and debtors of courts. What a business wants
besides goes into `handoff.topics`. They are compared with what `match.normalise` leaves of a text.
"""

from collections.abc import Mapping

SELF_HARM, EMERGENCY, LEGAL = "self_harm", "emergency", "legal"
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
}  # fmt: skip
