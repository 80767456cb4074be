"""Counts of appeals, country indicators and population margins say what their sources say."""

from __future__ import annotations

import pytest

from helpers.data.official import appeals, caict, census, indicators, panel, statistics
from helpers.errors import DataError


def test_counts_that_disagree_with_their_printed_share_are_found() -> None:
    """By hand: 251 of 352 is 71.3 and not 81.3, and so on; the others agree within rounding."""
    rows = appeals()
    wrong = rows[rows["agrees"].eq(False).fillna(False)]
    found = {
        (r.body, round(r.percent_recomputed, 1), r.percent_printed) for r in wrong.itertuples()
    }
    assert found == {
        ("Ulytau region", 71.3, 81.3),
        ("Abai region", 95.8, 96.2),
        ("Astana city", 94.6, 94.3),
        ("All offices", 89.9, 89.4),
        ("Labour and Social Protection", 95.3, 94.9),
    }
    assert rows["agrees"].eq(True).sum() == 13


def test_figures_older_than_their_source_says_are_marked() -> None:
    rows = appeals(level="governor")
    assert set(rows.loc[rows["as_of"] == "2024-12-17", "usable_as_dated"]) == {False}
    assert set(rows.loc[rows["as_of"] != "2024-12-17", "usable_as_dated"]) == {True}


def test_every_cell_of_the_panel_is_there() -> None:
    rows = indicators()
    assert len(rows) == 6399
    assert rows["iso3"].nunique() == 16
    assert rows["value"].isna().sum() == 12
    assert set(rows["evidence"]) == {"published"}


def test_named_indicators_and_countries_are_chosen() -> None:
    rows = indicators("egdi", "wgi_va", iso3="KAZ")
    assert set(rows["indicator"]) == {"egdi", "wgi_va"}
    by_year = rows[rows["indicator"] == "egdi"].set_index("year")
    assert (by_year.loc[2018, "value"], by_year.loc[2018, "rank"]) == (0.7597, 39)
    with pytest.raises(DataError, match="got 'egid'; expected for example egdi"):
        indicators("egid")


def test_the_largest_complete_panels_have_their_size() -> None:
    core = ("egdi", "egov_osi", "egov_tii", "egov_hci", "egov_epi", "wgi_va", "wgi_cc", "wgi_ge",
            "wgi_rl", "vdem_libdem")  # fmt: skip
    rows = panel(*core)
    assert len(rows) == 143
    balanced = rows[rows["year"].between(2008, 2022)]
    assert (len(balanced), balanced["iso3"].nunique()) == (128, 16)
    assert set(rows["evidence"]) == {"published"}
    participation = panel("egdi", "vdem_polyarchy", "vdem_partipdem", "vdem_cspart", "vdem_libdem")
    assert len(participation[participation["year"] <= 2022]) == 99


def test_a_margin_says_whom_it_counts() -> None:
    regions = census("region20", reference_date="2024-07-01")
    assert len(regions) == 20
    assert regions["population"].sum() == 20_159_707
    assert set(regions["covers"]) == {"all ages"}
    assert set(census("sex_x_age_18_74")["covers"]) == {"aged 18 to 74"}
    assert len(census()) == 306
    with pytest.raises(DataError, match="expected for example region20"):
        census("region2")


def test_printed_toplines_give_whole_counts_but_for_one_cell() -> None:
    rows = caict()
    assert len(rows) == 108
    wrong = rows[~rows["possible"]]
    assert list(zip(wrong["answer"], wrong["country"], strict=True)) == [
        ("country cafe", "Uzbekistan")
    ]
    assert wrong["count"].isna().all()
    whole = rows.dropna(subset="count")
    assert (whole["percent"] * 10 - whole["count"].astype(float)).abs().max() < 1e-9
    men = caict(item_code="P.3").query("answer == 'male'")
    assert men["count"].sum() == 1896


def test_printed_significance_agrees_with_the_correlation() -> None:
    """A t test of each printed correlation, by its formula, gives the printed statement."""
    for row in statistics(unit="correlation").itertuples():
        t = abs(row.value) * ((row.n - 2) / (1 - row.value**2)) ** 0.5
        assert row.significance_printed == ("p < 0.05" if t > 1.964 else "p > 0.05")
    assert len(statistics()) == 35
