"""A change of an index and its error: by hand, by simulation, and whatever the correlation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import EstimationError
from helpers.evidence import Evidence
from helpers.rng import stream
from helpers.stats.estimates import pick
from helpers.stats.panel.index_change import (
    change_apart,
    change_equivalence,
    index_changes,
    passing_bound,
    stated_bound,
)
from helpers.stats.panel.index_paths import index_path

ERRORS = st.floats(0.01, 2.0)
Z = 1.959963984540054


def path(*, voice: tuple[float, ...], other: tuple[float, ...]) -> pd.DataFrame:
    """Two indices in 2005 and 2022: first, its error, last, its error."""
    rows = [
        {"indicator": name, "country": "Land", "iso3": "LLL", "year": year, "value": value,
         "std_error": error, "source_id": f"s-{name}-{year}", "evidence": "published"}
        for name, cells in (("v", voice), ("o", other))
        for year, value, error in ((2005, *cells[:2]), (2022, *cells[2:]))
    ]  # fmt: skip
    return index_path(pd.DataFrame(rows), names={"v": "Voice", "o": "Other"})


USUAL = path(voice=(-1.03, 0.15, -1.07, 0.12), other=(-1.01, 0.15, -0.19, 0.15))
YEARS = {"first": 2005, "last": 2022}


def test_independent_errors_add_as_squares_and_the_widest_as_they_are() -> None:
    alone = pick(index_changes(USUAL, **YEARS), item="Voice")
    widest = pick(index_changes(USUAL, **YEARS, dependence="any"), item="Voice")
    assert alone.estimate == widest.estimate == pytest.approx(-0.04)
    assert alone.se == pytest.approx(math.hypot(0.15, 0.12), rel=1e-12)
    assert widest.se == pytest.approx(0.27, rel=1e-12)
    assert (alone.ci_low, alone.ci_high) == pytest.approx(
        (-0.04 - Z * math.hypot(0.15, 0.12), -0.04 + Z * math.hypot(0.15, 0.12)), rel=1e-12
    )
    assert (alone.level, alone.group, alone.source) == (
        "2005 to 2022", "Land", "s-v-2005;s-v-2022"
    )  # fmt: skip


@settings(max_examples=25)
@given(first=ERRORS, last=ERRORS, correlation=st.floats(-1, 1))
def test_no_correlation_gives_a_wider_interval_than_the_widest(
    first: float, last: float, correlation: float
) -> None:
    rows = path(voice=(0.0, first, 1.0, last), other=(0.0, 1.0, 0.0, 1.0))
    widest = pick(index_changes(rows, **YEARS, dependence="any"), item="Voice").se
    true = math.sqrt(max(first**2 + last**2 - 2 * correlation * first * last, 0.0))
    assert widest is not None
    assert true <= widest * (1 + 1e-9)


def test_intervals_of_a_difference_hold_by_simulation() -> None:
    """Draws with independent errors: 95 of 100 intervals hold the truth, as does the formula."""
    random = stream("test-index-change")
    errors = np.array([0.15, 0.12, 0.15, 0.15])
    draws = random.normal(scale=errors, size=(200_000, 4))
    spread = (draws[:, 3] - draws[:, 2] - (draws[:, 1] - draws[:, 0])).std()
    apart = change_apart(USUAL, minuend="Other", subtrahend="Voice", **YEARS)
    assert apart.se == pytest.approx(spread, rel=0.01)
    assert apart.estimate == pytest.approx(0.82 + 0.04)
    widest = change_apart(USUAL, minuend="Other", subtrahend="Voice", dependence="any", **YEARS)
    assert widest.se == pytest.approx(errors.sum(), rel=1e-12)
    assert apart.evidence is Evidence.PUBLISHED


def test_the_passing_bound_is_where_the_verdict_turns() -> None:
    changes = index_changes(USUAL, **YEARS)
    found = change_equivalence(changes, item="Voice", lower=-0.5, upper=0.5)
    assert found.verdict == "equivalent"
    assert stated_bound(found).estimate == 0.5
    edge = passing_bound(found).estimate
    assert edge == pytest.approx(0.04 + 1.6448536269514722 * math.hypot(0.15, 0.12), rel=1e-9)
    for factor, verdict in ((1.0001, "equivalent"), (0.9999, "not shown")):
        bound = edge * factor
        again = change_equivalence(changes, item="Voice", lower=-bound, upper=bound)
        assert again.verdict == verdict
    other = change_equivalence(changes, item="Other", lower=-0.1, upper=0.1)
    assert other.verdict == "different: above the upper bound"


def test_without_a_published_error_there_is_no_interval() -> None:
    rows = path(voice=(0.1, math.nan, 0.2, 0.1), other=(0.0, 1.0, 0.0, 1.0))
    changes = index_changes(rows, **YEARS)
    assert pick(changes, item="Voice").ci_low is None
    with pytest.raises(EstimationError, match="no standard error"):
        change_equivalence(changes, item="Voice", lower=-0.5, upper=0.5)


def test_what_cannot_be_compared_is_an_error() -> None:
    with pytest.raises(EstimationError, match="exactly one row"):
        index_changes(USUAL, first=2004, last=2022)
    with pytest.raises(EstimationError, match="dependence"):
        index_changes(USUAL, **YEARS, dependence="some")  # type: ignore[arg-type]
    two = USUAL.assign(group=["Land", "Elsewhere"] * 2)
    with pytest.raises(EstimationError, match="of one country"):
        index_changes(two, **YEARS)
