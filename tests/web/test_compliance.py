"""The compliance page: who opts out after what, what is held, is a number suppressed, lists, and the ledger."""

import asyncio
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, update

from tests.web.conftest import WORKSPACE, Browser, Site, running
from textback.compliance.rates import LEAST
from textback.core.ids import bucket_of, new_id
from textback.core.when import DAY, HOUR
from textback.pipeline import uploads
from textback.store import listed, overview
from textback.store.tables import consent_events, gate_decisions, messages, outbox

OURS = "/compliance"
TAGS = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("compliance"), upload_mb=1) as site:
        yield site


@pytest.fixture(scope="module")
def owner(desk: Site) -> Browser:
    return desk.person("owner")


def words_of(answer: httpx.Response) -> str:
    """A page as people read it."""
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", TAGS.sub(" ", answer.text))


def upload(
    browser: Browser, content: bytes, kind: str = "suppressions", as_of: str = "", name: str = "list.csv"
) -> httpx.Response:
    """Choose a file on the page and read it in."""
    fields = {"csrf": browser.csrf, "kind": kind, "as_of": as_of}
    origin = {"Origin": str(browser.base_url).rstrip("/")}
    return browser.post(f"{OURS}/lists", data=fields, files={"file": (name, content, "text/csv")}, headers=origin)


async def read_in(site: Site) -> None:
    """Return when all that was handed over is read in."""
    task = site.app.uploads._task
    if task is not None:
        await task


def settled(site: Site) -> None:
    asyncio.run(site.on_its_loop(read_in(site)))


def put_down_to(site: Site, contact: str, source: str) -> None:
    """Say that what went to a contact came from there."""
    mine = update(messages).where(messages.c.contact_id == contact, messages.c.message_class != "compliance")
    site.write(lambda tx: tx.execute(mine.where(messages.c.direction == "out").values(source=source)))


# ---- who opts out


def test_an_opt_out_is_put_down_to_the_line_and_flow_of_the_text_before_it(desk: Site, owner: Browser) -> None:
    stays, goes = desk.contact("HOURS"), desk.contact("HOURS", "STOP")
    for contact in (stays, goes):
        put_down_to(desk, contact, "sale.offer")
    shown = words_of(owner.get(OURS))
    assert re.search(r"simulator 50\.0 % 1 of 2 50\.0 % 1 of 2", shown)
    assert re.search(r"By flow Name 7 days 30 days sale 50\.0 % 1 of 2", shown)
    assert "By template" not in shown
    put_down_to(desk, goes, "template.spring")
    shown = words_of(owner.get(OURS))
    assert re.search(r"spring 100\.0 % 1 of 1", shown)
    assert re.search(r"sale 0\.0 % 0 of 1", shown)
    assert "More than 3 %" not in shown


def test_a_text_of_four_days_before_is_not_to_blame(desk: Site, owner: Browser) -> None:
    contact = desk.contact("HOURS", "STOP")
    put_down_to(desk, contact, "old_news.one")
    earlier = update(messages).where(messages.c.contact_id == contact).values(at=desk.clock() - 4 * DAY)
    desk.write(lambda tx: tx.execute(earlier))
    shown = words_of(owner.get(OURS))
    assert re.search(r"old_news 0\.0 % 0 of 1", shown)
    assert "1 opt-out came without one." in shown


def test_a_text_of_ten_days_ago_counts_in_thirty_days_alone(desk: Site, owner: Browser) -> None:
    contact = desk.contact("HOURS", "STOP")
    put_down_to(desk, contact, "last_week.one")
    then = desk.clock() - 10 * DAY
    desk.write(lambda tx: tx.execute(update(messages).where(messages.c.contact_id == contact).values(at=then)))
    # The ledger's entries can't be changed, so this one is added.
    found = desk.rows("SELECT * FROM consent_events WHERE contact_id = :c", c=contact)[0]._mapping
    row = {**found, "id": new_id(), "seq": 0, "row_hash": "", "prev_hash": "", "occurred_at": then + HOUR}
    desk.write(lambda tx: tx.execute(insert(consent_events), row))
    assert re.search(r"last_week no texts 100\.0 % 1 of 1", words_of(owner.get(OURS)))


