"""What a training changes in a bot's files: its own documents, the sites of knowledge/urls.yml, and their pages."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import msgspec

from textback.knowledge.passages import URLS
from textback.sources.crawl import Crawled, Kept, Known
from textback.sources.urls import Site, read_sites
from textback.store.bots import Files
from textback.store.trainings import Document

TRAINED = "knowledge/trained/"
"""Where documents of programs go. What people have written lies elsewhere, and no program changes it."""
CRAWLED = "knowledge/crawled/"

_URL = re.compile(r"\A---\n(?:[a-z_]+: .*\n)*?url: (\S+)\n")
_USUAL = Site("")


def paths_of(name: str) -> tuple[str, str]:
    """Where a document of this name may be: as Markdown, or as a question with its answer."""
    return f"{TRAINED}{name}.md", f"{TRAINED}{name}.csv"


def put_document(files: Files, one: Document) -> None:
    """Add a document, or write it anew."""
    remove_document(files, one.name)
    as_text, as_answer = paths_of(one.name)
    if one.content:
        files[as_text] = one.content.rstrip() + "\n"
        return
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows((("question", "answer"), (one.question, one.answer)))
    files[as_answer] = table.getvalue()


def remove_document(files: Files, name: str) -> bool:
    """Take a document away; False when there is none."""
    gone = [files.pop(path, None) for path in paths_of(name)]
    return any(text is not None for text in gone)


def put_urls(files: Files, urls: Iterable[str]) -> None:
    """Add addresses to knowledge/urls.yml where they are not there yet. A file that can't be read stays as it is."""
    sites, problems = read_sites(files)
    known = {site.url for site in sites}
    new = [Site(url) for url in dict.fromkeys(urls) if url not in known]
    if problems or not new:
        return
    text = files.get(URLS, "urls:\n")
    added = "".join(f"  - {json.dumps(site.url)}\n" for site in new)
    files[URLS] = f"{text.rstrip()}\n{added}"
    if read_sites(files) != ([*sites, *new], []):  # its list is written in another way, so all of it is written anew
        files[URLS] = "urls:\n" + "".join(f"  - {_written(site)}\n" for site in [*sites, *new])


def _written(site: Site) -> str:
    """A site as JSON, which YAML reads as well; what is as usual is left out."""
    usual = msgspec.to_builtins(_USUAL)
    said = {key: value for key, value in msgspec.to_builtins(site).items() if value != usual[key]}
    return json.dumps(said)


def host_of(url: str) -> str:
    """The host of an address, with its port; empty where it is none."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def known_of(files: Mapping[str, str], host: str) -> Known:
    """What a version knows of a site's pages, as a crawl wants to know it."""
    pages = {}
    for path, text in files.items():
        found = _URL.match(text) if path.startswith(CRAWLED) else None
        if found is not None and host_of(found[1]) == host:
            pages[found[1]] = Kept(path, digest=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32])
    return Known(pages)


def put_pages(files: Files, known: Known, done: Crawled) -> None:
    """Put the pages of a site in the place of those that were known of it."""
    for kept in known.pages.values():
        if kept.file not in done.files:
            files.pop(kept.file, None)
    files.update(done.files)
