"""What flows allow becomes permissions; a guardrail's word outlives the process."""

from pathlib import Path

import pytest

from ivr.call.guessing import LearnedOpener
from ivr.call.offers import (
    Lookout,
    load_learned,
    make_opener,
    off_file,
    permissions_of,
    rules_of,
    running_opener,
)
from ivr.call.opener import AskingOpener
from ivr.config import Settings
from ivr.config.settings import Predict
from ivr.dialog.flows import load_flows
from ivr.errors import ConfigError
from ivr.predict.guardrail import Ended
from ivr.predict.opening import Sure
from ivr.predict.snapshot import Learned, to_bytes
from ivr.sim.store import MemoryStore

FLOWS = load_flows(Path(__file__).parents[3] / "flows")


def test_shipped_flows_offer_private_matters_only_to_the_verified() -> None:
    permissions = permissions_of(FLOWS)

    assert permissions["overdue"].offer_to is Sure.VERIFIED
    assert permissions["overdue"].answer_to is None
    assert permissions["complaint"].offer_to is None
    assert permissions["opening_hours"].answer_to is Sure.ANYONE


def test_shipped_rules_are_understood() -> None:
    assert all(rule.question in FLOWS.flows for rule in rules_of(FLOWS))


def test_a_rule_without_sense_that_was_published_before_stops_no_start(tmp_path: Path) -> None:
    flow = FLOWS.flows["payment_failed"]
    rules = ("payment failed within 24", "payment failed within 24 h")
    old = {flow.id: flow.model_copy(update={"offer_when": rules})}
    flows = FLOWS.model_copy(update={"flows": old})
    settings = Settings(state_dir=tmp_path, predict=Predict(learned_file=tmp_path / "none.npz"))

    opener = make_opener(settings, flows, MemoryStore())

    assert [rule.text for rule in opener.learned.rules.rules] == ["payment failed within 24 h"]
    with pytest.raises(ConfigError, match="is not understood"):
        rules_of(flows)


def test_offers_stay_off_over_a_restart(tmp_path: Path) -> None:
    settings = Settings(
        state_dir=tmp_path, predict=Predict(learned_file=tmp_path / "none.npz", holdout=0.2)
    )
    off_file(settings).write_text("callers hang up")

    opener = make_opener(settings, FLOWS, MemoryStore())

    assert opener.guardrail.tripped == "callers hang up"
    assert opener.policy.holdout == 0.2


def test_a_damaged_training_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "predictor.npz"
    file.write_bytes(b"damaged")

    assert load_learned(file) is None


def _settings(folder: Path) -> Settings:
    return Settings(state_dir=folder, predict=Predict(learned_file=folder / "predictor.npz"))


async def test_a_nightly_training_is_taken_over_while_calls_go_on(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    opener = make_opener(settings, FLOWS, MemoryStore())
    lookout = Lookout(opener, settings)

    await lookout.look()
    before = opener.learned.name
    settings.predict.learned_file.write_bytes(to_bytes(Learned(name="tonight")))
    await lookout.look()

    assert before == "untrained"
    assert opener.learned.name == "tonight"


async def test_a_damaged_training_leaves_the_old_one_in_use(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    opener = make_opener(settings, FLOWS, MemoryStore())
    lookout, before = Lookout(opener, settings), opener.learned

    settings.predict.learned_file.write_bytes(b"damaged")
    await lookout.look()

    assert opener.learned is before


async def test_a_tripped_guardrail_writes_why_and_heeds_who_deletes_it(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    opener = make_opener(settings, FLOWS, MemoryStore())
    lookout = Lookout(opener, settings)

    opener.guardrail.tripped = "callers hang up"
    await lookout.look()
    written = off_file(settings).read_text("utf-8")
    await lookout.look()
    still_off = opener.guardrail.tripped
    off_file(settings).unlink()
    await lookout.look()

    assert written == still_off == "callers hang up"
    assert not opener.guardrail.tripped


async def test_a_guardrail_that_tripped_just_before_the_end_is_not_forgotten(
    tmp_path: Path,
) -> None:
    settings = _settings(tmp_path)

    async with running_opener(settings, FLOWS, MemoryStore()) as opener:
        assert isinstance(opener, LearnedOpener)
        opener.guardrail.tripped = "callers hang up"

    assert make_opener(settings, FLOWS, MemoryStore()).guardrail.tripped == "callers hang up"


async def test_switched_off_guessing_asks_everybody(tmp_path: Path) -> None:
    on, off = _settings(tmp_path), Settings(predict=Predict(enabled=False))

    async with running_opener(on, FLOWS, MemoryStore()) as opener:
        assert isinstance(opener, LearnedOpener)
    async with running_opener(off, FLOWS, MemoryStore()) as opener:
        assert isinstance(opener, AskingOpener)


async def test_what_the_guardrail_has_seen_outlives_a_restart(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path)
    opener = make_opener(settings, FLOWS, MemoryStore())
    for number in range(120):
        opener.guardrail.watch(Ended(number % 2 == 0, number % 3 == 0, False))

    await Lookout(opener, settings).look()

    again = make_opener(settings, FLOWS, MemoryStore())
    assert again.guardrail.seen == opener.guardrail.seen


async def test_who_switches_offers_on_while_no_hotline_runs_begins_a_new_count(
    tmp_path: Path,
) -> None:
    settings = Settings(state_dir=tmp_path)
    opener = make_opener(settings, FLOWS, MemoryStore())
    lookout = Lookout(opener, settings)
    opener.guardrail.watch(Ended(True, True, False))
    opener.guardrail.tripped = "callers hang up"
    lookout.leave()
    off_file(settings).unlink()

    again = make_opener(settings, FLOWS, MemoryStore())

    assert (again.guardrail.tripped, again.guardrail.seen) == ("", "")


@pytest.mark.parametrize("kept", ["", "on", "on 9", "on 1 2", "\xff"])
def test_a_damaged_note_of_the_guardrail_costs_what_it_has_seen_and_no_start(
    kept: str, tmp_path: Path
) -> None:
    settings = Settings(state_dir=tmp_path)
    (tmp_path / "offers-seen").write_text(kept, "latin-1")

    assert make_opener(settings, FLOWS, MemoryStore()).guardrail.seen == ""
