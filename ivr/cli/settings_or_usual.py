"""The settings of commands that work on models alone, and so also where no hotline is set up."""

from pathlib import Path

from ivr.config.load import DEFAULT_FILE, load_settings
from ivr.config.settings import Settings


def settings_or_usual(file: Path) -> Settings:
    """Read the settings; the usual ones where nobody named a file and none is there.

    Raises ConfigError, also for a file that was named and is missing: with a slip in its name
    another model would be measured.
    """
    is_left_out = file == DEFAULT_FILE and not file.exists()
    return Settings() if is_left_out else load_settings(file)
