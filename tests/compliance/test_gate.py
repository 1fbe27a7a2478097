"""The gate: its order, each class, each refusal, and when what waits may go (C1 to C4, D1, K6, Q1 to Q4, N2)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.compliance.agreement import Agreement, AgreementState
from textback.compliance.gate import DEFAULT, Ask, Decision, Step, decide_send
from textback.compliance.hours import Clock, Hours, next_open, shut_at
from textback.compliance.places import place_of
from textback.compliance.policy import policy_of
from textback.core.overrides import PRESETS, Overrides, PlaceHours
from textback.core.promise import Promise
from textback.core.registration import Registration
from textback.core.when import DAY, HOUR, MINUTE, to_datetime, to_ms

SEATTLE = "America/Los_Angeles"
ANA = "+12065550123"


def at(text: str, zone: str = SEATTLE) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


NOON = at("2026-06-10T12:00")  # a Wednesday


def agreement(kind: str = "promotional", state: AgreementState = "agreed", **more: Any) -> Agreement:
    return Agreement("phone", more.pop("programme", ""), kind, state, 1, "e1", **more)


def ask(kind: str = "promotional", now: int = NOON, **more: Any) -> Decision:
    given = {"to": ANA, "agreements": [agreement(kind)], "author": "api", **more}
    return decide_send(Ask(message_class=kind, now=now, **given))


def said(decision: Decision) -> tuple[str, str]:
    return decision.outcome, decision.rule


# Order (C3)


def test_c3_each_question_comes_before_the_next() -> None:
    """Everything is wrong at once; put right one by one, the next one is what stops it."""
    wrong: dict[str, Any] = {
        "opted_out": True,
        "agreements": [],
        "registration": Registration("suspended", use_case="customer_care"),
        "now": at("2026-06-10T23:00"),
        "sent": [at("2026-06-10T09:00")] * 3,
    }
    mended: list[tuple[str, dict[str, Any]]] = [
        ("O6", {"opted_out": False}),
        ("K1", {"agreements": [agreement()]}),
        ("N2", {"registration": Registration("verified", use_case="customer_care")}),
        ("N2", {"registration": Registration("verified", use_case="marketing")}),
        ("Q1", {"now": NOON, "sent": [NOON - HOUR] * 3}),
        ("Q3", {"sent": [NOON - HOUR] * 2}),
    ]
    for rule, change in mended:
        assert ask(**wrong).rule == rule
        wrong |= change
    assert said(ask(**wrong)) == ("go", "C3")


def test_the_trace_has_every_question_up_to_the_one_that_decides() -> None:
    steps: list[Step] = []
    decide_send(Ask(message_class="promotional", now=NOON, to=ANA, agreements=[agreement()]), steps)
    assert [step.name for step in steps] == ["suppression", "consent", "registration", "quiet hours", "caps", "content"]
    steps = []
    decide_send(Ask(message_class="promotional", now=NOON, opted_out=True), steps)
    assert [step.name for step in steps] == ["suppression"]


# Classes


def test_c1_a_class_that_nobody_knows_is_promotional() -> None:
    assert ask("news", agreements=[]).rule == "K1"
    assert ask("news", agreements=[agreement("promotional")]).judged == "promotional"
    assert ask("", now=at("2026-06-10T23:00"), agreements=[agreement()]).outcome == "hold"


@pytest.mark.parametrize("ago", [0, HOUR, DAY - 1])
@pytest.mark.parametrize("author", ["bot", "person", "api"])
def test_c2_an_answer_goes_at_any_hour(ago: int, author: str) -> None:
    """C4: quiet hours are not for answers."""
    night = at("2026-06-10T03:00")
    gate = ask("conversational", night, author=author, last_inbound_at=night - ago, agreements=[])
    assert (said(gate), gate.judged) == (("go", "C2"), "conversational")


@pytest.mark.parametrize("waits", [False, True])
def test_c2_a_day_later_only_a_person_answers_what_waits_for_one(waits: bool) -> None:
    late: dict[str, Any] = {"last_inbound_at": NOON - 3 * DAY, "waits": waits, "agreements": []}
    assert ask("conversational", author="person", **late).rule == ("C2" if waits else "C3")
    assert ask("conversational", author="bot", **late).judged == "informational"


def test_c2_what_is_no_answer_needs_the_consent_of_an_informational_text() -> None:
    ledger = policy_of(Overrides(proof="ledger"))
    late: dict[str, Any] = {"last_inbound_at": NOON - DAY, "author": "person", "agreements": []}
    assert said(ask("conversational", policy=ledger, **late)) == ("refuse", "C2")
    late["agreements"] = [agreement("informational")]
    gate = ask("conversational", policy=ledger, **late)
    assert (said(gate), gate.basis, gate.event_id) == (("go", "C3"), "agreement", "e1")


def test_c2_the_window_is_the_operators() -> None:
    short = policy_of(Overrides(conversational_hours=1))
    assert ask("conversational", last_inbound_at=NOON - HOUR + 1, policy=short).rule == "C2"
    assert ask("conversational", last_inbound_at=NOON - HOUR, policy=short).judged == "informational"


# Consent (K1 to K9)


@pytest.mark.parametrize(
    ("kind", "agreements", "rule"),
    [
        ("promotional", [], "K1"),
        ("promotional", [agreement("informational")], "K1"),
        ("promotional", [agreement(state="pending")], "K5"),
        ("promotional", [agreement(state="unproven")], "K9"),
        ("promotional", [agreement(state="revoked")], "K1"),
        ("promotional", [agreement(expires_at=NOON)], "K1"),
        ("promotional", [agreement(programme="spring")], "K1"),
        ("informational", [agreement("informational", "revoked")], "K7"),
        ("informational", [agreement("informational", "unproven")], "K9"),
        ("informational", [agreement("informational", "pending")], "K5"),
    ],
)
def test_k6_consent_is_for_its_scope_and_never_wider(kind: str, agreements: list[Agreement], rule: str) -> None:
    assert said(ask(kind, agreements=agreements)) == ("refuse", rule)


@pytest.mark.parametrize(
    ("registry", "to", "aloud", "rule"),
    [
        ("", ANA, ["e1"], "C3"),
        ("listed", ANA, [], "C3"),
        ("listed", ANA, ["e1"], "D1"),
        ("listed", "+447700900123", ["e1"], "D1"),
        ("old", ANA, [], "C3"),
        ("old", ANA, ["e1"], "D1"),
        ("old", "+447700900123", ["e1"], "C3"),
    ],
)
def test_d1_who_is_on_the_registry_must_have_agreed_in_writing(
    registry: str, to: str, aloud: list[str], rule: str
) -> None:
    assert ask(registry=registry, to=to, aloud=aloud).rule == rule
    assert ask("informational", registry=registry, to=to, aloud=aloud).rule == "C3"


def test_d1_one_agreement_in_writing_is_enough() -> None:
    both = [agreement(), Agreement("phone", "spring", "promotional", "agreed", 1, "e2")]
    assert ask(agreements=both, aloud=["e1"], registry="listed").rule == "D1"
    assert ask(agreements=both, aloud=["e1"], registry="listed", programme="spring").rule == "C3"


@pytest.mark.parametrize(
    ("known", "basis"),
    [
        ({"agreements": [agreement("promotional")], "author": "bot"}, "agreement"),
        ({"agreements": [agreement("informational")], "author": "bot"}, "agreement"),
        ({"wrote": True, "author": "bot", "agreements": []}, "their text"),
        ({"author": "api", "agreements": []}, "a program"),
        ({"author": "person", "agreements": []}, "a person"),
    ],
)
def test_an_informational_text_needs_express_consent(known: dict[str, Any], basis: str) -> None:
    gate = ask("informational", **known)
    assert (said(gate), gate.basis) == (("go", "C3"), basis)
    strict = ask("informational", policy=policy_of(Overrides(proof="ledger")), **known)
    assert strict.outcome == ("go" if basis == "agreement" else "refuse")


def test_the_bot_alone_does_not_vouch_for_anybody() -> None:
    assert said(ask("informational", author="bot", agreements=[])) == ("refuse", "K6")


def test_k7_who_took_it_back_gets_none_though_they_wrote_once() -> None:
    gate = ask("informational", wrote=True, agreements=[agreement("informational", "revoked")])
    assert said(gate) == ("refuse", "K7")


# Registration (N1, N2)


@pytest.mark.parametrize(
    ("status", "to", "outcome"),
    [
        ("", ANA, "go"), ("verified", ANA, "go"), ("dormant", ANA, "go"), ("pending", ANA, "refuse"),
        ("rejected", ANA, "refuse"), ("suspended", ANA, "refuse"), ("none", ANA, "refuse"),
        ("suspended", "+14165550123", "go"), ("suspended", "+442079460123", "go"),
        ("suspended", "+18005550123", "refuse"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["conversational", "informational"])
def test_n2_a_line_that_is_not_registered_sends_nothing_to_the_united_states(
    status: str, to: str, outcome: str, kind: str
) -> None:
    gate = ask(kind, to=to, registration=Registration(status), last_inbound_at=NOON)
    assert gate.outcome == outcome
    if outcome == "refuse":
        assert (gate.rule, gate.status) == ("N2", "blocked")
        assert gate.reason.count(".") >= 2  # what is wrong, and what to do


def test_n2_the_answers_to_stop_and_help_go_on_any_line() -> None:
    assert ask("compliance", registration=Registration("suspended")).outcome == "go"


def test_n2_a_use_case_says_what_a_line_may_send() -> None:
    for use_case, outcome in (("marketing", "go"), ("", "go"), ("customer_care", "refuse")):
        assert ask(registration=Registration("verified", use_case=use_case)).outcome == outcome
    assert ask("informational", registration=Registration("verified", use_case="customer_care")).outcome == "go"


# Caps (Q3)


def test_q3_the_fourth_in_a_day_waits_until_the_first_is_a_day_old() -> None:
    first = NOON - 20 * HOUR
    gate = ask(sent=[first, NOON - HOUR, NOON - 2 * HOUR])
    assert (said(gate), gate.until) == (("hold", "Q3"), first + DAY)
    assert ask(now=first + DAY, sent=[first, NOON - HOUR, NOON - 2 * HOUR]).outcome == "go"


def test_q3_what_the_cap_lets_go_at_night_waits_for_the_morning() -> None:
    first = at("2026-06-09T21:00")
    gate = ask(sent=[first, NOON - HOUR, NOON])
    assert (said(gate), gate.until) == (("hold", "Q3"), at("2026-06-11T08:00"))


def test_q3_a_states_own_cap_holds_where_the_operator_allows_more() -> None:
    lavish = policy_of(Overrides(promotional_per_day=10))
    sent = [NOON - HOUR] * 3
    assert ask(sent=sent, policy=lavish).outcome == "go"
    assert ask(to="+13055550123", sent=sent, policy=lavish).rule == "Q3"  # Florida
    assert ask(sent=sent, region="FL", policy=lavish).rule == "Q3"
    assert ask(to="+18005550123", sent=sent, policy=lavish).rule == "Q3"  # may be in Florida


def test_q3_none_at_all() -> None:
    assert ask(policy=policy_of(Overrides(promotional_per_day=0))).outcome != "go"


FOUR = Promise(4, "month")
PROMISED: dict[str, Any] = {"promise": FOUR, "programme": "offers", "home_zone": SEATTLE}


def test_q3_what_is_above_the_promised_frequency_waits_until_the_period_allows_it() -> None:
    went = [at("2026-05-10T15:00"), at("2026-05-20T12:00"), at("2026-05-30T12:00"), at("2026-06-05T12:00")]
    gate = ask(of_programme=went, **PROMISED)
    assert (said(gate), gate.until) == (("hold", "Q3"), at("2026-06-10T15:00"))
    assert gate.reason == "They have had as many texts of offers as they were promised: 4 a month."
    assert ask(of_programme=went[1:], **PROMISED).outcome == "go"
    assert ask(now=at("2026-06-10T15:00"), of_programme=went, **PROMISED).outcome == "go"
    assert ask(of_programme=went, **PROMISED | {"promise": None}).outcome == "go"
    assert ask(of_programme=[*went, NOON + HOUR], **PROMISED).until == gate.until  # of a clock that was ahead


def test_q3_the_promise_and_the_night_must_both_allow_it() -> None:
    went = [at("2026-05-10T21:00"), *[NOON - 2 * DAY] * 3]
    assert ask(of_programme=went, **PROMISED).until == at("2026-06-11T08:00")
    night = ask(now=at("2026-06-10T20:30"), of_programme=went, **PROMISED)
    assert (said(night), night.until) == (("hold", "Q1"), at("2026-06-11T08:00"))


def test_q3_what_would_wait_for_the_promise_for_too_long_is_refused_with_the_reason() -> None:
    for now in (NOON, at("2026-06-10T23:00")):
        gate = ask(now=now, of_programme=[NOON - 2 * DAY] * 4, **PROMISED)
        assert said(gate) == ("refuse", "Q4")
        assert gate.reason.startswith("They have had as many texts of offers as they were promised: 4 a month.")


def test_q3_informational_texts_keep_a_promise_only_where_limits_hold_for_them() -> None:
    went = [at("2026-05-10T15:00"), *[NOON - 2 * DAY] * 3]
    limited = {**PROMISED, "policy": policy_of(Overrides(informational_hours=True)), "of_programme": went}
    assert ask("informational", **PROMISED, of_programme=went).outcome == "go"
    assert said(ask("informational", **limited)) == ("hold", "Q3")
    assert ask("informational", **limited | {"programme": ""}).outcome == "go"  # it is no programme that recurs


def test_caps_are_for_promotional_texts_alone() -> None:
    assert ask("informational", sent=[NOON] * 9).outcome == "go"


# Hours (Q1, Q2, Q4)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-06-10T07:59", "2026-06-10T08:00"),
        ("2026-06-10T08:00", None),
        ("2026-06-10T19:54", None),
        ("2026-06-10T19:55", "2026-06-11T08:00"),  # the margin of five minutes
        ("2026-06-10T20:00", "2026-06-11T08:00"),
        ("2026-03-07T21:00", "2026-03-08T08:00"),  # the clock goes forward that night
        ("2026-10-31T21:00", "2026-11-01T08:00"),  # and back
    ],
)
def test_q1_windows_are_half_open_with_a_margin(now: str, until: str | None) -> None:
    gate = ask(now=at(now))
    assert said(gate) == (("go", "C3") if until is None else ("hold", "Q1"))
    if until is not None:
        assert gate.until == at(until)


def test_q1_jitter_spreads_what_was_held_and_stays_inside() -> None:
    night = at("2026-06-10T21:00")
    opens = at("2026-06-11T08:00")
    assert [ask(now=night, jitter=jitter).until - opens for jitter in (0.0, 0.5, 1.0)] == [0, 5 * MINUTE, 10 * MINUTE]
    narrow = policy_of(Overrides(week=((480, 488),) * 7))  # three minutes, without the margin
    assert ask(now=night, jitter=1.0, policy=narrow).until == opens


def test_q4_what_would_wait_for_longer_than_it_is_of_use_is_not_sent() -> None:
    sunday = policy_of(Overrides(week=(None,) * 6 + ((600, 720),)))
    gate = ask(policy=sunday)
    assert (said(gate), gate.status) == (("refuse", "Q4"), "expired")
    patient = policy_of(Overrides(week=(None,) * 6 + ((600, 720),), hold_hours=24 * 7))
    gate = ask(policy=patient)
    assert (said(gate), gate.expires_at) == (("hold", "Q1"), NOON + 7 * DAY)
    assert ask(policy=patient, queued_at=NOON - 6 * DAY).rule == "Q4"
    assert ask(policy=patient, expires_at=NOON + HOUR).rule == "Q4"


def test_q2_what_they_say_of_their_zone_wins() -> None:
    evening = at("2026-06-10T18:00")  # 21:00 in New York
    assert ask(now=evening).outcome == "go"
    gate = ask(now=evening, zone="America/New_York")
    assert gate.outcome == "hold"
    assert gate.place is not None
    assert gate.place.source == "contact"


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+18505550123", {"America/New_York", "America/Chicago"}),  # the Florida panhandle
        ("+12085550123", {"America/Boise", "America/Denver", "America/Los_Angeles"}),  # Idaho
    ],
)
def test_q2_all_candidate_zones_must_allow(number: str, zones: set[str]) -> None:
    assert set(place_of(number).zones) == zones
    east = at("2026-06-10T08:00", "America/Denver" if "America/Boise" in zones else "America/New_York")
    gate = ask(now=east, to=number)
    assert (gate.outcome, gate.until) == ("hold", east + HOUR)


@pytest.mark.parametrize("number", ["+18005550123", "+19995550123"])
def test_q2_a_number_that_tells_nothing_must_be_allowed_in_every_zone_that_is_served(number: str) -> None:
    assert ask(now=at("2026-06-10T10:59"), to=number).until == at("2026-06-10T11:00")  # 8:00 in Honolulu
    assert ask(now=at("2026-06-10T16:54"), to=number).outcome == "go"  # 19:54 in New York
    assert ask(now=at("2026-06-10T16:55"), to=number).outcome == "hold"
    local = policy_of(Overrides(serves=(SEATTLE,)))
    assert ask(now=at("2026-06-10T08:00"), to=number, policy=local).outcome == "go"


def test_q2_the_stricter_of_the_states_of_number_and_address() -> None:
    by_state = policy_of(Overrides(preset="by_state"))
    nine = at("2026-06-10T09:30", "America/New_York")
    assert ask(now=nine, to="+12025550123", policy=by_state).outcome == "go"
    assert ask(now=nine, to="+12025550123", region="KY", zone="America/New_York", policy=by_state).outcome == "hold"
    assert ask(now=nine, to="+15025550123", region="DC", zone="America/New_York", policy=by_state).outcome == "hold"


def test_informational_texts_have_quiet_hours_where_the_operator_says_so() -> None:
    night = at("2026-06-10T23:00")
    assert ask("informational", night).outcome == "go"
    assert ask("informational", night, policy=policy_of(Overrides(informational_hours=True))).rule == "Q1"


def test_an_operator_puts_states_countries_and_days_in_their_place() -> None:
    own = policy_of(
        Overrides(
            states=(PlaceHours("WA", ((600, 660),) * 7),),
            countries=(PlaceHours("GB", ((0, 1440),) * 7),),
            closed=("2026-06-11",),
        )
    )
    assert ask(now=at("2026-06-10T09:00"), policy=own).until == at("2026-06-10T10:00")
    assert ask(now=at("2026-06-10T03:00", "Europe/London"), to="+442079460123", policy=own).outcome == "go"
    assert ask(now=at("2026-06-10T11:00"), policy=own, queued_at=NOON + DAY).until == at("2026-06-12T10:00")


MOMENTS = st.integers(at("2024-01-01T00:00"), at("2030-01-01T00:00"))
NUMBERS = st.sampled_from(
    [
        ANA,
        "+18005550123",
        "+18505550123",
        "+14015550123",
        "+12055550123",
        "+33612345678",
        "+442079460123",
        "+99912345678",
    ]
)


@given(MOMENTS, NUMBERS, st.sampled_from(PRESETS), st.floats(0, 1))
def test_what_is_held_may_go_then_and_never_earlier(now: int, number: str, preset: str, jitter: float) -> None:
    policy = policy_of(Overrides(preset=preset, hold_hours=24 * 14))
    gate = ask(now=now, to=number, policy=policy, jitter=jitter)
    assert gate.outcome in ("go", "hold")
    if gate.outcome == "hold":
        assert gate.until > now
        assert ask(now=gate.until, to=number, policy=policy).outcome == "go"
        first = ask(now=now, to=number, policy=policy).until
        assert first <= gate.until <= first + policy.jitter
        assert ask(now=first - 1, to=number, policy=policy).outcome == "hold"


SPANS = st.tuples(st.integers(0, 1430), st.integers(1, 1440)).filter(lambda span: span[1] - span[0] > 6)
ZONES = st.sampled_from(
    [SEATTLE, "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia", "Asia/Kolkata"]
)


@given(MOMENTS, st.lists(st.tuples(ZONES, st.lists(SPANS | st.none(), min_size=7, max_size=7)), min_size=1, max_size=3))
def test_next_open_is_open_and_not_before(now: int, given_: list[tuple[str, list[tuple[int, int] | None]]]) -> None:
    clocks = [Clock(zone, (Hours("x", tuple(week)),)) for zone, week in given_]
    found = next_open(clocks, now, 5)
    if found is None:
        return
    assert found >= now
    assert all(shut_at(clock, found, 5) is None for clock in clocks)


def test_the_default_policy_is_the_seed_rule() -> None:
    assert (DEFAULT.name, DEFAULT.us.week, DEFAULT.per_day, DEFAULT.window) == ("default", ((480, 1200),) * 7, 3, DAY)
    assert to_datetime(ask(now=at("2026-11-22T07:30")).until, SEATTLE).hour == 8
