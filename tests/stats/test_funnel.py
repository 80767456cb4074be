"""Funnel limits agree with a search over the binomial distribution in R, and keep their laws."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers.errors import EstimationError, EvidenceError, HelpersError
from helpers.rng import stream
from helpers.stats.estimates import Inapplicable, pick
from helpers.stats.pool.funnel import funnel_curve, funnel_limits

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "funnel.json").read_text(encoding="utf-8")
)
LIMITS = ["inner_low", "inner_high", "outer_low", "outer_high"]


def bodies(answered: list[Any], received: list[Any], **columns: Any) -> pd.DataFrame:
    usual = {
        "body": [f"b{i}" for i in range(len(answered))], "answered": answered,
        "received": received, "source_id": "s1", "evidence": "published",
    }  # fmt: skip
    return pd.DataFrame({**usual, **columns})


def funnel(rows: pd.DataFrame, **options: Any) -> pd.DataFrame:
    result = funnel_limits(rows, body="body", answered="answered", received="received", **options)
    assert isinstance(result, pd.DataFrame)
    return result


@pytest.mark.parametrize("name", list(REFERENCE["funnels"]))
def test_limits_equal_those_of_r(name: str) -> None:
    case = REFERENCE["funnels"][name]
    result = funnel(
        bodies(case["answered"], case["received"]),
        target=case["target"],
        winsorise=case["winsorise"],
    )
    for prefix, part in (("", "limits"), ("wide_", "wide")):
        for which in ("inner", "outer"):
            for side in ("low", "high"):
                mine = result[f"{prefix}{which}_{side}"]
                assert list(mine) == pytest.approx(case[part][which][side], rel=1e-9, abs=1e-8)
    assert list(result["place"]) == case["place"]
    assert result["phi"].iloc[0] == pytest.approx(case["phi"], rel=1e-10)
    assert list(result["ci_low"]) == pytest.approx(case["low"], rel=1e-9, abs=1e-9)
    assert list(result["ci_high"]) == pytest.approx(case["high"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", list(REFERENCE["funnels"]))
def test_upper_limits_are_one_count_above_the_printed_formula(name: str) -> None:
    case = REFERENCE["funnels"][name]
    result = funnel(bodies(case["answered"], case["received"]), target=case["target"])
    for which in ("inner", "outer"):
        printed = np.array(case["limits"][which]["printed_high"]) + 100 / result["n"].to_numpy(
            float
        )
        assert list(result[f"{which}_high"]) == pytest.approx(
            list(np.minimum(100, printed)), abs=1e-7
        )


def test_without_a_target_the_overall_rate_is_the_target() -> None:
    case = REFERENCE["funnels"]["UCBAdmissions"]
    result = funnel(bodies(case["answered"], case["received"]))
    assert result["target"].unique() == pytest.approx([case["target"]])
    assert list(result["place"]) == case["place"]


@given(
    n=st.integers(1, 3000), target=st.floats(0.5, 99.5), data=st.data()
)  # fmt: skip
@settings(max_examples=40)
def test_a_body_is_outside_just_where_its_exact_tail_is_small(
    n: int, target: float, data: Any
) -> None:
    x = data.draw(st.integers(0, n))
    place = funnel(bodies([x], [n]), target=target)["place"].iloc[0]
    tails = {
        "below": stats.binom.cdf(x, n, target / 100), "above": stats.binom.sf(x - 1, n, target / 100)
    }  # fmt: skip
    side = min(tails, key=lambda name: tails[name])
    tail = tails[side]
    if min(abs(tail - 0.025), abs(tail - 0.001)) > 1e-9:
        expected = f"far {side}" if tail < 0.001 else side if tail < 0.025 else "inside"
        assert place == expected


COUNTS = st.lists(
    st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=12,
)


@given(counts=COUNTS, target=st.floats(1, 99))
@settings(max_examples=40)
def test_the_complement_turns_the_funnel_over(counts: Any, target: float) -> None:
    x, n = (np.array(part) for part in zip(*counts, strict=True))
    one = funnel(bodies(list(x), list(n)), target=target)
    other = funnel(bodies(list(n - x), list(n)), target=100 - target)
    for low, high in (("inner_low", "inner_high"), ("outer_low", "outer_high")):
        for prefix in ("", "wide_"):
            assert list(one[prefix + low]) == pytest.approx(
                list(100 - other[prefix + high]), abs=1e-6
            )
    assert one["phi"].iloc[0] == pytest.approx(other["phi"].iloc[0], rel=1e-6)


@given(counts=COUNTS, target=st.floats(1, 99))
@settings(max_examples=40)
def test_limits_are_nested_and_hold_the_target(counts: Any, target: float) -> None:
    x, n = (list(part) for part in zip(*counts, strict=True))
    result = funnel(bodies(x, n), target=target)
    order = result[["wide_outer_low", "outer_low", "inner_low", "target", "inner_high", "outer_high", "wide_outer_high"]]  # fmt: skip
    assert (np.diff(order.to_numpy(), axis=1) >= -1e-9).all()
    assert order.min(axis=None) >= 0
    assert order.max(axis=None) <= 100
    assert (result["phi"] >= 1).all()
    turned = funnel(bodies(x[::-1], n[::-1]), target=target).iloc[::-1]
    assert list(turned["place"]) == list(result["place"])
    assert turned["wide_inner_low"].to_numpy() == pytest.approx(result["wide_inner_low"].to_numpy())


def test_one_answer_to_one_letter_is_no_outlier() -> None:
    result = funnel(bodies([1, 0], [1, 1]), target=50.0)
    assert list(result["place"]) == ["inside", "inside"]


def test_over_dispersion_widens_every_limit() -> None:
    case = REFERENCE["funnels"]["UCBAdmissions"]
    result = funnel(bodies(case["answered"], case["received"]))
    assert result["phi"].iloc[0] > 50
    assert (result["wide_inner_low"] < result["inner_low"]).all()
    assert (result["wide_place"] == "inside").sum() > (result["place"] == "inside").sum()


def test_where_bodies_vary_less_than_chance_limits_do_not_narrow() -> None:
    result = funnel(bodies([50, 51, 49], [100, 100, 100]))
    assert (result["phi"] == 1).all()
    assert (result["wide_inner_low"] == result["inner_low"]).all()


def test_rows_have_the_result_shape() -> None:
    result = funnel(bodies([5, 9], [10, 10], source_id=["a", "b"], evidence="simulated"))
    row = pick(result, group="b1")
    assert (row.item, row.level, row.unit, row.n) == ("answered", "rate", "percent", 10)
    assert (row.evidence, row.source, row.method) == ("simulated", "b", "funnel_limits")
    assert row.se == pytest.approx(100 * math.sqrt(0.9 * 0.1 / 10))
    with pytest.raises(EvidenceError, match="exactly one evidence kind"):
        funnel(bodies([5, 9], [10, 10], evidence=["published", "simulated"]))


@pytest.mark.parametrize(
    ("answered", "received"), [([5], [10]), ([0, 0], [10, 4]), ([10, 4], [10, 4])]
)
def test_without_a_common_rate_there_is_no_funnel(answered: list[int], received: list[int]) -> None:
    rows = bodies(answered, received)
    result = funnel_limits(rows, body="body", answered="answered", received="received")
    assert isinstance(result, Inapplicable)
    assert "have no common rate" in result.reason
    assert len(funnel(rows, target=40.0)) == len(rows)


@pytest.mark.parametrize(
    ("rows", "options", "told"),
    [
        (bodies([5, 11], [10, 10]), {}, r"answered more than it received; got \['b1'\]"),
        (bodies([5, 0], [10, 0]), {}, r"a body received nothing; got \['b1'\]"),
        (bodies([5, None], [10, 10]), {}, "column 'answered' has 1 missing values of 2"),
        (bodies([5, 2.5], [10, 10]), {}, "has 1 values that count nothing; got 2.5 first"),
        (bodies([5, -1], [10, 10]), {}, "has 1 values that count nothing; got -1 first"),
        (bodies(["x", "y"], [10, 10]), {}, "column 'answered' is not numeric"),
        (bodies([5, 4], [10, 10], body="b"), {}, r"stands in several rows; got \['b'\]"),
        (bodies([5, 4], [10, 10], source_id=["a", None]), {}, "column 'source_id' has 1 missing"),
        (bodies([5, 4], [10, 10]).drop(columns="received"), {}, r"unknown column \['received'\]"),
        (bodies([5, 4], [10, 10]).drop(columns="source_id"), {}, r"unknown column \['source_id'\]"),
        (bodies([5, 4], [10, 10]), {"target": 100.0}, "target rate cannot be used; got 100.0"),
        (bodies([5, 4], [10, 10]), {"target": math.nan}, "target rate cannot be used; got nan"),
        (bodies([5, 4], [10, 10]), {"winsorise": 0.5}, "winsorise cannot be used; got 0.5"),
    ],
)
def test_what_is_no_count_is_refused(rows: pd.DataFrame, options: Any, told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        funnel(rows, **options)


def test_the_curve_passes_through_the_limits() -> None:
    result = funnel(bodies([5, 90, 700], [10, 100, 1000]), target=60.0, winsorise=0.0)
    for prefix, phi in (("", 1.0), ("wide_", float(result["phi"].iloc[0]))):
        curve = funnel_curve(60.0, n_min=10, n_max=1000, phi=phi, points=5000).set_index("n")
        for name in LIMITS:
            on_curve = curve.loc[[10, 100, 1000], name]
            assert list(on_curve) == pytest.approx(list(result[prefix + name]))
    assert curve.index.is_monotonic_increasing
    assert (curve.index[0], curve.index[-1]) == (10, 1000)


def test_the_curve_narrows_as_the_volume_grows() -> None:
    curve = funnel_curve(60.0, n_min=1, n_max=10**6)
    assert len(curve) <= 400
    assert list(curve.columns) == ["n", "target", *LIMITS]
    width = (curve["outer_high"] - curve["outer_low"]).to_numpy()
    assert width[0] == 100
    assert width[-1] < 0.4
    z = stats.norm.ppf(0.999)
    assert width[-1] == pytest.approx(200 * z * math.sqrt(0.24 / 10**6), rel=2e-3)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"n_min": 0, "n_max": 5}, "volumes cannot be drawn; got 0 to 5"),
        ({"n_min": 6, "n_max": 5}, "volumes cannot be drawn; got 6 to 5"),
        ({"n_min": 1.5, "n_max": 5}, "volumes cannot be drawn; got 1.5 to 5"),
        ({"n_min": 1, "n_max": math.inf}, "volumes cannot be drawn; got 1 to inf"),
        ({"n_min": 1, "n_max": 5, "phi": 0.5}, "a curve cannot be drawn; got phi=0.5"),
        ({"n_min": 1, "n_max": 5, "points": 1}, "a curve cannot be drawn; got phi=1.0, points=1"),
    ],
)
def test_an_impossible_curve_is_refused(options: Any, told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        funnel_curve(50.0, **options)
    with pytest.raises(EstimationError, match="target rate cannot be used; got 0"):
        funnel_curve(0, n_min=1, n_max=9)


AWKWARD = st.one_of(
    st.none(), st.integers(-1, 30), st.sampled_from([0, 1, 10**9, 0.5, math.inf, math.nan])
)


@given(
    counts=st.lists(st.tuples(AWKWARD, AWKWARD), min_size=1, max_size=6),
    target=st.one_of(st.none(), st.floats(0, 100), st.sampled_from([1e-12, 99.9999999])),
)
@settings(max_examples=150)
def test_awkward_counts_give_finite_limits_or_a_named_error(counts: Any, target: Any) -> None:
    answered, received = (list(part) for part in zip(*counts, strict=True))
    try:
        result = funnel_limits(
            bodies(answered, received),
            body="body",
            answered="answered",
            received="received",
            target=target,
        )
    except HelpersError:
        return
    if isinstance(result, pd.DataFrame):
        numbers = result[["estimate", "se", "ci_low", "ci_high", "phi", *LIMITS]].to_numpy(float)
        assert np.isfinite(numbers).all()
        wide = result[[f"wide_{name}" for name in LIMITS]].to_numpy(float)
        assert np.isfinite(wide).all()
    else:
        assert isinstance(result, Inapplicable)


def test_chance_alone_puts_few_bodies_outside() -> None:
    """Exact limits are conservative: at most 5 % and 0.2 % outside, within Monte Carlo bounds."""
    rng = stream("test_funnel", "false alarms")
    n = rng.integers(5, 2000, 20_000)
    result = funnel(bodies(list(rng.binomial(n, 0.62)), list(n)), target=62.0)
    outside = (result["place"] != "inside").mean()
    far = result["place"].str.startswith("far").mean()
    assert 0.03 <= outside <= 0.05 + 3.3 * math.sqrt(0.05 * 0.95 / len(n))
    assert far <= 0.002 + 3.3 * math.sqrt(0.002 / len(n))
    assert result["phi"].iloc[0] == 1
