"""A Synthesizer whose engine lives in a worker process of its own."""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Self

from ivr.domain import Language, Prompt
from ivr.errors import EngineError, EngineRejected, EngineTimeout, EngineUnavailable
from ivr.tts.text import sentences
from ivr.tts.wire import Cancel, Frame, FrameDecoder, Kind, Order

_START_S: Final = 5.0
"""Longest wait for a worker to come up; 0.3 s on an idle machine, seconds on a very busy one."""

_RETRY_S: Final = 5.0
"""Rest after a failed start: a missing engine must not cost a process a sentence."""

_Piece = bytes | EngineError | None  # None ends an order


class WorkerProcess(asyncio.SubprocessProtocol):
    """One living worker: sorts its frames to the orders they belong to."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._decoder = FrameDecoder()
        self._orders: dict[int, asyncio.Queue[_Piece]] = {}
        self._problem = "the speech worker ended"
        self._is_killed = False
        self._transport: asyncio.SubprocessTransport | None = None
        loop = asyncio.get_running_loop()
        self._loop = loop
        self.ready: asyncio.Future[str] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.last_sign_at = loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; called by the loop."""
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._transport = transport

    def pipe_data_received(self, _: int, data: bytes) -> None:
        """Sort what the worker wrote; called by the loop."""
        self.last_sign_at = self._loop.time()
        for frame in self._decoder.feed(data):
            self._sort(frame)

    def connection_lost(self, _: Exception | None) -> None:
        """Tell everyone who waits that the engine has died; called by the loop."""
        death = EngineUnavailable(self._engine, self._problem)
        if not self.ready.done():
            self.ready.set_exception(death)
            self.ready.exception()  # nobody may be waiting; that is no error
        for pieces in self._orders.values():
            pieces.put_nowait(death)
        if self._transport:
            self._transport.close()
        if not self.ended.done():
            self.ended.set_result(None)

    @property
    def is_alive(self) -> bool:
        """Whether the process runs and may go on running."""
        return not self.ended.done() and not self._is_killed

    @contextmanager
    def order(self, order: Order) -> Iterator[asyncio.Queue[_Piece]]:
        """Send an order and give its pieces; leaving early frees the worker."""
        pieces: asyncio.Queue[_Piece] = asyncio.Queue()
        self._orders[order.number] = pieces
        self._write(order.to_line())
        try:
            yield pieces
        finally:
            if self._orders.pop(order.number, None) and self.is_alive:
                self._write(Cancel(order.number).to_line())

    def kill(self, problem: str) -> None:
        """End the process at once; `problem` is what those who wait are told."""
        if self._transport and self.is_alive:
            self._problem, self._is_killed = problem, True
            self._transport.kill()

    def close(self) -> None:
        """Close the pipe, on which the worker ends by itself."""
        if self._transport:
            self._transport.close()

    def _sort(self, frame: Frame) -> None:
        if frame.kind is Kind.READY:
            self.ready.set_result(json.loads(frame.payload)["version"])
            return
        if frame.kind is Kind.BROKEN:
            self._problem = frame.payload.decode()
            return
        if (pieces := self._orders.get(frame.order)) is None:
            return  # cancelled meanwhile
        if frame.kind is Kind.AUDIO:
            pieces.put_nowait(frame.payload)
            return
        del self._orders[frame.order]  # over: there is nothing left to cancel
        is_rejected = frame.kind is Kind.REJECTED
        rejection = EngineRejected(self._engine, frame.payload.decode()) if is_rejected else None
        pieces.put_nowait(rejection)

    def _write(self, line: bytes) -> None:
        pipe = self._transport.get_pipe_transport(0) if self._transport else None
        if isinstance(pipe, asyncio.WriteTransport) and not pipe.is_closing():
            pipe.write(line)


