"""Paths, places and changes of published indices, by hand and from the file itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.data.official import indicators, panel
from helpers.errors import EstimationError
from helpers.stats.estimates import pick
from helpers.stats.panel.index_paths import index_path, index_places, panel_changes


def made(values: list[list[float]], *, first: int = 2010) -> pd.DataFrame:
    """A panel: a row a country, a column a wave."""
    return pd.DataFrame(
        [
            {"country": f"Land {chr(65 + at)}", "iso3": chr(65 + at) * 3, "year": first + wave,
             "x": value, "source_id": "s1;s2", "evidence": "published"}
            for at, row in enumerate(values)
            for wave, value in enumerate(row)
        ]
    )  # fmt: skip


def test_an_interval_is_that_of_the_published_error() -> None:
    rows = indicators("wgi_va_u2023", "vdem_libdem", iso3="KAZ")
    path = index_path(rows, names={"vdem_libdem": "Democracy", "wgi_va_u2023": "Voice"})
    voice = pick(path, item="Voice", level="2005")
    raw = rows.query("indicator == 'wgi_va_u2023' and year == 2005").iloc[0]
    low, high = stats.norm(raw["value"], raw["std_error"]).interval(0.95)
    assert (voice.estimate, voice.se) == (raw["value"], raw["std_error"])
    assert (voice.ci_low, voice.ci_high) == pytest.approx((low, high), rel=1e-12)
    assert (voice.group, voice.source) == ("Kazakhstan", raw["source_id"])
    assert pick(path, item="Democracy", level="2005").ci_low is None
    assert list(path["item"].unique()) == ["Democracy", "Voice"]


def test_places_are_counted_from_the_highest() -> None:
    """A place is one more than the countries above; tied countries share the mean of theirs."""
    places = index_places(made([[3.0, 1.0], [2.0, 5.0], [2.0, 0.0], [1.0, 4.0]]), names={"x": "X"})
    found = places.pivot_table(index="group", columns="level", values="estimate")
    assert found["2010"].tolist() == [1.0, 2.5, 2.5, 4.0]
    assert found["2011"].tolist() == [3.0, 1.0, 4.0, 2.0]
    assert set(places["n"]) == {4}
    assert set(places["unit"]) == {"place"}


def test_kazakhstan_places_equal_a_count_in_the_file() -> None:
    places = index_places(panel("core"), names={"egov_osi": "Services", "wgi_va": "Voice"})
    for item, name in (("egov_osi", "Services"), ("wgi_va", "Voice")):
        for year, countries in ((2005, 15), (2022, 16)):
            wave = indicators(item).query("year == @year").set_index("iso3")["value"]
            place = pick(places, item=name, level=str(year), group="Kazakhstan")
            held = [code for code in wave.index if year != 2005 or code != "TKM"]
            assert place.estimate == 1 + (wave[held] > wave["KAZ"]).sum()
            assert place.n == countries


def test_a_change_is_last_minus_first_of_countries_with_both() -> None:
    rows = made([[1.0, 2.0, 4.0], [5.0, 5.0, 3.5]])
    rows = pd.concat([rows, made([[0.0]]).assign(country="Late", iso3="LLL", year=2012)])
    changes = panel_changes(rows, names={"x": "X"}, first=2010, last=2012)
    assert dict(zip(changes["group"], changes["estimate"], strict=True)) == {
        "Land A": 3.0, "Land B": -1.5
    }  # fmt: skip
    assert set(changes["source"]) == {"s1;s2"}
    assert changes["ci_low"].isna().all()


def test_what_is_missing_is_an_error() -> None:
    rows = indicators("wgi_va_u2023", "vdem_libdem", iso3="KAZ")
    with pytest.raises(EstimationError, match="left out"):
        index_path(rows, names={"wgi_va_u2023": "Voice"})
    with pytest.raises(EstimationError, match="nothing of"):
        index_path(rows, names={"wgi_cc": "Corruption"})
    with pytest.raises(EstimationError, match="nothing of"):
        index_places(made([[1.0], [2.0]]), names={"y": "Y"})
    with pytest.raises(EstimationError, match="missing"):
        index_places(made([[1.0], [np.nan]]), names={"x": "X"})
    with pytest.raises(EstimationError, match="no country has both"):
        panel_changes(made([[1.0], [2.0]]), names={"x": "X"}, first=2010, last=2015)
