"""Piper (`piper-tts`), neural voices from files, inside its worker process.

Optional: `pip install 'ivr-hotline[piper]'` and a voice as `<models_dir>/piper/<voice>.onnx` with
its `.onnx.json` beside it. The library is GPL-3.0, which is one more reason for a process of its
own. One voice stays loaded per name; a medium voice takes about 100 MB.
"""

from importlib.metadata import version
from pathlib import Path

from piper import PhonemeType, PiperVoice, SynthesisConfig

from ivr.tts.engine import Engine, Sink, VoiceRejectedError

_PHONEMES = (PhonemeType.ESPEAK, PhonemeType.TEXT)
"""Ways from text to phonemes that come with piper-tts; the others fetch models at first use."""
_NORMAL_WPM = 165
"""Speaking rate that a Piper voice's own length scale is taken for."""


def open_engine(options: dict[str, str]) -> Engine:
    """Look for voices in `options["voices_dir"]`; each is loaded when first asked for."""
    return Piper(Path(options["voices_dir"]))


class Piper:
    """Loaded Piper voices; speaks one sentence at a time."""

    gain = 0.8

    def __init__(self, voices_dir: Path) -> None:
        self.version = f"piper {version('piper-tts')}"
        self._voices_dir = voices_dir
        self._voices: dict[str, PiperVoice] = {}

    def rate_hz(self, voice: str) -> int:
        """Give the voice's own rate. Raises VoiceRejectedError."""
        return int(self._voice(voice).config.sample_rate)

    def speak(self, sentence: str, voice: str, words_per_minute: int, sink: Sink) -> None:
        """Speak into the sink, sentence by sentence. Raises VoiceRejectedError."""
        loaded = self._voice(voice)
        own_scale = loaded.config.length_scale or 1.0
        pace = SynthesisConfig(length_scale=own_scale * _NORMAL_WPM / words_per_minute)
        for chunk in loaded.synthesize(sentence, pace):
            if not sink(chunk.audio_int16_array):
                return

    def _voice(self, name: str) -> PiperVoice:
        if name not in self._voices:
            self._voices[name] = self._load(name)
        return self._voices[name]

    def _load(self, name: str) -> PiperVoice:
        file = self._voices_dir / f"{name}.onnx"
        if not file.is_file() or not file.with_suffix(".onnx.json").is_file():
            raise VoiceRejectedError(
                f"Piper voice {name!r} is not in {self._voices_dir}: `ivr models get {name}`"
            )
        try:
            voice = PiperVoice.load(file)
        except Exception as error:
            raise VoiceRejectedError(
                f"Piper voice file {file} cannot be read ({type(error).__name__}): "
                f"`ivr models verify`, then `ivr models get {name}`"
            ) from error
        if voice.config.phoneme_type not in _PHONEMES:
            raise VoiceRejectedError(
                f"Piper voice {name!r} needs a phonemizer of {voice.config.phoneme_type.value}, "
                "which piper-tts would download while a caller waits; choose an espeak voice"
            )
        return voice
