"""Files that come with texts: how one is asked for, and what it is by how it begins."""

from collections.abc import Mapping

import msgspec

KB, MB = 2**10, 2**20
HEAD = 512
"""Bytes that tell what a file is."""
SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Types that a page may show: every browser draws them, and nothing in them can run."""
ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic",
    "image/avif": "avif", "image/tiff": "tif", "audio/mpeg": "mp3", "audio/aac": "aac", "audio/amr": "amr",
    "audio/ogg": "ogg", "audio/wav": "wav", "audio/mp4": "m4a", "audio/x-caf": "caf", "video/mp4": "mp4",
    "video/3gpp": "3gp", "video/quicktime": "mov", "video/webm": "webm", "application/pdf": "pdf",
    "text/vcard": "vcf",
}  # fmt: skip
"""Every type that is kept, and how the name of such a file ends."""
_BEGINS = (
    (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"), (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"), (b"#!AMR", "audio/amr"), (b"OggS", "audio/ogg"), (b"caff", "audio/x-caf"),
    (b"\x1a\x45\xdf\xa3", "video/webm"), (b"%PDF-", "application/pdf"),
)  # fmt: skip
_BRANDS = (
    (b"heic", "image/heic"), (b"heix", "image/heic"), (b"mif1", "image/heic"), (b"avif", "image/avif"),
    (b"M4A", "audio/mp4"), (b"3gp", "video/3gpp"), (b"3g2", "video/3gpp"), (b"qt", "video/quicktime"),
)  # fmt: skip
_BYTE_ORDER = b"\xef\xbb\xbf"


class FileAsk(msgspec.Struct, frozen=True):
    """How a file is asked for: its address, the headers that say who we are, and the `origins` that may read them, such
    as https://api.example.com, or with a star for any part of a host's name, as https://*.example.com. `told`: what
    comes is no file but JSON whose `url` is the address of the file, asked for in the same way."""

    url: str
    login: Mapping[str, str] = {}
    origins: tuple[str, ...] = ()
    told: bool = False


def size_words(size: int) -> str:
    """A number of bytes as people read it, such as 900 B, 40 KB or 5.2 MB."""
    if size >= MB:
        return f"{size / MB:.1f} MB".replace(".0 ", " ")
    return f"{size // KB:,} KB" if size >= KB else f"{size} B"


def kind_of(head: bytes) -> str:
    """What a file is by its first bytes (HEAD of them); "" for what is not kept. Nothing else is believed."""
    for begins, kind in _BEGINS:
        if head.startswith(begins):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return next((kind for brand, kind in _BRANDS if head[8:12].startswith(brand)), "video/mp4")
    if head.removeprefix(_BYTE_ORDER)[:11].upper() == b"BEGIN:VCARD":
        return "text/vcard"
    if len(head) > 1 and head[0] == 0xFF:
        if head[1] & 0xF6 == 0xF0:  # the frames of AAC say that they have no layer
            return "audio/aac"
        return "audio/mpeg" if head[1] & 0xE0 == 0xE0 and head[1] & 0x06 in (0x02, 0x04) else ""
    return ""
