"""WhatsApp's templates: the list of a business account, and what Meta tells when one stands otherwise.

Contract: GET /{business account}/message_templates in Meta's OpenAPI description of version 23, and its pages on
managing templates and on the webhook message_template_status_update, as read on 2026-11-22. Pages follow each other by
`paging.cursors.after`, as long as there is a `paging.next`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

import msgspec

from textback.channels.base import ListFailed, Option, Webhook
from textback.channels.client import Session
from textback.channels.listing import PAGE, PAGES, Reader
from textback.channels.reading import read_json
from textback.channels.whatsapp import WhatsApp
from textback.core.errors import SettingsError
from textback.core.provider_templates import CODE, HEADER, LINK, Change, ProviderTemplate, State
from textback.core.text import clean
from textback.core.when import SECOND

FIELD = "message_template_status_update"
FIELDS = "name,status,category,language,components,rejected_reason"
#: What Meta's words for how a template stands mean here. A flagged one, and a locked one, can be sent.
STATES: dict[str, State] = {
    "APPROVED": "approved",
    "REINSTATED": "approved",
    "UNARCHIVED": "approved",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "ARCHIVED": "disabled",
    "DELETED": "deleted",
    "PENDING_DELETION": "deleted",
}
#: Kinds of files that a template may begin with.
HEADERS = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}
#: Buttons that need nothing said about them when the template is sent.
PLAIN_BUTTONS = ("QUICK_REPLY", "PHONE_NUMBER", "URL", "VOICE_CALL")
_BLANK = re.compile(r"\{\{\s*([a-z0-9_]{1,48})\s*\}\}")
_ID = re.compile(r"[0-9]{1,32}")


class _Button(msgspec.Struct):
    type: str = ""
    text: str = ""
    url: str = ""


class _Component(msgspec.Struct):
    type: str = ""
    format: str = ""
    text: str = ""
    buttons: list[_Button] | None = None


class _Template(msgspec.Struct):
    name: str
    language: str
    status: str
    category: str = ""
    components: list[_Component] | None = None
    rejected_reason: str | None = None


class _Cursors(msgspec.Struct):
    after: str = ""


class _Paging(msgspec.Struct):
    cursors: _Cursors | None = None
    next: str | None = None


class _Page(msgspec.Struct):
    data: list[_Template]
    paging: _Paging | None = None


class _Told(msgspec.Struct):
    event: str | None = None
    message_template_name: str | None = None
    message_template_language: str | None = None
    reason: str | None = None


class _Change(msgspec.Struct):
    field: str | None = None
    value: msgspec.Raw = msgspec.Raw(b"{}")


class _Entry(msgspec.Struct):
    id: str | int | None = None
    time: int | None = None
    changes: list[_Change] = []


class _Events(msgspec.Struct):
    entry: list[_Entry]


_page = msgspec.json.Decoder(_Page)
_events = msgspec.json.Decoder(_Events)
_told = msgspec.json.Decoder(_Told)


class TemplatedWhatsApp(WhatsApp):
    """A number of WhatsApp that also knows the templates of its business account."""

    options: ClassVar[tuple[Option, ...]] = (
        *WhatsApp.options,
        Option(
            "business_account_id", "WHATSAPP_BUSINESS_ACCOUNT_ID",
            "The WhatsApp business account's id, for its templates.", required=False,
        ),
    )  # fmt: skip

    def __init__(self, number: str, options: Mapping[str, str], http: Session) -> None:
        super().__init__(number, options, http)
        self.templates_account = options.get("business_account_id", "").strip()
        if self.templates_account and not _ID.fullmatch(self.templates_account):
            fix = "Copy it from the page API Setup of your app."
            raise SettingsError("WHATSAPP_BUSINESS_ACCOUNT_ID is no id.", fix)
        login = {"Authorization": f"Bearer {options['access_token']}"}
        self._reader = Reader(http, self._files, login, "WhatsApp")

    async def templates(self) -> list[ProviderTemplate]:
        """All templates of the business account, in each language. Raises ListFailed."""
        found: list[ProviderTemplate] = []
        after, seen = "", set[str]()
        for _ in range(PAGES):
            query = [("fields", FIELDS), ("limit", str(PAGE)), *([("after", after)] if after else [])]
            page = await self._reader.page(f"/{self.templates_account}/message_templates", query, _page)
            found += [_read(one) for one in page.data]
            paging = page.paging
            after = paging.cursors.after if paging is not None and paging.next and paging.cursors is not None else ""
            if not after:
                return found
            if after in seen:
                raise ListFailed("WhatsApp named a page of its list twice.")
            seen.add(after)
        raise ListFailed("WhatsApp's list of templates is longer than is read.")

    def changes(self, webhook: Webhook) -> list[Change]:
        """How templates stand now, of whatever business account of the app. Raises BadPayload."""
        if FIELD.encode() not in webhook.body:
            return []
        return list(_changes(read_json(_events, webhook.body)))


def _changes(events: _Events) -> Iterator[Change]:
    for entry in events.entry:
        for one in entry.changes:
            if one.field != FIELD:
                continue
            try:
                told = _told.decode(one.value)
            except msgspec.DecodeError:
                continue  # of no use, and Meta would send it for a week
            if not told.message_template_name or not told.message_template_language:
                continue
            status = clean(told.event or "")[:32]
            # A moment is told in seconds, so it may be anywhere in that second.
            at = (entry.time or 0) * SECOND + SECOND - 1
            reason = clean(told.reason or "")[:200]
            yield Change(
                clean(str(entry.id or ""))[:64], clean(told.message_template_name)[:255],
                clean(told.message_template_language)[:16], status, STATES.get(status),
                "" if reason == "NONE" else reason, at,
            )  # fmt: skip


def _read(one: _Template) -> ProviderTemplate:
    body, header, buttons, unfit = "", "", list[str](), ""
    above, below = "", list[str]()
    for part in one.components or ():
        if part.type == "BODY":
            body = part.text
        elif part.type == "HEADER" and part.format in HEADERS:
            header = HEADERS[part.format]
        elif part.type == "HEADER" and part.format != "TEXT":
            unfit = unfit or "Its header has values."
        elif part.type == "HEADER" and "{{" in part.text:
            above, known = _BLANK.subn(rf"{{{{{HEADER}\1}}}}", part.text.strip())
            unfit = unfit or ("" if known == part.text.count("{{") else "Its header has values.")
        elif part.type == "BUTTONS":
            pressed = part.buttons or []
            buttons += [clean(button.text) for button in pressed if button.type == "QUICK_REPLY"]
            said = [_button(place, button) for place, button in enumerate(pressed)]
            if None in said:
                unfit = unfit or "A button of it needs values."
            below += [line for line in said if line]
        elif part.type not in ("HEADER", "FOOTER"):
            unfit = unfit or f"It has a part of the kind {clean(part.type.lower())[:40] or 'unknown'}."
    if not body:
        unfit = unfit or "It has no text."
    reason = clean(one.rejected_reason or "")[:200]
    whole = "\n".join(line for line in (above, body.strip() if above or below else body, *below) if line)
    return ProviderTemplate(
        clean(one.name)[:255], clean(one.language)[:16], clean(one.status)[:32], STATES.get(one.status, "other"),
        clean(one.category)[:32], clean(whole), header, tuple(buttons), unfit, "" if reason == "NONE" else reason,
    )  # fmt: skip


def _button(place: int, button: _Button) -> str | None:
    """What a button with a value says, in a line: "" for one without; None where it needs more than can be said. Meta
    has one value of an address, at its end."""
    label = f"{button.text.strip()}: " if button.text.strip() else ""
    if button.type == "COPY_CODE":
        return f"{label}{{{{{CODE}{place}}}}}"
    if button.type not in PLAIN_BUTTONS:
        return None
    if "{{" not in button.url:
        return ""
    address = _BLANK.split(button.url)
    if len(address) != 3 or address[2] or "{{" in address[0]:
        return None
    return f"{label}{address[0]}{{{{{LINK}{place}}}}}"
