"""Who may call what: every address, every kind of caller."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.web.bodies import BODIES
from tests.web.conftest import Browser, Site
from tests.web.permitted import MAY, OWNED
from textback.core.when import DAY
from textback.store import accounts
from textback.web import server
from textback.web.permissions import PERMISSIONS, ROLES
from textback.web.routes import ROUTES
from textback.web.routing import Route

#: Every address, the permission that it is for, and an example of it. `{c}` is a contact, `{p}` a simulated phone.
TABLE = {
    ("GET", "/healthz"): ("public", "/healthz"),
    ("GET", "/readyz"): ("public", "/readyz"),
    ("GET", "/openapi.json"): ("public", "/openapi.json"),
    ("GET", "/metrics"): ("api", "/metrics"),
    ("POST", "/webhooks/{line}"): ("signed", "/webhooks/simulator"),
    ("GET", "/web/{line}/widget.js"): ("public", "/web/site/widget.js"),
    ("GET", "/web/{line}/config"): ("visitor", "/web/site/config"),
    ("POST", "/web/{line}/texts"): ("visitor", "/web/site/texts"),
    ("POST", "/web/{line}/stream"): ("visitor", "/web/site/stream"),
    ("POST", "/web/{line}/by-text"): ("visitor", "/web/site/by-text"),
    ("POST", "/sms/send"): ("api", "/sms/send"),
    ("GET", "/conversations"): ("api", "/conversations"),
    ("POST", "/v1/messages/bulk"): ("api", "/v1/messages/bulk"),
    ("GET", "/v1/messages/bulk/{id}"): ("api", "/v1/messages/bulk/nothing"),
    ("POST", "/v1/messages"): ("api", "/v1/messages"),
    ("GET", "/v1/messages"): ("api", "/v1/messages"),
    ("GET", "/v1/messages/{id}"): ("api", "/v1/messages/nothing"),
    ("POST", "/v1/messages/{id}/cancel"): ("api", "/v1/messages/nothing/cancel"),
    ("GET", "/v1/templates"): ("api", "/v1/templates"),
    ("GET", "/v1/templates/{name}"): ("api", "/v1/templates/nothing"),
    ("GET", "/l/{token}"): ("public", "/l/no-such-link"),
    **{(way, "/unsubscribe/{line}/{token}"): ("mailed", "/unsubscribe/mail/none") for way in ("GET", "POST")},
    ("GET", "/v1/conversations"): ("api", "/v1/conversations"),
    ("GET", "/v1/conversations/{id}"): ("api", "/v1/conversations/{c}"),
    ("POST", "/v1/conversations/{id}/take"): ("api", "/v1/conversations/{c}/take"),
    ("POST", "/v1/conversations/{id}/handoff"): ("api", "/v1/conversations/{c}/handoff"),
    ("POST", "/v1/conversations/{id}/return"): ("api", "/v1/conversations/{c}/return"),
    ("POST", "/v1/conversations/{id}/assign"): ("api", "/v1/conversations/{c}/assign"),
    ("POST", "/v1/conversations/{id}/notes"): ("api", "/v1/conversations/{c}/notes"),
    ("POST", "/v1/conversations/{id}/complete"): ("api", "/v1/conversations/{c}/complete"),
    ("POST", "/v1/conversations/{id}/flow"): ("api", "/v1/conversations/{c}/flow"),
    ("GET", "/v1/handoffs"): ("api", "/v1/handoffs"),
    ("GET", "/v1/contacts"): ("api", "/v1/contacts"),
    ("GET", "/v1/contacts/{contact}"): ("api", "/v1/contacts/{c}"),
    ("DELETE", "/v1/contacts/{contact}"): ("api", "/v1/contacts/12065550199"),
    ("POST", "/v1/contacts"): ("api", "/v1/contacts"),
    ("POST", "/v1/contacts/{contact}/merge"): ("api", "/v1/contacts/{c}/merge"),
    ("POST", "/v1/contacts/{contact}/merges/{merge}/undo"): ("api", "/v1/contacts/{c}/merges/nothing/undo"),
    ("PATCH", "/v1/contacts/{contact}"): ("api", "/v1/contacts/{c}"),
    ("PUT", "/v1/contacts/{contact}/tags/{tag}"): ("api", "/v1/contacts/{c}/tags/vip"),
    ("DELETE", "/v1/contacts/{contact}/tags/{tag}"): ("api", "/v1/contacts/{c}/tags/vip"),
    ("GET", "/v1/tags"): ("api", "/v1/tags"),
    ("GET", "/v1/flows"): ("api", "/v1/flows"),
    ("GET", "/v1/flows/{name}"): ("api", "/v1/flows/nothing"),
    ("GET", "/v1/versions"): ("api", "/v1/versions"),
    ("GET", "/v1/lines"): ("api", "/v1/lines"),
    ("GET", "/v1/keys"): ("api", "/v1/keys"),
    ("POST", "/v1/keys"): ("api", "/v1/keys"),
    ("GET", "/v1/keys/{id}"): ("api", "/v1/keys/nothing"),
    ("PATCH", "/v1/keys/{id}"): ("api", "/v1/keys/nothing"),
    ("DELETE", "/v1/keys/{id}"): ("api", "/v1/keys/nothing"),
    ("POST", "/v1/keys/{id}/rotate"): ("api", "/v1/keys/nothing/rotate"),
    ("POST", "/v1/events"): ("api", "/v1/events"),
    ("GET", "/v1/events"): ("api", "/v1/events"),
    ("POST", "/v1/webhooks"): ("api", "/v1/webhooks"),
    ("GET", "/v1/webhooks"): ("api", "/v1/webhooks"),
    ("GET", "/v1/webhooks/{id}"): ("api", "/v1/webhooks/none"),
    ("PATCH", "/v1/webhooks/{id}"): ("api", "/v1/webhooks/none"),
    ("DELETE", "/v1/webhooks/{id}"): ("api", "/v1/webhooks/none"),
    ("POST", "/v1/webhooks/{id}/rotate"): ("api", "/v1/webhooks/none/rotate"),
    ("POST", "/v1/webhooks/{id}/test"): ("api", "/v1/webhooks/none/test"),
    ("GET", "/v1/webhooks/{id}/deliveries"): ("api", "/v1/webhooks/none/deliveries"),
    ("POST", "/v1/webhooks/{id}/deliveries/{delivery}/redeliver"): (
        "api",
        "/v1/webhooks/none/deliveries/none/redeliver",
    ),
    ("POST", "/v1/ai/reply"): ("api", "/v1/ai/reply"),
    ("POST", "/v1/consent"): ("api", "/v1/consent"),
    ("GET", "/v1/contacts/{contact}/consent"): ("api", "/v1/contacts/{c}/consent"),
    ("GET", "/v1/contacts/{contact}/proof"): ("api", "/v1/contacts/{c}/proof"),
    ("POST", "/v1/ai/train"): ("api", "/v1/ai/train"),
    ("GET", "/v1/ai/train/{id}"): ("api", "/v1/ai/train/nothing"),
    ("DELETE", "/v1/ai/train/documents/{name}"): ("api", "/v1/ai/train/documents/nothing"),
    ("GET", "/login"): ("public", "/login"),
    ("POST", "/login"): ("public", "/login"),
    ("GET", "/login/code"): ("public", "/login/code"),
    ("POST", "/login/code"): ("public", "/login/code"),
    ("POST", "/login/link"): ("public", "/login/link"),
    ("GET", "/login/{token}"): ("public", "/login/no-such-token"),
    ("POST", "/login/{token}"): ("public", "/login/no-such-token"),
    ("POST", "/logout"): ("own", "/logout"),
    ("GET", "/account"): ("own", "/account"),
    ("POST", "/account/password"): ("own", "/account/password"),
    ("POST", "/account/sessions"): ("own", "/account/sessions"),
    ("POST", "/account/language"): ("own", "/account/language"),
    ("GET", "/account/two-step"): ("own", "/account/two-step"),
    ("POST", "/account/two-step"): ("own", "/account/two-step"),
    ("GET", "/settings/people"): ("people.read", "/settings/people"),
    ("POST", "/settings/people"): ("people.edit", "/settings/people"),
    ("GET", "/settings/people/{person}"): ("people.edit", "/settings/people/nobody"),
    ("POST", "/settings/people/{person}"): ("people.edit", "/settings/people/nobody"),
    ("GET", "/settings/teams"): ("people.read", "/settings/teams"),
    ("POST", "/settings/teams"): ("people.edit", "/settings/teams"),
    ("GET", "/settings/routing"): ("routing.read", "/settings/routing"),
    ("POST", "/settings/routing"): ("routing.edit", "/settings/routing"),
    ("GET", "/settings/sign-in"): ("settings", "/settings/sign-in"),
    ("POST", "/settings/sign-in"): ("settings", "/settings/sign-in"),
    ("GET", "/settings/audit"): ("audit.read", "/settings/audit"),
    ("GET", "/settings/audit/export"): ("audit.read", "/settings/audit/export"),
    ("GET", "/"): ("agent", "/"),
    ("GET", "/desk/{view}"): ("agent", "/desk/all"),
    ("GET", "/mentions"): ("agent", "/mentions"),
    ("GET", "/mentions/{turn}"): ("agent", "/mentions/nothing"),
    ("GET", "/c/{contact}"): ("agent", "/c/{c}"),
    ("GET", "/c/{contact}/card"): ("agent", "/c/{c}/card"),
    ("GET", "/c/{contact}/_messages"): ("agent", "/c/{c}/_messages"),
    ("GET", "/c/{contact}/transcript"): ("transcripts.export", "/c/{c}/transcript"),
    ("POST", "/c/{contact}/answer"): ("sensitive.reveal", "/c/{c}/answer"),
    ("POST", "/account/available"): ("own", "/account/available"),
    ("POST", "/account/capacity"): ("own", "/account/capacity"),
    ("GET", "/news"): ("conversations.read", "/news"),
    ("POST", "/c/{contact}/take"): ("agent", "/c/{c}/take"),
    ("POST", "/c/{contact}/return"): ("agent", "/c/{c}/return"),
    ("POST", "/c/{contact}/assign"): ("agent", "/c/{c}/assign"),
    ("POST", "/c/{contact}/ask"): ("agent", "/c/{c}/ask"),
    ("POST", "/c/{contact}/note"): ("agent", "/c/{c}/note"),
    ("POST", "/c/{contact}/here"): ("agent", "/c/{c}/here"),
    ("POST", "/c/{contact}/reply"): ("agent", "/c/{c}/reply"),
    ("POST", "/c/{contact}/withdraw"): ("agent", "/c/{c}/withdraw"),
    ("POST", "/c/{contact}/later"): ("agent", "/c/{c}/later"),
    ("POST", "/c/{contact}/unsuggest"): ("agent", "/c/{c}/unsuggest"),
    ("POST", "/c/{contact}/measure"): ("agent", "/c/{c}/measure"),
    ("GET", "/c/{contact}/saved"): ("conversations.answer", "/c/{c}/saved"),
    ("GET", "/c/{contact}/saved/{reply}"): ("conversations.answer", "/c/{c}/saved/nothing"),
    ("GET", "/settings/replies"): ("conversations.answer", "/settings/replies"),
    ("POST", "/settings/replies"): ("conversations.answer", "/settings/replies"),
    ("POST", "/settings/replies/remove"): ("conversations.answer", "/settings/replies/remove"),
    ("POST", "/c/{contact}/picture"): ("agent", "/c/{c}/picture"),
    ("GET", "/c/{contact}/files/{file}"): ("files.see", "/c/{c}/files/nothing"),
    ("POST", "/c/{contact}/files/{file}/again"): ("agent", "/c/{c}/files/nothing/again"),
    ("GET", "/media/{contact}/{file}"): ("api", "/media/{c}/nothing"),
    ("GET", "/m/{token}"): ("public", "/m/nothing"),
    ("GET", "/c/{contact}/template/{name}"): ("conversations.answer", "/c/{c}/template/nothing"),
    ("POST", "/c/{contact}/complete"): ("agent", "/c/{c}/complete"),
    ("GET", "/search"): ("agent", "/search"),
    ("POST", "/desk/bulk"): ("agent", "/desk/bulk"),
    ("POST", "/desk/undo"): ("agent", "/desk/undo"),
    ("POST", "/desk/views"): ("own", "/desk/views"),
    ("POST", "/desk/views/remove"): ("own", "/desk/views/remove"),
    ("POST", "/c/{contact}/snooze"): ("agent", "/c/{c}/snooze"),
    ("POST", "/c/{contact}/priority"): ("agent", "/c/{c}/priority"),
    ("POST", "/c/{contact}/reveal"): ("sensitive.reveal", "/c/{c}/reveal"),
    ("POST", "/c/{contact}/can-text"): ("contacts.edit", "/c/{c}/can-text"),
    ("GET", "/c/{contact}/erase"): ("contacts.erase", "/c/{c}/erase"),
    ("POST", "/c/{contact}/erase"): ("contacts.erase", "/c/{c}/erase"),
    ("GET", "/c/{contact}/merge"): ("contacts.merge", "/c/{c}/merge"),
    ("POST", "/c/{contact}/merge"): ("contacts.merge", "/c/{c}/merge"),
    ("POST", "/c/{contact}/merges/{merge}/undo"): ("contacts.merge", "/c/{c}/merges/nothing/undo"),
    ("GET", "/c/{contact}/consent"): ("agent", "/c/{c}/consent"),
    ("POST", "/c/{contact}/consent"): ("consent.record", "/c/{c}/consent"),
    ("POST", "/c/{contact}/opt-out"): ("consent.record", "/c/{c}/opt-out"),
    ("POST", "/c/{contact}/settle"): ("agent", "/c/{c}/settle"),
    ("POST", "/c/{contact}/draft"): ("agent", "/c/{c}/draft"),
    ("POST", "/c/{contact}/suggest"): ("agent", "/c/{c}/suggest"),
    ("GET", "/c/{contact}/calls/{job}"): ("agent", "/c/{c}/calls/nothing"),
    ("POST", "/c/{contact}/calls/{job}"): ("agent", "/c/{c}/calls/nothing"),
    ("GET", "/models"): ("models", "/models"),
    ("GET", "/models/learn"): ("models", "/models/learn"),
    ("POST", "/models/learn"): ("models", "/models/learn"),
    ("GET", "/models/try"): ("models", "/models/try"),
    ("POST", "/models/try"): ("models", "/models/try"),
    ("GET", "/c/{contact}/proof"): ("consent.prove", "/c/{c}/proof"),
    ("GET", "/events"): ("agent", "/events"),
    ("GET", "/try"): ("simulator", "/try"),
    ("POST", "/try/new"): ("simulator", "/try/new"),
    ("GET", "/try/{phone}"): ("simulator", "/try/{p}"),
    ("POST", "/try/{phone}/text"): ("simulator", "/try/{p}/text"),
    ("POST", "/try/{phone}/faults"): ("simulator", "/try/{p}/faults"),
    ("POST", "/try/{phone}/clock"): ("simulator", "/try/{p}/clock"),
    ("GET", "/flows"): ("flows.read", "/flows"),
    ("GET", "/flows/edit/{path:path}"): ("flows.read", "/flows/edit/bot.yml"),
    ("GET", "/flows/versions"): ("flows.read", "/flows/versions"),
    ("GET", "/flows/try"): ("flows.try", "/flows/try"),
    ("POST", "/flows/try"): ("flows.try", "/flows/try"),
    ("POST", "/flows/save"): ("flows.edit", "/flows/save"),
    ("POST", "/flows/files"): ("flows.edit", "/flows/files"),
    ("POST", "/flows/discard"): ("flows.edit", "/flows/discard"),
    ("POST", "/flows/publish"): ("flows.edit", "/flows/publish"),
    ("POST", "/flows/again"): ("flows.edit", "/flows/again"),
    ("GET", "/flows/move"): ("flows.edit", "/flows/move"),
    ("POST", "/flows/move"): ("flows.edit", "/flows/move"),
    ("GET", "/templates"): ("flows.read", "/templates"),
    ("POST", "/templates/sync"): ("templates.write", "/templates/sync"),
    ("GET", "/templates/new"): ("flows.read", "/templates/new"),
    ("GET", "/templates/edit/{name}"): ("flows.read", "/templates/edit/nothing"),
    ("GET", "/templates/approvals"): ("flows.read", "/templates/approvals"),
    ("POST", "/templates/save"): ("templates.write", "/templates/save"),
    ("POST", "/templates/decide"): ("templates.decide", "/templates/decide"),
    ("GET", "/leads"): ("conversations.read", "/leads"),
    ("POST", "/leads"): ("contacts.edit", "/leads"),
    ("GET", "/leads/export"): ("contacts.export", "/leads/export"),
    ("GET", "/leads/import"): ("contacts.import", "/leads/import"),
    ("POST", "/leads/import"): ("contacts.import", "/leads/import"),
    ("GET", "/leads/import/{id}"): ("contacts.import", "/leads/import/nothing"),
    ("POST", "/leads/import/{id}"): ("contacts.import", "/leads/import/nothing"),
    ("GET", "/leads/import/{id}/refused"): ("contacts.import", "/leads/import/nothing/refused"),
    ("GET", "/contacts/{contact}"): ("conversations.read", "/contacts/{c}"),
    ("POST", "/contacts/{contact}/change"): ("contacts.edit", "/contacts/{c}/change"),
    ("POST", "/contacts/{contact}/owner"): ("conversations.answer", "/contacts/{c}/owner"),
    ("POST", "/contacts/{contact}/reveal"): ("sensitive.reveal", "/contacts/{c}/reveal"),
    ("GET", "/settings/fields"): ("settings", "/settings/fields"),
    ("POST", "/settings/fields"): ("settings", "/settings/fields"),
    ("GET", "/settings/tags"): ("conversations.manage", "/settings/tags"),
    ("POST", "/settings/tags"): ("conversations.manage", "/settings/tags"),
    ("GET", "/lines"): ("lines", "/lines"),
    ("POST", "/lines/{line}/test"): ("lines", "/lines/nothing/test"),
    ("GET", "/settings/webhooks"): ("settings", "/settings/webhooks"),
    ("POST", "/settings/webhooks"): ("settings", "/settings/webhooks"),
    ("GET", "/settings/webhooks/{id}"): ("settings", "/settings/webhooks/nothing"),
    ("POST", "/settings/webhooks/{id}/test"): ("settings", "/settings/webhooks/nothing/test"),
    ("POST", "/settings/webhooks/{id}/rotate"): ("settings", "/settings/webhooks/nothing/rotate"),
    ("POST", "/settings/webhooks/{id}/enabled"): ("settings", "/settings/webhooks/nothing/enabled"),
    ("POST", "/settings/webhooks/{id}/remove"): ("settings", "/settings/webhooks/nothing/remove"),
    ("POST", "/settings/webhooks/{id}/redeliver"): ("settings", "/settings/webhooks/nothing/redeliver"),
    ("GET", "/settings/keys"): ("settings", "/settings/keys"),
    ("POST", "/settings/keys"): ("settings", "/settings/keys"),
    ("POST", "/settings/keys/{id}/rotate"): ("settings", "/settings/keys/nothing/rotate"),
    ("POST", "/settings/keys/{id}/revoke"): ("settings", "/settings/keys/nothing/revoke"),
    ("GET", "/compliance"): ("compliance.read", "/compliance"),
    ("GET", "/compliance/numbers"): ("compliance.read", "/compliance/numbers"),
    ("POST", "/compliance/numbers"): ("compliance.read", "/compliance/numbers"),
    ("GET", "/compliance/lists"): ("compliance.edit", "/compliance/lists"),
    ("POST", "/compliance/lists"): ("compliance.edit", "/compliance/lists"),
    ("GET", "/compliance/lists/{kind}/{digest}/bad"): ("compliance.edit", f"/compliance/lists/registry/{'0' * 64}/bad"),
    ("GET", "/compliance/ledger"): ("compliance.read", "/compliance/ledger"),
    ("POST", "/compliance/ledger"): ("compliance.read", "/compliance/ledger"),
    ("GET", "/dead-letters"): ("letters", "/dead-letters"),
    ("GET", "/dead-letters/all"): ("letters", "/dead-letters/all"),
    ("POST", "/dead-letters/redrive"): ("letters", "/dead-letters/redrive"),
    ("POST", "/dead-letters/discard"): ("letters", "/dead-letters/discard"),
}

#: What somebody who may call an address gets there, where that is not 200 for GET and 303 for POST.
WELCOME = {
    ("GET", "/"): 303,
    ("GET", "/try"): 303,
    ("GET", "/login/code"): 303,  # nobody owes a code
    ("POST", "/login/code"): 401,
    ("POST", "/login/link"): 409,  # no mail server
    ("POST", "/account/sessions"): 200,
    ("POST", "/account/two-step"): 400,  # without a code
    ("POST", "/settings/people"): 409,  # without an address
    ("GET", "/settings/people/{person}"): 404,
    ("GET", "/mentions/{turn}"): 404,
    ("POST", "/settings/people/{person}"): 404,
    ("POST", "/lines/{line}/test"): 404,
    ("POST", "/settings/teams"): 409,  # without a name
    ("GET", "/login/{token}"): 410,
    ("POST", "/login/{token}"): 410,
    ("POST", "/login"): 401,
    ("POST", "/sms/send"): 200,
    ("POST", "/v1/messages"): 202,
    ("POST", "/v1/messages/bulk"): 202,
    ("GET", "/v1/messages/bulk/{id}"): 404,
    ("GET", "/v1/messages/{id}"): 404,
    ("POST", "/v1/messages/{id}/cancel"): 404,
    ("GET", "/v1/templates/{name}"): 404,
    ("GET", "/l/{token}"): 404,
    ("GET", "/web/{line}/widget.js"): 404,  # this server has no web chat
    ("GET", "/m/{token}"): 404,
    ("POST", "/try/{phone}/faults"): 400,
    ("POST", "/try/{phone}/clock"): 400,
    ("POST", "/c/{contact}/withdraw"): 404,  # no such text
    ("POST", "/c/{contact}/later"): 404,
    ("POST", "/c/{contact}/measure"): 200,
    ("GET", "/c/{contact}/saved/{reply}"): 404,
    ("POST", "/settings/replies"): 409,  # without a shortcut
    ("POST", "/settings/replies/remove"): 404,
    ("POST", "/c/{contact}/picture"): 409,  # without a file
    ("GET", "/c/{contact}/files/{file}"): 404,
    ("GET", "/media/{contact}/{file}"): 404,
    ("POST", "/c/{contact}/files/{file}/again"): 404,
    ("GET", "/c/{contact}/template/{name}"): 404,
    ("GET", "/templates/edit/{name}"): 404,
    ("POST", "/templates/save"): 400,  # without a name
    ("POST", "/templates/decide"): 400,
    ("POST", "/leads"): 400,  # without a number
    ("POST", "/leads/import"): 400,  # without a file
    ("GET", "/leads/import/{id}"): 404,
    ("POST", "/leads/import/{id}"): 404,
    ("GET", "/leads/import/{id}/refused"): 404,
    ("POST", "/contacts/{contact}/owner"): 400,  # to nobody
    ("POST", "/contacts/{contact}/reveal"): 404,  # no field
    ("POST", "/settings/fields"): 400,  # without a name
    ("POST", "/settings/tags"): 400,
    ("POST", "/compliance/numbers"): 200,
    ("POST", "/compliance/lists"): 400,  # without a file
    ("GET", "/compliance/lists/{kind}/{digest}/bad"): 404,
    ("DELETE", "/v1/contacts/{contact}"): 404,  # nobody has that number
    ("POST", "/v1/contacts"): 201,
    ("POST", "/v1/contacts/{contact}/merge"): 404,  # nobody has that number
    ("POST", "/v1/contacts/{contact}/merges/{merge}/undo"): 404,
    ("POST", "/c/{contact}/merge"): 404,  # with whom?
    ("POST", "/c/{contact}/merges/{merge}/undo"): 404,
    ("GET", "/v1/flows/{name}"): 404,
    ("POST", "/v1/keys"): 201,
    ("GET", "/v1/keys/{id}"): 404,
    ("PATCH", "/v1/keys/{id}"): 404,
    ("DELETE", "/v1/keys/{id}"): 404,
    ("POST", "/v1/keys/{id}/rotate"): 404,
    ("POST", "/v1/events"): 200,
    ("POST", "/v1/webhooks"): 201,
    ("GET", "/v1/webhooks/{id}"): 404,
    ("PATCH", "/v1/webhooks/{id}"): 404,
    ("DELETE", "/v1/webhooks/{id}"): 404,
    ("POST", "/v1/webhooks/{id}/rotate"): 404,
    ("POST", "/v1/webhooks/{id}/test"): 404,
    ("GET", "/v1/webhooks/{id}/deliveries"): 404,
    ("POST", "/v1/webhooks/{id}/deliveries/{delivery}/redeliver"): 404,
    ("POST", "/v1/ai/train"): 202,
    ("GET", "/v1/ai/train/{id}"): 404,
    ("DELETE", "/v1/ai/train/documents/{name}"): 404,
    ("POST", "/settings/webhooks"): 400,
    ("GET", "/settings/webhooks/{id}"): 404,
    ("POST", "/settings/webhooks/{id}/test"): 404,
    ("POST", "/settings/webhooks/{id}/rotate"): 404,
    ("POST", "/settings/webhooks/{id}/enabled"): 404,
    ("POST", "/settings/webhooks/{id}/remove"): 404,
    ("POST", "/settings/webhooks/{id}/redeliver"): 404,
    ("POST", "/settings/keys"): 400,
    ("POST", "/settings/keys/{id}/rotate"): 404,
    ("POST", "/settings/keys/{id}/revoke"): 404,
    ("POST", "/c/{contact}/reveal"): 200,
    ("POST", "/c/{contact}/consent"): 409,
    ("POST", "/c/{contact}/opt-out"): 409,
    ("POST", "/c/{contact}/here"): 204,
    ("POST", "/c/{contact}/settle"): 400,  # yes or no?
    ("POST", "/desk/bulk"): 400,  # which ones?
    ("POST", "/desk/undo"): 409,  # it is too late
    ("POST", "/desk/views"): 400,  # under which name?
    ("POST", "/c/{contact}/snooze"): 400,  # until when?
    ("POST", "/c/{contact}/priority"): 400,  # which?
    ("POST", "/c/{contact}/draft"): 400,  # send it, or throw it away?
    ("POST", "/c/{contact}/suggest"): 200,
    ("GET", "/c/{contact}/calls/{job}"): 404,
    ("POST", "/c/{contact}/calls/{job}"): 400,  # good or wrong?
    ("POST", "/c/{contact}/answer"): 404,  # none is kept
    ("POST", "/models/learn"): 400,  # without a question
    ("POST", "/models/try"): 400,  # without a question
    ("POST", "/flows/try"): 200,
    ("POST", "/flows/save"): 200,  # it only checks
    ("POST", "/flows/publish"): 409,  # there is no draft
    ("GET", "/flows/move"): 400,  # from which version?
    ("POST", "/flows/move"): 400,
}
#: Forms that are filled in for those who may post them.
FIELDS = {
    ("POST", "/login"): {"email": "nobody@example.com", "password": "no such password"},
    ("POST", "/account/password"): {"password": "a long password"},
    ("POST", "/account/available"): {"available": "yes"},
    ("POST", "/account/capacity"): {"capacity": "3"},
    ("POST", "/c/{contact}/answer"): {"name": "pin"},
    ("POST", "/account/two-step"): {"do": "on"},
    ("POST", "/settings/teams"): {"do": "save"},
    ("POST", "/settings/routing"): {"base": "0", "do": "save"},
    ("POST", "/settings/sign-in"): {"session_days": "14", "idle_hours": "0"},
    ("POST", "/c/{contact}/reply"): {"text": "We are on it."},
    ("POST", "/c/{contact}/note"): {"text": "They called."},
    ("POST", "/c/{contact}/here"): {"doing": "reading", "tab": "0123456789"},
    ("POST", "/try/{phone}/text"): {"text": "HOURS"},
    ("POST", "/compliance/numbers"): {"number": "206-555-0188"},
    ("POST", "/flows/try"): {"text": "HOURS"},
    ("POST", "/flows/save"): {"path": "bot.yml", "do": "check", "content": "bot: Harbor", "seen": "what it was"},
    ("POST", "/flows/files"): {"do": "add", "folder": "flows", "name": "opening"},
    ("POST", "/flows/again"): {"number": "1", "latest": "1"},
}
EACH = pytest.mark.parametrize("address", list(TABLE), ids=" ".join)
WITHOUT_SESSION = ("nobody", "wrong cookie", "expired cookie", "signed out cookie", "key", "key as cookie")
WITHOUT_KEY = ("nobody", "agent", "owner", "wrong key", "revoked key", "key as basic", "session as key")


class Callers:
    """One of each kind of caller, and what they call."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.contact = site.waiting()
        self.phone = site.phone()
        self.agent = site.person("agent")
        self.owner = site.person("owner")
        self.key = site.key("till")
        self._made: dict[str, Callable[[], Browser]] = {
            "nobody": site.browser,
            "wrong cookie": lambda: self._cookie("x" * 43),
            "expired cookie": self._expired,
            "signed out cookie": self._signed_out,
            "key": lambda: self._key(f"Bearer {self.key}"),
            "key as cookie": lambda: self._cookie(self.key),
            "key as basic": lambda: self._key(f"Basic {self.key}"),
            "wrong key": lambda: self._key("Bearer tb_wrong"),
            "revoked key": self._revoked,
            "session as key": lambda: self._key(f"Bearer {self.agent.cookies['textback']}"),
            "agent": lambda: self.agent,
            "owner": lambda: self.owner,
            "supervisor": lambda: site.person("supervisor"),
            "viewer": lambda: site.person("viewer"),
            "auditor": lambda: site.person("auditor"),
        }
        self._known: dict[str, Browser] = {}

    def __getitem__(self, kind: str) -> Browser:
        if kind not in self._known:
            self._known[kind] = self._made[kind]()
        return self._known[kind]

    def _cookie(self, token: str) -> Browser:
        made = self.site.browser()
        made.cookies.set("textback", token, domain="127.0.0.1")
        return made

    def _key(self, authorization: str) -> Browser:
        return self.site.browser(headers={"Authorization": authorization})

    def _expired(self) -> Browser:
        id_, _ = self.site.user("owner")
        token = self.site.write(accounts.add_session, id_, self.site.clock() - 15 * DAY)
        return self._cookie(token)

    def _signed_out(self) -> Browser:
        person = self.site.person("owner")
        token = person.cookies["textback"]
        assert person.submit("/logout").status_code == 303
        made = self._cookie(token)
        made.csrf = person.csrf
        return made

    def _revoked(self) -> Browser:
        made = self._key(f"Bearer {self.site.key('old till')}")
        self.site.revoke("old till")
        return made

    def path(self, address: tuple[str, str]) -> str:
        """An example of the address."""
        return TABLE[address][1].format(c=self.contact, p=self.phone)

    def call(self, kind: str, address: tuple[str, str]) -> httpx.Response:
        """Call it, as well-formed as this caller can."""
        caller = self[kind]
        method, path = address[0], self.path(address)
        if TABLE[address][0] in ("api", "signed"):
            words = "message" if address[1] == "/sms/send" else "body"
            text = {"to": "+12065550188", words: "Your bike is ready."}
            body = BODIES.get(address, text) if method in ("POST", "PATCH") else None
            if (method, path) == ("POST", "/v1/events"):
                body = {"contact": self.contact, "event": "bike_ready"}
            return caller.request(method, path, json=body)
        if method == "POST":
            return caller.submit(path, **FIELDS.get(address, {}))
        with caller.stream(method, path) as answer:  # /events has no end
            if path != "/events":
                answer.read()
            return answer


