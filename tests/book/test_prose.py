"""Typed results are found in prose; years, dates, ids and quoted wording are let through."""

from __future__ import annotations

import pytest

from helpers.book.prose import numerals


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Trust was 81.4% in the poll.", ["81.4%"]),
        ("a rise of 5 points, from 1,200 people", ["5", "1,200"]),
        ("it fell by −3.5", ["−3.5"]),
        ("about 80 percent in May", ["80"]),
        ("69.4, 76.4 and 82.8", ["69.4", "76.4", "82.8"]),
    ],
)
def test_results_are_found(text: str, found: list[str]) -> None:
    assert numerals(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "in 2019, from 2019–2024 and in 2023/24",
        "on 2 September 2019 and 11–16 December 2023",
        "hypothesis H5, wave WVS-7, section 3.2, chapter 4, Python 3.11, version 0.1",
        "under CC BY 4.0, doi 10.1080/02634937.2023.2268652",
        "with its 95% interval, and 95% confidence limits",
        "the release says “81 percent” and «84 процента»",
    ],
)
def test_what_is_no_result_is_let_through(text: str) -> None:
    assert numerals(text) == []
