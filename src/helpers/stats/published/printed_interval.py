"""A printed share as a number with its base: Wilson's interval of one, Fieller's of the ratio of two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import CONFIDENCE, Estimate, join_sources

Z = float(stats.norm.isf((1 - CONFIDENCE) / 2))

Limits = tuple[float, float]

Measure = Literal["of-each-100", "points"]
"""How many of each 100 who gave an answer are insincere, or how many points too much are printed."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1 and its effective base; None where no base is published."""

    p: float
    n_eff: float | None

    @property
    def limits(self) -> Limits | None:
        """Wilson's interval, which holds the share also where rounding says otherwise."""
        if self.n_eff is None:
            return None
        low, high = proportion_confint(
            self.p * self.n_eff, self.n_eff, alpha=1 - CONFIDENCE, method="wilson"
        )
        return min(float(low), self.p), max(float(high), self.p)

    @property
    def se(self) -> float | None:
        """Wald's standard error."""
        return None if self.n_eff is None else math.sqrt(self.p * (1 - self.p) / self.n_eff)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two shares, with the variances of each and the least covariance they allow."""

    first: float
    second: float
    variances: Limits
    covariance: float

    @property
    def gap_variance(self) -> float:
        """Variance of the first less the second."""
        return sum(self.variances) - 2 * self.covariance

    @property
    def gap(self) -> Limits:
        """Wald's interval of the first less the second."""
        half = Z * math.sqrt(max(0.0, self.gap_variance))
        return self.first - self.second - half, self.first - self.second + half

    @property
    def ratio(self) -> Limits | None:
        """Fieller's interval of the second by the first; None where the first may be 0."""
        a = self.first**2 - Z**2 * self.variances[0]
        half_b = self.first * self.second - Z**2 * self.covariance
        c = self.second**2 - Z**2 * self.variances[1]
        if a <= 0:
            return None
        root = math.sqrt(max(0.0, half_b**2 - a * c))
        return (half_b - root) / a, (half_b + root) / a


def pair(first: Share, second: Share, *, same_people: bool) -> Pair | None:
    """The two shares together; None where a base is not published.

    Of one poll, the fewest that two shares force to have given both answers make the covariance
    (Fréchet); two polls are independent.
    """
    if first.n_eff is None or second.n_eff is None:
        return None
    variances = (
        first.p * (1 - first.p) / first.n_eff,
        second.p * (1 - second.p) / second.n_eff,
    )
    both = max(0.0, first.p + second.p - 1)
    covariance = (both - first.p * second.p) / first.n_eff if same_people else 0.0
    return Pair(first.p, second.p, variances, covariance)


def printed_share(reading: pd.Series, deff: float) -> Share:
    """The share of one row; the base of a subgroup is not published."""
    n = printed_base(reading)
    whole = n is not None and reading["subgroup"] == "all"
    return Share(float(reading["percent"]) / 100, n / deff if n is not None and whole else None)


def printed_base(reading: pd.Series) -> int | None:
    """The published n of one row, or None."""
    return None if pd.isna(reading["n"]) else int(reading["n"])


def answer_of(reading: pd.Series) -> str:
    """The answer on the common scale, where it has a place there, or as printed."""
    scale = reading["scale"]
    return scale if isinstance(scale, str) else str(reading["response"])


def check_readings(readings: pd.DataFrame, deff: float) -> None:
    """Refuse missing or impossible percents and bases, mixed evidence, design effects below 1."""
    evidence_of(readings)
    needed = ("poll_id", "target", "response", "scale", "percent", "n", "subgroup")
    require(readings, *needed)
    missing = int(readings["percent"].isna().sum())
    if missing:
        raise EstimationError(
            f"column 'percent' has {missing} missing values of {len(readings)}; expected none."
            " Say which are meant: rows.dropna(subset=['percent'])."
        )
    wrong = readings[~readings["percent"].between(0, 100) | readings["n"].le(0).fillna(value=False)]
    if not wrong.empty:
        raise EstimationError(
            f"{len(wrong)} readings cannot be shares; got percent"
            f" {wrong['percent'].iloc[0]:g} of n {wrong['n'].iloc[0]}; expected 0 to 100 of n above 0."
        )
    if not (math.isfinite(deff) and deff >= 1):
        raise EstimationError(
            f"a design effect cannot be used; got {deff!r}; expected a number of at least 1."
        )


def single(reading: pd.DataFrame, deff: float) -> pd.Series:
    """The one row of a frame of readings."""
    check_readings(reading, deff)
    if len(reading) != 1:
        raise EstimationError(
            f"a claim is about one share; got {len(reading)} readings; expected one. Filter by"
            " poll_id, target and response."
        )
    return reading.iloc[0]


def share_estimate(
    share: Share,
    rows: pd.DataFrame,
    *,
    deff: float,
    method: str,
    scale: float = 1.0,
    shift: float = 0.0,
) -> Estimate:
    """A share, scaled and then lowered by ``shift`` points, with its interval; first of ``rows``."""
    first = rows.iloc[0]
    low, high = share.limits or (None, None)
    return Estimate(
        item=str(first["target"]), level=answer_of(first), group=str(first["poll_id"]),
        estimate=max(0.0, 100 * share.p * scale - shift),
        se=None if share.se is None else 100 * share.se * scale,
        ci_low=None if low is None else max(0.0, 100 * low * scale - shift),
        ci_high=None if high is None else max(0.0, 100 * high * scale - shift),
        n=printed_base(first), n_eff=share.n_eff, deff=None if share.n_eff is None else deff, df=None,
        unit="percent", evidence=evidence_of(rows), source=join_sources(rows), method=method,
    )  # fmt: skip


def check_measure(measure: str) -> None:
    """Refuse a measure of insincerity that is not known."""
    if measure not in ("of-each-100", "points"):
        raise EstimationError(f"unknown measure {measure!r}; expected 'of-each-100' or 'points'.")
