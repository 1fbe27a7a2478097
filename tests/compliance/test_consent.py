"""What a text changes, and whether one may go, rule by rule."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.compliance.consent import CONFIRM_WITHIN, Brand, Verdict, consider
from textback.compliance.gate import Ask, Decision, decide_send
from textback.core.text import segments
from textback.core.when import MINUTE, SECOND

NOW = 1_800_000_000_000
BRAND = Brand("Example Dental", "(206) 555-0100", "hello@example.com", "Up to 4 messages a month.")
TWILIO: Mapping[str, frozenset[str]] = {
    "stop": frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}),
    "start": frozenset({"START", "YES", "UNSTOP"}),
    "help": frozenset({"HELP", "INFO"}),
}
TEXTS = st.one_of(
    st.text(st.characters()),
    st.sampled_from(["STOP", "stop.", "Cancel", "START", "yes", "HELP", "info!", "book", "stop by at 5", "arrêt"]),
)
FLAGS = st.sampled_from([None, "stop", "start", "help", "STOP", "other", ""])


def may_send(message_class: str, *, opted_out: bool, expires_at: int | None, now: int) -> Decision:
    """The gate, for somebody who has just texted."""
    return decide_send(
        Ask(message_class=message_class, opted_out=opted_out, expires_at=expires_at, now=now, last_inbound_at=now)
    )


def read(
    text: str,
    *,
    flagged: str | None = None,
    opted_out: bool = False,
    provider: Mapping[str, frozenset[str]] | None = None,
    late: int = 0,
    brand: Brand = BRAND,
    help_text: str | None = None,
) -> Verdict:
    """A text that came at NOW and is read `late` ms afterwards."""
    return consider(
        text,
        flagged=flagged,
        opted_out=opted_out,
        provider_keywords=provider or {},
        brand=brand,
        received_at=NOW,
        now=NOW + late,
        help_text=help_text,
    )


@pytest.mark.parametrize("text", ["STOP", "stop.", "Quit!", "END", "cancel", "Opt out", "REVOKE", "Arrêt", "ALTO"])
def test_o6_a_stop_word_opts_out_and_says_goodbye_once(text: str) -> None:
    verdict = read(text)
    assert (verdict.action, verdict.rule, verdict.matched_by) == ("opt_out", "O6", "keyword")
    assert verdict.reply is not None
    assert verdict.reply_expires_at == NOW + CONFIRM_WITHIN


def test_o6_a_bare_cancel_is_an_opt_out_but_a_sentence_is_not() -> None:
    """O5."""
    assert read("Cancel").action == "opt_out"
    assert read("Cancel my 3pm").action == "none"


def test_o7_the_goodbye_names_the_brand_confirms_says_how_to_return_and_sells_nothing() -> None:
    reply = read("STOP").reply
    assert reply == "Example Dental: you are unsubscribed and will get no more messages. Reply START to resubscribe."
    assert segments(reply).count == 1


@pytest.mark.parametrize("flagged", [None, "stop"])
def test_o7_a_second_stop_is_recorded_and_not_answered(flagged: str | None) -> None:
    verdict = read("STOP", opted_out=True, flagged=flagged)
    assert verdict.action == "opt_out"
    assert verdict.reply is None
    assert verdict.reply_expires_at is None


@pytest.mark.parametrize(
    ("late", "answered"),
    [
        (0, True),
        (30 * SECOND, True),
        (5 * MINUTE - 1, True),
        (5 * MINUTE, False),
        (5 * MINUTE + 1, False),
        (60 * MINUTE, False),
    ],
)
def test_o7_the_goodbye_goes_within_five_minutes_or_not_at_all(late: int, answered: bool) -> None:
    verdict = read("STOP", late=late)
    assert verdict.action == "opt_out"
    assert (verdict.reply is not None) is answered


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("STOP", True),
        ("stop", True),
        (" Stop\n", True),
        ("OPTOUT", True),
        ("STOP.", False),  # the provider does not know it as its own, so nobody has answered
        ("Opt out", False),
        ("STOP STOP", False),
        ("ALTO", False),
        ("“STOP”", False),
    ],
)
def test_section_4_silent_only_where_the_providers_list_has_the_whole_message(text: str, silent: bool) -> None:
    verdict = read(text, provider=TWILIO)
    assert verdict.action == "opt_out"
    assert (verdict.reply is None) is silent


@pytest.mark.parametrize(
    ("text", "flagged", "opted_out", "action"),
    [
        ("STOP", "stop", False, "opt_out"),
        ("STOP", "stop", True, "opt_out"),
        ("basta", "stop", False, "opt_out"),  # words that an owner added at the provider
        ("START", "start", True, "opt_in"),
        ("zurück", "start", True, "opt_in"),
        ("HELP", "help", False, "help"),
        ("was?", "help", True, "help"),
    ],
)
def test_o1_what_the_provider_flags_is_adopted_and_not_answered_twice(
    text: str, flagged: str, opted_out: bool, action: str
) -> None:
    verdict = read(text, flagged=flagged, opted_out=opted_out)
    assert (verdict.action, verdict.rule, verdict.matched_by) == (action, "O1", "provider")
    assert verdict.reply is None


@pytest.mark.parametrize("flagged", ["start", "help"])
@pytest.mark.parametrize("opted_out", [False, True])
def test_o1_a_stop_wins_over_a_milder_flag(flagged: str, opted_out: bool) -> None:
    assert read("Stop!", flagged=flagged, opted_out=opted_out).action == "opt_out"


@pytest.mark.parametrize("text", ["START", "HELP", "yes", "book", ""])
def test_o1_a_providers_stop_is_never_downgraded(text: str) -> None:
    assert read(text, flagged="stop").action == "opt_out"


@pytest.mark.parametrize("flagged", ["", "other", "opt-out"])
def test_o1_a_flag_that_nobody_knows_does_not_hide_the_words(flagged: str) -> None:
    assert read("STOP", flagged=flagged).action == "opt_out"
    assert read("book", flagged=flagged).action == "none"


@pytest.mark.parametrize("text", ["START", "unstop", "Yes", "Yes!", "YES YES", "resume", "begin"])
def test_o8_start_and_yes_opt_in_again_only_after_an_opt_out(text: str) -> None:
    back = read(text, opted_out=True)
    assert (back.action, back.rule) == ("opt_in", "O8")
    assert back.reply is not None
    assert back.reply_expires_at is None
    assert read(text, opted_out=False) == Verdict("none")


@pytest.mark.parametrize(
    ("text", "silent"), [("START", True), ("yes", True), ("Unstop", True), ("Yes!", False), ("begin", False)]
)
def test_o8_the_provider_welcomes_back_those_whose_word_it_knows(text: str, silent: bool) -> None:
    verdict = read(text, opted_out=True, provider=TWILIO)
    assert verdict.action == "opt_in"
    assert (verdict.reply is None) is silent


@pytest.mark.parametrize("text", ["YES", "yes", "Yes."])
def test_o8_a_yes_that_the_provider_flags_is_still_an_answer_for_the_flow(text: str) -> None:
    """Twilio's list of START words has YES. Someone who is not opted out and says it is confirming a booking."""
    assert read(text, flagged="start", opted_out=False).action == "none"


