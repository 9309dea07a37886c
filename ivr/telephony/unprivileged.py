"""Which account may Asterisk run under, when we ourselves are root?

Asterisk faces the network, so it should not be root. It can only run as somebody else when
that account may enter the folders it needs; test folders, for one, are often root's alone.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

NAMES = ("asterisk", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine."""

    uid: int
    gid: int


def account_for(*folders: Path) -> Account | None:
    """Choose an account that can enter all these folders; None: stay who we are."""
    if os.geteuid() != 0 or not all(_open_to_all(folder) for folder in folders):
        return None
    for name in NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return None


def give_to(account: Account, *folders: Path) -> None:
    """Make the account the owner of these folders and all within, never of what a link leads to.

    The account may have put the link there itself, to own the password file of the machine.
    """
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _open_to_all(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in folder.parents)
