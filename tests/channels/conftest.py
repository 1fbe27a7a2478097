"""Fixtures of the provider tests: a provider to post to, and the session to post with."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.support.fake_provider import FakeProvider
from textback.channels.http import open_session


@pytest.fixture
async def fake() -> AsyncIterator[FakeProvider]:
    async with FakeProvider() as provider:
        yield provider


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as session:
        yield session
