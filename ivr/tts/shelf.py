"""Files of rendered prompts: whole or not there, at most so many bytes, oldest use goes first."""

import hashlib
import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

_DIGEST_BYTES: Final = 32
_SUFFIX: Final = ".pcm"
_SPARE: Final = 0.9
"""Share of the limit that is kept when it is passed, so that not every write has to count."""


class Shelf:
    """Keeps bytes by key. Every method may block on the disk: call it from a thread.

    A file is the SHA-256 of its content and the content. It is written beside its place and
    moved there, so a reader meets it whole; a file that is damaged all the same is deleted.
    """

    def __init__(self, directory: Path, limit_bytes: int) -> None:
        self._directory, self._limit_bytes = directory, limit_bytes
        self._size_bytes: int | None = None  # not counted yet
        self._counting = threading.Lock()

    def read(self, key: str) -> bytes | None:
        """Give the content, or None when there is none that can be used."""
        file = self._file(key)
        try:
            stored = file.read_bytes()
        except OSError:
            return None  # a broken disk shows when the prompt is written again
        content = stored[_DIGEST_BYTES:]
        if not content or hashlib.sha256(content).digest() != stored[:_DIGEST_BYTES]:
            with suppress(OSError):
                file.unlink(missing_ok=True)
            return None
        with suppress(OSError):  # dropped by the other thread meanwhile, or a disk to read only
            os.utime(file)
        return content

    def write(self, key: str, content: bytes) -> None:
        """Keep the content; makes room by dropping what was not read for longest.

        Content larger than the whole shelf, or none at all, is not kept. Raises OSError.
        """
        size = len(content) + _DIGEST_BYTES
        if not content or size > self._limit_bytes:
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._directory, delete=False) as beside:
            try:
                beside.write(hashlib.sha256(content).digest() + content)
                beside.flush()
                Path(beside.name).replace(self._file(key))
            except OSError:  # half a file would only fill a full disk
                Path(beside.name).unlink(missing_ok=True)
                raise
        self._note(size)

    def _file(self, key: str) -> Path:
        return self._directory / f"{key}{_SUFFIX}"

    def _note(self, added_bytes: int) -> None:
        with self._counting:
            if self._size_bytes is None:
                self._size_bytes = sum(size for _, size, _ in self._by_age())
            else:
                self._size_bytes += added_bytes
            if self._size_bytes > self._limit_bytes:
                self._make_room()

    def _make_room(self) -> None:
        files = self._by_age()
        left = sum(size for _, size, _ in files)
        for _, size, file in files:
            if left <= self._limit_bytes * _SPARE:
                break
            file.unlink(missing_ok=True)
            left -= size
        self._size_bytes = left

    def _by_age(self) -> list[tuple[int, int, Path]]:
        files = []
        for file in self._directory.iterdir():
            try:
                seen = file.stat()
            except FileNotFoundError:
                continue  # dropped by the other thread meanwhile
            files.append((seen.st_mtime_ns, seen.st_size, file))
        return sorted(files)
