"""Importing contacts from a file: its columns, what becomes of each row, and what an import never does."""

import csv
import io
import json
import re
import time
from html import unescape
from typing import Any

import httpx
import pytest

from tests.web.conftest import Browser, Site
from tests.web.test_leads import add, define, ids
from textback.store.leads import Field

Cells = list[str]


@pytest.fixture(scope="module")
def lead(site: Site) -> Browser:
    define(site, Field("seats", "Seats", "number"), Field("secret_plan", "Secret plan", seen_by="owner"))
    return site.person("supervisor", "Sam Lee")


def sheet(*rows: Cells, separator: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode()


def upload(person: Browser, data: bytes, name: str = "leads.csv") -> httpx.Response:
    return person.post(
        "/leads/import",
        data={"csrf": person.csrf},
        files={"file": (name, data, "text/csv")},
        headers={"Origin": str(person.base_url).rstrip("/")},
    )


def kept(person: Browser, data: bytes, name: str = "leads.csv") -> str:
    """The address of a file that waits."""
    answer = upload(person, data, name)
    assert answer.status_code == 303, answer.text
    assert re.fullmatch(r"/leads/import/[0-9a-f]{24}", answer.headers["location"])
    return answer.headers["location"]


def chosen(page: str) -> dict[str, str]:
    """What the columns of a page are, as its form would send it."""
    found = {}
    for name, body in re.findall(r'<select id="[^"]*" name="(col\.\d+|line)"[^>]*>(.*?)</select>', page, re.DOTALL):
        picked = re.findall(r'<option value="([^"]*)" selected>', body) or re.findall(r"<option selected>(.*?)<", body)
        found[name] = picked[0]
    return found


def page(person: Browser, path: str) -> str:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def ended(site: Site, place: str) -> Any:
    """Wait until an import is over; its row."""
    id_ = place.rpartition("/")[2]
    for _ in range(1_000):
        (row,) = site.rows("SELECT * FROM contact_imports WHERE id = :i", i=id_)
        if row.state in ("done", "stopped"):
            return row
        time.sleep(0.02)
    raise AssertionError("it does not end")


def imported(site: Site, person: Browser, data: bytes, **more: str) -> tuple[str, dict[str, int]]:
    """Import a file as it is guessed; its address, and what became of its rows."""
    place = kept(person, data)
    answer = person.submit(place, do="start", **{**chosen(person.get(place).text), **more})
    assert answer.status_code == 303, answer.text
    counts: dict[str, int] = json.loads(ended(site, place).counts)
    return place, counts


def numbers(site: Site, count: int) -> list[str]:
    return [site.phone()[1:] for _ in range(count)]


def test_a_file_becomes_contacts_with_names_tags_and_fields(site: Site, lead: Browser) -> None:
    ana, bo = numbers(site, 2)
    data = (
        "\ufeff"
        + sheet(
            ["Mobile phone", "First name", "Last name", "Labels", "Seats", "Notes"],
            [f"({ana[:3]}) {ana[3:6]}-{ana[6:]}", "Ana", "Núñez; Díaz", "VIP, spring", "1,200", "secret"],
            [bo, "=cmd()", "", "", "", ""],
            ["555", "Cy", "", "", "", ""],
            [f"+1{ana}", "Ana", "Twice", "", "", ""],
            [numbers(site, 1)[0], "Di", "", "", "many", ""],
            separator=";",
        ).decode()
    )
    place = kept(lead, data.encode())
    before = page(lead, place)
    assert "2 new · 0 changed · 0 as they were · 3 refused" in before
    assert "Line 4 That phone number has too few or too many digits" in re.sub(r"<[^>]*>", "", before)
    assert "The same number is in line 2." in before
    assert "Seats is a number." in before
    assert ids(lead, "/leads?q=núñez") == []  # nothing is changed before somebody says so
    assert lead.submit(place, do="start", tags="fair-2026", **chosen(lead.get(place).text)).status_code == 303
    assert ended(site, place).position == 5
    after = page(lead, place)
    assert "5 of 5 rows · 2 new · 0 changed · 0 as they were · 3 refused" in after
    assert len(ids(lead, "/leads?q=ana+núñez&tag=fair-2026")) == 1
    assert ids(lead, "/leads?tag=vip&seats=1200") == ids(lead, "/leads?q=ana+núñez")
    assert ids(lead, f"/leads?q={bo}") == ids(lead, "/leads?q=%3Dcmd()")
    assert "secret" not in lead.get("/leads/export?tag=fair-2026").text
    contact = ids(lead, "/leads?q=ana+núñez")[0]
    assert "Imported from leads.csv" in page(lead, f"/leads?open={contact}")
    done = [action for action, subject in site.audit(lead.email) if subject == place.rpartition("/")[2]]
    assert done == ["contacts.import.upload", "contacts.import.start", "contacts.import"]


def test_the_refused_rows_can_be_mended_and_imported_again(site: Site, lead: Browser) -> None:
    (good,) = numbers(site, 1)
    data = sheet(["phone", "name", "seats"], [good, "=1+1", "two"], ["12", "Éve, the 2nd", ""])
    place, counts = imported(site, lead, data)
    assert counts == {"new": 0, "changed": 0, "same": 0, "refused": 2}
    answer = lead.get(f"{place}/refused")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["line"], row["name"], row["seats"]) for row in rows] == [
        ("2", "'=1+1", "two"), ("3", "Éve, the 2nd", ""),
    ]  # fmt: skip
    assert rows[0]["why"] == "Seats is a number."
    assert ("contacts.import.refused", place.rpartition("/")[2]) in site.audit(lead.email)
    _, counts = imported(site, lead, answer.text.replace("two", "2").encode())
    assert (counts["new"], counts["refused"]) == (1, 1)
    assert ids(lead, "/leads?q=%3D1%2B1&seats=2") == ids(lead, f"/leads?q={good}")


