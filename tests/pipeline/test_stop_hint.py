"""How to stop is said at first and at least each month (O11)."""

from tests.engine.talk import BOT, flow
from textback.core.when import DAY
from textback.engine.arrivals import ApiSend
from textback.engine.effects import Send
from textback.engine.load import load_bot
from textback.engine.state import State
from textback.pipeline.decide import Standing, decide

NOW = 1_800_000_000_000
HINT = "Reply STOP to opt out."


def sent(setting: str, *texts: tuple[str, str, int]) -> list[str]:
    """What goes of these texts of a program: words, class, and days after the first."""
    bot = load_bot({"bot.yml": f"{BOT}{setting}\n", "flows/main.yml": flow("- say: Hi.", start="book")}, 1)
    state, said = State(), []
    for n, (words, class_, days) in enumerate(texts):
        arrival = ApiSend("crm", words, f"m{n}", message_class=class_)  # type: ignore[arg-type]
        turn = decide(bot, state, arrival, NOW + days * DAY, Standing(False, {}, NOW), session_id="s")
        state = turn.state
        said += [effect.text for effect in turn.effects if isinstance(effect, Send)]
    return said


def test_o11_it_is_said_at_first_and_again_after_thirty_days() -> None:
    texts = [(f"News {n}.", "informational", days) for n, days in enumerate((0, 1, 29, 30, 31))]
    assert sent("stop_hint: true", *texts) == [
        f"News 0. {HINT}", "News 1.", "News 2.", f"News 3. {HINT}", "News 4.",
    ]  # fmt: skip


def test_o11_a_text_that_says_it_counts_and_answers_never_say_it() -> None:
    said = sent(
        "stop_hint: true", ("Yes.", "conversational", 0), ("Sale! Text STOP to end.", "promotional", 1),
        ("More.", "promotional", 2),
    )  # fmt: skip
    assert said == ["Yes.", "Sale! Text STOP to end.", "More."]


def test_o11_nothing_is_added_unless_bot_yml_asks_for_it() -> None:
    assert sent("", ("News.", "informational", 0)) == ["News."]
