"""The services that actions know by name: the requests they make, and what their answers mean."""

import base64
import email
import email.policy
import json
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.engine.talk import BOT, flow
from tests.support.booking import Booking, Says
from tests.support.mailing import MailServer
from textback.actions.base import Done, Failed, Job
from textback.actions.fetch import Allowed
from textback.actions.performing import Actions
from textback.engine.actions import Action, Service
from textback.engine.load import load_bot
from textback.engine.services import KINDS

HERE = Allowed(["127.0.0.1"])
CALENDAR = "shop@example.com"
FREE = Says(body={"calendars": {CALENDAR: {"busy": []}}})
HOUR = {"start": "2026-03-03T22:00:00Z", "end": "2026-03-03T23:00:00Z"}
BUSY = Says(body={"calendars": {CALENDAR: {"busy": [HOUR]}}})
HIDDEN = Says(body={"calendars": {CALENDAR: {"errors": [{"reason": "notFound"}]}}})
TOKEN = Says(body={"access_token": "ya29.one", "expires_in": 3599, "token_type": "Bearer"})
EVENTS = "/calendars/shop@example.com/events"
EVENT = Says(body={"id": "x", "status": "confirmed", "htmlLink": "https://calendar.google.com/e/1"})


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def account(url: str) -> str:
    """The key file of a service account whose tokens come from here."""
    key, pkcs8 = private_key(), serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption()).decode()
    return json.dumps(
        {"type": "service_account", "client_email": "bot@p.iam.gserviceaccount.com", "private_key_id": "k1",
         "private_key": pem, "token_uri": f"{url}/token"}
    )  # fmt: skip


def actions(declared: str, timezone: str = "America/Chicago") -> dict[str, Action]:
    """The actions that bot.yml declares like this."""
    bot = BOT.replace("timezone: America/New_York\n", "")
    assert "timezone" not in bot
    files = {"bot.yml": f"{bot}timezone: {timezone}\nactions:\n  {declared}\n", "flows/main.yml": flow("- say: Hi.")}
    return load_bot(files).actions


def performing(url: str = "", **found: str) -> Actions:
    return Actions({"KEY": "sk_test", "ACCOUNT": account(url), **found}, HERE)


def google(url: str) -> dict[str, Action]:
    options = f"calendar: {CALENDAR}, account: '${{ACCOUNT}}', api_url: '{url}', minutes: 45"
    return actions(f"calendar: {{google_calendar: {{{options}}}}}")


async def ask(performs: Actions, action: Action, timeout: int = 2000, /, **arguments: Any) -> Done | Failed:
    return await performs.perform(action, Job(arguments, "s1.book.1", timeout))


