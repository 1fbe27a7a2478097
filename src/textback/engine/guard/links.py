"""Addresses in a reply: only those whose host the business has named may stay."""

import re
from collections.abc import Iterable
from functools import lru_cache

_SUFFIXES = (
    "com|net|org|info|biz|io|co|ai|app|dev|me|us|uk|ca|mx|es|de|fr|it|nl|eu|ru|cn|in|br|au|xyz|top|shop|site|online|"
    "store|club|link|live|click|tk|ml|ga|cf|gq|ly|gl|gg|to|tv|cc|ws|icu|vip|pw|su|zip|mov|example"
)
_SCHEME = re.compile(r"(?<![a-z0-9])[a-z][a-z0-9+.\-]{1,20}:(?://|\\\\)\S{0,2000}", re.IGNORECASE)
_BARE_SCHEME = re.compile(
    r"\b(?:mailto|tel|sms|javascript|data|vbscript|whatsapp|facetime):\s?\S{1,200}", re.IGNORECASE
)
_HOST = re.compile(
    r"(?<![\w@.\-])(?:\w[\w\-]{0,62}\.){1,6}[^\W\d_](?:[^\W_]|-){1,62}(?![\w@])(?:[:/?#][^\s]{0,2000})?", re.IGNORECASE
)
_EMAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@\w[\w\-]{0,62}(?:\.[\w\-]{1,63}){1,6}")
_IP = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)(?:[:/]\S{0,2000})?")
_SPELT = re.compile(
    rf"\b[\w\-]{{2,63}} ?(?:\[ ?(?:\.|dot|punto) ?\]|\( ?(?:\.|dot|punto) ?\)|\{{ ?(?:\.|dot) ?\}}|\bdot\b|"
    rf"\bd0t\b|\bpunto\b|<dot>)"
    rf" ?(?:{_SUFFIXES})\b",
    re.IGNORECASE,
)
_SPACED = re.compile(
    rf"\b[\w\-]{{2,63}}(?: \. ?| \.)(?:{_SUFFIXES})\b|\b[\w\-]{{2,63}} ?, ?(?:com|net|org|io)\b", re.IGNORECASE
)
_SINGLE = re.compile(r"(?<!\w)\w(?: ?\. ?\w| \w){5,60}(?!\w)")
_HANDLE = re.compile(r"(?<![\w.])@[a-z_][\w.]{2,40}", re.IGNORECASE)
_STOPS = str.maketrans("\u3002\uff0e\uff61", "...")
_NOT_HOSTS = frozenset("a.m p.m e.g i.e u.s ee.uu ph.d n.b a.k.a vs.the".split())
_INSIDE = re.compile(r"https?[:%]|//|%2f%2f|@|\\|www\.|\.\.", re.IGNORECASE)
_TITLED = re.compile(r"[A-Z\u00c0-\u00dd][a-z\u00df-\u00ff]*")
#: Where anybody may have an address: that the business has one there says nothing of the host.
FREE_MAIL = frozenset(
    "gmail.com googlemail.com yahoo.com outlook.com hotmail.com live.com icloud.com me.com aol.com gmx.com gmx.net "
    "proton.me protonmail.com mail.com zoho.com yandex.com".split()
)


def hosts_of(links: Iterable[str], email: str) -> frozenset[str]:
    """The hosts that may be led to: those named, and that of the business's own address."""
    own = email.rpartition("@")[2].strip().casefold()
    named = {link.strip().casefold() for link in links}
    return frozenset(host for host in (*named, "" if own in FREE_MAIL else own) if host)


@lru_cache(maxsize=200)
def find(text: str) -> tuple[tuple[int, int, str], ...]:
    """Everything that leads somewhere, in order: start, end, and what it is. E-mail addresses are not among them."""
    written, text = text, text.translate(_STOPS)
    mails = [(hit.start(), hit.end()) for hit in _EMAIL.finditer(text)]
    found: list[tuple[int, int, str]] = []
    for pattern in (_SCHEME, _BARE_SCHEME, _HOST, _IP, _SPELT, _SPACED, _SINGLE, _HANDLE):
        for hit in pattern.finditer(text):
            start, end = hit.start(), hit.start() + len(hit[0].rstrip(".,;:!?)]}\"'"))
            if any(one < end and start < other for one, other, _ in found):
                continue
            if pattern is not _SCHEME and any(one <= start and end <= other for one, other in mails):
                continue
            if pattern is _HOST and not _leads(text[start:end]):
                continue
            if pattern is _SINGLE and not re.search(
                rf"\.? ?(?:{'|'.join(map(_wide, _ENDINGS))})$", text[start:end].lower()
            ):
                continue
            found.append((start, end, written[start:end]))
    return tuple(sorted(found))


_ENDINGS = ("com", "net", "org", "io", "co")


def _wide(ending: str) -> str:
    return r"\. ?" + " ?".join(ending)


def _leads(word: str) -> bool:
    """Whether a word with dots in it may be a host: not "p.m." and not "today.We"."""
    host = re.split(r"[:/?#]", word, maxsplit=1)[0]
    if host.casefold() in _NOT_HOSTS:
        return False
    last = host.rpartition(".")[2]
    if host == word and _TITLED.fullmatch(last) and not re.fullmatch(_SUFFIXES, last.casefold()):
        return False
    labels = host.split(".")
    return any(len(label) > 1 for label in labels[:-1])


def foreign(text: str, hosts: frozenset[str], shown: Iterable[str]) -> list[tuple[int, int, str]]:
    """What leads elsewhere than to one of `hosts`. An address with a query is only taken as one of the texts `shown`
    has it: what stands there may carry off what nobody else should read."""
    known = tuple(shown)
    return [(start, end, link) for start, end, link in find(text) if not _fine(link, hosts, known)]


def _fine(link: str, hosts: frozenset[str], shown: tuple[str, ...]) -> bool:
    if not link.isascii():
        return False
    scheme, mark, rest = link.partition("://")
    if not mark:
        scheme, rest = "https", link
    if scheme.casefold() not in ("http", "https"):
        return False
    host, path = _cut(rest)
    if host not in hosts and host.removeprefix("www.") not in hosts:
        return False
    if _INSIDE.search(path):
        return False
    return not ("?" in path or "#" in path or ";" in path) or any(link in text for text in shown)


def _cut(rest: str) -> tuple[str, str]:
    """The host, and what follows it."""
    hit = re.search(r"[/?#\\]", rest)
    return (rest[: hit.start()].casefold(), rest[hit.start() :]) if hit else (rest.casefold(), "")


@lru_cache(maxsize=2_000)
def emails(text: str) -> tuple[str, ...]:
    """The e-mail addresses in a text, in small letters."""
    return tuple(hit[0].casefold().rstrip(".") for hit in _EMAIL.finditer(text)) if "@" in text else ()


_SPELT_EMAIL = re.compile(
    r"\b\w+(?: ?(?:dot|punto|\.) ?\w+)? ?(?:\[at\]|\(at\)|\bat\b|\barroba\b) ?\w[\w\-]* ?(?:\bdot\b|"
    r"\bpunto\b|\[dot\]|\(dot\)) ?\w+"
)


def spelt_emails(low: str) -> list[str]:
    """E-mail addresses written as words, in a folded text."""
    return [hit[0] for hit in _SPELT_EMAIL.finditer(low)]
