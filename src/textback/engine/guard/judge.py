"""Everything that a language model's reply passes before a customer reads it.

The model, the passages and the contact are strangers: nothing that they write is an instruction, and a reply is only
what the passages bear out. Each check adds its flaws; a reply with one is never sent unseen.

What the kinds of flaw mean: `empty`, nothing is said. `characters`, something in it hides. `link`, it leads to a host
that the business has not named. `other_person`, a phone number, address or name that nobody gave, or somebody else's
data. `price`, `number`, `promise`: a fact that the passages do not have, or have of something else. `promise`,
`refund`: more is promised than they say. `done`, it says that something was done, and a reply does nothing. `topic`,
what no model speaks of. `human`, it says that it is one. `prompt`, `secret`: it gives away what nobody may read.
`instructed`, code or markup, or words that show somebody else's orders. `consent`, it speaks of opting in or out,
which rules alone decide. `promotional`, words of sales. `language`, another than the contact's. `too_long`.
`unsupported`, the passages do not say so, or say the opposite.
"""

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from textback.engine.guard.base import Flaw, FlawKind, Judgement, Proposal, Rules, Shown
from textback.engine.guard.characters import cleaned
from textback.engine.guard.confidence import Checked, checked, confidence, evidence
from textback.engine.guard.grounds import NEARLY_ALL, Grounds, Sentence, facts_of, grounds, read, stems, support
from textback.engine.guard.hedging import refers
from textback.engine.guard.language import foreign as foreign_language
from textback.engine.guard.leaks import gives, secret_looking, told
from textback.engine.guard.length import within
from textback.engine.guard.links import emails, find, foreign, hosts_of, spelt_emails
from textback.engine.guard.people import doing, introduced, names, phones, same_number, spelt_phones, spoken_of, unknown
from textback.engine.guard.phrases import BORNE_OUT, any_pattern, avoided, kind_of, phrases, says
from textback.engine.guard.said import Said, said, stem

LONGEST = 10_000
"""Characters of a reply that are looked at; a longer one is too long."""
LEAST_SUPPORT = 0.5
"""The share of what a sentence says that the passages must have."""
MOST_FLAWS = 20
_LINK = "[link]"
_BIT = 0.1
"""Of two words both must be borne out: half of "we fix motorcycles" is not enough."""
_HIDDEN = "not shown, as it gives something away"
_REFERRING = 2
"""Words that nobody has said, which a sentence may have that only says who knows."""
_NO_COST = frozenset(map(stem, ("free", "gratis", "charge", "house", "cost", "complimentary")))
_MARKUP = re.compile(
    r"<[a-z/!?][^<>]{0,200}>|```|`[^`\n]{1,200}`|\{\{|\{%|\{\s?[\"']\w|\[/?[A-Z]{3,12}\]|<\||\]\(|"
    r"\b\w{2,40}\(\)?(?:[\"'\w=][^()\n]{0,100})?\)"
    r"|^\s{0,8}(?:system|assistant|user|human|ai|dan|developer|tool)\s{0,3}:|(?-i:\b(?:SELECT|DROP|INSERT|"
    r"DELETE|UPDATE) [A-Z*]\w{0,20} )|"
    r"[\w\]]\s?=\s?[\"'\[{]|;\s*$|\bimport \w+;|\$\{",
    re.MULTILINE | re.IGNORECASE,
)
_AGREES = re.compile(
    r"^(?: (?:yes|yeah|sure|ok|okay|of course|agreed|absolutely|certainly|correct|no problem|"
    r"that is (?:right|correct|true)|"
    r"you are (?:right|correct)|right|true|exactly|it is|we do|we can|you can|si|claro|de acuerdo|"
    r"por supuesto|correcto|"
    r"exacto|asi es|vale|help yourself|deal))+ $"
)


_OURS = re.compile(r"(?<= )(?:us|our|me|llamenos|escribanos|nuestro|call|llame|text|dial|pay)(?= )")
_HUMAN = re.compile(
    r"^ (?:yes |sure |si |claro |a |an |una |un |of course |100 )*(?:human|person|persona|humano|humana|"
    r"real)(?: here| of course| real| claro)* $"
)
_EVERY = re.compile(
    r"(?<= )(?:everything|everyone|anyone|always|never|forever|unlimited|siempre|nunca|todos|cualquiera)(?= )(?! else)"
)


class Reply(msgspec.Struct, frozen=True):
    """A reply with everything that the checks ask of it."""

    text: str
    said: Said
    sentences: tuple[Sentence, ...]
    grounds: Grounds
    rules: Rules
    asked: frozenset[str]
    checked: tuple[Checked, ...]


Flaws = Iterator[Flaw]


