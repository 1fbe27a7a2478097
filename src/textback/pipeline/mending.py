"""Writing new expectations into a test file: only the values change, comments and layout stay.

Values are found by the place where they begin; the YAML parser's own marks say where they end.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

import msgspec
import yaml
from yaml.events import AliasEvent, MappingStartEvent, NodeEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from textback.pipeline.judging import Edit

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_INVISIBLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")  # what YAML would fold or refuse
_TAKEN = frozenset("true false null yes no on off y n".split())


class _Span(msgspec.Struct):
    """A value in the text: where it begins and ends, its own line's indentation, and the values of a list."""

    start: int
    end: int
    column: int
    flow: bool
    inline: bool
    """Whether it stands inside [ ] or { }."""
    key_column: int
    """Where the key before it stands."""
    items: "list[_Span] | None" = None


def mended(text: str, edits: Iterable[Edit]) -> str:
    """The file's text with these values in it. An edit whose value can't be found, or that two edits want to be
    different (an alias), is left out."""
    spans = _spans(text)
    changes: dict[int, tuple[int, str] | None] = {}
    for edit in edits:
        span = spans.get((edit.node.line, edit.node.column))
        for start, end, new in _changes(text, span, edit.value) if span else ():
            old = changes.get(start, (end, new))
            changes[start] = (end, new) if old == (end, new) else None
    for start, change in sorted(changes.items(), reverse=True):
        if change is not None:
            text = text[:start] + change[1] + text[change[0] :]
    return text


def _changes(text: str, span: _Span, value: Any) -> list[tuple[int, int, str]]:
    if not isinstance(value, tuple):
        return [(span.start, span.end, _kept_end(text, span, _written(value)))]
    texts = [_quoted(one) for one in value]
    if span.items is not None and len(span.items) == len(texts) > 0:
        return [
            (item.start, item.end, _kept_end(text, item, new))
            for item, new, one in zip(span.items, texts, value, strict=True)
            if _plain_value(text[item.start : item.end]) != one
        ]
    if len(texts) == 1 and span.items is None:
        return [(span.start, span.end, _kept_end(text, span, texts[0]))]
    if not texts or span.flow or span.inline:
        return [(span.start, span.end, _kept_end(text, span, f"[{', '.join(texts)}]"))]
    if span.items is not None:
        indent = " " * span.column
        return [(span.start, span.end, _kept_end(text, span, f"\n{indent}".join(f"- {one}" for one in texts)))]
    indent = " " * (span.key_column + 2)
    start = span.start - len(text[: span.start]) + len(text[: span.start].rstrip(" "))
    return [(start, span.end, _kept_end(text, span, "".join(f"\n{indent}- {one}" for one in texts)))]


def _kept_end(text: str, span: _Span, new: str) -> str:
    """A block text ends after its line break, which must stay; a value where there was none needs a space before it."""
    if span.start == span.end and text[span.start - 1 : span.start] == ":" and not new.startswith("\n"):
        new = f" {new}"
    return f"{new}\n" if text[span.start : span.end].endswith("\n") else new


def _plain_value(written: str) -> Any:
    try:
        return yaml.safe_load(written)
    except yaml.YAMLError:
        return None


def _quoted(text: str) -> str:
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) and value.lower() not in _TAKEN else _quoted(value)
    return msgspec.json.encode(value).decode()


def _spans(text: str) -> dict[tuple[int, int], _Span]:
    """Every scalar and list of the file, by line and column from 1."""
    found: dict[tuple[int, int], _Span] = {}
    open_: list[tuple[bool, bool, _Span | None, int]] = []  # mapping, flow, the list's span, column of the last key
    keys: list[bool] = []  # whether the next value in the open mapping is a key
    last = 0
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, NodeEvent):
            mark, end = event.start_mark, event.end_mark
            if mark is None or end is None:
                continue
            place = (mark.line + 1, mark.column + 1)
            holder = open_[-1] if open_ else (False, False, None, 0)
            is_key = holder[0] and keys[-1]
            if holder[0]:
                keys[-1] = not keys[-1]
            span = _Span(mark.index, end.index, mark.column, False, holder[1], holder[3])
            if isinstance(event, ScalarEvent):
                last = span.end
            if isinstance(event, ScalarEvent) and is_key:
                open_[-1] = (*open_[-1][:3], mark.column)
            elif isinstance(event, ScalarEvent | SequenceStartEvent):
                found[place] = span
            if holder[2] is not None and holder[2].items is not None and not isinstance(event, AliasEvent):
                holder[2].items.append(span)
            if isinstance(event, SequenceStartEvent):
                span.items, span.flow = [], bool(event.flow_style)
                open_.append((False, holder[1] or span.flow, span, holder[3]))
                keys.append(False)
            elif isinstance(event, MappingStartEvent):
                open_.append((True, holder[1] or bool(event.flow_style), None, 0))
                keys.append(True)
        elif isinstance(event, yaml.CollectionEndEvent):
            _, _, span_, _ = open_.pop()
            keys.pop()
            if isinstance(event, SequenceEndEvent) and span_ is not None:
                # A block list ends after its last value; the parser's own mark lies behind the comments that follow.
                span_.end = event.end_mark.index if span_.flow and event.end_mark else last
    return found
