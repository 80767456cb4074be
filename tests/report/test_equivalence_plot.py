"""Claims keep their bounds and their verdict in words; curves stay in their panel."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.report import theme
from helpers.report.equivalence_plot import equivalence_plot
from helpers.stats.estimates import Inapplicable

LOW, HIGH = [0.47, 0.40, 0.58], [0.53, 0.52, 0.64]


@pytest.fixture
def rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["One claim", "A claim whose name is long enough to need a second line", "Third"],
            "estimate": [0.5, 0.46, 0.61], "ci_low": LOW, "ci_high": HIGH,
            "inner_low": [0.475, 0.41, 0.585], "inner_high": [0.525, 0.51, 0.635],
            "lower": 0.44, "upper": 0.56, "unit": "probability", "truth": [0.5, 0.45, float("nan")],
            "verdict": ["equivalent", "not shown", "different: above the upper bound"],
            "evidence": "simulated", "source": "simulated-respondents",
        }
    )  # fmt: skip


def test_the_words_count_the_verdicts(rows: pd.DataFrame) -> None:
    alt = equivalence_plot(rows, axis="probability", what="groups", none=0.5).alt
    assert "3 claims: groups. Bounds 0.44 to 0.56." in alt
    assert "1 equivalent, 1 not shown, 1 different" in alt
    assert 40 <= len(alt) <= 250


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
def test_each_line_has_its_verdict_and_nothing_leaves_the_drawing(
    rows: pd.DataFrame, width: float
) -> None:
    with theme.drawing():
        figure = equivalence_plot(rows, axis="probability", what="groups", none=0.5).draw(width)
        figure.canvas.draw()
    axes = figure.axes[0]
    texts = [text.get_text() for text in axes.texts]
    for verdict in ("equivalent", "not shown", "different"):
        assert verdict in texts
    low, high = axes.get_xlim()
    assert low < min(LOW)
    assert high > max(HIGH)
    limit = figure.bbox.width
    assert all(text.get_window_extent().x1 <= limit for text in axes.texts)
    assert all(text.get_fontsize() >= 7 for text in axes.texts)


def test_a_label_twice_and_a_missing_column_are_errors(rows: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="cannot be drawn"):
        equivalence_plot(pd.concat([rows, rows]), axis="x", what="y")
    with pytest.raises(EstimationError, match="verdict"):
        equivalence_plot(rows.drop(columns="verdict"), axis="x", what="y")


def test_a_reason_passes() -> None:
    reason = Inapplicable("no item", "claims_tested")
    assert equivalence_plot(reason, axis="x", what="y") is reason  # type: ignore[arg-type]
