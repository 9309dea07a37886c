"""Vosk ends a segment at its own idea of a pause, and its language model then begins anew."""

from ivr.asr.models import SHIPPED
from ivr.config.settings import Hearing

RULES = tuple(f"--endpoint.rule{number}.min-trailing-silence=" for number in (2, 3, 4))


def test_the_mandarin_ear_waits_longer_than_any_pause_that_the_hotline_waits() -> None:
    # To Vosk all blanks are silence, so that half a second from one slow syllable to the next
    # once cut sentences in two: 35 % of characters wrong instead of some 10 %.
    conf = (SHIPPED / "vosk-hotline-zh-8k/conf/model.conf").read_text("utf-8")

    waits_s = [float(line.rpartition("=")[2]) for line in conf.split() if line.startswith(RULES)]

    assert len(waits_s) == len(RULES)
    assert min(waits_s) > max(Hearing().pause_s.values())
