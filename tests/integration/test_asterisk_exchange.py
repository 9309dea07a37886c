"""Calls on a real Asterisk: they arrive, are answered, end, and leave nothing behind."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.domain import AudioFrame, HandOver, Language
from ivr.errors import AgentUnavailable, CallGone, ConfigError, EngineUnavailable
from ivr.sim.phone import Phone
from ivr.sim.phone_call import PhoneCall
from ivr.sim.phone_line import Line, Pickup
from ivr.telephony import ari
from ivr.telephony.asterisk_config import ari_access
from ivr.telephony.exchange import AsteriskExchange
from ivr.telephony.exchange_call import AsteriskCall
from tests.asterisk import Lab, lab
from tests.line_ends import hotline, pitch_hz, tone

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

HEARTBEAT_S = 0.5
ASKED = HandOver("service", "asked for a person", ("查询余额, 已核实", "English: yes"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    """One Asterisk for all tests of this file, with short queues and leases."""
    folder = Path(tmp_path_factory.mktemp("asterisk"))
    queues = {"service": {"ring_s": 1.5, "wait_s": 3}}
    agents = [
        {"extension": "6001", "name": "One"},
        {"extension": "6002", "name": "Two", "languages": ["en"]},
    ]
    async with lab(
        folder, heartbeat_s=HEARTBEAT_S, queues=queues, agents=agents, callers=["7001", "7002"]
    ) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Scene:
    """A hotline with a caller's phone."""

    lab: Lab
    exchange: AsteriskExchange
    caller: Phone

    async def ring(self, number: str = "95000") -> tuple[PhoneCall, AsteriskCall]:
        """Place a call; gives both of its ends."""
        dialled = await self.caller.dial(number)
        return dialled, await anext(aiter(self.exchange.calls()))

    async def talk(self, number: str = "95000") -> tuple[PhoneCall, AsteriskCall]:
        """Place a call and answer it."""
        dialled, call = await self.ring(number)
        await call.answer()
        await dialled.answered()
        return dialled, call

    async def is_empty(self) -> bool:
        """Return once Asterisk holds no channel and no bridge, and we hold no call."""
        client = self.exchange._ari  # counts what no promise shows
        async with asyncio.timeout(3):
            while await client.channels() or await client.bridges() or self.exchange.calls_held:
                await client.ping()
        return not self.exchange._desk.watches


@asynccontextmanager
async def a_scene(lab: Lab, **telephony: object) -> AsyncIterator[Scene]:
    """Connect a controller and register a caller's phone."""
    async with (
        asyncio.timeout(30),
        hotline(lab, **telephony) as exchange,
        lab.phone("7001") as caller,
    ):
        yield Scene(lab, exchange, caller)


@pytest_asyncio.fixture(loop_scope="module")
async def scene(asterisk: Lab) -> AsyncIterator[Scene]:
    """A hotline with a caller's phone."""
    async with a_scene(asterisk) as made:
        yield made


async def hears(call: PhoneCall, hz: float) -> None:
    """Wait until a tone of this pitch is heard."""
    async with asyncio.timeout(5):
        while True:
            await call.audio.hears_sound(0.2)
            latest = call.audio.heard_pcm()[-1600:]
            if abs(latest).max() > 500 and abs(pitch_hz(latest) - hz) < 30:
                return


# --- arriving --------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "language"), [("95000", Language.ZH), ("95001", Language.EN)])
async def test_a_call_tells_who_dialled_what(scene: Scene, number: str, language: Language) -> None:
    _, call = await scene.ring(number)

    assert (call.info.dialled, call.info.language) == (number, language)
    assert (call.info.caller, call.info.caller_key) == ("7001", "key-of-7001")
    await call.hang_up()


async def test_the_caller_hears_the_first_word_at_pick_up(scene: Scene) -> None:
    dialled, call = await scene.ring()

    media = await call.answer()
    await media.play(tone(440, 1))

    assert await dialled.audio.hears_sound(0.06) <= 0.2
    await call.hang_up()


