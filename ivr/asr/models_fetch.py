"""Downloads a model: goes on where it stopped, checks what came, installs it whole or not at all.

What is not complete lies under `<models_dir>/.partial/`; a model appears under its own name by
one rename, after every check, so an engine never meets half a model.
"""

import hashlib
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aiohttp

from ivr.asr import models
from ivr.asr.models_catalogue import Kind, Part, Published
from ivr.errors import ConfigError, EngineUnavailable, Place

Progress = Callable[[int, int], None]
"""Told bytes so far and in all (0 when the server does not say)."""

_CHUNK: Final = 1 << 16
_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)
_ROOM: Final = 3  # the archive, what is unpacked from it, and some air


async def fetch(model: Published, models_dir: Path, progress: Progress) -> Path:
    """Download and install a model; gives where it lies.

    Raises EngineUnavailable when the connection breaks (the same command goes on from there)
    and ConfigError when what came is not the model, or does not fit on the disk.
    """
    stage = models_dir / ".partial" / model.name
    try:
        stage.mkdir(parents=True, exist_ok=True)
        _check_room(models_dir, model)
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            files = [await _download(session, part, stage, progress) for part in model.parts]
        installed = _install(model, files, stage, models_dir)
    except OSError as error:
        problem = f"{model.name} could not be stored ({error.strerror})."
        remedy = "Free some space or choose another `models_dir`, then run the command again."
        raise ConfigError(problem, remedy, Place(models_dir)) from error
    shutil.rmtree(stage)
    return installed


async def _download(
    session: aiohttp.ClientSession, part: Part, stage: Path, progress: Progress
) -> Path:
    """Download one file, going on after the bytes that are there already."""
    file = stage / part.file_name
    if file.exists():
        return file  # complete and checked by an earlier run
    partial, tag = stage / f"{part.file_name}.part", stage / f"{part.file_name}.etag"
    have = partial.stat().st_size if partial.exists() else 0
    try:
        async with session.get(part.url, headers=_resume_from(have, tag)) as response:
            if response.status == 416:  # nothing after what we have: complete, or not ours
                have = have if have == part.size else 0
            elif response.status not in (200, 206):
                raise EngineUnavailable("download", f"{part.url} answered {response.status}")
            else:
                have = have if response.status == 206 else 0
                tag.write_text(response.headers.get("ETag", ""))
                await _receive(response, partial, have, progress)
    except (aiohttp.ClientError, TimeoutError) as error:
        kept = partial.stat().st_size if partial.exists() else 0
        problem = f"the connection broke after {kept / 1e6:.1f} MB; run the same command to go on"
        raise EngineUnavailable("download", problem) from error
    _check_download(part, partial)
    partial.replace(file)
    return file


def _resume_from(have: int, tag: Path) -> dict[str, str]:
    if not have:
        return {}
    known = tag.read_text() if tag.exists() else ""
    # If-Range: a file that has changed since comes whole instead of as a tail that does not fit.
    return {"Range": f"bytes={have}-"} | ({"If-Range": known} if known else {})


async def _receive(
    response: aiohttp.ClientResponse, partial: Path, have: int, progress: Progress
) -> None:
    total = have + (response.content_length or 0)
    with partial.open("ab" if have else "wb") as out:
        async for chunk in response.content.iter_chunked(_CHUNK):
            out.write(chunk)
            have += len(chunk)
            progress(have, total)


def _check_download(part: Part, partial: Path) -> None:
    size = partial.stat().st_size if partial.exists() else 0
    wrong = ""
    if part.size and size != part.size:
        wrong = f"it has {size} bytes, the published one {part.size}"
    for kind, expected in (("sha256", part.sha256), ("md5", part.md5)):
        if expected and not wrong and _digest(partial, kind) != expected:
            wrong = f"its {kind} is not the published one"
    if wrong:
        partial.unlink(missing_ok=True)
        problem = f"{part.file_name} was damaged on the way or has changed: {wrong}."
        raise ConfigError(problem, "It was removed; run the command again.")


def _digest(file: Path, kind: str) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, kind).hexdigest()


def _check_room(models_dir: Path, model: Published) -> None:
    free, wanted = shutil.disk_usage(models_dir).free, model.size_mb * 1e6 * _ROOM
    if free < wanted:
        problem = f"{model.name} needs {wanted / 1e6:.0f} MB while it is installed, "
        problem += f"{free / 1e6:.0f} MB are free."
        raise ConfigError(problem, "Free some space or choose another `models_dir`.")


def _install(model: Published, files: list[Path], stage: Path, models_dir: Path) -> Path:
    if model.kind is Kind.VOICE:
        folder = models_dir / "piper"
        folder.mkdir(exist_ok=True)
        for file in files:  # the voice itself comes last: it is found only when all is there
            file.replace(folder / file.name)
        return folder / files[-1].name
    unpacked = _unpack(files[0], stage / "unpacked")
    models.inspect(unpacked)
    models.write_sums(unpacked)
    return _put_in_place(unpacked, models_dir / model.name)


def _unpack(archive: Path, into: Path) -> Path:
    """Unpack a zip with one folder in it and give that folder."""
    shutil.rmtree(into, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as opened:
            if any(
                Path(name).is_absolute() or ".." in Path(name).parts for name in opened.namelist()
            ):
                raise zipfile.BadZipFile("a name leads out of the archive")
            opened.extractall(into)  # names were checked
        (folder,) = [entry for entry in into.iterdir() if entry.is_dir()]
    except (zipfile.BadZipFile, ValueError) as error:
        archive.unlink()
        problem = f"{archive.name} is not the archive of one model ({error})."
        raise ConfigError(problem, "It was removed; run the command again.") from error
    return folder


def _put_in_place(unpacked: Path, target: Path) -> Path:
    old = target.with_name(f".old-{target.name}")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    unpacked.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target
