"""The shipped callers are understood by the shipped ears, over a telephone line."""

import json
from pathlib import Path

import pytest
import vosk

from ivr.asr.hypothesis import decide
from ivr.asr.models import open_vosk_model
from ivr.asr.vosk import listener
from ivr.audio.codec import pcm_to_ulaw, ulaw_to_pcm
from ivr.config.settings import Hearing
from ivr.domain import Expect, Language, Listening
from ivr.sim.callers import COUGH, CallerLine, caller_lines
from tests import needs

pytestmark = pytest.mark.integration

Models = dict[Language, vosk.Model]
LINES = [line for language in Language for line in caller_lines(language).values()]


@pytest.fixture(scope="module")
def models() -> Models:
    vosk.SetLogLevel(-1)
    return {
        language: vosk.Model(str(needs.path(f"models/vosk-hotline-{language}-8k")))
        for language in Language
    }


def heard(models: Models, line: CallerLine) -> str:
    ear = vosk.KaldiRecognizer(models[line.language], 8000)
    ear.AcceptWaveform(bytes(3200) + ulaw_to_pcm(pcm_to_ulaw(line.pcm)) + bytes(8000))
    return str(json.loads(ear.FinalResult())["text"])


@pytest.mark.parametrize(
    "line",
    [line for line in LINES if line.text and not line.is_hard],
    ids=lambda line: f"{line.language}-{line.name}",
)
def test_a_caller_is_understood_word_for_word(models: Models, line: CallerLine) -> None:
    assert heard(models, line) == line.text


@pytest.mark.parametrize("expect", [Expect.YES_NO, Expect.MENU, Expect.DIGITS])
def test_who_asks_something_else_than_was_asked_is_believed(expect: Expect) -> None:
    model = open_vosk_model("vosk-hotline-en-8k", Path("models"))
    hear = listener(model, Language.EN)
    own_questions = ("hours", "fees", "refund", "limit", "payment_failed", "verification_code")
    lines = caller_lines(Language.EN)

    for line in (lines[name] for name in own_questions):
        heard = hear(Listening(Language.EN, expect), line.pcm + bytes(8000))
        utterance = decide(heard, Language.EN, expect)
        assert utterance.text == line.text
        assert not utterance.is_doubtful, line.name


@pytest.mark.parametrize("language", list(Language))
def test_hard_lines_are_understood_for_the_most_part(models: Models, language: Language) -> None:
    for line in caller_lines(language).values():
        if line.is_hard and len(line.text.split()) > 4:
            words = line.text.split()
            assert sum(word in heard(models, line).split() for word in words) >= 0.7 * len(words)


def test_a_cough_is_too_short_to_stop_a_prompt() -> None:
    assert caller_lines(Language.ZH)[COUGH].length_s < Hearing().sustained_s
