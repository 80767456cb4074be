"""How far a share of a survey bends: by those who gave no answer, and by answers that are not meant."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.errors import EstimationError
from helpers.stats.columns import require
from helpers.stats.estimates import Inapplicable, reason_passes
from helpers.stats.views.items import wanted_items
from helpers.stats.views.perceptions import TOP, answer_distributions, answer_readings

HALF = 50.0
"""The claim whose tipping point is given: that more than half gave the answer, in percent."""


def silence_bounds(survey: Survey, *, scales: Sequence[str]) -> pd.DataFrame | Inapplicable:
    """The share above the middle of each item, and its bounds if all who are silent had answered.

    Parameters
    ----------
    scales : names of scales whose items offer the same answers.

    Returns
    -------
    Rows of `answer_readings` in percent of those who answered, with ``silent``, the percent of those
    asked who did not know or refused, and ``lowest`` and ``highest``: the share of those asked if
    all of them had answered below the middle, or above it. Bounds are no interval: they hold chance
    fixed, and are ``silent`` wide. ``tips tips_low tips_high`` are those of `insincere_to_half`,
    missing where the share is not above half. `Inapplicable` as for `answer_distributions`.

    Notes
    -----
    Source: Manski (1989).
    """
    whole = answer_distributions(survey, scales=scales)
    rows = answer_readings(survey, scales=scales, levels=[TOP])
    if isinstance(whole, Inapplicable):
        return whole
    if isinstance(rows, Inapplicable):
        return rows
    ends = [_ends(whole, item) for item in wanted_items(survey, scales=scales)]
    turns = _turns(rows)
    bent = rows.assign(tips=turns["estimate"], tips_low=turns["ci_low"], tips_high=turns["ci_high"])
    return bent.merge(pd.DataFrame(ends), on="item", validate="one_to_one")


@reason_passes
def insincere_to_half(rows: pd.DataFrame) -> pd.DataFrame:
    """How many of each 100 who gave an answer would have to be insincere for its share to be one half.

    Assumes that nobody hides the answer while meaning it.

    A share that is not above half has missing values.

    Parameters
    ----------
    rows : result rows of shares in percent, with intervals.

    Returns
    -------
    The rows with the tipping point in percent as ``estimate``. ``ci_low`` is where the interval of
    the share first holds one half, 0 where it does already; ``ci_high`` where it ends to hold it.

    Raises
    ------
    EstimationError
        A column is missing, or the unit is not percent.

    Notes
    -----
    R equivalent: ``100 * (1 - 50 / p)``. Source: none, the share is scaled.
    """
    require(rows, "estimate", "ci_low", "ci_high", "unit")
    if set(rows["unit"]) != {"percent"}:
        raise EstimationError(
            f"only shares have a tipping point; got {sorted(set(rows['unit']))}; expected percent."
        )
    return rows.assign(**_turns(rows), se=float("nan"), method="insincere_to_half")


def _turns(rows: pd.DataFrame) -> dict[str, pd.Series]:
    above = rows["estimate"] > HALF
    return {
        column: (100 * (1 - HALF / rows[column].where(rows[column] > 0))).clip(lower=0).where(above)
        for column in ("estimate", "ci_low", "ci_high")
    }


def _ends(whole: pd.DataFrame, item: Item) -> dict[str, str | float]:
    labels = list(item.labels().values())
    share = whole[whole["item"] == item.name].set_index("level")["estimate"]
    above = float(share.reindex(labels[-(len(labels) // 2) :]).sum())
    silent = float(share.drop(labels, errors="ignore").sum())
    return {"item": item.name, "silent": silent, "lowest": above, "highest": above + silent}
