"""What tests of rank methods share: references of R, rows of respondents, and what every result keeps."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.stats.estimates import Estimate, Inapplicable, TestResult

# By kind: closed forms, p-values, and limits found by iteration in R.
CLOSED = {"rel": 1e-8, "abs": 1e-10}
P_VALUE = {"rel": 1e-6, "abs": 1e-12}
ITERATED = {"rel": 1e-6, "abs": 1e-8}


def reference(name: str) -> dict[str, Any]:
    path = Path(__file__).parent / "reference" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def respondents(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(evidence="respondents", source="s1")


def limits(effect: Estimate) -> tuple[float | None, float | None]:
    return effect.ci_low, effect.ci_high


def assert_sound(result: Estimate | TestResult | Inapplicable) -> None:
    """Finite numbers, a probability, limits around the estimate and within its scale, or a reason."""
    if isinstance(result, Inapplicable):
        assert result.reason
        assert result.method
        return
    effect = result
    if isinstance(result, TestResult):
        assert math.isfinite(result.statistic)
        assert 0 <= result.p_value <= 1
        assert all(math.isfinite(df) for df in result.df)
        effect = result.effect
        assert effect is not None
    numbers = (effect.estimate, effect.se, effect.ci_low, effect.ci_high, effect.df, effect.n_eff)
    assert all(math.isfinite(number) for number in numbers if number is not None)
    assert (effect.ci_low is None) == (effect.ci_high is None)
    least, most = {"probability": (0, 1), "points": (-100, 100)}.get(effect.unit, (-1, 1))
    inside = [least, effect.ci_low, effect.estimate, effect.ci_high, most]
    told = [number for number in inside if number is not None]
    assert all(a <= b + 1e-9 for a, b in pairwise(told)), told


def assert_same(one: TestResult, other: TestResult) -> None:
    assert one.statistic == pytest.approx(other.statistic, **CLOSED)
    assert one.p_value == pytest.approx(other.p_value, **CLOSED)
    assert one.effect is not None
    assert other.effect is not None
    assert one.effect.estimate == pytest.approx(other.effect.estimate, **CLOSED)
    assert limits(one.effect) == pytest.approx(limits(other.effect), **CLOSED)
