"""Every address of the server and who may call it, in one table. A route without a role is a failing test."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from textback.web import (
    account,
    ai,
    api,
    compliance,
    consent,
    desk,
    flowmoves,
    flows,
    flowtry,
    flowversions,
    happenings,
    health,
    learning,
    letters,
    links,
    listing,
    live,
    messaging,
    openapi,
    privacy,
    replies,
    simulator,
    training,
    wordings,
)
from textback.web.security import MOST_FORM
from textback.web.webhooks import PREFIX

Role = Literal["public", "signed", "api", "agent", "owner"]
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `role` is the least that a caller must be; `handler` is None where the webhooks take over; `form` is
    how many bytes a posted form may have, `takes_file` says that it may bring a file."""

    method: str
    path: str
    role: Role
    handler: Handler | None
    form: int = MOST_FORM
    takes_file: bool = False


ROUTES: tuple[Route, ...] = (
    Route("GET", "/healthz", "public", health.healthz),
    Route("GET", "/readyz", "public", health.readyz),
    Route("GET", "/metrics", "api", health.metrics),
    Route("GET", "/openapi.json", "public", openapi.document),
    Route("POST", PREFIX + "{line}", "signed", None),
    Route("POST", "/sms/send", "api", api.send_sms),
    Route("GET", "/conversations", "api", api.list_conversations),
    Route("POST", "/v1/messages", "api", messaging.send_message),
    Route("GET", "/v1/templates", "api", messaging.list_templates),
    Route("GET", "/v1/templates/{name}", "api", messaging.show_template),
    Route("GET", links.PATH + "{token}", "public", links.follow),
    Route("DELETE", "/v1/contacts/{contact}", "api", privacy.erase_contact),
    Route("POST", "/v1/events", "api", happenings.take_event),
    Route("POST", "/v1/ai/reply", "api", ai.reply),
    Route("POST", "/v1/consent", "api", consent.change_consent),
    Route("GET", "/v1/contacts/{contact}/consent", "api", consent.show_consent),
    Route("GET", "/v1/contacts/{contact}/proof", "api", consent.show_proof),
    Route("POST", "/v1/ai/train", "api", training.train),
    Route("GET", "/v1/ai/train/{id}", "api", training.show_training),
    Route("DELETE", "/v1/ai/train/documents/{name}", "api", training.forget_document),
    Route("GET", "/login", "public", account.login_page),
    Route("POST", "/login", "public", account.login),
    Route("GET", "/login/{token}", "public", account.link_page),
    Route("POST", "/login/{token}", "public", account.use_link),
    Route("POST", "/logout", "agent", account.logout),
    Route("GET", "/account", "agent", account.account_page),
    Route("POST", "/account/password", "agent", account.set_password),
    Route("GET", "/", "agent", desk.home),
    Route("GET", "/desk/{view}", "agent", desk.desk_page),
    Route("GET", "/c/{contact}", "agent", desk.conversation_page),
    Route("GET", "/c/{contact}/card", "agent", desk.card_page),
    Route("POST", "/c/{contact}/take", "agent", desk.take),
    Route("POST", "/c/{contact}/return", "agent", desk.hand_back),
    Route("POST", "/c/{contact}/reply", "agent", desk.reply),
    Route("POST", "/c/{contact}/complete", "agent", desk.complete),
    Route("GET", "/c/{contact}/erase", "owner", privacy.confirm_page),
    Route("POST", "/c/{contact}/erase", "owner", privacy.erase),
    Route("GET", "/c/{contact}/consent", "agent", consent.consent_page),
    Route("POST", "/c/{contact}/consent", "agent", consent.record_opt_in),
    Route("POST", "/c/{contact}/opt-out", "agent", consent.record_opt_out),
    Route("GET", "/c/{contact}/proof", "owner", consent.proof_file),
    Route("POST", "/c/{contact}/settle", "agent", desk.settle),
    Route("POST", "/c/{contact}/draft", "agent", replies.settle_draft),
    Route("POST", "/c/{contact}/suggest", "agent", replies.suggest),
    Route("GET", "/c/{contact}/calls/{job}", "agent", replies.call_page),
    Route("POST", "/c/{contact}/calls/{job}", "agent", replies.rate_call),
    Route("GET", "/models", "owner", replies.models_page),
    Route("GET", "/models/learn", "owner", learning.learn_page),
    Route("POST", "/models/learn", "owner", learning.learn),
    Route("GET", "/models/try", "owner", replies.try_page),
    Route("POST", "/models/try", "owner", replies.try_personas),
    Route("GET", "/events", "agent", live.events),
    Route("GET", "/try", "agent", simulator.try_home),
    Route("POST", "/try/new", "agent", simulator.new_phone),
    Route("GET", "/try/{phone}", "agent", simulator.try_page),
    Route("POST", "/try/{phone}/text", "agent", simulator.send_text),
    Route("GET", "/flows", "agent", flows.flows_page),
    Route("GET", "/flows/edit/{path:path}", "agent", flows.file_page),
    Route("GET", "/flows/versions", "agent", flowversions.versions_page),
    Route("GET", "/flows/try", "agent", flowtry.try_draft),
    Route("POST", "/flows/try", "agent", flowtry.try_text, form=flowtry.MOST_FORM),
    Route("POST", "/flows/save", "owner", flows.save, form=flows.MOST_FORM),
    Route("POST", "/flows/files", "owner", flows.change_files),
    Route("POST", "/flows/discard", "owner", flows.discard),
    Route("POST", "/flows/publish", "owner", flows.publish),
    Route("POST", "/flows/again", "owner", flowversions.publish_again),
    Route("GET", "/flows/move", "owner", flowmoves.move_page),
    Route("POST", "/flows/move", "owner", flowmoves.move),
    Route("GET", "/templates", "agent", wordings.list_page),
    Route("GET", "/templates/new", "agent", wordings.new_page),
    Route("GET", "/templates/edit/{name}", "agent", wordings.edit_page),
    Route("GET", "/templates/approvals", "agent", wordings.approvals_page),
    Route("POST", "/templates/save", "agent", wordings.save),
    Route("POST", "/templates/decide", "owner", wordings.decide),
    Route("GET", "/lines", "owner", desk.lines_page),
    Route("GET", "/compliance", "owner", compliance.overview_page),
    Route("GET", "/compliance/numbers", "owner", listing.number_page),
    Route("POST", "/compliance/numbers", "owner", listing.find_number),
    Route("GET", "/compliance/lists", "owner", listing.lists_page),
    Route("POST", "/compliance/lists", "owner", listing.take_list, takes_file=True),
    Route("GET", "/compliance/lists/{kind}/{digest}/bad", "owner", listing.bad_lines),
    Route("GET", "/compliance/ledger", "owner", compliance.ledger_page),
    Route("POST", "/compliance/ledger", "owner", compliance.check_ledger),
    Route("GET", "/dead-letters", "owner", letters.letters_page),
    Route("GET", "/dead-letters/all", "owner", letters.confirm_page),
    Route("POST", "/dead-letters/redrive", "owner", letters.redrive),
    Route("POST", "/dead-letters/discard", "owner", letters.discard),
)
