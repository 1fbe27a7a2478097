"""The desk over HTTP: lists, threads, and what a person does to a conversation."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest

from tests.web.conftest import Browser, Site
from textback.core.when import MINUTE

OPTED_OUT = "They opted out. Nothing was sent."


@pytest.fixture
def agent(site: Site) -> Browser:
    return site.person("agent", "Ada Park")


def listed(person: Browser, view: str) -> list[str]:
    """The contacts of a list, from the top."""
    return re.findall(r'<li class="row[^>]* id="row-([0-9a-f]+)"', person.get(f"/desk/{view}").text)


def row(person: Browser, view: str, contact: str) -> str:
    """One row of a list."""
    found = re.search(rf'<li class="row[^>]* id="row-{contact}".*?</li>', person.get(f"/desk/{view}").text, re.DOTALL)
    assert found is not None
    return found[0]


def thread(person: Browser, contact: str, query: str = "view=all") -> str:
    answer = person.get(f"/c/{contact}?{query}")
    assert answer.status_code == 200
    return unescape(answer.text)


def bubbles(page: str) -> list[str]:
    """The texts of a thread, oldest first."""
    return re.findall(r'<p class="msg__text" dir="auto">(.*?)</p>', page, re.DOTALL)


def owner(site: Site, contact: str) -> tuple[str, str]:
    found = site.rows("SELECT owner_kind, owner_id FROM conversations WHERE contact_id = :c", c=contact)[0]
    return found.owner_kind, found.owner_id


def sent(site: Site, contact: str) -> list[str]:
    return [message.text for message in site.messages(contact) if message.direction == "out"]


def phone_of(site: Site, contact: str) -> str:
    found = site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)
    return str(found[0].address).lstrip("+")


# ---- lists


def test_the_newest_text_is_on_top_and_the_longest_wait_first(site: Site, agent: Browser):
    first, second, third = site.waiting(), site.waiting(), site.waiting()
    mine = {first, second, third}
    assert [each for each in listed(agent, "needs-you") if each in mine] == [first, second, third]
    assert [each for each in listed(agent, "all") if each in mine] == [third, second, first]
    site.text(phone_of(site, first), "Hello?")
    assert [each for each in listed(agent, "all") if each in mine] == [first, third, second]
    assert [each for each in listed(agent, "needs-you") if each in mine] == [first, second, third]


def test_each_list_holds_what_its_name_says(site: Site, agent: Browser):
    mate = site.person("agent", "Bo Lind")
    bots, waits, hers, his, done = site.contact("BOOK"), site.waiting(), site.waiting(), site.waiting(), site.waiting()
    agent.submit(f"/c/{hers}/take")
    mate.submit(f"/c/{his}/take")
    agent.submit(f"/c/{done}/complete")
    everything = {bots, waits, hers, his, done}
    assert {view: set(listed(agent, view)) & everything for view in ("needs-you", "mine", "bot", "all")} == {
        "needs-you": {waits, hers},
        "mine": {hers},
        "bot": {bots},
        "all": everything,
    }
    assert set(listed(mate, "mine")) == {his}
    assert "Bo Lind has this" in row(agent, "all", his)
    assert "You have this" in row(agent, "all", hers)
    assert "Asked for a person" in row(agent, "needs-you", waits)
    assert "Completed" in row(agent, "all", done)
    assert agent.get("/desk/none").status_code == 404
    assert agent.get(f"/c/{bots}?view=none").status_code == 404


def test_a_text_is_unread_until_the_thread_is_opened(site: Site, agent: Browser):
    contact = site.contact("BOOK")
    assert "unread" in row(agent, "all", contact)
    agent.get(f"/c/{contact}/card?view=all")
    assert "unread" in row(agent, "all", contact)
    thread(agent, contact)
    assert "unread" not in row(agent, "all", contact)
    site.text(phone_of(site, contact), "1")
    assert "unread" in row(agent, "all", contact)


def test_the_list_shows_who_wrote_last_and_what(site: Site, agent: Browser):
    contact = site.waiting()
    assert "Bot: " in row(agent, "all", contact)
    agent.submit(f"/c/{contact}/reply", text="On my way")
    assert "You: On my way" in row(agent, "all", contact)
    assert "Reply: On my way" in row(site.person(), "all", contact)
    site.text(phone_of(site, contact), "Great")
    assert re.search(r'row__snip">Great<', row(agent, "all", contact))


# ---- one thread


def test_a_thread_is_in_order_and_pages_back_to_its_beginning(site: Site, agent: Browser):
    contact = site.waiting()
    phone = phone_of(site, contact)
    agent.submit(f"/c/{contact}/take")
    for number in range(120):
        site.text(phone, f"text {number}")
    page = thread(agent, contact)
    assert bubbles(page) == [f"text {number}" for number in range(20, 120)]
    assert "Back to the newest" not in page
    older = re.search(r'href="(/c/[^"]*before=[^"]*)"', page)
    assert older is not None
    before = unescape(agent.get(older[1]).text)
    texts = bubbles(before)
    assert texts[0] == "PERSON"
    assert texts[2:] == [f"text {number}" for number in range(20)]
    assert "Back to the newest" in before
    assert "Show earlier" in page
    assert "Show earlier" not in before


@pytest.mark.parametrize("before", ["zzz", "0", "%27%3B--", "%00"])
def test_a_nonsense_place_in_a_thread_is_no_error(site: Site, agent: Browser, before: str):
    assert agent.get(f"/c/{site.contact('HOURS')}?view=all&before={before}").status_code == 200


def test_each_text_shows_its_author_and_what_became_of_it(site: Site, agent: Browser):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/reply", text="I am Ada.")
    mine = site.messages(contact)[-1].id
    shown = {
        "queued": "Sending",
        "sending": "Sending",
        "accepted": "Sent",
        "sent": "Sent",
        "delivered": "Delivered",
        "undelivered": "Not delivered",
        "failed": "Not delivered",
        "unknown": "Not sure it went. It will not go twice",
        "canceled": "Withdrawn before it went",
    }
    query = "UPDATE messages SET status = ?, code = '30007' WHERE id = ?"
    for status, words in shown.items():
        site.write(lambda tx, *values: tx.exec_driver_sql(query, values), status, mine)
        page = thread(agent, contact)
        bubble = re.search(rf'<li class="msg[^"]*" id="m-{mine}">.*?</li>', page, re.DOTALL)
        assert bubble is not None
        assert words in bubble[0], status
        blamed = "The carrier blocked it as spam." in bubble[0]
        assert blamed == (status in ("undelivered", "failed")), status
        assert ">You" in bubble[0]
    assert ">Ada Park" in thread(site.person(), contact)
    assert ">Bot" in thread(agent, contact)


def test_what_happened_stands_between_the_texts(site: Site, agent: Browser):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/take")
    agent.submit(f"/c/{contact}/return", mode="wait")
    site.text(phone_of(site, contact), "STOP")
    for person, who in ((agent, "You"), (site.person(), "Ada Park")):
        page = thread(person, contact)
        told = ["Bot stopped and asked for a person.", f"{who} took over", f"{who} returned it to the bot",
                "They opted out. Nothing is sent to them."]  # fmt: skip
        places = [page.find(words) for words in told]
        assert -1 not in places
        assert places == sorted(places)


# ---- take over, reply, hand back, complete


def test_the_bot_is_quiet_while_a_person_has_it_and_goes_on_after(site: Site, agent: Browser):
    contact = site.contact("BOOK")
    phone = phone_of(site, contact)
    before = sent(site, contact)
    answer = agent.submit(f"/c/{contact}/take?view=bot")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/c/{contact}?view=bot")
    assert owner(site, contact) == ("person", agent.user_id)
    for words in ("1", "HOURS", "hello"):
        site.text(phone, words)
    assert sent(site, contact) == before
    assert agent.submit(f"/c/{contact}/reply", text="Ada here.\r\nBring it in!").status_code == 303
    assert sent(site, contact) == [*before, "Ada here.\nBring it in!"]
    assert agent.submit(f"/c/{contact}/return", mode="wait").status_code == 303
    assert owner(site, contact)[0] == "bot"
    assert len(sent(site, contact)) == len(before) + 1
    site.text(phone, "1")  # answers the question that was open
    assert "Which bike is it?" in sent(site, contact)[-1]


def test_handing_back_with_ask_puts_the_open_question_again(site: Site, agent: Browser):
    contact = site.contact("BOOK")
    question = sent(site, contact)[-1]
    agent.submit(f"/c/{contact}/take")
    agent.submit(f"/c/{contact}/return", mode="ask")
    assert sent(site, contact) == [question, question]


def test_handing_back_with_end_ends_the_flow(site: Site, agent: Browser):
    contact = site.contact("BOOK")
    agent.submit(f"/c/{contact}/take")
    agent.submit(f"/c/{contact}/return", mode="end")
    site.text(phone_of(site, contact), "HOURS")
    assert "12 Pier Road" in sent(site, contact)[-1]
    assert "book_visit ended: handed back" in thread(agent, contact)


def test_an_unknown_way_of_handing_back_does_nothing(site: Site, agent: Browser):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/take")
    assert agent.submit(f"/c/{contact}/return", mode="throw").status_code == 400
    assert owner(site, contact) == ("person", agent.user_id)


def test_completing_lets_the_next_text_begin_anew_with_the_bot(site: Site, agent: Browser):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/take")
    assert agent.submit(f"/c/{contact}/complete").status_code == 303
    assert "completed" in thread(agent, contact)
    site.text(phone_of(site, contact), "HOURS")
    assert "12 Pier Road" in sent(site, contact)[-1]


def test_what_a_person_does_is_written_down_without_their_words(site: Site, agent: Browser):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/take")
    agent.submit(f"/c/{contact}/reply", text="A private matter")
    agent.submit(f"/c/{contact}/return", mode="wait")
    agent.submit(f"/c/{contact}/take")
    agent.submit(f"/c/{contact}/complete")
    done = ["take", "reply", "return", "take", "complete"]
    assert site.audit(agent.email) == [(action, contact) for action in done]
    assert not any("private" in str(tuple(each)) for each in site.rows("SELECT * FROM audit"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is nothing to send."),
        (" \r\n\t ", "There is nothing to send."),
        ("x" * 1601, "That is 1601 characters; at most 1600 go in one text."),
    ],
    ids=["empty", "blank", "too long"],
)
def test_a_reply_that_cannot_go_is_refused_with_its_reason(site: Site, agent: Browser, text: str, words: str):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/take")
    before = sent(site, contact)
    answer = agent.submit(f"/c/{contact}/reply", text=text)
    assert answer.status_code == 409
    assert words in answer.text
    assert sent(site, contact) == before


def test_a_reply_of_1600_characters_goes(site: Site, agent: Browser):
    contact = site.waiting()
    assert agent.submit(f"/c/{contact}/reply", text="é" * 1600).status_code == 303
    assert sent(site, contact)[-1] == "é" * 1600


def test_a_form_sent_twice_is_one_reply(site: Site, agent: Browser):
    contact = site.waiting()
    before = sent(site, contact)
    once = re.findall(r'name="once" value="(\w+)"', thread(agent, contact))[0]
    for _ in range(2):
        assert agent.submit(f"/c/{contact}/reply", text="Only once", once=once).status_code == 303
    assert sent(site, contact) == [*before, "Only once"]


def test_a_reply_to_somebody_who_opted_out_is_refused_kept_and_recorded(site: Site, agent: Browser):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/take")
    site.text(phone_of(site, contact), "STOP")
    before = sent(site, contact)
    answer = agent.submit(f"/c/{contact}/reply", text="Are you sure?")
    assert answer.status_code == 409
    assert OPTED_OUT in answer.text
    assert "Are you sure?</textarea>" in answer.text
    assert "They opted out. Texts may go again once they text START." in answer.text
    gone = [each for each in site.messages(contact) if each.direction == "out" and each.status != "blocked"]
    assert [each.text for each in gone] == before
    recorded = site.rows("SELECT * FROM turns WHERE contact_id = :c AND events LIKE '%\"send_refused\"%'", c=contact)
    assert len(recorded) == 1, "the attempt is recorded"
    site.text(phone_of(site, contact), "START")
    assert agent.submit(f"/c/{contact}/reply", text="Welcome back").status_code == 303
    assert sent(site, contact)[-1] == "Welcome back"


# ---- two people


def test_two_who_take_over_at_once_one_gets_it(site: Site):
    pair = [site.person("agent", "Ada Park"), site.person("agent", "Bo Lind")]
    for _ in range(5):
        contact = site.waiting()
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda person: person.submit(f"/c/{contact}/take", force="0"), pair))  # noqa: B023
        assert {answer.status_code for answer in answers} <= {303, 409}
        kind, holder = owner(site, contact)
        assert kind == "person"
        winner, loser = pair if holder == pair[0].user_id else pair[::-1]
        assert "You have this" in thread(winner, contact)
        assert f"{winner.name} is answering." in thread(loser, contact)
        taken = site.rows("SELECT * FROM audit WHERE subject = :c AND action = 'take'", c=contact)
        assert [each.actor for each in taken] == [winner.email], "only what happened is written down"


def test_nobody_writes_into_somebody_elses_conversation(site: Site, agent: Browser):
    mate = site.person("agent", "Bo Lind")
    contact = site.waiting()
    mate.submit(f"/c/{contact}/take")
    before = sent(site, contact)
    answer = agent.submit(f"/c/{contact}/reply", text="Me too!")
    assert answer.status_code == 409
    assert "Somebody else has this conversation now. Nothing was sent." in answer.text
    assert "Me too!</textarea>" in answer.text
    for act in ("return", "complete"):
        agent.submit(f"/c/{contact}/{act}")
    assert owner(site, contact) == ("person", mate.user_id)
    assert sent(site, contact) == before
    agent.submit(f"/c/{contact}/take", force="1")
    assert owner(site, contact) == ("person", agent.user_id)
    assert "took over from Bo Lind" in thread(agent, contact)


# ---- live


def test_an_open_page_hears_of_its_own_and_of_other_conversations(site: Site, agent: Browser):
    watched, other = site.waiting(), site.waiting()
    with agent.stream("GET", f"/events?c={watched}") as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        events = stream.iter_lines()
        for line in events:
            if line == "event: hello":
                break
        site.until_subscribed()
        site.text(phone_of(site, watched), "A secret matter")
        heard = [next(events)]
        while heard[-1] != "data: here":
            heard.append(next(events))
        assert "event: changed" in heard
        site.text(phone_of(site, other), "Hello")
        while heard[-1] != "data: list":
            heard.append(next(events))
        assert "secret" not in "".join(heard), "it carries no content"


def test_a_conversation_that_a_person_leaves_lying_waits_for_a_person_again(site: Site, agent: Browser):
    contact = site.waiting()
    agent.submit(f"/c/{contact}/take")
    site.text(phone_of(site, contact), "Hello?")
    site.clock.advance(11 * MINUTE)
    with agent.stream("GET", f"/events?c={contact}") as stream:
        for line in stream.iter_lines():
            if line == "data: here" or owner(site, contact)[0] == "nobody":
                break
    assert owner(site, contact)[0] == "nobody"
    assert contact in listed(agent, "needs-you")
