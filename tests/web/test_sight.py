"""Who sees what: restricted people see their conversations alone, and masked numbers stay masked, at every address."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.conftest import Browser, Site, running
from textback.web.masking import Mask
from textback.web.permissions import allowed
from textback.web.routes import ROUTES

SECRET = "Zanzibar"
"""What somebody wrote who is not to be seen."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("sight")) as made:
        yield made


def restrict(site: Site, person: Browser, role: str, *lines: str) -> None:
    owner = site.person("owner")
    form = {f"line.{line}": "1" for line in lines}
    page = f"/settings/people/{person.user_id}"
    assert owner.submit(page, do="save", name="Sam", role=role, sight="some", **form).status_code == 303


def addresses(role: str, contact: str) -> list[str]:
    """An example of each page that this role may open."""
    found = []
    for route in ROUTES:
        if route.method == "GET" and allowed(role, route.permission) and route.path not in ("/events", "/"):
            path = route.path.replace("{contact}", contact).replace("{view}", "all").replace("{path:path}", "bot.yml")
            found.append(re.sub(r"\{\w+\}", contact, path))
    return found


@pytest.mark.parametrize("role", ["supervisor", "agent", "viewer", "auditor"])
def test_no_page_shows_a_conversation_that_somebody_does_not_see(desk: Site, role: str):
    phone = desk.phone()
    contact = desk.text(phone, "PERSON")
    desk.text(phone, SECRET)
    person = desk.person(role)
    assert SECRET in person.get("/desk/all").text, "seen so far"
    restrict(desk, person, role, "harbor")
    for path in addresses(role, contact):
        if path.startswith("/settings/audit"):
            continue  # ids of contacts, and what was done to them, but nothing of what was said
        answer = person.get(path)
        assert answer.status_code in (200, 303, 400, 404), path
        assert SECRET not in answer.text, path
        assert phone[-7:] not in re.sub(r"\D", "", answer.text) or path.startswith("/try"), path
        if "{contact}" in path or f"/{contact}" in path:
            assert answer.status_code == 404 or path.startswith("/login"), path
    if role in ("supervisor", "agent"):
        before = desk.messages(contact)
        for act in ("take", "reply", "complete", "return"):
            assert person.submit(f"/c/{contact}/{act}", text="Hello").status_code == 404
        assert desk.messages(contact) == before


def test_they_see_their_lines_their_teams_and_what_they_have(desk: Site):
    contact = desk.waiting()
    person, mate = desk.person("agent"), desk.person("agent", "Mate")
    assert person.submit(f"/c/{contact}/take").status_code == 303
    restrict(desk, person, "agent")
    restrict(desk, mate, "agent")
    assert person.get(f"/c/{contact}").status_code == 200, "theirs"
    assert mate.get(f"/c/{contact}").status_code == 404
    owner = desk.person("owner")
    both = {f"person.{one.user_id}": "1" for one in (person, mate)}
    assert owner.submit("/settings/teams", do="save", name="Both", **both).status_code == 303
    assert mate.get(f"/c/{contact}").status_code == 200, "of the team"
    other = desk.waiting()
    assert mate.get(f"/c/{other}").status_code == 404
    team = re.findall(r'name="team" value="(\w+)"', owner.get("/settings/teams").text)[0]
    line = {"line.simulator": "1"}
    assert owner.submit("/settings/teams", do="save", team=team, name="Both", **both, **line).status_code == 303
    assert mate.get(f"/c/{other}").status_code == 200, "on a line of the team"
    assert owner.submit("/settings/teams", do="remove", team=team).status_code == 303
    assert mate.get(f"/c/{other}").status_code == 404, "a team that is gone shows nothing"
    assert mate.get(f"/c/{contact}").status_code == 404


def test_an_owner_cannot_be_restricted(desk: Site):
    other = desk.person("owner")
    restrict(desk, other, "owner")
    assert other.get(f"/c/{desk.waiting()}").status_code == 200


# ---- Masking


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_no_page_shows_a_number_to_those_who_may_not_see_it(desk: Site, role: str):
    phone = desk.phone()
    desk.text(phone, "PERSON")
    contact = desk.text(phone, "call me at 206-555-0177 or 2065550178, +12065550179 or (206) 555-0176, ana@example.org")
    person = desk.person(role)
    forms = [phone, phone[1:], f"({phone[1:4]}) {phone[4:7]}-{phone[7:]}", f"{phone[4:7]}-{phone[7:]}"]
    hidden = [*forms, "555-0177", "2065550178", "2065550179", "555-0176", "ana@example.org"]
    for path in addresses(role, contact):
        answer = person.get(path)
        for number in hidden:
            assert number not in answer.text, (path, number)
    page = person.get(f"/c/{contact}").text
    assert f"(•••) •••-••{phone[-2:]}" in page
    assert "a•••@example.org" in page
    agent = desk.person("agent").get(f"/c/{contact}").text
    assert forms[2] in agent
    assert "206-555-0177" in agent


def test_an_auditor_uncovers_one_number_and_the_log_says_so(desk: Site):
    phone = desk.phone()
    contact = desk.text(phone, "PERSON")
    auditor, viewer = desk.person("auditor"), desk.person("viewer")
    assert f"/c/{contact}/reveal" in auditor.get(f"/c/{contact}").text
    for person in (viewer, desk.person("agent")):
        assert f"/c/{contact}/reveal" not in person.get(f"/c/{contact}").text
    shown = auditor.submit(f"/c/{contact}/reveal")
    assert f"({phone[1:4]}) {phone[4:7]}-{phone[7:]}" in shown.text
    assert desk.audit(auditor.email) == [("contact.reveal", contact)]
    assert phone[-7:] not in auditor.get(f"/c/{contact}").text, "masked again"
    assert viewer.submit(f"/c/{contact}/reveal").status_code == 403


FORMS = ("({}) {}-{}", "{}-{}-{}", "+1{}{}{}", "{}.{}.{}", "{} {} {}", "1{}{}{}", "{}{}{}", "+1 ({}) {} {}")


@given(st.integers(200, 999), st.integers(200, 999), st.integers(0, 9999), st.sampled_from(FORMS))
def test_every_way_to_write_a_number_is_masked(area: int, middle: int, last: int, form: str):
    number = form.format(area, middle, f"{last:04}")
    page = Mask().page(f'<p title="x">Text {number}, please</p>')
    assert page == f'<p title="x">Text (•••) •••-••{last % 100:02}, please</p>'


@pytest.mark.parametrize(
    "kept",
    [
        '<svg viewBox="0 0 520 560" width="520"><path d="M7 4h16a4 4 0 0 1 4 4v10a4 4 0 0 1-4 4"/></svg>',
        '<a href="/c/019031234567890123456789?view=all">It</a>', '<script src="/static/a.js?v=123456789012"></script>',
        "<time>2026-11-22</time> to 2026-11-30", "<p>42 % of 1,234,567</p>", "<p>9:47 am, Tue 17 Nov</p>",
        '<input name="csrf" value="1234567-89abcdefABC_defghijkl-12">', "<p>sam@example.com</p>",
        "<p>+1 206-555-0100</p>",
    ],
)  # fmt: skip
def test_what_is_no_number_of_a_contact_is_left_alone(kept: str):
    assert Mask(["12065550100", "2065550100"], ["sam@example.com"]).page(kept) == kept


@pytest.mark.parametrize(
    "text", ['{"to":"+12065550123"}', "name,+12065550123,x", "data: (206) 555-0123", '"\\u002b12065550123"']
)
def test_what_is_no_page_is_masked_too(text: str):
    assert "555" not in Mask().plain(text)
