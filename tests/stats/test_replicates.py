"""Replicate weights and their variances agree with R's survey, with Taylor, and with their laws."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers.errors import ConvergenceError, DesignError, EstimationError, HelpersError
from helpers.stats.design import Design, Floats, covariance, survey_design
from helpers.stats.weights.replicated import replicate_estimates
from helpers.stats.weights.replicates import (
    Replicates,
    bootstrap_replicates,
    jackknife_replicates,
    raked_replicates,
)

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "replicates.json").read_text(encoding="utf-8")
)
HEALTH_MARGINS = {
    column: {int(k): v for k, v in target.items()}
    for column, target in REFERENCE["margins"].items()
}
ESTIMATE, SE, RAKED = 1e-9, 1e-8, 1e-7
"""Relative tolerances: closed forms, their standard errors, and both after an iteration."""


def mean(item: str) -> Any:
    return lambda rows, weight: (rows[item].to_numpy() * weight).sum() / weight.sum()


def total(item: str) -> Any:
    return lambda rows, weight: (rows[item].to_numpy() * weight).sum()


def ratio(item: str, over: str) -> Any:
    return lambda rows, weight: total(item)(rows, weight) / total(over)(rows, weight)


def moments(rows: pd.DataFrame, weight: Floats) -> list[float]:
    """A weighted correlation and a log-odds: neither is a ratio of totals."""
    high, age = rows["high"].to_numpy(), rows["age"].to_numpy()
    p, a = np.average(high, weights=weight), np.average(age, weights=weight)
    spread = np.sqrt((weight * (high - p) ** 2).sum() * (weight * (age - a) ** 2).sum())
    return [(weight * (high - p) * (age - a)).sum() / spread, np.log(p / (1 - p))]


def marked(columns: dict[str, list[Any]]) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(evidence="simulated", source="s1")


def health() -> Design:
    return survey_design(marked(REFERENCE["health"]), weight="weight", strata="stratum", psu="unit")


def schools(name: str) -> Design:
    rows = marked(REFERENCE[name])
    if name == "clusters":
        return survey_design(rows, weight="pw", psu="dnum", population_psus="fpc")
    return survey_design(rows, weight="pw", strata="stype", population_psus="fpc")


def r_bootstrap() -> Replicates:
    """The bootstrap that R drew, from its factors."""
    design, drawn = health(), REFERENCE["factors"]
    factor = dict(
        zip(zip(drawn["stratum"], drawn["unit"], strict=True), drawn["factor"], strict=True)
    )
    first = pd.DataFrame({"psu": design.psu}).drop_duplicates().sort_values("psu").index
    units = design.rows.loc[first, ["stratum", "unit"]].itertuples(index=False)
    factors = np.array([factor[tuple(unit)] for unit in units], dtype=float).T
    return Replicates(
        design=design, factors=factors, scales=np.full(len(factors), 1 / (len(factors) - 1)),
        centre="mean", method="bootstrap_replicates",
    )  # fmt: skip


def agree(rows: pd.DataFrame, expected: dict[str, Any], estimate: float, se: float) -> None:
    np.testing.assert_allclose(rows["estimate"], expected["estimate"], rtol=estimate)
    np.testing.assert_allclose(rows["se"], expected["se"], rtol=se)
    half = stats.t.ppf(0.975, rows["df"]) * rows["se"]
    np.testing.assert_allclose(rows["ci_high"] - rows["estimate"], half, rtol=1e-9)


@pytest.mark.parametrize("raking", [False, True], ids=["base", "raked"])
@pytest.mark.parametrize("kind", ["jackknife", "bootstrap"])
def test_estimates_equal_those_of_r(kind: str, *, raking: bool) -> None:
    replicates = jackknife_replicates(health()) if kind == "jackknife" else r_bootstrap()
    expected = REFERENCE[f"raked_{kind}" if raking else kind]
    if raking:
        share = replicates.design.weight.sum()
        totals = {c: {k: v * share for k, v in t.items()} for c, t in HEALTH_MARGINS.items()}
        replicates = raked_replicates(replicates, margins=totals, tolerance=1e-13)
    near = (RAKED, RAKED) if raking else (ESTIMATE, SE)
    for statistic, name in (
        (mean("high"), "mean"),
        (total("high"), "total"),
        (ratio("high", "age"), "ratio"),
    ):
        agree(replicate_estimates(replicates, statistic, item="high"), expected[name], *near)
    both = replicate_estimates(replicates, moments, item="high", levels=("r", "logit"))
    agree(both, expected["moments"], *near)
    assert both["level"].tolist() == ["r", "logit"]
    women = replace(replicates, design=replicates.design.where(replicates.design.rows["sex"] == 2))
    of_women = replicate_estimates(women, mean("high"), item="high")
    agree(of_women, expected["women"], *near)
    assert of_women["n"][0] == (women.design.rows["sex"] == 2).sum()
    assert both["method"].unique() == [replicates.method]
    if not raking:
        assert (both["df"] == expected["df"]).all()
        assert (of_women["df"] == expected["df_women"]).all()


@pytest.mark.parametrize("name", ["clusters", "strata"])
def test_finite_populations_equal_those_of_r(name: str) -> None:
    replicates, expected = jackknife_replicates(schools(name)), REFERENCE[f"{name}_jackknife"]
    for statistic, key in (
        (mean("api00"), "mean"),
        (total("enroll"), "total"),
        (ratio("api00", "api99"), "ratio"),
    ):
        rows = replicate_estimates(replicates, statistic, item="api00")
        agree(rows, expected[key], ESTIMATE, SE)
        assert rows["df"][0] == expected["df"]


@pytest.mark.parametrize("name", ["clusters", "strata"])
def test_bootstrap_of_finite_populations_is_near_the_linearised_error_of_r(name: str) -> None:
    replicates = bootstrap_replicates(schools(name), replicates=1500, name=("near", name))
    rows = replicate_estimates(replicates, mean("api00"), item="api00")
    # The Monte Carlo error of a standard error is 1/√(2·1500) = 2 %; clusters are few and skewed.
    assert rows["se"][0] == pytest.approx(REFERENCE[f"{name}_linear"]["mean"]["se"], rel=0.12)


def design_of(strata: list[list[int]], seed: int = 1, *, population: bool = False) -> Design:
    """A stratum for each list, with units of these sizes."""
    rng = np.random.default_rng(seed)
    rows = [
        {"h": h, "u": u, "N": 3 * len(sizes)} for h, sizes in enumerate(strata)
        for u, size in enumerate(sizes) for _ in range(size)
    ]  # fmt: skip
    n = len(rows)
    frame = marked(pd.DataFrame(rows).to_dict("list")).assign(
        w=rng.uniform(0.5, 3, n), y=rng.integers(1, 6, n).astype(float), sex=np.arange(n) % 2
    )
    return survey_design(
        frame, weight="w", strata="h", psu="u", population_psus="N" if population else None
    )


@pytest.mark.parametrize("population", [False, True])
def test_all_draws_together_give_the_linearised_variance_of_a_total(*, population: bool) -> None:
    """Rao–Wu is exact for a linear estimate: every equally likely set of draws is written out."""
    design = design_of([[2, 3, 1], [4, 2]], population=population)
    linear = covariance(design, design.weight * design.values("y"))[0, 0]
    values, whole = [], (design.weight * design.values("y")).sum()
    for three, two in product(product(range(3), repeat=2), range(2)):
        counts = np.bincount([*three, 3 + two], minlength=5)
        size, keep = np.array([3, 3, 3, 2, 2]), np.sqrt(1 - design.fraction)[[0, 0, 0, 1, 1]]
        factor = 1 - keep + keep * counts * size / (size - 1)
        values.append((design.weight * factor[design.psu] * design.values("y")).sum())
    assert np.mean(values) == pytest.approx(whole)
    assert np.var(values) == pytest.approx(linear)
    drawn = bootstrap_replicates(design, replicates=400, name="all")
    seen = {float(round((drawn.weight(k) * design.values("y")).sum(), 6)) for k in range(400)}
    assert seen == {float(round(value, 6)) for value in values}


@given(seed=st.integers(0, 10**6), population=st.booleans())
@settings(max_examples=25)
def test_the_jackknife_of_a_total_is_the_linearised_variance(
    seed: int, *, population: bool
) -> None:
    rng = np.random.default_rng(seed)
    shape = [rng.integers(1, 4, rng.integers(2, 5)).tolist() for _ in range(3)]
    design = design_of(shape, seed, population=population)
    rows = replicate_estimates(jackknife_replicates(design), total("y"), item="y")
    linear = covariance(design, design.weight * design.values("y"))[0, 0]
    assert rows["se"][0] ** 2 == pytest.approx(linear, rel=1e-9)


@given(seed=st.integers(0, 10**6), population=st.booleans())
@settings(max_examples=25)
def test_factors_keep_each_stratum_and_are_never_negative(seed: int, *, population: bool) -> None:
    design = design_of([[1] * 4, [2] * 2, [3] * 6], seed, population=population)
    for replicates in (
        bootstrap_replicates(design, replicates=30, name=str(seed)),
        jackknife_replicates(design),
    ):
        assert (replicates.factors >= 0).all()
        home = np.zeros(12, dtype=int)
        home[design.psu] = design.stratum
        for h, size in enumerate((4, 2, 6)):
            np.testing.assert_allclose(replicates.factors[:, home == h].sum(axis=1), size)


def test_units_are_drawn_evenly() -> None:
    replicates = bootstrap_replicates(design_of([[1] * 3, [1] * 5]), replicates=3000, name="even")
    # A factor has mean 1 and variance n/(n−1)·(n−1)/n = 1: so three standard errors are 3/√3000.
    np.testing.assert_allclose(replicates.factors.mean(axis=0), 1, atol=4 / np.sqrt(3000))
    np.testing.assert_allclose(replicates.factors.var(axis=0), 1, atol=0.2)


@given(factor=st.floats(1e-4, 1e4), order=st.permutations(list(range(24))))
@settings(max_examples=25)
def test_scale_and_order_change_no_standard_error(factor: float, order: list[int]) -> None:
    design = design_of([[2] * 4, [4] * 4])
    rows = design.rows.assign(w=design.rows["w"] * factor).iloc[order]
    other = survey_design(rows, weight="w", strata="h", psu="u")
    margins = {"sex": {0: 0.4, 1: 0.6}}
    for make in (
        jackknife_replicates,
        lambda d: bootstrap_replicates(d, replicates=40, name="law"),
    ):
        for rake in (lambda r: r, lambda r: raked_replicates(r, margins=margins)):
            one = replicate_estimates(rake(make(design)), mean("y"), item="y")
            two = replicate_estimates(rake(make(other)), mean("y"), item="y")
            np.testing.assert_allclose(one["estimate"], two["estimate"], rtol=1e-8)
            np.testing.assert_allclose(one["se"], two["se"], rtol=1e-6)


def test_every_raked_replicate_meets_the_margins_and_what_is_known_has_no_error() -> None:
    margins = {"sex": {0: 0.45, 1: 0.55}, "h": {0: 0.3, 1: 0.7}}
    base = bootstrap_replicates(design_of([[4] * 5, [6] * 5]), replicates=50, name="margins")
    raked = raked_replicates(base, margins=margins)
    rows = raked.design.rows
    whole = base.design.weight.sum()
    for weight in (raked.design.weight, *(raked.weight(k) for k in range(raked.count))):
        for column, target in margins.items():
            for category, share in target.items():
                held = weight[rows[column] == category].sum()
                assert held == pytest.approx(share * whole, rel=1e-9)
    known = replicate_estimates(raked, mean("sex"), item="sex")
    assert known["estimate"][0] == pytest.approx(0.55)
    assert known["se"][0] < 1e-9
    again = raked_replicates(raked, margins=margins)
    for k in range(raked.count):
        np.testing.assert_allclose(again.weight(k), raked.weight(k), rtol=1e-8)


def test_raking_narrows_the_error_of_what_the_margin_explains() -> None:
    design = design_of([[6] * 12])
    design.rows["y"] = design.rows["sex"] * 3 + np.arange(len(design.rows)) % 5 / 5
    base = jackknife_replicates(design)
    before = replicate_estimates(base, mean("y"), item="y")
    raked = raked_replicates(base, margins={"sex": {0: 0.5, 1: 0.5}})
    assert replicate_estimates(raked, mean("y"), item="y")["se"][0] < 0.5 * before["se"][0]


def test_cores_change_no_bit() -> None:
    design = design_of([[3] * 4, [2] * 6])

    def work() -> pd.DataFrame:
        drawn = bootstrap_replicates(design, replicates=30, name=("bits", 1))
        raked = raked_replicates(drawn, margins={"sex": {0: 0.4, 1: 0.6}})
        return replicate_estimates(raked, ratio("y", "w"), item="y")

    here = work()
    with joblib.parallel_config(backend="threading", n_jobs=2):
        pd.testing.assert_frame_equal(work(), here, check_exact=True)


def test_replicates_depend_on_their_name_and_number_alone() -> None:
    design = design_of([[1] * 8])
    few, many = (bootstrap_replicates(design, replicates=n, name="n") for n in (10, 40))
    np.testing.assert_array_equal(few.factors, many.factors[:10])
    other = bootstrap_replicates(design, replicates=10, name="m")
    assert (other.factors != few.factors).any()


def test_what_cannot_be_replicated_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    design = design_of([[2] * 3, [2] * 3])
    with pytest.raises(EstimationError, match="too few replicates; got 1; expected at least 2"):
        bootstrap_replicates(design, replicates=1, name="x")
    monkeypatch.setattr("helpers.stats.weights.replicates.MOST_FACTORS", 30)
    with pytest.raises(DesignError, match="got 10 replicates of 6 sampling units"):
        bootstrap_replicates(design, replicates=10, name="x")
    with pytest.raises(DesignError, match="got 6 replicates of 6 sampling units"):
        jackknife_replicates(design)


def test_a_replicate_without_a_category_is_refused() -> None:
    design = design_of([[2] * 3, [2] * 3])
    design.rows["rare"] = (design.psu == 0).astype(int)
    drawn = bootstrap_replicates(design, replicates=40, name="rare")
    with pytest.raises(EstimationError, match=r"replicate \d+ holds nobody of 1 of 'rare'"):
        raked_replicates(drawn, margins={"rare": {0: 0.8, 1: 0.2}})
    with pytest.raises(
        EstimationError, match=r"replicate \d+ has nobody of the domain; got 2 resp"
    ):
        replicate_estimates(
            replace(drawn, design=design.where(design.psu == 0)), mean("y"), item="y"
        )
    with pytest.raises(ConvergenceError, match="after 1 iterations"):
        raked_replicates(
            jackknife_replicates(design_of([[5] * 9], seed=4)), tolerance=1e-15,
            margins={"sex": {0: 0.2, 1: 0.8}, "y": dict.fromkeys([1, 2, 3, 4, 5], 0.2)},
            most_iterations=1,
        )  # fmt: skip


def test_a_statistic_must_give_finite_numbers_for_its_levels() -> None:
    replicates = jackknife_replicates(design_of([[2] * 3, [2] * 3]))
    with pytest.raises(EstimationError, match=r"cannot be used in the full sample; got \[nan\]"):
        replicate_estimates(replicates, lambda rows, weight: float("nan"), item="y")
    with pytest.raises(EstimationError, match=r"expected 2 finite numbers, for \['a', 'b'\]"):
        replicate_estimates(replicates, mean("y"), item="y", levels=("a", "b"))
    with pytest.raises(EstimationError, match=r"cannot be used in replicate 0; got \[inf\]"):
        replicate_estimates(
            replicates, lambda rows, weight: 1.0 if weight.all() else float("inf"), item="y"
        )
    alone = replace(replicates, design=replicates.design.where(replicates.design.psu % 3 == 0))
    with pytest.raises(EstimationError, match="has no degree of freedom; got 4 respondents"):
        replicate_estimates(alone, lambda rows, weight: 1.0, item="y")


@settings(max_examples=60)
@given(data=st.data())
def test_awkward_designs_give_finite_rows_or_a_named_error(data: st.DataObject) -> None:
    sizes = st.lists(st.integers(1, 3), min_size=2, max_size=4)
    design = design_of(
        data.draw(st.lists(sizes, min_size=1, max_size=3)), data.draw(st.integers(0, 99))
    )
    extreme = data.draw(st.sampled_from([1.0, 1e-9, 1e9]))
    design = replace(design, weight=np.where(design.psu == 0, extreme, design.weight))
    try:
        replicates = (
            jackknife_replicates(design)
            if data.draw(st.booleans())
            else bootstrap_replicates(design, replicates=10, name="awkward")
        )
        if data.draw(st.booleans()):
            design.rows["cut"] = data.draw(
                st.lists(
                    st.sampled_from([0, 1, None]),
                    min_size=len(design.rows),
                    max_size=len(design.rows),
                )
            )
            replicates = raked_replicates(
                replicates,
                margins={"sex": {0: 0.5, 1: 0.5}, "cut": {0: 0.5, 1: 0.5}},
                most_iterations=50,
            )
        rows = replicate_estimates(replicates, mean("y"), item="y")
    except HelpersError:
        return
    numbers = rows[["estimate", "se", "ci_low", "ci_high"]].to_numpy()
    assert np.isfinite(numbers).all()
    assert (rows["se"] >= 0).all()
