"""Multinomial logistic regression with L2, by L-BFGS; and the temperature that makes its probabilities honest."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

C = 10.0
"""The inverse strength of the L2 penalty."""
MEMORY = 10
"""Steps that L-BFGS remembers."""
MOST_STEPS = 100
TOLERANCE = 1e-4
"""Done when a step gains less than this share of the loss."""


def softmax(scores: Floats) -> Floats:
    """Probabilities from scores, by row."""
    found: Floats = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found /= found.sum(axis=-1, keepdims=True)
    return found


def fit(
    x: Floats, labels: NDArray[np.intp], classes: int, steps: int = MOST_STEPS, c: float = C
) -> tuple[Floats, Floats]:
    """Weights (columns of x, classes) and one bias per class. The bias is not penalised."""
    columns = x.shape[1]
    rows = np.arange(len(x))
    theta = np.zeros((columns + 1) * classes, np.float32)

    def loss(theta: Floats) -> tuple[float, Floats]:
        table = theta.reshape(columns + 1, classes)
        scores = x @ table[:-1]
        scores += table[-1]
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[rows, labels]
        np.exp(scores, out=scores)
        total = scores.sum(axis=1, keepdims=True)
        value = c * float(np.log(total[:, 0]).sum() - right.sum()) + 0.5 * float(np.vdot(table[:-1], table[:-1]))
        scores /= total
        scores[rows, labels] -= 1
        slope = np.empty_like(table)
        np.matmul(x.T, scores, out=slope[:-1])
        slope[-1] = scores.sum(axis=0)
        slope *= np.float32(c)
        slope[:-1] += table[:-1]
        return value, slope.reshape(-1)

    value, slope = loss(theta)
    past: deque[tuple[Floats, Floats, float]] = deque(maxlen=MEMORY)
    for _ in range(steps):
        direction = _direction(slope, past)
        gain = float(np.vdot(direction, slope))
        step = 1.0 if past else min(1.0, 1.0 / float(np.abs(slope).sum() + 1e-12)) * 10
        for _ in range(20):
            tried = theta + np.float32(step) * direction
            new_value, new_slope = loss(tried)
            if new_value <= value + 1e-4 * step * gain:
                break
            step /= 2
        else:
            break
        moved, turned = tried - theta, new_slope - slope
        curvature = float(np.vdot(moved, turned))
        if curvature > 1e-10:
            past.append((moved, turned, 1 / curvature))
        gained = value - new_value
        theta, value, slope = tried, new_value, new_slope
        if gained < TOLERANCE * value:
            break
    table = theta.reshape(columns + 1, classes)
    return table[:-1], table[-1]


def _direction(slope: Floats, past: deque[tuple[Floats, Floats, float]]) -> Floats:
    """Downhill, as the last steps have shown the hill to be curved."""
    q = -slope
    alphas = []
    for moved, turned, rho in reversed(past):
        alpha = np.float32(rho * float(np.vdot(moved, q)))
        q -= alpha * turned
        alphas.append(alpha)
    if past:
        moved, turned, _ = past[-1]
        q *= np.float32(np.vdot(moved, turned) / np.vdot(turned, turned))
    for (moved, turned, rho), alpha in zip(past, reversed(alphas), strict=True):
        q += (alpha - np.float32(rho * float(np.vdot(turned, q)))) * moved
    return q


def temperature(scores: Floats, labels: NDArray[np.intp]) -> float:
    """What to divide scores by so that held-out labels become likeliest: between 1/20 and 20."""
    rows = np.arange(len(scores))

    def loss(log: float) -> float:
        scaled = scores / np.float32(np.exp(log))
        scaled -= scaled.max(axis=1, keepdims=True)
        return float(np.log(np.exp(scaled).sum(axis=1)).sum() - scaled[rows, labels].sum())

    low, high = -3.0, 3.0
    golden = (5**0.5 - 1) / 2
    for _ in range(30):
        first, second = high - golden * (high - low), low + golden * (high - low)
        if loss(first) < loss(second):
            high = second
        else:
            low = first
    return float(np.exp((low + high) / 2))
