"""Every region has a tile of its own, with its number; other regions are not put anywhere."""

from __future__ import annotations

import pandas as pd
import pytest
from data.views_surveys import simulated
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers.report import theme
from helpers.report.charts import Chart
from helpers.report.tile_map import PLACES, tile_map, tile_name
from helpers.stats.estimates import Inapplicable
from helpers.stats.views.sample import region_shares


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return region_shares(simulated())


def test_the_codebook_has_the_regions_of_the_map(rows: pd.DataFrame) -> None:
    assert {tile_name(label) for label in rows["label"]} == set(PLACES)
    assert len(set(PLACES.values())) == len(PLACES) == 20


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_a_tile_a_region_and_words_inside_it(rows: pd.DataFrame, width: float) -> None:
    chart = tile_map(rows, what="respondents and weighted share")
    assert isinstance(chart, Chart)
    assert "Fewest in Ulytau (52, 1.1%), most in Turkistan (160, 10.7%)" in chart.alt
    assert 40 <= len(chart.alt) <= 250
    with theme.drawing():
        figure = chart.draw(width)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    (axes,) = figure.axes
    assert len(axes.patches) == 20
    tiles = [tile.get_window_extent() for tile in axes.patches]
    renderer = canvas.get_renderer()
    texts = [text for text in axes.texts if text.get_ha() == "center"]
    assert len(texts) == 60
    for place, text in enumerate(texts):
        box, tile = text.get_window_extent(renderer), tiles[place // 3]
        assert box.width <= 1.04 * tile.width, text.get_text()
        assert tile.y0 <= box.y0
        assert box.y1 <= tile.y1
    for one, two, three in zip(texts[::3], texts[1::3], texts[2::3], strict=True):
        boxes = [text.get_window_extent(renderer) for text in (one, two, three)]
        assert boxes[0].y0 >= boxes[1].y1 - 1
        assert boxes[1].y0 >= boxes[2].y1 - 1
    assert min(text.get_fontsize() for text in axes.texts) >= 7


def test_missing_regions_say_so_and_strange_ones_give_a_reason(rows: pd.DataFrame) -> None:
    chart = tile_map(rows[rows["label"] != "Astana"], what="respondents")
    assert isinstance(chart, Chart)
    with theme.drawing():
        figure = chart.draw(theme.WIDE)
    assert "none" in [text.get_text() for text in figure.axes[0].texts]
    strange = tile_map(rows.assign(label=rows["label"].str.replace("Astana", "Oslo")), what="x")
    assert isinstance(strange, Inapplicable)
    assert "no single place for Oslo" in strange.reason
