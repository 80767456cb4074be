"""Crossed answers and the Rao–Scott test agree with R and with their laws."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import awkward, check_frame, check_test, declared, design, drawn, reference
from scipy import special, stats

from helpers.errors import EstimationError, HelpersError
from helpers.stats.describe import crosstab as module
from helpers.stats.describe.crosstab import crosstab, rao_scott
from helpers.stats.describe.describe import proportions
from helpers.stats.design import survey_design
from helpers.stats.estimates import Inapplicable, TestResult

CASES = reference("crosstab")


@pytest.mark.parametrize(
    "case", CASES["tests"], ids=lambda c: "-".join(str(c[k]) for k in ("design", "item", "by"))
)
def test_the_test_equals_that_of_r(case: dict[str, Any]) -> None:
    sample = design(case["design"]).answered(case["item"])
    if case["group"]:
        sample = sample.where(sample.rows[case["group"]] == case["value"])
    found = rao_scott(sample, case["item"], by=case["by"])
    assert isinstance(found, TestResult)
    assert found.statistic == pytest.approx(case["f"], rel=1e-9)
    assert found.df == pytest.approx((case["df1"], case["df2"]), rel=1e-9)
    assert found.p_value == pytest.approx(case["p"], rel=1e-6)
    assert found.n == case["n"]
    assert found.effect is not None
    assert found.effect.estimate == pytest.approx(case["v"], rel=1e-9)
    assert found.effect.deff == pytest.approx(case["deff"], rel=1e-9)


@pytest.mark.parametrize("case", CASES["tails"], ids=lambda case: str(case["f"]))
def test_noncentralities_equal_those_of_r(case: dict[str, float]) -> None:
    low, high = module._noncentralities(case["f"], case["df1"], case["df2"])
    assert low == pytest.approx(case["low"], rel=1e-6, abs=1e-9)
    assert high == pytest.approx(case["high"], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("base", ["row", "column", "table"])
@pytest.mark.parametrize(
    "case", CASES["cells"], ids=lambda c: "-".join(str(c[k]) for k in ("item", "level", "group"))
)
def test_cells_equal_those_of_r(case: dict[str, Any], base: Any) -> None:
    rows = crosstab(design(case["design"]), case["item"], by=case["by"], base=base)
    row = rows.set_index(["group", "level"]).loc[case["group"], case["level"]]
    found = row[["estimate", "se", "ci_low", "ci_high"]].to_numpy(dtype=float)
    assert found == pytest.approx(100 * np.array(case[base]), rel=1e-8)


def test_what_sums_to_all_is_the_base() -> None:
    sample = design("people")
    row, column, table = (
        crosstab(sample, "age", by="race", base=base) for base in ("row", "column", "table")
    )
    assert row.groupby("group")["estimate"].sum().to_numpy() == pytest.approx(100)
    assert column.groupby("level")["estimate"].sum().to_numpy() == pytest.approx(100)
    assert table["estimate"].sum() == pytest.approx(100)
    pd.testing.assert_frame_equal(
        row[row["group"] == "all"].reset_index(drop=True),
        proportions(sample, "age").assign(method="crosstab"),
    )
    other = crosstab(sample, "race", by="age", base="column")
    here = row[row["group"] != "all"].set_index(["group", "level"])
    there = other.set_index(["level", "group"])
    measures = ["estimate", "se", "ci_low", "ci_high", "n", "deff", "df"]
    pd.testing.assert_frame_equal(
        here[measures], there.loc[here.index, measures], check_names=False
    )


def test_without_a_design_it_is_the_test_of_pearson() -> None:
    """Simple random sampling: trace and statistic differ by the factor n / (n − 1) alone."""
    rng = np.random.default_rng(5)
    a, g = rng.integers(0, 2, 300), rng.integers(0, 2, 300)
    found = rao_scott(drawn(a=a, g=g), "a", by="g")
    plain = stats.chi2_contingency(pd.crosstab(g, a), correction=False)
    assert isinstance(found, TestResult)
    assert found.effect is not None
    assert found.effect.estimate == pytest.approx(np.sqrt(plain.statistic / 300))
    assert found.effect.deff == pytest.approx(1, abs=0.02)
    assert found.df[0] == pytest.approx(1)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), factor=st.floats(1e-3, 1e5))
def test_laws_of_the_test(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    n = 80
    rows = pd.DataFrame(
        {
            "a": rng.integers(1, 4, n), "g": rng.integers(0, 3, n), "w": rng.uniform(0.2, 5, n),
            "p": np.arange(n) % 16, "s": np.arange(n) % 2,
        }
    ).assign(evidence="simulated", source="made")  # fmt: skip
    declaration = {"weight": "w", "strata": "s", "psu": "p"}
    found = rao_scott(survey_design(rows, **declaration), "a", by="g")
    assert isinstance(found, TestResult)
    assert found.effect is not None
    assert found.effect.ci_low <= found.effect.estimate <= found.effect.ci_high <= 1
    swapped = rao_scott(survey_design(rows, **declaration), "g", by="a")
    scaled = survey_design(rows.assign(w=rows["w"] * factor), **declaration)
    mixed = survey_design(rows.sample(frac=1, random_state=seed), **declaration)
    renamed = survey_design(rows.assign(a=rows["a"].map({1: "z", 2: "x", 3: "y"})), **declaration)
    for other in (
        swapped,
        *(rao_scott(changed, "a", by="g") for changed in (scaled, mixed, renamed)),
    ):
        assert isinstance(other, TestResult)
        assert other.statistic == pytest.approx(found.statistic, rel=1e-8)
        assert other.df == pytest.approx(found.df, rel=1e-8)
        assert other.effect is not None
        assert other.effect.ci_low == pytest.approx(found.effect.ci_low, rel=1e-6, abs=1e-9)


def test_the_lower_limit_leaves_zero_where_the_upper_tail_is_small() -> None:
    for case in CASES["tests"]:
        sample = design(case["design"]).answered(case["item"])
        if case["group"]:
            sample = sample.where(sample.rows[case["group"]] == case["value"])
        found = rao_scott(sample, case["item"], by=case["by"])
        assert isinstance(found, TestResult)
        assert found.effect is not None
        assert (found.effect.ci_low > 0) == (found.p_value < 0.025)


@pytest.mark.parametrize(
    ("statistic", "df", "denominator"),
    [(1230.7, 3.7, 3e5), (2530.0, 1.8, 5e4), (910.75, 5.2, 3e5), (3.2, 3.7, 960.0)],
)
def test_limits_stand_at_their_tails_in_large_samples_too(
    statistic: float, df: float, denominator: float
) -> None:
    low, high = module._noncentralities(statistic, df, denominator)
    tails = [special.ncfdtr(df, denominator, limit, statistic) for limit in (low, high)]
    assert tails == pytest.approx([0.975, 0.025], abs=1e-10)


def test_simulated_errors_and_intervals_keep_their_rate() -> None:
    """Clustered answers: rejections where nothing is to be found, and coverage of Cramér's V."""
    rng = np.random.default_rng(11)
    samples = 250
    rejected = covered = 0
    pull = 0.25
    true = _cramers_v(pull, rng)
    for _ in range(samples):
        found = rao_scott(_clustered(0.0, 60, rng), "a", by="g")
        rejected += isinstance(found, TestResult) and found.p_value < 0.05
        found = rao_scott(_clustered(pull, 60, rng), "a", by="g")
        assert isinstance(found, TestResult)
        assert found.effect is not None
        covered += found.effect.ci_low <= true <= found.effect.ci_high
    error = 3.5 * np.sqrt(0.95 * 0.05 / samples)
    assert rejected / samples < 0.05 + error
    assert covered / samples > 0.95 - error


