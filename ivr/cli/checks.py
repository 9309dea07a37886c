"""What the doctor looks at. Each check gives findings; none needs a running hotline."""

import asyncio
import ctypes.util
import importlib.metadata
import importlib.util
import json
import re
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from ivr.config.settings import Settings
from ivr.errors import ConfigError, EngineError

ENOUGH_DISK_GB = 2.0  # a day of 40 calls, recorded, is 1.1 GB an hour at full load


class State(StrEnum):
    """How a part is."""

    THERE = "there"
    OPTIONAL = "optional"  # missing, and the hotline runs without it
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's table; `remedy` is empty where nothing is wrong."""

    part: str
    state: State
    detail: str
    remedy: str = ""


def there(part: str, detail: str) -> Finding:
    """A part that is as it should be."""
    return Finding(part, State.THERE, detail)


def missing(part: str, detail: str, remedy: str) -> Finding:
    """A part that the hotline cannot do without."""
    return Finding(part, State.MISSING, detail, remedy)


def python(_: Settings) -> Iterator[Finding]:
    """The interpreter, and every package that we require."""
    yield there("Python", sys.version.split()[0])
    absent = [name for name in _required() if not _is_installed(name)]
    if absent:
        yield missing("packages", f"not installed: {', '.join(absent)}", "make setup")
    else:
        yield there("packages", f"{len(_required())} installed")


def voice(settings: Settings) -> Iterator[Finding]:
    """What the voice of each language needs: a library, or Piper with a voice file."""
    for language, engine in settings.tts.engines.items():
        wanted = settings.tts.voices.get(language, "")
        part = f"voice {language}"
        if engine == "piper":
            yield _piper(part, wanted, settings.models_dir)
        elif found := ctypes.util.find_library("espeak-ng"):
            yield there(part, f"{engine}, {wanted}, {found}")
        else:
            remedy = "apt-get install -y espeak-ng libespeak-ng1"
            yield missing(part, f"{engine} needs libespeak-ng", remedy)


def _piper(part: str, name: str, models_dir: Path) -> Finding:
    if importlib.util.find_spec("piper") is None:
        remedy = ".venv/bin/uv pip install --python .venv/bin/python piper-tts"
        return missing(part, "piper-tts is not installed", remedy)
    file = models_dir / "piper" / f"{name}.onnx"  # where its worker looks, and for both
    if not file.is_file() or not file.with_suffix(".onnx.json").is_file():
        return missing(
            part, f"the voice {name!r} is not in {file.parent}", f"ivr models get {name}"
        )
    return there(part, f"piper, {file}")


def asterisk(settings: Settings) -> Iterator[Finding]:
    """The Asterisk that would be started; one without its websocket channel does not count."""
    from ivr.telephony.asterisk_binary import find

    try:
        binary = find(settings.telephony.asterisk)
    except ConfigError as error:
        yield missing("Asterisk", error.problem, error.remedy)
        return
    version = _told([*binary.command, "-V"])
    if version is None:
        yield missing("Asterisk", f"{binary.command[-1]} does not start", "make setup")
    else:
        number = version.removeprefix("Asterisk ").partition("+")[0]
        yield there("Asterisk", f"{number} with chan_websocket, {binary.command[-1]}")


def rasa(_: Settings) -> Iterator[Finding]:
    """Rasa in its own environment."""
    interpreter = Path(".venv-rasa/bin/python")
    question = (
        "import importlib.metadata as m, sys; print(m.version('rasa'), sys.version.split()[0])"
    )
    told = _told([str(interpreter), "-c", question]) if interpreter.exists() else None
    if told:
        version, on = told.split()
        yield there("Rasa", f"{version} on Python {on}")
    else:
        yield missing("Rasa", "no environment .venv-rasa with Rasa in it", "make setup")


def models(settings: Settings) -> Iterator[Finding]:
    """The speech models that the settings name, read and compared with their checksums."""
    from ivr.asr.models import open_vosk_model

    for language, name in settings.asr.models.items():
        part = f"speech model {language}"
        try:
            model = open_vosk_model(name, settings.models_dir)
        except ConfigError as error:
            yield missing(part, error.problem, error.remedy)
        else:
            yield there(part, f"{name}, {model.rate_hz} Hz")


def voice_net(settings: Settings) -> Iterator[Finding]:
    """The net that tells voices from noise; without it more noises interrupt prompts."""
    from ivr.audio.voice_net import FILE, VoiceNet

    if not settings.hearing.voice_net:
        return
    try:
        VoiceNet(settings.models_dir / FILE)
    except ConfigError as error:
        yield Finding("voice net", State.OPTIONAL, error.problem, error.remedy)
    else:
        yield there("voice net", "Silero VAD, 8000 Hz")


