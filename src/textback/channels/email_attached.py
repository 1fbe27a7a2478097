"""What hangs on a mail that came: the names of the files, so that whoever reads the thread knows to look for them."""

import re
from email.header import decode_header
from email.message import Message as Mail

from textback.core.files import size_words
from textback.core.text import clean

MOST, MOST_NAME = 10, 80
"""Files that are named, and characters of a name."""
MOST_PARTS = 100
#: Types that say nothing to people: signatures and keys.
_SILENT = ("application/pgp-signature", "application/pgp-keys", "application/pkcs7-signature",
           "application/x-pkcs7-signature")  # fmt: skip
_UNFIT = re.compile(r"[\[\]\s]+")


def attached(mail: Mail, whole: bool) -> list[str]:
    """A line for each attached file, such as [bike.jpg, 34 KB]. Pictures that a mail shows among its words or in its
    signature are none, nor is what hangs on a mail in the mail. Of a mail that was not read to its end (not `whole`)
    the last file has no size, as nobody knows it."""
    files = _files(mail)
    named = [_named(part, sized=whole or part is not files[-1]) for part in files[:MOST]]
    return [*named, *([f"[+{len(files) - MOST}]"] if len(files) > MOST else [])]


def _files(mail: Mail) -> list[Mail]:
    found: list[Mail] = []
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop()
        seen += 1
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting += [one for one in reversed(inside) if isinstance(one, Mail)]
        elif part.get_content_type() not in _SILENT and _hangs(part):
            found.append(part)
    return found


def _hangs(part: Mail) -> bool:
    """Whether a part is a file beside the words, and nothing that they show."""
    return part.get_content_disposition() == "attachment" and not part["Content-ID"]


def _named(part: Mail, sized: bool) -> str:
    name = _name(part) or part.get_content_type()[:MOST_NAME]
    content = part.get_payload(decode=True)
    size = len(content) if isinstance(content, bytes) else 0
    return f"[{name}, {size_words(size)}]" if sized and size else f"[{name}]"


def _name(part: Mail) -> str:
    """A file's name on one line, without the brackets that stand around it and without a path."""
    given = part.get_filename() or ""
    try:
        words = [
            word.decode(charset or "ascii", "replace") if isinstance(word, bytes) else word
            for word, charset in decode_header(given)
        ]
    except (ValueError, LookupError):
        words = [given]
    name = _UNFIT.sub(" ", clean("".join(words))).replace("\\", "/").rpartition("/")[2].strip()
    if len(name) <= MOST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: MOST_NAME - 12]}….{ending[:10]}" if dot and ending else f"{name[: MOST_NAME - 1]}…"
