"""The page that shows what thresholds of understanding cost."""

from ivr.analytics.thresholds_page import Weighed, thresholds_page

CHOSEN = {"answer": 0.7, "confirm": 0.4, "choose": 0.5}
COSTS = {"wrong": 6.0, "confirm": 1.0, "choose": 1.3, "guide": 2.5}
ENGLISH = Weighed(
    texts=40,
    turns=0.61,
    answered=0.7,
    right=0.95,
    refused=0.05,
    curve=((0.1, 1.4), (0.7, 0.61), (0.9, 0.8)),
    reliability=((0.35, 0.4, 10), (0.95, 0.97, 30)),
)


def test_the_page_says_what_was_chosen_and_what_is_in_use() -> None:
    text = thresholds_page(CHOSEN, {**CHOSEN, "answer": 0.9}, COSTS, {"en": ENGLISH})

    assert "<td>answer</td><td>0.700</td><td>0.900</td>" in text
    assert "in use: 0.9" in text
    assert "wrong 6, confirm 1, choose 1.3, guide 2.5" in text


def test_each_language_has_its_curve() -> None:
    text = thresholds_page(CHOSEN, CHOSEN, COSTS, {"zh": ENGLISH, "en": ENGLISH})

    assert text.count("<polyline") == 2 * 3
    assert "Mandarin" in text


def test_a_language_without_examples_is_left_out() -> None:
    text = thresholds_page(CHOSEN, CHOSEN, COSTS, {"zh": Weighed(texts=0), "en": ENGLISH})

    assert "Mandarin" not in text
