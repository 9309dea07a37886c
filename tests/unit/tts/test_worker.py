"""One engine serves many calls in fair turns."""

from collections.abc import Callable
from io import BytesIO

import numpy as np

from ivr.tts.engine import Sink, VoiceRejectedError
from ivr.tts.wire import Cancel, Frame, Kind, Order
from ivr.tts.worker import Desk, Worker


class Whistle:
    """Speaks a tenth of a second a sentence, in two pieces, and notes who spoke."""

    version, gain = "whistle 1", 1.0

    def __init__(self, between_pieces: Callable[[], None] = lambda: None) -> None:
        self.spoken: list[str] = []
        self.stopped: list[str] = []
        self._between_pieces = between_pieces

    def rate_hz(self, voice: str) -> int:
        if voice == "unknown":
            raise VoiceRejectedError("no such voice")
        return 8000

    def speak(self, sentence: str, voice: str, words_per_minute: int, sink: Sink) -> None:
        self.spoken.append(sentence)
        for _ in range(2):
            if not sink(np.full(400, 9000, np.int16)):
                self.stopped.append(sentence)
                return
            self._between_pieces()


def worked(desk: Desk, engine: Whistle, *orders: Order | Cancel) -> list[Frame]:
    frames: list[Frame] = []
    desk.read(BytesIO(b"".join(order.to_line() for order in orders)))
    worker = Worker(engine, desk, frames.append)
    worker.finish()
    return frames


def test_orders_take_turns_sentence_by_sentence() -> None:
    engine = Whistle()

    worked(Desk(), engine, Order(1, ("a1", "a2", "a3")), Order(2, ("b1",)))

    assert engine.spoken == ["a1", "b1", "a2", "a3"]


def test_a_new_order_goes_before_the_second_sentence_of_others() -> None:
    desk, late = Desk(), [Order(3, ("c1",))]

    def arrive() -> None:
        if len(engine.spoken) == 2 and late:
            desk.read(BytesIO(late.pop().to_line()))

    engine = Whistle(between_pieces=arrive)

    worked(desk, engine, Order(1, ("a1", "a2")), Order(2, ("b1", "b2")))

    assert engine.spoken == ["a1", "b1", "c1", "a2", "b2"]


def test_every_order_ends_once_and_after_its_audio() -> None:
    frames = worked(Desk(), Whistle(), Order(1, ("a",)), Order(2, ("b",)))

    for number in (1, 2):
        kinds = [frame.kind for frame in frames if frame.order == number]
        assert kinds[0] is Kind.AUDIO
        assert kinds.count(Kind.END) == 1
        assert kinds[-1] is Kind.END


def test_a_cancelled_order_stops_in_mid_sentence() -> None:
    desk = Desk()
    engine = Whistle(between_pieces=lambda: desk.read(BytesIO(Cancel(1).to_line())))

    frames = worked(desk, engine, Order(1, ("a1", "a2")))

    assert engine.stopped == ["a1"]
    assert engine.spoken == ["a1"]
    assert Kind.END not in [frame.kind for frame in frames]


def test_a_rejected_order_leaves_the_others_alone() -> None:
    frames = worked(Desk(), Whistle(), Order(1, ("a",), voice="unknown"), Order(2, ("b",)))

    assert [frame.kind for frame in frames if frame.order == 1] == [Kind.REJECTED]
    assert frames[-1] == Frame(Kind.END, 2)


def test_an_empty_order_is_a_sign_of_life() -> None:
    assert worked(Desk(), Whistle(), Order(5)) == [Frame(Kind.END, 5)]
