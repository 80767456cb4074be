"""A labelled scatter names every mark once, without covering marks where there is room."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.charts import Chart
from helpers.report.labelled_scatter import labelled_scatter

AXES = ("Services, change", "Voice, change")


def changes(points: dict[str, tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"item": item, "group": name, "level": "2008 to 2022", "estimate": value,
             "source": "s", "evidence": "published"}
            for name, pair in points.items()
            for item, value in zip(("Services", "Voice"), pair, strict=True)
        ]
    )  # fmt: skip


POINTS = {"Aland": (1.5, 0.02), "Beland": (-0.4, 0.3), "Celand": (-0.42, 0.29),
          "Deland": (0.5, 0.9), "Eland": (0.1, -0.4)}  # fmt: skip


def chart(points: dict[str, tuple[float, float]] = POINTS, **options: str) -> Chart:
    usual = {"across": "Services", "up": "Voice", "highlight": "Aland"}
    return labelled_scatter(changes(points), axes=AXES, **{**usual, **options})  # type: ignore[arg-type]


def test_the_alternative_text_counts_and_names() -> None:
    assert chart().alt == (
        "Scatter of 5 countries, voice against services, changes. In 2 both rose; Aland gained most"
        " in services; Aland has +1.50 and +0.02."
    )
    assert 40 <= len(chart().alt) <= 250


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_every_mark_has_one_name_and_no_two_names_overlap(width: float) -> None:
    with theme.drawing():
        figure = chart().draw(width)
        figure.draw_without_rendering()
    [axes] = figure.axes
    assert sorted(text.get_text() for text in axes.texts) == sorted(POINTS)
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(a.overlaps(b) for at, a in enumerate(boxes) for b in boxes[at + 1 :])
    marks = axes.transData.transform(np.array(list(POINTS.values())))
    assert not any(box.contains(*mark) for box in boxes for mark in marks)


def test_a_country_without_its_pair_is_an_error() -> None:
    rows = changes(POINTS)
    for broken in (
        rows.iloc[1:],
        pd.concat([rows, rows.iloc[:1]]),
        pd.concat([rows, rows.iloc[:1].assign(item="Third")]),
    ):
        with pytest.raises(EstimationError, match="a scatter needs one"):
            labelled_scatter(broken, across="Services", up="Voice", axes=AXES, highlight="Beland")
    with pytest.raises(EstimationError, match="a scatter needs one"):
        chart(highlight="Nowhere")
