"""What programs bring is learned: documents and websites become a checked version, once, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select

from tests.engine.talk import BOT, flow
from tests.pipeline.working import ECHO, WORKSPACE, Clock
from tests.sources.conftest import Site
from textback.pipeline import lessons
from textback.pipeline.publishing import NotPublished, publish_change
from textback.pipeline.training import UNSEEN, Trainings
from textback.sources.fetch import Fetcher
from textback.store import bots, trainings
from textback.store.bots import Files
from textback.store.db import Db
from textback.store.tables_desk import audit
from textback.store.trainings import LEASE, Asked, Document, Training, Trouble

FOLDER = {"bot.yml": BOT, "flows/main.yml": flow(ECHO)}
RETURNS = Document("returns", "# Returns\n\nYou have thirty days to bring it back, with the receipt.")
PARKING = Document("parking", question="Where can I park?", answer="There are four spaces in the yard, free.")
TEXT = "We are open from nine in the morning to six in the evening, every day but Sunday."


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    made.pages["/help"] = f"<title>Help</title><p>{TEXT}</p><a href='/prices'>Prices</a><a href='/old'>Old</a>"
    made.pages["/prices"] = "<title>Prices</title><p>A tune-up costs seventy-five dollars, all parts included.</p>"
    yield made
    made.stop()


@pytest.fixture
async def live(db: Db) -> Db:
    """A bot is published."""
    await db.write(bots.publish, WORKSPACE, FOLDER, 1, by="ana@example.com")
    return db


async def nothing() -> None:
    """Nobody waits for news of a version."""


def server(db: Db, clock: Clock | None = None, **more: Any) -> Trainings:
    local = Fetcher(lambda host, port: "127.0.0.1")
    return Trainings(db, WORKSPACE, clock or Clock(), nothing, **{"fetcher": local, **more})


@asynccontextmanager
async def learning(db: Db, clock: Clock | None = None, **more: Any) -> AsyncIterator[Trainings]:
    """A server that works on trainings."""
    made = server(db, clock, **more)
    made.start()
    yield made
    await made.stop()


async def over(node: Trainings, one: Training | None) -> Training:
    """What became of a training."""
    assert one is not None
    async with asyncio.timeout(20):
        while (found := await node.find(one.id)) is not None and found.state in ("queued", "running"):
            await asyncio.sleep(0.02)
    assert found is not None
    return found


async def learned(db: Db, *documents: Document, urls: tuple[str, ...] = (), **more: Any) -> Training:
    async with learning(db, **more) as node:
        return await over(node, await node.ask("crm", Asked(urls, documents)))


async def files(db: Db) -> tuple[int, Files]:
    number = await db.read(bots.newest, WORKSPACE)
    return number, await db.read(bots.load_files, WORKSPACE, number)


async def test_documents_become_a_version_that_says_whose_they_are(live: Db) -> None:
    found = await learned(live, RETURNS, PARKING)
    assert (found.state, found.progress.read, found.progress.of, found.progress.version) == ("done", 2, 2, 2)
    number, now = await files(live)
    assert number == 2
    assert now == {
        **FOLDER,
        "knowledge/trained/returns.md": f"{RETURNS.content}\n",
        "knowledge/trained/parking.csv": f'question,answer\n{PARKING.question},"{PARKING.answer}"\n',
    }
    newest = (await live.read(bots.versions, WORKSPACE, 1))[0]
    assert (newest.published_by, newest.note, newest.source) == ("API key crm", "trained by key crm", "api")
    rows = await live.read(lambda tx: tx.execute(select(audit).order_by(audit.c.id.desc()).limit(1)).all())
    assert (rows[0].actor, rows[0].action, rows[0].subject) == ("API key crm", "bot.publish", "version 2")
    assert found.asked == Asked()  # it is in the version


async def test_the_same_again_publishes_nothing_and_another_text_replaces_it(live: Db) -> None:
    await learned(live, RETURNS)
    assert (await learned(live, RETURNS)).progress.version == 2
    assert (await files(live))[0] == 2
    await learned(live, Document("returns", question="How long can I return it?", answer="Sixty days."))
    number, now = await files(live)
    assert (number, [path for path in now if path.startswith("knowledge/")]) == (3, ["knowledge/trained/returns.csv"])


async def test_what_the_check_refuses_is_not_published_and_says_why(live: Db) -> None:
    found = await learned(live, RETURNS, Document("bad", "---\nlocale: Klingon!\n---\n\nQapla' is what they say."))
    assert (found.state, found.progress.reason) == ("failed", "Nothing is published: the check finds errors.")
    assert [(one.source, "Klingon" in one.why) for one in found.progress.problems] == [
        ("knowledge/trained/bad.md, line 2", True)
    ]
    assert await files(live) == (1, FOLDER)


async def test_a_template_that_nobody_approved_keeps_it_from_being_published(live: Db) -> None:
    template = "visit:\n  class: informational\n  text: We are open.\n"
    await live.write(bots.publish, WORKSPACE, {**FOLDER, "templates/visit.yml": template}, 2)
    found = await learned(live, RETURNS, approval=True)
    assert (found.state, found.progress.reason) == (
        "failed", "Nothing is published: the template visit is not approved.",
    )  # fmt: skip


async def test_a_website_is_read_and_noted_and_what_is_gone_from_it_goes(live: Db, site: Site) -> None:
    urls = "# ours\nurls:\n  - url: https://www.example.com/shop\n    depth: 1\n"
    await live.write(bots.publish, WORKSPACE, {**FOLDER, "knowledge/urls.yml": urls}, 2)
    found = await learned(live, urls=(f"{site.url}/help", f"{site.url}/old", "http://other.example.com:9"))
    assert (found.state, found.progress.version) == ("done", 3)
    assert found.progress.read == found.progress.of == 2
    assert Trouble(f"{site.url}/old", "it is gone") in found.progress.problems
    assert Trouble("http://other.example.com:9", "it can't be reached") in found.progress.problems
    now = (await files(live))[1]
    assert now["knowledge/urls.yml"] == f'{urls}  - "{site.url}/help"\n'  # not those that could not be read
    pages = {path: text for path, text in now.items() if path.startswith("knowledge/crawled/")}
    assert [TEXT in text for text in pages.values()] == [True, False]

    del site.pages["/prices"]
    again = await learned(live, urls=(f"{site.url}/help",))
    assert (again.state, again.progress.version) == ("done", 4)
    assert [path.rpartition("/")[2] for path in (await files(live))[1] if "/crawled/" in path] == ["help.md"]


async def test_a_site_keeps_its_limits_and_says_that_there_is_more(live: Db, site: Site) -> None:
    urls = f"urls:\n  - url: {site.url}/help\n    pages: 1\n"
    await live.write(bots.publish, WORKSPACE, {**FOLDER, "knowledge/urls.yml": urls}, 2)
    found = await learned(live, urls=(f"{site.url}/help",))
    assert (found.progress.read, found.progress.of) == (1, 1)
    assert found.progress.problems == (Trouble(lessons.host_of(site.url), UNSEEN),)
    assert (await files(live))[1]["knowledge/urls.yml"] == urls


async def test_robots_and_the_network_of_the_server_are_left_alone(live: Db, site: Site) -> None:
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /")
    forbidden = await learned(live, urls=(f"{site.url}/help",))
    inside = await learned(live, urls=("http://127.0.0.1:8000/",), fetcher=Fetcher())
    assert [one.progress.reason for one in (forbidden, inside)] == ["None of the addresses could be read."] * 2
    assert forbidden.progress.problems[0].why == "robots.txt forbids it"
    assert inside.progress.problems == (Trouble("http://127.0.0.1:8000/", "it is not on the public internet"),)
    assert (site.paths, (await files(live))[0]) == (["/robots.txt", "/sitemap.xml"], 1)


async def test_two_servers_and_many_trainings_lose_none(live: Db) -> None:
    async with learning(live) as one, learning(live) as other:
        asked = [await (one, other)[n % 2].ask("crm", Asked((), (Document(f"n{n}", f"Fact {n}."),))) for n in range(3)]
        states = [(await over(one, training)).state for training in asked]
    number, now = await files(live)
    assert (states, number) == (["done"] * 3, 4)
    assert {f"knowledge/trained/n{n}.md" for n in range(3)} <= set(now)


async def test_only_one_is_worked_on_at_a_time(live: Db) -> None:
    node = server(live)
    for name in ("first", "second"):
        await node.ask("crm", Asked((), (Document(name, "A fact."),)))
    first = await live.write(trainings.claim, WORKSPACE, 1000)
    assert first is not None
    assert first.asked.documents[0].name == "first"
    assert await live.write(trainings.claim, WORKSPACE, 1000 + LEASE) is None


async def test_what_a_server_that_died_had_begun_is_done_by_another_or_fails_with_the_reason(live: Db) -> None:
    clock = Clock()
    asked = await server(live, clock).ask("crm", Asked((), (RETURNS,)))
    dead = await live.write(trainings.claim, WORKSPACE, clock.at)
    assert dead is not None
    clock.at += LEASE + 1
    async with learning(live, clock) as node:
        assert (await over(node, asked)).state == "done"
    # The one that was dead has lost it.
    assert not await live.write(trainings.end, WORKSPACE, dead, "failed", dead.progress, clock.at)

    asked = await server(live, clock).ask("crm", Asked((), (PARKING,)))
    for _ in range(3):
        assert await live.write(trainings.claim, WORKSPACE, clock.at) is not None
        clock.at += LEASE + 1
    async with learning(live, clock) as node:
        found = await over(node, asked)
    assert (found.state, found.progress.reason.split(" while")[0]) == ("failed", "The server has stopped 3 times")
    assert (await files(live))[0] == 2


async def test_a_server_that_stops_puts_back_what_it_reads_and_the_next_one_goes_on(live: Db, site: Site) -> None:
    came, go = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(_: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        loop.call_soon_threadsafe(came.set)
        asyncio.run_coroutine_threadsafe(go.wait(), loop).result(20)
        return 200, {"Content-Type": "text/html"}, f"<p>{TEXT}</p>".encode()

    site.pages["/slow"] = slowly
    async with learning(live) as node:
        asked = await node.ask("crm", Asked((f"{site.url}/slow",)))
        await asyncio.wait_for(came.wait(), 20)
    assert asked is not None
    found = await node.find(asked.id)
    assert found is not None
    assert (found.state, found.tries) == ("queued", 0)
    go.set()
    async with learning(live) as node:
        assert (await over(node, asked)).state == "done"


async def test_a_draft_learns_it_too_and_does_not_take_it_back(live: Db) -> None:
    def edit(files: Files) -> str:
        files["flows/main.yml"] += "\n"
        return "edit flows/main.yml"

    await live.write(bots.change_draft, WORKSPACE, edit, "ana@example.com", 2)
    await learned(live, RETURNS)
    draft = await live.read(bots.draft, WORKSPACE)
    assert draft is not None
    assert (draft.base, "knowledge/trained/returns.md" in draft.files) == (2, True)
    await live.write(bots.publish_draft, WORKSPACE, bots.digest(draft.files), 2, "ana@example.com", "", 3)
    assert "knowledge/trained/returns.md" in (await files(live))[1]


async def test_what_somebody_publishes_meanwhile_stays(live: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    times = []

    def change(files: Files) -> None:
        lessons.put_document(files, RETURNS)
        times.append(1)

    real = live.write

    async def late(work: Any, *args: Any) -> Any:
        """Just before the first try is written, a person publishes."""
        if len(times) == 1:
            await real(bots.publish, WORKSPACE, {**FOLDER, "tests/one.yml": "conversation: one\nturns: []\n"}, 2)
        return await real(work, *args)

    monkeypatch.setattr(live, "write", late)
    number = await publish_change(live, WORKSPACE, change, by="x", note="", now=lambda: 3)
    assert number == 3
    assert {"tests/one.yml", "knowledge/trained/returns.md"} <= set((await files(live))[1])


async def test_who_has_lost_a_training_to_another_server_publishes_nothing(
    live: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = asyncio.Event()
    loop = asyncio.get_running_loop()

    def lost(*_: Any) -> bool:
        loop.call_soon_threadsafe(tried.set)
        return False

    monkeypatch.setattr(trainings, "end", lost)
    async with learning(live) as node:
        await node.ask("crm", Asked((), (RETURNS,)))
        await asyncio.wait_for(tried.wait(), 20)
    assert await files(live) == (1, FOLDER)


async def test_a_document_is_taken_away_and_nothing_of_other_people(live: Db) -> None:
    await learned(live, RETURNS, PARKING)
    node = server(live)
    assert await node.forget("crm", "returns") == 3
    assert await node.forget("crm", "returns") is None
    assert await node.forget("crm", "prices") is None
    assert [path for path in (await files(live))[1] if "knowledge" in path] == ["knowledge/trained/parking.csv"]


async def test_a_bot_has_its_limits(live: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textback.pipeline.publishing.MOST_CHARACTERS", 100)
    with pytest.raises(NotPublished, match="more than 100 characters"):
        await publish_change(live, WORKSPACE, lambda files: None, by="x", note="", now=lambda: 3)


async def test_too_many_that_wait_are_refused_and_old_ones_forgotten(live: Db) -> None:
    clock = Clock()
    node = server(live, clock)
    asked = [await node.ask("crm", Asked((), (RETURNS,))) for _ in range(trainings.MOST_WAITING + 1)]
    assert [one is None for one in asked] == [False] * trainings.MOST_WAITING + [True]
    async with learning(live, clock):
        await over(node, asked[-2])
    clock.at += trainings.KEPT + 1
    await node.ask("crm", Asked((), (RETURNS,)))
    assert asked[0] is not None
    assert await node.find(asked[0].id) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, 'urls:\n  - "https://new.example.com/"\n'),
        ("urls:\n  - https://a.example.com  # ours\n", 'urls:\n  - https://a.example.com  # ours\n  - "https://new.example.com/"\n'),
        ("urls:\n- https://a.example.com\n",
         'urls:\n  - {"url": "https://a.example.com"}\n  - {"url": "https://new.example.com/"}\n'),
        ("urls: [{url: https://a.example.com, depth: 1}]\n",
         'urls:\n  - {"url": "https://a.example.com", "depth": 1}\n  - {"url": "https://new.example.com/"}\n'),
        ("urls:\n  - https://new.example.com/\n", "urls:\n  - https://new.example.com/\n"),
        ("urls: 1\n", "urls: 1\n"),
    ],
)  # fmt: skip
def test_an_address_is_added_to_the_list_as_it_is_written(before: str | None, after: str) -> None:
    files = {} if before is None else {"knowledge/urls.yml": before}
    lessons.put_urls(files, ["https://new.example.com/", "https://new.example.com/"])
    assert files["knowledge/urls.yml"] == after
