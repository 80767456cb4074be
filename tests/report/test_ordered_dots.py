"""Dots keep the order of their rows; nothing stands without a name."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.data.published import polls
from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.charts import Chart
from helpers.report.ordered_dots import ordered_dots
from helpers.report.wave_tables import series_headings, wave_names
from helpers.stats.published.printed import over_design_effects
from helpers.stats.published.series import dated_shares

WORDS = {"Is the country developing in the right direction": "printed as one share"}


@pytest.fixture(scope="module")
def asked() -> pd.DataFrame:
    return polls(pollster="kaziss", response="right_direction", subgroup="all")


@pytest.fixture(scope="module")
def rows(asked: pd.DataFrame) -> pd.DataFrame:
    return over_design_effects(dated_shares, asked, questions=WORDS)


def dots(rows: pd.DataFrame, asked: pd.DataFrame, **changed: object) -> Chart:
    options: dict[str, object] = {
        "block": "series", "headings": series_headings(rows), "names": wave_names(asked),
        "axis": "% of respondents", "what": "published shares",
    }  # fmt: skip
    return ordered_dots(rows, **(options | changed))


def test_the_words_are_those_of_the_rows(rows: pd.DataFrame, asked: pd.DataFrame) -> None:
    alt = dots(rows, asked).alt
    assert "in 1 block: published shares" in alt
    assert "Lowest 71.7% (Country direction, right direction, Feb 2023)" in alt
    assert "highest 81.1%" in alt
    assert 40 <= len(alt) <= 250


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
@pytest.mark.parametrize("whole", [None, (0.0, 100.0)])
def test_time_runs_down_and_a_missing_base_leaves_a_dot_hollow(
    rows: pd.DataFrame, asked: pd.DataFrame, width: float, whole: tuple[float, float] | None
) -> None:
    with theme.drawing():
        figure = dots(rows, asked, whole=whole, reference=50.0).draw(width)
        figure.canvas.draw()
    main = figure.axes[0]
    names = [tick.get_text() for tick in main.get_yticklabels()]
    assert names[0] == "Feb 2023"
    assert names[-1] == "Oct 2025"
    assert list(main.get_yticks()) == sorted(main.get_yticks(), reverse=True)
    marks = [line for line in main.lines if line.get_marker() == "o"]
    hollow = [line.get_markerfacecolor() == "white" for line in marks]
    assert hollow == [True, False, False, False, True]
    assert min(text.get_fontsize() for text in main.texts) >= 7
    assert len(figure.axes) == (1 if whole is None else 2)


def test_a_row_without_a_name_is_refused(rows: pd.DataFrame, asked: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="without a name"):
        dots(rows, asked, names={})
    with pytest.raises(EstimationError, match="without a name"):
        dots(rows, asked, headings={})
    with pytest.raises(EstimationError, match="has no rows"):
        dots(rows, asked, headings=series_headings(rows) | {"other": "Other"})
