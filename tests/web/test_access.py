"""API keys: what they are good for, until when, how much they may ask for, and how a refusal looks."""

import httpx
import pytest

from tests.web.conftest import Site, running
from textback.core.when import DAY
from textback.store import keys
from textback.web.access import FRESH
from textback.web.routes import ROUTES
from textback.web.scopes import SCOPES


def client(site: Site, key: str) -> httpx.Client:
    return site.browser(headers={"Authorization": f"Bearer {key}"})


def made(site: Site, name: str, **more: object) -> tuple[str, httpx.Client]:
    found = site.write(lambda tx: keys.add(tx, "default", name, site.clock(), **more))  # type: ignore[arg-type]
    assert found is not None
    return found[0], client(site, found[1])


def test_every_address_for_programs_needs_a_scope_and_every_scope_is_explained() -> None:
    wanted = {route.scope for route in ROUTES if route.role == "api"}
    assert "" not in wanted
    assert wanted <= set(SCOPES)
    assert {route.scope for route in ROUTES if route.role != "api"} == {""}


@pytest.mark.parametrize("path", ["/v1/templates", "/conversations"])
def test_a_key_is_good_for_its_scopes_only(site: Site, path: str) -> None:
    _, program = made(site, f"narrow {path}", scopes=["templates:read"])
    answer = program.get(path)
    if path == "/v1/templates":
        assert answer.status_code == 200
        return
    assert answer.status_code == 403
    assert "conversations:read" in answer.json()["error"]


def test_a_refusal_is_problem_details(site: Site) -> None:
    _, program = made(site, "narrow", scopes=["templates:read"])
    answer = program.post("/v1/events", json={})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    said = answer.json()
    assert (said["title"], said["status"], said["code"]) == ("Forbidden", 403, "missing_scope")
    assert "events:write" in said["detail"]


def test_a_key_ends_by_itself(site: Site) -> None:
    _, program = made(site, "short", expires_at=site.clock() + DAY)
    assert program.get("/v1/templates").status_code == 200
    site.clock.advance(DAY + FRESH)
    assert program.get("/v1/templates").status_code == 401


def test_a_key_that_is_rotated_works_beside_the_new_one_for_a_while(site: Site) -> None:
    id_, old = made(site, "turned")
    new = client(site, str(site.write(keys.rotate, "default", id_, site.clock(), site.clock() + DAY)))
    assert {old.get("/v1/templates").status_code, new.get("/v1/templates").status_code} == {200}
    site.clock.advance(DAY + FRESH)
    assert (old.get("/v1/templates").status_code, new.get("/v1/templates").status_code) == (401, 200)


def test_it_is_noted_when_a_key_was_last_used(site: Site) -> None:
    id_, program = made(site, "seen")
    program.get("/v1/templates")

    def used() -> int | None:
        key = site.write(keys.by_id, "default", id_, site.clock())
        return key.last_used_at if key is not None else None

    for _ in range(100):
        if used() is None:
            program.get("/healthz")
    assert used() is not None


def test_a_key_that_asks_too_much_is_told_how_long_to_wait(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(tmp_path_factory.mktemp("slow"), api_requests=3) as site:
        _, program = made(site, "eager")
        _, other = made(site, "calm")
        first = program.get("/v1/templates")
        assert first.headers["ratelimit-policy"] == '"key";q=3;w=60'
        assert first.headers["ratelimit"].startswith('"key";r=2;')
        assert program.get("/v1/templates/none").headers["ratelimit"].startswith('"key";r=1;'), "also with a refusal"
        assert [program.get("/v1/templates").status_code for _ in range(2)] == [200, 429]
        refused = program.get("/v1/templates")
        assert (refused.json()["code"], refused.headers["retry-after"]) == ("rate_limited", "20")
        assert other.get("/v1/templates").status_code == 200, "each key has a limit of its own"
        site.clock.advance(20_000)
        assert program.get("/v1/templates").status_code == 200
