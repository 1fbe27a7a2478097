"""Waiting for news, and no longer than that: what every loop of the road does between two looks."""

import asyncio


async def woken(event: asyncio.Event, seconds: float) -> bool:
    """Wait until the event is set, at most so long; says whether it is."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
