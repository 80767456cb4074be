"""Random-effects pooling of result rows: what several polls say together, and how far they differ."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from helpers.errors import EstimationError
from helpers.stats.estimates import Estimate, Inapplicable, TestResult, pick, to_frame
from helpers.stats.pool.between_studies import (
    Between,
    HartungKnapp,
    fit_studies,
    heterogeneity,
    with_interval,
)
from helpers.stats.pool.study_rows import Scale, check_present, read_studies

BOUNDS = {"percent": (0, 100), "points": (-100, 100), "probability": (0, 1), "correlation": (-1, 1)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pooled:
    """What the studies say together.

    Attributes
    ----------
    estimate
        The mean of the studies' true values, in their unit, with a Hartung–Knapp t interval.
    prediction
        The same mean with the interval in which a further study's true value is expected.
    tau2
        Variance of the true values on the pooling scale, squared, with a Q-profile interval.
    i2
        Percent of the variance that is between studies, with the interval that follows from tau2.
    q
        Cochran's test that all studies have one true value.
    weights
        ``item level group weight``, one row a study; weights in percent.
    """

    estimate: Estimate
    prediction: Estimate | Inapplicable
    tau2: Estimate | Inapplicable
    i2: Estimate | Inapplicable
    q: TestResult | Inapplicable
    weights: pd.DataFrame


def pooled(
    rows: pd.DataFrame,
    *,
    tau2: Between = "reml",
    scale: Scale = "logit",
    deff: float | None = None,
    hartung_knapp: HartungKnapp = "bounded",
) -> Pooled:
    """The mean of what the studies measured, each having its own true value.

    Assumes independent studies, whose true values scatter normally on the pooling scale, and
    sampling variances that are known.

    Parameters
    ----------
    rows : one row a study, of the result shape, in one unit. On the logit scale: ``percent`` and
        ``n``; 0 % and 100 % count half an answer more of each kind. On the identity scale:
        ``estimate`` and ``se`` in any unit.
    tau2 : estimator of the variance between studies.
    deff : design effect of every row, by which n is divided; without it each row's own, which
        none may lack.
    hartung_knapp : ``plain`` scales the variance by the weighted scatter q of the studies. That
        interval shrinks to nothing where rounded shares agree by chance, so ``bounded`` takes
        max(1, q): never narrower than the variance without the correction.

    Returns
    -------
    The mean in the rows' unit, and how far the studies differ. One study is returned as it
    stands, with `Inapplicable` for the rest; a prediction interval needs three, and covers less
    than it says where studies are few.

    Raises
    ------
    EstimationError
        No rows, several units, or a column that is missing or has missing or impossible values;
        one study with another design effect than ``deff``; ``plain`` for studies that all agree.
    ConvergenceError
        No variance between studies was found.

    Notes
    -----
    R equivalent: ``metafor::rma(test = "adhoc")``, or ``"knha"`` for plain; ``confint``;
    ``predict(pi.type = "riley")``: t with k − 2 degrees of freedom, from the variance of the
    estimate as given. Source: Viechtbauer (2005) for REML; Paule & Mandel (1982); Knapp & Hartung
    (2003); Röver, Knapp & Friede (2015) for the bound; Viechtbauer (2007) for the Q-profile;
    Higgins & Thompson (2002); Higgins, Thompson & Spiegelhalter (2009), Partlett & Riley (2017).
    """
    studies = read_studies(rows, "pooled", scale=scale, deff=deff)
    k = len(rows)
    names = rows[["item", "level", "group"]].reset_index(drop=True)
    if k == 1:
        if deff is not None and rows["deff"].iloc[0] != deff:
            raise EstimationError(
                f"one study stands as it was estimated; got deff={deff!r} for a row with"
                f" {rows['deff'].iloc[0]!r}; expected the same. Estimate the row with that deff."
            )
        none = Inapplicable("one study shows no difference between studies", "pooled")
        whole = names.assign(weight=100.0)
        return Pooled(
            estimate=pick(rows), prediction=none, tau2=none, i2=none, q=none, weights=whole
        )
    fit = fit_studies(studies, np.ones((k, 1)), tau2, hartung_knapp)
    mean, variance = float(fit.beta[0]), float(fit.cov[0, 0])
    estimate = _back(studies.row, scale, mean, variance, df=k - 1)
    prediction: Estimate | Inapplicable = Inapplicable(
        f"a prediction interval needs three studies; got {k}", "pooled"
    )
    if k > 2:
        further = _back(studies.row, scale, mean, variance + fit.tau2[0], df=k - 2)
        prediction = replace(further, se=None)
    weight = 1 / (studies.v + fit.tau2[0])
    between, i2, q = heterogeneity(studies.row, fit, k)
    return Pooled(
        estimate=estimate,
        prediction=prediction,
        tau2=between,
        i2=i2,
        q=q,
        weights=names.assign(weight=100 * weight / weight.sum()),
    )


def leave_one_out(
    rows: pd.DataFrame,
    *,
    by: str = "group",
    tau2: Between = "reml",
    scale: Scale = "logit",
    deff: float | None = None,
    hartung_knapp: HartungKnapp = "bounded",
) -> pd.DataFrame | Inapplicable:
    """The pooled mean without the studies of one house, for each house.

    Shares are in percent.

    Parameters
    ----------
    rows, tau2, scale, deff, hartung_knapp : as for `pooled`.
    by : column of the house, or of the study.

    Returns
    -------
    Result rows, one a house in order of appearance, with ``group`` "without …"; and ``left_out``,
    ``studies`` left, ``tau2`` and ``i2``, missing where one study is left. `Inapplicable` for one
    house.

    Raises
    ------
    EstimationError
        ``by`` is unknown or has missing values; and as `pooled`.

    Notes
    -----
    R equivalent: ``metafor::leave1out``, where each house has one study. Source: Viechtbauer &
    Cheung (2010).
    """
    check_present(rows, [by])
    houses = list(rows[by].unique())
    if len(houses) < 2:
        return Inapplicable("leaving one out needs two houses; got one", "leave_one_out")
    estimates, more = [], []
    for house in houses:
        left = rows[rows[by] != house]
        result = pooled(left, tau2=tau2, scale=scale, deff=deff, hartung_knapp=hartung_knapp)
        estimates.append(replace(result.estimate, group=f"without {house}", method="leave_one_out"))
        found = [
            np.nan if isinstance(part, Inapplicable) else part.estimate
            for part in (result.tau2, result.i2)
        ]
        more.append([str(house), len(left), *found])
    columns = ["left_out", "studies", "tau2", "i2"]
    return pd.concat([to_frame(estimates), pd.DataFrame(more, columns=columns)], axis=1)


def _back(row: Estimate, scale: str, center: float, variance: float, *, df: int) -> Estimate:
    """The row in its unit, with a t interval within what the unit allows."""
    row = with_interval(row, center, variance, df=df)
    values = np.array([row.estimate, row.ci_low, row.ci_high], dtype=np.float64)
    if scale == "logit":
        values = 100 * special.expit(values)
        slope = float(values[0] * (1 - values[0] / 100))
        row = replace(row, se=slope * float(np.sqrt(variance)))
    low, high = BOUNDS.get(row.unit, (-np.inf, np.inf))
    middle, least, most = (float(value) for value in np.clip(values, low, high))
    return replace(row, estimate=middle, ci_low=least, ci_high=most)
