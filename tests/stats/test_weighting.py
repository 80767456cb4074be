"""Weights meet their targets, agree with R's survey, and keep the laws of raking."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import ConvergenceError, DesignError, EstimationError, HelpersError
from helpers.stats.design import survey_design
from helpers.stats.weights.weighting import post_stratified, raked, weight_diagnostics

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "weighting.json").read_text(encoding="utf-8")
)
RAKING = REFERENCE["raking"]
LIMITED = [(name, case) for name in RAKING for case in RAKING[name]["limited"]]
ITERATIVE = 1e-8
"""Both sides stop at a relative gap of 1e-10; the weights then differ by a little more."""

MARGINS = {"sex": {"f": 0.52, "m": 0.48}, "age": {1: 0.3, 2: 0.45, 3: 0.25}}


def sample(n: int = 60, seed: int = 1) -> pd.DataFrame:
    """Respondents of two margins, every crossing present, with unequal base weights."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "sex": np.array(["f", "m"])[np.arange(n) % 2],
            "age": np.arange(n) % 3 + 1,
            "region": rng.integers(0, 4, n),
            "base": rng.uniform(0.5, 2, n),
            "evidence": "simulated",
            "source": "s1",
        }
    )


def shares(rows: pd.DataFrame, weight: pd.Series, column: str) -> dict[Any, float]:
    return (weight.groupby(rows[column]).sum() / weight.sum()).to_dict()


