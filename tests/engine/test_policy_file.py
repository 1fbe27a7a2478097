"""policy.yml and the registration of lines: what is read, and what is wrong with a file, line and fix."""

import pytest

from tests.engine.talk import BOT, flow
from textback.core.overrides import Overrides, PlaceHours
from textback.core.registration import Registration
from textback.engine.load import check_bot, load_bot

FLOW = flow("- say: Hi.")


def files(policy: str | None = None, bot: str = BOT) -> dict[str, str]:
    found = {"bot.yml": bot, "flows/main.yml": FLOW}
    return found if policy is None else {**found, "policy.yml": policy}


def problems(policy: str) -> list[tuple[int, str, str]]:
    found = [one for one in check_bot(files(policy)) if one.file == "policy.yml"]
    assert all(one.level == "error" and one.fix for one in found)
    return [(one.line, one.message, one.fix) for one in found]


def test_a_bot_without_policy_yml_goes_by_the_tables() -> None:
    assert load_bot(files()).policy == Overrides()


def test_everything_that_may_be_said() -> None:
    policy = """
quiet_hours: by_state
hours: {mon-sat: "9:00-20:00"}
states:
  TX: {hours: {mon-fri: "9-20"}, holidays: US, promotional_per_day: 2}
countries:
  GB: {hours: {sun: "10:00-12:00"}}
closed: [2026-12-24]
serves: [America/New_York, America/Chicago]
promotional_per_day: 2
hold_hours: 12
conversational_hours: 48
informational: {proof: ledger, quiet_hours: true}
api: {class: promotional}
"""
    day = (540, 1200)
    assert check_bot(files(policy)) == check_bot(files())
    assert load_bot(files(policy)).policy == Overrides(
        preset="by_state",
        week=(day, day, day, day, day, day, None),
        states=(PlaceHours("TX", (day, day, day, day, day, None, None), "US", 2),),
        countries=(PlaceHours("GB", (None, None, None, None, None, None, (600, 720))),),
        closed=("2026-12-24",),
        serves=("America/New_York", "America/Chicago"),
        promotional_per_day=2,
        hold_hours=12,
        conversational_hours=48,
        proof="ledger",
        informational_hours=True,
        unlabelled="promotional",
    )


@pytest.mark.parametrize(
    ("policy", "line", "message"),
    [
        ("quiet_hours: never", 1, "quiet_hours can't be 'never'."),
        ("\nquite_hours: default", 2, "policy.yml has no key 'quite_hours'."),
        ("hours: {mon: '20:00-9:00'}", 1, "A day has one span here, which ends by midnight."),
        ("hours: {mon: ['9-12', '13-20']}", 1, "A day has one span here, which ends by midnight."),
        ("hours: {mon: closed}", 1, "On no day may anything go."),
        ("hours: {mon: 9}", 1, "'9' is no span of time."),
        ("states: [TX]", 1, "Each state must be named by its two letters."),
        ("states: {Texas: {hours: {mon: '9-20'}}}", 1, "There is no state 'Texas'."),
        ("states:\n  TX: {holidays: US}", 2, "The state TX has no hours."),
        ("states: {TX: {hours: {mon: '9-20'}, holidays: MARS}}", 1, "holidays can't be 'MARS'."),
        ("closed: [tomorrow]", 1, "'tomorrow' is no date."),
        ("serves: [Mars/Olympus]", 1, "There is no time zone 'Mars/Olympus'."),
        ("promotional_per_day: 500", 1, "promotional_per_day must be a whole number from 0 to 50."),
        ("hold_hours: 0", 1, "hold_hours must be a whole number from 1 to 336."),
        ("informational: {proof: none}", 1, "proof can't be 'none'."),
        ("informational: {quiet_hours: perhaps}", 1, "quiet_hours must be true or false."),
        ("api: {class: compliance}", 1, "class can't be 'compliance'."),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_a_fix(policy: str, line: int, message: str) -> None:
    (found,) = [one for one in problems(policy) if one[1] == message]
    assert found[0] == line


@pytest.mark.parametrize("policy", ["- a", "just words", "quiet_hours: [default]", "hours: 9", "a: b: c", ""])
def test_a_file_of_another_shape_is_a_problem_not_a_crash(policy: str) -> None:
    assert problems(policy)


LINE = "lines:\n  main:\n    provider: telnyx\n    number: '+12065550100'\n"


def test_a_line_says_how_it_is_registered() -> None:
    bot = f"{BOT}\n{LINE}    registration: {{status: verified, kind: 10dlc, campaign: C1, use_case: mixed}}\n"
    (line,) = load_bot(files(bot=bot)).lines
    assert line.registration == Registration("verified", "10dlc", "", "C1", "mixed")
    assert line.options == {}
    assert [one.message for one in check_bot(files(bot=bot)) if "registered" in one.message] == []


def test_a_line_of_which_nobody_says_so_is_worth_a_warning() -> None:
    (found,) = [one for one in check_bot(files(bot=f"{BOT}\n{LINE}")) if "registered" in one.message]
    assert (found.level, found.message) == (
        "warning",
        "Nobody has said how the line 'main' is registered with the carriers.",
    )
    assert load_bot(files(bot=f"{BOT}\n{LINE}")).lines[0].registration == Registration()
    simulated = LINE.replace("telnyx", "simulator")
    assert [one for one in check_bot(files(bot=f"{BOT}\n{simulated}")) if "registered" in one.message] == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("{status: perhaps}", "status can't be 'perhaps'."),
        ("{kind: 10dlc}", "The registration of line 'main' has no status."),
        ("{status: verified, colour: red}", "The registration of line 'main' has no key 'colour'."),
        ("verified", "The registration of line 'main' must have keys and values."),
        ("", "The registration of line 'main' says nothing."),
    ],
)
def test_a_registration_that_makes_no_sense_is_refused(given: str, message: str) -> None:
    found = check_bot(files(bot=f"{BOT}\n{LINE}    registration: {given}\n"))
    assert message in [one.message for one in found if one.level == "error"]
