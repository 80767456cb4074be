"""Smallest effects and needed bases agree with R's pwr, power.prop.test and Hmisc."""

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

from helpers.errors import EstimationError, HelpersError
from helpers.stats.design import survey_design
from helpers.stats.estimates import Inapplicable
from helpers.stats.no_effect.detectable import (
    detectable_correlation,
    detectable_means,
    detectable_ordinal,
    detectable_proportions,
    effective_bases,
    needed_correlation,
    needed_means,
    needed_ordinal,
    needed_proportions,
)
from helpers.stats.no_effect.planning import Plan

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "detectable.json").read_text(encoding="utf-8")
)
# Roots of R's uniroot.
ROOT = 1e-7


def effect(found: Plan | Inapplicable) -> float:
    assert isinstance(found, Plan), found
    assert math.isfinite(found.effect)
    return found.effect


def stated(case: dict[str, Any]) -> dict[str, float]:
    return {"power": case["power"], "alpha": case["alpha"]}


@pytest.mark.parametrize("case", REFERENCE["means"], ids=lambda case: str(case["n"]))
def test_means_equal_pwr(case: dict[str, Any]) -> None:
    n = tuple(case["n"])
    assert effect(detectable_means(n, **stated(case))) == pytest.approx(case["effect"], rel=ROOT)
    twice = detectable_means(n, sd=2.0, **stated(case))
    assert effect(twice) == pytest.approx(2 * case["effect"], rel=ROOT)


@pytest.mark.parametrize("case", REFERENCE["needed_means"], ids=lambda case: str(case["effect"]))
def test_needed_means_equal_pwr(case: dict[str, Any]) -> None:
    found = needed_means(case["effect"], **stated(case))
    assert found.n_eff == pytest.approx((case["n"], case["n"]), rel=ROOT)
    assert found.respondents() == (math.ceil(case["n"]),) * 2
    assert found.respondents(1.5) == (math.ceil(1.5 * case["n"]),) * 2


@pytest.mark.parametrize("case", REFERENCE["proportions"], ids=lambda case: str(case["n"]))
def test_proportions_equal_power_prop_test(case: dict[str, Any]) -> None:
    for side in ("above", "below"):
        n = (case["n"], case["n"])
        found = detectable_proportions(n, percent=case["percent"], side=side, **stated(case))
        if isinstance(case[side], float):
            assert effect(found) == pytest.approx(case[side], rel=ROOT)
        else:
            assert found == Inapplicable(
                "no effect is found with power 0.8 on this base", "detectable_proportions"
            )


@pytest.mark.parametrize(
    "case", REFERENCE["needed_proportions"], ids=lambda case: str(case["percent"])
)
def test_needed_proportions_equal_power_prop_test(case: dict[str, Any]) -> None:
    found = needed_proportions(tuple(case["percent"]), **stated(case))
    assert found.n_eff == pytest.approx((case["n"], case["n"]), rel=ROOT)
    assert found.effect == case["percent"][1] - case["percent"][0]


@pytest.mark.parametrize("case", REFERENCE["correlation"], ids=lambda case: str(case["n"]))
def test_correlation_equals_pwr(case: dict[str, Any]) -> None:
    found = detectable_correlation(case["n"], **stated(case))
    assert effect(found) == pytest.approx(case["effect"], rel=ROOT)


@pytest.mark.parametrize("case", REFERENCE["needed_correlation"], ids=lambda case: str(case["r"]))
def test_needed_correlation_equals_pwr(case: dict[str, Any]) -> None:
    for r in (case["r"], -case["r"]):
        found = needed_correlation(r, **stated(case))
        assert found.n_eff == pytest.approx((case["n"],), rel=ROOT)


@pytest.mark.parametrize("case", REFERENCE["ordinal"], ids=lambda case: str(case["n"]))
def test_ordinal_equals_popower(case: dict[str, Any]) -> None:
    found = detectable_ordinal(tuple(case["n"]), percents=case["percents"], **stated(case))
    assert effect(found) == pytest.approx(case["effect"], rel=ROOT)


