"""What is made beside the calls: in a process of its own, which gives way to everything else.

The hotline asks with `made_by`, the process answers with `answer`. One line of JSON goes in and
one comes out; standard input stays open meanwhile, so that the process, and whatever it has
started, ends with the hotline even when that is killed.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from ivr.errors import EngineRejected, EngineTimeout, IvrError

Json = dict[str, Any]  # JSON

_NICE: Final = 19
"""The least: on a busy core it gets 15 parts of the time where a call gets 1024 (sched(7))."""
# One thread each: every further one would take a core from the calls.
_ONE_THREAD: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


async def made_by(module: str, order: Json, *, engine: str, deadline_s: float) -> Json:
    """Have a module of ours make something; `engine` is named in errors.

    Raises EngineRejected with the reason when it cannot, EngineTimeout when it takes too long.
    Whoever is cancelled here ends the process.
    """
    process = await asyncio.create_subprocess_exec(
        # By a program of its own, so that loading libraries gives way, too.
        *("nice", "-n", str(_NICE), sys.executable, "-m", module),
        env={**os.environ, **_ONE_THREAD},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # A group of its own: it can be ended with all that it has started, and Ctrl-C in our
        # terminal is ours to pass on.
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(deadline_s):
            process.stdin.write(json.dumps(order).encode() + b"\n")
            said = await process.stdout.read()
            status = await process.wait()
    except TimeoutError as error:
        raise EngineTimeout(engine, f"nothing was made within {deadline_s:.0f} s") from error
    except ConnectionError as error:
        raise EngineRejected(engine, "the process that should make it ended at once") from error
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    return _told(said, status, engine)


def _told(said: bytes, status: int, engine: str) -> Json:
    try:
        told: Json = json.loads(said)
    except ValueError as error:
        problem = f"the process that should make it broke (status {status})"
        raise EngineRejected(engine, problem) from error
    if "problem" in told:
        raise EngineRejected(engine, str(told["problem"]))
    return dict(told["made"])


def answer(make: Callable[[Json], Json]) -> None:
    """In the process: take the order, make it, and answer; what goes wrong is the answer, too."""
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_hotline, daemon=True).start()
    told: Json
    try:
        told = {"made": make(order)}
    except IvrError as error:
        told = {"problem": str(error)}
    except Exception as error:  # noqa: BLE001  # the border of the process: the hotline is told
        told = {"problem": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()


def _end_with_the_hotline() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)
