"""A wrong database setting is told at start, before any call."""

from pathlib import Path

import pytest

from ivr.config.settings import Store
from ivr.errors import ConfigError
from ivr.store.database import open_database


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", r"store\.url is not a database URL.*sqlite\+aiosqlite"),
        ("", r"store\.url is not a database URL"),
        ("mysql://root@host/db", r"store\.url: 'mysql' is not supported.*postgresql\+asyncpg"),
        ("sqlite:///var/x.db", r"store\.url: 'sqlite' is not supported"),
    ],
)
def test_an_unusable_url_is_told_with_the_remedy(url: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        open_database(Store(url=url))


def test_a_password_in_a_bad_url_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        open_database(Store(url="mysql://root:hunter2@host/db"))

    assert "hunter2" not in str(caught.value)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match=r"cannot be written.*rights"):
        open_database(Store(url=f"sqlite+aiosqlite:///{tmp_path}/file/hotline.db"))
