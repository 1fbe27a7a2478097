"""Which of a provider's templates says what we would say: never another text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.core.offer import Offer
from textback.core.provider_templates import MOST_VALUE, Filled, ProviderTemplate, filled


def made(body: str, **more: object) -> ProviderTemplate:
    return ProviderTemplate("visit", "en_US", "APPROVED", "approved", body=body, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "text", "values"),
    [
        ("We close at 6.", "We close at 6.", {}),
        ("We close at 6.", "We close at 7.", None),
        ("Hi {{1}}.", "Hi Ana.", {"1": "Ana"}),
        ("Hi {{name}}, see you {{when}}.", "Hi Ana, see you at 4.", {"name": "Ana", "when": "at 4"}),
        ("Hi {{1}}.", "Hi .", None),
        ("Hi {{1}}.", "Hi  .", None),
        ("Hi {{1}}.", "Hi Ana", None),
        ("Hi {{1}}.", "Ho Ana.", None),
        ("{{1}} and {{2}}", "Ana and Ben and Cy", {"1": "Ana", "2": "Ben and Cy"}),
        ("{{1}}{{2}}", "Ana", {"1": "A", "2": "na"}),
        ("{{1}}, again {{1}}!", "Ana, again Ana!", {"1": "Ana"}),
        ("{{1}}, again {{1}}!", "Ana, again Ben!", None),
        ("{{1}}, {{1}}: {{2}}.", "Ana, Ana: hello.", {"1": "Ana", "2": "hello"}),
        ("Hi {{1}}.", "Hi Ana\nMaria.", None),
        ("Hi {{1}}.", "Hi Ana     Maria.", None),
        ("Hi {{1}}.", f"Hi {'x' * MOST_VALUE}.", {"1": "x" * MOST_VALUE}),
        ("Hi {{1}}.", f"Hi {'x' * (MOST_VALUE + 1)}.", None),
        ("Hi\n{{1}}.", "Hi\nAna.", {"1": "Ana"}),
        ("a.c {{1}}", "abc x", None),
        ("{{HEADER_1}}\nHi {{1}}.", "Ana\nHi Ben.", {"HEADER_1": "Ana", "1": "Ben"}),
        ("{{HEADER_1}}\nHi.", f"{'x' * 60}\nHi.", {"HEADER_1": "x" * 60}),
        ("{{HEADER_1}}\nHi.", f"{'x' * 61}\nHi.", None),
        ("Hi.\nSee: x/{{LINK_0}}", "Hi.\nSee: x/a?b=1", {"LINK_0": "a?b=1"}),
        ("Hi.\nSee: x/{{LINK_0}}", "Hi.\nSee: x/a b", None),
        ("Hi.\nSee: x/{{LINK_0}}", "Hi.\nSee: x/é", None),
        ("Hi.\nCode: {{CODE_0}}", "Hi.\nCode: 25OFF", {"CODE_0": "25OFF"}),
        ("Hi.\nCode: {{CODE_0}}", "Hi.\nCode: 25-OFF", None),
    ],
)
def test_a_template_is_taken_only_where_it_reads_the_same(body: str, text: str, values: dict[str, str] | None) -> None:
    found = filled([made(body)], text)
    assert (None if found is None else dict(found.values)) == values


_words = st.text(st.sampled_from("ab .{}1\n"), max_size=6)


@given(st.lists(st.tuples(_words, st.sampled_from("1234")), max_size=5), _words, _words)
def test_what_is_put_together_again_is_the_text(pairs: list[tuple[str, str]], end: str, text: str) -> None:
    body = "".join(f"{words}{{{{{name}}}}}" for words, name in pairs) + end
    given_text = "".join(f"{words}v{name}" for words, name in pairs) + end
    for said in (text, given_text):
        found = filled([made(body)], said)
        if found is None:
            continue
        shown = body.strip()
        for name, value in found.values:
            assert value.strip()
            shown = shown.replace(f"{{{{{name}}}}}", f"\0{value}\0")
        assert shown.replace("\0", "") == said.strip()


@pytest.mark.parametrize(
    ("template", "found"),
    [
        (made("Hi."), True),
        (made("Hi.", unfit="A button of it needs values."), False),
        (ProviderTemplate("visit", "en", "PAUSED", "paused", body="Hi."), False),
        (ProviderTemplate("visit", "en", "PENDING", "pending", body="Hi."), False),
        (made("Hi.", header="image"), False),
    ],
)
def test_only_what_is_approved_and_whole_can_be_sent(template: ProviderTemplate, found: bool) -> None:
    assert (filled([template], "Hi.") is not None) is found


def test_a_file_needs_a_template_that_begins_with_one() -> None:
    assert filled([made("Hi."), made("Hi.", header="image")], "Hi.", media=1) == Filled("visit", "en_US", (), "image")
    assert filled([made("Hi.", header="image")], "Hi.", media=2) is None


def test_the_first_language_that_says_it_is_taken() -> None:
    spanish = ProviderTemplate("visit", "es", "APPROVED", "approved", body="Hola {{1}}.")
    found = filled([made("Hi {{1}}."), spanish], "Hola Ana.")
    assert found is not None
    assert found.language == "es"


def test_quick_replies_of_the_template_stand_for_the_words_that_offer_them() -> None:
    offer = Offer(("Yes", "No"), "Reply Yes or No.")
    text = f"Will you come? {offer.tail}"
    assert filled([made("Will you come?", buttons=("Yes", "No", "Later"))], text, offer) is not None
    assert filled([made("Will you come?", buttons=("Yes",))], text, offer) is None
    assert filled([made(text)], text, offer) is not None
