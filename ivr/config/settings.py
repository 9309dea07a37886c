"""Every setting of the hotline, with its unit and what turning it up does.

The classes are the only truth: `config/hotline.yaml` shows them with their defaults, `load.py`
reads that file into them, and an unknown key is an error, never ignored.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from ivr.config.section import Section, completed
from ivr.config.telephony import Address, Telephony
from ivr.domain import Expect, Language

SpeechEngine = Literal["espeak", "pyttsx3", "piper"]


class Hearing(Section):
    """When a caller starts, pauses and ends; all lengths in seconds of audio."""

    vad_mode: int = Field(default=3, ge=0, le=3)
    """WebRTC VAD aggressiveness; higher rejects more noise and more quiet speech."""
    voice_net: bool = True
    """Ask a neural net whether what WebRTC VAD hears is a voice at all. Off saves 0.3 % of a core
    per caller who speaks, and music, doors and breath interrupt prompts."""
    echo_cancelling: bool = True
    """Take our own voice out of what we hear. Off saves 0.8 % of a core per speaking prompt."""
    quietest_dbfs: float = Field(default=-50.0, ge=-96, le=0)
    """Sound below this level is never speech; higher shuts out more echo and quiet callers."""
    above_noise_db: float = Field(default=6.0, ge=0, le=40)
    """How far speech stands out from the line's own noise; higher needs louder callers."""
    onset_s: float = Field(default=0.06, gt=0)
    """Voiced audio within a tenth of a second that counts as a sound."""
    sustained_s: float = Field(default=0.24, gt=0)
    """Voiced audio that stops our prompt, half of it if all are vowels; higher lets longer "mm-hm"s
    pass."""
    cough_pause_s: float = Field(default=0.3, gt=0)
    """Silence after a short sound over our prompt that proves it meant nothing."""
    pause_s: dict[Expect, Annotated[float, Field(gt=0)]] = Field(
        default={
            Expect.FREE: 0.6,
            Expect.YES_NO: 0.35,
            Expect.MENU: 0.4,
            Expect.DIGITS: 1.0,
            Expect.DATE: 0.6,
            Expect.AMOUNT: 0.7,
        }
    )
    """Silence that ends an utterance, by kind of question; higher cuts off fewer callers."""
    long_silence_s: float = Field(default=6.0, gt=0)
    """Silence after which we ask again."""
    too_long_s: float = Field(default=30.0, gt=0)
    """Sound without a new word after which we answer anyway; higher waits longer beside a radio."""
    longest_s: float = Field(default=90.0, gt=0)
    """Longest utterance before we answer anyway; higher hears longer stories."""
    pre_roll_s: float = Field(default=0.3, ge=0)
    """Audio kept from before the onset, so that the first word is whole."""
    between_keys_s: float = Field(default=2.5, gt=0)
    """Wait for the next key before an unfinished entry counts as complete."""

    @field_validator("pause_s", mode="before")
    @classmethod
    def _keys_may_be_left_out(cls, given: object, info: ValidationInfo) -> object:
        return completed(cls, given, info)


class Asr(Section):
    """The ear's engine."""

    models: dict[Language, str] = Field(
        default={Language.ZH: "vosk-hotline-zh-8k", Language.EN: "vosk-hotline-en-8k"}
    )
    """Name of a model in `models_dir`, or of a shipped one."""
    threads: int = Field(default=2, ge=1)
    """Recognition threads for all calls together."""
    deadline_s: float = Field(default=2.0, gt=0)
    """Longest wait for the final words."""

    @field_validator("models", mode="before")
    @classmethod
    def _keys_may_be_left_out(cls, given: object, info: ValidationInfo) -> object:
        return completed(cls, given, info)


class Tts(Section):
    """The voice's engine."""

    engines: dict[Language, SpeechEngine] = Field(
        default={Language.ZH: "espeak", Language.EN: "espeak"}
    )
    """Voice engine by language."""
    voices: dict[Language, str] = Field(default={Language.ZH: "cmn", Language.EN: "en-us"})
    """Voice by language: a name the engine knows, or a Piper voice in `models_dir`."""
    words_per_minute: int = Field(default=165, ge=80, le=450)
    """Speed of speech."""
    cache_dir: Path = Path("var/cache/tts")
    """Where rendered prompts are kept."""
    cache_mb: int = Field(default=200, ge=0)
    """Megabytes of rendered prompts to keep; 0 keeps none."""
    deadline_s: float = Field(default=2.0, gt=0)
    """Longest wait for the first sound."""

    @field_validator("engines", "voices", mode="before")
    @classmethod
    def _keys_may_be_left_out(cls, given: object, info: ValidationInfo) -> object:
        return completed(cls, given, info)


