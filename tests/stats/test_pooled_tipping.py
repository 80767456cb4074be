"""Insincere answers that would turn a pooled mean or a contrast of houses: values of R, laws, refusals."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from samples import reference

from helpers.data.published import polls
from helpers.errors import EstimationError
from helpers.stats.estimates import Estimate, Inapplicable
from helpers.stats.pool.meta_regression import meta_regression
from helpers.stats.pool.poll_studies import LINKED, poll_studies
from helpers.stats.pool.pooled_tipping import tipping_linkage, tipping_mean
from helpers.stats.pool.pooling import pooled

CASES: list[dict[str, Any]] = reference("pooled_tipping")["cases"]


@pytest.fixture(scope="module")
def readings() -> pd.DataFrame:
    """Trust in and approval of the President, with a published n."""
    rows = polls(country="Kazakhstan", target="president", subgroup="all",
                 response=["trust", "approve"])  # fmt: skip
    return rows[rows["n"].notna()]


def as_readings(readings: pd.DataFrame, case: dict[str, Any]) -> pd.DataFrame:
    """The studies of a case as readings of as many polls."""
    first = readings.iloc[[0] * len(case["xi"])].reset_index(drop=True)
    return first.assign(
        poll_id=[f"P{i}" for i in range(len(first))],
        percent=[100 * x / n for x, n in zip(case["xi"], case["ni"], strict=True)],
        n=pd.array(case["ni"], dtype="Int64"),
        linkage=["state-linked" if linked else "independent" for linked in case["linked"]],
    )


def values(found: Estimate | Inapplicable) -> list[float | None]:
    assert isinstance(found, Estimate)
    return [found.estimate, found.ci_low, found.ci_high]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['name']} {case['deff']}")
def test_turns_are_those_of_uniroot(case: dict[str, Any], readings: pd.DataFrame) -> None:
    rows = as_readings(readings, case)
    mean = tipping_mean(rows, to=case["to"], deff=case["deff"])
    assert values(mean) == pytest.approx(list(case["mean"].values()), abs=1e-5)
    contrast = tipping_linkage(rows, deff=case["deff"])
    assert values(contrast) == pytest.approx(list(case["contrast"].values()), abs=1e-5)


def test_at_the_turn_the_published_mean_and_contrast_are_the_claim(readings: pd.DataFrame) -> None:
    mean, gap = tipping_mean(readings, to=50), tipping_linkage(readings)
    assert isinstance(mean, Estimate)
    assert isinstance(gap, Estimate)
    part, percent = 1 - mean.estimate / 100, readings["percent"]
    halved = pooled(poll_studies(readings.assign(percent=percent * part))).estimate
    assert halved.estimate == pytest.approx(50, abs=1e-6)
    bent = percent.where(~readings["linkage"].isin(LINKED), percent * (1 - gap.estimate / 100))
    model = meta_regression(
        poll_studies(readings.assign(percent=bent)), moderators=["stands"], scale="identity"
    )
    assert not isinstance(model, Inapplicable)
    assert model.coefficients["estimate"].iloc[1] == pytest.approx(0, abs=1e-6)
    assert mean.ci_low is not None
    assert mean.ci_low < mean.estimate


def test_a_claim_above_the_mean_or_a_gap_the_other_way_has_no_turn(readings: pd.DataFrame) -> None:
    assert isinstance(tipping_mean(readings, to=99), Inapplicable)
    turned = readings["linkage"].isin(LINKED).map({True: "independent", False: "state-linked"})
    assert isinstance(tipping_linkage(readings.assign(linkage=turned)), Inapplicable)
    assert isinstance(tipping_mean(readings.assign(percent=90.0), to=0.5), Inapplicable)


@pytest.mark.parametrize("to", [0, 100, float("nan")])
def test_a_claim_that_is_no_share_is_refused(to: float, readings: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="a mean cannot fall to"):
        tipping_mean(readings, to=to)


def test_one_kind_of_houses_has_no_contrast(readings: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="takes one value"):
        tipping_linkage(readings[readings["linkage"].isin(LINKED)])
