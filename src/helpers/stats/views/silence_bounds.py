"""How far don't know and refusal could bend a share, whichever way the silent would have answered."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.stats.estimates import Inapplicable
from helpers.stats.views.items import wanted_items
from helpers.stats.views.perceptions import TOP, answer_distributions, answer_readings


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
    fixed, and are ``silent`` wide. `Inapplicable` as for `answer_distributions`.

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
    return rows.merge(pd.DataFrame(ends), on="item", validate="one_to_one")


def _ends(whole: pd.DataFrame, item: Item) -> dict[str, str | float]:
    labels = list(item.labels().values())
    share = whole[whole["item"] == item.name].set_index("level")["estimate"]
    above = float(share.reindex(labels[-(len(labels) // 2) :]).sum())
    silent = float(share.drop(labels, errors="ignore").sum())
    return {"item": item.name, "silent": silent, "lowest": above, "highest": above + silent}
