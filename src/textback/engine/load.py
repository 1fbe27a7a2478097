"""From a folder's files to a bot, or to the list of everything that is wrong with them.

`files` maps paths inside the folder ("bot.yml", "flows/book.yml") to their text; reading the folder is the caller's.
"""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from textback.core.errors import TextbackError
from textback.core.text import MOST_SEGMENTS
from textback.engine import handoff_file, lint
from textback.engine.actions import Service
from textback.engine.actions_file import read_actions
from textback.engine.bot import Bot, Escalation, Fallback, Flow
from textback.engine.consent_words import NEVER_HEARD
from textback.engine.disclosing import read_disclosure
from textback.engine.joining import read_frequency, read_opt_ins
from textback.engine.knowing import check_answers, read_knowledge, read_sources
from textback.engine.lines_file import read_lines
from textback.engine.match import normalise
from textback.engine.matchers import prepare
from textback.engine.matchers.regions import CURRENCIES
from textback.engine.named_read import read_content, read_named
from textback.engine.nodes.ask import TYPES, Ask
from textback.engine.nodes.confirm import Confirm
from textback.engine.nodes.registry import KINDS
from textback.engine.opening import read_answers, read_burst, read_country, read_hours, read_limits, read_routing
from textback.engine.personas_file import check_personas, read_model, read_personas
from textback.engine.policy_file import POLICY_FILE, read_policy
from textback.engine.queues_file import read_destinations, read_queues
from textback.engine.reading import FLOW_NAME, NAME, RESERVED, FlowReader, Reader
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, Problem, Source, nearest
from textback.engine.starting import read_start
from textback.engine.words import LANGUAGES

BOT_FILE = "bot.yml"
BOT_KEYS = (
    "bot", "locale", "locales", "timezone", "country", "hours", "holidays", "phone", "email", "frequency", "help",
    "fallback", "handoff", "owner_idle", "burst", "answers", "lines", "actions", "content", "consent", "knowledge",
    "routing", "limits", "automated", "stop_hint", "model", "queues", "notify",
)  # fmt: skip
LATER_BOT_KEYS: tuple[str, ...] = ()
FLOW_KEYS = ("flow", "label", "start", "vars", "steps")
#: Folders of the bot format: flows are read now, tests by their own command, the others by a later version.
LATER_FOLDERS = ("journeys",)

LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


_QUICK = frozenset({"text", "choice", "yes_no", "media"})
"""Types whose answers need no matcher that has to be made ready."""


class BotError(TextbackError):
    """The bot folder can't be used. `problems` has every error found in it, and warnings."""

    def __init__(self, problems: list[Problem]) -> None:
        errors = [problem for problem in problems if problem.level == "error"]
        first = errors[0]
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{first.file}:{first.line}:{first.column}: {first.message}{more}", first.fix)
        self.problems = problems


def load_bot(files: Mapping[str, str], version: int = 0) -> Bot:
    """The bot in these files. Raises BotError when anything is wrong; warnings do not stop it."""
    bot, problems = _load(files)
    if bot is None:
        raise BotError(problems)
    return msgspec.structs.replace(bot, version=version)


def make_ready(bot: Bot) -> None:
    """Make what this bot's questions read their answers by, which takes most of a second in a new process, so that no
    contact waits for it."""
    steps = [step for flow in bot.flows.values() for step in flow.steps.values()]
    if any(isinstance(step, Ask) and step.type not in _QUICK for step in steps):
        for locale in bot.locales:
            prepare(locale)


def read_bot(files: Mapping[str, str], most_segments: int = MOST_SEGMENTS) -> tuple[Bot | None, list[Problem]]:
    """The bot, None where anything is wrong, and what `check_bot` finds, read once for both."""
    return _load(files, most_segments)


def check_bot(files: Mapping[str, str], most_segments: int = MOST_SEGMENTS) -> list[Problem]:
    """Everything wrong or unwise in these files, in the order of files and lines. A text that may take more than
    `most_segments` is unwise."""
    return _load(files, most_segments)[1]


