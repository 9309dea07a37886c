"""Asterisk's configuration as a function of our settings: `asterisk-conf/*.j2` rendered.

Agents, callers' phones, trunks, numbers and queues are data in `config/hotline.yaml`; nobody
edits the rendered files. Every value that people may type is either checked by the settings'
patterns or passed through `cleaned`, because a line break would be a new line of configuration.
"""

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import jinja2

from ivr.config.settings import Settings
from ivr.config.telephony import Telephony, Trunk
from ivr.domain import Language
from ivr.errors import ConfigError
from ivr.telephony.asterisk_binary import Binary
from ivr.telephony.music import write_music
from ivr.telephony.secret_files import given_secret, secret, sip_password

TEMPLATES = Path(__file__).parents[2] / "asterisk-conf"
RECORDED = Path(__file__).parents[1] / "tts" / "recorded"
WORDS = ("please_hold", "to_a_person", "nobody_free")

MODULES = (
    *("res_timing_timerfd", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb"),
    *("res_http_websocket", "res_websocket_client", "res_pjproject", "res_pjsip"),
    *("res_pjsip_session", "res_pjsip_authenticator_digest", "res_pjsip_caller_id"),
    *("res_pjsip_endpoint_identifier_user", "res_pjsip_endpoint_identifier_ip"),
    *("res_pjsip_header_funcs", "res_pjsip_nat", "res_pjsip_outbound_authenticator_digest"),
    *("res_pjsip_outbound_registration", "res_pjsip_registrar", "res_pjsip_rfc3326"),
    *("res_pjsip_sdp_rtp", "res_pjsip_dtmf_info", "res_pjsip_diversion", "res_rtp_asterisk"),
    *("chan_pjsip", "res_audiosocket", "chan_audiosocket", "chan_bridge_media"),
    *("bridge_simple", "bridge_softmix", "bridge_holding", "bridge_native_rtp"),
    *("codec_ulaw", "codec_alaw", "codec_g722", "codec_resample", "format_pcm", "format_wav"),
    *("format_sln", "res_musiconhold", "app_dial", "app_queue", "app_playback", "app_mixmonitor"),
    *(
        "app_echo",
        "app_stack",
        "func_logic",
        "func_callerid",
        "func_channel",
        "func_timeout",
        "func_volume",
        "func_global",
    ),
    *("pbx_config", "res_stasis", "res_stasis_answer", "app_stasis", "res_ari", "res_ari_model"),
    *("res_ari_applications", "res_ari_asterisk", "res_ari_bridges", "res_ari_channels"),
    *("res_ari_endpoints", "res_ari_events", "chan_websocket", "res_stasis_recording"),
    *("res_stasis_playback", "res_stasis_snoop", "res_pjsip_pubsub"),
)
"""In the order in which Asterisk likes to load them; it resolves what is left."""

UNUSED = {
    "cdr.conf": "[general]\nenable = no\n",
    "cel.conf": "[general]\nenable = no\n",
    "manager.conf": "[general]\nenabled = no\n",
    "acl.conf": "",
    "ccss.conf": "[general]\n",
    "features.conf": "[general]\n",
    "indications.conf": "[general]\ncountry = us\n[us]\ndescription = US\nringcadence = 2000,4000\n"
    "dial = 350+440\nbusy = 480+620/500,0/500\nring = 440+480/2000,0/4000\n"
    "congestion = 480+620/250,0/250\n",
    "pjproject.conf": "[startup]\ntype = startup\nlog_level = 2\n",
    "queuerules.conf": "[general]\n",
    "stasis.conf": "[threadpool]\n",
    "udptl.conf": "[general]\n",
    "websocket_client.conf": "",
}
"""What Asterisk asks for at every start; without these files its log opens with false alarms."""

HEARTBEATS_A_LEASE = 3
"""A caller whose controller has not renewed its lease for so long goes to the agents: one
heartbeat may be lost and one late. A caller waits that long in silence at most."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Asterisk's own folders, all below `<state_dir>/asterisk`."""

    root: Path

    @property
    def etc(self) -> Path:
        """Rendered configuration, readable by Asterisk only: it holds passwords."""
        return self.root / "etc"

    @property
    def lib(self) -> Path:
        """Asterisk's database (registrations survive a restart)."""
        return self.root / "lib"

    @property
    def spool(self) -> Path:
        """Scratch space."""
        return self.root / "spool"

    @property
    def run(self) -> Path:
        """Process id and control socket."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        """Asterisk's own log."""
        return self.root / "log"

    @property
    def music(self) -> Path:
        """Music on hold: every WAV in it is played (8 kHz, mono, 16 bit)."""
        return self.root / "music"

    @property
    def sounds(self) -> Path:
        """What callers hear from the dialplan while we are down."""
        return self.root / "sounds"

    def make(self) -> None:
        """Make them all; without spool/recording ARI's recording answers 500."""
        for folder in (self.etc, self.lib, self.run, self.log, self.music, self.sounds):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        (self.spool / "recording").mkdir(parents=True, exist_ok=True)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that may register."""

    extension: str
    name: str
    password: str
    context: str = "callers"


@dataclass(frozen=True, slots=True)
class TrunkLine:
    """A trunk with its password."""

    name: str
    host: str
    username: str
    password: str
    codecs: tuple[str, ...]
    registers: bool


@dataclass(frozen=True, slots=True)
class AriAccess:
    """Where ARI listens and how to get in."""

    host: str
    port: int
    password: str


def render(settings: Settings, binary: Binary, folders: Folders) -> None:
    """Write the whole configuration; raises ConfigError when a secret or a folder fails."""
    folders.make()
    write_music(folders.music)
    write_words(folders.sounds)
    recordings = settings.recording.directory.absolute()
    recordings.mkdir(mode=0o750, parents=True, exist_ok=True)  # people's voices
    values = {
        "telephony": settings.telephony,
        "recording": settings.recording,
        "limits": settings.limits,
        "binary": binary,
        "folders": folders,
        "modules": MODULES,
        "ari": ari_access(settings),
        "phones": phones(settings),
        "trunks": [_trunk_line(trunk) for trunk in settings.telephony.trunks],
        "recordings": recordings,
        "lease_s": lease_s(settings.telephony),
        "fallback_queue": next(iter(settings.telephony.queues)),
        "sounds": folders.sounds,
    }
    for name, text in (UNUSED | rendered(values)).items():
        _write_private(folders.etc / name, text)


def fingerprint(folders: Folders) -> str:
    """Give what changes with every change of the configuration that lies there."""
    digest = hashlib.sha256()
    for file in sorted(folders.etc.glob("*.conf")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def rendered(values: dict[str, object]) -> dict[str, str]:
    """Render every template with these values; the key is the file's name for Asterisk."""
    world = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  # configuration, not HTML; `cleaned` guards free text
        keep_trailing_newline=True,
    )
    world.filters["cleaned"], world.filters["escaped"] = cleaned, escaped
    templates = (name for name in world.list_templates() if name.endswith(".j2"))
    return {name.removesuffix(".j2"): world.get_template(name).render(values) for name in templates}


