"""A test that needs its second try begins it from nothing."""

import subprocess
import sys
from pathlib import Path

from tests.needs import ROOT

FILE = """
import pytest

made = {"session": 0, "module": 0}

@pytest.fixture(scope="session")
def engine():
    made["session"] += 1
    yield {"is_broken": False}

@pytest.fixture(scope="module")
def calls(engine):
    made["module"] += 1
    yield engine
    if engine["is_broken"]:
        raise RuntimeError("cannot be ended well")

def test_one(calls):
    assert not calls["is_broken"]

def test_two(calls):
    assert not calls["is_broken"]
    calls["is_broken"] = made["session"] == 1
    assert not calls["is_broken"]

def test_three(calls):
    assert made == {"session": 2, "module": 2}
    assert not calls["is_broken"]
"""


def test_fixtures_that_the_first_try_broke_are_made_again(tmp_path: Path) -> None:
    (tmp_path / "test_file.py").write_text(FILE)
    plugin = ("-p", "tests.second_try", "-p", "no:cacheprovider", "-c", "/dev/null")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "3 passed, 1 rerun" in done.stdout, done.stdout
