"""Who was drawn and who kept silent: recomputed by hand, with and without a design."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from data.views_surveys import foreign, reader_file, simulated
from scipy import stats

from helpers import paths
from helpers.data.disclosure import suppressed
from helpers.data.official import census
from helpers.evidence import Evidence, evidence_of
from helpers.stats.estimates import Estimate, Inapplicable
from helpers.stats.respondents import design_of
from helpers.stats.views.items import one
from helpers.stats.views.sample import (
    census_shares,
    margin_shares_of,
    region_shares,
    silence_by_group,
    silence_by_item,
)
from helpers.stats.views.sample_weights import (
    _joined,
    degrees_of_variance,
    design_effects,
    effective_sizes,
    sample_facts,
    weight_classes,
)

FACTS = ["education", "age-group", "sex"]
DATES = {"urban_rural": "2023-10-01", "sex_x_age_18_74": "2023", "region20": "2023-01-01"}


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    return pd.read_csv(paths.survey() / "responses.simulated.csv")


def test_the_sample_in_numbers(raw: pd.DataFrame) -> None:
    rows = sample_facts(simulated()).set_index("level")["estimate"]
    truth, weight = simulated().truth, raw["weight"]
    assert (rows["strata"], rows["units"]) == (truth["strata"], truth["clusters"])
    assert rows["degrees of freedom"] == truth["clusters"] - truth["strata"]
    assert rows["n_eff"] == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    assert rows["largest unit"] == raw["psu"].value_counts().max()
    assert rows["heaviest"] == pytest.approx(weight.max() / weight.mean())


def test_weights_fall_into_classes_of_five_or_more(raw: pd.DataFrame) -> None:
    rows = weight_classes(simulated())
    relative = raw["weight"] / raw["weight"].mean()
    for row in rows.itertuples():
        assert row.estimate == ((relative >= row.low) & (relative < row.high)).sum()
    assert rows["estimate"].sum() == len(raw)
    assert _joined(np.array([0, 9, 2, 4, 8, 1])) == [(1, 2, 9), (2, 4, 6), (4, 6, 9)]
    assert _joined(np.array([0, 2, 1])) == [(1, 3, 3)]


def test_weighted_margins_meet_the_population(raw: pd.DataFrame) -> None:
    rows = margin_shares_of(simulated(), facts=["region", "settlement", "sex", "age-group"])
    assert rows["gap"].abs().max() <= 0.01
    assert rows["gap_unweighted"].abs().max() > 5
    rural = rows[rows["label"] == "Rural"].iloc[0]
    assert rural["unweighted"] == pytest.approx(100 * (raw["settlement"] == 2).mean())


def test_the_model_has_the_margins_of_the_census() -> None:
    """Published and simulated shares stand in two results; here they are compared by hand."""
    published = census_shares(DATES).set_index("level")["estimate"]
    found = margin_shares_of(simulated(), facts=["region", "settlement"]).set_index("label")
    for place in ("Almaty", "Turkistan Region", "Ulytau Region"):
        assert published[place] == pytest.approx(found.loc[place, "truth"], abs=1e-3)
    assert published["rural"] == pytest.approx(found.loc["Rural", "truth"], abs=1e-3)
    sums = census_shares(DATES).groupby("item")["estimate"].sum()
    np.testing.assert_allclose(sums, 100)
    assert evidence_of(census_shares(DATES)) is Evidence.PUBLISHED
    printed = census("region20", reference_date="2023-01-01").set_index("category")["share"]
    assert published["Astana"] == pytest.approx(100 * printed["Astana"], abs=1e-3)


def test_regions_count_their_respondents(raw: pd.DataFrame) -> None:
    rows = region_shares(simulated())
    assert len(rows) == 20
    assert rows["cell_n"].sum() == len(raw)
    shymkent = rows[rows["label"] == "Shymkent"].iloc[0]
    assert shymkent["cell_n"] == (raw["region"] == 17).sum()


def test_silence_by_item_is_of_those_asked(raw: pd.DataFrame) -> None:
    rows = silence_by_item(simulated())
    weight = raw["weight"]
    courts = one(rows, about="trust-courts", level="dont-know")
    assert isinstance(courts, Estimate)
    assert courts.estimate == pytest.approx(
        100 * weight[raw["trust_courts"] == -1].sum() / weight.sum()
    )
    asked = raw["appeal_satisfied"] != -3
    refused = one(rows, about="appeal-satisfied", level="refused")
    assert isinstance(refused, Estimate)
    assert refused.n == asked.sum()
    skipped = one(rows, about="appeal-satisfied", level="not-asked")
    assert isinstance(skipped, Estimate)
    assert skipped.estimate == pytest.approx(100 * weight[~asked].sum() / weight.sum())
    inside = (rows["ci_low"] <= rows["truth"]) & (rows["truth"] <= rows["ci_high"])
    assert inside.mean() > 0.85
    most = silence_by_item(simulated(), kinds=["dont-know", "refused"], most=4)
    assert most["item"].nunique() == 4
    assert set(most["level"]) == {"dont-know", "refused"}
    total = most.groupby("item", sort=False)["estimate"].sum()
    assert total.is_monotonic_decreasing


def test_silence_by_group_is_a_mean_of_respondents(raw: pd.DataFrame) -> None:
    rows = silence_by_group(simulated(), facts=FACTS)
    book = simulated().codebook
    items = [item.name for item in book.items
             if item.missing and not item.asked_if and item.question and item.name != "education"]  # fmt: skip
    part = raw[raw["education"] == 3]
    share = 100 * (part[items] == -1).mean(axis=1)
    high = one(rows, group="Higher", level="dont-know")
    assert isinstance(high, Estimate)
    assert high.estimate == pytest.approx(np.average(share, weights=part["weight"]))
    assert rows["truth"].notna().all()


def test_the_design_effect_and_its_degrees_of_freedom(raw: pd.DataFrame) -> None:
    rows = design_effects(simulated(), about=["trust-president"])
    said = raw[raw["trust_president"] > 0]
    weight, answer = said["weight"], said["trust_president"]
    mean = np.average(answer, weights=weight)
    lean = (weight * (answer - mean) / weight.sum()).groupby([said["stratum"], said["psu"]]).sum()
    parts = lean.groupby("stratum").agg(lambda x: len(x) * x.var())
    free = lean.groupby("stratum").size() - 1
    simple = np.average((answer - mean) ** 2, weights=weight) / (len(said) - 1)
    row = rows.iloc[0]
    assert row["estimate"] == pytest.approx(parts.sum() / simple, rel=1e-3)
    assert row["df"] == pytest.approx(parts.sum() ** 2 / (parts**2 / (free + 2)).sum() - 2)
    assert row["kish"] == pytest.approx(len(said) * (weight**2).sum() / weight.sum() ** 2)
    clusters = weight.groupby(said["psu"]).sum()
    size = (clusters**2).sum() / (weight**2).sum()
    held = simulated().truth["scores"]["sincere"]["icc"]["trust_president"]["value"]
    assert row["truth"] == pytest.approx(row["kish"] * (1 + (size - 1) * held))
    assert row["ci_low"] < row["estimate"] < row["ci_high"]
    base = effective_sizes(rows).iloc[0]
    assert base["estimate"] == pytest.approx(len(said) / row["estimate"])
    assert base["ci_low"] < base["estimate"] < base["ci_high"]


@pytest.mark.parametrize("units", [2, 5])
def test_intervals_of_a_variance_cover_it_in_repeated_draws(units: int) -> None:
    """Strata of unequal variance, few normal units in each: 95% intervals hold near to 95%."""
    rng = np.random.default_rng(7)
    spread = np.repeat([1.0, 2.0], 20)
    sums = spread[None, :, None] * rng.normal(size=(2000, 40, units))
    parts = sums.var(axis=2, ddof=1)
    free = np.full(40, units - 1.0)
    df = np.array([degrees_of_variance(part, free) for part in parts])
    low, high = (parts.sum(axis=1) * df / stats.chi2.isf(tail, df) for tail in (0.025, 0.975))
    held = np.mean((low <= (spread**2).sum()) & ((spread**2).sum() <= high))
    assert 0.93 < held < 0.98
    assert np.isnan(degrees_of_variance(np.zeros(3), np.ones(3)))


@pytest.mark.parametrize("keep", [("id",), ("id", "weight"), ("id", "weight", "stratum", "psu")])
def test_a_readers_file_says_what_it_lacks(tmp_path: Path, keep: tuple[str, ...]) -> None:
    mine = reader_file(tmp_path, keep=keep)
    facts = sample_facts(mine)
    assert isinstance(one(facts, level="strata"), Inapplicable) == ("stratum" not in keep)
    assert isinstance(weight_classes(mine), Inapplicable) == ("weight" not in keep)
    effects = design_effects(mine)
    assert effects["truth"].isna().all()
    if keep == ("id",):
        np.testing.assert_allclose(effects["kish"], 1)
        np.testing.assert_allclose(effects["estimate"], 1, rtol=1e-2)
    margins = margin_shares_of(mine, facts=["region", "sex"])
    assert margins[["truth", "gap", "gap_unweighted"]].isna().all(axis=None)
    assert margins["unweighted"].isna().all() == ("weight" not in keep)
    shown = suppressed(silence_by_item(mine))
    assert (shown["suppressed"] != "").any()
    drawn = silence_by_item(mine, kinds=["dont-know", "refused"], most=8)
    assert (suppressed(drawn)["suppressed"] == "").all()
    assert len(region_shares(mine)) == 20


def test_a_foreign_instrument_gives_reasons_or_results(tmp_path: Path) -> None:
    bfi = foreign(tmp_path, "psych", "bfi")
    for absent in (
        region_shares(bfi), margin_shares_of(bfi, facts=["region"]),
        silence_by_group(bfi, facts=["settlement"]), effective_sizes(region_shares(bfi)),
    ):  # fmt: skip
        assert isinstance(absent, Inapplicable)
    assert len(design_effects(bfi)) == 25
    assert set(silence_by_item(bfi)["level"]) == {"refused"}
    norway = foreign(tmp_path, "stevedata", "ESS10NO")
    assert sample_facts(norway)["estimate"].notna().all()
    design = design_of(norway)
    assert one(sample_facts(norway), level="units").estimate == design.psu.max() + 1
    assert margin_shares_of(norway, facts=["sex", "region"])["label"].tolist() == ["Men", "Women"]
