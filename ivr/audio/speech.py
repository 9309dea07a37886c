"""From a frame of the line to "the caller speaks": echo out, loud enough, sounds like a voice."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from ivr import log
from ivr.audio.echo import EchoCanceller, NoEchoCanceller, WebRtcEchoCanceller
from ivr.audio.echo_presence import EchoPresence
from ivr.audio.foreground import Foreground
from ivr.audio.level import LevelGate, level_dbfs
from ivr.audio.room_level import RoomLevel
from ivr.audio.vad import VoiceDetector
from ivr.audio.voice_net import FILE, VoiceJudge, VoiceNet
from ivr.audio.vowel import is_vowel
from ivr.config.settings import Hearing, Settings
from ivr.domain import FRAME_BYTES, AudioFrame
from ivr.errors import ConfigError

_SILENCE: Final = bytes(FRAME_BYTES)
_FAINT: Final = 10  # as a divisor: 20 dB

_log = log.get(__name__)


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Heard:
    """20 ms of the caller, cleaned of our echo, and whether it is speech."""

    pcm: bytes
    is_speech: bool
    is_vowel: Callable[[], bool] = _never
    """Whether speech is voiced with an open mouth: no hum, no laugh, no breath. Asked only where it
    matters, over our own voice, because the answer costs 0.05 ms."""
    is_noisy: bool = False
    """Whether voices in the room come near the caller's."""
    has_risen: bool | None = None
    """Whether it is louder than a room with voices has been; None without any."""
    risen_for_s: float = 0.0
    """How long ago it began to be, 0 where it is not: words since then are the caller's."""


class SpeechDetector:
    """The chain before the ear; one per call.

    Costs 0.01 ms a frame, 0.1 while something sounds, 0.2 more on a line with echo.
    """

    def __init__(self, hearing: Hearing, net: VoiceNet | None = None) -> None:
        """Without a net, WebRTC's detector judges alone."""
        self._echo: EchoCanceller = (
            WebRtcEchoCanceller() if hearing.echo_cancelling else NoEchoCanceller()
        )
        self._presence = EchoPresence()
        self._gate = LevelGate(hearing.quietest_dbfs, hearing.above_noise_db)
        self._voice = VoiceDetector(hearing.vad_mode)
        self._judge = VoiceJudge(net) if net else None
        self._foreground = Foreground()
        self._room = RoomLevel()
        self._before = _SILENCE

    def hear(self, frame: AudioFrame) -> Heard:
        """Judge one frame; one that is short (a line that stutters) is filled with silence."""
        heard, played = _whole(frame.heard), _whole(frame.played)
        self._presence.watch(heard, played)
        # On a clean line the canceller rests: it would cost two thirds of the event loop, and an
        # echo that begins later is found within 0.3 s.
        pcm = self._echo.process(heard, played) if self._presence.is_present else heard
        if self._judge:
            self._judge.add(pcm)
        # Both learn from every frame, so both are asked every time.
        level = level_dbfs(pcm)
        is_loud, is_voice = self._gate.is_loud_enough(level), self._voice.is_speech(pcm)
        is_voice = is_voice and self._is_agreed()
        pair, self._before = self._before + pcm, pcm
        we_speak = played != _SILENCE
        is_known = self._is_known(level, pair, is_voice=is_loud and is_voice, we_speak=we_speak)
        is_caller = is_voice and self._is_caller(is_known=is_known)
        # The words of the room in a caller's pause would be heard as the caller's.
        is_behind = self._foreground.is_behind_the_caller and not self._room.is_just_exceeded
        return Heard(
            _faint(pcm) if is_behind else pcm,
            is_caller,
            partial(is_vowel, pair) if is_caller else _never,
            self._foreground.is_noisy,
            self._room.has_risen,
            self._room.risen_for_s,
        )

    def _is_known(self, level: float, pair: bytes, *, is_voice: bool, we_speak: bool) -> bool:
        """Learn who is who, and tell whether a voice is as the caller's is known to be."""
        is_known = self._foreground.is_caller(level, is_voice=is_voice, we_speak=we_speak)
        has_voices = self._foreground.background_dbfs is not None
        self._room.hear(pair, level, has_voices=has_voices, we_speak=we_speak)
        return is_known

    def _is_caller(self, *, is_known: bool) -> bool:
        """Whether a voice is the caller's: by who they are known to be, and by the room.

        Where the room is known, the gate has no say: between the words of many the line hardly
        rests, so a third of a caller's frames are not loud enough for it.
        """
        if self._room.has_risen is None:
            return is_known
        return self._room.is_exceeded or (is_known and self._room.is_near)

    def _is_agreed(self) -> bool:
        return self._judge is None or self._judge.is_voice()


def find_voice_net(settings: Settings) -> VoiceNet | None:
    """Load the voice net; without its file the hotline hears as well as WebRTC's detector does.

    What is missing is told in the log, here and by the doctor, because callers only notice that
    noises interrupt the hotline.
    """
    if not settings.hearing.voice_net:
        return None
    try:
        return VoiceNet(settings.models_dir / FILE)
    except ConfigError as error:
        _log.warning("voice_net_missing", problem=error.problem, remedy=error.remedy)
        return None


def _faint(pcm: bytes) -> bytes:
    return (np.frombuffer(pcm, "<i2") // _FAINT).astype("<i2").tobytes()


def _whole(pcm: bytes) -> bytes:
    return pcm[:FRAME_BYTES].ljust(FRAME_BYTES, b"\0")
