"""What people's verdicts say of confidence: a report by bucket, and a map that makes it honest.

A reply that a person let go as it was is right; one that they changed or threw away is wrong. Both are pure.
"""

import bisect
import math
from collections.abc import Sequence

import msgspec

BUCKETS = 10
PRIOR = 160
"""The map starts as if so many replies had come out just as their confidence said, evenly over all of it: five verdicts
hardly move it, two hundred do."""
GRID = 20
"""Places between 0 and 1 at which the prior stands."""

Pair = tuple[float, bool]


class Bucket(msgspec.Struct, frozen=True):
    """Replies of like confidence, from `low` to below `high`: how many, how confident on average, what share of them
    was right, and between which shares that may truly be (95 %, Wilson)."""

    low: float
    high: float
    count: int
    confidence: float
    right: float
    least: float
    most: float


def reliability(pairs: Sequence[Pair], buckets: int = BUCKETS) -> list[Bucket]:
    """How often replies were right, by their confidence. Buckets without any reply are left out."""
    each: list[list[Pair]] = [[] for _ in range(max(1, buckets))]
    for confidence, right in pairs:
        sure = clipped(confidence)
        each[min(len(each) - 1, int(sure * len(each)))].append((sure, right))
    found = []
    for place, its in enumerate(each):
        if its:
            count = sum(good for _, good in its)
            least, most = interval(count, len(its))
            mean = sum(sure for sure, _ in its) / len(its)
            low, high = place / len(each), (place + 1) / len(each)
            found.append(Bucket(low, high, len(its), mean, count / len(its), least, most))
    return found


def calibration_error(pairs: Sequence[Pair], buckets: int = BUCKETS) -> float:
    """How far confidence is from the share of right replies, on average over all replies; 0 where there are none."""
    return sum(one.count * abs(one.confidence - one.right) for one in reliability(pairs, buckets)) / max(1, len(pairs))


def interval(right: int, count: int) -> tuple[float, float]:
    """Between which shares the truth lies (Wilson, 95 %)."""
    if count <= 0:
        return 0.0, 1.0
    z, share = 1.96, right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def clipped(confidence: float) -> float:
    """Between 0 and 1; what is no number is 0."""
    return min(1.0, max(0.0, confidence)) if not math.isnan(confidence) else 0.0


class Map(msgspec.Struct, frozen=True):
    """From a confidence to how often such replies are right: straight lines between points, never falling."""

    points: tuple[tuple[float, float], ...]
    labels: int = 0

    def __call__(self, confidence: float) -> float:
        """The confidence as people's verdicts have it."""
        sure = clipped(confidence)
        after = bisect.bisect_right(self.points, sure, key=lambda point: point[0])
        if after == 0:
            return self.points[0][1]
        if after == len(self.points):
            return self.points[-1][1]
        (x, low), (other, high) = self.points[after - 1], self.points[after]
        return min(high, max(low, low + (high - low) * (sure - x) / (other - x)))


def fitted(labels: Sequence[Pair], prior: int = PRIOR) -> Map:
    """The map that verdicts make, by pool-adjacent-violators over them and the prior.

    Args:
        labels: Each reply's confidence, and whether a person found it right.
        prior: How many replies the belief weighs that confidence is honest as it is.
    """
    weigh = max(prior, 1) / (GRID + 1)
    at = {place / GRID: [place / GRID * weigh, weigh] for place in range(GRID + 1)}  # sums of values and of weights
    for sure, right in labels:
        its = at.setdefault(clipped(sure), [0.0, 0.0])
        its[0] += right
        its[1] += 1
    pools: list[tuple[float, float, float, float]] = []  # from, to, and the sums between
    for place, (value, weight) in sorted(at.items()):
        pool = (place, place, value, weight)
        while pools and pools[-1][2] * pool[3] >= pool[2] * pools[-1][3]:
            before = pools.pop()
            pool = (before[0], pool[1], before[2] + pool[2], before[3] + pool[3])
        pools.append(pool)
    points = [(place, value / weight) for first, last, value, weight in pools for place in sorted({first, last})]
    return Map(tuple(points), len(labels))
