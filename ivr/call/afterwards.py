"""After a call: what it was like at the caller's ear, measured from its recording.

Nothing here is on a call's path. Recordings wait in a short queue and are measured one by one in
a thread; when more calls end than can be measured, the newest are left out and counted, because
a figure is worth less than a call.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from ivr import log, metrics
from ivr.analytics.caller_ear import AreOwn, EarReport, measure, unknown
from ivr.analytics.closures import Closures
from ivr.audio.wav import read_wav
from ivr.domain import SAMPLE_RATE_HZ, Turn
from ivr.priority import step_back
from ivr.store import EarFigures

_log = log.get(__name__)
_WAITING: Final = 100  # recordings; a measurement takes a few hundredths of a second a minute
_AFTER_S: Final = 2.0  # a dying sound, and what a caller says into a goodbye
_LONGEST_S: Final = 900.0  # the rest of a longer call is mostly a talk between people


class EarStore(Protocol):
    """What is needed of the memory."""

    async def turns(self, call_id: str) -> Sequence[Turn]:
        """Give a call's turns. Raises EngineError."""
        ...

    async def note_ear(self, call_id: str, figures: EarFigures) -> None:
        """Keep what a call was like at the caller's ear. Raises EngineError."""
        ...


class Afterwards:
    """Measures recordings as they are finished; `run` it for as long as the hotline runs."""

    def __init__(
        self, store: EarStore, rendered: Callable[[], Iterable[bytes]] = lambda: ()
    ) -> None:
        """`rendered` gives what our voice has rendered since it was asked last, as PCM."""
        self._store, self._rendered = store, rendered
        self._closures = Closures()
        self._waiting: asyncio.Queue[Path | None] = asyncio.Queue(_WAITING)
        self._thread = ThreadPoolExecutor(1, "afterwards", initializer=step_back)

    def recorded(self, wav: Path) -> None:
        """Take the finished recording of a call, `<call_id>.wav`; never waits."""
        try:
            self._waiting.put_nowait(wav)
        except asyncio.QueueFull:
            metrics.EAR_UNMEASURED.labels("too_many").inc()

    async def run(self) -> None:
        """Measure until `close`, one at a time."""
        with self._thread:
            while (wav := await self._waiting.get()) is not None:
                await self._measure(wav)

    def close(self) -> None:
        """Let `run` end after the recording it is at; the rest is left out."""
        while not self._waiting.empty():
            if self._waiting.get_nowait() is not None:
                metrics.EAR_UNMEASURED.labels("closing").inc()
        self._waiting.put_nowait(None)

    async def _measure(self, wav: Path) -> None:
        with log.call(wav.stem):
            try:
                turns = await self._store.turns(wav.stem)
                measuring = partial(self._figures_of, wav, _until_s(turns))
                figures = await asyncio.get_running_loop().run_in_executor(self._thread, measuring)
                await self._store.note_ear(wav.stem, figures)
            except Exception as error:  # noqa: BLE001  # a figure is worth less than the hotline
                metrics.EAR_UNMEASURED.labels(type(error).__name__).inc()
                _log.error("call not measured", cause=type(error).__name__)
                return
        count(figures)

    def _figures_of(self, wav: Path, until_s: float) -> EarFigures:
        for pcm in self._rendered():
            self._closures.learn(np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2"))
        return figures_of(wav, until_s, self._closures.are_own)


def _until_s(turns: Sequence[Turn]) -> float:
    """Give where our part of the call ends: what an agent says is not ours to judge. Pure."""
    return max((turn.ended_s for turn in turns), default=_LONGEST_S) + _AFTER_S


def figures_of(wav: Path, until_s: float = _LONGEST_S, are_own: AreOwn = unknown) -> EarFigures:
    """Measure a recording: caller left, hotline right. Raises ConfigError, OSError."""
    samples = read_wav(wav).samples[: round(min(until_s, _LONGEST_S) * SAMPLE_RATE_HZ)]
    return figures(measure(samples[:, 0], samples[:, -1], are_own=are_own))


def figures(report: EarReport) -> EarFigures:
    """Give the part of a report that is worth keeping. Pure."""
    return EarFigures(
        length_s=report.length_s,
        first_word_s=report.first_word_s,
        silence_s=tuple(report.silence_s),
        fall_silent_s=tuple(report.fall_silent_s),
        turns=report.turns,
        prompts=len(report.prompts),
        short_sounds=report.short_sounds,
        false_stops=report.false_stops,
        missed_interruptions=report.missed_interruptions,
        cut_off_turns=report.cut_off_turns,
        talked_over_s=report.talked_over_s,
        dead_air_s=report.dead_air_s,
        gaps_s=tuple(report.gaps),
    )


def count(figures: EarFigures) -> None:
    """Add a call to the metrics."""
    for silence_s in figures.silence_s:
        metrics.EAR_SILENCE_S.observe(silence_s)
    for stop_s in figures.fall_silent_s:
        metrics.EAR_FALL_SILENT_S.observe(max(0.0, stop_s))
    metrics.EAR_CALLS.inc()
    metrics.EAR_PROMPTS.inc(figures.prompts)
    metrics.EAR_TURNS.inc(figures.turns)
    metrics.EAR_FALSE_STOPS.inc(figures.false_stops)
    metrics.EAR_MISSED.inc(figures.missed_interruptions)
    metrics.EAR_CUT_OFF.inc(figures.cut_off_turns)
    metrics.EAR_GAPS.inc(len(figures.gaps_s))
