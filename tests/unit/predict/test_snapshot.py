"""What was learned survives a restart, and foreign bytes are refused."""

import io
import json
from typing import Any

import numpy as np
import pytest

from ivr.errors import EngineRejected
from ivr.predict.gains import Gain, Gains
from ivr.predict.model import OnlinePredictor
from ivr.predict.rule_book import RuleBook
from ivr.predict.snapshot import Learned, from_bytes, to_bytes
from ivr.predict.trend import Moment, Past
from tests.unit.predict.logs import habitual_calls


def _taught(calls: int = 450) -> OnlinePredictor:
    model, past = OnlinePredictor(), dict[str, list[Past]]()
    for call in habitual_calls(calls):
        own = past.setdefault(call.caller, [])
        model.learn(model.guess(Moment(call.at_h, tuple(own), call.place)), call.reason, call.place)
        own.append(Past(call.at_h, call.reason, call.detail, call.place, call.resolved_h))
    model.train()
    return model


def test_guesses_are_the_same_after_a_restart() -> None:
    model = _taught()
    last = habitual_calls(450)[-1]
    moment = Moment(last.at_h + 2.0, (Past(last.at_h, last.reason, last.detail, last.place),))
    learned = Learned(model, RuleBook((), {"a: b": 2.0}), Gains({("", ""): Gain(9.0, 3.0)}), "t1")

    again = from_bytes(to_bytes(learned))

    before, after = model.guess(moment), again.model.guess(moment)
    assert model.fitted
    assert before.names == after.names
    assert np.allclose(before.chances, after.chances, atol=1e-5)
    assert again.rules.weights == {"a: b": 2.0}
    assert again.gains.of("x", "y") == Gain(9.0, 3.0)
    assert again.name == "t1"


def test_nothing_learned_is_kept_too() -> None:
    assert from_bytes(to_bytes(Learned())).model.guess(Moment(1.0, ())).unheard_of == 1.0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"no zip at all"])
def test_damaged_bytes_are_refused_with_the_remedy(content: bytes) -> None:
    with pytest.raises(EngineRejected, match="ivr predict train"):
        from_bytes(content)


@pytest.mark.parametrize("part", ["gains", "rules", "name", "reasons"])
def test_a_file_that_lacks_a_part_is_refused(part: str) -> None:
    with np.load(io.BytesIO(to_bytes(Learned()))) as packed:
        arrays: dict[str, Any] = {name: packed[name] for name in packed.files}
    head = json.loads(arrays["head"].tobytes())
    del head[part]
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    lacking = io.BytesIO()
    np.savez(lacking, **arrays)

    with pytest.raises(EngineRejected, match="ivr predict train"):
        from_bytes(lacking.getvalue())


def test_half_a_file_is_refused() -> None:
    with pytest.raises(EngineRejected):
        from_bytes(to_bytes(Learned())[:200])


def test_one_wrong_bit_anywhere_is_refused_or_changes_nothing() -> None:
    content = to_bytes(Learned(OnlinePredictor(), name="t1"))

    for at in range(0, len(content), 17):
        damaged = bytearray(content)
        damaged[at] ^= 1 << at % 8
        try:
            again = from_bytes(bytes(damaged))
        except EngineRejected:
            continue
        assert again.name == "t1"
