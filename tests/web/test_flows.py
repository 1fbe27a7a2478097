"""The flows pages: a draft is written, checked, tried and published; nobody's change is lost, and nobody else may."""

import re
from collections.abc import Iterator

import pytest

from tests.web.conftest import Browser, Site

HOURS, BOOK = "flows/hours.yml", "flows/book_visit.yml"
SEEN = re.compile(r'name="seen" value="(\w*)"')


@pytest.fixture
def owner(site: Site) -> Iterator[Browser]:
    """An owner, and no draft before and after."""
    made = site.person("owner", "Ann")
    made.submit("/flows/discard")
    yield made
    made.submit("/flows/discard")


def content(owner: Browser, path: str = HOURS) -> tuple[str, str]:
    """A file's text as its page has it, and what names that text."""
    html = owner.get(f"/flows/edit/{path}").text
    found = re.search(r'<textarea name="content" id="yaml"[^>]*>\n(.*?)</textarea>', html, re.DOTALL)
    assert found
    return found[1].replace("&#34;", '"').replace("&#39;", "'"), SEEN.findall(html)[0]


def says(text: str, words: str) -> str:
    """The flow with one more thing to say."""
    return text.replace("steps:\n", f"steps:\n  - say: {words}\n")


def save(owner: Browser, text: str, seen: str, path: str = HOURS, do: str = "save") -> tuple[int, str]:
    answer = owner.submit("/flows/save", path=path, content=text, seen=seen, do=do)
    return answer.status_code, answer.text


def publish(owner: Browser, note: str = "") -> tuple[int, str]:
    html = owner.get("/flows").text
    latest = re.search(r'name="latest" value="(\d+)"', html)
    answer = owner.submit("/flows/publish", seen=SEEN.findall(html)[0], latest=latest[1] if latest else "", note=note)
    return answer.status_code, answer.text


def test_a_change_is_saved_checked_published_and_answers_the_next_text(site: Site, owner: Browser) -> None:
    text, seen = content(owner)
    newer = says(text, "Now we move.")
    assert save(owner, newer.replace("\n", "\r\n"), seen)[0] == 303
    assert content(owner)[0] == newer
    before = site.app.bot.version
    assert "Draft of the next version" in owner.get("/flows").text
    assert publish(owner, "Says <now>")[0] == 303
    assert site.app.road.shelf.current.version == before + 1
    versions = owner.get("/flows/versions").text
    assert "Says &lt;now&gt;" in versions
    assert "by you" in versions
    contact = site.contact("HOURS")
    assert "Now we move." in [message.text for message in site.messages(contact)]
    assert [action for action, _ in site.audit(owner.email)][-2:] == ["bot.draft", "bot.publish"]


def test_a_file_that_somebody_else_has_changed_is_not_written_over(site: Site, owner: Browser) -> None:
    text, seen = content(owner)
    other = site.person("owner", "Bob")
    assert save(other, text + "# Bob was here\n", seen)[0] == 303
    status, html = save(owner, text + "# Ann was here\n", seen)
    assert status == 409
    assert "Somebody has changed this file since you opened it." in html
    assert "# Ann was here" in html  # what they wrote is kept on the page
    assert "-# Bob was here" in html
    assert "+# Ann was here" in html
    assert "Bob was here" in content(owner)[0]
    # Two people may work on two files.
    other_text, other_seen = content(owner, "bot.yml")
    assert save(owner, other_text + "# Ann\n", other_seen, "bot.yml")[0] == 303
    assert "Bob was here" in content(owner)[0]
    # And having seen the difference, one may save over it.
    again = SEEN.findall(html)[-1]
    assert save(owner, text + "# Ann was here\n", again)[0] == 303
    assert "Ann was here" in content(owner)[0]


