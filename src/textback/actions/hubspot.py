"""HubSpot, CRM API v3: a contact that is made or brought up to date, and a note beside it."""

from html import escape
from time import time
from typing import Any

from textback.actions.asking import Asker, NoResult, part, value
from textback.actions.base import Failed, Order, Wrong
from textback.actions.fetch import Answer
from textback.core.when import SECOND

API = "https://api.hubapi.com"
NOTE_TO_CONTACT = 202
"""HubSpot's own number for what ties a note to a contact."""
_OURS = ("phone", "name", "email")
MOST_NOTE = 60_000


async def ask(asker: Asker, order: Order) -> dict[str, Any]:
    """contact and note: {id}. Raises NoResult and Wrong."""
    return {"id": await (_contact if order.does == "contact" else _note)(asker, order)}


async def _call(asker: Asker, order: Order, method: str, path: str, json: Any, also: tuple[int, ...] = ()) -> Answer:
    url = f"{order.options.get('api_url', API).rstrip('/')}/crm/v3/objects/{path}"
    return await asker.ask(method, url, {"Authorization": f"Bearer {order.options['token']}"}, json=json, also=also)


async def _contact(asker: Asker, order: Order) -> str:
    """With an e-mail address, which HubSpot keeps unique, in one request; else the one with this number, or a new
    one."""
    phone, email = order.needed("phone", 40), order.text("email", 200).lower()
    first, _, last = order.text("name", 200).partition(" ")
    said = {name: order.text(name) for name in order.arguments if name not in _OURS}
    wanted = {"phone": phone, "email": email, "firstname": first, "lastname": last.strip(), **said}
    properties = {name: text for name, text in wanted.items() if text}
    if email:
        upsert = {"inputs": [{"id": email, "idProperty": "email", "properties": properties}]}
        answer = await _call(asker, order, "POST", "contacts/batch/upsert", upsert)
        found = value(answer)
        if answer.status == 207 and isinstance(found, dict) and not found.get("results"):
            raise NoResult(Failed("rejected", "207", "HubSpot refused the contact."))
        return str(part(answer, "results", 0, "id"))
    by_phone = {"filters": [{"propertyName": "phone", "operator": "EQ", "value": phone}]}
    search = {"filterGroups": [by_phone], "properties": ["phone"], "limit": 1}
    answer = await _call(asker, order, "POST", "contacts/search", search)
    found = part(answer, "results")
    if found:
        known = str(part(answer, "results", 0, "id"))
        await _call(asker, order, "PATCH", f"contacts/{known}", {"properties": properties})
        return known
    return str(part(await _call(asker, order, "POST", "contacts", {"properties": properties}), "id"))


async def _note(asker: Asker, order: Order) -> str:
    contact = order.needed("contact", 40)
    if not contact.isascii() or not contact.isdigit():
        raise Wrong("contact is not the id of a HubSpot contact: give it {{ NAME.id }} of what a contact call saved.")
    text = escape(order.needed("text", MOST_NOTE // 2)).replace("\n", "<br>")[:MOST_NOTE]
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": NOTE_TO_CONTACT}
    note = {
        "properties": {"hs_timestamp": str(int(time() * SECOND)), "hs_note_body": text},
        "associations": [{"to": {"id": contact}, "types": [kind]}],
    }
    return str(part(await _call(asker, order, "POST", "notes", note), "id"))
