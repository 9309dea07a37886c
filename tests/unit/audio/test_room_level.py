"""Who is louder than a room full of voices, and what of the room is learned when."""

import numpy as np
import pytest

from ivr.audio.level import level_dbfs
from ivr.audio.room_level import RoomLevel
from ivr.domain import FRAME_BYTES, Language
from ivr.sim.callers import caller_lines
from ivr.sim.noises import background
from tests.unit.audio.sounds import frames, noise

ROOM_DBFS, CALLER_DBFS = -32.0, -20.0


class Line:
    """A line that a room is heard on."""

    def __init__(self) -> None:
        self.level = RoomLevel()
        self._before = bytes(FRAME_BYTES)

    def hears(
        self, pcm: bytes, *, we_speak: bool = True, has_voices: bool = True
    ) -> list[bool | None]:
        """Whether it has risen, at every frame."""
        rises = []
        for frame in frames(pcm):
            self.level.hear(
                self._before + frame, level_dbfs(frame), has_voices=has_voices, we_speak=we_speak
            )
            self._before = frame
            rises.append(self.level.has_risen)
        return rises


def line_from_a_loud_room() -> Line:
    line = Line()
    line.hears(noise(6, ROOM_DBFS))
    return line


def over(first: bytes, second: bytes) -> bytes:
    a, b = (np.frombuffer(pcm, "<i2").astype(np.int32) for pcm in (first, second))
    return np.clip(a[: len(b)] + b, -32768, 32767).astype("<i2").tobytes()


def test_a_room_as_loud_as_ever_does_not_rise() -> None:
    line = line_from_a_loud_room()

    assert not any(line.hears(noise(6, ROOM_DBFS)))


def test_whoever_is_louder_than_the_room_rises_within_a_fifth_of_a_second() -> None:
    line = line_from_a_loud_room()

    assert any(line.hears(noise(0.2, CALLER_DBFS)))
    assert line.level.is_exceeded


def test_right_behind_the_last_word_the_room_is_no_more_exceeded() -> None:
    line = line_from_a_loud_room()
    line.hears(noise(0.6, CALLER_DBFS), we_speak=False)

    line.hears(noise(0.12, ROOM_DBFS), we_speak=False)

    assert line.level.is_near
    assert not line.level.is_exceeded


def test_a_line_without_voices_has_no_rise() -> None:
    line = Line()

    assert set(line.hears(noise(6, ROOM_DBFS), has_voices=False)) == {None}


def test_a_room_is_known_after_a_short_greeting() -> None:
    rises = Line().hears(noise(2, ROOM_DBFS))

    assert rises[0] is None
    assert rises[-1] is not None


def test_a_caller_5_db_above_a_crowd_rises_behind_a_short_greeting() -> None:
    behind = np.resize(background("babble", Language.ZH, 5, seed=11), 6 * 8000).astype("<i2")
    late = []
    for name in ("hours", "fees", "overdue", "person", "limit", "early_repayment"):
        line = Line()
        line.hears(behind[: 3 * 8000].tobytes())
        said = over(behind[3 * 8000 :].tobytes(), caller_lines(Language.ZH)[name].pcm)
        if not any(line.hears(said, we_speak=False)[:35]):
            late.append(name)

    assert len(late) <= 2, f"not heard within 0.7 s: {late}"


def test_it_is_known_for_how_long_somebody_has_been_louder() -> None:
    line = line_from_a_loud_room()
    line.hears(noise(0.5, CALLER_DBFS), we_speak=False)

    assert line.level.risen_for_s == pytest.approx(0.5, abs=0.05)

    line.hears(noise(2, CALLER_DBFS), we_speak=False)

    assert line.level.risen_for_s == pytest.approx(1.6)


def test_nobody_has_been_louder_while_nobody_is() -> None:
    assert line_from_a_loud_room().level.risen_for_s == 0


def test_a_crowd_that_is_too_faint_for_a_moment_has_not_gone_home() -> None:
    line = line_from_a_loud_room()

    assert line.hears(noise(1, ROOM_DBFS), has_voices=False)[-1] is not None


def test_a_television_that_is_switched_off_is_no_room_with_voices() -> None:
    line = line_from_a_loud_room()

    assert line.hears(bytes(FRAME_BYTES) * 250, has_voices=False)[-1] is None


def test_what_is_said_while_we_are_silent_is_not_taken_for_the_room() -> None:
    line = line_from_a_loud_room()
    line.hears(noise(8, CALLER_DBFS), we_speak=False)

    assert any(line.hears(noise(0.3, CALLER_DBFS)))


def test_who_interrupts_is_not_taken_for_the_room() -> None:
    line = line_from_a_loud_room()
    line.hears(noise(1.5, CALLER_DBFS))

    assert line.hears(noise(0.3, CALLER_DBFS))[-1]


def test_whoever_is_louder_for_long_while_we_speak_on_is_the_room() -> None:
    line = line_from_a_loud_room()
    line.hears(noise(6, CALLER_DBFS))

    assert not any(line.hears(noise(1, CALLER_DBFS)))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("room", "snr_db"), [("babble", 10), ("television", 15)])
def test_callers_in_a_room_with_voices_rise_above_them(
    room: str, snr_db: float, language: Language
) -> None:
    behind = np.resize(background(room, language, snr_db, seed=11), 12 * 8000).astype("<i2")
    late = []
    for name in ("hours", "fees", "overdue", "person", "limit", "early_repayment"):
        line = Line()
        line.hears(behind[: 8 * 8000].tobytes())
        rises = line.hears(over(behind[8 * 8000 :].tobytes(), caller_lines(language)[name].pcm))
        if not any(rises[:20]):
            late.append(name)

    assert len(late) <= 1, f"not heard within 0.4 s: {late}"
