"""Notices that files of a folder of flows were changed; sees every save, needs no service."""

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path


class WatchedFolder:
    """A folder of flows, and how it was when somebody last looked."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._seen = self._stamps()

    def has_changed(self) -> bool:
        """Whether a file was written, added or removed since the last call."""
        before, self._seen = self._seen, self._stamps()
        return before != self._seen

    def _stamps(self) -> dict[str, tuple[int, int]]:
        stamps = {}
        for file in _yaml_below(self.directory):
            try:
                status = file.stat()
            except OSError:
                continue  # an editor is just replacing it; it will have another stamp
            name = file.relative_to(self.directory).as_posix()
            stamps[name] = (status.st_mtime_ns, status.st_size)
        return stamps


def _yaml_below(directory: Path) -> Iterator[Path]:
    """Give the YAML files of a folder and its sub-folders; hidden ones are an editor's or git's.

    Those in sub-folders are no flows, and whoever puts one there has to be told so.
    """
    for folder, folders, files in os.walk(directory):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if fnmatch(name, "*.y*ml") and not name.startswith("."):
                yield Path(folder, name)
