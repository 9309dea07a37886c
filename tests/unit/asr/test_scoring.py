"""Figures of an ear: errors, acceptance, intervals."""

import pytest

from ivr.asr import plot
from ivr.asr.confidence import THRESHOLDS, Verdict, verdict
from ivr.asr.manifest import read_manifest
from ivr.asr.scoring import Costs, Result, curve, summary
from ivr.domain import Expect
from ivr.errors import ConfigError


def result(said: str, heard: str, confidence: float = 0.9, **more: object) -> Result:
    return Result(tuple(said.split()), tuple(heard.split()), confidence, **more)  # type: ignore[arg-type]


RESULTS = [
    result("one two", "one two", speaker="a", group="x"),
    result("three four", "three five", 0.4, speaker="b", group="y", unknown_words=1),
    result("six", "", 0.0, speaker="b", group="y"),
    result("other words", "yes", 0.8, in_domain=False, group="out"),
    result("more words", "", 0.0, in_domain=False, group="out"),
]


def test_errors_count_only_what_is_in_domain() -> None:
    figures = summary(RESULTS, 0.5, Costs(0.01, 50.0))

    assert (figures["n"], figures["n_in"], figures["n_out"]) == (5, 3, 2)
    assert figures["wer"] == pytest.approx(2 / 5)
    assert figures["sentence_accuracy"] == pytest.approx(1 / 3)
    assert figures["oov_rate"] == pytest.approx(1 / 5)


def test_hearing_nothing_is_never_accepted() -> None:
    figures = summary(RESULTS, 0.0, Costs(0.01, 50.0))

    assert figures["accepted_in"] == pytest.approx(2 / 3)
    assert figures["accepted_out"] == pytest.approx(1 / 2)


def test_right_of_accepted_judges_only_what_was_taken() -> None:
    assert summary(RESULTS, 0.5, Costs(0.01, 50.0))["right_of_accepted"] == 1.0


def test_the_interval_holds_the_rate_and_widens_with_few_speakers() -> None:
    many = [result("one", "one" if at % 4 else "two", speaker=str(at)) for at in range(80)]
    few = [result("one", "one" if at % 4 else "two", speaker=str(at % 4)) for at in range(80)]

    narrow, wide = (summary(each, 0.5, Costs(0, 0)) for each in (many, few))

    for figures in (narrow, wide):
        low, high = figures["wer_ci95"]
        assert low <= figures["wer"] <= high
    assert wide["wer_ci95"][1] - wide["wer_ci95"][0] > narrow["wer_ci95"][1] - narrow["wer_ci95"][0]


def test_an_empty_side_has_no_figures_instead_of_wrong_ones() -> None:
    figures = summary(RESULTS[:3], 0.5, Costs(0, 0))

    assert figures["accepted_out"] is None
    assert summary(RESULTS[3:], 0.5, Costs(0, 0))["wer"] is None


def test_mandarin_is_right_whatever_the_cut_between_words() -> None:
    assert result("不 是", "不是").is_right
    assert result("不 是", "不是").character_errors == 0


def test_groups_are_told_apart() -> None:
    groups = summary(RESULTS, 0.5, Costs(0, 0))["by_group"]

    assert groups["x"]["wer"] == 0
    assert groups["out"] == {
        "n": 2,
        "wer": None,
        "cer": None,
        "sentence_accuracy": None,
        "accepted": 0.5,
    }


def test_the_curve_falls_and_is_drawn() -> None:
    points = curve(RESULTS)

    shares = [point["accepted_in"] for point in points]
    assert shares == sorted(shares, key=lambda share: -(share or 0))
    page = plot.page({"<ear>": points}, 0.5)
    assert page.count("<polyline") == 3
    assert "<ear>" not in page


@pytest.mark.parametrize("kind", Expect)
def test_every_kind_of_turn_accepts_confirms_and_asks_again(kind: Expect) -> None:
    limits = THRESHOLDS[kind]

    assert 0 < limits.confirm < limits.accept < 1
    assert verdict(limits.accept, kind) is Verdict.ACCEPT
    assert verdict(limits.confirm, kind) is Verdict.CONFIRM
    assert verdict(limits.confirm - 0.01, kind) is Verdict.ASK_AGAIN


def test_a_manifest_with_a_missing_recording_names_its_line(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.wav").write_bytes(b"")
    file = tmp_path / "m.csv"
    file.write_text("path,text\na.wav,one\nb.wav,two\n")

    with pytest.raises(ConfigError, match=r"m\.csv:3: the recording 'b\.wav' is not there"):
        read_manifest(file)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("file,words\n", "no column path or text"),
        ("path,text\n", "lists no recording"),
        ("path,text,in_domain\na.wav,x,perhaps\n", "in_domain is 'perhaps'"),
    ],
)
def test_a_manifest_of_another_form_is_refused(content, problem, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.wav").write_bytes(b"")
    (tmp_path / "m.csv").write_text(content)

    with pytest.raises(ConfigError, match=problem):
        read_manifest(tmp_path / "m.csv")
