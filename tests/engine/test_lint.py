"""What `textback check` warns of: each with its place, what is unwise, and what to do."""

import pytest

from tests.engine.talk import BOT, flow, folder
from textback.engine.load import BotError, Problem, check_bot, load_bot

BILINGUAL = BOT + "locales: [en, es]\nhandoff: {text: {en: Somebody will come., es: Ya viene alguien.}}\n"


def warned(steps: str, bot: str = BOT, **others: str) -> list[tuple[str, str, str]]:
    """The warnings about these steps, which stand on lines 4 and on in column 3: place, message, fix."""
    problems = check_bot(folder(steps, bot, **others))
    assert [one for one in problems if one.level == "error"] == []
    return [(f"{one.file}:{one.line}:{one.column}", one.message, one.fix) for one in problems]


def only(problems: list[Problem]) -> Problem:
    [found] = problems
    return found


def test_a_good_flow_is_not_warned_of() -> None:
    assert warned("- ask: name\n  text: Who is this?\n- say: Hello {{ name }}, reply STOP to stop.") == []


# Languages


def test_a_text_that_lacks_one_of_the_languages() -> None:
    steps = "- say: {en: Hello., es: Hola.}\n- say: {en: We are closed.}"
    assert warned(steps, BILINGUAL) == [
        ("flows/main.yml:5:10", "This text is not there in es.", "Write it as {en: ..., es: ...}.")
    ]


def test_a_text_written_once_in_a_bot_that_writes_them_twice() -> None:
    closed = "- say: {en: Hello there., es: Muy buenas.}\n- say: We are closed."
    assert [place for place, _, _ in warned(closed, BILINGUAL)] == ["flows/main.yml:5:10"]


@pytest.mark.parametrize("text", ["Brompton", "12", "'{{ contact.name }}'", "{en-US: Hello., es: Hola.}"])
def test_a_name_or_a_number_needs_no_translation(text: str) -> None:
    bot = BILINGUAL.replace("[en, es]", "[en, es, en-US]")
    assert [
        m for _, m, _ in warned(f"- say: {{en: Hello there., es: Muy buenas.}}\n- say: {text}", bot) if "es." in m
    ] == []


# Size


def test_a_text_of_too_many_segments() -> None:
    steps = f"- say: {'word ' * 100}"
    assert warned(steps) == [
        (
            "flows/main.yml:4:10",
            "This text may take 4 segments in en, 499 characters.",
            "Shorten it to 459, or make two texts of it.",
        )
    ]
    assert check_bot(folder(steps), most_segments=4) == []


def test_what_stands_for_values_counts_and_of_an_if_the_longest_way() -> None:
    near = "word " * 89  # 444 of 459 characters
    assert warned(f"- say: {near}") == []
    assert len(warned(f"- say: '{near}{{{{ contact.name }}}}'")) == 1
    short = f"- say: '{{% if contact.a %}}{'word ' * 50}{{% else %}}{'word ' * 60}{{% endif %}}'"
    assert warned(short) == []


def test_the_menu_of_a_question_counts() -> None:
    ask = f"- ask: x\n  text: {'word ' * 85}now?\n  choices: {{a: A long label, b: Another long label}}\n- say: Fine."
    assert [place for place, _, _ in warned(ask)] == ["flows/main.yml:5:11"]


def test_one_character_that_makes_a_text_dearer_is_named_with_its_replacement() -> None:
    steps = "- say: We’ll see you at the shop on Friday at four, and if it rains we have coffee inside."
    assert warned(steps) == [
        (
            "flows/main.yml:4:10",
            "’ (RIGHT SINGLE QUOTATION MARK) makes this 2 segments instead of 1 in en.",
            "Write ’ as '.",
        )
    ]
    assert warned("- say: We’ll see you.") == []  # dearer is what counts


def test_an_emoji_has_no_replacement() -> None:
    steps = f"- say: {'word ' * 20}😀"
    [(_, message, fix)] = warned(steps)
    assert (message, fix) == ("😀 (GRINNING FACE) makes this 2 segments instead of 1 in en.", "Leave it out.")


