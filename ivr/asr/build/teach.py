"""Makes one ear that has learned a lesson: `python -m ivr.asr.build.teach`, in the workshop.

Ordered by `ivr.asr.school`; see `ivr.workshop` for how.
"""

from pathlib import Path

from ivr.asr.build.corpus import Order
from ivr.asr.build.flow_texts import PRONUNCIATIONS, read_examples, read_overrides
from ivr.asr.build.make import make
from ivr.asr.build.report import Report
from ivr.asr.build.speaker import speaker
from ivr.asr.models import inspect, write_sums
from ivr.domain import Language
from ivr.workshop import Json, answer


def teach(order: Json) -> Json:
    """Build the ear `out` around `base` from the folder `flows`; gives seconds and remarks.

    Raises ConfigError with the reason why there is no ear.
    """
    language, base, out = Language(order["language"]), Path(order["base"]), Path(order["out"])
    flows = Path(order["flows"])
    wanted = Order(
        language=language,
        base=base,
        out=out,
        examples=tuple(read_examples(flows, language, {})),
        overrides=read_overrides(flows / PRONUNCIATIONS, language, base),
        compares=False,
    )
    report = make(wanted, speaker(language))
    inspect(out)
    write_sums(out)
    return {"took_s": report.seconds, "remarks": remarks(report, frozenset(order["words"]))}


def remarks(report: Report, new: frozenset[str]) -> list[str]:
    """Say what ops should know of the new words; of the others they were told before."""
    unsure = [
        f"unsure of a pronunciation; if it is right add to pronunciations.yaml: {doubt.line}"
        for doubt in report.doubts
        if doubt.word in new
    ]
    unsayable = [
        f"cannot be pronounced, left out; add it to pronunciations.yaml: {word}"
        for word in report.unsayable
        if word in new
    ]
    alike = [
        f"sound alike and lead to different flows: {pair.first} / {pair.second}"
        for pair in report.alikes
        if {pair.first, pair.second} & new
    ]
    return [*unsayable, *unsure, *alike]


if __name__ == "__main__":
    answer(teach)
