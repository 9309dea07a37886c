"""Log lines at a terminal are sentences."""

from io import StringIO

from rich.console import Console

from ivr import log
from ivr.cli.log_shown import ShownLog, as_sentence


def test_a_failed_lookup_is_told_as_a_sentence() -> None:
    out = StringIO()
    log.configure("ERROR", ShownLog(Console(file=out, width=200)))

    log.get(__name__).error("lookup failed", lookup="http", flow="refund", why="refused")

    assert out.getvalue().strip() == "lookup failed (lookup http, flow refund, why refused)"


def test_a_line_that_is_no_json_is_shown_as_it_stands() -> None:
    assert as_sentence("out of memory") == "out of memory"