async def test_the_answer_replaces_an_audio_path_that_broke(scene: Scene) -> None:
    dialled, call = await scene.ring()
    media = await call.answer()
    (media_id,) = (each for each in call.channels if each.startswith("media-"))

    await scene.exchange._ari.hang_up(media_id)  # breaks the wire
    with pytest.raises(EngineUnavailable, match="media"):
        async for _ in media:
            pass
    media = await call.answer()
    await media.play(tone(660, 3))

    await hears(dialled, 660)
    await call.hang_up()
    assert await scene.is_empty()


# --- leaving nothing behind ------------------------------------------------------------------


async def _while_ringing(scene: Scene) -> None:
    dialled, call = await scene.ring()
    await dialled.hang_up()
    await call.gone()


async def _right_after_ringing(scene: Scene) -> None:
    dialled, call = await scene.ring()
    answering = asyncio.ensure_future(call.answer())
    await dialled.hang_up()
    await asyncio.gather(answering, return_exceptions=True)
    await call.gone()


async def _while_we_speak(scene: Scene) -> None:
    dialled, call = await scene.ring()
    await (await call.answer()).play(tone(440, 30))
    await dialled.answered()
    await dialled.hang_up()
    await call.gone()


async def _by_us(scene: Scene) -> None:
    dialled, call = await scene.talk()
    await call.hang_up()
    await dialled.ended()


async def _while_the_agent_rings(scene: Scene) -> None:
    async with scene.lab.phone("6001", Line(pickup=Pickup.RING)) as agent:
        dialled, call = await scene.talk()
        transfer = asyncio.ensure_future(call.transfer(ASKED))
        ringing = await agent.rings()
        await dialled.hang_up()
        with pytest.raises(CallGone):
            await transfer
        await ringing.ended()


async def _by_the_caller_with_an_agent(scene: Scene) -> None:
    async with scene.lab.phone("6001") as agent:
        dialled, call = await scene.talk()
        person = await call.transfer(ASKED)
        talking = await agent.rings()
        await dialled.hang_up()
        await person.left()
        await talking.ended()


async def _by_the_agent(scene: Scene) -> None:
    async with scene.lab.phone("6001") as agent:
        dialled, call = await scene.talk()
        person = await call.transfer(ASKED)
        await (await agent.rings()).hang_up()
        await person.left()
        await dialled.ended()


STAGES = [
    _while_ringing,
    _right_after_ringing,
    _while_we_speak,
    _by_us,
    _while_the_agent_rings,
    _by_the_caller_with_an_agent,
    _by_the_agent,
]


@pytest.mark.parametrize("media", ["websocket", "audiosocket"])
@pytest.mark.parametrize("hang_up", STAGES, ids=lambda stage: stage.__name__)
async def test_a_hang_up_leaves_nothing_behind(
    asterisk: Lab, hang_up: Callable[[Scene], Awaitable[None]], media: str
) -> None:
    async with a_scene(asterisk, media=media) as scene:
        await _by_us(scene)  # connections that are kept for the next call are no leak
        assert await scene.is_empty()
        tasks, handles = len(asyncio.all_tasks()), _handles()

        await hang_up(scene)

        assert await scene.is_empty()
        # One more connection to ARI may be kept; a heartbeat may be at work just now.
        await _settles(scene, lambda: len(asyncio.all_tasks()) <= tasks)
        await _settles(scene, lambda: _handles() <= handles + 1)


