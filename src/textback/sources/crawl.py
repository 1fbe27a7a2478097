"""Websites become files in the bot folder, knowledge/crawled/HOST/PAGE.md: what the bot knows stays in the folder, can
be read by people, and needs no network. A second crawl asks only for what has changed."""

import hashlib
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from itertools import pairwise
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

import msgspec

from textback.knowledge.passages import slug_of
from textback.sources.fetch import AGENT, Fetched, Fetcher, Refused, unpack
from textback.sources.html import Page, TooMuch, read_page
from textback.sources.urls import Site

PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between two requests, and the most that a site may ask for."""
MOST_SITEMAPS, MOST_LISTED = 20, 10_000
MOST_LINKS = 500
"""Links of a page that are followed."""
_LEAST = 40
"""Characters of text that a page has at least."""
_LOGIN = re.compile(r"/(?:log-?in|sign-?in|signin|sso|auth|account/login|wp-login\.php|session/new)\b", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|xml|rss|zip|gz|mp[34]|mov|avi|webm|woff2?|ttf|exe|dmg|pdf|docx?|xlsx?"
    r"|pptx?|ics)$",
    re.IGNORECASE,
)
_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)", re.IGNORECASE)
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)
_REPEATED = 4
"""Pages from which on what stands on more than half of them is left out: menus, cookie notices, footers."""


class Kept(msgspec.Struct, frozen=True):
    """What is known of a page since the last crawl."""

    file: str
    etag: str = ""
    modified: str = ""
    digest: str = ""
    links: tuple[str, ...] = ()


class Known(msgspec.Struct, frozen=True):
    """What the last crawl kept: its pages by address, and the blocks that most of them had and that were left out."""

    pages: dict[str, Kept] = {}
    common: tuple[str, ...] = ()


class Read(msgspec.Struct, frozen=True):
    """A page of this crawl: what was kept of it last time, if it has not changed, or its content."""

    url: str
    kept: Kept | None
    page: Page | None
    etag: str = ""
    modified: str = ""


class Crawled(msgspec.Struct):
    """What a crawl has come to. `files` are the whole of knowledge/crawled/, by path, and `kept` and `common` what the
    next one needs to know; the lists name addresses. `skipped` says why each was left out, and `settled` which of them
    are not to be had at all. `cut`: not everything was seen, as a limit ended it, or a page could not be had now."""

    files: dict[str, str] = {}
    kept: dict[str, Kept] = {}
    common: frozenset[str] = frozenset()
    new: list[str] = []
    changed: list[str] = []
    same: list[str] = []
    gone: list[str] = []
    skipped: dict[str, str] = {}
    settled: set[str] = set()
    cut: bool = False


Progress = Callable[[int, int, str], None]
"""Told pages read, pages that wait, and the address that is read now."""


def in_silence(_done: int, _waiting: int, _url: str) -> None:
    """Tells nobody."""


def crawl(
    sites: Iterable[Site],
    known: Known,
    files: dict[str, str],
    fetcher: Fetcher,
    progress: Progress = in_silence,
    sleep: Callable[[float], None] = time.sleep,
) -> Crawled:
    """Read sites, one page after the other.

    Args:
        sites: Where to begin, and how far to go.
        known: What the last crawl kept.
        files: The files that it wrote, by path in the bot folder.
        fetcher: Gets the pages.
        progress: Is told of every page.
        sleep: Waits between two requests.
    """
    done = Crawled()
    before = known.pages
    read: dict[str, tuple[Site, Read]] = {}
    for site in sites:
        walk = _Walk(site, before, files, fetcher, done, sleep)
        for one in walk.pages(progress):
            read.setdefault(one.url, (site, one))
    done.common = _common([one.page for _, one in read.values() if one.page is not None]).union(known.common)
    names: set[str] = set()
    for url, (site, one) in read.items():
        _write(url, site, one, before, files, names, done)
    for url, kept in before.items():
        if url in done.kept:
            continue
        if done.cut and url not in done.settled:
            # Not seen this time is not gone: what is known of it stays.
            done.kept[url] = kept
            if kept.file in files:
                done.files[kept.file] = files[kept.file]
        else:
            done.gone.append(url)
    return done


class _Walk:
    """One site, page by page, nearest first."""

    def __init__(
        self,
        site: Site,
        before: dict[str, Kept],
        files: dict[str, str],
        fetcher: Fetcher,
        done: Crawled,
        sleep: Callable[[float], None],
    ) -> None:
        self.site = site
        self.before = before
        self.files = files
        self.fetcher = fetcher
        self.done = done
        self.sleep = sleep
        self.start = urlsplit(site.url)
        self.robots = RobotFileParser()
        self.pause = PAUSE
        self.queue: deque[tuple[str, int]] = deque()
        self.seen: set[str] = set()

    def pages(self, progress: Progress) -> Iterable[Read]:
        """Every page that may be read, up to the site's limits."""
        if not self._robots():
            return
        self._add(self.site.url, 0)
        if self.site.sitemap:
            for url in self._sitemap():
                self._add(url, 1)
        count = 0
        while self.queue:
            if count >= self.site.pages:
                self.done.cut = True
                return
            url, depth = self.queue.popleft()
            progress(count, len(self.queue), url)
            found = self._page(url)
            if found is None:
                continue
            count += 1
            links = found.kept.links if found.kept is not None else _links(found.page)
            if depth < self.site.depth:
                for link in links:
                    self._add(urljoin(found.url, link), depth + 1)
            yield found
        progress(count, 0, "")

    def _robots(self) -> bool:
        """Read robots.txt: whether anything may be read at all. Where there is none, everything may."""
        url = urlunsplit((self.start.scheme, self.start.netloc, "/robots.txt", "", ""))
        try:
            found = self.fetcher.get(url)
        except Refused as error:
            self._skip(self.site.url, error)
            return False
        if found.status >= 500:  # as the standard wants: not now
            self._skip(self.site.url, Refused(f"robots.txt answers {found.status}"))
            return False
        lines = found.body.decode("utf-8", "replace").splitlines()[:5_000] if found.status == 200 else []
        self.robots.parse(lines)
        asked = self.robots.crawl_delay(AGENT)
        self.pause = min(LONGEST_PAUSE, max(PAUSE, float(asked))) if asked else PAUSE
        return True

    def _sitemap(self) -> Iterable[str]:
        wanted = deque(self.robots.site_maps() or [urljoin(self.site.url, "/sitemap.xml")])
        listed = 0
        for _ in range(MOST_SITEMAPS):
            if not wanted:
                return
            try:
                found = self.fetcher.get(wanted.popleft())
                packed = found.body[:2] == b"\x1f\x8b"
                text = (unpack(found.body) if packed else found.body).decode("utf-8", "replace")
            except Refused:
                continue
            if found.status != 200:
                continue
            index = "<sitemapindex" in text[:2_000].lower()
            for url in (match.replace("&amp;", "&") for match in _LOCATION.findall(text)):
                if index:
                    wanted.append(url)
                    continue
                listed += 1
                if listed > MOST_LISTED:
                    return
                yield url

    def _add(self, url: str, depth: int) -> None:
        clean = clean_url(url)
        if clean is None or clean in self.seen or len(self.seen) >= MOST_LISTED:
            return
        parts = urlsplit(clean)
        if parts.netloc != self.start.netloc.lower() or parts.scheme not in ("http", "https"):
            return
        inside = not self.site.only or any(parts.path.startswith(path) for path in self.site.only)
        if _NO_PAGE.search(parts.path) or not (inside or depth == 0):
            return
        self.seen.add(clean)
        self.queue.append((clean, depth))

    def _page(self, url: str) -> Read | None:
        """One page, or None with the reason noted."""
        try:
            if not self.robots.can_fetch(AGENT, url):
                raise Refused("robots.txt forbids it", settled=True)
            kept = self.before.get(url)
            headers = {}
            if kept is not None and kept.file in self.files:
                headers = {"If-None-Match": kept.etag} if kept.etag else {}
                headers |= {"If-Modified-Since": kept.modified} if kept.modified else {}
            self.sleep(self.pause)
            found = self.fetcher.get(url, headers)
            if found.status == 304 and kept is not None:
                return Read(url, kept, None)
            return self._read(url, found)
        except Refused as error:
            self._skip(url, error)
        except TooMuch as error:
            self._skip(url, Refused(str(error), settled=True))
        return None

    def _skip(self, url: str, why: Refused) -> None:
        self.done.skipped[url] = str(why)
        if why.settled:
            self.done.settled.add(url)
        else:
            self.done.cut = True

    def _read(self, url: str, found: Fetched) -> Read:
        where = urlsplit(found.url)
        if where.netloc.lower() != self.start.netloc.lower():
            raise Refused("it leads to another site", settled=True)
        if found.status in (401, 403) or (_LOGIN.search(where.path) and not _LOGIN.search(urlsplit(url).path)):
            raise Refused("it is behind a login", settled=True)
        if found.status in (404, 410):
            raise Refused("it is gone", settled=True)
        if found.status != 200:
            raise Refused(f"it answers {found.status}")
        kind = found.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
        if kind not in ("text/html", "application/xhtml+xml", "text/plain"):
            raise Refused(f"it is {kind[:40]}, no page", settled=True)
        text = _decoded(found)
        plain = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
        page = read_page(text) if kind != "text/plain" else Page("", "", "", tuple(plain), ())
        size = sum(map(len, page.blocks))
        if page.password and size < 1_500:
            raise Refused("it is behind a login", settled=True)
        if not page.index or "noindex" in found.headers.get("x-robots-tag", "").lower():
            raise Refused("it asks not to be read", settled=True)
        if size < _LEAST:
            raise Refused("there is no text on it", settled=True)
        final = clean_url(found.url) or url
        self.seen.add(final)
        canonical = clean_url(urljoin(final, page.canonical)) if page.canonical else None
        if canonical is not None and urlsplit(canonical).netloc == self.start.netloc.lower():
            final = canonical
        return Read(final, None, page, found.headers.get("etag", ""), found.headers.get("last-modified", ""))


