"""What follows from the ledger: by when things happened, not by when they came (K5 to K9, O6, O8)."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textback.compliance.agreement import agreed
from textback.compliance.ledger import OWN, Entry, LedgerStanding, fold, happened

TYPES = ("opt_in", "confirm", "opt_out", "re_opt_in", "import", "expire")
METHODS = ("web", "keyword", "voice", "paper", "api", "import", "provider", "person", "")
ANY = settings(deadline=None, max_examples=100)
_ids = itertools.count(1)


def entry(type_: str, at: int, method: str = "keyword", **more: object) -> Entry:
    given_: dict[str, object] = {"programme": "offers", "message_class": "promotional", **more}
    return Entry(f"e{next(_ids):06}", type_, at, method=method, **given_)  # type: ignore[arg-type]


def state(standing: LedgerStanding, programme: str = "offers") -> str:
    return next((one.state for one in standing.agreements if one.programme == programme), "")


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Entries of one contact with times that repeat, cross and lie anywhere."""
    size = draw(st.integers(0, 10))
    return [
        Entry(
            f"e{n}",
            draw(st.sampled_from(TYPES)),
            draw(st.integers(0, 12)),
            draw(st.sampled_from(["phone", "phone", "email"])),
            draw(st.sampled_from(["", "offers", "news"])),
            draw(st.sampled_from(["informational", "promotional"])),
            draw(st.sampled_from(METHODS)),
            pending_until=draw(st.none() | st.integers(0, 14)),
            proven=draw(st.booleans()),
        )
        for n in range(size)
    ]


