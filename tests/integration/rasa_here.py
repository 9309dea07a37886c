"""A trained, running Rasa with our action webhook, for the tests of one module."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ivr.config.free_port import free_port
from ivr.dialog.actions import serve_actions
from ivr.dialog.flows import FlowSet, load_flows
from ivr.dialog.rasa import RasaDialog, connect
from ivr.dialog.server import RasaServer, running_rasa
from ivr.dialog.trial import WatchedActions
from tests.integration.lender import TODAY, lender
from tests.needs import ROOT, path

STATE = ROOT / "var"
"""The project's own state, so that a model is trained once and not for every test run."""


@dataclass(frozen=True)
class RasaHere:
    dialog: RasaDialog
    server: RasaServer
    actions: WatchedActions
    flows: FlowSet


@asynccontextmanager
async def rasa_here() -> AsyncIterator[RasaHere]:
    environment = path(".venv-rasa")
    flows = load_flows(ROOT / "flows")
    async with lender() as facts:
        actions = WatchedActions(flows, facts, lambda: TODAY)
        async with (
            serve_actions(actions, "127.0.0.1", 0) as port,
            running_rasa(
                flows,
                STATE,
                f"http://127.0.0.1:{port}/webhook",
                free_port(),
                environment,
            ) as server,
            connect(server.url, flows, deadline_s=10, failures=3, rest_s=5) as dialog,
        ):
            await dialog.warm_up()
            yield RasaHere(dialog, server, actions, flows)
