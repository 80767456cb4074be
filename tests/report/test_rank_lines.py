"""Lines of places tell the truth in words, name every country, and refuse gaps."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.rank_lines import rank_lines


def places() -> pd.DataFrame:
    cells = {"Services": {"A": [3, 1], "B": [1, 2.5], "C": [2, 2.5]},
             "Voice": {"A": [3, 3], "B": [2, 1], "C": [1, 2]}}  # fmt: skip
    return pd.DataFrame(
        [
            {"item": item, "group": f"Land {country}", "level": year, "estimate": float(place),
             "n": 3, "source": "s", "evidence": "published"}
            for item, lines in cells.items()
            for country, values in lines.items()
            for year, place in zip(("2008", "2010"), values, strict=True)
        ]
    )  # fmt: skip


def test_the_alternative_text_tells_the_places_of_the_one_that_stands_out() -> None:
    chart = rank_lines(places(), highlight="Land A")
    assert chart.alt == (
        "Lines of places of 3 countries, 2008 to 2010. Land A stands out: Services, place 3 to 1;"
        " Voice, place 3 to 3. Place 1 is the highest value."
    )
    assert 40 <= len(chart.alt) <= 250


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_every_country_has_a_line_and_a_name_and_ties_share_one(width: float) -> None:
    with theme.drawing():
        figure = rank_lines(places(), highlight="Land A").draw(width)
    services, voice = figure.axes
    assert [text.get_text() for text in services.texts] == ["Land A", "Land B, Land C"]
    assert [text.get_text() for text in voice.texts] == ["Land B", "Land C", "Land A"]
    assert [len(axes.lines) for axes in figure.axes] == [3, 3]
    assert services.yaxis_inverted()
    assert services.texts[0].get_fontweight() == "bold"


def test_a_line_with_a_gap_or_an_unknown_country_is_an_error() -> None:
    with pytest.raises(EstimationError, match="1 lines with gaps"):
        rank_lines(places().drop(index=1), highlight="Land A")
    with pytest.raises(EstimationError, match="cannot be drawn"):
        rank_lines(places(), highlight="Land Z")
