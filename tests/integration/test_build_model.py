"""`ivr models build` with the shipped models, the stock Vosk wheel and a synthetic voice."""

import errno
import json
import shutil
from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.asr.build import make as making
from ivr.asr.build import trial
from ivr.asr.build.corpus import Order
from ivr.asr.build.lookahead import read_lookahead
from ivr.asr.build.make import make
from ivr.asr.build.speaker import speaker
from ivr.asr.build.vocabulary import Example, read_words
from ivr.cli import app
from ivr.dialog.check import check
from ivr.dialog.vocabulary import Vocabulary
from ivr.domain import Language
from ivr.errors import ConfigError
from tests import needs

pytestmark = pytest.mark.integration

EXAMPLES = {
    Language.EN: ("what is my balance", "can i pay with klarna", "raise my limit to {amount}"),
    Language.ZH: ("我还欠多少钱", "查一下花呗余额", "把额度提高到{amount}"),
}


def order(language: Language, out: Path, *texts: str) -> Order:
    base = needs.path(f"models/vosk-hotline-{language.value}-8k")
    examples = tuple(Example(text, 1.0, f"flow{at}") for at, text in enumerate(texts))
    return Order(language, base, out, examples)


def voice(language: Language):  # type: ignore[no-untyped-def]
    needs.program("espeak-ng", "apt-get install espeak-ng")
    return speaker(language)


@pytest.mark.parametrize("language", Language)
def test_a_built_ear_hears_the_flows_new_words(language: Language, tmp_path: Path) -> None:
    report = make(order(language, tmp_path / "ear", *EXAMPLES[language]), voice(language))

    assert report.samples == 3
    assert report.word_error_rate <= 0.15
    assert report.grammar_failures == 0
    assert report.score_error < 0.02
    new_word = "klarna" if language is Language.EN else "花"
    assert new_word in read_words(tmp_path / "ear/graph/words.txt")


def test_doubtful_words_come_with_the_line_to_add(tmp_path: Path) -> None:
    report = make(order(Language.EN, tmp_path / "ear", "pay with klarna 😀"))

    assert [doubt.line for doubt in report.doubts] == ["klarna: K L AA R N AH"]
    assert report.lost == ("😀",)


def test_an_ear_without_flows_still_knows_general_talk(tmp_path: Path) -> None:
    report = make(order(Language.ZH, tmp_path / "ear"))

    assert report.after.words > 500
    assert {"是", "不", "人工", "幺"} <= read_words(tmp_path / "ear/graph/words.txt")


def test_the_same_flows_always_build_the_same_ear(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make(order(Language.EN, tmp_path / name, *EXAMPLES[Language.EN]))

    for file in ("HCLr.fst", "Gr.fst", "words.txt"):
        one, two = ((tmp_path / name / "graph" / file).read_bytes() for name in ("one", "two"))
        assert one == two


def test_a_full_disk_leaves_the_old_ear_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "ear"
    make(order(Language.EN, out, "pay my bill"))
    before = (out / "graph/Gr.fst").read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(making.shutil, "copytree", full)
    with pytest.raises(ConfigError, match="disk is full; the old model is unchanged"):
        make(order(Language.EN, out, "pay with klarna"))

    assert (out / "graph/Gr.fst").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["ear"]


def test_a_model_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(needs.path("models/vosk-hotline-en-8k"), base)
    content = (base / "am/final.mdl").read_bytes()
    other = content.replace(b"<RectifiedLinearComponent>", b"<SigmoidComponentXXXXXXXX>")

    for damaged, problem in (
        (other, "SigmoidComponent"),
        (content[:9000], "ends early"),
        (b"x", "binary"),
    ):
        (base / "am/final.mdl").write_bytes(damaged)
        with pytest.raises(ConfigError, match=problem):
            make(Order(Language.EN, base, tmp_path / "ear"))
    assert not (tmp_path / "ear").exists()


def test_more_words_than_callers_say_are_refused(tmp_path: Path) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(each) for each in product(letters, letters, letters, "aeiou")]

    with pytest.raises(ConfigError, match=r"different words.*20000"):
        make(order(Language.EN, tmp_path / "ear", " ".join(words)))


def test_a_graph_cut_short_is_noticed_before_vosk_sees_it(tmp_path: Path) -> None:
    make(order(Language.EN, tmp_path / "ear", "pay my bill"))
    file = tmp_path / "ear/graph/HCLr.fst"
    file.write_bytes(file.read_bytes()[:-1000])

    with pytest.raises(ConfigError, match="cut short"):
        read_lookahead(file)


def test_a_model_that_vosk_cannot_load_is_a_plain_error(tmp_path: Path) -> None:
    out = tmp_path / "ear"
    make(order(Language.EN, out, "pay my bill"))
    (out / "conf/model.conf").write_text("--no-such-option=1\n")

    with pytest.raises(ConfigError, match="Vosk cannot load the model"):
        trial.run(out, ())


def test_the_command_reads_flows_and_reports_in_json(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    flows.mkdir()
    (flows / "balance.yaml").write_text(
        "id: balance\nexamples:\n  zh: [查 余额]\n  en: [what is my klarna balance]\n"
    )
    (flows / "pronunciations.yaml").write_text("en: {klarna: K L AA R N AH}\n")
    base = needs.path("models/vosk-hotline-en-8k")
    models = tmp_path / "models"
    shutil.copytree(base, models / base.name)
    (tmp_path / "hotline.yaml").write_text(f"models_dir: {models}\nflows_dir: {flows}\n")

    options = ["--language", "en", "--config", str(tmp_path / "hotline.yaml"), "--json"]
    done = CliRunner().invoke(app, ["models", "build", *options], catch_exceptions=False)

    report = json.loads(done.stdout)
    assert report["doubts"] == []
    assert report["out"] == str(models / f"{base.name}-flows")
    assert "klarna" in read_words(models / f"{base.name}-flows/graph/words.txt")


def test_a_wrong_pronunciation_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "pronunciations.yaml").write_text("en:\n  pay: P EY\n  klarna: K XX\n")

    options = ["--language", "en", "--from", str(tmp_path), "--out", str(tmp_path / "ear")]
    done = CliRunner().invoke(app, ["models", "build", *options])

    assert isinstance(done.exception, ConfigError)
    assert str(done.exception).startswith(f"{tmp_path}/pronunciations.yaml:3:")


@pytest.mark.parametrize("language", Language)
def test_the_shipped_ears_know_every_word_of_the_starter_set(language: Language) -> None:
    ear = Vocabulary.of_models([needs.path(f"models/vosk-hotline-{language}-8k")], language)
    assert ear is not None

    found = check(needs.ROOT / "flows", frozenset({"service"}), {language: ear})

    assert [str(finding) for finding in found if "the ear does not know" in finding.problem] == []
