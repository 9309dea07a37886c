"""What the figures of a bench were measured on."""

import os
import platform


def machine() -> dict[str, object]:
    """Give cores, load of the last minute, kind of machine and Python's version."""
    return {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
