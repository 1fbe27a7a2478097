"""How well a base answers: questions whose sources are known, against what is found."""

import csv
import io
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from textback.knowledge.answering import Answered, answer
from textback.knowledge.base import METHODS, Base, Method
from textback.knowledge.passages import FOLDER, Passage
from textback.knowledge.scoring import auroc, calibration_error

RANKS = (1, 3, 5)
BUCKETS = 5
ANSWER = 0.8


class QuestionsError(ValueError):
    """A file of questions can't be read; where and why."""


class Question(msgspec.Struct, frozen=True):
    """A question, and the passages or files that answer it: none where nothing does."""

    text: str
    sources: tuple[str, ...]
    locale: str = ""

    def expects(self, passage: Passage) -> bool:
        """Whether this passage is one of those that answer it."""
        names = {passage.id, passage.file, passage.file.removeprefix(FOLDER), f"{FOLDER}{passage.id}", passage.url}
        return any(source in names for source in self.sources)


class Bucket(msgspec.Struct, frozen=True):
    """Answers of like confidence: how many, how confident on average, and what share of them was right."""

    count: int
    confidence: float
    right: float


class Rated(msgspec.Struct, frozen=True):
    """How one method did. None stands where there was nothing to count.

    Attributes:
        method: lexical, embedded or hybrid.
        recall: By rank: the share of answerable questions with a right passage among the first 1, 3 or 5.
        mrr: One divided by the right passage's rank, on average (0 beyond the fifth).
        answerable_auroc: How well confidence tells questions with an answer from those without.
        calibration_error: How far confidence is from the share of right answers, on average.
        answered: The share of all questions whose confidence is enough to answer.
        answered_right: The share of those that were answered with a right passage.
        wrongly_answered: The share of questions without an answer that were answered nevertheless.
        buckets: Confidence by fifths, from 0 up.
        ms_p50, ms_p99: Milliseconds per question.
    """

    method: str
    recall: dict[str, float | None]
    mrr: float | None
    answerable_auroc: float | None
    calibration_error: float | None
    answered: float | None
    answered_right: float | None
    wrongly_answered: float | None
    buckets: list[Bucket]
    ms_p50: float
    ms_p99: float


def read_questions(text: str, file: str) -> list[Question]:
    """The questions of a CSV file with the columns question and source, and maybe locale; or of lines of JSON with the
    same keys. A source is a file (`prices.md`), a passage (`prices.md#tune-up`) or an address; several are separated by
    |, and none means that nothing answers it.

    Raises:
        QuestionsError: Naming the line.
    """
    text = text.removeprefix("\ufeff")
    found = []
    for line, row in _json(text, file) if text.lstrip().startswith("{") else _csv(text, file):
        question = row.get("question", "").strip()
        if not question:
            raise QuestionsError(f"{file}:{line}: There is no question.")
        sources = tuple(part for part in (one.strip() for one in row.get("source", "").split("|")) if part)
        found.append(Question(question, sources, row.get("locale", "").strip()))
    if not found:
        raise QuestionsError(f"{file} has no questions.")
    return found


def _json(text: str, file: str) -> list[tuple[int, dict[str, str]]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append((number, msgspec.json.decode(line.encode("utf-8", "replace"), type=dict[str, str])))
            except msgspec.MsgspecError as error:
                raise QuestionsError(f"{file}:{number}: {error}.") from None
    return found


def _csv(text: str, file: str) -> list[tuple[int, dict[str, str]]]:
    try:
        rows = csv.DictReader(io.StringIO(text.replace("\0", "")), restkey="")
        if missing := [name for name in ("question", "source") if name not in (rows.fieldnames or ())]:
            raise QuestionsError(f"{file}:1: There is no column {missing[0]!r}.")
        return [(rows.line_num, {key: value or "" for key, value in row.items() if key}) for row in rows]
    except csv.Error as error:
        raise QuestionsError(f"{file} is no CSV: {error}.") from None


def unknown_sources(base: Base, questions: Sequence[Question]) -> list[str]:
    """Sources that no passage has: the question's file is out of date, or a name is misspelt."""
    wanted = dict.fromkeys(source for question in questions for source in question.sources)
    return [name for name in wanted if not any(Question("", (name,)).expects(passage) for passage in base.passages)]


def rate(base: Base, questions: Sequence[Question], clock: Callable[[], float], now: int = 0) -> list[Rated]:
    """Every method that the base has, on the same questions. `clock` counts seconds."""
    methods = METHODS if base.vectors is not None else METHODS[:1]
    return [_rated(base, questions, method, clock, now) for method in methods]


def _rated(base: Base, questions: Sequence[Question], method: Method, clock: Callable[[], float], now: int) -> Rated:
    found: list[Answered] = []
    spent = []
    for question in questions:
        start = clock()
        found.append(answer(base, question.text, question.locale, now, method=method))
        spent.append((clock() - start) * 1_000)
    return sum_up(method, questions, found, spent)


def sum_up(method: str, questions: Sequence[Question], found: Sequence[Answered], spent: Sequence[float]) -> Rated:
    """The numbers of some answers, each with its question and the milliseconds it took; they may be several bases'."""
    ranks = [_rank(question, one) for question, one in zip(questions, found, strict=True) if question.sources]
    answerable = np.array([bool(question.sources) for question in questions])
    right = np.array([_rank(question, one) == 1 for question, one in zip(questions, found, strict=True)])
    sure = np.array([one.confidence for one in found])
    said = sure >= ANSWER
    mixed = answerable.any() and not answerable.all()
    places = np.minimum((sure * BUCKETS).astype(int), BUCKETS - 1)
    return Rated(
        method,
        {str(most): _share([0 < rank <= most for rank in ranks]) for most in RANKS},
        _share([1 / rank if rank else 0 for rank in ranks]),
        auroc(sure[answerable], sure[~answerable]) if mixed else None,
        calibration_error(sure, right),
        _share(said.tolist()),
        _share(right[said].tolist()),
        _share(said[~answerable].tolist()),
        [_bucket(sure[places == n].tolist(), right[places == n].tolist()) for n in range(BUCKETS)],
        float(np.percentile(spent, 50)),
        float(np.percentile(spent, 99)),
    )


def _bucket(sure: list[float], right: list[bool]) -> Bucket:
    return Bucket(len(sure), _share(sure) or 0, _share(right) or 0)


def _rank(question: Question, found: Answered) -> int:
    """Where the first right passage stands, from 1; 0 where it is not among those found."""
    hits = enumerate(found.asked.hits, 1)
    return next((rank for rank, hit in hits if question.expects(hit.passage)), 0)


def _share(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
