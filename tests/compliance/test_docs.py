"""The pages about keywords and consent say what the code does, word for word and rule for rule."""

import re
from collections.abc import Mapping
from itertools import product
from typing import Any, get_args

from tests.docs.pages import blocks, read, table_row
from textback.channels import telnyx, twilio
from textback.compliance.agreement import Agreement
from textback.compliance.consent import CONFIRM_WITHIN, Brand, consider, goodbye, help_reply, welcome_back
from textback.compliance.detect import keyword, normalise
from textback.compliance.gate import Ask, decide_send
from textback.compliance.keywords import LISTS, Kind
from textback.core.messages import MessageClass
from textback.core.when import DAY, HOUR, MINUTE

KEYWORDS = "docs/reference/keywords.md"
CONSENT = "docs/reference/consent.md"
KINDS = get_args(Kind)
BRAND = Brand("Example Dental", "(206) 555-0100", "hello@example.com", "Up to 4 messages a month")
NOW = 1_800_043_200_000  # noon in Seattle
WORDS = {"go": "goes", "hold": "waits", "refuse": "stopped"}


def table(page: str, heading: str) -> list[str]:
    """The rows of the one table under a heading, without its head."""
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", read(page), re.MULTILINE | re.DOTALL)
    assert match is not None, f"{page} has no heading {heading!r}"
    return [line for line in match.group(1).splitlines() if line.startswith("|")][2:]


def code_words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def quoted(words: Mapping[str, frozenset[str]], kind: str) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words.get(kind, ()))) or "none"


def test_the_lists_in_the_page_are_those_in_the_code() -> None:
    rows = [table_row(e.kind, e.source, e.as_of, ", ".join(f"`{word}`" for word in e.words)) for e in LISTS]
    assert table(KEYWORDS, "Words by source") == rows


def test_the_words_by_language_are_all_words_and_no_others() -> None:
    told: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for row in table(KEYWORDS, "Words by language"):
        kind, _language, words = cells(row)
        told[kind] |= {normalise(word) for word in code_words(words)}
    assert told == {kind: {normalise(w) for e in LISTS if e.kind == kind for w in e.words} for kind in KINDS}


def test_the_words_that_providers_answer_are_those_of_the_channels() -> None:
    owners = {
        "Telnyx": telnyx.KEYWORDS,
        "Twilio, local number": twilio._keywords_of("+12065550123"),
        "Twilio, toll-free number": twilio._keywords_of("+18005550123"),
        "Twilio, short code": twilio._keywords_of("12345"),
    }
    kinds = ("stop", "start", "help")
    rows = [table_row(name, *(quoted(words, kind) for kind in kinds)) for name, words in owners.items()]
    assert table(KEYWORDS, "Words that a provider answers") == rows


def test_the_examples_that_count_count() -> None:
    rows = table(KEYWORDS, "What still counts as the word")
    assert len(rows) >= 5
    for row in rows:
        _what, examples, word = cells(row)
        read_as = {example: keyword(example.replace("⏎", "\n")) for example in code_words(examples)}
        assert {example: found and f"`{found.word}`" for example, found in read_as.items()} == dict.fromkeys(
            read_as, word
        )


def test_the_examples_that_do_not_count_do_not() -> None:
    (line,) = re.findall(r"^Not keywords: (.*?)\n\n", read(KEYWORDS), re.MULTILINE | re.DOTALL)
    examples = code_words(line)
    assert len(examples) >= 5
    assert [example for example in examples if keyword(example)] == []


def verdict_rows() -> list[str]:
    """Every situation that a consent word can come in, and what the code makes of it."""
    rows = []
    words = {"STOP": "stop", "START": "start", "YES": "yes", "HELP": "help"}
    for text, opted_out, owner in product(words, (False, True), ("app", "list", "flag")):
        if text == "YES" and owner == "flag":
            continue
        kind = "start" if text == "YES" else words[text]
        verdict = consider(
            text,
            flagged=kind if owner == "flag" else None,
            opted_out=opted_out,
            provider_keywords={kind: frozenset({text})} if owner == "list" else {},
            brand=BRAND,
            received_at=NOW,
            now=NOW,
        )
        action = {"none": "nothing, the bot reads it", "opt_out": "opt-out", "opt_in": "opt-in", "help": "help"}
        answers = {"app": "nobody", "list": "the provider, by its list", "flag": "the provider, by its flag"}
        before = "opted out" if opted_out else "subscribed"
        said = "" if verdict.action == "none" else ("yes" if verdict.reply else "no")
        rows.append(table_row(text, before, answers[owner], action[verdict.action], said, verdict.rule))
    return rows


def gate_rows() -> list[str]:
    """Each class, to somebody of each kind; then each class when it is late."""
    rows = []
    people: dict[str, dict[str, Any]] = {
        "texted an hour ago": {"last_inbound_at": NOW - HOUR},
        "texted three days ago": {"last_inbound_at": NOW - 3 * DAY},
        "never texted": {},
        "agreed to such texts": {},
        "opted out": {"opted_out": True, "last_inbound_at": NOW},
    }
    for kind, (who, known) in product(get_args(MessageClass), people.items()):
        scope = "promotional" if kind == "promotional" else "informational"
        agreed = [Agreement("phone", "", scope, "agreed", 1, "e1")] if who.startswith("agreed") else []
        gate = decide_send(Ask(message_class=kind, now=NOW, to="+12065550123", agreements=agreed, **known))
        rows.append(table_row(f"`{kind}`", who, "no", WORDS[gate.outcome], gate.rule))
    for kind in get_args(MessageClass):
        gate = decide_send(Ask(message_class=kind, now=NOW, expires_at=NOW, last_inbound_at=NOW))
        rows.append(table_row(f"`{kind}`", "texted an hour ago", "yes", WORDS[gate.outcome], gate.rule))
    return rows


def test_the_table_of_incoming_words_is_what_the_code_does() -> None:
    assert table(CONSENT, "What a consent word does") == verdict_rows()


def test_the_table_of_outgoing_classes_is_what_the_gate_does() -> None:
    assert table(CONSENT, "What may be sent") == gate_rows()


def test_every_rule_that_the_code_can_give_is_explained_and_no_other() -> None:
    given = {cells(row)[-1] for row in verdict_rows() + gate_rows()} - {""} | {
        "D1",
        "D4",
        "V2",
        "K5",
        "K7",
        "K9",
        "N1",
        "N2",
        "Q1",
        "Q3",
        "W1",
    }
    assert {cells(row)[0] for row in table(CONSENT, "The rules")} == given


def test_the_replies_in_the_page_are_those_that_go_out() -> None:
    assert blocks(read(CONSENT), "text") == [goodbye(BRAND), welcome_back(BRAND), help_reply(BRAND)]


def test_the_page_states_the_time_that_a_goodbye_has() -> None:
    (minutes,) = set(re.findall(r"within (\w+) minutes", read(CONSENT)))
    assert {"five": 5}[minutes] * MINUTE == CONFIRM_WITHIN
