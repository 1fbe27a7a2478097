"""Sparse rows in numpy: just enough to train on n-grams and to score with them."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_DENSE = 0.02
"""Columns that more than this share of the rows have are multiplied densely."""
_MOST_DENSE = 2_000
_CHUNK = 2_000
"""Rows that are made dense together: 16 MB with 2,000 columns."""


class Rows(msgspec.Struct, frozen=True):
    """Rows with few entries: row i has `values[starts[i]:starts[i+1]]` at `columns[...]`, of `width` columns."""

    starts: NDArray[np.intp]
    columns: NDArray[np.intp]
    values: Floats
    width: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def numbers(self) -> NDArray[np.intp]:
        """The row of each entry."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def take(self, rows: NDArray[np.intp]) -> "Rows":
        """Some of the rows, in this order."""
        lengths = np.diff(self.starts)[rows]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        at = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], lengths)
        return Rows(starts, self.columns[at], self.values[at], self.width)


def rows_of(columns: Sequence[NDArray[np.intp]], values: Sequence[Floats], width: int) -> Rows:
    """Rows from the columns and values of each."""
    starts = np.concatenate(([0], np.cumsum([len(row) for row in columns]))).astype(np.intp)
    empty: list[NDArray[np.intp]] = [np.empty(0, np.intp)]
    nothing: list[Floats] = [np.empty(0, np.float32)]
    return Rows(starts, np.concatenate([*empty, *columns]), np.concatenate([*nothing, *values]), width)


def transposed_times(rows: Rows, dense: Floats) -> Floats:
    """rowsᵀ @ dense: one row per column of `rows`."""
    order = np.argsort(rows.columns, kind="stable")
    columns = rows.columns[order]
    found = np.zeros((rows.width, dense.shape[1]), np.float32)
    if len(columns) == 0:
        return found
    numbers, values = rows.numbers()[order], rows.values[order]
    firsts = np.flatnonzero(np.concatenate(([True], columns[1:] != columns[:-1])))
    # In parts, so that the products of one part stay small.
    step = max(1, 1_000_000 // dense.shape[1])
    bounds = [*firsts[np.unique(np.searchsorted(firsts, np.arange(0, len(columns), step)))[:-1]], len(columns)]
    bounds = sorted({0, *map(int, bounds)})
    for start, end in pairwise(bounds):
        within = firsts[(firsts >= start) & (firsts < end)]
        products = dense[numbers[start:end]] * values[start:end, None]
        found[columns[within]] = np.add.reduceat(products, within - start, axis=0)
    return found


def products(left: Rows, right: Rows) -> Floats:
    """left @ rightᵀ, dense."""
    width = left.width
    counts = np.bincount(left.columns, minlength=width)
    common = np.argsort(-counts, kind="stable")[:_MOST_DENSE]
    common = common[counts[common] > _DENSE * len(left)]
    place = np.full(width, -1, np.intp)
    place[common] = np.arange(len(common))
    found = np.zeros((len(left), len(right)), np.float32)
    if len(common):
        dense_right = _dense(right, place, len(common))
        for start in range(0, len(left), _CHUNK):
            some = np.arange(start, min(start + _CHUNK, len(left)))
            found[some] = _dense(left.take(some), place, len(common)) @ dense_right.T
    _add_rare(found, left, right, place)
    return found


def _dense(rows: Rows, place: NDArray[np.intp], width: int) -> Floats:
    dense = np.zeros((len(rows), width), np.float32)
    at = place[rows.columns]
    kept = at >= 0
    dense[rows.numbers()[kept], at[kept]] = rows.values[kept]
    return dense


def _add_rare(found: Floats, left: Rows, right: Rows, place: NDArray[np.intp]) -> None:
    """Add the products of the columns that are not in `place`: few rows have each."""
    sides = []
    for rows in (left, right):
        rare = place[rows.columns] < 0
        columns, numbers, values = rows.columns[rare], rows.numbers()[rare], rows.values[rare]
        order = np.argsort(columns, kind="stable")
        columns = columns[order]
        bounds = np.searchsorted(columns, np.arange(rows.width + 1))
        sides.append((numbers[order], values[order], bounds))
    (numbers, values, bounds), (others, other_values, other_bounds) = sides
    for column in np.flatnonzero((np.diff(bounds) > 0) & (np.diff(other_bounds) > 0)):
        a, b = slice(bounds[column], bounds[column + 1]), slice(other_bounds[column], other_bounds[column + 1])
        found[numbers[a][:, None], others[b]] += values[a][:, None] * other_values[b]
