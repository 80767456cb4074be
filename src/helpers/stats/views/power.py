"""Whether tests keep their size in simulated surveys, and what they find."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from helpers.data.survey import SIMULATED_SOURCE
from helpers.evidence import Evidence
from helpers.rng import repeat
from helpers.stats.compare.ranks import mann_whitney
from helpers.stats.compare.weighted_ranks import weighted_rank_test
from helpers.stats.compare.weighted_tests import weighted_mean_difference, weighted_share_difference
from helpers.stats.describe.crosstab import rao_scott
from helpers.stats.design import Codes, Design, Floats
from helpers.stats.estimates import (
    Estimate,
    Inapplicable,
    TestResult,
    count,
    pick,
    reads,
    to_frame,
)
from helpers.stats.models.ordinal import ordered_model
from helpers.stats.no_effect.planning import check_positive
from helpers.stats.no_effect.power import share_of_samples
from helpers.stats.simulation.power_draws import (
    AGREES,
    Drawn,
    TwoGroups,
    one_by_one,
    p_of_means,
    without_clusters,
)

ALPHA = 0.05

rejection_share = partial(share_of_samples, origin=(Evidence.SIMULATED, SIMULATED_SOURCE))
"""A number of rejections as percent of simulated samples."""

Test = Callable[[Design], TestResult | Inapplicable]


def ordered_test(design: Design) -> TestResult:
    """The t test of the slope of an ordered logit model."""
    row = pick(ordered_model(design, outcome="answer", terms=["group"]).coefficients)
    t = row.estimate / (row.se or math.nan)
    return TestResult(
        statistic=t, statistic_name="t", df=(row.df or math.nan,), n=row.n or 0, effect=row,
        p_value=float(2 * stats.t.sf(abs(t), row.df)), method="ordered_model",
    )  # fmt: skip


def means(design: Design) -> TestResult | Inapplicable:
    """Two means under the design."""
    return weighted_mean_difference(design, "answer", by="group")


def shares(design: Design) -> TestResult | Inapplicable:
    """Two shares that agree, under the design."""
    return weighted_share_difference(design, "agrees", by="group", level=1)


TESTS: dict[str, Test] = {
    "Means": means,
    "Shares that agree": shares,
    "Ranks": lambda design: weighted_rank_test(design, "answer", by="group"),
    "Table (Rao–Scott)": lambda design: rao_scott(design, "answer", by="group"),
    "Ordered model": ordered_test,
    "Means, clusters left out": lambda design: means(without_clusters(design)),
    "Means, design left out": lambda design: means(one_by_one(design)),
    "Ranks, design left out": lambda design: mann_whitney(design.rows, item="answer", by="group"),
}
"""Tests of one difference, by name; the last three leave out what drew the sample."""

QUICK: dict[str, Callable[[Drawn], float]] = {
    "Means": lambda s: p_of_means(s.answer, s.second, s.weight, s.unit),
    "Shares that agree": lambda s: p_of_means(s.answer > AGREES, s.second, s.weight, s.unit),
    "Means, clusters left out": lambda s: p_of_means(s.answer, s.second, s.weight, _alone(s)),
    "Means, design left out": lambda s: p_of_means(s.answer, s.second, _alike(s), _alone(s)),
}
"""Tests of `TESTS` that arrays suffice for, so that many more samples can be drawn: their p."""

SETTINGS = {
    "within": "Groups within clusters, as women and men",
    "whole": "Groups of whole clusters, as villages and towns",
}


def sizes_of_tests(*, n: int, times: int, quick: int, weight_cv: float = 0.5) -> pd.DataFrame:
    """How often each of `TESTS` rejects at 5 percent although the groups do not differ.

    In all else as `simulated_power`.

    Parameters
    ----------
    n : respondents of a sample, in clusters of ten.
    times : samples for each way in which groups lie in clusters; all tests see the same ones.
    quick : samples for the tests of `QUICK`, the others' among them.
    weight_cv : coefficient of variation of the weights.

    Returns
    -------
    A row a test and setting, in percent of the samples, with Wilson intervals for the Monte Carlo
    error; ``nominal`` is the level and ``respondents`` the n of a sample. A sample that a test
    cannot answer counts as not rejected.
    """
    for size in (n, times, quick):
        check_positive("number of respondents or samples", size)
    found = []
    for groups, heading in SETTINGS.items():
        draw = TwoGroups(groups="whole" if groups == "whole" else "within", weight_cv=weight_cv)
        name = ("size of tests", groups)
        hits = dict(zip(QUICK, np.sum(repeat(partial(_quick, draw, n), quick, name=name), axis=0),
                        strict=True))  # fmt: skip
        slow = np.sum(repeat(partial(_slow, draw, n), times, name=name), axis=0)
        hits |= dict(zip((test for test in TESTS if test not in QUICK), slow, strict=True))
        found += [
            rejection_share(
                int(hits[test]), quick if test in QUICK else times, item=test, group=heading
            )
            for test in TESTS
        ]
    return to_frame(found).assign(nominal=100 * ALPHA, respondents=n)


def _quick(draw: TwoGroups, n: int, rng: np.random.Generator) -> list[bool]:
    sample = draw(rng, n)
    return [p_of(sample) < ALPHA for p_of in QUICK.values()]


def _slow(draw: TwoGroups, n: int, rng: np.random.Generator) -> list[bool]:
    design = draw(rng, n).design()
    results = [test(design) for name, test in TESTS.items() if name not in QUICK]
    return [not isinstance(found, Inapplicable) and found.p_value < ALPHA for found in results]


def _alone(sample: Drawn) -> Codes:
    """Every respondent a cluster."""
    return np.arange(sample.unit.size)


def _alike(sample: Drawn) -> Floats:
    """Every weight one."""
    return np.ones(sample.weight.size)


def power_by_effect(shifts: Sequence[float], *, sizes: Sequence[int], times: int) -> pd.DataFrame:
    """Simulated power of the test of two means over n, one curve an effect; groups within clusters.

    In all else as `power_curve`.

    Parameters
    ----------
    shifts : differences in standard deviations of the hidden answer.
    sizes : respondents of a sample.
    times : samples for each point of a curve.

    Returns
    -------
    A row a point, in percent of the samples, with Wilson intervals for the Monte Carlo error;
    ``curve`` is its label and ``size`` the respondents.
    """
    draws = {f"{shift:g} SD": TwoGroups(shift=shift, weight_cv=0.5) for shift in shifts}
    return _curves(draws, sizes=sizes, times=times, name="effect")


def power_by_design(shift: float, *, sizes: Sequence[int], times: int) -> pd.DataFrame:
    """Simulated power for one effect over n, one curve a design; as `power_by_effect`.

    ``shift`` is in standard deviations. In all else as `power_by_effect`.
    """
    draws = {
        "one by one, equal weights": TwoGroups(shift=shift, cluster=1, icc=0.0),
        "unequal weights": TwoGroups(shift=shift, cluster=1, icc=0.0, weight_cv=0.5),
        "weights, both groups in a cluster": TwoGroups(shift=shift, weight_cv=0.5),
        "weights, whole clusters": TwoGroups(shift=shift, groups="whole", weight_cv=0.5),
    }
    return _curves(draws, sizes=sizes, times=times, name="design")


def _curves(
    draws: Mapping[str, TwoGroups], *, sizes: Sequence[int], times: int, name: str
) -> pd.DataFrame:
    check_positive("number of samples", times)
    points = list(product(draws, sizes))
    hits = [
        sum(
            repeat(
                partial(_finds, draws[curve], size), times, name=(f"power by {name} {curve}", size)
            )
        )
        for curve, size in points
    ]
    rows = to_frame(
        rejection_share(count, times, item=curve, group=str(size))
        for count, (curve, size) in zip(hits, points, strict=True)
    )
    return rows.assign(curve=rows["item"], size=[size for _, size in points])


def _finds(draw: TwoGroups, size: int, rng: np.random.Generator) -> bool:
    return QUICK["Means"](draw(rng, size)) < ALPHA


@reads("group", "ci_low", "nominal")
def rejected_above(rows: pd.DataFrame, *, group: str) -> Estimate:
    """How many tests of a group reject more often than the level, their whole interval above it.

    ``rows`` are those of `sizes_of_tests`, ``group`` one of its settings. In all else as
    `pick`.
    """
    above = rows["group"].eq(group) & rows["ci_low"].gt(rows["nominal"])
    counted = count(rows)
    return replace(counted, item="tests", group=group, estimate=float(above.sum()))


@reads("nominal")
def nominal_level(rows: pd.DataFrame) -> Estimate:
    """The level that the tests of `sizes_of_tests` were held against, in percent.

    In all else as `pick`.
    """
    first = pick(rows.iloc[[0]])
    return replace(
        first, item="level", group="all", estimate=float(rows["nominal"].iloc[0]), se=None,
        ci_low=None, ci_high=None, n=None, n_eff=None, deff=None, method="sizes_of_tests",
    )  # fmt: skip
