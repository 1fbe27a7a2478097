"""Named messages: how they are read, what they need to be sent, and the files that they are written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.engine.arrivals import ApiSend, Message
from textback.engine.effects import Send
from textback.engine.load import check_bot, load_bot
from textback.engine.named import TYPES, BadValue, preview, write_out
from textback.engine.named_files import Unwritable, definitions, digest_of, placed
from textback.engine.state import State
from textback.engine.step import step

BOT = "bot: Harbor Cycle Works\nlocales: [en, es]\n"
FLOW = """\
flow: ready
start: {keywords: [ready]}
vars: {name: text, at: time}
steps:
  - say: {template: ready}
"""
READY = """\
ready:
  class: informational
  sender: Harbor
  use_case: appointment
  variables:
    name: text
    at: {type: time, sample: "16:00"}
    note: {type: text, required: false}
  media: [https://example.com/bike.jpg]
  quick: [Yes, No]
  text:
    en: "Harbor: {{ name }}, it is ready at {{ at }}. {{ note }}"
    es: "Harbor: {{ name }}, esta listo a las {{ at }}. {{ note }}"
"""


def folder(templates: str = READY, flow: str = FLOW, bot: str = BOT) -> dict[str, str]:
    return {"bot.yml": bot, "flows/ready.yml": flow, "templates/ready.yml": templates}


def test_a_template_brings_its_class_its_pictures_and_its_quick_replies() -> None:
    flow = FLOW.replace("steps:", "steps:\n  - set: {name: Ana, at: '16:00'}")
    bot = load_bot(folder(flow=flow))
    turn = step(bot, State(), Message("+12065550123", "+12065550100", "ready", "1"), 1, session_id="s")
    (sent,) = [effect for effect in turn.effects if isinstance(effect, Send)]
    assert sent.text.startswith("Harbor: Ana, it is ready at 4:00 PM.")
    assert "Yes" in sent.text
    assert "No" in sent.text
    assert sent.message_class == "informational"
    assert [one.url for one in sent.media] == ["https://example.com/bike.jpg"]


def test_a_variable_without_a_value_stops_it_and_the_record_says_which() -> None:
    flow = FLOW.replace("steps:", "steps:\n  - set: {name: Ana}")
    turn = step(load_bot(folder(flow=flow)), State(), Message("+1", "+1", "ready", "1"), 1, session_id="s")
    (failed,) = [event for event in turn.events if event.kind == "turn_failed"]
    assert "needs at" in failed.data["error"]
    assert not any(isinstance(one, Send) and "ready at" in one.text for one in turn.effects)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("name: text", "name: colour"), "no type 'colour' of variable"),
        (("{{ name }}", "{{ nam }}"), "reads 'nam', which is not one of its variables"),
        (('sample: "16:00"', "sample: noon"), "sample of 'at' must be"),
        (("class: informational", "class: compliance"), "class can't be 'compliance'"),
        (("use_case: appointment", "use_case: spam"), "use_case can't be 'spam'"),
        (("[https://example.com/bike.jpg]", "[http://example.com/bike.jpg]"), "https:// address"),
        (("    name: text", "    contact: text"), "A variable can't be called 'contact'"),
        (("{{ note }}", "{{ note }}{{ unused }}"), "'unused'"),
    ],
)
def test_what_is_wrong_with_a_template_is_said_with_its_line(change: tuple[str, str], words: str) -> None:
    problems = check_bot(folder(READY.replace(*change), FLOW))
    found = [p for p in problems if p.level == "error" and words in p.message]
    assert found, problems
    assert found[0].file == "templates/ready.yml"
    assert found[0].line > 1


def test_the_flow_must_set_what_a_template_needs() -> None:
    assert check_bot(folder()) == []  # a note may be left out
    (problem,) = check_bot(folder(flow=FLOW.replace(", at: time", "")))
    assert (problem.file, problem.line, problem.level) == ("flows/ready.yml", 5, "error")
    assert "'at'" in problem.message


VALUES = {
    "text": (["Ana", "x" * 300], ["x" * 301]),
    "number": (["12", "-3.5"], ["1e9", "twelve", ""]),
    "date": (["2026-03-03"], ["2026-13-03", "3 March"]),
    "time": (["16:00", "00:00"], ["24:00", "4pm"]),
    "datetime": (["2026-03-03T16:00"], ["2026-03-03", "2026-03-03T25:00"]),
    "phone": (["+12065550123"], ["2065550123"]),
    "url": (["https://example.com/a?b=c"], ["javascript:alert(1)", "https://a b"]),
    "code": (["AB12-CD", "482913"], ["a b", "x" * 41]),
}


@pytest.mark.parametrize("type_", TYPES)
def test_a_variable_takes_what_its_type_says_and_its_sample_is_one(type_: str) -> None:
    text = f"t:\n  class: conversational\n  variables: {{v: {type_}}}\n  text: 'It is {{{{ v }}}}'\n"
    bot = load_bot(folder(text, FLOW.replace("{template: ready}", "Hello")))
    template = bot.templates["t"]
    assert preview(bot, template, "en").text.startswith("It is ")
    good, bad = VALUES[type_]
    for value in good:
        write_out(bot, template, {"v": value}, "en")
    for value in bad:
        with pytest.raises(BadValue) as raised:
            write_out(bot, template, {"v": value}, "en")
        assert raised.value.name == "v"


def test_the_api_sends_in_the_contacts_language_and_what_can_not_be_written_out_is_recorded() -> None:
    bot = load_bot(folder(flow=FLOW))
    spanish = State(fields={"locale": "es"})
    arrival = ApiSend("till", "", "m1", template="ready", variables={"name": "Ana", "at": "16:00"})
    (sent,) = step(bot, spanish, arrival, 1, session_id="s").effects
    assert isinstance(sent, Send)
    assert (sent.text[:40], sent.message_class, sent.author) == (
        "Harbor: Ana, esta listo a las 16:00. Res", "informational", "api",
    )  # fmt: skip
    for broken in (ApiSend("till", "", "m1", template="gone"), ApiSend("till", "", "m1", template="ready")):
        turn = step(bot, spanish, broken, 1, session_id="s")
        assert turn.effects == []
        assert [(event.kind, event.data["message"]) for event in turn.events] == [("send_refused", "m1")]


LINKS = [
    ('link("https://shop.example.com/pay")', "https://shop.example.com/pay"),
    ('link("https://shop.example.com/?n=" ~ name)', "https://shop.example.com/?n=Ana%20%3Cb%3E"),
    ("link('http://shop.example.com:8080/a' ~ '/b')", "http://shop.example.com:8080/a/b"),
]
NO_LINKS = [
    "link(name)", 'link(name ~ "https://a.example.com/")', 'link("https://" ~ name)',
    'link("https://a.example.com" ~ name)',
    'link("javascript:alert(1)")', 'link("//a.example.com/")', "link()", 'link("https://a.example.com/", name)',
    'link("https://a.example.com@b.example.com/")', 'link(url="https://a.example.com/")',
    'name.link("https://a.example.com/")',
    'link("https://a.example.com/" if name else name)', "(link)(name)",
]  # fmt: skip


def linked(call: str) -> dict[str, str]:
    head = "t:\n  class: conversational\n  variables: {name: text}\n  text: >-\n    See "
    return folder(f"{head}{{{{ {call} }}}} {{{{ name }}}}\n")


@pytest.mark.parametrize(("call", "target"), LINKS)
def test_a_link_is_noted_and_what_values_bring_can_not_leave_it(call: str, target: str) -> None:
    bot = load_bot(linked(call) | {"flows/ready.yml": FLOW.replace("{template: ready}", "Hello")})
    written = write_out(bot, bot.templates["t"], {"name": "Ana <b>"}, "en")
    assert written.links == (target,)
    assert f"See {target} " in written.text


@pytest.mark.parametrize("call", NO_LINKS)
def test_no_value_chooses_where_a_link_leads(call: str) -> None:
    problems = check_bot(linked(call) | {"flows/ready.yml": FLOW.replace("{template: ready}", "Hello")})
    assert any(p.level == "error" and p.file == "templates/ready.yml" for p in problems), problems


FILE = """\
# What we send when a bike is ready.
ready:
  class: informational   # never sales
  text: Harbor. It is ready.

# Agreed with the lawyer.
late:
  class: conversational
  text: We are late.
"""


def test_only_the_message_that_changes_is_written_anew() -> None:
    files = {"templates/a.yml": FILE}
    path, text = placed(files, "ready", {"class": "conversational", "text": "Harbor: here it is.\nCome by."})
    assert path == "templates/a.yml"
    assert text.startswith("# What we send when a bike is ready.\nready:\n  class: conversational\n  text: |-\n")
    assert text.endswith(FILE[FILE.index("\n# Agreed") :])
    _, without = placed(files, "ready", None)
    assert set(definitions({"templates/a.yml": without})) == {"late"}
    path, text = placed(files, "new", {"class": "conversational", "text": "yes"})
    assert path == "templates/messages.yml"
    assert definitions({path: text})["new"].body == {"class": "conversational", "text": "yes"}


@pytest.mark.parametrize("text", ["{a: {class: conversational, text: x}, b: {class: conversational, text: y}}\n",
                                  "a: &a {class: conversational, text: x}\nb: *a\n"])  # fmt: skip
def test_what_is_written_in_another_way_is_left_to_people(text: str) -> None:
    with pytest.raises(Unwritable):
        placed({"templates/a.yml": text}, "a", {"class": "promotional", "text": "z"})


BODIES = st.fixed_dictionaries(
    {"class": st.just("conversational"), "text": st.dictionaries(st.sampled_from(["en", "es"]), st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1), min_size=1)}
)  # fmt: skip


@given(BODIES, st.sampled_from(["ready", "late", "fresh"]))
def test_whatever_is_written_reads_back_the_same_and_its_digest_with_it(body: dict[str, object], name: str) -> None:
    path, text = placed({"templates/a.yml": FILE}, name, body)
    files = {"templates/a.yml": FILE, path: text}
    found = definitions(files)[name]
    assert (found.body, found.digest) == (body, digest_of(body))
    assert digest_of(dict(reversed(body.items()))) == found.digest
