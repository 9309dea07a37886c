"""The judge of conversations, on calls whose truth is known."""

from dataclasses import replace

import numpy as np

from ivr.analytics.sounds import Samples, Stretch
from ivr.bench.judge import JudgedCall, Voice, judge, natural_lengths, voice_closures
from ivr.bench.truth import HeldCall, KeptTurn, Made, Said, held_call

CALL = HeldCall("mine", "plain", "en", 1, "7001")
GREETING = (0.0, 2.0)


def hotline(length_s: float, *prompts: tuple[float, float]) -> Samples:
    samples = np.zeros(round(length_s * 8000), np.int16)
    for start_s, end_s in (GREETING, *prompts):
        at = slice(round(start_s * 8000), round(end_s * 8000))
        noise = np.random.default_rng(1).normal(0, 3000, at.stop - at.start)
        samples[at] = noise.astype(np.int16)
    return samples


def said(start_s: float, end_s: float, **more: object) -> Said:
    return replace(Said(Stretch(start_s, end_s), ("fees",), "free"), **more)


def kept(*turns: tuple[float, float, str]) -> list[KeptTurn]:
    return [
        KeptTurn(text.startswith("caller"), Stretch(start_s, end_s), text)
        for start_s, end_s, text in turns
    ]


def judged(call: HeldCall, sound: Samples, *turns: tuple[float, float, str]) -> JudgedCall:
    return judge(call, sound, kept(*turns), Voice({"the answer": 4.0}))


def test_the_wait_is_from_the_callers_last_sound_to_our_first() -> None:
    call = replace(CALL, said=(said(3.0, 4.0),))

    (turn,) = judged(call, hotline(10, (4.6, 8.6))).turns

    assert turn.silence_s == 0.6
    assert not turn.was_cut_off


def test_speaking_in_a_pause_of_the_caller_cuts_the_turn_off() -> None:
    call = replace(CALL, said=(said(3.0, 6.0),))

    (turn,) = judged(call, hotline(12, (4.6, 5.0), (6.6, 9.0))).turns

    assert turn.was_cut_off
    assert turn.silence_s is None


def test_speaking_in_a_pause_so_long_that_it_ends_a_turn_is_no_mistake() -> None:
    call = replace(CALL, said=(said(3.0, 6.0, talks_on=True),))

    (turn,) = judged(call, hotline(12, (4.6, 5.0), (6.6, 9.0))).turns

    assert not turn.was_cut_off


def test_talking_on_is_judged_by_when_the_answer_stops_and_the_next_one_comes() -> None:
    pieces = (Stretch(3.0, 4.0), Stretch(4.9, 6.0))
    call = replace(CALL, said=(said(3.0, 6.0, talks_on=True, pieces=pieces),))

    (turn,) = judged(call, hotline(12, (4.6, 5.2), (6.6, 9.0))).turns

    assert turn.is_interruption
    assert turn.fell_silent_s == 0.3
    assert turn.silence_s == 0.6
    assert not turn.was_cut_off


def test_a_sentence_with_a_key_in_its_middle_waits_like_any_other() -> None:
    call = replace(CALL, said=(said(3.0, 4.0, keys="5"),))

    (turn,) = judged(call, hotline(10, (4.6, 8.6))).turns

    assert turn.silence_s == 0.6


def test_the_end_of_the_interrupted_prompt_is_no_cut_off_and_no_answer() -> None:
    call = replace(CALL, said=(said(3.0, 4.0),))

    (turn,) = judged(call, hotline(10, (2.7, 3.3), (4.7, 8.0))).turns

    assert turn.is_interruption
    assert turn.fell_silent_s == 0.3
    assert turn.silence_s == 0.7
    assert not turn.was_cut_off


def test_a_prompt_that_falls_silent_at_once_was_interrupted_all_the_same() -> None:
    call = replace(CALL, said=(said(5.0, 6.0),))
    sound = hotline(12, (4.0, 5.1), (6.7, 8.0))

    (turn,) = judged(call, sound, (4.1, 5.1, "the answer")).turns

    assert turn.is_interruption
    assert turn.fell_silent_s == 0.1


def test_who_begins_at_a_prompts_own_end_does_not_interrupt_it() -> None:
    call = replace(CALL, said=(said(7.9, 9.0),))
    sound = hotline(12, (4.0, 8.0), (9.7, 11.0))

    (turn,) = judged(call, sound, (4.1, 8.0, "the answer")).turns

    assert not turn.is_interruption


def test_talking_on_over_an_interruption_misses_it() -> None:
    call = replace(CALL, said=(said(3.0, 4.0),))

    (turn,) = judged(call, hotline(10, (2.7, 6.0), (6.7, 8.0))).turns

    assert turn.was_missed
    assert turn.fell_silent_s is None


