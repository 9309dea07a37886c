"""A mind by script: keyword rules instead of Rasa, held to the same contract tests.

For scenarios in virtual time. It understands a few words in both languages, keeps one state per
caller's turn (so that a repeated turn starts again from where it first stood), can think for a
while and can be told to fail.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ivr.dialog import HEARD
from ivr.domain import (
    CallerInput,
    CallInfo,
    Expect,
    HandOver,
    Happening,
    Keys,
    Language,
    Listening,
    Opening,
    OpeningKind,
    Prompt,
    Reach,
    Reply,
    Then,
    Utterance,
)
from ivr.errors import EngineError, EngineRejected

Texts = tuple[str, str]  # Mandarin, English


@dataclass(frozen=True, slots=True)
class Rule:
    """When a caller's text holds one of `words` (blanks do not count), say `answer`.

    `keys` are keypad entries that mean the same. A rule that `writes` changes something outside the
    call, and so answers only words that are final.
    """

    intent: str
    words: tuple[str, ...]
    answer: Texts
    keys: tuple[str, ...] = ()
    question: str = ""
    then: Then = Then.LISTEN
    expect: Expect = Expect.FREE
    max_digits: int | None = None
    may_interrupt: bool = True
    interruptible_after_s: float = 0.0
    writes: bool = False


REPEAT = Rule("repeat", ("再说一遍", "重复", "repeat", "say that again"), ("", ""))
SLOWER = Rule("slower", ("慢一点", "慢点", "slower", "slowly"), ("", ""))
LANGUAGE = Rule(
    "language", ("英语", "英文", "mandarin", "chinese"), ("请说。", "Go ahead."), ("*",)
)
PERSON = Rule(
    "person",
    ("人工", "真人", "person", "operator", "human", "agent"),
    ("好的，正在为您转接人工。", "One moment, I am connecting you to a person."),
    ("0",),
    then=Then.HAND_OVER,
)
STARTER: tuple[Rule, ...] = (
    REPEAT,
    SLOWER,
    LANGUAGE,
    PERSON,
    Rule(
        "goodbye",
        ("再见", "拜拜", "goodbye", "bye"),
        ("再见。", "Goodbye."),
        then=Then.HANG_UP,
    ),
    Rule(
        "balance",
        ("余额", "多少钱", "balance"),
        ("您的余额是一千二百元。", "Your balance is twelve hundred yuan."),
        question="balance",
    ),
    Rule(
        "repayment_date",
        ("还款", "repay", "payment due"),
        ("下次还款日是三号。", "Your next repayment is due on the third."),
        question="repayment_date",
    ),
    Rule(
        "refund",
        ("退款", "refund"),
        ("请按四位订单号。", "Please enter the four digit order number."),
        question="refund",
        expect=Expect.DIGITS,
        max_digits=4,
    ),
    Rule(
        "opening_hours",
        ("营业", "上班", "opening hours", "open"),
        ("每天早上九点到晚上六点。", "We are open from nine to six every day."),
        question="opening_hours",
    ),
    Rule(
        "legal",
        ("协议", "legal", "policy"),
        ("通话会被录音。", "This call is recorded."),
        question="legal",
        may_interrupt=False,
    ),
)

GREETING: Texts = ("您好，请问有什么可以帮您？", "Hello, how can I help you?")
OFFER: Texts = ("您好，您是想问这个吗：{}？", "Hello, are you calling about {}?")
AGAIN: Texts = ("请再说一次，您想问什么？", "Please tell me what you are calling about.")
OFFER_PERSON: Texts = ("需要为您转人工吗？", "Shall I connect you to a person?")
CALL_BACK: Texts = (
    "现在没有空闲的人工，我们会回电给您。",
    "Nobody is free, we will call you back.",
)
GOT_DIGITS: Texts = ("收到，谢谢。", "Thank you, I have got it.")


@dataclass(frozen=True, slots=True)
class State:
    """All that the script knows before a caller's turn."""

    language: Language
    speed: float = 1.0
    silences: int = 0
    misunderstood: int = 0
    question: str = ""
    last: Reply | None = None


@dataclass(slots=True)
class _Conversation:
    states: list[State] = field(default_factory=list)


