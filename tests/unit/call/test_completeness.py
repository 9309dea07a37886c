"""Free speech that sounds unfinished, learned from the sentences of the flows that ship."""

import pytest

from ivr.call.completeness import SoundsUnfinished, learn, never
from ivr.call.endpoint import Judgement, judge
from ivr.dialog.flows import FlowSet, load_flows
from ivr.domain import Expect, Language, Listening
from tests import needs

EN, ZH = Language.EN, Language.ZH
WAITS = (Judgement.UNFINISHED, Judgement.MAYBE_UNFINISHED)


@pytest.fixture(scope="module")
def flows() -> FlowSet:
    return load_flows(needs.ROOT / "flows")


def sentences(flows: FlowSet, fold: int, language: Language, *, held_out: bool) -> list[str]:
    """The examples of every fifth flow, or of the others."""
    return [
        example
        for number, flow in enumerate(flows.flows.values())
        if (number % 5 == fold) is held_out
        for example in flow.examples.of(language)
    ]


@pytest.fixture(scope="module")
def learned(flows: FlowSet) -> SoundsUnfinished:
    """Learned without the first, the sixth, ... flow."""
    return learn({each: sentences(flows, 0, each, held_out=False) for each in Language})


def share(judged: list[bool]) -> float:
    return sum(judged) / len(judged)


@pytest.mark.parametrize("language", Language)
def test_it_beats_the_rules_on_flows_it_has_not_seen(
    language: Language, flows: FlowSet, learned: SoundsUnfinished
) -> None:
    whole = sentences(flows, 0, language, held_out=True)
    begun = [
        " ".join(words[:count])
        for words in map(str.split, whole)
        for count in range(1, len(words))
        if " ".join(words[:count]) not in whole
    ]

    def waits(text: str, model: SoundsUnfinished) -> bool:
        return judge(Listening(language), text, model) in WAITS

    assert share([waits(each, learned) for each in whole]) <= 0.05
    assert share([waits(each, learned) for each in begun]) >= 1.5 * share(
        [waits(each, never) for each in begun]
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [(EN, "what is my"), (EN, "how do i change"), (ZH, "我 的 贷款"), (ZH, "什么 时候")],
)
def test_what_breaks_off_in_the_middle_sounds_unfinished(
    language: Language, said: str, learned: SoundsUnfinished
) -> None:
    assert learned(said, language)


@pytest.mark.parametrize(
    ("language", "said"),
    [(EN, "i lost my card"), (EN, "what is my balance"), (ZH, "我 的 卡 丢 了"), (ZH, "查 余额")],
)
def test_a_whole_sentence_does_not(
    language: Language, said: str, learned: SoundsUnfinished
) -> None:
    assert not learned(said, language)


def test_only_free_speech_is_asked_about(learned: SoundsUnfinished) -> None:
    listening = Listening(EN, Expect.MENU, phrases=("what is my balance",))

    assert judge(Listening(EN), "how do i change", learned) is Judgement.MAYBE_UNFINISHED
    assert judge(listening, "how do i change", learned) is Judgement.OPEN


def test_nothing_said_and_an_unknown_language_are_not_judged() -> None:
    only_english = learn({EN: ["what is my balance", "check my balance"], ZH: []})

    assert not only_english("", EN)
    assert not only_english("什么 时候", ZH)


def test_learning_twice_gives_the_same_judge(flows: FlowSet) -> None:
    known = {EN: sentences(flows, 0, EN, held_out=False)[:200]}
    first, second = learn(known), learn(known)
    asked = [example[: len(example) // 2] for example in known[EN]]

    assert [first(each, EN) for each in asked] == [second(each, EN) for each in asked]