def case_rows(case: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(case["rows"]).assign(base=case["base"])


@pytest.mark.parametrize("name", RAKING)
def test_raked_weights_equal_those_of_r(name: str) -> None:
    case = RAKING[name]
    weight = raked(case_rows(case), base="base", margins=case["margins"])
    np.testing.assert_allclose(weight, case["weight"], rtol=ITERATIVE)


@pytest.mark.parametrize(("name", "limit"), LIMITED, ids=lambda value: str(value)[:12])
def test_limited_weights_equal_the_optimum_found_in_r(name: str, limit: dict[str, Any]) -> None:
    case = RAKING[name]
    weight = raked(case_rows(case), base="base", margins=case["margins"], limit=limit["limit"])
    np.testing.assert_allclose(weight, limit["weight"], rtol=ITERATIVE)
    assert weight.max() / weight.mean() == pytest.approx(limit["limit"], rel=1e-9)
    assert (weight / weight.mean() > limit["limit"] * (1 - 1e-9)).sum() == limit["capped"]


def test_post_stratified_weights_equal_those_of_r() -> None:
    case = REFERENCE["post_stratified"]
    cells = pd.DataFrame(case["cells"]).set_index(["stype", "sch.wide"])["Freq"]
    rows = case_rows(case)
    np.testing.assert_allclose(
        post_stratified(rows, base="base", cells=cells), case["weight"], rtol=1e-12
    )
    backwards = cells.reorder_levels(["sch.wide", "stype"]).sort_index()
    categories = rows.astype({"stype": "category"})
    np.testing.assert_allclose(
        post_stratified(categories, base="base", cells=backwards), case["weight"], rtol=1e-12
    )


@pytest.mark.parametrize("name", RAKING)
def test_diagnostics_equal_those_of_r(name: str) -> None:
    case = RAKING[name]
    rows = case_rows(case).assign(weight=case["weight"], evidence="simulated", source="s1")
    found = weight_diagnostics(survey_design(rows, weight="weight")).set_index("level")
    for level, expected in case["diagnostics"].items():
        assert found.loc[level, "estimate"] == pytest.approx(expected, rel=1e-10)
    assert found["method"].unique() == ["weight_diagnostics"]
    assert found["unit"].to_dict() == {
        "n_eff": "count", "deff": "index", "cv": "index", "max_to_median": "index",
        "top_share": "percent",
    }  # fmt: skip


def test_diagnostics_are_of_the_domain() -> None:
    rows = sample()
    of_domain = weight_diagnostics(survey_design(rows, weight="base").where(rows["sex"] == "f"))
    of_rows = weight_diagnostics(survey_design(rows[rows["sex"] == "f"], weight="base"))
    pd.testing.assert_frame_equal(of_domain, of_rows)
    equal = weight_diagnostics(survey_design(rows.assign(base=3.0), weight="base"))
    assert equal["estimate"].tolist() == pytest.approx([60, 1, 0, 1, 100 / 60])


@given(seed=st.integers(0, 10**6), limit=st.sampled_from([None, 2.5, 1.9]))
def test_weights_meet_every_margin_and_the_limit(seed: int, limit: float | None) -> None:
    rows = sample(120, seed)
    weight = raked(rows, base="base", margins=MARGINS, limit=limit)
    for column, target in MARGINS.items():
        assert shares(rows, weight, column) == pytest.approx(target, rel=1e-9)
    assert weight.sum() == pytest.approx(rows["base"].sum(), rel=1e-9)
    assert limit is None or weight.max() <= limit * weight.mean() * (1 + 1e-9)


@given(seed=st.integers(0, 10**6), limit=st.sampled_from([None, 1.9]))
def test_raking_twice_changes_nothing(seed: int, limit: float | None) -> None:
    rows = sample(90, seed)
    once = raked(rows, base="base", margins=MARGINS, limit=limit)
    twice = raked(rows.assign(base=once), base="base", margins=MARGINS, limit=limit)
    pd.testing.assert_series_equal(once, twice, check_exact=limit is None, rtol=1e-9)


@given(seed=st.integers(0, 10**6), factor=st.floats(1e-6, 1e6), limit=st.sampled_from([None, 1.9]))
def test_the_scale_of_base_weights_and_targets_only_scales(
    seed: int, factor: float, limit: float | None
) -> None:
    rows = sample(90, seed)
    usual = raked(rows, base="base", margins=MARGINS, limit=limit)
    scaled = rows.assign(base=rows["base"] * factor)
    np.testing.assert_allclose(
        raked(scaled, base="base", margins=MARGINS, limit=limit), usual * factor, rtol=1e-7
    )
    totals = {c: {k: 5e6 * v for k, v in target.items()} for c, target in MARGINS.items()}
    weight = raked(scaled, base="base", margins=totals, limit=limit)
    np.testing.assert_allclose(weight, usual * 5e6 / usual.sum(), rtol=1e-7)


@given(order=st.permutations(list(range(60))), limit=st.sampled_from([None, 1.9]))
def test_row_order_and_the_order_of_targets_are_irrelevant(
    order: list[int], limit: float | None
) -> None:
    rows = sample()
    usual = raked(rows, base="base", margins=MARGINS, limit=limit)
    turned = {c: dict(reversed(target.items())) for c, target in MARGINS.items()}
    shuffled = raked(rows.iloc[order], base="base", margins=turned, limit=limit)
    np.testing.assert_allclose(shuffled.loc[usual.index], usual, rtol=1e-8)
    assert list(shuffled.index) == order


@given(counts=st.lists(st.integers(1, 4), min_size=60, max_size=60))
def test_integer_weights_are_repeated_rows(counts: list[int]) -> None:
    rows = sample().assign(base=np.array(counts, dtype=float))
    repeated = rows.loc[rows.index.repeat(counts)].assign(base=1.0)
    weight = raked(rows, base="base", margins=MARGINS)
    each = raked(repeated, base="base", margins=MARGINS)
    np.testing.assert_allclose(each.groupby(level=0).sum(), weight, rtol=1e-8)


@given(seed=st.integers(0, 10**6))
def test_one_margin_is_post_stratification(seed: int) -> None:
    rows = sample(seed=seed)
    cells = pd.Series(MARGINS["age"]).rename_axis("age")
    np.testing.assert_allclose(
        raked(rows, base="base", margins={"age": cells}),
        post_stratified(rows, base="base", cells=cells),
        rtol=1e-10,
    )


def test_the_product_of_shares_comes_from_equal_cells() -> None:
    """With as many respondents in every crossing, the answer is known: the margins' product."""
    rows = sample().assign(base=1.0)
    weight = raked(rows, base="base", margins=MARGINS)
    expected = rows["sex"].map(MARGINS["sex"]) * rows["age"].map(MARGINS["age"]) * 6
    np.testing.assert_allclose(weight, expected, rtol=1e-12)


def test_a_limit_that_nobody_reaches_changes_nothing() -> None:
    rows = sample()
    free = raked(rows, base="base", margins=MARGINS)
    np.testing.assert_allclose(raked(rows, base="base", margins=MARGINS, limit=50), free, rtol=1e-9)


@given(seed=st.integers(0, 10**4))
def test_no_other_weights_within_limit_and_margins_are_closer(seed: int) -> None:
    """A move within a cell keeps every margin; where the cap allows it, distance grows."""
    rows = sample(120, seed)
    weight = raked(rows, base="base", margins=MARGINS, limit=1.9).to_numpy()
    base, rng = rows["base"].to_numpy(), np.random.default_rng(seed)
    distance = (weight * np.log(weight / base)).sum()
    for _ in range(20):
        cell = np.flatnonzero(np.arange(120) % 6 == rng.integers(6))
        one, other = rng.choice(cell, 2, replace=False)
        moved, step = weight.copy(), 1e-3
        moved[one] += step
        moved[other] -= step
        if moved[one] <= 1.9 * weight.mean() and moved[other] > 0:
            assert (moved * np.log(moved / base)).sum() >= distance


def test_categories_text_and_numbers_give_the_same_weights() -> None:
    rows = sample()
    usual = raked(rows, base="base", margins=MARGINS)
    for kind in ("category", "object"):
        other = raked(rows.astype({"sex": kind, "age": kind}), base="base", margins=MARGINS)
        pd.testing.assert_series_equal(other, usual, check_exact=True)
    as_series = {column: pd.Series(target) for column, target in MARGINS.items()}
    pd.testing.assert_series_equal(raked(rows, base="base", margins=as_series), usual)


def test_shares_that_sum_to_one_but_for_rounding_are_shares() -> None:
    rows = sample()
    tenths = {"region": dict.fromkeys(range(4), (0.1 + 0.2) / 1.2), "sex": {"f": 0.7, "m": 0.3}}
    assert sum(tenths["region"].values()) != 1
    weight = raked(rows, base="base", margins=tenths)
    assert weight.sum() == pytest.approx(rows["base"].sum())
    cells = pd.Series(tenths["region"]).rename_axis("region")
    weight = post_stratified(rows, base="base", cells=cells)
    assert weight.sum() == pytest.approx(rows["base"].sum())


def test_very_many_categories_do_not_overflow() -> None:
    rng = np.random.default_rng(3)
    n = 500
    rows = pd.DataFrame({f"m{k}": rng.permutation(n) % 50 for k in range(12)}).assign(base=1.0)
    margins = {f"m{k}": dict.fromkeys(range(50), 0.02) for k in range(12)}
    np.testing.assert_allclose(raked(rows, base="base", margins=margins), 1.0, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sex": {"f": 1.0}}, r"1 categories of 'sex' have no target; got 'm'; expected some of"),
        (
            {"sex": {"f": 0.5, "m": 0.4, "x": 0.1}},
            r"1 targets of 'sex' have no respondents; got \['x'\]",
        ),
        (
            {"sex": {"f": 52, "m": 48}},
            r"targets do not sum alike; got \{'sex': 100.0, 'age': 1.0\}",
        ),
        ({"sex": {"f": 1.0, "m": 0.0}}, r"targets of 'sex' cannot be used; .* numbers above 0"),
        ({"sex": {"f": 1.2, "m": -0.2}}, "targets of 'sex' cannot be used"),
        ({"sex": {"f": 0.5, "m": float("nan")}}, "targets of 'sex' cannot be used"),
        ({"sex": {}}, "targets of 'sex' cannot be used"),
        ({"sex": pd.Series([0.5, 0.5], ["f", "f"])}, "name a category twice or not at all"),
        ({"income": {"low": 1.0}}, r"unknown column \['income'\]; expected some of"),
    ],
)
def test_margins_that_cannot_be_met_are_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        raked(sample(), base="base", margins={**MARGINS, **change})


