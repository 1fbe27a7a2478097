"""A program sends a named message through the API: written out in the turn, in the contact's language."""

from textback.engine.arrivals import ApiSend
from textback.engine.context import Context
from textback.engine.effects import Send
from textback.engine.named import BadValue, write_out

RULE = "template"
"""The rule in the record of a message that could not be written out."""


def send_named(ctx: Context, arrival: ApiSend) -> None:
    """Send it. One that the version which is live now does not have, or can't write out, is refused and recorded."""
    template = ctx.bot.templates.get(arrival.template)
    try:
        if template is None:
            raise BadValue("", f"There is no template {arrival.template}.")
        locale = arrival.locale or ctx.locale
        written = write_out(ctx.bot, template, arrival.variables, locale, {**ctx.state.fields, "tags": ctx.state.tags})
    except BadValue as error:
        ctx.event("send_refused", rule=RULE, reason=str(error), author="api", message=arrival.message_id)
        return
    text = written.text
    if template.quick:
        text = f"{text} {ctx.phrases.quick.format(options=ctx.either(template.quick))}"
    ctx.effects.append(
        Send(
            text,
            author="api",
            author_name=arrival.key_name,
            message_class=template.message_class,
            media=template.media,
            source=f"template.{template.name}",
            message_id=arrival.message_id,
            links=written.links,
            programme=template.programme,
            send_at=arrival.send_at,
        )
    )
