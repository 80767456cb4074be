"""Slopes of several outcomes agree with dummy regressions, and their family with Holm by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests

from helpers.data.official import panel
from helpers.errors import EstimationError
from helpers.stats.estimates import Inapplicable, pick
from helpers.stats.panel.panel_outcomes import (
    in_spreads,
    negligible,
    outcome_slopes,
    over_ways,
    p_values,
    without_each,
)

NAMES = {"y": "First", "w": "Second"}


def made(units: int = 7, waves: int = 5) -> pd.DataFrame:
    random = np.random.default_rng(5)
    unit, wave = np.repeat(np.arange(units), waves), np.tile(np.arange(waves), units)
    x = random.normal(size=units * waves) + unit
    return pd.DataFrame(
        {"iso3": [f"C{u}" for u in unit], "country": [f"Land {u}" for u in unit], "year": wave,
         "x": x, "y": 0.5 * x + random.normal(size=x.size), "w": random.normal(size=x.size),
         "source_id": "s", "evidence": "simulated"}
    )  # fmt: skip


def slopes(rows: pd.DataFrame, **options: str) -> pd.DataFrame:
    found = outcome_slopes(dict.fromkeys(NAMES, rows), term="x", names=NAMES, **options)  # type: ignore[arg-type]
    assert isinstance(found, pd.DataFrame)
    return found


def by_dummies(rows: pd.DataFrame, outcome: pd.Series, term: pd.Series) -> tuple[float, float]:
    """Slope and clustered error with a column for each country and wave."""
    dummies = [
        pd.get_dummies(rows[column].astype(str), dtype=float, drop_first=first)
        for column, first in (("iso3", False), ("year", True))
    ]
    design = np.column_stack([term, *dummies])
    groups = pd.factorize(rows["iso3"])[0]
    fit = sm.OLS(np.asarray(outcome, dtype=float), design).fit()
    bread = np.linalg.inv(design.T @ design)
    scores = np.array(
        [design[groups == g].T @ fit.resid[groups == g] for g in range(groups.max() + 1)]
    )
    return float(fit.params[0]), float(np.sqrt((bread @ scores.T @ scores @ bread)[0, 0]))


def z(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows.groupby("year")[column].transform(lambda v: (v - v.mean()) / v.std())


@pytest.mark.parametrize("scale", ["value", "z", "rank"])
def test_slopes_equal_those_of_a_dummy_regression(scale: str) -> None:
    rows = made()
    found = slopes(rows, outcome_as=scale)
    ways = {
        "value": rows["y"],
        "z": z(rows, "y"),
        "rank": rows.groupby("year")["y"].transform(lambda v: (v.rank() - 1) / (len(v) - 1)),
    }
    slope, _ = by_dummies(rows, ways[scale], z(rows, "x"))
    first = pick(found, item="First")
    assert first.estimate == pytest.approx(slope, rel=1e-9)
    spread = np.sqrt(ways[scale].groupby(rows["year"]).var().mean())
    assert found["spread"].iloc[0] == pytest.approx(spread, rel=1e-12)
    assert (first.level, first.group) == ("x", "7 countries")


def test_the_published_slope_of_voice_equals_a_dummy_regression() -> None:
    """The headline of the chapter, computed another way."""
    rows = panel("core").query("year >= 2008").astype({"year": int})
    found = outcome_slopes({"wgi_va": rows}, term="egov_osi", names={"wgi_va": "Voice"})
    assert isinstance(found, pd.DataFrame)
    slope, error = by_dummies(rows, rows["wgi_va"], z(rows, "egov_osi"))
    assert found["estimate"].iloc[0] == pytest.approx(slope, rel=1e-8)
    # CR2 and CR0 differ by the correction for few clusters alone.
    assert error < found["se"].iloc[0] < 1.2 * error
    assert (found["countries"].iloc[0], found["waves"].iloc[0]) == (16, 8)


def test_the_family_is_adjusted_over_all_outcomes() -> None:
    found = slopes(made())
    expected = multipletests(found["p_value"], method="holm")[1]
    assert list(found["p_adjusted"]) == pytest.approx(list(expected), rel=1e-12)
    assert set(found["tests"]) == {2}
    shown = p_values(found)
    assert pick(shown, item="Second").estimate == pytest.approx(expected[1])
    assert pick(shown, item="Second").ci_low is None
    alone = pick(p_values(found, adjusted=False), item="First")
    assert (alone.estimate, alone.unit) == (found["p_value"].iloc[0], "probability")


def test_leaving_out_a_country_is_leaving_out_its_rows() -> None:
    rows = made()
    left = without_each(dict.fromkeys(NAMES, rows), term="x", names=NAMES)
    assert isinstance(left, pd.DataFrame)
    assert len(left) == 14
    rest = rows[rows["iso3"] != "C3"]
    slope, _ = by_dummies(rest, rest["y"], z(rest, "x"))
    one = pick(left, item="First", group="Land 3")
    assert one.estimate == pytest.approx(slope, rel=1e-9)
    whole = slopes(rows).set_index("item")["spread"]
    assert (left["spread"] == left["item"].map(whole)).all()


def test_spreads_rescale_slopes_and_leave_tests_alone() -> None:
    found = slopes(made())
    scaled = in_spreads(found)
    for column in ("estimate", "ci_low", "cr2_high", "se"):
        assert list(scaled[column] * found["spread"]) == pytest.approx(list(found[column]))
    assert list(scaled["p_value"]) == list(found["p_value"])


@pytest.mark.parametrize(("bound", "verdict"), [(50.0, "equivalent"), (1e-6, "not shown")])
def test_a_verdict_follows_from_the_bound(bound: float, verdict: str) -> None:
    judged = negligible(slopes(made()), bound=bound)
    assert judged.set_index("item").loc["Second", "verdict"] == verdict


def test_ways_keep_their_names_in_order() -> None:
    found = slopes(made())
    ways = over_ways({"One": found, "Other": found})
    assert list(ways["way"]) == ["One", "One", "Other", "Other"]


def test_what_cannot_be_estimated_is_said() -> None:
    rows = made()
    with pytest.raises(EstimationError, match="needs a panel and a name"):
        outcome_slopes({"y": rows}, term="x", names=NAMES)
    with pytest.raises(EstimationError, match="unknown scale"):
        slopes(rows, outcome_as="log")
    flat = rows.assign(y=rows["year"].astype(float))
    none = outcome_slopes({"y": flat}, term="x", names={"y": "First"})
    assert isinstance(none, Inapplicable)
    assert isinstance(without_each({"y": flat}, term="x", names={"y": "First"}), Inapplicable)
