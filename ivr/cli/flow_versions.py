"""A version of the flows as somebody names it on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.config import Settings
from ivr.dialog.flows import FlowSet, load_flows
from ivr.errors import ConfigError


@dataclass(frozen=True)
class NamedFlows:
    """Flows, the folder that they are read from, and what they are called."""

    name: str
    folder: Path
    flows: FlowSet


@contextmanager
def version_of(settings: Settings, wanted: str, *, is_served: bool = False) -> Iterator[NamedFlows]:
    """Give the flows of a folder while inside; without a name those of the settings.

    Raises ConfigError.
    """
    if is_served and not wanted:
        raise ConfigError("nothing is named to compare with.", "Name a folder of flows.")
    folder = Path(wanted) if wanted else settings.flows_dir
    yield NamedFlows(str(folder), folder, load_flows(folder))
