"""People: inviting, roles that change under an open page, sessions, second steps, teams, and what is told of it."""

import re
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.web.conftest import Browser, Site, running
from textback.core import totp
from textback.core.when import DAY, HOUR, MINUTE
from textback.web import live

LINK = re.compile(r"http://[^/]+(/login/[A-Za-z0-9_-]+)")
SECRET = re.compile(r'name="secret" value="([A-Z2-7]{32})"')
CODE = re.compile(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Site]:
    """A desk of its own: what owners set here is for all its people."""
    with running(tmp_path) as made:
        yield made


def enter(site: Site, path: str) -> Browser:
    """Somebody who follows a login link."""
    made = site.stranger(path)
    answer = made.submit(path)
    assert answer.status_code == 303, answer.text
    made.csrf = re.findall(r'name="csrf" value="([^"]+)"', made.get("/account").text)[0]
    return made


def invite(site: Site, owner: Browser, email: str, **more: str) -> Browser:
    """Invite somebody, who comes in by the link that is shown."""
    answer = owner.submit("/settings/people", email=email, **{"name": email.partition("@")[0], "role": "agent", **more})
    assert answer.status_code == 200, answer.text
    return enter(site, LINK.findall(answer.text)[0])


def id_of(site: Site, email: str) -> str:
    return str(site.rows("SELECT id FROM users WHERE email = :e", e=email)[0].id)


def test_who_is_invited_comes_in_with_their_role_and_only_once(desk: Site):
    owner = desk.person("owner", "Ada")
    answer = owner.submit("/settings/people", email=" Sam@Example.com ", name="Sam", role="viewer")
    path = LINK.findall(answer.text)[0]
    assert path not in owner.get("/settings/people").text, "a link is shown once"
    assert "Invited" in owner.get("/settings/people").text
    sam = enter(desk, path)
    assert sam.get("/desk/all").status_code == 200
    assert sam.get("/settings/people").status_code == 403
    assert desk.stranger().submit(path).status_code == 410
    assert ("user.invite", "sam@example.com") in desk.audit(owner.email)
    again = owner.submit("/settings/people", email="sam@example.com", role="agent")
    assert (again.status_code, "is here already" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("email", "role"),
    [("", "agent"), ("sam", "agent"), ("@", "agent"), ("a b@example.com", "agent"), ("s@example.com", "king")],
)
def test_a_bad_invitation_invites_nobody(site: Site, email: str, role: str):
    owner = site.person("owner")
    before = site.rows("SELECT count(*) FROM users")
    assert owner.submit("/settings/people", email=email, role=role).status_code == 409
    assert site.rows("SELECT count(*) FROM users") == before


def test_the_last_owner_stays(desk: Site):
    ada = desk.person("owner", "Ada")
    page = f"/settings/people/{ada.user_id}"
    for form in ({"do": "deactivate"}, {"do": "save", "role": "agent", "name": "Ada"}):
        answer = ada.submit(page, **form)
        assert (answer.status_code, "make somebody else one first" in answer.text) == (409, True)
    ben = invite(desk, ada, "ben@example.com", role="owner")
    assert ada.submit(page, do="save", role="agent", name="Ada").status_code == 303
    assert ada.get("/settings/people").status_code == 403
    ben_page = f"/settings/people/{id_of(desk, 'ben@example.com')}"
    assert ben.submit(ben_page, do="deactivate").status_code == 409


def test_who_is_deactivated_is_out_at_once_and_may_come_back(desk: Site):
    owner = desk.person("owner")
    sam = invite(desk, owner, "sam@example.com")
    page = f"/settings/people/{id_of(desk, 'sam@example.com')}"
    link = LINK.findall(owner.submit(page, do="link").text)[0]
    assert owner.submit(page, do="deactivate").status_code == 303
    assert sam.get("/desk/all").headers["location"].startswith("/login")
    assert desk.browser().get(link).status_code == 410
    assert owner.submit(page, do="link").status_code == 409
    assert owner.submit(page, do="activate").status_code == 303
    assert sam.get("/desk/all").headers["location"].startswith("/login"), "the old session stays ended"
    back = enter(desk, LINK.findall(owner.submit(page, do="link").text)[0])
    assert back.get("/desk/all").status_code == 200
    done = [action for action, subject in desk.audit(owner.email) if subject == "sam@example.com"]
    assert done == ["user.invite", "user.link", "user.deactivate", "user.activate", "user.link"]


