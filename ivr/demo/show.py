"""Runs the demonstration: a private hotline, an agent's phone, three callers, and the proof.

Everything happens on loopback, on free ports and in a folder of its own, so that it never gets
in the way of a hotline that serves people on the same machine.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from ivr import app
from ivr.audio.wav import write_wav
from ivr.config import Settings
from ivr.demo.calls import CALLS, DemoCall
from ivr.domain import CallInfo, CallRecord, Turn
from ivr.sim.caller import CallerGaveUp, calling
from ivr.sim.phone import Phone, phone
from ivr.web.sheet import render_sheet
from ivr.web.status import password_file

CALLER: Final = "7001"
AGENT: Final = "6001"
_RECORDED_WITHIN_S: Final = 5.0
_LONGEST_CALL_S: Final = 90.0


@dataclass(frozen=True)
class Shown:
    """What came of one call; `faults` is empty when all was right."""

    call: DemoCall
    faults: list[str]
    folder: Path
    waits_s: list[float]


class LiveView:
    """Shows what is said while it is said, and keeps the turns for the proof."""

    def __init__(self, show: Callable[[Turn], None]) -> None:
        self._show = show
        self.turns: dict[str, list[Turn]] = {}
        self.records: asyncio.Queue[CallRecord] = asyncio.Queue()

    def call_began(self, info: CallInfo) -> None:
        """Begin a new list of turns."""
        self.turns[info.call_id] = []

    def said(self, call_id: str, turn: Turn) -> None:
        """Show and keep a turn."""
        self.turns[call_id].append(turn)
        self._show(turn)

    def call_ended(self, record: CallRecord) -> None:
        """Hand the record to whoever waits for it."""
        self.records.put_nowait(record)


async def show_all(
    settings: Settings,
    out: Path,
    *,
    progress: Callable[[str], None],
    announce: Callable[[DemoCall], None],
    show: Callable[[Turn], None],
) -> list[Shown]:
    """Start the hotline, play every call, keep its recording, record and sheet under `out`."""
    view = LiveView(show)
    async with AsyncExitStack() as stack:
        hotline = await stack.enter_async_context(app.running(settings, progress, view))
        caller = await stack.enter_async_context(_phone(settings, CALLER))
        agent = await stack.enter_async_context(_phone(settings, AGENT))
        shown = []
        for call in CALLS:
            announce(call)
            shown.append(await _play(call, hotline, view, (caller, agent), out / call.name))
        return shown


async def _play(
    call: DemoCall, hotline: app.Hotline, view: LiveView, phones: tuple[Phone, Phone], folder: Path
) -> Shown:
    faults: list[str] = []
    async with calling(phones[0], call.number, call.language) as caller:
        try:
            async with asyncio.timeout(_LONGEST_CALL_S):
                await call.play(caller, phones[1])
        except CallerGaveUp as gave_up:
            faults.append(str(gave_up))
        except TimeoutError:
            faults.append(f"the call took longer than {_LONGEST_CALL_S:.0f} s")
    record = await asyncio.wait_for(view.records.get(), 10)
    turns = view.turns[record.call_id]
    faults += call.faults(record, turns)
    recording = await _recording(hotline.settings, record.call_id)
    if recording is None:
        faults.append("there is no recording")
        # What the phone sent and heard shows as much.
        recording = hotline.settings.state_dir / "phone.wav"
        write_wav(recording, caller.audio.said_pcm().tobytes(), caller.audio.heard_pcm().tobytes())
    keep(folder, record, turns, recording)
    waits = [turn.silence_s for turn in turns if turn.silence_s is not None]
    return Shown(call, faults, folder, waits)


def keep(folder: Path, record: CallRecord, turns: Sequence[Turn], recording: Path) -> None:
    """Write the recording, the record and the call sheet of one call into its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    wav = folder / "call.wav"
    wav.write_bytes(recording.read_bytes())
    content = {"call": asdict(record), "turns": [asdict(turn) for turn in turns]}
    text = json.dumps(content, ensure_ascii=False, indent=2, default=str)
    (folder / "record.json").write_text(text + "\n", "utf-8")
    (folder / "sheet.html").write_text(render_sheet(record, turns, wav), "utf-8")


async def _recording(settings: Settings, call_id: str) -> Path | None:
    """Wait for the exchange to finish the call's recording."""
    file = settings.recording.directory / f"{call_id}.wav"
    for _ in range(round(_RECORDED_WITHIN_S / 0.1)):
        if file.exists():
            return file
        await asyncio.sleep(0.1)  # a file is no event
    return None


def _phone(settings: Settings, extension: str) -> AbstractAsyncContextManager[Phone]:
    secret = password_file(settings, extension).read_text("utf-8").strip()
    return phone(extension, secret, (settings.telephony.sip_host, settings.telephony.sip_port))
