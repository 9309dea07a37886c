"""A hundred flows: the starter set, and made-up ones in words that the ears know."""

import random
import re
import shutil
from pathlib import Path

from tests.needs import ROOT

_LIST = re.compile(r"(?<=^  (zh|en):\n)((?:    - .*\n)+)", re.MULTILINE)
NOT_FLOWS = {"hotline", "navigation", "pronunciations"}


def many_flows(folder: Path, wanted: int = 100) -> Path:
    """Write a folder with so many flows; gives the folder."""
    shutil.copytree(ROOT / "flows", folder)
    texts = {
        file.stem: file.read_text("utf-8")
        for file in sorted(folder.glob("*.yaml"))
        if file.stem not in NOT_FLOWS
    }
    words = {language: _words(texts, language) for language in ("zh", "en")}
    drawn, sources = random.Random(1), list(texts)
    for number in range(wanted - len(texts)):
        source = sources[number % len(sources)]

        def made_up(found: re.Match[str]) -> str:
            lines = found[2].splitlines()
            said = (" ".join(drawn.choices(words[found[1]], k=len(line.split()))) for line in lines)
            return "".join(f"    - {text}\n" for text in said)

        text = texts[source].replace(f"id: {source}\n", f"id: {source}_{number}\n", 1)
        text = re.sub(r"^follow_ups:.*\n", "", text, flags=re.MULTILINE)
        begin, examples, rest = re.split(
            r"(?<=^examples:\n)((?:  .*\n)+)", text, maxsplit=1, flags=re.M
        )
        new = f"{begin}{_LIST.sub(made_up, examples)}{rest}"
        (folder / f"{source}_{number}.yaml").write_text(new, "utf-8")
    return folder


def _words(texts: dict[str, str], language: str) -> list[str]:
    lists = [m[2] for text in texts.values() for m in _LIST.finditer(text) if m[1] == language]
    plain = (re.findall(r"[\w']+", line) for lines in lists for line in lines.splitlines())
    return sorted({word for line in plain for word in line if not word.isdigit()})
