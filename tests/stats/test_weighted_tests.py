"""Comparisons of groups under a design agree with R and with their laws."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import awkward, check_test, declared, design, drawn, reference
from scipy import stats
from statsmodels.stats.nonparametric import rank_compare_2indep

from helpers.errors import EstimationError, HelpersError
from helpers.stats.compare.weighted_ranks import weighted_rank_test
from helpers.stats.compare.weighted_tests import weighted_mean_difference, weighted_share_difference
from helpers.stats.design import Design, covariance, survey_design
from helpers.stats.estimates import Inapplicable, TestResult

CASES = reference("weighted_tests")
Tested = Callable[..., TestResult | Inapplicable]


def prepared(case: dict[str, Any]) -> Design:
    """The design of a case, for the groups it keeps."""
    sample = design(case["design"]).answered(case["item"])
    if case["keep"]:
        sample = sample.where(sample.rows[case["by"]].astype(str).isin(case["keep"]))
    return sample


def name_of(case: dict[str, Any]) -> str:
    return "-".join(str(case[key]) for key in ("design", "item", "by", "keep"))


@pytest.mark.parametrize("case", CASES["differences"], ids=name_of)
def test_differences_equal_those_of_r(case: dict[str, Any]) -> None:
    """R subtracts the first group from the second."""
    share = case["level"] is not None
    tested = weighted_mean_difference
    if share:
        tested = partial(weighted_share_difference, level=case["level"])
    found = tested(prepared(case), case["item"], by=case["by"])
    assert isinstance(found, TestResult)
    assert found.effect is not None
    factor = -100 if share else -1
    assert found.statistic == pytest.approx(-case["t"], rel=1e-8)
    assert found.df == (case["df"],)
    assert found.p_value == pytest.approx(case["p"], rel=1e-6)
    assert found.effect.estimate == pytest.approx(factor * case["estimate"], rel=1e-9)
    assert found.effect.ci_low == pytest.approx(factor * case["high"], rel=1e-7)
    assert found.effect.ci_high == pytest.approx(factor * case["low"], rel=1e-7)
    assert found.effect.unit == ("points" if share else "units")


@pytest.mark.parametrize("case", CASES["ranked"], ids=name_of)
def test_rank_tests_equal_those_of_r(case: dict[str, Any]) -> None:
    found = weighted_rank_test(prepared(case), case["item"], by=case["by"])
    assert isinstance(found, TestResult)
    assert found.effect is not None
    sign = -1 if found.statistic_name == "t" else 1
    assert found.statistic == pytest.approx(sign * case["statistic"], rel=1e-8)
    assert found.df[-1] == case["df"]
    assert found.p_value == pytest.approx(case["p"], rel=1e-6)
    if case.get("own") is not None:
        assert found.statistic == pytest.approx(sign * case["own"], rel=1e-8)
        assert found.p_value == pytest.approx(case["own_p"], rel=1e-6)
    if sign < 0:
        assert found.effect.estimate == pytest.approx(0.5 - case["delta"], rel=1e-9)


def test_ranks_do_not_depend_on_the_order_of_rows_that_tie() -> None:
    sample = design("people")
    mixed = survey_design(
        sample.rows.sample(frac=1, random_state=1),
        weight="WTMEC2YR",
        strata="SDMVSTRA",
        psu="SDMVPSU",
    )
    one, other = (weighted_rank_test(d, "age", by="RIAGENDR") for d in (sample, mixed))
    assert isinstance(one, TestResult)
    assert isinstance(other, TestResult)
    assert one.statistic == pytest.approx(other.statistic, rel=1e-10)


def test_with_equal_weights_the_effect_is_that_of_brunner_and_munzel() -> None:
    """Their variance, but for n / (n − 1) in each group and units taken together."""
    rng = np.random.default_rng(2)
    first, second = rng.integers(1, 6, 400), rng.integers(2, 7, 300)
    sample = drawn(y=np.append(first, second), g=["a"] * 400 + ["b"] * 300)
    found = weighted_rank_test(sample, "y", by="g")
    plain = rank_compare_2indep(first, second)
    assert isinstance(found, TestResult)
    assert found.effect is not None
    assert found.effect.estimate == pytest.approx(plain.prob1, rel=1e-10)
    assert found.effect.se == pytest.approx(np.sqrt(plain.var / plain.nobs), rel=0.01)


def test_the_effect_has_the_linearised_variance_of_a_clustered_sample() -> None:
    """Against the influence of each weight on the probability, by finite differences."""
    rng = np.random.default_rng(8)
    n = 48
    unit = np.repeat(np.arange(8), 6)
    sample = drawn(
        y=np.round(rng.normal(0, 1, 8)[unit] + rng.normal(0, 1, n)),
        g=rng.integers(0, 2, n), p=unit, w=rng.uniform(0.5, 2, n),
    )  # fmt: skip
    values, first = sample.values("y"), sample.values("g") == 0
    apart = np.sign(values[first][:, None] - values[~first][None, :]) / 2 + 0.5

    def lies_above(weight: np.ndarray) -> float:
        pairs = np.outer(weight[first], weight[~first])
        return float((pairs * apart).sum() / pairs.sum())

    step = 1e-5 * np.eye(n)
    influence = sample.weight * np.array(
        [(lies_above(sample.weight + h) - lies_above(sample.weight - h)) / 2e-5 for h in step]
    )
    found = weighted_rank_test(sample, "y", by="g")
    assert isinstance(found, TestResult)
    assert found.effect is not None
    assert found.effect.estimate == pytest.approx(lies_above(sample.weight))
    assert found.effect.se == pytest.approx(covariance(sample, influence)[0, 0] ** 0.5, rel=1e-6)
    assert found.effect.ci_low < found.effect.estimate < found.effect.ci_high


def test_epsilon_squared_is_that_of_kruskal_and_wallis_with_equal_weights() -> None:
    rng = np.random.default_rng(4)
    values, group = rng.integers(1, 6, 90), np.repeat([1, 2, 3], 30)
    found = weighted_rank_test(drawn(y=values + (group == 3), g=group), "y", by="g")
    plain = stats.kruskal(*((values + (group == 3))[group == k] for k in (1, 2, 3)))
    assert isinstance(found, TestResult)
    assert found.effect is not None
    assert found.effect.estimate == pytest.approx(plain.statistic / 89)
    assert found.effect.level == "epsilon squared"


def test_the_design_effect_of_a_difference_compares_with_two_simple_samples() -> None:
    values, group = np.array([1.0, 4, 5, 9, 2, 3, 8]), np.array(list("aaaabbb"))
    found = weighted_mean_difference(drawn(y=values, g=group), "y", by="g")
    assert isinstance(found, TestResult)
    assert found.effect is not None
    parts = [values[group == name] for name in "ab"]
    simple = sum(part.var(ddof=1) / part.size for part in parts)
    assert found.effect.deff == pytest.approx(found.effect.se**2 / simple)
    assert found.effect.n_eff == pytest.approx(7 * simple / found.effect.se**2)


def test_a_difference_of_shares_stops_at_a_hundred_points() -> None:
    sample = drawn(y=[1, 1, 1, 1, 0, 0, 0, 1], g=list("aaaabbbb"), p=[1, 2, 3, 4, 1, 2, 3, 4])
    found = weighted_share_difference(sample, "y", by="g", level=1)
    assert isinstance(found, TestResult)
    assert found.effect is not None
    assert (found.effect.estimate, found.effect.ci_high) == (75, 100)


def test_an_ordered_category_is_ranked_by_its_codes() -> None:
    names = np.array(["low", "mid", "high"])
    codes = np.array([0, 1, 2, 2, 1, 0, 2, 1, 0, 0])
    coded = drawn(y=codes, g=list("aabbabbaba"))
    ordered = drawn(y=pd.Categorical(names[codes], names, ordered=True), g=list("aabbabbaba"))
    one, other = (weighted_rank_test(sample, "y", by="g") for sample in (coded, ordered))
    assert one == other
    with pytest.raises(EstimationError, match="item 'y' has no order; got categories"):
        weighted_rank_test(drawn(y=pd.Categorical(names), g=[1, 2, 2]), "y", by="g")


def test_complete_separation_has_no_limits() -> None:
    sample = drawn(y=[1.0, 2, 3, 7, 8, 9], g=list("aaabbb"))
    found = weighted_rank_test(sample, "y", by="g")
    assert isinstance(found, TestResult)
    assert found.effect is not None
    assert found.effect.estimate == 0
    assert (found.effect.se, found.effect.ci_low, found.effect.ci_high) == (None, None, None)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), factor=st.floats(1e-3, 1e5), offset=st.floats(-100, 100))
def test_laws_of_comparisons(seed: int, factor: float, offset: float) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    rows = pd.DataFrame(
        {
            "y": rng.integers(1, 6, n), "g": rng.permutation(np.repeat(["a", "b"], n // 2)),
            "w": rng.uniform(0.2, 5, n), "p": np.arange(n) % 12, "s": np.arange(n) % 2,
        }
    ).assign(evidence="simulated", source="made", a=lambda frame: frame["y"] > 3)  # fmt: skip
    declaration = {"weight": "w", "strata": "s", "psu": "p"}
    sample = survey_design(rows, **declaration)
    scaled = survey_design(rows.assign(w=rows["w"] * factor), **declaration)
    mixed = survey_design(rows.sample(frac=1, random_state=seed), **declaration)
    turned = survey_design(rows.assign(g=rows["g"].map({"a": "z", "b": "b"})), **declaration)
    tests: list[tuple[str, Tested]] = [
        ("y", weighted_mean_difference),
        ("a", partial(weighted_share_difference, level="True")),
        ("y", weighted_rank_test),
    ]
    for item, tested in tests:
        one, *same, other = (
            tested(changed, item, by="g") for changed in (sample, scaled, mixed, turned)
        )
        assert isinstance(one, TestResult)
        for found in same:
            assert isinstance(found, TestResult)
            assert found.statistic == pytest.approx(one.statistic, rel=1e-7, abs=1e-9)
            assert found.effect is not None
            assert one.effect is not None
            assert found.effect.ci_low == pytest.approx(one.effect.ci_low, rel=1e-7, abs=1e-9)
        assert isinstance(other, TestResult)
        assert other.statistic == pytest.approx(-one.statistic, rel=1e-8, abs=1e-10)
        assert other.p_value == pytest.approx(one.p_value, rel=1e-8)
    moved = survey_design(rows.assign(y=rows["y"] + offset), **declaration)
    one, other = (weighted_mean_difference(changed, "y", by="g") for changed in (sample, moved))
    assert isinstance(one, TestResult)
    assert isinstance(other, TestResult)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-6, abs=1e-8)


def test_simulated_errors_keep_their_rate() -> None:
    rng = np.random.default_rng(17)
    samples = 250
    rejected = np.zeros(3)
    for _ in range(samples):
        unit = np.repeat(np.arange(40), 8)
        values = np.round(rng.normal(0, 0.6, 40)[unit] + rng.normal(0, 1, unit.size))
        sample = drawn(
            y=values, a=values > 0, p=unit, w=rng.uniform(0.5, 2, unit.size),
            g=rng.integers(0, 2, unit.size), h=rng.integers(0, 3, unit.size),
        )  # fmt: skip
        results = (
            weighted_mean_difference(sample, "y", by="g"),
            weighted_rank_test(sample, "y", by="g"),
            weighted_rank_test(sample, "y", by="h"),
        )
        rejected += [isinstance(found, TestResult) and found.p_value < 0.05 for found in results]
    assert (abs(rejected / samples - 0.05) < 3.5 * np.sqrt(0.95 * 0.05 / samples)).all(), rejected


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"y": [1, 2, 3], "g": ["a", "a", "a"]}, "'g' has one group, 'a'"),
        ({"y": [1, 2, 3], "g": ["a", "a", "b"]}, "group 'b' of 'g' lies in one sampling unit"),
        (
            {"y": [1, 2, 3, 4], "g": list("abab"), "p": [1, 1, 2, 2]},
            "the design has 1 degrees of freedom, of which the groups take 1",
        ),
        ({"y": [2, 2, 2, 2], "g": list("abab")}, "show"),
    ],
)
def test_groups_that_cannot_be_compared_say_why(columns: dict[str, Any], told: str) -> None:
    for tested in (
        weighted_mean_difference,
        partial(weighted_share_difference, level=2),
        weighted_rank_test,
    ):
        found = tested(drawn(**columns), "y", by="g")
        assert isinstance(found, Inapplicable)
        assert told in found.reason


def test_wrong_questions_are_refused() -> None:
    sample = drawn(y=[1, 2, 3, 4, None], g=list("abcab"), z=list("abcab")).answered("y")
    with pytest.raises(EstimationError, match=r"two groups are compared; got 3 in 'g': \['a', 'b'"):
        weighted_mean_difference(sample, "y", by="g")
    with pytest.raises(EstimationError, match="item 'z' is not numeric"):
        weighted_mean_difference(sample, "z", by="g")
    with pytest.raises(EstimationError, match="item 'z' is not numeric"):
        weighted_rank_test(sample, "z", by="g")
    with pytest.raises(EstimationError, match=r"item 'z' has no answer 'x'; expected one of \['a'"):
        weighted_share_difference(sample, "z", by="g", level="x")
    whole = sample.where(np.ones(5, dtype=bool))
    assert whole.n == 4
    with pytest.raises(EstimationError, match=r"'y' has 1 missing"):
        weighted_mean_difference(drawn(y=[1, 2, None], g=list("aba")), "y", by="g")
    with pytest.raises(EstimationError, match=r"group 'g' has 1 missing"):
        weighted_rank_test(drawn(y=[1, 2, 3], g=["a", "b", None]), "y", by="g")


@given(rows=awkward(), item=st.sampled_from("ya"), by=st.sampled_from("gps"))
def test_awkward_samples_give_finite_results_or_a_named_error(
    rows: pd.DataFrame, item: str, by: str
) -> None:
    for tested in (
        weighted_mean_difference,
        partial(weighted_share_difference, level=1),
        weighted_rank_test,
    ):
        with suppress(HelpersError):
            check_test(tested(declared(rows), item, by=by))
