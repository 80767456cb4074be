"""The respondents of the benchmark: simulated answers with weights, strata and clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.rng import stream

MARGINS = {f"m{k}": 3 + k for k in range(5)}
"""Columns to rake on, with their number of categories."""

ITEMS = [f"q{k}" for k in range(10)]
TERMS = [f"x{k}" for k in range(14)]


def respondents(n: int) -> pd.DataFrame:
    """``n`` respondents: ten items of one factor, an outcome, 14 terms, groups and margins."""
    rng = stream("bench", n)
    latent = rng.normal(size=n)
    columns: dict[str, object] = {
        item: np.digitize(0.7 * latent + 0.7 * rng.normal(size=n), [-1.2, -0.4, 0.3, 1.1]) + 1
        for item in ITEMS
    }
    columns |= {term: rng.integers(0, 5, n) for term in TERMS}
    effect = 0.3 * columns["x0"] - 0.2 * columns["x1"]  # type: ignore[operator]
    columns["y"] = np.digitize(effect + rng.logistic(size=n), [-1.5, -0.5, 0.5, 1.5]) + 1
    columns["group"] = rng.integers(1, 7, n)
    columns |= {name: rng.integers(0, size, n) for name, size in MARGINS.items()}
    stratum = rng.integers(0, 40, n)
    columns |= {
        "stratum": stratum,
        "psu": 25 * stratum + rng.integers(0, 25, n),
        "weight": rng.lognormal(0, 0.5, n),
        "evidence": "simulated",
        "source": "bench",
    }
    return pd.DataFrame(columns)


def targets() -> dict[str, pd.Series]:
    """Shares to rake to: rising by category in every margin."""
    return {
        name: pd.Series(np.arange(1, size + 1) / sum(range(1, size + 1)), index=range(size))
        for name, size in MARGINS.items()
    }