def test_an_answer_that_never_comes_is_told_and_makes_no_wait() -> None:
    call = replace(CALL, said=(said(3.0, 4.0),))

    (turn,) = judged(call, hotline(20)).turns

    assert not turn.was_answered
    assert turn.silence_s is None


def test_a_cough_that_shortens_a_prompt_is_a_false_stop() -> None:
    call = replace(CALL, made=(Made(Stretch(5.0, 5.2), "cough"),))

    _, stopped = judged(call, hotline(12, (4.0, 5.4)), (4.1, 5.4, "the answer")).prompts

    assert stopped.was_stopped
    assert stopped.was_disturbed_by == "cough"


def test_a_cough_over_a_prompt_that_is_heard_whole_is_none() -> None:
    call = replace(CALL, made=(Made(Stretch(5.0, 5.2), "cough"),))

    _, whole = judged(call, hotline(12, (4.0, 8.0)), (4.1, 8.0, "the answer")).prompts

    assert not whole.was_stopped


def test_a_prompt_that_was_meant_to_be_interrupted_is_no_false_stop() -> None:
    call = replace(CALL, said=(said(5.0, 6.0),))

    _, cut, _ = judged(call, hotline(12, (4.0, 5.2), (6.6, 8.0)), (4.1, 5.2, "the answer")).prompts

    assert not cut.was_stopped


def test_a_few_stretched_prompts_do_not_say_how_long_it_is() -> None:
    turns = kept((4.1, 8.0, "the answer"))
    whole, stretched = (hotline(20, (4.0, end_s)) for end_s in (8.0, 8.8))

    heard = [(sound, turns) for sound in [whole] * 50 + [stretched] * 2]

    assert natural_lengths(heard) == {"the answer": 4.0}


def test_a_prompt_is_as_long_as_it_was_heard_twice() -> None:
    cut, whole, merged = (hotline(20, (4.0, end_s)) for end_s in (5.4, 8.0, 12.0))
    turns = kept((4.1, 8.0, "the answer"))

    heard = [(sound, turns) for sound in (cut, whole, whole, merged)]

    assert natural_lengths(heard) == {"the answer": 4.0}
    assert natural_lengths(heard[1:2]) == {}


def test_a_first_word_that_was_written_down_is_not_lost_however_late_the_note() -> None:
    call, sound = replace(CALL, said=(said(3.0, 4.0),)), hotline(10, (4.6, 8.6))

    whole, clipped = (
        judged(call, sound, (3.5, 4.4, text)).turns[0]
        for text in ("caller how much are the fees", "caller the fees")
    )

    assert not whole.lost_first_word
    assert clipped.lost_first_word


def test_a_first_word_is_lost_when_the_ear_opened_after_it() -> None:
    call, sound = replace(CALL, said=(said(3.0, 4.0),)), hotline(10, (4.6, 8.6))

    in_time, late, never = (
        judged(call, sound, turn).turns[0]
        for turn in ((3.1, 4.4, "caller"), (3.5, 4.4, "caller"), (8.0, 9.0, "caller"))
    )

    assert [each.lost_first_word for each in (in_time, late, never)] == [False, True, False]


def test_holes_count_as_ours_only_on_a_line_that_loses_nothing() -> None:
    sound = hotline(10, (4.0, 6.0))
    sound[40000:40800] = 0

    ours, the_lines = judged(CALL, sound), judged(replace(CALL, is_lossy=True), sound)

    assert ours.gaps == (0.1,)
    assert the_lines.gaps == ()


def test_a_hole_that_a_prompt_always_has_is_the_voices_own() -> None:
    once, again = hotline(10, (4.0, 6.0)), hotline(10, (4.02, 6.02))
    once[40000:40800], again[40160:40960] = 0, 0
    stalled = again.copy()
    stalled[44000:45600] = 0
    turns = kept((4.1, 6.0, "the answer"))

    voice = Voice(closures=voice_closures([(once, turns), (again, turns)]))

    assert judge(CALL, once, turns, voice).gaps == ()
    assert judge(CALL, stalled, turns, voice).gaps == (0.2,)
    assert judge(CALL, once, turns, Voice()).gaps == (0.1,)


def test_a_held_call_survives_the_way_from_the_phones_process() -> None:
    call = replace(
        CALL,
        said=(said(3.0, 4.0, pieces=(Stretch(3.0, 4.0),)),),
        made=(Made(Stretch(1, 2), "cough"),),
    )

    assert held_call(call.as_json()) == call
