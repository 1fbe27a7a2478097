"""What is wrong with a bot folder, the content of its texts included: what `textback check` and the desk say."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import msgspec

from textback.compliance import content
from textback.compliance.content_words import SUBJECT_NAMES
from textback.core.subjects import AGED, NEVER
from textback.core.text import MOST_PARTS, MOST_SEGMENTS, segments
from textback.engine.bot import Approved, Bot, Step
from textback.engine.lint_texts import SHORT_LINK, hosts_in
from textback.engine.lint_words import SHORTENERS
from textback.engine.load import Problem, read_bot
from textback.engine.named import TYPES, samples
from textback.engine.nodes.say import Say
from textback.engine.sample import longest
from textback.engine.template import Text


def leads_to(bot: Bot, target: str) -> bool:
    """Whether a link of this bot may lead there: to a web address, and one of its hosts where it names any (E4)."""
    try:
        parts = urlsplit(target)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and (not bot.content.hosts or host in bot.content.hosts)


class _Place(msgspec.Struct, frozen=True):
    """Where a text stands, its class and use case, and the name in which it speaks."""

    file: str
    line: int
    column: int
    message_class: str
    use_case: str = ""
    sender: str = ""
    named: Approved | None = None


def checked(
    files: Mapping[str, str], most_segments: int = MOST_SEGMENTS, most_parts: int = MOST_PARTS
) -> tuple[Bot | None, list[Problem]]:
    """The bot, None where anything keeps it from working, and everything wrong or unwise in its files, in order.

    Content that carriers forbid is an error too, but it does not keep a bot that is live already from being loaded.
    """
    bot, problems = read_bot(files, most_segments)
    if bot is None:
        return None, problems
    return bot, sorted({*problems, *(one for place in _texts(bot) for one in _check(bot, *place, most_parts))})


class Remark(msgspec.Struct, frozen=True):
    """Something about a text that a person or a program wrote: an error keeps it from going, a warning does not."""

    level: str
    message: str
    fix: str

    @property
    def sentence(self) -> str:
        """What it is, and what to do."""
        return f"{self.message} {self.fix}"


def remarks(bot: Bot, text: str, message_class: str) -> list[Remark]:
    """What is wrong or unwise about a text as it would go, whoever wrote it (E4 to E6, O11)."""
    found = [Remark("error", message, "Use your own domain.") for message in _links(bot, text)]
    place = _Place("", 0, 0, message_class, sender=bot.name)
    found += [Remark(*one) for one in _subjects(bot, place, text)]
    if digits := content.digit_for_stop(text):
        found.append(Remark("error", f'"{digits}" puts a digit in the place of STOP (O11).', "Write: Reply STOP."))
    if message_class != "conversational" and not content.names_sender(text, (bot.name,)):
        message = f"This {message_class} text does not say who sends it (E6)."
        found.append(Remark("warning", message, f"Begin with {bot.name}:"))
    if message_class == "promotional" and not content.says_stop(text):
        found.append(Remark("warning", "It does not say how to stop (O11).", "Add: Reply STOP to opt out."))
    return found


def _links(bot: Bot, text: str) -> Iterator[str]:
    allowed = bot.content.hosts
    for host in hosts_in(text):
        if allowed and host not in allowed:
            yield f"{host} is not one of the hosts that links may lead to (E4)."
        elif host in SHORTENERS and host not in allowed:
            yield f"Carriers block links from {host}, a public shortener (E4)."


def _texts(bot: Bot) -> Iterator[tuple[_Place, str, str]]:
    """Every text with its place and its locale."""
    for one in bot.templates.values():
        for locale, source in one.text.sources.items():
            line, column = one.places.get(locale, (one.line, 1))
            place = _Place(one.file, line, column, one.message_class, one.use_case, one.sender, one)
            yield place, locale, source
    for flow in bot.flows.values():
        for step in flow.steps.values():
            if isinstance(step, Say) and step.template:
                continue
            place = _Place(step.file, step.line, 1, step.message_class, sender=bot.name)
            for text in _texts_of(step):
                for locale, source in text.sources.items():
                    yield place, locale, source


def _texts_of(step: Step) -> Iterator[Text]:
    for name in step.__struct_fields__:
        value = getattr(step, name)
        if isinstance(value, Text):
            yield value
        elif isinstance(getattr(value, "text", None), Text):
            yield value.text


def _check(bot: Bot, place: _Place, locale: str, source: str, most_parts: int) -> Iterator[Problem]:
    for level, message, fix in _findings(bot, place, locale, source, most_parts):
        yield Problem(place.file, place.line, place.column, "error" if level == "error" else "warning", message, fix)


def _findings(bot: Bot, place: _Place, locale: str, source: str, most_parts: int) -> Iterator[tuple[str, str, str]]:
    said = longest(source, lambda name, field: _sample(bot, place.named, name, field))
    yield from _subjects(bot, place, said)
    if digits := content.digit_for_stop(said):
        yield "error", f'"{digits}" puts a digit in the place of STOP (O11).', "Write: Reply STOP to opt out."
    if spun := content.spun(source):
        yield (
            "warning",
            f"{spun} is sent as it stands; words that rotate to dodge filters are not for us (E6).",
            "Say it once.",
        )
    size = segments(said)
    if size.count > most_parts:
        message = f"This text takes {size.count} parts in {locale}; one of more than {most_parts} is not sent (E3)."
        yield "error", message, "Shorten it, or make several texts of it."
    if place.message_class != "conversational" and not content.names_sender(said, (place.sender, bot.name)):
        yield (
            "warning",
            f"This {place.message_class} text does not say who sends it (E6).",
            f"Begin with {place.sender}:",
        )
    if place.use_case == "welcome":
        lacks = content.confirmation_lacks(said)
        if lacks:
            message = f"The first text of a programme must also say {', '.join(lacks)} (K3, K4)."
            yield (
                "warning",
                message,
                "Add: 4 msgs/month. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
            )
    elif place.message_class == "promotional" and not content.says_stop(said):
        yield "warning", "This promotional text does not say how to stop (O11).", "Add: Reply STOP to opt out."


def _subjects(bot: Bot, place: _Place, said: str) -> Iterator[tuple[str, str, str]]:
    """Subjects that the business has not said its use case covers: forbidden in what sells, worth a look elsewhere."""
    known = bot.content
    sells = place.message_class == "promotional" or place.use_case == "marketing"
    for one in content.spoken(said, known.ignore):
        what = SUBJECT_NAMES[one.subject]
        aged = one.subject in AGED and not known.age_gate
        if one.subject in known.allow and not aged:
            continue
        level = "error" if sells or one.subject in NEVER else "warning"
        if one.subject in known.allow:
            yield (
                level,
                f'"{one.word}" is about {what}, which needs an age gate (E5).',
                "Set age_gate under content in bot.yml.",
            )
            continue
        fix = f"Leave it out. If your registered use case covers {what}, write it in allow under content in bot.yml."
        if one.subject in NEVER:
            fix = "Leave it out."
        yield level, f'"{one.word}" is about {what}, which carriers forbid or restrict (E5).', fix


def _sample(bot: Bot, named: Approved | None, name: str, field: str) -> str:
    if name == "bot":
        return {"name": bot.name, "phone": bot.phone, "email": bot.email}.get(field, "")
    if name == "link":
        return SHORT_LINK
    if named is not None and name in named.variables:
        return samples(named)[name]
    return TYPES["text"]
