"""Fits the weights of engine/guard/confidence.py, and reports how honest they are: `python -m benchmarks.guard_fit`.

Replies are made by rules from the questions and bases in benchmarks/knowledge. Right ones say what a right passage
says, word for word or in other words. Wrong ones have a fact changed, say the opposite, mix up two prices, are from
another passage, or from another business, or answer what nothing answers. The first halves of the questions are fitted
to; the second halves are reported. Of one in ten questions another source says
something else, and is right half of the time. What the model says of
itself is drawn at random whether it is right or not, and its weight is set by hand: the evidence has to do without it.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.knowledge_fit import BUSINESSES, base_of, questions_of
from benchmarks.run import machine
from textback.core.errors import TextbackError
from textback.core.sentences import sentences
from textback.engine.guard.base import Proposal, Rules, Shown
from textback.engine.guard.calibration import Bucket, calibration_error, reliability
from textback.engine.guard.confidence import FEATURES, Weights, checked, confidence, evidence
from textback.engine.guard.grounds import grounds, read, stems
from textback.engine.guard.judge import judge
from textback.engine.guard.picture import diagram
from textback.engine.guard.said import said
from textback.knowledge.base import Base
from textback.knowledge.confidence import confidence as found_confidence
from textback.llm.encoder import open_encoder
from textback.settings import environment, load_settings

PENALTY = 0.5
SHOWN = 4
BY_ITSELF = 0.5
"""The weight of the model's own word."""
CONTRADICTED = 0.1
SEED = 6
RESULTS = Path(__file__).parent / "results" / "guard.json"
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "guard-reliability.svg"
BRANDS = {"bikes": "Larch Street Bikes", "dental": "Brookside Dental", "software": "Fernbook"}

Doubles = NDArray[np.float64]

_REWORDED = (
    (r"\bWe are\b", "We're"), (r"\bwe are\b", "we're"), (r"\bdo not\b", "don't"), (r"\bcannot\b", "can't"),
    (r"\bis (\$[\d,]+)", r"costs \1"), (r"\bcosts (\$[\d,]+)", r"is \1"), (r"\bPlease \b", ""),
    (r"\bYou can\b", "You may"),
    (r"\bMost\b", "Usually"), (r"\bIt takes\b", "That takes"), (r"\bWe take\b", "We accept"), (r"\bget\b", "receive"),
    (r"\bshop\b", "store"), (r"\bcosts from\b", "starts at"), (r"\bafter\b", "once past"), (r"\bchoose\b", "pick"),
    (r"\bevery\b", "each"), (r"\bquickly\b", "fast"), (r"\bup to\b", "at most"), (r"\bneed\b", "require"),
)  # fmt: skip
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Reply(msgspec.Struct, frozen=True):
    """A reply that a model might have given, and whether it is right."""

    kind: str
    business: str
    question: str
    shown: tuple[Shown, ...]
    proposal: Proposal
    right: bool


def shown_for(base: Base, question: str) -> tuple[tuple[Shown, ...], list[Any]]:
    """The passages that a model would be shown, and the hits that they are."""
    asked = base.search(question)
    hits = list(asked.hits[:SHOWN])
    if not hits:
        return (), []
    sure, top = found_confidence(base, asked), max(hits[0].score, 1e-6)
    each = (Shown(h.passage.id, h.passage.about, h.passage.text, sure * max(0.0, h.score) / top) for h in hits)
    return tuple(each), hits


def reworded(text: str, chance: random.Random) -> str:
    """The same in other words: a few are replaced, sentences joined, an opening added."""
    for pattern, instead in chance.sample(_REWORDED, len(_REWORDED)):
        if chance.random() < 0.6:
            text = re.sub(pattern, instead, text)
    each = sentences(text)
    if len(each) > 1 and chance.random() < 0.5:
        text = f"{each[0].rstrip('.')}, and {each[1][0].lower()}{each[1][1:]}"
    return chance.choice(("", "", "Yes, ", "Hi! ", "Sure. ", "Thanks for asking! ")) + text


