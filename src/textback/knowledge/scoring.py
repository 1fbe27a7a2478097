"""How good a classifier is, from texts whose intent is known."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from textback.knowledge.classify import Classified, Model

BINS = 15
KEEP = 0.95

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """All shares are 0 to 1, and None where there are no texts of that kind.

    Attributes:
        accuracy: Of the texts in scope, those whose likeliest intent is right, whatever the thresholds.
        oos_recall, oos_precision: Rejected, that is below the lower threshold: of all that are out of scope; and of all
            that were rejected, those that are.
        oos_auroc: How well known-ness parts texts in scope from others: 1 is perfectly, 0.5 not at all.
        oos_rejected_at_95: Out of scope and below the known-ness that 95 % of the right answers have.
        calibration_error: Expected calibration error of `confidence` in scope.
        acted, asked: Of the texts in scope, those above the upper threshold, and those between the two.
        act, clarify: The thresholds.
    """

    method: str
    intents: int
    texts: int
    oos_texts: int
    accuracy: float | None
    oos_recall: float | None
    oos_precision: float | None
    oos_auroc: float | None
    oos_rejected_at_95: float | None
    calibration_error: float | None
    acted: float | None
    asked: float | None
    act: float
    clarify: float
    ms_p50: float
    ms_p99: float


def score(
    model: Model, labels: Sequence[str | None], found: Sequence[Classified], milliseconds: Sequence[float]
) -> Scored:
    """Compare what a model found with the labels; None is out of scope."""
    strange = np.array([label is None for label in labels])
    right = np.array([label == one.intent for label, one in zip(labels, found, strict=True)])
    known = np.array([one.knownness for one in found], np.float64)
    sure = np.array([one.confidence for one in found], np.float64)
    rejected = known < model.clarify
    inside, both = ~strange, bool(strange.any() and not strange.all())
    return Scored(
        method=model.method,
        intents=len(model.intents),
        texts=len(labels),
        oos_texts=int(strange.sum()),
        accuracy=_share(right[inside]),
        oos_recall=_share(rejected[strange]),
        oos_precision=_share(strange[rejected]) if strange.any() else None,
        oos_auroc=auroc(known[inside], known[strange]) if both else None,
        oos_rejected_at_95=_rejected(known[right], known[strange]) if both and right.any() else None,
        calibration_error=calibration_error(sure[inside], right[inside]) if inside.any() else None,
        acted=_share(known[inside] >= model.act),
        asked=_share((known[inside] < model.act) & ~rejected[inside]),
        act=model.act,
        clarify=model.clarify,
        ms_p50=float(np.percentile(milliseconds, 50)),
        ms_p99=float(np.percentile(milliseconds, 99)),
    )


def _share(flags: Flags) -> float | None:
    return float(flags.mean()) if len(flags) else None


def _rejected(right: Doubles, strange: Doubles) -> float:
    return float((strange < np.quantile(right, 1 - KEEP)).mean())


def auroc(high: Doubles, low: Doubles) -> float:
    """The chance that one of `high` is above one of `low`; ties count half."""
    everything = np.concatenate((high, low))
    _, place, counts = np.unique(everything, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    above = ranks[: len(high)].sum() - len(high) * (len(high) + 1) / 2
    return float(above / (len(high) * len(low)))


def calibration_error(sure: Doubles, right: Flags) -> float:
    """How far stated confidence is from the share that is right, over bins of equal width."""
    bins = np.minimum((sure * BINS).astype(np.intp), BINS - 1)
    gaps = [abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))
