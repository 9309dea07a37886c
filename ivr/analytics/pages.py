"""Self-contained HTML pages with figures and drawings, for light and dark screens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from ivr.analytics.charts import Axis, Line, axis_for, chart

TENTHS: Final = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
STYLE: Final = """
:root{color-scheme:light dark;--bg:#fff;--ink:#1b1f24;--soft:#5b6570;--rule:#dfe3e8;
--bad:#b3261e;--c0:#1456b8;--c1:#b4540a;--c2:#3d7a2c;--c3:#7a3e9d}
@media(prefers-color-scheme:dark){:root{--bg:#14171b;--ink:#e8ebee;--soft:#a0a9b3;--rule:#2d333a;
--bad:#ff8a80;--c0:#7fb2ff;--c1:#ffb066;--c2:#8fd67a;--c3:#d3a3f2}}
body{background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif;margin:2rem auto;
max-width:84rem;padding:0 1rem}h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.3rem .8rem;
border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
td.bad{color:var(--bad);font-weight:600}td.quiet{color:var(--soft)}
.scroll{overflow-x:auto;margin-bottom:1rem}.figures{display:grid;gap:1.5rem;
grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr))}figure{margin:0}
figcaption{font-weight:600;margin-bottom:.3rem}svg{width:100%;height:auto}
svg text{fill:var(--soft);font-size:12px}.mid{text-anchor:middle}.end{text-anchor:end}
.grid{stroke:var(--rule);fill:none}.line{fill:none;stroke-width:2.2}.dashed{stroke-dasharray:5 5}
.band{opacity:.18;stroke:none}.legend{margin:.2rem 0;color:var(--soft);font-size:.9rem}
.legend span{margin-right:1.2rem}.legend i{display:inline-block;width:.8rem;height:.8rem;
border-radius:2px;margin-right:.4rem;vertical-align:-.05rem}.note{color:var(--soft)}
.alarm{border-left:4px solid var(--c1);padding:.4rem .8rem}
""" + "".join(
    f"polyline.c{n}{{stroke:var(--c{n})}}circle.c{n},polygon.c{n}{{fill:var(--c{n})}}"
    f".legend i.c{n}{{background:var(--c{n})}}"
    for n in range(4)
)

Judged = tuple[float, float, bool]
"""When (hours since 1970), probability of the top guess, whether it was right."""


@dataclass(frozen=True)
class Marked:
    """A cell that catches the eye (`bad`) or leaves it alone (`quiet`); else nothing is said."""

    cell: object
    how: Literal["bad", "quiet"]


def page(title: str, *parts: str) -> str:
    """Give a whole HTML document that fetches nothing from anywhere."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Give a table; the first column is words, the others figures, None is a dash."""
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><tr>{cells}</tr>{body}</table></div>'


def _cell(cell: object) -> str:
    if isinstance(cell, Marked):
        return f'<td class="{cell.how}">{escape(_words(cell.cell))}</td>'
    return f"<td>{escape(_words(cell))}</td>"


def _words(cell: object) -> str:
    if cell is None:
        return "–"
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def backtest_page(
    rows: Mapping[str, Mapping[str, object]], judged: Sequence[Judged], threshold_70: float
) -> str:
    """Draw a backtest: figures side by side, reliability, coverage, turns saved by day."""
    names = [
        name for name, value in next(iter(rows.values())).items() if not isinstance(value, Mapping)
    ]
    figures = [[name.replace("_", " "), *(row[name] for row in rows.values())] for name in names]
    drawings = [reliability(judged), coverage(judged, threshold_70), by_day(judged)]
    return page(
        "Reasons guessed before the call",
        table(["figure", *rows], figures),
        f'<div class="figures">{"".join(drawings)}</div>',
        '<p class="note">+1 turn for a right offer, -0.5 for a wrong one, offered above one '
        "third. Each call was guessed before it was learned.</p>",
    )


def _columns(judged: Sequence[Judged]) -> tuple[NDArray[np.float64], ...]:
    columns = np.array(judged, dtype=np.float64).reshape(-1, 3)
    return columns[:, 0], columns[:, 1], columns[:, 2]


def reliability(judged: Sequence[Judged]) -> str:
    """Draw how often guesses of each confidence came true, with 95 % bands."""
    _, top, right = _columns(judged)
    bucket = np.minimum((top * 10).astype(int), 9)
    given, true, low, high = [], [], [], []
    for number in range(10):
        inside = bucket == number
        if inside.sum() >= 10:
            share = float(right[inside].mean())
            error = 1.96 * float(np.sqrt(max(share * (1 - share), 0.01) / inside.sum()))
            given.append(float(top[inside].mean()))
            true.append(share)
            low.append(share - error)
            high.append(share + error)
    lines = [
        Line("as it happened", given, true, low=low, high=high),
        Line("if perfectly honest", [0, 1], [0, 1], dashed=True),
    ]
    x, y = _share("probability given"), _share("share that came true")
    return chart("Reliability", x, y, lines)


def coverage(judged: Sequence[Judged], threshold: float) -> str:
    """Draw what precision would have been had the surest share of calls been offered."""
    _, top, right = _columns(judged)
    order = np.argsort(-top, kind="stable")
    n = np.arange(1, len(order) + 1)
    precision = np.cumsum(right[order]) / n
    shown = np.unique(np.linspace(min(19, len(n) - 1), len(n) - 1, 200).astype(int))
    offered = float((top >= threshold).mean())
    lines = [
        Line("precision", list(n[shown] / len(n)), list(precision[shown])),
        Line(
            f"threshold chosen beforehand ({threshold:.2f})",
            [offered],
            [float(right[top >= threshold].mean())] if offered else [0.0],
            dots=True,
        ),
    ]
    x, y = _share("share of calls with an offer"), _share("offers that were right")
    return chart("Coverage against precision", x, y, lines)


def by_day(judged: Sequence[Judged]) -> str:
    """Draw turns saved per 100 calls, day by day."""
    at_h, top, right = _columns(judged)
    days = (at_h // 24).astype(int)
    gain = np.where(top > 1 / 3, 1.5 * right - 0.5, 0.0)
    shown = [day for day in np.unique(days) if (days == day).sum() >= 20]
    saved = [100 * float(gain[days == day].mean()) for day in shown]
    if not shown:
        return ""
    dates = np.array(shown, "datetime64[D]").astype(str)
    step = max(1, len(shown) // 6)
    ticks = [float(day) for day in shown[::step]]
    x = Axis("day", float(shown[0]), float(shown[-1]), ticks, names=[d[5:] for d in dates[::step]])
    y = axis_for("turns per 100 calls", saved)
    return chart("Turns saved by day", x, y, [Line("", [float(d) for d in shown], saved)])


def _share(label: str) -> Axis:
    return Axis(label, 0.0, 1.0, TENTHS, percent=True)
