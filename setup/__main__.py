"""`python3 -m setup TARGET`: bring everything that TARGET needs into place.

This file must be readable by old Pythons, which say so plainly instead of failing on syntax.
"""

import os
import shutil
import sys

NEEDED = (3, 11)


def main() -> int:
    """Hand over to the plan, under a Python that is new enough."""
    if sys.version_info >= NEEDED:
        from setup.plan import run  # noqa: PLC0415  # old Pythons cannot read that file

        return run(sys.argv[1:])
    for name in ("python3.11", "python3.12", "python3.13"):
        found = shutil.which(name)
        if found:
            os.execv(found, [found, "-m", "setup", *sys.argv[1:]])  # noqa: S606  # same arguments
    sys.stderr.write("The set-up needs Python 3.11 or newer; python3 here is older. Debian 12:\n")
    sys.stderr.write("    apt-get install python3 python3-venv\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
