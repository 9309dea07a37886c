"""Asterisk as our child: starts, complains clearly, dies noticed, leaves nothing."""

import asyncio
import os
import signal
import socket
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

import pytest

from ivr.config import Settings
from ivr.domain import HandOver
from ivr.errors import ConfigError, EngineRejected, EngineUnavailable
from ivr.sim.phone import Line, Phone, phone
from ivr.sim.sip_lab import lab_settings
from ivr.telephony import ari
from ivr.telephony.asterisk import _command, running
from ivr.telephony.asterisk_binary import Binary, find
from ivr.telephony.asterisk_config import ari_access
from ivr.telephony.secret_files import sip_password
from tests.asterisk import Lab, binary, lab
from tests.line_ends import hotline, sounding_s, tone

pytestmark = pytest.mark.integration


def access(settings: Settings, password: str) -> ari.Access:
    """Say how to reach this Asterisk."""
    return ari.Access(settings.telephony.ari_url, "ivr", password, "ivr")


async def test_it_starts_without_a_single_error_and_answers_ari(tmp_path: Path) -> None:
    async with lab(tmp_path) as ready:
        password = ari_access(ready.settings).password
        async with ari.connected(access(ready.settings, password)) as client:
            channels = await client.channels()

        assert channels == []
        assert "ERROR" not in ready.messages
        assert "WARNING" not in ready.messages


async def test_its_secrets_are_for_its_eyes_only(tmp_path: Path) -> None:
    async with lab(tmp_path) as ready:
        private = [*(tmp_path / "secrets").iterdir(), *ready.asterisk.folders.etc.iterdir()]

    assert {file.stat().st_mode & 0o077 for file in private} == {0}


async def test_a_wrong_password_is_a_matter_of_the_settings(tmp_path: Path) -> None:
    async with lab(tmp_path) as ready:
        with pytest.raises(ConfigError, match="ari_password_file"):
            async with ari.connected(access(ready.settings, "wrong")):
                pass


async def test_no_asterisk_at_all_is_unavailable(tmp_path: Path) -> None:
    settings = lab_settings(tmp_path)

    with pytest.raises(EngineUnavailable, match="asterisk"):
        async with ari.connected(access(settings, "any")):
            pass


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
async def test_a_taken_port_is_named_with_its_setting(
    tmp_path: Path, kind: socket.SocketKind
) -> None:
    settings = lab_settings(tmp_path)
    port = settings.telephony.sip_port
    setting = "telephony.sip_port"
    if kind == socket.SOCK_STREAM:
        port, setting = ari_access(settings).port, "telephony.ari_url"

    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", port))
        if kind == socket.SOCK_STREAM:
            taken.listen()

        with pytest.raises(ConfigError, match=rf"port {port}/.*{setting}"):
            async with running(settings, binary()):
                pass


def test_a_missing_binary_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no Asterisk.*make setup"):
        find(tmp_path / "asterisk")


async def test_an_asterisk_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    broken = tmp_path / "asterisk"
    broken.write_text("#!/bin/sh\necho Out of luck.\nexit 3\n")
    broken.chmod(0o755)
    program = Binary((str(broken),), binary().modules, binary().share)

    with pytest.raises(EngineUnavailable, match=r"status 3: Out of luck\."):
        async with running(lab_settings(tmp_path / "state"), program):
            pass


async def test_a_password_reaches_it_sign_by_sign(tmp_path: Path) -> None:
    password = "a;b;--c#d=>e"
    (tmp_path / "provider").write_text(password)
    trunk = {"name": "provider", "host": "127.0.0.1", "username": "u"}

    async with lab(tmp_path, trunks=[trunk | {"password_file": tmp_path / "provider"}]) as ready:
        told = await _command(binary(), ready.asterisk.folders, "pjsip show auth provider")

    assert password in told


async def test_its_death_in_mid_life_is_noticed(tmp_path: Path) -> None:
    async with lab(tmp_path) as ready:
        os.kill(ready.asterisk.pid, signal.SIGKILL)

        async with asyncio.timeout(30):
            await ready.asterisk.died()

        assert not ready.asterisk.is_alive


async def test_one_that_outlived_its_controller_is_adopted(tmp_path: Path) -> None:
    async with lab(tmp_path) as first, running(first.settings, binary()) as second:
        assert second.adopted
        assert second.pid == first.asterisk.pid


async def test_one_with_other_settings_is_replaced(tmp_path: Path) -> None:
    async with (
        lab(tmp_path) as first,
        running(_with_caller(first.settings, "7009"), binary()) as second,
    ):
        assert not second.adopted
        assert not first.asterisk.is_alive


