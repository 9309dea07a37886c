"""What comes back from Rasa is a proper opening again, not a string that looks like one."""

import pytest

from ivr.dialog.actions import input_of
from ivr.domain import Opening, OpeningKind


@pytest.mark.parametrize("kind", OpeningKind)
def test_an_opening_survives_the_way_through_rasa(kind: OpeningKind) -> None:
    latest = {
        "intent": {"name": "opening"},
        "text": "",
        "metadata": {"opening": kind.value, "questions": ["fees", "refund"]},
    }

    opening = input_of(latest)

    assert isinstance(opening, Opening)
    assert opening.kind is kind
    assert opening.questions == ("fees", "refund")


def test_an_unknown_kind_of_opening_is_an_error() -> None:
    latest = {
        "intent": {"name": "opening"},
        "text": "",
        "metadata": {"opening": "sing", "questions": []},
    }

    with pytest.raises(ValueError, match="sing"):
        input_of(latest)
