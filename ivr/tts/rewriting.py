"""What both languages' reading rules share. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

Spoken = Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """Text that matches `pattern` is read out as `spoken` says."""

    pattern: re.Pattern[str]
    spoken: Spoken


def rules(pairs: Iterable[tuple[str, Spoken]]) -> tuple[Rule, ...]:
    """Compile patterns, most specific first."""
    return tuple(Rule(re.compile(pattern, re.IGNORECASE), spoken) for pattern, spoken in pairs)


def rewrite(text: str, table: tuple[Rule, ...]) -> str:
    """Replace the leftmost match again and again, the earlier rule winning a tie.

    One pass over the text: what one rule wrote is never read by another, or the "100000" made
    from "100,000 yuan" would be taken for a code.
    """
    return "".join(_rewritten(text, table))


def grouped(digits: str) -> tuple[str, ...]:
    """Split digits that are a name into the groups people read: 3-4-4 for a mobile number."""
    if len(digits) <= 6:
        return (digits,)
    sizes = {7: (3, 4), 8: (4, 4), 10: (3, 3, 4), 11: (3, 4, 4)}.get(len(digits))
    if sizes is None:
        sizes = (4,) * ((len(digits) + 3) // 4)
    rest = iter(digits)
    return tuple("".join(islice(rest, size)) for size in sizes)


def _rewritten(text: str, table: tuple[Rule, ...]) -> Iterator[str]:
    found = [rule.pattern.search(text) for rule in table]
    at = 0
    while True:
        for index, match in enumerate(found):
            if match and match.start() < at:
                found[index] = table[index].pattern.search(text, at)
        starts = [(match.start(), index) for index, match in enumerate(found) if match]
        if not starts:
            break
        start, index = min(starts)
        match = found[index]
        assert match
        yield text[at:start]
        yield table[index].spoken(match)
        at = match.end()
    yield text[at:]
