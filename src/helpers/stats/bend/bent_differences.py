"""How far the difference of two shares of one poll bends with those who gave neither answer."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.bend.sensitivity import dont_know_bounds
from helpers.stats.published.printed import differences_within_poll

_ENDS = {"shown": ("shown", "shown"), "lowest": ("lowest", "highest"), "highest": ("highest", "lowest")}  # fmt: skip
"""Which end of its own range the minuend and the other share take."""


def difference_bounds(
    readings: pd.DataFrame, *, minuend: str, answer: str, unsure: Sequence[str], deff: float = 1.0
) -> pd.DataFrame:
    """The difference of two shares as printed, and with all don't-knows against or for it.

    At the lowest, nobody who did not know holds the answer about the minuend, and all of them hold
    it about the other; at the highest it is the other way round. Among those with an opinion no
    difference is formed, since these are not the same people for both.

    In all else as `dont_know_bounds` and `differences_within_poll`.

    Parameters
    ----------
    readings : printed answers of whole samples with a published n, one row each.
    minuend : the target from whose share the others are subtracted.
    answer : the response whose share is compared.
    unsure : responses that count as no answer, as in `dont_know_bounds`.
    deff : design effect, at least 1.

    Returns
    -------
    Three rows a poll and other target, in points, with the interval of `differences_within_poll`;
    ``treatment`` says ``shown``, ``lowest`` or ``highest``.

    Raises
    ------
    EstimationError
        As in `dont_know_bounds` and `differences_within_poll`; or a poll asks about the minuend
        alone, or not at all.
    """
    bounds = dont_know_bounds(readings, answers=[answer], unsure=unsure, deff=deff)
    ends = bounds.set_index(["group", "item", "treatment"])["estimate"]
    printed = readings[readings["response"] == answer]
    for poll_id, poll in printed.groupby("poll_id", sort=False):
        targets = list(poll["target"])
        if minuend not in targets or len(targets) < 2:
            raise EstimationError(
                f"{poll_id} has no difference; got {targets}; expected {minuend!r} and another"
                " target. Leave this poll out."
            )
    bent = []
    for treatment, (of_minuend, of_other) in _ENDS.items():
        percent = [
            float(ends[row.poll_id, row.target, of_minuend if row.target == minuend else of_other])
            for row in printed.itertuples()
        ]
        rows = differences_within_poll(printed.assign(percent=percent), minuend=minuend, deff=deff)
        bent.append(rows.assign(method="difference_bounds", treatment=treatment))
    return pd.concat(bent).sort_index(kind="stable").reset_index(drop=True)
