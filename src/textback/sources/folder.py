"""The knowledge files of a bot folder, as text: Markdown and CSV as they are, PDF and DOCX as what they say."""

from pathlib import Path

from textback.core.errors import SettingsError
from textback.sources.documents import DocumentError, read_document

FOLDER = "knowledge"
TEXTS = (".md", ".csv")
DOCUMENTS = (".pdf", ".docx")
LARGEST = 20 * 2**20
"""Bytes that a file may have."""


def read_documents(folder: Path) -> dict[str, str]:
    """The knowledge of a bot folder, by relative path. A document goes by its name with .md behind it, as text that
    travels with the bot's versions; it goes before a file that has this name already.

    Raises SettingsError naming the file that can't be read.
    """
    found: dict[str, str] = {}
    for path in sorted((folder / FOLDER).rglob("*")):
        name = path.relative_to(folder).as_posix()
        suffix = path.suffix.lower()
        if any(part.startswith((".", "~")) for part in Path(name).parts) or suffix not in (*TEXTS, *DOCUMENTS):
            continue
        if not path.is_file():
            continue
        try:
            if path.stat().st_size > LARGEST:
                raise SettingsError(f"{path} has more than {LARGEST >> 20} MB.", "Split it, or leave out its pictures.")
            if suffix in DOCUMENTS:
                found[f"{name}.md"] = read_document(path)
            else:
                found.setdefault(name, path.read_text(encoding="utf-8-sig"))
        except DocumentError as error:
            raise SettingsError(f"{path}: {error.problem}", error.fix) from None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} can't be read: {type(error).__name__}.", "Save it as UTF-8 text.") from None
    return found
