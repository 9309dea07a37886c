"""A recording is drawn out where it is shorter than the call, and nowhere else."""

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ivr.domain import FRAME_BYTES
from ivr.sim.phone_audio import lossy_wire
from ivr.telephony.arrivals import Arrivals
from ivr.telephony.call_clock import FILLED, CallClock, digest, gaps
from ivr.telephony.line_inbox import LineInbox
from ivr.telephony.playout import Playout
from ivr.telephony.recordings import finish

SILENCE = bytes(FRAME_BYTES)


def speech(count: int, seed: int = 3) -> list[bytes]:
    """Frames of which no two are alike."""
    random = np.random.default_rng(seed)
    return [random.integers(-5000, 5000, 160).astype("<i2").tobytes() for _ in range(count)]


def numbers(frames: list[bytes]) -> list[int]:
    return [digest(frame) for frame in frames]


def test_a_recording_of_all_that_arrived_has_no_gaps() -> None:
    said = numbers(speech(100))

    assert gaps(said, said) == []


def test_a_recording_that_began_before_the_audio_stays_as_it_is() -> None:
    said = numbers(speech(100))

    assert gaps(said, [*numbers([SILENCE] * 7), *said]) == []


def test_what_never_arrived_is_missing_where_it_was_filled() -> None:
    before, after = numbers(speech(40, 1)), numbers(speech(40, 2))
    pause = numbers([SILENCE] * 10)
    clock = [*before, *pause, *[FILLED] * 30, *pause, *after]

    assert gaps(clock, [*before, *pause, *pause, *after]) == [50] * 30


def test_where_our_own_speech_moved_the_recording_on_nothing_is_missing() -> None:
    before, after = numbers(speech(40, 1)), numbers(speech(40, 2))
    clock = [*before, *[FILLED] * 12, *after]
    recorded = [*before, *numbers([SILENCE] * 12), *after]

    assert gaps(clock, recorded) == []


def test_keys_before_the_first_word_are_drawn_out_too() -> None:
    said = numbers(speech(40))
    start = numbers([SILENCE] * 20)

    assert gaps([*start, *[FILLED] * 5, *said], [*start, *said]) == [20] * 5


def test_after_an_agent_was_rung_the_recording_is_ahead_for_good() -> None:
    before, after = numbers(speech(40, 1)), numbers(speech(40, 2))
    later = numbers(speech(40, 4))
    music = numbers([SILENCE] * 400)
    clock = [*before, *after, *[FILLED] * 3, *later]

    found = gaps(clock, [*before, *music, *after, *later])

    assert found == [480] * 3


def test_of_a_call_without_a_sound_nothing_is_known() -> None:
    assert gaps(numbers([SILENCE] * 50) + [FILLED] * 5, numbers([SILENCE] * 50)) == []


# --- from the line to the file ------------------------------------------------------------------


class Call:
    """A caller's frames on their way to us, and what Asterisk records of them."""

    def __init__(self) -> None:
        self.clock = CallClock()
        self._line = Arrivals(LineInbox(), Playout(), bytes, 0.0, self.clock)
        self.heard: list[bytes] = []
        self.recorded: list[bytes] = []
        self._ticks = 0

    def says(self, frames: list[bytes], loss: float = 0.0) -> None:
        wire = lossy_wire(loss, 0.0, seed=7)
        for frame in frames:
            self._ticks += 1
            if any(True for _ in wire(frame)):
                self.recorded.append(frame)
                self.heard += [each.heard for each in self._line.frames(frame, self._now_s)]

    def presses(self, keys: int) -> None:
        for _ in range(keys):
            self._ticks += 5  # its packets take the place of audio
            self.heard += [each.heard for each in self._line.keyed(self._now_s)]
            self.says([SILENCE] * 4)

    @property
    def _now_s(self) -> float:
        return self._ticks * 0.02


def side(file: Path) -> NDArray[np.int16]:
    with wave.open(str(file)) as read:
        return np.frombuffer(read.readframes(read.getnframes()), "<i2")[::2]


def recording(call: Call, folder: Path) -> NDArray[np.int16]:
    """Write what Asterisk would have written, finish it, and give the caller's side."""
    left = np.frombuffer(b"".join(call.recorded), "<i2")
    raw = folder / "1.1.raw"
    raw.write_bytes(np.column_stack([left, left]).tobytes())
    return side(finish(raw, call.clock.noted))


def place_of(frame: bytes, sound: NDArray[np.int16]) -> int:
    """Give the sample at which a frame stands."""
    return sound.tobytes().index(frame) // 2


def test_behind_six_keys_the_recording_and_the_clock_agree_at_the_sample(tmp_path: Path) -> None:
    call = Call()
    call.says(speech(50, 1))
    call.presses(6)
    call.says([SILENCE] * 100)
    call.says(last := speech(50, 2))

    recorded = recording(call, tmp_path)

    clock = np.frombuffer(b"".join(call.heard), "<i2")
    assert place_of(last[0], recorded) == place_of(last[0], clock)
    assert place_of(last[-1], recorded) == place_of(last[-1], clock)
    assert place_of(last[0], clock) == pytest.approx(160 * (50 + 54 + 100), abs=2 * 160)


@pytest.mark.parametrize("loss", [0.01, 0.05, 0.2])
def test_where_packets_are_lost_the_recording_and_the_clock_agree_at_the_sample(
    loss: float, tmp_path: Path
) -> None:
    call = Call()
    for turn in range(5):
        call.says(speech(150, turn), loss)
        call.says([SILENCE] * 100, loss)
    call.says(last := speech(50, 9))

    recorded = recording(call, tmp_path)

    clock = np.frombuffer(b"".join(call.heard), "<i2")
    assert place_of(last[-1], recorded) == place_of(last[-1], clock)
    # Of one in five some are forgotten, by the clock and so by the recording.
    forgotten = 30 if loss > 0.1 else 12
    assert place_of(last[-1], clock) == pytest.approx(160 * (5 * 250 + 49), abs=forgotten * 160)


def test_without_a_clock_the_recording_stays_as_asterisk_wrote_it(tmp_path: Path) -> None:
    raw = tmp_path / "1.1.raw"
    raw.write_bytes(b"\x01\x00\x02\x00" * 1000 + b"\x01")

    assert len(side(finish(raw))) == 1000
