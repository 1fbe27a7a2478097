"""What a call of the API can end in. Each refusal has a class of its own, chosen by its status; `code` says more."""

from collections.abc import Mapping

import msgspec


class TextbackError(Exception):
    """A request that was refused, or got no answer.

    `status` is the HTTP status, 0 where there was no answer. `code` is the problem's own code and stays the same,
    `detail` is for people, `field` names what is to blame, `rule` is that by which the consent gate refused a text, and
    `message_id` its record. `retry_after` is how many seconds the server asks to be left alone.
    """

    def __init__(
        self,
        detail: str,
        *,
        status: int = 0,
        code: str = "",
        field: str = "",
        rule: str = "",
        message_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.rule = rule
        self.message_id = message_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        known = [f"{self.status} {self.code}".strip() if self.status else self.code, self.field, self.rule]
        return f"{self.detail} ({', '.join(part for part in known if part)})"


class NoAnswer(TextbackError):
    """The server could not be reached, or broke off. Whether it did what was asked is not known."""


class TooSlow(NoAnswer):
    """The server did not answer in time."""


class BadAnswer(TextbackError):
    """The answer is not what the API describes: something else answers at this address."""


class InvalidRequest(TextbackError):
    """A field can't be used (400, 413, 415)."""


class Unauthorized(TextbackError):
    """There is no key, or it is unknown, revoked or expired (401)."""


class Forbidden(TextbackError):
    """The key is not good for this (403)."""


class NotFound(TextbackError):
    """There is no such thing (404, 410)."""


class Conflict(TextbackError):
    """It does not go with what is there already (409)."""


class Refused(TextbackError):
    """The server understood, and won't: such as a text to somebody who opted out (422). `rule` says why."""


class RateLimited(TextbackError):
    """Too many requests (429), also after waiting as long as the server had asked."""


class ServerError(TextbackError):
    """The server failed, or can't do it now (5xx)."""


_BY_STATUS: Mapping[int, type[TextbackError]] = {
    400: InvalidRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    413: InvalidRequest,
    415: InvalidRequest,
    422: Refused,
    429: RateLimited,
}


class _Problem(msgspec.Struct):
    title: str = ""
    code: str = ""
    detail: str = ""
    field: str = ""
    rule: str = ""
    message_id: str = ""


def of_answer(status: int, body: bytes, retry_after: float | None) -> TextbackError:
    """The error that an answer of 400 or more is. What is no problem, such as a proxy's page, has no code."""
    try:
        told = msgspec.json.decode(body, type=_Problem)
    except msgspec.DecodeError:
        told = _Problem()
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else TextbackError)
    return kind(
        told.detail or told.title or f"The server answered {status}.",
        status=status,
        code=told.code,
        field=told.field,
        rule=told.rule,
        message_id=told.message_id,
        retry_after=retry_after,
    )
