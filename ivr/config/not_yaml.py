"""Why a text is no YAML, in the words of somebody who edits a file and does not know YAML.

The parser names the place where it could not go on; what is wrong often stands before it. And
people who write Mandarin type signs that look like YAML's and are others: ： for :, － for -.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ruamel.yaml.error import MarkedYAMLError, StringMark

from ivr.errors import ConfigError, Place

_KEY: Final = r"^[ \t]*(?:- +)?[A-Za-z_]\w*"
_LOOK_ALIKES: Final = (
    (r"^[ \t]*(?P<sign>[\u3000\u00a0])", "a blank", "Indent with plain blanks."),
    (r"^ *(?P<sign>[－–—•·]|\*(?= ))", "a minus and a blank", "Begin the line with '- '."),
    (rf"{_KEY} *(?P<sign>：)", "a colon and a blank", "Write ': ' behind the key."),
    (rf"{_KEY}: *(?P<sign>[｛［])", "a bracket", "Write { or [."),
    (r"\{[^{}\n]*(?P<sign>，) *\w+:", "a comma and a blank", "Write ', ' between the two."),
    (r"^[^#\n]*: *[{\[][^{}\[\]\n]*(?P<sign>[｝］]) *$", "a bracket", "Write } or ]."),
)
"""Signs where YAML wants another one: what they look like, and what to do."""

_IN_WORDS: Final = (
    (
        r"could not find expected ':'",
        "this is no 'key: value'",
        "Write a colon and a blank behind the key, or put a text of several lines in quotes.",
    ),
    (
        r"mapping values are not allowed",
        "a second ': ' stands in this line",
        "Put the text behind the first one in quotes.",
    ),
    (
        r"sequence entries are not allowed",
        "a list begins behind a key",
        "Begin it on the next line.",
    ),
    (
        r"expected <block end>, but found '<scalar>'",
        "a text goes on behind a closing bracket or quote",
        "Put all of the text in quotes, also one that begins with {{.",
    ),
    (
        r"expected <block end>",
        "this line is indented unlike those it belongs to",
        "Let it begin in the same column, with blanks.",
    ),
    (
        r"expected ',' or '[}\]]'",
        "a bracket is not closed, or a text in brackets holds ':' or ','",
        "Close the bracket, or put the text in quotes.",
    ),
    (
        r"found unexpected end of stream",
        "a quote is opened here and never closed",
        "Close it, or put the text that holds it in quotes of the other kind.",
    ),
    (
        r"cannot start any token|expected alphabetic or numeric character",
        "a text begins with a sign that means something in YAML",
        "Put the text in quotes.",
    ),
    (
        r"expected a single document",
        "a line '---' begins a second file",
        "Delete that line.",
    ),
)
_WHERE_IT_BEGAN: Final = ("could not find expected ':'", "found unexpected end of stream")
"""Found late; the place where it began tells more."""


def not_yaml(error: MarkedYAMLError, text: str, file: Path) -> ConfigError:
    """Say what keeps a text from being YAML, where, and how to mend it."""
    problem = (error.problem or "it makes no sense").partition("\n")[0]
    began_before = problem.startswith(_WHERE_IT_BEGAN) and error.context_mark is not None
    mark = error.context_mark if began_before else error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    if "\\t" in problem or (mark and _begins_with_a_tab(text, mark)):
        return ConfigError("has a tab where YAML wants blanks.", "Indent with blanks.", place)
    if twice := re.match(r'found duplicate key "(.*?)"', problem):
        return ConfigError(f"the key {twice[1]!r} stands here twice.", "Delete one.", place)
    until = error.problem_mark.line + 1 if error.problem_mark else None
    if looks := look_alike(text, file, until):
        return looks
    for pattern, words, remedy in _IN_WORDS:
        if re.search(pattern, problem):
            return ConfigError(f"is not valid YAML: {words}.", remedy, place)
    remedy = "Indent with blanks, quote text that holds ': ' or starts with a sign."
    return ConfigError(f"is not valid YAML: {problem}.", remedy, place)


def look_alike(text: str, file: Path, until: int | None = None) -> ConfigError | None:
    """Tell a sign that only looks like YAML's, if there is one: the last until a line, or any.

    Asked only where a file is wrong anyway: in a sentence such signs are what they should be.
    """
    found = list(_look_alikes(text, file))
    before = [each for each in found if each.place and (each.place.line or 0) <= (until or 0)]
    return before[-1] if before else next(iter(found), None)


def _look_alikes(text: str, file: Path) -> Iterator[ConfigError]:
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, kind, remedy in _LOOK_ALIKES:
            if match := re.search(pattern, line):
                sign, place = match["sign"], Place(file, number, match.start("sign") + 1)
                problem = f"has {sign!r} (U+{ord(sign):04X}), which only looks like {kind}."
                yield ConfigError(problem, remedy, place)


def _begins_with_a_tab(text: str, mark: StringMark) -> bool:
    lines = text.splitlines()
    indent = re.match(r"[ \t]*", lines[mark.line] if mark.line < len(lines) else "")
    return indent is not None and "\t" in indent.group()
