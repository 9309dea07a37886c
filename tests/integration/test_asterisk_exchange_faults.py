"""We fail on a real Asterisk: a caller reaches a person, and two who talk are not parted."""

import asyncio
from pathlib import Path

import pytest

from ivr.errors import ConfigError
from ivr.telephony import ari
from ivr.telephony.asterisk_config import ari_access
from ivr.telephony.exchange import AsteriskExchange
from tests.asterisk import Lab
from tests.integration.exchange_scene import ASKED, LONGEST_S, Scene, hears
from tests.line_ends import hotline, tone

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


async def test_without_a_controller_an_apology_is_heard_and_the_agents_phone_rings(
    asterisk: Lab,
) -> None:
    async with (
        asyncio.timeout(LONGEST_S),
        asterisk.phone("6001") as agent,
        asterisk.phone() as caller,
    ):
        dialled = await caller.call("95000")
        await dialled.audio.hears_sound(0.5)
        assert not agent.calls

        talking = await agent.rings()
        talking.audio.say(tone(900, 20))

        await hears(dialled, 900)
        await dialled.hang_up()
        await talking.ended()


async def test_a_controller_that_hangs_loses_the_call_to_the_agents(asterisk: Lab) -> None:
    access = ari.Access(
        asterisk.settings.telephony.ari_url, "ivr", ari_access(asterisk.settings).password, "ivr"
    )
    async with (
        asyncio.timeout(LONGEST_S),
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
    async with (
        asyncio.timeout(LONGEST_S),
        asterisk.phone("6001") as agent,
        asterisk.phone() as caller,
    ):
        async with hotline(asterisk) as exchange:
            dialled = await caller.dial("95000")
            call = await anext(aiter(exchange.calls()))
            await (await call.answer()).play(tone(440, 30))
            await dialled.answered()

        talking = await agent.rings()
        talking.audio.say(tone(900, 20))

        await hears(dialled, 900)
        await dialled.hang_up()
        await talking.ended()


async def test_two_people_who_talk_survive_our_death_and_are_seen_out(asterisk: Lab) -> None:
    async with (
        asyncio.timeout(LONGEST_S),
        asterisk.phone("6001") as agent,
        asterisk.phone() as caller,
    ):
        async with hotline(asterisk) as exchange:
            dialled = await caller.dial("95000")
            call = await anext(aiter(exchange.calls()))
            await call.answer()
            await call.transfer(ASKED)
            talking = await agent.rings()
        talking.audio.say(tone(900, 20))
        await hears(dialled, 900)

        async with hotline(asterisk) as exchange:
            await _is_watched_over(exchange)
            assert dialled.is_up
            await talking.hang_up()

            await dialled.ended()


async def _is_watched_over(exchange: AsteriskExchange) -> None:
    """Wait until a conversation that outlived its controller has been adopted."""
    while len(exchange._desk.watches) < 2:
        await exchange._ari.ping()


async def test_a_lost_event_socket_costs_no_call(scene: Scene) -> None:
    dialled, call = await scene.ring()
    media = await call.answer()
    await dialled.answered()

    await _cut_event_socket(scene)
    await media.play(tone(660, 20))

    await hears(dialled, 660)
    async with asyncio.timeout(LONGEST_S / 2):
        while not await scene.exchange.is_healthy():
            await scene.exchange._ari.ping()
    await dialled.hang_up()
    await call.gone()
    assert await scene.is_empty()


async def test_a_hang_up_while_the_event_socket_is_down_is_noticed_later(scene: Scene) -> None:
    dialled, call = await scene.talk()

    await _cut_event_socket(scene)
    await dialled.hang_up()

    async with asyncio.timeout(LONGEST_S / 2):
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
