"""Loadings and paired differences agree with R, and their intervals with replicates."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from data.views_surveys import simulated

from helpers.errors import EstimationError
from helpers.stats.compare.weighted_paired import weighted_paired_difference
from helpers.stats.describe.describe import means
from helpers.stats.design import Design, survey_design
from helpers.stats.estimates import Inapplicable, TestResult
from helpers.stats.respondents import design_of
from helpers.stats.scales.factors import factor_loadings
from helpers.stats.scales.loading_intervals import polychoric_loadings
from helpers.stats.scales.polychoric_fit import fit_codes
from helpers.stats.simulation.scale_designs import scale_design
from helpers.stats.weights.replicated import replicate_estimates
from helpers.stats.weights.replicates import bootstrap_replicates

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "loading_intervals.json").read_text(encoding="utf-8")
)
ITEMS = REFERENCE["items"]


@pytest.fixture(scope="module")
def weighted() -> Design:
    return scale_design(simulated(), "answering", "heeding")


@pytest.fixture(scope="module")
def plain(weighted: Design) -> Design:
    return survey_design(weighted.rows.assign(one=1.0), weight="one")


def test_two_factors_equal_psych(plain: Design) -> None:
    rows = polychoric_loadings(plain.answered(*ITEMS), items=ITEMS, factors=2)
    found = rows["estimate"].to_numpy()
    right = np.array(REFERENCE["loadings"])
    wide = found[:14].reshape(2, 7).T
    order = np.argsort(-np.abs(wide[:3]).sum(axis=0))
    assert wide[:, order] == pytest.approx(right, abs=2e-3)
    assert found[14] == pytest.approx(REFERENCE["phi"], abs=1e-3)
    assert rows["n"].tolist() == [REFERENCE["n"]] * 15


def test_standard_errors_are_those_of_lavaan_where_one_factor_fits_exactly(plain: Design) -> None:
    rows = polychoric_loadings(plain.answered(*ITEMS[:3]), items=ITEMS[:3])
    three = REFERENCE["three"]
    assert rows["estimate"].tolist() == pytest.approx(three["loadings"], abs=1e-4)
    assert rows["se"].tolist() == pytest.approx(three["se"], rel=0.02)
    assert rows["n"].iloc[0] == three["n"]


def test_estimates_are_those_without_intervals(weighted: Design) -> None:
    design = weighted.answered(*ITEMS)
    rows = polychoric_loadings(design, items=ITEMS, factors=2)
    other = factor_loadings(design, items=ITEMS, factors=2, matrix="polychoric", rotation="oblimin")
    right = other[other["level"] != "communality"]
    assert rows["estimate"].tolist()[:14] == pytest.approx(right["estimate"].tolist(), abs=1e-6)
    assert ((rows["ci_low"] < rows["estimate"]) & (rows["estimate"] < rows["ci_high"])).all()


def test_standard_errors_follow_the_bootstrap(weighted: Design) -> None:
    items = ITEMS[:3]
    design = weighted.answered(*items)
    rows = polychoric_loadings(design, items=items)

    def loadings(given: pd.DataFrame, weight: np.ndarray) -> np.ndarray:
        kept = weight > 0
        codes = [np.unique(given[item][kept], return_inverse=True)[1] for item in items]
        fit = fit_codes(
            codes, items, weight=weight[kept], empty_cells="kept", variance=False
        ).matrix()
        # One factor fits three items exactly: λ₁² = r₁₂ r₁₃ / r₂₃.
        products = [(0, 1, 2), (1, 0, 2), (2, 0, 1)]
        return np.sqrt([fit[a, b] * fit[a, c] / fit[b, c] for a, b, c in products])

    replicates = bootstrap_replicates(design, replicates=200, name="loadings")
    again = replicate_estimates(replicates, loadings, item="loading", levels=list("abc"))
    assert again["estimate"].tolist() == pytest.approx(rows["estimate"].tolist(), abs=1e-6)
    assert (rows["se"] / again["se"]).tolist() == pytest.approx([1, 1, 1], abs=0.2)


def test_without_degrees_of_freedom_there_are_no_intervals(weighted: Design) -> None:
    rows = weighted.rows.assign(unit=np.arange(len(weighted.rows)) % 2)
    design = survey_design(rows, weight="weight", psu="unit").answered(*ITEMS[:3])
    one_unit = design.where(rows["unit"] == 0)
    found = polychoric_loadings(one_unit, items=ITEMS[:3])
    assert found["se"].isna().all()
    assert found["ci_low"].isna().all()


def test_paired_difference_equals_survey() -> None:
    design = design_of(simulated()).answered("trust_president", "trust_courts")
    found = weighted_paired_difference(design, before="trust_courts", after="trust_president")
    assert isinstance(found, TestResult)
    assert found.effect is not None
    right = REFERENCE["paired"]
    assert found.effect.estimate == pytest.approx(right["estimate"], abs=1e-12)
    assert found.effect.se == pytest.approx(right["se"], abs=1e-12)
    assert (found.statistic, found.df) == (pytest.approx(right["t"]), (right["df"],))
    assert found.p_value == pytest.approx(right["p"], rel=1e-6)
    assert (found.n, found.effect.n) == (right["n"], right["n"])


def test_paired_difference_turns_with_its_columns_and_scales_to_points() -> None:
    design = design_of(simulated()).answered("trust_president", "trust_courts")
    rows = design.rows.assign(
        a=(design.rows["trust_president"] > 2).astype(float),
        b=(design.rows["trust_courts"] > 2).astype(float),
    )
    shares = Design(**{name: getattr(design, name) for name in design.__slots__} | {"rows": rows})
    one = weighted_paired_difference(shares, before="a", after="b", percent=True)
    two = weighted_paired_difference(shares, before="b", after="a", percent=True)
    assert isinstance(one, TestResult)
    assert isinstance(two, TestResult)
    apart = [100 * means(shares, name)["estimate"].iloc[0] for name in "ab"]
    assert one.effect is not None
    assert one.effect.estimate == pytest.approx(apart[1] - apart[0])
    assert (one.statistic, one.p_value) == (pytest.approx(-two.statistic), two.p_value)
    assert one.effect.unit == "points"


def test_what_cannot_be_compared() -> None:
    design = design_of(simulated()).answered("trust_president")
    with pytest.raises(EstimationError, match="with itself"):
        weighted_paired_difference(design, before="trust_president", after="trust_president")
    rows = design.rows.assign(same=design.rows["trust_president"] + 1)
    same = Design(**{name: getattr(design, name) for name in design.__slots__} | {"rows": rows})
    found = weighted_paired_difference(same, before="trust_president", after="same")
    assert isinstance(found, Inapplicable)
