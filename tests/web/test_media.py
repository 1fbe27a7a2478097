"""Files that contacts send, in the desk and for programs: who sees them, how they are served, trying again."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from tests.support.fake_files import PNG
from tests.web.conftest import WORKSPACE, Site
from textback.core.ids import bucket_of, new_id
from textback.store.tables_media import media_contents, media_files
from textback.web import retelling
from textback.web.phrases import speak

PDF = b"%PDF-1.7 x"


def bring(
    site: Site, contact: str, state: str = "kept", kind: str = "image/png", data: bytes = PNG, **more: Any
) -> str:
    """A file that came with the contact's first text; its id."""
    message = next(row for row in site.messages(contact) if row.direction == "in")
    id_, digest = new_id(), f"{len(data):064x}"
    key = {"bucket": bucket_of(contact), "contact_id": contact, "workspace": WORKSPACE}
    row = {
        "message_id": message.id, "place": 0, "line": message.line, "url": "https://provider.example.com/1",
        "said": kind, "state": state, "content_type": kind if state == "kept" else "", "size": len(data),
        "digest": digest if state == "kept" else "", "detail": "", "attempts": 1, "due_at": 0, "fence": 1, "at": 0,
    }  # fmt: skip

    def write(tx: Connection) -> None:
        tx.execute(insert(media_files), {**key, "id": id_, **row, **more})
        if state == "kept":
            content = {"digest": digest, "newest": id_, "size": len(data), "data": data}
            tx.execute(insert(media_contents), {**key, **content})
        given = json.dumps([{"url": "https://provider.example.com/1", "content_type": kind}])
        tx.execute(text("UPDATE messages SET media = :m WHERE id = :i"), {"m": given, "i": message.id})

    site.write(write)
    return id_


def test_a_picture_is_shown_and_served_safely(site: Site) -> None:
    contact = site.contact()
    file = bring(site, contact)
    agent = site.person()
    page = agent.get(f"/c/{contact}?view=all").text
    assert f'<img src="/c/{contact}/files/{file}" width="200" height="150"' in page
    assert "provider.example.com" not in page
    answer = agent.get(f"/c/{contact}/files/{file}")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["cache-control"].startswith("private")
    again = agent.get(f"/c/{contact}/files/{file}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = site.contact()
    assert agent.get(f"/c/{other}/files/{file}").status_code == 404


def test_a_file_is_a_link_and_a_download(site: Site) -> None:
    contact = site.contact()
    file = bring(site, contact, kind="application/pdf", data=PDF)
    agent = site.person()
    page = agent.get(f"/c/{contact}?view=all").text
    assert "PDF document" in page
    assert "PDF, 10 B" in page
    answer = agent.get(f"/c/{contact}/files/{file}")
    assert answer.headers["content-disposition"] == f'attachment; filename="{file}.pdf"'


def sentences(path: Path) -> set[str]:
    """What a module may say of a file that it could not fetch, with 7 for each value."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("NoFile", "FetchError"):
            for said in node.args[1:2]:
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                found.add("".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in parts))
    return found


def test_every_reason_is_said_in_the_language_of_the_page() -> None:
    source = Path(retelling.__file__).parents[1]
    modules = ("actions/fetch.py", "actions/files.py", "pipeline/media.py")
    said = set().union(*(sentences(source / name) for name in modules)) - {"", "7"}
    assert len(said) > 12
    speak("es")
    try:
        assert {words for words in said if retelling.retell(words) == words} == set()
        assert retelling.retell("The server answered 503.") == "El servidor respondió 503."
    finally:
        speak("en")
    assert retelling.retell("Something else.") == "Something else."


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_does_not_see_numbers_sees_no_files(site: Site, role: str) -> None:
    contact = site.contact()
    file = bring(site, contact)
    person = site.person(role)
    page = person.get(f"/c/{contact}?view=all").text
    assert "Your role does not see files." in page
    assert f"/files/{file}" not in page
    assert person.get(f"/c/{contact}/files/{file}").status_code == 403
    other = site.contact()
    bring(site, other, "large")
    page = person.get(f"/c/{other}?view=all").text
    assert "Too big to keep" in page
    assert "provider.example.com" not in page, "the link leads to the file itself"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("waiting", "Picture is being fetched"), ("large", "Too big to keep"), ("full", "have reached their limit"),
        ("refused", "it is no picture"), ("expired", "Expired"), ("failed", "It could not be fetched."),
    ],
)  # fmt: skip
def test_each_state_is_said(site: Site, state: str, words: str) -> None:
    contact = site.contact()
    file = bring(site, contact, state)
    agent = site.person()
    page = agent.get(f"/c/{contact}?view=all").text
    assert words in page
    assert ("provider.example.com" in page) is (state in ("large", "full"))
    assert (f"/files/{file}/again" in page) is (state == "failed")
    assert agent.get(f"/c/{contact}/files/{file}").status_code == (409 if state == "waiting" else 404)


def test_a_failed_file_is_tried_again_and_who_did_is_written_down(site: Site) -> None:
    contact = site.contact()
    file = bring(site, contact, "failed")
    agent = site.person()
    assert agent.submit(f"/c/{contact}/files/{file}/again").status_code == 303
    assert site.audit(agent.email) == [("fetch_again", contact)]
    assert agent.submit(f"/c/{contact}/files/{file}/again").status_code == 303  # nothing more to do, or it failed again
    viewer = site.person("viewer")
    assert viewer.submit(f"/c/{contact}/files/{file}/again").status_code == 403


def test_programs_read_a_file_with_their_key(site: Site) -> None:
    contact = site.contact()
    file = bring(site, contact)
    program = site.program("gallery")
    message = next(row for row in site.messages(contact) if row.direction == "in")
    said = program.get(f"/v1/messages/{message.id}").json()["data"]
    assert said["media"] == [f"{site.app.road and said['media'][0].partition('/media/')[0]}/media/{contact}/{file}"]
    answer = program.get(f"/media/{contact}/{file}")
    assert (answer.status_code, answer.content) == (200, PNG)
    listed = program.get("/v1/messages", params={"contact": contact}).json()["data"]
    assert said["media"] in [one["media"] for one in listed]
    assert site.browser().get(f"/media/{contact}/{file}").status_code == 401
    assert program.get(f"/media/{contact}/{'0' * 24}").status_code == 404
    others = bring(site, contact, data=PDF, workspace="another")
    assert program.get(f"/media/{contact}/{others}").status_code == 404


def test_programs_get_the_providers_address_of_what_is_not_kept(site: Site) -> None:
    contact = site.contact()
    bring(site, contact, "large")
    message = next(row for row in site.messages(contact) if row.direction == "in")
    said = site.program("gallery2").get(f"/v1/messages/{message.id}").json()["data"]
    assert said["media"] == ["https://provider.example.com/1"]


def test_a_given_up_file_is_among_what_is_stuck(site: Site) -> None:
    contact = site.contact()
    file = bring(site, contact, "failed")
    values = {"b": bucket_of(contact), "c": contact, "i": file, "p": json.dumps({"file": 1, "type": "image/png"})}

    def write(tx: Connection) -> None:
        tx.execute(
            text(
                "INSERT INTO dead_letters (bucket, contact_id, id, workspace, kind, line, reason, code, detail,"
                " payload, attempts, at) VALUES (:b, :c, :i, 'default', 'file', 'sim', 'no_answer', '', '', :p, 6, 1)"
            ),
            values,
        )

    site.write(write)
    page = site.person("owner").get("/dead-letters?kind=file").text
    assert "File 1 of a text" in page
    assert "Fetch again" in page
