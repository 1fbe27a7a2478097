"""Every test here that asks for an `examinee` is run for every provider."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.channels.examination.examinee import Examinee, examinees
from tests.support.misbehaving import Misbehaving, Posted, json_of, lower
from textback.store.db import Db, open_db

ALL = {one.name: one for one in examinees()}


class Api(Misbehaving):
    """Stands in for a provider's API: takes every text, wherever it is posted, with ids that count up."""

    def __init__(self, examinee: Examinee) -> None:
        super().__init__()
        self._examinee = examinee
        self._count = 0
        self.app.router.add_route("*", "/{rest:.*}", self._take)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        kind = request.headers.get("Content-Type", "")
        form = tuple((await request.post()).items()) if "form" in kind else ()
        posted = Posted(request.path, lower(request), body, json_of(body), form)  # type: ignore[arg-type]
        answer = await self.note(posted)
        if answer is None:
            self._count += 1
            answer = self._examinee.taken(self._examinee.ids.format(self._count))
        return await self.scripted(request, answer)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run for each provider; of `case` and `answered`, one for each of its own."""
    if "examinee" not in metafunc.fixturenames:
        return
    for name, listed in (("case", "cases"), ("answered", "answers")):
        if name in metafunc.fixturenames:
            pairs = [(one, case) for one in ALL.values() for case in getattr(one, listed)]
            ids = [f"{one.name}-{case.case}" for one, case in pairs]
            metafunc.parametrize(("examinee", name), pairs, ids=ids)
            return
    metafunc.parametrize("examinee", ALL.values(), ids=list(ALL))


@pytest.fixture
async def file_db(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Db]:
    """A fresh SQLite database with the current schema."""
    path = tmp_path / "textback.db"
    shutil.copyfile(sqlite_template, path)
    opened = open_db(f"sqlite:///{path}")
    yield opened
    await opened.close()


@pytest.fixture
async def api(examinee: Examinee) -> AsyncIterator[Api]:
    """The provider's API."""
    async with Api(examinee) as server:
        yield server
