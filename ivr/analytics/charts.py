"""Line drawings as SVG text, without a library: axes, lines, bands, points.

Colours come from the page's style sheet (classes `c0`, `c1`, …), so that one drawing serves
light and dark screens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 520
HEIGHT: Final = 300
LEFT, RIGHT, TOP, BOTTOM = 56, 28, 12, 40


@dataclass(frozen=True)
class Line:
    """Points to join, or to dot where `dots`; `low` and `high` draw a band around them."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    dots: bool = False
    dashed: bool = False
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


@dataclass(frozen=True)
class Axis:
    """A straight scale with ticks; `percent` writes 0.3 as 30 %."""

    label: str
    low: float
    high: float
    ticks: Sequence[float]
    percent: bool = False
    names: Sequence[str] = ()

    def text(self, number: int) -> str:
        """Give a tick's words."""
        if self.names:
            return self.names[number]
        value = self.ticks[number]
        return f"{value * 100:.0f} %" if self.percent else f"{value:g}"


def axis_for(label: str, values: Sequence[float], zero: bool = True) -> Axis:
    """Give an axis with about five round ticks that holds all values."""
    low, high = min([*values, *([0.0] if zero else [])]), max([*values, 0.0 if zero else values[0]])
    span = (high - low) or 1.0
    step = next(
        base * 10.0**power
        for power in range(-6, 9)
        for base in (1, 2, 5)
        if base * 10.0**power * 5 >= span
    )
    first, last = int(low // step), int(-(-high // step))
    ticks = [number * step for number in range(first, max(last, first + 1) + 1)]
    return Axis(label, ticks[0], ticks[-1], ticks)


def chart(title: str, x: Axis, y: Axis, lines: Sequence[Line]) -> str:
    """Draw lines into a figure; the title is what a screen reader says."""
    parts = [
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{escape(title)}">',
        *_grid(x, y),
        *(_line(line, number, x, y) for number, line in enumerate(lines)),
        "</svg>",
        _legend(lines),
        "</figure>",
    ]
    return "".join(parts)


def _at(value: float, axis: Axis, start: float, end: float) -> float:
    share = (value - axis.low) / ((axis.high - axis.low) or 1.0)
    return start + (end - start) * min(max(share, 0.0), 1.0)


def _x(value: float, axis: Axis) -> float:
    return _at(value, axis, LEFT, WIDTH - RIGHT)


def _y(value: float, axis: Axis) -> float:
    return _at(value, axis, HEIGHT - BOTTOM, TOP)


def _grid(x: Axis, y: Axis) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for number, tick in enumerate(y.ticks):
        at = _y(tick, y)
        parts.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{right}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" class="end">{y.text(number)}</text>')
    for number, tick in enumerate(x.ticks):
        at = _x(tick, x)
        parts.append(f'<path class="grid" d="M{at:.1f} {TOP}V{bottom}"/>')
        parts.append(f'<text x="{at:.1f}" y="{bottom + 16}" class="mid">{x.text(number)}</text>')
    middle = (LEFT + right) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 6}" class="mid">{escape(x.label)}</text>')
    parts.append(
        f'<text transform="translate(12 {(TOP + bottom) / 2}) rotate(-90)" class="mid">'
        f"{escape(y.label)}</text>"
    )
    return parts


def _line(line: Line, number: int, x: Axis, y: Axis) -> str:
    points = [(_x(a, x), _y(b, y)) for a, b in zip(line.x, line.y, strict=True)]
    band = ""
    if line.low is not None and line.high is not None:
        upper = [f"{_x(a, x):.1f},{_y(b, y):.1f}" for a, b in zip(line.x, line.high, strict=True)]
        lower = [f"{_x(a, x):.1f},{_y(b, y):.1f}" for a, b in zip(line.x, line.low, strict=True)]
        band = f'<polygon class="band c{number}" points="{" ".join([*upper, *lower[::-1]])}"/>'
    if line.dots:
        dots = "".join(
            f'<circle class="c{number}" cx="{a:.1f}" cy="{b:.1f}" r="4"/>' for a, b in points
        )
        return band + dots
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    dashed = " dashed" if line.dashed else ""
    return f'{band}<polyline class="line c{number}{dashed}" points="{path}"/>'


def _legend(lines: Sequence[Line]) -> str:
    keys = [
        f'<span><i class="c{number}"></i>{escape(line.label)}</span>'
        for number, line in enumerate(lines)
        if line.label
    ]
    return f'<p class="legend">{"".join(keys)}</p>' if keys else ""
