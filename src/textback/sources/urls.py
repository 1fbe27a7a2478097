"""knowledge/urls.yml: which web pages belong to the knowledge, and how far to follow their links."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from textback.engine.reading import Reader
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, Problem, Scalar, Sequence, Source

FILE = "knowledge/urls.yml"
DEEPEST, MOST_PAGES = 10, 2_000


class Site(msgspec.Struct, frozen=True):
    """Where to begin, how many links deep to go, how many pages to read at most, whether to use the site's own list of
    pages, and the paths to stay below; all of the host's where there are none."""

    url: str
    depth: int = 2
    pages: int = 100
    sitemap: bool = True
    only: tuple[str, ...] = ()
    locale: str = ""


def read_sites(files: Mapping[str, str]) -> tuple[list[Site], list[Problem]]:
    """The sites of a bot folder, and what is wrong with how they are written."""
    problems: list[Problem] = []
    if FILE not in files:
        return [], problems
    source = Source(FILE, problems)
    top = source.parse(files[FILE])
    reader = Reader(source, ("en",))
    if top is None:
        return [], problems
    keys = reader.mapping(top, "urls.yml", ("urls",))
    node = keys.get("urls")
    if not isinstance(node, Sequence):
        if isinstance(top, MappingNode):
            source.error(node or top, "urls must be a list.", "Write `urls: [https://www.example.com/help]`.")
        return [], problems
    sites = [site for item in node.items if (site := _site(reader, item)) is not None]
    return sites, problems


def _site(reader: Reader, item: Node) -> Site | None:
    if isinstance(item, Scalar):
        url = _url(reader, item)
        return Site(url) if url else None
    keys = reader.mapping(item, "A site", ("url", "depth", "pages", "sitemap", "only", "locale"))
    if "url" not in keys:
        if isinstance(item, MappingNode):
            reader.source.error(item, "This site has no url.", "Add url: https://...")
        return None
    usual = Site("")
    url = _url(reader, keys["url"])
    only = []
    for path, node in reader.strings(keys.get("only"), "only"):
        if path.startswith("/"):
            only.append(path)
        else:
            reader.source.error(node, f"{path!r} is no path.", "Begin it with /, for example /help/.")
    site = Site(
        url,
        reader.integer(keys.get("depth"), "depth", 0, DEEPEST, usual.depth),
        reader.integer(keys.get("pages"), "pages", 1, MOST_PAGES, usual.pages),
        reader.flag(keys["sitemap"], "sitemap") if "sitemap" in keys else usual.sitemap,
        tuple(only),
        reader.string(keys.get("locale"), "locale") or "",
    )
    return site if url else None


def _url(reader: Reader, node: Node) -> str:
    url = reader.string(node, "A url") or ""
    if not url:
        return ""
    if is_address(url):
        return url
    reader.source.error(node, f"{url!r} is no web address.", "Write it like https://www.example.com/help.")
    return ""


def is_address(url: str) -> bool:
    """Whether it is the address of a web page."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.username and (parts.port or 1) > 0
        )
    except ValueError:
        return False
