"""Two ways to find a value in a file, and two ways to read it, that must agree."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from ivr.config.complaints import place_of
from ivr.config.load import load_yaml, parse_yaml, plain
from ivr.config.places import nodes, place_among
from ivr.errors import ConfigError
from tests.needs import ROOT

FLOWS = sorted((ROOT / "flows").glob("*.yaml"))


class Anything(BaseModel):
    model_config = ConfigDict(extra="allow")


def paths(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else ()
    inside = enumerate(value) if isinstance(value, list) else inside
    for step, each in inside:
        yield (*before, step)
        yield from paths(each, (*before, step))


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_both_ways_find_every_value_at_the_same_place(file: Path) -> None:
    tree, root = parse_yaml(file), nodes(file)

    for path in [*paths(plain(tree)), ("missing",), ("examples", "zh", 9999)]:
        assert root is None or place_among(root, path, file) == place_of(tree, path, file)


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_both_ways_read_the_same(file: Path) -> None:
    assert load_yaml(file, Anything).model_dump() == plain(parse_yaml(file))


def test_most_flows_are_read_the_quick_way() -> None:
    assert sum(nodes(file) is not None for file in FLOWS) > len(FLOWS) / 2


@pytest.mark.parametrize(
    "text",
    [
        "a: yes\nb: 012\nc: 1_000\nd: 1:30\ne: ~\nf: 2026-11-21\n",
        "%YAML 1.1\n---\na: yes\n",
        "a: &x [1]\nb: *x\n",
        "a: {b: &y {c: 1}}\nd: {<<: *y}\n",
        "a: |\n  one\n  two\nb: >-\n  one\n  two\n",
        "a: {b:1}\n",
    ],
)
def test_words_mean_the_same_either_way(text: str, tmp_path: Path) -> None:
    file = tmp_path / "some.yaml"
    file.write_text(text, "utf-8")

    assert load_yaml(file, Anything).model_dump() == plain(parse_yaml(file))


@pytest.mark.parametrize("text", ["a:\tb\n", "a: 1\na: 2\n", "a: \x07\n"])
def test_what_the_careful_way_refuses_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "some.yaml"
    file.write_text(text, "utf-8")

    with pytest.raises(ConfigError):
        load_yaml(file, Anything)
