"""Markdown and CSV files as passages: headings, running text, lists, tables, and questions with their answers."""

import csv
import html
import io
import re
from collections.abc import Mapping

from textback.knowledge.passages import (
    FOLDER,
    KEYS,
    LONGEST,
    LONGEST_ANSWER,
    LONGEST_TEXT,
    MOST_PASSAGES,
    SUFFIXES,
    About,
    Flaw,
    Names,
    Passage,
    about,
    pieces,
)

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.{0,500})")
# Pages of strangers come through here too: what these look for has an end, so that no line can make them slow.
_LEAD = r"\s{0,9}(?:[-*]\s{1,9})?(?:\*\*|__)?\s{0,9}"
_QUESTION = re.compile(_LEAD + r"([QqPp])\s{0,9}:\s{0,9}(?:\*\*|__)?\s{0,9}(.*)")
_ANSWER = re.compile(_LEAD + r"[AaRr]\s{0,9}:\s{0,9}(?:\*\*|__)?\s{0,9}(.*)")
_SPANISH_ANSWER = re.compile(_LEAD + r"[Rr]\s{0,9}:")
_ITEM = re.compile(r"\s{0,99}(?:[-*+]|\d{1,3}[.)])\s(.*)")
_FENCE = re.compile(r"\s*(```|~~~)")
_RULE = re.compile(r"\s{0,9}(?:[-*_]\s{0,9}){3,200}")
_TABLE_RULE = re.compile(r"\s{0,9}\|?\s{0,99}:?-{1,99}:?\s{0,99}(?:\|\s{0,99}:?-{1,99}:?\s{0,99}){0,99}\|?\s{0,9}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()\s]{0,1000}(?:\s[^()]{0,300})?\)")
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\(\s{0,9}<?([^)\s>]{1,1000})>?(?:\s[^()]{0,300})?\)")
_BARE_LINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,1000})>")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_\n]{1,500}?)(?<=\S)\1(?![\w*])")
_CODE = re.compile(r"`{1,9}([^`\n]{1,500})`{1,9}")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_SPACES = re.compile(r"[ \t\u00a0]+")
_HELD, _RELEASED = 0xE000, re.compile("[\ue000-\ue07f]")
"""Where marks that were escaped wait, out of the way of those that mean something."""


def read_passages(files: Mapping[str, str]) -> tuple[list[Passage], list[Flaw]]:
    """The passages of all knowledge files, in the order of the files, and what is wrong with them. Other files are not
    looked at."""
    found: list[Passage] = []
    flaws: list[Flaw] = []
    for file in sorted(files):
        if not file.startswith(FOLDER) or not file.endswith(SUFFIXES):
            continue
        read = _csv if file.endswith(".csv") else _markdown
        passages = read(file, files[file].removeprefix("\ufeff"), flaws)
        if not passages and not any(flaw.file == file and flaw.level == "error" for flaw in flaws):
            flaws.append(Flaw(file, 1, "There is no text in this file.", "Write some, or remove the file."))
        if len(found) + len(passages) > MOST_PASSAGES:
            fix = "Split the bot, or leave out what nobody asks for."
            flaws.append(Flaw(file, 1, f"Only the first {MOST_PASSAGES:,} passages are used.", fix))
            passages = passages[: MOST_PASSAGES - len(found)]
        found += passages
    return found, flaws


def strip(text: str) -> str:
    """One line of Markdown as a person reads it. The address of a link follows its words."""
    text = _IMAGE.sub("", _ESCAPED.sub(lambda m: chr(_HELD + ord(m[1])), text))
    text = _LINK.sub(lambda m: m[1] if m[1] == m[2] or m[2].startswith("#") else f"{m[1]}: {m[2]}", text)
    text = _BARE_LINK.sub(lambda m: m[1].removeprefix("mailto:"), text)
    text = _CODE.sub(r"\1", _TAG.sub("", text))
    text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    return _SPACES.sub(" ", _RELEASED.sub(lambda m: chr(ord(m[0]) - _HELD), unescape(text))).strip()


def unescape(text: str) -> str:
    """The text with its HTML entities as the characters they stand for. An address may have &para in it: only what ends
    as an entity does is one."""
    return _ENTITY.sub(lambda m: html.unescape(m[0]), text)