async def test_google_says_whether_a_time_is_free() -> None:
    async with Booking({"/token": (TOKEN,), "/freeBusy": (FREE, BUSY)}) as other:
        performs, declared = performing(other.url), google(other.url)
        free = declared["calendar.slot_free"]
        assert await ask(performs, free, start="2026-03-03T16:00") == Done({"ok": True})
        assert await ask(performs, free, start="2026-03-03T16:00", minutes=90) == Done({"ok": False})
    (token,) = other.of("/token")
    assert token.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    head, claims, signature = token.form["assertion"].split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    private_key().public_key().verify(raw, f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert (said["iss"], said["aud"], said["exp"] - said["iat"]) == (
        "bot@p.iam.gserviceaccount.com", f"{other.url}/token", 3600
    )  # fmt: skip
    first, second = other.of("/freeBusy")
    assert first.headers["authorization"] == second.headers["authorization"] == "Bearer ya29.one"
    asked = {"timeMin": "2026-03-03T22:00:00Z", "timeMax": "2026-03-03T22:45:00Z", "items": [{"id": CALENDAR}]}
    assert first.body == asked  # 4 pm in Chicago
    assert second.body["timeMax"] == "2026-03-03T23:30:00Z"


async def test_google_books_an_event_under_an_id_of_its_own() -> None:
    async with Booking({"/token": (TOKEN,), "/freeBusy": (FREE,), EVENTS: (EVENT,)}) as other:
        book = google(other.url)["calendar.book"]
        done = await ask(performing(other.url), book, start="2026-03-03T16:00", title="Repair", note="Ana")
    (event,) = other.of(EVENTS)
    assert isinstance(done, Done)
    ref = done.value["ref"]
    assert done.value == {"ref": ref, "id": event.body["id"], "link": "https://calendar.google.com/e/1"}
    assert len(ref) == 6
    assert ref.isalnum()
    assert (event.method, event.body["summary"], event.body["description"]) == ("POST", "Repair", f"Ana\n\n{ref}")
    zone = "America/Chicago"
    assert event.body["start"] == {"dateTime": "2026-03-03T16:00:00-06:00", "timeZone": zone}
    assert event.body["end"] == {"dateTime": "2026-03-03T16:45:00-06:00", "timeZone": zone}
    assert set(event.body["id"]) <= set("0123456789abcdefghijklmnopqrstuv")  # all that Google takes
    assert 5 <= len(event.body["id"]) <= 1024


@pytest.mark.parametrize("asked", [(BUSY, Says()), (FREE, Says(409, {"error": {"code": 409}}))])
async def test_a_second_try_finds_what_the_first_has_booked(asked: tuple[Says, Says]) -> None:
    busy, insert = asked
    async with Booking({"/token": (TOKEN,), "/freeBusy": (FREE, busy), EVENTS: (EVENT, insert)}) as other:
        performs, book = performing(other.url), google(other.url)["calendar.book"]
        first = await ask(performs, book, start="2026-03-03T16:00", title="Repair")
        assert isinstance(first, Done)
        other.script[f"{EVENTS}/{first.value['id']}"] = (EVENT,)
        assert await ask(performs, book, start="2026-03-03T16:00", title="Repair") == first


@pytest.mark.parametrize("there", [Says(404), Says(body={"id": "x", "status": "cancelled", "htmlLink": "y"})])
async def test_a_time_that_is_taken_is_refused(there: Says) -> None:
    async with Booking({"/token": (TOKEN,), "/freeBusy": (FREE, BUSY), EVENTS: (EVENT,)}) as other:
        performs, book = performing(other.url), google(other.url)["calendar.book"]
        first = await ask(performs, book, start="2026-03-03T16:00", title="Repair")
        assert isinstance(first, Done)
        other.script[f"{EVENTS}/{first.value['id']}"] = (there,)
        failed = await ask(performs, book, start="2026-03-03T16:00", title="Repair")
    assert isinstance(failed, Failed)
    assert failed.kind == "rejected"
    assert len(other.of(EVENTS)) == 1


async def test_a_whole_day_is_booked_where_no_time_is_named() -> None:
    async with Booking({"/token": (TOKEN,), "/freeBusy": (FREE,), EVENTS: (EVENT,)}) as other:
        await ask(performing(other.url), google(other.url)["calendar.book"], start="2026-03-03", title="Repair")
    (event,) = other.of(EVENTS)
    assert (event.body["start"], event.body["end"]) == ({"date": "2026-03-03"}, {"date": "2026-03-04"})


async def test_a_token_that_google_has_forgotten_is_asked_for_anew() -> None:
    later = Says(body={"access_token": "ya29.two", "expires_in": 3599})
    script = {"/token": (TOKEN, later), "/freeBusy": (FREE, Says(401), FREE)}
    async with Booking(script) as other:
        performs, free = performing(other.url), google(other.url)["calendar.slot_free"]
        for _ in range(2):
            assert await ask(performs, free, start="2026-03-03T16:00") == Done({"ok": True})
    assert [one.headers["authorization"][-3:] for one in other.of("/freeBusy")] == ["one", "one", "two"]


def forbidden(reason: str) -> Says:
    """How Google says no."""
    return Says(403, {"error": {"errors": [{"reason": reason}]}})


@pytest.mark.parametrize(
    ("token", "answer", "kind"),
    [
        (Says(400, {"error": "invalid_grant"}), FREE, "misconfigured"),
        (TOKEN, forbidden("rateLimitExceeded"), "throttled"),
        (TOKEN, forbidden("forbidden"), "misconfigured"),
        (TOKEN, Says(500), "retry"),
        (TOKEN, Says(body={"other": 1}), "unknown"),
        (TOKEN, HIDDEN, "misconfigured"),
    ],
)
async def test_what_google_refuses_has_a_kind(token: Says, answer: Says, kind: str) -> None:
    async with Booking({"/token": (token,), "/freeBusy": (answer,)}) as other:
        failed = await ask(performing(other.url), google(other.url)["calendar.slot_free"], start="2026-03-03T16:00")
    assert isinstance(failed, Failed)
    assert failed.kind == kind


async def test_a_key_file_or_a_time_that_is_none_is_said_to_be_wrong() -> None:
    declared = google("http://127.0.0.1:9")
    for found, start in (("{}", "2026-03-03T16:00"), ("", "2026-03-03T16:00"), (account("http://x"), "soon")):
        failed = await ask(performing(ACCOUNT=found), declared["calendar.slot_free"], start=start)
        assert isinstance(failed, Failed)
        assert failed.kind == "misconfigured"
        assert "PRIVATE KEY" not in failed.detail


def hubspot(url: str) -> dict[str, Action]:
    return actions(f"crm: {{hubspot: {{token: '${{KEY}}', api_url: '{url}'}}}}")


async def test_hubspot_keeps_a_contact_by_its_address() -> None:
    upsert = "/crm/v3/objects/contacts/batch/upsert"
    async with Booking(
        {upsert: (Says(body={"status": "COMPLETE", "results": [{"id": "701", "new": True}]}),)}
    ) as other:
        given = {
            "phone": "+12065550123",
            "name": "Ana Maria Ruiz",
            "email": "Ana@Example.com",
            "lifecyclestage": "lead",
        }
        assert await ask(performing(), hubspot(other.url)["crm.contact"], **given) == Done({"id": "701"})
    (asked,) = other.asked
    assert asked.headers["authorization"] == "Bearer sk_test"
    properties = {
        "phone": "+12065550123", "email": "ana@example.com", "firstname": "Ana", "lastname": "Maria Ruiz",
        "lifecyclestage": "lead",
    }  # fmt: skip
    assert asked.body == {"inputs": [{"id": "ana@example.com", "idProperty": "email", "properties": properties}]}


@pytest.mark.parametrize("known", [True, False])
async def test_hubspot_keeps_a_contact_by_its_number(known: bool) -> None:
    base = "/crm/v3/objects/contacts"
    found = Says(body={"total": 1, "results": [{"id": "701"}]} if known else {"total": 0, "results": []})
    script = {f"{base}/search": (found,), f"{base}/701": (Says(body={"id": "701"}),), base: (Says(201, {"id": "702"}),)}
    async with Booking(script) as other:
        done = await ask(performing(), hubspot(other.url)["crm.contact"], phone="+12065550123", name="Ana")
    assert done == Done({"id": "701" if known else "702"})
    search, write = other.asked
    (group,) = search.body["filterGroups"]
    assert group == {"filters": [{"propertyName": "phone", "operator": "EQ", "value": "+12065550123"}]}
    assert (write.method, write.path) == (("PATCH", f"{base}/701") if known else ("POST", base))
    assert write.body == {"properties": {"phone": "+12065550123", "firstname": "Ana"}}


async def test_hubspot_takes_a_note_of_a_contact() -> None:
    async with Booking({"/crm/v3/objects/notes": (Says(201, {"id": "9"}),)}) as other:
        note = hubspot(other.url)["crm.note"]
        assert await ask(performing(), note, contact="701", text="<b>Wants</b> a quote\nsoon") == Done({"id": "9"})
        failed = await ask(performing(), note, contact="701/associations", text="x")
    assert isinstance(failed, Failed)
    (asked,) = other.asked
    assert asked.body["properties"]["hs_note_body"] == "&lt;b&gt;Wants&lt;/b&gt; a quote<br>soon"
    assert asked.body["properties"]["hs_timestamp"].isdigit()
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}
    assert asked.body["associations"] == [{"to": {"id": "701"}, "types": [kind]}]


