"""Bars of waves show every answer; their words are made from the rows."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.data.published import polls
from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.charts import Chart
from helpers.report.wave_bars import wave_bars
from helpers.stats.published.printed import printed_shares

WAVES = {"BNS_LAW_2023_10": "autumn 2023", "BNS_LAW_2024_10": "autumn 2024"}
BODIES = {"police": "Police (agree that it can be trusted)", "courts": "Courts (do you trust)"}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return printed_shares(polls(poll_id=list(WAVES), target=list(BODIES), distribution="complete"))


def bars(rows: pd.DataFrame, **changed: object) -> Chart:
    options: dict[str, object] = {
        "headings": BODIES, "waves": WAVES, "negative": ["rather-distrust", "full-distrust"],
        "positive": ["partial-trust", "full-trust"], "apart": ["never-encountered", "dont-know"],
    }  # fmt: skip
    return wave_bars(rows, **(options | changed))


def test_the_words_are_those_of_the_rows(rows: pd.DataFrame) -> None:
    alt = bars(rows).alt
    assert "2 bodies in 2 waves" in alt
    assert "61.0% (courts, autumn 2023) to 64.3% (police, autumn 2024)" in alt
    assert 40 <= len(alt) <= 250


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_every_share_is_printed_at_both_widths(rows: pd.DataFrame, width: float) -> None:
    with theme.drawing():
        figure = bars(rows).draw(width)
        figure.canvas.draw()
    told = " ".join(text.get_text() for axes in figure.axes for text in axes.texts)
    for share in rows["estimate"]:
        assert f"{share:.1f}" in told
    sizes = [text.get_fontsize() for axes in figure.axes for text in axes.texts]
    assert min(sizes) >= 7
    for answer in ("partly trust", "rather distrust"):
        assert answer in told


def test_nothing_is_left_out_in_silence(rows: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="never-encountered"):
        bars(rows, apart=["dont-know"])
    with pytest.raises(EstimationError, match="police"):
        bars(rows, headings={"courts": "Courts"})
    with pytest.raises(EstimationError, match="BNS_LAW_2024_10"):
        bars(rows, waves={"BNS_LAW_2023_10": "autumn 2023"})
    with pytest.raises(EstimationError, match="a bar is missing"):
        bars(rows[(rows["item"] == "police") | (rows["group"] == "BNS_LAW_2023_10")])
