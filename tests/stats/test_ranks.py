"""Rank tests agree with R, with statsmodels, and with their laws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_results import (
    CLOSED,
    ITERATED,
    P_VALUE,
    assert_same,
    assert_sound,
    limits,
    reference,
    respondents,
)
from scipy import stats
from statsmodels.stats.nonparametric import rank_compare_2indep

from helpers.errors import EstimationError, EvidenceError, HelpersError
from helpers.stats.compare.ordered_trends import jonckheere, linear_by_linear
from helpers.stats.compare.ranks import cliffs_delta, dunn, kruskal_wallis, mann_whitney
from helpers.stats.estimates import Estimate, Inapplicable, TestResult

REFERENCE = reference("ranks")
CASES = {
    kind: [pytest.param(case, id=case["data"]) for case in REFERENCE[kind]]
    for kind in ("two", "several", "trends")
}
FIVE = st.integers(1, 5)


def rows_of(name: str) -> pd.DataFrame:
    return respondents(**REFERENCE["data"][name])


def assert_superiority(effect: Estimate, case: dict[str, float]) -> None:
    assert effect.estimate == pytest.approx(case["p"], **CLOSED)
    assert effect.se == pytest.approx(case["se"], **CLOSED)
    assert effect.df == pytest.approx(case["df"], **CLOSED)
    assert limits(effect) == pytest.approx((case["low"], case["high"]), **CLOSED)


@pytest.mark.parametrize("case", CASES["two"])
def test_two_groups_equal_those_of_r(case: dict) -> None:
    rows = rows_of(case["data"])
    test = mann_whitney(rows, item="item", by="group")
    assert test.statistic == pytest.approx(case["u"], **CLOSED)
    assert test.p_value == pytest.approx(case["p"], **P_VALUE)
    assert_superiority(test.effect, case["superiority"])
    delta = cliffs_delta(rows, item="item", by="group")
    assert delta.estimate == pytest.approx(case["delta"], **CLOSED)
    assert delta.ci_low == pytest.approx(2 * case["superiority"]["low"] - 1, **CLOSED)
    assert delta.ci_high == pytest.approx(2 * case["superiority"]["high"] - 1, **CLOSED)


def test_exact_p_equals_those_of_coin_and_exactranktests() -> None:
    case = next(case for case in REFERENCE["two"] if case["exact"])
    test = mann_whitney(rows_of(case["data"]), item="item", by="group", method="exact")
    assert test.p_value == pytest.approx(case["exact"], **P_VALUE)
    assert test.p_value == pytest.approx(case["exact_b"], **P_VALUE)


def test_exact_p_counts_every_division_of_few_answers() -> None:
    rows = respondents(item=[1, 2, 2, 3, 4, 4], group=list("aaabbb"))
    assert mann_whitney(rows, item="item", by="group", method="exact").p_value == pytest.approx(
        2 / 20
    )


@pytest.mark.parametrize("case", CASES["several"])
def test_several_groups_equal_those_of_r(case: dict) -> None:
    test = kruskal_wallis(rows_of(case["data"]), item="item", by="group")
    assert (test.statistic, test.df) == (pytest.approx(case["h"], **CLOSED), (case["df"],))
    assert test.p_value == pytest.approx(case["p"], **P_VALUE)
    assert test.p_value == pytest.approx(case["coin_p"], **P_VALUE)
    assert test.effect.estimate == pytest.approx(case["epsilon"], **CLOSED)
    assert limits(test.effect) == pytest.approx((case["low"], case["high"]), **ITERATED)


@pytest.mark.parametrize("case", CASES["several"])
@pytest.mark.parametrize("method", ["holm", "bh"])
def test_pairs_equal_those_of_r(case: dict, method: str) -> None:
    pairs = dunn(rows_of(case["data"]), item="item", by="group", adjust=method)
    expected = case["dunn"]
    assert [pair.result.statistic for pair in pairs] == pytest.approx(expected["z"], **CLOSED)
    assert [pair.result.p_value for pair in pairs] == pytest.approx(expected["p"], **P_VALUE)
    assert [pair.p_adjusted for pair in pairs] == pytest.approx(expected[method], **P_VALUE)
    assert {pair.tests for pair in pairs} == {len(expected["z"])}


@pytest.mark.parametrize("case", CASES["several"])
def test_jonckheere_equals_the_tie_corrected_kendall_test_of_r(case: dict) -> None:
    test = jonckheere(rows_of(case["data"]), item="item", by="group")
    assert test.statistic == pytest.approx(case["jonckheere_z"], **CLOSED)
    assert test.p_value == pytest.approx(case["jonckheere_p"], **P_VALUE)


@pytest.mark.parametrize("case", CASES["trends"])
def test_trends_equal_those_of_r(case: dict) -> None:
    rows = rows_of(case["data"])
    assert_superiority(jonckheere(rows, item="item", by="group").effect, case["ordered"])
    test = linear_by_linear(rows, item="item", by="group")
    assert test.statistic == pytest.approx(case["z"], **CLOSED)
    assert test.p_value == pytest.approx(case["p"], **P_VALUE)
    assert (test.effect.estimate, test.effect.se) == pytest.approx(
        (case["r"], case["se"]), **CLOSED
    )
    assert limits(test.effect) == pytest.approx((case["low"], case["high"]), **CLOSED)
    if case.get("lbl_chi2"):
        assert test.statistic**2 == pytest.approx(case["lbl_chi2"], **CLOSED)


@given(x=st.lists(FIVE, min_size=2, max_size=20), y=st.lists(FIVE, min_size=2, max_size=20))
def test_superiority_has_the_variance_of_statsmodels(x: list[int], y: list[int]) -> None:
    test = mann_whitney(_two(x, y), item="item", by="group")
    if isinstance(test, Inapplicable) or test.effect.se is None:
        return
    oracle = rank_compare_2indep(x, y)
    assert test.effect.estimate == pytest.approx(oracle.prob1, **CLOSED)
    assert test.effect.se == pytest.approx(np.sqrt(oracle.var_prob), **CLOSED)
    assert test.effect.df == pytest.approx(oracle.df, **CLOSED)
    assert test.p_value == pytest.approx(
        stats.mannwhitneyu(x, y, use_continuity=False, method="asymptotic").pvalue, **CLOSED
    )


@settings(max_examples=40)
@given(x=st.lists(FIVE, min_size=2, max_size=9), y=st.lists(FIVE, min_size=2, max_size=9))
def test_swapping_the_groups_mirrors_the_effect_and_keeps_p(x: list[int], y: list[int]) -> None:
    for method in ("asymptotic", "exact"):
        one, other = (
            mann_whitney(rows, item="item", by="group", method=method)
            for rows in (_two(x, y), _two(y, x))
        )
        if isinstance(one, Inapplicable):
            assert one == other
            continue
        assert one.p_value == pytest.approx(other.p_value, **CLOSED)
        assert one.statistic + other.statistic == len(x) * len(y)
        assert one.effect.estimate == pytest.approx(1 - other.effect.estimate, **CLOSED)
        assert one.effect.ci_low == pytest.approx(1 - other.effect.ci_high, **CLOSED)


@settings(max_examples=30)
@given(x=st.lists(FIVE, min_size=2, max_size=15), y=st.lists(FIVE, min_size=2, max_size=15))
def test_for_two_groups_all_tests_are_one(x: list[int], y: list[int]) -> None:
    rows = _two(x, y)
    test = mann_whitney(rows, item="item", by="group")
    if isinstance(test, Inapplicable):
        return
    (pair,) = dunn(rows, item="item", by="group")
    trend = jonckheere(rows.assign(group=rows["group"].eq("b")), item="item", by="group")
    assert pair.result.p_value == pytest.approx(test.p_value, **CLOSED)
    assert pair.result.effect.ci_low == test.effect.ci_low
    assert kruskal_wallis(rows, item="item", by="group").p_value == pytest.approx(
        test.p_value, **CLOSED
    )
    assert trend.p_value == pytest.approx(test.p_value, **CLOSED)
    assert trend.effect.estimate == pytest.approx(1 - test.effect.estimate, **CLOSED)


@settings(max_examples=40)
@given(
    answers=st.lists(st.tuples(FIVE, st.integers(1, 3)), min_size=8, max_size=30),
    shuffle=st.randoms(use_true_random=False),
)
def test_neither_row_order_nor_a_monotone_recoding_matters(answers: list, shuffle) -> None:
    rows = respondents(item=[a for a, _ in answers], group=[g for _, g in answers])
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    other = rows.iloc[order].assign(item=lambda frame: frame["item"] ** 3)
    for method in (kruskal_wallis, jonckheere):
        one, two = (method(frame, item="item", by="group") for frame in (rows, other))
        if isinstance(one, TestResult):
            assert_same(one, two)


@settings(max_examples=40)
@given(answers=st.lists(st.tuples(FIVE, st.integers(1, 4)), min_size=8, max_size=30))
def test_reversing_the_scale_reverses_a_trend(answers: list) -> None:
    rows = respondents(item=[a for a, _ in answers], group=[g for _, g in answers])
    for method in (jonckheere, linear_by_linear):
        one = method(rows, item="item", by="group")
        other = method(rows.assign(item=6 - rows["item"]), item="item", by="group")
        if isinstance(one, TestResult):
            assert one.statistic == pytest.approx(-other.statistic, **CLOSED)
            assert one.p_value == pytest.approx(other.p_value, **CLOSED)


def test_an_ordered_scale_is_read_in_its_order_and_counts_steps_nobody_took() -> None:
    scale = ["never", "seldom", "often", "always"]
    words = ["often", "never", "always", "never", "often", "always", "never", "often"]
    group = ["b", "a", "b", "a", "a", "b", "a", "b"]
    rows = respondents(item=pd.Categorical(words, scale, ordered=True), group=group)
    coded = respondents(item=[scale.index(word) + 1 for word in words], group=group)
    assert_same(
        mann_whitney(rows, item="item", by="group"), mann_whitney(coded, item="item", by="group")
    )
    year = [1, 1, 2, 2, 3, 3, 4, 4]
    assert_same(
        linear_by_linear(rows.assign(year=year), item="item", by="year"),
        linear_by_linear(coded.assign(year=year), item="item", by="year"),
    )


def test_complete_separation_has_an_exact_limit_from_disjoint_pairs() -> None:
    effect = mann_whitney(_two([4, 5, 5], [1, 1, 2, 3]), item="item", by="group").effect
    assert (effect.estimate, effect.se, effect.ci_high) == (1.0, None, 1.0)
    assert effect.ci_low == pytest.approx(stats.binomtest(3, 3).proportion_ci().low)
    delta = cliffs_delta(_two([1, 1, 2, 3], [4, 5, 5]), item="item", by="group")
    assert limits(delta) == pytest.approx((-1, 1 - 2 * effect.ci_low))


def test_groups_apart_but_out_of_order_have_no_limits() -> None:
    rows = respondents(item=[1, 1, 5, 5, 3, 3], group=[1, 1, 2, 2, 3, 3])
    effect = jonckheere(rows, item="item", by="group").effect
    assert effect.estimate == pytest.approx(2 / 3)
    assert limits(effect) == (None, None)


def test_a_perfect_line_has_no_limits() -> None:
    rows = respondents(item=[1, 2, 3, 4], group=[2, 4, 6, 8])
    effect = linear_by_linear(rows, item="item", by="group").effect
    assert (effect.estimate, *limits(effect)) == (pytest.approx(1), None, None)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"item": [1, 2, 3], "group": ["a"] * 3}, "answers to item come from one group; a comp"),
        (
            {"item": [1, 2, 3], "group": ["a", "a", "b"]},
            "group b gave fewer than two answers to item",
        ),
        ({"item": [3] * 4, "group": list("aabb")}, "everybody answered item alike"),
    ],
)
def test_what_cannot_be_compared_has_a_reason(columns: dict, reason: str) -> None:
    rows = respondents(**columns)
    for method in (mann_whitney, cliffs_delta, kruskal_wallis, dunn):
        result = method(rows, item="item", by="group")
        assert isinstance(result, Inapplicable)
        assert reason in result.reason
        assert result.method == method.__name__


def test_a_trend_needs_two_values_of_each_column() -> None:
    flat = respondents(item=[3, 3, 3], group=[1, 2, 3])
    assert linear_by_linear(flat, item="item", by="group") == Inapplicable(
        "item has one value, 3, so there is no trend", "linear_by_linear"
    )
    assert isinstance(jonckheere(flat[:1], item="item", by="group"), Inapplicable)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"item": [1, None, 3, 4]}, r"column 'item' has 1 missing or infinite values of 4; expec"),
        ({"item": [1, np.inf, 3, 4]}, r"Say who is meant: rows\.dropna\(subset=\['item'\]\)"),
        ({"group": ["a", None, "b", "b"]}, "column 'group' has 1 missing"),
        ({"item": list("wxyz")}, "column 'item' has no order; got str; expected numbers or an ord"),
        ({"group": list("abcc")}, r"two groups are compared; got 3 in 'group': \['a', 'b', 'c'\]"),
    ],
)
def test_unreadable_columns_are_refused(change: dict, told: str) -> None:
    rows = respondents(**{"item": [1, 2, 3, 4], "group": list("aabb"), **change})
    with pytest.raises(EstimationError, match=told):
        mann_whitney(rows, item="item", by="group")


def test_other_refusals_name_what_is_wrong() -> None:
    rows = respondents(item=range(202), group=["a", "b"] * 101)
    with pytest.raises(EstimationError, match="take too long; got 202 respondents; expected at mo"):
        mann_whitney(rows, item="item", by="group", method="exact")
    with pytest.raises(EstimationError, match=r"unknown method; got 'fast'; expected one of \['as"):
        mann_whitney(rows, item="item", by="group", method="fast")
    with pytest.raises(EstimationError, match="unknown adjustment; got 'none'"):
        dunn(rows, item="item", by="group", adjust="none")
    with pytest.raises(EstimationError, match="unknown column 'grupo'; expected one of"):
        kruskal_wallis(rows, item="item", by="grupo")
    for method in (jonckheere, linear_by_linear):
        with pytest.raises(EstimationError, match="column 'group' has no order; got str"):
            method(rows, item="item", by="group")
    with pytest.raises(EvidenceError, match="carry no evidence kind"):
        mann_whitney(rows.drop(columns="evidence"), item="item", by="group")
    many = respondents(item=np.arange(8000), group=np.arange(8000) // 2)
    with pytest.raises(EstimationError, match="too many groups and answers; got 4000 groups"):
        kruskal_wallis(many, item="item", by="group")


def test_evidence_and_source_travel_with_the_effect() -> None:
    rows = _two([1, 2, 3], [2, 3, 4]).assign(evidence="simulated", source=["b", "a"] * 3)
    effect = mann_whitney(rows, item="item", by="group").effect
    assert (effect.evidence, effect.source, effect.n) == ("simulated", "a;b", 6)
    assert (effect.item, effect.group, effect.unit) == ("item", "a over b", "probability")


AWKWARD = st.one_of(st.none(), st.sampled_from([1, 2, 3, 4, 5, 1e300, -1e-300, float("inf")]))
PLAIN = st.sampled_from([1, 1, 2, 5, 1e9, 1e9 + 1e-6, 1e300, 1e-300])


@given(
    item=st.lists(PLAIN, max_size=12) | st.lists(AWKWARD, max_size=6),
    group=st.lists(st.sampled_from([1.0, 2.0, 3.0, None]), min_size=12, max_size=12),
    whole=st.booleans(),
)
def test_awkward_rows_give_a_sound_result_or_a_named_error(item, group, whole) -> None:
    groups = [g or 1.0 for g in group] if whole else group
    rows = respondents(item=pd.Series(item, dtype=float), group=pd.Series(groups[: len(item)]))
    for method in (mann_whitney, cliffs_delta, kruskal_wallis, dunn, jonckheere, linear_by_linear):
        try:
            result = method(rows, item="item", by="group")
        except HelpersError:
            continue
        for one in [pair.result for pair in result] if isinstance(result, tuple) else [result]:
            assert_sound(one)


SHARES = np.array([[0.1, 0.2, 0.4, 0.2, 0.1], [0.05, 0.1, 0.2, 0.35, 0.3]])


def test_five_point_answers_are_rejected_and_covered_as_often_as_claimed() -> None:
    rng = np.random.default_rng(20221120)
    times, n = 400, 30
    group = np.repeat(["a", "b"], n)
    truth = _true_superiority(SHARES[1], SHARES[0])
    rejected = covered = exact = 0
    for _ in range(times):
        same = rng.choice(5, 2 * n, p=SHARES[0])
        apart = np.concatenate([rng.choice(5, n, p=shares) for shares in SHARES[::-1]])
        null = mann_whitney(respondents(item=same, group=group), item="item", by="group")
        rejected += null.p_value < 0.05
        few = respondents(item=same[n - 6 : n + 6], group=group[n - 6 : n + 6])
        tiny = mann_whitney(few, item="item", by="group", method="exact")
        exact += isinstance(tiny, TestResult) and tiny.p_value <= 0.05
        effect = mann_whitney(respondents(item=apart, group=group), item="item", by="group").effect
        covered += effect.ci_low <= truth <= effect.ci_high
    # Three Monte Carlo standard errors.
    error = 3 * np.sqrt(0.05 * 0.95 / times)
    assert abs(rejected / times - 0.05) < error
    assert exact / times < 0.05 + error
    assert abs(covered / times - 0.95) < error


def test_epsilon_squared_is_covered_for_five_point_answers() -> None:
    rng = np.random.default_rng(20221121)
    times, n = 200, 40
    group = np.repeat([1, 2, 3], n)
    groups = SHARES[[0, 0, 1]]
    total = groups.mean(axis=0)
    place = np.cumsum(total) - total / 2
    means = groups @ place
    truth = means.var() / (total @ (place - 0.5) ** 2)
    covered = 0
    for _ in range(times):
        item = np.concatenate([rng.choice(5, n, p=shares) for shares in groups])
        effect = kruskal_wallis(respondents(item=item, group=group), item="item", by="group").effect
        covered += effect.ci_low <= truth <= effect.ci_high
    assert covered / times > 0.95 - 3 * np.sqrt(0.05 * 0.95 / times)


def _true_superiority(first: np.ndarray, second: np.ndarray) -> float:
    return float(first @ (np.cumsum(second) - second / 2))


def _two(x: list[int], y: list[int]) -> pd.DataFrame:
    return respondents(item=[*x, *y], group=["a"] * len(x) + ["b"] * len(y))
