"""A thread's past over HTTP: episodes that fold, windows that go back to the beginning, failed texts, pictures, and the
contact beside it."""

import json
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import insert

from tests.support.past import id_at, message, remember
from tests.web.conftest import Browser, Site
from textback.core.when import DAY, MINUTE
from textback.store import leads
from textback.store.leads import Field
from textback.store.tables import messages

EPISODE = re.compile(
    r'<details class="(episode[^"]*)" id="ep-(\w+)" data-begun="\w+"( open)?>(.*?)</details>', re.DOTALL
)
LINE = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)
FROM = re.compile(r'data-from="([^"]*)"')


@pytest.fixture
def agent(site: Site) -> Browser:
    return site.person("agent", "Ada Park")


def begin(site: Site, days: int) -> int:
    return int(site.clock()) - days * DAY


def bubbles(page: str) -> list[str]:
    return re.findall(r'<p class="msg__text" dir="auto">(.*?)</p>', page, re.DOTALL)


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


def fragments(person: Browser, page: str) -> list[str]:
    """The page, and every older part that it leads to."""
    found = [page]
    for _ in range(100):
        place = FROM.search(found[-1])
        assert place is not None
        if not place[1]:
            return found
        answer = person.get(unescape(place[1]))
        assert answer.status_code == 200
        found.append(answer.text)
    raise AssertionError("it never ends")


def write(site: Site, *rows: dict[str, Any]) -> None:
    site.write(lambda tx: tx.execute(insert(messages), list(rows)))


