"""Rows as tables for reading: headings in words, numbers as printed, nothing computed."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from helpers.evidence import Evidence
from helpers.report.words import DIGITS, group_label, label, share_text, when

NOTHING = "–"
"""Printed where a value is missing; every table says so in its note."""

RESULT_COLUMNS = {
    "group": "Group",
    "item": "About",
    "level": "Answer",
    "estimate": "Estimate",
    "unit": "Unit",
    "ci_low": "95% from",
    "ci_high": "95% to",
    "n": "n",
    "deff": "Design effect",
}
"""The columns of a result that a reader sees, with their headings; the CSV has all columns."""

_HIDDEN = {"evidence", "source", "source_id", "method", "se", "df"}
_KEYED = dict.fromkeys(
    ("item", "level", "unit", "kind", "target", "response", "verdict"), label
) | {"subgroup": group_label}


def cells(
    rows: pd.DataFrame,
    columns: Mapping[str, str] | None = None,
    *,
    languages: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A frame as headings and printed cells: ``{"columns": […], "numeric": […], "rows": [[…]]}``.

    Parameters
    ----------
    columns : heading of each column to show, by its name. Without it, result rows show those of
        `RESULT_COLUMNS`, and other frames all but the technical ones.
    languages : language of the text of a column, by its name; they stand in ``"languages"``, with
        None for columns in the language of the page.

    A missing value is printed as ``–``. A cell that is a pair ``(text, address)`` becomes a link,
    an address the name of its host as a link, and a ``poll_id`` a link to the page of the poll.
    Published numbers keep the decimals that were printed; others have as many down a column.
    """
    shown = dict(columns or _usual(rows))
    units = rows["unit"] if "unit" in rows.columns else [None] * len(rows)
    digits = [_digits(rows, name) for name in shown]
    spoken = {} if languages is None else {"languages": [languages.get(name) for name in shown]}
    return {
        **spoken,
        "columns": list(shown.values()),
        "numeric": [pd.api.types.is_numeric_dtype(rows[name]) for name in shown],
        "rows": [
            [
                _printed(value, name, unit, decimals)
                for name, value, decimals in zip(shown, row, digits, strict=True)
            ]
            for row, unit in zip(rows[list(shown)].itertuples(index=False), units, strict=True)
        ],
    }


def _usual(rows: pd.DataFrame) -> dict[str, str]:
    if "estimate" in rows.columns:
        return {name: head for name, head in RESULT_COLUMNS.items() if name in rows.columns}
    names = [str(name) for name in rows.columns if name not in _HIDDEN]
    return {name: name if name == "n" else label(name) for name in names}


def intervals_by_design_effect(rows: pd.DataFrame) -> pd.DataFrame:
    """One row an estimate: its interval in words at each design effect, side by side.

    Parameters
    ----------
    rows : result rows of `helpers.stats.published.printed.over_design_effects`.

    Returns
    -------
    ``item group estimate n evidence source`` and one column for each design effect, such as
    ``deff 1.5``; a missing interval is a missing value.
    """
    key = ["item", "group", "estimate", "n", "evidence", "source"]
    wide = rows[key].drop_duplicates().reset_index(drop=True)
    for deff, same in rows.groupby("deff"):
        limits = [
            f"{low:.1f} to {high:.1f}".replace("-", "−")
            for low, high in zip(same["ci_low"], same["ci_high"], strict=True)
        ]
        column = same[["item", "group"]].assign(**{f"deff {deff:g}": limits})
        wide = wide.merge(column, on=["item", "group"], how="left", validate="1:1")
    return wide


def who_was_asked(readings: pd.DataFrame) -> dict[str, Any]:
    """One row a poll and question: who asked, for whom, what, when, how, and how many.

    Parameters
    ----------
    readings : readings joined with their poll, as `helpers.data.published.polls` gives them.
    """
    polls = readings.drop_duplicates(["poll_id", "question"])
    asked = pd.DataFrame(
        {
            "Who asked": polls["pollster_name"],
            "For whom": polls["sponsor"],
            "Question (paraphrase)": polls["question"],
            "When": [when(poll) for poll in polls.itertuples()],
            "How": polls["mode"].map(lambda mode: label(mode) if isinstance(mode, str) else None),
            "Of whom": polls["population"],
            "n": polls["n"],
            "Source": list(zip(polls["source_title"], polls["source_url"], strict=True)),
        }
    )
    return cells(asked)


def _digits(rows: pd.DataFrame, name: str) -> int | None:
    """Decimals of a column of computed numbers, by the largest; None where cells decide alone."""
    kinds = set(rows["evidence"]) if "evidence" in rows.columns else {Evidence.PUBLISHED}
    if Evidence.PUBLISHED in kinds or not pd.api.types.is_float_dtype(rows[name]):
        return None
    values = rows[name].abs().dropna()
    if name != "deff" and set(rows.get("unit", [None])) <= {"percent", "points"}:
        return 1
    if (values % 1 == 0).all() or values.max() >= 1000:
        return 0
    return 1 if values.max() >= 10 else 2


def _printed(value: object, column: str, unit: str | None, digits: int | None) -> object:
    """A cell as it is read: text, or a pair of text and address for a link."""
    if isinstance(value, tuple):
        return [str(part) for part in value]
    if value is None or pd.isna(value):
        return NOTHING
    if isinstance(value, bool | np.bool_ | Integral | float):
        return _number(value, column, unit, digits)
    text = str(value)
    if text.startswith(("https://", "http://")):
        return [text.split("/")[2], text]
    if column == "poll_id":
        return [text, f"../{poll_address(text)}.html"]
    return _KEYED[column](text) if column in _KEYED else text


def poll_address(poll_id: str) -> str:
    """Where the page of a poll stands in the site: ``polls/kaziss-2022-02``."""
    return f"polls/{poll_id.lower().replace('_', '-')}"


def _number(value: Any, column: str, unit: str | None, digits: int | None) -> str:
    """Whole numbers grouped; p values to three decimals; estimates as their unit is printed."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return f"{int(value):,}"
    if column in _P_VALUES:
        return "<0.001" if value < 0.001 else f"{value:.3f}"
    if column in _MEASURES and unit is not None and (unit != "percent" or digits is not None):
        digits = DIGITS.get(unit, 2)
    elif digits is None and (abs(value) >= 1 or value == 0):
        return share_text(float(value))
    elif digits is None:
        return f"{value:.2g}".replace("-", "−") if abs(value) >= 0.01 else f"{value:.2f}"
    return f"{value:,.{digits}f}".replace("-", "−")


_P_VALUES = {"p_value", "p_adjusted"}
_MEASURES = {"estimate", "ci_low", "ci_high", "se", "truth", "unweighted"}
