"""Sounds that are not the caller's words: made by arithmetic or from the callers' own clips.

Short ones are what a caller does over a prompt (a cough, "mm-hm"); long ones are what goes on in
the room. All are repeatable: the same seed gives the same samples. A noise's level is its root
mean square over the parts that sound, like the level of speech that it is compared with.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.domain import SAMPLE_RATE_HZ, Language
from ivr.sim.callers import COUGH, caller_lines

Sound = NDArray[np.float32]

SPEECH_DBFS: Final = -20.0
"""Level of a caller's short sounds."""
_LOOP_S: Final = 12.0
_MM_HM: Final = "mm_hm"
_NO_WORDS: Final = (COUGH, _MM_HM)
_TALKERS: Final = 8  # from about this many voices on, no single one is understood


def short(name: str, language: Language, seed: int) -> Sound:
    """Give a sound of under a second or two; raises KeyError for an unknown name."""
    if name in _MADE and name not in caller_lines(language):
        return _at_level(_MADE[name](np.random.default_rng(seed)), SPEECH_DBFS)
    return _clip(name, language)


def background(name: str, language: Language, snr_db: float, seed: int) -> Sound:
    """Give a loop of a room's noise, `snr_db` weaker than the callers; raises KeyError."""
    room = _ROOMS[name](language, np.random.default_rng(seed))
    return _at_level(room, callers_dbfs(language) - snr_db)


@cache
def callers_dbfs(language: Language) -> float:
    """Give the level of the callers' clips while they sound: the median, as they differ by 3 dB.

    Their peaks are alike, their levels are not: -22 to -24 dBFS in Mandarin, -20 to -23 in English.
    """
    names = [name for name in caller_lines(language) if name not in _NO_WORDS]
    return float(np.median([10 * np.log10(_power(_clip(each, language))) for each in names]))


def _clip(name: str, language: Language) -> Sound:
    return np.frombuffer(caller_lines(language)[name].pcm, "<i2").astype(np.float32)


def _at_level(sound: Sound, level_dbfs: float) -> Sound:
    factor = float(10 ** (level_dbfs / 20) / _power(sound) ** 0.5)
    return (sound * factor).astype(np.float32)


