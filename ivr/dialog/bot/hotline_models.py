"""Several trained models in one Rasa, so that calls end on the flows they began with.

Rasa serves one model and can replace it, for running conversations too. Ours lie side by side,
by name: a call names its model with every turn. A second model takes 0.4-1 s to load and some
megabytes, because all that is heavy (half a gigabyte of libraries, ten seconds) is there already;
a second Rasa would cost both again while calls are being served (measured November 2026).

Files: `models/NAME.tar.gz` in the folder in which Rasa runs. A model that is asked for and not
loaded is loaded then, so that a Rasa which was started again knows all it knew.
"""

import asyncio
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from hotline_store import LiveTrackerStore
from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.domain import Domain

FOLDER = Path("models")
SWITCH_S = 0.0005
_NAME = re.compile(r"[a-z0-9_]{1,40}")


class UnknownModel(Exception):
    """There is no such model here."""


class Models:
    """Agents by the names of their models."""

    def __init__(self) -> None:
        self._agents: dict[str, Agent] = {}
        self._loading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def agent(self, name: str, first: Agent) -> Agent:
        """Give the agent with a model, loaded if need be; `first` is Rasa's own.

        Without a name it is Rasa's own. Raises UnknownModel.
        """
        if not name or name == model_of(first):
            return first
        if name not in self._agents:
            async with self._loading[name]:
                if name not in self._agents:
                    file = model_file(name)
                    self._agents[name] = await _in_a_thread(_load, file, first)
        return self._agents[name]

    def loaded(self, name: str, first: Agent) -> Agent | None:
        """Give the agent with a model if it is there already."""
        return first if not name or name == model_of(first) else self._agents.get(name)

    def drop(self, name: str) -> None:
        """Forget a model and all conversations with it."""
        self._agents.pop(name, None)
        self._loading.pop(name, None)


def model_of(agent: Agent) -> str:
    """The name of an agent's model."""
    return str(agent.processor.model_filename).removesuffix(".tar.gz")


def is_name(name: object) -> bool:
    """Whether this may name a model: it becomes a part of paths."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def model_file(name: str) -> Path:
    """Where a model is; raises UnknownModel."""
    file = FOLDER / f"{name}.tar.gz"
    if not is_name(name) or not file.exists():
        raise UnknownModel(f"there is no model {name!r:.60}")
    return file


async def _in_a_thread(work: Callable[[Path, Agent], Agent], file: Path, first: Agent) -> Agent:
    """Work while the turns of other calls are answered.

    The thread that answers them asks for the interpreter dozens of times a turn, and waits up to
    the switch interval each time: 5 ms by default, a tenth of that here.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        return await asyncio.get_running_loop().run_in_executor(None, work, file, first)
    finally:
        sys.setswitchinterval(usual)


def _load(file: Path, first: Agent) -> Agent:
    return Agent.load(
        file,
        tracker_store=LiveTrackerStore(Domain.empty()),
        lock_store=InMemoryLockStore(),
        action_endpoint=first.action_endpoint,
    )