def judge(proposal: Proposal, shown: Sequence[Shown], question: str, rules: Rules) -> Judgement:
    """Judge what a model proposes. Pure; never raises, whatever the texts.

    Args:
        proposal: What the model gave.
        shown: The passages that it was shown.
        question: What the contact asked.
        rules: What holds for the reply.
    """
    text, hidden = cleaned(proposal.reply[:LONGEST])
    flaws = [Flaw("characters", what) for what in hidden]
    if not any(char.isalnum() for char in text):
        return Judgement("", 0.0, 0.0, (*flaws, Flaw("empty", "it says nothing")))
    short = within(text, max(1, rules.segments)) if len(proposal.reply) <= LONGEST else ""
    if not short:
        flaws.append(Flaw("too_long", f"more than {rules.segments} segments, and its first sentences are no answer"))
    reply = _reply(short or text, shown, question, rules)
    for check in CHECKS:
        flaws += check(reply)
    found = evidence(proposal, reply.checked, reply.grounds, reply.asked)
    if any(flaw.kind in ("prompt", "secret") for flaw in flaws):
        flaws = [flaw if flaw.kind in ("prompt", "secret") else Flaw(flaw.kind, _HIDDEN) for flaw in flaws]
    kept = tuple(dict.fromkeys(flaws))[:MOST_FLAWS]
    return Judgement(_showable(reply, kept), confidence(found), _support(reply), kept)


def _reply(text: str, shown: Sequence[Shown], question: str, rules: Rules) -> Reply:
    asked = stems(said(question[:LONGEST]).words)
    its = grounds(shown, question[:LONGEST], rules)
    sentences = read(text)
    return Reply(text, said(text), sentences, its, rules, asked, checked(sentences, its))


def _showable(reply: Reply, flaws: Sequence[Flaw]) -> str:
    """The reply without what nobody may read, and without links that lead elsewhere."""
    if any(flaw.kind in ("prompt", "secret") for flaw in flaws):
        return ""
    text = reply.text
    for start, end, _ in reversed(_foreign(reply)):
        text = f"{text[:start]}{_LINK}{text[end:]}"
    return text


def _support(reply: Reply) -> float:
    """The share of its words and facts that the passages bear out."""
    size = right = 0.0
    for one in reply.checked:
        size += len(one.sentence.stems) + len(one.facts)
        right += one.support * len(one.sentence.stems) + sum(fact.borne for fact in one.facts)
    return right / size if size else 0.0


def _foreign(reply: Reply) -> list[tuple[int, int, str]]:
    rules = reply.rules
    return foreign(reply.text, hosts_of(rules.links, rules.email), reply.grounds.texts)


def _links(reply: Reply) -> Flaws:
    for _, _, link in _foreign(reply):
        yield Flaw("link", f"leads to {link[:60]}")


def _without_links(reply: Reply) -> str:
    text = reply.text
    for start, end, _ in reversed(find(text)):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _reached(reply: Reply) -> Flaws:
    """Phone numbers and e-mail addresses."""
    its = reply.grounds
    ours = [*(number for text in its.texts for number in phones(text)), *phones(reply.rules.phone)]
    known = [*ours, *phones(its.contact)]
    as_ours = _OURS.search(reply.said.words) is not None
    for number in (*phones(reply.text), *spelt_phones(reply.said.low)):
        if not any(same_number(number, one) for one in (ours if as_ours else known)):
            yield Flaw("other_person", f"a phone number that nobody gave, ending in {number[-2:]}")
    mails = {one for text in (*its.texts, "" if as_ours else its.contact, reply.rules.email) for one in emails(text)}
    for mail in emails(reply.text):
        if mail not in mails:
            yield Flaw("other_person", f"an e-mail address that nobody gave: {mail[:60]}")
    for mail in spelt_emails(reply.said.low):
        yield Flaw("other_person", f"an e-mail address in words: {mail[:60]}")


def _names(reply: Reply) -> Flaws:
    known = reply.grounds.known
    if _HUMAN.match(reply.said.words):
        yield Flaw("human", "it says that it is one")
    for name in unknown(introduced(reply.text), f" {reply.rules.brand.casefold()} "):
        yield Flaw("human", f"it gives itself a name: {name}")
    ours = said(" ".join((*reply.grounds.texts, reply.rules.brand, *reply.rules.fields.values()))).words
    for name in doing(reply.text):
        if f" {said(name).words.strip()} " not in ours:
            yield Flaw("other_person", f"it speaks of somebody: {name}")
    for name in dict.fromkeys(names(_without_links(reply))):
        if f" {name.casefold()} " not in known:
            yield Flaw("other_person", f"a name that nobody gave: {name}")
        elif f" {said(name).words.strip()} " not in ours and spoken_of(reply.text, name):
            yield Flaw("other_person", f"it speaks of somebody whom only the contact named: {name}")


_KINDS: dict[str, FlawKind] = {"money": "price"}


def _facts(reply: Reply) -> Flaws:
    bare = _without_links(reply)
    for one in reply.checked if bare == reply.text else checked(read(bare), reply.grounds):
        sentence = one.sentence
        for its in one.facts:
            fact = its.fact
            if fact.value == "today" and not sentence.stems:
                continue
            kind: FlawKind = "promise" if fact.value == "free" else _KINDS.get(fact.kind, "number")
            if fact.kind == "phone":
                continue
            if not its.borne:
                yield Flaw(kind, f"no passage has {fact.kind} {fact.value}")
            elif its.misplaced or (fact.value == "free" and not _free(sentence, reply)):
                yield Flaw(kind, f"the passages say another {fact.kind} than {fact.value} of it")


