"""What a call was at the caller's ear, measured when it is over."""

from pathlib import Path

import numpy as np
import pytest

from ivr import metrics
from ivr.audio.wav import write_wav
from ivr.call.afterwards import Afterwards, figures_of
from ivr.domain import Language, Speaker, Turn
from ivr.errors import EngineUnavailable
from ivr.store import EarFigures


class Notes:
    """A memory that only knows turns and ears."""

    def __init__(self, *turns: Turn, broken: bool = False) -> None:
        self.kept: dict[str, EarFigures] = {}
        self._turns, self._broken = turns, broken

    async def turns(self, _call_id: str) -> tuple[Turn, ...]:
        if self._broken:
            raise EngineUnavailable("store", "gone")
        return self._turns

    async def note_ear(self, call_id: str, figures: EarFigures) -> None:
        self.kept[call_id] = figures


def channel(length_s: float, *sounding: tuple[float, float]) -> bytes:
    samples = np.zeros(round(length_s * 8000), np.int16)
    noise = np.random.default_rng(1).normal(0, 3000, len(samples)).astype(np.int16)
    for start_s, end_s in sounding:
        at = slice(round(start_s * 8000), round(end_s * 8000))
        samples[at] = noise[at]
    return samples.tobytes()


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    file = tmp_path / "1.wav"
    hotline = channel(20, (0.5, 2.0), (4.6, 6.0), (12.0, 18.0))
    write_wav(file, channel(20, (3.0, 4.0), (10.0, 11.5)), hotline)
    return file


def count(name: str, **labels: str) -> float:
    counter = getattr(metrics, name)
    return float(
        (counter.labels(**labels) if labels else counter)._value.get()
    )  # the client gives no other way


async def measured(store: Notes, *wavs: Path) -> Notes:
    afterwards = Afterwards(store)
    for each in wavs:
        afterwards.recorded(each)
    afterwards._waiting.put_nowait(None)  # `close` would leave them out
    await afterwards.run()
    return store


async def test_a_finished_call_is_measured_kept_and_counted(wav: Path) -> None:
    before = count("EAR_CALLS")

    store = await measured(Notes(), wav)

    assert store.kept["1"].silence_s[0] == 0.6
    assert count("EAR_CALLS") == before + 1


async def test_what_an_agent_and_the_caller_say_is_not_ours_to_judge(wav: Path) -> None:
    ours = Turn(2, Speaker.HOTLINE, "one moment", Language.EN, 4.6, 6.0)

    store = await measured(Notes(ours), wav)

    assert store.kept["1"].prompts == 2
    assert store.kept["1"].turns == 1


async def test_a_recording_that_is_gone_costs_nothing_but_its_figures(
    tmp_path: Path, wav: Path
) -> None:
    before = count("EAR_UNMEASURED", why="ConfigError")

    store = await measured(Notes(), tmp_path / "gone.wav", wav)

    assert set(store.kept) == {"1"}
    assert count("EAR_UNMEASURED", why="ConfigError") == before + 1


async def test_a_memory_that_is_gone_is_counted_and_does_not_end_the_measuring(wav: Path) -> None:
    before = count("EAR_UNMEASURED", why="EngineUnavailable")

    await measured(Notes(broken=True), wav, wav)

    assert count("EAR_UNMEASURED", why="EngineUnavailable") == before + 2


async def test_more_calls_than_can_be_measured_are_left_out_and_counted(wav: Path) -> None:
    before = count("EAR_UNMEASURED", why="too_many")
    afterwards = Afterwards(Notes())

    for _ in range(103):
        afterwards.recorded(wav)

    assert count("EAR_UNMEASURED", why="too_many") == before + 3


async def test_closing_leaves_out_what_still_waits(wav: Path) -> None:
    store = Notes()
    afterwards = Afterwards(store)
    afterwards.recorded(wav)

    afterwards.close()
    await afterwards.run()

    assert not store.kept


def test_a_recording_is_measured_only_as_far_as_it_is_ours(wav: Path) -> None:
    assert figures_of(wav, 8.0).length_s == 8.0


async def test_a_call_that_ended_before_anything_was_recorded_is_measured_as_nothing(
    tmp_path: Path,
) -> None:
    file = tmp_path / "2.wav"
    write_wav(file, b"", b"")

    store = await measured(Notes(), file)

    assert store.kept["2"].length_s == 0
    assert store.kept["2"].first_word_s is None


async def test_even_a_bug_in_the_measuring_leaves_the_hotline_up(
    wav: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("ivr.call.afterwards.measure", broken)
    before = count("EAR_UNMEASURED", why="ZeroDivisionError")

    await measured(Notes(), wav)

    assert count("EAR_UNMEASURED", why="ZeroDivisionError") == before + 1


async def test_the_voices_own_silences_are_no_gaps(tmp_path: Path) -> None:
    wave = np.frombuffer(channel(2, (0.0, 0.9), (0.97, 2.0)), "<i2")
    write_wav(tmp_path / "1.wav", bytes(4 * len(wave)), bytes(len(wave) * 2) + wave.tobytes())
    plain, store = Notes(), Notes()
    afterwards = Afterwards(store, lambda: [wave.tobytes()])

    await measured(plain, tmp_path / "1.wav")
    afterwards.recorded(tmp_path / "1.wav")
    afterwards._waiting.put_nowait(None)
    await afterwards.run()

    assert len(plain.kept["1"].gaps_s) == 1
    assert store.kept["1"].gaps_s == ()
