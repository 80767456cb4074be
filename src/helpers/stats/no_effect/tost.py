"""Two one-sided tests and their verdict: an effect against the bounds that count as none."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scipy import special

from helpers.errors import EstimationError
from helpers.stats.estimates import CONFIDENCE, Estimate, TestResult

ALPHA = 0.05
"""Level of each one-sided test, so that the interval which decides is one of 90 %."""


class Verdict(StrEnum):
    """What two one-sided tests say."""

    EQUIVALENT = "equivalent"
    NOT_SHOWN = "not shown"
    BELOW = "different: below the lower bound"
    ABOVE = "different: above the upper bound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """Two one-sided tests of an effect against bounds, and what they say together.

    Attributes
    ----------
    lower, upper
        The bounds, in the unit of the effect.
    above_lower, below_upper
        The one-sided tests that the effect is above the lower and below the upper bound.
    effect
        The effect with its 95 % interval.
    inner_low, inner_high
        The 90 % interval. It lies between the bounds exactly when both tests reject at 5 %.
    verdict
        Equivalent when both tests reject; different when the 95 % interval lies beyond a bound,
        with the side; else not shown, which is no evidence of anything.
    method
        Key of the method.
    """

    lower: float
    upper: float
    above_lower: TestResult
    below_upper: TestResult
    effect: Estimate
    inner_low: float
    inner_high: float
    verdict: Verdict
    method: str

    @property
    def p_value(self) -> float:
        """The larger of the two one-sided p-values: that of equivalence."""
        return max(self.above_lower.p_value, self.below_upper.p_value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Two bounds about the value that means no effect, within the limits of the scale."""

    lower: float
    upper: float
    none: float = 0.0
    least: float = -math.inf
    most: float = math.inf

    def __post_init__(self) -> None:
        """Refuse bounds that do not enclose the value of no effect."""
        if not (
            max(self.least, -math.inf) < self.lower < self.none < self.upper < self.most
            and math.isfinite(self.lower)
            and math.isfinite(self.upper)
        ):
            raise EstimationError(
                f"the bounds cannot be used; got {self.lower!r} and {self.upper!r}; expected finite"
                f" numbers with {self.least:g} < lower < {self.none:g} < upper < {self.most:g}."
                " Fix them before the result is seen, and give the reason."
            )


def decide(
    value: float,
    se: float,
    *,
    bounds: Bounds,
    df: float = math.inf,
    to_scale: Callable[[float], float] = float,
    to_effect: Callable[[float], float] = float,
    **described: Any,
) -> Equivalence:
    """The two tests of an effect that is t-distributed, or normal when ``df`` is infinite.

    ``value`` and ``se`` are on the scale of the test; ``to_scale`` brings the bounds there, and
    ``to_effect`` brings limits back. ``described`` are the other fields of the `Estimate`.
    """

    def below(statistic: float) -> float:
        return float(special.stdtr(df, statistic))

    def limit(level: float, side: int) -> float:
        end = to_effect(value + side * se * float(special.stdtrit(df, (1 + level) / 2)))
        return min(max(end, bounds.least), bounds.most)

    from_lower = (value - to_scale(bounds.lower)) / se
    from_upper = (value - to_scale(bounds.upper)) / se
    # The slope of to_effect at the estimate gives the delta-method standard error.
    slope = 1 - to_effect(value) ** 2 if to_effect is not float else 1.0
    effect = Estimate(
        estimate=to_effect(value),
        se=se * slope,
        ci_low=limit(CONFIDENCE, -1),
        ci_high=limit(CONFIDENCE, 1),
        df=df if math.isfinite(df) else None,
        **described,
    )

    def one_sided(statistic: float, p_value: float) -> TestResult:
        return TestResult(
            statistic=statistic,
            statistic_name="t" if math.isfinite(df) else "z",
            df=(df,) if math.isfinite(df) else (),
            p_value=p_value,
            effect=effect,
            n=described["n"],
            method=effect.method,
        )

    above_lower = one_sided(from_lower, below(-from_lower))
    below_upper = one_sided(from_upper, below(from_upper))
    verdict = Verdict.NOT_SHOWN
    if max(above_lower.p_value, below_upper.p_value) < ALPHA:
        verdict = Verdict.EQUIVALENT
    elif below(from_lower) < (1 - CONFIDENCE) / 2:
        verdict = Verdict.BELOW
    elif below(-from_upper) < (1 - CONFIDENCE) / 2:
        verdict = Verdict.ABOVE
    return Equivalence(
        lower=bounds.lower,
        upper=bounds.upper,
        above_lower=above_lower,
        below_upper=below_upper,
        effect=effect,
        inner_low=limit(1 - 2 * ALPHA, -1),
        inner_high=limit(1 - 2 * ALPHA, 1),
        verdict=verdict,
        method=effect.method,
    )


def decide_correlation(
    r: float,
    n_eff: float,
    *,
    bounds: Bounds,
    factor: float = 1.0,
    df: float = math.inf,
    **described: Any,
) -> Equivalence:
    """The two tests of a correlation on Fisher's z, whose variance is ``factor / (n_eff − 3)``."""
    return decide(
        math.atanh(r),
        math.sqrt(factor / (n_eff - 3)),
        bounds=bounds,
        df=df,
        to_scale=math.atanh,
        to_effect=math.tanh,
        n_eff=n_eff,
        unit="correlation",
        **described,
    )
