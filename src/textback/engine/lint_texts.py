"""What is unwise in a text that contacts will read."""

import re
import unicodedata
from collections.abc import Iterable

import msgspec

from textback.core.text import GSM_BASIC, GSM_EXTENDED, segments, torn
from textback.engine.bot import Approved, Bot, Flow, Step
from textback.engine.consent_words import NEVER_HEARD
from textback.engine.lint_words import GSM_TWINS, PROMOTIONAL, SEND_VERBS, SHORTENERS, WORD_JOINS
from textback.engine.match import NO, NUMBERS, ORDINALS, PERSON, SKIP, YES, normalise
from textback.engine.nodes.ask import Ask
from textback.engine.sample import longest
from textback.engine.show import show
from textback.engine.source import Mapping, Node, Source
from textback.engine.template import Text

SAMPLE = "Ana Maria Gonzalez"
"""What stands for a value whose length nobody knows."""
SHORT_LINK = "https://texts.example.com/l/abcdefghijklm"
"""What stands for a short link."""
_LIKELY = {
    "number": "12.50", "date": "Wed Sep 30", "time": "12:30 PM", "datetime": "Wed Sep 30 at 12:30 PM",
    "phone": "(206) 555-0123", "url": "https://shop.example.com/orders/123456", "code": "482913",
}  # fmt: skip


class Told(msgspec.Struct, frozen=True):
    """A text, whether it asks something, its flow and step where it has them, what the engine adds to it by locale, and
    the words that choices of its flow hear; `named` where it is a named message."""

    node: Node
    text: Text
    question: bool
    flow: Flow | None
    step: Step | None
    menu: dict[str, str]
    choices: frozenset[str]
    named: Approved | None = None


def check_text(source: Source, told: Told, bot: Bot, most_segments: int, several: bool) -> None:
    """Warn of everything unwise in one text. `several`: most texts of this bot are written in all of its locales."""
    _locales(source, told, bot, several)
    for locale, text in told.text.sources.items():
        if told.question and text.count("?") > 1:
            source.warn(told.node, "This question asks two things.", "Ask one, then the other.")
            break
        if _size(source, told, bot, locale, most_segments):
            break
    for check in (_torn, _braces, _promotional, _links, _words):
        for text in told.text.sources.values():
            if check(source, told, bot, text):
                break


def _locales(source: Source, told: Told, bot: Bot, several: bool) -> None:
    have = told.text.sources
    missing = [locale for locale in bot.locales if locale not in have and locale.partition("-")[0] not in have]
    once = not isinstance(told.node, Mapping)
    if not missing or (once and not several):
        return
    if once and not any(len(re.findall(r"\w+", _bare(text))) > 1 for text in have.values()):
        return  # a name, a number, or nothing but values
    it = ", ".join(missing)
    source.warn(told.node, f"This text is not there in {it}.", f"Write it as {{{bot.locale}: ..., {missing[0]}: ...}}.")


def _bare(text: str) -> str:
    """The text without its templates."""
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.DOTALL)


def _size(source: Source, told: Told, bot: Bot, locale: str, most: int) -> bool:
    """Too many segments, or twice as many for the sake of a few characters (E1)."""
    sent = longest(told.text.sources[locale], lambda name, field: _sample(told, bot, locale, name, field))
    if locale in told.menu:
        sent = f"{sent} {told.menu[locale]}"
    size = segments(sent)
    if size.culprits:
        cheaper = segments("".join(_twin(char) if char in size.culprits else char for char in sent))
        if cheaper.count < size.count:
            named = ", ".join(f"{char} ({unicodedata.name(char, f'U+{ord(char):04X}')})" for char in size.culprits[:3])
            fixes = ", ".join(f"{char} as {_twin(char)}" for char in size.culprits[:3] if _twin(char))
            message = f"{named} makes this {size.count} segments instead of {cheaper.count} in {locale}."
            fix = f"Write {fixes}." if fixes else "Leave it out."
            source.warn(told.node, message, fix)
            return True
    if size.count > most:
        fits = most * (153 if size.encoding == "GSM-7" else 67)
        message = f"This text may take {size.count} segments in {locale}, {size.used} characters."
        source.warn(told.node, message, f"Shorten it to {fits}, or make two texts of it.")
        return True
    return False


def _torn(source: Source, told: Told, _: Bot, text: str) -> bool:
    """An emoji of several characters in which a segment ends (E2). With values in a text nobody knows where that is."""
    pieces = torn(text) if "{" not in text else []
    if pieces:
        message = f"The end of a segment tears {pieces[0]} apart (E2)."
        source.warn(told.node, message, "Write a few characters more or less before it, or leave it out.")
    return bool(pieces)


def _twin(char: str) -> str:
    """What GSM-7 has for this character; empty when it has nothing."""
    if char in GSM_TWINS and all(one in GSM_BASIC for one in GSM_TWINS[char]):
        return GSM_TWINS[char]
    bare = "".join(one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one))
    return bare if all(one in GSM_BASIC or one in GSM_EXTENDED for one in bare) else ""


