"""What is wrong with the audio that arrives, without a clock."""

import numpy as np
import pytest

from ivr.audio.level import ducked
from ivr.domain import FRAME_BYTES, AudioFrame
from ivr.telephony.arrivals import Arrivals
from ivr.telephony.line_inbox import LineInbox
from ivr.telephony.line_watch import SLACK_FRAMES, LineWatch, Trouble, Verdict
from ivr.telephony.playout import Playout

RNG = np.random.default_rng(5)


def speech(count: int) -> list[bytes]:
    """Frames of which no two are alike."""
    return [RNG.integers(-5000, 5000, 160).astype("<i2").tobytes() for _ in range(count)]


class Line:
    """A watch, and a list of what it has told."""

    def __init__(self) -> None:
        self.troubles: list[Trouble] = []
        self.watch = LineWatch(0.0, self.troubles.append)
        self.accepted = 0
        self.lost = 0

    def send(self, frames: list[bytes], every_s: float, start_s: float = 0.0) -> float:
        """Let frames arrive one by one; give when the next would."""
        for number, frame in enumerate(frames):
            self.take(frame, start_s + number * every_s)
        return start_s + len(frames) * every_s

    def take(self, frame: bytes, now_s: float) -> None:
        self.accepted += self.watch.accept(frame, now_s) is not Verdict.DROP
        self.lost += self.watch.lost()

    def send_late(self, count: int, loss: float, jitter_s: float) -> None:
        """Send a frame every 20 ms over a network that loses and delays them."""
        left = np.arange(count)[RNG.random(count) >= loss] * 0.02
        arrived_s = np.sort(left + RNG.random(len(left)) * jitter_s)
        for frame, now_s in zip(speech(len(left)), arrived_s, strict=True):
            self.take(frame, float(now_s))


def test_a_good_line_is_in_no_trouble() -> None:
    line = Line()

    line.send(speech(3000), 0.02)

    assert line.troubles == []
    assert line.accepted == 3000


def test_jitter_of_a_mobile_line_is_no_trouble() -> None:
    line = Line()
    now_s = 0.0
    for _ in range(300):
        for frame in speech(5):  # 100 ms at once
            line.take(frame, now_s)
        now_s += 0.1

    assert line.troubles == []
    assert line.accepted == 1500


@pytest.mark.parametrize("drift", [0.999, 1.001])
def test_a_clock_that_drifts_for_an_hour_is_no_trouble(drift: float) -> None:
    line = Line()

    line.send(speech(500) * 360, 0.02 * drift)

    assert line.troubles == []


def test_audio_at_twice_the_rate_is_told_once() -> None:
    line = Line()

    line.send(speech(2000), 0.01)

    assert line.troubles == [Trouble.TOO_FAST]


def test_audio_at_half_the_rate_is_told_once() -> None:
    line = Line()

    line.send(speech(1000), 0.04)

    assert line.troubles == [Trouble.TOO_SLOW]


def test_audio_that_arrives_twice_is_heard_once() -> None:
    line = Line()
    twice = [frame for frame in speech(500) for _ in range(2)]

    line.send(twice, 0.01)

    assert line.troubles == [Trouble.TWICE]
    assert 500 <= line.accepted <= 510


def test_a_steady_tone_is_not_taken_for_audio_that_arrives_twice() -> None:
    line = Line()
    tone = (8000 * np.sin(2 * np.pi * 400 * np.arange(160) / 8000)).astype("<i2").tobytes()

    line.send([tone] * 500, 0.02)

    assert line.troubles == []
    assert line.accepted >= 499


def test_repeated_silence_is_silence() -> None:
    line = Line()

    line.send([bytes(FRAME_BYTES)] * 2000, 0.0195)

    assert Trouble.TWICE not in line.troubles
    assert line.accepted == 2000


def test_a_burst_behind_a_lull_is_told() -> None:
    line = Line()
    now_s = line.send(speech(100), 0.02)
    line.watch.filled(100, now_s + 2)
    line.send(speech(100), 0.0, now_s + 2)
    line.send(speech(300), 0.02, now_s + 2)

    assert line.troubles == [Trouble.STOPPED, Trouble.BURST]
    assert line.accepted == 500


def test_audio_that_has_not_begun_has_not_stopped() -> None:
    line = Line()

    line.watch.filled(500, 10.0)

    assert line.troubles == []


def test_a_short_gap_of_a_phone_that_suppresses_silence_is_no_trouble() -> None:
    line = Line()
    now_s = line.send(speech(100), 0.02)

    line.watch.filled(20, now_s + 0.4)
    line.send(speech(100), 0.02, now_s + 0.4)

    assert line.troubles == []


# --- with the prompt that plays meanwhile ---------------------------------------------------


def arrivals(playout: Playout, *, soft: bool = False) -> Arrivals:
    return Arrivals(LineInbox(), playout, ducked if soft else bytes, 0.0)


def playing(seconds: float) -> Playout:
    playout = Playout()
    playout.queue(b"\x10\x10" * round(8000 * seconds))
    playout.unsent(ahead=10**6, most=10**6)
    return playout


def test_the_prompt_moves_on_while_no_audio_arrives() -> None:
    playout = playing(5)
    line = arrivals(playout)
    line.missing(0.95)

    filled = line.missing(1.0)

    assert filled == [AudioFrame(bytes(FRAME_BYTES), b"\x10\x10" * 160)] * 50
    assert playout.heard_s == 1.0


