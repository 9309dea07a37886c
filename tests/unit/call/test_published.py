"""Which version is meant when one is taken back."""

from datetime import UTC, datetime

import pytest

from ivr.call.published import PublishingFailed, earlier
from ivr.store import Publication, PublicationKind


def history(*versions: str, refused: frozenset[int] = frozenset()) -> list[Publication]:
    """Publications 1, 2, … of these versions, newest first."""
    now, kind = datetime(2026, 1, 5, tzinfo=UTC), PublicationKind.PUBLISHED
    made = [
        Publication(number, version, kind, now, "wang", "", "no" if number in refused else "")
        for number, version in enumerate(versions, 1)
    ]
    return made[::-1]


def test_without_a_word_it_is_the_version_before() -> None:
    assert earlier(history("aa11", "bb22"), "") == "aa11"


def test_a_version_that_was_published_twice_in_a_row_is_not_its_own_predecessor() -> None:
    assert earlier(history("aa11", "bb22", "bb22"), "") == "aa11"


def test_a_refused_version_was_never_before_callers() -> None:
    assert earlier(history("aa11", "bb22", "cc33", refused=frozenset({2})), "") == "aa11"


@pytest.mark.parametrize("to", ["1", "aa", "aa11"])
def test_a_number_or_the_first_digits_name_a_version(to: str) -> None:
    assert earlier(history("aa11", "bb22", "cc33"), to) == "aa11"


@pytest.mark.parametrize(
    ("versions", "to", "why"),
    [
        ((), "", "Nothing was published yet"),
        (("aa11",), "", "no version before"),
        (("aa11", "bb22"), "bb", "have version bb22 already"),
        (("aa11", "aa22", "bb33"), "aa", "fits 2 versions"),
        (("aa11", "bb22"), "ff", "fits 0 versions"),
    ],
)
def test_what_makes_no_sense_is_said(versions: tuple[str, ...], to: str, why: str) -> None:
    with pytest.raises(PublishingFailed, match=why):
        earlier(history(*versions), to)
