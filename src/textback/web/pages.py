"""Pages from templates: everything is escaped, nothing undefined is shown, files carry their version."""

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from textback.core.phone import pretty
from textback.pipeline.letters import SOME
from textback.pipeline.signatures import unchecked
from textback.web.context import WebContext
from textback.web.phrases import LANGUAGES, for_scripts, language_of, say
from textback.web.present import moment
from textback.web.retelling import retell

STATIC = Path(__file__).parent / "static"


@cache
def asset(name: str) -> str:
    """The address of a file of ours, which changes whenever the file does."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def count(number: int, word: str) -> str:
    """ "1 segment", "2 segments"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("textback.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(asset=asset, count=count, most_stuck=SOME, languages=LANGUAGES)
    made.filters.update(pretty=pretty, moment=moment, retold=retell)
    return made


_templates = _environment()


def page(request: Request, template: str, data: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page. Templates also see `brand`, `user` (None when signed out), `here`, the request's path, `stuck`, how many
    letters wait (shown to owners), and `unchecked`: lines that do not check signatures, each with until when in words;
    `lang`, the language of the page, `_`, which says words in it, `script_words`, those that scripts say in it, and
    `mails`, whether there is a mail server.
    """
    ctx: WebContext = request.app.state.ctx
    user = getattr(request.state, "user", None)
    zone, now = ctx.bot().timezone, ctx.road.now()
    shouts = [(one.line, moment(one.until, zone, now)) for one in unchecked(ctx.road.lines, now)] if user else []
    stuck = getattr(request.state, "stuck", 0)
    here = request.scope["path"]
    language = language_of(request)
    shown = {
        "brand": ctx.bot().name, "user": user, "here": here, "stuck": stuck, "unchecked": shouts, "lang": language,
        "_": partial(say, language), "mails": ctx.mailer is not None,
        "script_words": for_scripts(language), **data,
    }  # fmt: skip
    return HTMLResponse(_templates.get_template(template).render(shown), status)
