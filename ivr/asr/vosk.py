"""Ears made with Vosk.

One model a language, loaded at start and shared; each utterance has recognisers of its own,
made and used by the worker threads. Vosk lets go of Python's lock while it works, so threads in
this process are enough (docs/adr/vosk-in-threads.md); how they share the work is told in
`worker_ear.py`.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from pathlib import Path
from typing import Any, Final, cast
from weakref import WeakValueDictionary

from ivr.asr.confidence import asks_sound
from ivr.asr.faint import Loudness
from ivr.asr.grammars import grammar_for
from ivr.asr.hypothesis import (
    Heard,
    Hypothesis,
    answers_nothing,
    beyond,
    clean,
    decide,
    is_beyond,
)
from ivr.asr.models import VoskModel, open_vosk_model
from ivr.asr.second_pass import SecondPass
from ivr.asr.vocabulary import UNKNOWN
from ivr.asr.wheel import vosk
from ivr.asr.worker_ear import STEP_S, WorkerEar, call_soon
from ivr.asr.workers import Workers
from ivr.audio.resample import Resampler
from ivr.config.settings import Settings
from ivr.domain import (
    SAMPLE_RATE_HZ,
    Expect,
    Language,
    Listening,
    Utterance,
    Word,
)
from ivr.errors import ConfigError, EngineUnavailable

_BYTES_PER_S: Final = 2 * SAMPLE_RATE_HZ
_STEP_BYTES: Final = round(STEP_S * SAMPLE_RATE_HZ) * 2
HEALTH_DEADLINE_S: Final = 1.0
_BEYOND_S: Final = 6.0
"""Audio after which a grammar that understands less than half of it is given up, whatever the open
ear has heard: a second recogniser costs as much as the first."""

# Errors only: of sounds that `max-mem` cuts short, Vosk would warn ten times a second.
vosk.SetLogLevel(-2)


class VoskRecognizer:
    """Keeps the promise `Recognizer`; close it to end its threads."""

    def __init__(
        self, models: Mapping[Language, VoskModel], *, threads: int = 2, deadline_s: float = 2.0
    ) -> None:
        """Load and warm up the models; takes 0.2 s for the shipped ones. Raises ConfigError."""
        self._in_memory = _InMemory()
        self._models = {each: self._in_memory.model(model, each) for each, model in models.items()}
        self._deadline_s = deadline_s
        self._workers = Workers(threads, "ear")

    def with_models(self, models: Mapping[Language, VoskModel]) -> "VoskRecognizer":
        """Give a recognizer of these models that works in the same threads; blocking.

        What is in memory for this one or another of its kind is shared; a model leaves memory
        with the last recognizer and the last open ear that use it. Raises ConfigError.
        """
        other = copy(self)
        other._models = {each: self._in_memory.model(model, each) for each, model in models.items()}
        return other

    @classmethod
    def from_settings(cls, settings: Settings) -> "VoskRecognizer":
        """Find, check and load the models of the settings; blocking. Raises ConfigError."""
        models = {
            language: open_vosk_model(name, settings.models_dir)
            for language, name in settings.asr.models.items()
        }
        return cls(models, threads=settings.asr.threads, deadline_s=settings.asr.deadline_s)

    def listen(self, listening: Listening) -> WorkerEar:
        """Open an ear. Raises EngineUnavailable without a model for the language."""
        if self._workers.is_closed:
            raise EngineUnavailable("ear", "it has been closed")
        if listening.language not in self._models:
            raise EngineUnavailable("ear", f"no model for {listening.language.value}")
        loaded = self._models[listening.language]
        # In the worker thread: writing 150 phrases in the model's words takes milliseconds.
        return self._open(lambda: _decoder(loaded, listening))

    def listen_within(self, phrases: Iterable[str], language: Language) -> WorkerEar:
        """Open an ear for exactly these phrases and `[unk]`: for measuring, not for calls.

        Phrases with words the model does not know are left out. Raises EngineUnavailable.
        """
        loaded = self._models[language]
        spoken = (" ".join(loaded.vocabulary.split(phrase)) for phrase in phrases)
        known = tuple(dict.fromkeys(phrase for phrase in spoken if phrase))
        grammar = (*known, UNKNOWN) if known else ()
        return self._open(lambda: _Decoder(loaded, language, grammar))

    def _open(self, make: "Callable[[], _Decoder]") -> WorkerEar:
        return WorkerEar(make, self._workers, self._deadline_s)

    @property
    def in_memory(self) -> frozenset[Path]:
        """The models in memory now, of this one and of all of its kind."""
        return self._in_memory.paths

    async def is_healthy(self) -> bool:
        """Whether a thread answers within a second."""
        if self._workers.is_closed:
            return False
        answered = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._workers.submit(lambda: call_soon(loop, answered.set))
        try:
            async with asyncio.timeout(HEALTH_DEADLINE_S):
                return await answered.wait()
        except TimeoutError:
            return False

    def close(self) -> None:
        """End the threads after what they are doing, for all of its kind; open ears fail."""
        self._workers.close()


class _InMemory:
    """The models in memory, each once, for as long as somebody uses it."""

    def __init__(self) -> None:
        self._models: WeakValueDictionary[tuple[Path, Language], _Loaded] = WeakValueDictionary()

    @property
    def paths(self) -> frozenset[Path]:
        return frozenset(path for path, _ in self._models)

    def model(self, model: VoskModel, language: Language) -> "_Loaded":
        """Give a model that is ready to hear, loaded only if need be. Raises ConfigError."""
        found = self._models.get((model.path, language))
        if found is None:
            found = self._models[model.path, language] = _Loaded(
                model, language, asks_sound=asks_sound(language)
            )
            _warm_up(found)
        return found


class _Loaded:
    """A model in memory."""

    def __init__(self, model: VoskModel, language: Language, *, asks_sound: bool) -> None:
        self.language = language
        self.rate_hz, self.vocabulary = model.rate_hz, model.vocabulary
        self.takes_grammars = model.takes_grammars
        try:
            self.model = vosk.Model(str(model.path))
        except Exception as error:  # the wheel raises bare Exception
            problem = f"Vosk cannot load the model {model.path.name}."
            raise ConfigError(problem, f"Run `ivr models verify {model.path.name}`.") from error
        self.second_pass = SecondPass.of(model.path) if asks_sound else None


def _warm_up(loaded: _Loaded) -> None:
    """Decode once in every way: Vosk prepares its network then, and the grammars are written."""
    for expect in Expect:
        decoder = _decoder(loaded, Listening(loaded.language, expect))
        decoder.accept(bytes(_BYTES_PER_S // 2))
        decoder.finish()


def _decoder(loaded: _Loaded, listening: Listening) -> "_Decoder":
    grammar = grammar_for(listening, loaded.vocabulary) if loaded.takes_grammars else ()
    return _Decoder(loaded, listening.language, grammar, listening.expect)


def listener(model: VoskModel, language: Language) -> Callable[[Listening, bytes], Heard]:
    """Load a model and hear whole utterances with it, undecided: for calibrating."""
    loaded = _Loaded(model, language, asks_sound=True)

    def hear(listening: Listening, pcm: bytes) -> Heard:
        decoder = _decoder(loaded, listening)
        for at in range(0, len(pcm), _STEP_BYTES):  # as in a call, where grammars are given up
            decoder.accept(pcm[at : at + _STEP_BYTES])
            decoder.partial()
        return decoder.heard()

    return hear


class _Decoder:
    """The recognisers of one utterance: one in the open, one within the grammar if there is one."""

    def __init__(
        self,
        loaded: _Loaded,
        language: Language,
        grammar: tuple[str, ...],
        expect: Expect = Expect.FREE,
    ) -> None:
        self._language, self._expect = language, expect
        self._upsampler = (
            Resampler(SAMPLE_RATE_HZ, loaded.rate_hz) if loaded.rate_hz != SAMPLE_RATE_HZ else None
        )
        self.expected = frozenset(" ".join(grammar).split()) - {UNKNOWN}
        self._sounds = loaded.second_pass.listen() if loaded.second_pass else None
        self._free = _Recogniser(loaded)
        self._closed = _Recogniser(loaded, grammar) if grammar else None
        self._loudness = Loudness()
        self._heard_s = 0.0
        self._beyond: Hypothesis | None = None  # what the grammar heard before it was given up

    def accept(self, pcm: bytes) -> None:
        self._heard_s += len(pcm) / _BYTES_PER_S
        self._loudness.add(pcm)
        if self._sounds is not None:
            self._sounds.add(pcm)
        audio = self._upsampler.feed(pcm) if self._upsampler else pcm
        for recogniser in (self._free, self._closed):
            if recogniser is not None and audio:
                recogniser.accept(audio)

    def partial(self) -> str:
        """The words so far: within the grammar while all of it is, in the open otherwise."""
        free = self._free.partial()
        if self._closed is None:
            return clean(free)
        closed = self._closed.partial()
        if self._tells_something_else(closed, free):
            self._closed, self._beyond = None, beyond(self._heard_s)
            return clean(free)
        return clean(closed if closed and UNKNOWN not in closed else free)

    def _tells_something_else(self, closed: str, free: str) -> bool:
        is_late = self._heard_s >= _BEYOND_S and is_beyond(closed)
        return is_late or answers_nothing(clean(free).split(), self.expected, self._expect)

    def finish(self) -> Utterance:
        if self._upsampler:
            self._free.accept(rest := self._upsampler.finish())
            if self._closed:
                self._closed.accept(rest)
        return decide(self.heard(), self._language, self._expect)

    def heard(self) -> Heard:
        """All that was heard; nothing follows."""
        closed = self._near(self._closed.finish()) if self._closed else self._beyond
        free = self._near(self._free.finish())
        above = self._loudness.above_room_db
        if self._sounds is None:  # the model does not tell how its words sound
            return Heard(closed, free, self.expected, above_room_db=above)
        return Heard(closed, free, self.expected, self._sounds.evidence, above)

    def _near(self, heard: Hypothesis) -> Hypothesis:
        return Hypothesis(self._loudness.near(heard.words))


class _Recogniser:
    """One KaldiRecognizer, its results joined.

    Vosk ends a segment at its own idea of a pause; an utterance here ends when the session says
    so, and may hold several. Times run on over all segments.
    """

    def __init__(self, loaded: _Loaded, grammar: tuple[str, ...] = ()) -> None:
        given = (json.dumps(grammar, ensure_ascii=False),) if grammar else ()
        self._vosk = vosk.KaldiRecognizer(loaded.model, loaded.rate_hz, *given)
        self._vosk.SetWords(True)
        self._words: list[Word] = []

    def accept(self, pcm: bytes) -> None:
        if self._vosk.AcceptWaveform(pcm):
            self._keep(self._vosk.Result())

    def partial(self) -> str:
        now = json.loads(self._vosk.PartialResult()).get("partial", "")
        return " ".join([*(word.text for word in self._words), *str(now).split()])

    def finish(self) -> Hypothesis:
        self._keep(self._vosk.FinalResult())
        return Hypothesis(tuple(self._words))

    def _keep(self, result: str) -> None:
        # Any: Vosk's JSON; `result` is missing when nothing was heard
        found = cast(list[dict[str, Any]], json.loads(result).get("result", []))
        self._words += [
            Word(str(word["word"]), float(word["start"]), float(word["end"]), float(word["conf"]))
            for word in found
        ]
