"""The exchange keeps its callers, whatever else is slow."""

import asyncio
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from ivr.config import Settings
from ivr.telephony.ari import Ari
from ivr.telephony.ari_models import Application, Bridge, Channel
from ivr.telephony.channel_watch import Watches
from ivr.telephony.exchange import AsteriskExchange
from ivr.telephony.exchange_call import AsteriskCall
from ivr.telephony.media_doors import MediaDoor
from ivr.telephony.recordings import Recordings
from ivr.telephony.ringing import Desk
from ivr.telephony.scope import task_scope

HEARTBEAT_S = 5.0


class SlowAsterisk:
    """Answers every question in the last moment."""

    access = SimpleNamespace(deadline_s=3.0, heartbeat_s=HEARTBEAT_S)

    async def application(self) -> Application:
        await asyncio.sleep(2.9)
        return Application()

    async def channels(self) -> list[Channel]:
        await asyncio.sleep(2.9)
        return []

    async def bridges(self) -> list[Bridge]:
        await asyncio.sleep(2.9)
        return []


class LeasedCall:
    """Notes when its lease was renewed, which takes a while, too."""

    channels = frozenset({"1.1"})

    def __init__(self) -> None:
        self.renewed_s: list[float] = []

    async def renew_lease(self, _lease_s: float) -> None:
        await asyncio.sleep(2.9)
        self.renewed_s.append(asyncio.get_running_loop().time())


@pytest.mark.looptime
async def test_no_lease_runs_out_while_asterisk_is_slow_to_tell_of_orphans() -> None:
    call = LeasedCall()
    async with task_scope() as tasks:
        ari, door = cast("Ari", SlowAsterisk()), cast("MediaDoor", None)
        desk = Desk(ari, Settings().telephony, door, Watches(), tasks)
        exchange = AsteriskExchange(Settings(), str, desk, lambda _: None)
        exchange._calls["1.1"] = cast("AsteriskCall", call)
        tasks.create_task(exchange.keep())
        tasks.create_task(exchange.tidy())

        await asyncio.sleep(60)

    gaps_s = [after - before for before, after in pairwise(call.renewed_s)]
    assert max(gaps_s) < 2 * HEARTBEAT_S  # the lease has three


async def test_a_folder_of_recordings_that_went_away_costs_no_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(*_: object) -> None:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(Path, "glob", stale)
    recordings = Recordings(tmp_path, lambda _: None)

    assert await recordings.unfinished(()) == []