def test_too_many_opt_outs_among_enough_people_raise_an_alarm(desk: Site, owner: Browser) -> None:
    for number in range(20):
        contact = desk.contact(*(("HOURS", "STOP") if number == 0 else ("HOURS",)))
        put_down_to(desk, contact, "pushy.offer")
    while desk.rows("SELECT count(*) FROM outbox")[0][0]:  # a text counts once it has gone
        time.sleep(0.02)
    shown = words_of(owner.get(OURS))
    assert "More than 3 % opt out:" in shown
    assert "Too many opt out: pushy 5.0 % 1 of 20" in shown


# ---- what carriers filter (N1)


def filter_out(site: Site, contact: str) -> None:
    """Carriers kept back what went to a contact."""
    mine = update(messages).where(messages.c.contact_id == contact, messages.c.direction == "out")
    site.write(lambda tx: tx.execute(mine.values(status="filtered")))


def test_filtered_texts_are_counted_where_they_came_from(desk: Site, owner: Browser) -> None:
    passed, kept = desk.contact("HOURS"), desk.contact("HOURS")
    for contact in (passed, kept):
        put_down_to(desk, contact, "promo.offer")
    filter_out(desk, kept)
    shown = words_of(owner.get(OURS))
    lost, both = len(texts_of(desk, kept)), len(texts_of(desk, passed) + texts_of(desk, kept))
    assert lost
    assert f"Flow promo {100 * lost / both:.1f} % {lost} of {both}" in shown
    assert re.search(r"Line simulator \S+ % \d+ of \d+", shown)
    assert not re.search(r"as spam: [^.]*promo", shown)  # they are too few for an alarm


def test_too_many_filtered_texts_raise_an_alarm(desk: Site, owner: Browser) -> None:
    for number in range(LEAST):
        contact = desk.contact("HOURS")
        put_down_to(desk, contact, "shouting.offer")
        if number % 2:
            filter_out(desk, contact)
    shown = words_of(owner.get(OURS))
    assert re.search(r"Carriers filter more than 2 % as spam: [^.]*shouting", shown)
    assert "Too many are filtered: Flow shouting 50.0 %" in shown


def texts_of(site: Site, contact: str) -> list[Any]:
    """What went to a contact."""
    return [row for row in site.messages(contact) if row.direction == "out" and row.message_class != "compliance"]


def test_where_there_is_too_much_to_read_only_the_newest_counts(desk: Site) -> None:
    now = desk.clock()
    every = desk.write(overview.sample, WORKSPACE, now - DAY)
    assert every.since == now - DAY
    few = desk.write(overview.sample, WORKSPACE, now - DAY, 3)
    assert few.since > now - DAY
    assert {one.contact_id for one in few.texts} < {one.contact_id for one in every.texts}
    newer = [one for one in every.texts if one.at >= few.since]
    assert sorted(one.at for one in few.texts) == sorted(one.at for one in newer)


# ---- what is held, and what was decided


def hold(site: Site, contact: str, rule: str, until: int) -> None:
    """A text to this contact waits."""
    old = dict(site.messages(contact)[-1]._mapping)
    row = {**old, "id": new_id(), "rule": rule, "status": "queued", "direction": "out", "message_class": "promotional"}
    address = site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)[0].address
    names = {column.name for column in outbox.c}
    waits = {**row, "recipient": address, "state": "queued", "attempts": 0, "due_at": until, "expires_at": None}
    waits |= {"lease_until": None, "fence": 0, "priority": 2, "asks": 0, "programme": "", "offer": ""}
    site.write(lambda tx: tx.execute(insert(messages), row))
    site.write(lambda tx: tx.execute(insert(outbox), {name: waits[name] for name in names}))


def test_held_texts_are_counted_by_rule_and_lead_to_their_conversation(desk: Site, owner: Browser) -> None:
    assert "Nothing waits for its hour" in words_of(owner.get(OURS))
    contacts = [desk.contact("HOURS") for _ in range(3)]
    for contact, rule in zip(contacts, ("Q1", "Q1", "Q3"), strict=True):
        hold(desk, contact, rule, desk.clock() + DAY)
    hold(desk, contacts[0], "", desk.clock() + DAY)  # tried again later, by no rule
    answer = owner.get(OURS)
    shown = words_of(answer)
    assert "2 Q1 It was outside the hours" in shown
    assert "1 Q3 They had had as many" in shown
    assert "O3" not in shown
    for contact in contacts:
        assert f'href="/c/{contact}?view=all"' in answer.text
        number = desk.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)[0].address
        assert number not in answer.text
        assert f"•{number[-2:]}" in answer.text


