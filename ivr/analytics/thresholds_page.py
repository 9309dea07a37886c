"""Thresholds of understanding as one HTML page: how far to trust probabilities, what acts cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ivr.analytics.charts import Axis, Line, axis_for, chart
from ivr.analytics.pages import page, table

LANGUAGES: Final = {"zh": "Mandarin", "en": "English"}
TENTHS: Final = tuple(number / 10 for number in range(11))
NAMES: Final = ("answer", "confirm", "choose")


@dataclass(frozen=True)
class Weighed:
    """Examples of one language, each judged by a model that never saw it.

    `turns` are the mean turns a caller needs beyond the answer itself; `curve` gives them for
    other answer thresholds; `reliability` holds mean probability, share right, number of texts.
    """

    texts: int
    turns: float = 0.0
    answered: float = 0.0
    right: float | None = None
    refused: float = 0.0
    curve: Sequence[tuple[float, float]] = ()
    reliability: Sequence[tuple[float, float, int]] = ()


def thresholds_page(
    chosen: Mapping[str, float],
    used: Mapping[str, float],
    costs: Mapping[str, float],
    groups: Mapping[str, Weighed],
) -> str:
    """Give the page; `used` are the chosen thresholds with what the flows set in their place."""
    known = {LANGUAGES[name]: group for name, group in groups.items() if group.texts}
    return page(
        "Thresholds of understanding",
        '<p class="note">Every example of the flows, judged by a model that did not learn it. '
        f"Turns a caller needs beyond the answer itself: {_named(costs)}.</p>",
        table(
            ("threshold", "chosen by training", "in use"),
            [[name, chosen[name], used[name]] for name in NAMES],
        ),
        "<h2>By language</h2>",
        table(
            ("", "examples", "turns", "answered at once", "of these right", "refused"),
            [[name, g.texts, g.turns, g.answered, g.right, g.refused] for name, g in known.items()],
        ),
        "<h2>Drawings</h2>",
        f'<div class="figures">{_turns(known, used["answer"])}{_reliability(known)}</div>',
    )


def _named(costs: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {turns:g}" for name, turns in costs.items())


def _turns(groups: Mapping[str, Weighed], answer: float) -> str:
    lines = [
        Line(name, [at for at, _ in group.curve], [turns for _, turns in group.curve])
        for name, group in groups.items()
    ]
    highest = max((max(line.y) for line in lines), default=1.0)
    lines.append(Line(f"in use: {answer:g}", [answer, answer], [0.0, highest], dashed=True))
    y = axis_for("turns", [highest])
    return chart("Expected turns against the answer threshold", _probability(), y, lines)


def _reliability(groups: Mapping[str, Weighed]) -> str:
    lines = [
        Line(name, [p for p, _, _ in group.reliability], [s for _, s, _ in group.reliability])
        for name, group in groups.items()
    ]
    lines.append(Line("exactly right", [0.0, 1.0], [0.0, 1.0], dashed=True))
    right = Axis("share right", 0.0, 1.0, TENTHS[::2], percent=True)
    return chart("How often a probability comes true", _probability(), right, lines)


def _probability() -> Axis:
    return Axis("probability", 0.0, 1.0, TENTHS[::2])
