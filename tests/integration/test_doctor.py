"""The doctor, looking at real things."""

import asyncio
import socket

from ivr.cli import checks
from ivr.cli.checks import State
from ivr.config import Settings
from ivr.config.settings import Web
from ivr.web import health
from ivr.web.status import HotlineStatus


def _settings(port: int) -> Settings:
    return Settings(web=Web(port=port))


async def _nobody_asks(_: object) -> HotlineStatus:
    raise AssertionError("the doctor has no business with /status")


async def test_ports_that_our_own_running_hotline_holds_are_well() -> None:
    pages = health.Pages(engines={}, status=_nobody_asks)

    async with health.serve(Web(port=0), pages) as port:
        found = await asyncio.to_thread(lambda: list(checks.ports(_settings(port))))

    assert [each.state for each in found] == [State.THERE]
    assert "hotline that runs" in found[0].detail


def test_a_port_that_a_stranger_holds_is_to_mend() -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        (found,) = checks.ports(_settings(stranger.getsockname()[1]))

    assert found.state is State.MISSING
