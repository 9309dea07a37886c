"""Callers without their numbers: a keyed hash to recognise them, a seal to call them back.

A plain hash of a telephone number is no protection (there are few enough numbers to try them
all), so the hash is keyed: HMAC-SHA256 (RFC 2104) with a secret that lies beside the database
and never in it. Numbers that a person must dial are sealed with AES-256-GCM under a key derived
from the same secret. Lose the secret and every caller is a stranger; leak it together with the
database and numbers can be guessed. See docs/adr/caller-keys.md.
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
import tempfile
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ivr.errors import ConfigError, EngineRejected, Place

SECRET_BYTES: Final = 32
_KEY_HEX: Final = 32  # 128 bits of the hash: a million callers collide with p < 1e-26
_LONGEST_NUMBER: Final = 32  # E.164 allows 15 digits; the rest is somebody's joke
_NONCE_BYTES: Final = 12


class CallerKeys:
    """Turns numbers into keys and seals, with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._hash_key = hmac.digest(secret, b"caller-key", "sha256")
        self._seal = AESGCM(hmac.digest(secret, b"call-back", "sha256"))

    def key_of(self, number: str) -> str:
        """Give the key of a caller's number: 32 hex digits, "" for a withheld one.

        "+86 138…", "0086138…" and "86138…" are one caller; a number without its country code
        is another, because only the trunk knows where it comes from.
        """
        dialled = _canonical(number)
        if not dialled:
            return ""
        return hmac.new(self._hash_key, dialled.encode(), hashlib.sha256).hexdigest()[:_KEY_HEX]

    def seal(self, number: str, call_id: str) -> bytes:
        """Encrypt a number for one call; the seal opens for no other call."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, number.encode(), call_id.encode())

    def unseal(self, sealed: bytes, call_id: str) -> str:
        """Decrypt a number; raises EngineRejected when the secret or the bytes are others."""
        nonce, content = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._seal.decrypt(nonce, content, call_id.encode()).decode()
        except (InvalidTag, ValueError) as error:
            problem = f"the number of call {call_id} was sealed with another secret"
            raise EngineRejected("store", problem) from error


def load_keys(secret_file: Path) -> CallerKeys:
    """Read the secret, or make one (0600) where there is none; raises ConfigError."""
    try:
        if not secret_file.exists():
            _make(secret_file)
        return CallerKeys(_read(secret_file))
    except OSError as error:
        problem = f"the store's secret cannot be read or made ({error.strerror})."
        remedy = "Check the rights of the file and of its folder (store.secret_file)."
        raise ConfigError(problem, remedy, Place(secret_file)) from error


def _canonical(number: str) -> str:
    digits = re.sub(r"[^0-9]", "", number[:_LONGEST_NUMBER])
    return digits.removeprefix("00")


def _make(file: Path) -> None:
    """Write a new secret whole or not at all; a process that was faster wins."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=file.parent)  # 0600 by its promise
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(SECRET_BYTES) + "\n")
            out.flush()
            os.fsync(out.fileno())
        os.link(name, file)
    except FileExistsError:
        pass  # the other process's secret is as good as ours
    finally:
        Path(name).unlink()


def _read(file: Path) -> bytes:
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        remedy = f"Run `chmod 600 {file}`, and make a new one if somebody may have read it."
        raise ConfigError("other users may read the store's secret.", remedy, Place(file))
    try:
        secret = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        remedy = "Restore it from a backup; with a new one every caller is a stranger."
        raise ConfigError("the store's secret is damaged.", remedy, Place(file))
    return secret
