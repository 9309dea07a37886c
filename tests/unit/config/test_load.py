"""A wrong settings file is refused with the file, the line and the remedy."""

import resource
import time
from pathlib import Path

import pytest

from ivr.config import Settings, load_settings
from ivr.config.load import MAX_BYTES
from ivr.domain import Expect, Language
from ivr.errors import ConfigError


def refused(tmp_path: Path, content: str | bytes) -> ConfigError:
    file = tmp_path / "hotline.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)

    with pytest.raises(ConfigError) as caught:
        load_settings(file)

    assert str(caught.value).startswith(f"{file}")
    assert caught.value.remedy
    return caught.value


def line_of(error: ConfigError) -> int | None:
    assert error.place is not None
    return error.place.line


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("web:\n  port: [1, 2\nstore: {}\n", 3, "not valid YAML"),
        ("web: port: 3\n", 1, "not valid YAML"),
        ("web:\n\tport: 8780\n", 2, "tab.*Indent with blanks"),
        ("web:\n  port: 1\n  port: 2\n", 3, "twice.*Delete one"),
        ("web:\n  prot: 8780\n", 2, r"unknown key 'web\.prot'.*mean 'port'"),
        ("wibble: 1\n", 1, "unknown key 'wibble'.*Known here: state_dir"),
        ("web:\n  port: many\n", 2, r"web\.port.*integer.*Given was 'many'"),
        ("web:\n  port: 99999\n", 2, r"web\.port.*less than or equal to 65535"),
        ("web:\n  port:\n", 2, "Nothing was given"),
        ("web: 3\n", 1, "web.*hold keys, not '3'.*host, port"),
        ("web: [1]\n", 1, "web.*hold keys, not a list"),
        ("store: {url: {a: b}}\n", 1, r"store\.url.*Given was a mapping"),
        ("telephony:\n  numbers:\n    - {number: 95000, language: zh}\n", 3, 'quotes: "95000"'),
        (
            "telephony:\n  numbers:\n    - {number: '95'}\n",
            3,
            r"numbers\.0\.language is missing.*Add it",
        ),
        ("telephony:\n  numbers:\n    - {number: '95', language: fr}\n", 3, "'zh' or 'en'"),
        ("telephony:\n  agents:\n    - {extension: '61', name: A, queues: [x]}\n", 1, "queue 'x'"),
        ("telephony:\n  numbers:\n    - {numer: '95', language: zh}\n", 3, "mean 'number'"),
        ("telephony:\n  queues:\n    a: {}\n    b: {rings: 3}\n", 4, "mean 'ring_s'"),
        ("telephony:\n  ari_url: 'http://127.0.0.1:80x'\n", 2, "ari_url: write it as http://"),
        ("telephony:\n  ari_url: http://127.0.0.1:99999\n", 2, "ari_url: write it as http://"),
        ("telephony:\n  ari_url: 127.0.0.1:8088\n", 2, "ari_url: write it as http://"),
        ("telephony:\n  ari_url: http://127.0.0.1\n", 2, "ari_url: write it as http://"),
        ("telephony:\n  ari_url: ftp://127.0.0.1:21\n", 2, "ari_url: write it as http://"),
        ("dialog:\n  rasa_url: http://127.0.0.1:5005/x\n", 2, "rasa_url: write it as http://"),
        ("telephony:\n  callers: ['6001']\n", 1, "'6001' is given to more than one phone"),
        ("telephony:\n  callers: ['7,1']\n", 2, "digits"),
        ("telephony:\n  app: 'a b'\n", 2, "letters, digits, _ and -"),
        ("telephony:\n  queues: {'a,b': {}}\n", 2, "letters, digits, _ and -"),
        ("telephony:\n  queues: {}\n", 2, "at least 1"),
        ("hearing:\n  pause_s: {free: 0}\n", 2, "greater than 0"),
        ("log_level: LOUD\n", 1, "'DEBUG', 'INFO'.*Given was 'LOUD'"),
        ("web:\n  prot: 1\n  hots: 2\n", 2, "1 more wrong after it"),
        ("limits:\n  max_calls: !!python/object:os.system 4\n", 2, r"limits\.max_calls"),
        ("- 1\n- 2\n", 1, "key: value"),
        ("just words\n", 1, "key: value"),
        ("web: {}\n---\nweb: {}\n", 2, "not valid YAML"),
        (b"web: {}\n# caf\xe9\n", 2, "not UTF-8.*0xE9.*Save it again"),
        (b"web: {}\nlog_level: \x00\n", 2, r"does not allow \(U\+0000\)"),
        ("web: {port: *nobody}\n", 1, "not valid YAML.*undefined alias"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_remedy(
    tmp_path: Path, content: str | bytes, line: int, words: str
) -> None:
    error = refused(tmp_path, content)

    assert line_of(error) == line
    with pytest.raises(ConfigError, match=f"(?s){words}"):
        raise error


def bomb() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 12):
        rows.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]")
    return "\n".join(rows) + "\n"


def test_an_alias_bomb_costs_neither_time_nor_memory(tmp_path: Path) -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()

    error = refused(tmp_path, bomb())

    assert "aliases" in str(error)
    assert time.process_time() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 100_000


@pytest.mark.parametrize(
    "content",
    ["web: &a {port: *a}\n", "web: &a\n  b: *a\n", "web: " + "[" * 5000, "web: " + "{a: " * 5000],
)
def test_a_file_that_holds_itself_or_nests_without_end_is_refused(
    tmp_path: Path, content: str
) -> None:
    refused(tmp_path, content)


def test_a_huge_file_is_refused_without_being_parsed(tmp_path: Path) -> None:
    started = time.process_time()

    error = refused(tmp_path, b"# padding\n" * MAX_BYTES)

    assert "larger than 1 MB" in str(error)
    assert time.process_time() - started < 1


def test_an_endless_file_is_refused() -> None:
    with pytest.raises(ConfigError, match="larger than 1 MB"):
        load_settings(Path("/dev/zero"))


def test_a_missing_file_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.yaml: cannot be read \(No such file.*path"):
        load_settings(tmp_path / "nothing.yaml")


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path)


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "hotline.yaml"
    file.write_text("# nothing\n", encoding="utf-8")

    assert load_settings(file) == Settings()


def test_a_key_of_a_mapping_may_be_left_out_like_any_other(tmp_path: Path) -> None:
    file = tmp_path / "hotline.yaml"
    file.write_text(
        "hearing: {pause_s: {free: 0.8}}\ntts: {engines: {zh: piper}}\nasr: {models: {en: big}}\n"
    )

    settings, usual = load_settings(file), Settings()

    assert settings.hearing.pause_s == {**usual.hearing.pause_s, Expect.FREE: 0.8}
    assert settings.tts.engines == {Language.ZH: "piper", Language.EN: "espeak"}
    assert settings.asr.models == {**usual.asr.models, Language.EN: "big"}


def test_aliases_in_moderation_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "hotline.yaml"
    file.write_text("asr: {threads: &n 3}\nlimits: {max_calls: *n}\n", encoding="utf-8")

    settings = load_settings(file)

    assert (settings.asr.threads, settings.limits.max_calls) == (3, 3)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "hotline.yaml"
    file.write_bytes(b"\xef\xbb\xbfweb: {port: 81}\n")

    assert load_settings(file).web.port == 81
