"""Messages survive the pipe, however it splits them."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.tts.wire import Cancel, Frame, FrameDecoder, Kind, Order, read_line

frames = st.builds(Frame, st.sampled_from(Kind), st.integers(0, 2**32 - 1), st.binary(max_size=200))


@given(st.lists(frames, max_size=8), st.integers(1, 50))
def test_frames_are_the_same_however_they_are_split(sent: list[Frame], size: int) -> None:
    stream = b"".join(frame.to_bytes() for frame in sent)
    decoder = FrameDecoder()

    received = [
        frame
        for start in range(0, len(stream), size)
        for frame in decoder.feed(stream[start : start + size])
    ]

    assert received == sent


def test_an_order_survives_its_line() -> None:
    order = Order(7, ("您好。", 'say "hi"\n'), "cmn", 200)

    assert read_line(order.to_line()) == order


def test_a_cancel_survives_its_line() -> None:
    assert read_line(Cancel(7).to_line()) == Cancel(7)
