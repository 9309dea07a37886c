"""Gives each test a second try, which begins from nothing.

Most tests run real engines, sockets and threads in real time, three at once: a machine that stalls
can fail a sound one. The summary names those that needed their second try, so that the cause is
looked for.

pytest-rerunfailures keeps the fixtures of module and session for the second try. An Asterisk or a
hotline that the first try has broken, or a call that went wrong inside such a fixture, would fail
the second try as well; so all of them are torn down and made again.
"""

from contextlib import suppress

import pytest
import pytest_rerunfailures
from _pytest import outcomes


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test a second try."""
    for item in items:
        item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tear down what the first try has left, before the second sets up."""
    if getattr(item, "execution_count", 1) == 1:
        return
    pytest_rerunfailures._restore_suspended_finalizers(item)  # held back for the second try
    # What is broken may not end well either, and no longer matters.
    with suppress(Exception, BaseExceptionGroup, outcomes.OutcomeException):
        item.session._setupstate.teardown_exact(None)
