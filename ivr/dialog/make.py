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
from ivr.config.settings import DialogSettings
from ivr.dialog import Dialog
from ivr.dialog.actions import Actions, VersionedActions, serve_actions
from ivr.dialog.facts import Facts
from ivr.dialog.fallback import FallbackDialog
from ivr.dialog.flows import FlowSet
from ivr.dialog.http_lookup import open_http_lookups
from ivr.dialog.menu import MenuDialog
from ivr.dialog.models import RasaModels
from ivr.dialog.rasa import Address, connect
from ivr.dialog.server import RASA_ENV, running_rasa
from ivr.dialog.version import Version
from ivr.dialog.versions import VersionedDialog
from ivr.errors import ConfigError, EngineError

_log = log.get(__name__)
LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def running_dialog(
    settings: Settings,
    key_of: Callable[[str], str],
    first: Version,
    environment: Path = RASA_ENV,
) -> AsyncIterator[VersionedDialog]:
    """Run everything the mind needs while inside, Rasa included; it serves the first version.

    `key_of` is the keyed hash of a caller's number (`ivr.store`), which the example database
    shares with the calls. Raises ConfigError for a port that is taken, and EngineUnavailable
    when Rasa does not start.
    """
    wanted = settings.dialog
    async with AsyncExitStack() as stack:
        facts = await stack.enter_async_context(open_facts(wanted.facts_url, key_of))
        http = await stack.enter_async_context(open_http_lookups(os.environ))
        actions = VersionedActions()
        try:
            port = await stack.enter_async_context(
                serve_actions(actions, LOOPBACK, wanted.actions_port)
            )
        except OSError as error:
            problem = f"port {wanted.actions_port} for Rasa's actions is taken."
            raise ConfigError(problem, "Change dialog.actions_port.") from error
        server = await stack.enter_async_context(
            running_rasa(
                first.flows,
                settings.state_dir,
                f"http://{LOOPBACK}:{port}/webhook",
                urlsplit(wanted.rasa_url).port or 5005,
                environment,
            )
        )

        def actions_of(flows: FlowSet) -> Actions:
            return Actions(flows, facts, today, http)

        models = RasaModels(server, settings.state_dir)
        minds = Minds(wanted, models, actions, actions_of)
        dialog = VersionedDialog(minds.of)
        stack.push_async_callback(dialog.aclose)
        await dialog.prepare(first)
        dialog.serve(first.name)
        yield dialog


class Minds:
    """Makes the mind of a version from what all share: one Rasa, one webhook, one way to facts."""

    def __init__(
        self,
        settings: DialogSettings,
        models: RasaModels,
        actions: VersionedActions,
        actions_of: Callable[[FlowSet], Actions],
    ) -> None:
        self._settings, self._models = settings, models
        self._actions, self._actions_of = actions, actions_of

    @asynccontextmanager
    async def of(self, version: Version) -> AsyncIterator[Dialog]:
        """Have a mind for a version while inside, warmed up.

        Raises EngineError when it cannot answer; the very first may, because the menu serves
        callers better than nothing does.
        """
        served, wanted = self._actions.versions, self._settings
        is_first = not served
        actions = self._actions_of(version.flows)
        async with self._models.of(version.flows) as model:
            served[version.name] = actions
            try:
                async with connect(
                    Address(wanted.rasa_url, model, version.name),
                    version.flows,
                    deadline_s=wanted.deadline_s,
                    failures=wanted.breaker_failures,
                    rest_s=wanted.breaker_s,
                ) as rasa:
                    try:
                        await rasa.warm_up()
                    except EngineError as error:
                        if not is_first:
                            raise
                        _log.warning("Rasa could not be warmed up", problem=error.problem)
                    yield FallbackDialog(rasa, MenuDialog(actions))
            finally:
                del served[version.name]


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
