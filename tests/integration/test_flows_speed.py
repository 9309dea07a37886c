"""How fast a hundred flows are checked."""

import re
import shutil
import time
from pathlib import Path

from ivr.dialog.check import check
from tests.needs import ROOT


def test_a_hundred_flows_are_checked_in_seconds(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "flows", tmp_path / "flows"))
    source = (folder / "fees.yaml").read_text("utf-8")
    for number in range(80):
        text = source.replace("id: fees", f"id: fees_{number}")
        text = re.sub(r"^    - (.*)$", rf"    - \1 {number:x}qz{number * 7919:x}", text, flags=re.M)
        (folder / f"fees_{number}.yaml").write_text(text, "utf-8")
    begun = time.process_time()

    check(folder, frozenset({"service"}), {})

    assert time.process_time() - begun < 3  # 1.0 s on two busy cores, November 2026
