"""The hub: every live page hears of every change, many changes in one go, and of nothing that came before it."""

import asyncio

from textback.pipeline.hub import Hub


async def test_changes_between_two_looks_come_as_one_set() -> None:
    hub = Hub()
    async with hub.subscribe() as page:
        hub.publish(["a", "b"])
        hub.publish(["a"])
        hub.publish(["c"])
        assert await page.changes(5) == {"a", "b", "c"}
        assert await page.changes(0) == frozenset()


async def test_every_page_hears_of_every_change_once() -> None:
    hub = Hub()
    async with hub.subscribe() as one, hub.subscribe() as other:
        hub.publish(["a"])
        assert await one.changes(5) == {"a"}
        hub.publish(["b"])
        assert await one.changes(5) == {"b"}
        assert await other.changes(5) == {"a", "b"}


async def test_a_page_that_waits_is_woken() -> None:
    hub = Hub()
    async with hub.subscribe() as page:
        waiting = asyncio.create_task(page.changes(30))
        await asyncio.sleep(0)
        hub.publish(iter(["a"]))
        assert await waiting == {"a"}


async def test_a_page_that_has_left_is_forgotten() -> None:
    hub = Hub()
    async with hub.subscribe() as page:
        assert hub.subscriptions == {page}
    assert hub.subscriptions == set()
    hub.publish(["a"])
    assert await page.changes(0) == frozenset()


async def test_closing_ends_every_page_at_once() -> None:
    hub = Hub()
    async with hub.subscribe() as one, hub.subscribe() as other:
        waiting = [asyncio.create_task(page.changes(30)) for page in (one, other)]
        await asyncio.sleep(0)
        hub.close()
        assert await asyncio.gather(*waiting) == [frozenset(), frozenset()]
        assert one.closed
        assert other.closed


async def test_what_a_page_shows_wakes_it_and_other_changes_do_not() -> None:
    hub = Hub()
    async with hub.subscribe("a") as page:
        hub.publish(["b"])
        assert await page.changes(5) == {"b"}
        near = asyncio.create_task(page.near(3600))
        hub.publish(["b", "c"])
        await asyncio.sleep(0.05)
        assert not near.done(), "it does not show these"
        hub.publish(["a"])
        async with asyncio.timeout(15):
            await near
        assert await page.changes(5) == {"a", "b", "c"}
        await page.near(0)  # once they are known it waits for the next


async def test_pages_that_show_what_changed_hear_it_first() -> None:
    hub = Hub()
    heard: list[str] = []

    async def listen(shows: str) -> None:
        async with hub.subscribe(shows) as page:
            await page.changes(15)
            heard.append(shows)

    listeners = [asyncio.create_task(listen(shows)) for shows in [*("other" for _ in range(50)), "a", "", "a"]]
    await asyncio.sleep(0)
    hub.publish(["a"])
    await asyncio.gather(*listeners)
    assert heard[:2] == ["a", "a"]
    assert len(heard) == 53


async def test_closing_ends_a_page_that_waits_for_what_it_shows() -> None:
    hub = Hub()
    async with hub.subscribe("a") as page:
        near = asyncio.create_task(page.near(3600))
        await asyncio.sleep(0)
        hub.close()
        async with asyncio.timeout(15):
            await near
