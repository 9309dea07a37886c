"""The documents are true where a machine can tell: drawings, links, commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from docs import draw
from ivr.cli import app
from ivr.config import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
OURS = (ROOT, ROOT / "docs", ROOT / "asterisk-conf", ROOT / "deploy", ROOT / "flows")


def _documents() -> Iterator[Path]:
    yield from ROOT.glob("*.md")
    for folder in OURS[1:]:
        yield from folder.rglob("*.md")
    yield from ROOT.glob("models/*.md")


def _without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def _anchors(document: Path) -> set[str]:
    """Heading anchors as code forges make them."""
    prose = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_the_drawn_tables_say_what_the_code_says() -> None:
    assert draw.redrawn(draw.DOCUMENT) == draw.DOCUMENT.read_text(), "run `make docs`"


def test_a_drawing_without_its_place_is_an_error(tmp_path: Path) -> None:
    document = tmp_path / "empty.md"
    document.write_text("# no places here")

    with pytest.raises(ValueError, match="has 0 places for 'lifecycle'"):
        draw.redrawn(document)


@pytest.mark.parametrize("document", sorted(_documents()), ids=lambda d: str(d.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for found in LINK.finditer(_without_code(document.read_text())):
        target = found[1] or found[2]
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (document.parent / file).resolve() if file else document
        assert there.exists(), f"{document.name} links to {target}, which is not there"
        if anchor and there.suffix == ".md":
            assert anchor in _anchors(there), f"{document.name}: no heading for #{anchor}"


@pytest.mark.parametrize("document", sorted(_documents()), ids=lambda d: str(d.relative_to(ROOT)))
def test_make_targets_that_documents_name_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = set(re.findall(r"`(?:[^`\n]*&& )?make ([a-z0-9-]+)", document.read_text()))

    assert named <= targets, f"{document.name} names {named - targets}"


def _commands() -> dict[str, set[str]]:
    """Commands of `ivr`, each with its own commands (none where it is no group)."""
    root = typer.main.get_command(app)
    groups = getattr(root, "commands", {})
    return {name: set(getattr(each.loaded, "commands", {})) for name, each in groups.items()}


@pytest.mark.parametrize("document", sorted(_documents()), ids=lambda d: str(d.relative_to(ROOT)))
def test_commands_that_documents_name_exist(document: Path) -> None:
    known = _commands()
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", document.read_text(), re.DOTALL))

    named = re.findall(r"(?:^|[`/ ])ivr ([a-z]+)(?: ([a-z]+))?", code, re.MULTILINE)

    for first, second in named:
        assert first in known, f"there is no `ivr {first}`"
        if second and known[first]:
            assert second in known[first], f"there is no `ivr {first} {second}`"


def _settings_examples() -> Iterator[tuple[str, str]]:
    for document in _documents():
        for block in re.findall(r"```yaml\n(.*?)```", document.read_text(), re.DOTALL):
            if re.match(r"(#.*\n)*(" + "|".join(Settings.model_fields) + "):", block):
                yield f"{document.name}: {block.splitlines()[0]}", block


@pytest.mark.parametrize("block", [pytest.param(b, id=i) for i, b in _settings_examples()])
def test_settings_that_documents_show_are_valid(block: str, tmp_path: Path) -> None:
    file = tmp_path / "hotline.yaml"
    file.write_text(block)

    assert load_settings(file) != Settings()
