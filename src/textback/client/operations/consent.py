"""What the API can do with consent. `make api` writes it; it is not to be edited."""

from typing import Literal

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Resource, Unset, given, operation
from textback.client.shapes.contacts import ConsentState


class Consent(Resource[C]):
    """Opt-ins and opt-outs, with what proves them."""

    @operation
    def record(
        self,
        *,
        to: str,
        change: Literal["opt_in", "opt_out"] | Unset = UNSET,
        method: Literal["api", "paper", "voice", "web"] | Unset = UNSET,
        channel: Literal["sms", "whatsapp"] | Unset = UNSET,
        programme: str | Unset = UNSET,
        message_class: Literal["informational", "promotional"] | Unset = UNSET,
        wording: str | Unset = UNSET,
        wording_version: str | Unset = UNSET,
        language: str | Unset = UNSET,
        action: str | Unset = UNSET,
        source: str | Unset = UNSET,
        ip: str | Unset = UNSET,
        user_agent: str | Unset = UNSET,
        session: str | Unset = UNSET,
        occurred_at: str | Unset = UNSET,
        double: bool | Unset = UNSET,
        reason: str | Unset = UNSET,
        idempotency_key: str | Unset = UNSET,
    ) -> Call[ConsentState]:
        """Record an opt-in with its evidence, or an opt-out. A web form's opt-in counts once they have answered YES.

        Needs the scope `consent:write`.
        """
        return Call(
            "POST",
            "/v1/consent",
            Data[ConsentState],
            body=given(
                to=to,
                change=change,
                method=method,
                channel=channel,
                programme=programme,
                message_class=message_class,
                wording=wording,
                wording_version=wording_version,
                language=language,
                action=action,
                source=source,
                ip=ip,
                user_agent=user_agent,
                session=session,
                occurred_at=occurred_at,
                double=double,
                reason=reason,
            ),
            key=idempotency_key,
        )
