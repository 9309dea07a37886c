"""Taught ears on disk: found again, left aside when damaged, few of them."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.asr.build.flow_texts import read_examples
from ivr.asr.build.sentences import NOTE as NOTE_OF_SENTENCES
from ivr.asr.build.sentences import digests, read_note, write_note
from ivr.asr.build.vocabulary import Example
from ivr.asr.lessons import Lesson, lacks
from ivr.asr.models import SHIPPED
from ivr.asr.school import EARS_KEPT, NOTE, School
from ivr.domain import Language
from ivr.errors import ConfigError, EngineRejected
from tests.needs import ROOT

EN = Language.EN
LESSON = Lesson(EN, "base", {"klarna": "K L AA R N AH"})
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)


def school(folder: Path, model: Path = SHIPPED / "vosk-hotline-en-8k") -> School:
    return School({EN: model}, folder)


def put(folder: Path, name: str, hour: int = 0, **note: object) -> Path:
    lesson = {"language": "en", "base": "base", "words": dict(LESSON.words)}
    at = (BEGAN + timedelta(hours=hour)).isoformat()
    values = {"lesson": lesson, "path": "", "at": at, "took_s": 12.5, "remarks": []} | note
    (folder / name).mkdir(parents=True)
    (folder / name / NOTE).write_text(json.dumps(values), "utf-8")
    return folder / name


def flows(folder: Path, *sentences: str, pronunciations: str = "") -> Path:
    folder.mkdir()
    (folder / "a.yaml").write_text(json.dumps({"examples": {"en": sentences}}), "utf-8")
    (folder / "hotline.yaml").write_text('out_of_scope: {en: ["order a pizza"]}', "utf-8")
    if pronunciations:
        (folder / "pronunciations.yaml").write_text(pronunciations, "utf-8")
    return folder


def test_a_lesson_is_what_the_plain_ear_lacks(tmp_path: Path) -> None:
    folder = flows(tmp_path / "flows", "can I pay with Klarna?", "pay my bill 😀")

    (lesson,) = school(tmp_path).lessons(folder)

    assert lesson.words == {"klarna": ""}


def test_a_word_with_a_written_pronunciation_is_learned_with_it(tmp_path: Path) -> None:
    written = "en:\n  klarna: K L AA R N AH\n  pay: P EY\n"
    folder = flows(tmp_path / "flows", "can I pay with klarna", pronunciations=written)

    (lesson,) = school(tmp_path).lessons(folder)

    assert lesson.words == {"klarna": "K L AA R N AH"}


def test_a_pronunciation_that_makes_no_sense_is_told_with_its_line(tmp_path: Path) -> None:
    folder = flows(tmp_path / "flows", "pay", pronunciations="en:\n  klarna: K XX\n")

    with pytest.raises(ConfigError, match=r"pronunciations\.yaml:2"):
        school(tmp_path).lessons(folder)


def test_what_was_taught_is_found_again(tmp_path: Path) -> None:
    put(tmp_path, LESSON.name)

    (ear,) = school(tmp_path).taught()

    assert ear.lesson == LESSON
    assert (ear.path, ear.at, ear.took_s) == (tmp_path / LESSON.name, BEGAN, 12.5)
    assert school(tmp_path).usual_s(EN) == 12.5


@pytest.mark.parametrize("note", [{"at": "yesterday"}, {"lesson": None}, {"took_s": "long"}])
def test_an_ear_whose_note_makes_no_sense_is_left_aside(
    tmp_path: Path, note: dict[str, object]
) -> None:
    put(tmp_path, "en-broken", **note)

    assert school(tmp_path).taught() == []


def test_a_damaged_ear_is_deleted_and_the_plain_one_serves(tmp_path: Path) -> None:
    damaged = put(tmp_path, LESSON.name)

    assert school(tmp_path).best([LESSON]) == {}
    assert not damaged.exists()


def test_only_so_many_ears_stay(tmp_path: Path) -> None:
    put(tmp_path, "en-in-use")
    for hour in range(EARS_KEPT + 2):
        put(tmp_path, f"en-{hour}", hour + 1)

    school(tmp_path).forget(frozenset({tmp_path / "en-in-use"}))

    left = {ear.path.name for ear in school(tmp_path).taught()}
    assert len(left) == EARS_KEPT
    assert {"en-in-use", f"en-{EARS_KEPT + 1}"} <= left


async def test_a_model_that_cannot_learn_says_so(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    (foreign / "graph").mkdir(parents=True)
    (foreign / "graph" / "words.txt").write_text("<eps> 0\npay 1\n", "utf-8")
    (foreign / "am").mkdir()
    (foreign / "am" / "final.mdl").write_bytes(b"\0B<TransitionModel> ")
    folder = flows(tmp_path / "flows", "pay with klarna", pronunciations="en:\n  klarna: K\n")
    here = school(tmp_path / "ears", foreign)
    (lesson,) = here.lessons(folder)

    with pytest.raises(EngineRejected, match="foreign cannot learn words"):
        await here.teach(lesson, folder)

    assert set(lesson.words) == {"with", "klarna"}


# --- sentences of known words -------------------------------------------------------------------


def model_around(folder: Path, *told: str) -> Path:
    """The shipped ear as if it had been built around other sentences."""
    model = folder / "ear"
    shutil.copytree(SHIPPED / "vosk-hotline-en-8k", model, symlinks=True)
    write_note(model, digests([Example(text) for text in told], EN))
    return model


def test_a_new_sentence_of_known_words_is_something_to_learn(tmp_path: Path) -> None:
    model = model_around(tmp_path, "pay my bill")
    folder = flows(tmp_path / "flows", "Pay my bill!", "my bill is wrong")

    (lesson,) = school(tmp_path, model).lessons(folder)

    assert lesson.words == {}
    assert lesson.sentences == digests([Example("my bill is wrong")], EN)


def test_an_ear_built_around_the_very_sentences_has_nothing_to_learn(tmp_path: Path) -> None:
    model = model_around(tmp_path, "pay my bill", "my bill is wrong")

    (lesson,) = school(tmp_path, model).lessons(flows(tmp_path / "flows", "pay my bill"))

    assert not lacks(lesson, None)


def test_of_an_ear_that_does_not_say_what_it_was_built_around_only_words_count(
    tmp_path: Path,
) -> None:
    model = model_around(tmp_path)
    (model / NOTE_OF_SENTENCES).unlink()

    (lesson,) = school(tmp_path, model).lessons(flows(tmp_path / "flows", "pay my bill"))

    assert not lacks(lesson, None)


def test_the_sentences_of_a_taught_ear_are_found_again(tmp_path: Path) -> None:
    lesson = {"language": "en", "base": "base", "words": {}, "sentences": ["s1", "s2"]}
    put(tmp_path, "a", lesson=lesson)

    (ear,) = school(tmp_path).taught()

    assert ear.lesson.sentences == {"s1", "s2"}


@pytest.mark.parametrize("language", Language)
def test_the_shipped_ears_were_built_around_the_shipped_flows(language: Language) -> None:
    model = SHIPPED / f"vosk-hotline-{language.value}-8k"
    told = digests(read_examples(ROOT / "flows", language, {}), language)

    missing = told - (read_note(model) or frozenset())

    # Each one missing costs every new installation a build: `ivr models build` mends it.
    assert len(missing) < 0.05 * len(told)
