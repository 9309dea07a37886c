"""Fetching, checking and choosing models, from a real server, into real folders."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from typer.testing import CliRunner

from ivr.asr import models
from ivr.asr.models_catalogue import PUBLISHED, Kind, Part, Published, published
from ivr.asr.models_fetch import fetch
from ivr.asr.models_probe import probe
from ivr.cli import app
from ivr.domain import Language
from ivr.errors import ConfigError, EngineUnavailable

OURS = models.SHIPPED / "vosk-hotline-zh-8k"


@dataclass
class Shelf:
    """A server of files that can break off, forget to resume, and tells what was asked."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    breaks_after: int | None = None
    can_resume: bool = True
    ranges: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes, *, sha256: str = "") -> Part:
        self.files[name] = content
        good = hashlib.sha256(content).hexdigest()
        return Part(f"{self.url}/{name}", len(content), sha256 or good)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        content = self.files[request.match_info["name"]]
        asked = request.headers.get("Range", "")
        self.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.can_resume else 0
        response = web.StreamResponse(status=206 if start else 200, headers={"ETag": '"1"'})
        response.content_length = len(content) - start
        await response.prepare(request)
        if self.breaks_after is not None:
            await response.write(content[start : start + self.breaks_after])
            request.transport.close()
            return response
        await response.write(content[start:])
        return response


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    made = Shelf()
    application = web.Application()
    application.router.add_get("/{name}", made.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


def zipped(folder: Path, into: Path) -> bytes:
    with zipfile.ZipFile(into, "w") as archive:
        for file in folder.rglob("*"):
            if file.is_file() and file.name not in (models.CHECKSUMS, "README.md"):
                archive.write(file, Path("a-model") / file.relative_to(folder))
    return into.read_bytes()


def ear(part: Part) -> Published:
    return Published("a-model", Kind.EAR, Language.ZH, 8, 8000, "", "", (part,))


def silent(have: int, total: int) -> None:
    """Progress that nobody watches."""


async def test_a_model_is_fetched_checked_and_installed(shelf: Shelf, tmp_path: Path) -> None:
    part = shelf.put("a-model.zip", zipped(OURS, tmp_path / "z.zip"))

    path = await fetch(ear(part), tmp_path, silent)

    assert path == tmp_path / "a-model"
    assert models.open_vosk_model("a-model", tmp_path).rate_hz == 8000
    assert models.check_sums(path) == models.check_sums(OURS)
    assert not list((tmp_path / ".partial").iterdir())


async def test_a_broken_download_goes_on_where_it_stopped(shelf: Shelf, tmp_path: Path) -> None:
    part = shelf.put("a-model.zip", zipped(OURS, tmp_path / "z.zip"))
    shelf.breaks_after = 1_000_000
    with pytest.raises(EngineUnavailable, match="run the same command to go on"):
        await fetch(ear(part), tmp_path, silent)
    assert not (tmp_path / "a-model").exists()

    shelf.breaks_after = None
    await fetch(ear(part), tmp_path, silent)

    kept = int(shelf.ranges[1].removeprefix("bytes=").rstrip("-"))
    assert 0 < kept <= 1_000_000
    assert (tmp_path / "a-model").is_dir()


async def test_a_server_that_cannot_resume_sends_all_again(shelf: Shelf, tmp_path: Path) -> None:
    part = shelf.put("a-model.zip", zipped(OURS, tmp_path / "z.zip"))
    shelf.breaks_after, shelf.can_resume = 500_000, False
    with pytest.raises(EngineUnavailable):
        await fetch(ear(part), tmp_path, silent)

    shelf.breaks_after = None

    assert await fetch(ear(part), tmp_path, silent) == tmp_path / "a-model"


async def test_a_download_with_another_checksum_is_removed(shelf: Shelf, tmp_path: Path) -> None:
    part = shelf.put("a-model.zip", zipped(OURS, tmp_path / "z.zip"), sha256="0" * 64)

    with pytest.raises(ConfigError, match=r"sha256 is not the published one.*removed"):
        await fetch(ear(part), tmp_path, silent)

    assert not (tmp_path / ".partial/a-model/a-model.zip.part").exists()


@pytest.mark.parametrize(
    "content", [b"<html>not found</html>", b"PK\x03\x04 cut", b""], ids=["page", "cut", "empty"]
)
async def test_what_is_no_archive_says_so(shelf: Shelf, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ConfigError, match="not the archive of one model"):
        await fetch(ear(shelf.put("a-model.zip", content)), tmp_path, silent)

    assert not (tmp_path / "a-model").exists()


async def test_an_archive_that_leads_outside_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("../../outside", "x")

    with pytest.raises(ConfigError, match="leads out of the archive"):
        await fetch(ear(shelf.put("m.zip", (tmp_path / "z.zip").read_bytes())), tmp_path, silent)


async def test_a_damaged_archive_leaves_the_old_model_alone(shelf: Shelf, tmp_path: Path) -> None:
    part = shelf.put("a-model.zip", zipped(OURS, tmp_path / "z.zip"))
    await fetch(ear(part), tmp_path, silent)
    broken = tmp_path / "broken"
    shutil.copytree(OURS, broken)
    (broken / "graph/Gr.fst").write_bytes(b"")

    bad = shelf.put("a-model.zip", zipped(broken, tmp_path / "b.zip"))

    with pytest.raises(ConfigError, match=r"Gr\.fst"):
        await fetch(ear(bad), tmp_path, silent)

    assert models.check_sums(tmp_path / "a-model") == models.check_sums(OURS)


async def test_a_voice_lands_beside_its_settings(shelf: Shelf, tmp_path: Path) -> None:
    parts = (shelf.put("v.onnx.json", b"{}"), shelf.put("v.onnx", b"weights"))

    path = await fetch(
        Published("v", Kind.VOICE, Language.ZH, 1, 22050, "", "", parts), tmp_path, silent
    )

    assert path == tmp_path / "piper/v.onnx"
    assert (tmp_path / "piper/v.onnx.json").read_bytes() == b"{}"


async def test_a_missing_file_on_the_server_is_named(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="answered 40"):
        await fetch(ear(Part(f"{shelf.url}/a/b/none.zip")), tmp_path, silent)


async def test_a_full_disk_is_told_before_the_download(shelf: Shelf, tmp_path: Path) -> None:
    huge = Published("m", Kind.EAR, Language.ZH, 1e9, 8000, "", "", (shelf.put("m.zip", b"x"),))

    with pytest.raises(ConfigError, match="MB are free"):
        await fetch(huge, tmp_path, silent)

    assert not shelf.ranges


# --- checking ----------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(OURS, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.mark.parametrize(
    ("file", "share"),
    [
        ("am/final.mdl", 0.0),
        ("graph/HCLr.fst", 0.5),
        ("graph/Gr.fst", 0.95),
        ("graph/words.txt", 0),
    ],
)
def test_a_file_cut_short_is_named(copy: Path, file: str, share: float) -> None:
    os.truncate(copy / file, int((copy / file).stat().st_size * share))

    with pytest.raises(ConfigError, match=rf"{file}.*(cut short|missing or empty).*models get"):
        models.inspect(copy)


