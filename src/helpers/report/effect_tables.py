"""Effects as cells of a table: each with its interval in words, and a verdict beside the model's."""

from __future__ import annotations

import re

import pandas as pd

from helpers.report.tables import NOTHING
from helpers.stats.estimates import reason_passes
from helpers.stats.views.family_rows import NONE, UNKNOWN
from helpers.stats.views.reliability import ALPHA, HIDDEN, OMEGA

TWINS = ("plain", "unweighted", "without")
"""Columns that stand beside the estimate, whose limits, if any, end in ``_low`` and ``_high``."""

P_VALUES = ("p_first", "plain_p", "dunn_p")
"""Further columns of p-values."""


@reason_passes
def effects_in_words(rows: pd.DataFrame, *, digits: int = 2) -> pd.DataFrame:
    """The same rows with cells in words.

    ``effect`` is the estimate with its 95% interval, or the reason why there is none. For each of
    `TWINS` and `P_VALUES`, and for ``truth``, there is a column ``<name>_words``. ``agrees`` says
    whether a verdict is the one that the model calls for, where it is known.

    Parameters
    ----------
    digits : decimals of estimates and limits.
    """
    return _worded(rows, digits)


def _worded(rows: pd.DataFrame, digits: int) -> pd.DataFrame:
    nothing = pd.Series(float("nan"), index=rows.index)
    reason = rows["reason"] if "reason" in rows.columns else pd.Series("", index=rows.index)
    found = rows.assign(
        effect=[
            why if pd.isna(value) and why else _with_limits(value, low, high, digits)
            for value, low, high, why in zip(
                rows["estimate"], rows["ci_low"], rows["ci_high"], reason, strict=True
            )
        ]
    )
    for name in (*TWINS, "truth"):
        if name in rows.columns:
            ends = [rows.get(f"{name}_{end}", nothing) for end in ("low", "high")]
            words = [
                _with_limits(value, low, high, digits)
                for value, low, high in zip(rows[name], *ends, strict=True)
            ]
            found = found.assign(**{f"{name}_words": words})
    for name in P_VALUES:
        if name in rows.columns:
            found = found.assign(**{f"{name}_words": [_p_words(p) for p in rows[name]]})
    if {"rejected", "in_model"} <= set(rows.columns):
        found = found.assign(agrees=[
            _agrees(rejected=bool(no), model=model, tested=pd.notna(p))
            for no, model, p in zip(
                rows["rejected"], rows["in_model"], rows["p_value"], strict=True)
        ])  # fmt: skip
    return found


def _p_words(p: float) -> str:
    if pd.isna(p):
        return NOTHING
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _with_limits(value: float, low: float, high: float, digits: int) -> str:
    if pd.isna(value):
        return NOTHING
    text = f"{value:.{digits}f}"
    if pd.notna(low) and pd.notna(high):
        text += f" ({low:.{digits}f} to {high:.{digits}f})"
    nil = f"-{0:.{digits}f}"
    return re.sub(rf"{nil}(?!\d)", nil[1:], text).replace("-", "−")


def _agrees(*, rejected: bool, model: str, tested: bool) -> str:
    """What the model has, and whether the test says the same."""
    if model == UNKNOWN or not tested:
        return NOTHING
    if model == NONE:
        return "none; rejected in error" if rejected else "none; not rejected"
    return "effect; found" if rejected else "effect; not found"


@reason_passes
def reliability_in_words(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a scale: alpha and omega with their intervals, the unweighted alpha, and the model's omega.

    Parameters
    ----------
    rows : of `helpers.stats.views.reliability.scale_reliability`.
    """
    worded = _worded(rows, 2)
    keep = ["item", "label", "items", "evidence", "source"]
    wide = worded[keep].drop_duplicates("item").set_index("item")
    for name, level in (("alpha", ALPHA), ("omega", OMEGA), ("hidden", HIDDEN)):
        part = worded[worded["level"] == level].set_index("item")
        wide[name] = part["effect"]
        if name == "alpha":
            wide = wide.assign(plain=part["unweighted_words"], n=part["n"])
        if name == "hidden":
            wide = wide.assign(truth=part["truth_words"])
    return wide.reset_index()
