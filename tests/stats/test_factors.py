"""Factors agree with R and with their laws."""

from __future__ import annotations

import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import ConvergenceError, EstimationError, HelpersError
from helpers.stats.design import Design, survey_design
from helpers.stats.scales import factor_algebra as algebra
from helpers.stats.scales.factors import (
    factor_correlations,
    factor_loadings,
    number_of_factors,
    parallel_analysis,
)

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "factors.json").read_text(encoding="utf-8")
)
ITEMS = REFERENCE["items"]
ROWS = pd.DataFrame(REFERENCE["data"]).assign(
    w=REFERENCE["weight"], one=1.0, evidence="respondents", source="psych::bfi"
)
PLAIN = survey_design(ROWS, weight="one")
WEIGHTED = survey_design(ROWS, weight="w")


def loadings(design: Design, **options: object) -> np.ndarray:
    """Loadings as a matrix, items by factors."""
    rows = factor_loadings(design, items=ITEMS, **options)
    rows = rows[rows["level"] != "communality"]
    return rows.pivot_table(index="item", columns="level", values="estimate").loc[ITEMS].to_numpy()


def communalities(design: Design, **options: object) -> np.ndarray:
    rows = factor_loadings(design, items=ITEMS, **options)
    return rows.loc[rows["level"] == "communality", "estimate"].to_numpy()


def test_one_factor_equals_r() -> None:
    assert np.abs(loadings(PLAIN)[:, 0]) == pytest.approx(REFERENCE["one_pa"], abs=1e-8)
    assert loadings(PLAIN)[:, 0] == pytest.approx(REFERENCE["one"], abs=1e-6)
    assert loadings(WEIGHTED)[:, 0] == pytest.approx(REFERENCE["one_weighted"], abs=1e-6)
    assert loadings(PLAIN, matrix="polychoric")[:, 0] == pytest.approx(
        REFERENCE["one_polychoric"], abs=1e-4
    )


def test_communalities_equal_iterated_principal_axes_of_psych() -> None:
    found = communalities(PLAIN, factors=3)
    assert found == pytest.approx(REFERENCE["pa_communality"], abs=1e-9)
    assert found == pytest.approx(REFERENCE["communality"], abs=2e-6)
    assert found == pytest.approx(REFERENCE["fa_communality"], abs=5e-5)


@pytest.mark.parametrize("rotation", ["varimax", "oblimin"])
def test_rotations_equal_those_of_r(rotation: str) -> None:
    found = loadings(PLAIN, factors=3, rotation=rotation)
    assert np.abs(found - np.array(REFERENCE[rotation])).max() < 2e-6


def test_oblique_factors_equal_psych() -> None:
    phi = factor_correlations(PLAIN, items=ITEMS, factors=3)
    upper = np.triu_indices(3, 1)
    assert phi["estimate"].tolist() == pytest.approx(np.array(REFERENCE["phi"])[upper], abs=2e-6)
    assert phi["estimate"].tolist() == pytest.approx(np.array(REFERENCE["fa_phi"])[upper], abs=1e-4)
    found = loadings(PLAIN, factors=3, rotation="oblimin")
    assert np.abs(found - np.array(REFERENCE["fa_oblimin"])).max() < 1e-4
    assert phi["item"].tolist() == ["factor 1", "factor 1", "factor 2"]
    assert set(phi["unit"]) == {"correlation"}


def test_eigenvalues_and_chance_equal_those_of_fa_parallel() -> None:
    rows = parallel_analysis(PLAIN, items=ITEMS, times=300)
    assert rows["estimate"].tolist() == pytest.approx(REFERENCE["eigenvalues"], abs=1e-10)
    assert rows["estimate"].tolist() == pytest.approx(REFERENCE["pc_values"], abs=1e-10)
    # Monte Carlo: 300 and 500 draws of eigenvalues whose spread is about 0.03.
    assert rows["chance_mean"].tolist() == pytest.approx(REFERENCE["chance"], abs=0.01)
    assert number_of_factors(rows).estimate == REFERENCE["ncomp"] == 3
    weighted = parallel_analysis(WEIGHTED, items=ITEMS, times=20)
    assert weighted["estimate"].tolist() == pytest.approx(
        REFERENCE["weighted_eigenvalues"], abs=1e-10
    )
    ordinal = parallel_analysis(PLAIN, items=ITEMS, times=20, matrix="polychoric")
    assert ordinal["estimate"].tolist() == pytest.approx(
        REFERENCE["polychoric_eigenvalues"], abs=3e-4
    )
    assert number_of_factors(ordinal).estimate == 3


