"""Operators can look up every figure."""

from prometheus_client import REGISTRY

from ivr import metrics
from tests import needs


def test_every_figure_is_explained_to_operators() -> None:
    assert metrics.CALLS
    page = (needs.ROOT / "docs/ops/alarms.md").read_text(encoding="utf-8")
    served = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in REGISTRY.collect()
        if family.name.startswith("ivr_")
    }

    assert {name for name in served if f"| `{name}` |" not in page} == set()
    assert len(served) > 10