def lease_s(telephony: Telephony) -> float:
    """Seconds for which a caller waits for a controller that says nothing."""
    return HEARTBEATS_A_LEASE * telephony.heartbeat_s


def cleaned(text: str) -> str:
    """Keep what a name needs; drop what Asterisk would read as syntax or as a new line."""
    return re.sub(r"[^\w .'-]", "", text.replace("\n", " "))[:60]


def escaped(text: str) -> str:
    """Write what must stay as it is, a password say: a semicolon would begin a comment."""
    return text.replace(";", "\\;")


def phones(settings: Settings) -> list[Phone]:
    """Give every phone that may register, with its password (made the first time)."""
    named = [(agent.extension, agent.name) for agent in settings.telephony.agents]
    named += [(extension, f"Caller {extension}") for extension in settings.telephony.callers]
    return [
        Phone(extension, name, sip_password(settings.state_dir, extension))
        for extension, name in named
    ]


def ari_access(settings: Settings) -> AriAccess:
    """Split `telephony.ari_url` and read the password (made the first time)."""
    url = urlsplit(settings.telephony.ari_url)
    assert url.hostname is not None  # the settings have seen to it
    assert url.port is not None
    return AriAccess(url.hostname, url.port, secret(settings.telephony.ari_password_file))


def write_words(folder: Path) -> None:
    """Copy what callers hear while we are down to where Asterisk's own account may read it."""
    for name in WORDS:
        for language in Language:
            recorded = RECORDED / f"{name}.{language.value}.wav"
            if recorded.is_file():
                shutil.copyfile(recorded, folder / f"{name}-{language.value}.wav")


def _trunk_line(trunk: Trunk) -> TrunkLine:
    password = given_secret(trunk.password_file) if trunk.password_file else ""
    host, name = cleaned_host(trunk.host), trunk.name
    codecs = tuple(re.sub(r"\W", "", codec) for codec in trunk.codecs)
    return TrunkLine(name, host, trunk.username, password, codecs, trunk.register_with_provider)


def cleaned_host(host: str) -> str:
    """Check `host[:port]`; raises ConfigError."""
    if not re.fullmatch(r"[A-Za-z0-9.\-\[\]:_]{1,255}", host):
        raise ConfigError(f"trunk host {host!r} is no host name.", "Write host or host:port.")
    return host


def _write_private(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(file)
