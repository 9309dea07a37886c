"""Reads anyone's examples (csv, plain or gzipped) and divides them into learning and judging."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from ivr.errors import ConfigError, Place

OUT_OF_SCOPE: Final = "oos"
"""The intent of rows that the hotline must refuse."""
FOLDS: Final = 5
_INTENT_COLUMNS: Final = ("intent", "category", "label")
_FORMAT: Final = "Give a UTF-8 csv file, plain or gzipped (.csv, .csv.gz)."


@dataclass(frozen=True, slots=True)
class Example:
    """One row: what was said, what was meant, and the part of the file it belongs to, if any."""

    text: str
    intent: str
    split: str = ""

    @property
    def is_for_learning(self) -> bool:
        """Whether the row's split is `train`, `training` or `oos_train`."""
        return "train" in self.split.lower()


@dataclass(frozen=True)
class Fold:
    """What is learned, and what is judged afterwards."""

    learn: Sequence[Example]
    judge: Sequence[Example]


def read_examples(file: Path) -> list[Example]:
    """Read `text,intent[,split]` (`category` and `label` also name the intent).

    Raises ConfigError with file and line.
    """
    try:
        with _open(file) as lines:
            rows = csv.DictReader(lines)
            column = _intent_column(rows.fieldnames or (), file)
            examples = list(_examples(rows, column, file))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"cannot be read: {error}.", _FORMAT, Place(file)) from error
    if not examples:
        raise ConfigError("holds no examples.", "Add rows of text and intent.", Place(file))
    return examples


def divide(train: Path, test: Path) -> list[Fold]:
    """Give one fold, or five where both are the same file and it has no split to go by.

    Where a file says which rows are for training, only these are learned, and never judged.
    """
    learn, judge = read_examples(train), read_examples(test)
    if train.resolve() == test.resolve() and not _has_both(learn):
        folds = cross_validation(learn)
    else:
        folds = [Fold(_for_learning(learn), _for_judging(judge))]
    for fold in folds:
        _check(fold, train)
    return folds


def cross_validation(examples: Sequence[Example], folds: int = FOLDS) -> list[Fold]:
    """Deal the rows of every intent in turn, so that each fold judges its share of each."""
    place: dict[str, int] = defaultdict(int)
    dealt: list[list[Example]] = [[] for _ in range(folds)]
    for example in examples:
        dealt[place[example.intent] % folds].append(example)
        place[example.intent] += 1
    return [
        Fold([e for other, rows in enumerate(dealt) if other != fold for e in rows], dealt[fold])
        for fold in range(folds)
        if dealt[fold]
    ]


def _open(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
    return file.open(encoding="utf-8-sig", newline="")


def _intent_column(found: Sequence[str], file: Path) -> str:
    column = next((name for name in _INTENT_COLUMNS if name in found), None)
    if "text" in found and column is not None:
        return column
    missing = "text" if "text" not in found else "intent"
    columns = ", ".join(found) or "none"
    problem = f"has no column {missing}; its columns are: {columns}."
    raise ConfigError(problem, "Name them text,intent in the first line.", Place(file, 1))


def _examples(rows: "csv.DictReader[str]", column: str, file: Path) -> Iterator[Example]:
    for row in rows:
        example = Example(
            (row["text"] or "").strip(), (row[column] or "").strip(), (row.get("split") or "")
        )
        for name, value in (("text", example.text), ("intent", example.intent)):
            if not value:
                remedy = "Fill it in or delete the row."
                raise ConfigError(f"has no {name} in this row.", remedy, Place(file, rows.line_num))
        yield example


def _has_both(examples: Sequence[Example]) -> bool:
    return 0 < sum(example.is_for_learning for example in examples) < len(examples)


def _for_learning(examples: Sequence[Example]) -> Sequence[Example]:
    marked = [example for example in examples if example.is_for_learning]
    return marked or examples


def _for_judging(examples: Sequence[Example]) -> Sequence[Example]:
    return [example for example in examples if not example.is_for_learning] or examples


def _check(fold: Fold, file: Path) -> None:
    if len({example.intent for example in fold.learn} - {OUT_OF_SCOPE}) < 2:
        problem = "has fewer than two intents to learn from."
        raise ConfigError(problem, "Add examples of a second intent.", Place(file))
