"""Roles: what is not one is refused in one line before anything is opened; what is another's is left to it."""

import asyncio
from pathlib import Path

import pytest

from tests.pipeline.working import ANA, LINE, NOON, WORKSPACE, bot, make
from tests.support.served import commands
from textback.core.errors import SettingsError
from textback.core.roles import EVERY, ROLES, parse_roles
from textback.engine.arrivals import ApiSend, Message
from textback.pipeline.bots import Shelf
from textback.pipeline.road import Road
from textback.store import migrate
from textback.store.db import open_db, parse_url


def test_a_role_that_there_is_not_stops_the_start_in_one_line(tmp_path: Path) -> None:
    by_option, by_setting, empty = commands(
        [
            (["serve", "--roles", "accept,turns", "--port", "0"], {}),
            (["serve", "--port", "0"], {"ROLES": "web,"}),
            (["serve", "--port", "0"], {"ROLES": ""}),
        ],
        tmp_path,
    )
    for run, what in (
        (by_option, "'turns' is not a role"),
        (by_setting, "a role is missing"),
        (empty, "ROLES is empty"),
    ):
        assert run.returncode == 2
        assert what in run.stderr
        assert run.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["accept", " Accept , TURN", EVERY])
def test_roles_are_a_list(text: str) -> None:
    assert parse_roles(text) == {name.strip().lower() for name in text.split(",")}
    assert parse_roles(text) <= set(ROLES)


@pytest.mark.parametrize("text", ["", ",", "all", "accept turn", "accept;turn"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="ROLES"):
        parse_roles(text)


async def test_who_waits_for_a_turn_is_told_although_another_node_took_it(postgres_url: str) -> None:
    await asyncio.to_thread(migrate.upgrade, parse_url(postgres_url))
    here, there = open_db(postgres_url), open_db(postgres_url)
    worker = make(there)
    pages = Road(here, WORKSPACE, worker.road.lines, Shelf(WORKSPACE, bot()), now=worker.clock, roles={"web"})
    await worker.road.start()
    await pages.start()
    try:
        async with asyncio.timeout(30):
            text = Message(ANA, LINE, "hello", "m-1", sent_at=NOON)
            await pages.receive("one", [text], wait=3600)
            await pages.receive("one", [text], wait=3600)  # a repetition waits for the turn of the first
            ready = ApiSend("crm", "Your bike is ready.", "0123456789abcdef01234567", message_class="informational")
            await pages.send_to("one", ANA, ready, wait=3600)
        assert "Your bike is ready." in await worker.phones.took(2)
        assert pages.alive
    finally:
        await pages.stop()
        await worker.road.stop()
        await here.close()
        await there.close()
