"""Small multiples say what they show, draw at both widths, and leave nothing out."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.small_multiples import small_multiples

SCALES = {"Services": "place", "Voice": "governance", "Democracy": "share"}


def rows(item: str, values: list[float], *, error: float | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {"item": item, "level": ["2005", "2014", "2022"], "group": "Land", "estimate": values,
         "ci_low": [v - error if error else float("nan") for v in values],
         "ci_high": [v + error if error else float("nan") for v in values],
         "source": "s", "evidence": "published"}
    )  # fmt: skip


PARTS = [rows("Services", [7, 3, 2]), rows("Voice", [-1.03, -1.24, -1.07], error=0.3),
         rows("Democracy", [0.12, 0.11, 0.13])]  # fmt: skip


def test_the_alternative_text_tells_first_and_last_value() -> None:
    chart = small_multiples(PARTS, scales=SCALES, short={"Services": "services, place"})
    assert chart.alt == (
        "Lines for Land, 2005 to 2022, first to last: services, place 7 to 2; voice −1.03 to −1.07;"
        " democracy 0.12 to 0.13."
    )
    assert 40 <= len(chart.alt) <= 250
    assert len(chart.rows) == 9


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_each_panel_writes_its_first_and_last_value(width: float) -> None:
    with theme.drawing():
        figure = small_multiples(PARTS, scales=SCALES).draw(width)
    shown = [axes for axes in figure.axes if axes.axison]
    assert [
        {text.get_text() for text in axes.texts} >= ends
        for axes, ends in zip(
            shown, ({"7", "2"}, {"−1.03", "−1.07"}, {"0.12", "0.13"}), strict=True
        )
    ] == [True] * 3
    # A place is better the higher it stands; a band is drawn where there are intervals.
    assert shown[0].yaxis_inverted()
    assert [len(axes.collections) for axes in shown] == [0, 1, 0]
    assert all(text.get_fontsize() >= 7 for axes in shown for text in axes.texts)


def test_what_would_be_left_out_is_an_error() -> None:
    with pytest.raises(EstimationError, match="left out"):
        small_multiples(PARTS[:2], scales=SCALES)
    with pytest.raises(EstimationError, match="left out"):
        small_multiples(PARTS, scales={"Services": "place"})
    with pytest.raises(EstimationError, match="off its axis"):
        small_multiples([rows("Voice", [-1.0, 0.9, 1.0])], scales={"Voice": "governance"})
    with pytest.raises(EstimationError, match="one line"):
        small_multiples([PARTS[2], PARTS[2]], scales={"Democracy": "share"})
    with pytest.raises(EstimationError, match="one line"):
        small_multiples(
            [PARTS[2], PARTS[2].assign(group="Elsewhere", level="2001")],
            scales={"Democracy": "share"},
        )
