"""The map of the instrument says what its rows say, and is drawn at both widths."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.data.instrument import instrument_needs
from helpers.errors import EstimationError, EvidenceError
from helpers.report import theme
from helpers.report.need_map import need_map


@pytest.fixture
def rows() -> pd.DataFrame:
    return instrument_needs()


def test_the_words_are_those_of_the_rows(rows: pd.DataFrame) -> None:
    alt = need_map(rows).alt
    assert alt == (
        "Grid of 10 constructs of the instrument by 6 hypotheses. Needed most: use of"
        " open-government channels (H1, H3, H4); trust in institutions (H2, H4, H5). By none:"
        " internal efficacy."
    )
    assert 40 <= len(f"{alt} Instrument: this project's own drafts.") <= 250
    fewer = rows[rows["hypothesis"] == "H1"]
    assert "by 1 hypothesis." in need_map(fewer).alt
    assert "By none" not in need_map(fewer).alt


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_each_need_is_a_dot_and_a_part_is_hollow(rows: pd.DataFrame, width: float) -> None:
    with theme.drawing():
        figure = need_map(rows).draw(width)
        figure.draw_without_rendering()
    [axes] = figure.axes
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(dots) == rows["hypothesis"].notna().sum()
    hollow = [dot for dot in dots if dot.get_markerfacecolor() == "white"]
    assert len(hollow) == (rows["needed"] == "in part").sum() == 1
    [place] = hollow[0].get_xdata()
    assert [label.get_text() for label in axes.get_xticklabels()][int(place)] == "H4"
    words = [text.get_text() for text in [*axes.get_yticklabels(), *axes.texts]]
    for row in rows.itertuples():
        assert f"{row.construct}  {row.items} items" in words
    sizes = [text.get_fontsize() for text in figure.findobj(lambda one: hasattr(one, "get_fontsize"))
             if text.get_text()]  # fmt: skip
    assert min(sizes) >= 7
    assert figure.get_figwidth() * 25.4 == pytest.approx(width)


def test_a_need_in_other_words_is_refused(rows: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match=r"got \['somewhat'\] as needed"):
        need_map(rows.assign(needed="somewhat"))
    with pytest.raises(EstimationError, match="got no hypothesis as needed"):
        need_map(rows[rows["hypothesis"].isna()])
    with pytest.raises(EvidenceError, match="no evidence kind"):
        need_map(rows.drop(columns="evidence"))
