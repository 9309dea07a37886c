"""A running hotline as the tests see it: its phones, its pages, its ARI, its records."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest

from ivr.bench.private import PrivateHotline, hotline_with
from ivr.bench.processes import family
from ivr.config import Settings
from ivr.config.settings import Limits, Predict
from ivr.config.telephony import AgentPhone, Queue, Trunk
from ivr.domain import Language, Outcome, Speaker, Turn
from ivr.sim.caller import Caller, calling
from ivr.sim.lab import lab_settings
from ivr.sim.phone import Line, Phone, phone
from ivr.sim.phone_call import PhoneCall
from ivr.store.records import CallFilter, KeptCall
from ivr.store.sql import SqlStore, open_store
from ivr.telephony.asterisk_config import ari_access
from ivr.web.status import password_file
from tests import asterisk, needs

CALLERS = tuple(str(7001 + number) for number in range(6))
AGENTS = ("6001", "6002")
PROVIDER = "127.0.0.2"
"""Where a trunk sends its calls from: it may put anything into a caller id."""
START_S = 300
"""Longest test: it may be the one that trains the bot on a machine that does other things."""
RING_S = 3.0
HEARTBEAT_S = 1.5
"""A lease has three: longer than a busy machine stalls, short enough to be waited for."""

PATIENCE_S = 30.0
"""A bound for what takes a second or two: a machine that stalls must fail no test."""

Result = TypeVar("Result")


def settings_for(folder: Path, drain_s: float = 2.0) -> Settings:
    """Give the settings of a hotline on free ports: short waits, no guesses before hello."""
    needs.path(".venv-rasa")
    asterisk.binary()
    agents = tuple(AgentPhone(extension=each, name=f"Agent {each}") for each in AGENTS)
    line = lab_settings(
        folder,
        callers=CALLERS,
        agents=agents,
        queues={"service": Queue(ring_s=RING_S, wait_s=4 * RING_S)},
        heartbeat_s=HEARTBEAT_S,
        trunks=(Trunk(name="provider", host=PROVIDER),),
    )
    dialog = line.dialog.model_copy(update={"breaker_s": 2.0})
    sections = {"limits": Limits(drain_s=drain_s), "predict": Predict(enabled=False)}
    return line.model_copy(update={"dialog": dialog, **sections})


async def eventually(
    look: Callable[[], Awaitable[Result]],
    is_right: Callable[[Result], bool],
    within_s: float = PATIENCE_S,
) -> Result:
    """Look again and again until what is seen is right: another process sends no events."""
    seen = await look()
    try:
        async with asyncio.timeout(within_s):
            while not is_right(seen):
                await asyncio.sleep(0.1)
                seen = await look()
    except TimeoutError:
        pytest.fail(f"after {within_s:.0f} s it still is: {seen!r}")
    return seen


async def is_heard_by(caller: Caller, listener: PhoneCall) -> None:
    """Let the caller say a word and check that the other phone hears it."""
    await asyncio.gather(
        asyncio.wait_for(listener.audio.hears_sound(0.1), PATIENCE_S), caller.says("okay")
    )


@dataclass(frozen=True)
class Held:
    """What calls hold: ids of calls, channels and bridges, and how many open files."""

    calls: tuple[str, ...]
    channels: tuple[str, ...]
    bridges: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether no call has left anything behind."""
        return not (self.calls or self.channels or self.bridges)


