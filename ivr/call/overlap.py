"""Whether a sound over our prompt is meant for us: pure.

Three things sound like an interruption and are none. A noise is short and has no words. A
backchannel ("mm-hm", 对) says "go on", for as long as it lasts. And a word that we have just said
ourselves is our echo. Only a word beyond these stops us, as soon as the ear knows it; a sound
that the ear knows nothing of yet stops us when it lasts (the setting `sustained_s`).
"""

import re
from dataclasses import dataclass
from typing import Final

from ivr.domain import Expect, Language, Listening

GO_ON: Final = {
    Language.ZH: "嗯|呃|啊|哦|噢|喔|唔|额|哎|诶|唉|哈",
    Language.EN: "mm|mhm|mm-hm|mmhm|hm|hmm|uh|uh-huh|huh|um|ah|aha|oh",
}
"""Sounds that never mean anything but "I am listening"."""
ASSENT: Final = {
    Language.ZH: (
        "对|对的|对啊|好|好的|好啊|好吧|是|是的|是啊|行|行吧|可以|知道|知道了|明白|明白了|了解|没错|"
        "ok|okay"
    ),
    Language.EN: "yes|yeah|yep|yup|ok|okay|right|alright|sure|i see|got it|good|exactly|correct",
}
"""Words that say "go on" over our prompt, and "yes" where we have asked for a yes."""
_CLOSED: Final = (Expect.YES_NO, Expect.MENU)
WORD_S: Final = 0.12
"""Voiced audio without which no word of the ear is believed: noise makes it guess. Measured: a
cough has 0.08 s; 90 % of 200 recorded English digits, very short words, have more than 0.12."""
VOWEL_S: Final = 0.04
"""Vowels without which a short sound has no words; see ivr/audio/vowel.py."""
_IN_NOISE: Final = 1.5
"""So much longer must a sound be in a noisy room: one shout of a crowd is shorter."""
_BACKCHANNEL_S: Final = 0.9
"""Longest "mm-hm"; whoever goes on saying "yes, yes" for longer wants to say something. The shipped
callers' backchannels have 0.14 to 0.86 s of voice."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """A sound of the caller while we speak."""

    voiced_s: float
    vowel_s: float
    """How much of it is vowels; laughs, breath and hums have none."""
    partial: str
    said_lately: str
    is_in_noise: bool = False
    """Whether voices in the room come near the caller's: then words are soon guessed, too."""
    has_risen: bool | None = None
    """Whether it is louder than a room with voices; None without any."""


def is_meant(overlap: Overlap, listening: Listening, sustained_s: float) -> bool:
    """Whether the sound shall stop our prompt, as far as it is known by now."""
    words = _tokens(overlap.partial)
    if overlap.has_risen is not None:
        return overlap.has_risen and _stands_above(overlap, words, listening)
    if overlap.is_in_noise:
        sustained_s *= _IN_NOISE
    if not words:
        return _is_speech(overlap, sustained_s)
    meant = [word for word in words if not _is_ours(word, overlap.said_lately)]
    if is_backchannel(" ".join(meant), listening):
        return overlap.voiced_s >= max(_BACKCHANNEL_S, sustained_s)
    shortest_s = sustained_s if overlap.is_in_noise else WORD_S
    return overlap.voiced_s >= shortest_s and _may_be_words(overlap, sustained_s)


def _stands_above(overlap: Overlap, words: list[str], listening: Listening) -> bool:
    """Whether what is louder than a room with voices is meant; length and words prove little."""
    if overlap.voiced_s < WORD_S:
        return False
    is_listening = bool(words) and is_backchannel(" ".join(words), listening)
    return not is_listening or overlap.voiced_s >= _BACKCHANNEL_S


def _is_speech(overlap: Overlap, sustained_s: float) -> bool:
    """Whether a sound without words lasts: a clear one half as long, a whisper twice as long."""
    if overlap.vowel_s >= sustained_s / 2:
        return True
    has_vowels = overlap.vowel_s >= sustained_s / 4
    return overlap.voiced_s >= (sustained_s if has_vowels else 2 * sustained_s)


def _may_be_words(overlap: Overlap, sustained_s: float) -> bool:
    """A laugh or a breath makes the ear guess; who whispers words goes on."""
    return overlap.vowel_s >= VOWEL_S or overlap.voiced_s >= 2 * sustained_s


def is_backchannel(text: str, listening: Listening) -> bool:
    """Whether all of it only says "I am listening"; no words at all do."""
    allowed = GO_ON[listening.language]
    if listening.expect not in _CLOSED:
        allowed += "|" + ASSENT[listening.language]
    between = r"\s*" if listening.language is Language.ZH else r"(?:\s+|$)"
    pattern = rf"\s*(?:(?:{allowed}){between})*"
    return re.fullmatch(pattern, " ".join(_tokens(text))) is not None


def _tokens(text: str) -> list[str]:
    return [word for word in text.lower().split() if word != "[unk]"]


def _is_ours(word: str, said_lately: str) -> bool:
    said = said_lately.lower()
    return word in (re.findall(r"[a-z0-9'-]+", said) if word.isascii() else said)