def test_an_import_makes_no_consent_and_sends_nothing(site: Site, lead: Browser) -> None:
    phone = site.phone()
    out = site.text(phone, "STOP")
    (new,) = numbers(site, 1)
    data = sheet(
        ["phone", "name", "opted_in", "consent", "opted_out"], [phone[1:], "Out", "yes", "yes", "no"],
        [new, "New", "yes", "yes", "no"],
    )  # fmt: skip
    tables = ("consent_events", "agreements", "messages")
    before = [site.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]
    _, counts = imported(site, lead, data)
    assert (counts["new"], counts["changed"]) == (1, 1)
    after = [site.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]
    assert after == before
    assert site.rows("SELECT opted_out FROM conversations WHERE contact_id = :c", c=out)[0].opted_out
    (made,) = ids(lead, f"/leads?q={new}")
    assert site.messages(made) == []


def test_the_same_file_again_changes_nothing_and_what_is_known_can_be_kept(site: Site, lead: Browser) -> None:
    one, two = numbers(site, 2)
    data = sheet(["phone", "name", "seats"], [one, "Gus Holt", "2"], [two, "Hal Ito", "3"])
    assert imported(site, lead, data)[1]["new"] == 2
    assert imported(site, lead, data)[1] == {"new": 0, "changed": 0, "same": 2, "refused": 0}
    other = sheet(["phone", "name", "seats", "tags"], [one, "Augustus", "9", ""], [two, "", "", "late"])
    assert imported(site, lead, other, keep="1")[1] == {"new": 0, "changed": 1, "same": 1, "refused": 0}
    assert ids(lead, "/leads?q=gus+holt&seats=2") == ids(lead, f"/leads?q={one}")
    assert imported(site, lead, other)[1]["changed"] == 1
    assert ids(lead, "/leads?q=augustus&seats=9") == ids(lead, f"/leads?q={one}")
    assert ids(lead, "/leads?q=hal+ito&tag=late&seats=3") == ids(lead, f"/leads?q={two}")


def test_an_export_comes_back_as_it_was(site: Site, lead: Browser) -> None:
    (number,) = numbers(site, 1)
    imported(site, lead, sheet(["phone", "name", "tags", "seats"], [number, "-Ida =x", "trip", "4"]))
    export = lead.get("/leads/export?tag=trip").content
    columns = list(chosen(lead.get(kept(lead, export)).text).values())
    assert columns[:6] == ["name", "number", "", "tags", "field.stage", "field.seats"]
    assert imported(site, lead, export)[1] == {"new": 0, "changed": 0, "same": 1, "refused": 0}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "something in it"),
        ("phone,name\n2065550123,Jos\xe9\n".encode("latin-1"), "Line 2 has letters that are not UTF-8"),
        (b"PK\x03\x04\x14\x00", "not a CSV file"),
        (b'phone,name\n"2065550123,Ana\n', "quotes that do not fit"),
        (b"phone,name\n", "no rows"),
        (b"phone\n" + b"2065550123\n" * 100_001, "more than 100,000 rows"),
    ],
    ids=["empty", "latin-1", "workbook", "quotes", "no rows", "many"],
)
def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(
    site: Site, lead: Browser, data: bytes, words: str
) -> None:
    before = site.rows("SELECT count(*) FROM contact_imports")[0][0]
    answer = upload(lead, data)
    assert answer.status_code == 400
    assert words in unescape(answer.text)
    assert 'role="alert"' in answer.text
    assert site.rows("SELECT count(*) FROM contact_imports")[0][0] == before
    orphans = "SELECT part FROM contact_import_parts WHERE import_id NOT IN (SELECT id FROM contact_imports)"
    assert site.rows(orphans) == []
    big = upload(lead, b"x" * (20 * 2**20 + 1)) if data == b"" else None
    assert big is None or big.status_code == 413


