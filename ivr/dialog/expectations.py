"""Whether the hotline did what it must: expectations against one turn. Pure."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ivr.dialog.conversations import Must, listed, words_of
from ivr.dialog.memory import Asked, Asking
from ivr.dialog.step import Understood
from ivr.dialog.telling import answered_by, sentence_name
from ivr.dialog.trial import TrialTurn
from ivr.domain import Language, Then

NOTHING: Final = "nothing"
OFFERS: Final = frozenset({"offer", "follow_up"})


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that is not as it must be, both in plain words."""

    field: str
    must: str
    did: str


def misses(must: Must, turn: TrialTurn, language: Language) -> list[Miss]:
    """Everything that is not as it must be; `language` is the conversation's.

    That every sentence can be said must be in every turn.
    """
    found = [
        Miss("can be said", "every sentence", f"{key} has no such facts, callers hear an apology")
        for key in turn.unsayable
    ]
    for name in type(must).model_fields:
        if name in must.model_fields_set:
            found += _CHECKS[name](must, turn, language)
    return found


Check = Callable[[Must, TrialTurn, Language], Iterator[Miss]]


def _answers(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    done = answered_by(turn.seen.decision)
    if done is None or done[0] != must.answers:
        yield Miss("answers", str(must.answers), done[0] if done else "no answer was given")


def _outcome(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    done = answered_by(turn.seen.decision)
    if done is None or done[1] != must.outcome:
        yield Miss("outcome", str(must.outcome), done[1] if done else "no answer was given")


def _asks_for(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    asked = _asked_slot(turn)
    if asked != must.asks_for:
        yield Miss("asks_for", str(must.asks_for), asked or "nothing was asked for")


def _does_not_ask_for(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    asked = _asked_slot(turn)
    if asked in must.does_not_ask_for:
        yield Miss("does_not_ask_for", f"not {asked}", f"{asked} was asked for")


def _offers(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    yield from _asked_about("offers", must.offers, turn, OFFERS)


def _confirms(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    yield from _asked_about("confirms", must.confirms, turn, frozenset({"confirm"}))


def _reads_back(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    after = turn.seen.after
    is_read_back = after.asking is not None and after.asking.kind is Asked.READ_BACK
    did = {name for name in after.unsure if name in after.slots} if is_read_back else set[str]()
    if did != set(must.reads_back):
        yield Miss("reads_back", ", ".join(must.reads_back), ", ".join(sorted(did)) or "nothing")


def _lets_choose(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    asking = turn.seen.after.asking
    is_choice = asking is not None and asking.kind is Asked.CHOICE
    pair = {asking.flow, asking.other} if asking is not None and is_choice else set[str]()
    if pair != set(must.lets_choose):
        did = " or ".join(sorted(pair)) or "no choice was given"
        yield Miss("lets_choose", " or ".join(sorted(must.lets_choose)), did)


def _says(must: Must, turn: TrialTurn, language: Language) -> Iterator[Miss]:
    for words in listed(must.says):
        if plain(words_of(words, language)) not in plain(turn.text):
            yield Miss("says", f'"{words_of(words, language)}"', f'"{turn.text}"')


def _does_not_say(must: Must, turn: TrialTurn, language: Language) -> Iterator[Miss]:
    for words in listed(must.does_not_say):
        if plain(words_of(words, language)) in plain(turn.text):
            yield Miss("does_not_say", f'not "{words_of(words, language)}"', f'"{turn.text}"')


def _sentence(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    wanted = must.sentence if isinstance(must.sentence, tuple) else (must.sentence,)
    said = [sentence_name(say.key) for say in turn.seen.decision.says]
    for name in wanted:
        if sentence_name(name) not in said:
            yield Miss("sentence", name, ", ".join(said))


def _understands(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    said = turn.seen.said
    is_taken = isinstance(said, Understood) and said.intent != "nlu_fallback"
    intent = said.intent if isinstance(said, Understood) and is_taken else NOTHING
    if intent != must.understands:
        yield Miss("understands", str(must.understands), intent)


def _about(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    yield from _same("about", str(must.about), turn.seen.after.question or NOTHING)


def _knows(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    for slot, value in must.knows.items():
        known = turn.seen.after.slots.get(slot)
        if known != value:
            yield Miss("knows", f"{slot}: {value}", f"{slot}: {known or 'not known'}")


def _verified(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    yield from _same("verified", must.verified, turn.seen.after.verified)


def _language(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    yield from _same("language", must.language, turn.reply.listening.language)


def _slower(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    yield from _same("slower", must.slower, any(p.speed < 1 for p in turn.reply.prompts))


def _interruptible(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    may = all(prompt.may_interrupt for prompt in turn.reply.prompts)
    yield from _same("interruptible", must.interruptible, may)


def _expects(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    yield from _same("expects", must.expects, turn.reply.listening.expect)


def _hands_over(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    yield from _same("hands_over", must.hands_over, turn.reply.then is Then.HAND_OVER)


def _queue(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    given = turn.reply.hand_over
    yield from _same("queue", must.queue, given.queue if given else "no hand-over")


def _reason(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    given = turn.reply.hand_over
    if given is None or plain(str(must.reason)) not in plain(given.reason):
        yield Miss("reason", str(must.reason), given.reason if given else "no hand-over")


def _hangs_up(must: Must, turn: TrialTurn, _: Language) -> Iterator[Miss]:
    yield from _same("hangs_up", must.hangs_up, turn.reply.then is Then.HANG_UP)


_CHECKS: Final[dict[str, Check]] = {
    "answers": _answers,
    "outcome": _outcome,
    "asks_for": _asks_for,
    "does_not_ask_for": _does_not_ask_for,
    "offers": _offers,
    "confirms": _confirms,
    "reads_back": _reads_back,
    "lets_choose": _lets_choose,
    "says": _says,
    "does_not_say": _does_not_say,
    "sentence": _sentence,
    "understands": _understands,
    "about": _about,
    "knows": _knows,
    "verified": _verified,
    "language": _language,
    "slower": _slower,
    "interruptible": _interruptible,
    "expects": _expects,
    "hands_over": _hands_over,
    "queue": _queue,
    "reason": _reason,
    "hangs_up": _hangs_up,
}


def plain(text: str) -> str:
    """Small letters and digits alone: how a sentence sounds, not how it is set."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def _same(field: str, wanted: object, found: object) -> Iterator[Miss]:
    if wanted != found:
        yield Miss(field, _word(wanted), _word(found))


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _asked_slot(turn: TrialTurn) -> str:
    asking = turn.seen.after.asking
    return asking.slot if asking is not None and asking.kind is Asked.SLOT else ""


def _asked_about(
    field: str, wanted: str | None, turn: TrialTurn, kinds: frozenset[str]
) -> Iterator[Miss]:
    asking: Asking | None = turn.seen.after.asking
    found = asking.flow if asking is not None and asking.kind.value in kinds else ""
    if found != wanted:
        yield Miss(field, str(wanted), found or "nothing was asked back")
