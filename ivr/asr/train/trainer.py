"""Fine-tuning by connectionist temporal classification (Graves et al. 2006), on CPU or GPU.

The weights that are kept are a running mean over the last steps (Polyak and Juditsky 1992): with
little data single steps jump about. Progress is saved, so that a run may be broken off and
taken up again.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from ivr.asr.build.distance import distance
from ivr.asr.train.balance import draw
from ivr.asr.train.data import Batch, Variety, batches
from ivr.asr.train.net import Net
from ivr.asr.train.recording import Recording

_AVERAGED_STEPS = 200
_SAVE_EVERY_S = 60.0
_GLANCE = 200  # held-out recordings for a line of progress; the verdict hears them all


@dataclass(frozen=True)
class Plan:
    """How long and how hard to train.

    `peak` is the greatest learning rate (higher learns a new voice faster and forgets sooner);
    `anchor` pulls the weights back to where they began. `keep` is the share (0-1) of the old
    weights in the result: the mean of both forgets little of what was known and keeps most of
    what was learned (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022).
    """

    minutes: float
    peak: float = 4e-4
    anchor: float = 1e-4
    keep: float = 0.3
    threads: int = 1
    variety: Variety = Variety()  # noqa: RUF009  # frozen


@dataclass(frozen=True)
class Progress:
    """Where a run is; losses are per output frame, `held_out_error` is of sounds."""

    minutes: float
    step: int
    loss: float
    held_out_error: float


@dataclass(frozen=True)
class Material:
    """What is trained on, and what only judges.

    `beside` (synthesised sentences of the flows) is heard too, lest it be forgotten.
    """

    study: Sequence[Recording]
    beside: Sequence[Recording]
    held_out: Sequence[Recording]


def train(
    net: Net,
    material: Material,
    plan: Plan,
    checkpoint: Path,
    report: Callable[[Progress], None],
) -> None:
    """Fine-tune `net` in place; takes up `checkpoint` where it exists."""
    torch.set_num_threads(plan.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net.to(device)
    run = _Run(net, plan, checkpoint, device)
    while True:
        drawn = draw(material.study, material.beside, run.random)
        for batch in batches(drawn, net, run.random, plan.variety):
            run.step(batch)
            if run.is_due:
                run.save()
                report(run.progress(material.held_out))
            if run.is_over:
                run.finish()
                report(run.progress(material.held_out))
                net.to("cpu")
                return


class _Run:
    """The state of a run: optimiser, averaged weights, time spent."""

    def __init__(self, net: Net, plan: Plan, checkpoint: Path, device: torch.device) -> None:
        self._net, self._plan, self._checkpoint, self._device = net, plan, checkpoint, device
        self.random = np.random.default_rng(7)
        self._optimiser = torch.optim.AdamW(net.parameters(), lr=plan.peak, weight_decay=0.0)
        self._origin = [weight.detach().clone() for weight in net.parameters()]
        self._mean = [weight.detach().clone() for weight in net.parameters()]
        self._steps, self._spent_s, self._loss = 0, 0.0, 0.0
        if checkpoint.exists():
            self._take_up(torch.load(checkpoint, map_location=device))
        self._began = self._saved = time.monotonic()

    @property
    def _elapsed_s(self) -> float:
        return self._spent_s + time.monotonic() - self._began

    @property
    def is_over(self) -> bool:
        return self._elapsed_s >= 60 * self._plan.minutes

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self._saved > _SAVE_EVERY_S

    def step(self, batch: Batch) -> None:
        """One step down the gradient of a batch."""
        done = min(1.0, self._elapsed_s / (60 * self._plan.minutes))
        warm = min(1.0, (self._steps + 1) / 100)
        rate = self._plan.peak * warm * max(0.02, 0.5 * (1 + math.cos(math.pi * done)))
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        loss = _loss(self._net, batch, self._device)
        self._optimiser.zero_grad()
        loss.backward()
        now = float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self._net.parameters(), 1.0)
        self._optimiser.step()
        self._steps += 1
        self._average(rate)
        self._loss = 0.98 * self._loss + 0.02 * now if self._steps > 1 else now

    def _average(self, rate: float) -> None:
        keep = min(1 - 1 / _AVERAGED_STEPS, self._steps / (self._steps + 10))
        pull = rate * self._plan.anchor / self._plan.peak
        parts = zip(self._net.parameters(), self._origin, self._mean, strict=True)
        with torch.no_grad():
            for weight, origin, mean in parts:
                weight.lerp_(origin, pull)
                mean.lerp_(weight, 1 - keep)

    def save(self) -> None:
        """Write the checkpoint whole or not at all."""
        beside = self._checkpoint.with_suffix(".part")
        state = {
            "mean": self._mean,
            "weights": [weight.detach() for weight in self._net.parameters()],
            "optimiser": self._optimiser.state_dict(),
            "steps": self._steps,
            "spent_s": self._elapsed_s,
        }
        torch.save(state, beside)
        beside.replace(self._checkpoint)
        self._saved = time.monotonic()

    def _take_up(self, state: dict[str, Any]) -> None:  # Any: whatever torch stored
        with torch.no_grad():
            for weight, stored in zip(self._net.parameters(), state["weights"], strict=True):
                weight.copy_(stored)
        self._mean = state["mean"]
        self._optimiser.load_state_dict(state["optimiser"])
        self._steps, self._spent_s = state["steps"], state["spent_s"]

    def finish(self) -> None:
        """Put the averaged weights in place, and a share of the old ones."""
        self.save()
        parts = zip(self._net.parameters(), self._mean, self._origin, strict=True)
        with torch.no_grad():
            for weight, mean, origin in parts:
                weight.copy_(mean.lerp(origin, self._plan.keep))

    def progress(self, held_out: Sequence[Recording]) -> Progress:
        error = sound_error_rate(self._net, held_out[:: 1 + len(held_out) // _GLANCE], self._device)
        return Progress(self._elapsed_s / 60, self._steps, self._loss, error)


def _loss(net: Net, batch: Batch, device: torch.device) -> torch.Tensor:
    with torch.autocast(device.type, torch.bfloat16, enabled=_halves(device)):
        scores = net(batch.features.to(device))
    losses = functional.ctc_loss(
        scores.float().transpose(0, 1), batch.sounds.to(device), batch.outputs, batch.lengths,
        reduction="none", zero_infinity=True,
    )  # fmt: skip
    return losses.sum() / batch.outputs.sum() * 10


def _halves(device: torch.device) -> bool:
    """Whether products of 16-bit numbers are quicker here: twice, where the processor has them."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)())


def sound_error_rate(net: Net, recordings: Sequence[Recording], device: torch.device) -> float:
    """Errors of sounds, best sound at each frame; NaN without recordings."""
    errors = total = 0
    for batch in batches(recordings, net, np.random.default_rng(1), None):
        with torch.no_grad():
            best = net(batch.features.to(device)).argmax(-1).cpu()
        said = torch.split(batch.sounds, batch.lengths.tolist())
        for row, outputs, sounds in zip(best, batch.outputs.tolist(), said, strict=True):
            heard = [str(s) for s in torch.unique_consecutive(row[:outputs]).tolist() if s]
            errors += distance([str(s) for s in sounds.tolist()], heard)
            total += len(sounds)
    return errors / total if total else math.nan
