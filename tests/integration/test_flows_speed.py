"""How fast a hundred flows are checked."""

import time
from pathlib import Path

from ivr.dialog.check import check
from tests.many_flows import many_flows


def test_a_hundred_flows_are_checked_in_seconds(tmp_path: Path) -> None:
    folder = many_flows(tmp_path / "flows")
    begun = time.process_time()

    findings = check(folder, frozenset({"service"}), {})

    assert time.process_time() - begun < 3  # 0.5 s on two busy cores, November 2026
    assert findings == []