def _power(sound: Sound) -> float:
    """Give the mean power of the parts that sound; 1 is full scale."""
    frames = sound[: len(sound) // 80 * 80].reshape(-1, 80) / 32768
    power = np.mean(frames.astype(np.float64) ** 2, axis=1)
    sounding = power[power > power.max() * 1e-3]  # within 30 dB of the loudest 10 ms
    return float(sounding.mean())


def _band(rng: np.random.Generator, length_s: float, *peaks: tuple[float, float, float]) -> Sound:
    """Give noise through resonances: (Hz, width in Hz, weight)."""
    noise = rng.standard_normal(round(length_s * SAMPLE_RATE_HZ))
    pitch_hz = np.fft.rfftfreq(len(noise), 1 / SAMPLE_RATE_HZ)
    shape = sum(weight / (1 + ((pitch_hz - at) / width) ** 2) for at, width, weight in peaks)
    return np.fft.irfft(np.fft.rfft(noise) * shape, len(noise)).astype(np.float32)


def _time(sound: Sound) -> NDArray[np.float64]:
    return np.arange(len(sound)) / SAMPLE_RATE_HZ


def _laugh(rng: np.random.Generator) -> Sound:
    """Four or five "ha", five a second, voiced and breathy (Bachorowski et al., JASA 2001)."""
    count, pitch_hz = int(rng.integers(4, 6)), float(rng.uniform(180, 280))
    whole = np.zeros(round(0.2 * count * SAMPLE_RATE_HZ), np.float32)
    for number in range(count):
        breath = _band(rng, 0.12, (700, 300, 1.0), (1400, 400, 0.5))
        at = _time(breath)
        tone = sum(np.sin(2 * np.pi * pitch_hz * n * at) / n for n in range(1, 9))
        bump = np.sin(np.pi * at / 0.12) ** 2 * 0.85**number
        start = round(0.2 * number * SAMPLE_RATE_HZ)
        whole[start : start + len(at)] += (tone + 0.8 * breath / breath.std()) * bump
    return whole


def _breath(rng: np.random.Generator) -> Sound:
    """A breath into the microphone: a second of low noise that swells and fades."""
    sound = _band(rng, float(rng.uniform(0.6, 1.0)), (300, 250, 1.0), (1800, 900, 0.3))
    return (sound * np.sin(np.pi * _time(sound) * SAMPLE_RATE_HZ / len(sound))).astype(np.float32)


def _door(rng: np.random.Generator) -> Sound:
    """A door that falls shut: one blow with a low ring, and a rattle."""
    sound = _band(rng, 0.5, (120, 60, 3.0), (600, 300, 1.0), (2000, 900, 0.4))
    at = _time(sound)
    blows = np.exp(-at / 0.05) + 0.3 * np.exp(-np.abs(at - 0.18) / 0.02)
    return (sound * blows).astype(np.float32)


def _mm_hm(rng: np.random.Generator) -> Sound:
    """ "mm-hm", which no synthesiser says but spells: two hums through the nose, the second rising.

    The mouth is shut, so there is one strong resonance near 270 Hz and next to nothing above
    (Fujimura, "Analysis of nasal consonants", JASA 34, 1962), with breath between the two.
    """
    pitch_hz, lengths_s = float(rng.uniform(100, 220)), rng.uniform((0.12, 0.18), (0.2, 0.35))
    first = _hum(pitch_hz * np.linspace(1.05, 0.95, round(lengths_s[0] * SAMPLE_RATE_HZ)))
    second = _hum(pitch_hz * np.linspace(1.0, 1.25, round(lengths_s[1] * SAMPLE_RATE_HZ)))
    breath = _band(rng, 0.06, (500, 400, 1.0))
    return np.concatenate([first, 0.05 * first.std() * breath / breath.std(), second])


def _hum(pitch_hz: NDArray[np.float64]) -> Sound:
    """A closed mouth's hum along a line of pitches, one for each sample."""
    turns = 2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE_HZ
    whole = np.zeros(len(turns))
    for number in range(1, int(3400 / pitch_hz.max()) + 1):
        at_hz = number * pitch_hz
        nose = sum(
            weight / (1 + ((at_hz - peak) / width) ** 2)
            for peak, width, weight in ((270, 100, 1.0), (1050, 200, 0.06), (2300, 300, 0.004))
        )
        whole += nose * np.sin(number * turns)
    return (whole * np.sin(np.pi * np.linspace(0, 1, len(whole))) ** 0.5).astype(np.float32)


_MADE: Final[Mapping[str, Callable[[np.random.Generator], Sound]]] = {
    "laugh": _laugh,
    "breath": _breath,
    "door": _door,
    _MM_HM: _mm_hm,  # Mandarin's is a word that a synthesiser can say: 嗯
}


def _music(_language: Language, rng: np.random.Generator) -> Sound:
    """Music on hold: plucked chords of four notes, two a second."""
    loop = np.zeros(round(_LOOP_S * SAMPLE_RATE_HZ), np.float32)
    for beat in range(round(_LOOP_S * 2)):
        at = np.arange(SAMPLE_RATE_HZ // 2) / SAMPLE_RATE_HZ
        root_hz = 220 * 2 ** (float(rng.choice([0, 3, 5, 7])) / 12)
        notes = [root_hz * 2 ** (step / 12) for step in (0, 4, 7, 12)]
        chord = sum(np.sin(2 * np.pi * hz * n * at) / n**2 for hz in notes for n in (1, 2, 3))
        start = beat * len(at)
        loop[start : start + len(at)] += (chord * np.exp(-at / 0.25)).astype(np.float32)
    return loop


def _talker(language: Language, rng: np.random.Generator, names: tuple[str, ...]) -> Sound:
    """One voice that says clips one after the other, with short pauses."""
    loop = np.zeros(0, np.float32)
    while len(loop) < _LOOP_S * SAMPLE_RATE_HZ:
        pause = np.zeros(round(float(rng.uniform(0.1, 0.5)) * SAMPLE_RATE_HZ), np.float32)
        loop = np.concatenate([loop, _clip(names[int(rng.integers(len(names)))], language), pause])
    return loop[: round(_LOOP_S * SAMPLE_RATE_HZ)]


def _second_voice(language: Language, rng: np.random.Generator) -> Sound:
    """Somebody else in the room, another voice than the caller's."""
    return _talker(language, rng, ("balance_m", "person_m", "card_lost_m", "thanks_m"))


def _television(language: Language, rng: np.random.Generator) -> Sound:
    """A voice over music, from a small loudspeaker."""
    other = Language.EN if language is Language.ZH else Language.ZH
    voice = _talker(other, rng, ("long", "overdue", "repayment_amount", "change_phone"))
    mixed = _at_level(voice, -20) + _at_level(_music(language, rng), -28)
    spectrum = np.fft.rfft(mixed)
    spectrum[np.fft.rfftfreq(len(mixed), 1 / SAMPLE_RATE_HZ) < 350] = 0
    return np.asarray(np.fft.irfft(spectrum, len(mixed)), np.float32)


def _babble(language: Language, rng: np.random.Generator) -> Sound:
    """A room full of people, all at once."""
    names = tuple(name for name in caller_lines(language) if name not in _NO_WORDS)
    talkers = [_at_level(_talker(language, rng, names), -20) for _ in range(_TALKERS)]
    return np.asarray(np.sum(talkers, axis=0), np.float32)


_ROOMS: Final[Mapping[str, Callable[[Language, np.random.Generator], Sound]]] = {
    "music": _music,
    "television": _television,
    "second_voice": _second_voice,
    "babble": _babble,
}

SHORT: Final = (*_MADE, COUGH)
BACKGROUNDS: Final = tuple(_ROOMS)
