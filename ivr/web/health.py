"""The hotline's own pages: /healthz, /readyz, /metrics and /status.

They need no password and therefore belong on loopback or behind a proxy (`web.host`). /healthz
answers while the event loop turns, whatever the engines do: restart us only when it is silent.
/readyz asks every engine and is 503 when one is down or when we take no more calls: then send
callers elsewhere, but do not kill us, because calls may be in progress.
"""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ivr import log, metrics
from ivr.config.settings import Web
from ivr.errors import ConfigError
from ivr.web.status import HotlineStatus

PROBE_DEADLINE_S: Final = 2.0
"""Longest wait for one engine's answer; load balancers commonly give up after 5 s."""
_SHUTDOWN_S: Final = 1.0

_log = log.get(__name__)


class Probe(Protocol):
    """An engine that can be asked how it is."""

    async def is_healthy(self) -> bool:
        """Whether it could do its work right now."""
        ...


@dataclass(frozen=True)
class Pages:
    """Where the pages get what they tell from; `engines` are probes by name."""

    engines: Mapping[str, Probe]
    status: Callable[[Mapping[str, bool]], Awaitable[HotlineStatus]]
    """Gives the status; it is handed the health of the engines."""
    is_taking_calls: Callable[[], bool] = lambda: True

    async def alive(self, _request: web.Request) -> web.Response:
        """Say that the event loop turns."""
        return web.json_response({"alive": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """Say whether calls can be served, and which engine is down; 200 or 503."""
        engines = await ask_all(self.engines)
        taking = self.is_taking_calls()
        is_ready = taking and all(engines.values())
        answer = {"ready": is_ready, "taking_calls": taking, "engines": engines}
        return web.json_response(answer, status=200 if is_ready else 503)

    async def metrics(self, _request: web.Request) -> web.Response:
        """Give the figures in Prometheus' text format."""
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=generate_latest(), headers=headers)

    async def tell(self, _request: web.Request) -> web.Response:
        """Give the status as JSON."""
        status = await self.status(await ask_all(self.engines))
        return web.json_response(status.as_json())


async def ask_all(engines: Mapping[str, Probe]) -> dict[str, bool]:
    """Ask all engines at once; one that fails or does not answer in time is not healthy."""
    async with asyncio.TaskGroup() as group:
        asked = {name: group.create_task(_ask(name, probe)) for name, probe in engines.items()}
    return {name: task.result() for name, task in asked.items()}


async def _ask(name: str, probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PROBE_DEADLINE_S):
            is_healthy = await probe.is_healthy()
    except Exception as error:  # noqa: BLE001 - whatever it is, the engine is not well
        _log.warning("probe failed", engine=name, exc_info=error)
        is_healthy = False
    metrics.ENGINE_HEALTHY.labels(engine=name).set(is_healthy)
    return is_healthy


@asynccontextmanager
async def serve(
    settings: Web, pages: Pages, more: Sequence[web.RouteDef] = ()
) -> AsyncIterator[int]:
    """Serve the pages, and `more`, while the block runs; gives the port.

    Port 0 picks a free one. Raises ConfigError naming the setting when the port is taken or the
    address is not ours.
    """
    runner = web.AppRunner(_application(pages, more), access_log=None, shutdown_timeout=_SHUTDOWN_S)
    await runner.setup()
    try:
        await _listen(runner, settings)
        port: int = runner.addresses[0][1]
        _log.info("health pages served", port=port)
        yield port
    finally:
        await runner.cleanup()


def _application(pages: Pages, more: Sequence[web.RouteDef]) -> web.Application:
    application = web.Application()
    routes = {
        "/healthz": pages.alive,
        "/readyz": pages.ready,
        "/metrics": pages.metrics,
        "/status": pages.tell,
    }
    application.add_routes([web.get(path, page) for path, page in routes.items()])
    application.add_routes(more)
    return application


async def _listen(runner: web.AppRunner, settings: Web) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            problem = f"web.port: port {settings.port} is taken on {settings.host}."
            remedy = "Stop the other program (another hotline?) or choose another port."
        else:
            problem = f"web.host: cannot listen on {settings.host}:{settings.port}."
            remedy = "Use an address of this machine, and a port above 1023 unless run as root."
        raise ConfigError(problem, remedy) from error
