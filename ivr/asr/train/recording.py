"""What an ear is trained on: speech and the sounds that are said in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Recording:
    """Speech (8 kHz) and the number of each of its sounds in the network's output.

    No sounds: nobody speaks, and the network shall hear nothing.
    """

    samples: NDArray[np.int16]
    sounds: tuple[int, ...]
    speaker: str
