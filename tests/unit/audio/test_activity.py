"""Voiced frames become the caller's turn events."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from ivr.audio.activity import Activity, ActivityCounter
from ivr.config.settings import Hearing

HEARING = Hearing(long_silence_s=2.0, too_long_s=4.0)
PAUSE_S = 0.6


def counter() -> ActivityCounter:
    made = ActivityCounter(HEARING)
    made.expect(PAUSE_S)
    return made


def feed(made: ActivityCounter, frames: Iterable[bool]) -> list[tuple[int, Activity]]:
    """Give each event with the number of its frame, counted from 0."""
    return [
        (at, event) for at, is_speech in enumerate(frames) for event in made.on_frame(is_speech)
    ]


def events(made: ActivityCounter, frames: Iterable[bool]) -> list[Activity]:
    return [event for _, event in feed(made, frames)]


def voice(length_s: float) -> list[bool]:
    return [True] * round(length_s / 0.02)


def silence(length_s: float) -> list[bool]:
    return [False] * round(length_s / 0.02)


def test_a_word_begins_lasts_and_ends() -> None:
    heard = feed(counter(), silence(0.2) + voice(0.5) + silence(0.6))

    assert heard == [
        (12, Activity.ONSET),
        (21, Activity.SUSTAINED),
        (64, Activity.PAUSE),
    ]


def test_a_click_is_no_onset() -> None:
    assert events(counter(), silence(0.2) + voice(0.04) + silence(0.5)) == []


def test_a_stuttering_voice_is_noticed_within_a_tenth_of_a_second() -> None:
    assert feed(counter(), [True, False, True, False, True]) == [(4, Activity.ONSET)]


def test_a_pause_shorter_than_asked_for_does_not_end_the_utterance() -> None:
    made = counter()
    made.expect(1.0)

    heard = events(made, voice(0.4) + silence(0.9) + voice(0.4) + silence(1.0))

    assert heard == [Activity.ONSET, Activity.SUSTAINED, Activity.PAUSE]


def test_the_pause_may_be_changed_while_the_caller_speaks() -> None:
    made = counter()
    events(made, voice(0.4))
    made.expect(0.2)

    assert feed(made, silence(0.3)) == [(9, Activity.PAUSE)]


def test_a_cough_over_our_prompt_ends_early_and_is_never_sustained() -> None:
    made = counter()
    made.prompt_began()

    assert feed(made, voice(0.16) + silence(0.4)) == [(2, Activity.ONSET), (22, Activity.PAUSE)]


def test_speech_over_our_prompt_keeps_the_pause_of_the_question() -> None:
    made = counter()
    made.prompt_began()

    heard = events(made, voice(0.3) + silence(0.5) + voice(0.2) + silence(0.6))

    assert heard == [Activity.ONSET, Activity.SUSTAINED, Activity.PAUSE]


def test_silence_is_told_again_and_again_while_nobody_speaks() -> None:
    assert feed(counter(), silence(4.5)) == [
        (99, Activity.LONG_SILENCE),
        (199, Activity.LONG_SILENCE),
    ]


def test_our_own_prompt_is_not_the_callers_silence() -> None:
    made = counter()
    made.prompt_began()

    assert events(made, silence(10)) == []


def test_silence_is_counted_from_the_end_of_our_prompt() -> None:
    made = counter()
    events(made, silence(1.5))
    made.prompt_began()
    events(made, silence(1))
    made.prompt_ended()

    assert feed(made, silence(2)) == [(99, Activity.LONG_SILENCE)]


def test_a_caller_who_is_speaking_when_our_prompt_ends_is_announced_again() -> None:
    made = counter()
    made.prompt_began()
    before = events(made, voice(0.5))
    made.prompt_ended()

    assert before == [Activity.ONSET, Activity.SUSTAINED]
    assert feed(made, voice(0.4) + silence(0.6)) == [
        (0, Activity.ONSET),
        (7, Activity.SUSTAINED),
        (49, Activity.PAUSE),
    ]


def test_a_caller_who_has_just_answered_when_our_prompt_ends_is_still_heard() -> None:
    made = counter()
    made.prompt_began()
    events(made, voice(0.4) + silence(0.2))
    made.prompt_ended()

    assert events(made, silence(0.6)) == [Activity.ONSET, Activity.PAUSE]


def test_a_caller_who_speaks_on_when_we_begin_can_still_interrupt() -> None:
    made = counter()
    events(made, voice(1.0))
    made.prompt_began()

    assert events(made, voice(0.3)) == [Activity.ONSET, Activity.SUSTAINED]


def test_a_monologue_is_cut_once_and_does_not_cancel_the_answer() -> None:
    made = counter()

    heard = events(made, voice(600))

    assert heard == [Activity.ONSET, Activity.SUSTAINED, Activity.TOO_LONG]


def test_after_a_monologue_a_pause_makes_the_ear_ready_again() -> None:
    made = counter()
    events(made, voice(10))

    heard = events(made, silence(0.7) + voice(0.1))

    assert heard == [Activity.ONSET]


def test_a_monologue_that_outlives_our_prompt_is_announced_again() -> None:
    made = counter()
    events(made, voice(10))
    made.prompt_began()
    events(made, voice(2))
    made.prompt_ended()

    assert events(made, voice(0.1)) == [Activity.ONSET]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("voice"), st.integers(1, 300)),
        st.tuples(st.just("silence"), st.integers(1, 300)),
        st.tuples(st.just("mixed"), st.integers(0, 2**40)),
        st.tuples(st.just("began"), st.just(0)),
        st.tuples(st.just("ended"), st.just(0)),
        st.tuples(st.just("expect"), st.integers(1, 100)),
    ),
    max_size=30,
)


def play(steps: list[tuple[str, int]]) -> list[list[Activity]]:
    """Play a whole call; give the events of each frame."""
    made = counter()
    told: list[list[Activity]] = []
    for kind, amount in steps:
        match kind:
            case "began":
                made.prompt_began()
            case "ended":
                made.prompt_ended()
            case "expect":
                made.expect(amount / 50)
            case "mixed":
                told += [list(made.on_frame(bit == "1")) for bit in f"{amount:b}"]
            case _:
                told += [list(made.on_frame(kind == "voice")) for _ in range(amount)]
    return told


@given(STEPS)
def test_a_pause_always_follows_an_onset(steps: list[tuple[str, int]]) -> None:
    open_sound = False
    for event in (event for frame in play(steps) for event in frame):
        if event is Activity.ONSET:
            open_sound = True
        if event in (Activity.PAUSE, Activity.TOO_LONG, Activity.SUSTAINED):
            assert open_sound
        if event in (Activity.PAUSE, Activity.TOO_LONG):
            open_sound = False


@given(STEPS)
def test_an_onset_is_sustained_at_most_once(steps: list[tuple[str, int]]) -> None:
    sustained = 0
    for event in (event for frame in play(steps) for event in frame):
        sustained = 0 if event is Activity.ONSET else sustained + (event is Activity.SUSTAINED)
        assert sustained <= 1


@given(STEPS)
def test_a_frame_never_tells_the_same_thing_twice(steps: list[tuple[str, int]]) -> None:
    assert all(len(frame) == len(set(frame)) for frame in play(steps))


@given(STEPS)
def test_every_sound_ends_once_the_caller_is_silent(steps: list[tuple[str, int]]) -> None:
    heard_out = [step for step in steps if step[0] != "began"]  # our prompt ends a sound untold
    told = play([*heard_out, ("expect", 30), ("silence", 200)])

    story = [event for frame in told for event in frame]
    ends = [at for at, event in enumerate(story) if event in (Activity.PAUSE, Activity.TOO_LONG)]
    onsets = [at for at, event in enumerate(story) if event is Activity.ONSET]
    assert not onsets or ends[-1] > onsets[-1]


def test_words_make_a_long_sound_a_story_and_not_too_long() -> None:
    made = counter()

    told = events(made, voice(3.0))
    made.understood()
    told += events(made, voice(3.0) + silence(0.6))

    assert told == [Activity.ONSET, Activity.SUSTAINED, Activity.PAUSE]


def test_the_longest_story_is_too_long_all_the_same() -> None:
    made = ActivityCounter(Hearing(too_long_s=2.0, longest_s=4.0))
    told = []
    for _ in range(5):
        told += events(made, voice(1.0))
        made.understood()

    assert told == [Activity.ONSET, Activity.SUSTAINED, Activity.TOO_LONG]


def test_what_was_answered_in_its_middle_does_not_begin_again() -> None:
    made = counter()
    events(made, voice(0.5))

    made.answered()
    made.prompt_began()

    assert events(made, voice(1.0)) == []
    assert events(made, silence(1.0) + voice(0.3)) == [Activity.ONSET, Activity.SUSTAINED]


def test_what_was_answered_over_a_prompt_that_it_cut_does_not_begin_again() -> None:
    made = counter()
    made.prompt_began()
    events(made, voice(0.5))

    made.prompt_ended()
    made.answered()

    assert events(made, voice(1.0) + silence(1.0)) == []