def _front(text: str, file: str, flaws: list[Flaw]) -> tuple[About, list[str], int]:
    """What the file says of itself between two lines of ---, the lines after that, and how many were before them."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        return About(), lines, 0
    try:
        end = next(i for i in range(1, len(lines)) if lines[i].strip() == "---")
    except StopIteration:
        return About(), lines, 0
    values: dict[str, str] = {}
    places: dict[str, int] = {}
    for number, line in enumerate(lines[1:end], 2):
        key, colon, value = line.partition(":")
        key, value = key.strip(), value.strip()
        if not line.strip() or key.startswith("#"):
            continue
        if not colon or key not in KEYS:
            fix = f"Known are {', '.join(KEYS)}."
            flaws.append(Flaw(file, number, f"{key!r} is not known between the lines of ---.", fix))
            continue
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        values[key], places[key] = value, number
    return about(values, file, places, flaws), lines[end + 1 :], end + 1


class _Reader:
    """Goes through the lines of a Markdown file and puts passages together."""

    def __init__(self, file: str, said: About, flaws: list[Flaw]) -> None:
        self.file = file
        self.said = said
        self.flaws = flaws
        self.names = Names(file)
        self.found: list[Passage] = []
        self.headings: list[str] = []
        self.levels: list[int] = []
        self.questions: list[str] = []
        self.asked_at = 0
        self.answering = False
        self.body: list[str] = []
        self.began = 0

    def heading(self, level: int, text: str) -> None:
        self.end()
        while self.levels and self.levels[-1] >= level:
            self.levels.pop()
            self.headings.pop()
        if text:
            self.levels.append(level)
            self.headings.append(text)

    def question(self, text: str, line: int) -> None:
        if self.answering or self.body:
            self.end()
        self.asked_at = self.asked_at or line
        self.questions += [part for part in (strip(one) for one in text.split("|")) if part]

    def answer(self, text: str, line: int) -> None:
        self.answering = True
        self.add(text, line)

    def add(self, text: str, line: int) -> None:
        """A line of text; an empty one ends a paragraph."""
        if self.questions and not self.answering and text:
            self.answering = True
        if text and not self.body:
            self.began = line
        if text or (self.body and self.body[-1]):
            self.body.append(text)

    def end(self) -> None:
        """What has come together so far is whole."""
        text = "\n".join(part for part in _paragraphs(self.body) if part)
        questions, line = self.questions, self.asked_at or self.began
        if questions and not text:
            fix = "Write the answer behind A: on the next line."
            self.flaws.append(Flaw(self.file, line, "This question has no answer.", fix))
        elif questions:
            if len(text) > LONGEST_ANSWER:
                fix = "Split it into several questions: one answer for each."
                self.flaws.append(Flaw(self.file, line, f"This answer has {len(text):,} characters.", fix))
            self._passage(text, questions, line)
        elif text:
            own = self.headings[-1:] if self.headings and self.headings[-1].endswith("?") else []
            if own and len(text) <= LONGEST:
                self._passage(text, own, self.began)
            else:
                for piece in pieces(text):
                    if len(piece) > LONGEST:
                        fix = "Write shorter sentences: one that is this long can't be texted."
                        self.flaws.append(
                            Flaw(self.file, self.began, f"A sentence here has {len(piece):,} characters.", fix)
                        )
                    self._passage(piece, own, self.began)
        self.questions, self.body, self.asked_at, self.answering = [], [], 0, False

    def _passage(self, text: str, questions: list[str], line: int) -> None:
        said = self.said
        headings = ([said.title] if said.title and said.title not in self.headings else []) + self.headings
        name = questions[0] if questions else (headings[-1] if headings else "")
        if len(text) > LONGEST_TEXT:
            fix = "Split it: this much can't be texted."
            self.flaws.append(Flaw(self.file, line, f"Only the first {LONGEST_TEXT:,} characters here are used.", fix))
            text = text[:LONGEST_TEXT]
        self.found.append(
            Passage(
                self.names.of(name), self.file, line, text, tuple(dict.fromkeys(questions)), tuple(headings),
                said.locale, said.date, said.url, said.stale_at,
            )
        )  # fmt: skip


def _paragraphs(lines: list[str]) -> list[str]:
    """Lines of running text joined; items and rows, marked by a NUL in front, stay lines of their own."""
    found: list[str] = []
    open_ = False
    for line in lines:
        if not line:
            open_ = False
        elif line.startswith("\0"):
            found.append(line[1:])
            open_ = True
        elif open_:
            found[-1] += f" {line}"
        else:
            found.append(line)
            open_ = True
    return found


def _markdown(file: str, text: str, flaws: list[Flaw]) -> list[Passage]:
    said, lines, skipped = _front(text.replace("\0", ""), file, flaws)
    body = _without_comments("\n".join(lines)).split("\n")
    reader = _Reader(file, said, flaws)
    # P: asks where R: answers; anywhere else it may be somebody's phone.
    asks = "QqPp" if any(map(_SPANISH_ANSWER.match, body)) else "Qq"
    fenced = False
    header: list[str] = []
    for number, line in enumerate(body, skipped + 1):
        if _FENCE.match(line):
            fenced = not fenced
        elif fenced:
            reader.add(f"\0{line.strip()}" if line.strip() else "", number)
        elif (heading := _HEADING.fullmatch(line)) is not None:
            reader.heading(len(heading[1]), strip(heading[2].rstrip(" \t#")))
        elif (asked := _QUESTION.fullmatch(line)) is not None and asked[1] in asks:
            reader.question(asked[2], number)
        elif reader.questions and (answer := _ANSWER.fullmatch(line)) is not None:
            reader.answer(strip(answer[1]), number)
        elif line.count("|") > 1 and line.strip().startswith("|"):
            header = _row(reader, line, header, number)
            continue
        elif (item := _ITEM.fullmatch(line)) is not None and not _RULE.fullmatch(line):
            reader.add(f"\0{strip(item[1])}", number)
        elif not _RULE.fullmatch(line):
            reader.add(strip(line.lstrip("> ")), number)
        header = []
    reader.end()
    return reader.found


def _without_comments(text: str) -> str:
    """The text without <!-- comments -->; their line breaks stay, so that places in the file are right."""
    parts = text.split("<!--")
    found = parts[0]
    for number, part in enumerate(parts[1:], 1):
        comment, end, rest = part.partition("-->")
        if not end:  # no comment any more, in all of the rest
            return "<!--".join([found, *parts[number:]])
        found += "\n" * comment.count("\n") + rest
    return found


def _row(reader: _Reader, line: str, header: list[str], number: int) -> list[str]:
    """A row of a table: the first names the columns, the others become lines of text."""
    cells = [strip(cell.replace("\1", "|")) for cell in line.replace("\\|", "\1").strip().strip("|").split("|")]
    if _TABLE_RULE.fullmatch(line):
        return header
    if not header:
        return cells
    named = [f"{name}: {cell}" if name else cell for name, cell in zip(header[1:], cells[1:], strict=False) if cell]
    said = f"{cells[0]}: {cells[1]}" if len(cells) == 2 else f"{cells[0]} - {', '.join(named)}"
    reader.add(f"\0{said if said.endswith(('.', '!', '?')) else said + '.'}", number)
    return header


def _csv(file: str, text: str, flaws: list[Flaw]) -> list[Passage]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    names = Names(file)
    found = []
    try:
        rows = csv.DictReader(io.StringIO(text.replace("\0", "")), delimiter=delimiter, restkey="")
        columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
        if missing := [name for name in ("question", "answer") if name not in columns]:
            fix = "The first line names the columns: question, answer, and if wanted locale, date, url, stale_after."
            flaws.append(Flaw(file, 1, f"There is no column {missing[0]!r}.", fix, "error"))
            return []
        for row in rows:
            values = {name: (row.get(given) or "").strip() for name, given in columns.items()}
            questions = [part for part in (one.strip() for one in values["question"].split("|")) if part]
            line = rows.line_num
            if not questions or not values["answer"]:
                if any(values.values()):
                    what = "answer" if questions else "question"
                    flaws.append(Flaw(file, line, f"This row has no {what}.", "Fill it in, or remove the row."))
                continue
            said = about(values, file, dict.fromkeys(KEYS, line), flaws)
            answer = "\n".join(strip(part) for part in values["answer"].splitlines() if part.strip())
            found.append(
                Passage(
                    names.of(questions[0]), file, line, answer[:LONGEST_TEXT], tuple(dict.fromkeys(questions)),
                    (said.title,) if said.title else (), said.locale, said.date, said.url, said.stale_at,
                )
            )  # fmt: skip
    except csv.Error as error:
        flaws.append(Flaw(file, 1, f"The file is no CSV: {error}.", "Save it as CSV, in UTF-8.", "error"))
    return found
