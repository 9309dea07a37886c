"""Missing tools never make a build look green."""

import pytest

from tests import needs


def test_a_missing_tool_skips_on_a_laptop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no-such-program"):
        needs.program("no-such-program")


def test_a_missing_tool_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="Run `make setup`"):
        needs.program("no-such-program")


def test_a_present_path_is_given_in_full() -> None:
    assert needs.path("setup.cfg").is_absolute()