@pytest.fixture(scope="module")
def callers(site: Site) -> Callers:
    return Callers(site)


def happened(site: Site) -> list[int]:
    """How much is recorded of texts, what people did, and who may come in. The outbox empties by itself, and each of
    its texts is among the messages; a check of the ledger that somebody began is noted when it is over."""
    audit = "audit WHERE subject <> 'ledger'"
    tables = ("arrivals", "messages", "turns", audit, "contacts", "web_sessions", "login_links")
    return [site.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]


def test_each_route_is_in_this_table_with_its_role():
    assert {(route.method, route.path): route.role for route in ROUTES} == {
        address: role for address, (role, _) in TABLE.items()
    }


@pytest.mark.parametrize("role", ["", "anyone", None])
def test_a_route_without_a_role_stops_the_server_from_starting(
    site: Site, monkeypatch: pytest.MonkeyPatch, role: Any
) -> None:
    monkeypatch.setattr(server, "ROUTES", (*ROUTES, Route("GET", "/new", role, ROUTES[0].handler)))
    with pytest.raises(KeyError):
        server.build_app(site.app._pages.state.ctx)


def of_role(*roles: str) -> list[tuple[str, str]]:
    return [address for address, (role, _) in TABLE.items() if role in roles]


def for_people() -> list[tuple[str, str]]:
    return [one for one, (role, _) in TABLE.items() if role not in ("public", "signed", "api", "visitor", "mailed")]


