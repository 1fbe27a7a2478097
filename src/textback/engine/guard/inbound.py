"""What strangers wrote, as a prompt may hold it: texts, names, fields and passages are data, never instructions."""

import re
import unicodedata

from textback.core.text import clean
from textback.engine.guard.said import said

LONGEST = 2_000
"""Characters that are kept, unless the caller says otherwise."""
_CUT = " (...)"
_MOST_MARKS = 3
_TOKENS = re.compile(
    r"<\|[^|<>\n]{0,40}\|?>|<\|?/?(?:im_start|im_end|system|assistant|user|s|sys|inst|tool|endoftext|start_of_turn|"
    r"end_of_turn|begin_of_text|eot_id|function_calls?|invoke|instructions?|prompt|passage|data|context|"
    r"document)\b[^<>\n]{0,60}>"
    r"|\[/?(?:INST|SYS|SYSTEM|ASSISTANT|USER|TOOL|ADMIN)\]|<</?SYS>>",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(^|[\n.!?;|>\]\"'])([ \t#*>\-]{0,8})(system|assistant|user|human|ai|developer|tool|function|"
    r"instructions?|sistema|"
    r"asistente|usuario)([ \t*]{0,4}(?:prompt|message|mensaje)?[ \t*]{0,4}):",
    re.IGNORECASE,
)
_FENCE = re.compile(r"([`~=_*#\-<>\"'])\1{2,}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPACES = re.compile(r"[ \t]{3,}")
_LINES = re.compile(r"(?:[ \t]*\n){3,}")
_SAFE = str.maketrans({"<": "‹", ">": "›", "`": "'", "{": "(", "}": ")"})


def unmarked(text: str, longest: int = LONGEST) -> str:
    """A stranger's text as it may stand in a prompt: no mark of ours or of a model's own can be in it, nothing is
    hidden, and it has at most `longest` characters. What it says stays. Doing it twice changes nothing; never
    raises."""
    kept = text[: longest * 4]
    while (again := _without_marks(kept)) != kept:
        kept = again
    if len(kept) > longest:
        kept = f"{kept[: max(0, longest - len(_CUT))].rstrip()}{_CUT}"[:longest].strip()
    return kept


def _without_marks(text: str) -> str:
    """One pass: each makes it shorter, or takes a mark out of it for good."""
    kept = _ROLE.sub(r"\1\2\3\4 -", _TOKENS.sub(" ", _visible(clean(text))))
    kept = _FENCE.sub(r"\1", kept).translate(_SAFE)
    return _LINES.sub("\n\n", _SPACES.sub(" ", kept)).strip()


def _visible(text: str) -> str:
    """Without what nobody sees: controls, marks of direction, tags, private and unassigned characters; letters in
    disguise as what they are."""
    if text.isascii():
        return _CONTROLS.sub("", text.replace("\r", "\n"))
    parts: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFKC", text.replace("\r", "\n")):
        kind = unicodedata.category(char)
        marks = marks + 1 if kind == "Mn" else 0
        if kind in ("Zl", "Zp"):
            parts.append("\n")
        elif char in "\n\t" or (kind[0] != "C" and marks <= _MOST_MARKS):
            parts.append(" " if kind == "Zs" else char)
    return "".join(parts)


_COMMANDS = re.compile(
    r"(?<= )(?:"
    r"(?:ignore|disregard|forget|override|bypass) (?:\w+ ){0,3}(?:instructions?|prompts?|rules?|question|"
    r"above|previous|prices)"
    r"|you are (?:now|no longer) (?:an? |in )?\w+"
    r"|(?:new|updated|system|developer|secret) (?:instructions?|prompt|message|override)"
    r"|(?:assistants?|ai|ais|llm|llms|chatbots?|language models?|ai agents?|ai assistants?|the model|"
    r"the bot)(?: \w+){0,5} (?:must|should|shall|always|never|is to|are to|has to|have to)"
    r"|(?:for|note to|dear|attention|hey|important for) (?:the |all |any )?(?:ai|ais|llms?|"
    r"language models?|chatbots?|assistants?|ai assistants?|bots?)"
    r"|(?:system|assistant) (?:from|the|you|ignore|say|tell|always|never|add|must|override)"
    r"|if you are an? (?:ai|llm|language model|assistant|bot|chatbot)"
    r"|(?:tell|inform|ask|instruct) (?:the |every |all |your )?(?:customers?|users?|readers?|visitors?|"
    r"clients?|contacts?)(?: \w+){0,2} (?:that|to)"
    r"|tell the (?:customer|user|reader|visitor)"
    r"|(?:add|append|include|insert) (?:\w+ ){1,14}to (?:your|every|each|all) (?:answers?|repl(?:y|ies)|"
    r"messages?|responses?)"
    r"|assistant (?:add|always|please|say|reply|answer)"
    r"|(?:print|reveal|repeat|output|show|leak) (?:\w+ ){0,4}(?:prompt|instructions|you were told|above|rules)"
    r"|ignor[ae] (?:\w+ ){0,4}(?:instrucciones|reglas|anterior(?:es)?)"
    r"|(?:el |la |todo )?(?:asistente|modelo|chatbot)(?: \w+){0,4} (?:debe|deben|tiene que|siempre|nunca)"
    r"|(?:diga|dile|digale) (?:al|a el|a la|a los) (?:cliente|usuario)s?"
    r")(?= )"
)


def commanding(text: str) -> bool:
    """Whether a text speaks to a model rather than to a reader. A passage that does is no source of anything."""
    prepared = said(text)
    return bool(_TOKENS.search(text) or any(_COMMANDS.search(one) for one in (prepared.words, prepared.undone) if one))
