"""Simulated power: the same anywhere it runs, right where the answer is known, and lawful."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower

from helpers.errors import EstimationError, EvidenceError
from helpers.evidence import Evidence
from helpers.stats.design import Design, survey_design
from helpers.stats.estimates import Inapplicable, TestResult
from helpers.stats.no_effect.equivalence import equivalent_means
from helpers.stats.no_effect.power import power_curve, simulated_power


def groups(rng: np.random.Generator, size: int, *, effect: float) -> pd.DataFrame:
    """Two groups of this size, whose means differ by ``effect`` standard deviations."""
    return pd.DataFrame(
        {
            "y": rng.normal(size=2 * size) + np.repeat([effect, 0.0], size),
            "g": np.repeat(["a", "b"], size),
            "evidence": "simulated",
            "source": "s1",
        }
    )


def sample(rng: np.random.Generator, *, size: int, effect: float) -> pd.DataFrame:
    return groups(rng, size, effect=effect)


def design_of(rng: np.random.Generator) -> Design:
    return survey_design(groups(rng, 40, effect=0.5).assign(w=1.0), weight="w")


def result(p_value: float, n: int) -> TestResult:
    return TestResult(
        statistic=0.0,
        statistic_name="t",
        df=(),
        p_value=p_value,
        effect=None,
        n=n,
        method="t_test",
    )


def t_test(rows: pd.DataFrame) -> TestResult:
    half = len(rows) // 2
    y = rows["y"].to_numpy()
    return result(float(stats.ttest_ind(y[:half], y[half:]).pvalue), len(rows))


def design_test(design: Design) -> TestResult:
    return t_test(design.rows)


def half_applicable(rows: pd.DataFrame) -> TestResult | Inapplicable:
    if rows["y"].iloc[0] > 0:
        return Inapplicable("above 0", "t_test")
    return result(0.001, len(rows))


def equivalence(rows: pd.DataFrame) -> Any:
    return equivalent_means(rows, item="y", by="g", lower=-0.5, upper=0.5)


def test_power_of_the_t_test_is_that_of_the_noncentral_t() -> None:
    found = simulated_power(partial(sample, size=30, effect=0.7), t_test, times=800, name="known")
    exact = 100 * TTestIndPower().power(0.7, 30, 0.05)
    # Three and a half Monte Carlo standard errors.
    assert found.rejected.estimate == pytest.approx(exact, abs=3.5 * found.rejected.se)
    assert (found.inapplicable.estimate, found.alpha) == (0.0, 0.05)


def test_without_an_effect_the_level_is_held() -> None:
    found = simulated_power(partial(sample, size=30, effect=0.0), t_test, times=800, name="null")
    assert found.rejected.ci_low < 5 < found.rejected.ci_high


def test_power_is_the_same_bit_for_bit_wherever_it_runs() -> None:
    draw = partial(sample, size=20, effect=0.6)
    here = simulated_power(draw, t_test, times=60, name=("where", 1))
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert simulated_power(draw, t_test, times=60, name=("where", 1)) == here
    assert simulated_power(draw, t_test, times=60, name=("where", 2)) != here
    assert here.rejected.group == "where-1"


def test_a_design_can_be_drawn() -> None:
    found = simulated_power(design_of, design_test, times=50, name="design")
    assert (found.rejected.evidence, found.rejected.source) == (Evidence.SIMULATED, "s1")
    assert found.rejected.n == 50
    assert 0 < found.rejected.estimate < 100


def test_an_equivalence_test_has_power_too() -> None:
    """Without an effect and with wide bounds, equivalence is nearly always shown."""
    none = simulated_power(
        partial(sample, size=120, effect=0.0), equivalence, times=60, name="wide"
    )
    some = simulated_power(
        partial(sample, size=120, effect=0.5), equivalence, times=60, name="wide"
    )
    assert none.rejected.estimate > 90
    assert some.rejected.estimate < 20


def test_what_cannot_be_tested_counts_as_not_rejected() -> None:
    found = simulated_power(
        partial(sample, size=5, effect=0.0), half_applicable, times=200, name="half"
    )
    assert found.rejected.estimate + found.inapplicable.estimate == pytest.approx(100)
    assert 35 < found.inapplicable.estimate < 65
    assert found.inapplicable.level == "inapplicable"


def test_the_interval_is_wilsons() -> None:
    found = simulated_power(
        partial(sample, size=20, effect=0.5), t_test, times=100, name="wilson"
    ).rejected
    p, n, z = found.estimate / 100, 100, stats.norm.ppf(0.975)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert found.ci_low == pytest.approx(100 * (centre - half))
    assert found.ci_high == pytest.approx(100 * (centre + half))
    assert found.se == pytest.approx(100 * math.sqrt(p * (1 - p) / n))


def test_never_and_always_keep_the_interval_in_range() -> None:
    for p_value, share in ((0.9, 0.0), (1e-9, 100.0)):
        found = simulated_power(
            partial(sample, size=2, effect=0.0),
            lambda rows, p=p_value: result(p, len(rows)),
            times=7,
            name="ends",
        ).rejected
        assert found.estimate == share
        assert 0 <= found.ci_low <= found.estimate <= found.ci_high <= 100


def test_power_grows_with_n() -> None:
    curve = power_curve(
        partial(groups, effect=0.5), t_test, sizes=[10, 30, 60, 120], times=150, name="curve"
    )
    assert list(curve["group"]) == ["10", "30", "60", "120"]
    assert list(curve["item"].unique()) == ["curve"]
    assert (np.diff(curve["estimate"]) > 0).all()
    assert curve["estimate"].iloc[-1] > 90
    # Each size has streams of its own: one more size changes nothing.
    alone = power_curve(partial(groups, effect=0.5), t_test, sizes=[30], times=150, name="curve")
    assert alone["estimate"].iloc[0] == curve["estimate"].iloc[1]


def test_a_stricter_level_rejects_less() -> None:
    draw = partial(sample, size=20, effect=0.6)
    shares = [
        simulated_power(draw, t_test, times=100, name="level", alpha=alpha).rejected.estimate
        for alpha in (0.2, 0.05, 0.01)
    ]
    assert shares[0] >= shares[1] >= shares[2]
    assert shares[0] > shares[2]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"times": 0}, "samples cannot be drawn; got times=0; expected 1 or more"),
        ({"alpha": 0.0}, "a level cannot be used; got alpha=0.0"),
        ({"alpha": math.nan}, "a level cannot be used; got alpha=nan"),
    ],
)
def test_what_cannot_be_simulated_is_refused(options: dict[str, float], told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        simulated_power(
            partial(sample, size=5, effect=0.0), t_test, **{"times": 3, "name": "x", **options}
        )


def test_samples_must_say_what_they_rest_on() -> None:
    def mixed(rng: np.random.Generator) -> pd.DataFrame:
        return sample(rng, size=5, effect=0.0).assign(source=rng.choice(["s1", "s2"]))

    with pytest.raises(EstimationError, match="the samples rest on different things; got"):
        simulated_power(mixed, t_test, times=20, name="mixed")
    with pytest.raises(EstimationError, match="a sample names no source; got columns"):
        simulated_power(
            lambda rng: sample(rng, size=5, effect=0.0).drop(columns="source"),
            t_test,
            times=2,
            name="x",
        )
    with pytest.raises(EvidenceError, match="carry no evidence kind"):
        simulated_power(
            lambda rng: sample(rng, size=5, effect=0.0).drop(columns="evidence"),
            t_test,
            times=2,
            name="x",
        )
    with pytest.raises(EstimationError, match="a curve needs sample sizes; got none"):
        power_curve(partial(groups, effect=0.5), t_test, sizes=[], times=3, name="x")
