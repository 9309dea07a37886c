import pytest

from tests.unit.audio import sounds


@pytest.fixture(autouse=True)
def _the_same_sounds_in_any_order() -> None:
    sounds.begin_anew()
