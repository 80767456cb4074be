"""Changes of indices and slopes of a panel as rows of text, for tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of, marked

LEAST_P = 0.001
"""Smaller p-values are printed as below it."""


def changes_in_words(
    path: pd.DataFrame, changes: Mapping[str, pd.DataFrame], *, first: int, last: int
) -> pd.DataFrame:
    """One row an index: its first and last value with standard errors, and the change.

    Parameters
    ----------
    path : result rows of `helpers.stats.panel.index_paths.index_path`, of one country.
    changes : result rows of `helpers.stats.panel.index_change.index_changes` by what was assumed of the
        errors; each gives a column of intervals of that name.

    Returns
    -------
    ``item first last change``, a column for each key of ``changes``, ``evidence source``.

    Raises
    ------
    EstimationError
        The changes are not of one set of indices with one set of estimates.
    """
    tables = list(changes.values())
    head = tables[0]
    for other in tables[1:]:
        if list(other["item"]) != list(head["item"]) or not other["estimate"].equals(
            head["estimate"]
        ):
            raise EstimationError(
                "changes differ between columns of one table; expected the same indices and"
                " values. Compute all from one path."
            )
    ends = path.set_index(["item", "level"])
    rows = pd.DataFrame(
        {
            "item": head["item"],
            "first": [_value_and_se(ends.loc[(item, str(first))]) for item in head["item"]],
            "last": [_value_and_se(ends.loc[(item, str(last))]) for item in head["item"]],
            "change": [f"{value:+.2f}".replace("-", "−") for value in head["estimate"]],
            **{
                name: [
                    _interval(low, high)
                    for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)
                ]
                for name, rows in changes.items()
            },
            "source": head["source"],
        }
    )
    return marked(rows, evidence_of(head))


def slopes_in_words(slopes: pd.DataFrame) -> pd.DataFrame:
    """One row an outcome: slope, both intervals, both p-values and, where given, the verdict.

    Parameters
    ----------
    slopes : result rows of `helpers.stats.panel.panel_outcomes.outcome_slopes`.

    Returns
    -------
    ``item group slope wild cr2 p holm evidence source``, and ``verdict`` if it is there.
    """
    rows = pd.DataFrame(
        {
            "item": slopes["item"],
            "group": slopes["group"],
            "slope": [_fixed(value) for value in slopes["estimate"]],
            "wild": [
                _interval(low, high)
                for low, high in zip(slopes["ci_low"], slopes["ci_high"], strict=True)
            ],
            "cr2": [
                _interval(low, high)
                for low, high in zip(slopes["cr2_low"], slopes["cr2_high"], strict=True)
            ],
            "p": slopes["p_value"].map(p_text),
            "holm": slopes["p_adjusted"].map(p_text),
            "source": slopes["source"],
        }
    )
    if "verdict" in slopes.columns:
        rows = rows.assign(verdict=slopes["verdict"])
    return marked(rows, evidence_of(slopes))


def ways_side_by_side(ways: pd.DataFrame) -> pd.DataFrame:
    """One row a way of analysis, one column an outcome: the slope and its adjusted p-value.

    Parameters
    ----------
    ways : result rows of `helpers.stats.panel.panel_outcomes.over_ways`.

    Returns
    -------
    ``way``, a column for each outcome, ``evidence source``; a missing outcome is a missing value.
    """
    cell = [
        f"{_fixed(slope)} (p {p_text(p)})"
        for slope, p in zip(ways["estimate"], ways["p_adjusted"], strict=True)
    ]
    wide = ways.assign(cell=cell).pivot_table(index="way", columns="item", values="cell",
                                              aggfunc="first")  # fmt: skip
    wide = wide.loc[list(ways["way"].unique()), list(ways["item"].unique())]
    wide = wide.reset_index().rename_axis(columns=None)
    sources = sorted({key for cell in ways["source"] for key in cell.split(";")})
    return marked(wide.assign(source=";".join(sources)), evidence_of(ways))


def p_text(p: float) -> str:
    """A p-value with three decimals, or below the least one printed; empty where there is none."""
    if pd.isna(p):
        return ""
    return f"< {LEAST_P:g}" if p < LEAST_P else f"{p:.3f}"


def _value_and_se(row: pd.Series) -> str:
    value = _fixed(row["estimate"])
    return value if pd.isna(row["se"]) else f"{value} (SE {row['se']:.2f})"


def _interval(low: float, high: float) -> str | None:
    return None if pd.isna(low) or pd.isna(high) else f"{_fixed(low)} to {_fixed(high)}"


def _fixed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
