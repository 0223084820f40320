"""Of what a sum or a share is."""

from __future__ import annotations

import pytest

from flows.language.measures import measure_of
from flows.language.quantities import read_quantities


def measures(text: str) -> list[str]:
    return [measure_of(text, q.char_start, q.char_end) for q in read_quantities(text)]


def test_the_nearest_measure_before_a_figure_is_its_own_and_words_of_one_measure_are_equal() -> None:
    revenue, growth, profit = measures("Revenue of 3 billion euros, up 4 percent, left a profit of 200 million euros.")
    assert len({revenue, profit, ""}) == 3
    assert growth == ""
    assert measures("Sales came to 3 billion euros.") == [revenue]
    assert measures("It lost 5 billion euros, a net loss of 80 euros a share.")[1] == profit


def test_a_measure_right_after_the_figure() -> None:
    assert measures("It had 3 billion euros in annual sales.") == measures("Its turnover was 3 billion euros.")


@pytest.mark.parametrize(
    "text",
    [
        "The fine can come to 4 percent of annual turnover.",
        "It offered 640 pence a share.",
        "The group, whose debt is large, earned 300 million euros.",
        "The crane weighs 4 tonnes; sales are up.",
    ],
)
def test_what_is_no_figure_of_a_measure(text: str) -> None:
    assert set(measures(text)) == {""}
