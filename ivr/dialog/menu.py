"""A mind without Rasa: a keypad menu, and the phrases that the flows give as examples.

Decisions do not need Rasa, only understanding does. So the menu reaches the same questions, the
same check of who is calling and the same facts; words count only when they are exactly an
example of a flow.
"""

from dataclasses import replace

from ivr.dialog import HEARD
from ivr.dialog.actions import Actions
from ivr.dialog.flows import FlowSet, Navigation
from ivr.dialog.memory import Memory, Say
from ivr.dialog.prompting import is_form
from ivr.dialog.slots import spoken_digits
from ivr.dialog.step import YES_NO, Answered, Input, Pressed, Understood, answered, wording
from ivr.dialog.wording import reply_of
from ivr.domain import (
    CallerInput,
    CallInfo,
    Expect,
    Happening,
    Keys,
    Language,
    Opening,
    Reach,
    Reply,
    Then,
    Utterance,
)
from ivr.errors import EngineRejected

_AROUND_A_KEY = {"press", "key", "number", "the", "please", "请", "按", "选", "选择", "号", "键"}

_ASKS_FOR_THE_MENU = {"vague", "help"}

NOT_UNDERSTOOD = Understood("nlu_fallback", 0.0, "")


class MenuDialog:
    """The promise `Dialog` by keypad; keeps a memory per call and turn."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions
        self._memories: dict[str, dict[int, Memory]] = {}

    async def open(self, info: CallInfo, opening: Opening) -> Reply:
        """Read the menu; openings need Rasa's understanding and are not used."""
        del opening
        step = read_menu(self._actions.flows, self.begin(info, info.language, turn=0))
        self._memories[info.call_id][0] = step.memory
        return reply_of(self._actions.flows, step.decision)

    def begin(self, info: CallInfo, language: Language, turn: int) -> Memory:
        """Take a conversation over after a turn, without saying anything yet."""
        memory = Memory(
            language=language, caller_key=info.caller_key, calls_lately=info.calls_lately
        )
        self._memories[info.call_id] = {turn: memory}
        return memory

    async def reply(
        self, call_id: str, turn: int, said: CallerInput, reach: Reach = HEARD
    ) -> Reply:
        """Answer one input."""
        memories = self._memories.get(call_id)
        if memories is None:
            raise EngineRejected("dialog", "the call is unknown.")
        before = memories[max(number for number in memories if number < turn)]
        flows = self._actions.flows
        understood = understand(flows, before, said)
        is_final = not isinstance(said, Utterance) or said.is_final
        step = await self._actions.decide(before, understood, reach, is_final=is_final)
        # An answer to a form's question is no sentence, and is understood all the same.
        means_nothing = _means_nothing(understood) and not is_form(before)
        if means_nothing and step.decision.then is Then.LISTEN:
            step = read_menu(flows, step.memory)
        memories[turn] = step.memory
        intent = understood.intent if isinstance(understood, Understood) else ""
        known = intent != NOT_UNDERSTOOD.intent
        return reply_of(flows, step.decision, intent if known else "", 1.0 if known else 0.0)

    async def close(self, call_id: str) -> None:
        """Forget the conversation."""
        self._memories.pop(call_id, None)

    async def is_healthy(self) -> bool:
        """Always: it has no engine that could fail."""
        return True


def read_menu(flows: FlowSet, memory: Memory) -> Answered:
    """Read the menu and listen for a key."""
    entries = [
        Say(
            key="wording.menu_entry",
            facts={"title": flows.flows[id_].titles.of(memory.language), "key": str(key)},
        )
        for key, id_ in enumerate(flows.hotline.menu, start=1)
    ]
    says = (wording("menu_intro"), *entries, wording("menu_person"))
    return answered(memory, says, expect=Expect.MENU, max_digits=1)


def understand(flows: FlowSet, memory: Memory, said: CallerInput) -> Input:
    """Make of keys and words what Rasa would have made of them, as far as that goes."""
    if isinstance(said, Happening):
        return said
    is_slot = is_form(memory)
    digits = said.digits if isinstance(said, Keys) else ""
    if isinstance(said, Utterance):
        intent = _examples(flows).get(said.text.replace(" ", "").lower())
        if intent is not None and (is_slot or intent not in _ASKS_FOR_THE_MENU):
            return _certain(intent, said.text)
        if is_slot:
            return replace(NOT_UNDERSTOOD, text=said.text, is_doubtful=said.is_doubtful)
        digits = _spoken_key(said)
    chosen = int(digits) if len(digits) == 1 and digits.isdecimal() else 0
    if not is_slot and 0 < chosen <= len(flows.hotline.menu) and not _asks_yes_no(memory):
        return _certain(flows.hotline.menu[chosen - 1])
    return Pressed(digits) if digits else NOT_UNDERSTOOD


def _certain(intent: str, text: str = "") -> Understood:
    return Understood(intent, 1.0, text, ((intent, 1.0),))


def _spoken_key(said: Utterance) -> str:
    """The key in "two" or "press two please"; "" for sentences, where "to" and "一下" abound."""
    words = [word for word in said.text.lower().split() if word not in _AROUND_A_KEY]
    if len(words) != 1 or (said.language is Language.ZH and len(words[0]) != 1):
        return ""
    return spoken_digits(words[0], said.language)


def _asks_yes_no(memory: Memory) -> bool:
    return memory.asking is not None and memory.asking.kind in YES_NO


def _means_nothing(understood: Input) -> bool:
    return isinstance(understood, Understood) and understood.intent == NOT_UNDERSTOOD.intent


def _examples(flows: FlowSet) -> dict[str, str]:
    groups = {id_: flow.examples for id_, flow in flows.flows.items()}
    groups |= {name: getattr(flows.navigation, name) for name in Navigation.model_fields}
    return {
        example.replace(" ", "").lower(): intent
        for intent, group in groups.items()
        for language in Language
        for example in group.of(language)
    }