class ScriptedDialog:
    """Answers by keyword rules, first match wins.

    `think_s` is slept before every answer (virtual time in scenarios). `failures` maps
    (call_id, turn) to an error that is raised once; turn 0 is the greeting.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...] = STARTER,
        think_s: float = 0.0,
        failures: Mapping[tuple[str, int], EngineError] | None = None,
    ) -> None:
        self.rules, self.think_s = rules, think_s
        self.failures = dict(failures or {})
        self.heard: list[tuple[str, int, CallerInput]] = []
        self.reached: list[Reach] = []
        self.closed: list[str] = []
        self.written: list[str] = []
        """What callers said that changed something."""
        self.healthy = True
        self._conversations: dict[str, _Conversation] = {}

    async def open(self, info: CallInfo, opening: Opening) -> Reply:
        """Greet, or offer the first question of the opening."""
        await self._think(info.call_id, 0)
        state = State(info.language)
        reply = _say(state, GREETING)
        if opening.kind is not OpeningKind.ASK and opening.questions:
            texts = tuple(text.format(opening.questions[0]) for text in OFFER)
            reply = _say(state, (texts[0], texts[1]), expect=Expect.YES_NO)
        self._conversations[info.call_id] = _Conversation([replace(state, last=reply)])
        return reply

    async def reply(
        self, call_id: str, turn: int, said: CallerInput, reach: Reach = HEARD
    ) -> Reply:
        """Answer by the first rule that matches; the same turn again replaces the earlier one."""
        conversation = self._conversations.get(call_id)
        if conversation is None:
            raise EngineRejected("dialog", "the call is unknown.")
        self.heard.append((call_id, turn, said))
        self.reached.append(reach)
        await self._think(call_id, turn)
        # A gap is no error: a turn that failed has left no state.
        del conversation.states[turn:]
        rule = _match(self.rules, said) if isinstance(said, Utterance) else None
        if rule is not None and rule.writes and isinstance(said, Utterance):
            if not said.is_final:
                return withheld(conversation.states[-1])
            self.written.append(said.text)
        reply, state = answer(self.rules, conversation.states[-1], said, reach)
        conversation.states.append(replace(state, last=reply, question=reply.question))
        return reply

    async def close(self, call_id: str) -> None:
        """Forget the conversation."""
        self._conversations.pop(call_id, None)
        self.closed.append(call_id)

    async def is_healthy(self) -> bool:
        """Whatever `healthy` was set to."""
        return self.healthy

    async def _think(self, call_id: str, turn: int) -> None:
        if self.think_s:
            await asyncio.sleep(self.think_s)
        failure = self.failures.pop((call_id, turn), None)
        if failure is not None:
            raise failure


def answer(
    rules: tuple[Rule, ...], state: State, said: CallerInput, reach: Reach = HEARD
) -> tuple[Reply, State]:
    """Give the reply and what is known after it."""
    if isinstance(said, Happening):
        return _happened(state, said)
    calm = replace(state, silences=0, misunderstood=0)
    rule = _match(rules, said)
    if rule is None:
        return _digits(calm) if isinstance(said, Keys) else _unknown(state)
    if rule is LANGUAGE:
        other = Language.EN if state.language is Language.ZH else Language.ZH
        calm = replace(calm, language=other)
    if rule is SLOWER:
        calm = replace(calm, speed=0.8)
    if rule in (SLOWER, REPEAT) and state.last is not None:
        prompts = tuple(replace(p, speed=calm.speed) for p in _unheard(state.last.prompts, reach))
        return replace(state.last, prompts=prompts, intent=rule.intent, confidence=1.0), calm
    return _by_rule(calm, rule), calm


def _unheard(prompts: tuple[Prompt, ...], reach: Reach) -> tuple[Prompt, ...]:
    if not reach.unheard:
        return prompts
    cut, *later = prompts[-reach.unheard :]
    return (replace(cut, text=cut.text[reach.letters :]), *later)


def _match(rules: tuple[Rule, ...], said: CallerInput) -> Rule | None:
    if isinstance(said, Keys):
        return next((rule for rule in rules if said.digits in rule.keys), None)
    assert not isinstance(said, Happening)
    text = said.text.replace(" ", "")
    for rule in rules:
        if any(word.replace(" ", "") in text for word in rule.words):
            return rule
    return None


def _by_rule(state: State, rule: Rule) -> Reply:
    question = rule.question or state.question
    reply = _say(state, rule.answer, expect=rule.expect, may_interrupt=rule.may_interrupt)
    if rule.interruptible_after_s:
        late = replace(reply.prompts[0], interruptible_after_s=rule.interruptible_after_s)
        reply = replace(reply, prompts=(late,))
    listening = replace(reply.listening, max_digits=rule.max_digits)
    hand_over = HandOver("service", rule.intent) if rule.then is Then.HAND_OVER else None
    return replace(
        reply,
        listening=listening,
        then=rule.then,
        hand_over=hand_over,
        intent=rule.intent,
        confidence=1.0,
        question=question,
    )


def _happened(state: State, happening: Happening) -> tuple[Reply, State]:
    if happening is Happening.AGENT_UNAVAILABLE:
        return replace(_say(state, CALL_BACK), call_back="service"), state
    if happening is Happening.UNHEARD:
        return _unknown(state)
    state = replace(state, silences=state.silences + 1)
    texts = AGAIN if state.silences == 1 else OFFER_PERSON
    return _say(state, texts, expect=Expect.FREE if state.silences == 1 else Expect.YES_NO), state


def _unknown(state: State) -> tuple[Reply, State]:
    state = replace(state, misunderstood=state.misunderstood + 1)
    if state.misunderstood < 2:
        return _say(state, AGAIN), state
    reply = replace(_by_rule(state, PERSON), hand_over=HandOver("service", "not understood"))
    return replace(reply, intent="", confidence=0.0), state


def withheld(state: State) -> Reply:
    """Say nothing to words that are not final."""
    return Reply((), Listening(state.language), is_withheld=True)


def _digits(state: State) -> tuple[Reply, State]:
    return _say(state, GOT_DIGITS), state


def _say(
    state: State, texts: Texts, expect: Expect = Expect.FREE, may_interrupt: bool = True
) -> Reply:
    text = texts[0] if state.language is Language.ZH else texts[1]
    prompt = Prompt(text, state.language, may_interrupt, state.speed)
    return Reply((prompt,), Listening(state.language, expect), question=state.question)
