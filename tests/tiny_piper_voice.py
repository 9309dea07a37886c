"""A Piper voice small enough to make in a test: every phoneme is a tone of its own.

It has the inputs and the output of a real one (`input`, `input_lengths`, `scales` -> `output`),
so piper-tts and onnxruntime do all that they do for a caller, in milliseconds.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SAMPLE_RATE_HZ = 16000
_SAMPLES_A_PHONEME = 400.0


def write_tiny_voice(directory: Path, name: str, espeak_voice: str) -> None:
    """Write `<name>.onnx` and its settings into the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    onnx.save(_model(), directory / f"{name}.onnx")
    (directory / f"{name}.onnx.json").write_text(json.dumps(_settings(espeak_voice)))


def _settings(espeak_voice: str) -> dict[str, object]:
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP  # noqa: PLC0415 - an optional extra

    return {
        "audio": {"sample_rate": SAMPLE_RATE_HZ},
        "espeak": {"voice": espeak_voice},
        "num_symbols": 256,
        "num_speakers": 1,
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
    }


def _model() -> onnx.ModelProto:
    constants = {
        "one": np.array([1], np.int64),
        "zero": np.array(0, np.int64),
        "step": np.array(1, np.int64),
        "flat": np.array([1, 1, -1], np.int64),
        "last": np.array([2], np.int64),
        "scale_at": np.array([1], np.int64),
        "length": np.array([_SAMPLES_A_PHONEME], np.float32),
        "pitch_step": np.array(2 * np.pi * 15 / SAMPLE_RATE_HZ, np.float32),
        "pitch_base": np.array(2 * np.pi * 200 / SAMPLE_RATE_HZ, np.float32),
        "level": np.array(0.9, np.float32),
    }
    node = helper.make_node
    nodes = [
        node("Gather", ["scales", "scale_at"], ["pace"]),
        node("Mul", ["pace", "length"], ["long"]),
        node("Cast", ["long"], ["samples"], to=TensorProto.INT64),
        node("Cast", ["input"], ["ids"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["ids", "last"], ["column"]),
        node("Concat", ["one", "one", "samples"], ["repeats"], axis=0),
        node("Tile", ["column", "repeats"], ["grid"]),
        node("Reshape", ["grid", "flat"], ["phonemes"]),
        node("Mul", ["phonemes", "pitch_step"], ["above"]),
        node("Add", ["above", "pitch_base"], ["pitch"]),
        node("Size", ["phonemes"], ["total"]),
        node("Range", ["zero", "total", "step"], ["ticks"]),
        node("Cast", ["ticks"], ["time"], to=TensorProto.FLOAT),
        node("Mul", ["pitch", "time"], ["phase"]),
        node("Sin", ["phase"], ["tone"]),
        node("Mul", ["tone", "level"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
            helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
            helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, "samples"])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
