"""Alpha and omega agree with R, with numeric derivatives, and with their laws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import ConvergenceError, EstimationError, HelpersError
from helpers.stats.design import Design, survey_design
from helpers.stats.estimates import Estimate
from helpers.stats.scales.reliability import (
    alpha_if_dropped,
    cronbach_alpha,
    item_rest,
    omega_total,
    ordinal_alpha,
)

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "reliability.json").read_text(encoding="utf-8")
)
ITEMS = REFERENCE["items"]
ROWS = pd.DataFrame(REFERENCE["data"]).assign(
    w=REFERENCE["weight"], psu=REFERENCE["psu"], stratum=REFERENCE["stratum"], one=1.0,
    evidence="respondents", source="psych::bfi",
)  # fmt: skip
PLAIN = survey_design(ROWS, weight="one")


def complex_design(rows: pd.DataFrame) -> Design:
    return survey_design(rows, weight="w", strata="stratum", psu="psu")


COMPLEX = complex_design(ROWS)
METHODS = [
    cronbach_alpha,
    ordinal_alpha,
    omega_total,
    lambda design, *, items, **options: omega_total(
        design, items=items, matrix="polychoric", **options
    ),
]
NAMES = ["alpha", "ordinal alpha", "omega", "polychoric omega"]


def numbers(row: Estimate) -> list[float]:
    return [row.estimate, row.se, row.ci_low, row.ci_high]


def test_alpha_and_feldt_limits_equal_those_of_psych() -> None:
    for rows, case in ((ROWS, REFERENCE), (ROWS.iloc[:25], REFERENCE["few"])):
        row = cronbach_alpha(survey_design(rows, weight="one"), items=ITEMS, interval="feldt")
        assert row.estimate == pytest.approx(case["alpha"], abs=1e-11)
        assert [row.ci_low, row.ci_high] == pytest.approx(case["feldt"], abs=1e-10)


def test_alpha_under_the_design_equals_svycralpha_and_the_delta_method() -> None:
    row = cronbach_alpha(COMPLEX, items=ITEMS)
    assert row.estimate == pytest.approx(REFERENCE["weighted_alpha"], abs=1e-11)
    assert [row.estimate, row.se] == pytest.approx(REFERENCE["design_alpha"], abs=1e-11)
    assert row.df == 42


def test_alpha_if_dropped_and_item_rest_equal_those_of_psych() -> None:
    dropped = alpha_if_dropped(PLAIN, items=ITEMS)
    assert dropped["estimate"].tolist() == pytest.approx(REFERENCE["dropped"], abs=1e-11)
    assert dropped["level"].tolist() == [f"without {item}" for item in ITEMS]
    rest = item_rest(PLAIN, items=ITEMS)
    assert rest["estimate"].tolist() == pytest.approx(REFERENCE["rest"], abs=1e-11)


def test_item_rest_under_the_design_equals_the_delta_method_of_svymean() -> None:
    rest = item_rest(COMPLEX, items=ITEMS)
    assert rest["estimate"].tolist() == pytest.approx(
        [case["r"] for case in REFERENCE["design_rest"]], abs=1e-11
    )
    assert rest["se"].tolist() == pytest.approx(
        [case["se"] for case in REFERENCE["design_rest"]], abs=1e-11
    )


def test_omega_equals_least_squares_in_r_psych_and_lavaan() -> None:
    row = omega_total(PLAIN, items=ITEMS)
    assert row.estimate == pytest.approx(REFERENCE["omega"], abs=1e-8)
    assert row.estimate == pytest.approx(REFERENCE["fa"], abs=1e-6)
    assert row.estimate == pytest.approx(REFERENCE["lavaan"], abs=1e-6)
    assert omega_total(COMPLEX, items=ITEMS).estimate == pytest.approx(
        REFERENCE["weighted_omega"], abs=1e-8
    )
    polychoric = omega_total(PLAIN, items=ITEMS, matrix="polychoric")
    assert polychoric.estimate == pytest.approx(REFERENCE["polychoric_omega"], abs=1e-5)


def test_psych_divides_omega_by_the_observed_variance() -> None:
    loadings = np.array(REFERENCE["loadings"])
    observed = 1 - (1 - loadings**2).sum() / REFERENCE["observed"]
    assert observed == pytest.approx(REFERENCE["psych_omega"], abs=1e-6)
    found = omega_total(PLAIN, items=ITEMS).estimate
    assert found == pytest.approx(REFERENCE["psych_omega"], abs=5e-4)
    assert found != pytest.approx(REFERENCE["psych_omega"], abs=1e-5)


def test_ordinal_alpha_equals_alpha_of_the_polychoric_matrix_in_r() -> None:
    row = ordinal_alpha(PLAIN, items=ITEMS)
    assert row.estimate == pytest.approx(REFERENCE["ordinal_alpha"], abs=1e-5)
    weighted = ordinal_alpha(COMPLEX, items=ITEMS)
    assert weighted.estimate == pytest.approx(REFERENCE["weighted_ordinal"], abs=1e-5)


def test_standard_errors_are_near_the_jackknife_of_r() -> None:
    assert omega_total(COMPLEX, items=ITEMS).se == pytest.approx(
        REFERENCE["jackknife_omega"], rel=0.02
    )
    assert ordinal_alpha(COMPLEX, items=ITEMS).se == pytest.approx(
        REFERENCE["jackknife_ordinal"], rel=0.02
    )


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_the_standard_error_follows_from_numeric_derivatives(method) -> None:
    """Under weights alone, the variance is the scatter of the derivatives by the weights."""
    rows = ROWS.iloc[:40].reset_index(drop=True)
    design = survey_design(rows, weight="w")
    pulls = []
    for k in range(40):
        ends = []
        for step in (1e-3, -1e-3):
            weight = rows["w"] + step * (np.arange(40) == k)
            moved = survey_design(rows.assign(w=weight), weight="w")
            ends.append(method(moved, items=ITEMS).estimate)
        pulls.append((ends[0] - ends[1]) / 2e-3 * rows["w"][k])
    variance = 40 / 39 * ((np.array(pulls) - np.mean(pulls)) ** 2).sum()
    assert method(design, items=ITEMS).se == pytest.approx(np.sqrt(variance), rel=1e-5)


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_laws_of_weights_order_scale_and_direction(method) -> None:
    base = numbers(method(COMPLEX, items=ITEMS))
    changes = [
        method(complex_design(ROWS.assign(w=ROWS["w"] * 1000)), items=ITEMS),
        method(complex_design(ROWS.sample(frac=1, random_state=4)), items=ITEMS),
        method(complex_design(ROWS.assign(**{item: 9 - 2 * ROWS[item] for item in ITEMS})), items=ITEMS),
        method(COMPLEX, items=ITEMS[::-1]),
        method(COMPLEX.where(np.ones(len(ROWS), dtype=bool)), items=ITEMS),
    ]  # fmt: skip
    for change in changes:
        assert numbers(change) == pytest.approx(base, rel=1e-7)


@given(
    answers=st.lists(st.tuples(*[st.integers(1, 5)] * 3), min_size=3, max_size=12),
    times=st.integers(1, 4),
)
@settings(deadline=None)
def test_whole_weights_equal_repeated_rows(answers: list[tuple[int, int, int]], times: int) -> None:
    rows = pd.DataFrame(answers, columns=list("abc")).assign(evidence="simulated", source="s")
    weight = 1.0 + np.arange(len(rows)) % (times + 1)
    weighted = survey_design(rows.assign(w=weight), weight="w")
    long = rows.loc[rows.index.repeat(weight.astype(int))].assign(w=1.0)
    repeated = survey_design(long, weight="w")
    found = []
    for design in (weighted, repeated):
        try:
            found.append(cronbach_alpha(design, items=list("abc"), reversed_items="keep").estimate)
        except HelpersError:
            found.append(None)
    if None in found:
        assert found == [None, None]
    else:
        assert found[0] == pytest.approx(found[1], rel=1e-7, abs=1e-9)


def test_parallel_items_give_the_formula_of_spearman_and_brown() -> None:
    rng = np.random.default_rng(5)
    scores = np.linalg.qr(rng.normal(size=(400, 6)) - 0)[0]
    scores = np.linalg.qr(np.column_stack([np.ones(400), scores]))[0][:, 1:]
    rows = pd.DataFrame({f"q{k}": 0.8 * scores[:, 0] + 0.6 * scores[:, 1 + k] for k in range(4)})
    design = survey_design(rows.assign(w=1.0, evidence="simulated", source="s"), weight="w")
    right = 4 * 0.64 / (1 + 3 * 0.64)
    items = list(rows.columns)
    assert cronbach_alpha(design, items=items).estimate == pytest.approx(right, abs=1e-10)
    assert omega_total(design, items=items).estimate == pytest.approx(right, abs=1e-10)


def test_a_domain_is_estimated_within_the_design() -> None:
    young = COMPLEX.where(ROWS["w"] < 1)
    alone = survey_design(ROWS[ROWS["w"] < 1], weight="w")
    for method in METHODS:
        inside, outside = method(young, items=ITEMS), method(alone, items=ITEMS)
        assert inside.estimate == pytest.approx(outside.estimate, rel=1e-9)
        assert (inside.n, inside.df) == (outside.n, 42)


def test_a_reversed_item_is_refused_or_kept_by_name() -> None:
    turned = complex_design(ROWS.assign(A1=7 - ROWS["A1"]))
    for method in METHODS:
        with pytest.raises(
            EstimationError, match=r"run against the sum of the others; got \['A1'\]"
        ):
            method(turned, items=ITEMS)
        kept = method(turned, items=ITEMS, reversed_items="keep").estimate
        assert kept < method(COMPLEX, items=ITEMS).estimate
    rest = item_rest(turned, items=ITEMS).set_index("item")["estimate"]
    assert rest["A1"] < 0 < rest["A2"]
    assert alpha_if_dropped(turned, items=ITEMS)["estimate"].idxmax() == 0


EVERY = [*METHODS, item_rest, alpha_if_dropped]


@pytest.mark.parametrize(
    ("change", "items", "told"),
    [
        ({"A2": 3}, ITEMS, "item"),
        ({"A2": "yes"}, ITEMS, "'A2' is not numeric"),
        ({"A2": [None, 2.0, 3.0] * 400}, ITEMS, r"'A2' has 400 missing.*design.answered\('A2'\)"),
        ({}, [*ITEMS, "A9"], r"unknown column \['A9'\]"),
        ({}, [*ITEMS, "A1"], "each once"),
        ({}, ["A1"], "expected"),
    ],
)
def test_what_is_no_scale_is_refused(
    change: dict[str, object], items: list[str], told: str
) -> None:
    design = complex_design(ROWS.assign(**change))
    for method in EVERY:
        with pytest.raises(EstimationError, match=told):
            method(design, items=items)


def test_constant_repeated_and_cancelling_items_are_named() -> None:
    with pytest.raises(EstimationError, match=r"items do not vary; got one answer to \['A2'\]"):
        cronbach_alpha(complex_design(ROWS.assign(A2=3)), items=ITEMS)
    twin = complex_design(ROWS.assign(A1=ROWS["A2"]))
    with pytest.raises(EstimationError, match="the items repeat each other"):
        cronbach_alpha(twin, items=["A1", "A2"])
    with pytest.raises(EstimationError, match="the items repeat each other"):
        item_rest(twin, items=["A1", "A2"])
    mirror = complex_design(ROWS.assign(A1=-ROWS["A2"]))
    with pytest.raises(EstimationError, match="the sum of the items is constant"):
        cronbach_alpha(mirror, items=["A1", "A2"], reversed_items="keep")
    with pytest.raises(EstimationError, match="the sum of the items other than 'A3' is constant"):
        item_rest(mirror, items=["A1", "A2", "A3"])


def test_an_item_without_variance_of_its_own_has_no_omega() -> None:
    """One factor would need a loading of √(0.8 · 0.7 / 0.3) > 1."""
    rng = np.random.default_rng(3)
    base = np.linalg.qr(np.column_stack([np.ones(50), rng.normal(size=(50, 3))]))[0][:, 1:]
    wanted = np.array([[1, 0.8, 0.7], [0.8, 1, 0.3], [0.7, 0.3, 1]])
    rows = pd.DataFrame(base @ np.linalg.cholesky(wanted).T, columns=list("abc"))
    design = survey_design(rows.assign(w=1.0, evidence="simulated", source="s"), weight="w")
    with pytest.raises(ConvergenceError, match=r"item number 1 of 3 has no variance of its own"):
        omega_total(design, items=list("abc"))


def test_too_few_items_and_unknown_options_are_refused() -> None:
    with pytest.raises(EstimationError, match="too few items to drop one"):
        alpha_if_dropped(PLAIN, items=ITEMS[:2])
    with pytest.raises(EstimationError, match="1 factors are not identified by 2 items"):
        omega_total(PLAIN, items=ITEMS[1:3])
    with pytest.raises(EstimationError, match="unknown interval 'exact'"):
        cronbach_alpha(PLAIN, items=ITEMS, interval="exact")
    with pytest.raises(EstimationError, match="unknown reversed_items 'flip'"):
        cronbach_alpha(PLAIN, items=ITEMS, reversed_items="flip")
    with pytest.raises(EstimationError, match="unknown matrix 'spearman'"):
        omega_total(PLAIN, items=ITEMS, matrix="spearman")
    with pytest.raises(EstimationError, match="Feldt's interval holds for a simple random sample"):
        cronbach_alpha(COMPLEX, items=ITEMS, interval="feldt")
    with pytest.raises(TypeError):
        cronbach_alpha(PLAIN, items=ITEMS, weights="w")


def test_without_degrees_of_freedom_there_is_no_interval() -> None:
    rows = ROWS.iloc[:60].assign(u=[1] * 59 + [2])
    design = survey_design(rows, weight="w", psu="u")
    row = cronbach_alpha(design.where(rows["u"] == 1), items=ITEMS)
    assert (row.se, row.ci_low, row.ci_high, row.df) == (None, None, None, None)
    assert np.isfinite(row.estimate)


@given(
    answers=st.lists(
        st.tuples(*[st.one_of(st.integers(0, 3), st.floats(-1e9, 1e9))] * 4, st.floats(-6, 6)),
        min_size=2,
        max_size=15,
    )
)
@settings(deadline=None, max_examples=60)
def test_any_answers_give_finite_results_or_a_reason(answers: list[tuple[float, ...]]) -> None:
    rows = pd.DataFrame(answers, columns=[*"abcd", "power"]).astype(float)
    rows = rows.assign(w=10.0 ** rows["power"], evidence="simulated", source="s")
    design = survey_design(rows, weight="w")
    for method in METHODS:
        try:
            row = method(design, items=list("abcd"), reversed_items="keep")
        except HelpersError:
            continue
        assert np.isfinite(numbers(row)).all()
        assert row.ci_low <= row.estimate + 1e-9 * (1 + abs(row.estimate))
        assert row.estimate < 1
    for method in (item_rest, alpha_if_dropped):
        try:
            table = method(design, items=list("abcd"))
        except HelpersError:
            continue
        assert np.isfinite(table[["estimate", "se", "ci_low", "ci_high"]].to_numpy()).all()


@pytest.mark.parametrize("method", METHODS[:3], ids=NAMES[:3])
def test_intervals_cover_the_true_value(method) -> None:
    """Half of the variance of each item is common, so alpha = omega = 5/6 of continuous items."""
    rng = np.random.default_rng(20260302)
    if method is ordinal_alpha:
        cut, times = [-0.6, 0.4, 1.2], 80
    else:
        cut, times = [], 200
    hits = 0
    for _ in range(times):
        values = rng.normal(size=(200, 1)) + rng.normal(size=(200, 5))
        values = np.digitize(values / np.sqrt(2), cut) if cut else values
        rows = pd.DataFrame(values, columns=list("abcde")).assign(
            w=rng.uniform(0.5, 1.5, 200), evidence="simulated", source="s"
        )
        row = method(survey_design(rows, weight="w"), items=list("abcde"))
        hits += row.ci_low <= 5 / 6 <= row.ci_high
    # Three and a half Monte Carlo standard errors about the nominal 95 %.
    assert abs(hits / times - 0.95) < 3.5 * np.sqrt(0.95 * 0.05 / times)
