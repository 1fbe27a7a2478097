"""What people text and type, and what authors write: phones, words, consent, answers, templates, bot folders."""

from fuzz.target import Target, check, parts
from textback.app import read_folder
from textback.cli.serving import example_bot
from textback.compliance.consent import Brand, consider
from textback.compliance.detect import keyword
from textback.compliance.detect import normalise as normalise_keyword
from textback.compliance.gate import Ask, decide_send
from textback.core.phone import is_e164, is_short_code, is_toll_free, mask, normalise, pretty, zone_of
from textback.core.text import clean, plain, segments
from textback.engine import match
from textback.engine.arrivals import Message
from textback.engine.bot import Bot
from textback.engine.load import BotError, check_bot, load_bot
from textback.engine.source import duration
from textback.engine.state import State, dump_state, load_state
from textback.engine.template import BadTemplate, Chosen, Expression, Fields, RenderError, Text
from textback.pipeline.decide import Standing, decide

FILES = read_folder(example_bot())
BOT = load_bot(FILES, 1)
NOW = 1_800_000_000_000


LONGEST = 8000
"""Characters of a text: five times what any carrier takes. Longer ones come with whole webhooks, in another target."""


def _text(data: bytes) -> str:
    """Any text that Python can hold, lone surrogates too."""
    return data.decode("utf-8", "surrogateescape")[:LONGEST]


