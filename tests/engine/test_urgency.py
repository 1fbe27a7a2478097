"""There is one priority: people, flows and routes set it, and lists, limits and cards go by it."""

import pytest

from tests.pipeline.test_serving import ANA, Desk
from textback.core.when import MINUTE
from textback.engine.arrivals import AgentReply, Complete, HandBack, SetPriority, Takeover
from textback.engine.serving import DUE, HALF, SETTLE


def urgency(desk: Desk) -> str:
    """The priority of the conversation now."""
    return desk.state.priority


def test_a_route_makes_the_conversation_urgent_for_as_long_as_the_hand_over_lasts() -> None:
    desk = Desk(tags=("vip",))
    desk.say()
    assert urgency(desk) == "urgent"
    desk.act(Takeover(*ANA))
    assert urgency(desk) == "urgent"
    desk.act(HandBack(*ANA, "wait"))
    assert urgency(desk) == "normal"
    desk.say()
    assert urgency(desk) == "urgent"
    desk.act(Takeover(*ANA))
    desk.act(Complete(*ANA))
    assert urgency(desk) == "normal"


def test_what_was_urgent_before_stays_so_and_what_a_person_says_counts() -> None:
    desk = Desk()
    desk.say("hello there")
    desk.act(SetPriority(*ANA, "high"))
    desk.state.tags = ["vip"]
    desk.say()
    desk.act(Takeover(*ANA))
    desk.act(HandBack(*ANA, "wait"))
    assert urgency(desk) == "high", "it was high before the route made it urgent"
    desk.say()
    desk.act(SetPriority(*ANA, "normal"))
    assert urgency(desk) == "normal", "a person may say less than the route"
    desk.act(SetPriority(*ANA, "urgent"))
    desk.act(Takeover(*ANA))
    desk.act(HandBack(*ANA, "wait"))
    assert urgency(desk) == "urgent", "they have said so, not the route"


def test_a_route_makes_nothing_less_urgent() -> None:
    desk = Desk()
    desk.say("hello there")
    desk.act(SetPriority(*ANA, "urgent"))
    desk.say()
    assert urgency(desk) == "urgent"
    assert desk.left == {HALF: 1, DUE: 2, SETTLE: 240}, "its limits are those of an urgent one"


@pytest.mark.parametrize(
    ("after", "left"),
    [(0, {HALF: 1, DUE: 2, SETTLE: 240}), (1, {DUE: 1, SETTLE: 239}), (4, {DUE: -2, SETTLE: 236})],
)
def test_who_waits_and_is_made_urgent_has_the_shorter_limit_from_when_they_began_to_wait(
    after: int, left: dict[str, int]
) -> None:
    desk = Desk()
    desk.say()
    desk.now += after * MINUTE
    desk.act(SetPriority(*ANA, "urgent"))
    assert desk.left == left
    desk.wait(DUE)
    assert "limit_passed" in desk.events


def test_who_is_made_less_urgent_has_the_longer_limit_again() -> None:
    desk = Desk(tags=("vip",))
    desk.say()
    desk.now += MINUTE
    desk.act(SetPriority(*ANA, "normal"))
    assert desk.left == {HALF: 4, DUE: 9, SETTLE: 239}


def test_a_limit_that_has_passed_does_not_pass_again() -> None:
    desk = Desk()
    desk.say()
    desk.wait(DUE)
    desk.timers.pop(HALF, None)
    moved = dict(desk.left)
    assert desk.handoff.queue == "office"
    desk.act(SetPriority(*ANA, "urgent"))
    assert (desk.handoff.late, desk.left) == (["first_answer"], moved)


def test_nothing_begins_where_nobody_waits() -> None:
    desk = Desk()
    desk.say()
    desk.act(Takeover(*ANA))
    desk.act(AgentReply(*ANA, "Hello.", "x1"))
    desk.act(SetPriority(*ANA, "urgent"))
    assert set(desk.left) == {SETTLE}


def test_a_hand_over_of_an_older_release_keeps_its_priority() -> None:
    desk = Desk()
    desk.say()
    desk.handoff.priority = "urgent"
    desk.act(Takeover(*ANA))
    assert (desk.state.priority, desk.handoff.priority, desk.handoff.usual) == ("urgent", "", "normal")
