"""The forward pass: its rows are those of the network at every third frame."""

import numpy as np

from ivr.asr.build.forward import log_probabilities
from tests.unit.asr.small_network import by_hand, frames, network


def test_rows_are_what_the_network_gives_at_every_third_frame() -> None:
    for shifts in ((-3, 0, 3), (-6, -3, 0), (-1, 0, 2)):
        for count in (1, 2, 3, 7, 40):
            found = log_probabilities(network(*shifts), frames(count))

            assert np.allclose(found[:, 0], by_hand(shifts, frames(count)), atol=1e-5)


def test_nothing_heard_gives_no_rows() -> None:
    assert log_probabilities(network(0), frames(0)).shape == (0, 1)
