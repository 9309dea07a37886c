"""What waits to be read from the line."""

import pytest

from ivr.domain import FRAME_BYTES, AudioFrame, Digit
from ivr.errors import EngineUnavailable
from ivr.telephony.gap import GAP_S, SECOND_LOOK_S, GapClock
from ivr.telephony.line_inbox import MOST_EVENTS, LineInbox

FRAME = AudioFrame(bytes(FRAME_BYTES))


@pytest.mark.parametrize("packet", [80, 160, 240, 320, 480, 960, 7])
def test_packets_of_any_size_become_whole_frames(packet: int) -> None:
    inbox = LineInbox()
    sent = bytes(index % 251 for index in range(6720))

    frames = []
    for start in range(0, len(sent), packet):
        frames += inbox.frames(sent[start : start + packet])

    assert {len(frame) for frame in frames} == {FRAME_BYTES}
    assert b"".join(frames) == sent


async def test_a_late_reader_loses_the_oldest_audio_and_no_key() -> None:
    inbox = LineInbox()
    inbox.put(Digit("1"))
    for _ in range(MOST_EVENTS + 9):
        inbox.put(FRAME)
    inbox.close()

    events = [event async for event in inbox.read()]

    assert events[0] == Digit("1")
    assert len(events) == MOST_EVENTS
    assert inbox.dropped == 10


async def test_an_error_comes_after_what_was_heard_before_it() -> None:
    inbox = LineInbox()
    inbox.put(FRAME)
    inbox.close(EngineUnavailable("media", "broken"))
    reading = inbox.read()

    assert await anext(reading) == FRAME
    with pytest.raises(EngineUnavailable, match="broken"):
        await anext(reading)


async def test_the_first_reason_for_the_end_counts() -> None:
    inbox = LineInbox()
    inbox.close()
    inbox.close(EngineUnavailable("media", "later"))

    assert [event async for event in inbox.read()] == []


def test_a_short_delay_is_no_gap() -> None:
    clock = GapClock(0.0)

    assert clock.missing(0.19) == 0


def test_a_gap_is_filled_frame_for_frame() -> None:
    clock = GapClock(0.0)
    clock.missing(0.45)

    filled = [clock.missing(0.5), clock.missing(0.6), clock.missing(0.71)]

    assert filled == [25, 0, 10]


def test_audio_that_comes_back_ends_the_gap() -> None:
    clock = GapClock(0.0)
    clock.missing(0.45)
    clock.missing(0.5)
    clock.arrived(0.55)

    assert clock.missing(0.7) == 0


def test_a_gap_is_believed_at_the_second_look_which_comes_soon() -> None:
    clock = GapClock(0.0)

    looks = [(clock.missing(now_s), clock.due_s) for now_s in (0.2, 0.25, 0.45)]

    assert looks == [(0, 0.2 + SECOND_LOOK_S), (12, 0.25 + GAP_S), (10, 0.45 + GAP_S)]


def test_audio_that_was_there_before_a_late_timer_leaves_no_gap() -> None:
    clock = GapClock(0.0)

    filled = clock.missing(1.0)  # this process stalled for a second
    clock.arrived(1.0)  # and finds what has come meanwhile

    assert filled + clock.missing(1.19) == 0
