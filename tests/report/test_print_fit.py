"""What a journal would send back is found: text, strokes, transparency, colours of categories."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.errors import RegisterError
from helpers.evidence import Evidence
from helpers.report import answer_looks, export, theme
from helpers.report.charts import Chart
from helpers.report.colours import VISION, ciede2000, grey_difference, lab, least_difference
from helpers.report.print_fit import unfit

# Sharma, Wu & Dalal 2005, table 1: pairs chosen to break implementations.
SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0009), 7.1792),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0011), 7.2195),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (61, -5, 29), 22.8977),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "difference"), SHARMA)
def test_differences_are_those_of_the_literature(
    one: tuple[float, float, float], other: tuple[float, float, float], difference: float
) -> None:
    assert ciede2000(one, other) == pytest.approx(difference, abs=5e-5)
    assert ciede2000(other, one) == pytest.approx(difference, abs=5e-5)


def test_colour_blindness_keeps_grey_and_confuses_what_it_does() -> None:
    assert lab("white") == pytest.approx((100, 0, 0), abs=1e-3)
    for sight, rows in VISION.items():
        assert [sum(row) for row in rows] == pytest.approx([1, 1, 1], abs=1e-5)
        assert lab("#808080", sight) == pytest.approx(lab("#808080"), abs=1e-2)
    red, green = "#d62728", "#6f7d00"
    assert ciede2000(lab(red), lab(green)) > 40
    assert least_difference(red, green) < 15
    assert grey_difference("black", "white") == pytest.approx(100, abs=1e-3)


def figure_with(*, legend: list[object] | None = None) -> Figure:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="black", linewidth=1)
    if legend is not None:
        figure.legend(handles=legend, frameon=False)  # type: ignore[arg-type]
    return figure


@pytest.fixture(autouse=True)
def in_style() -> Iterator[None]:
    with theme.drawing():
        yield


def test_what_is_fit_is_not_refused() -> None:
    apart = [Patch(facecolor=colour, label=colour) for colour in ("white", "#6baed6", "#08306b")]
    same = [Line2D([], [], color="black", marker=mark, label=mark) for mark in "os^"]
    assert unfit(figure_with(legend=[*apart, *same])) == []


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"linewidth": 0.2}, "a stroke of 0.2 pt"),
        ({"linewidth": 2}, "a stroke of 2 pt"),
        ({"linewidth": 1, "alpha": 0.5}, "transparency of 0.5"),
        ({"linestyle": "none", "marker": "o", "markeredgewidth": 3}, "a stroke of 3 pt"),
    ],
)
def test_strokes_and_transparency_are_found(what: dict[str, object], told: str) -> None:
    figure = figure_with()
    figure.axes[0].plot([0, 1], [1, 0], **what)  # type: ignore[arg-type]
    assert unfit(figure) == [told]


def test_text_areas_and_collections_are_found() -> None:
    figure = figure_with()
    axes = figure.axes[0]
    axes.text(0, 0, "small", fontsize=6.5)
    axes.barh([0], [1], edgecolor="black", linewidth=1.8)
    axes.fill_between([0, 1], [0, 1], alpha=0.3, linewidth=0)
    axes.vlines([0.5], 0, 1, linewidth=0.1)
    assert sorted(unfit(figure)) == [
        "a stroke of 0.1 pt", "a stroke of 1.8 pt", "text of 6.5 pt: 'small'",
        "transparency of 0.3",
    ]  # fmt: skip


def test_categories_told_by_colour_alone_must_be_apart() -> None:
    def told(one: str, other: str, **hatch: str) -> list[str]:
        pair = [Patch(facecolor=one, label="a"), Patch(facecolor=other, label="b", **hatch)]
        return [line.partition(" differ ")[0] for line in unfit(figure_with(legend=pair))]

    assert told("#d62728", "#2ca02c") == ["'a' and 'b'", "'a' and 'b'"]
    assert told("#1f77b4", "#d62728") == ["'a' and 'b'"], "in grey alone"
    assert told("#fdd0a2", "#a63603") == []
    assert told("#444444", "#444444") == ["'a' and 'b'", "'a' and 'b'"]
    assert told("#444444", "#444444", hatch="////") == []


@pytest.mark.parametrize("size", [2, 3, 4, 5])
@pytest.mark.parametrize("diverging", [True, False])
def test_answers_of_a_scale_are_apart(*, size: int, diverging: bool) -> None:
    looks = answer_looks.looks(size, diverging=diverging)
    keys = [
        Patch(facecolor=colour, hatch=hatch, label=str(place))
        for place, (colour, hatch, _) in enumerate(looks)
    ]
    assert unfit(figure_with(legend=keys)) == []


def test_a_chart_that_is_not_fit_is_not_registered() -> None:
    rows = pd.DataFrame({"item": ["a"], "estimate": [1.0], "source": [""]})

    def draw(_: float) -> Figure:
        figure = figure_with()
        figure.axes[0].text(0, 0, "small", fontsize=5)
        return figure

    chart = Chart(rows=rows, alt="A line.", draw=draw)
    with pytest.raises(
        RegisterError, match=r"fig-a-b is not fit for print .*text of 5 pt: 'small'"
    ):
        export.files("fig-a-b", chart, title="T", evidence=Evidence.PUBLISHED, mark="m")
    made = export.files("fig-a-b", chart, title="T", evidence=Evidence.RESPONDENTS, mark="m")
    assert ".pdf" in made, "a reader's own survey is drawn as well as it can be"
