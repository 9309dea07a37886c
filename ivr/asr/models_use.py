"""Writes the choice of a model into the settings file, keeping its comments and order."""

from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter

from ivr.asr.models_catalogue import Kind
from ivr.config.load import load_settings, parse_yaml
from ivr.domain import Language


def use(file: Path, name: str, kind: Kind, language: Language) -> None:
    """Make a model the ear or the voice of a language. Raises ConfigError, the file unchanged."""
    parse_yaml(file)  # complains better than the loader below, which keeps the quotes
    yaml = _faithful_yaml()
    tree = yaml.load(file.read_text(encoding="utf-8")) or CommentedMap()
    if kind is Kind.EAR:
        _set(tree, ("asr", "models", language.value), name)
    else:
        _set(tree, ("tts", "engines", language.value), "piper")
        _set(tree, ("tts", "voices", language.value), name)
    draft = file.with_name(f".{file.name}.new")
    try:
        with draft.open("w", encoding="utf-8") as out:
            yaml.dump(tree, out)
        load_settings(draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _set(tree: CommentedMap, path: tuple[str, ...], value: str) -> None:
    for step in path[:-1]:
        if not isinstance(tree.get(step), CommentedMap):
            tree[step] = CommentedMap()
        tree = tree[step]
    tree[path[-1]] = value


def _faithful_yaml() -> YAML:
    """Give a YAML that writes back what it read, except for what was changed."""
    yaml = YAML(typ="rt")
    yaml.width = 10_000  # never fold a line that a person wrote
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), _write_null)
    return yaml


def _write_null(representer: RoundTripRepresenter, _: None) -> ScalarNode:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")