def _links(page: Page | None) -> tuple[str, ...]:
    return page.links[:MOST_LINKS] if page is not None and page.follow else ()


def clean_url(url: str) -> str | None:
    """The address as pages are counted by: without its fragment, the host in small letters."""
    try:
        parts = urlsplit(url.strip())
        if not parts.hostname or parts.username or len(url) > 1_000:
            return None
        return urlunsplit(SplitResult(parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, ""))
    except ValueError:
        return None


def _decoded(found: Fetched) -> str:
    named = _CHARSET.search(found.headers.get("content-type", "")) or _CHARSET.search(
        found.body[:2_000].decode("ascii", "replace")
    )
    try:
        return found.body.decode(named[1] if named else "utf-8", "replace")
    except LookupError:
        return found.body.decode("utf-8", "replace")


def _common(pages: list[Page]) -> frozenset[str]:
    """Blocks that more than half of the pages have."""
    if len(pages) < _REPEATED:
        return frozenset()
    counts = Counter(block for page in pages for block in set(page.blocks))
    return frozenset(block for block, count in counts.items() if count * 2 > len(pages))


def _write(
    url: str,
    site: Site,
    one: Read,
    before: dict[str, Kept],
    files: dict[str, str],
    names: set[str],
    done: Crawled,
) -> None:
    """Put a page among the files, and say whether it is new, changed or the same."""
    if one.kept is not None:
        names.add(one.kept.file)
        done.kept[url], done.files[one.kept.file] = one.kept, files[one.kept.file]
        done.same.append(url)
        return
    page = one.page
    blocks = [block for block in (page.blocks if page is not None else ()) if block not in done.common]
    if page is None or sum(map(len, blocks)) < _LEAST:
        done.skipped[url] = "there is no text on it"
        return
    text = _joined(blocks)
    old = before.get(url)
    file = old.file if old is not None and old.file not in names else _file(url, names)
    names.add(file)
    content = _front(url, site, page) + text + "\n"
    digest = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:32]
    done.kept[url] = Kept(file, one.etag, one.modified, digest, _links(page))
    done.files[file] = content
    known = old is not None and old.digest == digest and files.get(file) == content
    (done.same if known else done.changed if old is not None else done.new).append(url)


def _joined(blocks: list[str]) -> str:
    """Blocks with an empty line between them, but the rows of a table and the items of a list together."""
    found = ""
    for before, block in pairwise(["", *blocks]):
        together = block[:2] in ("| ", "- ") and before[:2] == block[:2]
        found += ("\n" if together else "\n\n" if before else "") + block
    return found


def _front(url: str, site: Site, page: Page) -> str:
    language = site.locale or page.language
    locale = language if re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", language) else language.partition("-")[0].lower()
    lines = [("title", page.title[:200]), ("locale", locale), ("date", page.date), ("url", url)]
    said = "".join(f"{key}: {' '.join(value.split())}\n" for key, value in lines if value)
    return f"---\n{said}---\n\n"


def _file(url: str, names: set[str]) -> str:
    """A file name that says which page it is."""
    parts = urlsplit(url)
    host = slug_of((parts.hostname or "site").replace(".", " ")).replace("-", ".")
    name = slug_of(unquote(parts.path)) or "home"
    if parts.query or f"knowledge/crawled/{host}/{name}.md" in names:
        name = f"{name}-{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return f"knowledge/crawled/{host}/{name}.md"
