"""Does one slope serve every threshold? The check of the assumption behind an ordered logit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.stats.design import Codes, Design, Floats, covariance_of_sums
from helpers.stats.estimates import Inapplicable, TestResult, to_frame
from helpers.stats.models.cumulative_link import maximise
from helpers.stats.models.model_terms import estimate_rows
from helpers.stats.models.ordinal import OrderedModel

SINGULAR = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProportionalOdds:
    """The check of proportional odds.

    Attributes
    ----------
    overall
        All slopes equal over thresholds.
    by_term
        The slopes of each term equal over thresholds, all columns of a factor together.
    slopes
        Rows of the result shape: slope of each column (``level``) in the binary logit of the
        answers above each category (``item``), in log-odds.
    """

    overall: TestResult | Inapplicable
    by_term: Mapping[str, TestResult | Inapplicable]
    slopes: pd.DataFrame


def proportional_odds(model: OrderedModel) -> ProportionalOdds | Inapplicable:
    """Test whether the slopes of an ordered logit are the same at every threshold (Brant's test).

    At each threshold a binary logit of the answers above it has slopes of its own; the Wald test
    asks whether they are equal. Their joint covariance is linearised under the design, so neither
    simple random sampling nor the model itself is assumed. With k equalities and d degrees of
    freedom of the design, F = W (d − k + 1) / (d k) on k and d − k + 1.

    With many respondents small departures are found; the slopes show whether they matter.

    Respondents with missing values were left out, or refused, when the model was fitted.

    Returns
    -------
    The tests, and the slopes by threshold. `Inapplicable` in place of a test that has more
    equalities than the design has degrees of freedom, or in place of all where an answer at one
    threshold is separated perfectly.

    Raises
    ------
    EstimationError
        The model is not a logit.

    Notes
    -----
    R equivalent: ``brant::brant``, whose covariance assumes simple random sampling, equal weights
    and the model at each threshold, and which refers W to a chi-square. Source: Brant (1990); Korn
    and Graubard (1990) for F.
    """
    if model.link != "logit":
        raise EstimationError(
            f"Brant's test is of a logit; got a {model.link} model; expected link='logit'. Fit the"
            " ordered logit."
        )
    cells, names, design = model.fit.cells, model.terms.names, model.design
    splits = len(model.categories) - 1
    fits = []
    for k in range(splits):
        try:
            fits.append(maximise(cells.split(k), "logit", names))
        except EstimationError as error:
            return Inapplicable(
                f"above {model.categories[k]!r} there is no binary logit to compare: {error}",
                "proportional_odds",
            )
    slopes = np.concatenate([fit.slopes for fit in fits])
    spread = covariance_of_sums(
        design, np.hstack([fit.unit_sums(design, model.terms)[:, 1:] for fit in fits])
    )
    place = np.arange(slopes.size).reshape(splits, len(names))
    rows = estimate_rows(
        design,
        items=[f"{model.outcome} above {low}" for low in model.categories[:-1] for _ in names],
        levels=list(names) * splits,
        estimates=slopes,
        variances=spread.diagonal(),
        naive=np.concatenate([fit.naive.diagonal()[1:] for fit in fits]),
        unit="log-odds",
        method="proportional_odds",
    )
    return ProportionalOdds(
        overall=_equal(design, slopes, spread, place),
        by_term={
            term.name: _equal(design, slopes, spread, place[:, term.start : term.stop])
            for term in model.terms.terms
        },
        slopes=to_frame(rows),
    )


def _equal(
    design: Design, slopes: Floats, spread: Floats, place: Codes
) -> TestResult | Inapplicable:
    """Wald test that the slopes at ``place``, of shape (thresholds, columns), agree by column."""
    splits, columns = place.shape
    k, d = (splits - 1) * columns, design.df
    if k > d:
        return Inapplicable(
            f"{k} equalities cannot be tested with {d:g} degrees of freedom of the design",
            "proportional_odds",
        )
    contrast = np.zeros((k, slopes.size))
    contrast[np.arange(k), np.tile(place[0], splits - 1)] = 1
    contrast[np.arange(k), place[1:].ravel()] = -1
    apart, variance = contrast @ slopes, contrast @ spread @ contrast.T
    scale = np.sqrt(variance.diagonal())
    if not (scale > 0).all():
        return Inapplicable("the slopes do not vary between samples", "proportional_odds")
    values, axes = np.linalg.eigh(variance / np.outer(scale, scale))
    if values[0] < SINGULAR:
        return Inapplicable(
            "the slopes at the thresholds depend on each other exactly", "proportional_odds"
        )
    wald = float(((axes.T @ (apart / scale)) ** 2 / values).sum())
    f = wald * (d - k + 1) / (d * k)
    return TestResult(
        statistic=f,
        statistic_name="F",
        df=(float(k), d - k + 1),
        p_value=float(stats.f.sf(f, k, d - k + 1)),
        effect=None,
        n=design.n,
        method="proportional_odds",
    )
