"""Shares, means, totals and quantiles under a design agree with R and with their laws."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import awkward, check_frame, declared, design, drawn, reference
from scipy import stats

from helpers.errors import EstimationError, HelpersError
from helpers.stats.describe.describe import means, proportions, quantiles, totals
from helpers.stats.design import survey_design

CASES = reference("describe")


def name_of(case: dict[str, Any]) -> str:
    keys = ("design", "item", "by", "group", "kind", "level", "at")
    return "-".join(str(case[key]) for key in keys if case.get(key) is not None)


@pytest.mark.parametrize("case", CASES["moments"], ids=name_of)
def test_means_and_totals_equal_those_of_r(case: dict[str, Any]) -> None:
    estimated = means if case["kind"] == "mean" else totals
    rows = estimated(design(case["design"]).answered(case["item"]), case["item"], by=case["by"])
    row = rows.set_index("group").loc[case["group"]]
    assert row["estimate"] == pytest.approx(case["estimate"], rel=1e-10)
    assert row["se"] == pytest.approx(case["se"], rel=1e-9)
    assert row["ci_low"] == pytest.approx(case["low"], rel=1e-8)
    assert row["ci_high"] == pytest.approx(case["high"], rel=1e-8)
    assert row["deff"] == pytest.approx(case["deff"], rel=1e-8)
    assert (row["df"], row["n"]) == (case["df"], case["n"])
    assert row["n_eff"] == pytest.approx(case["n"] / case["deff"], rel=1e-8)


@pytest.mark.parametrize("case", CASES["shares"], ids=name_of)
def test_shares_equal_those_of_r(case: dict[str, Any]) -> None:
    sample = design(case["design"]).answered(case["item"])
    rows = proportions(sample, case["item"], by=case["by"])
    row = rows.set_index(["group", "level"]).loc[case["group"], case["level"]]
    assert row["estimate"] == pytest.approx(100 * case["estimate"], rel=1e-10)
    exact = proportions(sample, case["item"], by=case["by"], interval="korn-graubard")
    limits = exact.set_index(["group", "level"]).loc[case["group"], case["level"]]
    assert (row["df"], row["n"]) == (case["df"], case["n"])
    if case["se"] < 1e-12:
        assert pd.isna(row["se"])
        return
    assert row["se"] == pytest.approx(100 * case["se"], rel=1e-9)
    assert row["deff"] == pytest.approx(case["deff"], rel=1e-8)
    assert row["ci_low"] == pytest.approx(100 * case["low"], rel=1e-8)
    assert row["ci_high"] == pytest.approx(100 * case["high"], rel=1e-8)
    assert limits["ci_low"] == pytest.approx(100 * case["beta_low"], rel=1e-8)
    assert limits["ci_high"] == pytest.approx(100 * case["beta_high"], rel=1e-8)


@pytest.mark.parametrize("case", CASES["quantiles"], ids=name_of)
def test_quantiles_equal_those_of_r(case: dict[str, Any]) -> None:
    sample = design(case["design"]).answered(case["item"])
    if case["by"]:
        sample = sample.where(sample.rows[case["by"]] == case["group"])
    row = quantiles(sample, case["item"], at=[case["at"]]).iloc[0]
    assert row["estimate"] == case["estimate"] == case["new"]
    assert (row["ci_low"], row["ci_high"]) == (case["low"], case["high"])
    assert row["se"] == pytest.approx(case["se"], rel=1e-9)
    assert row["level"] == f"quantile {case['at']:g}"


def test_a_share_of_everyone_has_the_exact_binomial_limits() -> None:
    rows = proportions(drawn(a=pd.Categorical(["yes"] * 60, ["no", "yes"])), "a")
    no, yes = rows.iloc[0], rows.iloc[1]
    assert (no["estimate"], yes["estimate"]) == (0, 100)
    assert yes["ci_low"] == pytest.approx(100 * 0.025 ** (1 / 60), rel=1e-12)
    assert (yes["ci_high"], no["ci_low"]) == (100, 0)
    assert no["ci_high"] == pytest.approx(100 - yes["ci_low"], rel=1e-10)
    assert rows["se"].isna().all()
    assert list(rows["n_eff"]) == [60, 60]


def test_unequal_weights_and_few_units_widen_the_limits_of_an_empty_answer() -> None:
    answers = pd.Categorical(["yes"] * 60, ["no", "yes"])
    weight = np.tile([1.0, 3.0], 30)
    row = proportions(drawn(a=answers, w=weight, p=np.arange(60) % 10), "a").iloc[0]
    base = 48 * (stats.t.isf(0.025, 59) / stats.t.isf(0.025, 9)) ** 2
    assert row["ci_high"] == pytest.approx(100 * stats.beta.ppf(0.975, 1, base), rel=1e-10)
    assert row["n_eff"] == pytest.approx(48)
    assert row["deff"] == pytest.approx(1.25)


def test_categories_that_nobody_chose_stay_in_their_place() -> None:
    scale = pd.Categorical(["lo", "hi", "hi", "lo"], ["lo", "middle", "hi"], ordered=True)
    rows = proportions(drawn(a=scale, g=list("xxyy")), "a", by="g")
    assert list(rows["level"]) == ["lo", "middle", "hi"] * 2
    assert list(rows["estimate"]) == [50, 0, 50] * 2
    assert list(rows["group"]) == ["x"] * 3 + ["y"] * 3


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), factor=st.floats(1e-3, 1e5))
def test_laws_of_shares(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    rows = pd.DataFrame(
        {
            "a": rng.integers(1, 4, n), "w": rng.uniform(0.2, 5, n),
            "p": np.arange(n) % 12, "s": np.arange(n) % 3, "g": rng.integers(0, 2, n),
        }
    ).assign(evidence="simulated", source="made")  # fmt: skip
    declared = {"weight": "w", "strata": "s", "psu": "p"}
    first = proportions(survey_design(rows, **declared), "a", by="g")
    assert first.groupby("group")["estimate"].sum().to_numpy() == pytest.approx([100, 100])
    assert first["ci_low"].between(0, 100).all()
    assert first["ci_high"].between(0, 100).all()
    scaled = survey_design(rows.assign(w=rows["w"] * factor), **declared)
    mixed = survey_design(rows.sample(frac=1, random_state=seed), **declared)
    for other in (proportions(scaled, "a", by="g"), proportions(mixed, "a", by="g")):
        pd.testing.assert_frame_equal(first, other, rtol=1e-8)
    binary = proportions(
        survey_design(rows.assign(a=rows["a"] == 1), **declared), "a", interval="logit"
    )
    assert binary["ci_low"][0] == pytest.approx(100 - binary["ci_high"][1])
    assert binary["se"][0] == pytest.approx(binary["se"][1])


def test_a_group_is_a_domain_of_the_same_design() -> None:
    sample = design("people").answered("HI_CHOL")
    for described in (means, totals, quantiles, proportions):
        rows = described(sample, "HI_CHOL", by="race")
        alone = described(sample.where(sample.rows["race"] == 3), "HI_CHOL")
        pd.testing.assert_frame_equal(
            rows[rows["group"] == "3"].reset_index(drop=True), alone.assign(group="3"), rtol=1e-9
        )


def test_scaling_the_weights_scales_totals_alone() -> None:
    sample = design("clus1")
    larger = design("clus1", pw=sample.rows["pw"] * 1000)
    one, other = totals(sample, "enroll").iloc[0], totals(larger, "enroll").iloc[0]
    assert other["estimate"] == pytest.approx(1000 * one["estimate"])
    assert other["deff"] == pytest.approx(one["deff"])
    for described in (means, quantiles):
        pd.testing.assert_frame_equal(
            described(sample, "enroll"), described(larger, "enroll"), rtol=1e-9
        )


def test_integer_weights_give_the_estimate_of_repeated_rows() -> None:
    values, times = np.array([2.0, 3.0, 9.0, 4.0]), np.array([3, 1, 2, 2])
    weighted = drawn(y=values, w=times.astype(float))
    repeated = drawn(y=np.repeat(values, times))
    for described in (means, totals, quantiles, proportions):
        assert list(described(weighted, "y")["estimate"]) == pytest.approx(
            list(described(repeated, "y")["estimate"])
        )


def test_a_group_without_variance_has_an_estimate_alone() -> None:
    sample = drawn(y=[1.0, 2.0, 4.0, 3.0, 3.0], g=["a", "a", "b", "c", "c"])
    rows = means(sample, "y", by="g").set_index("group")
    assert list(rows["estimate"]) == [1.5, 4, 3]
    assert list(rows["se"].isna()) == [False, True, True]
    assert rows.loc["b", "df"] == 0
    assert rows["ci_low"].isna().tolist() == [False, True, True]


def test_a_census_is_known_exactly() -> None:
    rows = drawn(y=[1.0, 2.0, 6.0], a=["x", "x", "y"]).rows.assign(all=3)
    census = survey_design(rows, weight="w", population_psus="all")
    row = means(census, "y").iloc[0]
    assert (row["se"], row["ci_low"], row["ci_high"]) == (0, 3, 3)
    assert means(census, "y", by="a")["ci_low"].to_list() == [1.5, 6]
    share = proportions(census, "a").iloc[0]
    assert (share["se"], share["ci_low"]) == (0, pytest.approx(200 / 3))


@pytest.mark.parametrize("n", [5, 6, 13, 49])
def test_a_share_that_is_met_exactly_is_met_in_spite_of_rounding(n: int) -> None:
    sample = drawn(y=np.arange(1.0, n + 1), w=np.full(n, 0.3))
    rows = quantiles(sample, "y", at=[k / n for k in range(1, n)])
    assert list(rows["estimate"]) == list(range(1, n))


def test_a_limit_beyond_the_values_found_is_missing() -> None:
    row = quantiles(drawn(y=[1.0, 2.0, 3.0]), "y", at=[0.2]).iloc[0]
    assert row["estimate"] == 1
    assert pd.isna(row["ci_low"])
    assert pd.isna(row["se"])


def test_simulated_intervals_cover_at_the_nominal_rate() -> None:
    """Clustered samples of a population without end: coverage within Monte Carlo bounds."""
    rng = np.random.default_rng(7)
    samples, hits, shares_hit = 250, 0, 0
    for _ in range(samples):
        centre = np.repeat(rng.normal(0, 1, 40), 10)
        values = centre + rng.normal(0, 2, 400)
        sample = drawn(y=values, a=values > 0, w=rng.uniform(0.5, 2, 400), p=np.arange(400) // 10)
        row = means(sample, "y").iloc[0]
        hits += row["ci_low"] <= 0 <= row["ci_high"]
        share = proportions(sample, "a").iloc[1]
        shares_hit += share["ci_low"] <= 50 <= share["ci_high"]
    error = 3.5 * np.sqrt(0.95 * 0.05 / samples)
    assert abs(hits / samples - 0.95) < error
    assert abs(shares_hit / samples - 0.95) < error


@pytest.mark.parametrize("at", [[0.0], [1.0], [0.5, 1.2], []])
def test_impossible_quantiles_are_refused(at: list[float]) -> None:
    with pytest.raises(EstimationError, match="expected shares between 0 and 1"):
        quantiles(drawn(y=[1.0, 2.0]), "y", at=at)


def test_an_unknown_interval_is_refused() -> None:
    with pytest.raises(EstimationError, match="unknown interval 'wald'; expected 'logit' or"):
        proportions(drawn(a=["x", "y"]), "a", interval="wald")  # type: ignore[arg-type]


def test_missing_answers_are_refused_by_name() -> None:
    sample = design("people")
    for described in (means, totals, quantiles, proportions):
        with pytest.raises(EstimationError, match=r"'HI_CHOL' has \d+ missing"):
            described(sample, "HI_CHOL")


@given(rows=awkward(), item=st.sampled_from("yag"), by=st.sampled_from([None, "g", "a"]))
def test_awkward_samples_give_finite_rows_or_a_named_error(
    rows: pd.DataFrame, item: str, by: str | None
) -> None:
    for described in (means, totals, quantiles, proportions):
        with suppress(HelpersError):
            check_frame(described(declared(rows), item, by=by))
