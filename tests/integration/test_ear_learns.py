"""The ear learns a published word beside a call that goes on: real Vosk, real build, real voice."""

import asyncio
import shutil
from functools import partial
from pathlib import Path

import pytest

from ivr.app import open_ears
from ivr.asr import Ear
from ivr.asr.build.speaker import speaker
from ivr.asr.models import SHIPPED, inspect
from ivr.asr.school import School
from ivr.asr.vosk import VoskRecognizer
from ivr.call.completeness import never
from ivr.call.ear_state import Step
from ivr.call.hearing import Hearing, Hearings
from ivr.call.learning import Learning
from ivr.dialog.flows import load_flows
from ivr.dialog.version import Version
from ivr.domain import FRAME_BYTES, Language, Listening
from tests import needs
from tests.unit.call.publisher_here import few_flows
from tests.unit.call.test_hearing import engines

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

EN = Listening(Language.EN)
NEW, SAID = "klarna", "can i pay with klarna"
SPOKEN = "K L AA R N AH"


def with_the_word(flows: Path) -> None:
    file = flows / "refund.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("  en:\n    - ", f"  en:\n    - {SAID}\n    - ", 1), "utf-8")
    (flows / "pronunciations.yaml").write_text(f"en:\n  {NEW}: {SPOKEN}\n", "utf-8")


def feed(ear: Ear, pcm: bytes) -> None:
    for at in range(0, len(pcm), FRAME_BYTES):
        ear.feed(pcm[at : at + FRAME_BYTES])


async def test_the_next_call_hears_a_published_word_while_another_call_goes_on(
    tmp_path: Path,
) -> None:
    needs.program("espeak-ng", "apt-get install espeak-ng")
    say = speaker(Language.EN)
    assert say is not None
    few_flows(tmp_path / "old")
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    with_the_word(tmp_path / "new")
    plain = {Language.EN: SHIPPED / "vosk-hotline-en-8k"}
    recognizer = VoskRecognizer({Language.EN: inspect(plain[Language.EN])}, deadline_s=30)
    school = School(plain, tmp_path / "ears")
    hearings = Hearings(Hearing(recognizer))
    learning = Learning(school, partial(open_ears, recognizer), hearings, tmp_path)
    old, new = (Version(name, load_flows(tmp_path / name)) for name in ("old", "new"))
    await learning.prepare_first(old, never)
    learning.serve("old")
    balance, klarna = say("what is my balance"), say(SAID)
    middle = len(balance) // 2 // FRAME_BYTES * FRAME_BYTES

    with hearings.lend(engines()) as in_progress:
        open_ear = in_progress.recognizer.listen(EN)
        feed(open_ear, balance[:middle])
        async with asyncio.TaskGroup() as group:
            running = group.create_task(learning.run())
            await learning.prepare(new)
            learning.serve("new")
            at_once = learning.states[0].step
            await learning.at_rest()
            running.cancel()
        feed(open_ear, balance[middle:])
        went_on = await open_ear.finish()
        feed(former := in_progress.recognizer.listen(EN), klarna)
        by_the_former = await former.finish()
        with hearings.lend(engines()) as begun_since:
            feed(next_ear := begun_since.recognizer.listen(EN), klarna)
            by_the_new = await next_ear.finish()
    after_a_start = School(plain, tmp_path / "ears")
    found = after_a_start.best(after_a_start.lessons(tmp_path / "new"))
    recognizer.close()

    assert (at_once, learning.states[0].step) == (Step.LEARNING, Step.KNOWS)
    assert went_on.text == "what is my balance"
    assert NEW not in by_the_former.text
    assert NEW in by_the_new.text.split()
    assert found[Language.EN].lesson.words == {NEW: SPOKEN}
    assert hearings.current.sounds_unfinished is not never
