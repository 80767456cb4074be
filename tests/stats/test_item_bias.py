"""Tests of item bias agree with ordinal::clm and MASS::polr, and with their laws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import ConvergenceError, EstimationError, HelpersError
from helpers.stats.estimates import Inapplicable, TestResult
from helpers.stats.scales import item_bias_models as models
from helpers.stats.scales.item_bias import item_bias, item_bias_sizes, item_bias_test

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "item_bias.json").read_text(encoding="utf-8")
)
ITEMS = REFERENCE["items"]
ROWS = pd.DataFrame(REFERENCE["data"]).assign(evidence="respondents", source="psych::bfi")
KINDS = ["uniform", "non-uniform", "either"]
TABLES = {
    (by, matching): (
        item_bias(ROWS, items=ITEMS, by=by, matching=matching),
        item_bias_sizes(ROWS, items=ITEMS, by=by, matching=matching),
    )
    for by in ("gender", "education")
    for matching in ("rest", "total")
}


@pytest.mark.parametrize(
    "case", REFERENCE["cases"], ids=lambda case: f"{case['by']}-{case['matching']}-{case['item']}"
)
def test_every_number_equals_clm(case: dict[str, object]) -> None:
    tests, sizes = TABLES[case["by"], case["matching"]]
    rows = tests[tests["item"] == case["item"]]
    assert rows["level"].tolist() == KINDS
    assert rows["statistic"].tolist() == pytest.approx(case["statistic"], abs=1e-9)
    assert rows["statistic_df"].tolist() == case["df"]
    assert rows["p_value"].tolist() == pytest.approx(case["p"], abs=1e-9)
    assert rows["estimate"].tolist() == pytest.approx(case["nagelkerke"], abs=1e-11)
    assert rows["mcfadden"].tolist() == pytest.approx(case["mcfadden"], abs=1e-11)
    found = sizes[sizes["item"] == case["item"]]
    assert found["estimate"].tolist() == pytest.approx(case["size"], abs=1e-9)
    assert found["se"].tolist() == pytest.approx(case["se"], abs=1e-9)
    if isinstance(case["polr"], float):
        assert rows["statistic"].iloc[0] == pytest.approx(case["polr"], abs=1e-4)


def test_p_values_are_adjusted_by_holm_within_each_kind() -> None:
    tests, _ = TABLES["gender", "rest"]
    for kind, right in zip(KINDS, REFERENCE["holm"], strict=True):
        found = tests.loc[tests["level"] == kind, "p_adjusted"]
        assert found.tolist() == pytest.approx(right, rel=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_one_test_is_the_row_of_the_table(kind: str) -> None:
    result = item_bias_test(ROWS, item="N4", items=ITEMS, by="gender", kind=kind)
    assert isinstance(result, TestResult)
    tests, _ = TABLES["gender", "rest"]
    row = tests[(tests["item"] == "N4") & (tests["level"] == kind)].iloc[0]
    assert (result.statistic, result.p_value) == (row["statistic"], row["p_value"])
    assert (result.statistic_name, result.df, result.n) == ("chi2", (row["statistic_df"],), 1100)
    assert (result.effect.estimate, result.effect.unit) == (row["estimate"], "index")


def test_kinds_add_up_to_either() -> None:
    for tests, _ in TABLES.values():
        wide = tests.pivot_table(index="item", columns="level", values=["statistic", "estimate"])
        for measure in ("statistic", "estimate"):
            parts = wide[measure]["uniform"] + wide[measure]["non-uniform"]
            assert np.allclose(parts, wide[measure]["either"], atol=1e-10)


def test_laws_of_order_scale_and_labels() -> None:
    numbers = ["estimate", "statistic", "p_value", "p_adjusted", "mcfadden"]
    base, sizes = TABLES["gender", "rest"]
    changes = [
        ROWS.sample(frac=1, random_state=3),
        ROWS.assign(**{item: 3 * ROWS[item] - 7 for item in ITEMS}),
        ROWS.assign(gender=ROWS["gender"].map({1: "z", 2: "a"})),
        ROWS.assign(**{item: -ROWS[item] for item in ITEMS}),
    ]
    for rows in changes:
        found = item_bias(rows, items=ITEMS, by="gender")
        assert np.allclose(found[numbers], base[numbers], atol=1e-8)
    swapped = item_bias_sizes(changes[2], items=ITEMS, by="gender")
    assert np.allclose(swapped["estimate"], -sizes["estimate"], atol=1e-9)
    assert np.allclose(swapped["ci_low"], -sizes["ci_high"], atol=1e-9)
    assert (swapped["level"][0], swapped["group"][0]) == ("a", "z")


def test_gradient_and_hessian_are_derivatives_of_the_likelihood() -> None:
    rng = np.random.default_rng(2)
    answers = np.concatenate([np.arange(4), rng.integers(0, 4, 30)])
    terms, counts = rng.normal(size=(34, 2)), rng.integers(1, 5, 34)
    upper = np.column_stack([answers[:, None] == np.arange(3), -terms])
    lower = np.column_stack([answers[:, None] - 1 == np.arange(3), -terms])
    ends, at = (answers == 3, answers == 0), np.array([-1.0, 0.2, 1.4, 0.3, -0.6])
    _, gradient, hessian = models._likelihood(at, upper, lower, ends, counts)
    for k in range(5):
        step = 1e-5 * (np.arange(5) == k)
        high, low = (models._likelihood(at + s * step, upper, lower, ends, counts) for s in (1, -1))
        assert (high[0] - low[0]) / 2e-5 == pytest.approx(gradient[k], abs=1e-6)
        assert (low[1] - high[1]) / 2e-5 == pytest.approx(hessian[k], abs=1e-6)


def survey(n: int, bias: float, rng: np.random.Generator) -> pd.DataFrame:
    """Five items of one trait; the first is harder for the second group by ``bias``."""
    trait, group = rng.normal(size=n), np.arange(n) % 2
    push = trait[:, None] * 1.5 + rng.logistic(size=(n, 5))
    push[:, 0] -= bias * group
    rows = pd.DataFrame(np.digitize(push, [-1.5, 0, 1.5]), columns=list("abcde"))
    language = np.where(group == 1, "ru", "ro")
    return rows.assign(language=language, evidence="simulated", source="s")


def test_bias_put_into_an_item_is_found_there() -> None:
    rows = survey(1500, 1.0, np.random.default_rng(7))
    tests = item_bias(rows, items=list("abcde"), by="language")
    uniform = tests[tests["level"] == "uniform"].set_index("item")
    assert uniform["p_adjusted"].idxmin() == "a"
    assert uniform.loc["a", "p_adjusted"] < 1e-6
    sizes = item_bias_sizes(rows, items=list("abcde"), by="language").set_index("item")
    assert sizes.loc["a", "ci_high"] < -0.5


def test_without_bias_one_test_in_twenty_rejects() -> None:
    rng = np.random.default_rng(20260304)
    times = 200
    p = [
        item_bias_test(survey(200, 0, rng), item="a", items=list("abcde"), by="language").p_value
        for _ in range(times)
    ]
    # Three and a half Monte Carlo standard errors about the nominal 5 %.
    assert abs(np.mean(np.array(p) < 0.05) - 0.05) < 3.5 * np.sqrt(0.05 * 0.95 / times)


@pytest.mark.parametrize("method", [item_bias, item_bias_sizes])
@pytest.mark.parametrize(
    ("change", "items", "told"),
    [
        ({}, ITEMS[:2], "no score to match by; got items"),
        ({}, [*ITEMS, "N1"], "no score to match by"),
        ({}, [*ITEMS, "N9"], r"unknown column \['N9'\]"),
        ({"N1": 2}, ITEMS, "item 'N1' does not vary"),
        ({"N1": "often"}, ITEMS, "item 'N1' is not numeric"),
        ({"N1": [None, 1.0] * 550}, ITEMS, r"'N1' has 550 missing.*rows.dropna\(subset=\['N1'\]\)"),
        ({"gender": [None, 1.0] * 550}, ITEMS, r"group 'gender' has 550 missing values of 1100"),
        ({"N2": -ROWS["N3"]}, ["N1", "N2", "N3"], "score to match item 'N1' by does not vary"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    method, change: dict[str, object], items: list[str], told: str
) -> None:
    with pytest.raises(EstimationError, match=told):
        method(ROWS.assign(**change), items=items, by="gender")


def test_unknown_options_are_refused() -> None:
    with pytest.raises(EstimationError, match="matching='sum'"):
        item_bias(ROWS, items=ITEMS, by="gender", matching="sum")
    with pytest.raises(EstimationError, match="nothing to test; got item='N9'"):
        item_bias_test(ROWS, item="N9", items=ITEMS, by="gender")
    with pytest.raises(EstimationError, match="kind='both'"):
        item_bias_test(ROWS, item="N1", items=ITEMS, by="gender", kind="both")
    with pytest.raises(TypeError):
        item_bias(ROWS, items=ITEMS, by="gender", weight="w")


def test_one_group_or_a_group_of_one_is_inapplicable() -> None:
    for rows in (
        ROWS.assign(gender=1),
        ROWS.assign(gender=np.where(np.arange(1100) == 3, 2, 1)),
    ):
        for method in (item_bias, item_bias_sizes):
            result = method(rows, items=ITEMS, by="gender")
            assert isinstance(result, Inapplicable)
            assert "two groups of two or more respondents; got {'1':" in result.reason
        assert isinstance(item_bias_test(rows, item="N1", items=ITEMS, by="gender"), Inapplicable)


def test_separated_answers_are_named() -> None:
    rows = ROWS.assign(N1=np.where(ROWS["gender"] == 1, 1, 2))
    with pytest.raises(ConvergenceError, match=r"logit of item 'N1' has no maximum; got slopes"):
        item_bias(rows, items=ITEMS, by="gender")


@given(
    answers=st.lists(
        st.tuples(*[st.integers(0, 3)] * 3, st.sampled_from(["ro", "ru", "en"])), max_size=40
    ),
    matching=st.sampled_from(["rest", "total"]),
)
@settings(deadline=None, max_examples=120)
def test_any_rows_give_finite_tests_or_a_reason(
    answers: list[tuple[int, int, int, str]], matching: str
) -> None:
    rows = pd.DataFrame(answers, columns=[*"abc", "language"]).assign(
        evidence="simulated", source="s"
    )
    try:
        tests = item_bias(rows, items=list("abc"), by="language", matching=matching)
        sizes = item_bias_sizes(rows, items=list("abc"), by="language", matching=matching)
    except HelpersError:
        return
    if isinstance(tests, Inapplicable):
        return
    columns = ["estimate", "mcfadden", "statistic", "p_value", "p_adjusted"]
    assert np.isfinite(tests[columns].to_numpy(dtype=float)).all()
    assert tests["p_value"].between(0, 1).all()
    assert np.isfinite(sizes[["estimate", "se", "ci_low", "ci_high"]].to_numpy(dtype=float)).all()