def changed(text: str, chance: random.Random) -> str:
    """One number or day of it is another; empty where it has none."""
    places = list(_NUMBER.finditer(text))
    if places:
        hit = chance.choice(places)
        value = float(hit[0].replace(",", ""))
        other = chance.choice((value * 2, value + 1, value + 10, max(1, value // 2), value * 10))
        if other == value:
            other = value + 3
        return f"{text[: hit.start()]}{other:g}{text[hit.end() :]}"
    days = [day for day in _DAYS if day in text]
    if not days:
        return ""
    day = chance.choice(days)
    return text.replace(day, chance.choice([one for one in _DAYS if one not in days]))


def denied(text: str) -> str:
    """The opposite of its first sentence that has one; empty where none has."""
    for pattern, instead in (
        (r"\b(do|does|is|are|can|may|did) not\b", r"\1"), (r"\bcan't\b", "can"), (r"\bdon't\b", "do"),
        (r"\bNo\b", "An"),
        (r"\b(is|are|can|may|will) ", r"\1 not "), (r"\b[Ww]e (take|have|see|work|treat|sell|keep)\b", r"we don't \1"),
    ):  # fmt: skip
        found, count = re.subn(pattern, instead, text, count=1)
        if count:
            return found
    return ""


def replies(business: str, base: Base, others: dict[str, Base], half: str, chance: random.Random) -> Iterator[Reply]:
    """The replies to one half of a business's questions."""
    for question in questions_of(business, half):
        shown, hits = shown_for(base, question.text)
        if not shown:
            continue
        right = next((hit for hit in hits if question.expects(hit.passage)), None)
        made: list[tuple[str, str, str, bool]] = []
        foreign = chance.choice(chance.choice([*others.values()]).passages)
        if right is not None:
            its = right.passage
            rival = changed(its.text, chance) if chance.random() < CONTRADICTED else ""
            if rival:
                shown = (*shown[:-1], Shown("other.md#rival", its.about, rival, shown[0].confidence * 0.95))
                truth = chance.random() < 0.5
                made += [("what another source says", " ".join(sentences(rival)[:2]), "other.md#rival", not truth)]
            else:
                truth = True
            text = " ".join(sentences(its.text[right.start : right.end])[:2])
            made += [("as it is", text, its.id, truth), ("in other words", reworded(text, chance), its.id, truth)]
            made += [("in other words", reworded(text, chance), its.id, truth)]
            wrong = [("a fact changed", changed(text, chance)), ("the opposite", denied(text))]
            wrong += [("a fact changed, in other words", changed(reworded(text, chance), chance))]
            other = [hit for hit in hits if not question.expects(hit.passage)]
            if other:
                wrong.append(("from another passage", " ".join(sentences(chance.choice(other).passage.text)[:2])))
            wrong.append(("made up", " ".join(sentences(foreign.text)[:2])))
            made += [(kind, text, its.id, False) for kind, text in chance.sample(wrong, 3) if text]
        else:
            first = hits[0].passage
            text = " ".join(sentences(first.text)[:2])
            made += [("nothing answers it", text, first.id, False)]
            made += [("nothing answers it, in other words", reworded(text, chance), first.id, False)]
        for kind, text, source, good in made:
            own = chance.betavariate(6, 2)
            named = chance.random() < (0.9 if good else 0.8)
            hedged = "I think " + text[0].lower() + text[1:] if chance.random() < (0.04 if good else 0.12) else text
            proposal = Proposal(hedged, own, sources=(source,) if named else ())
            yield Reply(kind, business, question.text, shown, proposal, good)


def rules_of(reply: Reply) -> Rules:
    """What holds for replies of this business."""
    return Rules(
        links=frozenset({"example.com"}), segments=6, brand=BRANDS[reply.business], contact=(reply.question,),
        locale="es" if reply.shown[0].id.startswith("es") else "en",
    )  # fmt: skip


def features(reply: Reply) -> tuple[float, ...]:
    """What the regression sees of it."""
    its = grounds(reply.shown, reply.question, rules_of(reply))
    found = evidence(reply.proposal, checked(read(reply.proposal.reply), its), its, stems(said(reply.question).words))
    return tuple(msgspec.structs.astuple(found))


def fit(x: Doubles, right: Doubles, given: Doubles) -> Doubles:
    """Logistic regression by Newton's method: the bias, and a weight per column. `given` is added to each score."""
    z = np.c_[np.ones(len(x)), x]
    weights = np.zeros(z.shape[1])
    penalty = np.diag([1e-6, *[PENALTY] * x.shape[1]])
    for _ in range(100):
        chances = 1 / (1 + np.exp(-z @ weights - given))
        slope = z.T @ (chances - right) + penalty @ weights
        curve = (z * (chances * (1 - chances))[:, None]).T @ z + penalty
        weights -= np.linalg.solve(curve, slope)
    return weights


def auroc(pairs: list[tuple[float, bool]]) -> float:
    """How often a right reply is surer than a wrong one."""
    yes, no = [c for c, right in pairs if right], [c for c, right in pairs if not right]
    wins = sum((a > b) + 0.5 * (a == b) for a in yes for b in no)
    return wins / max(1, len(yes) * len(no))


def measured(each: list[Reply], weights: Weights) -> dict[str, Any]:
    """How honest the weights are about these replies, and what the checks find besides."""
    pairs: list[tuple[float, bool]] = []
    passed: list[tuple[float, bool]] = []
    by_kind: dict[str, dict[str, Any]] = {}
    for reply in each:
        judged = judge(reply.proposal, reply.shown, reply.question, rules_of(reply))
        its = grounds(reply.shown, reply.question, rules_of(reply))
        found = evidence(
            reply.proposal, checked(read(reply.proposal.reply), its), its, stems(said(reply.question).words)
        )
        pair = (confidence(found, weights), reply.right)
        pairs.append(pair)
        kind = f"{reply.kind}, right" if reply.right else reply.kind
        row = by_kind.setdefault(kind, {"right": reply.right, "count": 0, "flawed": 0, "sent": 0, "confidence": 0.0})
        row["count"] += 1
        row["confidence"] += pair[0]
        row["flawed"] += bool(judged.flaws)
        row["sent"] += not judged.flaws and pair[0] >= 0.8
        if not judged.flaws:
            passed.append(pair)
    for row in by_kind.values():
        row["confidence"] = round(row["confidence"] / row["count"], 3)
    return {"all": _numbers(pairs), "without flaws": _numbers(passed), "kinds": by_kind}


def _numbers(pairs: list[tuple[float, bool]]) -> dict[str, Any]:
    buckets = [
        {key: round(value, 3) for key, value in msgspec.structs.asdict(one).items()} for one in reliability(pairs)
    ]
    sent = [right for sure, right in pairs if sure >= 0.8]
    return {
        "replies": len(pairs),
        "right": round(sum(right for _, right in pairs) / len(pairs), 3),
        "calibration_error": round(calibration_error(pairs), 4),
        "auroc": round(auroc(pairs), 4),
        "sure": round(len(sent) / len(pairs), 3),
        "sure_right": round(sum(sent) / max(1, len(sent)), 3),
        "buckets": buckets,
    }


def table(found: dict[str, Any]) -> str:
    """The buckets as a table for the documents."""
    rows = ["| Confidence | Replies | On average | Right | 95 % of the time between |", "|---|---|---|---|---|"]
    rows += [
        f"| {one['low']:.1f} to {one['high']:.1f} | {one['count']} | {one['confidence']:.2f} "
        f"| {one['right']:.2f} | {one['least']:.2f} and {one['most']:.2f} |"
        for one in found["buckets"]
    ]
    return "\n".join(rows)


def main() -> None:
    """Fit, report, and write the results and the picture."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write results/guard.json and the picture")
    write = options.parse_args().write
    encoder, why = open_encoder(Path(load_settings(environment(Path.cwd())).model_dir).expanduser())
    if encoder is None:
        raise TextbackError(why)
    bases = {name: base_of(name, encoder) for name in BUSINESSES}
    made: dict[str, list[Reply]] = {}
    for half in ("dev", "held"):
        chance = random.Random(f"{SEED} {half}")
        made[half] = []
        for name, base in bases.items():
            others = {other: one for other, one in bases.items() if other != name}
            made[half] += replies(name, base, others, half, chance)
    x = np.array([features(one) for one in made["dev"]])
    own = FEATURES.index("self")
    bias, *each = fit(np.delete(x, own, 1), np.array([one.right for one in made["dev"]], float), BY_ITSELF * x[:, own])
    each.insert(own, BY_ITSELF)
    weights = Weights(round(float(bias), 2), tuple(round(float(one), 2) for one in each))
    print("FITTED =", weights, dict(zip(FEATURES, weights.each, strict=True)))
    found = measured(made["held"], weights)
    print(
        json.dumps(
            {
                "all": {**found["all"], "buckets": 0},
                "without flaws": {**found["without flaws"], "buckets": 0},
                "kinds": found["kinds"],
            },
            indent=1,
        )
    )
    print(table(found["all"]))
    print(table(found["without flaws"]))
    if write:
        RESULTS.write_text(json.dumps({"machine": machine(), "results": {"guard": found}}, indent=2) + "\n")
        PICTURE.write_text(diagram(reliability_of(found), "Replies to questions that were held back"))


def reliability_of(found: dict[str, Any]) -> list[Bucket]:
    """The buckets of all replies, as the picture draws them."""
    return [msgspec.convert({**one, "count": int(one["count"])}, Bucket) for one in found["all"]["buckets"]]


if __name__ == "__main__":
    main()
