"""HTML as tags and texts, in one pass. Python's own parser takes a minute for 80 kB of a page that was made to be slow;
here every character is looked at a few times at most, whatever the page."""

import re
from collections.abc import Iterator

import msgspec

from textback.knowledge.markdown import unescape

_NAME = re.compile(r"/?[a-zA-Z][^\s/>]{0,40}")
_ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "title", "noscript")}
"""What is in these is no markup; it ends where they do."""
_LONGEST = 20_000
_TRIES = 4


class Tag(msgspec.Struct, frozen=True):
    """A tag, its name in small letters; `closing` for its end."""

    name: str
    closing: bool
    attributes: dict[str, str] = {}


def tags(page: str) -> Iterator[Tag | str]:
    """The tags of a page, and the texts between them, as they come. Broken markup is left out."""
    at, end = 0, len(page)
    while at < end:
        start = page.find("<", at)
        if start < 0:
            yield unescape(page[at:])
            return
        if start > at:
            yield unescape(page[at:start])
        if page.startswith("<!--", start):
            at = _after(page, "-->", start + 4)
        elif page[start + 1 : start + 2] in ("!", "?"):
            at = _after(page, ">", start)
        elif (name := _NAME.match(page, start + 1)) is not None:
            stop = _end(page, name.end())
            if stop < 0:
                return
            found = _tag(name[0], page[name.end() : min(stop, name.end() + _LONGEST)])
            yield found
            at = stop + 1
            if found.name in _RAW and not found.closing:
                closing = _RAW[found.name].search(page, at)
                if found.name == "title":
                    yield unescape(page[at : closing.start() if closing else at])
                at = closing.start() if closing else end
        else:
            yield "<"
            at = start + 1


def _after(page: str, mark: str, start: int) -> int:
    """The place behind the next mark; the end where there is none."""
    found = page.find(mark, start)
    return len(page) if found < 0 else found + len(mark)


def _end(page: str, start: int) -> int:
    """Where a tag's > is: the first, or one of the next where it stands in quotes; -1 where there is none."""
    first = stop = page.find(">", start)
    for _ in range(_TRIES):
        if stop < 0 or stop - start > _LONGEST:
            return first
        if page.count('"', start, stop) % 2 == 0:
            return stop
        stop = page.find(">", stop + 1)
    return first


def _tag(name: str, rest: str) -> Tag:
    closing = name.startswith("/")
    attributes: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(rest):
        attributes.setdefault(match[1].lower(), unescape(match[2] or match[3] or match[4] or ""))
    return Tag(name.lstrip("/").lower(), closing, attributes)