def stripe(url: str, more: str = "") -> Action:
    return actions(f"pay: {{stripe: {{key: '${{KEY}}', api_url: '{url}'{more}}}}}")["pay"]


async def test_stripe_makes_a_page_to_pay_on_once() -> None:
    link = {"id": "plink_1", "url": "https://buy.stripe.com/test_1"}
    async with Booking(
        {"/v1/prices": (Says(body={"id": "price_1"}),), "/v1/payment_links": (Says(body=link),)}
    ) as other:
        given = {"amount": {"amount": "49.95", "currency": "EUR"}, "title": "Tune-up", "reference": "B-17"}
        assert await ask(performing(), stripe(other.url), **given) == Done({"url": link["url"], "id": "plink_1"})
    price, page = other.asked
    assert price.form == {"currency": "eur", "unit_amount": "4995", "product_data[name]": "Tune-up"}
    assert page.form["line_items[0][price]"] == "price_1"
    assert page.form["line_items[0][quantity]"] == "1"
    assert page.form["restrictions[completed_sessions][limit]"] == "1"
    assert page.form["metadata[reference]"] == page.form["payment_intent_data[metadata][reference]"] == "B-17"
    assert all(one.headers["authorization"] == "Bearer sk_test" for one in other.asked)
    assert [one.key for one in other.asked] == ["s1.book.1.prices", "s1.book.1.payment_links"]
    assert price.headers["stripe-version"] == page.headers["stripe-version"] == "2024-06-20"


