"""Lookups that change something wait until the caller has surely finished."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio

from ivr.dialog.actions import Actions, is_final_of
from ivr.dialog.facts import Facts
from ivr.dialog.flows import FlowSet, Lookup
from ivr.dialog.http_settings import HttpLookup
from ivr.dialog.lookups import LOOKUPS
from ivr.dialog.memory import Asked, Asking, Memory
from ivr.dialog.step import Answered, Found, Understood
from ivr.dialog.wording import reply_of
from ivr.domain import Language
from tests.integration.lender import TODAY, lender
from tests.unit.dialog.talk import starter_flows, with_flow

GIVES_A_DAY = Memory(
    language=Language.EN,
    customer="late",
    verified=True,
    question="promise_to_pay",
    asking=Asking(kind=Asked.SLOT, flow="promise_to_pay", slot="pay_on"),
)
TOMORROW = Understood("nlu_fallback", 0.0, "tomorrow")


class Told:
    """A business system that notes who asked it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def run(self, flow: str, lookup: HttpLookup, memory: Memory) -> Found:
        del lookup, memory
        self.asked.append(flow)
        return Found()


class Notebook:
    """Promises to pay, by customer, as they are noted."""

    def __init__(self) -> None:
        self.days: dict[str, date] = {}

    async def promise(self, customer: str, pay_on: date) -> None:
        self.days[customer] = pay_on


@pytest_asyncio.fixture
async def facts() -> AsyncIterator[Facts]:
    async with lender() as opened:
        yield opened


@pytest.fixture
def noted(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> dict[str, date]:
    notebook = Notebook()
    monkeypatch.setattr(facts, "promise", notebook.promise)
    return notebook.days


def asking_by(**settings: object) -> FlowSet:
    """The starter flows, with opening hours that a business system is asked for."""
    lookup = Lookup.model_validate({"http": {"url": "https://crm.example/x", **settings}})
    return with_flow("opening_hours", lookup=lookup.model_dump(exclude_none=True))


async def opening_hours(flows: FlowSet, facts: Facts, *, is_final: bool) -> tuple[Answered, Told]:
    system = Told()
    actions = Actions(flows, facts, lambda: TODAY, system)
    said = Understood("opening_hours", 0.9, "opening hours", (("opening_hours", 0.9),))
    memory = Memory(language=Language.EN)
    return await actions.decide(memory, said, is_final=is_final), system


async def test_a_promise_is_not_noted_while_the_caller_may_go_on(
    facts: Facts, noted: dict[str, date]
) -> None:
    actions = Actions(starter_flows(), facts, lambda: TODAY)

    early = await actions.decide(GIVES_A_DAY, TOMORROW, is_final=False)

    assert reply_of(actions.flows, early.decision).is_withheld
    assert noted == {}


async def test_a_promise_is_noted_with_the_final_words(
    facts: Facts, noted: dict[str, date]
) -> None:
    actions = Actions(starter_flows(), facts, lambda: TODAY)
    await actions.decide(GIVES_A_DAY, TOMORROW, is_final=False)

    final = await actions.decide(GIVES_A_DAY, TOMORROW)

    assert not final.decision.is_withheld
    assert noted == {"late": date(2026, 1, 6)}


@pytest.mark.parametrize(
    ("settings", "waits"),
    [
        ({}, False),
        ({"writes": True}, True),
        ({"method": "POST"}, True),
        ({"method": "POST", "writes": False}, False),
    ],
)
async def test_a_post_waits_unless_it_only_reads(
    facts: Facts, settings: dict[str, object], waits: bool
) -> None:
    early, system = await opening_hours(asking_by(**settings), facts, is_final=False)

    assert early.decision.is_withheld is waits
    assert system.asked == ([] if waits else ["opening_hours"])


async def test_what_writes_is_asked_once_the_words_are_final(facts: Facts) -> None:
    final, system = await opening_hours(asking_by(method="POST"), facts, is_final=True)

    assert not final.decision.is_withheld
    assert system.asked == ["opening_hours"]


def test_a_turn_is_final_unless_it_says_otherwise() -> None:
    assert is_final_of({})
    assert is_final_of({"metadata": {"turn": 1}})
    assert not is_final_of({"metadata": {"final": False}})


def test_the_only_lookup_of_the_example_lender_that_writes_is_the_promise() -> None:
    assert {name for name, entry in LOOKUPS.items() if entry.writes} == {"promise"}
