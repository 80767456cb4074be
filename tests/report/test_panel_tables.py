"""Changes and slopes as text: two decimals, a true minus, and no invented cell."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from helpers.errors import EstimationError
from helpers.report.panel_tables import (
    changes_in_words,
    p_text,
    slopes_in_words,
    ways_side_by_side,
)

MARK = {"source": "s2;s1", "evidence": "published"}
PATH = pd.DataFrame(
    {"item": ["V", "V", "D", "D"], "level": ["2005", "2022"] * 2,
     "estimate": [-1.034, -1.069, 0.12, 0.134], "se": [0.151, 0.121, math.nan, math.nan], **MARK}
)  # fmt: skip
CHANGES = pd.DataFrame(
    {"item": ["V", "D"], "estimate": [-0.035, 0.014], "ci_low": [-0.415, math.nan],
     "ci_high": [0.345, math.nan], **MARK}
)  # fmt: skip
SLOPES = pd.DataFrame(
    {"item": ["V", "D"], "group": "16 countries", "estimate": [0.05, -0.021],
     "ci_low": [-0.071, -0.04], "ci_high": [0.165, 0.01], "cr2_low": [-0.061, -0.05],
     "cr2_high": [0.161, 0.02], "p_value": [0.3528, 0.0004], "p_adjusted": [0.7057, 0.0008], **MARK}
)  # fmt: skip


def test_a_change_stands_beside_its_two_values() -> None:
    wide = CHANGES.assign(ci_low=[-0.569, math.nan], ci_high=[0.499, math.nan])
    rows = changes_in_words(PATH, {"none": CHANGES, "any": wide}, first=2005, last=2022)
    assert rows.iloc[0, :6].tolist() == [
        "V", "−1.03 (SE 0.15)", "−1.07 (SE 0.12)", "−0.04", "−0.41 to 0.34", "−0.57 to 0.50"
    ]  # fmt: skip
    assert rows.iloc[1, :4].tolist() == ["D", "0.12", "0.13", "+0.01"]
    assert rows.iloc[1, 4:6].isna().all()
    assert set(rows["evidence"]) == {"published"}


def test_changes_of_other_indices_do_not_share_a_table() -> None:
    other = CHANGES.assign(estimate=[0.1, 0.2])
    with pytest.raises(EstimationError, match="changes differ"):
        changes_in_words(PATH, {"none": CHANGES, "any": other}, first=2005, last=2022)


def test_slopes_show_both_intervals_and_both_p_values() -> None:
    rows = slopes_in_words(SLOPES)
    assert rows.loc[0, ["slope", "wild", "cr2", "p", "holm"]].tolist() == [
        "0.05", "−0.07 to 0.17", "−0.06 to 0.16", "0.353", "0.706"
    ]  # fmt: skip
    assert rows.loc[1, ["slope", "p", "holm"]].tolist() == ["−0.02", "< 0.001", "< 0.001"]
    assert "verdict" not in rows
    assert list(slopes_in_words(SLOPES.assign(verdict="not shown"))["verdict"]) == ["not shown"] * 2


def test_ways_stand_in_their_order_with_a_gap_where_an_outcome_is_missing() -> None:
    ways = pd.concat([SLOPES.assign(way="Named"), SLOPES.iloc[:1].assign(way="Another")])
    rows = ways_side_by_side(ways)
    assert list(rows["way"]) == ["Named", "Another"]
    assert list(rows.columns) == ["way", "V", "D", "source", "evidence"]
    assert rows.loc[0, "V"] == "0.05 (p 0.706)"
    assert pd.isna(rows.loc[1, "D"])
    assert set(rows["source"]) == {"s1;s2"}


@pytest.mark.parametrize(("p", "text"), [(0.0494, "0.049"), (0.0009, "< 0.001"), (1.0, "1.000"),
                                         (math.nan, "")])  # fmt: skip
def test_a_p_value_is_never_printed_as_zero(p: float, text: str) -> None:
    assert p_text(p) == text
