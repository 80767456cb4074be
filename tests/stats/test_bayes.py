"""Bayes factors agree with R's BayesFactor, stay finite for any statistic, and keep their laws."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers.errors import EstimationError, HelpersError
from helpers.stats.estimates import Inapplicable
from helpers.stats.no_effect.bayes import bayes_correlation, bayes_means, bayes_shares, robustness
from helpers.stats.no_effect.bayes_factor import BayesFactor
from helpers.stats.no_effect.bayes_printed import (
    bayes_printed_correlation,
    bayes_printed_shares,
    bayes_printed_t,
)

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "bayes.json").read_text(encoding="utf-8")
)
# BayesFactor integrates to about 1e-5 of the factor, and less closely over half-lines.
QUADRATURE = 2e-5
EXACT = 1e-9
# R integrates a hypergeometric series to about this.
HYPERGEOMETRIC = 1e-7


def rows(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(evidence="simulated", source="s1")


def log_bf(found: BayesFactor | Inapplicable) -> float:
    assert isinstance(found, BayesFactor), found
    assert math.isfinite(found.log_bf10)
    return found.log_bf10


def of_t(t: float, n1: float, n2: float, **options: Any) -> float:
    return log_bf(bayes_printed_t(rows(t=[t], n1=[n1], n2=[n2]), **options))


def of_r(r: float, n: float, **options: Any) -> float:
    return log_bf(bayes_printed_correlation(rows(r=[r], n=[n]), **options))


def of_table(counts: Any, scale: float = 1.0) -> float:
    group, answer = np.indices(np.shape(counts))
    times = np.ravel(counts)
    data = rows(g=np.repeat(group.ravel(), times), y=np.repeat(answer.ravel(), times))
    return log_bf(bayes_shares(data, item="y", by="g", scale=scale))


@pytest.mark.parametrize("case", REFERENCE["t"], ids=lambda case: f"t={case['t']}")
def test_t_equals_bayesfactor(case: dict[str, float]) -> None:
    numbers = [case[name] for name in ("t", "n1", "n2")]
    scale = case["scale"]
    assert of_t(*numbers, scale=scale) == pytest.approx(case["two"], abs=QUADRATURE)
    for side in ("greater", "less"):
        found = of_t(*numbers, scale=scale, alternative=side)
        assert found == pytest.approx(case[side], abs=QUADRATURE)
    if case["inside"] is not None:
        found = of_t(*numbers, scale=scale, null=(-0.1, 0.2))
        assert found == pytest.approx(case["outside"] - case["inside"], abs=5 * QUADRATURE)


@pytest.mark.parametrize("case", REFERENCE["huge"], ids=lambda case: f"t={case['t']}")
def test_a_huge_t_equals_the_integral_over_g(case: dict[str, float]) -> None:
    numbers = [case[name] for name in ("t", "n1", "n2")]
    assert of_t(*numbers) == pytest.approx(case["two"], rel=EXACT)
    for side in ("greater", "less"):
        assert of_t(*numbers, alternative=side) == pytest.approx(case[side], rel=EXACT)


@pytest.mark.parametrize("case", REFERENCE["correlations"], ids=lambda case: f"r={case['r']}")
def test_correlation_equals_bayesfactor(case: dict[str, float]) -> None:
    numbers, scale = (case["r"], case["n"]), case["scale"]
    assert of_r(*numbers, scale=scale) == pytest.approx(case["two"], rel=EXACT)
    for side in ("greater", "less"):
        found = of_r(*numbers, scale=scale, alternative=side)
        assert found == pytest.approx(case[side], abs=HYPERGEOMETRIC)
    found = of_r(*numbers, scale=scale, null=(-0.1, 0.1))
    assert found == pytest.approx(case["outside"] - case["inside"], abs=HYPERGEOMETRIC)


@pytest.mark.parametrize("case", REFERENCE["tables"], ids=lambda case: str(case["counts"]))
def test_tables_equal_bayesfactor(case: dict[str, Any]) -> None:
    assert of_table(case["counts"], case["scale"]) == pytest.approx(case["log_bf"], rel=EXACT)


def test_rows_of_respondents_equal_bayesfactor() -> None:
    cars = REFERENCE["frames"]
    data = rows(**{name: cars[name] for name in ("mpg", "am", "wt", "cyl")})
    means = log_bf(bayes_means(data, item="mpg", by="am"))
    assert means == pytest.approx(cars["means"], abs=QUADRATURE)
    correlation = log_bf(bayes_correlation(data, x="mpg", y="wt"))
    assert correlation == pytest.approx(cars["correlation"], rel=EXACT)
    shares = log_bf(bayes_shares(data, item="cyl", by="am"))
    assert shares == pytest.approx(cars["shares"], rel=EXACT)


def test_two_printed_shares_equal_their_table() -> None:
    readings = rows(percent=[40.3, 42.1], n=[1000, 1200], poll_id=["P1", "P2"])
    found = log_bf(bayes_printed_shares(readings))
    want = next(case for case in REFERENCE["tables"] if case["counts"][0] == [403, 597])
    assert found == pytest.approx(want["log_bf"], rel=EXACT)


STATISTIC = st.floats(-80, 80)
BASE = st.integers(2, 5000)


@settings(max_examples=30)
@given(t=STATISTIC, n1=BASE, n2=BASE, scale=st.floats(0.01, 20))
def test_the_two_sides_average_to_the_two_sided_factor(
    t: float, n1: int, n2: int, scale: float
) -> None:
    sides = [of_t(t, n1, n2, scale=scale, alternative=side) for side in ("greater", "less")]
    two = of_t(t, n1, n2, scale=scale)
    assert np.logaddexp(*sides) - math.log(2) == pytest.approx(two, rel=1e-8, abs=1e-8)
    # Swapping the groups swaps the sides.
    swapped = of_t(-t, n2, n1, scale=scale, alternative="less")
    assert swapped == pytest.approx(sides[0], rel=1e-8, abs=1e-8)


@settings(max_examples=30)
@given(r=st.floats(-0.999, 0.999), n=st.integers(3, 20000), scale=st.floats(0.05, 5))
def test_the_two_sides_of_a_correlation_average(r: float, n: int, scale: float) -> None:
    sides = [of_r(r, n, scale=scale, alternative=side) for side in ("greater", "less")]
    two = of_r(r, n, scale=scale)
    assert np.logaddexp(*sides) - math.log(2) == pytest.approx(two, rel=1e-8, abs=1e-8)
    assert of_r(-r, n, scale=scale, alternative="less") == pytest.approx(sides[0], abs=1e-7)


@settings(max_examples=30)
@given(t=st.floats(-6, 6), n=st.integers(2, 500))
def test_bf01_times_bf10_is_one(t: float, n: int) -> None:
    found = bayes_printed_t(rows(t=[t], n1=[n], n2=[n]))
    assert found.bf01 * found.bf10 == pytest.approx(1, rel=1e-12)


@settings(max_examples=30)
@given(t=st.floats(0, 100), more=st.floats(0.01, 10), n1=BASE, n2=BASE)
def test_a_larger_t_is_more_evidence(t: float, more: float, n1: int, n2: int) -> None:
    assert of_t(t + more, n1, n2) > of_t(t, n1, n2)


@settings(max_examples=30)
@given(t=st.floats(-8, 8), n=st.integers(5, 2000))
def test_a_vanishing_null_interval_is_the_point_null(t: float, n: int) -> None:
    near = of_t(t, n, n, null=(-1e-6, 1e-6))
    assert near == pytest.approx(of_t(t, n, n), abs=2e-3)


@given(
    counts=st.lists(
        st.lists(st.integers(0, 400), min_size=3, max_size=3), min_size=2, max_size=3
    ).filter(lambda table: (np.sum(table, axis=0) > 0).all() and (np.sum(table, axis=1) > 0).all())
)
def test_the_order_of_groups_and_answers_is_irrelevant(counts: list[list[int]]) -> None:
    table = np.array(counts)
    assert of_table(table) == pytest.approx(of_table(table[::-1, ::-1]), rel=1e-9, abs=1e-9)


def test_independent_answers_favour_the_null_more_as_the_base_grows() -> None:
    factors = [of_table([[k, k], [k, k]]) for k in (10, 100, 1000)]
    assert factors[0] > factors[1] > factors[2]
    assert factors[2] < 0


def test_the_factor_of_a_share_is_a_ratio_of_marginal_likelihoods() -> None:
    """By hand for uniform priors: two beta-binomials over one with the shared share."""
    a, b, c, d = 7, 13, 4, 16

    def beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    apart = beta(a + 1, b + 1) + beta(c + 1, d + 1)
    assert of_table([[a, b], [c, d]]) == pytest.approx(apart - beta(a + c + 1, b + d + 1))


def test_extremes_stay_finite() -> None:
    for t in (0.0, 1e-9, 500.0, -1e5):
        for side in ("two-sided", "greater", "less"):
            for scale in (1e-3, 1.0, 1e3):
                of_t(t, 2, 2, alternative=side, scale=scale)
                of_t(t, 1e6, 2000, alternative=side, scale=scale)
    for r in (0.0, 0.9999999, -0.9999999):
        for side in ("two-sided", "greater", "less"):
            for scale in (1e-3, 1.0, 1e3):
                of_r(r, 3, alternative=side, scale=scale)
                of_r(r, 1e6, alternative=side, scale=scale)


def test_a_factor_that_no_float_holds_is_refused() -> None:
    found = bayes_printed_t(rows(t=[60.0], n1=[2000], n2=[2000]))
    with pytest.raises(EstimationError, match=r"got exp\(1278.42\); expected at most.*log_bf10"):
        _ = found.bf10
    with pytest.raises(EstimationError, match="beyond what a float holds"):
        _ = found.bf01


def test_robustness_gives_a_row_a_scale() -> None:
    data = rows(
        y=[1.0, 2.0, 3.0, 4.0, 2.0, 5.0], z=[2.0, 1.0, 4.0, 3.0, 5.0, 6.0], g=list("aabbab")
    )
    scales = [0.2, 0.5, 1.0]
    curve = robustness(bayes_means, data, scales=scales, item="y", by="g", alternative="less")
    assert list(curve["scale"]) == scales
    assert set(curve["evidence"]) == {"simulated"}
    assert set(curve["source"]) == {"s1"}
    for scale, found in zip(scales, curve["log_bf10"], strict=True):
        assert found == log_bf(bayes_means(data, item="y", by="g", scale=scale, alternative="less"))
    assert len(robustness(bayes_correlation, data, scales=scales, x="y", y="z")) == 3
    with pytest.raises(EstimationError, match="no Bayes factor to vary; got 'nothing varies"):
        robustness(bayes_means, data.assign(y=1.1), scales=scales, item="y", by="g")
    with pytest.raises(EstimationError, match="there is no scale to vary"):
        robustness(bayes_means, data, scales=[], item="y", by="g")


def test_the_prior_is_said_in_words() -> None:
    found = bayes_printed_t(rows(t=[1.0], n1=[20], n2=[20]), alternative="greater")
    assert found.prior == (
        "standardised difference: Cauchy of scale 0.7071; H1: above 0; H0: exactly 0"
    )
    found = bayes_printed_t(rows(t=[1.0], n1=[20], n2=[20]), null=(-0.1, 0.2))
    assert found.prior.endswith("H1: outside -0.1 to 0.2; H0: between -0.1 and 0.2")
    other = bayes_printed_correlation(rows(r=[0.1], n=[20]), scale=0.5)
    assert isinstance(other, BayesFactor)
    assert other.prior == "correlation: stretched beta of width 0.5; H1: not 0; H0: exactly 0"
    table = bayes_printed_shares(rows(percent=[40.0, 50.0], n=[100, 100]))
    assert table.prior.startswith("answers in each group: Dirichlet of concentration 1;")
    assert (table.statistic_name, table.n, table.source) == ("chi2", 200, "s1")
    assert table.statistic == pytest.approx(2.0202, abs=1e-4)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan, math.inf, 1e-4])
def test_a_scale_that_cannot_be_is_refused(scale: float) -> None:
    with pytest.raises(EstimationError, match="the scale of a prior cannot be used"):
        of_t(1.0, 20, 20, scale=scale)
    with pytest.raises(EstimationError, match="the scale of a prior cannot be used"):
        of_r(0.2, 20, scale=scale)
    with pytest.raises(EstimationError, match="expected a number from 1 to 1000"):
        of_table([[3, 4], [5, 6]], scale=scale)


def test_a_hypothesis_that_cannot_be_is_refused() -> None:
    with pytest.raises(EstimationError, match="unknown alternative 'larger'"):
        of_t(1.0, 20, 20, alternative="larger")
    with pytest.raises(EstimationError, match=r"a null interval cannot be used; got \(0.1, 0.2\)"):
        of_t(1.0, 20, 20, null=(0.1, 0.2))
    with pytest.raises(EstimationError, match="-1 < low < 0 < high < 1"):
        of_r(0.1, 20, null=(-1.0, 0.2))


def test_rows_that_cannot_be_read_are_refused() -> None:
    data = rows(y=[1.0, None, 3.0, 4.0], g=list("aabb"))
    with pytest.raises(EstimationError, match="'y' has 1 missing"):
        bayes_means(data, item="y", by="g")
    with pytest.raises(EstimationError, match="'y' has 1 missing"):
        bayes_correlation(data, x="y", y="y")
    with pytest.raises(EstimationError, match="'y' has 1 missing"):
        bayes_shares(data, item="y", by="g")
    with pytest.raises(EstimationError, match="column 'n1' cannot be used"):
        of_t(1.0, 1, 20)
    with pytest.raises(EstimationError, match="column 't' cannot be used"):
        of_t(math.inf, 20, 20)
    with pytest.raises(EstimationError, match="column 'r' cannot be used"):
        of_r(1.1, 20)
    twice = rows(percent=[40.0, 50.0], n=[100, 100], poll_id=["P1", "P1"])
    with pytest.raises(EstimationError, match="not independent; got poll 'P1' twice"):
        bayes_printed_shares(twice)


def test_where_nothing_can_be_said_there_is_a_reason() -> None:
    flat = rows(y=[0.1] * 6, z=[1.0, 2.0, 3.0, 4.0, 5.0, 7.0], g=list("aabbab"))
    assert bayes_means(flat, item="y", by="g") == Inapplicable(
        "nothing varies within the groups", "bayes_means"
    )
    assert bayes_correlation(flat, x="y", y="z") == Inapplicable(
        "fewer than three rows, or a single value", "bayes_correlation"
    )
    assert bayes_correlation(flat, x="z", y="z") == Inapplicable(
        "the items agree perfectly", "bayes_correlation"
    )
    assert bayes_shares(flat, item="y", by="g") == Inapplicable(
        "there is one group, or one answer", "bayes_shares"
    )
    assert bayes_printed_correlation(rows(r=[1.0], n=[30])) == Inapplicable(
        "the items agree perfectly", "bayes_printed_correlation"
    )


@given(
    values=st.lists(st.sampled_from([0.0, 1.0, 1.0, 2.0, 1e9, -3.0, None]), min_size=1, max_size=9),
    groups=st.lists(st.sampled_from(["a", "b", "b", "c"]), min_size=9, max_size=9),
)
def test_awkward_data_give_numbers_a_reason_or_a_named_error(
    values: list[Any], groups: list[str]
) -> None:
    data = rows(
        y=pd.Series(values, dtype="float64"),
        z=pd.Series(values[::-1], dtype="float64"),
        g=groups[: len(values)],
    )
    assume(len(data))
    for method, options in (
        (bayes_means, {"item": "y", "by": "g"}),
        (bayes_correlation, {"x": "y", "y": "z"}),
        (bayes_shares, {"item": "y", "by": "g"}),
    ):
        try:
            found = method(data, **options)
        except HelpersError:
            continue
        if isinstance(found, BayesFactor):
            log_bf(found)
