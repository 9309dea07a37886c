"""What every maker of `Media` must do; inherit and give a fixture `line`."""

import asyncio
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from ivr.audio.level import level_dbfs
from ivr.domain import FRAME_BYTES, FRAME_S, AudioFrame, Digit, Mark
from ivr.errors import CallGone
from ivr.telephony import LineEvent, Media
from ivr.telephony.gap import GAP_S
from tests.line_ends import Line, pitch_hz, sounding_s, tone

SLACK_S = 0.06
"""Two frames on their way and one of the clocks' phases."""


async def until_mark(media: Media, label: str) -> list[LineEvent]:
    """Read up to a mark."""
    events: list[LineEvent] = []
    async for event in media:
        events.append(event)
        if event == Mark(label):
            return events
    pytest.fail(f"the audio ended before mark {label}")


async def frames(media: Media, count: int) -> list[AudioFrame]:
    """Read so many audio frames."""
    found: list[AudioFrame] = []
    async for event in media:
        if isinstance(event, AudioFrame):
            found.append(event)
            if len(found) == count:
                break
    return found


def levels(pcm: NDArray[np.int16]) -> list[float]:
    """Give the level of each whole 20 ms, in dB below full scale."""
    return [
        level_dbfs(pcm[at : at + 160].astype("<i2").tobytes())
        for at in range(0, len(pcm) - 159, 160)
    ]


