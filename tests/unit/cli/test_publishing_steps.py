"""What ops are told of the steps of publishing."""

import threading

import pytest
from rich.console import Console

from ivr.cli.publishing_steps import Steps, begun


def test_every_step_is_told_in_order_with_what_the_hotline_says_of_it() -> None:
    console = Console(record=True, width=200)
    steps = Steps(console)

    with steps.step("checked"):
        pass
    with steps.step("made ready") as step:
        step.parts["read"] = 0.25

    told = steps.as_values()
    assert [each.name for each in steps.done] == ["checked", "made ready"]
    assert told["steps"][1]["parts"] == {"read": 0.25}  # type: ignore[index]  # JSON
    assert "(the hotline: read 0.25)" in console.export_text()


def test_a_step_that_fails_is_not_told_as_done() -> None:
    steps = Steps(Console(record=True))

    with pytest.raises(ValueError, match="x"), steps.step("checked"):
        raise ValueError("x")

    assert steps.done == []


def test_what_was_begun_goes_on_beside_and_tells_its_failure_when_asked() -> None:
    may_end = threading.Event()

    def work() -> str:
        may_end.wait(30)
        raise LookupError("no hotline")

    ready = begun(work)
    assert not ready.done()
    may_end.set()

    with pytest.raises(LookupError, match="no hotline"):
        ready.result(30)
