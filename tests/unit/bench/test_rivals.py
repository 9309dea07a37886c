"""Other rules, on channels whose voiced frames are known."""

from pathlib import Path

import numpy as np
import pytest

from ivr.analytics.sounds import Stretch
from ivr.bench import rivals, smart_turn
from ivr.bench.judge import JudgedCall, JudgedPrompt, JudgedTurn
from ivr.bench.truth import HeldCall, Made, Said
from ivr.domain import Language
from ivr.errors import ConfigError
from ivr.sim.callers import caller_lines

NOTHING = np.zeros(0, np.int16)


def flags(length_s: float, *voiced: tuple[float, float]) -> rivals.Voiced:
    found = np.zeros(round(length_s * 50), np.bool_)
    for start_s, end_s in voiced:
        found[round(start_s * 50) : round(end_s * 50)] = True
    return found


def channel(length_s: float, *at_s: float) -> rivals.Samples:
    """A channel in which the caller says "fees" at these times."""
    samples = np.zeros(round(length_s * 8000), np.int16)
    clip = np.frombuffer(caller_lines(Language.EN)["fees"].pcm, "<i2")
    for each in at_s:
        samples[round(each * 8000) : round(each * 8000) + len(clip)] = clip
    return samples


def test_the_simplest_rule_waits_700_ms_after_the_last_voiced_frame() -> None:
    end_s = rivals.after_silence(0.7)(NOTHING, flags(5, (1.0, 2.0)), 1.0)

    assert end_s == pytest.approx(2.7)


def test_silence_before_the_first_word_ends_no_turn() -> None:
    assert rivals.after_silence(0.7)(NOTHING, flags(5), 1.0) is None


def test_a_shorter_pause_ends_nothing_and_a_longer_one_cuts_off() -> None:
    rule = rivals.after_silence(0.7)

    assert rule(NOTHING, flags(6, (1.0, 2.0), (2.5, 3.0)), 1.0) == pytest.approx(3.7)
    assert rule(NOTHING, flags(6, (1.0, 2.0), (3.0, 4.0)), 1.0) == pytest.approx(2.7)


def test_a_start_needs_voiced_frames_without_a_break() -> None:
    broken, whole = flags(3, (1.0, 1.18), (1.2, 1.3)), flags(3, (1.0, 1.2))

    assert rivals.start_in(broken, Stretch(0.5, 2.0)) is None
    assert rivals.start_in(whole, Stretch(0.5, 2.0)) == pytest.approx(1.2)


def test_a_rule_is_judged_by_the_truth_of_the_phone() -> None:
    first, second = Stretch(1.0, 2.1), Stretch(6.0, 9.1)
    held = HeldCall(
        *("mine", "plain", "en", 1, "7001"),
        said=(Said(first, ("fees",), "closed"), Said(second, ("fees", "fees"), "free")),
        made=(Made(Stretch(13, 14), "laugh"),),
    )
    turns = (JudgedTurn("closed", ("fees",)), JudgedTurn("free", ("fees",), is_interruption=True))
    prompts = (JudgedPrompt(Stretch(12, 15), "", "laugh"), JudgedPrompt(Stretch(16, 18), ""))
    call = JudgedCall(held, turns, prompts, ())

    rule = rivals.try_rule(
        rivals.SIMPLEST, rivals.after_silence(0.7), [call], [channel(20, 1.0, 6.0, 8.0, 13.0)]
    )

    assert (rule.turns, rule.cut_off, rule.never_ended) == (2, 1, 0)
    assert rule.closed_s is not None
    assert 0.6 < (rule.closed_s["p50"] or 0) < 1.1
    assert (rule.prompts, rule.false_stops) == (2, 1)
    assert (rule.interruptions, rule.missed) == (1, 0)


def test_a_folder_without_the_model_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="pip install --no-deps --target"):
        smart_turn.smart_turn(tmp_path)
