"""Tipping points of many shares at once: to a stated share, to other targets, to another poll."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.bend.tipping_points import tipping_design_effect, tipping_point
from helpers.stats.estimates import Estimate, Inapplicable, to_frame
from helpers.stats.published.printed_interval import printed_share, share_estimate


def tipping_to_share(readings: pd.DataFrame, *, to: float, deff: float = 1.0) -> pd.DataFrame:
    """For each share, how many insincere answers of each 100 bring it down to a stated one.

    In all else as `tipping_point`.

    Parameters
    ----------
    readings : printed shares, one row each; ``percent`` from 0 to 100.
    to : the claim, a percent from 0 to 100.
    deff : design effect, at least 1.

    Returns
    -------
    A row a reading, as `tipping_point` gives it; ``goal`` is the claim, ``design_effect`` the one
    from which the interval holds it (`tipping_design_effect`), missing where there is none.
    ``reason`` says why an estimate is missing.
    """
    found, reasons, effects = [], [], []
    for reading in _each(readings):
        turn = tipping_point(reading, to=to, deff=deff)
        effect = tipping_design_effect(reading, to=to)
        found.append(_absent(reading, deff) if isinstance(turn, Inapplicable) else turn)
        reasons.append(turn.reason if isinstance(turn, Inapplicable) else None)
        effects.append(math.nan if isinstance(effect, Inapplicable) else effect.estimate)
    return to_frame(found).assign(goal=float(to), design_effect=effects, reason=reasons)


def tipping_within_poll(readings: pd.DataFrame, *, minuend: str, deff: float = 1.0) -> pd.DataFrame:
    """How many insincere answers about one target bring its share down to each other of the poll.

    What is said about the others is taken as meant. If the same part of each 100 answers about
    both were insincere, the order of the two would not change.

    In all else as `tipping_point`.

    Parameters
    ----------
    readings : readings of one answer; at most one row a poll and target.
    minuend : the target whose answers are insincere.
    deff : design effect, at least 1.

    Returns
    -------
    A row a poll and other target whose share is not above that of the minuend; ``item`` is the
    other target, ``level`` the minuend, ``goal`` the share of the other.

    Raises
    ------
    EstimationError
        A poll gives several readings of one target, or none has the minuend and another target.
    """
    twice = readings[readings.duplicated(["poll_id", "target"], keep=False)]
    if not twice.empty:
        raise EstimationError(
            f"a poll gives several readings of one target; got {sorted(set(twice['poll_id']))};"
            " expected one answer of one item. Filter by scale or response."
        )
    pairs = []
    for _, poll in readings.groupby("poll_id", sort=False):
        first = poll[poll["target"] == minuend]
        if not first.empty:
            pairs += [(first, other) for other in _each(poll[poll["target"] != minuend])]
    return _turns(pairs, deff=deff, named="target")


def tipping_to_poll(readings: pd.DataFrame, *, poll_id: str, deff: float = 1.0) -> pd.DataFrame:
    """How many insincere answers bring each share down to that of the poll named.

    The polls are independent samples; they may differ in date, house, mode and wording, too.

    In all else as `tipping_point`.

    Parameters
    ----------
    readings : readings of one target and answer, one row a poll.
    poll_id : the poll whose share is reached.
    deff : design effect of both, at least 1.

    Returns
    -------
    A row a poll whose share is not below that of the poll named; ``goal`` is the share reached.

    Raises
    ------
    EstimationError
        The poll named has not exactly one row, or no other poll has a share above its own.
    """
    goal = readings[readings["poll_id"] == poll_id]
    if len(goal) != 1:
        raise EstimationError(
            f"a share of one poll is to be reached; got {len(goal)} rows of {poll_id!r}; expected one."
        )
    others = readings[readings["poll_id"] != poll_id]
    return _turns([(other, goal) for other in _each(others)], deff=deff, named=None)


def _turns(
    pairs: list[tuple[pd.DataFrame, pd.DataFrame]], *, deff: float, named: str | None
) -> pd.DataFrame:
    found, goals = [], []
    for reading, goal in pairs:
        turn = tipping_point(reading, to=goal, deff=deff)
        if isinstance(turn, Estimate):
            name = turn.item if named is None else str(goal[named].iloc[0])
            level = turn.level if named is None else str(reading[named].iloc[0])
            found.append(replace(turn, item=name, level=level))
            goals.append(float(goal["percent"].iloc[0]))
    if not found:
        raise EstimationError(
            f"no share can fall to another one; got {len(pairs)} pairs; expected a share above it."
        )
    return to_frame(found).assign(goal=goals)


def _each(readings: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for place in range(len(readings)):
        yield readings.iloc[[place]]


def _absent(reading: pd.DataFrame, deff: float) -> Estimate:
    """The row of a share that cannot fall to the claim: it keeps its base and has no estimate."""
    share = printed_share(reading.iloc[0], deff)
    row = share_estimate(share, reading, deff=deff, method="tipping_point")
    return replace(row, estimate=math.nan, se=None, ci_low=None, ci_high=None)
