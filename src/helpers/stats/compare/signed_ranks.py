"""Arithmetic of signed ranks: distinct differences with their counts, never row by row."""

from __future__ import annotations

import math

import numpy as np

from helpers.stats.compare.coded import Codes, Floats
from helpers.stats.compare.effect_intervals import fisher_limits, least_share
from helpers.stats.compare.grouped import midranks

MOST_EXACT = 500


def ranks_of_size(values: Floats, counts: Codes) -> Floats:
    """Midranks of the sizes of the differences, zeros included where they are among them."""
    position = np.unique(np.abs(values), return_inverse=True)[1]
    totals = _sums(position, counts.astype(np.float64))
    return np.asarray(midranks(totals)[position], dtype=np.float64)


def rank_biserial_limits(
    r: float, values: Floats, counts: Codes, changed: int
) -> tuple[float | None, tuple[float | None, float | None]]:
    """Standard error and limits of the matched rank-biserial correlation.

    From the influence of each respondent on the difference and on the sum of the rank sums; no
    standard error where all ``changed`` in one direction, and no limits where the variance is 0
    otherwise.
    """
    if abs(r) == 1:
        bound = 2 * least_share(changed) ** 2 - 1
        return None, (bound, 1.0) if r > 0 else (-1.0, -bound)
    sign = np.sign(values)
    shares = counts / counts.sum()
    net, moved = sign * shares, np.abs(sign) * shares
    position = np.unique(np.abs(values), return_inverse=True)[1]
    at_size, net_at, moved_at = (_sums(position, each) for each in (shares, net, moved))
    placed = _up_to(at_size)[position]
    signed, whole = float(net @ placed), float(moved @ placed)
    of_signed = sign * placed + _up_to(net_at[::-1])[::-1][position] - 2 * signed
    of_whole = np.abs(sign) * placed + _up_to(moved_at[::-1])[::-1][position] - 2 * whole
    influence = (of_signed - signed / whole * of_whole) / whole
    se = math.sqrt(float(shares @ influence**2) / float(counts.sum()))
    return (se, fisher_limits(r, se)) if se > 1e-9 else (None, (None, None))


def signs_exact(ranks: Floats, counts: Codes, risen: float) -> float:
    """Two-sided p of the rank sum of rises over all signs of the differences."""
    steps = np.repeat(np.rint(2 * ranks).astype(np.int64), counts)
    chance = np.zeros(int(steps.sum()) + 1)
    chance[0] = 1.0
    for step in steps.tolist():
        chance[step:], chance[:step] = (chance[step:] + chance[:-step]) / 2, chance[:step] / 2
    distance = np.abs(2 * np.arange(chance.size) - int(steps.sum()))
    return min(1.0, float(chance[distance >= abs(4 * risen - int(steps.sum()))].sum()))


def _up_to(weights: Floats) -> Floats:
    """The weight before each place, and half of its own."""
    return np.asarray(np.cumsum(weights) - weights / 2, dtype=np.float64)


def _sums(position: Codes, weights: Floats) -> Floats:
    return np.asarray(np.bincount(position, weights=weights), dtype=np.float64)
