"""The reliability diagram: how often replies were right, against how sure they were. An SVG, without any script."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from textback.engine.guard.calibration import Bucket

SIDE, EDGE = 360, 56
_SIZE = SIDE + 2 * EDGE
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_TEXT = 'font-family="system-ui, sans-serif" font-size="12" fill="#444"'


def _x(value: float) -> float:
    return round(EDGE + SIDE * value, 1)


def _y(value: float) -> float:
    return round(EDGE + SIDE * (1 - value), 1)


def diagram(buckets: Sequence[Bucket], title: str) -> str:
    """A square with a dot for each bucket, larger where more replies are in it, and a line for where the truth may lie.
    Dots on the diagonal are honest; below it confidence was too high."""
    most = max((one.count for one in buckets), default=1)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" role="img" '
            f'aria-label="{escape(title)}">'
        ),
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="#fff"/>',
        f'<text x="{EDGE}" y="{EDGE - 24}" {_TEXT} font-weight="600">{escape(title)}</text>',
    ]
    for tick in _TICKS:
        parts += [
            f'<line x1="{_x(tick)}" y1="{_y(0)}" x2="{_x(tick)}" y2="{_y(1)}" stroke="#eee"/>',
            f'<line x1="{_x(0)}" y1="{_y(tick)}" x2="{_x(1)}" y2="{_y(tick)}" stroke="#eee"/>',
            f'<text x="{_x(tick)}" y="{_y(0) + 18}" text-anchor="middle" {_TEXT}>{tick:.0%}</text>',
            f'<text x="{_x(0) - 8}" y="{_y(tick) + 4}" text-anchor="end" {_TEXT}>{tick:.0%}</text>',
        ]
    parts += [
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#888" stroke-dasharray="4 4"/>',
        f'<text x="{_x(0.5)}" y="{_y(0) + 38}" text-anchor="middle" {_TEXT}>confidence</text>',
        f'<text x="16" y="{_y(0.5)}" text-anchor="middle" transform="rotate(-90 16 {_y(0.5)})" {_TEXT}>right</text>',
    ]
    for one in buckets:
        size = round(3 + 7 * (one.count / most) ** 0.5, 1)
        x = _x(one.confidence)
        parts += [
            f'<line x1="{x}" y1="{_y(one.least)}" x2="{x}" y2="{_y(one.most)}" stroke="#1f6f54" stroke-opacity="0.5"/>',
            (
                f'<circle cx="{x}" cy="{_y(one.right)}" r="{size}" fill="#1f6f54"><title>{one.count} replies, '
                f"{one.right:.0%} right at {one.confidence:.0%}</title></circle>"
            ),
        ]
    return "\n".join([*parts, "</svg>", ""])
