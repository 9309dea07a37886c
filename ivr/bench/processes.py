"""What the hotline's processes cost: CPU seconds and memory, by role, from /proc."""

import os
import resource
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """CPU seconds used so far and memory now, in MB."""

    cpu_s: float
    rss_mb: float


def costs(root: int) -> dict[str, Cost]:
    """Give the cost of a process and its descendants, summed by role."""
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for pid in family(root):
        try:
            fields = _stat(pid)
            role = _role(pid)
        except OSError:
            continue  # it has just ended
        sums[role][0] += (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND
        sums[role][1] += int(fields[21]) * _PAGE / 1e6
    return {role: Cost(round(cpu, 2), round(rss, 1)) for role, (cpu, rss) in sums.items()}


def phones_cpu_s() -> float:
    """Give the CPU seconds of the phones that have ended: children of ours that we waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def busy_s(stat: str | None = None) -> float:
    """Give the CPU seconds that all cores together have been busy since the machine started.

    `stat` is the text of /proc/stat, read when it is not given.
    """
    text = Path("/proc/stat").read_text() if stat is None else stat
    ticks = [int(each) for each in text.split("\n", 1)[0].split()[1:9]]
    idle = ticks[3] + ticks[4]  # waiting for a disk is idle, too
    return (sum(ticks) - idle) / _TICKS_A_SECOND


def family(root: int) -> set[int]:
    """Give the ids of a process and all its descendants."""
    parents, members = _parents(), {root}
    while grown := {pid for pid, parent in parents.items() if parent in members} - members:
        members |= grown
    return members


def _role(pid: int) -> str:
    command = (
        Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    )
    for mark, role in (("asterisk", "asterisk"), ("rasa", "rasa"), ("tts", "voice")):
        if mark in command:
            return role
    return "hotline" if "ivr" in command else "voice"


def _stat(pid: int) -> list[str]:
    # The name in brackets may hold blanks; the fields after it are numbered from "state" = 0.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found[int(folder.name)] = int(_stat(int(folder.name))[1])
            except (OSError, IndexError):
                continue
    return found
