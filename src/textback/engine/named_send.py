"""A program or a person sends a named message: written out in the turn, in the contact's language."""

from collections.abc import Mapping

import msgspec

from textback.engine.arrivals import AgentReply, ApiSend
from textback.engine.context import Context
from textback.engine.effects import Send
from textback.engine.named import BadValue, write_out

RULE = "template"
"""The rule in the record of a message that could not be written out."""


def send_named(ctx: Context, arrival: ApiSend) -> None:
    """Send it. One that the version which is live now does not have, or can't write out, is refused and recorded."""
    try:
        send = _written(ctx, arrival.template, arrival.variables, arrival.locale)
    except BadValue as error:
        ctx.event("send_refused", rule=RULE, reason=str(error), author="api", message=arrival.message_id)
        return
    ctx.effects.append(
        msgspec.structs.replace(
            send,
            author="api",
            author_name=arrival.key_name,
            message_id=arrival.message_id,
            send_at=arrival.send_at,
            channel=arrival.channel,
        )
    )


def said_by(ctx: Context, act: AgentReply) -> Send | None:
    """A person's text, or the named message that they chose; None, recorded, where that can't be written out."""
    send = Send(act.text, media=act.media, source="desk")
    if act.template:
        try:
            send = _written(ctx, act.template, act.variables, "")
        except BadValue as error:
            ctx.event("send_refused", rule=RULE, reason=str(error), author="person", message=act.message_id)
            return None
    return msgspec.structs.replace(
        send, author="person", author_id=act.user_id, author_name=act.user_name, message_id=act.message_id,
        send_at=act.send_at,
    )  # fmt: skip


def _written(ctx: Context, name: str, variables: Mapping[str, str], locale: str) -> Send:
    """The named message of the version which is live now. Raises BadValue."""
    template = ctx.bot.templates.get(name)
    if template is None:
        raise BadValue("", f"There is no template {name}.")
    known = {**ctx.state.fields, "tags": ctx.state.tags}
    written = write_out(ctx.bot, template, variables, locale or ctx.locale, known)
    text, offer = written.text, None
    if template.quick:
        offer = ctx.quick(template.quick)
        text = f"{text} {offer.tail}"
    return Send(
        text,
        message_class=template.message_class,
        media=template.media,
        source=f"template.{template.name}",
        links=written.links,
        programme=template.programme,
        offer=offer,
    )