def test_k4_the_welcome_has_programme_frequency_fees_help_and_stop() -> None:
    reply = read("START", opted_out=True).reply
    assert reply == (
        "Example Dental: you are subscribed again. Up to 4 messages a month. Msg & data rates may apply. "
        "Reply HELP for help, STOP to end."
    )


def test_k4_a_frequency_that_nobody_stated_varies() -> None:
    reply = read("START", opted_out=True, brand=Brand("Example Dental")).reply
    assert reply is not None
    assert "Message frequency varies. Msg & data rates may apply." in reply


@pytest.mark.parametrize("opted_out", [False, True])
@pytest.mark.parametrize("text", ["HELP", "help?", "INFO", "Hilfe!", "¿Ayuda?"])
def test_o9_help_is_answered_in_any_state_and_changes_nothing(text: str, opted_out: bool) -> None:
    verdict = read(text, opted_out=opted_out)
    assert (verdict.action, verdict.rule) == ("help", "O9")
    assert verdict.reply is not None
    for part in ("Example Dental", "(206) 555-0100", "hello@example.com", "Up to 4 messages", "data rates", "STOP"):
        assert part in verdict.reply
    gate = may_send("compliance", opted_out=opted_out, expires_at=verdict.reply_expires_at, now=NOW + 60 * MINUTE)
    assert gate.allowed


@pytest.mark.parametrize(
    ("brand", "reach"),
    [
        (Brand("B", phone="(206) 555-0100"), "For help contact (206) 555-0100. "),
        (Brand("B", email="hello@example.com"), "For help contact hello@example.com. "),
        (Brand("B"), ""),
    ],
)
def test_o9_help_names_only_what_the_business_has_given(brand: Brand, reach: str) -> None:
    reply = read("HELP", brand=brand).reply
    assert reply == f"B: {reach}Message frequency varies. Msg & data rates may apply. Reply STOP to end."


def test_o9_the_businesss_own_help_text_is_used() -> None:
    assert read("HELP", help_text="Example Dental. Reply STOP to end.").reply == "Example Dental. Reply STOP to end."
    assert read("HELP", help_text="Ours.", provider=TWILIO).reply is None


