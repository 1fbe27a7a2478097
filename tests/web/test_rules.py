"""The routing page: the rules in force, trying changes on last week, saving them, taking them back, and two at once."""

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import WORKSPACE, Browser, Site, running
from tests.web.modelled import BOT, FLOW, KNOWLEDGE, draft, model_of
from textback.store import bots

HERE = "/settings/routing"
QUEUES = """\
queues: {shop: {label: The shop, hours: {mon-fri: "9-17"}, first_answer: 10m}, office: {assign: least_busy}}
"""
FILES = {
    "bot.yml": BOT.replace("handoff: {", "handoff: {queue: shop, routes: [{reason: legal, priority: high}], ") + QUEUES,
    "flows/hours.yml": FLOW,
    "knowledge/shop.md": KNOWLEDGE,
    "personas/helper.yml": "persona: helper\nprompt: You answer for a bike shop.\ngate: {send: 1, least: 0}\n",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Site]:
    """A desk of its own: what is set here is for all of it."""
    with running(tmp_path, FILES, understanding="lite") as made:
        yield made


def words(answer: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def save(person: Browser, base: int, **fields: str) -> Any:
    return person.submit(HERE, base=str(base), do="save", **fields)


def handoff(site: Site, contact: str) -> str:
    return str(site.rows("SELECT queue FROM handoffs WHERE contact_id = :c", c=contact)[0].queue)


def test_the_rules_in_force_are_shown(desk: Site) -> None:
    said = words(desk.person("supervisor").get(HERE))
    for one in (
        "The shop",
        "Mon to Fri 9:00–17:00",
        "a first answer: 10 min",
        "given to whoever has fewest",
        "They speak of the law: high priority",
        "Nothing is set here yet",
    ):
        assert one in said, one


def test_a_change_holds_for_the_next_text_without_a_restart_and_is_in_the_audit_log(desk: Site) -> None:
    lead = desk.person("supervisor")
    assert handoff(desk, desk.contact("agent")) == "shop"
    assert save(lead, 0, **{"reason/asked//queue": "office"}).status_code == 303
    assert handoff(desk, desk.contact("agent")) == "office"
    assert desk.audit(lead.email) == [("routing.save", "version 1")]
    said = words(lead.get(f"{HERE}?saved=1"))
    assert "Version 1 is in force" in said
    assert "Asked for a person: queue: the file’s → office" in said
    assert lead.submit(HERE, base="1", number="0", do="again").status_code == 303
    assert handoff(desk, desk.contact("agent")) == "shop"
    assert lead.submit(HERE, base="2", number="1", do="again").status_code == 303
    assert handoff(desk, desk.contact("agent")) == "office"
    assert desk.audit(lead.email)[1:] == [("routing.save", "version 2"), ("routing.back", "version 3")]
    assert "again as version 1 was" in words(lead.get(HERE))


def test_a_preview_counts_last_week_and_keeps_nothing(desk: Site) -> None:
    model_of(desk)
    lead = desk.person("supervisor")
    drafted, asked = draft(desk), desk.contact("agent")
    form = {"gate/helper//send": "0.1", "gate/helper//least": "0", "reason/asked//queue": "office"}
    answer = lead.submit(HERE, base="0", do="preview", **form)
    assert answer.status_code == 200
    said = words(answer)
    assert "Answered 0 1" in said
    assert "Drafted for a person 1 0" in said
    assert "2 conversations would have gone another way" in said
    assert "Asked for a person: from The shop to office" in said
    assert re.search(r"A reply as helper, \d+% sure: sent instead of a draft for a person", said)
    assert f'href="/c/{drafted}"' in answer.text
    assert f'href="/c/{asked}"' in answer.text
    assert desk.rows("SELECT * FROM routing_rules") == []
    assert desk.audit(lead.email) == []
    assert save(lead, 0, **form).status_code == 303
    model = model_of(desk)
    contact = desk.contact("what should i bring along for my electric one")
    for _ in range(200):
        if any(one.author == "bot" and "charger" in one.text for one in desk.messages(contact)):
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the new threshold does not hold")
    assert model.prompts


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("knowledge///answer", "1.5", "from 0 to 1"),
        ("knowledge///answer", "surely", "from 0 to 1"),
        ("knowledge///clarify", "0.9", "lower threshold is above"),
        ("gate/helper//send", "-1", "from 0 to 1"),
        ("reason/asked//queue", "moon", "There is no queue 'moon'"),
        ("reason/asked//priority", "soon", "normal, high or urgent"),
        ("new/helper//intent", "refund", "from which confidence"),
    ],
)
@pytest.mark.parametrize("do", ["save", "preview"])
def test_what_can_not_be_is_said_beside_its_field_and_nothing_is_kept(
    desk: Site, field: str, value: str, why: str, do: str
) -> None:
    answer = desk.person("supervisor").submit(HERE, base="0", do=do, **{field: value, "reason/upset//queue": "office"})
    assert answer.status_code == 400
    assert why in words(answer)
    assert 'value="office" selected' in answer.text, "what was right is lost"
    assert desk.rows("SELECT * FROM routing_rules") == []


