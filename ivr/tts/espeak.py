"""libespeak-ng, through ctypes, inside its worker process.

Chosen as the default because it is in every distribution, speaks within milliseconds and needs no
voice files. The library keeps one global state, so there is one engine in one process.
API: /usr/include/espeak-ng/speak_lib.h, the same since eSpeak 1.48.
"""

import ctypes
import ctypes.util
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.tts.engine import Engine, EngineBrokenError, Sink, VoiceRejectedError

_SYNCHRONOUS: Final = 2
_DONT_EXIT: Final = 0x8000
_CHARS_UTF8: Final = 1
_POS_CHARACTER: Final = 1
_RATE: Final = 1
_PIECE_MS: Final = 200
"""Length of audio per callback: about 0.5 ms of computing before the first piece is heard."""
_SLOWEST_WPM, _FASTEST_WPM = 80, 450  # speak_lib.h, espeakRATE

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def open_engine(options: dict[str, str]) -> Engine:  # noqa: ARG001 - all engines open alike
    """Load the library. Raises EngineBrokenError when it is not installed."""
    return Espeak(_load_library())


class Espeak:
    """One libespeak-ng; speaks one sentence at a time."""

    gain = 0.9

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._rate_hz = library.espeak_Initialize(_SYNCHRONOUS, _PIECE_MS, None, _DONT_EXIT)
        if self._rate_hz <= 0:
            raise EngineBrokenError(
                "libespeak-ng found no voice data: apt-get install espeak-ng-data"
            )
        self.version = f"espeak-ng {library.espeak_Info(None).decode().split()[0]}"
        self._voice = ""
        self._sink: Sink = _deaf
        # ctypes frees a callback that nobody holds; the library would then call freed memory.
        self._callback = _Callback(self._take)
        library.espeak_SetSynthCallback(self._callback)

    def rate_hz(self, voice: str) -> int:
        """Give the one rate of all its voices. Raises VoiceRejectedError for an unknown one."""
        self._choose(voice)
        return int(self._rate_hz)

    def speak(self, sentence: str, voice: str, words_per_minute: int, sink: Sink) -> None:
        """Speak into the sink in pieces of 200 ms. Raises VoiceRejectedError."""
        self._choose(voice)
        rate = min(max(words_per_minute, _SLOWEST_WPM), _FASTEST_WPM)
        self._library.espeak_SetParameter(_RATE, rate, 0)
        text = sentence.encode()
        self._sink = sink
        status = self._library.espeak_Synth(
            text, len(text) + 1, 0, _POS_CHARACTER, 0, _CHARS_UTF8, None, None
        )
        self._sink = _deaf
        if status != 0:
            raise VoiceRejectedError(f"espeak_Synth answered {status} for voice {voice!r}")

    def _choose(self, voice: str) -> None:
        if voice == self._voice:
            return
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise VoiceRejectedError(
                f"espeak-ng has no voice {voice!r}; `espeak-ng --voices` lists them"
            )
        self._voice = voice

    def _take(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _: int) -> int:
        if not samples or count <= 0:
            return 0
        piece: NDArray[np.int16] = np.ctypeslib.as_array(samples, (count,)).copy()
        return 0 if self._sink(piece) else 1


def _deaf(_: NDArray[np.int16]) -> bool:
    return False


def _load_library() -> ctypes.CDLL:
    for name in ("libespeak-ng.so.1", ctypes.util.find_library("espeak-ng")):
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if library is not None:
            return _typed(library)
    raise EngineBrokenError("libespeak-ng is not installed: apt-get install libespeak-ng1")


def _typed(library: ctypes.CDLL) -> ctypes.CDLL:
    library.espeak_Info.restype = ctypes.c_char_p
    library.espeak_Info.argtypes = [ctypes.c_void_p]
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_void_p,
        ctypes.c_void_p,
    ]
    return library
