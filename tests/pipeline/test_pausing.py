"""Waiting for news between two looks."""

import asyncio

import pytest

from textback.pipeline.pausing import woken


async def test_what_was_set_before_is_heard_without_a_wait() -> None:
    event = asyncio.Event()
    event.set()
    assert await woken(event, 3600)
    assert event.is_set(), "whoever waits clears it"


async def test_news_end_the_wait() -> None:
    event = asyncio.Event()
    asyncio.get_running_loop().call_soon(event.set)
    assert await woken(event, 3600)


async def test_without_news_it_ends_by_itself() -> None:
    assert not await woken(asyncio.Event(), 0.001)


async def test_whoever_is_told_to_stop_stops() -> None:
    waits = asyncio.create_task(woken(asyncio.Event(), 3600))
    await asyncio.sleep(0)
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits
