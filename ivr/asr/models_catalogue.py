"""Models that can be had by name: ours, the official Vosk models, Piper voices.

Sizes and checksums: Vosk's `model-list.json` and the pins of packagers (Homebrew, OpenEmbedded);
Piper's `voices.json`. Where no checksum is known the size is compared and the files are checked
against each other after unpacking (`ivr.asr.models.inspect`).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ivr.domain import Language
from ivr.errors import ConfigError


class Kind(StrEnum):
    """What a model is for."""

    EAR = "ear"
    VOICE = "voice"


@dataclass(frozen=True)
class Part:
    """One file to download; a size of 0 or an empty checksum means not known."""

    url: str
    size: int = 0
    sha256: str = ""
    md5: str = ""

    @property
    def file_name(self) -> str:
        """Its name at the end of the address."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True)
class Published:
    """A model that somebody publishes; `parts` is empty for those in this repository."""

    name: str
    kind: Kind
    language: Language
    size_mb: float
    rate_hz: int
    licence: str
    about: str
    parts: tuple[Part, ...] = ()

    @property
    def is_shipped(self) -> bool:
        """Whether it is part of the repository."""
        return not self.parts


_VOSK: Final = "https://alphacephei.com/vosk/models"
_PIPER: Final = "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0"
_APACHE: Final = "Apache-2.0"
_EN, _ZH = Language.EN, Language.ZH


def _vosk(  # noqa: PLR0913  # a row of the table below
    name: str,
    language: Language,
    size_mb: float,
    about: str,
    *,
    rate_hz: int = 16000,
    size: int = 0,
    sha256: str = "",
    md5: str = "",
) -> Published:
    part = Part(f"{_VOSK}/{name}.zip", size, sha256, md5)
    return Published(name, Kind.EAR, language, size_mb, rate_hz, _APACHE, about, (part,))


def _piper(name: str, licence: str, size: int, md5: str, json_md5: str) -> Published:
    locale, speaker, quality = name.split("-")
    folder = f"{_PIPER}/{locale[:2]}/{locale}/{speaker}/{quality}"
    parts = (
        Part(f"{folder}/{name}.onnx.json", md5=json_md5),
        Part(f"{folder}/{name}.onnx", size, md5=md5),
    )
    rate_hz = 16000 if quality == "x_low" else 22050
    language = Language(locale[:2])
    about = f"voice {speaker}, quality {quality}"
    return Published(name, Kind.VOICE, language, size / 1e6, rate_hz, licence, about, parts)


PUBLISHED: Final[tuple[Published, ...]] = (
    Published(
        *("vosk-hotline-en-8k", Kind.EAR, _EN, 8.2, 8000, "its README"),
        "numbers, commands, the hotline's own sentences",
    ),
    Published(
        *("vosk-hotline-zh-8k", Kind.EAR, _ZH, 7.6, 8000, "its README"),
        "numbers, commands, the hotline's own sentences",
    ),
    _vosk(
        *("vosk-model-small-en-us-0.15", _EN, 41, "open speech, light"),
        size=41_205_931,
        sha256="30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
        md5="09ab50ccd62b674cbaa231b825f9c1cb",
    ),
    _vosk(
        *("vosk-model-en-us-0.22-lgraph", _EN, 131, "open speech, runtime grammars"),
        size=130_557_655,
        sha256="d9838b4aaa82a75c4a17f5aca300eaca129aaab2a7cbf951bafbb500eb9c4334",
        md5="2df36985f8ed8eb7b78476cadcdab48f",
    ),
    _vosk("vosk-model-en-us-0.22", _EN, 1800, "open speech, accurate, no grammars"),
    _vosk(
        *("vosk-model-small-en-in-0.4", _EN, 38, "Indian English, light"),
        size=37_573_330,
        md5="62fd085f33c8c5fc01a235030e2a1fe3",
    ),
    _vosk(
        *("vosk-model-small-en-gb-0.15", _EN, 43, "British English, light"),
        size=42_757_500,
        md5="6afd611b04b2b47c129c3615dc502383",
    ),
    _vosk(
        *("vosk-model-small-cn-0.22", _ZH, 44, "open speech, light"),
        size=43_898_754,
        sha256="3af8b0e7e0f835ae9d414ce5df580237a3cfb08d586c9fbbb0f7ff29ad5b14ba",
        md5="d1a8e82933dcc7632667c036b0bb3dbb",
    ),
    _vosk("vosk-model-cn-0.22", _ZH, 1300, "open speech, accurate, no grammars"),
    _piper(
        *("zh_CN-huayan-medium", "its card", 63_201_294),
        "40cdb7930ff91b81574d5f0489e076ea",
        "f1c77a621e220d545042a4c8c2eaae64",
    ),
    _piper(
        *("zh_CN-huayan-x_low", "its card", 20_628_813),
        "2b96570db6becd09814a608c8d14a64f",
        "9270af91d9b44a35b75cb6ce70dac93e",
    ),
    _piper(
        *("en_US-lessac-medium", "no commerce", 63_201_294),
        "2fc642b535197b6305c7c8f92dc8b24f",
        "c1f2b7bddefe113f3255ff9ef234cfd3",
    ),
    _piper(
        *("en_US-amy-medium", "its card", 63_201_294),
        "778d28aeb95fcdf8a882344d9df142fc",
        "",
    ),
)


def published(name: str) -> Published:
    """Give a model of the catalogue. Raises ConfigError naming the nearest ones."""
    for model in PUBLISHED:
        if model.name == name:
            return model
    language = name.replace("_", "-").split("-")
    near = [model.name for model in PUBLISHED if any(part in model.name for part in language[2:3])]
    known = ", ".join(near or [model.name for model in PUBLISHED])
    raise ConfigError(f"no model is called {name!r}.", f"There are: {known}.")
