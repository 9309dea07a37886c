"""Our own prompts, come back over the line, and callers who talk over them.

Prompts and callers are espeak-ng's, levels are those of a telephone call (-20 dBFS), the echo is
linear and 20 dB weaker, the line has noise at -65 dBFS and goes through µ-law.
"""

import numpy as np
import pytest

from ivr.audio.activity import Activity, ActivityCounter
from ivr.audio.codec import pcm_to_ulaw, ulaw_to_pcm
from ivr.audio.speech import SpeechDetector
from ivr.config.settings import Hearing
from ivr.domain import AudioFrame, Language
from tests.spoken import spoken

PROMPTS = {
    Language.EN: (
        "Welcome to the service hotline. How can I help you today?",
        "Your repayment of two hundred and forty dollars is due on the fifth of March.",
        "Please tell me the last four digits of your card, one after the other.",
    ),
    Language.ZH: (
        "您好，欢迎致电客户服务热线，请问有什么可以帮您？",
        "您本月的还款金额是两千四百元，还款日是三月五号。",
    ),
}
NOTHING = np.zeros(0)
QUIET = np.zeros(16000)
EVERY_PROMPT = [(text, language) for language, texts in PROMPTS.items() for text in texts]


def at_level(pcm: bytes, dbfs: float) -> np.ndarray:
    """Scale speech so that its loud parts have this level."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    loud = samples[np.abs(samples) > 300]
    return samples * 32768 * 10 ** (dbfs / 20) / np.sqrt(np.mean(loud**2))


def pcm16(samples: np.ndarray) -> bytes:
    return np.clip(samples, -32768, 32767).astype("<i2").tobytes()


def heard(
    prompt: np.ndarray,
    delay_s: float,
    *,
    cancelling: bool = True,
    caller: tuple[float, np.ndarray] | None = None,
    before: np.ndarray = NOTHING,
) -> list[tuple[float, Activity]]:
    """Play a prompt over a line with echo and give what the counter tells, with its time.

    What we have said `before` makes it a prompt in mid-call; at the pick-up, whoever talks in
    the first second is taken for the room, and interrupts nothing.
    """
    delay = round(delay_s * 8000)
    line = np.concatenate([np.zeros(delay), before * 0.1, prompt * 0.1])
    line += np.random.default_rng(1).normal(0, 32768 * 10 ** (-65 / 20), len(line))
    if caller:
        start = len(before) + round(caller[0] * 8000)
        length = min(len(caller[1]), len(line) - start)
        line[start : start + length] += caller[1][:length]
    near = ulaw_to_pcm(pcm_to_ulaw(pcm16(line)))
    far = pcm16(np.concatenate([before, prompt, np.zeros(delay)]))
    hearing = Hearing(echo_cancelling=cancelling)
    detector, counter = SpeechDetector(hearing), ActivityCounter(hearing)
    counter.prompt_began()
    return [
        (at / 16000 - len(before) / 8000, activity)
        for at in range(0, len(near) - 319, 320)
        for activity in counter.on_frame(
            detector.hear(AudioFrame(near[at : at + 320], far[at : at + 320])).is_speech
        )
    ]


def greeting() -> np.ndarray:
    """The first words of a call, and the quiet behind them."""
    text, language = EVERY_PROMPT[0]
    return np.concatenate([at_level(spoken(text, language), -20), QUIET])


@pytest.mark.parametrize("delay_s", [0.03, 0.15, 0.25])
def test_no_prompt_interrupts_itself(delay_s: float) -> None:
    told = [
        heard(at_level(spoken(text, language), -20), delay_s) for text, language in EVERY_PROMPT
    ]

    assert [events for events in told if events] == []


@pytest.mark.parametrize("delay_s", [0.03, 0.15, 0.25])
def test_no_prompt_in_mid_call_interrupts_itself(delay_s: float) -> None:
    for text, language in EVERY_PROMPT:
        told = heard(at_level(spoken(text, language), -20), delay_s, before=greeting())

        assert Activity.SUSTAINED not in [event for _, event in told]


def test_without_cancelling_every_prompt_would() -> None:
    for text, language in EVERY_PROMPT:
        prompt = at_level(spoken(text, language), -20)
        told = heard(prompt, 0.1, cancelling=False, before=QUIET)

        assert Activity.SUSTAINED in [event for _, event in told]


@pytest.mark.parametrize("delay_s", [0.03, 0.25])
def test_a_caller_who_talks_over_a_prompt_is_noticed_in_time(delay_s: float) -> None:
    caller = at_level(spoken("i want to talk to a person please", Language.EN, "en-us+f3"), -22)
    begins_s = 1.2 + np.flatnonzero(np.abs(caller) > 600)[0] / 8000

    for text, language in EVERY_PROMPT:
        prompt = at_level(spoken(text, language), -20)
        told = heard(prompt, delay_s, caller=(1.2, caller), before=greeting())

        noticed_s = [at for at, event in told if event is Activity.SUSTAINED]
        assert noticed_s
        assert 0 < noticed_s[0] - begins_s < 0.6  # 2026-11: median 0.28 s