@pytest.mark.parametrize(
    ("more", "amount", "currency", "units"),
    [("", 20, "usd", "2000"), ("", "19.999", "usd", "2000"), (", currency: JPY", "500", "jpy", "500")],
)
async def test_an_amount_is_in_the_smallest_unit(more: str, amount: Any, currency: str, units: str) -> None:
    link = Says(body={"id": "plink_1", "url": "https://buy.stripe.com/test_1"})
    async with Booking({"/v1/prices": (Says(body={"id": "price_1"}),), "/v1/payment_links": (link,)}) as other:
        assert isinstance(await ask(performing(), stripe(other.url, more), amount=amount, title="x"), Done)
    assert (other.asked[0].form["currency"], other.asked[0].form["unit_amount"]) == (currency, units)


@pytest.mark.parametrize("amount", ["", "soon", -5, "NaN", "1e30", None, [1]])
async def test_no_amount_asks_for_nothing(amount: Any) -> None:
    async with Booking() as other:
        failed = await ask(performing(), stripe(other.url), amount=amount, title="x")
    assert isinstance(failed, Failed)
    assert failed.kind == "misconfigured"
    assert other.asked == []


@pytest.mark.parametrize(
    ("status", "kind"), [(409, "retry"), (402, "rejected"), (401, "misconfigured"), (429, "throttled")]
)
async def test_what_stripe_refuses_has_a_kind(status: int, kind: str) -> None:
    async with Booking({"/v1/prices": (Says(status),)}) as other:
        failed = await ask(performing(), stripe(other.url), amount=5, title="x")
    assert isinstance(failed, Failed)
    assert failed.kind == kind


async def test_slack_reads_a_line_in_which_nobody_is_called() -> None:
    async with Booking({"/services/T0/B0/x": (Says(body=b"ok"), Says(404, b"channel_not_found"))}) as other:
        tell = actions("tell: {slack: {url: '${HOOK}'}}")["tell"]
        performs = performing(HOOK=f"{other.url}/services/T0/B0/x")
        assert await ask(performs, tell, text="New: <!channel> & Co") == Done({"ok": True})
        assert await ask(performs, tell, text="x") == Failed("rejected", "404", "The other system refused.")
    assert other.asked[0].body == {"text": "New: &lt;!channel&gt; &amp; Co"}


