"""Numbers are kept with the digits that processors share, and nothing else of a row moves."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from helpers.report.steady import DIGITS, steady, steady_rows

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


def test_the_last_bits_are_dropped_and_the_rest_is_kept() -> None:
    # Two processors printed these for one interval of a loading.
    assert steady(0.8125670373084307) == steady(0.812567037308552) == 0.812567037
    assert steady(3.4e-17) == 3.4e-17  # a tiny p value is no zero
    assert math.isnan(steady(math.nan))


@given(NUMBERS)
def test_rounding_is_idempotent_odd_and_close(value: float) -> None:
    once = steady(value)
    assert steady(once) == once
    assert steady(-value) == -once
    assert math.isclose(once, value, rel_tol=0.51 * 10.0 ** (1 - DIGITS), abs_tol=5e-324)


def test_only_floats_of_rows_are_rounded() -> None:
    rows = pd.DataFrame(
        {"n": [3, 2_000_000_001], "estimate": [1 / 3, np.nan], "text": ["0.33333333333", None],
         "mixed": [2 / 3, "2/3"]}
    )  # fmt: skip
    kept = steady_rows(rows)
    assert kept["n"].tolist() == [3, 2_000_000_001]
    assert kept["estimate"].iloc[0] == 0.333333333
    assert math.isnan(kept["estimate"].iloc[1])
    assert kept["text"].iloc[0] == "0.33333333333"
    assert kept["text"].isna().iloc[1]
    assert kept["mixed"].tolist() == [0.666666667, "2/3"]
    assert rows["estimate"].iloc[0] == 1 / 3
