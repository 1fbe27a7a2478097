"""A draft is tried in memory: its actions are only played, and the conversation goes on."""

from tests.engine.talk import BOT, flow
from textback.engine.effects import Perform
from textback.engine.load import load_bot
from textback.web.flowtry import Said, play
from textback.web.simulator import effect_words

STEPS = """
- ask: day
  text: Which day?
  check: {call: free, say: Taken.}
- call: book
  with: {day: "{{ day }}"}
  save: booking
  on_error: {say: It failed.}
- say: "Booked {{ day }}{{ booking.ref }}."
"""
ACTIONS = "actions: {free: {http: 'https://example.com'}, book: {http: 'https://example.com', result: {ref: id}}}\n"


def test_actions_are_played_and_shown() -> None:
    bot = load_bot({"bot.yml": BOT + ACTIONS, "flows/main.yml": flow(STEPS)})
    talk = play(bot, [Said("text", "go", 1), Said("text", "friday", 2)])
    assert [one.text for one in talk.bubbles if one.side == "biz"] == ["Which day?", "Booked friday."]
    assert talk.last is not None
    asked = [effect for effect in talk.last.effects if isinstance(effect, Perform)]
    assert [one.action for one in asked] == ["free", "book"]
    assert effect_words({"type": "perform", "action": "free"}, "", "UTC", 0) == ("Action", "free is asked")
