"""Bootstraps of means that draw totals of sampling units, or counts of answers, and never rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import COLUMN, evidence_of
from helpers.stats.columns import (
    Codes,
    Floats,
    distinct,
    numbers_of,
    require,
    strata_of_units,
)
from helpers.stats.design import LARGEST_VALUE, Design
from helpers.stats.estimates import CONFIDENCE, Estimate, join_sources, to_frame
from helpers.stats.weights.margins import crossing
from helpers.stats.weights.replicated import t_estimate
from helpers.stats.weights.replicates import check_count

AT_ONCE = 4_000_000  # draws held in memory
ALIKE = 16  # from so many alike units on, on average, counts of them are drawn in place of units


def bootstrap_means(
    design: Design,
    item: str,
    *,
    replicates: int,
    rng: np.random.Generator,
    by: str | None = None,
) -> pd.DataFrame:
    """Weighted means of an item, with standard errors by the Rao–Wu rescaled bootstrap.

    Drawn as by `bootstrap_replicates`. A mean is a ratio of two totals, which are sums over
    sampling units, so that only the units' totals are drawn again.

    Parameters
    ----------
    design : respondents; a missing answer in the domain is an error.
    item : numeric column.
    replicates : how many, at least 2; 2,000 give the standard error to within 3 %.
    rng : random numbers, as `helpers.rng.stream` gives by name.
    by : column of groups, estimated from the same replicates; None for the domain as one.

    Returns
    -------
    A row a group in units of the item; 95 % intervals by t with the degrees of freedom of the
    group's domain.

    Raises
    ------
    EstimationError
        A missing value; a replicate without anyone of a group; a mean that does not move over the
        replicates, as of a constant or of one respondent; no degree of freedom.

    Notes
    -----
    R equivalent: ``survey::svyby(~item, ~by, as.svrepdesign(design, type = "subbootstrap"),
    svymean)``. Source: Rao and Wu (1988); Rao, Wu and Yue (1992).
    """
    values = design.values(item)
    code, labels = design.labels(by) if by else (np.where(design.inside, 0, -1), ["all"])
    totals = _unit_totals(design, code, len(labels), [values, np.ones(values.size)])
    means, replicated = _ratios(design, totals, labels, replicates, rng)
    evidence, source = design.evidence, design.source
    return to_frame(
        t_estimate(
            design.where(code == k) if by else design, means[k], _spread(replicated[:, k], label),
            item=item, level="mean", group=label, unit="units", method="bootstrap_means",
            evidence=evidence, source=source,
        )
        for k, label in enumerate(labels)
    )  # fmt: skip


def bootstrap_ratio(
    design: Design, item: str, *, over: str, replicates: int, rng: np.random.Generator
) -> Estimate:
    """The ratio of two weighted totals, with its standard error by the Rao–Wu rescaled bootstrap.

    Parameters, missing values, errors and source are those of `bootstrap_means`; ``over`` is the
    numeric column of the denominator, whose total must not be 0. R equivalent:
    ``survey::svyratio`` of a design of type ``subbootstrap``.

    In all else as `bootstrap_means`.
    """
    totals = _unit_totals(
        design, np.where(design.inside, 0, -1), 1, [design.values(item), design.values(over)]
    )
    ratio, replicated = _ratios(design, totals, [over], replicates, rng)
    return t_estimate(
        design, ratio[0], _spread(replicated[:, 0], "all"),
        item=item, level=f"over {over}", group="all", unit="index", method="bootstrap_ratio",
        evidence=design.evidence, source=design.source,
    )  # fmt: skip


def bootstrap_difference(
    rows: pd.DataFrame, *, item: str, by: str, replicates: int, rng: np.random.Generator
) -> Estimate:
    """The difference of two groups' means, first less second, with a percentile interval.

    Assumes respondents drawn independently and with equal chances. Each group is drawn again from
    itself, by the multinomial counts of its distinct answers.

    Parameters
    ----------
    rows : respondents, none without an answer or a group.
    item : numeric column.
    by : column of two groups; the first in order is the minuend.
    replicates : how many, at least 2; 2,000 for a 95 % interval.
    rng : random numbers, as `helpers.rng.stream` gives by name.

    Returns
    -------
    The difference in units of the item, first group less second by label, with a percentile
    interval.

    Raises
    ------
    EstimationError
        A missing value, an item that is not numeric, other than two groups, a group of one, or a
        difference that does not move over the replicates.

    Notes
    -----
    R equivalent: ``boot::boot(strata = by)``, ``boot.ci(type = "perc")``. Source: Efron and
    Tibshirani (1993).
    """
    check_count(replicates)
    values, code, labels = _two_groups(rows, item, by)
    means, replicated = [], []
    for k in range(2):
        group = values[code == k]
        sums = _resampled_sums(group[:, None], group.size, replicates, rng)
        means.append(group.mean())
        replicated.append(sums[:, 0] / group.size)
    differences = replicated[0] - replicated[1]
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(differences, [tail, 100 - tail])
    return Estimate(
        item=item, level=f"{labels[0]} − {labels[1]}", group="all",
        estimate=float(means[0] - means[1]), se=_spread(differences, "all"), ci_low=float(low),
        ci_high=float(high), n=values.size, n_eff=None, deff=None, df=None, unit="units",
        evidence=evidence_of(distinct(rows, COLUMN)), source=join_sources(rows),
        method="bootstrap_difference",
    )  # fmt: skip


def _unit_totals(design: Design, code: Codes, groups: int, columns: list[Floats]) -> Floats:
    """Weighted totals of the columns for each unit and group; shape (units, columns, groups)."""
    units = int(design.psu.max()) + 1
    place = (design.psu * groups + code)[design.inside]
    weighted = [(design.weight * column)[design.inside] for column in columns]
    totals = [np.bincount(place, weights=w, minlength=units * groups) for w in weighted]
    return np.stack([total.reshape(units, groups) for total in totals], axis=1)


def _ratios(
    design: Design, totals: Floats, labels: list[str], replicates: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """The first column's total over the second's: in the sample, and in each replicate."""
    check_count(replicates)
    whole = totals.sum(axis=0)
    replicated = _replicated_totals(design, totals.reshape(len(totals), -1), replicates, rng)
    replicated = replicated.reshape(replicates, *whole.shape)
    empty = (replicated[:, 1] == 0).sum(axis=0) + (whole[1] == 0)
    if empty.any():
        worst = int(np.argmax(empty))
        raise EstimationError(
            f"{empty[worst]} replicates of {replicates} have a denominator of 0 for"
            f" {labels[worst]!r}; expected none. The group is in too few sampling units: join it to"
            " another."
        )
    return whole[0] / whole[1], replicated[:, 0] / replicated[:, 1]


def _replicated_totals(
    design: Design, totals: Floats, replicates: int, rng: np.random.Generator
) -> Floats:
    """Rescaled totals over units drawn again, n − 1 of n a stratum; shape (replicates, columns)."""
    home = strata_of_units(design.stratum, design.psu)
    order = np.argsort(home, kind="stable")
    strata = np.split(totals[order], np.cumsum(np.bincount(home))[:-1])
    replicated = np.zeros((replicates, totals.shape[1]))
    for units, fraction in zip(strata, design.fraction, strict=True):
        n, weight = len(units), np.sqrt(1 - fraction)
        sums = _resampled_sums(units, n - 1, replicates, rng)
        replicated += (1 - weight) * units.sum(axis=0) + weight * n / (n - 1) * sums
    return replicated


def _resampled_sums(units: Floats, draws: int, replicates: int, rng: np.random.Generator) -> Floats:
    """Column sums over ``draws`` units drawn with replacement; shape (replicates, columns)."""
    kind = crossing([pd.factorize(column)[0].astype(np.int64) for column in units.T])
    alike = np.bincount(kind)
    sums = np.empty((replicates, units.shape[1]))
    if alike.size * ALIKE <= len(units):
        example = np.zeros(alike.size, dtype=np.int64)
        example[kind] = np.arange(kind.size)
        for part in _parts(replicates, alike.size):
            counts = rng.multinomial(draws, alike / kind.size, size=part.stop - part.start)
            sums[part] = np.einsum("rk,kc->rc", counts.astype(np.float64), units[example])
        return sums
    for part in _parts(replicates, draws):
        drawn = rng.integers(0, len(units), size=(part.stop - part.start, draws))
        for column, values in enumerate(units.T):
            sums[part, column] = np.ascontiguousarray(values)[drawn].sum(axis=1)
    return sums


def _parts(replicates: int, size: int) -> list[slice]:
    """Slices of the replicates that fit in memory; the same for every machine."""
    step = max(1, AT_ONCE // size)
    return [slice(k, min(k + step, replicates)) for k in range(0, replicates, step)]


def _two_groups(rows: pd.DataFrame, item: str, by: str) -> tuple[Floats, Codes, list[str]]:
    require(rows, item, by)
    for column in (item, by):
        missing = int(rows[column].isna().sum())
        if missing:
            raise EstimationError(
                f"column {column!r} has {missing} missing values of {len(rows)}; expected none."
                f" Say who is meant: rows.dropna(subset=[{column!r}])."
            )
    values = numbers_of(rows, item)
    if not (np.abs(values) <= LARGEST_VALUE).all():
        raise EstimationError(
            f"item {item!r} cannot be added; expected numbers within ±{LARGEST_VALUE:g}."
        )
    groups = rows[by].astype("category").cat.remove_unused_categories()
    sizes = groups.value_counts(sort=False)
    if len(sizes) != 2 or sizes.min() < 2:
        raise EstimationError(
            f"a difference of means needs two groups of at least two; got {sizes.to_dict()} in"
            f" {by!r}. Filter the rows, or join groups."
        )
    return values, groups.cat.codes.to_numpy(), [str(label) for label in sizes.index]


def _spread(replicated: Floats, group: str) -> float:
    spread = float(replicated.std(ddof=1))
    if spread <= 1e-13 * float(np.abs(replicated).max()):
        raise EstimationError(
            f"the estimate for {group!r} does not move over the replicates; got"
            f" {replicated[0]:.6g} in each; expected answers that vary between sampling units."
        )
    return spread