class WorkerSynthesizer:
    """Speaks through a worker; starts it when needed and again after it has died.

    `voices` and `words_per_minute` are the engine's for each language, `deadline_s` is the
    longest wait for the next piece of audio. Use as an async context manager, so that the
    worker ends with it.
    """

    def __init__(
        self,
        engine: str,
        voices: Mapping[Language, str],
        words_per_minute: Mapping[Language, int],
        deadline_s: float,
        options: Mapping[str, str],
    ) -> None:
        self._engine, self._voices = engine, voices
        self._words_per_minute, self._deadline_s = words_per_minute, deadline_s
        self._options = json.dumps(dict(options))
        self._numbers = itertools.count(1)
        self._starting = asyncio.Lock()
        self._worker: WorkerProcess | None = None
        self._failure: EngineError | None = None
        self._failed_at = 0.0
        self._version = ""

    async def __aenter__(self) -> Self:
        """Start the worker; a failure shows when something is to be said, and in the health."""
        if not await self.is_healthy():
            await self.close()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the worker."""
        await self.close()

    async def identity(self, prompt: Prompt) -> str:
        """Name everything that decides how a prompt sounds, apart from its text."""
        if not self._version:
            await self._living_worker()
        pace = self._pace(prompt)
        return f"{self._version}|{self._voice(prompt.language)}|{pace}"

    async def say(self, prompt: Prompt) -> AsyncIterator[bytes]:
        """Give the prompt as PCM, piece by piece; nothing for a text without words.

        Close it (or cancel the task) to stop: the worker turns to the next order within 200 ms of
        audio. Raises EngineTimeout, EngineUnavailable or EngineRejected.
        """
        spoken = sentences(prompt.text, prompt.language)
        if not spoken:
            return
        voice = self._voice(prompt.language)
        worker = await self._living_worker()
        order = Order(next(self._numbers), spoken, voice, self._pace(prompt))
        with worker.order(order) as pieces:
            while (piece := await self._next(worker, pieces)) is not None:
                yield piece

    async def is_healthy(self) -> bool:
        """Whether the engine answers a sign of life within the deadline; starts it if needed."""
        try:
            worker = await self._living_worker()
            with worker.order(Order(next(self._numbers))) as pieces:
                return await self._next(worker, pieces) is None
        except EngineError:
            return False

    async def close(self) -> None:
        """End the worker and wait until it is gone."""
        if self._worker:
            self._worker.close()
            await self._worker.ended
        self._worker = None

    def _voice(self, language: Language) -> str:
        if language not in self._voices:
            raise EngineRejected(self._engine, f"tts.voices names no voice for {language}")
        return self._voices[language]

    def _pace(self, prompt: Prompt) -> int:
        return round(self._words_per_minute[prompt.language] * prompt.speed)

    async def _next(self, worker: WorkerProcess, pieces: asyncio.Queue[_Piece]) -> bytes | None:
        try:
            async with asyncio.timeout(self._deadline_s):
                piece = await pieces.get()
        except TimeoutError as error:
            self._end_if_hung(worker)
            raise EngineTimeout(self._engine, f"no audio within {self._deadline_s} s") from error
        if isinstance(piece, EngineError):
            raise piece
        return piece

    def _end_if_hung(self, worker: WorkerProcess) -> None:
        """Kill a worker that serves nobody; one that serves others is only busy."""
        silent_s = asyncio.get_running_loop().time() - worker.last_sign_at
        if silent_s >= self._deadline_s:
            worker.kill(f"the speech worker hung for {silent_s:.1f} s and was ended")

    async def _living_worker(self) -> WorkerProcess:
        async with self._starting:
            if self._worker is None or not self._worker.is_alive:
                self._worker = await self._start_again()
            return self._worker

    async def _start_again(self) -> WorkerProcess:
        now = asyncio.get_running_loop().time()
        if self._failure and now - self._failed_at < _RETRY_S:
            raise type(self._failure)(self._engine, self._failure.problem) from self._failure
        self._failure = None
        try:
            return await self._start()
        except EngineError as error:
            self._failure, self._failed_at = error, asyncio.get_running_loop().time()
            raise

    async def _start(self) -> WorkerProcess:
        command = (sys.executable, "-m", "ivr.tts.worker", self._engine, self._options)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_START_S):
                # Its own session: Ctrl-C must not silence calls that are being drained.
                _, worker = await loop.subprocess_exec(
                    lambda: WorkerProcess(self._engine),
                    *command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=None,
                    start_new_session=True,
                )
                try:
                    self._version = await worker.ready
                except BaseException:
                    worker.close()
                    raise
        except TimeoutError as error:
            raise EngineTimeout(self._engine, f"did not start within {_START_S} s") from error
        except OSError as error:
            raise EngineUnavailable(self._engine, f"cannot start: {error.strerror}") from error
        return worker
