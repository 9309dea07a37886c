"""Make the mind from the settings: flows, facts, action webhook, Rasa, fallback."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from ivr import log
from ivr.config import Settings
from ivr.dialog import Dialog
from ivr.dialog.actions import Actions, serve_actions
from ivr.dialog.facts import Facts
from ivr.dialog.fallback import FallbackDialog
from ivr.dialog.flows import FlowSet, load_flows
from ivr.dialog.http_lookup import open_http_lookups
from ivr.dialog.menu import MenuDialog
from ivr.dialog.rasa import connect
from ivr.dialog.server import RASA_ENV, running_rasa
from ivr.errors import ConfigError, EngineError

_log = log.get(__name__)
LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def running_dialog(
    settings: Settings,
    key_of: Callable[[str], str],
    environment: Path = RASA_ENV,
    flows: FlowSet | None = None,
) -> AsyncIterator[Dialog]:
    """Run everything the mind needs while inside, Rasa included; gives the mind, warmed up.

    `key_of` is the keyed hash of a caller's number (`ivr.store`), which the example database
    shares with the calls. Raises ConfigError for broken flows or a port that is taken, and
    EngineUnavailable when Rasa does not start.
    """
    flows = flows or load_flows(settings.flows_dir)
    wanted = settings.dialog
    async with AsyncExitStack() as stack:
        facts = await stack.enter_async_context(open_facts(wanted.facts_url, key_of))
        http = await stack.enter_async_context(open_http_lookups(os.environ))
        actions = Actions(flows, facts, today, http)
        try:
            port = await stack.enter_async_context(
                serve_actions(actions, LOOPBACK, wanted.actions_port)
            )
        except OSError as error:
            problem = f"port {wanted.actions_port} for Rasa's actions is taken."
            raise ConfigError(problem, "Change dialog.actions_port.") from error
        await stack.enter_async_context(
            running_rasa(
                flows,
                settings.state_dir,
                f"http://{LOOPBACK}:{port}/webhook",
                urlsplit(wanted.rasa_url).port or 5005,
                environment,
            )
        )
        rasa = await stack.enter_async_context(
            connect(
                wanted.rasa_url,
                flows,
                deadline_s=wanted.deadline_s,
                failures=wanted.breaker_failures,
                rest_s=wanted.breaker_s,
            )
        )
        try:
            await rasa.warm_up()
        except EngineError as error:
            _log.warning("Rasa could not be warmed up", problem=error.problem)
        yield FallbackDialog(rasa, MenuDialog(actions))


@asynccontextmanager
async def open_facts(url: str, key_of: Callable[[str], str]) -> AsyncIterator[Facts]:
    """The example lender's database, filled, while inside."""
    file = make_url(url).database
    if url.startswith("sqlite") and file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url)
    try:
        facts = Facts(engine)
        await facts.prepare(key_of, today())
        yield facts
    finally:
        await engine.dispose()


def today() -> date:
    """The day on the caller's calendar, as far as the machine's own time zone tells."""
    return datetime.now().astimezone().date()
