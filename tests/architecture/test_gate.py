"""Nothing is sent without a decision: the gate alone makes decisions and permits, and one place posts, with one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from textback.channels.base import Accepted, Outgoing
from textback.compliance.gate import Ask, Permit, decide_send, permit
from textback.pipeline.posting import post

SOURCE = Path(__file__).parents[2] / "src" / "textback"
NOW = 1_800_000_000_000
GATE = "compliance/gate.py"


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the program, with the file that makes it."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(SOURCE).as_posix(), node


def who_calls(name: str) -> set[str]:
    """The files that call something of this name, however it is reached."""
    return {
        file
        for file, call in calls()
        if (isinstance(call.func, ast.Name) and call.func.id == name)
        or (isinstance(call.func, ast.Attribute) and call.func.attr == name)
    }


def test_only_the_gate_makes_decisions_and_permits() -> None:
    assert who_calls("Decision") == who_calls("Permit") == {GATE}


def test_permits_are_asked_for_only_where_the_gate_has_just_been_asked() -> None:
    assert who_calls("permit") == {"pipeline/turn.py", "pipeline/gating.py"}
    assert who_calls("decide_send") == {"pipeline/gating.py", "cli/policy.py"}


def test_providers_are_handed_texts_in_one_place() -> None:
    sends = set()
    for file, call in calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr == "send":
            of = call.func.value
            name = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
            if "provider" in name:
                sends.add(file)
    assert sends == {"pipeline/posting.py"}
    posts = who_calls("post") & {file for file, _ in calls() if file.startswith("pipeline/")}
    assert posts == {"pipeline/deliver.py", "pipeline/hooks.py"}  # the latter to webhooks, which get no texts


def test_the_outbox_is_filled_only_where_the_gate_was_asked() -> None:
    assert who_calls("add_outbox") == {"pipeline/writes.py"}
    assert {file for file in who_calls("queue_again") if file.startswith("pipeline/")} == {
        "pipeline/dead.py",  # asks the gate
        "pipeline/reconcile.py",  # puts back what was in it: deliver asks before it posts
    }


def test_a_permit_can_not_be_made_by_hand() -> None:
    with pytest.raises(TypeError, match="Only the gate"):
        Permit(object(), "m1", "C1", NOW)


def test_a_refusal_gives_no_permit() -> None:
    refused = decide_send(Ask(message_class="promotional", now=NOW))
    with pytest.raises(TypeError, match="K1"):
        permit(refused, "m1")


async def test_nothing_is_posted_without_a_permit_for_it() -> None:
    class Phone:
        def __init__(self) -> None:
            self.sent: list[str] = []

        async def send(self, outgoing: Outgoing) -> Accepted:
            self.sent.append(outgoing.message_id)
            return Accepted("p")

    phone = Phone()
    leave = permit(decide_send(Ask(message_class="conversational", now=NOW, last_inbound_at=NOW)), "m1")
    await post(phone, Outgoing("m1", "+12065550100", "+12065550123", "Hi"), leave)  # type: ignore[arg-type]
    for wrong in (leave, None, "C1"):
        with pytest.raises(TypeError, match="no permit"):
            await post(phone, Outgoing("m2", "+12065550100", "+12065550123", "Hi"), wrong)  # type: ignore[arg-type]
    assert phone.sent == ["m1"]