@ANY
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_come_and_how_often_is_of_no_matter(history: list[Entry], chance: object) -> None:
    again = [*history, *history[: len(history) // 2]]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert fold(again) == fold(history)


@ANY
@given(histories())
def test_only_the_contact_lifts_a_suppression(history: list[Entry]) -> None:
    stands = fold(history)
    for family in ("phone", "email"):
        outs = [(one.occurred_at, one.id) for one in history if one.type == "opt_out" and one.family == family]
        theirs = [one for one in history if one.type == "re_opt_in" and one.family == family and one.method in OWN]
        lifted = bool(outs) and any((one.occurred_at, one.id) > max(outs) for one in theirs)
        assert stands.suppressed(family) == (bool(outs) and not lifted)


@ANY
@given(histories())
def test_nobody_who_is_suppressed_has_agreed_to_anything(history: list[Entry]) -> None:
    stands = fold(history)
    for one in stands.agreements:
        assert not (stands.suppressed(one.family) and one.state in ("agreed", "pending", "unproven"))


@ANY
@given(histories())
def test_consent_never_comes_from_nothing(history: list[Entry]) -> None:
    for one in fold(history).agreements:
        if one.state == "agreed":
            (cause,) = [entry_ for entry_ in history if entry_.id == one.event_id]
            assert (cause.family, cause.programme, cause.message_class) == (
                one.family, one.programme, one.message_class,
            )  # fmt: skip
            whole = cause.type == "opt_in" and cause.pending_until is None
            assert whole or (cause.type == "import" and cause.proven) or cause.type == "confirm"


def test_start_brings_back_what_was_and_no_more() -> None:
    before = [entry("opt_in", 1), entry("opt_in", 2, programme="news", pending_until=99), entry("opt_out", 3)]
    stands = fold(before)
    assert (state(stands), state(stands, "news"), stands.suppressed("phone")) == ("revoked", "revoked", True)
    after = fold([*before, entry("import", 4, "import", programme="club", proven=True), entry("re_opt_in", 5)])
    assert (state(after), state(after, "news"), state(after, "club")) == ("agreed", "revoked", "")
    (offers,) = [one for one in after.agreements if one.programme == "offers"]
    assert offers.since == 1  # it is the consent that they gave, with its evidence


def test_d4_start_does_not_bring_back_what_somebody_else_agreed_to() -> None:
    out = entry("opt_out", 2, rule="D4")
    after = fold([entry("opt_in", 1), out, entry("re_opt_in", 3)])
    assert (state(after), after.suppressed("phone")) == ("revoked", False)


@pytest.mark.parametrize("method", ["import", "api", "person", "web", "voice", "paper"])
def test_no_import_program_or_person_opts_somebody_in_again(method: str) -> None:
    out = [entry("opt_in", 1), entry("opt_out", 2)]
    assert fold([*out, entry("re_opt_in", 3, method)]).suppressed("phone")
    assert fold([*out, entry("opt_in", 3, method)]).suppressed("phone")


@pytest.mark.parametrize(
    ("answers", "now"),
    [
        ([], "pending"),
        ([("confirm", 9, "keyword")], "agreed"),
        ([("confirm", 10, "keyword")], "pending"),
        ([("confirm", 9, "web")], "pending"),
        ([("expire", 10, "")], "revoked"),
        ([("expire", 9, "")], "pending"),
        ([("expire", 10, ""), ("confirm", 9, "keyword")], "agreed"),
    ],
)
def test_a_form_counts_once_they_have_answered_in_time(answers: list[tuple[str, int, str]], now: str) -> None:
    asked = entry("opt_in", 1, "web", pending_until=10)
    assert state(fold([asked, *[entry(type_, at, method) for type_, at, method in answers]])) == now


def test_an_import_without_evidence_is_a_claim() -> None:
    assert state(fold([entry("import", 1, "import")])) == "unproven"
    assert state(fold([entry("import", 1, "import", proven=True)])) == "agreed"
    assert state(fold([entry("opt_in", 1), entry("import", 2, "import")])) == "agreed"


def test_an_opt_out_is_wider_than_any_consent_of_its_family() -> None:
    kept = entry("opt_in", 1, family="email")
    stands = fold([kept, entry("opt_in", 1), entry("opt_in", 2, programme="news"), entry("opt_out", 3, programme="x")])
    assert [one.state for one in stands.agreements] == ["agreed", "revoked", "revoked"]
    assert agreed(stands.agreements, "email", "promotional", "offers", now=4) is not None


def test_what_is_said_to_happen_later_happened_now() -> None:
    assert happened(5, 5) == (5, None)
    assert happened(4, 5) == (4, None)
    assert happened(6, 5) == (5, 6)


def test_k6_consent_to_one_channel_is_none_to_another_and_an_opt_out_ends_both() -> None:
    asked, whatsapp = entry("opt_in", 1), entry("opt_in", 2, family="whatsapp")
    only = fold([whatsapp]).agreements
    assert agreed(only, "whatsapp", "promotional", "offers", now=4) is not None
    assert agreed(only, "phone", "promotional", "offers", now=4) is None
    for family in ("phone", "whatsapp"):
        stop = entry("opt_out", 3, family=family)
        stands = fold([asked, whatsapp, stop])
        assert [one.state for one in stands.agreements] == ["revoked", "revoked"]
        assert stands.suppressed("phone")
        assert stands.suppressed("whatsapp")
        assert not stands.suppressed("email")
        back = fold([asked, whatsapp, stop, entry("re_opt_in", 4)])
        assert [(one.family, one.state) for one in back.agreements] == [("phone", "agreed"), ("whatsapp", "agreed")]
        assert not back.suppressions


def test_a_yes_on_another_channel_confirms_only_what_was_asked_for() -> None:
    asked = entry("opt_in", 1, pending_until=100)
    stands = fold([asked, entry("confirm", 2, family="whatsapp")])
    assert [(one.family, one.state) for one in stands.agreements] == [("phone", "agreed")]
    both = [asked, entry("opt_in", 1, family="whatsapp", pending_until=100), entry("confirm", 2, family="whatsapp")]
    assert [(one.family, one.state) for one in fold(both).agreements] == [("phone", "pending"), ("whatsapp", "agreed")]