def may(role: str, address: tuple[str, str]) -> bool:
    """Whether this role may call this address, by the table here."""
    named = TABLE[address][0]
    usual = {"agent": "conversations.read" if address[0] == "GET" else "conversations.answer", "owner": "settings"}
    return role in MAY[usual.get(named, named)].split()


def name(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize("kind", WITHOUT_SESSION)
@pytest.mark.parametrize("address", for_people(), ids=name)
def test_the_desk_is_closed_without_a_session(callers: Callers, address: tuple[str, str], kind: str):
    callers[kind]
    before = happened(callers.site)
    answer = callers.call(kind, address)
    if address[0] == "GET" and address[1] != "/events":
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/login?next={callers.path(address)}"
        assert answer.text == ""
    else:
        assert answer.status_code == 401
    assert happened(callers.site) == before


@pytest.mark.parametrize("kind", WITHOUT_KEY)
@pytest.mark.parametrize("address", of_role("api"), ids=name)
def test_the_api_is_closed_without_a_live_key(callers: Callers, address: tuple[str, str], kind: str):
    callers[kind]
    before = happened(callers.site)
    answer = callers.call(kind, address)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    said = answer.json()["detail" if address[1].startswith("/v1/") else "error"]
    assert said == "An API key is needed: Authorization: Bearer KEY."
    assert happened(callers.site) == before


@pytest.mark.parametrize("kind", [*WITHOUT_SESSION, "agent", "owner"])
def test_a_webhook_is_closed_to_everybody_but_its_provider(callers: Callers, kind: str):
    callers[kind]
    before = happened(callers.site)
    assert callers.call(kind, ("POST", "/webhooks/{line}")).status_code == 401
    assert happened(callers.site) == before


def test_the_table_of_permissions_is_the_one_that_people_were_told():
    assert {name: set(roles.split()) for name, roles in MAY.items()} == PERMISSIONS
    assert set(ROLES) == {role for roles in MAY.values() for role in roles.split()}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", for_people(), ids=name)
def test_each_role_gets_what_the_table_gives_it(callers: Callers, address: tuple[str, str], role: str):
    if not may(role, address):
        callers[role]
        before = happened(callers.site)
        answer = callers.call(role, address)
        assert answer.status_code == 403
        assert answer.json()["error"].startswith("Only ")
        assert happened(callers.site) == before
        return
    callers._known["fresh"] = callers.site.person(role)  # some addresses end the session
    if address[1] in OWNED:
        callers.contact = callers.site.waiting()  # nobody has it
    answer = callers.call("fresh", address)
    if role != "owner" and address[1] == "/templates/save":
        assert answer.status_code == 403  # others may only look, unless the workspace lets them write
        return
    assert answer.status_code == WELCOME.get(address, 200 if address[0] == "GET" else 303)
    if address[1] != "/logout":
        assert not answer.headers.get("location", "").startswith("/login")


def test_a_refusal_says_who_may(callers: Callers):
    assert callers["agent"].get("/lines").json() == {"error": "Only an owner may see this."}
    refused = callers["viewer"].submit(f"/c/{callers.contact}/take").json()
    assert refused == {"error": "Only an owner, supervisor or agent may do this."}


@pytest.mark.parametrize("role", ["", "Owner", "admin", "owner "])
def test_a_role_that_nobody_knows_may_do_nothing(callers: Callers, role: str):
    person = callers.site.person(role)
    for address in for_people():
        if address[0] == "GET":
            assert person.get(callers.path(address)).status_code == 403


def test_the_bar_shows_what_a_role_may_see(callers: Callers):
    places = ("/lines", "/models", "/compliance", "/dead-letters", "/try")
    for role in ROLES:
        bar = callers[role].get("/account").text
        shown = {place for place in places if f'href="{place}"' in bar}
        assert shown == {place for place in places if may(role, ("GET", place))}


@pytest.mark.parametrize("address", of_role("api"), ids=name)
def test_the_api_is_open_to_a_key(callers: Callers, address: tuple[str, str]):
    assert callers.call("key", address).status_code == WELCOME.get(address, 200)


@pytest.mark.parametrize("kind", ["nobody", "wrong cookie", "expired cookie", "key"])
@pytest.mark.parametrize("address", of_role("public"), ids=name)
def test_public_addresses_answer_anyone(callers: Callers, address: tuple[str, str], kind: str):
    if address[0] == "POST":
        assert callers.call(kind, address).status_code == 403  # a form without its secret
        return
    assert callers.call(kind, address).status_code == WELCOME.get(address, 200)


@pytest.mark.parametrize("address", [a for a in of_role("public") if a[0] == "POST"], ids=name)
def test_public_forms_answer_anyone_who_has_the_page(callers: Callers, address: tuple[str, str]):
    callers._known["guest"] = callers.site.stranger()
    assert callers.call("guest", address).status_code == WELCOME[address]


def test_whoever_is_signed_in_is_sent_past_the_login_page(callers: Callers):
    answer = callers["agent"].get("/login")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@EACH
def test_other_methods_are_refused(callers: Callers, address: tuple[str, str]):
    before = happened(callers.site)
    taken = {method for method, path in TABLE if path == address[1]}
    for method in {"PUT", "PATCH", "DELETE", "OPTIONS"} - taken:
        for kind in ("nobody", "owner", "key"):
            assert callers[kind].request(method, callers.path(address)).status_code == 405, (method, kind)
    assert happened(callers.site) == before


@EACH
def test_the_other_of_get_and_post_is_refused_where_it_is_not_in_the_table(callers: Callers, address: tuple[str, str]):
    other = "POST" if address[0] == "GET" else "GET"
    if (other, address[1]) not in TABLE:
        # GET /try/new is a phone that can't be, /v1/messages/bulk a message, /login/link a link, /desk/bulk a list
        nowhere = dict.fromkeys(("/try/new", "/desk/bulk", "/desk/undo", "/desk/views"), 404)
        wanted = {**nowhere, "/v1/messages/bulk": 401, "/login/link": 410}.get(address[1], 405)
        assert callers["owner"].request(other, callers.path(address)).status_code == wanted


@pytest.mark.parametrize(
    "path",
    ["/admin", "/.env", "/desk", "/c", "/c/", "/login/a/b", "/static/../server.py", "/static/%2e%2e/server.py",
     "/static/", "/static/none.js", "/docs", "/openapi.yaml", "/webhooks/none", "/webhooks/"],
)  # fmt: skip
def test_unknown_addresses_say_nothing(callers: Callers, path: str):
    for accept in ("text/html", "application/json"):
        answers = [callers[kind].get(path, headers={"Accept": accept}) for kind in ("nobody", "agent", "owner", "key")]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1, "who asks must make no difference"
        for leak in ("Traceback", "textback/", ".py", "sqlite", "starlette", "uvicorn"):
            assert leak not in answers[0].text


@pytest.mark.parametrize("path", ["/c/{}", "/c/{}/card", "/try/{}"])
@pytest.mark.parametrize("id_", ["0" * 24, "zz", "0", "%00", "\u0661\u0662", "a" * 5000, "12065550000", "12125550123"])
def test_what_is_not_there_is_the_same_as_what_is_nonsense(callers: Callers, path: str, id_: str):
    answer = callers["agent"].get(path.format(id_))
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}
