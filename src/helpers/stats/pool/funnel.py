"""Answer rates against volume: which bodies lie outside the limits that chance alone would give."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import CONFIDENCE, Estimate, Inapplicable, to_frame

Floats = npt.NDArray[np.float64]

WARNING, CONTROL = CONFIDENCE, 0.998
"""Two standard errors to warn and three to act. Source: Spiegelhalter (2005)."""


def funnel_limits(
    rows: pd.DataFrame,
    *,
    body: str,
    answered: str,
    received: str,
    target: float | None = None,
    winsorise: float = 0.1,
) -> pd.DataFrame | Inapplicable:
    """The answer rate of each body, and the limits in which a body of its volume is expected.

    Assumes that each letter is answered independently with the target rate. Where rates differ
    more than that for all bodies, phi is above 1 and the ``wide`` limits allow for it.

    Parameters
    ----------
    rows : one row a body, with whole counts, evidence and source; leave out rounded counts.
    body, answered, received : columns of the name, of the letters answered, and of all letters.
    target : rate in percent, between 0 and 100; without it, the rate of all bodies together.
    winsorise : share of the bodies at each end whose z counts as the quantile there; below 0.5.

    Returns
    -------
    Rows of the result shape in percent with a Wilson interval, one a body in the order given, and
    ``target``; ``inner_low inner_high outer_low outer_high`` (exact limits of 95 % and 99.8 %);
    ``place`` (``inside``, ``above`` or ``below`` the inner limits, ``far above`` or ``far below``
    the outer ones); ``phi``, at least 1; and limits and place widened by it, named ``wide_…``.
    `Inapplicable` where there is one body and no target, or where all letters or none were answered.

    Raises
    ------
    EstimationError
        A column is unknown; a count or name is missing; a count is no whole number, negative, or
        more were answered than received; nothing was received; a body stands twice; ``target`` or
        ``winsorise`` is out of range.

    Notes
    -----
    A lower limit is ``(r − α) / n`` with r the p-quantile of the binomial distribution and
    ``α = (P(R ≤ r) − p) / P(R = r)``; an upper limit is that of the letters not answered, turned
    over. A body lies outside just where the exact tail from its count on is below p. The upper
    limit printed in the source is one letter lower, and would flag one answer to one letter.
    phi is the mean of z² after winsorising; the limits widen by √phi around the target.
    R equivalent: ``qbinom``, ``pbinom``, ``quantile``. Source: Spiegelhalter (2005).
    """
    kind = evidence_of(rows)
    source = "source" if "source" in rows.columns else "source_id"
    names = _bodies(rows, body, [body, answered, received, source])
    yes, n = _counts(rows, answered), _counts(rows, received)
    _check_counts(names, yes, n)
    if not 0 <= winsorise < 0.5:
        raise EstimationError(
            f"a share to winsorise cannot be used; got {winsorise!r}; expected 0 to below 0.5."
        )
    if target is None:
        if len(rows) == 1 or yes.sum() in (0, n.sum()):
            return Inapplicable(
                "one body, or bodies that answered all letters or none, have no common rate to"
                " differ from",
                "funnel_limits",
            )
        target = float(100 * yes.sum() / n.sum())
    _check_target(target)
    rate, centre = yes / n, target / 100
    phi = _dispersion((rate - centre) / np.sqrt(centre * (1 - centre) / n), winsorise)
    low, high = proportion_confint(yes, n, alpha=1 - CONFIDENCE, method="wilson")
    estimates = to_frame(
        Estimate(
            item=answered,
            level="rate",
            group=names[i],
            estimate=100 * rate[i],
            se=100 * float(np.sqrt(rate[i] * (1 - rate[i]) / n[i])),
            ci_low=max(0.0, 100 * float(low[i])),
            ci_high=min(100.0, 100 * float(high[i])),
            n=int(n[i]),
            n_eff=None,
            deff=None,
            df=None,
            unit="percent",
            evidence=kind,
            source=str(rows[source].iloc[i]),
            method="funnel_limits",
        )
        for i in range(len(rows))
    )
    exact, wide = _limits(target, n, phi=1.0), _limits(target, n, phi=phi)
    return pd.concat(
        [
            estimates.assign(target=target),
            exact.assign(place=_place(100 * rate, exact), phi=phi),
            wide.assign(place=_place(100 * rate, wide)).add_prefix("wide_"),
        ],
        axis=1,
    )


def funnel_curve(
    target: float, *, n_min: int, n_max: int, phi: float = 1.0, points: int = 400
) -> pd.DataFrame:
    """The limits of `funnel_limits` over volume, for drawing.

    Nothing is estimated, so no value can be missing.

    Parameters
    ----------
    target : rate in percent, between 0 and 100.
    n_min, n_max : least and greatest volume, whole numbers of at least 1.
    phi : over-dispersion by which the limits widen, at least 1.
    points : how many volumes at most, spread evenly on a logarithmic axis.

    Returns
    -------
    Rows ``n target inner_low inner_high outer_low outer_high``, rates in percent.

    Raises
    ------
    EstimationError
        An argument is out of range.

    Notes
    -----
    R equivalent: ``qbinom``, ``pbinom``. Source: Spiegelhalter (2005).
    """
    _check_target(target)
    if not (1 <= n_min <= n_max < np.inf and n_min == int(n_min) and n_max == int(n_max)):
        raise EstimationError(
            f"volumes cannot be drawn; got {n_min!r} to {n_max!r}; expected whole numbers with"
            " 1 ≤ n_min ≤ n_max."
        )
    if not (np.isfinite(phi) and phi >= 1 and points >= 2):
        raise EstimationError(
            f"a curve cannot be drawn; got phi={phi!r}, points={points!r}; expected a phi of at"
            " least 1 and at least 2 points."
        )
    n = np.unique(np.rint(np.geomspace(n_min, n_max, int(points))))
    return _limits(target, n, phi=phi).assign(n=n.astype(int), target=target)[
        ["n", "target", "inner_low", "inner_high", "outer_low", "outer_high"]
    ]


def _limits(target: float, n: Floats, *, phi: float) -> pd.DataFrame:
    """Inner and outer limits in percent, widened by √phi around the target, within 0 to 100."""
    columns = {}
    for name, level in (("inner", WARNING), ("outer", CONTROL)):
        tail = (1 - level) / 2
        columns[f"{name}_low"] = 100 * _lower(target / 100, n, tail)
        columns[f"{name}_high"] = 100 - 100 * _lower(1 - target / 100, n, tail)
    return (target + np.sqrt(phi) * (pd.DataFrame(columns) - target)).clip(0, 100)


def _lower(rate: float, n: Floats, tail: float) -> Floats:
    r = stats.binom.ppf(tail, n, rate)
    excess = (stats.binom.cdf(r, n, rate) - tail) / stats.binom.pmf(r, n, rate)
    return np.asarray(np.maximum(0.0, (r - excess) / n), dtype=np.float64)


def _dispersion(z: Floats, winsorise: float) -> float:
    """Mean of z² with z drawn in to its quantiles at both ends, at least 1."""
    low, high = np.quantile(z, [winsorise, 1 - winsorise])
    return max(1.0, float(np.mean(np.clip(z, low, high) ** 2)))


def _place(rate: Floats, limits: pd.DataFrame) -> npt.NDArray[np.str_]:
    beyond = [
        rate < limits["outer_low"],
        rate > limits["outer_high"],
        rate < limits["inner_low"],
        rate > limits["inner_high"],
    ]
    return np.select(beyond, ["far below", "far above", "below", "above"], default="inside")


def _bodies(rows: pd.DataFrame, body: str, needed: list[str]) -> list[str]:
    """The bodies by name; every column is there, and none has a missing value."""
    require(rows, *needed)
    for column in needed:
        missing = int(rows[column].isna().sum())
        if missing:
            raise EstimationError(
                f"column {column!r} has {missing} missing values of {len(rows)}; expected none."
                f" Say which bodies are meant: rows.dropna(subset=[{column!r}])."
            )
    twice = sorted({str(name) for name in rows.loc[rows[body].duplicated(), body]})
    if twice:
        raise EstimationError(
            f"a body stands in several rows; got {twice[:10]}; expected one row a body. Add its"
            " counts up first."
        )
    return [str(name) for name in rows[body]]


def _counts(rows: pd.DataFrame, column: str) -> Floats:
    try:
        counts = rows[column].to_numpy(dtype="float64")
    except (TypeError, ValueError) as error:
        raise EstimationError(
            f"column {column!r} is not numeric; got {rows[column].dtype}; expected whole counts."
        ) from error
    bad = ~np.isfinite(counts) | (counts < 0) | (counts != np.rint(counts))
    if bad.any():
        raise EstimationError(
            f"column {column!r} has {int(bad.sum())} values that count nothing; got"
            f" {counts[bad][0]:g} first; expected whole numbers of at least 0."
        )
    return np.asarray(counts, dtype=np.float64)


def _check_counts(names: list[str], yes: Floats, n: Floats) -> None:
    for bad, what in ((n == 0, "received nothing"), (yes > n, "answered more than it received")):
        if bad.any():
            raise EstimationError(
                f"a body {what}; got {[names[i] for i in np.flatnonzero(bad)[:10]]}; expected"
                " 0 ≤ answered ≤ received and received > 0. Leave these bodies out, or correct them."
            )


def _check_target(target: float) -> None:
    if not 0 < target < 100:
        raise EstimationError(
            f"a target rate cannot be used; got {target!r}; expected percent between 0 and 100."
        )
