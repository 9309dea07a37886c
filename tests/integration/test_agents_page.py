"""The agents' page, asked over HTTP as a browser asks."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from ivr.config.settings import Web
from ivr.config.telephony import AgentPhone
from ivr.dialog.flows import FlowSet, load_flows
from ivr.domain import CallInfo, HandOver, Language, Outcome, PastCall, Speaker, Turn
from ivr.errors import EngineUnavailable
from ivr.store import CallFilter, KeptCall
from ivr.telephony.agent_calls import AgentCalls, Stage, Waiting
from ivr.web import health
from ivr.web.agents import AgentsPage
from ivr.web.status import HotlineStatus

AGENTS = tuple(AgentPhone(extension=each, name=f"Agent {each}") for each in ("6001", "6002"))
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TOLD = HandOver("service", "upset", ("About: <b>fees</b>",), is_urgent=True, question="fees")
INFO = CallInfo("1.1", "13800138000", "key-of-1", "95001", Language.EN, NOON)
MOST_S = 20.0
"""A bound for what takes milliseconds."""


@dataclass
class Kept:
    """A store with one caller, that can be down; `asked` are the calls whose words were read."""

    is_down: bool = False
    asked: list[str] = field(default_factory=list[str])
    of_before: dict[str, KeptCall] = field(default_factory=dict[str, KeptCall])
    """A finished call by the extension that took it."""

    async def turns(self, call_id: str) -> Sequence[Turn]:
        self._require()
        self.asked.append(call_id)
        said = ((Speaker.HOTLINE, "What can I do for you?"), (Speaker.CALLER, "what does it cost"))
        return [Turn(n, who, text, Language.EN, n, n + 1) for n, (who, text) in enumerate(said)]

    async def history(self, caller_key: str) -> Sequence[PastCall]:
        self._require()
        assert caller_key == INFO.caller_key
        past = ((2, "card_lost", True), (1, "gone", False), (0, "fees", True))
        return [PastCall(NOON - timedelta(days=d), about, resolved=ok) for d, about, ok in past]

    async def calls(self, wanted: CallFilter) -> Sequence[KeptCall]:
        self._require()
        return [call for agent, call in self.of_before.items() if agent == wanted.agent]

    def _require(self) -> None:
        if self.is_down:
            raise EngineUnavailable("store", "down")


@dataclass
class Scene:
    """A running page and what stands behind it."""

    calls: AgentCalls = field(default_factory=AgentCalls)
    store: Kept = field(default_factory=Kept)
    port: int = 0

    async def get(self, path: str, who: str = "6001", password: str = "") -> tuple[int, str]:
        head = aiohttp.encode_basic_auth(who, password or f"secret of {who}")
        url = f"http://127.0.0.1:{self.port}{path}"
        limit = aiohttp.ClientTimeout(MOST_S)
        async with (
            aiohttp.ClientSession(headers={"Authorization": head}, timeout=limit) as client,
            client.get(url) as answer,
        ):
            return answer.status, await answer.text()

    async def shown(self, query: str = "", who: str = "6001") -> Any:  # JSON
        url = f"http://127.0.0.1:{self.port}/agent/calls{query}"
        head = {"Authorization": aiohttp.encode_basic_auth(who, f"secret of {who}")}
        async with aiohttp.ClientSession(headers=head) as client, client.get(url) as answer:
            return await answer.json()


@pytest.fixture(scope="module")
def flows() -> FlowSet:
    return load_flows(Path("flows"))


@pytest.fixture
async def scene(flows: FlowSet) -> AsyncIterator[Scene]:
    made = Scene()
    page = AgentsPage(made.calls, made.store, lambda: flows, AGENTS, lambda who: f"secret of {who}")
    async with health.serve(Web(port=0), health.Pages({}, _no_status), page.routes()) as port:
        made.port = port
        yield made


async def _no_status(_engines: Mapping[str, bool]) -> HotlineStatus:
    raise NotImplementedError


async def test_a_ringing_phone_shows_why_what_was_said_and_who_calls(scene: Scene) -> None:
    scene.calls.rings("6001", INFO, TOLD)

    (call,) = (await scene.shown())["calls"]

    assert (call["stage"], call["language"], call["reason"]) == ("ringing", "en", "upset")
    assert call["is_urgent"] is True
    assert call["brief"] == ["About: <b>fees</b>"]
    assert set(call["question"]) == {"zh", "en"}
    assert call["answer"]
    assert [turn["text"] for turn in call["turns"]][-1] == "what does it cost"
    assert [past["is_resolved"] for past in call["earlier"]] == [False, True]
    assert call["earlier"][0]["question"] == {"zh": "gone", "en": "gone"}


async def test_the_callers_number_is_not_on_the_page(scene: Scene) -> None:
    scene.calls.rings("6001", INFO, TOLD)

    _, page = await scene.get("/agent/calls")

    assert INFO.caller not in page
    assert INFO.caller_key not in page


async def test_an_agent_sees_no_calls_of_others(scene: Scene) -> None:
    scene.calls.rings("6002", INFO, TOLD)

    assert (await scene.shown())["calls"] == []
    assert (await scene.shown(who="6002"))["calls"] != []


@pytest.mark.parametrize(
    ("who", "password"), [("6001", "secret of 6002"), ("6003", "x"), ("", "x"), ("6001", "é")]
)
@pytest.mark.parametrize("path", ["/agent", "/agent/calls"])
async def test_without_the_phones_password_nothing_is_shown(
    scene: Scene, path: str, who: str, password: str
) -> None:
    scene.calls.rings("6001", INFO, TOLD)

    status, text = await scene.get(path, who, password)

    assert status == 401
    assert "fees" not in text


@pytest.mark.parametrize("head", ["", "Basic", "Basic !!!", "Basic /w==", "Bearer NjAwMTp4"])
async def test_a_head_that_makes_no_sense_is_asked_again(scene: Scene, head: str) -> None:
    url = f"http://127.0.0.1:{scene.port}/agent"
    sent = {"Authorization": head} if head else {}
    async with aiohttp.ClientSession() as client, client.get(url, headers=sent) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


async def test_the_page_learns_at_once_that_the_phone_rings(scene: Scene) -> None:
    known = (await scene.shown())["version"]

    async with asyncio.timeout(MOST_S), asyncio.TaskGroup() as tasks:
        waits = tasks.create_task(scene.shown(f"?known={known}"))
        scene.calls.rings("6001", INFO, TOLD)

    assert [call["stage"] for call in waits.result()["calls"]] == ["ringing"]


@pytest.mark.parametrize("known", ["17", "x", "", "-1", "9" * 5000])
async def test_a_page_that_knows_an_older_hotline_is_told_everything_at_once(
    scene: Scene, known: str
) -> None:
    scene.calls.rings("6001", INFO, TOLD)

    async with asyncio.timeout(MOST_S):
        told = await scene.shown(f"?known={known}")

    assert [call["number"] for call in told["calls"]] == told["order"]


async def test_only_the_call_that_changed_is_read_and_told(scene: Scene) -> None:
    for call_id in ("1.1", "1.2", "1.3"):
        scene.calls.rings("6001", replace(INFO, call_id=call_id), TOLD)
    before = await scene.shown()
    scene.store.asked.clear()
    scene.calls.moved("6001", "1.2", Stage.MISSED)

    told = await scene.shown(f"?known={before['version']}")

    assert scene.store.asked == ["1.2"]
    assert [(call["call_id"], call["stage"]) for call in told["calls"]] == [("1.2", "missed")]
    assert told["order"] == before["order"]


async def test_what_the_store_did_not_tell_is_read_with_the_next_change(scene: Scene) -> None:
    scene.calls.rings("6001", INFO, TOLD)
    scene.store.is_down = True
    told = await scene.shown()
    assert told["calls"][0]["turns"] is None
    scene.store.is_down = False
    scene.calls.waits(Waiting(INFO, TOLD, 0.0))

    unread = told["order"][0]
    told = await scene.shown(f"?known={told['version']}&unread={unread}")

    assert [len(call["turns"]) for call in told["calls"]] == [2]


async def test_who_waits_is_shown_with_what_it_is_about_and_nothing_else(scene: Scene) -> None:
    known = (await scene.shown())["version"]
    asked = HandOver("service", "asked", ("Said: my name is Wang",), question="fees")

    async with asyncio.timeout(MOST_S), asyncio.TaskGroup() as tasks:
        waits = tasks.create_task(scene.shown(f"?known={known}"))
        scene.calls.waits(Waiting(INFO, asked, time.monotonic() - 60))

    told = waits.result()
    (waiting,) = told["waiting"]
    assert 60 <= waiting.pop("waited_s") < 60 + MOST_S
    assert set(waiting.pop("question")) == {"zh", "en"}
    assert waiting == {"language": "en", "is_urgent": False}
    assert (told["calls"], scene.store.asked) == ([], [])


async def test_who_waits_in_a_queue_of_others_is_not_shown(scene: Scene) -> None:
    scene.calls.waits(Waiting(INFO, replace(TOLD, queue="sales"), 0.0))

    assert (await scene.shown())["waiting"] == []


async def test_the_calls_of_before_a_restart_are_shown(scene: Scene) -> None:
    ended_at = NOON + timedelta(minutes=3)
    scene.store.of_before["6001"] = KeptCall(
        INFO.call_id,
        INFO.caller_key,
        INFO.dialled,
        INFO.language,
        INFO.arrived_at,
        ended_at=ended_at,
        outcome=Outcome.WITH_AGENT,
        question="fees",
        agent="6001",
    )

    (call,) = (await scene.shown())["calls"]

    assert (call["stage"], call["since"]) == ("ended", ended_at.isoformat())
    assert call["question"]["en"] != "fees"
    assert (call["reason"], call["brief"]) == ("", [])
    assert len(call["turns"]) == 2
    assert (await scene.shown(who="6002"))["calls"] == []


async def test_the_calls_of_before_a_restart_are_read_once_the_store_is_up(scene: Scene) -> None:
    scene.store.of_before["6001"] = KeptCall("1.1", "key-of-1", "95001", Language.EN, NOON)
    scene.store.is_down = True
    assert (await scene.shown())["calls"] == []
    scene.store.is_down = False

    assert [call["call_id"] for call in (await scene.shown())["calls"]] == ["1.1"]


async def test_the_call_itself_is_not_among_the_earlier_ones(scene: Scene) -> None:
    scene.calls.rings("6001", INFO, TOLD)

    (call,) = (await scene.shown())["calls"]

    assert [past["at"] < NOON.isoformat() for past in call["earlier"]] == [True, True]


async def test_the_brief_is_there_while_the_store_is_down(scene: Scene) -> None:
    scene.calls.rings("6001", INFO, TOLD)
    scene.calls.moved("6001", INFO.call_id, Stage.TALKING)
    scene.store.is_down = True

    (call,) = (await scene.shown())["calls"]

    assert call["brief"] == ["About: <b>fees</b>"]
    assert call["turns"] is None


async def test_a_call_about_nothing_known_has_no_suggestion(scene: Scene) -> None:
    scene.calls.rings("6001", INFO, HandOver("service", "asked"))

    (call,) = (await scene.shown())["calls"]

    assert (call["question"], call["answer"]) == (None, "")


async def test_facts_that_only_a_look_up_knows_are_left_open(scene: Scene) -> None:
    scene.calls.rings("6001", INFO, HandOver("service", "asked", question="repayment_amount"))

    (call,) = (await scene.shown())["calls"]

    assert "…" in call["answer"]
    assert "{" not in call["answer"]


@pytest.mark.parametrize("path", ["/agent", "/agent/agent.css", "/agent/agent.js"])
async def test_the_page_loads_nothing_from_elsewhere(scene: Scene, path: str) -> None:
    status, text = await scene.get(path)

    assert status == 200
    assert "://" not in text
    assert "innerHTML" not in text