class MediaContract:
    async def test_audio_comes_in_frames_of_20_ms_at_the_lines_pace(self, line: Line) -> None:
        loop = asyncio.get_running_loop()
        await frames(line.media, 20)
        right = pytest.approx(50 * FRAME_S, abs=0.2)

        for _ in range(5):  # a stall spoils one second, and catching up the next
            begun = loop.time()
            heard = await frames(line.media, 50)
            took_s = loop.time() - begun
            if took_s == right:
                break

        assert {len(frame.heard) for frame in heard} == {FRAME_BYTES}
        assert {len(frame.played) for frame in heard} == {FRAME_BYTES}
        assert took_s == right

    async def test_a_stall_of_our_own_adds_no_time_to_the_call(self, line: Line) -> None:
        loop = asyncio.get_running_loop()
        await frames(line.media, 20)
        begun, count = loop.time(), 0

        while loop.time() - begun < 3:
            await frames(line.media, 10)
            count += 10
            if count % 50 == 0:
                time.sleep(0.3)  # noqa: ASYNC251  # the stall

        assert count * FRAME_S < loop.time() - begun + GAP_S + 0.2

    async def test_the_caller_hears_all_that_was_played_before_the_mark(self, line: Line) -> None:
        await line.media.play(tone(440, 0.7))
        await line.media.mark("said")

        await until_mark(line.media, "said")
        await frames(line.media, 5)

        heard = line.caller.heard()
        assert sounding_s(heard) == pytest.approx(0.7, abs=0.02)
        assert pitch_hz(heard) == pytest.approx(440, abs=15)

    async def test_a_mark_never_comes_before_its_speech_was_heard(self, line: Line) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await line.media.play(tone(440, 0.5))
        await line.media.mark("first")
        await line.media.play(tone(660, 0.5))
        await line.media.mark("second")

        await until_mark(line.media, "first")
        first_s = loop.time() - begun
        await until_mark(line.media, "second")

        assert first_s > 0.45
        assert loop.time() - begun > 0.95

    async def test_speech_in_pieces_of_any_size_is_heard_without_gaps(self, line: Line) -> None:
        speech = tone(440, 0.8)
        for start in range(0, len(speech), 1001):
            await line.media.play(speech[start : start + 1001])
        await line.media.mark("said")

        await until_mark(line.media, "said")
        await frames(line.media, 5)

        heard = line.caller.heard()
        sounds = np.flatnonzero(np.abs(heard.astype(int)) > 500)
        assert (sounds[-1] - sounds[0]) / 8000 == pytest.approx(0.8, abs=0.02)
        assert sounding_s(heard) == pytest.approx(0.8, abs=0.02)

    async def test_the_tail_of_speech_is_heard_without_a_mark_too(self, line: Line) -> None:
        await line.media.play(tone(440, 0.11)[:-2])

        while sounding_s(line.caller.heard()) < 0.1:
            await frames(line.media, 1)
        await frames(line.media, 5)

        assert sounding_s(line.caller.heard()) == pytest.approx(0.11, abs=0.01)

    async def test_flush_makes_silence_at_once_and_forgets_marks(self, line: Line) -> None:
        await line.media.play(tone(440, 5))
        await line.media.mark("never")
        await frames(line.media, 25)

        await line.media.flush()
        before_s = sounding_s(line.caller.heard())
        await line.media.play(tone(660, 0.2))
        await line.media.mark("after")
        events = await until_mark(line.media, "after")
        await frames(line.media, 5)

        assert Mark("never") not in events
        assert sounding_s(line.caller.heard()) - before_s == pytest.approx(0.2, abs=SLACK_S)

    async def test_a_ducked_prompt_is_12_db_softer_at_once_and_loses_nothing(
        self, line: Line
    ) -> None:
        await line.media.play(tone(440, 1.5))
        await line.media.mark("said")
        await frames(line.media, 20)

        line.media.duck()
        before = len(line.caller.heard())
        await frames(line.media, 25)
        line.media.unduck()
        until = len(line.caller.heard())
        await until_mark(line.media, "said")
        await frames(line.media, 5)

        heard, slack = line.caller.heard(), round(SLACK_S * 8000)
        loud = levels(heard[slack : before - slack])[-1]
        soft = levels(heard[before + slack : until - slack])
        assert [loud - level for level in soft] == pytest.approx([12] * len(soft), abs=1)
        assert levels(heard[until + slack :])[0] == pytest.approx(loud, abs=1)
        assert sounding_s(heard) == pytest.approx(1.5, abs=0.02)

    async def test_speech_after_a_flush_while_ducked_is_as_loud_as_ever(self, line: Line) -> None:
        await line.media.play(tone(440, 5))
        await frames(line.media, 10)
        line.media.duck()
        await frames(line.media, 10)

        await line.media.flush()
        line.media.unduck()
        await frames(line.media, 10)
        before = len(line.caller.heard())
        await line.media.play(tone(660, 0.4))
        await line.media.mark("after")
        await until_mark(line.media, "after")
        await frames(line.media, 5)

        assert max(levels(line.caller.heard()[before:])) == pytest.approx(-15.3, abs=1)

    async def test_heard_time_grows_with_what_was_heard_and_stops_at_a_flush(
        self, line: Line
    ) -> None:
        await line.media.play(tone(440, 0.4))
        await line.media.mark("said")
        await until_mark(line.media, "said")
        after_mark_s = line.media.heard_s
        await line.media.play(tone(440, 5))
        await frames(line.media, 25)

        await line.media.flush()
        at_flush_s = line.media.heard_s
        await frames(line.media, 10)

        assert after_mark_s == pytest.approx(0.4, abs=0.001)
        assert at_flush_s == pytest.approx(0.9, abs=0.1)
        assert line.media.heard_s == pytest.approx(at_flush_s, abs=0.001)

    async def test_a_frame_tells_what_was_being_played_meanwhile(self, line: Line) -> None:
        await frames(line.media, 5)
        await line.media.play(tone(440, 0.5))

        heard = await frames(line.media, 40)

        played = np.frombuffer(b"".join(frame.played for frame in heard), "<i2")
        assert sounding_s(played) == pytest.approx(0.5, abs=0.02)
        assert np.flatnonzero(played)[0] / 8000 <= SLACK_S

    async def test_the_callers_speech_arrives(self, line: Line) -> None:
        await frames(line.media, 5)
        line.caller.say(tone(800, 0.5))

        heard = await frames(line.media, 40)

        speech = np.frombuffer(b"".join(frame.heard for frame in heard), "<i2")
        assert sounding_s(speech) == pytest.approx(0.5, abs=0.02)
        assert pitch_hz(speech) == pytest.approx(800, abs=40)

    async def test_keys_arrive_in_order(self, line: Line) -> None:
        line.caller.press("1*0#9")

        keys = ""
        async for event in line.media:
            if isinstance(event, Digit):
                keys += event.key
                if len(keys) == 5:
                    break

        assert keys == "1*0#9"

    async def test_the_audio_ends_without_an_error_when_the_caller_hangs_up(
        self, line: Line
    ) -> None:
        await frames(line.media, 5)
        await line.caller.hang_up()

        async for _ in line.media:
            pass

        await line.call.gone()

    async def test_nothing_can_be_played_to_a_caller_who_has_left(self, line: Line) -> None:
        await line.caller.hang_up()
        await line.call.gone()

        with pytest.raises(CallGone):
            await line.media.play(tone(440, 0.1))

    async def test_thirty_seconds_can_be_queued_at_once_and_dropped_again(self, line: Line) -> None:
        await line.media.play(tone(440, 30))
        await frames(line.media, 50)

        await line.media.flush()
        await frames(line.media, 10)
        before_s = sounding_s(line.caller.heard())
        await frames(line.media, 25)

        assert before_s == pytest.approx(1.0, abs=0.3)
        assert sounding_s(line.caller.heard()) == pytest.approx(before_s, abs=0.001)
