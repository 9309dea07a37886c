"""Notices that files of a folder of flows were changed; sees every save, needs no service."""

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
        for file in self.directory.glob("*.y*ml"):
            try:
                status = file.stat()
            except OSError:
                continue  # an editor is just replacing it; it will have another stamp
            stamps[file.name] = (status.st_mtime_ns, status.st_size)
        return stamps
