"""Callers are recognised without their numbers; the secret behind it is guarded."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import ConfigError, EngineRejected
from ivr.store.callers import SECRET_BYTES, CallerKeys, load_keys

KEYS = CallerKeys(bytes(range(SECRET_BYTES)))
NUMBER = "13800138000"


def test_a_caller_has_the_same_key_every_time_and_with_no_other_secret() -> None:
    other = CallerKeys(bytes(SECRET_BYTES))

    assert KEYS.key_of(NUMBER) == KEYS.key_of(NUMBER)
    assert KEYS.key_of(NUMBER) != other.key_of(NUMBER)
    assert KEYS.key_of(NUMBER) != KEYS.key_of("13800138001")


@pytest.mark.parametrize("written", ["+86 138-0013-8000", "0086 138 0013 8000", "8613800138000"])
def test_one_number_written_in_many_ways_is_one_caller(written: str) -> None:
    assert KEYS.key_of(written) == KEYS.key_of("8613800138000")


@pytest.mark.parametrize("number", ["", "anonymous", "😀", "+", "'\"; DROP TABLE", "00"])
def test_a_withheld_or_senseless_number_has_no_key(number: str) -> None:
    assert KEYS.key_of(number) == ""


@given(st.text(max_size=2000))
def test_any_text_is_taken_and_a_key_is_always_short(number: str) -> None:
    assert len(KEYS.key_of(number)) in (0, 32)


def test_a_sealed_number_opens_for_its_call_only() -> None:
    sealed = KEYS.seal(NUMBER, "1700.1")

    assert NUMBER.encode() not in sealed
    assert KEYS.unseal(sealed, "1700.1") == NUMBER
    with pytest.raises(EngineRejected, match=r"1700\.2"):
        KEYS.unseal(sealed, "1700.2")


def test_one_number_sealed_twice_looks_different() -> None:
    assert KEYS.seal(NUMBER, "1700.1") != KEYS.seal(NUMBER, "1700.1")


@pytest.mark.parametrize("broken", [b"", b"short", bytes(100)])
def test_a_broken_seal_is_refused(broken: bytes) -> None:
    with pytest.raises(EngineRejected):
        KEYS.unseal(broken, "1700.1")


def test_a_secret_is_made_once_and_for_our_eyes_only(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "store"

    first, second = load_keys(file), load_keys(file)

    assert first.key_of(NUMBER) == second.key_of(NUMBER)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["store"]


def test_two_installations_have_two_secrets(tmp_path: Path) -> None:
    one, two = load_keys(tmp_path / "one"), load_keys(tmp_path / "two")

    assert one.key_of(NUMBER) != two.key_of(NUMBER)


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    load_keys(tmp_path / "store")
    (tmp_path / "store").chmod(0o644)

    with pytest.raises(ConfigError, match=r"other users may read.*chmod 600"):
        load_keys(tmp_path / "store")


@pytest.mark.parametrize("content", ["", "abc", "z" * 64, "ab" * 16, "ü" * 64])
def test_a_damaged_secret_is_refused_with_the_remedy(tmp_path: Path, content: str) -> None:
    file = tmp_path / "store"
    file.write_text(content, encoding="utf-8")
    file.chmod(0o600)

    with pytest.raises(ConfigError, match=r"damaged.*backup"):
        load_keys(file)


def test_a_secret_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match=r"store\.secret_file"):
        load_keys(tmp_path / "file" / "store")
