"""say: sends a text, with pictures if wanted."""

from textback.engine.arrivals import Media
from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.reading import Draft, Kind
from textback.engine.template import Text


class Say(Step, frozen=True, kw_only=True):
    """Send `text` and `media`."""

    text: Text
    media: tuple[Media, ...] = ()


def read(draft: Draft) -> Say | None:
    """`say: TEXT`, with `media: [URL, ...]`."""
    media = []
    for url, node in draft.flow.strings(draft.keys.get("media"), "media"):
        if url.startswith("https://"):
            media.append(Media(url))
        else:
            draft.flow.source.error(node, "media must be an https:// address.", "Put the file on a public web server.")
    text = draft.text("say")
    return None if text is None else Say(**draft.base(), text=text, media=tuple(media))


def run(ctx: Context, step: Say) -> str:
    """Send, and go on."""
    ctx.say(ctx.render(step.text), ctx.source(step), step.message_class, step.media)
    return step.next


KIND = Kind("say", Say, ("media",), read, run)
