"""Every kind of mistake in a flow is found, in its file and line, with a remedy."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr.dialog.check import Finding, check
from ivr.dialog.check_reach import covers
from ivr.dialog.parts import Bounds, Group
from ivr.dialog.vocabulary import Vocabulary
from ivr.domain import Language
from ivr.predict.rules import parse_rule
from tests.needs import ROOT

QUEUES = frozenset({"service"})


@dataclass(frozen=True)
class Mistake:
    """A text of a flow that is replaced, the line that the finding must name, and its words."""

    flow: str
    old: str
    new: str
    line: str
    problem: str
    is_error: bool = True


def put(flow: str, line: str, problem: str, *, is_error: bool = True, new: str = "") -> Mistake:
    """A mistake that is written before the tags of a flow."""
    return Mistake(flow, "\ntags: ", f"\n{new or line}\ntags: ", line, problem, is_error)


REFERENCES = [
    put("fees", "hand_over: {queue: vip, reason: x}", "there is no queue 'vip'"),
    put("fees", "hand_over: {reason: x, groups: [goold]}", "there is no group 'goold'"),
    put("fees", "hand_over: {reason: x, outcomes: [paid]}", "no outcome 'paid' here"),
    Mistake("fees", "follow_ups: [coupon]", "follow_ups: [cuopon]", "cuopon", "no flow 'cuopon'"),
    Mistake(
        "loan_status",
        "{question: apply_loan, outcomes: [none]}",
        "{question: apply_loan, outcomes: [nothing]}",
        "nothing",
        "there is no outcome 'nothing' here",
    ),
    Mistake("limit", "    overdue:", "    ovredue:", "ovredue", "there is no group 'ovredue'"),
    Mistake(
        "limit",
        "lookup: {python: limit}",
        "lookup: {python: limti}",
        "limti",
        "there is no lookup 'limti'",
    ),
    Mistake("refund", "  order_number:", "  order:", "lookup", "needs the slot 'order_number'"),
    Mistake("refund", "  order_number:", "  pin:", "  pin:", "one of the who-are-you questions"),
    Mistake("balance", "may_hear: verified", "may_hear: anyone", "may_hear", "facts of an account"),
    Mistake("coupon", "may_hear: number_known\n", "", "lookup: {python: coupons}", "an account"),
    Mistake("hotline", "  queue: service", "  queue: vip", "  queue: vip", "no queue 'vip'"),
    Mistake(
        "hotline", "{days_customer:", "{days_costumer:", "days_costumer", "the fact 'days_costumer'"
    ),
    Mistake("fees", "tags: [info", "owners: ops\ntags: [info", "owners", "unknown key 'owners'"),
    Mistake(
        "fees", "titles: {zh: 利息和费用, en: interest and fees}", "titles: {zh: 费}", "ti", "en is"
    ),
]

REACH = [
    Mistake(
        "repayment_date",
        "follow_ups: [autopay]",
        "follow_ups: [balance]",
        "[balance]",
        "lead round in a circle: repayment_date > balance > repayment_date",
    ),
    put("complaint", "follow_ups: [fees]", "a person takes over after the answer"),
    put("opening_hours", "follow_ups: [balance]", "verified earlier in the call", is_error=False),
    Mistake("fees", "[coupon]", "[coupon, coupon]", "coupon, coupon", "offered twice", False),
    put("complaint", "offer_when: [open case]", "a question that has no offer", is_error=False),
    put("fees", "offer_when: [payment failed within 3 fortnights]", "is not understood"),
    Mistake(
        "apply_loan",
        "  by_group:\n",
        "  by_group:\n    late_vip: {zh: 好。, en: Fine.}\n",
        "late_vip",
        "there is no group 'late_vip'",
    ),
    put(
        "fees",
        "hand_over: {reason: x, say: {zh: 好, en: ok}}",
        "say is never said",
        is_error=False,
    ),
    put(
        "opening_hours",
        "hand_over: {reason: x, when: instead_of_answer}",
        "nobody hears the answer",
        is_error=False,
    ),
    put(
        "opening_hours",
        "  - {reason: second, tags: [vip]}",
        "one before it holds for everybody",
        new="hand_over:\n  - {reason: first}\n  - {reason: second, tags: [vip]}",
    ),
]

SENTENCES = [
    Mistake("instalment_quote", "分{{ months }}", "分{{ months | number }}", "zh: 借", "'六个月'"),
    Mistake(
        "refund", "没有查到这个", "没有查到{{ order_number | day }}这个", "没有查到", "'111111'"
    ),
    Mistake("loan_purpose", "interruptible: false", "interruptible: true", "voice", "legal notice"),
    Mistake("limit", "还清逾期以后", "还清{{ sum | money }}以后", "还清{{", "no fact 'sum'"),
    Mistake("hotline", "顺便告诉您{{ title }}？", "顺便听听？", "听听", "only the Eng", False),
    Mistake("hotline", "{{ first }}，还是", "{{ frist }}，还是", "frist", "no fact 'frist'"),
    Mistake(
        "points", "zh: 您是想查询积分吗？", "zh: Your points?", "Your", "not translated", False
    ),
    Mistake(
        "points", "Are you calling about your points?", "您好", "您好", "holds Mandarin", False
    ),
    put(
        "fees",
        "hand_over: {reason: x, upset: true, say: {zh: '{{ x }}', en: ok}}",
        "there is no fact 'x'",
    ),
    Mistake(
        "payment_failed",
        "需要告诉您怎么换一张银行卡扣款吗？",
        "需要告诉您怎么换一张银行卡扣款吗？" * 4,
        "offer: {zh",
        "s to say, more than 12",
        False,
    ),
]

EXAMPLES = [
    Mistake("fees", "    - 利息 是 多少", "    - /利息", "/利息", "begins with /"),
    Mistake("fees", "    - 利息 是 多少", "    - 利息 {金额}", "{金额}", "a bracket"),
    Mistake(
        "points", "    - 查 积分\n", "    - 查积分\n    - 查 积分\n", "查 积分", "twice", False
    ),
]


FLOWS = (
    *("apply_loan", "autopay", "balance", "bind_card", "card_lost", "complaint", "coupon"),
    *("fees", "instalment_quote", "limit", "loan_purpose", "loan_status", "opening_hours"),
    *("payment_failed", "points", "refund", "repayment_date"),
)
"""Enough of the starter set to lead nowhere but where a test leads it."""
_EXAMPLES = re.compile(r"(?<=  (?:zh|en):\n)((?:    - .*\n){8})(?:    - .*\n)*")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The starter set, made small, or every test would take a second."""
    for name in (*FLOWS, "navigation", "hotline"):
        text = (ROOT / "flows" / f"{name}.yaml").read_text("utf-8")
        (tmp_path / f"{name}.yaml").write_text(_EXAMPLES.sub(r"\1", text), "utf-8")
    return tmp_path


