"""Tables of figures: what is said of a cell, and nothing that a page could run."""

import pytest

from ivr.analytics.pages import Marked, table


@pytest.mark.parametrize(
    ("cell", "drawn"),
    [
        (3, "<td>3</td>"),
        (0.12345, "<td>0.123</td>"),
        (None, "<td>–</td>"),
        ("<script>", "<td>&lt;script&gt;</td>"),
        (Marked(3, "bad"), '<td class="bad">3</td>'),
        (Marked(None, "quiet"), '<td class="quiet">–</td>'),
        (Marked("<b>", "bad"), '<td class="bad">&lt;b&gt;</td>'),
    ],
)
def test_a_cell_is_drawn_as_what_it_is(cell: object, drawn: str) -> None:
    assert f"<tr><td>calls</td>{drawn}</tr>" in table(("figure", "now"), [("calls", cell)])


def test_names_of_columns_are_escaped() -> None:
    assert "<th>a &lt; b</th>" in table(("a < b",), [])
