"""Ranges: the alternative text is true, both widths are drawn, and what would be lost is an error."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from helpers.errors import EstimationError, EvidenceError
from helpers.report import theme
from helpers.report.charts import Chart
from helpers.report.range_plot import range_plot
from helpers.stats.bend.sensitivity import dont_know_bounds

HEADINGS = {"P": "A house with a rather long name, Spring of 2022, n = 6,800", "Q": "Other, 2023"}


def question(poll: str, target: str, n: int | None, **answers: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "poll_id": poll, "question": "q", "target": target, "response": list(answers),
            "scale": None, "percent": list(answers.values()), "n": n, "subgroup": "all",
            "source_id": "s", "evidence": "published",
        }
    ).astype({"n": "Int64"})  # fmt: skip


@pytest.fixture
def rows() -> pd.DataFrame:
    readings = pd.concat(
        [
            question("P", "courts", 6800, yes=48.3, dont_know=13.8),
            question("P", "police", 6800, yes=64.3, dont_know=1.5),
            question("Q", "deputies", None, yes=20, dont_know=5),
        ]
    )
    return dont_know_bounds(readings, answers=["yes"], unsure=["dont_know"])


def chart(rows: pd.DataFrame, **options: object) -> Chart:
    usual = {"headings": HEADINGS, "axis": "%", "what": "shares", "claim": 50.0}
    return range_plot(rows, **{**usual, **options})  # type: ignore[arg-type]


def test_the_alternative_text_names_the_narrowest_and_the_widest_range(rows: pd.DataFrame) -> None:
    alt = chart(rows).alt
    assert "Ranges of 3 shares" in alt
    assert "narrowest 64.3 to 65.8% (Police)" in alt
    assert "widest 48.3 to 62.1% (Courts)" in alt
    assert 40 <= len(alt) <= 250


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_every_end_stands_in_the_drawing_as_a_number(rows: pd.DataFrame, width: float) -> None:
    with theme.drawing():
        figure = chart(rows).draw(width)
    figure.draw_without_rendering()
    texts = [text.get_text() for text in figure.axes[0].texts]
    printed = set(re.findall(r"\d+\.\d", " ".join(texts)))
    assert {f"{value:.1f}" for value in rows["estimate"]} <= printed
    assert {text.get_fontsize() for text in figure.axes[0].texts if text.get_text()} >= {7}
    assert min(text.get_fontsize() for text in figure.axes[0].texts) >= 7
    assert round(figure.get_figwidth() * 25.4) == width


def test_a_share_shown_between_the_ends_is_named_so(rows: pd.DataFrame) -> None:
    gaps = rows[rows["treatment"] != "left out"].assign(unit="points")
    gaps.loc[gaps["treatment"] == "lowest", "estimate"] -= 30
    with theme.drawing():
        axes = chart(gaps, claim=None).draw(theme.WIDE).axes[0]
    assert any(text.get_text().startswith("shown ") for text in axes.texts)
    assert any(text.get_text().startswith("lowest ") for text in axes.texts)


def test_what_would_be_left_out_is_an_error(rows: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="a heading for each group"):
        chart(rows, headings={"P": "House"})
    with pytest.raises(EstimationError, match="would be left out"):
        chart(rows.assign(treatment="imputed"))
    with pytest.raises(EstimationError, match="one design effect"):
        chart(pd.concat([rows, rows]))
    with pytest.raises(EstimationError, match="lowest and highest"):
        chart(rows[rows["treatment"] != "highest"])
    with pytest.raises(EvidenceError):
        chart(rows.drop(columns="evidence"))
