"""What the API says of webhooks. `make api` writes it; it is not to be edited."""

import msgspec


class Webhook(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A webhook. `state`: ok, failing (`failures` in a row, `failed_why`), disabled by somebody, or gone (it said so
    itself, by 410). Times are in ISO 8601. The `secret` is shown only when it is new."""

    id: str
    url: str
    events: list[str]
    enabled: bool
    state: str
    created_at: str
    failures: int = 0
    next_try_at: str = ""
    last_success_at: str = ""
    last_failure_at: str = ""
    failed_why: str = ""
    secret: str = ""


class Removed(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What was removed."""

    id: str


class Tested(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a webhook answered to a test."""

    ok: bool
    status: int
    detail: str
    ms: int


class Delivery(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One event on its way to a webhook. `state`: queued, sending, behind (an earlier one of its conversation
    waits), done, dead (given up; see dead letters) or withdrawn. `status` is the last answer's, 0 for none."""

    id: str
    event_id: str
    event: str
    number: int
    conversation_id: str
    state: str
    attempts: int
    status: int
    detail: str
    ms: int
    created_at: str
    next_try_at: str | None
    finished_at: str | None
