"""Keeps numpy to one thread, for commands that multiply many small matrices."""

import os


def one_thread() -> None:
    """Let matrix products run on one core; call it before numpy is imported.

    Splitting products of a few hundred rows over cores costs more than it gains, and on a busy
    machine the threads wait for each other: a backtest took 150 s instead of 34 s (2 cores, load
    6, numpy 2.4 with OpenBLAS, November 2026). Has no effect where numpy is loaded already, and
    leaves alone what the user has set.
    """
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
