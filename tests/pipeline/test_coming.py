"""How a line's webhooks come, in words: what has come, or what is wrong, and what to do next."""

from collections.abc import Mapping

import pytest

from textback.channels.registry import PROVIDERS
from textback.pipeline.coming import VERIFIES, coming
from textback.pipeline.seen import WHAT
from textback.store.line_seen import NOTHING, Refused, Seen, Standing

ADDRESS = "https://texts.example.com/webhooks/shop"


def standing(marks: Mapping[str, int], beside: Standing = NOTHING) -> Standing:
    """A line of which this was seen, at these times, and what was rejected `beside`."""
    return Standing({"shop": {what: Seen(at, at) for what, at in marks.items()}}, beside.refused, {})


def rejected(line: str, reason: str, detail: str, at: int) -> Standing:
    key = ("" if reason == "no_line" else line, reason)
    return Standing(refused={key: Refused(line, detail, at)})


@pytest.mark.parametrize(
    ("marks", "state", "words"),
    [
        ({}, "nothing", "Nothing has come yet."),
        ({"webhook": 5}, "came", "Webhooks come"),
        ({"webhook": 5, "unsigned": 9}, "came", "Webhooks come"),  # strangers may post whatever they like
        ({"unsigned": 5}, "refused", "its signature is not right"),
        ({"unsigned": 5, "malformed": 6}, "refused", "makes no sense"),
        ({"unsigned": 7, "malformed": 6}, "refused", "its signature is not right"),
        ({"wrong_type": 5}, "refused", "docs/how-to/telnyx.md"),
        ({"too_large": 5}, "refused", "too large"),
        ({"stranger": 5, "greeted": 4}, "refused", "verify token"),
        ({"greeted": 5}, "greeted", "has checked the address"),
        ({"wrong_method": 5}, "refused", "POST"),
        ({"wrong_method": 5, "webhook": 4}, "came", "Webhooks come"),
        ({"sent": 5}, "nothing", "Nothing has come yet."),
    ],
    ids=str,
)
def test_the_newest_that_matters_is_said(marks: dict[str, int], state: str, words: str) -> None:
    found = coming("shop", "telnyx", standing(marks), ADDRESS)
    assert found.state == state
    assert words in f"{found.seen} {found.fix}"
    assert (found.fix == "") == (state == "came")


@pytest.mark.parametrize("what", WHAT)
def test_whatever_is_remembered_of_requests_is_said(what: str) -> None:
    assert (coming("shop", "whatsapp", standing({what: 5}), ADDRESS).state == "nothing") == (what == "sent")


def test_what_was_before_does_not_count() -> None:
    assert coming("shop", "telnyx", standing({"webhook": 5, "unsigned": 6}), ADDRESS, since=7).state == "nothing"
    assert coming("shop", "telnyx", standing({"webhook": 5, "unsigned": 8}), ADDRESS, since=7).state == "refused"


def test_what_is_wrong_with_a_signature_is_said() -> None:
    before = rejected("shop", "unsigned", "no signature", 5)
    assert "(no signature)" in coming("shop", "telnyx", standing({"unsigned": 5}, before), ADDRESS).seen
    assert "(no signature)" not in coming("shop", "telnyx", standing({"unsigned": 9}, before), ADDRESS, since=6).seen


def test_a_request_to_another_path_is_named_with_the_right_address() -> None:
    found = coming("shop", "telnyx", rejected("shopp", "no_line", "", 5), ADDRESS)
    assert found.state == "elsewhere"
    assert "/webhooks/shopp" in found.seen
    assert found.fix.endswith(ADDRESS)
    stray = rejected("shopp", "no_line", "", 5)
    assert coming("shop", "telnyx", standing({"unsigned": 5}, stray), ADDRESS).state == "refused"  # ours say more
    assert coming("shop", "telnyx", stray, ADDRESS, since=6).state == "nothing"


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name not in ("simulator", "web")])
def test_each_provider_has_something_to_compare(provider: str) -> None:
    (option,) = [option for option in PROVIDERS[provider].options if option.name in VERIFIES]
    found = coming("shop", provider, standing({"unsigned": 1}), ADDRESS)
    assert option.env in found.fix
    traits = PROVIDERS[provider].traits
    assert traits is not None
    assert (ADDRESS in found.fix) == ("address" in traits.signature)