def test_e2_a_text_whose_part_ends_within_an_emoji() -> None:
    def torn(text: str) -> list[tuple[str, str]]:
        return [(message, fix) for _, message, fix in warned(f"- say: '{text}'") if "(E2)" in message]

    fix = "Write a few characters more or less before it, or leave it out."
    assert torn(f"{'中' * 65}🇫🇷中中中中") == [("The end of a segment tears 🇫🇷 apart (E2).", fix)]
    assert torn(f"{'中' * 60}🇫🇷{'中' * 20}") == []
    assert torn(f"{'中' * 65}🇫🇷{{{{ contact.name }}}}") == []  # nobody knows how long that is


def test_an_accent_is_replaced_by_its_letter() -> None:
    [(_, _, fix)] = warned(f"- say: {'palabra ' * 9}según")
    assert fix == "Write ú as u."


# What is said


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Our SALE ends on Friday.", "sale"),
        ("20% off all tyres", "0% off"),
        ("Here is your coupon.", "coupon"),
        ("Última oportunidad: 2 horas.", "ultima oportunidad"),
    ],
)
def test_words_of_sales_need_a_class(text: str, word: str) -> None:
    [(place, message, fix)] = warned(f"- say: '{text}'")
    assert place == "flows/main.yml:4:10"
    assert message == f"{word!r} is a word of sales, and this text is conversational (C2)."
    assert "class: promotional" in fix
    assert warned(f"- say: '{text}'\n  class: promotional") == []


def test_the_class_of_the_innermost_step_counts() -> None:
    steps = (
        "- ask: x\n  text: A or b?\n  expire: {after: 1d, then: [{say: Buy now!, class: promotional}]}\n- say: Fine."
    )
    assert warned(steps) == []
    assert len(warned(steps.replace(", class: promotional", ""))) == 1


@pytest.mark.parametrize(
    "text", ["Are you free on Friday?", "The wholesale office is closed.", "Thanks for your order."]
)
def test_words_that_only_look_like_sales(text: str) -> None:
    assert warned(f"- say: {text}") == []


@pytest.mark.parametrize("link", ["https://bit.ly/3xYz", "tinyurl.com/bike", "http://www.bit.ly/a", "HTTPS://T.CO/x"])
def test_links_of_public_shorteners(link: str) -> None:
    [(place, message, fix)] = warned(f"- say: See {link} for more.")
    assert (place, fix) == ("flows/main.yml:4:10", "Link to your own domain.")
    assert "a public shortener (E4)" in message


@pytest.mark.parametrize("link", ["https://example.com/bit.ly", "https://habit.ly/x", "ana@bit.ly", "https://at.co/x"])
def test_other_links(link: str) -> None:
    assert warned(f"- say: See {link} for more.") == []


def test_a_variable_in_single_braces() -> None:
    [(place, message, fix)] = warned("- ask: name\n  text: Who?\n- say: Hello {name}.")
    assert (place, message, fix) == ("flows/main.yml:6:10", "'{name}' is sent as it stands.", "Write {{ name }}.")


def test_a_question_with_two_questions() -> None:
    [(place, message, _)] = warned("- ask: x\n  text: Which bike? And which day?\n- say: Fine.")
    assert (place, message) == ("flows/main.yml:5:11", "This question asks two things.")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Text BOOKING for a visit.", "BOOKING"),
        ("Reply GO, or MENU for more.", "MENU"),
        ("Escriba PRECIO para saberlo.", "PRECIO"),
        ('Send "HOURS" for our times.', "HOURS"),
        ("Hello. Reply with the word NEWS", "NEWS"),
    ],
)
def test_a_word_that_nothing_hears(text: str, word: str) -> None:
    [(place, message, _)] = warned(f"- say: '{text}'")
    assert (place, message) == ("flows/main.yml:4:10", f"This tells people to send {word}, which nothing hears.")


@pytest.mark.parametrize(
    "text",
    [
        "Reply GO to begin again.",
        "Reply STOP to stop, HELP for help, or PERSON.",
        "Reply YES or NO.",
        "Text REPAIR and we begin.",
        "Reply soon. OK?",
        "Send your VIN to us.",
        "Text GO LEFT or GO RIGHT.",
    ],
)
def test_words_that_something_hears(text: str) -> None:
    steps = f"- ask: x\n  text: What?\n  choices: {{repair: Repair, other: Other}}\n- say: {text}"
    assert warned(steps) == []


