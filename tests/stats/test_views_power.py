"""Simulated sizes and power agree with plans; plans and files give what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers.data.survey import survey
from helpers.errors import EstimationError
from helpers.evidence import Evidence
from helpers.rng import stream
from helpers.stats.estimates import Inapplicable
from helpers.stats.no_effect.planning import power_means
from helpers.stats.simulation.power_draws import (
    THRESHOLDS,
    Groups,
    TwoGroups,
    one_by_one,
    without_clusters,
)
from helpers.stats.views.needed import (
    detectable_here,
    needed_count,
    needed_respondents,
    standardised,
)
from helpers.stats.views.power import (
    QUICK,
    TESTS,
    nominal_level,
    power_by_design,
    power_by_effect,
    rejected_above,
    sizes_of_tests,
)


def test_a_draw_has_the_groups_clusters_weights_and_answers_it_states() -> None:
    design = TwoGroups(shift=0.3, groups="whole", weight_cv=0.5)(stream("draw"), 20_000).design()
    rows = design.rows
    assert (rows.groupby("psu").size() == 10).all()
    assert (rows.groupby("psu")["group"].nunique() == 1).all()
    assert rows["weight"].std() / rows["weight"].mean() == pytest.approx(0.5, abs=0.03)
    assert set(rows["answer"]) == {1, 2, 3, 4, 5}
    assert (rows["agrees"] == (rows["answer"] > 3)).all()
    assert design.evidence is Evidence.SIMULATED
    plain = one_by_one(design)
    assert (plain.weight == 1).all()
    assert plain.df == 20_000 - 1
    assert without_clusters(design).weight == pytest.approx(design.weight)


def test_the_effect_of_a_draw_is_the_one_that_plans_take() -> None:
    draw = TwoGroups(shift=0.3, cluster=1, icc=0.0)
    rows = draw(stream("effect"), 400_000).design().rows
    groups = rows.groupby("group")
    share = 100 * groups["agrees"].mean()
    assert share["b"] - share["a"] == pytest.approx(draw.points, abs=0.6)
    mean, variance = groups["answer"].mean(), groups["answer"].var()
    d = (mean["b"] - mean["a"]) / np.sqrt(variance.mean())
    assert d == pytest.approx(standardised(0.3), abs=0.012)


@pytest.mark.parametrize("size", [20, 45])
def test_sizes_that_hold_no_whole_clusters_are_refused(size: int) -> None:
    with pytest.raises(EstimationError, match="groups cannot be drawn"):
        TwoGroups()(stream("no"), size)


@pytest.mark.parametrize("groups", ["within", "whole"])
def test_arrays_give_the_p_of_the_tests_under_the_design(groups: Groups) -> None:
    for k in range(3):
        sample = TwoGroups(shift=0.2, groups=groups, weight_cv=0.5)(stream("p", groups, k), 200)
        for name, p_of in QUICK.items():
            found = TESTS[name](sample.design())
            assert not isinstance(found, Inapplicable)
            assert p_of(sample) == pytest.approx(found.p_value, rel=1e-9)
        assert QUICK["Means"](sample) != pytest.approx(QUICK["Means, design left out"](sample))


def test_power_of_a_simple_random_sample_is_the_planned_one() -> None:
    rows = power_by_design(0.2, sizes=[800], times=2000).set_index("curve")
    row = rows.loc["one by one, equal weights"]
    planned = 100 * power_means(standardised(0.2), (400, 400), 0.05)
    assert abs(row["estimate"] - planned) < 4 * row["se"]
    assert rows.loc["weights, whole clusters", "estimate"] < row["estimate"]


def test_power_grows_with_the_effect_and_the_size() -> None:
    rows = power_by_effect([0.1, 0.4], sizes=[200, 1600], times=200).set_index(["curve", "size"])
    power = rows["estimate"]
    assert power["0.1 SD", 200] < power["0.4 SD", 200] < power["0.4 SD", 1600]


def test_design_based_tests_keep_their_size_and_the_one_without_design_does_not() -> None:
    rows = sizes_of_tests(n=400, times=60, quick=600)
    assert len(rows) == 2 * len(TESTS)
    assert (rows["ci_low"] <= rows["estimate"]).all()
    whole = rows["group"].iloc[-1]
    of = rows[rows["group"] == whole].set_index("item")
    assert of.loc["Means", "ci_low"] <= 5 <= of.loc["Means", "ci_high"]
    assert of.loc["Means, design left out", "estimate"] > of.loc["Means", "estimate"]
    assert rejected_above(rows, group=whole).estimate == (of["ci_low"] > 5).sum()
    assert nominal_level(rows).estimate == 5


def test_respondents_needed_reach_the_power_and_grow_with_the_design_effect() -> None:
    [row] = needed_respondents([0.2]).itertuples(index=False, name=None)
    values = dict(zip(needed_respondents([0.2]).columns, row, strict=True))
    half = values["means 1"] / 2
    assert power_means(standardised(0.2), (half, half), 0.05) >= 0.8
    assert power_means(standardised(0.2), (half - 1, half - 1), 0.05) < 0.8
    assert values["means 2.5"] == pytest.approx(2.5 * values["means 1"], abs=6)
    assert values["shares 1"] > values["means 1"]
    assert needed_count(0.2, by="means", deff=2.5).estimate == values["means 2.5"]
    assert len(THRESHOLDS) == 4


def test_what_a_file_finds_follows_from_its_effective_bases() -> None:
    file = survey()
    rows = detectable_here(file, facts={"sex": "Women and men", "nothing": "Nothing"})
    assert not isinstance(rows, Inapplicable)
    [row] = rows.itertuples()
    assert row.first + row.second == row.n
    weight, sex = file.rows["weight"], file.rows["sex"]
    kish = [weight[sex == k].sum() ** 2 / (weight[sex == k] ** 2).sum() for k in (1, 2)]
    assert row.n_eff == pytest.approx(sum(kish))
    assert power_means(row.estimate, (kish[0], kish[1]), 0.05) == pytest.approx(0.8)
    assert row.doubled == pytest.approx(row.estimate * np.sqrt(2), rel=1e-2)
    bare = detectable_here(replace(file, rows=file.rows.drop(columns="weight")), facts={"sex": "S"})
    assert not isinstance(bare, Inapplicable)
    assert bare["deff"].item() == pytest.approx(1)
    none = detectable_here(file, facts={"nothing": "Nothing"})
    assert isinstance(none, Inapplicable)
    assert none.evidence is Evidence.SIMULATED
