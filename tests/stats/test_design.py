"""A design is declared or refused, and its variance agrees with R and with its laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import design, drawn, reference, respondents

from helpers.errors import DesignError, EstimationError, EvidenceError
from helpers.evidence import Evidence
from helpers.stats.design import (
    Design,
    covariance,
    covariance_of_sums,
    kish_effective_n,
    survey_design,
)


def mean_variance(sample: Design, item: str) -> float:
    """Variance of the mean of the domain, row by row."""
    weight = np.where(sample.inside, sample.weight, 0.0)
    values = sample.values(item)
    mean = (weight * values).sum() / weight.sum()
    return float(covariance(sample, weight * (values - mean) / weight.sum())[0, 0])


@pytest.mark.parametrize(
    "case",
    [case for case in reference("describe")["moments"] if case["kind"] == "mean"],
    ids=lambda case: "-".join(str(case[key]) for key in ("design", "item", "by", "group")),
)
def test_variance_and_degrees_of_freedom_equal_those_of_r(case: dict[str, Any]) -> None:
    sample = design(case["design"]).answered(case["item"])
    if case["by"]:
        sample = sample.where(sample.rows[case["by"]].astype(str) == case["group"])
    assert np.sqrt(mean_variance(sample, case["item"])) == pytest.approx(case["se"], rel=1e-10)
    assert (sample.df, sample.n) == (case["df"], case["n"])


def test_units_of_one_name_in_two_strata_are_two_units() -> None:
    sample = drawn(s=[1, 1, 1, 2, 2, 2], p=[1, 2, 2, 1, 2, 2], y=[1.0, 2, 3, 4, 5, 7])
    assert np.unique(sample.psu).size == 4
    assert sample.df == 2


@given(
    values=st.lists(st.integers(-50, 50), min_size=4, max_size=20),
    factor=st.floats(1e-3, 1e6),
    seed=st.integers(0, 99),
)
def test_variance_does_not_depend_on_the_scale_of_weights_or_the_order_of_rows(
    values: list[int], factor: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"y": values, "w": rng.uniform(0.5, 2, len(values))}).assign(
        evidence="simulated", source="made", p=np.arange(len(values)) % 3
    )
    one = survey_design(rows, weight="w", psu="p")
    scaled = survey_design(rows.assign(w=rows["w"] * factor), weight="w", psu="p")
    mixed = survey_design(rows.sample(frac=1, random_state=seed), weight="w", psu="p")
    expected = pytest.approx(mean_variance(one, "y"), rel=1e-8, abs=1e-18)
    assert mean_variance(scaled, "y") == expected
    assert mean_variance(mixed, "y") == expected


def test_the_whole_domain_is_no_domain() -> None:
    sample = design("clus1")
    whole = sample.where(np.ones(len(sample.rows), dtype=bool))
    assert mean_variance(whole, "api00") == mean_variance(sample, "api00")
    assert whole.df == sample.df


def test_a_domain_keeps_units_in_which_nobody_was_found() -> None:
    sample = design("clus1")
    domain = sample.where(sample.rows["stype"] == "H")
    left = respondents("clus1").query("stype == 'H'")
    dropped = survey_design(left, weight="pw", psu="dnum")
    assert dropped.df == domain.df
    assert mean_variance(domain, "api00") != pytest.approx(mean_variance(dropped, "api00"))


def test_sums_by_unit_give_the_same_covariance_as_rows() -> None:
    sample = design("people").answered("HI_CHOL")
    influence = np.column_stack(
        [sample.weight * sample.inside, sample.weight * sample.values("age")]
    )
    units = int(sample.psu.max()) + 1
    sums = np.column_stack([np.bincount(sample.psu, x, units) for x in influence.T])
    assert covariance_of_sums(sample, sums) == pytest.approx(covariance(sample, influence))


def test_a_census_of_units_has_no_variance() -> None:
    rows = respondents("clus1").assign(fpc=lambda frame: frame["dnum"].nunique())
    census = survey_design(rows, weight="pw", psu="dnum", population_psus="fpc")
    assert mean_variance(census, "api00") == 0


def test_equal_weights_are_the_textbook_variance() -> None:
    values = np.arange(10.0) ** 2
    assert mean_variance(drawn(y=values), "y") == pytest.approx(values.var(ddof=1) / 10)


def test_kish_counts_equal_weights_fully_and_unequal_ones_less() -> None:
    assert kish_effective_n(np.full(7, 3.0)) == pytest.approx(7)
    assert kish_effective_n(np.array([1.0, 3.0])) == pytest.approx(1.6)


def test_evidence_and_sources_are_those_of_the_rows() -> None:
    sample = drawn(y=[1.0, 2, 3])
    assert (sample.evidence, sample.source) == (Evidence.SIMULATED, "made")
    keyed = sample.rows.drop(columns="source").assign(source_id=["b;a", "c", "a"])
    assert survey_design(keyed, weight="w").source == "a;b;c"
    with pytest.raises(EvidenceError, match="carry no evidence kind"):
        _ = survey_design(sample.rows.drop(columns="evidence"), weight="w").evidence
    with pytest.raises(EstimationError, match=r"unknown column \['source'\]"):
        _ = survey_design(sample.rows.drop(columns="source"), weight="w").source


def test_labels_keep_the_order_of_categories_and_drop_those_that_do_not_occur() -> None:
    scale = pd.Categorical(["lo", "hi", "hi"], ["none", "lo", "hi"], ordered=True)
    codes, labels = drawn(a=scale, y=[1, 2, 3]).labels("a")
    assert (list(codes), labels) == ([0, 1, 1], ["lo", "hi"])
    sample = drawn(a=["b", "a", "b"], y=[1.0, np.nan, 2.0]).answered("y")
    codes, labels = sample.labels("a")
    assert (list(codes), labels) == ([0, -1, 0], ["b"])


def test_whole_numbers_have_labels_of_whole_numbers() -> None:
    """A missing value elsewhere turns codes into floats; their names stay."""
    sample = drawn(a=[1.0, 2.0, np.nan]).answered("a")
    assert sample.labels("a")[1] == ["1", "2"]
    assert drawn(a=[0.5, 2.0]).labels("a")[1] == ["0.5", "2"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"w": [1.0, 0.0, -1.0, 2.0]}, r"2 weights of 4 in column 'w' .* got 0.0 first, in row 1"),
        ({"w": [1.0, np.nan, np.inf, 2.0]}, r"2 weights of 4 in column 'w' cannot be used"),
        ({"w": list("abcd")}, r"weights 'w' are not numbers; got str; expected numbers above 0"),
        ({"w": [1e-60, 1.0, 1.0, 1.0]}, r"too small or too large to be added; got 1e-60 to 1;"),
        ({"w": [1e60, 1.0, 1.0, 1.0]}, r"too small or too large to be added; got 1 to 1e\+60;"),
        ({"s": [1, 1, 1, 2]}, r"1 strata have one sampling unit.* got 2; expected at least two"),
        ({"s": [1, 1, None, 2]}, r"column 's' has 1 missing values of 4; expected none"),
        ({"p": [1, 1, 1, 1]}, r"one sampling unit.* got the sample"),
        ({"p": [1, None, None, 1]}, r"column 'p' has 2 missing values of 4"),
        ({"f": [9, 9, 9, 8]}, r"column 'f' is missing or changes within a stratum"),
        ({"f": [9, 9, 9, None]}, r"column 'f' is missing or changes within a stratum"),
        ({"f": [3, 3, 3, 3]}, r"fewer units in the population than were drawn; got 3; expected at"),
        ({"f": list("aaaa")}, r"column 'f' is not a number of units; got str"),
    ],
)
def test_a_design_that_contradicts_itself_is_refused(
    change: dict[str, list[object]], told: str
) -> None:
    rows = pd.DataFrame({"w": [1.0] * 4, **change}).assign(evidence="simulated", source="made")
    with pytest.raises(DesignError, match=told):
        survey_design(
            rows,
            weight="w",
            strata="s" if "s" in rows else None,
            psu="p" if "p" in rows else None,
            population_psus="f" if "f" in rows else None,
        )


def test_unknown_columns_and_no_rows_are_refused() -> None:
    rows = drawn(y=[1, 2]).rows
    with pytest.raises(DesignError, match=r"unknown column \['v', 'q'\]; expected some of \['y'"):
        survey_design(rows, weight="v", psu="q")
    with pytest.raises(DesignError, match="got 0 rows; expected at least 2"):
        survey_design(rows.iloc[:0], weight="w")


def test_a_domain_that_cannot_be_read_is_refused() -> None:
    sample = drawn(y=[1.0, 2.0, np.nan])
    with pytest.raises(EstimationError, match=r"got float64 of shape \(3,\); expected one true"):
        sample.where(sample.rows["y"])
    with pytest.raises(EstimationError, match=r"got bool of shape \(2,\)"):
        sample.where(np.array([True, False]))
    with pytest.raises(EstimationError, match="the domain is empty"):
        sample.where(sample.rows["y"] > 5)
    with pytest.raises(
        EstimationError, match="rows with another index; expected the index of the 3"
    ):
        sample.where((sample.rows["y"] > 1).sort_index(ascending=False))
    with pytest.raises(EstimationError, match=r"unknown column \['z'\]"):
        sample.answered("y", "z")


def test_what_is_missing_or_no_number_is_refused() -> None:
    sample = drawn(y=[1.0, np.inf, np.nan], a=["x", None, "x"])
    with pytest.raises(EstimationError, match=r"item 'y' has 2 missing or infinite values in the"):
        sample.values("y")
    with pytest.raises(
        EstimationError, match=r"item 'a' is not numeric; got str; expected numbers"
    ):
        sample.values("a")
    with pytest.raises(EstimationError, match=r"group 'a' has 1 missing values in the domain of 3"):
        sample.labels("a")
    with pytest.raises(EstimationError, match=r"unknown column \['b'\]"):
        sample.values("b")
    with pytest.raises(EstimationError, match=r"unknown column \['b'\]"):
        sample.labels("b")
    assert list(sample.answered("a").where(np.array([True, True, False])).values("y")) == [1, 0, 0]
