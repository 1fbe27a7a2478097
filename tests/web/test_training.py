"""POST /v1/ai/train and what belongs to it: what it takes and refuses, and how a program sees what became of it."""

import time
from typing import Any

import httpx
import pytest

from tests.web.conftest import Site
from textback.store import trainings
from textback.store.trainings import Asked, Document
from textback.web.v1.training import LONGEST_TEXT, MOST_BODY, MOST_DOCUMENTS, MOST_URLS

RETURNS = {"name": "returns", "question": "How long can I return it?", "answer": "For thirty days, with the receipt."}


@pytest.fixture(scope="module")
def crm(site: Site) -> httpx.Client:
    return site.program("crm")


def over(crm: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """What became of a training."""
    assert answer.status_code == 202, answer.text
    begun = answer.json()["data"]
    assert begun["status"] in ("queued", "running", "done")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found: dict[str, Any] = crm.get(f"/v1/ai/train/{begun['id']}").json()["data"]
        if found["status"] in ("done", "failed"):
            return found
        time.sleep(0.05)
    raise AssertionError("it did not end")


def test_a_document_is_learned_said_to_people_and_taken_away(site: Site, crm: httpx.Client) -> None:
    found = over(crm, crm.post("/v1/ai/train", json={"documents": [RETURNS]}))
    assert (found["status"], found["read"], found["of"], found["problems"]) == ("done", 1, 1, [])
    assert found["reason"] == ""
    assert found["created_at"] <= found["updated_at"]
    shown = site.person("owner").get("/flows/versions").text
    assert "trained by key crm" in shown
    assert site.audit("API key crm")[-1] == ("bot.publish", f"version {found['version']}")

    gone = crm.delete("/v1/ai/train/documents/returns")
    assert (gone.status_code, gone.json()) == (200, {"data": {"name": "returns", "version": found["version"] + 1}})
    assert crm.delete("/v1/ai/train/documents/returns").status_code == 404


def test_what_can_not_be_learned_says_why(crm: httpx.Client) -> None:
    found = over(crm, crm.post("/v1/ai/train", json={"urls": ["http://127.0.0.1:8000/desk"]}))
    assert (found["status"], found["version"]) == ("failed", None)
    assert found["reason"] == "None of the addresses could be read."
    assert found["problems"] == [{"source": "http://127.0.0.1:8000/desk", "why": "it is not on the public internet"}]


def many(count: int) -> list[dict[str, str]]:
    return [{**RETURNS, "name": f"n{n}"} for n in range(count)]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "documents", "Give urls or documents."),
        ({"urls": ["ftp://example.com/"]}, "urls", "no web address"),
        ({"urls": ["https://user@example.com/"]}, "urls", "no web address"),
        ({"urls": ["https://example.com:99999/"]}, "urls", "no web address"),
        ({"urls": [f"https://example.com/{n}" for n in range(MOST_URLS + 1)]}, "urls", "at most 20"),
        ({"documents": many(MOST_DOCUMENTS + 1)}, "documents", "at most 500"),
        ({"documents": [{"name": "../bot", "content": "text"}]}, "documents", "can't be called '../bot'"),
        ({"documents": [{"name": "a"}]}, "documents", "either content, or a question"),
        ({"documents": [{**RETURNS, "content": "text"}]}, "documents", "either content, or a question"),
        ({"documents": [{"name": "a", "question": "Why?"}]}, "documents", "either content, or a question"),
        ({"documents": [{"name": "a", "content": "x" * (LONGEST_TEXT + 1)}]}, "documents", "more than 200,000"),
        ({"documents": [RETURNS, RETURNS]}, "documents", "Two documents are called returns."),
        ({"documents": [RETURNS], "force": True}, "force", "unknown field `force`"),
    ],
)
def test_what_it_does_not_take(crm: httpx.Client, body: dict[str, Any], field: str, words: str) -> None:
    answer = crm.post("/v1/ai/train", json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert words in answer.json()["detail"]


def test_a_body_that_is_too_long_and_one_that_is_none(crm: httpx.Client) -> None:
    assert crm.post("/v1/ai/train", json={"urls": ["x" * MOST_BODY]}).json()["detail"] == "The body is over 2048 KB."
    assert crm.post("/v1/ai/train", content=b"urls=x").status_code == 415


def test_nobody_sees_what_does_not_exist(crm: httpx.Client) -> None:
    assert crm.get("/v1/ai/train/nothing").status_code == 404
    assert crm.delete("/v1/ai/train/documents/..%2Fbot").status_code == 404


def test_too_many_that_wait_are_refused(site: Site, crm: httpx.Client) -> None:
    now = site.clock()
    site.write(trainings.add, "default", "busy", "crm", Asked((), (Document("a", "A."),)), now)
    taken = site.write(trainings.claim, "default", now)  # another server is at work, so all others wait
    assert taken is not None
    for n in range(trainings.MOST_WAITING - 1):
        site.write(trainings.add, "default", f"w{n}", "crm", Asked((), (Document("a", "A."),)), now)
    assert crm.post("/v1/ai/train", json={"documents": [RETURNS]}).status_code == 429
