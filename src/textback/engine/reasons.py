"""Why a person is asked for: the reasons that the engine and the consent rules give. A topic's name is one as well, and
a flow may give its own words."""

ASKED = "asked"
UPSET = "upset"
VIP = "vip"
NOT_UNDERSTOOD = "not_understood"
NOT_VERIFIED = "not_verified"
FALLBACK = "fallback"
FLOW = "flow"
UNSURE = "unsure"
NOT_ANSWERED = "not_answered"
DRAFT = "draft"
MODEL = "model"
GUARD = "guard"
ACTION_FAILED = "action_failed"
TURN_FAILED = "turn_failed"

ENGINE: frozenset[str] = frozenset({
    ASKED, UPSET, VIP, NOT_UNDERSTOOD, NOT_VERIFIED, FALLBACK, FLOW, UNSURE, NOT_ANSWERED, DRAFT, MODEL, GUARD,
    ACTION_FAILED, TURN_FAILED, "owner_idle", "limit", "template", "step_gone", "loop_guard", "late", "opt_out_unsure",
    "opted_out_asked", "wrong_person",
})  # fmt: skip
"""All of them but topics."""
