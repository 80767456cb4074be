"""Offices on every path, and the bunch that would make them one: by hand and by a chi-square."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

from helpers.data.official import appeals
from helpers.stats.estimates import Estimate, Inapplicable
from helpers.stats.pool.funnel import funnel_limits
from helpers.stats.pool.office_choices import OFFICE_CHOICES, bunch_to_common_rate, office_paths

COLUMNS = {"answered": "answered", "received": "received"}


@pytest.fixture(scope="module")
def offices() -> pd.DataFrame:
    rows = appeals(channel="open-dialogue", level="governor")
    return rows[(rows["answered_unit"] == 1) & (rows["body"] != "All offices")]


def test_paths_count_what_lies_outside(offices: pd.DataFrame) -> None:
    rows = office_paths(
        offices, body="body", printed="percent_printed", **COLUMNS,
        without={"all": [], "without Almaty": ["Almaty city"]}, targets={"of these": None, "90": 90.0},
    )  # fmt: skip
    assert len(rows) == 2 * 2 * 2 * 2 * 2
    assert not rows.duplicated(list(OFFICE_CHOICES)).any()
    assert rows["ci_low"].isna().all()
    limits = funnel_limits(offices, body="body", **COLUMNS)
    assert isinstance(limits, pd.DataFrame)
    assert rows[rows["main"]]["estimate"].item() == limits["place"].ne("inside").sum()
    # Ulytau: 251 of 352 were counted, 81.3% of them would be 286: another count, another place.
    share = rows[(rows["counts"] == "from the printed share") & (rows["target"] == "90")
                 & (rows["bodies"] == "all") & (rows["spread"] == "independent requests")]  # fmt: skip
    z = (286 / 352 - 0.9) / (0.09 / 352) ** 0.5
    assert z < -5
    assert set(share["estimate"]) <= {4.0, 5.0, 6.0}


def test_a_bunch_is_chi_square_over_its_critical_value(offices: pd.DataFrame) -> None:
    found = bunch_to_common_rate(offices, **COLUMNS)
    assert isinstance(found, Estimate)
    yes = offices["answered"].astype(float)
    no = offices["received"].astype(float) - yes
    test = stats.chi2_contingency(pd.concat([yes, no], axis=1).to_numpy(), correction=False)
    assert found.estimate == pytest.approx(test.statistic / stats.chi2.ppf(0.95, 5), rel=1e-9)
    # Counts as small as such a bunch makes them are no longer apart.
    table = pd.concat([yes, no], axis=1).to_numpy() / found.estimate
    assert stats.chi2_contingency(table, correction=False).pvalue == pytest.approx(0.05, rel=1e-6)


def test_one_rate_needs_no_bunch(offices: pd.DataFrame) -> None:
    alike = offices.assign(answered=(offices["received"] * 0.9).round())
    assert isinstance(bunch_to_common_rate(alike, **COLUMNS), Inapplicable)
    assert isinstance(bunch_to_common_rate(offices.head(1), **COLUMNS), Inapplicable)
