"""What a folder of flows tells an ear: sentences, how often they are said, how words are said."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import RootModel

from ivr.asr.build import acoustic, overrides, phones
from ivr.asr.build.classes import DIGITS_LENGTHS
from ivr.asr.build.pronunciation import Reading
from ivr.asr.build.vocabulary import Example
from ivr.config.complaints import place_of
from ivr.config.load import load_yaml, parse_yaml, plain
from ivr.domain import Language
from ivr.errors import ConfigError, Place

PRONUNCIATIONS: Final = "pronunciations.yaml"
"""The file of a folder of flows in which people write down how words are said."""

_OUTSIDE: Final = "out_of_scope"
"""The key of `hotline.yaml` under which foreign questions stand."""
_FORMS: Final = 5
"""Times that a class is filled in per slot, each with several values: its words are many."""


class _AnyFile(RootModel[dict[str, Any]]):
    """YAML of any form: native files of Rasa stand among the flows."""


def read_examples(
    folder: Path, language: Language, counts: Mapping[str, float]
) -> Iterator[Example]:
    """The sentences of every flow; how often a question is asked is shared by its sentences.

    Any list of sentences under the language's key counts, so that navigation words, options of
    choices and native files are heard too, and whatever slots ask for as its class of `classes.py`
    ("{amount}"). What callers say that is none of our business is left out: it is heard as
    `[unk]`, and refused the better for it.

    Raises ConfigError for a missing folder or a file that is no YAML.
    """
    if not folder.is_dir():
        raise ConfigError("there is no such folder of flows.", "Name it: --from.", Place(folder))
    for file in sorted(folder.glob("*.yaml")):
        if file.name == PRONUNCIATIONS:
            continue
        tree = load_yaml(file, _AnyFile).root
        texts = [*_sentences(tree, language), *_values(tree)]
        calls = counts.get(file.stem, 0.0 if counts else float(len(texts)))
        for text in texts:
            yield Example(text, max(calls, 1.0) / len(texts), file.stem)


def _sentences(node: Any, language: Language) -> Iterator[str]:  # Any: YAML of any form
    if isinstance(node, dict):
        for key, value in node.items():
            if key == _OUTSIDE:
                continue
            if key == language.value and isinstance(value, list):
                yield from (text for text in value if isinstance(text, str))
            else:
                yield from _sentences(value, language)
    elif isinstance(node, list):
        for value in node:
            yield from _sentences(value, language)


def _values(tree: Mapping[str, Any]) -> Iterator[str]:  # Any: YAML of any form
    """What callers answer to the slots of a file, as classes that are filled in."""
    for key in ("slots", "identity"):
        slots = tree.get(key)
        for slot in slots.values() if isinstance(slots, dict) else ():
            kind, length = (
                (slot.get("type"), slot.get("length")) if isinstance(slot, dict) else ("", 0)
            )
            if kind == "digits":
                yield f"{{digits{length}}}" if length in DIGITS_LENGTHS else "{digits}"
            elif kind in ("amount", "date"):
                yield from [f"{{{kind}}}"] * _FORMS


def read_counts(file: Path) -> dict[str, float]:
    """Calls by flow from a csv `flow,calls`. Raises ConfigError with the line that is wrong."""
    try:
        rows = list(csv.reader(file.read_text("utf-8").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError("the counts cannot be read.", "Save them as csv.", Place(file)) from error
    found = {}
    for line, row in enumerate(rows, start=1):
        if len(row) < 2 or not row[1].strip().replace(".", "", 1).isdigit():
            if line == 1:
                continue  # a heading
            raise ConfigError("holds no `flow,calls`.", "Write one a line.", Place(file, line))
        found[row[0].strip()] = float(row[1])
    return found


def read_overrides(file: Path, language: Language, model: Path) -> dict[str, tuple[Reading, ...]]:
    """Pronunciations that people wrote down; none without the file. Raises ConfigError."""
    return overrides_in(file, language, sounds_of(model)) if file.exists() else {}


def sounds_of(model: Path) -> tuple[str, ...]:
    """The sounds that a model knows. Raises ConfigError for one that cannot learn words."""
    return phones.read(model / "graph/phones.txt", acoustic.read(model / "am/final.mdl")).names


def overrides_in(
    file: Path, language: Language, sounds: Sequence[str]
) -> dict[str, tuple[Reading, ...]]:
    """The pronunciations of a file that is there. Raises ConfigError with the line."""
    tree = parse_yaml(file)
    written = plain(tree).get(language.value) or {}
    found: dict[str, tuple[Reading, ...]] = {}
    for word, spoken in written.items():
        try:
            found |= overrides.read({word: spoken}, language, sounds)
        except ConfigError as error:
            place = place_of(tree, [language.value, word], file)
            raise ConfigError(error.problem, error.remedy, place) from error
    return found
