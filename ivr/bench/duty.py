"""Agents on duty while callers are counted: a caller whom the hotline puts through is no drop.

They take each call at once, say nothing, and hang up soon, so that few are enough for all.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from ivr.bench.private import PrivateHotline
from ivr.sim.phone import Phone, phone
from ivr.sim.phone_call import Refused
from ivr.telephony.scope import task_scope
from ivr.web.status import password_file

_TALKS_S: Final = 1.0
_CALLER: Final = re.compile(r"sip:([^@;>]+)@")


@asynccontextmanager
async def agents_on_duty(hotline: PrivateHotline) -> AsyncIterator[set[str]]:
    """Have all agents of a hotline answer while inside; gives the callers they talked to.

    Raises EngineRejected when one cannot register.
    """
    line, talked_to = hotline.settings.telephony, set[str]()
    async with task_scope() as tasks:
        for agent in line.agents:
            tasks.create_task(_serve(hotline, agent.extension, talked_to))
        yield talked_to


async def _serve(hotline: PrivateHotline, extension: str, talked_to: set[str]) -> None:
    line = hotline.settings.telephony
    password = password_file(hotline.settings, extension).read_text("utf-8").strip()
    async with phone(extension, password, (line.sip_host, line.sip_port)) as agent:
        while True:
            await _take_a_call(agent, talked_to)


async def _take_a_call(agent: Phone, talked_to: set[str]) -> None:
    call = await agent.rings()
    try:
        await call.answered()
    except Refused:  # the caller left while it rang
        return
    talked_to.add(extension_of(call.header("From")))
    await asyncio.sleep(_TALKS_S)
    await call.hang_up()


def extension_of(sender: str) -> str:
    """Give the extension in a From header, "" when there is none."""
    found = _CALLER.search(sender)
    return found[1] if found else ""
