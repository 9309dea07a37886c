"""The process that holds one speech engine: `python -m ivr.tts.worker ENGINE OPTIONS_JSON`.

Speech engines keep global state, crash in C and hold Python's lock; a process of their own keeps
all that away from the calls. Orders take turns sentence by sentence, so a long text of one call
does not silence the others. The worker ends when its standard input does, so it never outlives
the hotline.
"""

import importlib
import json
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from ivr.tts.engine import Engine, EngineBrokenError, VoiceRejectedError
from ivr.tts.shaping import Shaper
from ivr.tts.wire import Cancel, Frame, Kind, Order, read_line


@dataclass
class _Job:
    order: Order
    shaper: Shaper
    sentences: deque[str] = field(default_factory=deque)


class Desk:
    """The orders that wait, shared by the reading thread and the speaking one."""

    def __init__(self) -> None:
        self._orders: deque[Order] = deque()
        self._cancelled: set[int] = set()
        self._changed = threading.Condition()
        self._is_closed = False

    def read(self, lines: BinaryIO) -> None:
        """Take orders until the hotline closes the pipe."""
        for line in lines:
            message = read_line(line)
            with self._changed:
                if isinstance(message, Cancel):
                    self._cancelled.add(message.number)
                else:
                    self._orders.append(message)
                self._changed.notify()
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def take(self, *, wait: bool) -> tuple[list[Order], bool]:
        """Give the new orders and whether the pipe is closed; waits for one if asked to."""
        with self._changed:
            while wait and not self._orders and not self._is_closed:
                self._changed.wait()
            orders = list(self._orders)
            self._orders.clear()
            return orders, self._is_closed

    def is_cancelled(self, number: int) -> bool:
        """Whether nobody listens to this order any more."""
        return number in self._cancelled

    def forget(self, number: int) -> None:
        """Drop what is known of a finished order."""
        with self._changed:
            self._cancelled.discard(number)


class Worker:
    """Speaks the desk's orders in fair turns.

    An order of which nothing was heard yet goes before those that have seconds of speech in
    hand: with twenty at once, waiting for whole texts would take the last one half a second.
    """

    def __init__(self, engine: Engine, desk: Desk, send: Callable[[Frame], None]) -> None:
        self._engine, self._desk, self._send = engine, desk, send
        self._jobs: deque[_Job] = deque()
        self._new: deque[_Job] = deque()

    def run(self) -> None:
        """Work until the pipe is closed; what is unfinished then has no listener."""
        while self._work():
            pass

    def finish(self) -> None:
        """Do what is on the desk, and no more."""
        self._work()
        while self._new or self._jobs:
            self._work()

    def _work(self) -> bool:
        orders, is_closed = self._desk.take(wait=not (self._new or self._jobs))
        for order in orders:
            self._accept(order)
        if self._new or self._jobs:
            self._speak_next()
        return not is_closed

    def _accept(self, order: Order) -> None:
        try:
            rate_hz = self._engine.rate_hz(order.voice) if order.sentences else 8000
        except VoiceRejectedError as error:
            self._send(Frame(Kind.REJECTED, order.number, str(error).encode()))
            return
        shaper = Shaper(rate_hz, self._engine.gain)
        self._new.append(_Job(order, shaper, deque(order.sentences)))

    def _speak_next(self) -> None:
        job = (self._new or self._jobs).popleft()
        number = job.order.number
        if self._desk.is_cancelled(number):
            self._desk.forget(number)
            return
        if not job.sentences:
            self._send_audio(job, job.shaper.finish() if job.order.sentences else b"")
            self._send(Frame(Kind.END, number))
            self._desk.forget(number)
            return
        try:
            self._speak(job, job.sentences.popleft())
        except VoiceRejectedError as error:
            self._send(Frame(Kind.REJECTED, number, str(error).encode()))
            return
        self._jobs.append(job)

    def _speak(self, job: _Job, sentence: str) -> None:
        order = job.order

        def sink(samples: NDArray[np.int16]) -> bool:
            self._send_audio(job, job.shaper.push(samples))
            return not self._desk.is_cancelled(order.number)

        self._engine.speak(sentence, order.voice, order.words_per_minute, sink)

    def _send_audio(self, job: _Job, pcm: bytes) -> None:
        if pcm:
            self._send(Frame(Kind.AUDIO, job.order.number, pcm))


def _private_stdout() -> BinaryIO:
    """Keep standard output for frames; what engines print goes nowhere."""
    frames = os.fdopen(os.dup(1), "wb", buffering=0)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    return frames


def _open_engine(name: str, options: dict[str, str]) -> Engine:
    try:
        module = importlib.import_module(f"ivr.tts.{name}")
    except ImportError as error:
        raise EngineBrokenError(
            f"the Python package {error.name} is missing: run `make setup`, or "
            f"`pip install 'ivr-hotline[piper]'` for Piper"
        ) from error
    return cast(Engine, module.open_engine(options))


def main(name: str, options: str) -> int:
    """Run the worker; the exit status is 0 when the hotline closed the pipe."""
    frames = _private_stdout()

    def send(frame: Frame) -> None:
        frames.write(frame.to_bytes())

    try:
        engine = _open_engine(name, json.loads(options))
    except EngineBrokenError as error:
        send(Frame(Kind.BROKEN, payload=str(error).encode()))
        return 1
    desk = Desk()
    reader = threading.Thread(target=desk.read, args=(sys.stdin.buffer,), daemon=True)
    reader.start()
    send(Frame(Kind.READY, payload=json.dumps({"version": engine.version}).encode()))
    try:
        Worker(engine, desk, send).run()
    except BrokenPipeError:
        return 1  # the hotline is gone; nobody is left to tell
    return 0


if __name__ == "__main__":
    # Without the interpreter's farewell: the reading thread may hold the lock of its input.
    os._exit(main(sys.argv[1], sys.argv[2]))
