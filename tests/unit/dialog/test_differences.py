"""What differs between two versions of the flows, from their files."""

from ivr.dialog.differences import Kind, differences
from ivr.dialog.flows import FlowSet, Hotline
from tests.unit.dialog.talk import starter_flows, with_flow


def only(before: FlowSet, after: FlowSet) -> list[tuple[str, str, str, str | None, str | None]]:
    return [
        (each.kind.value, each.file, each.path, each.before, each.after)
        for each in differences(before, after)
    ]


def without(flow: str) -> FlowSet:
    flows = starter_flows()
    rest = {id_: each for id_, each in flows.flows.items() if id_ != flow}
    return flows.model_copy(update={"flows": rest})


def test_the_same_flows_differ_in_nothing() -> None:
    assert differences(starter_flows(), starter_flows()) == []


def test_a_flow_that_came_or_went_is_one_difference() -> None:
    title = starter_flows().flows["password"].titles.en

    assert only(without("password"), starter_flows()) == [("added", "password", "", None, title)]
    assert only(starter_flows(), without("password")) == [("removed", "password", "", title, None)]


def test_a_sentence_is_told_in_the_language_that_changed() -> None:
    answer = starter_flows().flows["password"].answer
    changed = with_flow("password", answer={"zh": answer.zh, "en": "Look in the app."})

    (found,) = differences(starter_flows(), changed)

    assert (found.kind, found.path, found.language) == (Kind.REWORDED, "answer", "en")
    assert (found.before, found.after) == (answer.en, "Look in the app.")


def test_a_sentence_that_was_not_there_is_new_in_both_languages() -> None:
    changed = with_flow("password", offer={"zh": "密码？", "en": "The password?"})
    before = with_flow("password", offer=None)

    found = differences(before, changed)

    assert [(each.before, each.after) for each in found] == [
        (None, "密码？"),
        (None, "The password?"),
    ]


def test_examples_are_told_one_by_one() -> None:
    examples = starter_flows().flows["password"].examples
    changed = with_flow(
        "password",
        examples={"zh": examples.zh, "en": (*examples.en[1:], "i am locked out again")},
    )

    assert only(starter_flows(), changed) == [
        ("example_removed", "password", "examples", examples.en[0], None),
        ("example_added", "password", "examples", None, "i am locked out again"),
    ]


def test_a_rule_is_told_with_both_values() -> None:
    changed = with_flow("refund", may_hear="verified", tags=("orders", "money"))

    assert only(starter_flows(), changed) == [
        ("rule", "refund", "may_hear", "anyone", "verified"),
        ("rule", "refund", "tags", "[orders]", "[orders, money]"),
    ]


def test_a_threshold_of_the_hotline_is_a_rule_too() -> None:
    flows = starter_flows()
    hotline = Hotline.model_validate({**dict(flows.hotline), "sure": 0.9})

    assert only(flows, flows.model_copy(update={"hotline": hotline})) == [
        ("rule", "hotline", "sure", str(flows.hotline.sure), "0.9")
    ]


def test_words_that_steer_are_examples() -> None:
    flows = starter_flows()
    yes = flows.navigation.yes
    navigation = flows.navigation.model_copy(
        update={"yes": yes.model_copy(update={"en": (*yes.en, "indeed")})}
    )

    assert only(flows, flows.model_copy(update={"navigation": navigation})) == [
        ("example_added", "navigation", "yes", None, "indeed")
    ]
