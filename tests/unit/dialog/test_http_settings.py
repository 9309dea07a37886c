"""Lookups over HTTP as ops write them, and what is taken from an answer."""

import json
import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr.dialog.check import check
from ivr.dialog.http_lookup import MAX_FACT, found_in
from ivr.dialog.http_settings import HttpLookup
from ivr.dialog.step import Found
from tests.needs import ROOT

URL = "https://crm.example/loans"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"url": "http://crm.example/loans"}, "http is for this machine only"),
        ({"url": "ftp://crm.example/loans"}, "must begin with https"),
        ({"url": "crm.example/loans"}, "must begin with https"),
        ({"url": "https://user:pass@crm.example/"}, "holds a user or password"),
        ({"url": "https://{{ host }}/loans"}, "could lead anywhere"),
        ({"url": "https://crm.example/?a={{ order }}"}, "name it under query"),
        ({"url": "https://crm.example:99999/"}, "[Pp]ort"),
        ({"url": URL, "body": {"a": "order"}}, "body needs method: POST"),
        ({"url": URL, "timeout_s": 5}, "less than or equal to 1"),
        ({"url": URL, "headers": {"Authorization": "Bearer abc"}}, "pattern"),
        ({"url": URL, "facts": {"balance": "$..balance"}}, "pattern"),
        ({"url": URL, "methode": "GET"}, "[Ee]xtra"),
    ],
)
def test_an_unsafe_lookup_is_refused(settings: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        HttpLookup.model_validate(settings)


def test_this_machine_may_be_asked_without_encryption() -> None:
    assert HttpLookup(url="http://127.0.0.1:8000/{{ order }}").inputs == {"order"}


def lookup(**settings: object) -> HttpLookup:
    return HttpLookup.model_validate({"url": URL, **settings})


def test_facts_are_taken_by_their_paths() -> None:
    paths = {
        "balance": "data.loans[1].balance",
        "due_on": "data.due",
        "late": "late",
        "left": "left",
    }
    answer = {
        "data": {"loans": [{}, {"balance": 12345.60}], "due": " 2026-12-03\u0000 "},
        "late": False,
        "left": 12,
    }

    found = found_in(lookup(facts=paths), json.dumps(answer).encode())

    assert found == Found(
        {"balance": "12345.6", "due_on": "2026-12-03", "late": "no", "left": "12"}, "ok"
    )


@pytest.mark.parametrize(("status", "outcome"), [("SETTLED", "paid"), ("OPEN", "ok")])
def test_a_value_of_the_answer_tells_the_outcome(status: str, outcome: str) -> None:
    rule = {"path": "status", "values": {"SETTLED": "paid"}}

    found = found_in(lookup(outcome=rule), json.dumps({"status": status}).encode())

    assert found.outcome == outcome


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e400}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 60_000,
        b'{"b": 1}',
        b'{"a": null}',
        b'{"a": {}}',
        b'{"a": []}',
        b'{"a": ""}',
        b'"a"',
        b"[1]",
        b'{"a": "' + b"x" * (MAX_FACT + 1) + b'"}',
        b"\xff\xfe",
    ],
)
def test_an_answer_without_the_fact_is_refused(answer: bytes) -> None:
    with pytest.raises(Exception, match=r"^(json|fact)$"):
        found_in(lookup(facts={"amount": "a"}), answer)


# --- ivr flows check ---------------------------------------------------------------------

HTTP = """lookup:
  http:
    url: https://crm.example/refunds
    query: {order: order_number}
    facts: {amount: data.amount, expected_on: data.expected_on}
    outcome: {path: data.status, values: {PAID: paid}}
    not_found: none
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("", "", ""),
        ("order: order_number", "order: order_numbr", "sends 'order_numbr', which is no slot"),
        ("order: order_number", "order: customer", "sends the customer, but anyone may ask"),
        ("not_found: none", "not_found: gone", "nothing is said when the lookup finds 'gone'"),
        ("not_found: none", "not_found: gone", "the lookup never finds 'none'"),
        ("{amount: data", "{sum: data", "there is no fact 'amount' here"),
        (
            "    not_found",
            "    headers: {X-Key: NO_SUCH_KEY}\n    not_found",
            "NO_SUCH_KEY is not set",
        ),
        ("https://crm", "http://crm", "http is for this machine only"),
        ("lookup:\n", "lookup:\n  python: refund\n", "give either python or http"),
    ],
)
def test_a_mistake_in_a_lookup_is_found(tmp_path: Path, old: str, new: str, problem: str) -> None:
    (tmp_path / "flows").mkdir()
    for name in ("hotline", "navigation", "refund"):
        shutil.copy(ROOT / "flows" / f"{name}.yaml", tmp_path / "flows")
    file = tmp_path / "flows" / "refund.yaml"
    text = file.read_text("utf-8").replace("lookup: {python: refund}\n", HTTP.replace(old, new, 1))
    text = text.replace("{{ paid_on | day }}", "")
    file.write_text(text, "utf-8")

    found = [
        finding
        for finding in check(tmp_path / "flows", frozenset({"service"}), {})
        if finding.place.file == file and "to say" not in finding.problem
    ]

    assert any(problem in finding.problem and finding.remedy for finding in found) or not problem
    assert bool(found) == bool(problem), found
    assert all(finding.place.line and finding.place.line > 1 for finding in found)
