"""What the engines need beside their programs: checked models and a trained bot."""

from setup.steps import Step, text_of
from setup.work import Work, answer


def models_step() -> Step:
    """Give the step that checks the speech models against their checksums."""
    return Step(
        name="models",
        title="speech models",
        inputs=lambda root: text_of(
            root, "ivr/cli/models*.py", "models/*/am/*", "models/*/conf/*", "models/*.*"
        ),
        is_there=lambda root: (root / "models").is_dir(),
        make=lambda work: _ivr(work, "models", "verify"),
        remedy="`git checkout models` brings the shipped ones back.",
    )


def bot_step() -> Step:
    """Give the step that trains the starter bot from the flows."""
    return Step(
        name="bot",
        title="trained bot (about a minute)",
        inputs=lambda root: text_of(
            root, "ivr/cli/flows*.py", "flows/**/*", "ivr/dialog/**/*.py", "ivr/dialog/bot/**/*"
        ),
        is_there=lambda _: True,
        make=lambda work: _ivr(work, "flows", "train"),
        remedy="`.venv/bin/ivr flows check` points at mistakes in flows/.",
    )


def _ivr(work: Work, *words: str) -> None:
    """Run one of our own commands, where this version has it."""
    program = work.root / ".venv/bin/ivr"
    if answer(program, *words, "--help") is None:
        work.note(f"this version has no `ivr {' '.join(words)}`")
        return
    work.run(program, *words)
