"""Loads a model in a process of its own: what would bring the hotline down ends only this.

Run as `python -m ivr.asr.models_probe FOLDER`; `probe` does that and says how it went.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

from ivr.errors import ConfigError, Place

_DEADLINE_S: Final = 120.0  # a 2 GB model on a slow disk


def probe(model: Path) -> None:
    """Load a model and decode a second of silence. Raises ConfigError when it cannot."""
    command = [sys.executable, "-m", "ivr.asr.models_probe", str(model)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_DEADLINE_S)  # noqa: S603  # our own interpreter
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        problem = "passes the checks of its files, but Vosk cannot decode with it."
        raise ConfigError(
            problem, f"Run `ivr models get {model.name} --again`.", Place(model)
        ) from error


def main() -> None:
    """Load the model named on the command line; any failure is the exit status."""
    from ivr.asr.models import inspect  # noqa: PLC0415  # `probe` needs neither
    from ivr.asr.vosk import VoskRecognizer  # noqa: PLC0415
    from ivr.domain import Language  # noqa: PLC0415

    VoskRecognizer({Language.EN: inspect(Path(sys.argv[1]))}, threads=1).close()


if __name__ == "__main__":
    main()
