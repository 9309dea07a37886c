"""An ear that worker threads empty: what a call costs stays bounded, and no call waits for another.

The event loop feeds it and never waits. It collects BATCH_S of audio before it asks for a thread,
hands over at most STEP_S, and then queues up again behind the other calls; only one thread works
for it at a time, so its audio stays in order. Audio that waits longer than MOST_WAITING_S is
dropped, oldest first, and counted.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Final, Protocol

from ivr import log, metrics
from ivr.asr.workers import Workers
from ivr.domain import FRAME_BYTES, SAMPLE_RATE_HZ, Utterance
from ivr.errors import EngineError, EngineRejected, EngineTimeout, EngineUnavailable

_log = log.get(__name__)

_BYTES_PER_S: Final = 2 * SAMPLE_RATE_HZ
BATCH_S: Final = 0.1
"""Audio collected before a thread is asked: five frames cost one wake-up, not five."""
STEP_S: Final = 0.4
"""Most audio decoded in one go: about 5 ms of work, then the next call has its turn."""
MOST_WAITING_S: Final = 10.0
"""Most audio that may wait; a machine so far behind is past helping this utterance."""


class Decoder(Protocol):
    """Turns the audio of one utterance into words; blocking, used by one thread at a time."""

    def accept(self, pcm: bytes) -> None:
        """Take audio (s16le, 8 kHz), possibly none."""
        ...

    def partial(self) -> str:
        """Give the words so far."""
        ...

    def finish(self) -> Utterance:
        """Give all words; nothing follows."""
        ...


class WorkerEar:
    """Keeps the promise `Ear`. Fed by the event loop, emptied by one worker thread at a time."""

    def __init__(self, make: Callable[[], Decoder], workers: Workers, deadline_s: float) -> None:
        self._make, self._workers, self._deadline_s = make, workers, deadline_s
        self._lock = threading.Lock()  # guards the next five; held for microseconds
        self._waiting = bytearray()
        self._is_at_work = False
        self._is_over = False
        self._answer: Callable[[Utterance | EngineError], None] | None = None
        self._dropped_bytes = 0
        self._decoder: Decoder | None = None  # touched by worker threads only
        self._partial = ""

    def feed(self, pcm: bytes) -> None:
        """Take audio; costs a few microseconds."""
        with self._lock:
            if self._is_over or self._answer is not None:
                return
            self._waiting += pcm
            excess = len(self._waiting) - round(MOST_WAITING_S * _BYTES_PER_S)
            if excess > 0:
                self._drop_oldest(excess + excess % 2)
            if len(self._waiting) >= BATCH_S * _BYTES_PER_S:
                self._ask_a_worker()

    @property
    def partial(self) -> str:
        """The words so far."""
        return self._partial

    @property
    def waiting_s(self) -> float:
        """Audio not decoded yet, in seconds; who feeds faster than life waits for this."""
        return len(self._waiting) / _BYTES_PER_S

    @property
    def has_caught_up(self) -> bool:
        """Whether all but a batch has been decoded, not just taken by a thread: so in a call."""
        with self._lock:
            return not self._is_at_work and self.waiting_s < BATCH_S

    async def finish(self) -> Utterance:
        """Give the words. Raises EngineTimeout, EngineRejected or EngineUnavailable."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Utterance | EngineError] = loop.create_future()

        def answered(outcome: Utterance | EngineError) -> None:
            if not answer.done():
                answer.set_result(outcome)

        with self._lock:
            if self._is_over or self._answer is not None:
                raise EngineUnavailable("ear", "this utterance is over already")
            self._answer = lambda outcome: call_soon(loop, lambda: answered(outcome))
            self._ask_a_worker()
        try:
            async with asyncio.timeout(self._deadline_s):
                outcome = await answer
        except TimeoutError as error:
            problem = f"no final words within {self._deadline_s} s"
            raise EngineTimeout("ear", problem) from error
        finally:
            self.drop()
        if isinstance(outcome, EngineError):
            raise outcome
        return outcome

    def drop(self) -> None:
        """Forget everything; a worker frees the recognisers when it next comes by."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
            self._waiting.clear()
            self._ask_a_worker()

    # --- with the lock held ----------------------------------------------------------------

    def _ask_a_worker(self) -> None:
        if self._is_at_work:
            return
        is_awaited = self._answer is not None and not self._is_over
        self._is_at_work = self._workers.submit(self._work, is_urgent=is_awaited)
        if not self._is_at_work:
            self._tell(EngineUnavailable("ear", "it has been closed"))

    def _tell(self, outcome: Utterance | EngineError) -> None:
        if self._answer is not None:
            self._answer(outcome)

    def _drop_oldest(self, size: int) -> None:
        if not self._dropped_bytes:
            _log.warning("audio dropped, recognition is too far behind", waiting_s=MOST_WAITING_S)
        self._dropped_bytes += size
        metrics.FRAMES_DROPPED.inc(size / FRAME_BYTES)
        del self._waiting[:size]

    # --- in a worker thread ----------------------------------------------------------------

    def _work(self) -> None:
        """Decode one step; then queue up again if there is more."""
        with self._lock:
            size = min(len(self._waiting), round(STEP_S * _BYTES_PER_S))
            pcm = bytes(self._waiting[: size - size % 2])
            del self._waiting[: len(pcm)]
            is_last = self._answer is not None and len(self._waiting) < 2
            is_over = self._is_over
        outcome: Utterance | EngineError | None = None
        if is_over:
            self._decoder = None
        else:
            outcome = self._decode(pcm, is_last=is_last)
        with self._lock:
            self._is_at_work = False
            if outcome is not None:
                self._is_over = True
                self._waiting.clear()
                self._tell(outcome)
            if self._must_go_on():
                self._ask_a_worker()

    def _must_go_on(self) -> bool:
        if self._is_over:
            return self._decoder is not None
        return self._answer is not None or len(self._waiting) >= BATCH_S * _BYTES_PER_S

    def _decode(self, pcm: bytes, *, is_last: bool) -> Utterance | EngineError | None:
        try:
            if self._decoder is None:
                self._decoder = self._make()
            self._decoder.accept(pcm)
            if is_last:
                return self._decoder.finish()
            self._partial = self._decoder.partial()
        except Exception as error:  # noqa: BLE001  # the wheel raises bare Exception for whatever C++ threw
            failure = EngineRejected("ear", f"Vosk failed ({type(error).__name__})")
            failure.__cause__ = error
            return failure
        return None


def call_soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Call something on the event loop, from any thread; harmless when the loop has ended."""
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:  # the loop has ended, and with it whoever waited
        _log.debug("an answer came after the end")
