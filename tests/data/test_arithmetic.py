"""Printed numbers are computed from their parts; what disagrees beyond rounding has its reason."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import Project

from helpers.data.arithmetic import agreement, arithmetic, leads, rounding_of_share
from helpers.data.official import PANELS, indicator_coverage, panel
from helpers.data.published import polls_by_target, polls_listed
from helpers.errors import DataError


def test_parts_give_what_they_give() -> None:
    """By hand: 6,456,393 of 8,300,046 is 77.79 and not 81.31; 68.5 less 60.8 is 7.7 and not 7.3."""
    rows = arithmetic()
    known = rows.dropna(subset="agrees").set_index("claim")
    wrong = known[~known["agrees"].astype(bool)]
    assert dict(wrong["recomputed"].round(2)) == {
        "csi-change-2019-2021": 7.7,
        "qp-commission-2026": 66.2,
        "winner-president-2022": 77.79,
    }
    assert known.loc["yes-referendum-2026", "recomputed"] == pytest.approx(
        100 * 7954667 / 9127192, abs=1e-12
    )
    assert len(known) == 10
    assert wrong["note"].notna().all()
    assert set(rows["evidence"]) == {"published"}


def test_a_disagreement_without_a_reason_is_refused(
    data_copy: Project,
) -> None:
    data_copy.edit(
        "data/published/arithmetic.csv",
        ",8300046,1,11953465,1,69.44",
        ",8300046,1,11953465,1,79.44",
    )
    with pytest.raises(DataError, match=r"arithmetic.csv, row 7, column 'note'.*why 79.44"):
        arithmetic()


def test_one_of_two_joined_keys_that_is_unknown_is_refused(
    data_copy: Project,
) -> None:
    data_copy.edit("data/published/indicators.csv", ";wgi2024-lmorgans", ";wgi2024-nobody")
    with pytest.raises(DataError, match=r"wgi2024-nobody'; expected a source_id of sources.csv"):
        panel("core")


def test_rounding_widens_what_a_share_may_be() -> None:
    """42 thousand may be 41.5 to 42.5 thousand; an exact count is not off at all."""
    one = pd.Series([1.0])
    slack = rounding_of_share(100 * one / 2, one, 2 * one, 0.5 * one, 0.5 * one)
    assert slack.tolist() == [0.0]
    share = pd.Series([100 * 34400 / 42000])
    slack = rounding_of_share(
        share, pd.Series([34400.0]), pd.Series([42000.0]), pd.Series([50.0]), pd.Series([500.0])
    )
    assert slack[0] == pytest.approx(share[0] * (50 / 34400 + 500 / 42000))
    printed = pd.Series([81.9, 84.0, None])
    found = agreement(printed, pd.Series([81.9, 81.9, 81.9]), pd.Series([1.0, 1.0, 1.0]))
    assert found.tolist() == [True, False, pd.NA]


def test_named_panels_have_their_size() -> None:
    core, annual, part = panel("core"), panel("annual"), panel("participation")
    assert (len(core), core["iso3"].nunique()) == (143, 16)
    assert (len(annual), annual["iso3"].nunique(), annual["year"].nunique()) == (336, 16, 21)
    assert (len(part[part["year"] <= 2022]), part["iso3"].nunique()) == (99, 11)
    assert list(core.columns[3:-2]) == list(PANELS["core"])


def test_coverage_counts_what_is_there() -> None:
    rows = indicator_coverage().set_index("indicator")
    assert rows["values"].sum() == 6399 - 12
    assert rows.loc["egdi", ["values", "countries", "first", "last"]].tolist() == [
        159,
        16,
        2005,
        2024,
    ]
    assert rows["meaning"].notna().all()


def test_every_poll_is_listed_with_its_sources() -> None:
    rows = polls_listed()
    assert len(rows) == 126
    assert rows["source_id"].notna().all()
    by_target = polls_by_target(least=4)
    assert by_target["kind"].iloc[0] == "president"
    assert by_target.groupby("kind")["poll_id"].nunique().min() >= 4


def test_what_is_not_in_the_tables_has_its_reason() -> None:
    rows = leads()
    assert len(rows) == 34
    assert rows["reason"].notna().all()
    assert set(leads(kind="excluded")["kind"]) == {"excluded"}
