"""What the hotline did in a turn, and why, in words that ops use. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ivr.dialog.memory import Asking, Decision
from ivr.dialog.step import Input, Pressed, Understood
from ivr.dialog.trial import Seen
from ivr.domain import Happening, Opening, OpeningKind, Then

_WORDING: Final = {
    "greeting": "greets",
    "offer_greeting": "greets",
    "offer_declined": "asks what else it is about",
    "not_understood": "has not understood",
    "noisy_room": "says that it is noisy",
    "silence": "asks whether anybody is there",
    "offer_person": "offers a person",
    "silence_goodbye": "says goodbye after silence",
    "go_ahead": "asks to go ahead",
    "anything_else": "asks what else there is",
    "help": "says what can be asked",
    "take_your_time": "waits",
    "welcome": "says you are welcome",
    "language_changed": "changes the language",
    "goodbye": "says goodbye",
    "agent_unavailable": "says that all people are busy",
    "call_back": "promises a call back",
    "wrong_key": "says that the key has no function",
    "verify_first": "says that the account must be kept safe",
    "identity_wrong": "says that card or code do not match",
    "lookup_failed": "says that it cannot look that up",
    "guide": "gives examples of what to say",
    "choose_one": "asks which of the two",
    "go_back": "goes one step back",
    "go_on": "goes on",
    "help_keys": "says which keys work",
    "person": "announces a person",
    "person_for_upset": "is sorry and announces a person",
    "person_for_tag": "announces a person",
    "person_after_misunderstanding": "gives up and announces a person",
    "person_after_failed_check": "announces a person after a failed check",
    "person_after_retries": "announces a person",
}
"""What the sentences of `hotline.yaml` do; those that are not here are called by their names."""
_OF_FLOW: Final = {
    "offer": "offers {flow}",
    "offers": "offers {other}",
    "lookup": "says that it cannot look up {flow}",
    "transfers": "says why a person takes over",
}


@dataclass(frozen=True, slots=True)
class Guess:
    """One intent that an utterance may have meant, and its confidence from 0 to 1."""

    intent: str
    confidence: float


def acts_of(decision: Decision, asking: Asking | None) -> tuple[str, ...]:
    """What was done, one phrase for each thing, in the order of speaking."""
    told = dict.fromkeys(_told(say.key, asking) for say in decision.says)
    return (*told, *_then(decision))


def act_of(decision: Decision, asking: Asking | None) -> str:
    """All that was done, in one line."""
    return ", ".join(acts_of(decision, asking))


def sentence_name(key: str) -> str:
    """A key as ops name it: without the file where it is written, if that is hotline.yaml."""
    return key.removeprefix("wording.")


def answered_by(decision: Decision) -> tuple[str, str] | None:
    """The flow whose answer was said and its outcome ("ok" for `answer`), or None."""
    for say in decision.says:
        path = say.key.split(".")
        if path[0] == "flows" and path[2] == "answer":
            return path[1], "ok"
        if path[0] == "flows" and path[2] == "otherwise":
            return path[1], path[3]
    return None


def why(seen: Seen) -> str:
    """How the input was understood."""
    return _understood(seen.said)


def guesses(said: Input) -> tuple[Guess, ...]:
    """The intents that an utterance may have meant, most probable first; none for keys."""
    if not isinstance(said, Understood):
        return ()
    return tuple(Guess(name, confidence) for name, confidence in said.ranking)


def _told(key: str, asking: Asking | None) -> str:
    group, *path = key.split(".")
    if group == "identity":
        return f"asks for {path[0]}" + _again(path[-1])
    if group == "wording":
        return _wording(path[0], asking)
    flow, what, *more = path
    if what == "answer":
        return f"answers {flow}" + _for_group(more)
    if what == "otherwise":
        return f"answers {flow}: {more[0]}" + _for_group(more[1:])
    if what == "slots":
        asks = "explains" if more[-1] == "help" else "asks for"
        return f"{asks} {more[0]}" + _again(more[-1])
    return _OF_FLOW.get(what, "says {key}").format(
        flow=flow, key=key, other=asking.flow if asking else "more"
    )


def _wording(name: str, asking: Asking | None) -> str:
    if asking is not None and name in ("offer_or", "choose"):
        return f"asks: {asking.flow} or {asking.other}?"
    if asking is not None and name in ("confirm", "follow_up"):
        return f"{'confirms' if name == 'confirm' else 'offers'} {asking.flow}"
    if asking is not None and name == "read_back":
        return f"reads back {asking.slot}"
    if name.startswith("help_") and name not in _WORDING:
        return "explains what to say"
    return _WORDING.get(name, f"says {name.replace('_', ' ')}")


def _again(which: str) -> str:
    return " again" if which == "again" else ""


def _for_group(path: list[str]) -> str:
    return f" (to {path[-1]})" if path[:1] == ["by_group"] else ""


def _then(decision: Decision) -> Iterator[str]:
    if decision.then is Then.HAND_OVER:
        yield f"hands over to {decision.queue} ({decision.reason})"
    if decision.then is Then.HANG_UP:
        yield "hangs up"


def _understood(said: Input) -> str:
    match said:
        case Opening(kind=OpeningKind.ASK):
            return "the call begins"
        case Opening(kind=kind, questions=questions):
            return f"the call begins with {kind.value}: {', '.join(questions)}"
        case Pressed(digits=digits):
            return f"{len(digits)} keys were pressed" if len(digits) > 1 else f"key {digits}"
        case Happening():
            return said.value.replace("_", " ")
        case Understood():
            return _ranked(said)


def _ranked(said: Understood) -> str:
    if not said.ranking:
        return "no word of it is known"
    (top, confidence), *others = said.ranking
    taken = f"understood as {top}" if top == said.intent else f"not sure enough of {top}"
    more = ", ".join(f"{name} {share:.2f}" for name, share in others[:2] if share >= 0.01)
    return f"{taken} {confidence:.2f}" + (f" (then {more})" if more else "")
