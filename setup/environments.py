"""The two Python environments: ours, and Rasa's with its old pins."""

import configparser
import io
import shutil
from pathlib import Path

from setup import pythons
from setup.steps import Step, text_of
from setup.work import SetupError, Work, answer

RASA_NEEDS_GB = 4.0  # 2.7 GB measured, the rest for pip's temporary files
_BOT = "ivr/dialog/bot/requirements.txt"
# What works together: without it, a clone of next year gets versions that nobody has tried.
_LOCK, _LOCK_RASA = "setup/constraints.txt", "setup/constraints-rasa.txt"
_TOOLS = ("pip", "uv", "wheel")
_LOCK_HEAD = (
    "# Versions known to work together. Written by `make lock`; what is needed stands in {}.\n"
)


def main_step() -> Step:
    """Give the step that makes `.venv`."""
    return Step(
        name="venv",
        title="main environment (.venv)",
        inputs=_main_inputs,
        is_there=lambda root: (
            (root / ".venv/bin/python").exists() and (root / ".venv/bin/ivr").exists()
        ),
        make=_make_main,
        remedy="Is the package index reachable? Behind a proxy, set https_proxy. "
        "`rm -rf .venv` starts from nothing.",
    )


def rasa_step() -> Step:
    """Give the step that makes `.venv-rasa`."""
    return Step(
        name="venv-rasa",
        title="Rasa's environment (.venv-rasa, 2.7 GB)",
        inputs=lambda root: text_of(root, _BOT, _LOCK_RASA),
        is_there=lambda root: (
            (root / ".venv-rasa/bin/python").exists() and (root / ".venv-rasa/bin/rasa").exists()
        ),
        make=_make_rasa,
        remedy="Is the package index reachable? `rm -rf .venv-rasa` starts from nothing.",
    )


def installer(root: Path, python: Path) -> list[str]:
    """Give the command that installs into `python`'s environment: uv where there is one."""
    for uv in (root / ".venv/bin/uv", Path(shutil.which("uv") or "")):
        if uv.is_file():
            return [str(uv), "pip", "install", "--python", str(python)]
    return [str(python), "-m", "pip", "install"]


def _main_inputs(root: Path) -> str:
    """What the environment is made from; settings of linters and tests do not count."""
    cfg = configparser.ConfigParser(interpolation=None)
    cfg.read(root / "setup.cfg")
    for section in cfg.sections():
        if section != "metadata" and not section.startswith("options"):
            cfg.remove_section(section)
    text = io.StringIO()
    cfg.write(text)
    return text.getvalue() + text_of(root, _LOCK)


def _make_main(work: Work) -> None:
    environment = work.root / ".venv"
    if not (environment / "bin/python").exists():
        python = pythons.find_main()
        if python is None:
            raise SetupError(
                "No Python 3.11 or newer was found that can make environments.",
                "Ask an administrator to run: apt-get install -y python3 python3-venv",
            )
        work.run(python, "-m", "venv", "--clear", environment)
    python = environment / "bin/python"
    if not answer(python, "-m", "pip", "--version"):
        work.run(python, "-m", "ensurepip", "--upgrade")
    if not (environment / "bin/uv").exists():
        _try_to_get_uv(work, python)
    _install(work, python, "--constraint", _LOCK, "--editable", ".[dev,test]")
    _compile(work, environment, work.root / "ivr")


def lock(root: Path) -> None:
    """Note the versions that both environments have now."""
    for environment, file, source in (
        (".venv", _LOCK, "setup.cfg"),
        (".venv-rasa", _LOCK_RASA, _BOT),
    ):
        command = (root / environment / "bin/python", "-m", "pip", "list", "--format=freeze")
        told = answer(*command, "--exclude-editable")
        if told is None:
            raise SetupError(
                f"{environment} does not tell its versions.", "Run `make setup` first."
            )
        versions = [line for line in told.splitlines() if line.partition("==")[0] not in _TOOLS]
        (root / file).write_text(_LOCK_HEAD.format(source) + "\n".join(versions) + "\n")


def _try_to_get_uv(work: Work, python: Path) -> None:
    """uv installs ten times faster than pip; without it everything still works."""
    try:
        work.run(python, "-m", "pip", "install", "--quiet", "uv")
    except SetupError:
        work.note("uv cannot be had here; going on with pip.")


def _install(work: Work, python: Path, *what: str) -> None:
    command = installer(work.root, python)
    try:
        work.run(*command, *what, deadline_s=1800)
    except SetupError:
        if command[0] == str(python):
            raise
        # uv does not read pip's configuration (a company's own index, certificates).
        work.note("uv failed; the same again with pip.")
        work.run(python, "-m", "ensurepip", "--upgrade")
        work.run(python, "-m", "pip", "install", *what, deadline_s=1800)


def _compile(work: Work, environment: Path, *ours: Path) -> None:
    """Compile all libraries now: uv does not, and pip leaves out what is ours.

    Python would do it at the first start, but not where it may not write, or where
    PYTHONDONTWRITEBYTECODE is set, as in many containers: there every command would spend half of
    its time on it, each time.
    """
    libraries = (environment / "lib").glob("python3*/site-packages")
    try:
        work.run(environment / "bin/python", "-m", "compileall", "-q", "-j", "0", *libraries, *ours)
    except SetupError:
        work.note("Some files cannot be compiled (examples of libraries, mostly); the rest is.")


def _make_rasa(work: Work) -> None:
    environment = work.root / ".venv-rasa"
    if environment.is_symlink():
        # A link is a shared environment that somebody made: it is verified, never changed.
        work.run(environment / "bin/rasa", "--version", deadline_s=120)
        return
    _check_room(work.root)
    if not (environment / "bin/python").exists():
        work.run(_rasa_python(work), "-m", "venv", "--clear", environment)
    _install(work, environment / "bin/python", "--constraint", _LOCK_RASA, "-r", _BOT)
    _compile(work, environment)
    work.run(environment / "bin/rasa", "--version", deadline_s=120)


def _check_room(root: Path) -> None:
    free_gb = shutil.disk_usage(root).free / 1e9
    if free_gb < RASA_NEEDS_GB:
        raise SetupError(
            f"Rasa needs {RASA_NEEDS_GB:.0f} GB of disk, {free_gb:.1f} GB are free in {root}.",
            "Free some space, or make .venv-rasa a link to an environment elsewhere.",
        )


def _rasa_python(work: Work) -> Path:
    found = pythons.find_rasa()
    if found:
        return found
    uv = installer(work.root, Path("python"))[0]
    if uv.endswith("uv"):
        return _python_from_uv(work, uv)
    raise _no_rasa_python()


def _python_from_uv(work: Work, uv: str) -> Path:
    try:
        work.run(uv, "python", "install", "3.10")
    except SetupError as error:
        raise _no_rasa_python() from error
    found = answer(uv, "python", "find", "3.10")
    if not found:
        raise _no_rasa_python()
    return Path(found)


def _no_rasa_python() -> SetupError:
    return SetupError(
        "Rasa 3.6 runs on Python 3.10 only, and none was found: no python3.10 that runs in "
        "PATH, none under ~/.pyenv/versions, and uv could not fetch one.",
        "One of: `pyenv install 3.10`; `uv python install 3.10` where GitHub can be reached; "
        "or unpack a python-build-standalone 3.10 and put its bin/ into PATH.",
    )
