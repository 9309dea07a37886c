"""Training without waiting for Rasa to start: in a fork of the Rasa that serves calls.

`rasa train` spends ten seconds on loading libraries before it looks at the first example
(tensorflow 6 s, skops 3 s); training the starter flows takes two. A serving Rasa has loaded them,
and a fork of it shares them. The fork keeps none of its parent's connections, runs after
everything else (nice), and dies with its parent.

`python hotline_workshop.py PROJECT NAME` trains in a process of its own, for where no Rasa serves.
"""

import asyncio
import ctypes
import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import structlog
from rasa.model_training import train

PROJECTS = Path("projects")
LOG = "training.log"
DEADLINE_S = 300.0
_NICE = 10
_PR_SET_PDEATHSIG = 1  # prctl(2)


def teach(project: Path, name: str) -> None:
    """Train the project of a folder into `models/NAME.tar.gz` in it; raises what goes wrong."""
    # Rasa writes every rule it tries at this level, which costs half of the time.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    os.chdir(project)
    result = train("domain.yml", "config.yml", ["data"], output="models", fixed_model_name=name)
    if result.code:
        raise SystemExit(result.code)


async def teach_in_a_fork(project: Path, name: str) -> bool:
    """Train as `teach` does while this process goes on; whether it went well.

    What it prints is in `training.log` of the project.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _be_the_fork(project, name)
    ended = asyncio.get_running_loop().run_in_executor(None, os.waitpid, pid, 0)
    try:
        await asyncio.wait({ended}, timeout=DEADLINE_S)
    finally:
        if not ended.done():
            os.kill(pid, signal.SIGKILL)
    _, status = await ended
    return os.waitstatus_to_exitcode(status) == 0


def _be_the_fork(project: Path, name: str) -> None:
    """Train and end; nothing of the parent may happen here, least of all its way out."""
    status = 1
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        output = os.open(project / LOG, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        _give_way()
        teach(project, name)
        status = 0
    except BaseException:  # noqa: BLE001 - it is told, and the fork ends whatever it is
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _give_way() -> None:
    """Take the processor only where calls leave it.

    Linux shares it out between sessions first and looks at `nice` only within one
    (`sched_autogroup`): so a session of its own, which gives way as a whole.
    """
    os.setsid()
    os.nice(_NICE)
    with suppress(OSError):  # another kernel
        Path("/proc/self/autogroup").write_text(str(_NICE), "ascii")


if __name__ == "__main__":
    teach(Path(sys.argv[1]).absolute(), sys.argv[2])
