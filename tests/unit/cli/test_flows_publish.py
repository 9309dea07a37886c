"""What `ivr flows publish` says once callers have the flows."""

from io import StringIO

import pytest
from rich.console import Console

from ivr.cli.flows_publish import say_done


@pytest.mark.parametrize("is_live", [True, False])
def test_who_published_is_told_as_they_write_themselves(is_live: bool) -> None:
    out = StringIO()
    made = {"version": "1a2b", "number": 3, "by": "Li [ops] [/]"}

    say_done(Console(file=out, soft_wrap=True), {"publication": made}, is_live)

    assert "by Li [ops] [/])" in out.getvalue()
