"""From kept calls to a training and a report: the store, the opener and the commands together."""

import asyncio
import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ivr.call.guessing import LearnedOpener
from ivr.call.offers import load_learned, make_opener
from ivr.cli import app
from ivr.config import Settings, load_settings
from ivr.dialog.flows import load_flows
from ivr.dialog.snapshot import fingerprint, read_folder
from ivr.domain import CallInfo, CallRecord, Language, Opening, OpeningKind, Outcome, Speaker, Turn
from ivr.store import PublicationKind
from ivr.store.library import SqlLibrary
from ivr.store.sql import SqlStore, open_store
from tests import needs

CALLS, CALLERS = 400, 12
QUESTIONS = ("fees", "refund", "payment_failed")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings of a hotline that has taken CALLS calls of people with habits."""
    folder = tmp_path_factory.mktemp("offers")
    file = folder / "hotline.yaml"
    lines = [
        f"state_dir: {folder}",
        f"flows_dir: {needs.path('flows')}",
        f"predict: {{holdout: 0.3, learned_file: {folder}/predictor.npz}}",
        f'store: {{url: "sqlite+aiosqlite:///{folder}/h.db", secret_file: "{folder}/secret"}}',
    ]
    file.write_text("\n".join(lines), "utf-8")
    asyncio.run(_take_calls(file))
    return file


async def _take_calls(config: Path) -> None:
    settings, drawn = load_settings(config), random.Random(2)
    async with open_store(settings.store) as store:
        opener = make_opener(settings, load_flows(settings.flows_dir), store)
        for number in range(CALLS):
            at = datetime.now(UTC) - timedelta(minutes=20 * (CALLS - number))
            caller = drawn.randrange(CALLERS)
            own = QUESTIONS[caller % len(QUESTIONS)]
            question = own if drawn.random() < 0.9 else drawn.choice(QUESTIONS)
            opener.now = lambda at=at: at  # type: ignore[misc]  # the clock of this call
            await _take_call(store, opener, (number, f"+861380013800{caller:02}", question, at))
        await _take_call_without_a_guess(store)


async def _take_call_without_a_guess(store: SqlStore) -> None:
    """A call whose guess came too late: greeted plainly, the coin never fell."""
    at = datetime.now(UTC) - timedelta(hours=1)
    info = CallInfo("1700.late", "", "", "95000", Language.ZH, at)
    await store.begin(info)
    ended, outcome = at + timedelta(seconds=900), Outcome.CALLER_LEFT
    known = (info.call_id, "", "95000", Language.ZH, at, at, ended, outcome, "")
    await store.finish(CallRecord(*known, Opening()))


async def _take_call(
    store: SqlStore, opener: LearnedOpener, call: tuple[int, str, str, datetime]
) -> None:
    number, caller, question, at = call
    key = store.key_of(caller)
    info = CallInfo(f"1700.{number}", caller, key, "95000", Language.ZH, at)
    decision = await opener.decide(info)
    opening = decision.opening
    right = question in opening.questions
    await store.begin(info)
    await store.note_opening(info.call_id, opening, decision.prediction, decision.flows_version)
    said = ("yes",) if right else ("no", question) if opening.questions else (question, "")
    for turn, intent in enumerate(said, 1):
        words = Turn(turn, Speaker.CALLER, "x", Language.ZH, turn, turn + 1, intent, 0.9)
        await store.add_turn(info.call_id, words)
    took = timedelta(seconds=50 if right else 66 if opening.questions else 60)
    record = CallRecord(
        call_id=info.call_id,
        caller_key=key,
        dialled="95000",
        language=Language.ZH,
        arrived_at=at,
        answered_at=at,
        ended_at=at + took,
        outcome=Outcome.COMPLETED,
        question=question,
        opening=opening,
        flows_version=decision.flows_version,
    )
    await store.finish(record)
    await opener.learn(record)


def _ivr(config: Path, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--config", str(config)])
    assert result.exit_code == 0, result.exception
    return result.stdout


def test_the_report_finds_what_offers_save(config: Path) -> None:
    told: dict[str, Any] = json.loads(_ivr(config, "report", "offers", "--json"))

    total = told["total"]
    assert total["calls"] == CALLS  # not the one for which no coin fell
    assert total["coverage"] > 0.3
    assert total["precision"][0] > 0.7
    assert total["confirmed"] == pytest.approx(total["precision"][0])
    assert total["seconds_saved"][1] > 0  # the interval excludes nothing saved
    assert total["turns_saved"][0] > 0
    assert told["other_thresholds"]
    assert "returning" in told["by_caller"]


def test_the_report_is_shown_and_drawn(config: Path, tmp_path: Path) -> None:
    page = tmp_path / "offers.html"

    shown = _ivr(config, "report", "offers", "--html", str(page))

    assert f"Offers in {CALLS} calls" in shown
    assert page.read_text("utf-8").count("<svg") >= 3


def test_training_is_written_and_taken_over(config: Path) -> None:
    said = _ivr(config, "predict", "train")
    settings = load_settings(config)
    learned = load_learned(settings.predict.learned_file)

    assert f"{CALLS} calls learned (fitted)" in said
    assert learned is not None
    assert learned.gains.of("fees", "").right_s > 0
    assert "calls" in _ivr(config, "predict", "status")


def test_a_restarted_opener_knows_the_callers(config: Path) -> None:
    kind, questions = asyncio.run(_greeting_after_restart(config))

    assert kind in (OpeningKind.OFFER, OpeningKind.ANSWER)
    assert questions == ("refund",)


async def _greeting_after_restart(config: Path) -> tuple[OpeningKind, tuple[str, ...]]:
    settings = load_settings(config)
    async with open_store(settings.store) as store:
        opener = make_opener(settings, load_flows(settings.flows_dir), store)
        for attempt in range(20):  # some draws are held out
            key = store.key_of("+86138001380001")
            info = CallInfo(f"r.{attempt}", "", key, "95000", Language.ZH, datetime.now(UTC))
            opening = (await opener.decide(info)).opening
            if not opening.held_out:
                return opening.kind, opening.questions
    raise AssertionError("twenty calls in a row were held out")


def test_offers_that_are_off_are_told(config: Path) -> None:
    off = load_settings(config).state_dir / "offers-off"
    off.write_text("callers hang up more often", "utf-8")

    told = _ivr(config, "predict", "status"), _ivr(config, "report", "offers")
    off.unlink()

    assert "offers are OFF: callers hang up" in told[0]
    assert "switched off: callers hang up" in told[1]


def test_training_knows_the_questions_that_callers_have_not_those_being_edited(
    config: Path, tmp_path: Path
) -> None:
    settings = load_settings(config)
    edited = shutil.copytree(settings.flows_dir, tmp_path / "flows")
    (edited / "refund.yaml").write_text("id: [half a file", "utf-8")
    file = tmp_path / "hotline.yaml"
    text = config.read_text("utf-8").replace(str(settings.flows_dir), str(edited))
    file.write_text(text, "utf-8")
    asyncio.run(_publish(settings))

    _ivr(file, "predict", "train")

    learned = load_learned(settings.predict.learned_file)
    assert learned is not None
    assert {"refund", "opening_hours"} <= set(learned.model.reasons.names)


async def _publish(settings: Settings) -> None:
    files = read_folder(settings.flows_dir)
    async with open_store(settings.store) as store:
        library = SqlLibrary(store.database)
        await library.keep_flows(fingerprint(files), files)
        await library.publish(fingerprint(files), PublicationKind.PUBLISHED, "wang", "test")
