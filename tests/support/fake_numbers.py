"""What a fake provider has of an account and its numbers, and where it is told to post their webhooks; shaped as
Twilio's and Telnyx's documents say."""

import base64

from aiohttp import web

PROFILE = "40000000-0000-4000-8000-000000000001"
NUMBER_SID = "PN" + "0123456789abcdef" * 2


class FakeNumbers:
    """`numbers` are those of the account, each with the messaging profile that it is in at Telnyx, `applications` the
    application that it has at Twilio, each or ""; `hooks` is what was set, by the id of what it was set on."""

    def __init__(self, twilio: tuple[str, str], telnyx_key: str, number: str) -> None:
        self.numbers = {number: PROFILE}
        self.applications = {number: ""}
        self.hooks: dict[str, dict[str, str]] = {}
        self._basic = f"Basic {base64.b64encode(':'.join(twilio).encode()).decode()}"
        self._bearer = f"Bearer {telnyx_key}"

    def add_routes(self, app: web.Application) -> None:
        """Serve them."""
        account = "/2010-04-01/Accounts/{sid}"
        app.router.add_get(f"{account}.json", self._twilio_account)
        app.router.add_get(f"{account}/IncomingPhoneNumbers.json", self._twilio_numbers)
        app.router.add_post(f"{account}/IncomingPhoneNumbers/{{id}}.json", self._twilio_change)
        app.router.add_get("/v2/messaging_profiles", self._telnyx_profiles)
        app.router.add_get("/v2/phone_numbers/messaging", self._telnyx_numbers)
        app.router.add_patch("/v2/messaging_profiles/{id}", self._telnyx_change)

    def _check(self, request: web.Request) -> None:
        login = self._basic if request.path.startswith("/2010") else self._bearer
        if request.headers.get("Authorization") != login:
            raise web.HTTPUnauthorized(text="{}", content_type="application/json")

    async def _twilio_account(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response({"sid": request.match_info["sid"], "status": "active"})

    async def _twilio_numbers(self, request: web.Request) -> web.Response:
        self._check(request)
        number = request.query["PhoneNumber"]
        found = {"sid": NUMBER_SID, "phone_number": number, "sms_application_sid": self.applications.get(number)}
        return web.json_response({"incoming_phone_numbers": [found] if number in self.numbers else []})

    async def _twilio_change(self, request: web.Request) -> web.Response:
        self._check(request)
        form = await request.post()
        self.hooks[request.match_info["id"]] = {name: str(value) for name, value in form.items()}
        return web.json_response({"sid": request.match_info["id"], "sms_url": form["SmsUrl"]})

    async def _telnyx_profiles(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response({"data": [{"id": PROFILE}]})

    async def _telnyx_numbers(self, request: web.Request) -> web.Response:
        self._check(request)
        number = request.query["filter[phone_number]"]
        found = {"id": "1", "phone_number": number, "messaging_profile_id": self.numbers.get(number) or None}
        return web.json_response({"data": [found] if number in self.numbers else []})

    async def _telnyx_change(self, request: web.Request) -> web.Response:
        self._check(request)
        self.hooks[request.match_info["id"]] = await request.json()
        return web.json_response({"data": {"id": request.match_info["id"]}})
