"""Linear and logistic models agree with R's svyglm, keep their laws, and say what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import EstimationError, HelpersError
from helpers.stats.design import Design, survey_design
from helpers.stats.models.regression import LinearModel, LogisticModel, linear_model, logistic_model

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "regression.json").read_text(encoding="utf-8")
)
CASES = {
    "linear_clus1": ("clus1", "api00", ["ell", "meals", "stype"]),
    "linear_domain": ("elementary", "api00", ["ell", "meals"]),
    "linear_strat": ("strat", "api00", ["mobility", "sch.wide"]),
    "logit_nhanes": ("nhanes", "HI_CHOL", ["age", "race", "RIAGENDR"]),
    "logit_clus1": ("clus1", "school", ["ell", "api00"]),
}
COLUMNS = ["estimate", "se", "ci_low", "ci_high", "deff"]


def marked(columns: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(evidence="respondents", source="s")


def reference_design(name: str) -> Design:
    if name == "nhanes":
        rows = marked(REFERENCE["nhanes"])
        rows["age"] = pd.Categorical(rows["age"], ["child", "young", "middle", "old"])
        return survey_design(rows, weight="WTMEC2YR", strata="SDMVSTRA", psu="SDMVPSU")
    if name == "strat":
        rows = marked(REFERENCE["strat"])
        return survey_design(rows, weight="pw", strata="stype", population_psus="fpc")
    rows = marked(REFERENCE["clus1"])
    design = survey_design(rows, weight="pw", psu="dnum", population_psus="fpc")
    return design.where(rows["stype"] == "E") if name == "elementary" else design


def sample(seed: int = 1, n: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, group = rng.normal(size=n), rng.choice(["a", "b", "c"], size=n)
    return marked(
        {
            "y": 2 + x + 0.5 * (group == "c") + rng.normal(size=n), "x": x, "group": group,
            "yes": x + 0.5 * (group == "c") + rng.logistic(size=n) > 0,
            "w": rng.integers(1, 5, size=n), "stratum": np.arange(n) % 4,
            "unit": np.arange(n) // 4 % 5,
        }
    )  # fmt: skip


def fitted(
    kind: str, rows: pd.DataFrame, terms: tuple[str, ...] = ("x", "group")
) -> LinearModel | LogisticModel:
    design = survey_design(rows, weight="w", strata="stratum", psu="unit")
    if kind == "linear":
        return linear_model(design, outcome="y", terms=list(terms))
    return logistic_model(design, outcome="yes", terms=list(terms))


def numbers(model: LinearModel | LogisticModel) -> np.ndarray:
    return model.coefficients[COLUMNS].to_numpy()


@pytest.mark.parametrize("case", CASES)
def test_coefficients_equal_those_of_svyglm(case: str) -> None:
    told = REFERENCE["cases"][case]
    name, outcome, terms = CASES[case]
    fit = linear_model if case.startswith("linear") else logistic_model
    rows = fit(reference_design(name), outcome=outcome, terms=terms).coefficients
    written = [level.replace("[", "").replace("]", "") for level in rows["level"]]
    assert written == ["intercept", *told["names"][1:]]
    assert rows["estimate"].to_numpy() == pytest.approx(told["estimate"], rel=1e-8)
    assert rows["se"].to_numpy() == pytest.approx(told["se"], rel=1e-7)
    assert rows["ci_low"].to_numpy() == pytest.approx(told["low"], rel=1e-7)
    assert rows["ci_high"].to_numpy() == pytest.approx(told["high"], rel=1e-7)
    assert rows["deff"].to_numpy() == pytest.approx(told["deff"], rel=1e-6)
    assert set(rows["df"]) == {told["df"]}


@pytest.mark.parametrize("kind", ["linear", "logistic"])
@given(k=st.floats(1e-6, 1e9))
@settings(max_examples=10)
def test_weights_times_k_change_nothing(kind: str, k: float) -> None:
    rows = sample()
    other = fitted(kind, rows.assign(w=rows["w"] * k))
    assert numbers(other) == pytest.approx(numbers(fitted(kind, rows)), rel=1e-8)


@pytest.mark.parametrize("kind", ["linear", "logistic"])
def test_integer_weights_equal_repeated_rows(kind: str) -> None:
    rows = sample()
    repeated = rows.loc[rows.index.repeat(rows["w"])].assign(w=1).reset_index(drop=True)
    assert numbers(fitted(kind, repeated))[:, :2] == pytest.approx(
        numbers(fitted(kind, rows))[:, :2], rel=1e-8
    )


@pytest.mark.parametrize("kind", ["linear", "logistic"])
def test_the_outcome_reversed_flips_every_sign(kind: str) -> None:
    rows = sample()
    turned = fitted(kind, rows.assign(y=-rows["y"], yes=~rows["yes"]))
    one, other = numbers(fitted(kind, rows)), numbers(turned)
    assert other[:, 0] == pytest.approx(-one[:, 0], rel=1e-8)
    assert other[:, 1] == pytest.approx(one[:, 1], rel=1e-8)
    assert other[:, 2] == pytest.approx(-one[:, 3], rel=1e-8)


@pytest.mark.parametrize("kind", ["linear", "logistic"])
def test_another_base_level_tells_the_same(kind: str) -> None:
    rows = sample()
    one = numbers(fitted(kind, rows))[:, 0]
    other = numbers(fitted(kind, rows.assign(group=pd.Categorical(rows["group"], list("cab")))))[
        :, 0
    ]
    assert other == pytest.approx([one[0] + one[3], one[1], -one[3], one[2] - one[3]], rel=1e-8)


@pytest.mark.parametrize("kind", ["linear", "logistic"])
@given(scale=st.sampled_from([1e-6, 1e5]), shift=st.sampled_from([0.0, 2026.0]))
def test_another_unit_of_a_term_changes_its_coefficient_alone(
    kind: str, scale: float, shift: float
) -> None:
    rows = sample()
    one, other = (
        numbers(fitted(kind, rows)),
        numbers(fitted(kind, rows.assign(x=scale * rows["x"] + shift))),
    )
    assert other[1, 0] == pytest.approx(one[1, 0] / scale, rel=1e-5)
    assert other[2:] == pytest.approx(one[2:], rel=1e-5)


def test_one_factor_alone_gives_the_means_of_its_groups() -> None:
    rows = sample()
    found = fitted("linear", rows, ("group",)).coefficients["estimate"].to_numpy()
    means = [np.average(part["y"], weights=part["w"]) for _, part in rows.groupby("group")]
    assert found == pytest.approx([means[0], means[1] - means[0], means[2] - means[0]])
    shares = [np.average(part["yes"], weights=part["w"]) for _, part in rows.groupby("group")]
    logits = np.log(np.array(shares) / (1 - np.array(shares)))
    found = fitted("logistic", rows, ("group",)).coefficients["estimate"].to_numpy()
    assert found == pytest.approx([logits[0], logits[1] - logits[0], logits[2] - logits[0]])


def test_r_squared_is_the_squared_correlation() -> None:
    rows = sample().assign(w=1)
    model = fitted("linear", rows, ("x",))
    assert isinstance(model, LinearModel)
    assert model.r_squared == pytest.approx(np.corrcoef(rows["x"], rows["y"])[0, 1] ** 2)


def test_evidence_units_and_event_travel() -> None:
    rows = sample().assign(evidence="simulated", source="b;a")
    model = fitted("logistic", rows)
    assert isinstance(model, LogisticModel)
    assert model.categories == ("False", "True")
    row = model.coefficients.iloc[0]
    assert (row["item"], row["level"], row["evidence"], row["source"]) == (
        "yes",
        "intercept",
        "simulated",
        "a;b",
    )
    assert (row["unit"], row["method"], row["n"]) == ("log-odds", "logistic_model", 120)
    assert set(fitted("linear", rows).coefficients["unit"]) == {"units"}


@pytest.mark.parametrize(
    ("kind", "change", "told"),
    [
        ("logistic", {"yes": lambda f: f["x"] > -9}, r"'yes' has 1 values in the domain; got \['True'\]"),
        ("logistic", {"yes": lambda f: f["group"]}, r"has 3 values in the domain; got \['a', 'b', 'c'\]"),
        ("logistic", {"yes": lambda f: f["yes"].astype("boolean").mask(f.index == 1)}, "'yes' has 1 missing values"),
        ("logistic", {"yes": lambda f: f["x"] > 0.1}, r"perfectly separated by \['x'\]"),
        ("logistic", {"group": lambda f: np.where(f["yes"] & (f["x"] > 1), "d", f["group"])}, r"by \['group\[d\]'\]"),
        ("linear", {"y": lambda _: 4.0}, "column 'y' has one value in the domain; got 4 alone"),
        ("linear", {"y": lambda f: 3 * f["x"] - 1}, "the terms give 'y' exactly"),
        ("linear", {"y": lambda f: f["group"]}, "item 'y' is not numeric"),
        ("linear", {"y": lambda f: f["y"].mask(f.index < 2)}, "'y' has 2 missing or infinite values"),
        ("linear", {"x": lambda f: f["group"].eq("c") * 1.0}, r"collinear; got 'group\[c\]'"),
        ("logistic", {"x": lambda f: f["group"].eq("c") * 1.0}, r"collinear; got 'group\[c\]'"),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_is_refused(kind: str, change: dict, told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        fitted(kind, sample().assign(**change))


def test_the_outcome_is_no_term() -> None:
    with pytest.raises(EstimationError, match="cannot explain itself; got 'y'"):
        fitted("linear", sample(), ("x", "y"))
    with pytest.raises(EstimationError, match="cannot explain itself; got 'yes'"):
        fitted("logistic", sample(), ("yes",))
    with pytest.raises(
        EstimationError, match="the terms give 'y' exactly, so there is no variance"
    ):
        fitted("linear", sample(n=40).iloc[[0, 1, 2, 3, 4, 5, 6, 7]].assign(x=range(8), z=[1, 4, 2, 8, 5, 7, 0, 3],
               v=[3, 1, 4, 1, 5, 9, 2, 6], u=[2, 7, 1, 8, 2, 8, 1, 8], t=[1, 1, 2, 3, 5, 8, 13, 21],
               s=[0, 1, 0, 0, 1, 1, 0, 0], r=[5, 0, 0, 2, 0, 1, 1, 9]), ("x", "z", "v", "u", "t", "s", "r"))  # fmt: skip


@pytest.mark.parametrize("kind", ["linear", "logistic"])
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(8, 30),
    spread=st.sampled_from([0.0, 1.0, 30.0, 300.0]),
    size=st.sampled_from([1e-200, 1.0, 1e15, 1e200]),
)
@settings(max_examples=100)
def test_awkward_rows_give_finite_numbers_or_a_reason(
    kind: str, seed: int, n: int, spread: float, size: float
) -> None:
    rng = np.random.default_rng(seed)
    rows = marked(
        {
            "y": size * rng.normal(size=n), "yes": rng.integers(0, 2, n),
            "x": size * np.round(rng.normal(size=n), 1), "group": rng.choice(list("abcd"), n),
            "w": np.exp(spread * rng.uniform(-1, 1, n)), "stratum": np.arange(n) % 2,
            "unit": np.arange(n) // 2 % 3,
        }
    )  # fmt: skip
    try:
        model = fitted(kind, rows)
    except HelpersError:
        return
    assert np.isfinite(numbers(model)[:, :4]).all()


def test_intervals_cover_under_clusters_and_unequal_weights() -> None:
    rng = np.random.default_rng(20261125)
    clusters, size, samples = 30, 20, 200
    unit = np.repeat(np.arange(clusters), size)
    hits = {"linear": 0, "logistic": 0}
    for _ in range(samples):
        x = rng.normal(size=clusters)[unit] + rng.normal(size=unit.size)
        y = 0.5 * x + rng.normal(size=clusters)[unit] + rng.normal(size=unit.size)
        yes = 0.5 * x + rng.logistic(size=unit.size) > 0
        chance = np.where(yes, 0.9, 0.45)
        drawn = rng.random(unit.size) < chance
        rows = marked(
            {
                "y": y[drawn],
                "yes": yes[drawn],
                "x": x[drawn],
                "w": 1 / chance[drawn],
                "stratum": 0,
                "unit": unit[drawn],
            }
        )
        for kind in hits:
            row = fitted(kind, rows, ("x",)).coefficients.iloc[1]
            hits[kind] += row["ci_low"] < 0.5 < row["ci_high"]
    # Three Monte Carlo standard errors below the nominal 95 %, and two points for few clusters.
    assert min(hits.values()) / samples > 0.95 - 3 * np.sqrt(0.95 * 0.05 / samples) - 0.02