def _clustered(pull: float, units: int, rng: np.random.Generator) -> Any:
    """Answers 0 to 2 that lean on the group and on the unit, ten respondents a unit."""
    unit = np.repeat(np.arange(units), 10)
    group = rng.integers(0, 3, unit.size)
    lean = rng.normal(0, 0.4, units)[unit] + pull * (group - 1) + rng.normal(0, 1, unit.size)
    answer = (lean > -0.4).astype(int) + (lean > 0.4)
    return drawn(a=answer, g=group, p=unit, w=rng.uniform(0.5, 2, unit.size))


def _cramers_v(pull: float, rng: np.random.Generator) -> float:
    """Cramér's V of the population, from a very large sample."""
    sample = _clustered(pull, 40_000, rng).rows
    table = pd.crosstab(sample["g"], sample["a"])
    return float(stats.contingency.association(table.to_numpy(), method="cramer"))


def test_a_table_that_cannot_be_tested_says_why() -> None:
    def reason(**columns: Any) -> str:
        found = rao_scott(drawn(**columns), "a", by="g")
        assert isinstance(found, Inapplicable)
        assert found.method == "rao_scott"
        return found.reason

    assert reason(a=[1, 1, 1], g=[1, 2, 1]) == "'a' has one value only, '1'"
    assert reason(a=[1, 2, 1], g=[1, 1, 1]) == "'g' has one value only, '1'"
    everywhere = {"a": [1, 1, 2, 2] * 3, "g": [1, 2, 1, 2] * 3, "p": np.repeat([1, 2, 3], 4)}
    assert reason(**everywhere) == "the design effects of the table cannot be told"
    sample = drawn(a=[1, 2, 1, 2], g=[1, 1, 2, 2], p=[1, 1, 2, 2])
    alone = rao_scott(sample.where(np.array([True, True, False, False])), "a", by="a")
    assert alone == Inapplicable("the design has no degrees of freedom", "rao_scott")


def test_missing_values_and_an_unknown_base_are_refused() -> None:
    sample = drawn(a=[1.0, None, 2.0], g=["x", "y", "y"])
    for tested in (crosstab, rao_scott):
        with pytest.raises(EstimationError, match=r"'a' has 1 missing values in the domain of 3"):
            tested(sample, "a", by="g")
        with pytest.raises(EstimationError, match=r"unknown column \['b'\]"):
            tested(sample, "g", by="b")
    with pytest.raises(EstimationError, match="unknown base 'cell'; expected 'row', 'column' or"):
        crosstab(sample, "g", by="g", base="cell")  # type: ignore[arg-type]


@given(
    rows=awkward(),
    item=st.sampled_from("yag"),
    by=st.sampled_from("gap"),
    base=st.sampled_from(["row", "column", "table"]),
)
def test_awkward_samples_give_finite_results_or_a_named_error(
    rows: pd.DataFrame, item: str, by: str, base: Any
) -> None:
    with suppress(HelpersError):
        sample = declared(rows)
        check_frame(crosstab(sample, item, by=by, base=base))
        check_test(rao_scott(sample, item, by=by))
