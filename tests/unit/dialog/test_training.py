"""Where a model is trained, and what is left of it. Rasa itself is in the integration tests."""

import asyncio
from pathlib import Path

import pytest

from ivr.dialog.server import model_file, train
from ivr.errors import EngineUnavailable
from tests.unit.dialog.talk import starter_flows

LEARNS = """#!/bin/sh
mkdir "$2/models" && echo model >"$2/models/$3.tar.gz"
"""
"""Called as Rasa's python is: script, project, version. Refuses a project that another one uses."""
FAILS = """#!/bin/sh
echo the rules contradict each other
exit 1
"""


def environment(folder: Path, python: str) -> Path:
    programs = folder / "rasa" / "bin"
    programs.mkdir(parents=True)
    for name in ("rasa", "python"):
        (programs / name).write_text(python)
        (programs / name).chmod(0o755)
    return programs.parent


async def test_two_trainings_of_one_version_do_not_disturb_each_other(tmp_path: Path) -> None:
    flows, rasa, state = starter_flows(), environment(tmp_path, LEARNS), tmp_path / "var"

    models = await asyncio.gather(*(train(flows, state, rasa) for _ in range(2)))

    assert models == [model_file(flows, state)] * 2
    assert models[0].read_text() == "model\n"


@pytest.mark.parametrize("python", [LEARNS, FAILS])
async def test_a_training_leaves_nothing_but_its_model(tmp_path: Path, python: str) -> None:
    flows, rasa, state = starter_flows(), environment(tmp_path, python), tmp_path / "var"
    told = ""

    try:
        await train(flows, state, rasa)
    except EngineUnavailable as error:
        told = error.problem

    assert list((state / "rasa" / "projects").iterdir()) == []
    assert model_file(flows, state).exists() == (not told)
    assert ("contradict" in told) == (python is FAILS)
