"""Means and shares of two groups compared under a design."""

from __future__ import annotations

import numpy as np
from scipy import stats

from helpers.errors import EstimationError
from helpers.stats.compare.contrasts import comparable, difference_of_means
from helpers.stats.design import Design, Floats
from helpers.stats.estimates import Estimate, Inapplicable, TestResult
from helpers.stats.linearised import answers, grouped, spread, t_limits


def weighted_mean_difference(design: Design, item: str, *, by: str) -> TestResult | Inapplicable:
    """Whether the means of two groups differ in the population, and by how much: first less second.

    Assumes enough sampling units for a linear approximation. t has the degrees of freedom of the
    design less one.

    Parameters
    ----------
    design : respondents; a missing value or group in the domain is an error.
    item : numeric column.
    by : column of two groups, in the order of its values or categories.

    Returns
    -------
    t, and the difference in units of the item with its t interval as the effect. `Inapplicable`
    with one group, a group in a single sampling unit, no degrees of freedom, or no variance.

    Raises
    ------
    EstimationError
        A column is unknown or has missing values, the item is not numeric, or there are more than
        two groups.

    Notes
    -----
    R equivalent: ``svyttest(item ~ by, design)``, which subtracts the first group from the second.
    Source: Binder (1983), Lumley (2010).
    """
    return _difference(
        design, design.values(item), by, item=item, level="", method="weighted_mean_difference"
    )


def weighted_share_difference(
    design: Design, item: str, *, by: str, level: object
) -> TestResult | Inapplicable:
    """Whether the share that gives an answer differs between two groups: first less second.

    Parameters, assumptions and inapplicable cases are those of `weighted_mean_difference`.

    In all else as `weighted_mean_difference`.

    Parameters
    ----------
    design, by : as for `weighted_mean_difference`.
    item : column of answers, as codes or categories.
    level : the answer whose shares are compared.

    Returns
    -------
    t, and the difference in points with its t interval, cut at −100 and 100, as the effect.

    Raises
    ------
    EstimationError
        Nobody in the domain gave the answer; or as for `weighted_mean_difference`.

    Notes
    -----
    R equivalent: ``svyttest(I(item == level) ~ by, design)``. Source: Binder (1983).
    """
    code, labels = answers(design, item)
    if str(level) not in labels:
        raise EstimationError(
            f"item {item!r} has no answer {level!r}; expected one of {labels[:10]}."
            " Check the spelling."
        )
    given = np.where(code == labels.index(str(level)), 100.0, 0.0)
    return _difference(
        design, given, by, item=item, level=str(level), method="weighted_share_difference"
    )


def _difference(
    design: Design, values: Floats, by: str, *, item: str, level: str, method: str
) -> TestResult | Inapplicable:
    """The test of a difference: of means where ``level`` is empty, else of shares in percent."""
    groups = grouped(design, by)
    if len(groups.labels) > 2:
        raise EstimationError(
            f"two groups are compared; got {len(groups.labels)} in {by!r}: {groups.labels[:10]};"
            " expected 2. Keep two of them: design.where(...)."
        )
    refused = comparable(design, groups, by=by, spent=1, method=method)
    if refused:
        return refused
    found = difference_of_means(design, values, groups)
    if found is None:
        return Inapplicable(f"{item!r} shows no variance between sampling units", method)
    df = design.df - 1
    bound = 100.0 if level else np.inf
    low, high = t_limits(np.array(found.estimate), np.array(found.se), np.array(df))
    numbers = {
        "estimate": found.estimate,
        "se": found.se,
        "low": max(float(low), -bound),
        "high": min(float(high), bound),
        "deff": found.deff,
    }
    effect = Estimate(
        item=item,
        level=level or "difference of means",
        group=" − ".join(groups.labels),
        unit="points" if level else "units",
        evidence=design.evidence,
        source=design.source,
        method=method,
        **spread(numbers, n=design.n, df=df),
    )
    statistic = found.estimate / found.se
    return TestResult(
        statistic=statistic,
        statistic_name="t",
        df=(df,),
        p_value=float(2 * stats.t.sf(abs(statistic), df)),
        effect=effect,
        n=design.n,
        method=method,
    )
