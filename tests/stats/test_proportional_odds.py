"""Brant's test agrees with R code on binary logits, holds its level, and finds what it should."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import EstimationError, HelpersError
from helpers.stats.design import Design, survey_design
from helpers.stats.estimates import Inapplicable, TestResult
from helpers.stats.models.ordinal import ordered_model
from helpers.stats.models.proportional_odds import ProportionalOdds, proportional_odds
from helpers.stats.models.regression import logistic_model

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "ordinal.json").read_text(encoding="utf-8")
)


def marked(columns: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(evidence="respondents", source="s")


def reference_design(name: str) -> Design:
    rows = marked(REFERENCE[name])
    if name == "nhanes":
        order = ["child", "young", "middle", "old"]
        rows["age"] = pd.Categorical(rows["age"], order, ordered=True)
        return survey_design(rows, weight="WTMEC2YR", strata="SDMVSTRA", psu="SDMVPSU")
    rows["band"] = pd.Categorical(rows["band"], ["low", "fair", "good", "high"], ordered=True)
    return survey_design(rows, weight="pw", strata="stype", population_psus="fpc")


def design(seed: int, n: int = 600, bend: float = 0.0, units: int = 30) -> Design:
    """Answers of which the top threshold has a slope of its own, by ``bend``."""
    rng = np.random.default_rng(seed)
    x = np.repeat(rng.normal(size=units), n // units) + rng.normal(size=n)
    z = rng.integers(0, 2, n)
    u = rng.random(n)
    above = [1 / (1 + np.exp(cut - slope * x - 0.3 * z)) for cut, slope in
             ((-1, 0.5), (0.2, 0.5), (1.4 + 2 * bend, 0.5 + bend))]  # fmt: skip
    rows = marked(
        {
            "y": sum(u < share for share in above), "x": x, "z": np.where(z, "b", "a"),
            "w": rng.integers(1, 4, n), "unit": np.repeat(np.arange(units), n // units),
        }
    )  # fmt: skip
    return survey_design(rows, weight="w", psu="unit")


def checked(at: Design, terms: tuple[str, ...] = ("x", "z")) -> ProportionalOdds:
    found = proportional_odds(ordered_model(at, outcome="y", terms=list(terms)))
    assert isinstance(found, ProportionalOdds)
    return found


@pytest.mark.parametrize(
    ("name", "outcome", "terms"),
    [("nhanes", "age", ["sex", "high"]), ("api", "band", ["ell", "meals", "sch.wide"])],
)
def test_the_test_equals_that_of_r(name: str, outcome: str, terms: list[str]) -> None:
    told = REFERENCE[f"brant_{name}"]
    found = proportional_odds(ordered_model(reference_design(name), outcome=outcome, terms=terms))
    assert isinstance(found, ProportionalOdds)
    assert found.slopes["estimate"].to_numpy() == pytest.approx(told["slopes"], rel=1e-7)
    assert found.slopes["se"].to_numpy() == pytest.approx(told["se"], rel=1e-7)
    for result, case in [
        (found.overall, told["overall"]),
        *((found.by_term[term], told["by_term"][term]) for term in terms),
    ]:
        assert isinstance(result, TestResult)
        assert result.statistic == pytest.approx(case["F"], rel=1e-6)
        assert result.df == (case["k"], case["df2"])
        assert result.p_value == pytest.approx(case["p"], abs=1e-6)
        assert (result.statistic_name, result.method) == ("F", "proportional_odds")


def test_the_slopes_are_those_of_logistic_models() -> None:
    at = design(3)
    slopes = checked(at).slopes
    for k in range(3):
        split = survey_design(at.rows.assign(above=at.rows["y"] > k), weight="w", psu="unit")
        binary = logistic_model(split, outcome="above", terms=["x", "z"]).coefficients.iloc[1:]
        mine = slopes[slopes["item"] == f"y above {k}"]
        for column in ("estimate", "se", "deff"):
            assert mine[column].to_numpy() == pytest.approx(binary[column].to_numpy(), rel=1e-7)


@given(k=st.floats(1e-3, 1e6), seed=st.integers(0, 20))
@settings(max_examples=8)
def test_weights_units_and_direction_change_nothing(k: float, seed: int) -> None:
    at = design(seed)
    one = checked(at).overall
    turned = at.rows.assign(w=at.rows["w"] * k, x=5 - 3 * at.rows["x"], y=3 - at.rows["y"])
    other = checked(survey_design(turned, weight="w", psu="unit")).overall
    assert isinstance(one, TestResult)
    assert isinstance(other, TestResult)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-5)


def test_the_base_level_changes_nothing() -> None:
    rows = design(5).rows
    other = rows.assign(z=pd.Categorical(rows["z"], ["b", "a"]))
    one = checked(survey_design(rows, weight="w", psu="unit"))
    two = checked(survey_design(other, weight="w", psu="unit"))
    assert one.overall.statistic == pytest.approx(two.overall.statistic, rel=1e-6)
    assert one.by_term["z"].statistic == pytest.approx(two.by_term["z"].statistic, rel=1e-6)


def test_a_slope_of_its_own_is_found_in_its_term() -> None:
    found = checked(design(8, n=6000, bend=0.8))
    assert found.overall.p_value < 1e-6
    assert found.by_term["x"].p_value < 1e-6
    assert found.by_term["z"].p_value > 0.01
    assert list(found.by_term) == ["x", "z"]


def test_the_level_is_held_under_clusters_and_weights() -> None:
    samples = 250
    p = np.array([checked(design(1000 + k)).overall.p_value for k in range(samples)])
    # Three Monte Carlo standard errors above the nominal 5 %, and one point for small samples.
    assert (p < 0.05).mean() < 0.05 + 3 * np.sqrt(0.05 * 0.95 / samples) + 0.01
    assert 0.35 < p.mean() < 0.65


def test_more_equalities_than_degrees_of_freedom_cannot_be_tested() -> None:
    found = checked(design(1, units=4), ("x", "z"))
    assert isinstance(found.overall, Inapplicable)
    assert found.overall.reason == (
        "4 equalities cannot be tested with 3 degrees of freedom of the design"
    )
    assert isinstance(found.by_term["x"], TestResult)


def test_a_separated_threshold_gives_the_reason() -> None:
    at = design(2)
    rows = at.rows.assign(
        z=np.where(at.rows["y"].between(1, 2) & (at.rows["x"] > 1), "c", at.rows["z"])
    )
    found = proportional_odds(
        ordered_model(survey_design(rows, weight="w", psu="unit"), outcome="y", terms=["x", "z"])
    )
    assert isinstance(found, Inapplicable)
    assert found.reason.startswith("above '0' there is no binary logit to compare: the outcome is")
    assert "['z[c]']" in found.reason


def test_a_probit_is_refused() -> None:
    model = ordered_model(design(1), outcome="y", terms=["x"], link="probit")
    with pytest.raises(EstimationError, match="Brant's test is of a logit; got a probit model"):
        proportional_odds(model)


@given(seed=st.integers(0, 10**6), n=st.integers(12, 60), units=st.integers(2, 8))
@settings(max_examples=60)
def test_awkward_rows_give_a_finite_test_or_a_reason(seed: int, n: int, units: int) -> None:
    rng = np.random.default_rng(seed)
    rows = marked(
        {
            "y": rng.integers(0, 4, n), "x": np.round(rng.normal(size=n), 1),
            "z": rng.choice(list("abc"), n), "w": np.exp(3 * rng.normal(size=n)),
            "unit": np.arange(n) % units,
        }
    )  # fmt: skip
    try:
        at = survey_design(rows, weight="w", psu="unit")
        found = proportional_odds(ordered_model(at, outcome="y", terms=["x", "z"]))
    except HelpersError:
        return
    results = (
        [found] if isinstance(found, Inapplicable) else [found.overall, *found.by_term.values()]
    )
    for result in results:
        if isinstance(result, TestResult):
            assert np.isfinite(result.statistic)
            assert 0 <= result.p_value <= 1
        else:
            assert result.reason