def test_chance_is_the_same_for_one_name_on_any_cores() -> None:
    one = parallel_analysis(WEIGHTED, items=ITEMS[:5], times=20, name="a")
    with joblib.parallel_config("threading", n_jobs=2):
        two = parallel_analysis(WEIGHTED, items=ITEMS[:5], times=20, name="a")
    other = parallel_analysis(WEIGHTED, items=ITEMS[:5], times=20, name=("b", 1))
    pd.testing.assert_frame_equal(one, two)
    assert (one["chance_mean"] != other["chance_mean"]).all()


def test_unequal_weights_make_larger_eigenvalues_by_chance() -> None:
    rng = np.random.default_rng(8)
    heavy = survey_design(ROWS.assign(w=rng.lognormal(0, 1.2, len(ROWS))), weight="w")
    high = [
        parallel_analysis(design, items=ITEMS, times=40)["chance_mean"][0]
        for design in (PLAIN, heavy)
    ]
    assert high[1] > high[0] + 0.05


def test_unrelated_items_rarely_have_a_factor() -> None:
    rng = np.random.default_rng(20260303)
    found = []
    for k in range(120):
        rows = pd.DataFrame(rng.integers(1, 6, size=(80, 5)), columns=list("abcde"))
        rows = rows.assign(w=rng.uniform(0.5, 2, 80), evidence="simulated", source="s")
        design = survey_design(rows, weight="w")
        parallel = parallel_analysis(design, items=list("abcde"), times=60, name=("null", k))
        found.append(number_of_factors(parallel).estimate > 0)
    # Above the 95th percentile one time in twenty; three and a half Monte Carlo standard errors.
    assert np.mean(found) < 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / 120)


def test_loadings_that_built_the_correlations_come_back() -> None:
    made = np.array([[0.8, 0], [0.7, 0], [0.6, 0], [0, 0.75], [0, 0.65], [0, 0.5]])
    phi = np.array([[1, 0.3], [0.3, 1]])
    correlation = made @ phi @ made.T
    np.fill_diagonal(correlation, 1)
    unrotated = algebra.minres(correlation, 2)
    shared = (made @ phi * made).sum(axis=1)
    assert (unrotated**2).sum(axis=1) == pytest.approx(shared, abs=1e-10)
    found, between = algebra.rotated(unrotated, "oblimin")
    assert found == pytest.approx(made, abs=1e-6)
    assert between == pytest.approx(phi, abs=1e-6)
    one = np.array([0.9, -0.5, 0.4, 0.3])
    line = np.outer(one, one)
    np.fill_diagonal(line, 1)
    assert algebra.rotated(algebra.minres(line, 1), "none")[0][:, 0] == pytest.approx(one, abs=1e-9)


def test_an_item_beyond_one_factor_is_a_heywood_case() -> None:
    line = np.array([[1, 0.8, 0.7], [0.8, 1, 0.3], [0.7, 0.3, 1]])
    with pytest.raises(ConvergenceError, match=r"item number 1 of 3 has no variance.*Heywood"):
        algebra.minres(line, 1)


def test_a_rotation_that_has_not_come_to_rest_is_refused() -> None:
    with pytest.raises(
        ConvergenceError, match=r"rotation did not come to rest; got a slope of 0\.2"
    ):
        algebra._check_turned(np.array([[0, 0.2], [-0.2, 0]]))


def test_gradient_and_hessian_of_the_misfit_are_its_derivatives() -> None:
    correlation = algebra.correlations(PLAIN, items=ITEMS)
    at = np.linspace(0.3, 0.8, len(ITEMS))
    gradient, hessian = algebra._slopes(at, correlation, 3)
    assert algebra._misfit(at, correlation, 3)[1] == pytest.approx(gradient)
    for k in range(len(ITEMS)):
        step = 1e-5 * (np.arange(len(ITEMS)) == k)
        high, low = (algebra._misfit(at + sign * step, correlation, 3) for sign in (1, -1))
        assert (high[0] - low[0]) / 2e-5 == pytest.approx(gradient[k], abs=1e-8)
        assert (high[1] - low[1]) / 2e-5 == pytest.approx(hessian[k], abs=1e-7)


