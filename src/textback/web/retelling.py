"""Sentences that other rooms made in English, with values in them, said in the language of the page: the gate's, and
what is known of lines, letters, the ledger and rows of files. Whatever is not known here is shown as it came. Pure."""

import re
from functools import cache

from textback.web.phrases import spoken, tell

#: The sentences, as they are made: `tests/web/test_retelling.py` compares them with those who make them.
GATE = (
    "{why} Nobody did in time.",
    "{why} When it may go again, it is too old.",
    "They agreed to {other}, which is no consent to {what}.",
    "The line {says}, so nothing goes from it to the United States. {fix}",
    "The line is registered for {use_case}, which promotional texts are not part of.",
    "They have had {n} promotional texts in 24 hours.",
    "They have had as many texts of {programme} as they were promised: {promised}.",
    "They have had as many texts as they were promised: {promised}.",
    "It is {when}, a day on which none go ({rule}).",
    "It is {when}; they may go from {since} to {until} ({rule}).",
)
LINES = (
    "Something was posted to /webhooks/{line}, and there is no line of that name.",
    "If that was the provider, give it this address instead: {address}",
    "Text the number. Nothing comes? Give {provider} this address, for this number: {address}",
    "A request came, and its signature is not right ({detail}).",
    "A request came, and its signature is not right.",
    "A signed request came that makes no sense ({detail}).",
    "A signed request came that makes no sense.",
    "See whether another product of {provider} has this address; Stuck shows what was posted.",
    "A request came in a form that {provider} does not use.",
    "Set how {provider} posts as docs/how-to/{page}.md says, or find out who else posts there.",
    "Find out who posts there: {provider}'s are small.",
    "{provider} asked for the address with another token than this line's.",
    "Compare the line's keys with the provider's, and its address with {address}",
    "Compare {keys} with {provider}'s console. It signs the address too: it must have exactly {address}",
    "Compare {keys} with {provider}'s console.",
    "The line {says}: nothing goes from it to the United States.",
    "Nobody knows the kind {kind}.",
    "Use one of {kinds}.",
    "Declared as {status}.",
    "{provider} could not be asked: {problem}.",
    "{provider} does not accept them (HTTP {status}).",
    "{provider} knows no such account (HTTP 404).",
    "{provider} answered HTTP {status}.",
    "{provider} accepts them.",
    "It can't be reached from here: {problem}.",
    "Something else answers there, with HTTP {status}.",
)
LETTERS = (
    "There is no line {line} here.",
    "Its signature is still not right: {error}.",
    "It is signed, but makes no sense: {error}.",
)
LEDGER = (
    "its {n} entries are gone",
    "entry {n} is missing before it",
    "its chain ends after entry {n}, but should end with entry {m}",
    "the seal of day {day} of bucket {bucket} is wrong",
    "day {day} of bucket {bucket} has {n} entries that are not the {m} sealed then",
)
IMPORTS = (
    "The file breaks off in the middle of a letter. {fix}",
    "That is not a CSV file, but perhaps a workbook. {fix}",
    "Line {n} has letters that are not UTF-8. {fix}",
    "The file has {n} columns; at most {most} go. Take some away.",
    "Line {n} has a value that is too long. Perhaps a quote is never closed.",
    "Line {n} has quotes that do not fit. Mend it, and choose the file again.",
    "The file has more than {n} rows. Cut it into several.",
    "That is {n} characters; at most {most} go.",
    "{field} is one of {choices}.",
    "{field} is yes or no.",
    "{field} is a day such as 2026-03-02.",
    "{field} is a number.",
    "Two columns are {name}. Leave one out.",
    "“{tag}” is no tag: small letters, digits, - and _, up to 40 of them.",
    "The row has {n} values for {m} columns. Is there a quote missing?",
    "The name has {n} characters; at most {most} go.",
    "The same number is in line {n}.",
    "They would have more than {n} tags.",
    "They would have more than {n} fields.",
)
ROUTING = (
    "There is no queue {queue} in the bot's files.",
    "The bot's files have no queue {queue} any more.",
    "The bot's files have no persona {name} any more.",
    "Nothing in the bot's files gives the reason {name} any more.",
    "The bot's files do not name the language {name} any more.",
    "Write from which confidence a reply about {intent} is sent.",
    "A persona has at most {n} intents with thresholds of their own.",
)
FILES = (
    "The provider refused our account or key ({status}).",
    "The server answered {status}.",
    "No answer in {seconds} s.",
    "The provider’s answer names no file.",
    "The provider showed a page instead: the key may lack a permission.",
    "It was sent on again and again.",
    "It was sent on to something that is no web address.",
    "Its address is no web address.",
    "Its address does not begin with https://. {setting} lists those that need not.",
    "The line is gone, or its provider has no files.",
    "Each server that fetched it stopped before it had it.",
    "The host's address can't be found.",
    "The host has a private address. {setting} lists those that may be called.",
    "The host has no address.",
    "The host's certificate is not right.",
    "The host takes no connection.",
    "The answer is not HTTP.",
    "The connection broke before the answer was complete.",
    "The address or a header has a character in it that can't be sent.",
)
FLOWS = (
    "Somebody has deleted or renamed {path} meanwhile. Copy your text, then add the file.",
    "All files together may have {n} characters. Make this one shorter.",
    "All files together may have {n} characters.",
    "There is no {path} any more.",
    "There is a {path} already.",
    "There is a template {name} already.",
    "A folder may have {n} files.",
    "Nothing is published: the template {name} is not approved.",
    "Nothing is published: the templates {names} are not approved.",
    "Nothing is published: the templates {names} and {n} more are not approved.",
    "there is no flow {flow}",
    "there is no step {step}",
    "there is no step {step}, where a correction leads back to",
    "{step} is not a question any more",
)
PATTERNS = (*GATE, *LINES, *LETTERS, *LEDGER, *IMPORTS, *ROUTING, *FILES, *FLOWS)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WHEN = re.compile(rf"({'|'.join(WEEKDAYS)}) (\d+:\d\d) in (\S+)")
_NAME = re.compile(r"\{(\w+)\}")
WORDS = frozenset({"why", "fix", "says", "other", "what", "when"})
"""Values that are words of ours themselves."""
MOST = 1_000
"""Characters of a sentence that is looked at."""


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """What has most words of its own comes first."""
    found = []
    for words in sorted(PATTERNS, key=lambda one: -len(_NAME.sub("", one))):
        parts = _NAME.split(words)  # literal, name, literal, ...
        made = "".join(f"(?P<{one}>.+?)" if n % 2 else re.escape(one) for n, one in enumerate(parts))
        found.append((words, re.compile(made, re.DOTALL)))
    return found


def retell(sentence: str) -> str:
    """The sentence in the language of the page that is being made."""
    if spoken() == "en":
        return sentence
    said = tell(sentence)
    if said != sentence or len(sentence) > MOST:
        return said
    if day := _WHEN.fullmatch(sentence):
        return tell("{day} {time} in {zone}", day=tell(day[1]), time=day[2], zone=day[3])
    for words, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found is not None:
            given = found.groupdict()
            return tell(words, **given | {name: retell(value) for name, value in given.items() if name in WORDS})
    return sentence
