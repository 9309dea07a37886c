"""Settings: one file, checked at start, frozen afterwards."""

from ivr.config.load import load_settings
from ivr.config.settings import Settings

__all__ = ["Settings", "load_settings"]
