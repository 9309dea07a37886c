"""What a test does when a tool it needs is not there: skip on a laptop, fail in CI.

A test that is skipped in CI proves nothing while the build looks green; `CI=true` (set by
`.ci/run`) therefore turns every such skip into a failure.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]


def absent(what: str, remedy: str = "Run `make setup`.") -> NoReturn:
    """End the running test because `what` is not there: skipped, or failed when CI=true."""
    message = f"{what} is not here. {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def program(name: str, remedy: str = "Run `make setup`.") -> Path:
    """Give the path of a program; ends the test when it is not installed."""
    found = shutil.which(name)
    return Path(found) if found else absent(f"the program {name}", remedy)


def path(relative: str, remedy: str = "Run `make setup`.") -> Path:
    """Give the absolute path of a file or folder of the project; ends the test without it."""
    wanted = ROOT / relative
    return wanted if wanted.exists() else absent(relative, remedy)
