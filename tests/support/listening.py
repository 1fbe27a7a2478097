"""What stands in for another server: an application on a port of its own on this machine."""

import asyncio
from typing import Self

from aiohttp import web


class Listening:
    """Serves `app` at `url` while it is entered. What must not outlast it waits for `stopping`."""

    def __init__(self) -> None:
        self.url = "http://127.0.0.1:9"  # nobody answers here until it has started
        self.app = web.Application()
        self.stopping = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stopping.set()
        await self._runner.cleanup()
