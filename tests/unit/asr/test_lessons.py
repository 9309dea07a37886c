"""Which ear fits which version of the flows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ivr.asr.lessons import Lesson, Taught, best, lacks, to_forget, unheard, unknown
from ivr.domain import Language

EN, ZH = Language.EN, Language.ZH
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)


def lesson(*words: str, base: str = "b1", language: Language = EN, **said: str) -> Lesson:
    return Lesson(language, base, dict.fromkeys(words, "") | said)


def ear(name: str, learned: Lesson, hour: int = 0) -> Taught:
    return Taught(learned, Path(name), BEGAN + timedelta(hours=hour), 12.0)


def test_without_new_words_the_plain_ear_is_best() -> None:
    assert best(lesson(), [ear("a", lesson("klarna"))]) is None


def test_an_ear_that_knows_all_the_words_is_found_again() -> None:
    ears = [ear("a", lesson("klarna")), ear("b", lesson("klarna", "zappify"))]

    assert best(lesson("klarna"), ears) == ears[0]
    assert best(lesson("klarna", "zappify"), ears) == ears[1]


def test_an_ear_that_knows_more_serves_flows_that_lost_a_word() -> None:
    ears = [ear("a", lesson("klarna", "zappify"))]

    found = best(lesson("zappify"), ears)

    assert found == ears[0]
    assert unknown(lesson("zappify"), found) == ()


def test_until_the_new_ear_is_made_the_one_that_knows_most_serves() -> None:
    wanted = lesson("klarna", "zappify", "quantro")
    ears = [ear("a", lesson("klarna")), ear("b", lesson("klarna", "zappify"))]

    found = best(wanted, ears)

    assert found == ears[1]
    assert unknown(wanted, found) == ("quantro",)


def test_an_ear_that_knows_none_of_the_words_is_no_better_than_the_plain_one() -> None:
    assert best(lesson("zappify"), [ear("a", lesson("klarna"))]) is None


def test_of_ears_that_know_as_much_the_newest_serves() -> None:
    ears = [ear("a", lesson("klarna"), hour=1), ear("b", lesson("klarna"), hour=2)]

    assert best(lesson("klarna"), ears) == ears[1]


def test_a_word_that_is_to_be_said_otherwise_is_not_known() -> None:
    guessed = ear("a", lesson("klarna"))

    assert unknown(lesson(klarna="K L AA R N AH"), guessed) == ("klarna",)


def test_an_ear_around_another_model_or_of_another_language_knows_nothing() -> None:
    wanted = lesson("klarna")
    ears = [
        ear("a", lesson("klarna", base="b2")),
        ear("b", lesson("klarna", language=ZH)),
    ]

    assert best(wanted, ears) is None
    assert unknown(wanted, ears[0]) == ("klarna",)


def test_the_same_lesson_has_the_same_name_in_any_order_and_no_other_has_it() -> None:
    one = lesson("a", "b")

    assert one.name == lesson("b", "a").name
    others = (lesson("a"), lesson("a", b="B IY"), lesson("a", "b", base="b2"), lesson("ab"))
    assert one.name not in {other.name for other in others}


def test_the_oldest_ears_go_first_and_what_is_in_use_stays() -> None:
    ears = [ear(str(hour), lesson(str(hour)), hour) for hour in range(5)]

    gone = to_forget(ears, frozenset({Path("0")}), most=3)

    assert [each.path.name for each in gone] == ["1", "2"]


def test_few_ears_all_stay_and_languages_are_counted_apart() -> None:
    ears = [ear("a", lesson("a")), ear("b", lesson("b", language=ZH))]

    assert to_forget(ears, frozenset(), most=1) == ()


def test_ears_in_use_stay_even_when_they_are_too_many() -> None:
    ears = [ear(str(hour), lesson(str(hour)), hour) for hour in range(3)]

    assert to_forget(ears, frozenset(Path(str(hour)) for hour in range(3)), most=1) == ()


# --- sentences of known words -------------------------------------------------------------------


def sentences(*digests: str, words: tuple[str, ...] = ()) -> Lesson:
    return Lesson(EN, "b1", dict.fromkeys(words, ""), frozenset(digests))


def test_sentences_of_known_words_are_something_to_learn() -> None:
    assert lacks(sentences("s1"), None)
    assert not lacks(sentences(), None)


def test_an_ear_that_was_built_around_the_sentences_has_nothing_to_learn() -> None:
    built = ear("a", sentences("s1", "s2"))

    assert best(sentences("s2"), [built]) == built
    assert not lacks(sentences("s2"), built)


def test_of_ears_that_know_as_many_words_the_one_with_more_of_the_sentences_serves() -> None:
    wanted = sentences("s1", "s2", words=("klarna",))
    ears = [
        ear("a", sentences("s1", words=("klarna",))),
        ear("b", sentences("s1", "s2", words=("klarna",))),
        ear("c", sentences("s1", "s2")),
    ]

    assert best(wanted, ears) == ears[1]


def test_other_sentences_are_another_lesson() -> None:
    assert sentences("s1").name != sentences("s2").name
    assert sentences("s1").name != sentences().name


def test_an_ear_around_another_model_knows_none_of_the_sentences() -> None:
    other = Taught(Lesson(EN, "b2", {}, frozenset({"s1"})), Path("x"), BEGAN, 12.0)

    assert best(sentences("s1"), [other]) is None
    assert unheard(sentences("s1"), other) == {"s1"}
