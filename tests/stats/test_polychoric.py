"""Polychoric correlations agree with R, with numeric derivatives, and with their laws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from helpers.errors import EstimationError, HelpersError
from helpers.stats.design import Design, covariance, survey_design
from helpers.stats.scales import polychoric_algebra as algebra
from helpers.stats.scales.polychoric import polychoric, polychoric_matrix, polychoric_of_counts
from helpers.stats.scales.polychoric_fit import fit_polychoric

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "polychoric.json").read_text(encoding="utf-8")
)
ITEMS = REFERENCE["items"]
ROWS = pd.DataFrame(REFERENCE["data"]).assign(
    w=REFERENCE["weight"], psu=REFERENCE["psu"], stratum=REFERENCE["stratum"], one=1.0,
    evidence="respondents", source="psych::bfi",
)  # fmt: skip
PLAIN = survey_design(ROWS, weight="one")
COMPLEX = survey_design(ROWS, weight="w", strata="stratum", psu="psu")


def respondents(weight: list[float] | None = None, **columns: list[object]) -> Design:
    """A simple design of these answers."""
    rows = pd.DataFrame(columns)
    rows = rows.assign(w=weight or [1.0] * len(rows), evidence="simulated", source="s")
    return survey_design(rows, weight="w")


def cells(table: list[list[int]]) -> pd.DataFrame:
    """A table as rows of counts."""
    return pd.DataFrame(
        [(i, j, n) for i, row in enumerate(table) for j, n in enumerate(row)],
        columns=["a", "b", "n"],
    ).assign(evidence="published", source="s1")


def simulated(n: int, rho: float, seed: int = 3) -> Design:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = rho * x + np.sqrt(1 - rho**2) * rng.normal(size=n)
    a, b = np.digitize(x, [-1.0, 0.2, 0.9]), np.digitize(y, [-0.4, 0.5])
    return respondents(a=a.tolist(), b=b.tolist(), weight=rng.uniform(0.5, 2, n).tolist())


@pytest.mark.parametrize(("design", "key"), [(PLAIN, "unweighted"), (COMPLEX, "weighted")])
def test_correlations_equal_the_exact_maximum_in_r(design: Design, key: str) -> None:
    matrix = polychoric_matrix(design, items=ITEMS)
    for pair, case in zip(REFERENCE["pairs"], REFERENCE[key], strict=True):
        assert matrix.loc[pair[0], pair[1]] == pytest.approx(case["exact"], abs=5e-8)
        assert matrix.loc[pair[0], pair[1]] == pytest.approx(case["polycor"], abs=3e-5)


def test_the_matrix_equals_that_of_psych_and_lavaan() -> None:
    matrix = polychoric_matrix(PLAIN, items=ITEMS)
    assert np.abs(matrix.to_numpy() - np.array(REFERENCE["psych"])).max() < 5e-5
    for case in REFERENCE["lavaan"]:
        assert matrix.loc[case["lhs"], case["rhs"]] == pytest.approx(case["est"], abs=5e-8)


@pytest.mark.parametrize("case", REFERENCE["counts"], ids=lambda case: str(case["table"])[:24])
def test_tables_equal_lavaan_and_polycor(case: dict[str, object]) -> None:
    row = polychoric_of_counts(cells(case["table"]), item="a", by="b")
    assert row.estimate == pytest.approx(case["lavaan"], abs=5e-9)
    assert row.estimate == pytest.approx(case["exact"], abs=1e-7)
    assert row.estimate == pytest.approx(case["polycor"], abs=5e-5)
    assert row.n == np.sum(case["table"])


@pytest.mark.parametrize("k", [1, 4, 5])
def test_where_the_model_holds_the_standard_error_equals_that_of_lavaan(k: int) -> None:
    case = REFERENCE["counts"][k]
    row = polychoric_of_counts(cells(case["table"]), item="a", by="b")
    n = np.sum(case["table"])
    assert row.se * np.sqrt(n / (n - 1)) == pytest.approx(case["se"], rel=1e-3)


def test_the_standard_error_is_near_the_jackknife_of_r() -> None:
    rows = polychoric(COMPLEX, items=ITEMS).set_index(["item", "level"])
    assert (rows["df"] == 54).all()
    for pair, se in zip(REFERENCE["pairs"], REFERENCE["jackknife"], strict=False):
        assert rows.loc[tuple(pair), "se"] == pytest.approx(se, rel=0.01)


def test_influence_is_the_derivative_by_the_weight() -> None:
    design = simulated(80, 0.5)
    fit = fit_polychoric(design, items=["a", "b"])
    influence = fit.influence(design, np.ones(1))
    weight, rows = design.weight, design.rows
    for k in range(0, 80, 7):
        moved = []
        for step in (1e-4, -1e-4):
            changed = rows.assign(w=np.where(np.arange(80) == k, weight + step, weight))
            other = fit_polychoric(survey_design(changed, weight="w"), items=["a", "b"])
            moved.append(other.rho[0])
        slope = (moved[0] - moved[1]) / 2e-4
        assert influence[k] == pytest.approx(slope * weight[k], abs=1e-8)
    assert influence.sum() == pytest.approx(0, abs=1e-10)
    row = polychoric(design, items=["a", "b"]).iloc[0]
    assert row["se"] == pytest.approx(np.sqrt(covariance(design, influence)[0, 0]))


@pytest.mark.parametrize("rho", [0.0, 0.3, -0.6, 0.9, -0.97, 0.995])
def test_cell_probabilities_equal_adaptive_quadrature(rho: float) -> None:
    rows, columns = np.array([[-1.5, -0.2, 0.4, 1.6]]), np.array([[-1.7, -0.21, 0.5]])
    found = algebra._cells(rows, columns, np.arctanh([rho]))[0][0]
    h, k = (np.concatenate([[-9], points[0], [9]]) for points in (rows, columns))
    spread = np.sqrt(1 - rho**2)

    def slice_at(x: float, low: float, high: float) -> float:
        ends = sorted([(low - rho * x) / spread, (high - rho * x) / spread])
        ends = [-ends[1], -ends[0]] if ends[0] > 0 else ends
        return float(np.exp(-x * x / 2) * np.diff(special.ndtr(ends))[0] / np.sqrt(2 * np.pi))

    for i in range(5):
        for j in range(4):
            options = {"epsabs": 0.0, "epsrel": 1e-9, "limit": 400}
            right = integrate.quad(slice_at, h[i], h[i + 1], args=(k[j], k[j + 1]), **options)[0]
            assert found[i, j] == pytest.approx(right, abs=1e-13)
            # Below 1e-12 a series takes over, good to half a percent.
            assert found[i, j] == pytest.approx(right, rel=1e-2)


def test_thresholds_in_both_tails_are_exact() -> None:
    margins = np.array([[1e-12, 0.5 - 1e-12, 0.5 - 1e-12, 1e-12]])
    points = algebra.thresholds(margins)[0]
    assert points[0] == pytest.approx(-points[2], rel=1e-12)
    assert points[1] == pytest.approx(0, abs=1e-12)


def test_laws_of_weights_order_and_direction() -> None:
    base = polychoric(COMPLEX, items=ITEMS[:3])
    scaled = survey_design(ROWS.assign(w=ROWS["w"] * 1000), weight="w", strata="stratum", psu="psu")
    mixed = survey_design(
        ROWS.sample(frac=1, random_state=5), weight="w", strata="stratum", psu="psu"
    )
    turned = survey_design(ROWS.assign(A1=-ROWS["A1"]), weight="w", strata="stratum", psu="psu")
    numbers = ["estimate", "se", "ci_low", "ci_high"]
    for other in (scaled, mixed):
        found = polychoric(other, items=ITEMS[:3])[numbers].to_numpy(dtype=float)
        assert np.allclose(found, base[numbers].to_numpy(dtype=float), rtol=1e-9, atol=0)
    flipped = polychoric(turned, items=ITEMS[:3])
    assert np.allclose(flipped["estimate"][:2], -base["estimate"][:2], rtol=1e-9)
    assert np.allclose(flipped["ci_low"][:2], -base["ci_high"][:2], rtol=1e-9)
    assert np.allclose(flipped["se"], base["se"], rtol=1e-8)
    reverse = polychoric_matrix(COMPLEX, items=ITEMS[2::-1]).loc[ITEMS[:3], ITEMS[:3]]
    assert np.allclose(reverse, polychoric_matrix(COMPLEX, items=ITEMS[:3]), rtol=1e-10)


def test_whole_weights_equal_repeated_rows_and_counts() -> None:
    table = REFERENCE["counts"][0]["table"]
    long = cells(table)
    weighted = respondents(
        a=long["a"].tolist(), b=long["b"].tolist(), weight=long["n"].astype(float).tolist()
    )
    repeated = long.loc[long.index.repeat(long["n"])]
    drawn = respondents(a=repeated["a"].tolist(), b=repeated["b"].tolist())
    counted = polychoric_of_counts(long, item="a", by="b")
    by_weight = polychoric(weighted, items=["a", "b"]).iloc[0]
    by_row = polychoric(drawn, items=["a", "b"]).iloc[0]
    assert by_weight["estimate"] == pytest.approx(counted.estimate, abs=1e-12)
    assert by_row["estimate"] == pytest.approx(counted.estimate, abs=1e-12)
    n = counted.n
    assert by_row["se"] == pytest.approx(counted.se * np.sqrt(n / (n - 1)), rel=1e-10)


@pytest.mark.parametrize("answers", [6, 11])
def test_tables_of_many_items_are_those_of_each_pair(answers: int) -> None:
    """Items are counted in twos or by themselves; an odd number of them leaves one over."""
    rng = np.random.default_rng(answers)
    base = rng.normal(size=400)
    columns = {
        f"q{k}": np.digitize(base + rng.normal(size=400), np.linspace(-2, 2, answers - 1 - k % 2))
        for k in range(5)
    }
    design = respondents(weight=rng.uniform(0.5, 2, 400).tolist(), **columns)
    whole = polychoric_matrix(design, items=list(columns))
    for left, right in (("q0", "q1"), ("q0", "q4"), ("q1", "q2"), ("q2", "q3"), ("q1", "q4")):
        alone = polychoric_matrix(design, items=[left, right]).iloc[0, 1]
        assert whole.loc[left, right] == pytest.approx(alone, abs=1e-12)


def test_a_domain_counts_only_its_own_answers() -> None:
    young = COMPLEX.where(ROWS["w"] < 1)
    alone = survey_design(ROWS[ROWS["w"] < 1], weight="w")
    found = polychoric_matrix(young, items=ITEMS[:4])
    assert np.allclose(found, polychoric_matrix(alone, items=ITEMS[:4]), rtol=1e-10)
    row = polychoric(young, items=ITEMS[:2]).iloc[0]
    assert row["n"] == int((ROWS["w"] < 1).sum())
    holes = ROWS.assign(A1=ROWS["A1"].where(ROWS["A1"] > 1))
    design = survey_design(holes, weight="w")
    kept = polychoric_matrix(design.answered("A1"), items=ITEMS[:2]).iloc[0, 1]
    only = survey_design(ROWS[ROWS["A1"] > 1], weight="w")
    assert kept == pytest.approx(polychoric_matrix(only, items=ITEMS[:2]).iloc[0, 1])


def test_ordered_categories_and_odd_numbers_mean_their_order() -> None:
    design = simulated(300, 0.4)
    a = design.rows["a"]
    names = pd.Categorical.from_codes(a, ["never", "seldom", "often", "always", "?"], ordered=True)
    other = survey_design(
        design.rows.assign(a=names, c=a.map({0: -7.5, 1: 0.1, 2: 3, 3: 90_000})), weight="w"
    )
    right = polychoric_matrix(design, items=["a", "b"]).iloc[0, 1]
    assert polychoric_matrix(other, items=["a", "b"]).iloc[0, 1] == right
    assert polychoric_matrix(other, items=["c", "b"]).iloc[0, 1] == right


def test_half_a_respondent_fills_an_empty_cell() -> None:
    table = [[20, 0], [9, 30]]
    with pytest.raises(EstimationError, match=r"so that only ±1 fits; got \[\('a', 'b'\)\]"):
        polychoric_of_counts(cells(table), item="a", by="b")
    row = polychoric_of_counts(cells(table), item="a", by="b", empty_cells="half")
    more = polychoric_of_counts(cells([[200, 1], [90, 300]]), item="a", by="b")
    assert 0.8 < row.estimate < 1
    assert row.estimate < more.estimate
    full = REFERENCE["counts"][0]["table"]
    same = [
        polychoric_of_counts(cells(full), item="a", by="b", empty_cells=how).estimate
        for how in ("kept", "half")
    ]
    assert same[0] == pytest.approx(same[1], abs=1e-14)


@pytest.mark.parametrize(
    ("change", "items", "told"),
    [
        (
            {"A1": 3},
            ["A1", "A2"],
            "item 'A1' is not ordinal; got 1 distinct answers; expected 2 to 30",
        ),
        (
            {"A1": np.arange(1500)},
            ["A1", "A2"],
            "got 1500 distinct answers.*Use Pearson's correlation",
        ),
        ({"A1": "yes"}, ["A1", "A2"], "item 'A1' is not numeric"),
        (
            {"A1": [None, 1.0, 2.0] * 500},
            ["A1", "A2"],
            r"'A1' has 500 missing.*design.answered\('A1'\)",
        ),
        ({}, ["A1"], r"items do not make pairs; got \['A1'\]"),
        ({}, ["A1", "A1"], "items do not make pairs"),
        ({}, ["A1", "A9"], r"unknown column \['A9'\]"),
        ({"A2": ROWS["A1"] * 2}, ["A1", "A2"], "no answers contradict each other"),
    ],
)
def test_what_is_not_ordinal_is_refused(
    change: dict[str, object], items: list[str], told: str
) -> None:
    design = survey_design(ROWS.assign(**change), weight="w")
    for method in (polychoric, polychoric_matrix):
        with pytest.raises(EstimationError, match=told):
            method(design, items=items)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"n": 1.5}, "column 'n' does not count respondents"),
        ({"n": -1}, "column 'n' does not count respondents"),
        ({"n": np.nan}, "column 'n' does not count respondents"),
        ({"n": 0}, "item 'a' is not ordinal; got 0 distinct answers"),
        ({"a": 1}, "stands twice"),
        ({"a": ["x", "x", "y", "y"]}, "item 'a' has no order"),
        ({"a": [1, 1, None, 2]}, "item 'a' has 1 missing values of 4 cells"),
    ],
)
def test_tables_that_do_not_count_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        polychoric_of_counts(cells([[5, 6], [7, 2]]).assign(**change), item="a", by="b")


def test_unknown_options_are_refused() -> None:
    with pytest.raises(EstimationError, match="unknown empty_cells 'none'"):
        polychoric_matrix(PLAIN, items=ITEMS, empty_cells="none")
    with pytest.raises(EstimationError, match=r"unknown column \['c'\]"):
        polychoric_of_counts(cells([[5, 6], [7, 2]]), item="a", by="c")
    with pytest.raises(TypeError):
        polychoric(PLAIN, items=ITEMS, weights="w")


def test_without_degrees_of_freedom_there_is_no_interval() -> None:
    rows = pd.DataFrame({"a": [1, 2, 2, 1, 2, 1], "b": [1, 2, 1, 1, 2, 2], "u": [1, 1, 1, 1, 1, 2]})
    design = survey_design(
        rows.assign(w=1.0, evidence="simulated", source="s"), weight="w", psu="u"
    )
    row = polychoric(design.where(rows["u"] == 1), items=["a", "b"], empty_cells="half").iloc[0]
    assert np.isfinite(row["estimate"])
    assert pd.isna([row["se"], row["ci_low"], row["ci_high"]]).all()


@given(
    table=st.lists(st.lists(st.integers(0, 60), min_size=2, max_size=5), min_size=2, max_size=5),
    empty=st.sampled_from(["kept", "half"]),
)
@settings(deadline=None, max_examples=150)
def test_any_table_gives_a_number_in_range_or_a_reason(table: list[list[int]], empty: str) -> None:
    width = min(len(row) for row in table)
    long = cells([row[:width] for row in table])
    try:
        row = polychoric_of_counts(long, item="a", by="b", empty_cells=empty)
    except HelpersError:
        return
    assert -1 < row.ci_low <= row.estimate <= row.ci_high < 1 or row.se > 0
    assert np.isfinite([row.estimate, row.se, row.ci_low, row.ci_high]).all()


@given(
    answers=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3), st.floats(-8, 8)), min_size=2, max_size=60
    )
)
@settings(deadline=None, max_examples=150)
def test_any_respondents_give_a_number_in_range_or_a_reason(
    answers: list[tuple[int, int, float]],
) -> None:
    a, b, power = (list(column) for column in zip(*answers, strict=True))
    design = respondents(a=a, b=b, weight=[10.0**p for p in power])
    try:
        row = polychoric(design, items=["a", "b"]).iloc[0]
    except HelpersError:
        return
    assert np.isfinite(row[["estimate", "se", "ci_low", "ci_high"]].astype(float)).all()
    assert abs(row["estimate"]) < 1


def test_intervals_cover_the_true_correlation() -> None:
    rng = np.random.default_rng(20260301)
    hits, times = 0, 400
    for _ in range(times):
        x, noise = rng.normal(size=(2, 250))
        a, b = np.digitize(x, [-0.8, 0.3, 1.1]), np.digitize(0.6 * x + 0.8 * noise, [-0.5, 0.4])
        weight = rng.uniform(0.4, 1.6, 250).tolist()
        row = polychoric(respondents(a=a.tolist(), b=b.tolist(), weight=weight), items=["a", "b"])
        hits += bool(row["ci_low"][0] <= 0.6 <= row["ci_high"][0])
    # Three and a half Monte Carlo standard errors about the nominal 95 %.
    assert abs(hits / times - 0.95) < 3.5 * np.sqrt(0.95 * 0.05 / times)


def test_an_outlying_respondent_does_not_break_the_largest_correlations() -> None:
    table = np.zeros((4, 4), dtype=int)
    np.fill_diagonal(table, 500)
    table[np.arange(3), np.arange(1, 4)] = 3
    table[np.arange(1, 4), np.arange(3)] = 2
    table[3, 0] = 1
    row = polychoric_of_counts(cells(table.tolist()), item="a", by="b")
    calmer = polychoric_of_counts(
        cells((table - np.eye(4, k=-3, dtype=int)).tolist()), item="a", by="b"
    )
    assert 0.8 < row.estimate < calmer.estimate < 1
    spread = []
    for change in (1e-3, -1e-3):
        long = cells(table.tolist())
        weight = (long["n"] + change * ((long["a"] == 3) & (long["b"] == 0))).to_numpy()
        keep = weight > 0
        design = respondents(
            a=long["a"][keep].tolist(), b=long["b"][keep].tolist(), weight=weight[keep].tolist()
        )
        spread.append(polychoric_matrix(design, items=["a", "b"]).iloc[0, 1])
    fit = fit_polychoric(design, items=["a", "b"])
    outlier = int(np.argmin(fit.influence(design, np.ones(1))))
    assert fit.influence(design, np.ones(1))[outlier] == pytest.approx(
        (spread[0] - spread[1]) / 2e-3, rel=0.03
    )


def test_answers_without_a_chance_are_refused() -> None:
    table = (
        np.diag([50_000] * 4) + 200 * np.eye(4, k=1, dtype=int) + 300 * np.eye(4, k=-1, dtype=int)
    )
    table[3, 0] = 5
    told = r"contradict each other where nearly ±1 fits the rest; got \[\('a', 'b'\)\]"
    with pytest.raises(EstimationError, match=told):
        polychoric_of_counts(cells(table.tolist()), item="a", by="b")
