"""The wheel `vosk`, loaded so that its arithmetic fits the processor.

The OpenBLAS inside it is older than AMD's processors with AVX-512 (Zen 4 and later): it takes them
for the first Zen and leaves half the width of their arithmetic unused. Its kernels for Intel's
processors of that kind run there too, and save 10 to 20 % of what recognising costs (November
2026, an EPYC of family 25, sentences in the open).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_CHOICE: Final = "OPENBLAS_CORETYPE"
_NEEDED: Final = frozenset({"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"})
_CPUINFO: Final = Path("/proc/cpuinfo")


def better_kernels(cpuinfo: str) -> str | None:
    """Name the kernels that fit a processor better than what the wheel would choose, if any do.

    `cpuinfo` is the text of /proc/cpuinfo.
    """
    found: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        found.setdefault(name.strip(), value.strip())
    is_wide = set(found.get("flags", "").split()) >= _NEEDED
    return "SKYLAKEX" if is_wide and found.get("vendor_id") == "AuthenticAMD" else None


@contextmanager
def fitting_kernels(cpuinfo: Path = _CPUINFO) -> Iterator[None]:
    """Let OpenBLAS choose well while it is loaded; what the environment says already, counts."""
    kernels = better_kernels(cpuinfo.read_text("utf-8")) if cpuinfo.exists() else None
    if kernels is None or _CHOICE in os.environ:
        yield
        return
    os.environ[_CHOICE] = kernels
    try:
        yield
    finally:
        del os.environ[_CHOICE]  # other programs' OpenBLAS chooses for itself


with fitting_kernels():
    import vosk

__all__ = ["better_kernels", "fitting_kernels", "vosk"]
