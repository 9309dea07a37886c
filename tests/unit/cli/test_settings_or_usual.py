"""Commands that work on models alone need no settings, but take those that are named."""

from pathlib import Path

import pytest

from ivr.cli.settings_or_usual import settings_or_usual
from ivr.config.load import DEFAULT_FILE
from ivr.config.settings import Settings
from ivr.errors import ConfigError


def test_without_a_settings_file_the_usual_ones_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert settings_or_usual(DEFAULT_FILE) == Settings()


def test_a_settings_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"hotlnie\.yaml"):
        settings_or_usual(tmp_path / "hotlnie.yaml")
