"""Which files a provider takes with a text, and what is wrong with those that one has."""

from collections.abc import Sequence

import msgspec

from textback.engine.arrivals import Media

MOST = 10
"""Files that one text may have, with any provider."""
KB, MB = 2**10, 2**20
CARRIED = (
    "image/", "audio/", "video/", "text/plain", "text/csv", "text/rtf", "text/calendar", "text/vcard", "text/x-vcard",
    "application/pdf", "application/vcard",
)  # fmt: skip
"""Types that carriers take in a picture message; one that ends in / stands for all that begin with it."""
ENDINGS = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "heic": "image/heic", "svg": "image/svg+xml", "mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac",
    "amr": "audio/amr", "ogg": "audio/ogg", "wav": "audio/wav", "mp4": "video/mp4", "3gp": "video/3gpp",
    "mov": "video/quicktime", "webm": "video/webm", "pdf": "application/pdf", "vcf": "text/vcard",
    "ics": "text/calendar", "txt": "text/plain", "csv": "text/csv", "rtf": "text/rtf", "html": "text/html",
    "htm": "text/html", "js": "text/javascript", "json": "application/json", "xml": "application/xml",
    "zip": "application/zip", "gz": "application/gzip", "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "exe": "application/x-msdownload", "apk": "application/vnd.android.package-archive",
}  # fmt: skip
"""The type of a file by the end of its address. One that is not here may be anything."""


class Files(msgspec.Struct, frozen=True):
    """Which files a provider takes with a text: `types` as in CARRIED, none for all of them; and how many bytes one
    picture, one other file and all of them `together` may have, 0 where the provider says nothing of it."""

    types: tuple[str, ...] = CARRIED
    picture: int = 0
    other: int = 0
    together: int = 0


ANY = Files(types=())
"""What goes as an address in the words may be anything."""


class Unfit(msgspec.Struct, frozen=True):
    """A file that a provider does not take: a code that stays the same, why in a sentence, and which of the text's
    files it is (from 0), or -1 for all of them."""

    code: str
    why: str
    place: int = -1


def type_of(media: Media) -> str:
    """What a file is, such as image/png: as it was said, else by the end of its address; "" where neither tells."""
    if media.content_type:
        return media.content_type.partition(";")[0].strip().lower()
    name = media.url.partition("?")[0].partition("#")[0].rpartition("/")[2]
    _, dot, ending = name.rpartition(".")
    return ENDINGS.get(ending.lower(), "") if dot else ""


def unfit(title: str, files: Files, media: Sequence[Media]) -> Unfit | None:
    """The first thing that keeps the provider of this title from taking these files with one text; None where all that
    is known of them fits. What is not known, the type or the size, is left to the provider."""
    for place, one in enumerate(media):
        kind = type_of(one)
        if kind and files.types and not any(_is(kind, known) for known in files.types):
            return Unfit("media_type", f"{title} takes no files of the type {kind[:80]}.", place)
        most = files.picture if kind.startswith("image/") else files.other if kind else 0
        if most and one.size is not None and one.size > most:
            what = "picture" if kind.startswith("image/") else "file"
            return Unfit(
                "media_too_large", f"It has {one.size:,} bytes; {title} takes a {what} of {words(most)}.", place
            )
    whole = sum(one.size or 0 for one in media)
    if files.together and whole > files.together:
        why = f"Together they have {whole:,} bytes; {title} takes {words(files.together)} in one text."
        return Unfit("media_too_large", why)
    return None


def words(size: int) -> str:
    """A number of bytes, such as 500 KB or 5 MB."""
    return f"{size // MB} MB" if size % MB == 0 else f"{size // KB} KB"


def _is(kind: str, known: str) -> bool:
    return kind.startswith(known) if known.endswith("/") else kind == known
