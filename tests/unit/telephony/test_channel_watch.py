"""What is learnt of a channel from events, and from none."""

import asyncio

from ivr.telephony.ari_models import Channel, parse_event
from ivr.telephony.channel_watch import Watches, first_of

CHANNEL = '"channel": {"id": "1.1", "name": "PJSIP/7001-1", "state": "%s"}'


def event(kind: str, state: str = "Up", more: str = "") -> str:
    return f'{{"type": "{kind}", {CHANNEL % state}{more}}}'


def told(watches: Watches, *texts: str) -> None:
    for text in texts:
        parsed = parse_event(text)
        assert parsed
        watches.tell(parsed)


def test_an_answer_is_a_change_of_state() -> None:
    watches = Watches()
    watch = watches.add("1.1")

    told(watches, event("StasisStart", "Ring"))
    before = watch.answered.is_set()
    told(watches, event("ChannelStateChange"))

    assert (before, watch.answered.is_set()) == (False, True)


def test_the_cause_of_a_refusal_is_kept() -> None:
    watches = Watches()
    watch = watches.add("1.1")

    told(watches, event("ChannelDestroyed", more=', "cause": 17'))

    assert (watch.cause, watch.gone.is_set(), watch.is_hung_up) == (17, True, True)


def test_leaving_for_the_dialplan_is_no_hang_up() -> None:
    watches = Watches()
    watch = watches.add("1.1")

    told(watches, event("StasisEnd"))

    assert (watch.gone.is_set(), watch.is_hung_up) == (True, False)


def test_events_of_others_are_nobodys_business() -> None:
    watches = Watches()

    told(watches, event("StasisEnd"))

    assert len(watches) == 0


def test_a_channel_that_vanished_while_no_events_came_is_gone() -> None:
    watches = Watches()
    watch = watches.add("1.1")
    told(watches, event("StasisStart"))

    watches.reconcile([])

    assert watch.gone.is_set()


def test_a_channel_that_is_still_being_made_is_not_gone() -> None:
    watches = Watches()
    watch = watches.add("media-1")

    watches.reconcile([])

    assert not watch.gone.is_set()


def test_an_answer_that_was_missed_is_made_good() -> None:
    watches = Watches()
    watch = watches.add("1.1")

    watches.reconcile([Channel(id="1.1", name="", state="Up")])

    assert watch.answered.is_set()


async def test_the_first_of_several_events_ends_the_wait() -> None:
    never, soon = asyncio.Event(), asyncio.Event()
    soon.set()

    await first_of(never, soon)

    assert len(asyncio.all_tasks()) == 1