def test_of_two_who_save_at_once_the_second_sees_both_and_loses_nothing(desk: Site) -> None:
    ana, ben = desk.person("supervisor"), desk.person("owner")
    assert save(ana, 0, **{"reason/upset//queue": "office", "knowledge///answer": "0.9"}).status_code == 303
    answer = save(ben, 0, **{"reason/vip//priority": "urgent", "knowledge///answer": "0.7"})
    assert answer.status_code == 409
    said = words(answer)
    assert f"{ana.email} has saved version 1" in said
    assert f"{ana.email} has made it 0.9" in said
    assert 'value="0.7"' in answer.text
    assert 'name="base" value="1"' in answer.text
    both = {"reason/vip//priority": "urgent", "knowledge///answer": "0.7", "reason/upset//queue": "office"}
    assert save(ben, 1, **both).status_code == 303
    (row,) = desk.rows("SELECT changes FROM routing_rules WHERE number = 2")
    assert row.changes.count('"') == 10
    late = ana.submit(HERE, base="1", number="0", do="again")
    assert (late.status_code, f"{ben.email} has saved version 2" in words(late)) == (409, True)


def test_what_the_files_lose_is_told_and_the_files_value_holds(desk: Site) -> None:
    lead = desk.person("supervisor")
    save(lead, 0, **{"reason/asked//queue": "office", "gate/helper//send": "0.5"})
    files = {**FILES, "bot.yml": FILES["bot.yml"].replace("office", "yard")}
    desk.write(lambda tx: bots.publish(tx, WORKSPACE, files, desk.clock(), by="x", source="folder"))
    for _ in range(100):
        if desk.app.road.shelf.current.version == 2:
            break
        time.sleep(0.05)
    assert handoff(desk, desk.contact("agent")) == "shop"
    answer = lead.get(HERE)
    said = words(answer)
    assert "Does not hold any more" in said
    assert "The bot's files have no queue 'office' any more. The file’s value holds instead." in said
    assert save(lead, 1, **{"knowledge///answer": "0.9"}).status_code == 303, "what is gone is in the way"
    back = lead.submit(HERE, base="2", back="reason/asked//queue")
    assert "Not saved yet" in words(back)
    assert "Does not hold any more" not in words(save(lead, 2, **{"reason/asked//queue": ""})) + words(lead.get(HERE))
    assert desk.app.road.shelf.current.personas["helper"].gate.send == 0.5, "the rest is lost with a new version"


def test_who_only_looks_sees_values_and_no_field(desk: Site) -> None:
    save(desk.person("owner"), 0, **{"knowledge///answer": "0.91"})
    auditor = desk.person("auditor")
    answer = auditor.get(HERE)
    assert (answer.status_code, "0.91" in answer.text) == (200, True)
    assert not re.search(r"<(select|button)[^>]*name=", answer.text)
    assert save(auditor, 1).status_code == 403
    assert desk.person("agent").get(HERE).status_code == 403


@pytest.mark.parametrize("base", ["", "x", "-1", "9" * 30, "7"])
def test_a_form_of_no_version_is_refused(desk: Site, base: str) -> None:
    assert desk.person("owner").submit(HERE, base=base, do="save").status_code == 400


def test_names_that_are_code_stay_words(desk: Site) -> None:
    form = {"new/helper//intent": "<b>x", "new/helper//send": "0.9"}
    owner = desk.person("owner")
    assert save(owner, 0, **form).status_code == 303
    assert "<b>x" not in owner.get(HERE).text