@pytest.mark.parametrize("file", ["am/final.mdl", "graph/HCLr.fst", "graph/words.txt"])
def test_the_smallest_damage_shows_in_the_checksums(copy: Path, file: str) -> None:
    os.truncate(copy / file, (copy / file).stat().st_size - 1)

    with pytest.raises(ConfigError, match=rf"{file}.*checksum"):
        models.open_vosk_model("copy", copy.parent)


def test_an_option_that_would_abort_vosk_is_named_with_its_line(copy: Path) -> None:
    conf = copy / "conf/model.conf"
    ours = conf.read_text("utf-8")
    conf.write_text(f"{ours}--nonsense=1\n", "utf-8")
    line = ours.count("\n") + 1

    with pytest.raises(ConfigError, match=rf"model\.conf:{line}: has an option.*--nonsense"):
        models.inspect(copy)


def test_a_model_of_another_rate_is_refused(copy: Path) -> None:
    conf = copy / "conf/mfcc.conf"
    conf.write_text(conf.read_text().replace("8000", "44100"))

    with pytest.raises(ConfigError, match="44100 Hz"):
        models.inspect(copy)


@pytest.mark.parametrize("content", [b"", b"RIFF....", bytes(5000)])
def test_what_is_no_graph_is_refused(copy: Path, content: bytes) -> None:
    (copy / "graph/HCLr.fst").write_bytes(content)

    with pytest.raises(ConfigError, match=r"HCLr\.fst"):
        models.inspect(copy)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="missing"):
        models.inspect(tmp_path)


