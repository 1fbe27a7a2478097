"""Pictures and files in a thread, in every state, as people see them: nothing overflows, and axe finds nothing."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Windows
from tests.browser.test_access import WCAG, phone_says, violations
from tests.browser.test_spanish import WIDE

PHONE = "/try/12535550172"
PICTURE = Path("src/textback/web/static/icon-512.png").read_bytes()
PDF = b"%PDF-1.7 prices"
KEPT = (("image/png", PICTURE), ("application/pdf", PDF))
#: State, type that was said, size, and why.
OTHERS = (
    ("waiting", "image/jpeg", None, ""), ("waiting", "video/mp4", None, ""),
    ("failed", "image/jpeg", None, "The server answered 503."),
    ("failed", "application/pdf", None, "The provider refused our account or key (401)."),
    ("expired", "image/png", None, ""), ("refused", "application/zip", 4096, ""),
    ("large", "video/mp4", 31_000_000, ""), ("full", "image/png", 900_000, ""),
)  # fmt: skip
COLUMNS = (
    "bucket, contact_id, id, workspace, message_id, place, line, url, said, state, content_type, size, digest, detail,"
    " attempts, due_at, fence, at"
)


def bring(site: Site, contact: str) -> None:
    """Let the contact's last text have files in every state."""
    with closing(sqlite3.connect(site.database.removeprefix("sqlite:///"))) as db, db:
        key = db.execute(
            "SELECT bucket, contact_id, workspace, id, line FROM messages WHERE contact_id = ? AND direction = 'in'"
            " ORDER BY id DESC", (contact,),
        ).fetchone()  # fmt: skip
        bucket, contact_id, workspace, message, line = key
        files: list[tuple[Any, ...]] = [
            ("kept", kind, len(data), "", kind, f"{n:064x}") for n, (kind, data) in enumerate(KEPT)
        ]
        files += [(state, kind, size, why, "", "") for state, kind, size, why in OTHERS]
        far = 2**60  # so that nobody fetches them
        for n, (state, said, size, why, kind, digest) in enumerate(files):
            row = (bucket, contact_id, f"{n:024x}", workspace, message, n, line, f"https://provider.example.com/{n}",
                   said, state, kind, size, digest, why, 1, far, 1, 0)  # fmt: skip
            db.execute(f"INSERT INTO media_files ({COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)
        for n, (_, data) in enumerate(KEPT):
            content = (bucket, contact_id, f"{n:064x}", workspace, f"{n:024x}", len(data), data)
            db.execute(
                "INSERT INTO media_contents (bucket, contact_id, digest, workspace, newest, size, data)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)", content,
            )  # fmt: skip
        media = json.dumps([{"url": f"https://provider.example.com/{n}"} for n in range(len(files))])
        db.execute("UPDATE messages SET media = ? WHERE id = ?", (media, message))


@pytest.fixture(scope="module")
def contact(browser: Browser, demo: Site) -> str:
    windows = Windows(browser, demo)
    found = phone_says(windows.open("/try"), PHONE, "hi", "can I talk to a real person? here is my bike")
    bring(demo, found)
    windows.close()
    return found


def drawn(page: Page) -> None:
    """Wait until the kept picture is there."""
    picture = page.locator(".thumb img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 512)


def test_the_states_are_told_in_spanish_too(windows: Windows, contact: str) -> None:
    page = windows.open(f"/c/{contact}?view=all", locale="es-MX", viewport={"width": 390, "height": 844})
    drawn(page)
    assert page.evaluate(WIDE) == []
    said = page.locator(".medium, .thumb").all_inner_texts()
    assert len(said) == len(KEPT) + len(OTHERS)
    english = ("picture", "file", "the ", "fetched", "kept", "answered", "open")
    assert [one for one in said if any(word in f" {one.lower()} " for word in english)] == []


def test_who_may_see_no_files_is_told_so(browser: Browser, demo: Site, contact: str) -> None:
    link = demo.add_user("vera@example.com", "Vera", "viewer")
    windows = Windows(browser, Site(demo.url, demo.folder, demo.database, link))
    page = windows.open(f"/c/{contact}?view=all")
    expect(page.get_by_text("Your role does not see files.")).to_have_count(len(KEPT))
    expect(page.locator(".thumb img")).to_have_count(0)
    assert violations(page, WCAG) == []
    windows.close()
