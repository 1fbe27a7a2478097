"""The checks on content that `textback check` and the desk show: each with its rule, its level and its place."""

import pytest

from textback.pipeline.wording import checked, leads_to

BOT = "bot: Harbor Cycle Works\n"
FLOW = "flow: hi\nstart: {keywords: [hi]}\nsteps:\n  - say: Hello\n"


def folder(text: str, class_: str = "informational", more: str = "", bot: str = "") -> dict[str, str]:
    template = f"t:\n  class: {class_}\n{more}  text:\n    en: >-\n      {text}\n"
    return {"bot.yml": BOT + bot, "flows/hi.yml": FLOW, "templates/t.yml": template}


OK = "Harbor Cycle Works: "
TABLE = [
    # text, class, more of the template, more of bot.yml, level, words
    ("Your bike is ready.", "informational", "", "", "warning", "(E6)"),
    ("Your bike is ready.", "conversational", "", "", "", ""),
    ("Harbor: your bike is ready.", "informational", "  sender: Harbor\n", "", "", ""),
    ("{{ bot.name }}: your bike is ready.", "informational", "", "", "", ""),
    (OK + "new bikes are here.", "promotional", "", "", "warning", "(O11)"),
    (OK + "new bikes. Reply STOP to opt out.", "promotional", "", "", "", ""),
    (OK + "20% off your tune-up.", "informational", "", "", "warning", "(C2)"),
    (OK + "a coupon waits.", "conversational", "", "", "warning", "(C2)"),
    (OK + "reply 2 to opt out.", "informational", "", "", "error", "(O11)"),
    (OK + "welcome.", "informational", "  use_case: welcome\n", "", "warning", "(K3, K4)"),
    (OK + "beer is in. Reply STOP to opt out.", "promotional", "", "", "error", "(E5)"),
    (OK + "your beer is ready.", "informational", "", "", "warning", "(E5)"),
    (OK + "your beer is ready.", "informational", "", "content: {allow: [alcohol], age_gate: true}\n", "", ""),
    (OK + "your beer is ready.", "informational", "", "content: {allow: [alcohol]}\n", "warning", "age gate"),
    (OK + "your beer is ready.", "informational", "", "content: {ignore: [beer]}\n", "", ""),
    (OK + "the casino run.", "informational", "", "content: {allow: [gambling]}\n", "", ""),
    (OK + "white power now.", "conversational", "", "", "error", "(E5)"),
    (OK + "see bit.ly/x", "informational", "", "", "warning", "(E4)"),
    (OK + "see bit.ly/x", "informational", "", "content: {links: [bit.ly]}\n", "", ""),
    (OK + "see shop.example.org/x", "informational", "", "content: {links: [shop.example.com]}\n", "warning", "(E4)"),
    (OK + "word " * 310, "informational", "", "", "error", "(E3)"),
    (OK + "{Hi|Hello} there", "informational", "", "", "warning", "(E6)"),
]


@pytest.mark.parametrize(("text", "class_", "more", "bot", "level", "words"), TABLE)
def test_a_text_is_judged_by_its_class_and_what_the_business_does(
    text: str, class_: str, more: str, bot: str, level: str, words: str
) -> None:
    _, problems = checked(folder(text, class_, more, bot))
    ruled = [p for p in problems if words in p.message] if words else problems
    if not level:
        assert problems == []
        return
    assert [p.level for p in ruled] == [level], problems
    assert ruled[0].file == "templates/t.yml"
    assert ruled[0].line == (4 if more == "" else 5)
    assert ruled[0].fix


def test_texts_of_flows_are_judged_too_at_their_step() -> None:
    flow = FLOW.replace("Hello", "Reply 3 to stop") + "    class: informational\n"
    _, problems = checked({"bot.yml": BOT, "flows/hi.yml": flow})
    assert [(p.file, p.line, p.level) for p in problems if "(O11)" in p.message] == [("flows/hi.yml", 4, "error")]
    assert [p.line for p in problems if "(E6)" in p.message] == [4]


def test_how_many_parts_a_text_may_have_is_the_workspaces_to_say() -> None:
    files = folder(OK + "word " * 80)
    assert not any("(E3)" in p.message for p in checked(files)[1])
    assert any("(E3)" in p.message for p in checked(files, most_parts=2)[1])


@pytest.mark.parametrize(
    ("target", "hosts", "may"),
    [
        ("https://shop.example.com/a", "", True),
        ("http://shop.example.com", "", True),
        ("https://SHOP.example.com/a", "shop.example.com", True),
        ("https://shop.example.com.evil.example/a", "shop.example.com", False),
        ("https://evil.example/?shop.example.com", "shop.example.com", False),
        ("https://shop.example.com@evil.example/", "shop.example.com", False),
        ("javascript:alert(1)", "", False),
        ("//shop.example.com/a", "", False),
        ("https://[::1", "", False),
        ("", "", False),
    ],
)
def test_where_links_may_lead(target: str, hosts: str, may: bool) -> None:
    bot, _ = checked(folder(OK + "x", bot=f"content: {{links: [{hosts}]}}\n" if hosts else ""))
    assert bot is not None
    assert leads_to(bot, target) is may