def test_what_has_errors_is_kept_as_a_draft_and_not_published(site: Site, owner: Browser) -> None:
    text, seen = content(owner)
    broken = text.replace("steps:", "stepps:")
    status, html = save(owner, broken, seen, do="check")
    assert status == 200
    assert "Checked, not saved." in html
    assert "has no key" in html
    assert content(owner)[0] == text
    assert save(owner, broken, seen)[0] == 303
    page = owner.get(f"/flows/edit/{HOURS}").text
    assert 'class="graph is-old"' in page  # the last that worked
    assert re.search(r'href="#L\d+" data-line="\d+"', page)
    before = site.app.road.shelf.current.version
    shown = owner.get("/flows").text
    answer = owner.submit("/flows/publish", seen=SEEN.findall(shown)[0], latest=str(before))
    assert answer.status_code == 409
    assert "Nothing is published:" in answer.text
    assert site.app.road.shelf.current.version == before


def test_files_are_added_renamed_and_deleted(owner: Browser) -> None:
    assert owner.submit("/flows/files", do="add", folder="flows", name="parking").status_code == 303
    assert "flow: parking" in content(owner, "flows/parking.yml")[0]
    page = owner.get("/flows/edit/flows/parking.yml").text
    assert "Write it as {en: ..., es: ...}." in page
    assert "Warning" in page
    assert "Error" not in page
    assert owner.submit("/flows/files", do="add", folder="flows", name="parking").status_code == 409
    assert owner.submit("/flows/files", do="add", folder="flows", name="../parking").status_code == 400
    assert owner.submit("/flows/files", do="add", folder="../x", name="parking").status_code == 400
    renamed = owner.submit("/flows/files", do="rename", path="flows/parking.yml", name="car_park")
    assert renamed.headers["location"] == "/flows/edit/flows/car_park.yml"
    assert owner.get("/flows/edit/flows/parking.yml").status_code == 404
    assert owner.submit("/flows/files", do="delete", path="flows/car_park.yml").status_code == 303
    assert owner.get("/flows/edit/flows/car_park.yml").status_code == 404
    assert owner.submit("/flows/files", do="delete", path="bot.yml").status_code == 400


def test_an_older_version_is_published_again(site: Site, owner: Browser) -> None:
    text, seen = content(owner)
    assert save(owner, text + "# once more\n", seen)[0] == 303
    assert publish(owner)[0] == 303
    live = site.app.road.shelf.current.version
    assert owner.submit("/flows/again", number=str(live - 1), latest=str(live - 1)).status_code == 409
    assert owner.submit("/flows/again", number=str(live - 1), latest=str(live)).status_code == 303
    assert site.app.road.shelf.current.version == live + 1
    assert "once more" not in content(owner)[0]
    html = owner.get(f"/flows/versions?from={live}&to={live + 1}").text
    assert f"Version {live - 1} again" in html
    assert "-# once more" in html
    assert owner.get(f"/flows?v={live}").status_code == 200
    assert owner.get("/flows?v=99999").status_code == 404
    assert owner.get("/flows/versions?from=1&to=draft").status_code == 404


def test_a_draft_that_is_behind_says_so_and_is_not_published_unseen(site: Site, owner: Browser) -> None:
    text, seen = content(owner)
    assert save(owner, text + "# theirs\n", seen)[0] == 303
    assert publish(owner)[0] == 303
    live = site.app.road.shelf.current.version
    text, seen = content(owner)
    assert save(owner, text + "# mine\n", seen)[0] == 303
    html = owner.get("/flows").text
    assert owner.submit("/flows/again", number=str(live - 1), latest=str(live)).status_code == 303
    answer = owner.submit("/flows/publish", seen=SEEN.findall(html)[0], latest=str(live))
    assert answer.status_code == 409
    assert "Somebody has published a version meanwhile." in answer.text
    assert "was published since this draft was begun" in answer.text
    assert publish(owner)[0] == 303  # having seen it


def test_an_agent_looks_and_can_change_nothing(site: Site, owner: Browser) -> None:
    agent = site.person("agent")
    assert agent.submit("/flows/save", path=HOURS, content="x", seen="").status_code == 403
    html = agent.get(f"/flows/edit/{HOURS}").text
    assert "readonly" in html
    assert "Save draft" not in html
    assert "Publish" not in agent.get("/flows").text