def test_columns_must_be_said_before_it_begins(site: Site, lead: Browser) -> None:
    place = kept(lead, sheet(["who", "wants"], ["Ana", "A bike"]))
    assert "Say which one column has the phone number." in page(lead, place)
    columns = {"col.0": "name", "col.1": "field.wants"}
    refused = lead.submit(place, do="start", **columns)
    assert refused.status_code == 400
    assert "Say which one column" in refused.text
    assert lead.submit(place, do="start", **columns | {"col.1": "consent"}).status_code == 400
    assert lead.submit(place, do="check", **columns | {"col.1": "field.secret_plan"}).status_code == 400
    assert lead.submit(place, do="check", **columns, tags="No!").status_code == 400
    assert lead.submit(place, do="burn").status_code == 400
    assert "secret plan" not in page(lead, place).lower()
    assert lead.submit(place, do="check", **columns | {"col.0": "number"}).status_code == 303
    assert chosen(lead.get(place).text)["col.0"] == "number"  # it is kept for later


def test_a_file_is_begun_with_once_stopped_and_discarded(site: Site, lead: Browser) -> None:
    first = kept(lead, sheet(["phone", "name"], [numbers(site, 1)[0], "Jo"]))
    columns = chosen(lead.get(first).text)
    assert lead.submit(first, do="discard").headers["location"] == "/leads/import"
    assert lead.get(first).status_code == 404
    place, _ = imported(site, lead, sheet(["phone", "name"], [numbers(site, 1)[0], "Jo"]))
    assert lead.submit(place, do="start", **columns).status_code == 409
    assert lead.submit(place, do="discard").status_code == 409
    assert lead.submit(place, do="stop").status_code == 303
    assert "Done" in page(lead, place)


def test_nobody_sees_or_changes_contacts_of_others_by_an_import(site: Site, lead: Browser) -> None:
    contact = add(lead, site, "Nora Hidden")
    (row,) = site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)
    narrow = site.person("supervisor", "Nils Narrow")
    data = sheet(["phone", "name"], [row.address, "Renamed"])
    theirs = kept(lead, data)
    site.write(_restrict, narrow.user_id, "")
    assert upload(narrow, data).status_code == 409  # no line is theirs
    site.write(_restrict, narrow.user_id, "elsewhere")
    for path in (theirs, f"{theirs}/refused"):
        assert narrow.get(path).status_code == 404
    assert narrow.submit(theirs, do="discard").status_code == 404
    assert "leads.csv" not in narrow.get("/leads/import").text
    assert site.person("agent").get("/leads/import").status_code == 403


def _restrict(tx: Any, user_id: str, lines: str) -> None:
    from sqlalchemy import text

    tx.execute(text("UPDATE users SET sight = 'some', lines = :l WHERE id = :u"), {"u": user_id, "l": lines})


def test_erasing_somebody_takes_their_refused_rows(site: Site, lead: Browser) -> None:
    contact = add(lead, site, "Kit Gone")
    (row,) = site.rows("SELECT address FROM conversations WHERE contact_id = :c", c=contact)
    data = sheet(["phone", "name"], [row.address, "Kit G"], [row.address, "Kit Twice"], ["12", "Other"])
    place, counts = imported(site, lead, data)
    assert counts["refused"] == 2
    site.person("owner").submit(f"/c/{contact}/erase", sure="1")
    left = lead.get(f"{place}/refused").text
    assert "Kit" not in left
    assert "Other" in left


def test_a_file_that_nobody_begins_with_is_forgotten_after_a_day(site: Site, lead: Browser) -> None:
    from textback.core.when import DAY
    from textback.store import contact_imports

    place = kept(lead, sheet(["phone"], [numbers(site, 1)[0]]))
    id_ = place.rpartition("/")[2]
    site.write(contact_imports.forget_old, "default", site.clock() + DAY - 60_000)
    assert lead.get(place).status_code == 200
    site.write(contact_imports.forget_old, "default", site.clock() + DAY + 60_000)
    assert lead.get(place).status_code == 404
    assert site.rows("SELECT part FROM contact_import_parts WHERE import_id = :i", i=id_) == []
