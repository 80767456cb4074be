"""A sampling design and its variance: Taylor linearisation with strata, clusters and finite populations."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.errors import DesignError, EstimationError
from helpers.evidence import COLUMN, Evidence, evidence_of
from helpers.stats.columns import (
    Codes,
    Floats,
    Mask,
    codes_of,
    consecutive,
    distinct,
    factors,
    fractions_of,
    level_name,
    numbers_of,
    refuse_lone_units,
    require,
    strata_of_units,
    unknown_columns,
    weights_of,
)
from helpers.stats.estimates import join_sources

__all__ = [
    "Codes", "Design", "Floats", "Mask", "covariance", "covariance_of_sums", "kish_effective_n",
    "survey_design", "unknown_columns",
]  # fmt: skip

LARGEST_VALUE = 1e90
"""Beyond this, squares of weighted sums leave the range of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """Respondents with the design that drew them; `survey_design` makes it.

    Attributes
    ----------
    rows
        Every respondent of the sample, one row each.
    weight
        Sampling weight of each row, above 0: how many people the respondent stands for.
    stratum, psu
        Code of each row's stratum and primary sampling unit; units are nested in strata. Without
        clusters, each row is its own unit.
    fraction
        Sampling fraction of each stratum by its code, 0 where the population is taken as infinite.
    inside
        Which rows belong to the domain that is estimated for. The others stay in the design, so
        that the variance counts the units in which nobody of the domain was found.
    """

    rows: pd.DataFrame
    weight: Floats
    stratum: Codes
    psu: Codes
    fraction: Floats
    inside: Mask

    @property
    def evidence(self) -> Evidence:
        """The one evidence kind of the respondents."""
        return evidence_of(distinct(self.rows, COLUMN))

    @property
    def source(self) -> str:
        """Source keys of the respondents, joined by ``;``."""
        column = "source" if "source" in self.rows.columns else "source_id"
        if column not in self.rows.columns:
            raise EstimationError(unknown_columns(["source"], self.rows))
        return join_sources(distinct(self.rows, column))

    @property
    def n(self) -> int:
        """Respondents in the domain."""
        return int(self.inside.sum())

    @property
    def df(self) -> float:
        """Units less strata, counted where the domain has respondents; R: ``degf`` of the subset."""
        units = np.count_nonzero(np.bincount(self.psu[self.inside]))
        return float(units - np.count_nonzero(np.bincount(self.stratum[self.inside])))

    def where(self, condition: pd.Series | Mask) -> Design:
        """The same design for the domain in which ``condition`` holds; R: ``subset``.

        Raises
        ------
        EstimationError
            The condition has another length or row order, missing values, or holds for nobody.
        """
        if isinstance(condition, pd.Series) and not condition.index.equals(self.rows.index):
            raise EstimationError(
                f"a domain cannot be matched to the rows; got a condition of {len(condition)} rows"
                f" with another index; expected the index of the {len(self.rows)} rows of the"
                " design. Compare a column of design.rows."
            )
        mask = np.asarray(condition)
        if mask.shape != self.inside.shape or mask.dtype != np.bool_:
            raise EstimationError(
                f"a domain cannot be read; got {mask.dtype} of shape {mask.shape}; expected one"
                f" true or false for each of {self.inside.size} rows. Compare a column of the rows."
            )
        inside = self.inside & mask
        if not inside.any():
            raise EstimationError(
                "the domain is empty; got no respondent; expected at least one. Widen the condition."
            )
        return replace(self, inside=inside)

    def answered(self, *items: str) -> Design:
        """The domain of those who have a value for every one of ``items``; R: ``na.rm = TRUE``."""
        require(self.rows, *items)
        return self.where(self.rows[list(items)].notna().all(axis=1).to_numpy())

    def values(self, item: str) -> Floats:
        """The item as numbers, one a row of the sample; 0 outside the domain.

        Raises
        ------
        EstimationError
            No such column, text in place of numbers, or a missing or infinite value in the domain.
        """
        values = numbers_of(self.rows, item)
        bad = int((~(np.abs(values) < LARGEST_VALUE) & self.inside).sum())
        if bad:
            raise EstimationError(
                f"item {item!r} has {bad} missing or infinite values in the domain of {self.n};"
                f" expected numbers below {LARGEST_VALUE:g}. Say who is meant:"
                f" design.answered({item!r})."
            )
        return np.where(self.inside, values, 0.0)

    def labels(self, item: str) -> tuple[Codes, list[str]]:
        """Codes of a grouping column and its labels in order; -1 outside the domain.

        Categories of an ordered column keep their order, and only those that occur count.
        """
        require(self.rows, item)
        column = self.rows[item]
        bad = int((column.isna().to_numpy() & self.inside).sum())
        if bad:
            raise EstimationError(
                f"group {item!r} has {bad} missing values in the domain of {self.n}; expected"
                f" none. Say who is meant: design.answered({item!r})."
            )
        if isinstance(column.dtype, pd.CategoricalDtype):
            found, levels = column.cat.codes.to_numpy(), column.cat.categories
        else:
            found, levels = factors(column)
        found = np.where(self.inside, found, -1)
        used = np.bincount(found[self.inside], minlength=len(levels)) > 0
        place = np.append(np.cumsum(used) - 1, -1)
        return place[found], [level_name(level) for level in levels[used]]


