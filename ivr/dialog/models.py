"""The models in a running Rasa: trained, loaded, shared by all flows that need no other, dropped.

Training takes place in a fork of that Rasa (`ivr/dialog/bot/hotline_workshop.py`): about 3 s
where a Rasa of its own would first load libraries for ten.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp

from ivr import log
from ivr.dialog.compile import training_version, write_project
from ivr.dialog.flows import FlowSet
from ivr.dialog.server import RasaServer, keep_model, lend_model, model_file
from ivr.errors import EngineError, EngineRejected, EngineTimeout, EngineUnavailable

ENGINE: Final = "dialog"
TEACH_S: Final = 330.0
"""Longest wait for a training; the fork is ended after 300 s."""
LOAD_S: Final = 30.0

_log = log.get(__name__)


class RasaModels:
    """Keeps in one Rasa the models that somebody uses."""

    def __init__(self, server: RasaServer, state_dir: Path) -> None:
        self._server, self._state_dir = server, state_dir
        self._users: Counter[str] = Counter()

    @asynccontextmanager
    async def of(self, flows: FlowSet) -> AsyncIterator[str]:
        """Have the model of these flows loaded while inside; gives its name.

        Trains it if it never was. Raises EngineError saying what Rasa does not like.
        """
        # In threads: compiling takes 70 ms, and other calls' sound waits for the loop.
        name = await asyncio.to_thread(training_version, flows)
        self._users[name] += 1
        try:
            model = await asyncio.to_thread(model_file, flows, self._state_dir)
            if not model.exists():
                await self._teach(flows, name, model)
            model.touch()  # in use: it is not the oldest
            await asyncio.to_thread(lend_model, model.absolute(), self._server.project)
            await self._ask("load", name, LOAD_S)
            yield name
        finally:
            self._users[name] -= 1
            if not self._users[name]:
                await self._drop(name)

    async def _teach(self, flows: FlowSet, name: str, model: Path) -> None:
        project = self._server.project / "projects" / name
        await asyncio.to_thread(write_project, flows, "", project)
        try:
            await self._ask("teach", name, TEACH_S)
            fresh = project / "models" / f"{name}.tar.gz"
            if not fresh.exists():
                raise EngineRejected(ENGINE, "Rasa's training left no model.")
            await asyncio.to_thread(keep_model, fresh, model)
        finally:
            await asyncio.to_thread(shutil.rmtree, project, ignore_errors=True)

    async def _drop(self, name: str) -> None:
        del self._users[name]
        try:
            await self._ask("drop", name, LOAD_S)
        except EngineError as error:
            _log.warning("model could not be dropped", problem=error.problem)

    async def _ask(self, what: str, name: str, deadline_s: float) -> None:
        url = f"{self._server.url}/webhooks/hotline/{what}"
        try:
            async with (
                asyncio.timeout(deadline_s),
                aiohttp.ClientSession() as session,
                session.post(url, json={"model": name}) as response,
            ):
                if not response.ok:
                    told = await response.json()
                    why = told.get("error") or told["message"]  # of Sanic itself
                    raise EngineRejected(ENGINE, f"Rasa could not {what}: {why}")
        except TimeoutError as error:
            problem = f"Rasa could not {what} within {deadline_s:.0f} s."
            raise EngineTimeout(ENGINE, problem) from error
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            raise EngineUnavailable(ENGINE, "Rasa cannot be reached.") from error
        except (aiohttp.ClientError, ValueError, LookupError, TypeError) as error:
            problem = f"Rasa could not {what}, and did not say why."
            raise EngineRejected(ENGINE, problem) from error
