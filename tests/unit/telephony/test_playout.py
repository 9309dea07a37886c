"""Speech on its way to the caller, without a clock."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.domain import FRAME_BYTES
from ivr.telephony.playout import SILENCE, Playout

LOUD = b"\x10\x10" * (FRAME_BYTES // 2)


def test_nothing_is_heard_before_it_was_sent() -> None:
    playout = Playout()
    playout.queue(LOUD)

    assert playout.take() == SILENCE
    assert playout.heard_s == 0


def test_what_was_sent_is_heard_frame_by_frame() -> None:
    playout = Playout()
    playout.queue(LOUD * 2)

    assert playout.unsent(ahead=10, most=10) == LOUD * 2
    assert [playout.take(), playout.take(), playout.take()] == [LOUD, LOUD, SILENCE]
    assert playout.heard_s == 0.04


def test_no_more_is_sent_than_may_wait_ahead() -> None:
    playout = Playout()
    playout.queue(LOUD * 100)

    sent = [len(playout.unsent(ahead=50, most=25)) // FRAME_BYTES for _ in range(4)]

    assert sent == [25, 25, 0, 0]


def test_a_full_window_is_topped_up_in_whole_pieces() -> None:
    playout = Playout()
    playout.queue(LOUD * 100)
    while playout.unsent(ahead=50, most=25):
        pass

    for _ in range(24):
        playout.take()
    too_early = playout.unsent(ahead=50, most=25)
    playout.take()

    assert too_early == b""
    assert len(playout.unsent(ahead=50, most=25)) == 25 * FRAME_BYTES


def test_sending_stops_at_a_mark_so_that_it_can_be_sent_in_between() -> None:
    playout = Playout()
    playout.queue(LOUD * 3)
    playout.mark("here")
    playout.queue(LOUD * 2)

    first = playout.unsent(ahead=50, most=25)
    mark = playout.next_mark(playout.sent)
    second = playout.unsent(ahead=50, most=25)

    assert (len(first), len(second)) == (3 * FRAME_BYTES, 2 * FRAME_BYTES)
    assert mark
    assert (mark.label, mark.position) == ("here", 3)


def test_a_flush_forgets_speech_and_marks_but_not_what_was_heard() -> None:
    playout = Playout()
    playout.queue(LOUD * 5 + b"\x01\x01")
    playout.unsent(ahead=50, most=25)
    playout.take()
    playout.mark("never")

    playout.flush()

    assert playout.take() == SILENCE
    assert playout.next_mark(99) is None
    assert playout.unsent(ahead=50, most=25) == b""
    assert playout.heard_s == 0.02


def test_a_mark_corrects_a_guess_that_lags() -> None:
    playout = Playout()
    playout.queue(LOUD * 10)
    playout.unsent(ahead=50, most=25)

    playout.correct(8)

    assert playout.heard_s == 0.16
    assert playout.played == 8


def test_a_correction_never_goes_beyond_what_was_sent() -> None:
    playout = Playout()
    playout.queue(LOUD)
    playout.unsent(ahead=50, most=25)

    playout.correct(500)

    assert playout.played == 1


def test_the_end_of_a_text_is_padded_once_all_before_it_was_played() -> None:
    playout = Playout()
    playout.queue(LOUD * 3 + b"\x01\x01")

    first = playout.unsent(ahead=50, most=25)
    waits = playout.unsent(ahead=50, most=25)
    for _ in range(2):
        playout.take()

    assert (len(first), waits) == (3 * FRAME_BYTES, b"")
    assert playout.unsent(ahead=50, most=25) == b"\x01\x01".ljust(FRAME_BYTES, b"\0")


@given(st.lists(st.binary(max_size=1000), max_size=20))
def test_speech_in_any_pieces_is_the_same_speech(pieces: list[bytes]) -> None:
    playout = Playout()
    for piece in pieces:
        playout.queue(piece)
    playout.mark("end")

    sent = b""
    while chunk := playout.unsent(ahead=10**6, most=7):
        sent += chunk

    whole = b"".join(pieces)
    assert sent == whole + bytes(-len(whole) % FRAME_BYTES)