def _load(files: Mapping[str, str], most_segments: int = 0) -> tuple[Bot | None, list[Problem]]:
    problems: list[Problem] = []
    said: list[lint.Part] = []
    bot = _read_bot(files, problems, said)
    templates = read_named(files, bot, problems, said)
    bot = msgspec.structs.replace(
        bot, templates=templates, policy=read_policy(files, problems), sources=read_sources(files, problems)
    )
    bot = msgspec.structs.replace(bot, personas=read_personas(files, bot, problems))
    readers: list[tuple[FlowReader, Flow, Node]] = []
    events: dict[str, str] = {}
    flows: dict[str, Flow] = {}
    places: dict[str, str] = {}
    starts: dict[str, tuple[str, str]] = {}
    for file in sorted(files):
        source = Source(file, problems)
        folder = file.partition("/")[0]
        if re.fullmatch(r"flows/[^/]+\.ya?ml", file):
            read = _read_flow(source, files[file], bot, starts)
            if read is None:
                continue
            reader, flow, top = read
            if flow.name in flows:
                source.error(None, f"The flow {flow.name!r} is also in {places[flow.name]}.", "Give one another name.")
            elif flow.name:
                flows[flow.name] = flow
                places[flow.name] = file
            if flow.event and events.setdefault(flow.event, flow.name) != flow.name:
                message = f"The event {flow.event!r} also starts the flow {events[flow.event]!r}."
                source.error(None, message, "Let one flow `run` the other.")
            readers.append((reader, flow, top))
        elif re.fullmatch(r"(templates|personas)/[^/]+\.ya?ml", file) or folder == "knowledge":
            continue
        elif folder in LATER_FOLDERS:
            source.warn(None, f"{folder}/ is not used in this version.", "")
        elif file not in (BOT_FILE, POLICY_FILE) and folder != "tests":
            source.warn(None, "This file is not part of a bot.", "Flows are flows/NAME.yml.")
    if not flows and bot.answers == "bot" and not any(problem.level == "error" for problem in problems):
        Source(BOT_FILE, problems).error(None, "The bot has no flow.", "Write one in flows/NAME.yml.")
    calls = {flow.name: tuple(name for _, name in reader.runs) for reader, flow, _ in readers}
    for reader, flow, top in readers:
        check_personas(reader, bot)
        settled = _settle(reader, flow, flows, calls)
        said.append(lint.Part(reader.source, reader.said, top, settled, reader.places, uses=reader.uses))
    check_answers(bot, flows, problems)
    words = {word: name for word, (name, _) in starts.items()}
    longest = max((len(word.split()) for word in words), default=0)
    bot = msgspec.structs.replace(bot, flows=flows, starts=words, longest_start=longest, events=events)
    if most_segments:
        lint.advise(bot, said, most_segments)
    problems.sort()
    return None if any(problem.level == "error" for problem in problems) else bot, problems


