"""pyttsx3, headless, inside its worker process.

pyttsx3 shares one engine in a process and loses files when threads meet in it (2 of 4 with four
threads, measured), so the worker's queue is the only way in. Its espeak driver speaks in a thread
of libespeak, to which every order is only posted; one that is posted while that thread is about
to rest is lost (3 sentences of 900 on a busy machine were silent). So each order waits until the
thread rests. The file of each sentence is read and deleted at once.
"""

import tempfile
import threading
import time
import wave
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyttsx3
from numpy.typing import NDArray
from pyttsx3.drivers import _espeak

from ivr.tts.engine import Engine, EngineBrokenError, Sink, VoiceRejectedError

_RATE_HZ = 22050
"""The rate its espeak driver writes."""
_SENTENCE_S = 10.0
"""Longest wait for a sentence of 180 characters; it takes about 40 ms."""


def open_engine(options: dict[str, str]) -> Engine:  # noqa: ARG001 - all engines open alike
    """Open the engine. Raises EngineBrokenError when no speech driver is installed."""
    try:
        engine = pyttsx3.init()
    except (RuntimeError, OSError, ImportError) as error:
        raise EngineBrokenError(
            "pyttsx3 found no speech driver: apt-get install espeak-ng libespeak-ng1"
        ) from error
    return Pyttsx3(engine)


class Pyttsx3:
    """The one pyttsx3 engine; speaks one sentence at a time."""

    gain = 0.9

    def __init__(self, engine: pyttsx3.Engine) -> None:
        self.version = f"pyttsx3 {version('pyttsx3')}"
        self._engine = engine
        # On tmpfs where there is one: the audio of a caller's prompt need not touch a disk.
        memory = Path("/dev/shm")  # noqa: S108 - a private directory is made inside
        self._directory = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
        self._finished = threading.Event()
        self._error: Exception | None = None
        engine.connect("finished-utterance", lambda **_: self._finished.set())
        engine.connect("error", self._note_error)
        engine.runAndWait()  # without it, properties set before the first speech come too late

    def rate_hz(self, voice: str) -> int:
        """Give the driver's rate. Raises VoiceRejectedError for an unknown voice."""
        self._choose(voice)
        return _RATE_HZ

    def speak(self, sentence: str, voice: str, words_per_minute: int, sink: Sink) -> None:
        """Speak into the sink, the whole sentence at once. Raises VoiceRejectedError."""
        self._choose(voice)
        self._set_rate(words_per_minute)
        file = Path(self._directory.name) / "sentence.wav"
        self._finished.clear()
        self._engine.save_to_file(sentence, str(file))
        self._engine.runAndWait()
        if not self._finished.wait(_SENTENCE_S) or not file.exists():
            raise VoiceRejectedError("pyttsx3 wrote no audio for a sentence")
        self._until_it_rests()
        try:
            sink(_samples(file))
        finally:
            file.unlink()

    def _set_rate(self, words_per_minute: int) -> None:
        self._engine.setProperty("rate", min(max(words_per_minute, 80), 450))  # espeak's range
        self._until_it_rests()

    def _until_it_rests(self) -> None:
        """Wait for the driver's thread, which calls a sentence finished before it is done."""
        deadline = time.monotonic() + _SENTENCE_S
        while (self._engine.isBusy() or _espeak.IsPlaying()) and time.monotonic() < deadline:
            time.sleep(0.001)

    def _choose(self, voice: str) -> None:
        self._error = None
        self._engine.setProperty("voice", voice)
        if self._error:
            raise VoiceRejectedError(
                f"pyttsx3 has no voice {voice!r}; on Linux they are those of espeak-ng"
            ) from self._error

    def _note_error(self, exception: Exception, **_: object) -> None:
        self._error = exception


def _samples(file: Path) -> NDArray[np.int16]:
    with wave.open(str(file), "rb") as audio:
        return np.frombuffer(audio.readframes(audio.getnframes()), dtype="<i2")