@pytest.mark.parametrize("case", REFERENCE["needed_ordinal"], ids=lambda case: str(case["effect"]))
def test_needed_ordinal_equals_popower(case: dict[str, Any]) -> None:
    found = needed_ordinal(case["effect"], percents=case["percents"], **stated(case))
    assert sum(found.n_eff) == pytest.approx(case["total"], rel=ROOT)
    assert sum(found.n_eff) - case["posamsize"] == pytest.approx(2, abs=0.02)


POWER = st.floats(0.3, 0.99)
ALPHA = st.floats(0.001, 0.2)
SHARES = [20.0, 30.0, 25.0, 15.0, 10.0]


@settings(max_examples=30)
@given(n=st.floats(10, 1e5), ratio=st.floats(0.2, 5), power=POWER, alpha=ALPHA)
def test_the_base_needed_for_the_smallest_effect_is_the_base(
    n: float, ratio: float, power: float, alpha: float
) -> None:
    bases, plan = (n, n * ratio), {"power": power, "alpha": alpha}
    means = effect(detectable_means(bases, **plan))
    assert needed_means(means, ratio=ratio, **plan).n_eff == pytest.approx(bases, rel=1e-6)
    ordinal = effect(detectable_ordinal(bases, percents=SHARES, **plan))
    found = needed_ordinal(ordinal, percents=SHARES, ratio=ratio, **plan)
    assert found.n_eff == pytest.approx(bases, rel=1e-6)
    r = effect(detectable_correlation(n, **plan))
    assert needed_correlation(r, **plan).n_eff == pytest.approx((n,), rel=1e-6)
    share = detectable_proportions(bases, percent=40.0, side="above", **plan)
    if isinstance(share, Plan):
        found = needed_proportions((40.0, 40.0 + share.effect), ratio=ratio, **plan)
        assert found.n_eff == pytest.approx(bases, rel=1e-5)


@settings(max_examples=30)
@given(n=st.floats(30, 1e5), more=st.floats(1.1, 10), power=POWER, alpha=ALPHA)
def test_a_larger_base_shows_smaller_effects(
    n: float, more: float, power: float, alpha: float
) -> None:
    plan = {"power": power, "alpha": alpha}
    small, large = (n, n), (n * more, n * more)
    assert effect(detectable_means(large, **plan)) < effect(detectable_means(small, **plan))
    assert effect(detectable_correlation(large[0], **plan)) < effect(
        detectable_correlation(n, **plan)
    )
    assert effect(detectable_ordinal(large, percents=SHARES, **plan)) < effect(
        detectable_ordinal(small, percents=SHARES, **plan)
    )


@given(percent=st.floats(0, 100), n=st.integers(100, 10000))
def test_the_complement_mirrors_the_smallest_difference(percent: float, n: int) -> None:
    plan: dict[str, Any] = {"power": 0.8, "alpha": 0.05}
    one = detectable_proportions((n, n), percent=percent, side="above", **plan)
    other = detectable_proportions((n, n), percent=100 - percent, side="below", **plan)
    if isinstance(one, Inapplicable):
        assert isinstance(other, Inapplicable)
    else:
        assert effect(one) == pytest.approx(-effect(other), rel=1e-6, abs=1e-9)


def test_the_power_of_the_smallest_difference_is_met_in_simulation() -> None:
    rng = np.random.default_rng(20191104)
    n, times = (60, 40), 20000
    d = effect(detectable_means(n, power=0.8, alpha=0.05))
    first, second = rng.normal(d, size=(times, 60)), rng.normal(size=(times, 40))
    pooled = (59 * first.var(axis=1, ddof=1) + 39 * second.var(axis=1, ddof=1)) / 98
    t = (first.mean(axis=1) - second.mean(axis=1)) / np.sqrt(pooled * (1 / 60 + 1 / 40))
    # The two-sided 5 % point of t with 98 degrees of freedom, from R: qt(.975, 98).
    assert (np.abs(t) > 1.984467).mean() == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / times))


