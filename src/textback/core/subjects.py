"""What texts may speak of that carriers forbid, or allow under conditions (rule E5). The words are in compliance."""

SUBJECTS = (
    "sex", "hate", "alcohol", "firearms", "tobacco", "cannabis", "gambling", "loans", "debt", "leads", "crypto",
)  # fmt: skip
AGED = frozenset({"alcohol", "tobacco"})
"""Those that need an age gate where they are allowed at all."""
NEVER = frozenset({"hate"})
"""Those that no use case covers."""