@pytest.mark.parametrize("matrix", ["pearson", "polychoric"])
def test_laws_of_weights_order_and_direction(matrix: str) -> None:
    options = {"factors": 3, "rotation": "varimax", "matrix": matrix}
    base = loadings(WEIGHTED, **options)
    scaled = survey_design(ROWS.assign(w=ROWS["w"] * 1000), weight="w")
    mixed = survey_design(ROWS.sample(frac=1, random_state=2), weight="w")
    for design in (scaled, mixed):
        assert np.abs(loadings(design, **options) - base).max() < 1e-6
    turned = survey_design(ROWS.assign(N1=-ROWS["N1"]), weight="w")
    row, sign = ITEMS.index("N1"), np.ones(len(ITEMS))
    sign[row] = -1
    assert np.abs(loadings(turned, **options) * sign[:, None] - base).max() < 1e-6
    assert np.abs(communalities(WEIGHTED, **options) - (base**2).sum(axis=1)).max() < 1e-8


def test_rows_say_what_they_are() -> None:
    rows = factor_loadings(PLAIN, items=ITEMS, factors=2, rotation="oblimin")
    assert set(rows["level"]) == {"factor 1", "factor 2", "communality"}
    assert set(rows["unit"]) == {"index"}
    assert rows["se"].isna().all()
    assert set(rows["source"]) == {"psych::bfi"}
    found = number_of_factors(parallel_analysis(PLAIN, items=ITEMS, times=20))
    assert (found.unit, found.evidence, found.n) == ("count", "respondents", 1000)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"factors": 9}, "9 factors are not identified by 12 items"),
        ({"factors": 0}, "0 factors are not identified"),
        ({"rotation": "promax"}, "unknown rotation 'promax'"),
        ({"matrix": "spearman"}, "unknown matrix 'spearman'"),
    ],
)
def test_what_cannot_be_factored_is_refused(options: dict[str, object], told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        factor_loadings(PLAIN, items=ITEMS, **options)


def test_bad_items_are_refused_by_every_function() -> None:
    constant = survey_design(ROWS.assign(A2=1), weight="w")
    holes = survey_design(ROWS.assign(A2=ROWS["A2"].where(ROWS["A2"] > 2)), weight="w")
    for method in (factor_loadings, parallel_analysis):
        with pytest.raises(EstimationError, match=r"got one answer to \['A2'\]"):
            method(constant, items=ITEMS)
        with pytest.raises(EstimationError, match=r"'A2' has \d+ missing.*design.answered\('A2'\)"):
            method(holes, items=ITEMS)
        with pytest.raises(EstimationError, match="each once"):
            method(PLAIN, items=["A2", "A2", "A3"])
    with pytest.raises(EstimationError, match="too few times"):
        parallel_analysis(PLAIN, items=ITEMS, times=5)
    with pytest.raises(TypeError):
        factor_loadings(PLAIN, items=ITEMS, method="ml")


@given(
    answers=st.lists(
        st.tuples(*[st.integers(0, 3)] * 5, st.floats(-6, 6)), min_size=2, max_size=20
    ),
    matrix=st.sampled_from(["pearson", "polychoric"]),
    rotation=st.sampled_from(["varimax", "oblimin"]),
    factors=st.integers(1, 2),
)
@settings(deadline=None, max_examples=80)
def test_any_answers_give_finite_loadings_or_a_reason(
    answers: list[tuple[float, ...]], matrix: str, rotation: str, factors: int
) -> None:
    rows = pd.DataFrame(answers, columns=[*"abcde", "power"]).astype(float)
    rows = rows.assign(w=10.0 ** rows["power"], evidence="simulated", source="s")
    design = survey_design(rows, weight="w")
    try:
        found = factor_loadings(
            design, items=list("abcde"), factors=factors, matrix=matrix, rotation=rotation
        )
    except HelpersError:
        return
    assert np.isfinite(found["estimate"]).all()
    assert found.loc[found["level"] == "communality", "estimate"].between(0, 1 + 1e-9).all()