def test_bases_are_those_of_kish_in_each_group() -> None:
    rows = pd.DataFrame({"g": list("aabbb"), "w": [1.0, 3.0, 2.0, 2.0, 2.0]})
    design = survey_design(rows.assign(evidence="simulated", source="s1"), weight="w")
    assert effective_bases(design, by="g") == pytest.approx({"a": 16 / 10, "b": 3.0})
    with pytest.raises(EstimationError, match="'g' has 1 missing values"):
        effective_bases(
            survey_design(design.rows.assign(g=["a", None, "b", "b", "b"]), weight="w"), by="g"
        )


def test_power_and_level_are_asked_for() -> None:
    with pytest.raises(TypeError, match="'power' and 'alpha'"):
        detectable_means((100, 100))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("power", "alpha"), [(0.04, 0.05), (1.0, 0.05), (0.8, 0.0), (0.8, math.nan), (math.nan, 0.05)]
)
def test_a_power_or_level_that_cannot_be_is_refused(power: float, alpha: float) -> None:
    for plan in (
        lambda: detectable_means((100, 100), power=power, alpha=alpha),
        lambda: needed_correlation(0.2, power=power, alpha=alpha),
    ):
        with pytest.raises(EstimationError, match="power and level cannot be used; got power"):
            plan()


PLAN: dict[str, Any] = {"power": 0.8, "alpha": 0.05}


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: detectable_means((1, 100), **PLAN), r"base cannot be used; got \(1, 100\)"),
        (lambda: detectable_correlation(3, **PLAN), "expected numbers from 4 to"),
        (lambda: detectable_means((9, 9), sd=0.0, **PLAN), "the standard deviation cannot be"),
        (lambda: needed_means(0.0, **PLAN), "the difference cannot be used; got 0.0"),
        (lambda: needed_means(0.5, ratio=0.0, **PLAN), "ratio of the bases cannot be used"),
        (lambda: needed_means(1e-9, **PLAN), "no base is enough; got effect 1e-09"),
        (lambda: needed_correlation(1.0, **PLAN), "a correlation cannot be planned for; got 1.0"),
        (lambda: needed_proportions((40, 40), **PLAN), "the difference cannot be used"),
        (lambda: needed_proportions((40, 140), **PLAN), "a percent from 0 to 100"),
        (
            lambda: detectable_proportions((9, 9), percent=50, side="up", **PLAN),
            "unknown side 'up'; expected 'above' or 'below'",
        ),
        (
            lambda: detectable_ordinal((9, 9), percents=[50, 40], **PLAN),
            r"shares of the categories cannot be used; got \[50, 40\]",
        ),
        (lambda: detectable_ordinal((9, 9), percents=[100, 0], **PLAN), "all answers are alike"),
        (
            lambda: needed_ordinal(0.0, percents=[50, 50], **PLAN),
            "the log odds ratio cannot be used; got 0.0",
        ),
        (lambda: needed_means(0.5, **PLAN).respondents(0.5), "design effect cannot be used; got 0"),
    ],
)
def test_plans_that_cannot_be_are_refused(ask: Any, told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        ask()


@settings(max_examples=60)
@given(
    n=st.tuples(*[st.sampled_from([0.0, 2.0, 2.5, 7.0, 1e4, 1e9, math.nan, math.inf])] * 2),
    percent=st.sampled_from([-1.0, 0.0, 0.001, 50.0, 100.0, math.nan]),
    power=st.sampled_from([0.06, 0.8, 0.9999999]),
    alpha=st.sampled_from([1e-4, 0.05, 0.5]),
    side=st.sampled_from(["above", "below"]),
)
def test_awkward_plans_give_numbers_a_reason_or_a_named_error(
    n: tuple[float, float], percent: float, power: float, alpha: float, side: str
) -> None:
    plan: dict[str, Any] = {"power": power, "alpha": alpha}
    for ask in (
        lambda: detectable_means(n, **plan),
        lambda: detectable_proportions(n, percent=percent, side=side, **plan),
        lambda: detectable_correlation(n[0], **plan),
        lambda: detectable_ordinal(n, percents=[percent, 100 - percent], **plan),
        lambda: needed_proportions((percent, 50.5), **plan),
    ):
        try:
            found = ask()
        except HelpersError:
            continue
        if isinstance(found, Plan):
            assert math.isfinite(found.effect)
            assert all(2 <= base < math.inf for base in found.n_eff)
