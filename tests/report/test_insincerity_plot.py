"""Panels of supposed insincerity: true words, both widths, the marks at their places."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.evidence import Evidence
from helpers.report import theme
from helpers.report.charts import Chart
from helpers.report.insincerity_plot import insincerity_lines
from helpers.stats.bend.sensitivity import insincerity_band
from helpers.stats.bend.tipping_tables import tipping_to_share
from helpers.stats.estimates import Estimate

HEADINGS = {"P": "House of polls, Feb 2022, n = 1,000", "Q": "Other house, 2023, n not published"}


def readings() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "poll_id": ["P", "P", "Q"], "target": ["courts", "police", "courts"],
            "response": "trust", "scale": "trust", "percent": [80.0, 45.0, 52.0],
            "n": [1000, 1000, None], "subgroup": "all", "source_id": "s", "evidence": "published",
        }
    ).astype({"n": "Int64"})  # fmt: skip


def anchor(value: float, unit: str) -> Estimate:
    return Estimate(
        item="a", level="b", group="c", estimate=value, se=None, ci_low=None, ci_high=None, n=None,
        n_eff=None, deff=None, df=None, unit=unit, evidence=Evidence.PUBLISHED, source="other",
        method="m",
    )  # fmt: skip


def chart(rows: pd.DataFrame | None = None, **options: object) -> Chart:
    rows = readings() if rows is None else rows
    usual = {
        "tipping": tipping_to_share(rows, to=50),
        "anchors": {"10 points less": anchor(10, "points"), "Elsewhere": anchor(13, "percent")},
        "headings": HEADINGS,
    }
    band = insincerity_band(rows, insincere=[0, 25, 50])
    return insincerity_lines(band, **{**usual, **options})  # type: ignore[arg-type]


def test_the_alternative_text_names_the_extremes_and_what_starts_below() -> None:
    found = chart()
    assert "3 shares" in found.alt
    assert "They reach half of all if 3.8 (Other house) to 37.5 (House of polls)" in found.alt
    assert "Below it from the start: 1." in found.alt
    assert 40 <= len(found.alt) <= 250


def test_the_rows_carry_tipping_points_and_the_sources_of_the_anchors() -> None:
    rows = chart().rows
    first = rows[(rows["group"] == "P") & (rows["item"] == "courts")]
    assert first["tipping"].tolist() == pytest.approx([37.5] * 3)
    assert set(rows["source"]) == {"s;other;other"}
    assert rows["tipping"].isna().sum() == 3


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_marks_stand_where_they_belong(width: float) -> None:
    with theme.drawing():
        figure = chart().draw(width)
    figure.draw_without_rendering()
    panel = figure.axes[0]
    marks = {
        line.get_marker(): (line.get_xdata()[0], line.get_ydata()[0])
        for line in panel.lines
        if line.get_marker() in ("o", "D")
    }
    assert marks["o"] == pytest.approx((37.5, 50))
    assert marks["D"] == pytest.approx((12.5, 70))
    assert any(list(line.get_xdata()) == [13, 13] for line in panel.lines)
    below = figure.axes[1]
    assert [line for line in below.lines if line.get_marker() == "o"] == []
    texts = [text for axes in figure.axes for text in axes.texts]
    assert min(text.get_fontsize() for text in texts) >= 7
    assert "37.5" in [text.get_text() for text in texts]
    assert round(figure.get_figwidth() * 25.4) == width


def test_a_title_says_what_differs() -> None:
    one_item = readings().iloc[[0, 2]]
    with theme.drawing():
        titles = [axes.get_title(loc="left") for axes in chart(one_item).draw(190).axes[:2]]
    assert titles == [
        "House of polls\nFeb 2022, n\u00a0=\u00a01,000",
        "Other house\n2023, n not published",
    ]
    with theme.drawing():
        titles = [axes.get_title(loc="left") for axes in chart(readings()[:2]).draw(190).axes[:2]]
    assert titles == ["Courts", "Police"]


def test_another_claim_than_one_half_is_named() -> None:
    found = chart(tipping=tipping_to_share(readings(), to=40))
    assert "They reach 40% if" in found.alt


def test_nothing_can_tip_that_starts_below() -> None:
    found = chart(readings().iloc[[1]])
    assert "None is above half of all" in found.alt
    assert len(found.alt) <= 250


def test_what_would_be_left_out_is_an_error() -> None:
    with pytest.raises(EstimationError, match="in one of the two frames"):
        chart(tipping=tipping_to_share(readings().iloc[:2], to=50))
    with pytest.raises(EstimationError, match="without a heading"):
        chart(headings={"P": "House"})
    with pytest.raises(EstimationError, match="expected percent or points"):
        chart(anchors={"index": anchor(1, "index")})
