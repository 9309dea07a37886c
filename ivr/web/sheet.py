"""The call sheet: one call on one page that needs nothing but itself.

For people who judge calls: who spoke when, what was understood, how long the caller waited, how
it ended. A page holds what was said, so it is to be kept as carefully as the recording.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from ivr.analytics.caller_ear import EarReport, measure
from ivr.domain import CallRecord, Opening, OpeningKind, Outcome, Speaker, Turn
from ivr.web import score, waveform
from ivr.web.waveform import StereoCall

_LONGEST_AUDIO_S: Final = 1800.0
"""Longer recordings are not put into the page: 30 minutes are 38 MB."""

_OUTCOMES: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.COMPLETED: ("Completed", "good"),
    Outcome.CALLER_LEFT: ("Caller hung up", "plain"),
    Outcome.WITH_AGENT: ("Put through to a person", "good"),
    Outcome.NO_AGENT: ("No person was free", "fair"),
    Outcome.DECLINED: ("Declined: no room", "slow"),
    Outcome.RELEASED: ("Given to the agents: the hotline closed", "fair"),
    Outcome.FAILED: ("Failed: our fault", "slow"),
}
_OPENINGS: Final[Mapping[OpeningKind, str]] = {
    OpeningKind.ASK: "asked an open question",
    OpeningKind.OFFER: "offered",
    OpeningKind.OFFER_TWO: "offered two questions",
    OpeningKind.ANSWER: "answered before being asked",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at the top of the sheet."""

    value: str
    label: str
    grade: str = "plain"


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A row of the score with the outlines of both sides."""

    row: score.Row
    caller: str
    hotline: str
    marks: tuple[score.Mark, ...] = ()


def render_sheet(
    record: CallRecord,
    turns: Sequence[Turn],
    wav: Path | None,
    *,
    has_audio: bool = True,
    has_ended: bool = True,
) -> str:
    """Give the sheet as HTML that loads nothing from anywhere.

    `wav` is the stereo recording, None where none is kept. `has_audio` puts it into the page, so
    that a click on a turn plays it. `has_ended` is False for a call that still runs or was cut
    off. Raises ConfigError for a recording that cannot be read.
    """
    call = waveform.read_call(wav) if wav else None
    length_s = max([call.length_s if call else 0.0, *(turn.ended_s for turn in turns)], default=0.0)
    is_playable = call is not None and has_audio and call.length_s <= _LONGEST_AUDIO_S
    ear = measure(call.caller, call.hotline) if call and len(call.caller) else None
    outcome, outcome_grade = _OUTCOMES[record.outcome]
    return (
        _environment()
        .get_template("sheet.html.j2")
        .render(
            record=record,
            outcome=outcome if has_ended else "Not ended, or cut off",
            outcome_grade=outcome_grade if has_ended else "fair",
            opening=opening_text(record.opening),
            figures=(*figures(turns, length_s), *ear_figures(ear)),
            rows=_drawn(score.rows(turns, length_s), call, ear),
            turns=turns,
            audio=call.data_url() if call and is_playable else "",
            has_recording=call is not None,
            columns=waveform.COLUMNS,
            height=2 * waveform.HEIGHT,
            caller=Speaker.CALLER,
            exact=score.exact,
            grade=score.grade,
        )
    )


def figures(turns: Sequence[Turn], length_s: float) -> tuple[Figure, ...]:
    """Give what a reader wants to know first. Pure."""
    waits = [turn.silence_s for turn in turns if turn.silence_s is not None]
    interruptions = sum(turn.interrupted for turn in turns)
    asked = sum(turn.speaker is Speaker.CALLER for turn in turns)
    shown = [Figure(score.clock(length_s), "length"), Figure(str(asked), "turns of the caller")]
    if waits:
        typical, longest = median(waits), max(waits)
        shown += [
            Figure(f"{typical:.1f} s", "typical wait", score.grade(typical)),
            Figure(f"{longest:.1f} s", "longest wait", score.grade(longest)),
        ]
    return (*shown, Figure(str(interruptions), "interruptions"))


def ear_figures(ear: EarReport | None) -> tuple[Figure, ...]:
    """Give what the recording alone tells of the caller's ear; nothing without one. Pure."""
    if ear is None:
        return ()
    shown = []
    if ear.silence_s:
        typical = median(ear.silence_s)
        shown.append(Figure(f"{typical:.2f} s", "typical wait at the ear", score.grade(typical)))
    if ear.fall_silent_s:
        shown.append(Figure(f"{max(ear.fall_silent_s):.2f} s", "longest until we fell silent"))
    minded = Counter(moment.kind for moment in ear.moments)
    return (*shown, *(Figure(str(count), kind, "slow") for kind, count in minded.items()))


def opening_text(opening: Opening) -> str:
    """Tell in words how the call was opened. Pure."""
    about = ": " + ", ".join(opening.questions) if opening.questions else ""
    chance = f" (chance {opening.propensity:.0%})" if opening.propensity < 1 else ""
    held_out = "; held out for comparison, no offer" if opening.held_out else ""
    return f"{_OPENINGS[opening.kind]}{about}{chance}{held_out}"


def _drawn(
    rows: Sequence[score.Row], call: StereoCall | None, ear: EarReport | None
) -> list[DrawnRow]:
    if call is None or ear is None:
        return [DrawnRow(row, "", "") for row in rows]
    scales = waveform.loudest(call.caller), waveform.loudest(call.hotline)
    return [
        DrawnRow(
            row,
            waveform.outline(call.caller, row.start_s, row.length_s, scales[0]),
            waveform.outline(call.hotline, row.start_s, row.length_s, scales[1]),
            score.marks(ear.moments, row),
        )
        for row in rows
    ]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("ivr.web"),
        autoescape=True,  # everything a caller said is foreign text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
