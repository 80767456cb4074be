"""Ordered models agree with R's svyolr, clm and polr, keep their laws, and say what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from helpers.errors import ConvergenceError, DesignError, EstimationError, HelpersError
from helpers.stats.design import Design, survey_design
from helpers.stats.models.ordinal import OrderedModel, ordered_model

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "ordinal.json").read_text(encoding="utf-8")
)
SCALE = ["no", "rather no", "rather yes", "yes"]
ORDERS = {"nhanes": ["child", "young", "middle", "old"], "api": ["low", "fair", "good", "high"]}


def marked(columns: dict[str, list[object]]) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(evidence="respondents", source="s")


def reference_design(name: str) -> Design:
    outcome = {"nhanes": "age", "api": "band"}[name]
    rows = marked(REFERENCE[name])
    rows[outcome] = pd.Categorical(rows[outcome], ORDERS[name], ordered=True)
    if name == "nhanes":
        return survey_design(rows, weight="WTMEC2YR", strata="SDMVSTRA", psu="SDMVPSU")
    return survey_design(rows, weight="pw", strata="stype", population_psus="fpc")


def sample(seed: int = 1, n: int = 160) -> pd.DataFrame:
    """Respondents in 4 strata of 5 clusters, with an ordered answer that depends on x and group."""
    rng = np.random.default_rng(seed)
    x, group = rng.normal(size=n), rng.choice(["a", "b", "c"], size=n)
    latent = 0.7 * x + 0.5 * (group == "c") + rng.logistic(size=n)
    codes = np.digitize(latent, np.quantile(latent, [0.25, 0.5, 0.75]))
    return marked(
        {
            "y": pd.Categorical.from_codes(codes, SCALE, ordered=True),
            "x": x, "group": group, "w": rng.integers(1, 5, size=n),
            "stratum": np.arange(n) % 4, "unit": np.arange(n) // 4 % 5,
        }
    )  # fmt: skip


def declared(rows: pd.DataFrame) -> Design:
    return survey_design(rows, weight="w", strata="stratum", psu="unit")


def fitted(
    rows: pd.DataFrame, link: str = "logit", terms: tuple[str, ...] = ("x", "group")
) -> OrderedModel:
    return ordered_model(declared(rows), outcome="y", terms=list(terms), link=link)


def numbers(model: OrderedModel) -> np.ndarray:
    rows = pd.concat([model.thresholds, model.coefficients])
    return rows[["estimate", "se", "ci_low", "ci_high", "deff"]].to_numpy()


@pytest.mark.parametrize("case", REFERENCE["cases"])
def test_estimates_and_errors_equal_those_of_clm_with_a_sandwich(case: str) -> None:
    """The analytic sandwich of R; svyolr itself agrees to the digits of its numeric Hessian."""
    told = REFERENCE["cases"][case]
    name, link = case.split("_")
    outcome, terms = {
        "nhanes": ("age", ["race", "sex", "high"]),
        "api": ("band", ["ell", "meals", "mobility", "sch.wide"]),
    }[name]
    model = ordered_model(reference_design(name), outcome=outcome, terms=terms, link=link)
    rows = pd.concat([model.thresholds, model.coefficients])
    assert [level.replace("[", "").replace("]", "") for level in rows["level"]] == told["names"]
    assert rows["estimate"].to_numpy() == pytest.approx(told["estimate"], rel=1e-8, abs=1e-8)
    assert rows["se"].to_numpy() == pytest.approx(told["se"], rel=1e-7)
    assert model.covariance == pytest.approx(np.array(told["covariance"]), rel=1e-7, abs=1e-12)
    assert np.sqrt(model.fit.naive.diagonal()) == pytest.approx(told["naive_se"], rel=1e-7)
    assert model.log_likelihood == pytest.approx(told["loglik"], rel=1e-10)
    assert set(rows["df"]) == {told["df"]}
    assert rows["estimate"].to_numpy() == pytest.approx(told["svyolr_estimate"], rel=1e-6)
    assert rows["se"].to_numpy() == pytest.approx(told["svyolr_se"], rel=3e-4)


def test_equal_weights_give_the_likelihood_of_polr() -> None:
    rows = reference_design("api").rows.assign(one=7.0)
    model = ordered_model(
        survey_design(rows, weight="one"),
        outcome="band",
        terms=["ell", "meals", "mobility", "sch.wide"],
    )
    assert model.log_likelihood == pytest.approx(REFERENCE["polr"]["loglik"], rel=1e-9)
    estimates = pd.concat([model.thresholds, model.coefficients])["estimate"].to_numpy()
    assert estimates == pytest.approx(REFERENCE["polr"]["estimate"], rel=1e-4)


def test_counts_as_weights_give_the_coefficients_of_clm() -> None:
    rows = marked(REFERENCE["housing"])
    rows["Sat"] = pd.Categorical(rows["Sat"], ["Low", "Medium", "High"], ordered=True)
    rows["Infl"] = pd.Categorical(rows["Infl"], ["Low", "Medium", "High"])
    rows["Type"] = pd.Categorical(rows["Type"], ["Tower", "Apartment", "Atrium", "Terrace"])
    rows["Cont"] = pd.Categorical(rows["Cont"], ["Low", "High"])
    model = ordered_model(
        survey_design(rows[rows["Freq"] > 0], weight="Freq"),
        outcome="Sat",
        terms=["Infl", "Type", "Cont"],
    )
    estimates = pd.concat([model.thresholds, model.coefficients])["estimate"].to_numpy()
    assert estimates == pytest.approx(REFERENCE["counted"]["estimate"], rel=1e-8)


@pytest.mark.parametrize("link", ["logit", "probit"])
@given(k=st.floats(1e-6, 1e9))
@settings(max_examples=10)
def test_weights_times_k_change_nothing(link: str, k: float) -> None:
    rows = sample()
    one, other = fitted(rows, link), fitted(rows.assign(w=rows["w"] * k), link)
    assert numbers(other) == pytest.approx(numbers(one), rel=1e-8)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-12)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_integer_weights_equal_repeated_rows(link: str) -> None:
    rows = sample()
    repeated = rows.loc[rows.index.repeat(rows["w"])].assign(w=1).reset_index(drop=True)
    one, other = fitted(rows, link), fitted(repeated, link)
    assert numbers(other)[:, 0] == pytest.approx(numbers(one)[:, 0], rel=1e-8)
    assert numbers(other)[:, 1] == pytest.approx(numbers(one)[:, 1], rel=1e-8)


@pytest.mark.parametrize("link", ["logit", "probit"])
@given(seed=st.integers(0, 50))
@settings(max_examples=8)
def test_the_outcome_reversed_flips_every_sign(link: str, seed: int) -> None:
    rows = sample(seed)
    turned = rows.assign(y=rows["y"].cat.set_categories(SCALE[::-1], ordered=True))
    one, other = fitted(rows, link), fitted(turned, link)
    assert other.coefficients["estimate"].to_numpy() == pytest.approx(
        -one.coefficients["estimate"].to_numpy(), rel=1e-7, abs=1e-9
    )
    assert other.coefficients["se"].to_numpy() == pytest.approx(
        one.coefficients["se"].to_numpy(), rel=1e-7
    )
    assert other.thresholds["estimate"].to_numpy() == pytest.approx(
        -one.thresholds["estimate"].to_numpy()[::-1], rel=1e-7, abs=1e-9
    )


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_another_base_level_tells_the_same(link: str) -> None:
    rows = sample()
    one = fitted(rows, link)
    other = fitted(rows.assign(group=pd.Categorical(rows["group"], ["c", "a", "b"])), link)
    b, c = one.coefficients["estimate"].to_numpy()[1:]
    x, from_c_to_a, from_c_to_b = other.coefficients["estimate"].to_numpy()
    assert x == pytest.approx(one.coefficients["estimate"][0], rel=1e-8)
    assert (from_c_to_a, from_c_to_b) == pytest.approx((-c, b - c), rel=1e-8)
    assert other.coefficients["se"][1] == pytest.approx(one.coefficients["se"][2], rel=1e-8)
    assert list(other.coefficients["level"]) == ["x", "group[a]", "group[b]"]


@given(scale=st.sampled_from([1e-6, 0.1, 1e5]), shift=st.sampled_from([0.0, -3.0, 2026.0]))
def test_another_unit_of_a_term_changes_its_coefficient_alone(scale: float, shift: float) -> None:
    rows = sample()
    one, other = fitted(rows), fitted(rows.assign(x=scale * rows["x"] + shift))
    factor = np.array([1 / scale, 1, 1])
    for column in ("estimate", "se"):
        assert other.coefficients[column].to_numpy() == pytest.approx(
            one.coefficients[column].to_numpy() * factor, rel=1e-6
        )
    moved = one.thresholds["estimate"] + shift / scale * one.coefficients["estimate"][0]
    assert other.thresholds["estimate"].to_numpy() == pytest.approx(
        moved.to_numpy(), rel=1e-6, abs=1e-8
    )


@given(seed=st.integers(0, 1000))
@settings(max_examples=10)
def test_the_order_of_rows_is_irrelevant(seed: int) -> None:
    rows = sample()
    shuffled = rows.sample(frac=1, random_state=seed)
    assert numbers(fitted(shuffled)) == pytest.approx(numbers(fitted(rows)), rel=1e-8)


def test_aggregated_and_distinct_rows_give_the_same() -> None:
    """A column that tells every row apart, yet changes nothing of note, turns aggregation off."""
    rows = sample().assign(x=lambda frame: frame["x"].round())
    few = fitted(rows)
    many = fitted(rows.assign(x=rows["x"] + 1e-9 * np.arange(len(rows))))
    assert few.fit.cells.weight.size < len(rows) / 2
    assert many.fit.cells.weight.size == len(rows)
    assert numbers(many) == pytest.approx(numbers(few), rel=1e-5)


def test_a_domain_keeps_the_design() -> None:
    """Estimates are those of the rows alone; the variance counts the units left empty."""
    rows = sample(n=400)
    half = rows["group"].ne("c").to_numpy() & rows["unit"].ne(0).to_numpy()
    domain = ordered_model(declared(rows).where(half), outcome="y", terms=["x", "group"])
    alone = ordered_model(declared(rows[half]), outcome="y", terms=["x", "group"])
    assert numbers(domain)[:, 0] == pytest.approx(numbers(alone)[:, 0], rel=1e-9)
    assert not np.allclose(numbers(domain)[:, 1], numbers(alone)[:, 1], rtol=1e-3)
    everyone = ordered_model(
        declared(rows).where(rows["x"].notna()), outcome="y", terms=["x", "group"]
    )
    assert np.array_equal(numbers(everyone), numbers(fitted(rows)))


def test_the_maximum_is_a_maximum() -> None:
    """The score of the weighted likelihood, written out, is 0, for both links."""
    rows = sample()
    x = np.column_stack([rows["x"], rows["group"].eq("b"), rows["group"].eq("c")]).astype(float)
    y, w = rows["y"].cat.codes.to_numpy(), rows["w"] / rows["w"].mean()
    for link, below in (("logit", special.expit), ("probit", special.ndtr)):
        model = fitted(rows, link)

        def likelihood(at: np.ndarray, below=below) -> float:
            cuts = np.concatenate([[-np.inf], at[:3], [np.inf]])
            return float(w @ np.log(below(cuts[y + 1] - x @ at[3:]) - below(cuts[y] - x @ at[3:])))

        at = model.fit.parameters
        assert likelihood(at) == pytest.approx(model.log_likelihood, rel=1e-12)
        for k in range(at.size):
            step = 1e-5 * np.eye(at.size)[k]
            slope = (likelihood(at + step) - likelihood(at - step)) / 2e-5
            assert abs(slope) < 1e-5


def test_evidence_names_and_units_travel() -> None:
    rows = sample().assign(evidence="simulated", source="b;a")
    model = fitted(rows, "probit")
    assert list(model.thresholds["level"]) == [
        "no|rather no",
        "rather no|rather yes",
        "rather yes|yes",
    ]
    assert list(model.coefficients["level"]) == ["x", "group[b]", "group[c]"]
    row = model.coefficients.iloc[0]
    assert (row["item"], row["evidence"], row["source"]) == ("y", "simulated", "a;b")
    assert (row["unit"], row["method"], row["n"], row["df"]) == ("index", "ordered_model", 160, 16)
    assert row["n_eff"] == pytest.approx(160 / row["deff"])
    assert set(fitted(rows).coefficients["unit"]) == {"log-odds"}


def test_numbers_and_booleans_are_read_as_such() -> None:
    rows = sample()
    coded = rows.assign(y=rows["y"].cat.codes + 1, yes=rows["x"] > 0)
    model = fitted(coded, terms=("yes",))
    assert model.categories == ("1", "2", "3", "4")
    assert list(model.coefficients["level"]) == ["yes[True]"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"y": lambda f: f["y"].astype(str)}, r"outcome 'y' has no order; got \w+; expected an ord"),
        ({"y": lambda f: f["y"].cat.as_unordered()}, "has no order; got category"),
        (
            {"y": lambda f: f["y"].cat.add_categories("surely")},
            r"empty categories; got nobody with \['surely'\] in the domain of 160",
        ),
        ({"y": lambda f: f["x"].gt(0).astype(int)}, "has 2 categories; expected 3 to 50"),
        ({"y": lambda f: f["x"]}, "has 160 categories; expected 3 to 50"),
        ({"y": lambda f: f["y"].mask(f.index == 3)}, "'y' has 1 missing values in the domain of 160"),
        ({"y": lambda f: f["y"].cat.codes.mask(f.index < 2)}, "'y' has 2 missing or infinite"),
        ({"x": lambda f: f["x"].mask(f.index < 3)}, "item 'x' has 3 missing or infinite values"),
        ({"group": lambda f: f["group"].mask(f.index < 4)}, "group 'group' has 4 missing values"),
        ({"x": lambda _: 3.0}, "column 'x' has one value in the domain; got 3 alone"),
        ({"group": lambda _: "a"}, "column 'group' has one value in the domain; got 'a' alone"),
        ({"x": lambda f: 2.0 * f["group"].eq("b") + 1}, r"collinear; got 'group\[b\]', which"),
        (
            {"group": lambda f: pd.Categorical(f["group"], ["z", "a", "b", "c"])},
            "the base of term 'group' is empty; got nobody of 'z'",
        ),
        (
            {"x": lambda f: f["y"].cat.codes.astype(float)},
            r"perfectly separated by \['x'\], so their coefficients grow without end",
        ),
        (
            {"group": lambda f: np.where(f["y"].eq("yes") & (f["x"] > 0.5), "z", f["group"])},
            r"perfectly separated by \['group\[z\]'\]",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("link", ["logit", "probit"])
def test_what_cannot_be_fitted_is_refused(change: dict, told: str, link: str) -> None:
    with pytest.raises(EstimationError, match=told):
        fitted(sample().assign(**change), link)


def test_terms_and_links_that_cannot_be_read_are_refused() -> None:
    rows = sample()
    with pytest.raises(EstimationError, match=r"unknown column \['z'\]; expected some of"):
        fitted(rows, terms=("x", "z"))
    with pytest.raises(EstimationError, match=r"cannot be read; got \['x', 'x'\]; expected a list"):
        fitted(rows, terms=("x", "x"))
    with pytest.raises(EstimationError, match=r"cannot be read; got \[\]"):
        fitted(rows, terms=())
    with pytest.raises(EstimationError, match="cannot explain itself; got 'y' among the terms"):
        fitted(rows, terms=("x", "y"))
    with pytest.raises(EstimationError, match=r"unknown link 'cloglog'; expected one of \['logit'"):
        fitted(rows, "cloglog")
    with pytest.raises(EstimationError, match=r"unknown column \['u'\]"):
        ordered_model(declared(rows), outcome="u", terms=["x"])
    one_unit_each = declared(rows).where(rows["unit"].eq(0))
    with pytest.raises(DesignError, match="needs degrees of freedom; got 0 in the domain of"):
        ordered_model(one_unit_each, outcome="y", terms=["x"])


def test_weights_that_hide_almost_everyone_are_refused() -> None:
    rows = sample(n=40)
    extreme = rows.assign(w=np.where(rows.index < 2, 1e150, 1e-150))
    with pytest.raises((ConvergenceError, EstimationError)):
        fitted(extreme)


@given(
    seed=st.integers(0, 10**6),
    n=st.integers(8, 40),
    levels=st.integers(2, 5),
    spread=st.sampled_from([0.0, 1.0, 30.0, 300.0]),
    trouble=st.sampled_from(["none", "ties", "missing", "huge", "tiny"]),
    link=st.sampled_from(["logit", "probit"]),
)
@settings(max_examples=150)
def test_awkward_rows_give_finite_numbers_or_a_reason(
    *, seed: int, n: int, levels: int, spread: float, trouble: str, link: str
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    x = {
        "none": x, "ties": np.round(x), "missing": np.where(x > 2, np.nan, x), "huge": 1e200 * x,
        "tiny": 1e-200 * x,
    }[trouble]  # fmt: skip
    rows = marked(
        {
            "y": rng.integers(0, levels, n), "x": x, "group": rng.choice(list("abcd"), n),
            "w": np.exp(spread * rng.uniform(-1, 1, n)), "stratum": np.arange(n) % 2,
            "unit": np.arange(n) // 2 % 3,
        }
    )  # fmt: skip
    try:
        model = fitted(rows, link)
    except HelpersError:
        return
    assert np.isfinite(numbers(model)[:, :4]).all()
    assert (np.diff(model.thresholds["estimate"]) > 0).all()


def test_intervals_cover_under_clusters_and_unequal_weights() -> None:
    """Samples of clusters with a common shift, drawn more often where the answer is high."""
    rng = np.random.default_rng(20261124)
    clusters, size, samples = 30, 20, 200
    hits = np.zeros(2)
    for _ in range(samples):
        x = np.repeat(rng.normal(size=clusters), size) + rng.normal(size=clusters * size)
        z = rng.integers(0, 2, size=x.size)
        latent = 0.5 * x - 0.4 * z + rng.logistic(size=x.size)
        y = np.digitize(latent, [-1, 0, 1.5])
        chance = np.where(y > 1, 0.9, 0.45)
        drawn = rng.random(x.size) < chance
        rows = marked(
            {
                "y": y[drawn], "x": x[drawn], "z": z[drawn], "w": 1 / chance[drawn],
                "stratum": 0, "unit": np.repeat(np.arange(clusters), size)[drawn],
            }
        )  # fmt: skip
        found = fitted(rows, terms=("x", "z")).coefficients
        hits += found["ci_low"].lt([0.5, -0.4]) & found["ci_high"].gt([0.5, -0.4])
    # Three Monte Carlo standard errors around the nominal 95 %, and one point for small samples.
    assert (np.abs(hits / samples - 0.95) < 3 * np.sqrt(0.95 * 0.05 / samples) + 0.01).all()
