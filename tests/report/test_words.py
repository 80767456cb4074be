"""Numbers, dates and labels are printed in one way."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.evidence import Evidence
from helpers.report.tables import cells
from helpers.report.words import (
    alternative_text,
    group_label,
    interval_text,
    label,
    period,
    poll_headings,
    value_text,
)
from helpers.stats.estimates import Estimate


def estimate(
    value: float, unit: str, low: float | None = None, high: float | None = None
) -> Estimate:
    return Estimate(
        item="a", level="b", group="c", estimate=value, se=None, ci_low=low, ci_high=high, n=None,
        n_eff=None, deff=None, df=None, unit=unit, evidence=Evidence.PUBLISHED, source="s",
        method="m",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "digits", "text"),
    [
        (81.4, "percent", 1, "81.4%"),
        (51.0, "percent", 0, "51%"),
        (28.2, "points", 1, "28.2 points"),
        (-0.04, "points", 1, "−0.0 points"),
        (-0.04, "points", None, "−0.0 points"),
        (6800, "count", None, "6,800"),
        (0.654, "correlation", None, "0.65"),
    ],
)
def test_values(value: float, unit: str, digits: int | None, text: str) -> None:
    assert value_text(estimate(value, unit), digits=digits) == text


def test_intervals() -> None:
    assert interval_text(estimate(81.4, "percent", 80.46, 82.31)) == "80.5 to 82.3%"
    assert interval_text(estimate(1, "points", -2, 4)) == "−2.0 to 4.0 points"
    assert interval_text(estimate(81.4, "percent")) is None


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2023-12-11", "2023-12-16", "11–16 Dec 2023"),
        ("2024-10", "2024-11", "Oct–Nov 2024"),
        ("2024-05-11", "2024-06-22", "11 May–22 Jun 2024"),
        ("2022-12-29", "2023-01-14", "29 Dec 2022 – 14 Jan 2023"),
        ("2023", "2023-12", "2023 – Dec 2023"),
        (None, "2021-03-19", "19 Mar 2021"),
        ("2022-02", "2022-02", "Feb 2022"),
        ("2019", "2019", "2019"),
        (None, None, "not stated"),
    ],
)
def test_periods(start: str | None, end: str | None, text: str) -> None:
    assert period(start, end) == text


def test_labels() -> None:
    assert label("fire_service") == "Fire service"
    assert label("never-encountered") == "Never encountered"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("region_east_kazakhstan", "Region: East Kazakhstan"),
        ("age_30_45", "Aged 30–45"),
        ("age_61_plus", "Aged 61 and over"),
        ("edu_higher", "Education: higher"),
        ("all", "All"),
    ],
)
def test_groups_are_in_plain_words(key: str, words: str) -> None:
    assert group_label(key) == words


def test_a_heading_says_when_no_base_is_published() -> None:
    polls = pd.DataFrame(
        {
            "poll_id": ["A", "B", "A"],
            "pollster_name": ["House", "Other", "House"],
            "fieldwork_start": ["2022-02", None, "2022-02"],
            "fieldwork_end": ["2022-02", None, "2022-02"],
            "n": pd.array([6800, None, 6800], dtype="Int64"),
        }
    )
    assert poll_headings(polls) == {
        "A": "House, Feb 2022, n = 6,800",
        "B": "Other, not stated, n not published",
    }


def test_computed_numbers_have_as_many_decimals_down_a_column_and_printed_ones_their_own() -> None:
    rows = pd.DataFrame(
        {"unit": "percent", "estimate": [57.15, 5.08], "part": [0.2, 0.096], "deff": [1.25, 1.0]}
    )
    columns = {name: name for name in ("estimate", "part", "deff")}
    computed = rows.assign(evidence="simulated")
    assert cells(computed, columns)["rows"] == [["57.1", "0.2", "1.25"], ["5.1", "0.1", "1.00"]]
    other = computed.assign(unit="units", part=[1762.2, 9.0])
    assert cells(other, columns)["rows"] == [["57.15", "1,762", "1.25"], ["5.08", "9", "1.00"]]
    published = rows.assign(evidence="published")
    assert cells(published, columns)["rows"] == [["57.15", "0.2", "1.25"], ["5.08", "0.096", "1.0"]]


def test_an_alternative_text_keeps_what_matters_within_its_length() -> None:
    first, last = f"Dots. Lowest 0.46 {'a' * 150}.", "6 of 6 hold the value."
    short = alternative_text(f"{first} {last}", "Simulated respondents")
    assert short == f"{first} {last} Simulated respondents."
    long = alternative_text(f"{first} {'b' * 60} {last}", "Simulated respondents")
    assert long == f"{first} Simulated respondents."
    assert alternative_text("c" * 300, "Mark") == f"{'c' * 300}. Mark.", "nothing is cut within"