@pytest.mark.parametrize("kind", ["object", "str", "category"])
def test_a_missing_value_in_a_margin_is_refused(kind: str) -> None:
    rows = sample().astype({"sex": kind})
    rows.loc[[3, 5], "sex"] = None
    told = r"column 'sex' has 2 missing values of 60; .* rows.dropna\(subset=\['sex'\]\)"
    with pytest.raises(EstimationError, match=told):
        raked(rows, base="base", margins=MARGINS)
    with pytest.raises(EstimationError, match=told):
        post_stratified(rows, base="base", cells=pd.Series(MARGINS["sex"]).rename_axis("sex"))


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_base_weights_must_be_positive_numbers(bad: float) -> None:
    rows = sample()
    rows.loc[7, "base"] = bad
    with pytest.raises(DesignError, match=r"1 weights of 60 in column 'base' .* in row 7"):
        raked(rows, base="base", margins=MARGINS)
    with pytest.raises(DesignError, match="got 0 rows"):
        raked(rows.head(0), base="base", margins=MARGINS)
    with pytest.raises(DesignError, match="weights 'sex' are not numbers"):
        raked(rows, base="sex", margins=MARGINS)


def test_raking_needs_a_margin_and_a_sound_control() -> None:
    with pytest.raises(EstimationError, match="raking needs margins; got none"):
        raked(sample(), base="base", margins={})
    for wrong in ({"tolerance": 0.0}, {"most_iterations": 0}, {"tolerance": float("nan")}):
        with pytest.raises(EstimationError, match="fitting cannot be controlled"):
            raked(sample(), base="base", margins=MARGINS, **wrong)


