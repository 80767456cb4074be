"""Mediation agrees with R code on svyglm fits, adds up, and says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import EstimationError, HelpersError
from helpers.rng import stream
from helpers.stats.design import Design, survey_design
from helpers.stats.models.mediation import Mediation, mediation
from helpers.stats.models.regression import linear_model

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "mediation.json").read_text(encoding="utf-8")
)
KINDS = ["monte carlo", "bootstrap"]
PATHS = ["x → m", "m → y", "indirect", "direct", "total"]


def marked(columns: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(evidence="respondents", source="s")


def reference_design(name: str) -> tuple[Design, list[str]]:
    rows = marked(REFERENCE[name])
    if name == "clus1":
        return survey_design(rows, weight="pw", psu="dnum"), ["stype"]
    return survey_design(rows, weight="pw", strata="stype"), ["mobility"]


def sample(seed: int = 1, n: int = 200, a: float = 0.5, b: float = 0.4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    m = a * x + rng.normal(size=n)
    return marked(
        {
            "x": x, "m": m, "y": b * m + 0.2 * x + rng.normal(size=n), "z": rng.choice(["p", "q", "r"], n),
            "w": rng.integers(1, 4, n), "stratum": np.arange(n) % 2, "unit": np.arange(n) // 2 % 20,
        }
    )  # fmt: skip


def found(
    rows: pd.DataFrame,
    interval: str = "monte carlo",
    covariates: tuple[str, ...] = (),
    **options: object,
) -> Mediation:
    return mediation(
        survey_design(rows, weight="w", strata="stratum", psu="unit"),
        treatment="x", mediator="m", outcome="y", covariates=covariates,
        rng=stream("test", "mediation"), interval=interval, **options,
    )  # fmt: skip


def effects(result: Mediation) -> pd.DataFrame:
    return result.effects.set_index("level")


@pytest.mark.parametrize("name", ["clus1", "strat"])
@pytest.mark.parametrize("interval", KINDS)
def test_paths_and_intervals_equal_those_of_r(name: str, interval: str) -> None:
    """Limits from random draws agree within their Monte Carlo error on both sides."""
    told = REFERENCE["cases"][name]
    design, covariates = reference_design(name)
    rows = mediation(
        design, treatment="ell", mediator="meals", outcome="api00", covariates=covariates,
        rng=stream("reference", name), interval=interval,
        draws=1_000_000 if interval == "monte carlo" else 8_000,
    ).effects  # fmt: skip
    value = told["value"]
    assert rows["estimate"].to_numpy() == pytest.approx(
        [value["a"], value["b"], told["indirect"], value["direct"], value["total"]], rel=1e-8
    )
    se, limits = rows["se"].to_numpy(), rows.loc[2, ["ci_low", "ci_high"]].to_numpy(dtype=float)
    if interval == "monte carlo":
        a, b, direct, total = told["se"]
        assert se == pytest.approx([a, b, told["indirect_se"], direct, total], rel=1e-7)
        assert limits == pytest.approx(told["product"], abs=0.01 * told["indirect_se"])
    else:
        assert se[2] == pytest.approx(told["boot_se"], rel=0.06)
        assert limits == pytest.approx(told["boot"], abs=0.12 * told["boot_se"])


@pytest.mark.parametrize("interval", KINDS)
@given(seed=st.integers(0, 30))
@settings(max_examples=5)
def test_total_is_direct_and_indirect(interval: str, seed: int) -> None:
    rows = effects(found(sample(seed), interval, ("z",), draws=200))["estimate"]
    assert rows["total"] == pytest.approx(rows["direct"] + rows["indirect"], rel=1e-9)
    assert rows["indirect"] == pytest.approx(rows["x → m"] * rows["m → y"], rel=1e-12)


def test_paths_are_those_of_linear_models() -> None:
    rows = sample()
    design = survey_design(rows, weight="w", strata="stratum", psu="unit")
    paths = effects(found(rows, covariates=("z",)))
    first = linear_model(design, outcome="m", terms=["x", "z"]).coefficients.set_index("level")
    second = linear_model(design, outcome="y", terms=["x", "m", "z"]).coefficients.set_index(
        "level"
    )
    third = linear_model(design, outcome="y", terms=["x", "z"]).coefficients.set_index("level")
    for path, row in (("x → m", first.loc["x"]), ("m → y", second.loc["m"]),
                      ("direct", second.loc["x"]), ("total", third.loc["x"])):  # fmt: skip
        for column in ("estimate", "se", "ci_low", "ci_high"):
            assert paths.loc[path, column] == pytest.approx(row[column], rel=1e-8)


@pytest.mark.parametrize("interval", KINDS)
def test_weights_times_k_change_nothing(interval: str) -> None:
    rows = sample()
    one, other = found(rows, interval), found(rows.assign(w=rows["w"] * 1000), interval)
    columns = ["estimate", "se", "ci_low", "ci_high"]
    assert other.effects[columns].to_numpy(dtype=float) == pytest.approx(
        one.effects[columns].to_numpy(dtype=float), rel=1e-7
    )


@pytest.mark.parametrize("interval", KINDS)
def test_units_of_the_mediator_leave_the_indirect_effect(interval: str) -> None:
    rows = sample()
    one = effects(found(rows, interval)).loc["indirect"]
    other = effects(found(rows.assign(m=1000 * rows["m"] + 7), interval)).loc["indirect"]
    assert other["estimate"] == pytest.approx(one["estimate"], rel=1e-8)
    assert other["ci_low"] == pytest.approx(one["ci_low"], rel=0.02)
    assert other["ci_high"] == pytest.approx(one["ci_high"], rel=0.02)


def test_both_intervals_agree_where_the_sample_is_large() -> None:
    rows = sample(n=20_000).assign(unit=lambda frame: np.arange(len(frame)) // 2 % 200)
    one, other = (effects(found(rows, interval)).loc["indirect"] for interval in KINDS)
    assert one["estimate"] == other["estimate"]
    assert other["se"] == pytest.approx(one["se"], rel=0.1)
    assert other["ci_low"] == pytest.approx(one["ci_low"], abs=0.25 * one["se"])
    assert other["ci_high"] == pytest.approx(one["ci_high"], abs=0.25 * one["se"])


def test_the_same_stream_gives_the_same_interval() -> None:
    rows = sample()
    for interval in KINDS:
        assert found(rows, interval).effects.equals(found(rows, interval).effects)


def test_integer_weights_equal_repeated_rows() -> None:
    rows = sample()
    repeated = rows.loc[rows.index.repeat(rows["w"])].assign(w=1).reset_index(drop=True)
    one, other = found(rows).effects, found(repeated).effects
    assert other["estimate"].to_numpy() == pytest.approx(one["estimate"].to_numpy(), rel=1e-9)


def test_a_finite_population_that_is_nearly_all_drawn_leaves_little_doubt() -> None:
    rows = sample().assign(population=20.1)
    design = survey_design(
        rows, weight="w", strata="stratum", psu="unit", population_psus="population"
    )
    for interval in KINDS:
        sure = mediation(
            design, treatment="x", mediator="m", outcome="y", rng=stream("fpc"), interval=interval
        ).effects  # fmt: skip
        ratio = sure["se"] / found(rows, interval).effects["se"]
        assert ratio.to_numpy() == pytest.approx(np.sqrt(1 - 20 / 20.1), rel=0.15)


def test_rows_tell_what_they_are() -> None:
    result = found(sample().assign(evidence="simulated", x=lambda f: f["x"] > 0), "bootstrap")
    assert list(result.effects["level"]) == PATHS
    assert set(result.effects["item"]) == {"x → m → y"}
    assert set(result.effects["evidence"]) == {"simulated"}
    assert set(result.effects["unit"]) == {"units"}
    assert (result.interval, result.draws) == ("bootstrap", 2000)


@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        ({}, {"covariates": ("m",)}, r"a column has two roles; got \['m', 'x', 'm', 'y'\]"),
        ({}, {"interval": "sobel"}, "unknown interval 'sobel'; expected 'monte carlo' or 'bootstrap'"),
        ({}, {"draws": 10}, "too few draws; got 10; expected at least 100"),
        ({"x": lambda f: f["z"]}, {}, "treatment 'x' has 3 categories; expected numbers or two"),
        ({"m": lambda f: f["z"]}, {}, "item 'm' is not numeric"),
        ({"m": lambda f: f["m"].mask(f.index < 2)}, {}, "'m' has 2 missing or infinite values"),
        ({"y": lambda _: 1.0}, {}, "column 'y' has one value in the domain"),
        ({"m": lambda f: 2 * f["x"]}, {}, "the terms give 'm' exactly"),
        ({"z": lambda f: f["x"] * 3}, {"covariates": ("z",)}, "collinear; got 'x', which"),
        ({"x": lambda f: f.index == 3}, {"interval": "bootstrap"}, r"in \d+ of \d+ bootstrap replicates a path cannot"),
    ],
)  # fmt: skip
def test_what_cannot_be_estimated_is_refused(change: dict, options: dict, told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        found(sample().assign(**change), **options)


@given(
    seed=st.integers(0, 10**6),
    n=st.integers(8, 30),
    interval=st.sampled_from(KINDS),
    size=st.sampled_from([1e-200, 1e-9, 1.0, 1e9, 1e200]),
)
@settings(max_examples=100)
def test_awkward_rows_give_finite_effects_or_a_reason(
    seed: int, n: int, interval: str, size: float
) -> None:
    rng = np.random.default_rng(seed)
    rows = marked(
        {
            "x": rng.integers(0, 3, n), "m": size * np.round(rng.normal(size=n), 1),
            "y": rng.normal(size=n), "w": np.exp(3 * rng.normal(size=n)),
            "stratum": np.arange(n) % 2, "unit": np.arange(n) // 2 % 3,
        }
    )  # fmt: skip
    try:
        result = found(rows, interval, draws=100)
    except HelpersError:
        return
    assert np.isfinite(
        result.effects[["estimate", "se", "ci_low", "ci_high"]].to_numpy(dtype=float)
    ).all()


@pytest.mark.parametrize("interval", KINDS)
def test_intervals_of_the_indirect_effect_cover(interval: str) -> None:
    samples = 150
    hits = 0
    for k in range(samples):
        row = effects(found(sample(5000 + k, a=0.3, b=0.3), interval, draws=1000)).loc["indirect"]
        hits += row["ci_low"] < 0.09 < row["ci_high"]
    # Three Monte Carlo standard errors around the nominal 95 %, and two points for few clusters.
    assert abs(hits / samples - 0.95) < 3 * np.sqrt(0.95 * 0.05 / samples) + 0.02
