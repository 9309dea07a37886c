"""Which target needs which steps, in the order in which they are done."""

import sys
from collections.abc import Sequence
from pathlib import Path

from setup import apt, asterisk, engines, environments, sentence_encoder, voice_net
from setup.steps import Step, carry_out

ROOT = Path(__file__).resolve().parents[1]


def steps_for(target: str) -> list[Step]:
    """Give the steps of a target.

    `check` lints, `run` answers calls, `test` proves it all, `encoder` is for who wants it.
    """
    main = environments.main_step()
    rest = [
        asterisk.step(),
        environments.rasa_step(),
        voice_net.step(),
        engines.models_step(),
        engines.bot_step(),
    ]
    plans = {
        "check": [apt.step("base"), main],
        "run": [apt.step("base", "run"), main, *rest],
        "test": [apt.step("base", "run", "test"), main, *rest, sentence_encoder.step()],
        "encoder": [apt.step("base"), main, sentence_encoder.step()],
    }
    return plans[target]


def run(arguments: Sequence[str]) -> int:
    """Carry out the plan of the target named on the command line; gives the exit status."""
    target = arguments[0] if arguments else ""
    if target == "lock":
        environments.lock(ROOT)
        return 0
    try:
        steps = steps_for(target)
    except KeyError:
        print("usage: python3 -m setup check | run | test | encoder | lock", file=sys.stderr)
        return 2
    try:
        return 0 if carry_out(steps, ROOT) else 1
    except KeyboardInterrupt:
        print("\nStopped; the next start goes on from here.", file=sys.stderr)
        return 130
