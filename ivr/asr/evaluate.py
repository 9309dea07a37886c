"""How well an ear hears: recordings through the product's own recogniser, and its figures.

Each model is measured in a process of its own, so that memory and time are its alone.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from ivr.asr.build import vocabulary
from ivr.asr.build.lexicon import UNKNOWN
from ivr.asr.manifest import Clip, telephone
from ivr.asr.models import open_vosk_model
from ivr.asr.scoring import Costs, Result
from ivr.asr.vosk import VoskRecognizer
from ivr.asr.worker_ear import WorkerEar
from ivr.domain import FRAME_BYTES, SAMPLE_RATE_HZ, Expect, Language, Listening
from ivr.errors import ConfigError, Place

_DEADLINE_S = 60.0  # a busy machine shows in the figures, not as an error


@dataclass(frozen=True)
class Measurement:
    """What a model made of every clip, in the order of the manifest."""

    model: str
    results: tuple[Result, ...]
    costs: Costs


@dataclass(frozen=True)
class Task:
    """How to listen: in the open, for a kind of answer, or (if given) for exactly `phrases`."""

    expect: Expect = Expect.FREE
    phrases: tuple[str, ...] = ()


def measure(model: str, models_dir: Path, clips: Sequence[Clip], task: Task) -> Measurement:
    """Let a model hear every clip, in a child process. Raises ConfigError."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measure, model, models_dir, tuple(clips), task).result()


def _measure(name: str, models_dir: Path, clips: tuple[Clip, ...], task: Task) -> Measurement:
    model = open_vosk_model(name, models_dir)
    known = vocabulary.read_words(model.path / "graph/words.txt")
    language = language_of(known)
    ready = [(clip, telephone(clip.path)) for clip in clips]
    recognizer = VoskRecognizer({language: model}, threads=1, deadline_s=_DEADLINE_S)
    try:
        began = time.process_time()
        results = asyncio.run(_hear_all(recognizer, ready, language, task, known))
        cpu_s = time.process_time() - began
    finally:
        recognizer.close()
    audio_s = sum(len(pcm) for _, pcm in ready) / 2 / SAMPLE_RATE_HZ
    return Measurement(name, results, Costs(cpu_s / max(audio_s, 0.001), _resident_mb()))


async def _hear_all(
    recognizer: VoskRecognizer,
    clips: Sequence[tuple[Clip, bytes]],
    language: Language,
    task: Task,
    known: frozenset[str],
) -> tuple[Result, ...]:
    results = []
    for clip, pcm in clips:
        if task.phrases:
            ear = recognizer.listen_within(task.phrases, language)
        else:
            ear = recognizer.listen(Listening(language, task.expect))
        await _feed(ear, pcm)
        began = time.perf_counter()
        utterance = await ear.finish()
        final_ms = 1000 * (time.perf_counter() - began)
        said, _ = vocabulary.split(clip.text, language, known)
        heard, _ = vocabulary.split(utterance.text, language, known)
        results.append(
            Result(
                tuple(said),
                tuple(heard),
                utterance.confidence,
                clip.in_domain,
                clip.speaker,
                clip.group,
                sum(word not in known for word in said),
                final_ms,
            )
        )
    return tuple(results)


async def _feed(ear: WorkerEar, pcm: bytes) -> None:
    """Feed faster than life, then let the ear catch up: in a call it always has."""
    for at in range(0, len(pcm), FRAME_BYTES):
        ear.feed(pcm[at : at + FRAME_BYTES])
        while ear.waiting_s > 1.0:  # noqa: ASYNC110  # an ear tells nobody that it caught up
            await asyncio.sleep(0.001)
    while not ear.has_caught_up:  # noqa: ASYNC110  # likewise
        await asyncio.sleep(0.001)


def language_of(known: frozenset[str]) -> Language:
    """The language of a vocabulary: Mandarin where most words are of Chinese characters."""
    chinese = sum("\u4e00" <= word[0] <= "\u9fff" for word in known)
    return Language.ZH if 2 * chinese > len(known) else Language.EN


def read_grammar(file: Path) -> tuple[str, ...]:
    """Phrases, one a line or as a JSON list; `[unk]` is understood. Raises ConfigError."""
    try:
        text = file.read_text("utf-8").strip()
        listed = json.loads(text) if text.startswith('["') or text == "[]" else text.splitlines()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ConfigError(
            "the grammar cannot be read.", "One phrase a line.", Place(file)
        ) from error
    phrases = tuple(str(line).strip() for line in listed if str(line).strip())
    wanted = tuple(phrase for phrase in phrases if phrase != UNKNOWN)
    if not wanted:
        raise ConfigError("the grammar holds no phrase.", "One phrase a line.", Place(file))
    return wanted


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
