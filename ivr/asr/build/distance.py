"""How far what was heard is from what was said."""

from collections.abc import Sequence


def distance(said: Sequence[object], heard: Sequence[object]) -> int:
    """Words (or characters) to change, add or leave out to turn one into the other.

    Levenshtein 1966; the numerator of word and character error rates.
    """
    row = list(range(len(heard) + 1))
    for count, word in enumerate(said, start=1):
        diagonal, row[0] = row[0], count
        for at, other in enumerate(heard, start=1):
            cost = diagonal + (word != other)
            diagonal = row[at]
            row[at] = min(cost, row[at] + 1, row[at - 1] + 1)
    return row[-1]
