"""The paths of claims on indices: counted, equal to the functions they call, and to plain dummies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from helpers.data.official import indicators, panel
from helpers.errors import EstimationError
from helpers.stats.estimates import Inapplicable, pick
from helpers.stats.panel.index_change import change_apart, index_changes
from helpers.stats.panel.index_choices import (
    CHANGE_CHOICES,
    SLOPE_CHOICES,
    change_paths,
    slope_paths,
)
from helpers.stats.panel.index_paths import index_path
from helpers.stats.panel.panel_outcomes import in_spreads, outcome_slopes

NAMES = {"wgi_va_u2023": "Voice", "wgi_cc_u2023": "Corruption"}
EU = ["EST", "LTU", "LVA"]


@pytest.fixture(scope="module")
def core() -> pd.DataFrame:
    return panel("core")


@pytest.fixture(scope="module")
def paths(core: pd.DataFrame) -> pd.DataFrame:
    rows = slope_paths(
        core, outcome="wgi_va", terms={"services": "egov_osi", "participation": "egov_epi"},
        without={"outside the EU": EU}, years={"from 2008": (2008, 2022), "all": (2005, 2022)},
    )  # fmt: skip
    assert isinstance(rows, pd.DataFrame)
    return rows


@pytest.fixture(scope="module")
def path() -> pd.DataFrame:
    rows = indicators(*NAMES, iso3="KAZ").query("2003 <= year <= 2022")
    return index_path(rows, names=NAMES)


def test_every_combination_is_a_path_and_the_first_is_the_main_one(paths: pd.DataFrame) -> None:
    assert len(paths) == 2 * 3 * 1 * 2 * 2 * 2
    assert not paths.duplicated(list(SLOPE_CHOICES)).any()
    assert paths.loc[paths["main"], "path"].tolist() == [1]
    assert set(paths["unit"]) == {"standard deviations"}
    assert set(paths["evidence"]) == {"published"}


def test_the_main_path_is_the_slope_of_the_chapter(core: pd.DataFrame, paths: pd.DataFrame) -> None:
    kept = core[core["year"].ge(2008) & ~core["iso3"].isin(EU)]
    slope = pick(in_spreads(outcome_slopes({"wgi_va": kept}, term="egov_osi",
                                           names={"wgi_va": "Voice"})))  # fmt: skip
    main = paths[paths["main"]].iloc[0]
    # The deviations of the term have a spread of one; the slope is in those of the outcome.
    for column in ("estimate", "ci_low", "ci_high"):
        assert main[column] == pytest.approx(getattr(slope, column), rel=1e-9)


def test_levels_and_changes_equal_plain_dummies(core: pd.DataFrame, paths: pd.DataFrame) -> None:
    """Places of both; changes from wave to wave, with a dummy a country, are of own trends."""
    kept = core[core["year"].ge(2008) & ~core["iso3"].isin(EU)].sort_values(["iso3", "year"])
    kept = kept.astype({"year": "int64"})
    rank = kept.groupby("year")[["wgi_va", "egov_osi"]].rank()
    rows = kept.assign(y=rank["wgi_va"], x=rank["egov_osi"])
    spread = np.sqrt(rows.groupby("year")[["x", "y"]].var().mean())
    steps = rows.assign(**rows.groupby("iso3")[["y", "x"]].diff()).dropna(subset=["y", "x"])
    of_places = paths[
        (paths["term"] == "services") & paths["measure"].str.startswith("places")
        & (paths["years"] == "from 2008") & (paths["interval"] == "CR2")
    ].set_index("estimator")  # fmt: skip
    for name, data in (("levels", rows), ("changes, own trends", steps)):
        fit = smf.ols("y ~ x + C(iso3) + C(year)", data).fit()
        expected = fit.params["x"] * spread["x"] / spread["y"]
        assert of_places.loc[name, "estimate"] == pytest.approx(expected, rel=1e-8)
    assert of_places["estimate"].nunique() == 2


def test_changes_equal_those_computed_one_at_a_time(path: pd.DataFrame) -> None:
    voice = change_paths(path, item="Voice", first=[2005, 2013], last=[2022, 2018])
    apart = change_paths(path, item="Corruption", less="Voice", first=[2005, 2013], last=[2022])
    assert isinstance(voice, pd.DataFrame)
    assert isinstance(apart, pd.DataFrame)
    assert (len(voice), len(apart)) == (2 * 2 * 2, 2 * 1 * 2)
    assert not voice.duplicated(list(CHANGE_CHOICES)).any()
    row = voice[(voice["first"] == "2013") & (voice["last"] == "2018")].set_index("errors")
    for words, dependence in (("independent", "none"), ("any correlation", "any")):
        one = pick(index_changes(path, first=2013, last=2018, dependence=dependence), item="Voice")  # type: ignore[arg-type]
        assert row.loc[words, "ci_low"] == pytest.approx(one.ci_low, rel=1e-12)
    both = change_apart(path, minuend="Corruption", subtrahend="Voice", first=2005, last=2022)
    assert apart[apart["main"]]["estimate"].item() == pytest.approx(both.estimate, rel=1e-12)


def test_what_cannot_be_walked_is_told(core: pd.DataFrame, path: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match=r"no option; got none of \['last'\]"):
        change_paths(path, item="Voice", first=[2005], last=[])
    one = slope_paths(core, outcome="wgi_va", terms={"services": "egov_osi"},
                      without={"all": []}, years={"one wave": (2008, 2008)})  # fmt: skip
    assert isinstance(one, Inapplicable)
    assert one.reason.startswith("the main path has no result")
