"""Average marginal effects agree with R code by finite differences, and with their definition."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from helpers.errors import EstimationError, HelpersError
from helpers.stats.design import Design, survey_design
from helpers.stats.models.marginal_effects import average_marginal_effects
from helpers.stats.models.ordinal import ordered_model
from helpers.stats.models.regression import logistic_model

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "marginal_effects.json").read_text(encoding="utf-8")
)
AGES = ["child", "young", "middle", "old"]


def marked(columns: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(evidence="respondents", source="s")


def nhanes() -> Design:
    rows = marked(REFERENCE["nhanes"])
    rows["age"] = pd.Categorical(rows["age"], AGES, ordered=True)
    return survey_design(rows, weight="WTMEC2YR", strata="SDMVSTRA", psu="SDMVPSU")


def sample(seed: int = 1, n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, group = rng.normal(size=n), rng.choice(["a", "b", "c"], size=n)
    latent = 0.7 * x + 0.8 * (group == "c") + rng.logistic(size=n)
    return marked(
        {
            "y": np.digitize(latent, [-1, 0, 1]), "yes": latent > 0, "x": x, "group": group,
            "w": rng.integers(1, 5, size=n), "unit": np.arange(n) % 25,
        }
    )  # fmt: skip


def effects(
    rows: pd.DataFrame,
    link: str = "logit",
    numeric: str = "unit",
    terms: tuple[str, ...] = ("x", "group"),
) -> pd.DataFrame:
    design = survey_design(rows, weight="w", psu="unit")
    if link == "binary":
        model = logistic_model(design, outcome="yes", terms=list(terms))
    else:
        model = ordered_model(design, outcome="y", terms=list(terms), link=link)
    return average_marginal_effects(model, numeric=numeric).set_index(["item", "level"])


@pytest.mark.parametrize("link", ["logit", "probit", "binary"])
def test_effects_equal_those_of_r_by_finite_differences(link: str) -> None:
    if link == "binary":
        model = logistic_model(nhanes(), outcome="HI_CHOL", terms=["race", "x"])
    else:
        model = ordered_model(nhanes(), outcome="age", terms=["race", "x"], link=link)
    found = {
        numeric: average_marginal_effects(model, numeric=numeric).set_index(["item", "level"])
        for numeric in ("unit", "derivative")
    }
    cases = [case for case in REFERENCE[link] if link != "binary" or case["category"] == 2]
    assert len(cases) == (5 if link == "binary" else 20)
    for case in cases:
        rows = found["derivative" if case["what"] == "derivative" else "unit"]
        suffix = {"unit": "[+1]", "derivative": "[derivative]", "factor": ""}[case["what"]]
        level = "1" if link == "binary" else AGES[case["category"] - 1]
        row = rows.loc[(case["item"] + suffix, level)]
        assert row["estimate"] == pytest.approx(case["estimate"], rel=1e-8, abs=1e-8)
        assert row["se"] == pytest.approx(case["se"], rel=1e-6)
        assert row["df"] == REFERENCE["df"]
    assert all(len(rows) == len(cases) - len(cases) // 5 for rows in found.values())


@pytest.mark.parametrize("numeric", ["unit", "derivative"])
@pytest.mark.parametrize("link", ["logit", "probit"])
def test_effects_sum_to_nothing_over_the_answers(link: str, numeric: str) -> None:
    found = effects(sample(), link, numeric)
    assert found.groupby("item")["estimate"].sum().to_numpy() == pytest.approx(0, abs=1e-10)


def test_the_effect_of_a_factor_leaves_no_other_level_on() -> None:
    """Everyone is put at c, then at a, whoever is at b; the mean is weighted."""
    rows = sample()
    design = survey_design(rows, weight="w", psu="unit")
    model = logistic_model(design, outcome="yes", terms=["x", "group"])
    intercept, x, _, c = model.coefficients["estimate"]
    at = intercept + x * rows["x"]
    by_hand = np.average(special.expit(at + c) - special.expit(at), weights=rows["w"])
    found = effects(rows, "binary").loc[("group[c]", "True"), "estimate"]
    assert found == pytest.approx(100 * by_hand, rel=1e-10)


def test_the_derivative_is_the_limit_of_small_units() -> None:
    rows = sample()
    for link in ("logit", "probit", "binary"):
        slope = effects(rows, link, "derivative").loc["x[derivative]"]
        fine = effects(rows.assign(x=rows["x"] * 1e6), link).loc["x[+1]"]
        assert 1e6 * fine["estimate"].to_numpy() == pytest.approx(
            slope["estimate"].to_numpy(), rel=1e-4, abs=1e-4
        )
        assert 1e6 * fine["se"].to_numpy() == pytest.approx(slope["se"].to_numpy(), rel=1e-4)


def test_alone_a_factor_gives_the_difference_of_shares() -> None:
    rows = sample()
    found = effects(rows, "binary", terms=("group",))["estimate"].to_numpy()
    share = [100 * np.average(part["yes"], weights=part["w"]) for _, part in rows.groupby("group")]
    assert found == pytest.approx([share[1] - share[0], share[2] - share[0]], rel=1e-8)


@pytest.mark.parametrize("link", ["logit", "probit", "binary"])
@given(k=st.floats(1e-3, 1e6), seed=st.integers(0, 30))
@settings(max_examples=6)
def test_weights_times_k_and_the_order_of_rows_change_nothing(
    link: str, k: float, seed: int
) -> None:
    rows = sample()
    other = rows.assign(w=rows["w"] * k).sample(frac=1, random_state=seed)
    for column in ("estimate", "se"):
        assert effects(other, link)[column].to_numpy() == pytest.approx(
            effects(rows, link)[column].to_numpy(), rel=1e-7, abs=1e-9
        )


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_the_outcome_reversed_gives_the_same_points(link: str) -> None:
    rows = sample()
    one = effects(rows, link)[["estimate", "se"]]
    other = effects(rows.assign(y=3 - rows["y"]), link)[["estimate", "se"]]
    for item, part in one.groupby("item"):
        assert other.loc[item].to_numpy()[::-1] == pytest.approx(
            part.to_numpy(), rel=1e-6, abs=1e-8
        )


def test_another_base_level_turns_the_sign() -> None:
    rows = sample()
    turned = rows.assign(group=pd.Categorical(rows["group"], ["c", "a", "b"]))
    for link in ("logit", "probit", "binary"):
        one, other = effects(rows, link).loc["group[c]"], effects(turned, link).loc["group[a]"]
        assert other["estimate"].to_numpy() == pytest.approx(-one["estimate"].to_numpy(), rel=1e-7)
        assert other["se"].to_numpy() == pytest.approx(one["se"].to_numpy(), rel=1e-7)


def test_rows_are_points_with_evidence() -> None:
    rows = effects(sample().assign(evidence="simulated")).reset_index()
    assert list(rows["item"].unique()) == ["x[+1]", "group[b]", "group[c]"]
    assert list(rows["level"].unique()) == ["0", "1", "2", "3"]
    assert set(rows["unit"]) == {"points"}
    assert set(rows["evidence"]) == {"simulated"}
    assert set(rows["method"]) == {"average_marginal_effects"}
    assert rows["deff"].isna().all()


def test_an_unknown_change_is_refused() -> None:
    with pytest.raises(
        EstimationError, match="unknown change of a numeric term 'sd'; expected 'unit'"
    ):
        effects(sample(), numeric="sd")


@given(
    seed=st.integers(0, 10**6),
    n=st.integers(10, 50),
    link=st.sampled_from(["logit", "probit", "binary"]),
    size=st.sampled_from([1e-9, 1.0, 1e9]),
    numeric=st.sampled_from(["unit", "derivative"]),
)
@settings(max_examples=100)
def test_awkward_rows_give_finite_effects_or_a_reason(
    seed: int, n: int, link: str, size: float, numeric: str
) -> None:
    rng = np.random.default_rng(seed)
    rows = marked(
        {
            "y": rng.integers(0, 4, n), "yes": rng.integers(0, 2, n),
            "x": size * np.round(rng.normal(size=n), 1), "group": rng.choice(list("abc"), n),
            "w": np.exp(2 * rng.normal(size=n)), "unit": np.arange(n) % 5,
        }
    )  # fmt: skip
    try:
        found = effects(rows, link, numeric)
    except HelpersError:
        return
    assert np.isfinite(found[["estimate", "se", "ci_low", "ci_high"]].to_numpy(dtype=float)).all()
    if numeric == "unit":
        assert (found["estimate"].abs() <= 100 + 1e-9).all()


def test_intervals_cover_the_difference_in_the_population() -> None:
    """The effect in the population is had from a great many people at once."""
    rng = np.random.default_rng(20261126)
    cuts = [-1, 0, 1]

    def people(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        x, z = rng.normal(size=n), rng.integers(0, 2, n)
        return x, z, np.digitize(0.6 * x + 0.5 * z + rng.logistic(size=n), cuts)

    many = people(10**6)[0]
    truth = 100 * np.mean(special.expit(1 - 0.6 * many) - special.expit(0.5 - 0.6 * many))
    hits, samples = 0, 150
    for _ in range(samples):
        x, z, y = people(500)
        rows = marked({"y": y, "x": x, "z": z.astype(bool), "w": 1, "unit": np.arange(500)})
        row = effects(rows, terms=("x", "z")).loc[("z[True]", "3")]
        hits += row["ci_low"] < truth < row["ci_high"]
    # Three Monte Carlo standard errors below the nominal 95 %.
    assert hits / samples > 0.95 - 3 * np.sqrt(0.95 * 0.05 / samples)
