"""A call is recorded: caller left, hotline right, in step, to the end, whatever we do."""

import asyncio
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from numpy.typing import NDArray

from ivr.domain import Digit, HandOver
from ivr.telephony import recordings
from ivr.telephony.exchange import AsteriskExchange
from tests.asterisk import Lab, lab
from tests.line_ends import hotline, pitch_hz, tone

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

CALLER_HZ, HOTLINE_HZ, AGENT_HZ = 800, 440, 1000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    """One Asterisk for all tests of this file."""
    folder = Path(tmp_path_factory.mktemp("asterisk"))
    async with lab(folder, heartbeat_s=0.5) as running:
        yield running


def folder(asterisk: Lab) -> Path:
    return asterisk.settings.recording.directory


def sides(file: Path) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Read a stereo WAV."""
    with wave.open(str(file)) as read:
        assert (read.getnchannels(), read.getframerate(), read.getsampwidth()) == (2, 8000, 2)
        both = np.frombuffer(read.readframes(read.getnframes()), "<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


def starts_s(side: NDArray[np.int16], hz: float) -> float:
    """Give the second at which a tone of this pitch begins."""
    for start in range(0, len(side) - 800, 40):
        piece = side[start : start + 800]
        if abs(piece[:80]).max() > 1000 and abs(pitch_hz(piece) - hz) < 30:
            return start / 8000
    pytest.fail(f"no tone of {hz} Hz")


def sound_begins_s(side: NDArray[np.int16]) -> list[float]:
    """Give the seconds at which a sound begins behind a fifth of a second of silence."""
    loud = np.flatnonzero(np.abs(side.astype(int)) > 1000)
    return [int(at) / 8000 for at in loud[np.diff(loud, prepend=-8000) > 1600]]


async def ended(exchange: AsteriskExchange, call_id: str, where: Path) -> Path:
    """Give the recording of a call that has ended, once it is finished."""
    async with asyncio.timeout(30):
        while not (where / f"{call_id}.wav").exists():
            await exchange.is_healthy()
    return where / f"{call_id}.wav"


async def test_both_sides_are_kept_in_step_as_the_caller_heard_them(asterisk: Lab) -> None:
    async with asyncio.timeout(60), hotline(asterisk) as exchange, asterisk.phone() as caller:
        dialled = await caller.dial("95000")
        call = await anext(aiter(exchange.calls()))
        media = await call.answer()
        await dialled.answered()
        await dialled.audio.hears_silence(0.3)
        said_s = dialled.audio.say(tone(CALLER_HZ, 0.5))
        await media.play(tone(HOTLINE_HZ, 0.5))
        heard_s = await dialled.audio.hears_sound(0.06)
        await dialled.audio.hears_silence(0.3)
        await call.hang_up()

        left, right = sides(await ended(exchange, call.info.call_id, folder(asterisk)))

    recorded_s = starts_s(right, HOTLINE_HZ) - starts_s(left, CALLER_HZ)
    assert recorded_s == pytest.approx(heard_s - said_s, abs=0.06)


async def test_pressed_keys_do_not_make_the_recording_shorter(asterisk: Lab) -> None:
    noise = np.random.default_rng(3).integers(-8000, 8000, (2, 4000)).astype("<i2")
    async with asyncio.timeout(60), hotline(asterisk) as exchange, asterisk.phone() as caller:
        dialled = await caller.dial("95000")
        call = await anext(aiter(exchange.calls()))
        media = await call.answer()
        await dialled.answered()
        first_s = dialled.audio.say(noise[0].tobytes())
        dialled.audio.press("202688")
        last_s = dialled.audio.say(noise[1].tobytes())
        await dialled.audio.said_all()
        keys = 0
        async for event in media:
            keys += isinstance(event, Digit)
            if keys == 6:
                break
        await dialled.audio.hears_silence(0.5)
        await call.hang_up()

        left, _ = sides(await ended(exchange, call.info.call_id, folder(asterisk)))

    begins = sound_begins_s(left)
    # A machine that stalls delivers late, and the clock is that of what was delivered.
    assert begins[-1] - begins[0] == pytest.approx(last_s - first_s, abs=0.15)


async def test_the_recording_goes_on_while_caller_and_agent_talk(asterisk: Lab) -> None:
    async with (
        asyncio.timeout(60),
        hotline(asterisk) as exchange,
        asterisk.phone("6001") as agent,
        asterisk.phone() as caller,
    ):
        dialled = await caller.dial("95000")
        call = await anext(aiter(exchange.calls()))
        await call.answer()
        await call.transfer(HandOver("service", "asked"))
        talking = await agent.rings()
        await dialled.audio.hears_silence(0.3)
        dialled.audio.say(tone(CALLER_HZ, 0.5))
        talking.audio.say(tone(AGENT_HZ, 0.5))
        await dialled.audio.hears_sound(0.3)
        await dialled.audio.hears_silence(0.3)
        await dialled.hang_up()

        left, right = sides(await ended(exchange, call.info.call_id, folder(asterisk)))

    assert starts_s(left, CALLER_HZ) == pytest.approx(starts_s(right, AGENT_HZ), abs=0.1)


async def test_the_recording_survives_our_death_and_is_finished_afterwards(asterisk: Lab) -> None:
    async with asyncio.timeout(60), asterisk.phone("6001") as agent, asterisk.phone() as caller:
        async with hotline(asterisk) as exchange:
            dialled = await caller.dial("95000")
            call = await anext(aiter(exchange.calls()))
            await (await call.answer()).play(tone(HOTLINE_HZ, 30))
            await dialled.answered()
            await dialled.audio.hears_sound(0.3)
        talking = await agent.rings()
        await talking.answered()
        talking.audio.say(tone(AGENT_HZ, 1))
        await talking.audio.said_all()
        await dialled.hang_up()

        async with hotline(asterisk) as exchange:
            _, right = sides(await ended(exchange, call.info.call_id, folder(asterisk)))

    assert starts_s(right, HOTLINE_HZ) < starts_s(right, AGENT_HZ)


async def test_a_recording_that_was_cut_in_a_sample_is_still_a_recording(tmp_path: Path) -> None:
    raw = tmp_path / "1.1.raw"
    raw.write_bytes(b"\x01\x00\x02\x00" * 100 + b"\x01\x00\x02")

    left, right = sides(recordings.finish(raw))

    assert (set(left), set(right), len(left)) == ({1}, {2}, 100)
    assert not raw.exists()


async def test_calls_that_still_go_on_are_left_alone(tmp_path: Path) -> None:
    for name in ("1.1.raw", "1.2.raw", "1.3.wav"):
        (tmp_path / name).touch()

    assert recordings.unfinished(tmp_path, {"1.1"}) == [tmp_path / "1.2.raw"]
