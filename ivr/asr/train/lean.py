"""How far an ear leans away from saying nothing, and back again.

The shipped ears' blank, the output between sounds, is made less likely after training (by a
factor of twenty, log probability 3): a decoder with a language model would drop short words
otherwise. Training knows nothing of this and would unlearn it within minutes, while sounds that
strangers say get clearer; so the lean is measured, taken off while training, and put back.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional

from ivr.asr.train.data import batches
from ivr.asr.train.net import Net
from ivr.asr.train.recording import Recording

_HEARD = 200
_GRID = tuple(0.5 * step for step in range(13))


def measured(net: Net, recordings: Sequence[Recording]) -> float:
    """What must be added to the blank's score for recordings to be likeliest; 0 to 6."""
    some = [each for each in recordings if each.sounds]
    some = some[:: 1 + len(some) // _HEARD]
    losses = dict.fromkeys(_GRID, 0.0)
    for batch in batches(some, net, np.random.default_rng(1), None):
        with torch.no_grad():
            scores = net(batch.features)
        for lean in _GRID:
            raised = scores.clone()
            raised[:, :, 0] += lean
            losses[lean] += float(
                functional.ctc_loss(
                    raised.log_softmax(-1).transpose(0, 1), batch.sounds, batch.outputs,
                    batch.lengths, reduction="sum", zero_infinity=True,
                )
            )  # fmt: skip
    return min(_GRID, key=lambda lean: (losses[lean], lean))


def shift(net: Net, towards_blank: float) -> None:
    """Make the blank likelier by a factor of exp(`towards_blank`); less likely below 0."""
    with torch.no_grad():
        net.biases[-1][0] += towards_blank
