"""Readings by date: every one is drawn and named, and no two names cover each other."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import polls
from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.house_series import house_series
from helpers.stats.pool.poll_studies import poll_studies
from helpers.stats.published.printed import over_design_effects


@pytest.fixture
def rows() -> pd.DataFrame:
    readings = polls(
        country="Kazakhstan", target="president", subgroup="all", response=["trust", "approve"]
    )
    return over_design_effects(poll_studies, readings)


def test_the_words_count_readings_and_houses(rows: pd.DataFrame) -> None:
    chart = house_series(rows, axis="%", what="trust in the President")
    readings = rows.drop_duplicates(["group", "level"])
    assert chart.alt.startswith(f"{len(readings)} readings of {readings['house'].nunique()} houses")
    for end in (readings["estimate"].min(), readings["estimate"].max()):
        assert f"{end:.1f}%" in chart.alt
    assert 40 <= len(chart.alt) <= 250
    assert chart.rows is rows


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_every_reading_is_named_and_no_name_covers_another(
    rows: pd.DataFrame, width: float
) -> None:
    with theme.drawing():
        figure = house_series(rows, axis="%", what="trust in the President").draw(width)
        figure.canvas.draw()
        names = [text for axes in figure.axes for text in axes.texts]
        boxes = [text.get_window_extent() for text in names]
    assert len(names) == len(rows.drop_duplicates(["group", "level"]))
    assert len({text.get_text().split()[0] for text in names}) >= rows["house"].nunique()
    assert min(text.get_fontsize() for text in names) >= 7
    assert len(figure.axes) == 2, "time is cut between 2011 and 2019"
    for place, box in enumerate(boxes):
        assert box.x1 <= figure.bbox.x1 + 1
        assert not any(box.shrunk(0.9, 0.6).overlaps(other) for other in boxes[place + 1 :])


def test_an_undated_reading_is_refused(rows: pd.DataFrame) -> None:
    undated = rows.assign(date=[None, *rows["date"][1:]])
    with pytest.raises(EstimationError, match="date"):
        house_series(undated, axis="%", what="trust in the President")
