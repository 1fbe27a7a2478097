"""Who only looks on finds no button and no link that would refuse them, and the desk can be installed."""

import json
import re

import pytest

from tests.web.conftest import Site
from textback.web.hiding import without_dead
from textback.web.permissions import OPEN, allowed
from textback.web.routes import ROUTES

KNOWN = tuple((route.method, route.path, route.permission) for route in ROUTES)


def permission_at(method: str, address: str) -> str:
    path = re.split("[?#]", address)[0]
    for route in ROUTES:
        pattern = re.sub(r"\\{\w+(:path)?\\}", lambda found: ".+" if found[1] else "[^/]+", re.escape(route.path))
        if route.method == method and re.fullmatch(pattern, path):
            return route.permission
    return "public"


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_no_page_has_a_dead_button_or_link(site: Site, role: str):
    contact, person = site.waiting(), site.person(role)
    pages = ["/account", "/flows", "/templates", "/desk/needs-you", "/desk/mine", "/desk/bot", "/desk/all"]
    pages += [f"/c/{contact}?view=all", f"/c/{contact}/card", f"/c/{contact}/consent"]
    for path in pages:
        page = person.get(path).text
        asked = [("POST", one) for one in re.findall(r'\b(?:form)?action="(/[^"]*)"', page)]
        asked += [("GET", one) for one in re.findall(r'<a\b[^>]*\bhref="(/[^"]*)"', page)]
        assert asked
        for method, address in asked:
            permission = permission_at(method, address)
            assert permission in OPEN or allowed(role, permission), (path, method, address)


def test_those_who_answer_keep_theirs(site: Site):
    contact = site.waiting()
    assert f'action="/c/{contact}/take' in site.person("agent").get(f"/c/{contact}").text


def test_words_of_a_dead_link_stay():
    page = '<p><a class="x" href="/try">Text <b>it</b></a> or <a href="/desk/all">look</a></p>'
    assert without_dead(page, "viewer", KNOWN) == '<p>Text <b>it</b> or <a href="/desk/all">look</a></p>'
    assert without_dead(page, "agent", KNOWN) == page


def test_the_desk_can_be_installed(site: Site):
    page = site.stranger().get("/login").text
    address = re.findall(r'rel="manifest" href="([^"]+)"', page)[0]
    guest = site.browser()
    answer = guest.get(address)
    assert answer.headers["content-type"].startswith("application/json")
    made = json.loads(answer.text)
    assert (made["start_url"], made["display"]) == ("/", "standalone")
    assert {icon["sizes"] for icon in made["icons"]} >= {"192x192", "512x512"}
    for icon in made["icons"]:
        found = guest.get(f"/static/{icon['src']}")
        assert found.content.startswith(b"\x89PNG")
        size = int(icon["sizes"].partition("x")[0])
        assert int.from_bytes(found.content[16:20], "big") == size
