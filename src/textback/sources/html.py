"""A web page as Markdown: its own text with headings, lists and tables, without menus, forms and scripts."""

import re

import msgspec

from textback.knowledge.tags import Tag, tags

MOST_TAGS = 100_000
MOST_CHARACTERS = 500_000
LEAST = 200
"""Characters that a <main> or <article> has at least where it is the page's text, and all else is left out."""

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_LEFT_OUT = frozenset(
    "script style noscript template svg math nav footer aside form button select iframe object dialog canvas video "
    "audio header".split()
)
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search"})
_BLOCKS = frozenset(
    "p div section article main h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tr blockquote pre figure "
    "figcaption details summary address body hr".split()
)
_SPACES = re.compile(r"\s+")
_MARKS = re.compile(r"^(#{1,6}\s|[-*+]\s|>|```|~~~|\d+[.)]\s|---)")
_ASKS = re.compile(r"^([QqPpAaRr])\s*:")


class Page(msgspec.Struct, frozen=True):
    """What a page says and where it leads.

    Attributes:
        title: From its <title>, or its first heading.
        language: As the page declares it, such as en or es-MX.
        date: When it was last changed, as an ISO date, where it says so.
        blocks: Its text, a paragraph, heading, item or row each, in Markdown.
        links: Where its links lead, as they are written.
        canonical: The address that it wants to go by.
        password: Whether it asks for one.
        index, follow: Whether robots may read it, and its links.
    """

    title: str
    language: str
    date: str
    blocks: tuple[str, ...]
    links: tuple[str, ...]
    canonical: str = ""
    password: bool = False
    index: bool = True
    follow: bool = True


class TooMuch(Exception):
    """A page with so many tags, or so much text, that it is none for people."""


class _Reader:
    """Puts blocks together from tags and texts, as they come."""

    def __init__(self) -> None:
        self.tags = 0
        self.size = 0
        self.skipping: list[str] = []
        self.within: list[int] = []
        """For each open <main> or <article>, the block it begins with."""
        self.main: list[tuple[int, int]] = []
        self.blocks: list[str] = []
        self.text: list[str] = []
        self.mark = ""
        self.cells: list[str] | None = None
        self.title = ""
        self.in_title = False
        self.language = self.date = self.canonical = ""
        self.links: list[str] = []
        self.password = False
        self.index = self.follow = True

    def take(self, one: Tag | str) -> None:
        """The next tag or text."""
        if isinstance(one, str):
            self._text(one)
        elif one.closing:
            self._close(one.name)
        else:
            self._open(one.name, one.attributes)

    def _open(self, tag: str, values: dict[str, str]) -> None:
        self.tags += 1
        if self.tags > MOST_TAGS:
            raise TooMuch("it has too many tags")
        if tag == "input" and values.get("type", "").lower() == "password":
            self.password = True
        if tag == "a" and values.get("href") and "nofollow" not in values.get("rel", "").lower():
            self.links.append(values["href"].strip())
        if self.skipping:
            if tag == self.skipping[-1]:
                self.skipping.append(tag)
            return
        self._head(tag, values)
        hidden = "hidden" in values or values.get("aria-hidden", "").lower() == "true"
        left_out = tag in _LEFT_OUT or values.get("role", "").lower() in _ROLES
        # The header of an article has its heading in it.
        mine = tag == "header" and bool(self.within)
        if tag not in _VOID and (hidden or (left_out and not mine)):
            self.skipping.append(tag)
            return
        self._begin(tag)

    def _head(self, tag: str, values: dict[str, str]) -> None:
        if tag == "html":
            self.language = values.get("lang", "").strip()
        elif tag == "title":
            self.in_title = not self.title
        elif tag == "link" and "canonical" in values.get("rel", "").lower():
            self.canonical = values.get("href", "").strip()
        elif tag == "meta":
            name = (values.get("name") or values.get("property") or "").lower()
            content = values.get("content", "").lower()
            if name == "robots":
                self.index = self.index and "noindex" not in content and "none" not in content
                self.follow = self.follow and "nofollow" not in content and "none" not in content
            elif name in ("article:modified_time", "last-modified", "datemodified"):
                found = re.match(r"\d{4}-\d\d-\d\d", content)
                self.date = found[0] if found else self.date

    def _begin(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_block()
        if tag in ("main", "article"):
            self.within.append(len(self.blocks))
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.mark = f"{'#' * int(tag[1])} "
        elif tag in ("dt", "summary"):
            self.mark = "### "
        elif tag == "li":
            self.mark = "- "
        elif tag == "tr":
            self.cells = []
        elif tag == "br":
            self.text.append(" ")

    def _close(self, tag: str) -> None:
        if self.skipping:
            if tag == self.skipping[-1]:
                self.skipping.pop()
            return
        if tag == "title":
            self.in_title = False
        elif tag in ("td", "th") and self.cells is not None:
            self.cells.append(self._said().replace("|", "\\|"))
        elif tag == "tr" and self.cells is not None:
            if any(self.cells):
                self.blocks.append(f"| {' | '.join(self.cells)} |")
            self.cells = None
        elif tag in _BLOCKS and self.cells is None:
            self.end_block()
        if tag in ("main", "article") and self.within:
            self.main.append((self.within.pop(), len(self.blocks)))

    def _text(self, data: str) -> None:
        self.size += len(data)
        if self.size > MOST_CHARACTERS * 4:
            raise TooMuch("it has too much text")
        if self.in_title:
            self.title += data
        elif not self.skipping:
            self.text.append(data)

    def _said(self) -> str:
        text = _SPACES.sub(" ", "".join(self.text)).strip()
        self.text = []
        return text

    def end_block(self) -> None:
        if self.cells is not None:
            return
        text, mark = self._said(), self.mark
        if text:
            self.mark = ""
            self.blocks.append(f"{mark}{text}" if mark else _plain(text))


def _plain(text: str) -> str:
    """Somebody's words, which Markdown must not take for its own marks, nor our reader for a question of a pair."""
    return f"\\{text}" if _MARKS.match(text) else _ASKS.sub(r"\1.", text)


def read_page(html: str) -> Page:
    """Read a page. Raises TooMuch; whatever else is wrong with its HTML, something is made of it."""
    reader = _Reader()
    for one in tags(html):
        reader.take(one)
    reader.cells = None
    reader.end_block()
    blocks = reader.blocks
    for start, end in sorted(reader.main, key=lambda span: span[0] - span[1]):
        if sum(map(len, blocks[start:end])) >= LEAST:
            blocks = blocks[start:end]
            break
    first = next((block.lstrip("# ") for block in blocks if block.startswith("#")), "")
    title = _SPACES.sub(" ", reader.title).strip() or first
    links = tuple(dict.fromkeys(reader.links))
    return Page(
        title, reader.language, reader.date, tuple(blocks), links, reader.canonical, reader.password, reader.index,
        reader.follow,
    )  # fmt: skip
