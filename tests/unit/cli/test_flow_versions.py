"""Which flows somebody means by a name."""

from pathlib import Path

import pytest

from ivr.cli.flow_versions import version_of
from ivr.config import Settings
from ivr.errors import ConfigError


@pytest.mark.parametrize("wanted", ["./edited", "{here}/edited", "flows/edited"])
def test_a_folder_that_is_not_there_is_not_taken_for_a_version(
    wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    missing = wanted.format(here=tmp_path)

    with pytest.raises(ConfigError, match="there is no folder"), version_of(Settings(), missing):
        pass
