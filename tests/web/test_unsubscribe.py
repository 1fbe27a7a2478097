"""Leaving by one click (RFC 8058): from the headers of a mail that went out to an entry in the consent ledger."""

import asyncio
import email
import email.policy
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from tests.support.mailing import MailServer
from tests.web.conftest import Site, running
from textback.app import read_folder
from textback.cli.serving import example_bot
from textback.engine.arrivals import Message
from textback.web import unsubscribe

PUBLIC = "https://bot.example.com"
OURS = "bot@shop.example.com"
CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    """A mail server beside the program."""
    loop, made = asyncio.new_event_loop(), MailServer()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(made.__aenter__(), loop).result(10)
    yield made
    asyncio.run_coroutine_threadsafe(made.__aexit__(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, server: MailServer) -> Iterator[Site]:
    bot = dict(read_folder(example_bot()))
    given = f'provider: email, smtp_host: 127.0.0.1, smtp_port: "{server.port}", smtp_tls: none'
    lines = [f"  {name}: {{number: '${{{name.upper()}}}', {given}}}\n" for name in ("mail", "second")]
    bot["bot.yml"] += "\nlines:\n" + "".join(lines)
    found = {"MAIL": OURS, "SECOND": "second@shop.example.com"}
    with running(tmp_path_factory.mktemp("leaving"), bot, found, public_url=PUBLIC) as made:
        yield made


def until(what: Callable[[], Any]) -> Any:
    """What this gives, once it gives something."""
    for _ in range(600):
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen")


Mailed = Callable[[str, str], EmailMessage]


@pytest.fixture
def mailed(site: Site, server: MailServer) -> Mailed:
    """The answer to a mail from this address with these words."""

    def answer(sender: str, words: str) -> EmailMessage:
        before, id_ = len(server.messages), f"<{time.time_ns()}@example.com>"
        came = Message(sender, OURS, words, id_, channel="email")
        asyncio.run(site.on_its_loop(site.app.road.receive("mail", [came])))
        raw = until(lambda: server.messages[before:])[0]
        return email.message_from_bytes(raw, policy=email.policy.default)

    return answer


def address(message: EmailMessage) -> str:
    """The path of a mail's one-click address."""
    first = str(message["List-Unsubscribe"]).split(",")[0].strip()
    assert first.startswith(f"<{PUBLIC}/")
    assert first.endswith(">")
    return first[1:-1].removeprefix(PUBLIC)


def ledger(site: Site, sender: str) -> list[tuple[str, str, str, str]]:
    rows = site.rows(
        "SELECT e.type, e.rule, e.family, e.line FROM consent_events e JOIN addresses a USING (contact_id) "
        "WHERE a.identifier = :i ORDER BY e.seq",
        i=sender,
    )
    return [(row.type, row.rule, row.family, row.line) for row in rows]


OUT = ("opt_out", "O10", "email", "mail")


def test_one_post_without_anything_else_ends_all_mail(site: Site, server: MailServer, mailed: Mailed) -> None:
    message = mailed("ana@example.com", "HOURS")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = address(message)
    # A mail program: no cookie, another origin, no user agent to speak of.
    headers = {"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"}
    answer = site.browser().post(path, data=CLICK, headers=headers)
    assert (answer.status_code, answer.headers["referrer-policy"]) == (200, "no-referrer")
    assert ledger(site, "ana@example.com") == [OUT]
    (row,) = site.rows(
        "SELECT s.family FROM suppressions s JOIN addresses a USING (contact_id) WHERE a.identifier = 'ana@example.com'"
    )
    assert row.family == "email"
    # Nothing goes any more, and a second click changes nothing.
    sent = len(server.messages)
    assert site.browser().post(path, data=CLICK).status_code == 200
    assert ledger(site, "ana@example.com") == [OUT]
    came = Message("ana@example.com", OURS, "HOURS", "<again@example.com>", channel="email")
    asyncio.run(site.on_its_loop(site.app.road.receive("mail", [came], wait=10.0)))
    assert len(server.messages) == sent


def test_who_comes_back_may_leave_again(site: Site, mailed: Mailed) -> None:
    path = address(mailed("ben@example.com", "HOURS"))
    assert site.browser().post(path, data=CLICK).status_code == 200
    back = mailed("ben@example.com", "START")
    assert address(back) == path, "an old mail has the same address"
    assert site.browser().post(path, data=CLICK).status_code == 200
    kinds = [entry[0] for entry in ledger(site, "ben@example.com")]
    assert (kinds[0], kinds[-1], kinds.count("opt_out")) == ("opt_out", "opt_out", 2)


def test_clicks_at_the_same_time_are_one(site: Site, mailed: Mailed) -> None:
    path = address(mailed("cleo@example.com", "HOURS"))
    codes: list[int] = []

    def click() -> None:
        codes.append(site.browser().post(path, data=CLICK).status_code)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert codes == [200] * 4
    assert ledger(site, "cleo@example.com") == [OUT]


def test_mail_programs_may_send_the_form_in_parts(site: Site, mailed: Mailed) -> None:
    path = address(mailed("dora@example.com", "HOURS"))
    parts = {"List-Unsubscribe": (None, "One-Click")}
    assert site.browser().post(path, files=parts).status_code == 200
    assert ledger(site, "dora@example.com") == [OUT]


def test_looking_changes_nothing_and_the_button_does(site: Site, mailed: Mailed) -> None:
    path = address(mailed("eve@example.com", "HOURS"))
    seen = site.browser().get(path)
    for _ in range(2):
        seen = site.browser().get(path)
        assert seen.status_code == 200
        assert 'name="List-Unsubscribe" value="One-Click"' in seen.text
        assert site.browser().head(path).status_code in (200, 405)
    assert "eve@example.com" not in seen.text
    assert ledger(site, "eve@example.com") == []
    assert "You will get no more mail" in site.browser().post(path, data=CLICK).text
    again = site.browser().get(path)
    assert "You will get no more mail" in again.text
    assert "<form" not in again.text


def test_what_is_not_asked_for_does_nothing(site: Site, mailed: Mailed) -> None:
    path = address(mailed("finn@example.com", "HOURS"))
    for data in ({}, {"List-Unsubscribe": "no"}):
        assert site.browser().post(path, data=data).status_code == 400
    assert site.browser().post(path, content=b"One-Click" * unsubscribe.MOST_BODY).status_code == 413
    assert ledger(site, "finn@example.com") == []


def test_an_address_that_is_not_ours_does_nothing(site: Site, mailed: Mailed) -> None:
    path = address(mailed("gus@example.com", "HOURS"))
    others = address(mailed("hana@example.com", "HOURS"))
    line, _, token = path.rpartition("/")
    contact, key, seal = token.split(".")
    wrong = [
        "x", f"{contact}.{key}", f"{contact}.{key}.{'0' * 64}", f"{contact}.{key}.{seal[:-1]}",
        f"{contact}.other.{seal}", f"{others.rpartition('/')[2].split('.')[0]}.{key}.{seal}",
    ]  # fmt: skip
    for one in wrong:
        assert site.browser().get(f"{line}/{one}").status_code == 404, one
        assert site.browser().post(f"{line}/{one}", data=CLICK).status_code == 404, one
    for elsewhere in ("second", "simulator", "no-such-line"):  # sealed for one line only
        assert site.browser().post(f"/unsubscribe/{elsewhere}/{token}", data=CLICK).status_code == 404
    assert ledger(site, "gus@example.com") == ledger(site, "hana@example.com") == []
