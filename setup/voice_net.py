"""The net that tells voices from noise: one file out of a package that is not installed.

silero-vad needs PyTorch (2 GB); its ONNX file needs only onnxruntime. So the file and its licence
are taken out of the wheel that is pinned in voice-net.txt.
"""

import zipfile
from pathlib import Path

from setup import wheels
from setup.steps import Step, text_of
from setup.work import SetupError, Work

_PINNED = "setup/voice-net.txt"
_FOLDER = "models/silero-vad"
_WANTED = ("silero_vad.onnx", "LICENSE")


def step() -> Step:
    """Give the step that brings the voice net."""
    return Step(
        name="voice-net",
        title="voice net (Silero VAD)",
        inputs=lambda root: text_of(root, _PINNED),
        is_there=lambda root: all((root / _FOLDER / name).exists() for name in _WANTED),
        make=_make,
        remedy="Is the package index reachable? Without the net (`hearing.voice_net: false`) the "
        "hotline hears with WebRTC VAD alone.",
    )


def _make(work: Work) -> None:
    with wheels.fetched(work, _PINNED) as wheel:
        take_out(wheel, work.root / _FOLDER)


def take_out(wheel: Path, folder: Path) -> None:
    """Unpack the wanted files of a wheel into a folder; raises SetupError when one is not in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in _WANTED:
            inside = next((each for each in archive.namelist() if Path(each).name == name), None)
            if inside is None:
                raise SetupError(f"{wheel.name} holds no {name}.")
            (folder / name).write_bytes(archive.read(inside))