def test_a_model_that_only_vosk_finds_fault_with_fails_alone(copy: Path) -> None:
    os.truncate(copy / "am/final.mdl", 3_000_000)
    models.inspect(copy)

    with pytest.raises(ConfigError, match="Vosk cannot decode"):
        probe(copy)


def test_a_missing_model_tells_the_command(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ivr models get vosk-model-small-cn-0\.22"):
        models.find("vosk-model-small-cn-0.22", tmp_path)


# --- the command line --------------------------------------------------------------------


def settings_file(folder: Path) -> Path:
    file = folder / "hotline.yaml"
    file.write_text(
        "# our hotline\nmodels_dir: " + str(folder) + "  # here\n\nasr:\n"
        "  models:\n    zh: vosk-hotline-zh-8k   # ours\n    en: vosk-hotline-en-8k\n"
        'telephony:\n  ari_url: "http://127.0.0.1:8088"\n  asterisk: null\n'
    )
    return file


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["models", *arguments])
    return result.exit_code, result.output + str(result.exception or "")


def test_the_list_tells_what_is_in_use(tmp_path: Path) -> None:
    code, output = run("list", "--json", "--config", str(settings_file(tmp_path)))

    rows = {row["name"]: row for row in json.loads(output)}
    assert code == 0
    assert len(rows) >= len(PUBLISHED)
    assert rows["vosk-hotline-en-8k"]["in_use"]
    assert not rows["vosk-model-small-cn-0.22"]["is_installed"]
    assert rows["vosk-model-small-cn-0.22"]["rate_hz"] == 16000


def test_every_model_of_the_list_can_be_had_by_its_name() -> None:
    assert all(published(model.name) is model for model in PUBLISHED)
    assert all(part.url.startswith("https://") for model in PUBLISHED for part in model.parts)


def test_using_a_model_changes_its_line_and_nothing_else(copy: Path) -> None:
    file = settings_file(copy.parent)
    before = file.read_text()

    code, output = run("use", "copy", "--language", "zh", "--config", str(file))

    assert (code, "restart" in output) == (0, True)
    assert file.read_text().split() == before.replace("vosk-hotline-zh-8k", "copy").split()
    assert [path.name for path in copy.parent.iterdir() if path.name.startswith(".")] == []


def test_a_model_that_is_not_here_cannot_be_used(tmp_path: Path) -> None:
    file = settings_file(tmp_path)
    before = file.read_text()

    code, output = run("use", "vosk-model-small-cn-0.22", "--config", str(file))

    assert code != 0
    assert "models get vosk-model-small-cn-0.22" in output
    assert file.read_text() == before


def test_verify_names_the_damaged_model_and_fails(copy: Path) -> None:
    file = settings_file(copy.parent)
    os.truncate(copy / "graph/words.txt", 100)

    code, output = run("verify", "copy", "vosk-hotline-zh-8k", "--json", "--config", str(file))

    found = {each["name"]: each["problem"] for each in json.loads(output[: output.rindex("]") + 1])}
    assert code == 1
    assert "words.txt" in found["copy"]
    assert found["vosk-hotline-zh-8k"] == ""


def test_ours_are_not_downloaded(tmp_path: Path) -> None:
    code, output = run("get", "vosk-hotline-zh-8k", "--config", str(settings_file(tmp_path)))

    assert code != 0
    assert "part of the project" in output


@pytest.mark.parametrize("language", Language)
def test_what_a_sound_may_cost_is_bounded_in_our_models(language: Language) -> None:
    conf = models.SHIPPED / f"vosk-hotline-{language.value}-8k" / "conf" / "model.conf"

    options = dict(line.split("=") for line in conf.read_text("utf-8").split())

    # Kaldi's own bound, 50 MB, let noise in a yes/no grammar keep a thread busy for 4 s; half of
    # ours once left Vosk without any way through a recording, which ends the process.
    assert options["--max-mem"] == "1000000"
