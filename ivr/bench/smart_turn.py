"""Pipecat's turn model, Smart Turn v3, for comparison: the weights lie in the package's wheel.

    pip install --no-deps --target var/rivals pipecat-ai==1.14.0
    ivr bench --smart-turn var/rivals

Only two files of the package are used (BSD 2-Clause): the model and the arithmetic of its input.
It is asked, as in Pipecat, after each 0.2 s of silence whether the turn is complete; when it says
no, the turn ends after 3 s of silence (`stop_secs`). The silence is WebRTC's verdict
here, as for the simplest rule, not Silero's: compared is the judgement of the end.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime

from ivr.analytics.sounds import Samples
from ivr.audio.resample import resample
from ivr.bench.rivals import EndOf, Voiced, seconds, silences
from ivr.errors import ConfigError, Place

NAME: Final = "Pipecat Smart Turn v3"
_FOLDER: Final = Path("pipecat/audio/turn/smart_turn")
_RATE_HZ: Final = 16000
_HEARS_S: Final = 8.0
_ASKED_AFTER_S: Final = 0.2  # Pipecat's VAD_STOP_SECS
_STOPS_AFTER_S: Final = 3.0  # Pipecat's STOP_SECS
_BEFORE_S: Final = 0.5  # Pipecat's PRE_SPEECH_MS
_COMPLETE: Final = 0.5


def smart_turn(folder: Path) -> EndOf:
    """Give the rule, from an unpacked wheel. Raises ConfigError when its files are not there."""
    is_complete = _judge(folder)

    def end_of(caller: Samples, flags: Voiced, start_s: float) -> float | None:
        last = next(silences(flags, start_s, _STOPS_AFTER_S), None)
        for asked_s in silences(flags, start_s, _ASKED_AFTER_S):
            if last is not None and asked_s > last:
                break
            heard = seconds(caller, start_s - _BEFORE_S, asked_s)
            if is_complete(heard):
                return asked_s
        return last

    return end_of


def _judge(folder: Path) -> Callable[[Samples], bool]:
    models = sorted((folder / _FOLDER / "data").glob("smart-turn-v3*-cpu.onnx"))
    source = folder / _FOLDER / "_whisper_features.py"
    if not models or not source.is_file():
        remedy = f"`pip install --no-deps --target {folder} pipecat-ai==1.14.0`"
        raise ConfigError("holds no Smart Turn v3.", remedy, Place(folder))
    session = onnxruntime.InferenceSession(str(models[-1]), providers=["CPUExecutionProvider"])
    features = _features(source)

    def is_complete(heard: Samples) -> bool:
        wide = resample(heard, 8000, _RATE_HZ)[-round(_HEARS_S * _RATE_HZ) :]
        sound = np.zeros(round(_HEARS_S * _RATE_HZ), np.float32)
        sound[len(sound) - len(wide) :] = wide / np.float32(32768)
        (probability,) = session.run(None, {"input_features": features(sound)[None]})
        return bool(np.ravel(probability)[0] > _COMPLETE)

    return is_complete


def _features(source: Path) -> Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]:
    spec = importlib.util.spec_from_file_location("smart_turn_features", source)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Any = module.compute_whisper_log_mel_features  # foreign code without types here
    return lambda sound: np.asarray(made(sound), np.float32)
