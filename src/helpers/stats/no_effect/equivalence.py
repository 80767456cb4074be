"""Is there no effect worth the name? Two one-sided tests against bounds stated beforehand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.compare.two_groups import (
    NO_SPREAD,
    equal_weights,
    midranks,
    scale_of,
    standard_error,
    two_groups,
)
from helpers.stats.design import Design, Floats
from helpers.stats.estimates import Inapplicable
from helpers.stats.no_effect.tost import Bounds, Equivalence, decide


def equivalent_means(
    data: Design | pd.DataFrame, *, item: str, by: str, lower: float, upper: float
) -> Equivalence | Inapplicable:
    """Whether the means of two groups differ by no more than the bounds: first minus second.

    Assumes means that are nearly normal. A `Design` gives the linearised variance and t with
    design degrees of freedom less one; rows give Welch's t, for independent respondents.

    Parameters
    ----------
    data : respondents under a design, or unweighted rows with evidence and a source.
    item : numeric column; a missing value is an error.
    by : column with two groups, compared in the order of their labels.
    lower, upper : bounds in units of the item, below and above 0.

    Returns
    -------
    The effect with its 90 and 95 % intervals, both one-sided tests and a verdict.
    `Inapplicable` where one group, one respondent or no variance leaves nothing to compare.

    Raises
    ------
    EstimationError
        A value is missing or no number, there are over two groups, or the bounds lack 0.

    Notes
    -----
    R equivalent: ``t.test(y ~ g, mu = bound, alternative = ...)`` twice; ``survey::svyttest`` for
    the standard error under a design. Source: Schuirmann (1987), Lakens (2017).
    """
    bounds = Bounds(lower=lower, upper=upper)
    design = data if isinstance(data, Design) else equal_weights(data, item, by)
    return _two_means(
        data,
        design.values(item),
        bounds,
        by=by,
        item=item,
        level="difference of means",
        unit="units",
        method="equivalent_means",
    )


def equivalent_proportions(
    design: Design, *, item: str, level: str, by: str, lower: float, upper: float
) -> Equivalence | Inapplicable:
    """Whether the share of one answer differs between two groups by no more than the bounds.

    Assumes shares away from 0 and 100, where a difference is nearly normal: linearised variance,
    t with design degrees of freedom less one.

    Parameters
    ----------
    item, level : the column and the answer in it; a missing value is an error.
    by : column with two groups; the difference is first minus second by label.
    lower, upper : bounds in points, below and above 0.

    Returns
    -------
    The effect with its 90 and 95 % intervals, both one-sided tests and a verdict.
    `Inapplicable` where one group, one respondent or no variance leaves nothing to compare.

    Raises
    ------
    EstimationError
        A value is missing, nobody gave the answer, over two groups, or the bounds lack 0.

    Notes
    -----
    R equivalent: ``survey::svyttest(I(item == level) ~ by, design)`` moved to each bound. Source:
    Schuirmann (1987), Lumley (2010).
    """
    bounds = Bounds(lower=lower, upper=upper, least=-100, most=100)
    codes, names = design.labels(item)
    if str(level) not in names:
        raise EstimationError(
            f"nobody answered {level!r} to {item!r}; expected one of {names[:10]}."
            " Check the spelling."
        )
    return _two_means(
        design,
        100.0 * (codes == names.index(str(level))),
        bounds,
        by=by,
        item=item,
        level=str(level),
        unit="points",
        method="equivalent_proportions",
    )


def equivalent_ordinal(
    data: Design | pd.DataFrame, *, item: str, by: str, lower: float, upper: float
) -> Equivalence | Inapplicable:
    """Whether two groups hardly differ on an ordinal item, by the probability of superiority.

    That is the probability that one of the first group answers higher than one of the second,
    ties counted half; 0.5 means no shift. Assumes it is nearly normal: a `Design` gives the
    linearised variance and t with design degrees of freedom less one; rows give Brunner and
    Munzel's t, for independent respondents.

    Parameters
    ----------
    data : respondents under a design, or unweighted rows with evidence and a source.
    item : numbers or an ordered category; a missing value is an error.
    by : column with two groups, compared in the order of their labels.
    lower, upper : probabilities, below and above 0.5.

    Returns
    -------
    The effect with its 90 and 95 % intervals, both one-sided tests and a verdict.
    `Inapplicable` where one group, one respondent or no variance leaves nothing to compare.

    Raises
    ------
    EstimationError
        A value is missing or has no order, over two groups, or the bounds lack 0.5.

    Notes
    -----
    R equivalent: ``brunnermunzel::brunnermunzel.test``. Source: Brunner and Munzel (2000).
    """
    method = "equivalent_ordinal"
    bounds = Bounds(lower=lower, upper=upper, none=0.5, least=0, most=1)
    design = data if isinstance(data, Design) else equal_weights(data, item, by)
    found = two_groups(design, by, method=method)
    if isinstance(found, Inapplicable):
        return found
    groups, name = found
    values = scale_of(design, item)
    first, second = (np.where(mask, design.weight, 0.0) for mask in groups)
    # Rank of each respondent in the other group: the share below, ties counted half.
    above = np.where(groups[0], midranks(values, second) / second.sum(), 0.0)
    below = np.where(groups[1], 1 - midranks(values, first) / first.sum(), 0.0)
    theta = float(np.average(above, weights=first))
    se, df = standard_error(design, above + below, groups, welch=not isinstance(data, Design))
    if not (df >= 1 and se > NO_SPREAD):
        return Inapplicable("the groups do not overlap, or leave no degrees of freedom", method)
    return decide(
        theta,
        se,
        bounds=bounds,
        df=df,
        item=item,
        level="probability of superiority",
        group=name,
        n=design.n,
        n_eff=None,
        deff=None,
        unit="probability",
        evidence=design.evidence,
        source=design.source,
        method=method,
    )


def _two_means(
    data: Design | pd.DataFrame,
    values: Floats,
    bounds: Bounds,
    *,
    by: str,
    item: str,
    level: str,
    unit: str,
    method: str,
) -> Equivalence | Inapplicable:
    """The test of a difference of two means, of numbers or of a coded answer."""
    design = data if isinstance(data, Design) else equal_weights(data, by)
    found = two_groups(design, by, method=method)
    if isinstance(found, Inapplicable):
        return found
    groups, name = found
    signed = np.where(groups[0], values, -values)
    difference = sum(
        float(np.average(signed[mask], weights=design.weight[mask])) for mask in groups
    )
    se, df = standard_error(design, signed, groups, welch=not isinstance(data, Design))
    smallest = NO_SPREAD * float(np.abs(values[design.inside]).max())
    if df < 1 or se <= smallest:
        return Inapplicable("nothing varies within the groups, or too few units were drawn", method)
    return decide(
        difference,
        se,
        bounds=bounds,
        df=df,
        item=item,
        level=level,
        group=name,
        n=design.n,
        n_eff=None,
        deff=None,
        unit=unit,
        evidence=design.evidence,
        source=design.source,
        method=method,
    )
