"""Bases for equivalence agree with simulated pairs of surveys and with a published formula."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from helpers.errors import EstimationError
from helpers.rng import stream
from helpers.stats.no_effect.equivalence_planning import (
    equivalence_power,
    needed_equivalence,
    smallest_bound,
)


def test_the_base_agrees_with_the_formula_of_toster() -> None:
    # TOSTER::powerTOSTtwo.prop(alpha = .05, statistical_power = .8, prop1 = .5, prop2 = .5,
    # low_eqbound_prop = -.1, high_eqbound_prop = .1): 428.19 a group.
    plan = needed_equivalence(10, percent=50, power=0.8)
    assert plan.n_eff == pytest.approx((428.19, 428.19), abs=0.01)
    assert plan.respondents(2.0) == (857, 857)


@pytest.mark.parametrize(("percent", "bound"), [(17.4, 3.0), (50.0, 5.0)])
def test_pairs_of_surveys_of_this_base_show_equivalence_as_often_as_planned(
    percent: float, bound: float
) -> None:
    plan = needed_equivalence(bound, percent=percent, power=0.8)
    n, rng = round(plan.n_eff[0]), stream("test", "equivalence planning", bound)
    first, second = 100 * rng.binomial(n, percent / 100, size=(2, 20_000)) / n
    se = np.sqrt((first * (100 - first) + second * (100 - second)) / n)
    shown = np.abs(first - second) + stats.norm.isf(0.05) * se < bound
    assert shown.mean() == pytest.approx(0.8, abs=0.012)


def test_power_and_bound_are_each_other_turned_round() -> None:
    bound = smallest_bound((400, 900), power=0.8, sd=2.0)
    se = 2.0 * np.sqrt(1 / 400 + 1 / 900)
    assert equivalence_power(bound, se=se) == pytest.approx(0.8)
    assert equivalence_power(0.1 * se, se=se) == 0.0


@pytest.mark.parametrize(
    "bad", [{"bound": 0.0}, {"bound": 100.0}, {"percent": 101.0}, {"ratio": 0.0}]
)
def test_what_cannot_be_planned_is_refused(bad: dict[str, float]) -> None:
    given = {"bound": 5.0, "percent": 50.0, "power": 0.8} | bad
    with pytest.raises(EstimationError, match="got"):
        needed_equivalence(given.pop("bound"), **given)