def test_margins_that_contradict_an_empty_crossing_do_not_converge() -> None:
    rows = pd.DataFrame({"a": [0, 0, 1], "b": [0, 1, 0], "base": 1.0})
    margins = {"a": {0: 0.2, 1: 0.8}, "b": {0: 0.5, 1: 0.5}}
    told = r"did not converge after 1000 iterations; got a largest relative gap of 1.5 at 0 of 'a'; expected"
    with pytest.raises(ConvergenceError, match=told):
        raked(rows, base="base", margins=margins)
    with pytest.raises(ConvergenceError, match="after 2 iterations"):
        raked(sample(seed=5), base="base", margins=MARGINS | {"region": dict.fromkeys(range(4), 0.25)},
              most_iterations=2, tolerance=1e-14)  # fmt: skip


def test_a_limit_the_margins_forbid_is_refused() -> None:
    rows = sample()
    steep = {"age": {1: 0.8, 2: 0.1, 3: 0.1}}
    told = (
        r"cannot both be met; got limit 2, and 1 of 'age' needs a mean weight of 2.4 times the mean"
    )
    with pytest.raises(ConvergenceError, match=told):
        raked(rows, base="base", margins=steep, limit=2)
    steep["sex"] = {"f": 0.8, "m": 0.2}
    with pytest.raises(
        ConvergenceError, match=r"margins and limit 2.5 cannot both be met: .* Raise"
    ):
        raked(rows, base="base", margins=steep, limit=2.5, most_iterations=200)
    for limit in (1.0, 0.5, float("nan"), float("inf")):
        with pytest.raises(EstimationError, match="a limit of weights cannot be used"):
            raked(rows, base="base", margins=MARGINS, limit=limit)


def test_cells_without_target_or_respondents_are_refused() -> None:
    rows = sample()
    names = ["sex", "age"]
    full = pd.Series(1 / 6, pd.MultiIndex.from_product([["f", "m"], [1, 2, 3]], names=names))
    with pytest.raises(EstimationError, match=r"1 cells of sex × age have .* got \[\('m', 3\)\]"):
        post_stratified(rows, base="base", cells=full.drop(("m", 3)))
    with pytest.raises(EstimationError, match=r"1 targets of 'sex × age' have no respondents"):
        post_stratified(rows[(rows["sex"] != "m") | (rows["age"] != 3)], base="base", cells=full)
    with pytest.raises(EstimationError, match=r"unknown column \['gender'\]"):
        post_stratified(rows, base="base", cells=full.rename_axis(["gender", "age"]))


@settings(max_examples=150)
@given(data=st.data())
def test_awkward_samples_give_finite_weights_or_a_named_error(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 8))
    values = st.lists(st.sampled_from(["a", "b", "c", None]), min_size=n, max_size=n)
    weights = st.sampled_from([1.0, 1e-200, 1e-45, 1e45, 1e-9, 3.5, 0.0, float("nan")])
    rows = pd.DataFrame(
        {
            "x": data.draw(values),
            "y": data.draw(values),
            "base": data.draw(st.lists(weights, min_size=n, max_size=n)),
        }
    )
    target = st.dictionaries(
        st.sampled_from(["a", "b", "c"]), st.sampled_from([0.25, 0.5, 1e-12, 1.0, 7.0]), max_size=3
    )
    margins = {"x": data.draw(target), "y": data.draw(target)}
    if data.draw(st.booleans()):  # targets that sum alike and name the categories that occur
        for column in margins:
            seen = sorted(set(rows[column].dropna()))
            margins[column] = {k: float(2**i) / (2 ** len(seen) - 1) for i, k in enumerate(seen)}
    limit = data.draw(st.sampled_from([None, 1.0001, 2.0, 1e6]))
    try:
        weight = raked(rows, base="base", margins=margins, limit=limit, most_iterations=50)
    except HelpersError:
        return
    assert np.isfinite(weight).all()
    assert (weight > 0).all()
    for column, wanted in margins.items():
        held = shares(rows, weight, column)
        assert held == pytest.approx({k: v / sum(wanted.values()) for k, v in wanted.items()})
