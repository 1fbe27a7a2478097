"""PDF and DOCX files as Markdown. Whatever they hold besides text is left alone."""

import re
import zipfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

INSTALL = "Install Textback with the extra documents: pip install 'textback[documents]'."
MOST_PAGES = 500
MOST_CHARACTERS = 2_000_000
MOST_XML = 50 * 2**20
"""Bytes that a DOCX's text may unpack to."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|titre|t[ií]tulo|berschrift)\s*(\d)|title", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\u00a0]+")
_HYPHEN = re.compile(r"(?<=[a-záéíóúñ])-\n(?=[a-záéíóúñ])")
_SENTENCE_END = re.compile(r"[.!?:;][\"')\]]*$")
_PAGE_NUMBER = re.compile(r"\s*(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\s*", re.IGNORECASE)


class DocumentError(Exception):
    """A document that can't be read: what is wrong with it, and what to do."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix


def read_document(path: Path) -> str:
    """The text of a PDF or DOCX file as Markdown. Raises DocumentError and OSError."""
    text = _pdf(path) if path.suffix.lower() == ".pdf" else _docx(path)
    if len(text) > MOST_CHARACTERS:
        raise DocumentError(f"It has more than {MOST_CHARACTERS:,} characters.", "Split it.")
    # Its words are not our markup.
    title = path.stem.replace("_", " ").replace("-", " ").strip()
    return f"---\ntitle: {title}\n---\n\n{text}\n"


def available() -> bool:
    """Whether PDF files can be read here. Imports nothing."""
    return find_spec("pypdf") is not None


def _pdf(path: Path) -> str:
    if not available():
        raise DocumentError("PDF files can't be read here.", INSTALL)
    pypdf: Any = import_module("pypdf")  # only where the extra is installed
    try:
        reader = pypdf.PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("It is locked with a password.", "Save it without one.")
        if len(reader.pages) > MOST_PAGES:
            raise DocumentError(f"It has more than {MOST_PAGES} pages.", "Split it.")
        pages = [str(page.extract_text() or "") for page in reader.pages]
    except DocumentError:
        raise
    except OSError:
        raise
    except Exception as error:  # a broken file breaks pypdf in many ways
        raise DocumentError(f"It is no PDF that can be read: {type(error).__name__}.", "Save it anew.") from None
    if not any(page.strip() for page in pages):
        fix = "It is made of pictures, as scans are: have its text recognised (OCR), or write it into a .md file."
        raise DocumentError("There is no text in it.", fix)
    return "\n\n".join(_flowing(page) for page in _without_margins(pages))


def _without_margins(pages: list[str]) -> list[str]:
    """Pages without the lines that more than half of them begin or end with, and without their numbers."""
    split = [[line.strip() for line in page.splitlines() if line.strip()] for page in pages]
    if len(split) > 2:
        for place in (0, -1):
            seen = [lines[place] for lines in split if lines]
            common = {line for line in seen if seen.count(line) * 2 > len(split)}
            for lines in split:
                if lines and (lines[place] in common or _PAGE_NUMBER.fullmatch(lines[place])):
                    lines.pop(place)
    return ["\n".join(lines) for lines in split]


def _flowing(page: str) -> str:
    """Lines of a page joined to paragraphs; a short line without an end, before a longer one, is a heading."""
    lines = [_SPACES.sub(" ", line).strip() for line in _HYPHEN.sub("", page).splitlines()]
    usual = max((len(line) for line in lines), default=0)
    found: list[str] = []
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        after_end = not found or found[-1] == "" or bool(_SENTENCE_END.search(found[-1])) or found[-1].startswith("#")
        if after_end and len(line) < min(60, usual * 0.7) and following and not _SENTENCE_END.search(line) \
                and line[:1].isupper() and following[:1].isupper():  # fmt: skip
            found += ["", f"## {_safe(line)}", ""]
        elif len(line) < usual * 0.6 and _SENTENCE_END.search(line):
            found += [_safe(line), ""]
        else:
            found.append(_safe(line))
    return "\n".join(found)


def _safe(line: str) -> str:
    """A line of somebody's text that Markdown would take for a heading or a fence."""
    return f"\\{line}" if line.startswith(("#", "```", "~~~", "---")) else line


def _docx(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo("word/document.xml")
            if info.file_size > MOST_XML:
                raise DocumentError("Its text unpacks to more than 50 MB.", "Split it.")
            raw = archive.read(info)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError):
        raise DocumentError("It is no Word document (.docx).", "Save it anew as .docx.") from None
    try:
        # Word writes UTF-8 and declares no entities: without them XML can't unfold.
        if "<!" in raw.decode():
            raise DocumentError("It declares entities, which no Word document does.", "Save it anew as .docx.")
        body = ElementTree.fromstring(raw).find(f"{_W}body")  # noqa: S314
    except (ElementTree.ParseError, UnicodeDecodeError):
        raise DocumentError("Its XML is broken.", "Save it anew as .docx.") from None
    parts = [part for element in (body if body is not None else ()) for part in _block(element)]
    text = "\n\n".join(parts)
    if not text.strip():
        raise DocumentError("There is no text in it.", "Write its text into a .md file.")
    return text


def _block(element: ElementTree.Element) -> list[str]:
    """A paragraph, heading, list item or table as Markdown."""
    if element.tag == f"{_W}tbl":
        rows = [[_cell(cell) for cell in row.iter(f"{_W}tc")] for row in element.iter(f"{_W}tr")]
        return ["\n".join(f"| {' | '.join(row)} |" for row in rows if row)]
    if element.tag == f"{_W}sdt":
        return [part for child in element.iter(f"{_W}sdtContent") for one in child for part in _block(one)]
    if element.tag != f"{_W}p":
        return []
    text = _words(element)
    if not text:
        return []
    style = element.find(f"{_W}pPr/{_W}pStyle")
    heading = _HEADING.match(style.get(f"{_W}val", "") if style is not None else "")
    if heading is not None:
        return [f"{'#' * min(6, int(heading[1] or 1))} {text}"]
    return [f"- {text}"] if element.find(f"{_W}pPr/{_W}numPr") is not None else [_safe(text)]


def _cell(cell: ElementTree.Element) -> str:
    return " ".join(_words(one) for one in cell.iter(f"{_W}p")).strip().replace("|", "\\|")


def _words(paragraph: ElementTree.Element) -> str:
    """The text of a paragraph; what was deleted with changes tracked is not in it."""
    parts = []
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            parts.append(element.text or "")
        elif element.tag in (f"{_W}tab", f"{_W}br"):
            parts.append(" ")
    return _SPACES.sub(" ", "".join(parts)).strip()