def test_decisions_of_the_week_are_counted_by_rule_with_a_sentence(desk: Site, owner: Browser) -> None:
    contact = desk.contact("HOURS")
    row: dict[str, Any] = {column.name: "" for column in gate_decisions.c}
    row |= {"bucket": bucket_of(contact), "contact_id": contact, "workspace": WORKSPACE, "outcome": "refuse"}
    row |= {"rule": "K1", "judged": "promotional", "until": None}
    for age in (HOUR, 2 * HOUR, 8 * DAY):
        new = {**row, "id": new_id(), "at": desk.clock() - age}
        desk.write(lambda tx, new=new: tx.execute(insert(gate_decisions), new))
    assert "2 Refused, promotional K1 They had not agreed in writing" in words_of(owner.get(OURS))


# ---- one number


def test_a_number_is_found_by_all_that_keeps_it_from_texts(desk: Site, owner: Browser) -> None:
    phone = desk.phone()
    desk.text(phone, "HOURS")
    desk.text(phone, "STOP")
    answer = owner.submit(f"{OURS}/numbers", number=f"+{phone}")
    shown = words_of(answer)
    assert "Opted out here" in shown
    assert "Known by a word such as STOP" in shown
    assert phone not in answer.text
    assert f"•{phone[-2:]}" in shown
    contact = desk.rows("SELECT contact_id FROM addresses WHERE identifier = :i", i=f"+{phone}")[0].contact_id
    assert desk.audit(owner.email)[-1] == ("suppression.search", contact)


def test_a_number_on_a_list_and_one_that_nobody_knows(desk: Site, owner: Browser) -> None:
    row = (WORKSPACE, ["+12065550171"], "D2", "complaints.csv", desk.clock())
    asyncio.run(desk.on_its_loop(desk.app.db.write(listed.suppress_numbers, *row)))
    shown = words_of(owner.submit(f"{OURS}/numbers", number="(206) 555-0171"))
    assert re.search(r"On the list of suppressed numbers .*Rule D2 From complaints\.csv", shown)
    shown = words_of(owner.submit(f"{OURS}/numbers", number="206-555-0172"))
    assert "Nothing is known of this number" in shown
    assert desk.audit(owner.email)[-1] == ("suppression.search", "(•••) •••-••72")
    refused = owner.submit(f"{OURS}/numbers", number="not a number")
    assert refused.status_code == 400
    assert "That is not a phone number." in refused.text


# ---- lists


def test_a_list_is_read_in_and_its_bad_lines_come_back(desk: Site, owner: Browser) -> None:
    phone = desk.phone()
    contact = desk.text(phone, "HOURS")
    content = f"number\n{phone}\n206-555-0173\nno number here\n".encode()
    answer = upload(owner, content, name=r"C:\lists\ours.csv")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{OURS}/lists?did=begun")
    settled(desk)
    page = owner.get(f"{OURS}/lists")
    shown = words_of(page)
    assert "Suppressed numbers ours.csv Done 4 lines · 2 bad · 1 opted out · 1 suppressed" in shown
    assert desk.rows("SELECT opted_out FROM conversations WHERE contact_id = :c", c=contact)[0].opted_out
    assert "On the list of suppressed numbers" in words_of(owner.submit(f"{OURS}/numbers", number="206-555-0173"))
    link = re.findall(r'href="(/compliance/lists/suppressions/\w+/bad[^"]*)"', page.text)[0]
    bad = owner.get(link)
    assert bad.headers["content-type"] == "text/csv; charset=utf-8"
    assert bad.text.splitlines() == [
        "line,why,text", "1,line has no phone number,number", "4,line has no phone number,no number here",
    ]  # fmt: skip
    assert ("suppressions.upload", "ours.csv") in desk.audit(owner.email)
    assert ("suppressions.import", "ours.csv") in desk.audit(owner.email)
    again = upload(owner, content)
    assert again.headers["location"] == f"{OURS}/lists?did=known"
    assert "Nothing is left to do." in words_of(owner.get(again.headers["location"]))
    assert list(desk.app.uploads.folder.glob("*.part")) == []


