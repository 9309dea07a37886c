"""A sitting of `ivr flows try`: one call after another with flows that may change meanwhile."""

import json
import os
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console

from ivr.cli.trial_shown import as_json, show_caller, show_turn
from ivr.cli.typed import typed_lines
from ivr.dialog.compile import training_version
from ivr.dialog.flows import FlowSet, load_flows
from ivr.dialog.http_lookup import open_http_lookups
from ivr.dialog.make import today
from ivr.dialog.trial import Caller, Trial, TrialCall, TrialTurn, is_trained, on_trial
from ivr.dialog.trial_input import caller_input
from ivr.dialog.watching import WatchedFolder
from ivr.domain import CallerInput, Happening, Language, Opening, OpeningKind, Then
from ivr.errors import ConfigError, EngineError

HINT: Final = """\
Type what a caller says: words, ?words that are heard badly, #1234 for keys, an empty line for
silence. Further:
  :again  a new call        :lang zh  in Mandarin            :from 7001  from this number
  :noise  a noise           :busy  nobody takes the call     :quit
"""
_HAPPENINGS: Final = {":noise": Happening.UNHEARD, ":busy": Happening.AGENT_UNAVAILABLE}
_LEAVE: Final = frozenset({":quit", ":q", ":exit", "quit"})
_RELOAD: Final = frozenset({":reload", "reload"})


@dataclass(frozen=True)
class Sitting:
    """What is tried, and who calls."""

    flows_dir: Path
    state_dir: Path
    number: str
    language: Language
    offered: tuple[str, ...]
    as_json: bool

    @property
    def caller(self) -> Caller:
        """Who calls."""
        kinds = (OpeningKind.ASK, OpeningKind.OFFER, OpeningKind.OFFER_TWO)
        opening = Opening(kinds[min(len(self.offered), 2)], self.offered)
        return Caller(self.number, self.language, opening)


class Talk:
    """Reads lines, has them answered, shows the answers."""

    def __init__(self, sitting: Sitting) -> None:
        self._sitting = sitting
        self._console = Console(highlight=False, stderr=sitting.as_json)
        self._folder = WatchedFolder(sitting.flows_dir)
        self._mind, self._line = AsyncExitStack(), AsyncExitStack()
        self._trial: Trial | None = None
        self._call: TrialCall | None = None
        self._hears = sitting.language

    async def run(self) -> None:
        """Greet, then answer line after line until there are no more.

        Raises ConfigError for broken flows and EngineError where Rasa does not start.
        """
        async with self._mind:
            await self._start(load_flows(self._sitting.flows_dir))
            async with self._line:
                if sys.stdin.isatty():
                    self._console.print(HINT, style="dim", markup=False)
                await self._begin()
                async for line in typed_lines("  caller  "):
                    if line.strip() in _LEAVE:
                        return
                    await self._do(line)

    async def _do(self, line: str) -> None:
        await self._follow_the_files()
        name, _, rest = line.strip().partition(" ")
        if name in _HAPPENINGS:
            await self._take(line, _HAPPENINGS[name])
        elif name in _RELOAD:
            self._note("Every save is noticed by itself; the files are as they were.")
        elif name.startswith(":"):
            await self._command(name, rest.strip())
        else:
            await self._take(line, caller_input(line, self._hears))

    async def _command(self, name: str, rest: str) -> None:
        if name == ":lang" and rest in list(Language):
            self._sitting = replace(self._sitting, language=Language(rest))
        elif name == ":from":
            self._sitting = replace(self._sitting, number=rest)
        elif name != ":again":
            self._console.print(HINT, style="yellow", markup=False)
            return
        await self._begin()

    # --- calls ---------------------------------------------------------------------------

    async def _begin(self) -> None:
        """Hang up and call anew."""
        assert self._trial is not None
        await self._line.aclose()
        caller = self._sitting.caller
        self._call = await self._line.enter_async_context(self._trial.calling(caller))
        self._show(None, await self._call.begin(caller))

    async def _take(self, line: str, said: CallerInput) -> None:
        assert self._call is not None
        if not sys.stdin.isatty() and not self._sitting.as_json:
            show_caller(self._console, line)
        try:
            turn = await self._call.take(said)
        except EngineError as error:
            self._note(f"{error} A new call begins.", style="red")
            await self._begin()
            return
        self._show(line, turn)
        if turn.reply.then is Then.HANG_UP:
            self._note("The call has ended; the next one begins.")
            await self._begin()
        elif turn.reply.then is Then.HAND_OVER:
            self._note("A person takes over. :busy if nobody does, :again for a new call.")

    def _show(self, line: str | None, turn: TrialTurn) -> None:
        self._hears = turn.reply.listening.language
        if self._sitting.as_json:
            sys.stdout.write(json.dumps(as_json(line, turn), ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            show_turn(self._console, turn)

    # --- flows ---------------------------------------------------------------------------

    async def _start(self, flows: FlowSet) -> None:
        known = is_trained(flows, self._sitting.state_dir)
        doing = "Starting Rasa" if known else "Teaching the examples (half a minute), then Rasa"
        with self._console.status(f"{doing} …"):
            http = await self._mind.enter_async_context(open_http_lookups(os.environ))
            mind = on_trial(flows, self._sitting.state_dir, today, http=http)
            self._trial = await self._mind.enter_async_context(mind)

    async def _follow_the_files(self) -> None:
        """Take over what was saved since the last turn; a broken file changes nothing."""
        assert self._trial is not None
        if not self._folder.has_changed():
            return
        try:
            flows = load_flows(self._sitting.flows_dir)
        except ConfigError as error:
            self._note(f"{error} Until it is mended, the flows stay as they were.", style="red")
            return
        if flows.version == self._trial.flows.version:
            return
        if training_version(flows) == training_version(self._trial.flows):
            self._trial.use(flows)
            self._note("The files have changed: the next sentence is the new one.")
            return
        self._note("The examples have changed: they are taught, and a new call begins.")
        await self._line.aclose()
        await self._mind.aclose()
        await self._start(flows)
        await self._begin()

    def _note(self, text: str, style: str = "yellow") -> None:
        self._console.print(f"          {text}", style=style, markup=False, soft_wrap=True)