@dataclass(frozen=True)
class Hotline:
    """One running hotline; made by `running`."""

    running: PrivateHotline
    store: SqlStore

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return self.running.settings

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self.running.log.read_text("utf-8", "replace")

    # --- phones --------------------------------------------------------------------------

    def phone(self, extension: str, line: Line | None = None) -> AbstractAsyncContextManager[Phone]:
        """Register a phone for the length of the block."""
        secret = password_file(self.settings, extension).read_text("utf-8").strip()
        registrar = (self.settings.telephony.sip_host, self.settings.telephony.sip_port)
        return phone(extension, secret, registrar, line)

    @asynccontextmanager
    async def caller(
        self, language: Language = Language.EN, extension: str = "7001", line: Line | None = None
    ) -> AsyncIterator[Caller]:
        """Call the hotline with a registered phone and wait until it has begun to speak."""
        number = "95001" if language is Language.EN else "95000"
        async with self.phone(extension, line) as handset, calling(handset, number, language) as it:
            await asyncio.wait_for(it.audio.hears_sound(0.06), PATIENCE_S)
            yield it

    # --- what it holds -------------------------------------------------------------------

    async def status(self) -> Any:  # the JSON of /status
        """Give what `/status` tells."""
        return await self.page("status")

    async def page(self, name: str) -> Any:  # JSON
        """Fetch one of its pages."""
        web = self.settings.web
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE_S)) as session,
            session.get(f"http://{web.host}:{web.port}/{name}") as answer,
        ):
            return await answer.json()

    async def agent_calls(self, extension: str) -> Any:  # JSON
        """Give the calls that an agent's page shows, newest first."""
        web = self.settings.web
        secret = password_file(self.settings, extension).read_text("utf-8").strip()
        who = {"Authorization": aiohttp.encode_basic_auth(extension, secret)}
        async with (
            aiohttp.ClientSession(headers=who) as session,
            session.get(f"http://{web.host}:{web.port}/agent/calls") as answer,
        ):
            return (await answer.json())["calls"]

    async def ari(self, what: str) -> Any:  # JSON
        """Ask Asterisk itself."""
        access, line = ari_access(self.settings), self.settings.telephony
        who = {"Authorization": aiohttp.encode_basic_auth(line.ari_user, access.password)}
        async with (
            aiohttp.ClientSession(headers=who) as session,
            session.get(f"{line.ari_url}/ari/{what}") as answer,
        ):
            return await answer.json()

    async def held(self) -> Held:
        """Give what the calls hold right now."""
        calls = [call["call_id"] for call in (await self.status())["calls"]]
        channels = [each["id"] for each in await self.ari("channels")]
        bridges = [each["id"] for each in await self.ari("bridges")]
        return Held(tuple(calls), tuple(channels), tuple(bridges))

    async def is_quiet(self, within_s: float = PATIENCE_S) -> None:
        """Wait until no call, channel or bridge is left; fails when one stays."""
        await eventually(self.held, lambda held: held.is_nothing, within_s)

    def open_files(self) -> int:
        """Count the file handles of the hotline's own process."""
        return len(list(Path(f"/proc/{self.running.pid}/fd").iterdir()))

    def child(self, word: str) -> int:
        """Give the pid of the child whose command line holds a word."""
        for pid in sorted(family(self.running.pid) - {self.running.pid}):
            if word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        pytest.fail(f"the hotline has no child with {word!r}")

    # --- what it keeps -------------------------------------------------------------------

    async def newest(self) -> KeptCall:
        """Give the newest call of anybody once its record is complete."""

        async def look() -> KeptCall:
            return (await self.store.calls(CallFilter(limit=1)))[0]

        return await eventually(look, lambda call: call.outcome is not None)

    async def kept(self, extension: str = "7001") -> KeptCall:
        """Give the newest call of a caller, still running or over."""
        key = self.store.key_of(extension)

        async def newest() -> KeptCall | None:
            calls = await self.store.calls(CallFilter(limit=20))
            return next((call for call in calls if call.caller_key == key), None)

        found = await eventually(newest, lambda call: call is not None)
        assert found is not None
        return found

    async def record(self, extension: str = "7001") -> KeptCall:
        """Give the record of a caller's newest call once that is complete."""

        async def look() -> KeptCall:
            return await self.kept(extension)

        return await eventually(look, lambda call: call.outcome is not None)

    async def turns(self, extension: str = "7001") -> Sequence[Turn]:
        """Give what was said so far in a caller's newest call."""
        return await self.store.turns((await self.kept(extension)).call_id)

    async def has_said(
        self, words: str, extension: str = "7001", within_s: float = PATIENCE_S
    ) -> Sequence[Turn]:
        """Wait until the hotline has said something with these words; gives all turns."""

        def is_said(turns: Sequence[Turn]) -> bool:
            return any(words in turn.text for turn in turns if turn.speaker is Speaker.HOTLINE)

        return await eventually(lambda: self.turns(extension), is_said, within_s)

    async def ended_as(self, outcome: Outcome, extension: str = "7001") -> None:
        """Check how a caller's newest call came out, once it is over."""
        record = await self.record(extension)
        assert record.outcome is outcome, self.log[-3000:]


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Hotline]:
    """Run a hotline in a process of its own while the block runs."""
    async with (
        hotline_with(settings) as process,
        open_store(settings.store, may_upgrade=False) as store,
    ):
        yield Hotline(process, store)