def _read_bot(files: Mapping[str, str], problems: list[Problem], said: list[lint.Part]) -> Bot:
    """bot.yml; where it is wrong, a bot with defaults, so that the flows can be checked too."""
    source = Source(BOT_FILE, problems)
    nothing = Bot(name="")
    if BOT_FILE not in files:
        source.error(None, "There is no bot.yml.", "Write one with at least `bot: Your business's name`.")
        return nothing
    top = source.parse(files[BOT_FILE])
    if top is None:
        return nothing
    plain = Reader(source, ("en",))
    keys = plain.mapping(top, "bot.yml", BOT_KEYS, LATER_BOT_KEYS)
    if "bot" not in keys:
        source.error(top, "bot.yml does not name the business.", "Add `bot: Your business's name`.")
    locales = _locales(plain, keys)
    handoff_keys = plain.mapping(keys["handoff"], "handoff", handoff_file.KEYS) if "handoff" in keys else {}
    reader = Reader(source, locales)
    destinations = read_destinations(reader, keys.get("notify"))
    queues = read_queues(reader, keys.get("queues"), destinations)
    reader.queues = handoff_file.queue_names(reader, handoff_keys, queues)
    timezone, country = _timezone(reader, keys.get("timezone")), read_country(reader, keys.get("country"))
    home = Service("", "", {}, timezone, CURRENCIES.get(country, "USD"))
    bot = Bot(
        name=reader.string(keys.get("bot"), "bot") or "",
        locale=locales[0],
        locales=locales,
        timezone=timezone,
        country=country,
        hours=read_hours(reader, keys.get("hours"), keys.get("holidays")),
        phone=reader.string(keys.get("phone"), "phone") or "",
        email=reader.string(keys.get("email"), "email") or "",
        frequency=read_frequency(reader, keys.get("frequency")),
        help_text=_help(reader, keys),
        fallback=_fallback(reader, keys.get("fallback")),
        handoff=handoff_file.read(reader, handoff_keys, destinations),
        queues=queues,
        destinations=destinations,
        owner_idle=reader.duration(keys.get("owner_idle"), "owner_idle") or nothing.owner_idle,
        burst=read_burst(reader, keys.get("burst")),
        answers=read_answers(reader, keys.get("answers")),
        lines=read_lines(reader, keys.get("lines")),
        content=read_content(reader, keys.get("content")),
        actions=read_actions(reader, keys.get("actions"), home),
        opt_ins=read_opt_ins(reader, keys.get("consent")),
        knowledge=read_knowledge(reader, keys.get("knowledge")),
        model=read_model(reader, keys.get("model")),
        routing=read_routing(reader, keys.get("routing")),
        limits=read_limits(reader, keys.get("limits")),
        stop_hint=reader.flag(keys.get("stop_hint"), "stop_hint"),
        disclosure=read_disclosure(reader, keys.get("automated"), "model" in keys),
    )
    reader.check_uses(())
    said.append(lint.Part(source, reader.said))
    return bot


def _locales(reader: Reader, keys: Mapping[str, Node]) -> tuple[str, ...]:
    """The bot's locales, the default one first."""
    shape = "Use codes such as en, es or en-US."
    default = reader.string(keys.get("locale"), "locale", LOCALE, shape)
    named = [
        text for text, node in reader.strings(keys.get("locales"), "locales")
        if reader.string(node, "A locale", LOCALE, shape) is not None
    ]  # fmt: skip
    default = default or (named[0] if named else "en")
    if named and default not in named:
        reader.source.error(keys["locale"], f"locale {default!r} is not in locales.", "Add it to locales.")
    for locale in named or [default]:
        if locale.partition("-")[0] not in LANGUAGES:
            node = keys.get("locales") or keys.get("locale")
            known = ", ".join(LANGUAGES)
            reader.source.warn(
                node,
                f"The engine's own words are not translated into {locale!r}; it will use English.",
                f"Translated are {known}. Write retry, fallback and handoff texts yourself.",
            )
    return (default, *dict.fromkeys(locale for locale in named if locale != default))


def _timezone(reader: Reader, node: Node | None) -> str:
    name = reader.string(node, "timezone")
    if name is None:
        return "UTC"
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        reader.source.error(node, f"There is no time zone {name!r}.", "Use an IANA name such as America/New_York.")
        return "UTC"
    return name


def _help(reader: Reader, keys: Mapping[str, Node]) -> str:
    """The answer to HELP, where the business writes its own (O9)."""
    node = keys.get("help")
    text = reader.string(node, "help")
    if text is None:
        return ""
    if "stop" not in normalise(text).split():
        reader.source.warn(node, "The HELP text does not say how to stop.", "Add: Reply STOP to opt out.")
    return text


def _fallback(reader: Reader, node: Node | None) -> Fallback:
    if node is None:
        return Fallback()
    keys = reader.mapping(node, "fallback", ("text", "max", "then"))
    then = Escalation()
    if "then" in keys:
        words = reader.mapping(keys["then"], "fallback's then", ("escalate", "text", "reason"))
        if "escalate" not in words and isinstance(keys["then"], MappingNode):
            reader.source.error(keys["then"], "fallback's then must escalate.", "Write `then: {escalate: QUEUE}`.")
        then = Escalation(
            reader.queue(words.get("escalate")),
            reader.text(words.get("text"), "The text of fallback's then"),
            reader.string(words.get("reason"), "reason") or "",
        )
    text = reader.text(keys.get("text"), "The text of fallback")
    return Fallback(text, reader.integer(keys.get("max"), "fallback max", 0, 20, 2), then)


