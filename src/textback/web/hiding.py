"""No dead buttons: whoever only looks on gets pages without the forms and links that their role may not follow.

It is done to the finished page, by the table of routes, so that no page has to remember it.
"""

import re
from functools import cache

from textback.web.permissions import OPEN, allowed

_FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>.*?</form>', re.DOTALL)
_LINK = re.compile(r'<a\b([^>]*)\bhref="(/[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_ACTION = re.compile(r'\baction="(/[^"]*)"')
Known = tuple[tuple[str, str, str], ...]
"""Method, path and permission of each route."""


@cache
def _patterns(known: Known) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    made = []
    for method, path, permission in known:
        shape = re.sub(r"\\{\w+:path\\}", ".+", re.escape(path))
        made.append((method, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", shape)), permission))
    return tuple(made)


def _dead(known: Known, role: str, method: str, address: str) -> bool:
    """Whether this role may not call an address; the first route that it fits decides."""
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    for one, pattern, permission in _patterns(known):
        if one == method and pattern.fullmatch(path):
            return permission not in OPEN and not allowed(role, permission)
    return False


def without_dead(page: str, role: str, known: Known) -> str:
    """A page without what this role may not use: forms go, of links the words stay."""

    def form(found: re.Match[str]) -> str:
        action = _ACTION.search(found[0][: found[0].index(">")])
        return "" if action and _dead(known, role, "POST", action[1]) else found[0]

    def link(found: re.Match[str]) -> str:
        return found[3] if _dead(known, role, "GET", found[2]) else found[0]

    return _LINK.sub(link, _FORM.sub(form, page))
