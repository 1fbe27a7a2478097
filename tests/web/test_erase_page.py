"""Erasing a contact from the desk and by the API: only who may, only confirmed, and said on record (P1)."""

from tests.web.conftest import Site


def test_an_owner_sees_what_goes_and_erases(site: Site) -> None:
    owner = site.person("owner")
    contact = site.contact("HOURS", "my dog is called Blue")
    assert f'href="/c/{contact}/erase?view=all"' in owner.get(f"/c/{contact}?view=all").text
    asked = owner.get(f"/c/{contact}/erase").text
    assert "All that is kept of this contact goes" in asked
    assert "texts, which keep only when they went" in asked
    done = owner.submit(f"/c/{contact}/erase", sure="1")
    assert (done.status_code, done.headers["location"]) == (303, "/desk/all")
    assert owner.get(f"/c/{contact}").status_code == 404
    assert owner.get(f"/c/{contact}/erase").status_code == 404
    assert contact not in owner.get("/desk/all").text
    assert {row.text for row in site.messages(contact)} == {""}
    assert site.audit(owner.email) == [("privacy.erase", contact)]


def test_nothing_is_erased_that_was_not_confirmed(site: Site) -> None:
    owner = site.person("owner")
    contact = site.contact("HOURS")
    asked = owner.submit(f"/c/{contact}/erase")
    assert (asked.status_code, asked.headers["location"]) == (303, f"/c/{contact}/erase?view=all")
    assert site.messages(contact)[0].text == "HOURS"


def test_an_agent_is_not_offered_it(site: Site) -> None:
    agent = site.person("agent")
    contact = site.contact("HOURS")
    assert "/erase" not in agent.get(f"/c/{contact}").text
    assert agent.submit(f"/c/{contact}/erase", sure="1").status_code == 403
    assert site.messages(contact)[0].text == "HOURS"


def test_a_program_erases_by_number_and_by_id(site: Site) -> None:
    crm = site.program("crm-erases")
    phone = site.phone()
    by_number = site.text(phone, "HOURS")
    by_id = site.contact("HOURS")
    for contact, name in ((by_number, f"+{phone}"), (by_id, by_id)):
        done = crm.delete(f"/v1/contacts/{name}")
        assert done.status_code == 200
        assert done.json()["data"]["erased"]["contacts"] == 1
        assert done.json()["data"]["opted_out"] is False
        assert {row.text for row in site.messages(contact)} == {""}
        again = crm.delete(f"/v1/contacts/{name}")
        assert (again.status_code, again.json()["detail"]) == (404, "Nothing is kept of them.")
    assert [row[1] for row in site.audit("api key crm-erases")] == [by_number, by_id]
    log = site.rows("SELECT kind, outcome, shown FROM privacy_requests WHERE actor = 'api key crm-erases' ORDER BY id")
    assert [(row.kind, row.outcome) for row in log] == [("erasure", "done"), ("erasure", "nobody")] * 2
    assert phone not in str(log)
    assert crm.delete("/v1/contacts/nonsense").status_code == 400


def test_someone_erased_may_write_again(site: Site) -> None:
    phone = site.phone()
    before = site.text(phone, "HOURS")
    assert site.program("crm-again").delete(f"/v1/contacts/{before}").status_code == 200
    after = site.text(phone, "HOURS")
    assert after != before
    assert [row.direction for row in site.messages(after)][:2] == ["in", "out"]