def test_audio_that_comes_late_and_at_once_does_not_move_the_prompt_on_again() -> None:
    playout = playing(10)
    line = arrivals(playout)
    line.missing(1.95)
    line.missing(2.0)

    late = line.frames(b"".join(speech(100)), 2.0)

    assert len(late) == 100
    assert playout.heard_s == pytest.approx(2.2, abs=0.05)  # by the line's jitter, not by 2 s


def test_the_prompt_is_told_as_loud_as_it_is_played() -> None:
    frames = arrivals(playing(1), soft=True).frames(bytes(FRAME_BYTES), 0.02)

    assert frames[0].played == ducked(b"\x10\x10" * 160)


@pytest.mark.parametrize("loss", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("jitter_s", [0.0, 0.06])
def test_the_clock_of_a_call_goes_on_where_frames_are_lost(loss: float, jitter_s: float) -> None:
    line = Line()

    line.send_late(3000, loss, jitter_s)

    # Of one in five some are forgotten: more than a gap's worth may be missing before it shows.
    assert line.accepted + line.lost == pytest.approx(3000, abs=60 if loss > 0.1 else SLACK_FRAMES)
    assert set(line.troubles) <= {Trouble.TOO_SLOW}


@pytest.mark.parametrize("jitter_s", [0.0, 0.03, 0.06])
def test_late_frames_are_not_lost(jitter_s: float) -> None:
    line = Line()

    line.send_late(3000, 0.0, jitter_s)

    assert (line.accepted, line.lost) == (3000, 0)


@pytest.mark.parametrize("stall", [3, 10, 25, 100])
def test_frames_that_waited_while_we_stalled_are_not_lost(stall: int) -> None:
    line = Line()
    now_s = 0.0
    for _ in range(20):
        now_s = line.send(speech(50), 0.02, now_s) + stall * 0.02
        line.send(speech(stall), 0.0, now_s)

    assert line.lost == 0


def test_the_frame_behind_a_lost_one_is_heard_twice() -> None:
    inbox = LineInbox()
    arrivals = Arrivals(inbox, Playout(), ducked, 0.0)
    sent = speech(100)
    kept = [(number, frame) for number, frame in enumerate(sent) if number % 5]

    heard = [frame.heard for number, pcm in kept for frame in arrivals.frames(pcm, number * 0.02)]

    assert len(heard) == pytest.approx(100, abs=5)
    assert [
        frame for frame, before in zip(heard, [b"", *heard], strict=False) if frame != before
    ] == [frame for _, frame in kept]


@pytest.mark.parametrize("begins_s", [0.1, 0.24, 0.5, 3.0])
def test_audio_that_begins_late_has_lost_nothing(begins_s: float) -> None:
    line = Line()

    line.send(speech(200), 0.02, begins_s)

    assert line.lost == 0


# --- keys, whose packets take the place of audio -----------------------------------------------


def keys_pressed(arrivals: Arrivals, count: int, now_s: float) -> tuple[list[AudioFrame], float]:
    """Press keys of 100 ms, 80 ms apart; gives what was heard meanwhile and the time it is then."""
    heard: list[AudioFrame] = []
    for _ in range(count):
        now_s += 0.1
        heard += arrivals.keyed(now_s)
        for _ in range(4):
            now_s += 0.02
            heard += arrivals.frames(bytes(FRAME_BYTES), now_s)
    return heard, now_s


def begun(playout: Playout) -> tuple[Arrivals, float]:
    """Give a line on which audio has arrived for a second, and when that was."""
    line = Arrivals(LineInbox(), playout, ducked, 0.0)
    for number in range(50):
        line.frames(bytes(FRAME_BYTES), number * 0.02)
    return line, 49 * 0.02


@pytest.mark.parametrize("count", [1, 6, 20])
def test_the_clock_of_a_call_stands_right_at_every_key(count: int) -> None:
    line, began_s = begun(Playout())

    heard, now_s = keys_pressed(line, count, began_s)

    assert len(heard) == pytest.approx((now_s - began_s) / 0.02, abs=2)


def test_the_prompt_moves_on_while_a_key_is_pressed() -> None:
    playout = playing(5)
    line, began_s = begun(playout)

    line.keyed(began_s + 0.1)

    assert playout.heard_s == pytest.approx(1.1, abs=0.025)


def test_a_key_beside_which_the_audio_went_on_is_no_gap() -> None:
    line, now_s = begun(Playout())

    assert line.keyed(now_s + 0.01) == []


def test_a_key_that_was_read_late_costs_no_more_than_a_gap() -> None:
    line, now_s = begun(Playout())

    assert len(line.keyed(now_s + 2.0)) == SLACK_FRAMES


def test_frames_that_waited_behind_a_key_do_not_count_twice() -> None:
    line, began_s = begun(Playout())
    line.keyed(began_s + 0.2)  # 0.1 s of the key, and of 0.1 s the audio waits behind it

    late = [line.frames(bytes(FRAME_BYTES), began_s + 0.2) for _ in range(5)]
    heard, now_s = keys_pressed(line, 6, began_s + 0.2)

    assert [len(each) for each in late] == [1] * 5
    assert 10 + 5 + len(heard) == pytest.approx((now_s - began_s) / 0.02, abs=2)
