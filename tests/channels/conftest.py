"""Fixtures of the provider tests: a provider to post to, and the session to post with."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.support.fake_provider import FakeProvider
from textback.channels.client import Session


@pytest.fixture
async def fake() -> AsyncIterator[FakeProvider]:
    async with FakeProvider() as provider:
        yield provider


@pytest.fixture
async def http() -> AsyncIterator[Session]:
    async with Session() as session:
        yield session


@pytest.fixture
async def other() -> AsyncIterator[aiohttp.ClientSession]:
    """Another program's client."""
    async with aiohttp.ClientSession() as session:
        yield session
