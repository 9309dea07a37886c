"""Where values stand in a YAML file, from libyaml's nodes: a fifth of the time of ruamel's tree."""

from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from ivr.config.load import is_ordinary, read_text
from ivr.errors import Place


def nodes(file: Path) -> Node | None:
    """The file's nodes; None where only the careful parser may read it. Raises ConfigError."""
    text = read_text(file)
    if not is_ordinary(text):
        return None
    try:
        root: Node | None = YAML(typ="safe").compose(text)
    except (YAMLError, ValueError, RecursionError):
        return None
    return root


def place_among(root: Node, path: Sequence[str | int], file: Path) -> Place:
    """Find a value by its path of keys and indices, or the nearest around it that is there."""
    node: Node | None = root
    place = Place(file)
    for step in path:
        at, node = _step(node, step)
        if at is None:
            break
        place = Place(file, at.start_mark.line + 1, at.start_mark.column + 1)
    return place


def _step(node: Node | None, step: str | int) -> tuple[Node | None, Node | None]:
    """The node that shows where a value stands, and the value's own."""
    if isinstance(node, MappingNode):
        pairs = ((key, value) for key, value in node.value if key.value == str(step))
        return next(pairs, (None, None))
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None, None
