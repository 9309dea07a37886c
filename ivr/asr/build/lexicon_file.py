"""How a model's words sound (`graph/lexicon.txt`): a word and its sounds a line, as in Kaldi.

Vosk does not read it. It is kept beside the graph, where the sounds of a word can no longer be
told, for asking afterwards whether the believed words were really said (`ivr.asr.evidence`).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from ivr.asr.build.pronunciation import Reading
from ivr.errors import ConfigError, Place

NAME: Final = "graph/lexicon.txt"
Columns = tuple[int, ...]
"""The sounds of a reading as columns of the network's output; column 0 is the blank."""


def text(readings: Mapping[str, Iterable[Reading]]) -> str:
    """The file's content."""
    lines = (f"{word} {' '.join(one)}\n" for word, each in sorted(readings.items()) for one in each)
    return "".join(lines)


def read(file: Path, names: Iterable[str]) -> Mapping[str, tuple[Columns, ...]]:
    """Every word's readings; `names` are the model's sounds in order. Raises ConfigError."""
    column = {name: number for number, name in enumerate(names, start=1)}
    readings: dict[str, tuple[Columns, ...]] = {}
    try:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            word, *spoken = line.split() or [""]
            if not spoken or not column.keys() >= set(spoken):
                raise _damaged(file, number)
            readings[word] = (*readings.get(word, ()), tuple(column[each] for each in spoken))
    except (OSError, ValueError) as error:
        raise _damaged(file) from error
    return readings


def _damaged(file: Path, line: int | None = None) -> ConfigError:
    remedy = "Fetch or build the model again: `ivr models get` or `ivr models build`."
    problem = "does not name a word and sounds of the model in every line."
    return ConfigError(problem, remedy, Place(file, line))