def test_what_people_write_is_shown_as_it_is(owner: Browser) -> None:
    text, seen = content(owner)
    evil = "</textarea><script>alert(1)</script>"
    assert save(owner, says(text, f"'{evil}'"), seen)[0] == 303
    for path in (f"/flows/edit/{HOURS}", "/flows", "/flows/versions?from=1&to=draft"):
        html = owner.get(path).text
        assert "<script>alert" not in html
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)" in owner.get(f"/flows/edit/{HOURS}").text
    assert "<script>alert" not in owner.submit("/flows/try", v="0", text=evil).text
    assert owner.get("/flows/edit/%3Cscript%3E").status_code == 404


def test_a_long_flow_can_be_saved(owner: Browser) -> None:
    text, seen = content(owner)
    long = text + "".join(f"  - say: Line {n} of very many.\n" for n in range(1500))
    assert save(owner, long, seen)[0] == 303
    assert content(owner)[0] == long


def test_a_running_session_is_heat_on_its_step(site: Site, owner: Browser) -> None:
    site.contact("QUOTE")
    html = owner.get("/flows/edit/flows/quote.yml").text
    found = re.search(r'aria-label="job: A price for what\?\. Line \d+, (\d+) running"', html)
    assert found
    assert int(found[1]) >= 1
    assert 'class="n n--ask heat-' in html


def test_sessions_of_an_older_version_are_moved_and_those_whose_step_is_gone_stay(site: Site, owner: Browser) -> None:
    moves, stays = site.contact("QUOTE"), site.contact("BOOK")
    old = site.app.road.shelf.current.version
    text, seen = content(owner, BOOK)
    assert save(owner, text.replace("- ask: service", "- id: need\n    ask: service"), seen, BOOK)[0] == 303
    assert publish(owner)[0] == 303
    live = site.app.road.shelf.current.version
    assert f"/flows/move?from={old}" in owner.get("/flows/versions").text
    before, after = owner.get(f"/flows/move?from={old}").text.split('id="stays"')
    assert f"/c/{moves}?" in before
    assert f"/c/{stays}?" not in before
    assert f"/c/{stays}?" in after
    assert "there is no step service" in after
    assert owner.submit("/flows/move", **{"from": str(old), "live": str(old)}).status_code == 409
    assert owner.submit("/flows/move", **{"from": str(old), "live": str(live)}).status_code == 303
    running = dict(site.rows("SELECT contact_id, version FROM sessions WHERE ended_at IS NULL"))
    assert (running[moves], running[stays]) == (live, old)
    assert site.rows("SELECT count(*) FROM audit WHERE action = 'bot.migrate'")[0][0] == 1
    assert owner.submit("/flows/again", number=str(old), latest=str(live)).status_code == 303


SAID = re.compile(r'name="said" value="([^"]*)"')


def test_a_draft_is_tried_in_memory_and_nothing_is_stored(site: Site, owner: Browser) -> None:
    text, seen = content(owner)
    assert save(owner, says(text, "Soon we move."), seen)[0] == 303
    before = site.rows("SELECT count(*) FROM messages")[0][0]
    html = owner.submit("/flows/try", v="0", text="hours").text
    assert "Soon we" in html
    said = SAID.findall(html)[0].replace("&#34;", '"')
    html = owner.submit("/flows/try", v="0", text="STOP", said=said).text
    said = SAID.findall(html)[0].replace("&#34;", '"')
    assert "opted out" in html
    html = owner.submit("/flows/try", v="0", said=said, undo="1").text
    assert "opted out" not in html
    assert "Soon we" not in owner.submit("/flows/try", v="1", text="hours").text
    assert site.rows("SELECT count(*) FROM messages")[0][0] == before
    assert owner.submit("/flows/try", v="0", text="hi", said="[[1,2]]").status_code == 400


def test_time_passes_to_the_next_timer(owner: Browser) -> None:
    html = owner.submit("/flows/try", text="book").text
    assert "Let time pass to" in html
    said = SAID.findall(html)[0].replace("&#34;", '"')
    html = owner.submit("/flows/try", said=said, wait="1").text
    assert "Still there?" in html
    assert "Time has passed" in html