def test_finished_episodes_are_one_line_each_and_the_latest_is_open(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    site.write(remember, contact, begin(site, 9), 3, 4)
    page = agent.get(f"/c/{contact}?view=all").text
    found = EPISODE.findall(page)
    assert [("now" in kind, bool(opened)) for kind, _, opened, _ in found] == [(False, False)] * 3 + [(True, True)]
    line = plain(LINE.findall(found[1][3])[0])
    assert "Book repair" in line
    assert "completed" in line
    assert "Bot, 4 texts" in line
    assert bubbles(found[1][3]) == [f"episode 1 text {place}" for place in range(4)]
    assert "The conversation begins here" in page


def test_the_past_comes_in_parts_that_fit_together(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    texts = site.write(remember, contact, begin(site, 60), 40, 9)
    parts = fragments(agent, agent.get(f"/c/{contact}?view=all").text)
    assert len(parts) >= 4
    assert [text for part in parts[::-1] for text in bubbles(part)][: len(texts)] == texts
    keys = [key for part in parts[::-1] for _, key, _, _ in EPISODE.findall(part)]
    assert len(keys) == 41, "each episode comes whole, in one part"
    assert len(set(keys)) == 41
    opened = [key for part in parts for _, key, state, _ in EPISODE.findall(part) if state]
    assert opened == keys[-1:]


def test_an_episode_longer_than_a_part_keeps_its_name_and_its_line(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    texts = site.write(remember, contact, begin(site, 20), 1, 250)
    parts = fragments(agent, agent.get(f"/c/{contact}?view=all").text)
    assert [text for part in parts[::-1] for text in bubbles(part)][:250] == texts
    old = [one for part in parts[1:] for one in EPISODE.findall(part)]
    assert len(old) >= 3
    assert {key for _, key, _, _ in old} == {id_at(begin_of(site, contact))}
    assert {plain(LINE.findall(body)[0]).split()[-2:][0] for _, _, _, body in old} == {"250"}


def begin_of(site: Site, contact: str) -> int:
    return int(site.rows("SELECT MIN(at) AS at FROM messages WHERE contact_id = :c", c=contact)[0].at)


def test_without_scripts_a_link_leads_back(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    texts = site.write(remember, contact, begin(site, 60), 30, 8)
    page = agent.get(f"/c/{contact}?view=all").text
    seen = bubbles(page)
    for _ in range(20):
        link = re.search(r'<a href="([^"]+)">Show earlier</a>', page)
        if link is None:
            break
        page = agent.get(unescape(link[1])).text
        assert "Back to the newest" in page
        assert EPISODE.findall(page)[-1][2] == " open"
        seen = bubbles(page) + seen
    assert seen[: len(texts)] == texts


def test_looking_at_the_past_leaves_a_text_unread(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    unread = "SELECT unread FROM conversations WHERE contact_id = :c"
    assert agent.get(f"/c/{contact}/_messages?before=z").status_code == 200
    assert site.rows(unread, c=contact)[0].unread == 1
    assert agent.get("/c/000000000000000000000000/_messages?before=z").status_code == 404
    for nonsense in ("", "zzz", "%27%3B--", "%00"):
        assert agent.get(f"/c/{contact}/_messages?before={nonsense}").status_code == 200


def test_a_failed_text_says_why_and_its_words_can_be_written_anew(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    agent.submit(f"/c/{contact}/take")
    at = int(site.clock()) - MINUTE
    spam = message(contact, at, "Directions: bit.ly/hcw <b>", side="bot", status="filtered", code="30007")
    gone = message(contact, at + 1, "Anybody there?", side="bot", status="undelivered", code="30005")
    theirs = message(contact, at + 2, "Never mind", status="received")
    write(site, spam, gone, theirs)
    before = len(site.messages(contact))
    page = agent.get(f"/c/{contact}?view=mine").text
    assert "The carrier blocked it as spam." in page
    link = re.search(r'<a class="btn" href="([^"]+)#reply" data-again="plain">Edit without the link</a>', page)
    assert link is not None
    assert f'<a class="btn" href="/contacts/{contact}">Check the number</a>' in page
    again = agent.get(unescape(link[1])).text
    assert re.search(r'<textarea id="reply"[^>]*>Directions: &lt;b&gt;</textarea>', again)
    for id_ in (theirs["id"], "nothing", "%00"):
        other = agent.get(f"/c/{contact}?view=mine&again={id_}").text
        assert re.search(r'<textarea id="reply"[^>]*></textarea>', other), "only what failed is written anew"
    assert len(site.messages(contact)) == before, "nothing is sent by it"
    assert "data-again" not in site.person("viewer").get(f"/c/{contact}?view=all").text


def test_our_own_pictures_are_shown_and_others_are_links(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    at = int(site.clock()) - MINUTE
    ours = json.dumps(
        [{"url": f"http://{site.app.settings.host}:{site.app.settings.port}/m/abc", "content_type": "image/png"}]
    )
    theirs = json.dumps([{"url": "https://media.example.com/m/abc", "content_type": "image/png"}])
    write(site, message(contact, at, "", side="person", media=ours), message(contact, at + 1, "", media=theirs))
    page = agent.get(f"/c/{contact}?view=all").text
    assert re.search(r'<img src="/m/abc" width="200" height="150" loading="lazy" alt="Picture from Tom Alvarez, ', page)
    assert 'src="https://' not in page
    assert '<a href="https://media.example.com/m/abc" rel="noopener noreferrer nofollow"' in page


def test_fields_and_tags_are_changed_in_the_conversation(site: Site, agent: Browser) -> None:
    site.write(leads.define, "default", Field("bike", "Bike"))
    site.write(leads.define, "default", Field("due", "Due", "date"))
    contact = site.waiting()
    back = f"/c/{contact}?view=all"
    change = f"/contacts/{contact}/change?view=all"
    answer = agent.submit(change, back=back, tag="vip", **{"field.bike": "Longtail", "field.name": "Lena <i>"})
    assert (answer.status_code, answer.headers["location"]) == (303, back)
    page = agent.get(back).text
    assert '<dt>Bike</dt><dd dir="auto">Longtail</dd>' in page
    assert "Lena &lt;i&gt;" in page
    assert 'aria-label="Remove the tag vip"' in page
    wrong = agent.submit(change, back=back, **{"field.due": "soon"})
    assert wrong.status_code == 409
    assert re.search(r'id="notice" role="alert" data-live>.*Due is a day such as 2026-03-02', wrong.text)
    assert 'data-composer="' in wrong.text, "they are still where they were"
    viewer = site.person("viewer").get(back).text
    assert "Longtail" in viewer
    assert "Edit fields" not in viewer
    assert "Remove the tag" not in viewer


def test_the_timeline_has_episodes_hand_overs_and_consent(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    site.write(remember, contact, begin(site, 9), 2, 4)
    agent.submit(f"/c/{contact}/take")
    agent.submit(f"/c/{contact}/opt-out", reason="said so on the phone")
    page = agent.get(f"/c/{contact}?view=all").text
    shown = page.partition('id="timeline"')[2].partition("</ol>")[0]
    words = [" ".join(plain(one).split()) for one in re.findall(r"<li>(.*?)</li>", shown, re.DOTALL)]
    assert any(one.startswith("Opted out “said so on the phone”") for one in words)
    assert any(one.startswith("Taken over by you") for one in words)
    episodes = [one for one in words if one.startswith("Episode")]
    assert [one.split(" Book")[0] for one in episodes[1:]] == ["Episode 2", "Episode 1"]
    assert "Book repair, completed" in episodes[1]
    links = re.findall(r'<a href="([^"]+)" data-episode="(ep-\w+)"', shown)
    for link, key in links:
        there = agent.get(unescape(link)).text
        assert f'id="{key}"' in there, "a link leads to where the episode is"
