"""Who has a conversation: taking it, giving it away, asking for it, keeping it, giving it back, and notes."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest

from tests.web.conftest import Browser, Site
from textback.core.when import MINUTE

TAB = "0123456789abcdef"


@pytest.fixture
def ada(site: Site) -> Browser:
    return site.person("agent", "Ada Park")


@pytest.fixture
def bo(site: Site) -> Browser:
    return site.person("agent", "Bo Lind")


def thread(person: Browser, contact: str) -> str:
    return unescape(person.get(f"/c/{contact}?view=all").text)


def owner(site: Site, contact: str) -> tuple[str, str]:
    found = site.rows("SELECT owner_kind, owner_id FROM conversations WHERE contact_id = :c", c=contact)[0]
    return found.owner_kind, found.owner_id


def sent(site: Site, contact: str) -> list[str]:
    return [message.text for message in site.messages(contact) if message.author == "person"]


def test_of_two_who_take_it_at_once_one_has_it_and_the_other_reads_who_was_faster(
    site: Site, ada: Browser, bo: Browser
) -> None:
    contact = site.waiting()
    with ThreadPoolExecutor() as both:
        answers = list(both.map(lambda person: person.submit(f"/c/{contact}/take"), (ada, bo)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    won = ada if answers[0].status_code == 303 else bo
    lost = unescape(next(answer.text for answer in answers if answer.status_code == 409))
    assert owner(site, contact) == ("person", won.user_id)
    assert re.search(rf"{won.name} took this \d s ago", lost)


def test_taking_it_by_force_is_from_whom_the_page_showed(site: Site, ada: Browser, bo: Browser) -> None:
    contact, cleo = site.waiting(), site.person("agent", "Cleo Ray")
    ada.submit(f"/c/{contact}/take")
    bo.submit(f"/c/{contact}/take", force="1")
    late = cleo.submit(f"/c/{contact}/take", force="1", **{"from": ada.user_id})
    assert late.status_code == 409
    assert owner(site, contact) == ("person", bo.user_id)


def test_whoever_does_not_have_it_sends_nothing(site: Site, ada: Browser, bo: Browser) -> None:
    contact = site.waiting()
    ada.submit(f"/c/{contact}/take")
    refused = bo.submit(f"/c/{contact}/reply", text="Me too.")
    assert refused.status_code == 409
    assert "Me too." in refused.text, "what they wrote is kept"
    assert sent(site, contact) == []


@pytest.mark.parametrize("people", [1, 2])
def test_of_two_answers_at_the_same_moment_exactly_one_goes(site: Site, ada: Browser, bo: Browser, people: int) -> None:
    contact = site.waiting()
    pairs = [(ada, "One."), (ada if people == 1 else bo, "Two.")]
    with ThreadPoolExecutor() as both:
        answers = list(both.map(lambda one: one[0].submit(f"/c/{contact}/reply", text=one[1], after=""), pairs))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(sent(site, contact)) == 1
    lost = next(text for (_, text), answer in zip(pairs, answers, strict=True) if answer.status_code == 409)
    assert lost not in sent(site, contact)


def test_a_second_tab_sends_once_it_has_shown_what_went(site: Site, ada: Browser) -> None:
    contact = site.waiting()
    ada.submit(f"/c/{contact}/reply", text="One.", after="")
    second = ada.submit(f"/c/{contact}/reply", text="Two.", after="")
    assert "You have answered from another page since" in second.text
    seen = re.findall(r'name="after" value="([0-9a-f]*)"', second.text)[0]
    assert ada.submit(f"/c/{contact}/reply", text="Two.", after=seen).status_code == 303
    assert sent(site, contact) == ["One.", "Two."]


def test_a_colleague_is_given_it_and_finds_it_among_theirs(site: Site, ada: Browser, bo: Browser) -> None:
    contact = site.waiting()
    ada.submit(f"/c/{contact}/take")
    assert ada.submit(f"/c/{contact}/assign", to=f"user:{bo.user_id}").status_code == 303
    assert owner(site, contact) == ("person", bo.user_id)
    assert contact in bo.get("/desk/mine").text
    assert "Ada Park gave it to you" in thread(bo, contact)
    assert "You gave it to Bo Lind" in thread(ada, contact)
    assert site.rows("SELECT 1 FROM audit WHERE action = 'assign' AND subject = :c", c=contact)


def test_an_agent_does_not_give_away_what_a_colleague_has_but_a_supervisor_does(
    site: Site, ada: Browser, bo: Browser
) -> None:
    contact, lead = site.waiting(), site.person("supervisor", "Lea Wood")
    ada.submit(f"/c/{contact}/take")
    assert bo.submit(f"/c/{contact}/assign", to=f"user:{bo.user_id}").status_code == 409
    assert owner(site, contact) == ("person", ada.user_id)
    assert lead.submit(f"/c/{contact}/assign", to=f"user:{bo.user_id}").status_code == 303
    assert owner(site, contact) == ("person", bo.user_id)


@pytest.mark.parametrize("to", ["user:nobody", "queue:nowhere", "everybody:x"])
def test_it_is_given_to_nobody_unknown(site: Site, ada: Browser, to: str) -> None:
    contact = site.waiting()
    assert ada.submit(f"/c/{contact}/assign", to=to).status_code == 400
    assert owner(site, contact)[0] == "nobody"


def test_it_is_not_given_to_somebody_who_may_not_answer(site: Site, ada: Browser) -> None:
    contact, viewer = site.waiting(), site.person("viewer", "Vi Stone")
    assert ada.submit(f"/c/{contact}/assign", to=f"user:{viewer.user_id}").status_code == 400
    assert "Vi Stone" not in thread(ada, contact)


def test_putting_it_back_lets_it_wait_for_whoever_comes_first(site: Site, ada: Browser, bo: Browser) -> None:
    contact = site.waiting()
    ada.submit(f"/c/{contact}/take")
    ada.submit(f"/c/{contact}/assign", to="")
    assert owner(site, contact) == ("nobody", "")
    assert contact in bo.get("/desk/needs-you").text


def test_who_asks_for_it_is_shown_to_who_has_it_who_gives_it(site: Site, ada: Browser, bo: Browser) -> None:
    contact = site.waiting()
    ada.submit(f"/c/{contact}/take")
    assert "Ask Ada" in thread(bo, contact)
    bo.submit(f"/c/{contact}/ask")
    assert "Bo Lind asks for this." in thread(ada, contact)
    assert "You asked Ada Park for this." in thread(bo, contact)
    ada.submit(f"/c/{contact}/assign", to=f"user:{bo.user_id}")
    assert owner(site, contact) == ("person", bo.user_id)
    assert "asks for this." not in thread(bo, contact)


def test_a_sign_of_life_keeps_it_and_silence_puts_it_back_to_waiting(site: Site, ada: Browser) -> None:
    kept, left = site.waiting(), site.waiting()
    for contact in (kept, left):
        ada.submit(f"/c/{contact}/take")
    site.clock.advance(9 * MINUTE)
    assert ada.submit(f"/c/{kept}/here", doing="reading", tab=TAB, alive="1").status_code == 204
    until(lambda: due(site, kept) > due(site, left))
    site.clock.advance(2 * MINUTE)
    until(lambda: owner(site, left)[0] == "nobody")
    assert owner(site, kept) == ("person", ada.user_id)


def until(so: Callable[[], bool]) -> None:
    """Look until it is so."""
    for _ in range(1000):
        if so():
            return
        time.sleep(0.02)
    raise AssertionError("it never was")


def due(site: Site, contact: str) -> int:
    found = site.rows("SELECT due_at FROM timers WHERE contact_id = :c AND key = 'owner_idle'", c=contact)
    return int(found[0].due_at) if found else 0


def test_nobody_elses_sign_of_life_keeps_it(site: Site, ada: Browser, bo: Browser) -> None:
    contact = site.waiting()
    ada.submit(f"/c/{contact}/take")
    before = due(site, contact)
    site.clock.advance(5 * MINUTE)
    bo.submit(f"/c/{contact}/here", doing="typing", tab=TAB, alive="1")
    assert due(site, contact) == before


def test_the_page_says_how_long_it_is_kept(site: Site, ada: Browser) -> None:
    contact = site.waiting()
    assert 'data-lease="0"' in thread(ada, contact)
    ada.submit(f"/c/{contact}/take")
    left = int(re.findall(r'data-lease="(\d+)"', thread(ada, contact))[0])
    assert 9 * MINUTE < left <= 10 * MINUTE


def test_the_bot_carries_on_where_it_is_told_and_says_that_it_is_back(site: Site, ada: Browser) -> None:
    contact = site.contact("BOOK")
    ada.submit(f"/c/{contact}/take")
    (choice,) = re.findall(r'<select id="return-step".*?</select>', thread(ada, contact))
    steps = re.findall(r'<option value="([^"]+)"', choice)
    assert steps
    before = len(site.messages(contact))
    assert ada.submit(f"/c/{contact}/return", mode="step", step=steps[0], tell="1").status_code == 303
    assert owner(site, contact)[0] == "bot"
    said = site.messages(contact)[before:]
    assert said[0].text.startswith("The automated assistant answers you again from here on.")
    assert "it carries on at" in thread(ada, contact)


def test_a_step_that_is_gone_leaves_it_where_it_is(site: Site, ada: Browser) -> None:
    contact = site.contact("BOOK")
    ada.submit(f"/c/{contact}/take")
    answer = ada.submit(f"/c/{contact}/return", mode="step", step="nowhere")
    assert answer.status_code == 409
    assert "The flow has no such step any more" in answer.text
    assert owner(site, contact) == ("person", ada.user_id)


def test_a_note_is_shown_to_colleagues_and_sent_to_nobody(site: Site, ada: Browser, bo: Browser) -> None:
    contact = site.waiting()
    before = len(site.messages(contact))
    answer = ada.submit(f"/c/{contact}/note", text="<b>Careful</b>, @Bo Lind: the frame is cracked.", once="n1")
    assert answer.status_code == 303
    ada.submit(f"/c/{contact}/note", text="<b>Careful</b>, @Bo Lind: the frame is cracked.", once="n1")
    raw = bo.get(f"/c/{contact}?view=all").text
    assert raw.count('<li class="pnote') == 1
    assert "<span>Private note, not sent</span>" in raw
    assert "&lt;b&gt;Careful&lt;/b&gt;" in raw
    assert "pnote--mine" in raw
    assert "pnote--mine" not in ada.get(f"/c/{contact}?view=all").text
    assert len(site.messages(contact)) == before


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_a_note_has_words_and_not_too_many(site: Site, ada: Browser, text: str) -> None:
    assert ada.submit(f"/c/{site.waiting()}/note", text=text).status_code == 400


def test_whoever_may_only_read_sees_no_button_to_answer(site: Site) -> None:
    contact, viewer = site.waiting(), site.person("viewer", "Vi Stone")
    page = viewer.get(f"/c/{contact}?view=all").text
    for action in ("take", "assign", "return", "complete", "ask"):
        assert f"/c/{contact}/{action}" not in page.partition('id="lock"')[0]
    assert viewer.submit(f"/c/{contact}/assign", to="").status_code == 403