def test_o9_help_inside_a_sentence_goes_to_the_flow() -> None:
    assert read("help me find a time").action == "none"


@pytest.mark.parametrize("opted_out", [False, True])
@pytest.mark.parametrize("text", ["", "book", "stop by at 5", "Please start early", "🙂", "\x00"])
def test_anything_else_is_conversation(text: str, opted_out: bool) -> None:
    assert read(text, opted_out=opted_out) == Verdict("none")


@given(TEXTS, FLAGS, st.booleans(), st.booleans(), st.integers(0, 10 * MINUTE))
def test_a_verdict_holds_together(text: str, flag: str | None, out: bool, owned: bool, late: int) -> None:
    verdict = read(text, flagged=flag, opted_out=out, provider=TWILIO if owned else None, late=late)
    if verdict.action == "none":
        assert verdict == Verdict("none")
        return
    assert verdict.rule in {"O1", "O6", "O7", "O8", "O9"}
    assert verdict.matched_by == ("provider" if verdict.rule == "O1" else "keyword")
    assert verdict.result
    if verdict.matched_by == "provider":
        assert verdict.reply is None
    if verdict.reply is None:
        assert verdict.reply_expires_at is None
    else:  # what is said may also be sent, by the same gate, at this very moment
        opted_out = verdict.action == "opt_out" or (out and verdict.action != "opt_in")
        gate = may_send("compliance", opted_out=opted_out, expires_at=verdict.reply_expires_at, now=NOW + late)
        assert gate.allowed


@given(TEXTS, st.booleans())
def test_reading_the_same_stop_again_stays_opted_out_and_says_no_more(text: str, owned: bool) -> None:
    """O6 is idempotent."""
    provider = TWILIO if owned else None
    first = read(text, provider=provider)
    if first.action == "opt_out":
        again = read(text, opted_out=True, provider=provider)
        in_words = first.rule in ("O3", "D4")  # sentences are not read of those who have opted out
        assert (again.action, again.reply) == ("none" if in_words else "opt_out", None)


@pytest.mark.parametrize("message_class", ["conversational", "informational", "promotional", "unheard-of", ""])
@pytest.mark.parametrize("expires_at", [None, NOW - 1, NOW, NOW + 1])
def test_c3_nobody_who_opted_out_gets_anything_but_consent_messages(message_class: str, expires_at: int | None) -> None:
    gate = may_send(message_class, opted_out=True, expires_at=expires_at, now=NOW)
    assert (gate.allowed, gate.rule) == (False, "O6")
    assert "START" in gate.reason


@pytest.mark.parametrize(
    ("message_class", "opted_out", "expires_in", "allowed", "rule"),
    [
        ("conversational", False, None, True, "C2"),
        ("informational", False, None, True, "C3"),
        ("promotional", False, None, False, "K1"),
        ("unheard-of", False, None, False, "K1"),
        ("conversational", False, 1, True, "C2"),
        ("conversational", False, 0, False, "Q4"),
        ("informational", False, -1, False, "Q4"),
        ("promotional", False, -MINUTE, False, "Q4"),
        ("compliance", False, None, True, "C1"),
        ("compliance", True, None, True, "C1"),
        ("compliance", True, 1, True, "C1"),
        ("compliance", True, 0, False, "O7"),
        ("compliance", False, -1, False, "O7"),
    ],
)
def test_c3_the_gate(message_class: str, opted_out: bool, expires_in: int | None, allowed: bool, rule: str) -> None:
    expires_at = None if expires_in is None else NOW + expires_in
    gate = may_send(message_class, opted_out=opted_out, expires_at=expires_at, now=NOW)
    assert (gate.allowed, gate.rule) == (allowed, rule)
    assert gate.reason.endswith(".")


@given(st.text(), st.booleans(), st.none() | st.integers(0, 2**42), st.integers(0, 2**42))
def test_c3_only_class_compliance_passes_an_opt_out(kind: str, out: bool, expires_at: int | None, now: int) -> None:
    gate = may_send(kind, opted_out=out, expires_at=expires_at, now=now)
    expired = expires_at is not None and now >= expires_at
    asked_for = kind in ("conversational", "informational") and now > 0
    assert gate.allowed is (not expired and (kind == "compliance" or (asked_for and not out)))


def test_o7_a_goodbye_held_up_in_the_queue_is_not_sent_late() -> None:
    verdict = read("STOP")
    on_time = may_send("compliance", opted_out=True, expires_at=verdict.reply_expires_at, now=NOW + 5 * MINUTE - 1)
    late = may_send("compliance", opted_out=True, expires_at=verdict.reply_expires_at, now=NOW + 5 * MINUTE)
    assert on_time.allowed
    assert (late.allowed, late.rule) == (False, "O7")
