"""What the bench of conversations leaves behind: JSON, a page, and recordings to judge again."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ivr.audio.wav import read_wav
from ivr.bench import smart_turn
from ivr.bench.conversations import Wanted
from ivr.bench.conversations_page import Shown, conversations_page
from ivr.bench.figures import Figures, Goal, Row, by_sound, figures_of, goals, is_promised, rows
from ivr.bench.judge import JudgedCall
from ivr.bench.machine import machine
from ivr.bench.rivals import SIMPLEST, Rule, after_silence, ours, try_rule

NETWORK_NOTE = (
    "Loss and jitter are made in the phone's own RTP, both ways, not by tc netem: that needs root "
    "and a kernel that has it, and would trouble the machine's other programs."
)


@dataclass(frozen=True)
class Report:
    """All figures of a run."""

    goals: list[Goal]
    overall: Figures
    rows: list[Row]
    sounds: dict[str, tuple[int, int]]
    calls: list[JudgedCall]
    machine: dict[str, object]
    seed: int
    rivals: list[Rule]
    notes: list[str]


def report(calls: Sequence[JudgedCall], wanted: Wanted, rivals: Sequence[Rule] = ()) -> Report:
    """Pool the calls into figures and set them beside the goals and other rules."""
    promised = [call for call in calls if is_promised(_echo_loss_db(call, wanted))]
    overall = figures_of(calls)
    return Report(
        goals=goals(overall, figures_of(promised)),
        overall=overall,
        rows=rows(calls),
        sounds=by_sound(calls),
        calls=list(calls),
        machine=machine(),
        seed=wanted.seed,
        rivals=list(rivals),
        notes=_notes(calls, wanted),
    )


def leave(made: Report, wanted: Wanted, folder: Path) -> tuple[Path, Path]:
    """Write `conversations.json` and `conversations.html`; gives their paths."""
    data, shown = folder / "conversations.json", folder / "conversations.html"
    data.write_text(json.dumps(asdict(made), indent=1, ensure_ascii=False) + "\n", "utf-8")
    titles = {name: scenario.title for name, scenario in wanted.scenarios.items()}
    drawn = conversations_page(
        Shown(made.goals, made.rows, made.sounds, titles, made.notes, made.rivals)
    )
    shown.write_text(drawn, "utf-8")
    return data, shown


def compare(
    calls: Sequence[JudgedCall], recordings: Path, smart_turn_in: Path | None
) -> list[Rule]:
    """Play the recordings to the other rules. Raises ConfigError where Smart Turn is not."""
    recorded = [call for call in calls if call.call.recording]
    channels = [read_wav(recordings / call.call.recording).samples[:, 0] for call in recorded]
    rules = [ours(recorded), try_rule(SIMPLEST, after_silence(0.7), recorded, channels)]
    if smart_turn_in:
        rules.append(
            try_rule(smart_turn.NAME, smart_turn.smart_turn(smart_turn_in), recorded, channels)
        )
    return rules


def _echo_loss_db(call: JudgedCall, wanted: Wanted) -> float | None:
    echo = wanted.scenarios[call.call.scenario].lines[call.call.line].echo
    return echo.loss_db if echo else None


def _notes(calls: Sequence[JudgedCall], wanted: Wanted) -> list[str]:
    facts = machine()
    late = sum(call.call.phone_late_frames for call in calls)
    return [
        f"{len(calls)} calls, {wanted.at_once} at a time, seeds from {wanted.seed} on; "
        f"{facts['cores']} cores shared with the phones, load {facts['load']:.1f} at the end.",
        f"{late} frames left a phone more than 40 ms late by its own fault; times are counted from "
        "when a frame really left, and arrivals are dated by the kernel.",
        "Seconds at the phone's ear. For echo stronger than 20 dB nothing is promised: it is only "
        "in the table.",
        NETWORK_NOTE,
    ]
