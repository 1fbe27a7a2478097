"""Somebody's own words in a mail: HTML as text, and no history or signature below them."""

import re

from textback.knowledge.tags import Tag, tags

MOST_LINES = 2_000
_BLOCKS = frozenset(
    "p div section article h1 h2 h3 h4 h5 h6 ul ol li table tr blockquote pre address br hr dl dt dd".split()
)
_HIDDEN = frozenset("script style head title template noscript svg object blockquote".split())
_QUOTES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")

_WROTE = re.compile(
    r"(on|am|le|el|il|op|em|den|dne|w dniu)\s.{4,300}"
    r"(wrote|schrieb.{0,120}|a \u00e9crit|escribi\u00f3|ha scritto|schreef.{0,120}|escreveu|skrev.{0,120})\s?:$",
    re.IGNORECASE | re.DOTALL,
)
_HISTORY = re.compile(r"-{2,}\s?(original message|forwarded message|urspr\u00fcngliche nachricht|mensaje original|"
                      r"message d'origine)\s?-{2,}$", re.IGNORECASE)  # fmt: skip
_FROM = re.compile(r"\*?(from|von|de|da|van|fr\u00e5n)\s?:\*?\s\S", re.IGNORECASE)
_THEN = re.compile(r"\*?(sent|date|to|gesendet|datum|an|enviado|fecha|para|envoy\u00e9|\u00e0|inviato|verzonden|aan|"
                   r"skickat|till|subject|betreff|asunto|objet)\s?:", re.IGNORECASE)  # fmt: skip
_SENT_FROM = re.compile(
    r"(sent from|get outlook for|sent via|von meinem .{1,30} gesendet|envoy\u00e9 de mon|enviado desde).{0,80}$",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_RULE = re.compile(r"_{10,}$")


def own_words(text: str) -> str:
    """The lines that the writer has added."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]]
    kept: list[str] = []
    for at, line in enumerate(lines):
        bare = line.strip()
        if line in ("--", "--\u00a0") or _is_history(lines, at, bare):
            break
        if bare.startswith(">"):
            continue
        kept.append(line)
    while kept and (not kept[-1].strip() or _SENT_FROM.match(kept[-1].strip())):
        kept.pop()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_history(lines: list[str], at: int, bare: str) -> bool:
    """Whether what is answered begins here."""
    if not bare:
        return False
    if _HISTORY.match(bare) or (_RULE.match(bare) and any(_FROM.match(one.strip()) for one in lines[at : at + 3])):
        return True
    if _FROM.match(bare) and any(_THEN.match(one.strip()) for one in lines[at + 1 : at + 4]):
        return True
    # Programs break the line that says who wrote, where it is long. It says when, which people do not.
    longer = [" ".join(one.strip() for one in lines[at : at + n])[:600] for n in (1, 2, 3)]
    return any(_DIGIT.search(one) and _WROTE.match(one) for one in longer)


def unfold(text: str, *, joined: bool) -> str:
    """Paragraphs that were broken into lines with a space at the end (RFC 3676); `joined`: that space is not theirs."""
    lines: list[str] = []
    soft = False
    for line in text.replace("\r\n", "\n").split("\n"):
        given = line.removeprefix(" ")
        quoted = line.startswith(">")
        if soft and lines and not quoted:
            lines[-1] += given
        else:
            lines.append(given)
        soft = given.endswith(" ") and given != "-- " and not quoted
        if soft and joined:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def from_html(page: str) -> str:
    """A mail's HTML as lines of text, without what it quotes. Whatever is wrong with it, something is made of it."""
    said: list[str] = []
    hidden: list[str] = []
    for one in tags(page):
        if isinstance(one, str):
            if not hidden:
                said.append(_SPACES.sub(" ", one.replace("\n", " ")))
        elif hidden:
            _follow(one, hidden)
        else:
            if not one.closing and one.name not in _VOID and _is_hidden(one):
                hidden.append(one.name)
            if one.name in _BLOCKS:
                said.append("\n")
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _is_hidden(tag: Tag) -> bool:
    style = tag.attributes.get("style", "").replace(" ", "").lower()
    quote = any(name in tag.attributes.get("class", "") for name in _QUOTES) or (
        tag.attributes.get("id", "") in ("divRplyFwdMsg", "appendonsend")
    )
    return tag.name in _HIDDEN or quote or "display:none" in style


def _follow(tag: Tag, hidden: list[str]) -> None:
    """Go on through what is hidden, until its own end."""
    if tag.name != hidden[-1]:
        return
    if tag.closing:
        hidden.pop()
    else:
        hidden.append(tag.name)