class DialogSettings(Section):
    """The mind's engine (Rasa) and its actions."""

    rasa_url: Address = "http://127.0.0.1:5005"
    """Where Rasa listens."""
    actions_port: int = Field(default=5055, ge=1, le=65535)
    """Port on loopback where Rasa asks us for facts."""
    deadline_s: float = Field(default=1.5, gt=0)
    """Longest wait for an answer; after that the caller hears an apology."""
    breaker_failures: int = Field(default=3, ge=1)
    """Failures in a row after which Rasa is left alone for `breaker_s`."""
    breaker_s: float = Field(default=10.0, gt=0)
    """Seconds for which it is left alone."""
    facts_url: str = "sqlite+aiosqlite:///var/facts.db"
    """Database of the example lender."""


class Predict(Section):
    """Answer before asked."""

    enabled: bool = True
    """Whether guesses are made at all; false asks every caller an open question."""
    deadline_s: float = Field(default=0.05, gt=0)
    """Longest wait for the guess, the caller's history included; later ones are not used."""
    holdout: float = Field(default=0.1, ge=0, le=1)
    """Share of calls that never get an offer, so that offers can be judged."""
    worth_s: float = Field(default=0.0, ge=0)
    """Seconds an offer must be expected to save; higher makes fewer and surer offers."""
    trust_numbers: bool = False
    """Whether the line guarantees callers' numbers (own extensions, a trunk with attestation).
    False takes every number for one that may be faked."""
    learned_file: Path = Path("var/predictor.npz")
    """What the nightly `ivr predict train` has learned; read again whenever it changes."""


class Store(Section):
    """Where calls are kept and for how long."""

    url: str = "sqlite+aiosqlite:///var/hotline.db"
    """SQLAlchemy URL; `postgresql+asyncpg://…` for PostgreSQL."""
    deadline_s: float = Field(default=2.0, gt=0)
    """Longest wait for the database."""
    keep_calls_days: int = Field(default=365, ge=1)
    """Days that records of calls, and what predicts from them, are kept."""
    keep_texts_days: int = Field(default=90, ge=1)
    """Days that the words of calls and numbers to call back are kept."""
    redact: tuple[Literal["card", "phone", "id", "code"], ...] = ("card", "phone", "id", "code")
    """Kinds of numbers that never reach disk or logs in clear."""
    secret_file: Path = Path("var/secrets/store")
    """Key of the hash that stands for a caller's number."""


class Recording(Section):
    """Recording of calls; needs a legal basis and usually a notice to the caller."""

    enabled: bool = True
    """Whether calls are recorded."""
    directory: Path = Path("var/recordings")
    """Folder of the recordings, one stereo WAV a call."""
    keep_days: int = Field(default=30, ge=1)
    """Days that recordings are kept."""


class Web(Section):
    """Health, metrics and status."""

    host: str = "127.0.0.1"
    """Address of the pages; they ask for no password, so open it only behind a proxy."""
    port: int = Field(default=8780, ge=0, le=65535)
    """Port of the pages; 0 picks a free one (for tests)."""

    @property
    def local_host(self) -> str:
        """The address at which a program on this machine finds the pages."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    @property
    def local_url(self) -> str:
        """The pages' own address for a program on this machine, without a slash at its end."""
        host = f"[{self.local_host}]" if ":" in self.local_host else self.local_host
        return f"http://{host}:{self.port}"


class Limits(Section):
    """How much the machine may take on."""

    max_calls: int = Field(default=20, ge=1)
    """Calls served at once; more go to the agents' queue at once. 20 is what two cores carried."""
    drain_s: float = Field(default=30.0, ge=0)
    """After SIGTERM, seconds for running calls to end before they are handed to agents."""


class Settings(Section):
    """The whole of `config/hotline.yaml`."""

    state_dir: Path = Path("var")
    """Folder of all that the running hotline keeps."""
    models_dir: Path = Path("models")
    """Folder of speech models and voices."""
    flows_dir: Path = Path("flows")
    """Folder of the flows that ops edit."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much is logged; a normal call is about ten lines at INFO."""
    telephony: Telephony = Telephony()
    hearing: Hearing = Hearing()
    asr: Asr = Asr()
    tts: Tts = Tts()
    dialog: DialogSettings = DialogSettings()
    predict: Predict = Predict()
    store: Store = Store()
    recording: Recording = Recording()
    web: Web = Web()
    limits: Limits = Limits()
