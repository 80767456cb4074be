"""The respondents of the reference cases, their designs, and awkward ones to try functions on."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from helpers.errors import DesignError
from helpers.stats.design import Design, survey_design
from helpers.stats.estimates import Inapplicable, TestResult

FOLDER = Path(__file__).parents[1] / "reference"

DESIGNS: dict[str, tuple[str, dict[str, str]]] = {
    "strat": ("strat", {"weight": "pw", "strata": "stype", "population_psus": "fpc"}),
    "strat_wr": ("strat", {"weight": "pw", "strata": "stype"}),
    "clus1": ("clus1", {"weight": "pw", "psu": "dnum", "population_psus": "fpc"}),
    "clus1_wr": ("clus1", {"weight": "pw", "psu": "dnum"}),
    "clus2": ("clus2", {"weight": "pw", "psu": "dnum", "population_psus": "fpc1"}),
    "people": ("people", {"weight": "WTMEC2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU"}),
}


@cache
def reference(name: str) -> dict[str, Any]:
    """The reference values of this name, computed by R."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def respondents(name: str) -> pd.DataFrame:
    """The respondents of a sample, as R ships them."""
    return pd.DataFrame(reference("describe")["data"][name]).assign(
        evidence="respondents", source=f"survey:{name}"
    )


def design(name: str, **columns: Any) -> Design:
    """A design of the reference; ``columns`` are added to its rows or replace some."""
    sample, declared = DESIGNS[name]
    return survey_design(respondents(sample).assign(**columns), **declared)


def drawn(**columns: Any) -> Design:
    """A design of these rows with equal weights, unless there are columns ``w s p``."""
    rows = pd.DataFrame(columns).assign(evidence="simulated", source="made")
    if "w" not in rows:
        rows["w"] = 1.0
    return survey_design(
        rows,
        weight="w",
        strata="s" if "s" in rows else None,
        psu="p" if "p" in rows else None,
    )


def declared(rows: pd.DataFrame) -> Design:
    """Awkward rows with strata and units where they can bear them, else with weights alone."""
    try:
        return survey_design(rows, weight="w", strata="s", psu="p")
    except DesignError:
        return survey_design(rows, weight="w")


@st.composite
def awkward(draw: st.DrawFn) -> pd.DataFrame:
    """Rows with ties, constants, missing values, tiny groups and extreme weights."""
    n = draw(st.integers(2, 14))

    def column(*values: Any) -> list[Any]:
        return draw(st.lists(st.sampled_from(values), min_size=n, max_size=n))

    spread_of_weights = draw(st.sampled_from([(1.0,), (1.0, 2.5), (1e-9, 1.0, 1e9)]))
    numbers = draw(st.sampled_from([(3.0,), (0.0, 1.0), (1.0, 2.0, None), (-1e80, 1e-80, 7.5)]))
    return pd.DataFrame(
        {
            "w": column(*spread_of_weights),
            "s": column(1, 2),
            "p": column(1, 2, 3, 4),
            "y": column(*numbers),
            "a": pd.Categorical(
                column("no", "so", "yes"), ["no", "so", "yes", "ever"], ordered=True
            ),
            "g": column(*draw(st.sampled_from([("x",), ("x", "y"), ("x", "y", "z", None)]))),
        }
    ).assign(evidence="simulated", source="made")


def check_frame(rows: pd.DataFrame) -> None:
    """Estimates are finite; what is known of their uncertainty is finite and in order."""
    assert rows["estimate"].map(math.isfinite).all()
    measures = ["estimate", "se", "ci_low", "ci_high", "n_eff", "deff", "df"]
    assert not rows[measures].isin([math.inf, -math.inf]).any(axis=None)
    assert (rows["se"].dropna() >= 0).all()
    known = rows.dropna(subset=["ci_low", "ci_high"])
    margin = 1e-9 * (1 + known["estimate"].abs())
    assert (known["ci_low"] <= known["estimate"] + margin).all()
    assert (known["estimate"] <= known["ci_high"] + margin).all()


def check_test(result: TestResult | Inapplicable) -> None:
    """A test is finite, or says why there is none."""
    if isinstance(result, Inapplicable):
        assert result.reason
        return
    assert math.isfinite(result.statistic)
    assert 0 <= result.p_value <= 1
    assert all(math.isfinite(df) and df > 0 for df in result.df)
    assert result.effect is not None
    assert math.isfinite(result.effect.estimate)
    for limit in (result.effect.ci_low, result.effect.ci_high):
        assert limit is None or math.isfinite(limit)
