"""The threshold's curve as one HTML page without scripts: what it costs to be sure."""

from collections.abc import Mapping, Sequence
from html import escape

Curve = Sequence[Mapping[str, float | None]]

_WIDTH, _HEIGHT, _LEFT, _TOP = 640, 320, 60, 20
_LINES = (
    ("accepted_in", "accepted, in domain", "#1b6ca8"),
    ("right_of_accepted", "right of the accepted", "#2f9e44"),
    ("accepted_out", "accepted, out of domain", "#c92a2a"),
)


def page(curves: Mapping[str, Curve], accept: float) -> str:
    """The page: one drawing a model, thresholds from left to right, shares from 0 to 100 %."""
    parts = "".join(_drawing(name, curve, accept) for name, curve in curves.items())
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Ears measured</title>"
        "<style>body{font:14px sans-serif;margin:2em}text{font:12px sans-serif}</style>"
        f"<h1>Accepting at a threshold of confidence</h1>{parts}</html>"
    )


def _drawing(name: str, curve: Curve, accept: float) -> str:
    lines = "".join(_line(curve, key, colour) for key, _, colour in _LINES)
    legend = "".join(
        f'<text x="{_LEFT + 200 * at}" y="{_HEIGHT + _TOP + 40}" fill="{colour}">{label}</text>'
        for at, (_, label, colour) in enumerate(_LINES)
    )
    x = _x(accept)
    mark = (
        f'<line x1="{x}" x2="{x}" y1="{_TOP}" y2="{_TOP + _HEIGHT}" stroke="#888" '
        f'stroke-dasharray="4"/><text x="{x + 4}" y="{_TOP + 12}">accept {accept:.2f}</text>'
    )
    return (
        f"<h2>{escape(name)}</h2>"
        f'<svg width="{_WIDTH + 2 * _LEFT}" height="{_HEIGHT + _TOP + 50}" role="img">'
        f"{_grid()}{lines}{mark}{legend}</svg>"
    )


def _grid() -> str:
    rows = []
    for tenth in range(0, 11, 2):
        y, x = _y(tenth / 10), _x(tenth / 10)
        rows.append(
            f'<line x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{y}" y2="{y}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 40}" y="{y + 4}">{tenth * 10} %</text>'
            f'<text x="{x - 8}" y="{_TOP + _HEIGHT + 18}">{tenth / 10}</text>'
        )
    return "".join(rows)


def _line(curve: Curve, key: str, colour: str) -> str:
    points = [(point["accept"], point[key]) for point in curve]
    drawn = " ".join(f"{_x(a)},{_y(v)}" for a, v in points if a is not None and v is not None)
    return f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _x(value: float) -> float:
    return round(_LEFT + value * _WIDTH, 1)


def _y(value: float) -> float:
    return round(_TOP + (1 - value) * _HEIGHT, 1)
