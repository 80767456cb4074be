"""Dots stand on their lines; nothing is drawn twice, and words and marks are those of the rows."""

from __future__ import annotations

import pandas as pd
import pytest
from data.views_surveys import reader_file, simulated

from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.charts import Chart
from helpers.report.panel_dots import TRUTH, panel_dots
from helpers.stats.estimates import Inapplicable
from helpers.stats.views.perceptions import answer_readings, readings_by_group
from helpers.stats.views.sample import region_shares

FACTS = ["language", "education"]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return answer_readings(simulated(), scales=["answering", "heeding"], levels=["net score"])


@pytest.fixture(scope="module")
def groups() -> pd.DataFrame:
    return readings_by_group(simulated(), scales=["heeding"], facts=FACTS)


def single(rows: pd.DataFrame) -> Chart:
    return panel_dots(rows, line="label", block="scale_label", axis="points", what="net scores",
                      reference=0, dashed="balance")  # fmt: skip


def many(groups: pd.DataFrame) -> Chart:
    return panel_dots(groups, panel="label", line="group", block="by", axis="points", reference=0,
                      what="net scores by group", own_axes=True)  # fmt: skip


def test_the_words_are_those_of_the_rows(rows: pd.DataFrame, groups: pd.DataFrame) -> None:
    alt = single(rows).alt
    least, most = (
        rows.loc[place] for place in (rows["estimate"].idxmin(), rows["estimate"].idxmax())
    )
    assert f"Lowest −{abs(least['estimate']):.1f} points ({least['label']})" in alt
    assert f"highest {most['estimate']:.1f} points ({most['label']})" in alt
    assert "With unweighted dots and truth marks." in alt
    assert "in 4 panels" in many(groups).alt
    for chart in (single(rows), many(groups)):
        assert 40 <= len(chart.alt) <= 250


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_each_row_is_a_dot_a_line_a_hollow_dot_and_a_tick(rows: pd.DataFrame, width: float) -> None:
    with theme.drawing():
        figure = single(rows).draw(width)
        figure.canvas.draw()
    (axes,) = figure.axes
    ticks = [line for line in axes.lines if line.get_marker() == "|"]
    sizes = {3: "unweighted", 4: "estimate"}
    for line in axes.lines:
        if line.get_marker() == "o" and len(line.get_xdata()):
            column = sizes[int(line.get_markersize())]
            assert list(line.get_xdata()) == pytest.approx(rows[column].tolist())
    assert list(ticks[0].get_xdata()) == pytest.approx(rows["truth"].tolist())
    (intervals,) = axes.collections
    ends = [(one[0, 0], one[1, 0]) for one in intervals.get_segments()]
    assert ends == [tuple(row) for row in rows[["ci_low", "ci_high"]].to_numpy()]
    assert {line.get_color() for line in ticks} == {TRUTH}
    assert min(text.get_fontsize() for text in axes.texts) >= 7
    keys = [text.get_text() for text in figure.legends[0].get_texts()]
    assert keys == [
        "weighted estimate, 95% interval",
        "unweighted",
        "truth in the model",
        "balance",
    ]


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_own_axes_have_one_length(groups: pd.DataFrame, width: float) -> None:
    with theme.drawing():
        figure = many(groups).draw(width)
        figure.canvas.draw()
    shown = [axes for axes in figure.axes if axes.axison]
    lengths = [axes.get_xlim()[1] - axes.get_xlim()[0] for axes in shown]
    assert lengths == pytest.approx([lengths[0]] * 4)
    for axes, (_, part) in zip(shown, groups.groupby("label", sort=False), strict=True):
        low, high = axes.get_xlim()
        assert low < part["ci_low"].min()
        assert part["ci_high"].max() < high


def test_without_truth_and_weights_their_marks_vanish(tmp_path) -> None:
    mine = answer_readings(reader_file(tmp_path), scales=["heeding"], levels=["net score"])
    chart = single(mine)
    assert "truth" not in chart.alt
    with theme.drawing():
        figure = chart.draw(theme.WIDE)
    keys = [text.get_text() for text in figure.legends[0].get_texts()]
    assert keys == ["estimate, 95% interval", "balance"]


def test_two_rows_in_one_place_are_refused(rows: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="cover each other"):
        panel_dots(rows, line="scale_label", axis="points", what="x")
    mixed = answer_readings(simulated(), about=["trust-courts"])
    with pytest.raises(EstimationError, match="of one unit"):
        panel_dots(mixed, line="level", axis="points", what="x")


def test_a_reason_passes(tmp_path) -> None:
    absent = Inapplicable("no item", "x", None)
    assert panel_dots(absent, line="label", axis="x", what="x") is absent
    assert not isinstance(region_shares(simulated()), Inapplicable)
