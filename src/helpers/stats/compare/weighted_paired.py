"""Two answers of the same people compared under a design."""

from __future__ import annotations

from dataclasses import replace

from scipy import stats

from helpers.errors import EstimationError
from helpers.stats.describe.describe import means
from helpers.stats.design import Design
from helpers.stats.estimates import Inapplicable, TestResult, pick

DIFFERENCE = "difference of the same people"


def weighted_paired_difference(
    design: Design, *, before: str, after: str, percent: bool = False
) -> TestResult | Inapplicable:
    """Whether the mean of one answer differs from that of another among the same people.

    Each respondent's difference is formed first, so that the covariance of the two answers and the
    design both count. Assumes enough sampling units for a linear approximation.

    Parameters
    ----------
    design : respondents; a missing value in the domain is an error.
    before, after : numeric columns of one scale.
    percent : the columns are 0 and 1; the difference of shares is given in points.

    Returns
    -------
    t with the degrees of freedom of the design; the effect is the mean of ``after`` less that of
    ``before``, with its t interval. `Inapplicable` where the difference shows no variance.

    Raises
    ------
    EstimationError
        One column is given twice, or a column is unknown, not numeric or has missing values.

    Notes
    -----
    R equivalent: ``svyttest(I(after - before) ~ 0, design)``. Source: Binder (1983), Lumley (2010).
    """
    if before == after:
        raise EstimationError(
            f"an answer is compared with itself; got {before!r} twice; expected two columns."
        )
    apart = (design.values(after) - design.values(before)) * (100 if percent else 1)
    formed = replace(design, rows=design.rows.assign(**{DIFFERENCE: apart}))
    found = pick(means(formed, DIFFERENCE))
    if not found.se or found.df is None or found.df < 1:
        return Inapplicable(
            f"{after} less {before} shows no variance between sampling units",
            "weighted_paired_difference",
        )
    statistic = found.estimate / found.se
    effect = replace(
        found, item=after, level=f"{after} less {before}",
        unit="points" if percent else "units", method="weighted_paired_difference",
    )  # fmt: skip
    return TestResult(
        statistic=statistic, statistic_name="t", df=(found.df,),
        p_value=float(2 * stats.t.sf(abs(statistic), found.df)), effect=effect, n=design.n,
        method="weighted_paired_difference",
    )  # fmt: skip