def mail(port: int, more: str = "") -> Action:
    options = f"server: 127.0.0.1, port: {port}, from: bot@example.com"
    return actions(f"mail: {{email: {{{options}{more}}}}}")["mail"]


async def test_an_e_mail_is_handed_to_its_server() -> None:
    async with MailServer() as server:
        action = mail(server.port, ", to: shop@example.com")
        text = "Ana wants a quote.\n.\nÀ bientôt\r\nBcc: x@example.com"
        for _ in range(2):
            assert await ask(performing(), action, text=text, subject="A lead\r\nBcc: y@example.com") == Done(
                {"ok": True}
            )
    assert server.heard[1:4] == ["MAIL FROM:<bot@example.com>", "RCPT TO:<shop@example.com>", "DATA"]
    first, second = (email.message_from_bytes(one, policy=email.policy.default) for one in server.messages)
    assert (first["From"], first["To"]) == ("bot@example.com", "shop@example.com")
    assert first["Subject"] == "A lead Bcc: y@example.com"
    assert first["Bcc"] is None
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content().splitlines()[:3] == ["Ana wants a quote.", "..", "À bientôt"]


async def test_an_e_mail_may_go_where_the_flow_says() -> None:
    async with MailServer() as server:
        action = mail(server.port)
        assert action.needs == {"text", "to"}
        assert await ask(performing(), action, text="Hello.", to="ana@example.com") == Done({"ok": True})
        evil = await ask(performing(), action, text="Hello.", to="ana@example.com>\r\nRCPT TO:<x@example.com")
    assert isinstance(evil, Failed)
    assert [line for line in server.heard if line.startswith("RCPT")] == ["RCPT TO:<ana@example.com>"]


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        ({"RCPT": "550 no such box"}, "rejected"),
        ({"RCPT": "450 later"}, "throttled"),
        ({"MAIL": "530 who are you"}, "misconfigured"),
        ({"EHLO": ""}, "retry"),
        ({".": ""}, "unknown"),
    ],
)
async def test_what_a_mail_server_refuses_has_a_kind(says: dict[str, str], kind: str) -> None:
    async with MailServer(says) as server:
        failed = await ask(performing(), mail(server.port, ", to: shop@example.com"), text="x")
    assert isinstance(failed, Failed)
    assert failed.kind == kind


async def test_no_password_goes_over_an_open_line() -> None:
    async with MailServer() as server:
        more = ", to: shop@example.com, user: bot, password: '${KEY}'"
        failed = await ask(performing(), mail(server.port, more), text="x")
    assert isinstance(failed, Failed)
    assert failed.kind == "misconfigured"
    assert not any("AUTH" in line for line in server.heard)


async def test_services_go_no_further_than_the_internet_and_no_longer_than_their_time() -> None:
    async with Booking({"/v1/prices": (Says(hang=True),)}) as other, MailServer() as server:
        hung = await ask(performing(), stripe(other.url), 1_500, amount=5, title="x")
        assert isinstance(hung, Failed)
        assert hung.kind == "unknown"
        closed = Actions({"KEY": "k"}, Allowed())
        for action in (stripe(other.url), mail(server.port, ", to: shop@example.com")):
            failed = await ask(closed, action, amount=5, title="x", text="x")
            assert isinstance(failed, Failed)
            assert failed.kind == "misconfigured"
    assert server.heard == []


def test_every_kind_that_may_be_declared_is_performed() -> None:
    assert set(performing().services) == set(KINDS)


def test_a_secret_that_is_missing_is_named() -> None:
    declared = google("https://example.com")
    assert {name for action in declared.values() for name in action.secrets} == {"ACCOUNT"}
    assert all(isinstance(action.asks, Service) for action in declared.values())