def _free(sentence: Sentence, reply: Reply) -> bool:
    """Whether a passage has something free that this sentence, or the question, is about."""
    if any(sentence.words in passage.words for passage in reply.grounds.passages):
        return True
    about = (sentence.stems | reply.asked) - _NO_COST
    values = {fact.value for _, fact in facts_of(sentence)} - {"free"}
    for passage in reply.grounds.passages:
        for other in passage.sentences:
            its = {fact.value for _, fact in facts_of(other)}
            if "free" in its and (about & (other.stems | passage.about) - _NO_COST or values & its):
                return True
    return False


def _says(reply: Reply) -> Flaws:
    patterns = any_pattern(reply.said.words)
    for sentence in reply.sentences:
        for kind, phrase in phrases(sentence.words, patterns=patterns):
            if kind not in BORNE_OUT or not _in_passage(phrase, sentence, reply.grounds, verbatim=kind != "done"):
                yield Flaw(kind_of(kind), f"{kind}: {phrase}")
    for undone in filter(None, reply.said.undone.split("|")):
        for kind, phrase in phrases(undone):
            yield Flaw(kind_of(kind), f"{kind}, in disguise: {phrase}")
    for topic, word in avoided(reply.said.words, reply.rules.avoid):
        yield Flaw("topic", f"{topic}: {word}")


def _in_passage(phrase: str, sentence: Sentence, its: Grounds, *, verbatim: bool = True) -> bool:
    """Whether a sentence of a passage that is about the same has these very words; or with `verbatim`, a passage all of
    this sentence."""
    for passage in its.passages:
        if verbatim and sentence.words in passage.words:
            return True
        for other in passage.sentences:
            shared = len(sentence.stems & other.stems)
            if shared and shared >= LEAST_SUPPORT * len(sentence.stems) and says(phrase, other.words):
                return True
    return False


def _leaks(reply: Reply) -> Flaws:
    its, rules = reply.grounds, reply.rules
    if gives(reply.text, rules.secrets):
        yield Flaw("secret", "it gives away a secret")
    what = secret_looking(_without_links(reply))
    if what:
        yield Flaw("secret", f"something looks like {what}")
    if told(reply.text, rules.prompt, (*its.texts, its.contact), rules.brand):
        yield Flaw("prompt", "it repeats what the model was told")


def _markup(reply: Reply) -> Flaws:
    hit = _MARKUP.search(reply.text)
    if hit:
        yield Flaw("instructed", f"markup or code: {hit[0].strip()[:40]}")


def _language(reply: Reply) -> Flaws:
    language = foreign_language(reply.text, reply.said.words, reply.rules.locale)
    if language:
        yield Flaw("language", f"it is in {language}, not in {reply.rules.locale}")


def _unsupported(reply: Reply) -> Flaws:
    its = reply.grounds
    if _AGREES.match(reply.said.words):
        yield Flaw("unsupported", "it agrees without saying what to")
    for one in reply.checked:
        sentence = one.sentence
        hedging = refers(sentence.words)
        also = its.contact_stems if hedging else its.contact_names
        missing = len(sentence.stems) * (1 - support(sentence, its.passages, also))
        size = len(sentence.stems) + sum(fact.borne for fact in one.facts)
        enough = LEAST_SUPPORT * size - (size == 2) * _BIT
        if missing > (_REFERRING if hedging else 0) and missing > enough:
            yield Flaw("unsupported", f"no passage says: {sentence.text[:60]}")
        elif one.opposite:
            yield Flaw("unsupported", f"a passage says the opposite: {sentence.text[:60]}")
        elif not sentence.denies and one.nearest < NEARLY_ALL and _denied_there(sentence, its):
            yield Flaw("unsupported", f"a passage denies: {sentence.text[:60]}")
        elif any(not _in_passage(hit[0], sentence, its) for hit in _EVERY.finditer(sentence.words)):
            yield Flaw("unsupported", f"no passage says so of everything: {sentence.text[:60]}")
        elif sentence.denies and sentence.stems and not hedging and not _denied(sentence, its):
            yield Flaw("unsupported", f"no passage denies: {sentence.text[:60]}")


def _denied(sentence: Sentence, its: Grounds) -> bool:
    return any(other.denies and sentence.keys & other.keys for passage in its.passages for other in passage.sentences)


def _denied_there(sentence: Sentence, its: Grounds) -> bool:
    """Whether all that a passage denies in a sentence is said here."""
    return any(
        other.denies and other.keys and other.keys <= sentence.keys
        for passage in its.passages for other in passage.sentences
    )  # fmt: skip


Check = Callable[[Reply], Flaws]
CHECKS: tuple[Check, ...] = (
    _links, _reached, _names, _facts, _says, _leaks, _markup, _language, _unsupported,
)  # fmt: skip