def test_an_open_question_hears_every_word() -> None:
    assert warned("- ask: x\n  text: Which colour is it? Reply RED or GREY.\n- say: Fine.") == []


# Ways through a flow


def test_a_question_after_which_nothing_is_said() -> None:
    [(place, message, _)] = warned("- say: Hi.\n- ask: x\n  text: Which one?\n- end")
    assert (place, message) == ("flows/main.yml:5:5", "This is a dead end: after the answer nothing is said.")


def test_steps_that_go_round_for_ever_are_an_error() -> None:
    files = folder("- id: a\n  say: Hi.\n- id: b\n  say: Ho.\n- goto: a")
    problem = only([one for one in check_bot(files) if one.level == "error"])
    assert (problem.line, problem.message) == (4, "From here the flow goes round for ever.")
    with pytest.raises(BotError):
        load_bot(files)


def test_steps_that_may_go_round_are_a_warning_and_a_question_on_the_way_is_right() -> None:
    steps = "- id: a\n  say: Hi.\n- goto: a\n  if: contact.again\n- say: Bye."
    [(place, message, _)] = warned(steps)
    assert place == "flows/main.yml:4:5"
    assert message.startswith("From here the flow may go round without asking")
    assert warned(steps.replace("say: Hi.", "ask: x\n  text: Hi?")) == []


def test_a_ring_through_a_branch_is_found() -> None:
    steps = "- id: a\n  say: Hi.\n- branch:\n    - if: contact.x\n      then: {goto: a}\n    - else: {goto: a}"
    files = folder(steps)
    assert [one.message for one in check_bot(files)] == ["From here the flow goes round for ever."]


# Flows beside each other


def intents(*examples: str) -> str:
    return flow("- say: Ho.", start="ho", name="other").replace(
        "start: {keywords: [ho]}", f"start: {{keywords: [ho], intent: {{examples: [{', '.join(examples)}]}}}}"
    )


def overlaps(mine: list[str], theirs: list[str]) -> list[tuple[str, int, str]]:
    files = {
        "bot.yml": BOT,
        "flows/a.yml": intents(*theirs),
        "flows/b.yml": intents(*mine).replace("flow: other", "flow: mine").replace("[ho]", "[go]"),
    }
    found = [one for one in check_bot(files) if one.level == "warning"]
    return [(one.file, one.line, one.message) for one in found]


def test_an_example_of_two_flows() -> None:
    assert overlaps(["fix my bike"], ["Fix my bike!"]) == [
        ("flows/b.yml", 2, "This also starts the flow 'other' (flows/a.yml:2).")
    ]


def test_an_example_that_is_anothers_keyword() -> None:
    assert overlaps(["Ho"], ["something else"]) == [
        ("flows/b.yml", 2, "This also starts the flow 'other' (flows/a.yml:2).")
    ]


def test_examples_that_are_nearly_the_same() -> None:
    [(_, _, message)] = overlaps(["can you fix my bike"], ["can you fix my bikes"])
    assert message.startswith("This is nearly the same as an example of the flow")
    assert overlaps(["can you fix my bike"], ["what does a repair cost"]) == []


def test_an_example_that_a_flow_has_twice() -> None:
    [(_, _, message)] = overlaps(["fix my bike", "Fix my bike."], ["open hours today"])
    assert message == "This example is here twice; the first is on line 2."


# Large files


def test_very_many_examples_are_checked() -> None:
    many = [f"this is example number {number}" for number in range(6_000)]
    assert overlaps(many[:3_000], many[3_000:]) == []
    assert len(overlaps(many, many[:1])) == 1


def test_a_flow_of_ten_thousand_lines_is_checked() -> None:
    steps = "".join(f"- id: s{n}\n  goto: s{n + 1}\n" for n in range(5_000)) + "- id: s5000\n  say: Hi.\n- goto: s0"
    problem = only(check_bot(folder(steps)))
    assert (problem.line, problem.message) == (4, "From here the flow goes round for ever.")
