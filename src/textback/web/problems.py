"""What a program is told when a request is refused: problem details (RFC 9457), with a code that stays the same."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.responses import Response

PROBLEM = "application/problem+json"
VERSIONED = "/v1/"
"""What addresses begin with whose refusals are problem details. The others answer as programs know them."""


class Problem(msgspec.Struct, omit_defaults=True):
    """Why a request was refused. `title` and `status` are the HTTP status; `code` is for programs, `detail` for people;
    `field` names what is to blame, with dots for what lies within; `rule` is the rule by which the consent gate refused
    a text, and `message_id` the record of it."""

    title: str
    status: int
    code: Annotated[str, Meta(examples=["invalid_field"])]
    detail: str
    field: str = ""
    rule: str = ""
    message_id: str = ""
    type: str = "about:blank"


class Refused(Exception):
    """A request that can't be done. `more` are further members of the problem, such as `rule`."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        field: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **more: str,
    ) -> None:
        super().__init__(detail)
        self.headers = dict(headers or {})
        self.problem = Problem(HTTPStatus(status).phrase, status, code, detail, field, **more)


CODES: Mapping[int, str] = {
    400: "invalid_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "unprocessable",
    429: "rate_limited",
    500: "internal",
    503: "unavailable",
}


BROKEN = "Something went wrong here. It was written to the log; try again."


def refusal(path: str, refused: Refused) -> Response:
    """The answer to whoever asked for this path."""
    found = refused.problem
    if path.startswith(VERSIONED):
        return Response(msgspec.json.encode(found), found.status, refused.headers, media_type=PROBLEM)
    plain: dict[str, Any] = {"error": found.detail}
    if found.field:
        plain["field"] = found.field
    return Response(msgspec.json.encode(plain), found.status, refused.headers, media_type="application/json")


def wrong(detail: str, field: str = "") -> Refused:
    """A field that can't be used."""
    return Refused(400, "invalid_field", detail, field)


def ended_early() -> Refused:
    """Whoever asked went away before the body was whole."""
    return Refused(400, "invalid_request", "The body ended early.")


def broken() -> Refused:
    """A defect of ours, which the log tells of."""
    return Refused(500, CODES[500], BROKEN)


def missing(detail: str, field: str = "") -> Refused:
    """Something that is not there."""
    return Refused(404, "not_found", detail, field)