def _file(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def phone(data: bytes) -> None:
    """A number as people write it."""
    text = _text(data)
    check(isinstance(mask(text) + pretty(text), str) and isinstance(zone_of(text), tuple), "no text")
    is_toll_free(text)
    is_short_code(text)
    number = normalise(text)
    check(is_e164(number) and normalise(number) == number, "not E.164")


def plain_text(data: bytes) -> None:
    """A text on its way to a carrier."""
    text = clean(_text(data))
    text.encode()
    found = segments(text)
    check(found.encoding in ("GSM-7", "UCS-2") and found.used <= found.capacity, "does not fit")
    check(segments(plain(text)).count >= 0, "no count")


def consent(data: bytes) -> None:
    """A text that may be a consent word."""
    text = _text(data)
    found = keyword(text)
    check(found is None or found.kind in ("stop", "start", "help", "yes"), "no such kind")
    once = normalise_keyword(text)
    check(normalise_keyword(once) == once, "not idempotent")
    for flagged in (None, "stop", text[:20]):
        verdict = consider(
            text, flagged=flagged, opted_out=len(data) % 2 == 0, provider_keywords={}, brand=Brand("Cafe"),
            received_at=NOW, now=NOW,
        )  # fmt: skip
        check(verdict.action in ("none", "opt_out", "opt_in", "help"), "no such action")
    gate = decide_send(Ask(message_class=text, to=text[:20], region=text[:2], now=NOW))
    check(gate.outcome == "refuse", "the gate lets a text go that nobody agreed to")


OPTIONS = match.make_options({"repair": ["Repair", "fix"], "tune_up": ["Tune-up", "service"], "other": ["Other"]})


def answer(data: bytes) -> None:
    """A text that may be an answer."""
    text = _text(data)
    normal = match.normalise(text)
    match.wants_person(normal)
    match.is_skip(text)
    match.read_tapback(text)
    for found in (match.match_choice(text, OPTIONS), match.match_yes_no(text)):
        check(found is None or bool(found.how), "no reason")
    match.make_options({"a": [text], "b": [normal]})


def talk(bot: Bot, texts: list[str], state: State | None = None) -> None:
    """A conversation; its state goes through JSON between two texts, as in the database."""
    state = state or State()
    for number, text in enumerate(texts):
        arrival = Message("+12065550123", "+12065550100", clean(text), f"m-{number}")
        turn = decide(bot, state, arrival, NOW + number, Standing(False, {}, NOW), session_id=f"s{number}")
        state = load_state(dump_state(turn.state))


def conversation(data: bytes) -> None:
    """The texts of a conversation with the example bot."""
    talk(BOT, [_text(line)[:2000] for line in data.split(b"\n")[:12]])


_NAMES = sorted(FILES)


def folder(data: bytes) -> None:
    """The files of a bot folder; one that can be used must also be able to talk."""
    files = {}
    for part in data.split(b"=====\n")[1:]:
        name, _, text = part.partition(b"\n")
        files[_file(name)] = _file(text)
    problems = check_bot(files)
    check(all(one.message for one in problems), "no words")
    wrong = any(one.level == "error" for one in problems)
    try:
        bot = load_bot(files, 1)
    except BotError:
        check(wrong, "refused without a reason")
        raise
    check(not wrong, "taken in spite of an error")
    talk(bot, ["hello", *list(bot.starts)[:3], "1", "x", "PERSON"])


def template(data: bytes) -> None:
    """A text with templates, a condition, and what a variable holds."""
    source, condition, value = (_file(part) for part in parts(data, 3))
    scope = {"name": value, "service": Chosen("fix", value), "contact": Fields({"name": value}), "n": 3, "yes": True}
    duration(source)
    check(isinstance(Text({"en": source}, "en").render("es-MX", lambda: scope), str), "no text")
    check(isinstance(Expression(condition).holds(scope), bool), "neither yes nor no")


def _folder(files: dict[str, str]) -> bytes:
    return "".join(f"=====\n{name}\n{text}" for name, text in files.items()).encode()


_SMALL = {
    "bot.yml": "bot: Corner Cafe\nlocales: [en, es]\ntimezone: America/New_York\nowner_idle: 10m\n"
    "handoff: {queues: [counter], queue: counter, text: Hm.}\n"
    "lines: {main: {provider: telnyx, number: '+12065550100', api_key: '${KEY}', rate: 2}}\n",
    "flows/order.yml": "flow: order\nstart: {keywords: [order, pedido]}\nvars: {hot: yes_no}\nsteps:\n"
    "  - ask: drink\n    text: {en: 'What?', es: '¿Qué?'}\n    choices: {tea: Tea, milk: {label: Milk, also: [x]}}\n"
    "    retry: {max: 2, then: {escalate: counter}}\n    remind: {after: 4h}\n    expire: {after: 2d}\n"
    "  - ask: hot\n    if: drink == 'tea'\n    text: 'Hot {{ drink }}?'\n  - set: {contact.drink: '{{ drink }}'}\n"
    "  - branch:\n      - if: drink == 'tea'\n        then: [{say: 'Tea.'}]\n      - else: [{say: '{{ drink }}'}]\n"
    "  - confirm: 'A {{ drink }}?'\n  - goto: drink\n  - end: done\n",
}
_TEXTS = ["STOP", "book", "Stop!", "yes", "1", "I would like the second one please", "🚲", "¿Qué?", "help"]
_TEXTS += ['Liked "See you at 4?"', 'Reacted 👍 to "See you at 4?"', "talk to a real person", "x" * 200]
_TEXTS += ["STOP\n--\nSent from my phone", "S.T.O.P", "ｓｔｏｐ", "с т о п"]
_SAMPLES = [text.encode() for text in _TEXTS]
_PHONES = ["+12065550123", "(206) 555-0123", "206.555.0123 ext. 4", "tel:+1-206-555-0123", "+49 30 123456", "72345"]

TARGETS = [
    Target("phone number", phone, [text.encode() for text in _PHONES], (ValueError,)),
    Target("text", plain_text, _SAMPLES, (), 150),
    Target("consent words", consent, _SAMPLES, (), 150),
    Target("answers", answer, _SAMPLES, (), 150),
    Target("conversation", conversation, [b"book\nfix\nred\nmonday\nyes", b"precio\n2\nsi\nSTOP\nSTART"], (), 60),
    Target("bot folder", folder, [_folder(FILES), _folder(_SMALL), _folder(_SMALL)], (BotError,), 25),
    Target(
        "template",
        template,
        [
            b"Hi {{ name | title }}{% if n > 2 %}, so{% endif %}. {{ contact.name }}|||service == 'fix' and n < 4|||A",
            b"{{ service | upper | replace('a', 'b') }} {{ name[0] }}|||not yes or name in ['a', 'b']|||x",
        ],
        (BadTemplate, RenderError),
    ),
]
