"""Is it a voice? A neural second opinion: Silero VAD, run by onnxruntime. The one door to it.

WebRTC's detector hears whether something sounds; it fires on music, doors and breath. This net
was trained to tell voices from all of that, and costs eight times as much: so it is asked only
while the first detector fires (`ivr.audio.speech`), and neither is believed without the other.

The file is `silero_vad.onnx` of the package silero-vad (MIT licence), which the set-up fetches;
the package itself would bring PyTorch along. It judges windows of 256 samples at 8 kHz, each
with the last 32 samples of the one before, and remembers what came before in a state.
"""

from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime

from ivr.domain import FRAME_S, SAMPLE_RATE_HZ
from ivr.errors import ConfigError, Place

_Floats: TypeAlias = npt.NDArray[np.float32]

FILE: Final = Path("silero-vad/silero_vad.onnx")
"""Where the set-up puts it, below the folder of models."""
WINDOW: Final = 256
_CONTEXT: Final = 32
_KEPT_WINDOWS: Final = 4
"""Heard before the first judgement after a rest: 128 ms, so that it does not judge a voice by its
first instant. At 0.09 ms each they do not hold up the event loop."""
_REST_FRAMES: Final = round(0.5 / FRAME_S)
"""Without being asked for so long it rests; longer than the gaps between words."""
_NO_VOICE: Final = 0.1
"""Probability below which a sound is surely no voice. Measured (docs/adr/two-judges-of-voice.md):
at 0.1 no noise of eleven kinds lasts long enough to stop a prompt; at 0.2 quiet words are missed,
at 0.02 a door is taken for a voice."""
_RATE: Final = np.array(SAMPLE_RATE_HZ, np.int64)
_SURE, _VOICE_ENDED = 0.5, 0.3
"""Behind what was surely a voice, until it rests, less already is none: over music the net comes
down to 0.1 only after 0.3 s, for which the caller would wait."""
_REMEDY: Final = "Run `make setup`, which fetches it again."


class VoiceNet:
    """The loaded net, shared by all calls; it keeps nothing of any."""

    def __init__(self, file: Path) -> None:
        """Load the net. Raises ConfigError when the file is not there or is not the net."""
        options = onnxruntime.SessionOptions()
        # A window is too small to be shared out, and threads of its own would fight the calls'.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )
            self.judge(np.zeros((1, _CONTEXT + WINDOW), np.float32), no_state())
        except Exception as error:  # the library's errors have no other root
            raise ConfigError("the voice net cannot be loaded.", _REMEDY, Place(file)) from error

    def judge(self, window: _Floats, state: _Floats) -> tuple[float, _Floats]:
        """Give the probability, 0-1, that a window is a voice, and the state for the next one.

        `window` is (1, 288) in -1..1, `state` is (2, 1, 128). Costs about 0.09 ms.
        """
        told = self._session.run(None, {"input": window, "state": state, "sr": _RATE})
        return float(told[0][0, 0]), np.asarray(told[1], np.float32)


class VoiceJudge:
    """One call's use of the net: frames in, a probability when one is asked for."""

    def __init__(self, net: VoiceNet) -> None:
        self._net = net
        self._sound = bytearray(2 * _CONTEXT)  # s16le: the context, then what is not judged yet
        self._state = no_state()
        self._probability = 0.0
        self._was_sure = False
        self._frames_unasked = _REST_FRAMES

    def add(self, frame: bytes) -> None:
        """Hear a frame (s16le), without judging it yet."""
        self._sound += frame
        self._frames_unasked += 1
        if self._frames_unasked < _REST_FRAMES:
            self._catch_up()
            return
        if self._frames_unasked == _REST_FRAMES:
            self._state, self._probability, self._was_sure = no_state(), 0.0, False
        del self._sound[: 2 * WINDOW * max(0, self._windows - _KEPT_WINDOWS)]

    def is_voice(self) -> bool:
        """Whether what was heard last may be a voice; only what surely is none is refused."""
        self._frames_unasked = 0
        self._catch_up()
        self._was_sure = self._was_sure or self._probability >= _SURE
        return self._probability >= (_VOICE_ENDED if self._was_sure else _NO_VOICE)

    @property
    def _windows(self) -> int:
        """How many windows wait to be judged."""
        return (len(self._sound) // 2 - _CONTEXT) // WINDOW

    def _catch_up(self) -> None:
        windows = self._windows
        if not windows:
            return
        samples = np.frombuffer(bytes(self._sound), "<i2").astype(np.float32) / np.float32(32768)
        for start in range(0, windows * WINDOW, WINDOW):
            window = samples[np.newaxis, start : start + _CONTEXT + WINDOW]
            self._probability, self._state = self._net.judge(window, self._state)
        del self._sound[: 2 * windows * WINDOW]


def no_state() -> _Floats:
    """Give the state of a net that has heard nothing."""
    return np.zeros((2, 1, 128), np.float32)
