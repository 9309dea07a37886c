"""Lines that somebody types, without stopping the event loop; standard input works as well."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager


async def typed_lines(prompt: str) -> AsyncIterator[str]:
    """Give one line after another until the end of the input; asks with `prompt` at a terminal.

    The next line is asked for when the one before has been dealt with.
    """
    wanted = threading.Semaphore(0)
    lines: asyncio.Queue[str | None] = asyncio.Queue(maxsize=1)
    loop = asyncio.get_running_loop()

    def read() -> None:
        # A daemon: nothing can end a wait for the keyboard, and Ctrl-C must end the program.
        while True:
            wanted.acquire()
            line = _next_line(prompt)
            loop.call_soon_threadsafe(lines.put_nowait, line)
            if line is None:
                return

    threading.Thread(target=read, name="keyboard", daemon=True).start()
    with _terminal_as_it_was():
        while True:
            wanted.release()
            line = await lines.get()
            if line is None:
                return
            yield line


def _next_line(prompt: str) -> str | None:
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None
    try:
        return input(prompt)
    except EOFError:
        return None


@contextmanager
def _terminal_as_it_was() -> Iterator[None]:
    """Put the terminal back: a line editor that is left in the middle switches echo off."""
    if not sys.stdin.isatty():
        yield
        return
    import readline  # noqa: F401  # lets `input` edit a line and remember the last ones
    import termios  # not on every system

    before = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
