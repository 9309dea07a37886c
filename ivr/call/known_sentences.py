"""What callers are known to say, and what endings are learned from it beside the calls.

`python -m ivr.call.known_sentences` learns, in the workshop: it holds Python's lock for a second,
in which the hotline's process could not take a frame in time.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence

import numpy as np

from ivr.call.completeness import SoundsUnfinished, fit, judge
from ivr.dialog.flows import FlowSet, Navigation
from ivr.domain import Language
from ivr.workshop import Json, answer, made_by

Sentences = Mapping[Language, Sequence[str]]

_DEADLINE_S = 120.0  # two seconds on an idle machine; it gives way to calls


def known_sentences(flows: FlowSet) -> dict[Language, list[str]]:
    """Give what callers are known to say, whole, words separated by blanks."""
    groups = [flow.examples for flow in flows.flows.values()]
    groups += [getattr(flows.navigation, name) for name in Navigation.model_fields]
    return {
        language: [each for group in groups for each in group.of(language)] for language in Language
    }


async def learned_beside(sentences: Sentences) -> SoundsUnfinished:
    """Learn what sounds unfinished, in a process of its own. Raises EngineError."""
    order = {language.value: list(whole) for language, whole in sentences.items()}
    made = await made_by(
        "ivr.call.known_sentences", order, engine="endings", deadline_s=_DEADLINE_S
    )
    return judge({Language(key): np.frombuffer(b64decode(text)) for key, text in made.items()})


def _learn(order: Json) -> Json:
    weights = fit({Language(key): whole for key, whole in order.items()})
    return {each.value: b64encode(found.tobytes()).decode() for each, found in weights.items()}


if __name__ == "__main__":
    answer(_learn)