async def _settles(scene: Scene, is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():
            await scene.exchange.is_healthy()


def _handles() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # counts, needs no paths


# --- putting through -------------------------------------------------------------------------


async def test_caller_and_agent_hear_each_other_and_the_agent_knows_the_story(
    scene: Scene,
) -> None:
    async with scene.lab.phone("6001") as agent:
        dialled, call = await scene.talk()
        person = await call.transfer(ASKED)
        talking = await agent.rings()
        dialled.audio.say(tone(800, 4))
        talking.audio.say(tone(1000, 4))

        await hears(dialled, 1000)
        await hears(talking, 800)

        assert person.extension == "6001"
        assert talking.header("X-Hotline-Brief-2") == "English: yes"
        assert talking.header("X-Hotline-Brief-1").startswith("%E6%9F%A5%E8%AF%A2")
        assert talking.header("X-Hotline-Call") == call.info.call_id
        await call.hang_up()
        await talking.ended()


@pytest.mark.parametrize(
    ("pickup", "reason"),
    [
        (Pickup.BUSY, "busy"),
        (Pickup.DECLINE, "declined"),
        (Pickup.RING, "no_answer"),
        (None, "nobody_on_duty"),
    ],
)
async def test_without_an_agent_the_caller_is_back_with_us(
    scene: Scene, pickup: Pickup | None, reason: str
) -> None:
    line = Line(pickup=pickup or Pickup.ANSWER)
    async with scene.lab.phone("6001" if pickup else "7002", line):
        dialled, call = await scene.ring()
        media = await call.answer()
        await dialled.answered()

        with pytest.raises(AgentUnavailable) as refused:
            await call.transfer(ASKED)
        dialled.audio.say(tone(800, 1))
        await media.play(tone(660, 4))

        assert refused.value.reason == reason
        await hears(dialled, 660)
        async for event in media:
            if isinstance(event, AudioFrame) and any(event.heard):
                break
        await call.hang_up()
    assert await scene.is_empty()


async def test_music_plays_while_the_agents_phone_rings_and_stops_with_it(scene: Scene) -> None:
    async with scene.lab.phone("6001", Line(pickup=Pickup.RING)) as agent:
        dialled, call = await scene.talk()
        transfer = asyncio.ensure_future(call.transfer(ASKED))
        ringing = await agent.rings()
        await dialled.audio.hears_sound(0.3)

        transfer.cancel()
        await ringing.ended()

        await dialled.audio.hears_silence(0.5)
        await call.hang_up()
    assert await scene.is_empty()


async def test_the_next_agent_is_tried_when_the_first_declines(scene: Scene) -> None:
    declines = Line(pickup=Pickup.DECLINE)
    async with scene.lab.phone("6001", declines), scene.lab.phone("6002"):
        _, call = await scene.talk()

        person = await call.transfer(ASKED)

        assert person.extension == "6002"
        await call.hang_up()


async def test_a_declined_call_waits_for_the_agents(scene: Scene) -> None:
    async with scene.lab.phone("6001") as agent:
        dialled, call = await scene.ring()

        await call.decline()

        talking = await agent.rings()
        talking.audio.say(tone(900, 3))
        await hears(dialled, 900)
        await dialled.hang_up()
        await talking.ended()
    assert await scene.is_empty()


async def test_a_running_call_can_be_given_to_the_agents(scene: Scene) -> None:
    async with scene.lab.phone("6001") as agent:
        dialled, call = await scene.talk()

        await call.decline()

        await agent.rings()
        await dialled.hang_up()
    assert await scene.is_empty()


# --- when we fail ----------------------------------------------------------------------------


async def test_without_a_controller_an_apology_is_heard_and_the_agents_phone_rings(
    asterisk: Lab,
) -> None:
    async with asyncio.timeout(20), asterisk.phone("6001") as agent, asterisk.phone() as caller:
        dialled = await caller.call("95000")
        await dialled.audio.hears_sound(0.5)
        assert not agent.calls

        talking = await agent.rings()
        talking.audio.say(tone(900, 3))

        await hears(dialled, 900)
        await dialled.hang_up()
        await talking.ended()


async def test_a_controller_that_hangs_loses_the_call_to_the_agents(asterisk: Lab) -> None:
    access = ari.Access(
        asterisk.settings.telephony.ari_url, "ivr", ari_access(asterisk.settings).password, "ivr"
    )
    async with (
        asyncio.timeout(20),
        asterisk.phone("6001") as agent,
        asterisk.phone() as caller,
        ari.connected(access) as client,
    ):
        events = client.events()
        await anext(events)  # connected, and from here on it does nothing
        dialled = await caller.dial("95000")

        await agent.rings()

        await dialled.hang_up()
        await events.aclose()


async def test_a_controller_that_dies_in_mid_call_leaves_the_caller_to_the_agents(
    asterisk: Lab,
) -> None:
    async with asyncio.timeout(20), asterisk.phone("6001") as agent, asterisk.phone() as caller:
        async with hotline(asterisk) as exchange:
            dialled = await caller.dial("95000")
            call = await anext(aiter(exchange.calls()))
            await (await call.answer()).play(tone(440, 30))
            await dialled.answered()

        talking = await agent.rings()
        talking.audio.say(tone(900, 3))

        await hears(dialled, 900)
        await dialled.hang_up()
        await talking.ended()


async def test_two_people_who_talk_survive_our_death_and_are_seen_out(asterisk: Lab) -> None:
    async with asyncio.timeout(20), asterisk.phone("6001") as agent, asterisk.phone() as caller:
        async with hotline(asterisk) as exchange:
            dialled = await caller.dial("95000")
            call = await anext(aiter(exchange.calls()))
            await call.answer()
            await call.transfer(ASKED)
            talking = await agent.rings()
        talking.audio.say(tone(900, 3))
        await hears(dialled, 900)

        async with hotline(asterisk) as exchange:
            await talking.audio.hears_silence(2 * HEARTBEAT_S)
            assert dialled.is_up
            await talking.hang_up()

            await dialled.ended()


async def test_a_lost_event_socket_costs_no_call(scene: Scene) -> None:
    dialled, call = await scene.ring()
    media = await call.answer()
    await dialled.answered()

    await _cut_event_socket(scene)
    await media.play(tone(660, 8))

    await hears(dialled, 660)
    async with asyncio.timeout(5):
        while not await scene.exchange.is_healthy():
            await scene.exchange._ari.ping()
    await dialled.hang_up()
    await call.gone()
    assert await scene.is_empty()


async def test_a_hang_up_while_the_event_socket_is_down_is_noticed_later(scene: Scene) -> None:
    dialled, call = await scene.talk()

    await _cut_event_socket(scene)
    await dialled.hang_up()

    async with asyncio.timeout(5):
        await call.gone()
    assert await scene.is_empty()


async def _cut_event_socket(scene: Scene) -> None:
    """Let a second controller take the application over, and leave."""
    access = scene.exchange._ari.access
    async with ari.connected(access) as other:
        events = other.events()
        await anext(events)
        await events.aclose()


async def test_a_wrong_password_is_told_before_any_call(asterisk: Lab, tmp_path: Path) -> None:
    (tmp_path / "ari").write_text("wrong")

    with pytest.raises(ConfigError, match="ari_password_file"):
        async with hotline(asterisk, ari_password_file=tmp_path / "ari"):
            pass


@pytest.mark.parametrize("name", ['"; DROP TABLE', "😀" * 50, "x" * 1000, "<sip:evil@evil>"])
async def test_a_strange_caller_id_does_no_harm(asterisk: Lab, name: str) -> None:
    quoted = name.replace('"', "'")
    async with (
        asyncio.timeout(20),
        hotline(asterisk) as exchange,
        asterisk.phone("7001", Line(caller_id=quoted)) as caller,
    ):
        await caller.dial("95000", ("P-Asserted-Identity", f'"{quoted}" <sip:{name[:50]}@h>'))

        call = await anext(aiter(exchange.calls()))

        assert len(call.info.caller) <= 21
        assert not set(call.info.caller) - set("+0123456789")
        await call.hang_up()
