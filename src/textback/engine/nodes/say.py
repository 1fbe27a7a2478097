"""say: sends a text or an agreed template, with pictures and quick replies if wanted."""

from textback.engine.arrivals import Media
from textback.engine.bot import Approved, Step
from textback.engine.context import Context
from textback.engine.named import check_needs
from textback.engine.reading import Draft, Kind
from textback.engine.source import Mapping, nearest
from textback.engine.template import Text


class Say(Step, frozen=True, kw_only=True):
    """Send `text` and `media`. `quick` are words to answer with, which are said behind the text; `needs` the
    variables without which the named message `template` can't be sent, `may` those that may be left out; `programme`
    is the consent that it goes by (K6)."""

    text: Text
    media: tuple[Media, ...] = ()
    quick: tuple[str, ...] = ()
    template: str = ""
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    programme: str = ""


def read(draft: Draft) -> Say | None:
    """`say: TEXT` or `say: {template: NAME}`, with `media: [URL, ...]` and `quick: [WORD, ...]`."""
    media = []
    for url, node in draft.flow.strings(draft.keys.get("media"), "media"):
        if url.startswith("https://"):
            media.append(Media(url))
        else:
            draft.flow.source.error(node, "media must be an https:// address.", "Put the file on a public web server.")
    base = draft.base()
    node = draft.value
    approved = None
    if isinstance(node, Mapping) and "template" in node.values:
        approved = _template(draft, node)
        text = None if approved is None else approved.text
        if approved is not None:
            if "class" in draft.keys and base["message_class"] != approved.message_class:
                why = f"The template is {approved.message_class}, so this can't be {base['message_class']}."
                draft.flow.source.error(draft.keys["class"], why, "Remove class: from the step.")
            base["message_class"] = approved.message_class
            base["programme"] = approved.programme
    else:
        text = draft.text("say")
    quick = tuple(word for word, _ in draft.flow.strings(draft.keys.get("quick"), "quick"))
    if approved is not None:
        media, quick = media or list(approved.media), quick or approved.quick
        base["template"] = approved.name
        base["needs"] = tuple(one.name for one in approved.variables.values() if one.required)
        base["may"] = tuple(one.name for one in approved.variables.values() if not one.required)
    return None if text is None else Say(**base, text=text, media=tuple(media), quick=quick)


def _template(draft: Draft, node: Mapping) -> Approved | None:
    flow = draft.flow
    keys = flow.mapping(node, "say", ("template",))
    name = flow.string(keys["template"], "template")
    if name is None:
        return None
    if name not in flow.templates:
        flow.source.error(keys["template"], f"There is no template {name!r}.", nearest(name, flow.templates))
        return None
    approved = flow.templates[name]
    flow.use(keys["template"], frozenset(one.name for one in approved.variables.values() if one.required))
    return approved


def run(ctx: Context, step: Say) -> str:
    """Send, and go on. Raises RenderError where a variable that the named message needs has no value."""
    blank = {}
    if step.template:
        scope = ctx.scope()
        check_needs(step.template, step.needs, scope)
        blank = {name: "" for name in step.may if name not in scope}
    words = ctx.render(step.text, **blank)
    offer = None
    if step.quick:
        offer = ctx.quick(step.quick)
        words = f"{words} {offer.tail}"
    ctx.say(words, ctx.source(step), step.message_class, step.media, programme=step.programme, offer=offer)
    return step.next


KIND = Kind("say", Say, ("media", "quick"), read, run, once=True)