def _sample(told: Told, bot: Bot, locale: str, name: str, field: str) -> str:
    if name == "bot":
        return {"name": bot.name, "phone": bot.phone, "email": bot.email}.get(field, "")
    labels = told.flow.labels.get(name) if told.flow is not None else None
    if labels:
        return max((label.render(locale, dict) for label in labels.values()), key=len)
    if name == "link":
        return SHORT_LINK
    if told.named is not None and name in told.named.variables:
        variable = told.named.variables[name]
        return show(variable.sample, locale) if variable.sample else _LIKELY.get(variable.type, SAMPLE)
    if name == "question" and told.step is not None and isinstance(asked := getattr(told.step, "text", None), Text):
        return longest(asked.sources[asked.locale(locale)], lambda *_: SAMPLE)
    return SAMPLE


_BRACES = re.compile(r"(?<![{\w])\{\s*([a-z][a-z0-9_.]*)\s*\}(?!\})")


def _braces(source: Source, told: Told, _bot: Bot, text: str) -> bool:
    """A variable in single braces is sent as it stands."""
    found = _BRACES.search(text)
    if found is None:
        return False
    source.warn(told.node, f"{found[0]!r} is sent as it stands.", f"Write {{{{ {found[1]} }}}}.")
    return True


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})(?!\w)")


_SALES = _pattern(word for words in PROMOTIONAL.values() for word in words)
_PERCENT = re.compile(r"\d\s?% (?:off|de descuento|menos)", re.IGNORECASE)


def _promotional(source: Source, told: Told, _bot: Bot, text: str) -> bool:
    """Words of sales in a text that does not say that it is promotional (C1, C2)."""
    owner = told.step or told.named
    class_ = owner.message_class if owner is not None else "conversational"
    found = None if class_ == "promotional" else _SALES.search(normalise(_bare(text))) or _PERCENT.search(text)
    if found is None:
        return False
    message = f"{found[0]!r} is a word of sales, and this text is {class_} (C2)."
    where = "in the template" if told.named is not None else "at the step"
    source.warn(told.node, message, f"Write `class: promotional` {where}, or leave it out.")
    return True


_HOST = re.compile(r"(?<![\w.@-])(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?=/)", re.IGNORECASE)


def hosts_in(text: str) -> list[str]:
    """The hosts that addresses in a text lead to, each once."""
    if "/" not in text:
        return []
    return list(dict.fromkeys(found[1].lower() for found in _HOST.finditer(text)))


def _links(source: Source, told: Told, bot: Bot, text: str) -> bool:
    """Links that hide whose they are, or lead where the business said that its links do not (E4)."""
    for found in _HOST.finditer(text):
        host = found[1].lower()
        if bot.content.hosts and host not in bot.content.hosts:
            listed = ", ".join(sorted(bot.content.hosts))
            message = f"{host} is not one of the hosts that links may lead to (E4)."
            source.warn(told.node, message, f"Link to {listed}, or add it to links under content in bot.yml.")
            return True
        if host in SHORTENERS and host not in bot.content.hosts:
            message = f"Carriers block links from {found[1].lower()}, a public shortener (E4)."
            source.warn(told.node, message, "Link to your own domain.")
            return True
    return False


_CAPITALS = r"[^\W\d_a-zß-öø-ÿ]{2,}(?:[ -][^\W\d_a-zß-öø-ÿ]{2,})?"
_QUOTED = rf"[\"'“‘«]?({_CAPITALS})[\"'”’»]?(?![\w])"
_SEND = re.compile(rf"(?<!\w)(?i:{'|'.join(verb for verbs in SEND_VERBS.values() for verb in verbs)}) {_QUOTED}")
_NEXT = re.compile(rf"(?:,|(?<!\w)(?:{'|'.join(WORD_JOINS)})) {_QUOTED}")
_SENTENCE = re.compile(r"[.!?](?=\s|$)")


def _words(source: Source, told: Told, bot: Bot, text: str) -> bool:
    """Words that people are told to send, and that nothing hears."""
    if isinstance(told.step, Ask) and told.step.type not in {"choice", "yes_no"}:
        return False  # any word is an answer
    for sentence in _SENTENCE.split(text):
        send = _SEND.search(sentence)
        for word in [send[1], *_NEXT.findall(sentence, send.end())] if send else []:
            normal = normalise(word)
            if not any(normal in heard for heard in (_ALWAYS, bot.starts, told.choices)) and (
                normal.partition(" ")[0] not in bot.starts
            ):
                fix = "Make it a start keyword of a flow, or a choice of the question."
                source.warn(told.node, f"This tells people to send {word}, which nothing hears.", fix)
                return True
    return False


_ALWAYS = frozenset({*NEVER_HEARD, *PERSON, *YES, *NO, *SKIP, *ORDINALS, *NUMBERS})
