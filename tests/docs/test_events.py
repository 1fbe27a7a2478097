"""The page of webhooks lists the kinds of events that there are, in the words of the code."""

from tests.docs.pages import missing, read, table_row
from textback.core.events import KINDS, chosen, is_pattern
from textback.pipeline.happened import _TOLD
from textback.store.events import OF_STATUS, ONCE

PAGE = "docs/how-to/webhooks-out.md"


def test_the_page_has_every_kind() -> None:
    assert missing(PAGE, [table_row(f"`{kind}`", words) for kind, words in KINDS.items()]) == ""
    assert read(PAGE).count("\n| `") == len(KINDS)


def test_whatever_is_written_down_is_a_kind() -> None:
    assert {kind for kind, _ in _TOLD.values()} | set(OF_STATUS.values()) | set(ONCE) <= set(KINDS)


def test_patterns_choose_kinds() -> None:
    assert chosen(["*"]) == set(KINDS) - {"webhook.test"}
    assert chosen(["handoff.*", "message.sent"]) == {
        "handoff.requested", "handoff.idle", "handoff.late", "handoff.moved", "message.sent",
    }  # fmt: skip
    for text in ("", "message", "message.none", "none.*", "*.sent", "MESSAGE.*", "webhook.*"):
        assert not is_pattern(text), text
