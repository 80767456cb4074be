"""Fast bootstraps draw what slow ones draw: the same variances, intervals that cover, the same bits."""

from __future__ import annotations

from itertools import product
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import EstimationError, HelpersError
from helpers.rng import repeat, stream
from helpers.stats.design import Design, covariance, survey_design
from helpers.stats.weights import bootstrap
from helpers.stats.weights.bootstrap import bootstrap_difference, bootstrap_means, bootstrap_ratio

REPLICATES = 4000
MONTE_CARLO = 4 / np.sqrt(2 * REPLICATES)
"""Four standard errors of a standard error from so many replicates, relatively."""


def sample(n: int = 600, *, clusters: int = 60, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    unit = np.arange(n) % clusters
    return pd.DataFrame(
        {
            "y": np.clip(np.round(3 + rng.normal(size=clusters)[unit] + rng.normal(size=n)), 1, 5),
            "x": rng.uniform(1, 2, n),
            "group": np.array(["a", "b"])[rng.integers(0, 2, n)],
            "unit": unit,
            "stratum": unit % 3,
            "N": 2 * clusters // 3,
            "w": rng.uniform(0.5, 2, n),
            "evidence": "simulated",
            "source": "s1",
        }
    )


def linearised_mean(design: Design, item: str) -> float:
    y, w = design.values(item), np.where(design.inside, design.weight, 0)
    return float(np.sqrt(covariance(design, w * (y - (w * y).sum() / w.sum()) / w.sum())[0, 0]))


def designs() -> dict[str, Design]:
    rows = sample()
    return {
        "clusters": survey_design(rows, weight="w", psu="unit"),
        "strata": survey_design(rows, weight="w", strata="stratum", psu="unit"),
        "finite": survey_design(
            rows, weight="w", strata="stratum", psu="unit", population_psus="N"
        ),
        "rows": survey_design(rows, weight="w"),
        "alike rows": survey_design(rows.assign(w=2.0), weight="w"),
    }


@pytest.mark.parametrize("name", designs())
def test_standard_errors_are_the_linearised_ones(name: str) -> None:
    """A mean is nearly linear here, so that the two differ by Monte Carlo error alone."""
    design = designs()[name]
    rows = bootstrap_means(design, "y", replicates=REPLICATES, rng=stream("linear", name))
    y, w = design.values("y"), design.weight
    assert rows["estimate"][0] == pytest.approx((w * y).sum() / w.sum(), rel=1e-12)
    assert rows["se"][0] == pytest.approx(linearised_mean(design, "y"), rel=MONTE_CARLO)
    assert rows["df"][0] == design.df


def test_means_by_group_are_those_of_the_domains() -> None:
    design = designs()["strata"]
    rows = bootstrap_means(design, "y", by="group", replicates=REPLICATES, rng=stream("by"))
    for row in rows.itertuples():
        domain = design.where(design.rows["group"] == row.group)
        assert row.se == pytest.approx(linearised_mean(domain, "y"), rel=MONTE_CARLO)
        alone = bootstrap_means(domain, "y", replicates=50, rng=stream("alone")).iloc[0]
        assert (row.estimate, row.n, row.df) == (alone["estimate"], alone["n"], alone["df"])
        assert row.method == "bootstrap_means"


def test_a_ratio_over_one_is_a_mean_and_others_are_linearised() -> None:
    design = designs()["clusters"]
    design.rows["one"] = 1.0
    mean = bootstrap_means(design, "y", replicates=200, rng=stream("one")).iloc[0]
    ratio = bootstrap_ratio(design, "y", over="one", replicates=200, rng=stream("one"))
    assert (ratio.estimate, ratio.se) == (mean["estimate"], mean["se"])
    other = bootstrap_ratio(design, "y", over="x", replicates=REPLICATES, rng=stream("x"))
    y, x, w = design.values("y"), design.values("x"), design.weight
    r = (w * y).sum() / (w * x).sum()
    linear = covariance(design, w * (y - r * x) / (w * x).sum())[0, 0]
    assert other.estimate == pytest.approx(r)
    assert other.se == pytest.approx(np.sqrt(linear), rel=MONTE_CARLO)


@pytest.mark.parametrize("units", [2, 3])
@pytest.mark.parametrize("repeats", [1, 40])
def test_strata_of_few_units_are_drawn_without_one(units: int, repeats: int) -> None:
    """With units of equal weight the mean is linear, and n in place of n − 1 draws would show."""
    answers = np.tile(np.arange(3.0 * units) ** 1.5, repeats)
    rows = pd.DataFrame(
        {
            "y": answers,
            "h": np.arange(answers.size) % 3,
            "w": 1.0,
            "evidence": "simulated",
            "source": "s1",
        }
    )
    design = survey_design(rows, weight="w", strata="h")
    found = bootstrap_means(design, "y", replicates=REPLICATES, rng=stream("few", units, repeats))
    assert found["se"][0] == pytest.approx(linearised_mean(design, "y"), rel=MONTE_CARLO)


def test_counts_of_answers_and_rows_have_one_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five equal draws from three values: exact probabilities, by either way of drawing."""
    values = np.repeat([[0.0], [1.0], [3.0]], [20, 20, 20], axis=0)
    exact: dict[float, float] = {}
    for draw in product((0.0, 1.0, 3.0), repeat=5):
        exact[sum(draw)] = exact.get(sum(draw), 0) + 3**-5
    for alike in (16, 10**9):
        monkeypatch.setattr(bootstrap, "ALIKE", alike)
        sums = bootstrap._resampled_sums(values, 5, 20_000, stream("exact"))[:, 0]
        for value, chance in exact.items():
            # Five Monte Carlo standard errors.
            assert (sums == value).mean() == pytest.approx(chance, abs=5 * np.sqrt(chance / 20_000))


def test_the_difference_has_the_textbook_error_and_mirrors() -> None:
    rows = sample()
    found = bootstrap_difference(rows, item="y", by="group", replicates=REPLICATES, rng=stream("d"))
    a, b = (rows.loc[rows["group"] == g, "y"] for g in "ab")
    assert found.estimate == pytest.approx(a.mean() - b.mean())
    expected = np.sqrt(a.var(ddof=0) / a.size + b.var(ddof=0) / b.size)
    assert found.se == pytest.approx(expected, rel=MONTE_CARLO)
    half = 1.96 * found.se
    assert found.ci_low == pytest.approx(found.estimate - half, abs=0.15 * found.se)
    assert found.ci_high == pytest.approx(found.estimate + half, abs=0.15 * found.se)
    assert (found.level, found.n, found.unit, found.source) == ("a − b", 600, "units", "s1")
    swapped = rows.assign(group=rows["group"].map({"a": "b", "b": "a"}))
    other = bootstrap_difference(swapped, item="y", by="group", replicates=500, rng=stream("d"))
    assert other.estimate == pytest.approx(-found.estimate)


@given(shift=st.floats(-100, 100), factor=st.floats(0.1, 10))
@settings(max_examples=25)
def test_shifts_leave_and_factors_scale_the_difference(shift: float, factor: float) -> None:
    rows = sample(120)
    one = bootstrap_difference(rows, item="y", by="group", replicates=100, rng=stream("s"))
    moved = rows.assign(y=shift + factor * rows["y"])
    two = bootstrap_difference(moved, item="y", by="group", replicates=100, rng=stream("s"))
    for name in ("estimate", "se", "ci_low", "ci_high"):
        assert getattr(two, name) == pytest.approx(factor * getattr(one, name), abs=1e-9)


@given(factor=st.floats(1e-3, 1e3))
@settings(max_examples=25)
def test_the_scale_of_weights_changes_nothing(factor: float) -> None:
    rows = sample(120, clusters=12)
    one, two = (
        bootstrap_means(survey_design(frame, weight="w", psu="unit"), "y", by="group",
                        replicates=50, rng=stream("k"))
        for frame in (rows, rows.assign(w=rows["w"] * factor))
    )  # fmt: skip
    numbers = ["estimate", "se", "ci_low", "ci_high"]
    np.testing.assert_allclose(one[numbers], two[numbers], rtol=1e-9)


def trial(rng: np.random.Generator) -> tuple[bool, bool]:
    """Whether the intervals of a difference and of a clustered mean hold the truth."""
    n, units = 80, 20
    unit = np.arange(n) % units
    rows = pd.DataFrame(
        {
            "y": rng.integers(1, 6, n).astype(float), "group": rng.integers(0, 2, n), "unit": unit,
            "z": rng.normal(size=units)[unit] + rng.normal(size=n), "w": 1.0,
            "evidence": "simulated", "source": "s1",
        }
    )  # fmt: skip
    a = bootstrap_difference(rows, item="y", by="group", replicates=400, rng=rng)
    design = survey_design(rows, weight="w", psu="unit")
    b = bootstrap_means(design, "z", replicates=400, rng=rng).iloc[0]
    return a.ci_low <= 0 <= a.ci_high, bool(b["ci_low"] <= 0 <= b["ci_high"])


def test_intervals_cover_as_often_as_they_say() -> None:
    hits = np.array(repeat(trial, 400, name="coverage")).mean(axis=0)
    bound = 4 * np.sqrt(0.95 * 0.05 / 400)
    # The percentile interval of 40 and 40 answers is known to be a little short.
    assert 0.95 - bound - 0.01 < hits[0] < 0.95 + bound
    assert 0.95 - bound < hits[1] < 0.95 + bound


def test_chunks_and_cores_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    here = repeat(trial, 4, name="bits")
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert repeat(trial, 4, name="bits") == here
    for name in ("clusters", "alike rows"):
        design = designs()[name]
        usual = bootstrap_means(design, "y", replicates=90, rng=stream("chunk"))
        with monkeypatch.context() as patch:
            patch.setattr(bootstrap, "AT_ONCE", 1000)
            small = bootstrap_means(design, "y", replicates=90, rng=stream("chunk"))
        pd.testing.assert_frame_equal(usual, small, check_exact=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"y": 3.0}, r"the estimate for 'all' does not move over the replicates; got 0 in each"),
        ({"y": "agree"}, "item 'y' is not numeric; got str; expected numbers"),
        ({"y": float("inf")}, "item 'y' cannot be added"),
        ({"y": 1e300}, "item 'y' cannot be added"),
        (
            {"y": float("nan")},
            r"column 'y' has 600 missing values of 600; .*dropna\(subset=\['y'\]",
        ),
        ({"group": None}, "column 'group' has 600 missing values"),
        ({"group": "a"}, r"needs two groups of at least two; got \{'a': 600\} in 'group'"),
        ({"group": ["a"] * 599 + ["b"]}, r"got \{'a': 599, 'b': 1\} in 'group'"),
        ({"group": ["a", "b", "c"] * 200}, "needs two groups"),
    ],
)
def test_differences_that_cannot_be_drawn_are_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        bootstrap_difference(
            sample().assign(**change), item="y", by="group", replicates=10, rng=stream("e")
        )


def test_other_impossible_requests_are_refused() -> None:
    rows = sample()
    design = survey_design(rows, weight="w", psu="unit")
    with pytest.raises(EstimationError, match=r"unknown column \['party'\]"):
        bootstrap_difference(rows, item="y", by="party", replicates=10, rng=stream("e"))
    for call in (
        lambda: bootstrap_difference(rows, item="y", by="group", replicates=1, rng=stream("e")),
        lambda: bootstrap_means(design, "y", replicates=1, rng=stream("e")),
    ):
        with pytest.raises(EstimationError, match="too few replicates; got 1"):
            call()
    rare = rows.assign(group=np.where(rows["unit"] == 0, "rare", "rest"))
    with pytest.raises(
        EstimationError, match=r"\d+ replicates of 50 have a denominator of 0 for 'rare'"
    ):
        bootstrap_means(survey_design(rare, weight="w", psu="unit"), "y", by="group",
                        replicates=50, rng=stream("e"))  # fmt: skip
    with pytest.raises(EstimationError, match="does not move over the replicates; got 3 in each"):
        bootstrap_means(
            survey_design(rows.assign(y=3.0), weight="w"), "y", replicates=50, rng=stream("e")
        )
    missing = survey_design(rows.assign(y=rows["y"].where(rows["unit"] > 0)), weight="w")
    with pytest.raises(EstimationError, match=r"item 'y' has 10 missing .* design.answered\('y'\)"):
        bootstrap_means(missing, "y", replicates=50, rng=stream("e"))
    answered = bootstrap_means(missing.answered("y"), "y", replicates=50, rng=stream("e"))
    assert answered["n"][0] == 590


@settings(max_examples=80)
@given(data=st.data())
def test_awkward_samples_give_finite_rows_or_a_named_error(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 12))
    answers = st.sampled_from([1.0, 2.0, 5.0, 1e12, -1e-12, None])
    rows = sample(n, clusters=data.draw(st.integers(1, n)), seed=n).assign(
        y=pd.Series(data.draw(st.lists(answers, min_size=n, max_size=n)), dtype=float),
        w=data.draw(st.lists(st.sampled_from([1.0, 1e-9, 1e9]), min_size=n, max_size=n)),
        group=data.draw(st.lists(st.sampled_from(["a", "b", None]), min_size=n, max_size=n)),
    )
    by = data.draw(st.sampled_from([None, "group"]))
    calls = (
        lambda: bootstrap_means(survey_design(rows, weight="w", psu="unit").answered("y"), "y",
                                by=by, replicates=20, rng=stream("f")),
        lambda: bootstrap_difference(rows, item="y", by="group", replicates=20, rng=stream("f")),
    )  # fmt: skip
    for call in calls:
        try:
            found = call()
        except HelpersError:
            continue
        names = ["estimate", "se", "ci_low", "ci_high"]
        numbers = (
            found[names] if isinstance(found, pd.DataFrame) else [getattr(found, k) for k in names]
        )
        assert np.isfinite(np.asarray(numbers, dtype=float)).all()
