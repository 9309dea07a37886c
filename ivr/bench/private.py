"""A hotline in a process of its own, with its own Asterisk and Rasa, as in production."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from ivr.config import Settings
from ivr.errors import EngineUnavailable

_READY_S: Final = 240.0  # training the bot, if it never was, included
_STOP_S: Final = 20.0


@dataclass(frozen=True)
class PrivateHotline:
    """A running hotline and how to reach it."""

    settings: Settings
    process: asyncio.subprocess.Process
    config: Path
    log: Path

    @property
    def pid(self) -> int:
        """The hotline itself; Asterisk and Rasa are its children."""
        return self.process.pid


@asynccontextmanager
async def hotline_with(settings: Settings) -> AsyncIterator[PrivateHotline]:
    """Run `ivr run` with these settings while the block runs. Raises EngineUnavailable."""
    folder = settings.state_dir
    config, log = _write(settings, folder), folder / "hotline.log"
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ivr", "run", "--config", str(config)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        await _until_ready(settings, process, log)
        yield PrivateHotline(settings, process, config, log)
    finally:
        await _end(process)


def _write(settings: Settings, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "hotline.yaml"
    config.write_text(settings.model_dump_json(indent=1, by_alias=True), "utf-8")  # JSON is YAML
    return config


async def _until_ready(settings: Settings, process: asyncio.subprocess.Process, log: Path) -> None:
    url = f"{settings.web.local_url}/readyz"
    waited_s = 0.0
    async with aiohttp.ClientSession() as session:
        while waited_s < _READY_S and process.returncode is None:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            waited_s += 0.25
            await asyncio.sleep(0.25)  # a starting process has no event to wait for
    raise EngineUnavailable("hotline", f"it did not come up; see {log}")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()
