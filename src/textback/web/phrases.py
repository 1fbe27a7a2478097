"""The languages of the pages: phrases keyed by their English words, one JSON file a language in web/languages.

A phrase that a language does not have is shown in English. `docs/how-to/translate.md` is for translators.
"""

import json
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from starlette.requests import Request

FOLDER = Path(__file__).parent / "languages"
SCRIPTS = Path(__file__).parent / "static"
_IN_SCRIPT = re.compile(r"""\bsay\("([^"\\]+)\"""")
#: The languages that there are, each in its own word.
LANGUAGES = {"en": "English", "es": "Español"}
_spoken: ContextVar[str] = ContextVar("spoken", default="en")
"""The language of the page that is being made: what words that no handler is near are said in."""


@cache
def phrases(language: str) -> Mapping[str, str]:
    """The phrases of a language by their English words; none of English."""
    if language not in LANGUAGES or language == "en":
        return {}
    found: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return found


def say(language: str, words: str, /, **values: object) -> str:
    """Words in this language, with `{name}` replaced by values."""
    found = phrases(language).get(words, words)
    return found.format(**values) if values else found


def speak(language: str) -> None:
    """From now on until the request is answered `tell` says words in this language."""
    _spoken.set(language)


def spoken() -> str:
    """The language of the page that is being made."""
    return _spoken.get()


def tell(words: str, /, **values: object) -> str:
    """`say` in the language of the page that is being made; in English outside of pages."""
    return say(_spoken.get(), words, **values)


@cache
def for_scripts(language: str) -> str:
    """The phrases that our scripts say, as JSON for a page's data block; "" where there are none to translate."""
    known = phrases(language)
    scripts = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))
    found = {one: known[one] for one in sorted(set(_IN_SCRIPT.findall(scripts))) if one in known}
    # "<" can't end the block, nor begin another one.
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c") if found else ""


def wanted(accept: str) -> str:
    """The first of our languages that a browser asks for (Accept-Language), by its preference; else English."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept[:200].split(",")):
        name, _, rest = part.strip().partition(";")
        short = name.split("-")[0].lower()
        if short not in LANGUAGES:
            continue
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            continue
        if weight > 0:
            found.append((-weight, place, short))
    return min(found)[2] if found else "en"


def language_of(request: Request) -> str:
    """The language of a page: what the person has set, else what their browser wants."""
    user = getattr(request.state, "user", None)
    own = user.language if user is not None else ""
    return own if own in LANGUAGES else wanted(request.headers.get("accept-language", ""))


def speaker(request: Request) -> Callable[..., str]:
    """`say` in the language of whoever asks."""
    language = language_of(request)
    return lambda words, /, **values: say(language, words, **values)
