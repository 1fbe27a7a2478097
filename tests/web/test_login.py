"""Signing in and out: links, passwords, limits, cookies, and what is written down about it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
from argon2 import PasswordHasher

from tests.web.conftest import FORM_TOKEN, Browser, Site, running
from textback.core.when import DAY, MINUTE, SECOND
from textback.store import accounts
from textback.web import account

PASSWORD = "a long enough password"
WRONG = "not the right password"
NO_MATCH = "That email and password do not match."
TOO_MANY = "Too many tries. Wait ten minutes, or ask for a login link."


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords that cost little to check, for tests that try many."""
    account._nobody.cache_clear()
    monkeypatch.setattr(account, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    yield
    account._nobody.cache_clear()


def link_for(site: Site, user_id: str) -> str:
    return f"/login/{site.write(accounts.add_link, user_id, site.clock())}"


def with_password(site: Site, role: str = "agent") -> str:
    """The address of a new person who has a password."""
    person = site.person(role)
    assert person.submit("/account/password", password=PASSWORD).status_code == 303
    return person.email


def sign_in(browser: Browser, email: str, password: str, place: str = "", **more: str) -> httpx.Response:
    """Post the login form, from another place where one is named (a proxy on this machine says so)."""
    if place:
        browser.headers["X-Forwarded-For"] = place
    return browser.submit("/login", email=email, password=password, **more)


def given_cookie(answer: httpx.Response, name: str) -> "Morsel[str]":
    for header in answer.headers.get_list("set-cookie"):
        cookie: SimpleCookie = SimpleCookie(header)
        if name in cookie:
            return cookie[name]
    raise AssertionError(f"no cookie {name} in {answer.headers}")


def signed_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


# ---- the one-time link


def test_a_link_signs_in_once(site: Site):
    user_id, email = site.user()
    link = link_for(site, user_id)
    first, second = site.stranger(link), site.stranger(link)
    answer = first.submit(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert signed_in(first)
    refused = second.submit(link)
    assert refused.status_code == 410
    assert "This link was used already, or is too old." in refused.text
    assert not signed_in(second)
    assert site.browser().get(link).status_code == 410
    assert site.audit(email) == [("login", "link")]


def test_looking_at_a_link_does_not_use_it_up(site: Site):
    user_id, _ = site.user()
    link = link_for(site, user_id)
    scanner = site.browser()
    for method in ("GET", "HEAD", "GET"):
        assert scanner.request(method, link).status_code == 200
    assert not signed_in(scanner)
    person = site.stranger(link)
    assert person.submit(link).status_code == 303
    assert signed_in(person)


def test_a_link_used_by_two_at_once_lets_one_in(site: Site):
    user_id, _ = site.user()
    link = link_for(site, user_id)
    both = [site.stranger(link) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda browser: browser.submit(link).status_code, both))
    assert sorted(answers) == [303, 410, 410, 410]


def test_a_link_is_too_old_after_half_an_hour(site: Site):
    user_id, _ = site.user()
    young, old = link_for(site, user_id), link_for(site, user_id)
    site.clock.advance(30 * MINUTE - 10 * SECOND)
    in_time, late = site.stranger(young), site.stranger(old)
    assert in_time.submit(young).status_code == 303
    site.clock.advance(11 * SECOND)
    assert late.submit(old).status_code == 410
    assert site.browser().get(old).status_code == 410
    assert not signed_in(late)


def test_a_wrong_link_says_the_same_as_a_used_one_and_gives_no_session(site: Site):
    guest = site.stranger()
    shown, posted = guest.get("/login/no-such-link"), guest.submit("/login/no-such-link")
    for answer in (shown, posted):
        assert answer.status_code == 410
        assert "This link was used already, or is too old." in answer.text
    assert "textback" not in guest.cookies


def test_a_link_is_stored_so_that_the_database_does_not_let_anyone_in(site: Site):
    user_id, _ = site.user()
    token = link_for(site, user_id).rpartition("/")[2]
    stored = site.rows("SELECT * FROM login_links WHERE user_id = :u", u=user_id)[0]
    assert token not in str(tuple(stored))


def test_a_link_of_another_workspace_lets_nobody_in(site: Site):
    user_id = site.write(accounts.add_user, "other", "them@example.com", "Them", "owner", site.clock())
    assert user_id is not None
    link = link_for(site, user_id)
    guest = site.stranger()
    assert guest.submit(link).status_code == 410
    assert not signed_in(guest)


# ---- passwords


def test_a_password_signs_in_and_is_stored_as_argon2(site: Site):
    email = with_password(site)
    browser = site.stranger()
    answer = sign_in(browser, f"  {email.upper()} ", PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert signed_in(browser)
    stored = site.rows("SELECT password_hash FROM users WHERE email = :e", e=email)[0].password_hash
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert site.audit(email) == [("password.set", email), ("login", "password")]


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(site: Site):
    email = with_password(site)
    wrong = sign_in(site.stranger(), email, WRONG, "203.0.113.1")
    unknown = sign_in(site.stranger(), "stranger@example.com", WRONG, "203.0.113.1")
    for answer in (wrong, unknown):
        assert answer.status_code == 401
        assert f"{NO_MATCH} 4 tries left before a 10 minute wait." in answer.text
        assert WRONG not in answer.text

    def without(answer: httpx.Response, address: str) -> str:
        return FORM_TOKEN.sub("", answer.text).replace(address, "")

    assert without(wrong, email) == without(unknown, "stranger@example.com")


@pytest.mark.parametrize("password", ["", "nobody's password", WRONG])
def test_somebody_who_has_set_no_password_can_only_use_a_link(site: Site, password: str):
    _, email = site.user()
    browser = site.stranger()
    assert sign_in(browser, email, password).status_code == 401
    assert not signed_in(browser)


def test_a_person_of_another_workspace_does_not_get_in(site: Site):
    email = with_password(site)
    site.write(lambda tx: tx.exec_driver_sql("UPDATE users SET workspace = 'other' WHERE email = ?", (email,)))
    browser = site.stranger()
    assert sign_in(browser, email, PASSWORD).status_code == 401
    assert not signed_in(browser)


@pytest.mark.parametrize(
    ("wanted", "gone"),
    [
        ("/desk/mine", "/desk/mine"),
        ("/c/abc?view=all", "/c/abc?view=all"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/logout", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_only_goes_to_our_own_pages(site: Site, wanted: str, gone: str):
    user_id, email = site.user()
    site.write(accounts.set_password, user_id, PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD))
    answer = sign_in(site.stranger(), email, PASSWORD, next=wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, gone)
    shown = site.browser().get("/login", params={"next": wanted})
    assert f'name="next" value="{gone}"' in shown.text


# ---- limits


def test_five_wrong_passwords_mean_a_wait_of_ten_minutes(site: Site, cheap_hashes: None):
    email, colleague = with_password(site), with_password(site)
    browser = site.stranger()
    said = [sign_in(browser, email, WRONG, "203.0.113.20") for _ in range(5)]
    assert [answer.status_code for answer in said] == [401] * 5
    for left, answer in zip(("4 tries", "3 tries", "2 tries", "1 try"), said[:4], strict=True):
        assert f"{NO_MATCH} {left} left before a 10 minute wait." in answer.text
    assert TOO_MANY in said[4].text
    refused = sign_in(browser, email, PASSWORD, "203.0.113.20")
    assert refused.status_code == 429
    assert TOO_MANY in refused.text
    assert not signed_in(browser)
    # Neither the same person elsewhere nor a colleague here has to wait.
    assert sign_in(site.stranger(), email, PASSWORD, "203.0.113.21").status_code == 303
    assert sign_in(site.stranger(), colleague, PASSWORD, "203.0.113.20").status_code == 303


def test_the_wait_ends(site: Site, cheap_hashes: None):
    email = with_password(site)
    browser = site.stranger()
    for _ in range(5):
        sign_in(browser, email, WRONG, "203.0.113.30")
    site.clock.advance(9 * MINUTE)
    assert sign_in(browser, email, PASSWORD, "203.0.113.30").status_code == 429
    site.clock.advance(1 * MINUTE)
    assert sign_in(browser, email, PASSWORD, "203.0.113.30").status_code == 303


def test_signing_in_forgets_the_wrong_tries_before_it(site: Site, cheap_hashes: None):
    email = with_password(site)
    for _ in range(2):
        for _ in range(4):
            assert sign_in(site.stranger(), email, WRONG, "203.0.113.40").status_code == 401
        assert sign_in(site.stranger(), email, PASSWORD, "203.0.113.40").status_code == 303


def test_guesses_sent_at_once_are_counted_like_guesses_in_a_row(site: Site):
    email = with_password(site)
    browsers = [site.stranger() for _ in range(15)]
    with ThreadPoolExecutor(15) as pool:
        answers = list(pool.map(lambda browser: sign_in(browser, email, WRONG, "203.0.113.50"), browsers))
    checked = [answer for answer in answers if answer.status_code == 401]
    assert len(checked) == 5
    assert {answer.status_code for answer in answers} == {401, 429}
    assert sign_in(site.stranger(), email, PASSWORD, "203.0.113.50").status_code == 429


def test_one_place_may_not_try_many_addresses(site: Site, cheap_hashes: None):
    email = with_password(site)
    browser = site.stranger()
    for number in range(30):
        assert sign_in(browser, f"guess{number}@example.com", WRONG, "203.0.113.60").status_code == 401
    assert sign_in(browser, email, PASSWORD, "203.0.113.60").status_code == 429
    assert sign_in(site.stranger(), email, PASSWORD, "203.0.113.61").status_code == 303


def test_colleagues_behind_one_address_may_all_sign_in(site: Site, cheap_hashes: None):
    email = with_password(site)
    answers = [sign_in(site.stranger(), email, PASSWORD, "203.0.113.70").status_code for _ in range(32)]
    assert set(answers) == {303}


def test_many_places_may_not_try_one_address_for_ever(site: Site, cheap_hashes: None):
    email = with_password(site)
    browser = site.stranger()
    for number in range(100):
        assert sign_in(browser, email, WRONG, f"198.51.100.{number}").status_code == 401
    assert sign_in(browser, email, PASSWORD, "198.51.100.200").status_code == 429
    site.clock.advance(10 * MINUTE)
    assert sign_in(browser, email, PASSWORD, "198.51.100.200").status_code == 303


# ---- the session


def test_the_session_cookie_is_not_for_scripts_nor_other_sites(site: Site):
    user_id, _ = site.user()
    link = link_for(site, user_id)
    browser = site.stranger(link)
    cookie = given_cookie(browser.submit(link), "textback")
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert int(cookie["max-age"]) == 14 * DAY // SECOND
    assert not cookie["secure"]  # or a browser would drop it: this server is not behind https
    stored = site.rows("SELECT token_hash FROM web_sessions WHERE user_id = :u", u=user_id)
    assert [row.token_hash for row in stored] == [accounts.token_hash(cookie.value)]


def test_the_login_forms_cookie_is_not_for_scripts_nor_other_sites(site: Site):
    cookie = given_cookie(site.browser().get("/login"), "textback_form")
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "strict"


def test_behind_https_cookies_are_bound_to_this_host_and_to_https(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("secure")
    with running(folder, public_url="https://text.example.com") as site:
        user_id, _ = site.user()
        link = link_for(site, user_id)
        form = given_cookie(site.browser().get(link), "textback_form")
        assert form["secure"]
        # A proxy ends https, so the server itself is called over http here.
        browser = site.browser(headers={"Host": "text.example.com", "Origin": "https://text.example.com"})
        answer = browser.post(link, data={"csrf": form.value}, headers={"Cookie": f"textback_form={form.value}"})
        assert answer.status_code == 303
        cookie = given_cookie(answer, "__Host-textback")
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        for name, status in (("__Host-textback", 200), ("textback", 303)):
            assert browser.get("/account", headers={"Cookie": f"{name}={cookie.value}"}).status_code == status


def test_signing_out_ends_the_session_on_the_server(site: Site):
    person = site.person()
    token = person.cookies["textback"]
    answer = person.submit("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert given_cookie(answer, "textback")["max-age"] == "0"
    again = site.browser()
    again.cookies.set("textback", token, domain="127.0.0.1")
    assert not signed_in(again)


def test_signing_out_here_leaves_other_places_signed_in(site: Site):
    person = site.person()
    phone = site.browser()
    site.sign_in(phone, person.user_id)
    person.submit("/logout")
    assert signed_in(phone)


def test_a_session_ends_after_two_weeks(site: Site):
    person = site.person()
    site.clock.advance(14 * DAY - MINUTE)
    assert signed_in(person)
    site.clock.advance(MINUTE)
    answer = person.get("/desk/mine?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/desk/mine%3Fx%3D1")


# ---- setting a password


def test_changing_a_password_needs_the_current_one_and_signs_out_other_places(site: Site):
    person = site.person()
    assert person.submit("/account/password", password=PASSWORD).status_code == 303
    person.csrf = FORM_TOKEN.findall(person.get("/account").text)[0]
    elsewhere = site.browser()
    site.sign_in(elsewhere, person.user_id)

    refused = person.submit("/account/password", current=WRONG, password="another long password")
    assert refused.status_code == 400
    assert "The current password is not right." in refused.text
    assert sign_in(site.stranger(), person.email, PASSWORD).status_code == 303

    old = person.cookies["textback"]
    changed = person.submit("/account/password", current=PASSWORD, password="another long password")
    assert (changed.status_code, changed.headers["location"]) == (303, "/account?saved")
    assert person.cookies["textback"] != old
    assert "Saved. Other places where you were signed in are signed out." in person.get("/account?saved").text
    assert not signed_in(elsewhere)
    assert sign_in(site.stranger(), person.email, PASSWORD, "203.0.113.80").status_code == 401
    assert sign_in(site.stranger(), person.email, "another long password", "203.0.113.80").status_code == 303
    assert [action for action, _ in site.audit(person.email)].count("password.set") == 2


@pytest.mark.parametrize("password", ["", "too short", "x" * 201])
def test_a_password_that_is_too_short_or_too_long_is_refused(site: Site, password: str):
    person = site.person()
    answer = person.submit("/account/password", password=password)
    assert answer.status_code == 400
    assert "A password has 10 to 200 characters." in answer.text
    assert site.audit(person.email) == []


def test_a_password_of_200_characters_of_any_script_works(site: Site):
    person = site.person()
    password = "пароль 密码 🔑 " * 17
    assert person.submit("/account/password", password=password[:200]).status_code == 303
    assert sign_in(site.stranger(), person.email, password[:200]).status_code == 303
    assert sign_in(site.stranger(), person.email, password[:199]).status_code == 401


def test_a_stolen_session_may_not_guess_the_current_password_for_ever(site: Site, cheap_hashes: None):
    person = site.person()
    person.submit("/account/password", password=PASSWORD)
    person.csrf = FORM_TOKEN.findall(person.get("/account").text)[0]
    for _ in range(5):
        person.submit("/account/password", current=WRONG, password="another long password")
    answer = person.submit("/account/password", current=PASSWORD, password="another long password")
    assert answer.status_code == 400
    assert "Too many tries. Wait ten minutes." in answer.text


def test_no_page_shows_a_password_or_a_session(site: Site):
    person = site.person()
    refused = person.submit("/account/password", password="geheim")
    assert "geheim" not in refused.text
    assert person.cookies["textback"] not in person.get("/account").text
