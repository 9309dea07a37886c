"""Whether a sentence can be spoken: its template, its facts, its length."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from jinja2 import TemplateError

from ivr.dialog.templates import filters_in, names_in, template
from ivr.domain import Language

LONGEST_S: Final = 12.0
"""More than this a listener does not keep (the hotline's rule for prompts)."""
WORDS_PER_S: Final = 2.75  # 165 words a minute, the default of tts.words_per_minute
SIGNS_PER_S: Final = 4.5  # Han characters at the same setting, one syllable each

_FACT = re.compile(r"{{-?\s*(\w+)\s*(?:\|\s*(\w+))?")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_BRACKET = re.compile(r"[{}｛｝]")
_SAMPLES = {
    "money": "12345.60",
    "number": "12",
    "day": "2026-11-23",
    "date": "2026-11-23",
    "digits": "123456",
}
"""Long but usual values, for the length of a sentence with facts."""


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a sentence."""

    problem: str
    remedy: str
    is_error: bool = True


def check_sentence(source: str, language: Language, facts: frozenset[str]) -> Iterator[Trouble]:
    """Find what would keep a sentence from being spoken well; `facts` are those it may name."""
    named = facts_in(source, language)
    for name in sorted(named - facts):
        known = ", ".join(sorted(facts)) or "none"
        yield Trouble(f"there is no fact {name!r} here.", f"Known: {known}.")
    try:
        spoken = _with_samples(source, language, named) if "{" in source else source
    except (TemplateError, LookupError, ValueError, TypeError, ArithmeticError) as error:
        remedy = "Write {{ fact }} or {{ fact | money }}; also day, date, number, digits."
        why = error.message if isinstance(error, TemplateError) else error
        yield Trouble(f"the template is broken ({str(why).rstrip('.')}).", remedy)
        return
    if bracket := _BRACKET.search(spoken):
        problem = f"callers would hear {bracket.group()!r} and what follows, as it is written."
        yield Trouble(problem, "Write a fact in two plain brackets on each side: {{ fact }}.")
    length_s = seconds(spoken, language)
    if length_s > LONGEST_S:
        problem = f"takes {length_s:.0f} s to say, more than {LONGEST_S:.0f}."
        yield Trouble(problem, "Say the fact first and drop the rest.", is_error=False)


def check_filters(
    source: str, language: Language, values: Mapping[str, tuple[str, ...]]
) -> Iterator[Trouble]:
    """Find filters that cannot say what is given them; `values` are such as a fact may have."""
    try:
        used = filters_in(source, language) if "|" in source else frozenset()
    except TemplateError:
        return  # told as a broken template
    for name, filter_ in sorted(used):
        unsayable = next((v for v in values.get(name, ()) if not _says(filter_, v, language)), None)
        if unsayable is not None:
            problem = f"{filter_!r} cannot say {name!r}, which may be {unsayable!r}."
            fitting = [f for f in _SAMPLES if all(_says(f, v, language) for v in values[name])]
            other = f", or {{{{ {name} | {fitting[0]} }}}}" if fitting else ""
            yield Trouble(problem, f"Write {{{{ {name} }}}}{other}.")


def _says(filter_: str, value: str, language: Language) -> bool:
    try:
        template(f"{{{{ value | {filter_} }}}}", language).render(value=value)
    except (TemplateError, LookupError, ValueError, TypeError, ArithmeticError):
        return False
    return True


def _with_samples(source: str, language: Language, named: frozenset[str]) -> str:
    samples = dict.fromkeys(named, "some words")
    samples |= {name: _SAMPLES[kind] for name, kind in _FACT.findall(source) if kind in _SAMPLES}
    return template(source, language).render(samples)


@lru_cache(maxsize=4096)
def facts_in(source: str, language: Language) -> frozenset[str]:
    """The names that a sentence wants filled in; none where its template is broken."""
    if "{" not in source:
        return frozenset()
    try:
        return names_in(source, language)
    except TemplateError:
        return frozenset()


def seconds(text: str, language: Language) -> float:
    """About how long a sentence takes to say."""
    if language is Language.ZH:
        return len(_HAN.findall(text)) / SIGNS_PER_S
    return len(text.split()) / WORDS_PER_S
