"""The tables of providers and of channels in docs/reference/providers.md, made from the code.

`python -m tests.channels.reference` writes it anew; with the name of a provider it prints a draft of that one's part.
"""

import sys
from pathlib import Path
from typing import get_args

from tests.channels.examination.examinee import Examinee, examinees
from textback.channels import email_reading
from textback.channels.base import Lists
from textback.channels.files import CARRIED
from textback.channels.files import words as files_words
from textback.channels.registry import PROVIDERS, ProviderSpec
from textback.core.messages import CONSENT, CONSENT_WORDS, ENDED_WITH, FAMILY, Channel
from textback.pipeline.templating import WINDOWED

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "providers.md"
BEGIN, END = "<!-- providers -->", "<!-- /providers -->"
FILES_BEGIN, FILES_END = "<!-- files -->", "<!-- /files -->"
CHANNELS = "<!-- channels -->", "<!-- /channels -->"
NAMES: dict[str, str] = {
    "sms": "SMS", "mms": "MMS", "imessage": "iMessage", "rcs": "RCS", "whatsapp": "WhatsApp", "slack": "Slack",
    "web": "web chat", "email": "e-mail",
}  # fmt: skip
WHO = {"phone": "a phone number", "slack": "a thread", "web": "a browser", "email": "an address"}


def table(*rows: tuple[str, ...]) -> str:
    """A table of Markdown; the first row is its head."""
    head, *rest = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rest)).replace("|  |", "| |")


def summary(all_: list[Examinee]) -> str:
    """Provider by what it can do."""
    head = ("provider", "comes in", "media", "signature", "statuses", "opt-out signal", "reconcile",
            "when nobody answers", "takes")  # fmt: skip
    rows = []
    by_name = {one.name: one for one in all_}
    for name, spec in PROVIDERS.items():
        traits, one = spec.traits, by_name.get(name)
        if traits is None:
            continue
        said = one.module.STATUSES if one is not None else email_reading.STATUSES
        statuses = ", ".join(dict.fromkeys(said.values()))
        kept = "its list" if one is not None and isinstance(one.line(), Lists) else "no list"
        rows.append((f"[{traits.title}](../how-to/{name}.md)", traits.inbound, traits.media, traits.signature,
                     statuses, traits.opt_out, kept, traits.fail_over, traits.limits))  # fmt: skip
    return table(head, *rows)


def patterns(types: tuple[str, ...]) -> str:
    """Types of files, in code."""
    return ", ".join(f"`{one}*`" if one.endswith("/") else f"`{one}`" for one in types)


def files_table() -> str:
    """Provider by the files that it takes with a text."""
    rows = []
    for spec in PROVIDERS.values():
        if spec.traits is None:
            continue
        files = spec.traits.files
        types = "the usual" if files.types == CARRIED else patterns(files.types) or "any"
        sizes = (files_words(one) if one else "" for one in (files.picture, files.other, files.together))
        rows.append((spec.traits.title, *sizes, types))
    found = table(("provider", "a picture", "another file", "all of a text", "types"), *rows)
    return f"{found}\n\nThe usual types are {patterns(CARRIED)}."


def put(page: str, begin: str, end: str, text: str) -> str:
    """The page with this text between these marks."""
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}"


def channels(all_: list[Examinee]) -> str:
    """Channel by who carries it, how people are known there, and what the program does with it."""
    head = ("channel", "by", "somebody is", "consent is to", "STOP there ends", "choices are", "words of one's own go",
            "the first text may be ours")  # fmt: skip
    by_name = {one.name: one for one in all_}
    rows = []
    for channel in get_args(Channel):
        specs = [spec for spec in PROVIDERS.values() if carries(spec, channel)]
        shown = set()
        for spec in specs:
            line = by_name[spec.name].line() if spec.name in by_name else spec.make
            shown.add(channel in getattr(line, "offering", ()) or bool(getattr(line, "offers", False)))
        choices = "words or buttons, as it goes" if len(shown) > 1 else "buttons" if True in shown else "words"
        ended = [NAMES[one] for one in FAMILY if ended_by(one) == ended_by(channel)]
        window = channel in WINDOWED
        first = "yes" if FAMILY[channel] == "phone" else "no"
        rows.append((NAMES[channel], ", ".join(spec.title for spec in specs), WHO[FAMILY[channel]],
                     CONSENT_WORDS[CONSENT[channel]], ", ".join(ended), choices,
                     "for 24 hours after theirs" if window else "always",
                     "yes, by an approved template" if window else first))  # fmt: skip
    return table(head, *rows)


def carries(spec: ProviderSpec, channel: str) -> bool:
    """Whether a provider speaks a channel. The simulator speaks all that matters, and is nobody's."""
    return NAMES[channel] in spec.traits.inbound.split(", ") if spec.traits is not None else spec.name == channel


def ended_by(channel: str) -> str:
    """The family whose opt-out ends a channel."""
    return ENDED_WITH.get(CONSENT[channel], CONSENT[channel])


def rewritten(page: str) -> str:
    """The page with the tables as they must be."""
    page = put(page, BEGIN, END, summary(examinees()))
    page = put(page, *CHANNELS, channels(examinees()))
    return put(page, FILES_BEGIN, FILES_END, files_table())


def draft(one: Examinee) -> str:
    """The tables of one provider's part."""
    title, line = one.spec.title, one.line()
    options = [(f"`{o.name}`", f"`{o.env}`" if o.env else "", "yes" if o.required else "no", o.help)
               for o in one.spec.options]  # fmt: skip
    tables: dict[str, list[tuple[str, ...]]] = {}
    for name in ("CODES", "REPORT_CODES"):
        kinds: dict[str, list[str]] = {}
        for code, kind in getattr(one.module, name, {}).items():
            kinds.setdefault(kind, []).append(f"`{code}`")
        tables[name] = [("error codes", "kind"), *((", ".join(codes), kind) for kind, codes in kinds.items())]
    content_types = ", ".join(f"`{kind}`" for kind in line.content_types)
    answer = line.acknowledgement[1].decode()
    keywords = [", ".join(sorted(line.keywords.get(kind, ()))) for kind in ("stop", "start", "help")]
    statuses = [(f"`{said}`", status) for said, status in one.module.STATUSES.items()]
    parts = {
        "options": table(("in bot.yml", "in the environment", "needed", "meaning"), *options),
        "webhooks": table(("", ""), ("content type", content_types), ("answer", f"`{answer}`" if answer else "empty")),
        "statuses": table(("it says", "the message becomes"), *statuses),
        "failures": table(*tables["CODES"]),
        "codes in reports": table(*tables["REPORT_CODES"]),
        "opt-outs": table(("stop", "start", "help"), tuple(keywords)),
    }
    return "\n\n".join(f"### {title} {name}\n\n{text}" for name, text in parts.items())


if __name__ == "__main__":
    if sys.argv[1:]:
        print(draft({one.name: one for one in examinees()}[sys.argv[1]]))  # noqa: T201
    else:
        PAGE.write_text(rewritten(PAGE.read_text()))
