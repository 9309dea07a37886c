"""Templates of sentences: jinja2 in a sandbox, with the filters that say amounts and days.

The filters are `money`, `number`, `day`, `date` and `digits`; each takes a text as facts are kept
(`299.00`, `2026-12-03`) and gives the words of a language.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ivr.dialog import spoken
from ivr.domain import Language


def _money(language: Language) -> Callable[[str], str]:
    return lambda value: spoken.money(Decimal(value), language)


def _number(language: Language) -> Callable[[str], str]:
    return lambda value: spoken.number(int(value), language)


def _day(language: Language) -> Callable[[str], str]:
    return lambda value: spoken.day(date.fromisoformat(value), language)


def _date(language: Language) -> Callable[[str], str]:
    return lambda value: spoken.day_and_year(date.fromisoformat(value), language)


def _digits(language: Language) -> Callable[[str], str]:
    return lambda value: spoken.digits(value, language)


def _environment(language: Language) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    environment.filters = {
        "money": _money(language),
        "number": _number(language),
        "day": _day(language),
        "date": _date(language),
        "digits": _digits(language),
    }
    return environment


_ENVIRONMENTS = {language: _environment(language) for language in Language}


_ALLOWED: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Filter,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Test,
    nodes.Const,
)
"""What a sentence may hold: facts, filters and conditions. A sum like `9**9**9` would stop every
call of the hotline, and a sentence needs none."""


@lru_cache(maxsize=4096)
def template(source: str, language: Language) -> Template:
    """Compile a sentence; raises jinja2.TemplateSyntaxError, also for an unknown filter."""
    return _ENVIRONMENTS[language].from_string(_parsed(source, language))


def names_in(source: str, language: Language) -> frozenset[str]:
    """The facts that a sentence names; raises jinja2.TemplateSyntaxError."""
    return frozenset(find_undeclared_variables(_parsed(source, language)))


def filters_in(source: str, language: Language) -> frozenset[tuple[str, str]]:
    """The facts that are said by a filter, each with its first one; raises TemplateSyntaxError."""
    found = _parsed(source, language).find_all(nodes.Filter)
    return frozenset(
        (each.node.name, each.name) for each in found if isinstance(each.node, nodes.Name)
    )


def _parsed(source: str, language: Language) -> nodes.Template:
    """Read a sentence without running any of it: even looking for names works out sums."""
    try:
        parsed = _ENVIRONMENTS[language].parse(source)
    except RecursionError as error:
        raise TemplateSyntaxError("brackets are nested too deeply", 1) from error
    for node in parsed.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            kind = type(node).__name__.lower()
            message = f"{kind} is no part of a sentence: use facts, filters, if and else"
            raise TemplateSyntaxError(message, node.lineno)
    return parsed
