"""What a sample must be to show that there is no effect worth the name."""

from __future__ import annotations

import math

from scipy import stats

from helpers.errors import EstimationError
from helpers.stats.no_effect.planning import Plan, check_plan, check_positive, share_of
from helpers.stats.no_effect.tost import ALPHA


def equivalence_power(bound: float, *, se: float, alpha: float = ALPHA) -> float:
    """Probability that two one-sided tests show equivalence when the true difference is 0.

    Assumes an estimate that is normal with this standard error, and bounds of the same size on
    both sides.

    Parameters
    ----------
    bound, se : of the difference, in one unit.
    alpha : level of each one-sided test.

    Returns
    -------
    A probability; nothing is estimated, so no value can be missing.

    Raises
    ------
    EstimationError
        A number is not above 0, or the level not below 0.5.

    Notes
    -----
    R equivalent: ``TOSTER::power_z_tost``. Source: Julious (2004).
    """
    check_positive("bound", bound)
    check_positive("standard error", se)
    return max(0.0, 2 * float(stats.norm.cdf(bound / se - stats.norm.isf(alpha))) - 1)


def needed_equivalence(
    bound: float, *, percent: float, power: float, alpha: float = ALPHA, ratio: float = 1.0
) -> Plan:
    """The bases at which two shares that are equal are shown to differ by less than the bound.

    In all else as `equivalence_power`.

    Parameters
    ----------
    bound : points, the same on both sides of 0.
    percent : the share in both groups, 0 to 100.
    power : probability to show equivalence when the true difference is 0.
    alpha : level of each one-sided test.
    ratio : base of the second group over that of the first.

    Raises
    ------
    EstimationError
        A bound that is not above 0 and below 100, or a share, level, power or ratio out of range.

    Notes
    -----
    R equivalent: ``TOSTER::powerTOSTtwo.prop`` for equal bases. Source: Julious (2004).
    """
    check_plan(power, alpha)
    share = share_of(percent)
    check_positive("ratio", ratio)
    if not 0 < bound < 100:
        raise EstimationError(
            f"a bound cannot be used; got {bound!r} points; expected a number between 0 and 100."
        )
    times = float(stats.norm.isf(alpha) + stats.norm.isf((1 - power) / 2))
    base = 1e4 * share * (1 - share) * (1 + 1 / ratio) * (times / bound) ** 2
    return Plan(
        effect=bound,
        unit="points",
        n_eff=(base, ratio * base),
        power=power,
        alpha=alpha,
        method="needed_equivalence",
    )


def smallest_bound(
    n_eff: tuple[float, float], *, power: float, alpha: float = ALPHA, sd: float = 1.0
) -> float:
    """The bound within which equal means are shown to be equivalent with this power.

    Assumes effective bases large enough for a normal difference of means; the bound is in the unit
    of ``sd``, the standard deviation in both groups.

    ``n_eff`` are the effective bases, ``alpha`` and ``power`` those of the tests. R equivalent:
    ``TOSTER::powerTOSTtwo``. In all else as `equivalence_power`.

    Notes
    -----
    Source: Julious (2004).
    """
    check_plan(power, alpha, n_eff)
    check_positive("standard deviation", sd)
    times = float(stats.norm.isf(alpha) + stats.norm.isf((1 - power) / 2))
    return times * sd * math.sqrt(1 / n_eff[0] + 1 / n_eff[1])
