"""All that was learned, as bytes: to keep it over a restart and to carry it to other machines.

A zip of numpy arrays without pickled objects, so that reading a damaged or foreign file can
fail but never run code. What is not kept is the window for refitting (the nightly training
replays the calls from the store) and callers' pasts (they are the store's).
"""

import io
import json
import zipfile
import zlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ivr.errors import EngineRejected
from ivr.predict.decay import Reasons
from ivr.predict.features import CALL_NAMES, PAIR_NAMES
from ivr.predict.gains import Gain, Gains
from ivr.predict.model import OnlinePredictor
from ivr.predict.network import Standard
from ivr.predict.rule_book import RuleBook

VERSION: Final = 1
_UNREADABLE: Final = (
    *(ValueError, KeyError, TypeError, OSError, EOFError),
    *(zipfile.BadZipFile, zlib.error, RuntimeError),
)
"""What reading raises, by where the damage is: one bit may ask for a password."""

Array = NDArray[Any]  # float32 or float64: numpy keeps which one in the file
Head = Mapping[str, Any]  # JSON, checked by its use: whatever is missing raises


@dataclass
class Learned:
    """The predictor, the weights of the rules, and the measured gains."""

    model: OnlinePredictor = field(default_factory=OnlinePredictor)
    rules: RuleBook = field(default_factory=RuleBook)
    gains: Gains = field(default_factory=Gains)
    name: str = "untrained"
    """Which training it is, as stored with every decision."""


def to_bytes(learned: Learned) -> bytes:
    """Pack what was learned."""
    model, arrays = learned.model, _arrays(learned.model)
    head = {
        "version": VERSION,
        "figures": [list(PAIR_NAMES), list(CALL_NAMES)],
        "name": learned.name,
        "reasons": model.reasons.names,
        "calls": model.trend.calls,
        "unheard_of": model.trend.unheard_of,
        "network_share": model.network_share,
        "threshold_70": model.threshold_70,
        "fitted": model.fitted,
        "calibration": [model.calibrator.slope, model.calibrator.offset],
        "reference_loss": model.calibrator.reference_loss,
        "tables": {
            name: [[_plain(key), then_h] for key, (_, then_h) in table.rows.items()]
            for name, table in model.trend.tables.items()
        },
        "rules": learned.rules.weights,
        "gains": [[*key, *gain] for key, gain in learned.gains.known.items()],
    }
    packed = io.BytesIO()
    text = np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8)
    every: dict[str, Any] = {"head": text, **arrays}  # numpy types its keywords as flags
    np.savez_compressed(packed, **every)
    return packed.getvalue()


def from_bytes(content: bytes, window_calls: int = 1) -> Learned:
    """Unpack what was learned; raises EngineRejected for another version or a damaged file.

    `window_calls` is 1 for a process that only answers and does not refit.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes().decode())
            if head["version"] != VERSION:
                raise ValueError(f"version {head['version']}")
            if head["figures"] != [list(PAIR_NAMES), list(CALL_NAMES)]:
                raise ValueError("other figures")
            model = OnlinePredictor(
                window_calls=window_calls, reasons=Reasons(tuple(head["reasons"]))
            )
            _restore(model, head, {name: arrays[name] for name in arrays.files})
        gains = {(question, group): Gain(*gain) for question, group, *gain in head["gains"]}
        return Learned(model, RuleBook((), dict(head["rules"])), Gains(gains), head["name"])
    except _UNREADABLE as error:
        problem = f"what was learned cannot be read ({error}); train anew: `ivr predict train`"
        raise EngineRejected("predictor", problem) from error


def _arrays(model: OnlinePredictor) -> dict[str, Array]:
    size = len(model.reasons)
    judged = np.array([*model.calibrator.judged], np.float64).reshape(-1, 3)
    arrays: dict[str, Array] = {
        "linear_scale": model.linear.scale,
        "linear_weights": model.linear.weights,
        "judged": judged,
    }
    for name, table in model.trend.tables.items():
        counts = [np.pad(row, ((0, 0), (0, size - row.shape[1]))) for row, _ in table.rows.values()]
        shape = (len(counts), len(table.half_lives_h), size)
        arrays[f"table_{name}"] = np.array(counts, np.float32).reshape(shape)
    network = model.network
    for number, layer in enumerate(network.layers):
        arrays[f"layer_{number}"] = layer
    for which, standard in (("pair", network.pair_standard), ("call", network.call_standard)):
        arrays[f"{which}_mean"], arrays[f"{which}_spread"] = standard.mean, standard.spread
    return arrays


def _restore(model: OnlinePredictor, head: Head, arrays: Mapping[str, Array]) -> None:
    model.fitted, model.threshold_70 = bool(head["fitted"]), float(head["threshold_70"])
    model.network_share = float(head["network_share"])
    model.trend.calls, model.trend.unheard_of = int(head["calls"]), float(head["unheard_of"])
    for name, table in model.trend.tables.items():
        counts = arrays[f"table_{name}"].astype(np.float64)
        for (key, then_h), row in zip(head["tables"][name], counts, strict=True):
            table.rows[_key(key)] = (row, float(then_h))
    model.linear.scale = arrays["linear_scale"]
    model.linear.weights = arrays["linear_weights"]
    layers = sum(name.startswith("layer_") for name in arrays)
    model.network.layers = [arrays[f"layer_{number}"] for number in range(layers)]
    model.network.pair_standard = Standard(arrays["pair_mean"], arrays["pair_spread"])
    model.network.call_standard = Standard(arrays["call_mean"], arrays["call_spread"])
    calibrator = model.calibrator
    calibrator.slope, calibrator.offset = map(float, head["calibration"])
    calibrator.reference_loss = head["reference_loss"]
    for top, hit, loss in arrays["judged"]:
        calibrator.judged.append((float(top), bool(hit), float(loss)))


def _plain(key: Hashable) -> object:
    return list(key) if isinstance(key, tuple) else key


def _key(plain: object) -> Hashable:
    return tuple(plain) if isinstance(plain, list) else str(plain)