def _settle(reader: FlowReader, flow: Flow, flows: dict[str, Flow], calls: dict[str, tuple[str, ...]]) -> Flow:
    """The flow, with what can only be said once all are read: the flows that it runs, and the variables they set."""
    for node, name in reader.runs:
        if name not in flows:
            reader.source.error(node, f"There is no flow {name!r} to run.", nearest(name, flows))
    within: set[str] = set()
    queue = [flow.name]
    while queue:
        for name in calls.get(queue.pop(), ()):
            if name in flows and name not in within:
                within.add(name)
                queue.append(name)
    if flow.name in within:
        reader.source.error(reader.runs[0][0], f"The flow {flow.name!r} runs itself.", "Use goto, or end one of them.")
    names = flow.names.union(*(flows[name].names for name in within))
    labels = {key: value for name in within for key, value in flows[name].labels.items()} | flow.labels
    sensitive = flow.sensitive.union(*(flows[name].sensitive for name in within))
    written = flow.written.union(*(flows[name].written for name in within))
    results = flow.results.union(*(flows[name].results for name in within))
    settled = msgspec.structs.replace(
        flow, names=names, labels=labels, sensitive=sensitive, written=written, results=results
    )
    if flows.get(flow.name) is flow:
        flows[flow.name] = settled
    callers = {name for name, called in calls.items() if flow.name in called}
    reader.check_uses(names.union(*(flows[name].names for name in callers if name in flows)))
    return settled


def _confirmed(flow: Flow) -> Flow:
    """The flow, its questions knowing whether a later step repeats their answers."""
    repeated = {id_ for step in flow.steps.values() if isinstance(step, Confirm) for id_ in step.changes.options.ids}
    steps = {
        id_: msgspec.structs.replace(step, confirmed=True) if isinstance(step, Ask) and id_ in repeated else step
        for id_, step in flow.steps.items()
    }
    return msgspec.structs.replace(flow, steps=steps)


def _read_flow(
    source: Source, text: str, bot: Bot, starts: dict[str, tuple[str, str]]
) -> tuple[FlowReader, Flow, Node] | None:
    top = source.parse(text)
    if top is None:
        return None
    reader = FlowReader(
        source, bot.locales, bot.handoff.queues, KINDS, NEVER_HEARD, has_handoff_text=bot.handoff.text is not None
    )
    reader.templates, reader.actions = bot.templates, bot.actions
    keys = reader.mapping(top, "A flow", FLOW_KEYS)
    for key in ("flow", "steps"):
        if key not in keys and isinstance(top, MappingNode):
            source.error(top, f"The flow has no {key!r}.", f"Add {key}: to it.")
    name = reader.string(keys.get("flow"), "flow", FLOW_NAME) or ""
    started = read_start(reader, keys.get("start"), name, starts)
    label = reader.text(keys.get("label"), "The label of a flow")
    _vars(reader, keys.get("vars"))
    if "steps" not in keys:
        return None
    first = reader.block(keys["steps"], "", "")
    flow = reader.flow(name, started.keywords, first)
    lint.check_flow(source, flow, reader.places)
    given = {"examples": started.examples, "event": started.event, "opening": started.opening}
    return reader, msgspec.structs.replace(_confirmed(flow), **given, label=label), top


def _vars(reader: FlowReader, node: Node | None) -> None:
    if node is None:
        return
    if not isinstance(node, MappingNode):
        reader.source.error(node, "vars must name variables and their types.", "Write `vars: {name: text}`.")
        return
    for name, value in node.values.items():
        if not NAME.fullmatch(name) or name in RESERVED:
            reader.source.error(
                node.keys[name], f"A variable can't be called {name!r}.", "Use small letters, digits and _."
            )
        type_ = reader.string(value, f"The type of {name!r}")
        if type_ is not None and type_ not in TYPES:
            reader.source.error(value, f"There is no type {type_!r}.", nearest(type_, TYPES))
        elif type_ is not None:
            reader.types[name] = type_
            reader.names.add(name)


__all__ = ["BotError", "Problem", "check_bot", "load_bot", "read_bot"]
