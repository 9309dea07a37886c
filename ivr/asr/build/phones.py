"""The sounds a model knows, under the names of its `graph/phones.txt`.

Every sound P has four names by its place in a word: P_B (begin), P_I (inside), P_E (end) and
P_S (a word of one sound). All four share the acoustic score; they differ so that Vosk can tell
where words begin and end.
"""

from dataclasses import dataclass
from pathlib import Path

from ivr.asr.build import acoustic
from ivr.errors import ConfigError, Place

SILENCE = "SIL"
_PLACES = ("B", "I", "E", "S")


@dataclass(frozen=True)
class Sounds:
    """Sounds in the model's order and the transition id of every (name, state, next state)."""

    names: tuple[str, ...]
    _tids: dict[tuple[str, int, int], int]

    def tid(self, sound: str, place: str, state: int, target: int) -> int:
        """The transition id of a sound at a place of a word."""
        return self._tids[f"{sound}_{place}", state, target]

    def silence_tid(self, target: int) -> int:
        """The id that stays in silence (0) or leaves it (1)."""
        return self._tids[SILENCE, 0, target]


def read(phones_txt: Path, model: acoustic.Acoustic) -> Sounds:
    """Join `phones.txt` and the acoustic model. Raises ConfigError where they do not fit."""
    try:
        rows = [line.split() for line in phones_txt.read_text("utf-8").splitlines() if line.strip()]
        name_of = {int(row[1]): row[0] for row in rows}
    except (OSError, ValueError, IndexError, UnicodeDecodeError) as error:
        raise _misfit(phones_txt, "cannot be read as lines of `sound number`") from error
    if any(arc.phone not in name_of for arc in model.arcs):
        raise _misfit(phones_txt, "does not name every sound of the acoustic model")
    tids = {(name_of[arc.phone], arc.state, arc.target): arc.tid for arc in model.arcs}
    names = [name.removesuffix("_S") for name in name_of.values() if name.endswith("_S")]
    sounds = Sounds(tuple(names), tids)
    _require_topology(sounds, phones_txt)
    return sounds


def _require_topology(sounds: Sounds, path: Path) -> None:
    """The lexicon needs two states (sound, blank) inside words and one at their end."""
    inside = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2))
    needed = [(SILENCE, 0, 0), (SILENCE, 0, 1)]
    for name in sounds.names:
        needed += [(f"{name}_{place}", *step) for place in "BI" for step in inside]
        needed += [(f"{name}_{place}", 0, step) for place in "ES" for step in (0, 1)]
    if not sounds.names or not all(key in sounds._tids for key in needed):
        raise _misfit(path, "belongs to a model whose sounds are built differently")


def _misfit(path: Path, problem: str) -> ConfigError:
    remedy = "Only the small hotline models can learn new words: name one of them."
    return ConfigError(f"the list of sounds {problem}.", remedy, Place(path))
