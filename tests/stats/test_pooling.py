"""Pooled results agree with R's metafor, keep their laws, and refuse what cannot be pooled."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import EstimationError, EvidenceError, HelpersError
from helpers.rng import stream
from helpers.stats.estimates import Estimate, Inapplicable, TestResult, pick
from helpers.stats.pool.meta_regression import MetaRegression, meta_regression
from helpers.stats.pool.pooling import Pooled, leave_one_out, pooled
from helpers.stats.published.printed import printed_shares

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "pooling.json").read_text(encoding="utf-8")
)
BCG = REFERENCE["identity"]["bcg"]
TOLERANCE = 1e-8


def studies(estimate: list[float], **columns: Any) -> pd.DataFrame:
    """Result rows; what a test does not name is the same in each row."""
    k = len(estimate)
    usual = {
        "item": "trust", "level": "yes", "group": [f"P{i}" for i in range(k)], "estimate": estimate,
        "se": 1.0, "ci_low": None, "ci_high": None, "n": 1000, "n_eff": None, "deff": 1.0,
        "df": None, "unit": "units", "evidence": "published", "source": "s1", "method": "count",
    }  # fmt: skip
    return pd.DataFrame({**usual, **columns})


def shares(percent: list[float], n: list[Any], **columns: Any) -> pd.DataFrame:
    return studies(percent, n=n, unit="percent", se=None, **columns)


def metafor_rows(data: dict[str, Any], **columns: Any) -> pd.DataFrame:
    return studies(data["yi"], se=np.sqrt(data["vi"]), **columns)


def near(value: Any, rel: float = TOLERANCE) -> Any:
    return pytest.approx(value, rel=rel, abs=1e-9)


def spread_agrees(result: Pooled | MetaRegression, case: dict[str, Any]) -> None:
    assert isinstance(result.tau2, Estimate)
    assert isinstance(result.i2, Estimate)
    assert isinstance(result.q, TestResult)
    assert astuple_of(result.tau2) == near(case["tau2"])
    assert astuple_of(result.i2) == near(case["i2"])
    assert result.q.statistic == near(case["q"])
    assert result.q.p_value == pytest.approx(case["q_p"], rel=1e-8)
    assert result.q.effect == result.i2


def astuple_of(row: Estimate) -> list[float | None]:
    return [row.estimate, row.ci_low, row.ci_high]


IDENTITY = [
    pytest.param(data, case, id=f"{name}-{case['between']}-{case['hartung_knapp']}")
    for name, data in REFERENCE["identity"].items()
    for case in data["results"]
]
LOGIT = [
    pytest.param(data, case, id=f"{data['name']}-{data['deff']}-{case['between']}-{case['hartung_knapp']}")
    for data in REFERENCE["logit"]
    for case in data["results"]
]  # fmt: skip


@pytest.mark.parametrize(("data", "case"), IDENTITY)
def test_pooling_equals_metafor(data: dict[str, Any], case: dict[str, Any]) -> None:
    result = pooled(
        metafor_rows(data),
        tau2=case["between"],
        scale="identity",
        hartung_knapp=case["hartung_knapp"],
    )
    assert astuple_of(result.estimate) == near([case["estimate"], *case["ci"]])
    assert result.estimate.se == near(case["se"])
    assert result.estimate.df == len(data["yi"]) - 1
    assert isinstance(result.prediction, Estimate)
    assert astuple_of(result.prediction)[1:] == near(case["prediction"])
    assert list(result.weights["weight"]) == near(case["weights"])
    spread_agrees(result, case)


@pytest.mark.parametrize(("data", "case"), LOGIT)
def test_pooling_of_shares_equals_metafor(data: dict[str, Any], case: dict[str, Any]) -> None:
    percent = [100 * x / n for x, n in zip(data["xi"], data["ni"], strict=True)]
    result = pooled(
        shares(percent, data["ni"]),
        tau2=case["between"],
        deff=data["deff"],
        hartung_knapp=case["hartung_knapp"],
    )

    def expit(x: list[float]) -> list[float]:
        return [100 / (1 + math.exp(-value)) for value in x]

    assert astuple_of(result.estimate) == near(expit([case["estimate"], *case["ci"]]))
    share = result.estimate.estimate / 100
    assert result.estimate.se == near(100 * share * (1 - share) * case["se"])
    assert isinstance(result.prediction, Estimate)
    assert astuple_of(result.prediction)[1:] == near(expit(case["prediction"]))
    assert (result.prediction.se, result.prediction.df) == (None, len(percent) - 2)
    assert result.estimate.n == sum(data["ni"])
    assert result.estimate.n_eff == near(sum(data["ni"]) / data["deff"])
    assert result.estimate.deff == near(data["deff"])
    spread_agrees(result, case)


@pytest.mark.parametrize(
    "case",
    REFERENCE["regression"]["results"],
    ids=lambda case: f"{case['formula']}-{case['between']}-{case['hartung_knapp']}",
)
def test_regression_equals_metafor(case: dict[str, Any]) -> None:
    rows = metafor_rows(BCG, **REFERENCE["regression"]["columns"])
    result = meta_regression(
        rows,
        moderators=case["formula"].removeprefix("~").split(" + "),
        tau2=case["between"],
        scale="identity",
        hartung_knapp=case["hartung_knapp"],
    )
    assert isinstance(result, MetaRegression)
    for column, name in (
        ("estimate", "beta"),
        ("se", "se"),
        ("ci_low", "low"),
        ("ci_high", "high"),
    ):
        assert list(result.coefficients[column]) == near(case[name])
    assert [test.statistic for test in result.tests] == near(case["t"])
    assert [test.p_value for test in result.tests] == near(case["p"])
    assert {test.df for test in result.tests} == {(case["df"],)}
    assert result.omnibus.statistic == near(case["f"])
    assert list(result.omnibus.df) == case["f_df"]
    assert result.omnibus.p_value == near(case["f_p"])
    assert isinstance(result.r2, Estimate)
    assert result.r2.estimate == near(case["r2"])
    spread_agrees(result, case)


@pytest.mark.parametrize("hartung_knapp", ["plain", "bounded"])
def test_leaving_a_house_out_equals_metafor_without_it(hartung_knapp: Any) -> None:
    rows = metafor_rows(BCG, house=REFERENCE["regression"]["columns"]["alloc"])
    result = leave_one_out(rows, by="house", scale="identity", hartung_knapp=hartung_knapp)
    assert isinstance(result, pd.DataFrame)
    for case in REFERENCE["leave_one_out"]["houses"]:
        if case["hartung_knapp"] != hartung_knapp:
            continue
        row = result[result["left_out"] == case["left_out"]].iloc[0]
        assert list(row[["estimate", "se", "ci_low", "ci_high", "tau2", "i2"]]) == near(
            [case["estimate"], case["se"], *case["ci"], case["tau2"], case["i2"]]
        )
    assert list(result["group"]) == [f"without {house}" for house in rows["house"].unique()]
    assert list(result["studies"]) == [len(rows) - n for n in (7, 2, 4)]


def test_leaving_each_study_out_equals_metafor() -> None:
    result = leave_one_out(metafor_rows(BCG), scale="identity", hartung_knapp="plain")
    assert isinstance(result, pd.DataFrame)
    expected = REFERENCE["leave_one_out"]["studies"]
    for column, name in (
        ("estimate", "estimate"), ("se", "se"), ("ci_low", "low"), ("ci_high", "high"), ("tau2", "tau2")
    ):  # fmt: skip
        assert list(result[column]) == near(expected[name])
    assert pick(result, group="without P0").method == "leave_one_out"


def test_one_study_is_returned_as_it_stands() -> None:
    row = printed_shares(
        pd.DataFrame(
            [
                {
                    "target": "t", "response": "yes", "scale": None, "poll_id": "P1", "percent": 40.0,
                    "n": 1000, "subgroup": "all", "source_id": "s1", "evidence": "published",
                }
            ]
        )
    )  # fmt: skip
    result = pooled(row)
    assert result.estimate == pick(row)
    for part in (result.prediction, result.tau2, result.i2, result.q):
        assert part == Inapplicable("one study shows no difference between studies", "pooled")
    assert list(result.weights["weight"]) == [100.0]
    with pytest.raises(
        EstimationError, match=r"stands as it was estimated; got deff=2\.5 for a row"
    ):
        pooled(row, deff=2.5)


def test_two_studies_give_no_prediction_interval() -> None:
    result = pooled(shares([40.0, 50.0], [800, 900]))
    assert result.prediction == Inapplicable(
        "a prediction interval needs three studies; got 2", "pooled"
    )
    assert result.estimate.df == 1


VALUES = st.lists(
    st.tuples(st.floats(-50, 50), st.floats(0.01, 20)), min_size=2, max_size=9
)  # estimate and se


@given(values=VALUES, tau2=st.sampled_from(["reml", "paule-mandel"]), shift=st.floats(-100, 100))
@settings(max_examples=60)
def test_order_shift_and_scale_do_what_they_must(values: Any, tau2: Any, shift: float) -> None:
    y, se = (np.array(part) for part in zip(*values, strict=True))
    rows = studies(y.tolist(), se=se)
    one = pooled(rows, scale="identity", tau2=tau2)
    turned = pooled(rows.iloc[::-1], scale="identity", tau2=tau2)
    moved = pooled(studies((-3 * y + shift).tolist(), se=3 * se), scale="identity", tau2=tau2)
    assert isinstance(one.tau2, Estimate)
    assert isinstance(moved.tau2, Estimate)
    assert isinstance(turned.tau2, Estimate)
    size = 1e-6 * (1 + np.abs(y).max() + abs(shift))
    assert turned.estimate.estimate == pytest.approx(one.estimate.estimate, abs=size)
    assert moved.estimate.estimate == pytest.approx(shift - 3 * one.estimate.estimate, abs=size)
    assert moved.estimate.se == pytest.approx(3 * one.estimate.se, rel=1e-5)
    assert moved.tau2.estimate == pytest.approx(9 * one.tau2.estimate, rel=1e-4, abs=1e-6)
    assert min(one.tau2.estimate, one.tau2.ci_low) >= 0
    assert one.tau2.ci_low <= one.tau2.ci_high
    assert y.min() - 1e-9 <= one.estimate.estimate <= y.max() + 1e-9
    assert one.weights["weight"].sum() == pytest.approx(100)


@given(
    data=st.lists(st.tuples(st.floats(0, 100), st.integers(2, 5000)), min_size=2, max_size=8),
    deff=st.floats(1, 4),
)
@settings(max_examples=40)
def test_the_complement_mirrors_the_pooled_share(data: Any, deff: float) -> None:
    percent, n = (list(part) for part in zip(*data, strict=True))
    one = pooled(shares(percent, n), deff=deff).estimate
    other = pooled(shares([100 - p for p in percent], n), deff=deff).estimate
    assert one.estimate == pytest.approx(100 - other.estimate, abs=1e-5)
    assert one.ci_low == pytest.approx(100 - other.ci_high, abs=1e-5)
    assert 0 <= one.ci_low <= one.estimate <= one.ci_high <= 100


@given(share=st.floats(1, 99), n=st.integers(50, 5000), k=st.integers(2, 8))
@settings(max_examples=40)
def test_equal_studies_do_not_differ(share: float, n: int, k: int) -> None:
    result = pooled(shares([share] * k, [n] * k))
    assert isinstance(result.tau2, Estimate)
    assert isinstance(result.i2, Estimate)
    assert (result.tau2.estimate, result.i2.estimate) == (0, 0)
    p = share / 100
    assert result.estimate.estimate == pytest.approx(share)
    assert result.estimate.se == pytest.approx(100 * math.sqrt(p * (1 - p) / (n * k)))
    with pytest.raises(EstimationError, match="plain Hartung–Knapp variance of 0; got"):
        pooled(shares([share] * k, [n] * k), hartung_knapp="plain")


def test_a_design_effect_is_the_same_as_a_smaller_base() -> None:
    given_here = pooled(shares([40, 45, 52], [1000, 800, 600]), deff=2).estimate
    in_the_rows = pooled(shares([40, 45, 52], [1000, 800, 600], deff=2.0)).estimate
    smaller = pooled(shares([40, 45, 52], [500, 400, 300])).estimate
    assert given_here == in_the_rows
    assert astuple_of(given_here) == astuple_of(smaller)


def test_a_binary_moderator_is_a_number_or_a_category_alike() -> None:
    rows = metafor_rows(BCG)
    later = np.array([0, 1] * 6 + [1])
    number = meta_regression(rows.assign(m=later), moderators=["m"], scale="identity")
    word = meta_regression(
        rows.assign(m=np.where(later == 1, "late", "early")), moderators=["m"], scale="identity"
    )
    truth = meta_regression(rows.assign(m=later == 1), moderators=["m"], scale="identity")
    swapped = meta_regression(
        rows.assign(m=pd.Categorical(np.where(later == 1, "late", "early"), ["late", "early"])),
        moderators=["m"],
        scale="identity",
    )
    slope = [part.tests[1].effect for part in (number, word, truth, swapped)]
    assert [part.level for part in slope] == [
        "slope", "late against early", "True against False", "early against late"
    ]  # fmt: skip
    assert slope[0].estimate == pytest.approx(slope[1].estimate, rel=1e-9)
    assert slope[2].estimate == pytest.approx(slope[1].estimate, rel=1e-9)
    assert slope[3].estimate == pytest.approx(-slope[1].estimate, rel=1e-7)
    assert word.omnibus.statistic == pytest.approx(word.tests[1].statistic ** 2, rel=1e-9)
    assert word.omnibus.p_value == pytest.approx(word.tests[1].p_value, rel=1e-9)


def test_units_of_coefficients() -> None:
    rows = shares([40, 45, 52, 61.0], [1000, 800, 600, 900]).assign(
        se=[1.5, 1.7, 2.0, 1.6], year=[1, 2, 3, 5]
    )
    on_logit = meta_regression(rows, moderators=["year"])
    as_they_are = meta_regression(rows, moderators=["year"], scale="identity")
    assert list(on_logit.coefficients["unit"]) == ["log-odds"] * 2
    assert list(as_they_are.coefficients["unit"]) == ["percent", "points"]
    assert list(as_they_are.coefficients["item"]) == ["intercept", "year"]
    assert as_they_are.tau2.unit == "index"


def test_without_heterogeneity_there_is_no_r2() -> None:
    rows = studies([1.0, 1.1, 0.9, 1.05], x=[1.0, 2.0, 4.0, 3.0])
    result = meta_regression(rows, moderators=["x"], scale="identity")
    assert result.r2 == Inapplicable(
        "studies that do not differ leave nothing to account for", "meta_regression"
    )
    assert result.omnibus.effect is None


def test_too_few_studies_for_the_coefficients() -> None:
    rows = studies([1.0, 2.0, 3.0], house=["a", "b", "c"])
    assert meta_regression(rows, moderators=["house"], scale="identity") == Inapplicable(
        "3 studies do not bear 3 coefficients; at least 4 are needed", "meta_regression"
    )


def test_one_house_cannot_be_left_out() -> None:
    assert leave_one_out(studies([1.0, 2.0], house="a"), by="house", scale="identity") == (
        Inapplicable("leaving one out needs two houses; got one", "leave_one_out")
    )


def test_what_is_left_may_be_one_study() -> None:
    rows = studies([1.0, 2.0, 3.0], house=["a", "a", "b"])
    result = leave_one_out(rows, by="house", scale="identity")
    assert list(result["studies"]) == [1, 2]
    assert result["estimate"][0] == 3.0
    assert result["tau2"].isna().tolist() == [True, False]


def test_evidence_and_sources_travel() -> None:
    rows = shares([40, 50], [100, 100], source=["b", "a;b"], evidence="simulated", item=["x", "y"])
    row = pooled(rows).estimate
    assert (row.evidence, row.source, row.item, row.level) == ("simulated", "a;b", "all", "yes")
    with pytest.raises(EvidenceError, match="exactly one evidence kind"):
        pooled(rows.assign(evidence=["published", "simulated"]))


@pytest.mark.parametrize(
    ("rows", "options", "told"),
    [
        (shares([40, 50], [100, None]), {}, r"column 'n' has 1 missing values of 2; expected none"),
        (shares([40, None], [100, 90]), {}, "column 'estimate' has 1 missing values of 2"),
        (shares([40, 50], [100, 0]), {}, "column 'n' has 1 values that cannot be used; got 0 first"),
        (shares([40, 50], [100, 90], deff=[1, None]), {}, "column 'deff' has 1 missing values"),
        (shares([40, 50], [100, 90]), {"deff": 0.0}, "column 'deff' has 2 values that cannot be used"),
        (shares([40, 50], [100, 90]), {"scale": "identity"}, "column 'se' has 2 missing values of 2"),
        (shares([40, 150], [100, 90]), {}, "outside its range; got 40 to 150; expected 0 to 100"),
        (shares([40, 50], ["x", "y"]), {}, "column 'n' is not numeric; got"),
        (studies([1, 2]), {}, r"on the logit scale; got units \['units'\]; expected percent"),
        (studies([1, 2], unit=["points", "units"]), {"scale": "identity"}, "expected one unit"),
        (studies([1, 2], se=[1, 0]), {"scale": "identity"}, "got 0 first; expected finite numbers above 0"),
        (studies([1, math.inf]), {"scale": "identity"}, "got inf first; expected finite numbers"),
        (studies([1, 1e9], se=[1e-9, 1]), {"scale": "identity"}, "too far apart; got a least standard error"),
        (shares([40, 50], [100, 90]), {"scale": "log"}, "unknown scale; got 'log'"),
        (shares([40, 50], [100, 90]), {"tau2": "dl"}, r"unknown tau2; got 'dl'; expected one of \['reml'"),
        (shares([40, 50], [100, 90]), {"hartung_knapp": "no"}, "unknown hartung_knapp; got 'no'"),
        (shares([40, 50], [100, 90]).drop(columns="df"), {}, r"unknown column \['df'\]"),
    ],
)  # fmt: skip
def test_what_cannot_be_pooled_is_refused(rows: pd.DataFrame, options: Any, told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        pooled(rows, **options)


@pytest.mark.parametrize(
    ("moderators", "told"),
    [
        (["x", "twice"], r"follows from the others; got \['x', 'twice'\]"),
        (["x", "house", "same"], "follows from the others"),
        (["one"], "'one' takes one value; got 7 for 5 studies"),
        (["gap"], "column 'gap' has 1 missing values of 5"),
        (["far"], "column 'far' has 1 values that cannot be used; got inf first"),
        (["near"], "'near' varies too little to be told from a constant; got 1 to 1"),
        (["nothing"], r"unknown column \['nothing'\]"),
        ([], r"moderators cannot be read; got \[\]; expected a list of columns"),
        ("x", "moderators cannot be read; got 'x'"),
    ],
)
def test_moderators_that_say_nothing_are_refused(moderators: Any, told: str) -> None:
    rows = studies(
        [1.0, 2.0, 4.0, 3.0, 7.0], x=[1, 2, 3, 4, 6], twice=[2, 4, 6, 8, 12], one=7,
        house=list("aabbb"), same=list("uuvvv"), gap=[1, 2, 3, None, 5], far=[1, 2, 3, 4, math.inf],
        near=[1, 1, 1, 1, 1 + 1e-12],
    )  # fmt: skip
    with pytest.raises(EstimationError, match=told):
        meta_regression(rows, moderators=moderators, scale="identity")


def test_the_house_must_be_known_for_each_study() -> None:
    rows = studies([1.0, 2.0], house=["a", None])
    with pytest.raises(EstimationError, match="column 'house' has 1 missing values of 2"):
        leave_one_out(rows, by="house", scale="identity")
    with pytest.raises(EstimationError, match=r"unknown column \['firm'\]"):
        leave_one_out(rows, by="firm", scale="identity")


def finite(value: Any) -> None:
    """Every number of a result is finite; None stands where none was promised."""
    if isinstance(value, Inapplicable) or value is None:
        return
    if isinstance(value, float | int):
        assert math.isfinite(value)
    elif isinstance(value, Estimate | TestResult | Pooled | MetaRegression):
        for field in fields(value):
            part = getattr(value, field.name)
            if not isinstance(part, str | pd.DataFrame):
                finite(part)
    elif isinstance(value, tuple):
        for part in value:
            finite(part)


AWKWARD = st.one_of(
    st.none(),
    st.floats(-1e6, 1e6),
    st.sampled_from([0.0, 1.0, 50.0, 100.0, math.inf, 1e-300, 1e200]),
)
SPREAD = st.one_of(
    st.none(), st.floats(1e-6, 1e6), st.sampled_from([0.0, 1.0, -1.0, math.inf, 1e-300, 1e200])
)
HOUSE = st.one_of(st.integers(0, 2), st.sampled_from([1e-300, 1e200, 1 + 1e-13, 2026, None]))


@given(
    data=st.lists(
        st.tuples(AWKWARD, SPREAD, st.sampled_from([None, 0, 1, 2, 30, 10**9]), HOUSE),
        min_size=1,
        max_size=7,
    ),
    scale=st.sampled_from(["logit", "identity"]),
    tau2=st.sampled_from(["reml", "paule-mandel"]),
    hartung_knapp=st.sampled_from(["bounded", "plain"]),
)
@settings(max_examples=150)
def test_awkward_rows_give_a_finite_result_or_a_named_error(
    data: Any, scale: Any, tau2: Any, hartung_knapp: Any
) -> None:
    estimate, se, n, house = (list(part) for part in zip(*data, strict=True))
    unit = "percent" if scale == "logit" else "units"
    rows = studies(estimate, se=se, n=n, unit=unit, house=house)
    options: dict[str, Any] = {"scale": scale, "tau2": tau2, "hartung_knapp": hartung_knapp}
    for run in (
        lambda: pooled(rows, **options),
        lambda: meta_regression(rows, moderators=["house"], **options),
        lambda: leave_one_out(rows, by="house", **options),
    ):
        try:
            result = run()
        except HelpersError:
            continue
        assert isinstance(result, Pooled | MetaRegression | Inapplicable | pd.DataFrame)
        if len(rows) > 1:
            finite(result)
            if isinstance(result, pd.DataFrame):
                several = result["studies"] > 1
                assert np.isfinite(result.loc[several, ["estimate", "se", "ci_low"]]).all(axis=None)


@given(
    data=st.lists(
        st.tuples(st.floats(-50, 50), st.floats(0.1, 10)), min_size=2, max_size=8
    )
)  # fmt: skip
@settings(max_examples=40)
def test_ordinary_studies_are_always_pooled(data: Any) -> None:
    estimate, se = (list(part) for part in zip(*data, strict=True))
    finite(pooled(studies(estimate, se=se), scale="identity"))


def test_the_intervals_cover() -> None:
    """Of 250 sets of 20 studies, 95 % of intervals hold the mean and tau2; 92 % a further study.

    The last is as far below nominal as published simulations find it (Partlett & Riley 2017).
    """
    rng = stream("test_pooling", "coverage")
    hits = np.zeros(3)
    times, k, tau2 = 250, 20, 4.0
    for _ in range(times):
        se = rng.uniform(0.5, 3, k)
        truth = 5 + math.sqrt(tau2) * rng.standard_normal(k + 1)
        result = pooled(
            studies((truth[:k] + se * rng.standard_normal(k)).tolist(), se=se), scale="identity"
        )
        assert isinstance(result.prediction, Estimate)
        assert isinstance(result.tau2, Estimate)
        hits += [
            row.ci_low <= value <= row.ci_high
            for row, value in (
                (result.estimate, 5), (result.prediction, truth[k]), (result.tau2, tau2)
            )
        ]  # fmt: skip
    expected = np.array([0.95, 0.92, 0.95])
    margin = 3.3 * np.sqrt(expected * (1 - expected) / times)
    assert (np.abs(hits / times - expected) <= margin).all(), hits / times
