"""What else the machine did while something was measured: without it a latency says nothing."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ivr.bench.processes import Cost, costs

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
LAG_STEP_S = 0.01


@dataclass(frozen=True)
class Used:
    """CPU seconds so far: of all cores, of this process, of Rasa."""

    all_s: float
    stolen_s: float
    ours_s: float
    rasa_s: float

    @classmethod
    def now(cls) -> "Used":
        """Read the counters."""
        fields = [int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        user, nice, system, _, _, irq, soft_irq, stolen = fields[:8]
        times = os.times()
        rasa = costs(os.getpid()).get("rasa", Cost(0.0, 0.0))
        return cls(
            (user + nice + system + irq + soft_irq) / TICKS_A_SECOND,
            stolen / TICKS_A_SECOND,
            times.user + times.system,
            rasa.cpu_s,
        )


@dataclass
class Shares:
    """Cores in use, summed over stretches of a run."""

    seconds: float = 0.0
    used: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0, 0.0])

    def add(self, before: Used, after: Used, seconds: float) -> None:
        """Count one stretch."""
        self.seconds += seconds
        pairs = zip(_fields(before), _fields(after), strict=True)
        grown = [late - early for early, late in pairs]
        self.used = [kept + more for kept, more in zip(self.used, grown, strict=True)]

    def told(self) -> str:
        """Give the shares of a core, ours first, then what others took from us."""
        every, stolen, ours, rasa = (each / self.seconds for each in self.used)
        others = max(0.0, every - ours - rasa)
        return (
            f"cores used: this process {ours:.2f}, Rasa {rasa:.2f}, others {others:.2f}, "
            f"stolen {stolen:.2f} of {os.cpu_count()}"
        )


def _fields(used: Used) -> tuple[float, ...]:
    return used.all_s, used.stolen_s, used.ours_s, used.rasa_s


@asynccontextmanager
async def lag_watched() -> AsyncIterator[list[float]]:
    """Note how late the event loop woke up, in ms, ten times in each 0.1 s; by the loop's clock."""
    late_ms: list[float] = []

    async def watch() -> None:
        now = asyncio.get_running_loop().time
        while True:
            asked = now()
            await asyncio.sleep(LAG_STEP_S)
            late_ms.append(1000 * (now() - asked - LAG_STEP_S))

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(watch())
        yield late_ms
        watching.cancel()
