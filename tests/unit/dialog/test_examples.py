"""Examples from files: what is read, what is learned, what is judged."""

import gzip

import pytest

from ivr.dialog.examples import Example, cross_validation, divide, read_examples
from ivr.errors import ConfigError


def file_of(tmp_path, text, name="examples.csv"):
    file = tmp_path / name
    file.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    return file


def test_a_category_is_an_intent(tmp_path):
    file = file_of(tmp_path, "text,category\nwhere is my card,card\n", "examples.csv.gz")

    assert read_examples(file) == [Example("where is my card", "card")]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("words,intent\nhello,greet\n", ":1: has no column text; its columns are: words, intent."),
        ("text,meaning\nhello,greet\n", ":1: has no column intent"),
        ("", ":1: has no column text; its columns are: none."),
        ("text,intent\n", ": holds no examples."),
        ("text,intent\nhello,greet\n ,greet\n", ":3: has no text in this row."),
        ("text,intent\nhello\n", ":2: has no intent in this row."),
        ("text,intent\nhello,greet\n", ": has fewer than two intents to learn from."),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path, text, complaint):
    file = file_of(tmp_path, text)

    with pytest.raises(ConfigError) as raised:
        divide(file, file)

    assert str(raised.value).startswith(f"{file}{complaint}")


def test_another_encoding_is_named_with_the_remedy(tmp_path):
    file = tmp_path / "examples.csv"
    file.write_bytes("text,intent\n查余额,balance\n".encode("gb18030"))

    with pytest.raises(ConfigError, match=r"cannot be read.*UTF-8"):
        read_examples(file)


def test_rows_for_training_are_never_judged(tmp_path):
    rows = "train,a,x\ntrain,b,y\noos_train,c,oos\nval,d,x\noos_val,e,oos\n"
    file = file_of(tmp_path, "split,text,intent\n" + rows)

    (fold,) = divide(file, file)

    assert [example.text for example in fold.learn] == ["a", "b", "c"]
    assert [example.text for example in fold.judge] == ["d", "e"]


def test_two_files_are_learned_and_judged_whole(tmp_path):
    train = file_of(tmp_path, "text,intent\na,x\nb,y\n", "train.csv")
    test = file_of(tmp_path, "text,intent\nc,x\n", "test.csv")

    (fold,) = divide(train, test)

    assert (len(fold.learn), len(fold.judge)) == (2, 1)


def test_cross_validation_judges_every_row_once_without_having_learned_it():
    rows = [Example(f"{intent} {n}", intent) for intent in "xy" for n in range(7)]

    folds = cross_validation(rows)

    assert sorted(e.text for fold in folds for e in fold.judge) == sorted(e.text for e in rows)
    assert not any(set(fold.learn) & set(fold.judge) for fold in folds)
    assert all({e.intent for e in fold.judge} == {"x", "y"} for fold in folds)