async def test_a_start_with_other_settings_parts_nobody_and_knows_the_new_phone(
    tmp_path: Path,
) -> None:
    async with AsyncExitStack() as at_home, lab(tmp_path) as first:
        call = await (await at_home.enter_async_context(_stranger(first))).call("echo")
        changed = _with_caller(first.settings, "7009")

        async with running(changed, binary()) as second:
            assert second.adopted
            assert call.is_up
            async with asyncio.timeout(30), Lab(changed, second).phone("7009"):
                pass  # it could register
            await at_home.aclose()


def _with_caller(settings: Settings, extension: str) -> Settings:
    callers = (*settings.telephony.callers, extension)
    telephony = settings.telephony.model_copy(update={"callers": callers})
    return settings.model_copy(update={"telephony": telephony})


async def test_nothing_of_it_is_left_when_the_block_ends(tmp_path: Path) -> None:
    handles = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # counts, needs no paths
    async with lab(tmp_path) as ready:
        pid = ready.asterisk.pid

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert len(os.listdir("/proc/self/fd")) == handles  # noqa: PTH208


async def test_a_call_ends_clearly_when_asterisk_dies_in_its_middle(tmp_path: Path) -> None:
    async with (
        asyncio.timeout(60),
        lab(tmp_path, deadline_s=2.0) as ready,
        hotline(ready) as exchange,
        ready.phone() as caller,
    ):
        dialled = await caller.dial("95000")
        call = await anext(aiter(exchange.calls()))
        media = await call.answer()
        await dialled.answered()

        os.kill(ready.asterisk.pid, signal.SIGKILL)

        with pytest.raises(EngineUnavailable, match="media"):
            async for _ in media:
                pass
        with pytest.raises(EngineUnavailable, match="asterisk"):
            await call.transfer(HandOver("service", "we broke"))
        await call.hang_up()
        await call.gone()
        assert not await exchange.is_healthy()
        dialled.close()
        caller.is_registered = False


@pytest.mark.parametrize("payload", [0, 8])
async def test_a_phone_hears_itself_through_echo(tmp_path: Path, payload: int) -> None:
    async with lab(tmp_path) as ready, ready.phone(line=Line(payload=payload)) as caller:
        for _ in range(5):  # a stall of ours spoils one call, and not the line
            call = await caller.call("echo")
            spoken_s = call.audio.say(b"\x00\x20\x00\xe0" * 4000)

            heard_s = await call.audio.hears_sound(0.1)
            await call.audio.hears_silence(0.5)  # a shorter one may be a stall
            await call.hang_up()
            found_s = heard_s - spoken_s, sounding_s(call.audio.heard_pcm())
            if found_s == pytest.approx((0.0, 1.0), abs=0.1):
                break

        assert found_s == pytest.approx((0.0, 1.0), abs=0.1)


async def test_a_phone_with_a_wrong_password_is_not_registered(tmp_path: Path) -> None:
    async with lab(tmp_path) as ready:
        registrar = ("127.0.0.1", ready.settings.telephony.sip_port)

        with pytest.raises(EngineRejected, match="registration of 7001"):
            async with phone("7001", "wrong", registrar):
                pass


def _stranger(ready: Lab) -> AbstractAsyncContextManager[Phone]:
    """Give a phone that calls without having signed on, so that it need not sign off."""
    line = ready.settings.telephony
    password = sip_password(ready.settings.state_dir, "7001")
    return phone("7001", password, (line.sip_host, line.sip_port), register=False)


async def test_calls_outlive_our_orderly_end_and_asterisk_ends_after_the_last(
    tmp_path: Path,
) -> None:
    async with AsyncExitStack() as at_home:
        async with lab(tmp_path) as ready:
            call = await (await at_home.enter_async_context(_stranger(ready))).call("echo")
        orphan = os.pidfd_open(ready.asterisk.pid)
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(orphan, ended.set)

        call.audio.say(tone(800, 1))
        await asyncio.wait_for(call.audio.hears_sound(0.5), 30)
        assert not ended.is_set()
        await call.hang_up()

        await asyncio.wait_for(ended.wait(), 30)
        loop.remove_reader(orphan)
        os.close(orphan)


async def test_an_asterisk_on_its_way_out_is_adopted_and_takes_calls_again(tmp_path: Path) -> None:
    async with AsyncExitStack() as at_home:
        async with lab(tmp_path) as first:
            handset = await at_home.enter_async_context(_stranger(first))
            await handset.call("echo")

        async with running(first.settings, binary()) as second:
            other = await asyncio.wait_for(handset.call("echo"), 30)

            assert second.adopted
            assert second.pid == first.asterisk.pid
            assert other.is_up
            await at_home.aclose()  # hangs up, so that nothing is left to wait for