@pytest.mark.parametrize(
    "form", [{"do": "deactivate"}, {"do": "save", "role": "viewer", "name": "Sam"}, {"do": "sign-out"}]
)
def test_an_open_page_of_somebody_who_lost_a_right_hears_no_more(
    desk: Site, form: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(live, "QUIET", 3600.0)  # after which a quiet stream looks by itself
    owner = desk.person("owner")
    sam = invite(desk, owner, "sam@example.com")
    with sam.stream("GET", "/events") as stream:
        heard = stream.iter_lines()
        assert next(heard).startswith("retry")
        desk.until_subscribed()
        done: list[str] = []
        listener = threading.Thread(target=lambda: done.extend(heard))
        listener.start()
        assert owner.submit(f"/settings/people/{id_of(desk, 'sam@example.com')}", **form).status_code == 303
        listener.join(10)
        assert not listener.is_alive(), "the stream goes on"
    take = sam.submit(f"/c/{desk.waiting()}/take")
    assert take.status_code == (403 if form.get("role") else 401)


def test_a_change_of_somebody_else_does_not_end_a_page(desk: Site):
    owner, other = desk.person("owner"), desk.person("agent")
    with other.stream("GET", "/events") as stream:
        heard = stream.iter_lines()
        next(heard)
        desk.until_subscribed()
        sam = invite(desk, owner, "sam@example.com")
        assert owner.submit(f"/settings/people/{id_of(desk, 'sam@example.com')}", do="deactivate").status_code == 303
        desk.waiting()
        assert any("list" in line for line in heard)
    assert sam.get("/desk/all").status_code == 303


# ---- Sessions


def test_sessions_are_listed_and_ended(site: Site):
    sam = site.person("agent")
    other = site.browser(
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    )
    site.sign_in(other, sam.user_id)
    third = site.browser()
    site.sign_in(third, sam.user_id)
    site.clock.advance(2 * MINUTE)
    assert other.get("/desk/all").status_code == 200
    shown = sam.get("/account").text
    assert "127.0.•.•" in shown
    assert "127.0.0.1" not in shown
    ids = re.findall(r'name="session" value="([0-9a-f]{16})"', shown)
    assert len(ids) == 2, "not the one that is looked from"
    assert sam.submit("/account/sessions", session=ids[0]).status_code == 200
    alive = [one.get("/desk/all").status_code for one in (sam, other, third)]
    assert sorted(alive) == [200, 200, 303]
    assert sam.submit("/account/sessions").status_code == 200
    assert [one.get("/desk/all").status_code for one in (sam, other, third)] == [200, 303, 303]
    assert ("session.end", sam.email) in site.audit(sam.email)


def test_nobody_ends_the_sessions_of_another(site: Site):
    sam, eve = site.person("agent"), site.person("agent")
    hash_ = site.rows("SELECT token_hash FROM web_sessions WHERE user_id = :u", u=sam.user_id)[0].token_hash
    eve.submit("/account/sessions", session=hash_[:16])
    assert sam.get("/desk/all").status_code == 200


def test_a_session_ends_when_owners_say_so(desk: Site):
    owner, sam = desk.person("owner"), desk.person("agent")
    assert owner.submit("/settings/sign-in", session_days="2", idle_hours="3").status_code == 303
    for _ in range(4):
        desk.clock.advance(2 * HOUR)
        assert sam.get("/desk/all").status_code == 200, "used again and again"
    desk.clock.advance(3 * HOUR + MINUTE)
    assert sam.get("/desk/all").status_code == 303
    late = desk.person("agent")
    for _ in range(23):
        desk.clock.advance(2 * HOUR)
        late.get("/account")
    assert late.get("/desk/all").status_code == 200
    desk.clock.advance(2 * HOUR)
    assert late.get("/desk/all").status_code == 303, "older than two days"
    assert desk.clock.added < 14 * DAY


@pytest.mark.parametrize(
    ("days", "idle"), [("0", "1"), ("91", "1"), ("x", "1"), ("", "1"), ("7", "-1"), ("7", "721"), ("٣", "1")]
)
def test_a_bad_number_sets_nothing(site: Site, days: str, idle: str):
    owner = site.person("owner")
    assert owner.submit("/settings/sign-in", session_days=days, idle_hours=idle).status_code == 400
    assert site.rows("SELECT * FROM desk_settings") == []


# ---- The second step


def turn_on(site: Site, person: Browser) -> tuple[str, list[str]]:
    secret = SECRET.findall(person.get("/account/two-step").text)[0]
    code = totp.code(secret, site.clock() // totp.STEP)
    answer = person.submit("/account/two-step", do="on", secret=secret, code=code)
    assert answer.status_code == 200, answer.text
    return secret, CODE.findall(answer.text)


def with_password(site: Site, person: Browser) -> Browser:
    """The same person elsewhere, who has just given their password."""
    assert person.submit("/account/password", password="a long password").status_code == 303
    person.csrf = re.findall(r'name="csrf" value="([^"]+)"', person.get("/account").text)[0]
    return again(site, person)


def again(site: Site, person: Browser) -> Browser:
    made = site.stranger()
    answer = made.submit("/login", email=person.email, password="a long password", next="/desk/mine")
    assert answer.status_code == 303
    return made


def test_a_second_step_is_asked_for_and_no_code_is_taken_twice(desk: Site):
    sam = desk.person("agent")
    desk.clock.advance(totp.STEP)
    secret, recovery = turn_on(desk, sam)
    assert len(recovery) == 10
    one = with_password(desk, sam)
    assert one.get("/desk/all").status_code == 303, "not yet"
    used = totp.code(secret, desk.clock() // totp.STEP)
    assert one.submit("/login/code", code=used).status_code == 401, "it was taken when the step was set up"
    desk.clock.advance(2 * totp.STEP)
    answer = one.submit("/login/code", code=totp.code(secret, desk.clock() // totp.STEP), next="/desk/mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/mine")
    assert one.get("/desk/all").status_code == 200
    two = again(desk, sam)
    assert two.submit("/login/code", code=totp.code(secret, desk.clock() // totp.STEP)).status_code == 401
    assert two.submit("/login/code", code=recovery[0].upper()).status_code == 303
    three = again(desk, sam)
    assert three.submit("/login/code", code=recovery[0]).status_code == 401
    stored = desk.rows("SELECT code_hash FROM recovery_codes")
    assert len(stored) == 9
    assert not {row.code_hash for row in stored} & {code.replace("-", "") for code in recovery}
    assert ("login", "password+recovery") in desk.audit(sam.email)


def test_codes_cannot_be_guessed(desk: Site):
    sam = desk.person("agent")
    secret, recovery = turn_on(desk, sam)
    desk.clock.advance(2 * totp.STEP)
    guessing = with_password(desk, sam)
    right = totp.code(secret, desk.clock() // totp.STEP)
    wrong = ["000000" if right != "000000" else "111111"] * 5
    assert [guessing.submit("/login/code", code=code).status_code for code in wrong] == [401] * 4 + [429]
    assert guessing.submit("/login/code", code=right).status_code == 429, "even the right one has to wait"
    elsewhere = again(desk, sam)
    assert elsewhere.submit("/login/code", code=recovery[0]).status_code == 429
    desk.clock.advance(10 * MINUTE + 1)
    assert guessing.submit("/login/code", code=right).status_code == 401, "it took too long"
    late = again(desk, sam)
    assert late.submit("/login/code", code=totp.code(secret, desk.clock() // totp.STEP)).status_code == 303


def test_a_link_asks_for_the_code_too(desk: Site):
    owner = desk.person("owner")
    sam = invite(desk, owner, "sam@example.com")
    turn_on(desk, sam)
    link = LINK.findall(owner.submit(f"/settings/people/{id_of(desk, 'sam@example.com')}", do="link").text)[0]
    made = desk.stranger(link)
    assert made.submit(link).headers["location"].startswith("/login/code")
    assert made.get("/desk/all").status_code == 303


def test_everybody_sets_it_up_where_owners_ask_for_it(desk: Site):
    owner, sam = desk.person("owner"), desk.person("agent")
    assert owner.submit("/settings/sign-in", session_days="14", idle_hours="0", two_step="1").status_code == 303
    for person in (owner, sam):
        assert person.get("/desk/all").headers["location"] == "/account/two-step"
    assert sam.submit(f"/c/{'0' * 24}/take").status_code == 403
    turn_on(desk, sam)
    assert sam.get("/desk/all").status_code == 200


def test_it_is_turned_off_with_a_code_or_taken_away_by_an_owner(desk: Site):
    owner, sam = desk.person("owner"), desk.person("agent")
    _, recovery = turn_on(desk, sam)
    assert sam.submit("/account/two-step", do="off", code="123").status_code == 400
    renewed = CODE.findall(sam.submit("/account/two-step", do="renew", code=recovery[0]).text)
    assert len(renewed) == 10
    assert sam.submit("/account/two-step", do="off", code=recovery[1]).status_code == 400, "older ones are gone"
    assert sam.submit("/account/two-step", do="off", code=renewed[0]).status_code == 303
    turn_on(desk, sam)
    assert owner.submit(f"/settings/people/{sam.user_id}", do="reset-code").status_code == 303
    assert sam.get("/desk/all").status_code == 303
    assert desk.rows("SELECT * FROM recovery_codes") == []


# ---- The audit log


def test_the_log_says_what_was_done_and_can_be_taken_away(desk: Site):
    owner, auditor = desk.person("owner", "Ada"), desk.person("auditor")
    invite(desk, owner, "sam@example.com")
    owner.submit("/settings/teams", do="save", name="=Night")
    page = unescape(auditor.get("/settings/audit").text)
    assert "user.invite" in page
    found = unescape(auditor.get("/settings/audit?did=team.").text)
    assert "=Night" in found
    assert "<b>user.invite</b>" not in found
    assert "user.invite" not in auditor.get(f"/settings/audit?by={auditor.email}").text.partition("<ol")[2]
    exported = auditor.get("/settings/audit/export?as=csv&did=team.")
    lines = exported.text.splitlines()
    assert lines[0] == "at,by,did,to,data"
    assert len(lines) == 2
    assert ",team.save,'=Night," in lines[1], "no spreadsheet takes it for a formula"
    assert desk.audit(auditor.email) == [("audit.export", "audit")]
    assert auditor.get("/settings/audit/export?as=xml").status_code == 400


def test_the_log_goes_on_over_pages(desk: Site):
    owner = desk.person("owner")
    for number in range(60):
        assert owner.submit("/settings/teams", do="save", name=f"Team {number:02}").status_code == 303
    first = owner.get("/settings/audit?did=team").text
    older = unescape(re.findall(r'href="([^"]+)">Older', first)[0])
    second = owner.get(f"/settings/audit{older}").text
    seen = [re.findall(r"<span>(Team \d\d)</span>", page) for page in (first, second)]
    assert [len(names) for names in seen] == [50, 10]
    assert len({*seen[0], *seen[1]}) == 60


# ---- Languages


def test_pages_speak_the_language_of_the_person_or_the_browser(site: Site):
    spanish = site.browser(headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
    page = spanish.get("/login").text
    assert '<html lang="es">' in page
    assert "Contraseña" in page
    french = site.browser(headers={"Accept-Language": "fr"}).get("/login").text
    assert '<html lang="en">' in french
    sam = site.person("agent")
    assert sam.submit("/account/language", language="es").status_code == 303
    assert "Cerrar sesión" in sam.get("/account").text
    assert sam.submit("/account/language", language="xx").status_code == 400
    assert sam.submit("/account/language", language="").status_code == 303
    assert '<html lang="en">' in sam.get("/account").text
