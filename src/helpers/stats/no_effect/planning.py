"""Power of planned two-sided tests, solved for the effect or for the base."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from helpers.errors import EstimationError
from helpers.stats.estimates import Inapplicable

Bases = tuple[float, ...]

LARGEST = 1e9
"""The largest base of a group that is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An effect, and the effective base at which a two-sided test finds it.

    A plan rests on no data, so it carries no evidence kind.

    Attributes
    ----------
    effect, unit
        The effect, and its unit: ``points``, ``units`` (standard deviations times ``sd``),
        ``correlation``, or ``log-odds``.
    n_eff
        Effective base of each group; one number for a correlation.
    power, alpha
        Probability to find the effect, and level of the test.
    method
        Key of the method.
    """

    effect: float
    unit: str
    n_eff: tuple[float, ...]
    power: float
    alpha: float
    method: str

    def respondents(self, deff: float = 1.0) -> tuple[int, ...]:
        """Respondents to interview in each group at this design effect, rounded up."""
        if not 1 <= deff < math.inf:
            raise EstimationError(
                f"a design effect cannot be used; got {deff!r}; expected a number of at least 1."
            )
        return tuple(math.ceil(base * deff * (1 - 1e-12)) for base in self.n_eff)


def power_means(d: float, n: Bases, alpha: float) -> float:
    """Power of Student's t at a difference of ``d`` standard deviations.

    The average, over the distribution of the estimated standard deviation, of the normal power at
    each: it stays exact where a noncentral t overflows.
    """
    df = n[0] + n[1] - 2
    shift = d * math.sqrt(n[0] * n[1] / (n[0] + n[1]))
    log_s = np.arange(-45.0, 15.0, 0.01) / math.sqrt(2 * df)
    density = np.exp(df * (log_s - np.expm1(2 * log_s) / 2))
    bound = float(stats.t.isf(alpha / 2, df)) * np.exp(log_s)
    power = stats.norm.cdf(shift - bound) + stats.norm.cdf(-shift - bound)
    return float(np.average(power, weights=density))


def power_proportions(first: float, second: float, n: Bases, alpha: float) -> float:
    """Power of the z test of two shares with pooled variance under no difference."""
    z = float(stats.norm.isf(alpha / 2))
    pooled = (n[0] * first + n[1] * second) / (n[0] + n[1])
    under_none = math.sqrt(pooled * (1 - pooled) * (1 / n[0] + 1 / n[1]))
    spread = math.sqrt(first * (1 - first) / n[0] + second * (1 - second) / n[1])
    gap = abs(first - second) - z * under_none
    return float(stats.norm.cdf(gap / spread)) if spread > 0 else float(gap > 0)


def power_correlation(r: float, n: float, alpha: float) -> float:
    """Power of the test of a correlation by Fisher's z with its bias corrected."""
    t = float(stats.t.isf(alpha / 2, n - 2))
    critical = math.atanh(t / math.sqrt(t * t + n - 2))
    z = math.atanh(r) + r / (2 * (n - 1))
    root = math.sqrt(n - 3)
    return float(stats.norm.cdf((z - critical) * root) + stats.norm.cdf((-z - critical) * root))


def power_ordinal(log_odds: float, n: Bases, spread: float, alpha: float) -> float:
    """Power of the rank-sum test under proportional odds (Whitehead 1993)."""
    total = n[0] + n[1]
    information = n[0] * n[1] * total / 3 / (total + 1) ** 2 * spread
    return float(stats.norm.cdf(log_odds * math.sqrt(information) - stats.norm.isf(alpha / 2)))


def category_spread(percents: Sequence[float]) -> float:
    """One less the sum of the cubed shares of the categories.

    Raises
    ------
    EstimationError
        A share is negative, they do not sum to 100, or all answers are alike.
    """
    shares = np.asarray(percents, dtype=np.float64) / 100
    if not (shares.ndim == 1 and (shares >= 0).all() and abs(shares.sum() - 1) < 1e-6):
        raise EstimationError(
            f"the shares of the categories cannot be used; got {list(percents)}; expected percents"
            " of at least 0 that sum to 100."
        )
    spread = float(1 - (shares**3).sum())
    if spread < 1e-9:
        raise EstimationError(
            f"all answers are alike; got {list(percents)}; expected two categories or more."
        )
    return spread


def share_of(percent: float) -> float:
    """A percent as a share; outside 0 to 100 an `EstimationError`."""
    if not 0 <= percent <= 100:
        raise EstimationError(
            f"a share cannot be planned for; got {percent!r}; expected a percent from 0 to 100."
        )
    return percent / 100


def check_positive(name: str, value: float) -> None:
    """Refuse what is not a finite number above 0."""
    if not 0 < value < math.inf:
        raise EstimationError(
            f"the {name} cannot be used; got {value!r}; expected a finite number above 0."
        )


def check_plan(power: float, alpha: float, n_eff: Bases = (), *, least: float = 2) -> None:
    """Refuse a level, power or base with which nothing can be planned."""
    if not 1e-4 <= alpha < power < 1:
        raise EstimationError(
            f"power and level cannot be used; got power {power!r} and alpha {alpha!r}; expected"
            " 0.0001 <= alpha < power < 1."
        )
    if not all(least <= base <= LARGEST for base in n_eff):
        raise EstimationError(
            f"an effective base cannot be used; got {n_eff}; expected numbers from {least:g} to"
            f" {LARGEST:g}."
        )


def detect(
    power_of: Callable[[float], float],
    most: float,
    n_eff: Bases,
    power: float,
    alpha: float,
    *,
    unit: str,
    method: str,
    times: float = 1.0,
) -> Plan | Inapplicable:
    """The effect between 0 and ``most`` at which the power is reached, times a factor."""
    if power_of(most) < power:
        return Inapplicable(f"no effect is found with power {power:g} on this base", method)
    effect = optimize.brentq(lambda size: power_of(size) - power, 0.0, most, xtol=1e-13)
    return Plan(
        effect=times * float(effect),
        unit=unit,
        n_eff=tuple(float(base) for base in n_eff),
        power=power,
        alpha=alpha,
        method=method,
    )


def need(
    power_of: Callable[[Bases], float],
    effect: float,
    power: float,
    alpha: float,
    *,
    unit: str,
    method: str,
    ratio: float | None,
    least: float = 2.0,
) -> Plan:
    """The bases, in this ratio, at which the power is reached; not below ``least``.

    Raises
    ------
    EstimationError
        The ratio is out of range, or no base below `LARGEST` is enough.
    """
    if ratio is not None and not 1e-3 <= ratio <= 1e3:
        raise EstimationError(
            f"the ratio of the bases cannot be used; got {ratio!r}; expected 0.001 to 1000."
        )

    def bases(log_n: float) -> Bases:
        n = math.exp(log_n)
        return (n,) if ratio is None else (n, n * ratio)

    low, high = math.log(least / min(1.0, ratio or 1.0)), math.log(LARGEST)
    if power_of(bases(high)) < power:
        raise EstimationError(
            f"no base is enough; got effect {effect!r}; expected one that {LARGEST:g} respondents"
            " a group can find. Plan for a larger effect."
        )
    enough = low
    if power_of(bases(low)) < power:
        enough = float(
            optimize.brentq(lambda log_n: power_of(bases(log_n)) - power, low, high, xtol=1e-13)
        )
    return Plan(
        effect=effect, unit=unit, n_eff=bases(enough), power=power, alpha=alpha, method=method
    )