def found_in(folder: Path) -> list[Finding]:
    return check(folder, QUEUES, {}, parse_rule)


@pytest.mark.parametrize(
    "mistake",
    [*REFERENCES, *REACH, *SENTENCES, *EXAMPLES],
    ids=lambda mistake: f"{mistake.flow}: {mistake.problem}",
)
def test_a_mistake_is_found_at_its_place(folder: Path, mistake: Mistake) -> None:
    file = folder / f"{mistake.flow}.yaml"
    text = file.read_text("utf-8")
    assert mistake.old in text
    changed = text.replace(mistake.old, mistake.new, 1)
    file.write_text(changed, "utf-8")

    found = [one for one in found_in(folder) if mistake.problem in one.problem]

    assert found, found_in(folder)
    finding = found[0]
    assert finding.place.file == file
    assert finding.is_error is mistake.is_error
    assert finding.remedy
    begins = changed.index(mistake.new)
    wanted = changed.index(mistake.line, begins - 1 if mistake.line in mistake.new else 0)
    assert finding.place.line == changed.count("\n", 0, wanted) + 1, str(finding)


def test_a_rule_for_the_upset_may_have_its_own_sentence(folder: Path) -> None:
    file = folder / "fees.yaml"
    rule = "hand_over: {reason: x, upset: true, say: {zh: 好, en: ok}}\ntags: "
    file.write_text(file.read_text("utf-8").replace("tags: ", rule), "utf-8")

    assert found_in(folder) == []


def test_the_starter_set_has_nothing_to_mend_but_words_for_the_ear() -> None:
    assert found_in(ROOT / "flows") == []


def test_a_variant_behind_a_wider_one_is_never_heard(folder: Path) -> None:
    hotline, flow = folder / "hotline.yaml", folder / "opening_hours.yaml"
    later = "groups:\n  very_late: {account: {days_overdue: {at_least: 30}}}\n"
    hotline.write_text(hotline.read_text("utf-8").replace("groups:\n", later, 1), "utf-8")
    by_group = (
        "  by_group:\n    overdue: {zh: 好。, en: a}\n    very_late: {zh: 好。, en: b}\noffer:"
    )
    flow.write_text(flow.read_text("utf-8").replace("offer:", by_group, 1), "utf-8")

    (finding,) = found_in(folder)

    assert finding.problem == "nobody hears this: whoever is in very_late is in overdue before it."
    assert finding.remedy == "Write very_late before overdue, or drop it."


def test_upset_words_that_the_ear_cannot_hear_are_found(folder: Path) -> None:
    ear = Vocabulary(frozenset(["this", "is"]), Language.EN)

    found = [str(one) for one in check(folder, QUEUES, {Language.EN: ear})]

    assert any("hotline.yaml" in one and "ridiculous" in one for one in found)


@pytest.mark.parametrize(
    ("wider", "group", "is_wider"),
    [
        (Group(tags=("vip", "staff")), Group(tags=("vip",)), True),
        (Group(tags=("vip",)), Group(tags=("vip", "staff")), False),
        (Group(tags=("vip",)), Group(verified=True), False),
        (Group(verified=True), Group(account={"days_overdue": Bounds(at_least=1)}), True),
        (Group(verified=True), Group(tags=("vip",)), False),
        (Group(calls_lately=Bounds(at_least=2)), Group(calls_lately=Bounds(at_least=3)), True),
        (Group(calls_lately=Bounds(at_least=3)), Group(calls_lately=Bounds(at_least=2)), False),
        (Group(number_known=True), Group(number_known=True, tags=("vip",)), True),
        (Group(number_known=True), Group(tags=("vip",)), False),
    ],
)
def test_a_group_is_wider_only_where_that_is_certain(
    wider: Group, group: Group, is_wider: bool
) -> None:
    assert covers(wider, group) is is_wider