def survey_design(
    rows: pd.DataFrame,
    *,
    weight: str,
    strata: str | None = None,
    psu: str | None = None,
    population_psus: str | None = None,
) -> Design:
    """Declare how respondents were drawn.

    Assumes units drawn with replacement within strata, unless ``population_psus`` is given: then
    without replacement, in one stage or with the later stages ignored.

    Parameters
    ----------
    rows : respondents, one row each, with an evidence kind and a source.
    weight : column of sampling weights.
    strata, psu : columns of stratum and primary sampling unit; a unit's name may recur in another
        stratum, where it is another unit.
    population_psus : column with the number of units in the population of the row's stratum.

    Returns
    -------
    The design of all rows; its domain is everybody until `Design.where` narrows it.

    Raises
    ------
    DesignError
        A weight is missing, zero, negative or infinite; a stratum or unit is missing; a stratum
        has one unit; or a stratum has fewer units in the population than in the sample.

    Notes
    -----
    R equivalent: ``survey::svydesign(ids, strata, weights, fpc, nest = TRUE)``. Source: Lumley
    (2004), Binder (1983).
    """
    if rows.empty:
        raise DesignError("a design needs respondents; got 0 rows; expected at least 2.")
    absent = [
        column
        for column in (weight, strata, psu, population_psus)
        if column is not None and column not in rows.columns
    ]
    if absent:
        raise DesignError(unknown_columns(absent, rows))
    stratum = codes_of(rows, strata) if strata else np.zeros(len(rows), dtype=np.int64)
    unit = codes_of(rows, psu) if psu else np.arange(len(rows), dtype=np.int64)
    nested = consecutive(stratum * (unit.max() + 1) + unit)
    counts = np.bincount(strata_of_units(stratum, nested))
    refuse_lone_units(rows, strata, stratum, counts)
    return Design(
        rows=rows,
        weight=weights_of(rows, weight),
        stratum=stratum,
        psu=nested,
        fraction=fractions_of(rows, stratum, counts, population_psus),
        inside=np.ones(len(rows), dtype=bool),
    )


def covariance(design: Design, influence: Floats) -> Floats:
    """Covariance matrix of estimates from the influence of each respondent on each of them.

    Parameters
    ----------
    influence : shape (rows, estimates); the weight is part of it, and rows outside the domain
        are 0. For a mean this is ``w (y − ȳ) / Σw``.

    Returns
    -------
    Shape (estimates, estimates): within each stratum, the scatter of the units' sums around their
    mean, times units / (units − 1) and 1 − sampling fraction; summed over strata.
    """
    influence = influence.reshape(len(design.psu), -1)
    units = int(design.psu.max()) + 1
    sums = [np.bincount(design.psu, weights=column, minlength=units) for column in influence.T]
    return covariance_of_sums(design, np.column_stack(sums))


def covariance_of_sums(design: Design, sums: Floats) -> Floats:
    """`covariance` from the influence already summed by unit, of shape (units, estimates)."""
    home = strata_of_units(design.stratum, design.psu)
    size = np.bincount(home).astype(np.float64)
    means = np.column_stack([np.bincount(home, weights=column) for column in sums.T])
    factor = np.sqrt((1 - design.fraction) * size / (size - 1))
    scatter = (sums - (means / size[:, None])[home]) * factor[home][:, None]
    return np.asarray(scatter.T @ scatter, dtype=np.float64)


def kish_effective_n(weight: Floats) -> float:
    """The effective base, a count, after unequal weights alone: (Σw)² / Σw².

    Parameters
    ----------
    weight : sampling weights of the respondents, shape (n,); none may be missing.

    Returns
    -------
    A number from 1 to n.

    Raises
    ------
    DesignError
        No weight, or one that is not a finite number above 0.

    Notes
    -----
    R equivalent: ``sum(w)^2 / sum(w^2)``. Source: Kish (1965).
    """
    if not weight.size or not (np.isfinite(weight) & (weight > 0)).all():
        raise DesignError(
            f"an effective base needs weights; got {weight[:10]}; expected finite numbers above 0."
        )
    return float(weight.sum() ** 2 / (weight**2).sum())