def test_a_registry_needs_its_date_and_counts_as_of_it(desk: Site, owner: Browser) -> None:
    content = b"206,5550174\n"
    for as_of, why in (("", "Give the date"), ("soon", "Give the date"), ("2999-01-01", "in the future")):
        refused = upload(owner, content, "registry", as_of)
        assert refused.status_code == 400
        assert why in refused.text
    assert upload(owner, content, "registry", "2026-01-02").status_code == 303
    settled(desk)
    shown = words_of(owner.submit(f"{OURS}/numbers", number="2065550174"))
    assert "On the do-not-call registry As of 2026-01-02 Rule D1" in shown
    assert "older than 31 days" in shown


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Choose a file"),
        (b"PK\x03\x04 a spreadsheet", "not a text file"),
        (b"2065550175\n" * 100_000, "larger than 1 MB"),
    ],
)
def test_what_is_no_list_is_refused_and_not_kept(desk: Site, owner: Browser, content: bytes, why: str) -> None:
    answer = upload(owner, content)
    assert answer.status_code in (400, 413)
    assert why in answer.text
    assert list(desk.app.uploads.folder.glob("*.part")) == []


def test_nothing_is_kept_of_a_file_whose_form_is_not_ours(desk: Site, owner: Browser) -> None:
    origin = {"Origin": str(owner.base_url).rstrip("/")}
    files = {"file": ("list.csv", b"2065550176\n" * 2000, "text/csv")}
    for fields in ({"kind": "suppressions"}, {"csrf": "x", "kind": "suppressions"}):
        assert owner.post(f"{OURS}/lists", data=fields, files=files, headers=origin).status_code == 403
    other = {"Origin": "https://example.com"}
    fields = {"csrf": owner.csrf, "kind": "suppressions"}
    assert owner.post(f"{OURS}/lists", data=fields, files=files, headers=other).status_code == 403
    agent = desk.person("agent")
    assert upload(agent, b"2065550176\n").status_code == 403
    kind = {"Content-Type": "multipart/form-data; boundary=x", **origin}
    for body in (b"", b"--x\r\n", b"--x\r\nno header\r\n\r\n--x--", b"--x\r\nA: b\r\n\r\nc\r\n--x--\r\n"):
        assert owner.post(f"{OURS}/lists", content=body, headers=kind).status_code in (400, 403)
    assert list(desk.app.uploads.folder.glob("*.part")) == []


def test_a_list_that_the_server_left_off_goes_on_when_it_is_handed_over_again(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("restart")
    content = b"".join(b"206555%04d\n" % number for number in range(2500))

    def halt(seconds: float) -> None:
        raise uploads.Stopped

    with monkeypatch.context() as patched, running(folder) as site:
        patched.setattr(uploads, "rest", halt)
        first = site.person("owner")
        assert upload(first, content).headers["location"].endswith("begun")
        settled(site)
        assert "1,000 lines, 40 %" in words_of(first.get(f"{OURS}/lists"))
    with running(folder) as site:
        owner = site.browser()
        site.sign_in(owner, first.user_id)
        site.clock.advance(HOUR)
        assert "list.csv Stopped 1,000 lines, 40 % " in words_of(owner.get(f"{OURS}/lists"))
        assert upload(owner, content).headers["location"].endswith("again")
        settled(site)
        assert "list.csv Done 2,500 lines · 2,500 suppressed" in words_of(owner.get(f"{OURS}/lists"))
        assert site.rows("SELECT count(*) AS n FROM listed_numbers")[0].n == 2500


# ---- the ledger


async def checked(site: Site) -> None:
    await site.app.ledger_check._task


def check(site: Site, owner: Browser) -> str:
    assert owner.submit(f"{OURS}/ledger").status_code == 303
    asyncio.run(site.on_its_loop(checked(site)))
    return words_of(owner.get(f"{OURS}/ledger"))


def test_the_ledger_is_checked_and_says_what_is_not_as_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(tmp_path_factory.mktemp("ledger")) as site:
        owner = site.person("owner")
        contact = site.contact("HOURS", "STOP")
        assert "No check is on record." in words_of(owner.get(f"{OURS}/ledger"))
        shown = check(site, owner)
        assert "All is as it was written." in shown
        assert "1 entry in 1 chain," in shown
        assert ("consent.verify", "ledger") in site.audit(owner.email)
        site.write(lambda tx: tx.exec_driver_sql("DELETE FROM consent_heads"))
        shown = check(site, owner)
        assert "1 thing is not as written." in shown
        assert f"Contact {contact} : nothing says where its chain ends." in shown
