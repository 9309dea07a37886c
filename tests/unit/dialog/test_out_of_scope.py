"""Examples of what no question answers: learned to be refused, never an answer."""

from pathlib import Path

from ruamel.yaml import YAML

from ivr.dialog.check_examples import check_examples
from ivr.dialog.compile import compile_project, examples_of
from ivr.dialog.flows import FlowSet
from ivr.dialog.parts import Examples
from tests.unit.dialog.talk import starter_flows

OUTSIDE = Examples(zh=("明天 会 下雨 吗",), en=("where is my refund", "will it rain"))


def with_outside() -> FlowSet:
    flows = starter_flows()
    hotline = flows.hotline.model_copy(update={"out_of_scope": OUTSIDE})
    return flows.model_copy(update={"hotline": hotline})


def test_what_is_out_of_scope_is_learned() -> None:
    learned = examples_of(starter_flows())

    assert ("tell me a joke", "oos") in learned
    assert ("讲 个 笑话", "oos") in learned


def test_out_of_scope_is_no_intent_that_could_be_answered() -> None:
    domain = YAML(typ="safe", pure=True).load(compile_project(starter_flows(), "")["domain.yml"])

    assert "oos" not in domain["intents"]
    assert "action_oos" not in domain["actions"]


def test_an_example_of_a_question_among_them_is_found() -> None:
    flows = with_outside()

    found = list(check_examples(flows, Path("flows"), {}))

    assert any(finding.is_error and "where is my refund" in finding.problem for finding in found)


def test_the_starter_set_refuses_nothing_that_it_answers() -> None:
    found = check_examples(starter_flows(), Path("flows"), {})

    assert not [str(finding) for finding in found if "hotline.yaml" in str(finding.place.file)]
