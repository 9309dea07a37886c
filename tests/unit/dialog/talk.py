"""A conversation with the decisions alone: intents in, decisions out, facts as given."""

from functools import cache

from ivr.dialog import HEARD, questions
from ivr.dialog.decide import hear
from ivr.dialog.flows import Flow, FlowSet, load_flows
from ivr.dialog.memory import Decision, Memory
from ivr.dialog.reach import as_heard
from ivr.dialog.step import Answered, Failed, Found, Input, Pressed, Understood
from ivr.dialog.wording import reply_of
from ivr.domain import Happening, Language, Opening, Reach
from tests.needs import ROOT


@cache
def starter_flows() -> FlowSet:
    return load_flows(ROOT / "flows")


def with_flow(flow_id: str, **changes: object) -> FlowSet:
    """The starter flows with one of them changed."""
    flows = starter_flows()
    flow = Flow.model_validate({**dict(flows.flows[flow_id]), **changes})
    return flows.model_copy(update={"flows": {**flows.flows, flow_id: flow}})


class Talk:
    def __init__(
        self,
        language: Language = Language.EN,
        facts: dict[str, Found | Failed] | None = None,
        flows: FlowSet | None = None,
    ) -> None:
        self.flows = flows or starter_flows()
        self.memory = Memory(language=language)
        self.facts = facts or {}

    def open(self, opening: Opening | None = None) -> Decision:
        return self._take(opening or Opening())

    def say(
        self,
        intent: str,
        text: str = "",
        confidence: float = 0.9,
        reach: Reach = HEARD,
        **ranking: float,
    ) -> Decision:
        order = ((intent, confidence), *ranking.items())
        return self._take(Understood(intent, confidence, text or intent, tuple(order)), reach)

    def understood(self, said: Understood) -> Decision:
        return self._take(said)

    def press(self, digits: str, reach: Reach = HEARD) -> Decision:
        return self._take(Pressed(digits), reach)

    def happen(self, happening: Happening) -> Decision:
        return self._take(happening)

    def text_of(self, decision: Decision) -> str:
        return " ".join(prompt.text for prompt in reply_of(self.flows, decision).prompts)

    def _take(self, said: Input, reach: Reach = HEARD) -> Decision:
        step = hear(self.flows, as_heard(self.memory, reach), said)
        while not isinstance(step, Answered):
            step = questions.resume(self.flows, step, self.facts[step.lookup])
        self.memory = step.memory
        return step.decision


def keys(decision: Decision) -> list[str]:
    return [say.key for say in decision.says]