def bot(settings: Settings) -> Iterator[Finding]:
    """The flows, and whether Rasa has been taught them."""
    from ivr.dialog.flows import load_flows
    from ivr.dialog.server import model_file

    try:
        flows = load_flows(settings.flows_dir)
    except ConfigError as error:
        yield missing("flows", str(error), "Mend the file at that place")
        return
    yield there("flows", f"{len(flows.flows)} in {settings.flows_dir}")
    model = model_file(flows, settings.state_dir)
    if model.exists():
        yield there("trained bot", str(model))
    else:
        yield Finding("trained bot", State.OPTIONAL, "trained at the next start", "ivr flows train")


def store(settings: Settings) -> Iterator[Finding]:
    """The database of the calls: whether it answers, and whether its tables are today's."""
    from ivr.store.database import file_of

    part, file = "kept calls", file_of(settings.store)
    if file is not None and not file.exists():
        yield there(part, f"{file} is made at the first start")
        return
    try:
        found, newest = asyncio.run(_tables(settings))
    except ConfigError as error:
        yield missing(part, error.problem, error.remedy)
    except EngineError as error:
        yield missing(part, error.problem, "Mend it, or change store.url")
    else:
        later = "" if found == newest else ", brought up to date by the next start"
        yield there(part, f"{file or 'PostgreSQL'}, tables {found or 'none'}{later}")


async def _tables(settings: Settings) -> tuple[str | None, str]:
    """Give the version of the tables that are there, and the newest."""
    from ivr.store.database import open_database
    from ivr.store.upgrade import newest_version, version_of

    database = open_database(settings.store)
    try:
        return await version_of(database), newest_version()
    finally:
        await database.close()


def ports(settings: Settings) -> Iterator[Finding]:
    """Whether the ports are free, or held by a hotline that runs."""
    if is_running(settings):
        yield there("ports", f"held by the hotline that runs at {_web(settings)}")
        return
    hosts = {"health": settings.web.local_host}
    taken = [
        f"{name} {port}"
        for name, kind, port in _ports(settings)
        if not _is_free(kind, hosts.get(name, "127.0.0.1"), port)
    ]
    if taken:
        remedy = (
            "Stop what holds it (`ss -lpn` names it), or change the port in config/hotline.yaml"
        )
        yield missing("ports", f"taken: {', '.join(taken)}", remedy)
    else:
        yield there("ports", ", ".join(f"{name} {port}" for name, _, port in _ports(settings)))


def disk(settings: Settings) -> Iterator[Finding]:
    """Room for recordings."""
    folder = settings.recording.directory.absolute()
    place = next(each for each in (folder, *folder.parents) if each.exists())
    free_gb = shutil.disk_usage(place).free / 1e9
    detail = f"{free_gb:.1f} GB free"
    if free_gb < ENOUGH_DISK_GB:
        remedy = "Free some space, or shorten recording.keep_days"
        yield missing("disk", detail, remedy)
    else:
        yield there("disk", detail)


def secrets(settings: Settings) -> Iterator[Finding]:
    """Secrets are readable by their owner only; before the first start there are none."""
    folder = settings.telephony.ari_password_file.parent
    files = [file for file in folder.glob("*") if file.is_file()]
    open_ones = [file for file in [*files, folder] if file.exists() and _others_may(file)]
    if open_ones:
        names = " ".join(str(file) for file in open_ones)
        yield missing("secrets", f"readable by others: {names}", f"chmod go= {names}")
    else:
        yield there("secrets", f"{len(files)} in {folder}" if files else "made at the first start")


EVERY: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    python,
    voice,
    asterisk,
    rasa,
    models,
    voice_net,
    bot,
    store,
    ports,
    disk,
    secrets,
)


def is_running(settings: Settings) -> bool:
    """Whether a hotline with these settings answers at its health address."""
    try:
        with urlopen(f"{_web(settings)}/healthz", timeout=1) as answer:  # noqa: S310  # our own http
            return bool(json.load(answer)["alive"])
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return False  # what answers may be anything, and need not speak HTTP


def _required() -> list[str]:
    lines = importlib.metadata.requires("ivr-hotline") or []
    ours = (line for line in lines if "extra ==" not in line)
    return [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in ours]


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _told(command: Iterable[str]) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  # our own words and paths from the settings
            list(command), capture_output=True, timeout=10, check=True, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _web(settings: Settings) -> str:
    return settings.web.local_url


def _ports(settings: Settings) -> list[tuple[str, socket.SocketKind, int]]:
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    return [
        ("SIP", udp, settings.telephony.sip_port),
        ("ARI", tcp, urlsplit(settings.telephony.ari_url).port or 8088),
        ("Rasa", tcp, urlsplit(settings.dialog.rasa_url).port or 5005),
        ("facts", tcp, settings.dialog.actions_port),
        ("health", tcp, settings.web.port),
    ]


def _is_free(kind: socket.SocketKind, host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _others_may(file: Path) -> bool:
    return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)
