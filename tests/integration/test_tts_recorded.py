"""What must be heard when no engine speaks is there, in both languages."""

import re
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from ivr.call import rescue
from ivr.config import Settings
from ivr.config.settings import Tts
from ivr.dialog.flows import load_flows
from ivr.domain import Language, Prompt
from ivr.errors import EngineUnavailable
from ivr.tts import recorded
from ivr.tts.make import make_synthesizer
from ivr.tts.recorded import RecordedFirst, shipped_recordings
from tests import needs

DIRECTORY = Path(recorded.__file__).parent
TEXTS = YAML(typ="safe", pure=True).load(DIRECTORY / "texts.yaml")
MENU = TEXTS["keypad_menu"]["en"]


class DeadEngine:
    async def say(self, prompt: Prompt) -> AsyncIterator[bytes]:
        raise EngineUnavailable("tts", "dead")
        yield b""

    async def is_healthy(self) -> bool:
        return False


def _rescue_prompts(language: Language) -> list[Prompt]:
    return [
        *rescue.apologise(language).prompts,
        rescue.to_a_person(language),
        rescue.nobody_free(language),
    ]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", TEXTS)
def test_every_recording_is_there_and_audible(name: str, language: Language) -> None:
    pcm = shipped_recordings()[name, language]

    samples = np.frombuffer(pcm, "<i2").astype(int)
    assert 1 < len(samples) / 8000 < 15
    assert 5000 < np.abs(samples).max() < 32000
    assert np.flatnonzero(np.abs(samples) > 200)[0] < 160


@pytest.mark.parametrize("language", list(Language))
def test_every_rescue_sentence_is_recorded_with_the_same_words(language: Language) -> None:
    for prompt in _rescue_prompts(language):
        assert TEXTS[prompt.recording][language.value] == prompt.text


def test_the_recorded_menu_names_the_keys_that_the_flows_give() -> None:
    menu = load_flows(needs.path("flows")).hotline.menu

    assert list(menu) == ["balance", "repayment_date", "refund", "card_lost"]
    spoken = re.findall(r"(balance|repayment date|refund|lost card), press (\w+)", MENU)
    assert spoken == [
        ("balance", "one"),
        ("repayment date", "two"),
        ("refund", "three"),
        ("lost card", "four"),
    ]


@pytest.mark.parametrize("language", list(Language))
async def test_a_recording_is_heard_while_the_engine_is_dead(language: Language) -> None:
    voice = RecordedFirst(DeadEngine(), shipped_recordings())
    apology = _rescue_prompts(language)[0]

    heard = b"".join([piece async for piece in voice.say(apology)])

    assert heard == shipped_recordings()[apology.recording, language]


async def test_a_failure_without_a_recording_is_told_and_not_hidden() -> None:
    voice = RecordedFirst(DeadEngine(), shipped_recordings())

    with pytest.raises(EngineUnavailable):
        _ = [piece async for piece in voice.say(Prompt("Hello", Language.EN, recording="none"))]


async def test_recordings_are_heard_where_the_engine_cannot_even_start(tmp_path: Path) -> None:
    engines = dict.fromkeys(Language, "piper")
    settings = Settings(models_dir=tmp_path, tts=Tts(engines=engines, cache_dir=tmp_path))
    apology = _rescue_prompts(Language.ZH)[0]

    async with make_synthesizer(settings) as voice:
        assert [piece async for piece in voice.say(apology)]


def test_a_recording_of_another_format_is_refused_with_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "goodbye.en.wav"
    with wave.open(str(file), "wb") as out:
        out.setparams((2, 2, 44100, 0, "NONE", ""))

    with pytest.raises(recorded.ConfigError, match=r"goodbye\.en\.wav is not 8 kHz.*sox"):
        recorded._pcm(file)
