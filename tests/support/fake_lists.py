"""What a fake provider lists: Twilio's messages, and Telnyx's detail records and messages, shaped as their documents
say. Texts that it took by POST are in it as well."""

import base64
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

TWILIO_STATUS = {"in": "received", "out": "delivered"}
RECORD_STATUS = {"in": "received", "out": "delivered"}


class Listed(msgspec.Struct):
    """One text. `at` is when it was made and, unless `unsent`, went; in ms. `status` is in the provider's own words."""

    id: str
    direction: str  # in | out
    sender: str
    recipient: str
    text: str
    at: int
    status: str = ""
    media: tuple[str, ...] = ()
    webhook_url: str | None = None
    code: int | None = None
    unsent: bool = False


class FakeLists:
    """Everything that the fake's account has. `asked` are the queries that came, `fail` what the next are answered."""

    def __init__(self, twilio: tuple[str, str], telnyx_key: str) -> None:
        self.texts: list[Listed] = []
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.fail: deque[int] = deque()
        self.gone: set[str] = set()
        self.host = ""  # before the addresses of further pages
        self._sid = twilio[0]
        self.basic = base64.b64encode(":".join(twilio).encode()).decode()
        self._bearer = telnyx_key

    def add_routes(self, app: web.Application) -> None:
        """Serve the lists."""
        account = "/2010-04-01/Accounts/{sid}/Messages"
        app.router.add_get(f"{account}.json", self._twilio_list)
        app.router.add_get(f"{account}/{{id}}.json", self._twilio_one)
        app.router.add_get(f"{account}/{{id}}/Media.json", self._twilio_media)
        app.router.add_get("/v2/detail_records", self._telnyx_records)
        app.router.add_get("/v2/messages/{id}", self._telnyx_one)

    def add(self, direction: str, sender: str, recipient: str, text: str, at: int, **more: Any) -> Listed:
        """The provider has this text, whatever becomes of its webhook."""
        count = len(self.texts) + 1
        kind = "MM" if more.get("media") else "SM"
        id_ = more.pop("id", f"{kind}{count:032x}")
        one = Listed(id_, direction, sender, recipient, text, at, **more)
        self.texts.append(one)
        return one

    def _refused(self, request: web.Request, login: str) -> web.Response | None:
        self.asked.append((request.path, dict(request.query)))
        if request.headers.get("Authorization") != login:
            return web.json_response({"code": 20003, "message": "Authenticate", "status": 401}, status=401)
        if self.fail and (status := self.fail.popleft()) != 200:
            return web.json_response({"status": status}, status=status)
        return None

    async def _twilio_list(self, request: web.Request) -> web.Response:
        if refused := self._refused(request, f"Basic {self.basic}"):
            return refused
        asked = request.query
        found = [
            one
            for one in self.texts
            if asked.get("To", one.recipient) == one.recipient
            and asked.get("From", one.sender) == one.sender
            and _within(one, asked.get("DateSent>"), asked.get("DateSent<"))
        ]
        found.sort(key=lambda one: one.at, reverse=True)
        size, page = int(asked.get("PageSize", "50")), int(asked.get("Page", "0"))
        some = found[page * size : (page + 1) * size]
        more = {**asked, "Page": str(page + 1), "PageToken": f"PA{page + 1}"}
        return web.json_response(
            {
                "end": page * size + len(some),
                "start": page * size,
                "page": page,
                "page_size": size,
                "uri": str(request.rel_url),
                "first_page_uri": f"{request.path}?PageSize={size}&Page=0",
                "next_page_uri": f"{self.host}{request.path}?{urlencode(more)}"
                if len(found) > (page + 1) * size
                else None,
                "previous_page_uri": None,
                "messages": [self._twilio(one) for one in some],
            }
        )

    async def _twilio_one(self, request: web.Request) -> web.Response:
        if refused := self._refused(request, f"Basic {self.basic}"):
            return refused
        one = self._by_id(request)
        return web.json_response(self._twilio(one)) if one else web.json_response({"status": 404}, status=404)

    async def _twilio_media(self, request: web.Request) -> web.Response:
        if refused := self._refused(request, f"Basic {self.basic}"):
            return refused
        one = self._by_id(request)
        path = f"/2010-04-01/Accounts/{self._sid}/Messages/{request.match_info['id']}/Media"
        files = [
            {
                "sid": f"ME{n:032x}",
                "account_sid": self._sid,
                "parent_sid": one.id,
                "content_type": kind,
                "date_created": _twilio_time(one.at),
                "date_updated": _twilio_time(one.at),
                "uri": f"{path}/ME{n:032x}.json",
            }
            for n, kind in enumerate(one.media if one else ())
            if one
        ]
        return web.json_response(
            {
                "media_list": files,
                "page": 0,
                "page_size": 50,
                "start": 0,
                "end": len(files),
                "uri": request.path,
                "first_page_uri": request.path,
                "next_page_uri": None,
                "previous_page_uri": None,
            }
        )

    def _twilio(self, one: Listed) -> dict[str, Any]:
        path = f"/2010-04-01/Accounts/{self._sid}/Messages/{one.id}"
        return {
            "account_sid": self._sid,
            "api_version": "2010-04-01",
            "body": one.text,
            "date_created": _twilio_time(one.at),
            "date_sent": None if one.unsent else _twilio_time(one.at),
            "date_updated": _twilio_time(one.at),
            "direction": "inbound" if one.direction == "in" else "outbound-api",
            "error_code": one.code,
            "error_message": "An error" if one.code else None,
            "from": one.sender,
            "messaging_service_sid": None,
            "num_media": str(len(one.media)),
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "sid": one.id,
            "status": one.status or TWILIO_STATUS[one.direction],
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": one.recipient,
            "uri": f"{path}.json",
        }

    async def _telnyx_records(self, request: web.Request) -> web.Response:
        if refused := self._refused(request, f"Bearer {self._bearer}"):
            return refused
        asked = request.query
        assert asked["filter[record_type]"] == "messaging"
        wanted = {"in": "inbound", "out": "outbound"}
        found = [
            one
            for one in self.texts
            if asked.get("filter[cld]", one.recipient) == one.recipient
            and asked.get("filter[cli]", one.sender) == one.sender
            and asked.get("filter[direction]", wanted[one.direction]) == wanted[one.direction]
            and _iso(one.at) >= asked["filter[created_at][gte]"]
        ]
        found.sort(key=lambda one: one.at)
        size, number = int(asked.get("page[size]", "20")), int(asked.get("page[number]", "1"))
        if size > 50:
            return web.json_response({"errors": [{"code": "10015", "title": "Bad page size"}]}, status=400)
        some = found[(number - 1) * size : number * size]
        pages = -(-len(found) // size)
        meta = {"total_pages": pages, "total_results": len(found), "page_number": number, "page_size": size}
        return web.json_response({"data": [_record(one) for one in some], "meta": meta})

    async def _telnyx_one(self, request: web.Request) -> web.Response:
        if refused := self._refused(request, f"Bearer {self._bearer}"):
            return refused
        one = self._by_id(request)
        if one is None:
            return web.json_response({"errors": [{"code": "10005", "title": "Not found"}]}, status=404)
        return web.json_response({"data": telnyx_message(one)})

    def _by_id(self, request: web.Request) -> Listed | None:
        id_ = request.match_info["id"]
        return next((one for one in self.texts if one.id == id_ and id_ not in self.gone), None)


def telnyx_message(one: Listed) -> dict[str, Any]:
    """A message as Telnyx shows it when it is retrieved."""
    inbound = one.direction == "in"
    ours = {"carrier": "TELNYX LLC", "line_type": "VoIP"}
    theirs = {"carrier": "T-MOBILE USA, INC.", "line_type": "Wireless"}
    return {
        "record_type": "message",
        "direction": "inbound" if inbound else "outbound",
        "id": one.id,
        "type": "MMS" if one.media else "SMS",
        "from": {"phone_number": one.sender, **(theirs if inbound else ours)},
        "to": [{"phone_number": one.recipient, "status": "delivered", **(ours if inbound else theirs)}],
        "cc": [],
        "text": one.text,
        "media": [
            {"url": f"https://media.example.com/{n}", "content_type": kind, "size": 10}
            for n, kind in enumerate(one.media)
        ],
        "webhook_url": one.webhook_url or "https://bot.example.com/webhooks/telnyx",
        "encoding": "GSM-7",
        "parts": 1,
        "received_at": _iso(one.at),
        "errors": [],
    }


def _record(one: Listed) -> dict[str, Any]:
    return {
        "record_type": "message_detail_record",
        "uuid": one.id,
        "created_at": _iso(one.at),
        "sent_at": _iso(one.at),
        "completed_at": _iso(one.at),
        "cli": one.sender,
        "cld": one.recipient,
        "direction": "inbound" if one.direction == "in" else "outbound",
        "delivery_status_webhook_url": one.webhook_url,
        "message_type": "MMS" if one.media else "SMS",
        "status": one.status or RECORD_STATUS[one.direction],
        "errors": [str(one.code)] if one.code else [],
        "parts": 1,
    }


def _within(one: Listed, since: str | None, until: str | None) -> bool:
    if since is None and until is None:
        return True
    if one.unsent:
        return False
    at = _iso(one.at)
    return (since or "") <= at <= (until or "9")


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _twilio_time(ms: int) -> str:
    return format_datetime(datetime.fromtimestamp(ms // 1000, UTC))
