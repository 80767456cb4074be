"""Weighted tables of all pairs of ordinal items, and the polychoric fit to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.design import Codes, Design, Floats, Mask, covariance
from helpers.stats.scales import polychoric_algebra as algebra

EmptyCells = Literal["kept", "half"]

ANSWERS = 30
"""Items with more distinct answers are measurements, for which Pearson's correlation is meant."""

WIDE = 8
"""Up to so many answers, the table of four items at once is small beside the respondents."""

SAME = 1e-9
"""Shares closer than this are one share: the rounding of sums of weights."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolychoricFit:
    """Polychoric correlations of all pairs, with what their variance needs.

    Attributes
    ----------
    items, left, right
        The items, and the two of each pair by position.
    codes
        Answers by rank from 0, shape (items, respondents of the domain).
    rho, pull
        The correlation of each pair; how an answer moves its atanh.
    """

    items: tuple[str, ...]
    left: Codes
    right: Codes
    codes: tuple[Codes, ...]
    rho: Floats
    pull: Floats

    def matrix(self) -> Floats:
        """The correlations as a symmetric matrix with ones on its diagonal."""
        matrix = np.eye(len(self.items))
        matrix[self.left, self.right] = matrix[self.right, self.left] = self.rho
        return matrix

    def influence(self, design: Design, gradient: Floats) -> Floats:
        """Influence of each respondent on a function of the correlations, weight included.

        ``gradient`` holds its derivative by each pair's correlation; the result is one number for
        each row of the sample, 0 outside the domain.
        """
        width = self.pull.shape[2]
        moves = self.pull.reshape(len(self.rho), -1) * (gradient * (1 - self.rho**2))[:, None]
        total = np.zeros(len(self.codes[0]))
        for pair in np.flatnonzero(gradient):
            codes = self.codes[self.left[pair]] * width + self.codes[self.right[pair]]
            total += moves[pair].take(codes)
        weight = design.weight[design.inside]
        influence = np.zeros(len(design.weight))
        influence[design.inside] = total * weight / weight.sum()
        return influence

    def variances(self, design: Design) -> Floats:
        """Variance of each correlation under the design."""
        each = np.eye(len(self.rho))
        return np.array([covariance(design, self.influence(design, pair))[0, 0] for pair in each])


def fit_polychoric(
    design: Design,
    *,
    items: Sequence[str],
    empty_cells: EmptyCells = "kept",
    variance: bool = True,
) -> PolychoricFit:
    """All pairs at once, for `polychoric` and the scales built on it; errors as there.

    Without ``variance`` the pull of the answers is left at 0.
    """
    names = tuple(items)
    if len(names) < 2 or len(set(names)) < len(names):
        raise EstimationError(
            f"items do not make pairs; got {list(names)}; expected two or more, each once."
        )
    codes = tuple(_codes(design, name) for name in names)
    weight = design.weight[design.inside]
    return fit_codes(codes, names, weight=weight, empty_cells=empty_cells, variance=variance)


def fit_codes(
    codes: Sequence[Codes],
    names: Sequence[str],
    *,
    weight: Floats,
    empty_cells: EmptyCells,
    variance: bool,
) -> PolychoricFit:
    """All pairs of items from ranks of answers and the weight of each respondent."""
    width = max(count_answers(code, name) for code, name in zip(codes, names, strict=True))
    pairs = list(combinations(range(len(names)), 2))
    tables = _tables(codes, weight, width, pairs)
    z, moves = solve_tables(
        tables / weight.sum(),
        [(names[i], names[j]) for i, j in pairs],
        weight.size,
        empty_cells,
        variance=variance,
    )
    left, right = np.array(pairs, dtype=np.int64).T
    return PolychoricFit(
        items=tuple(names), left=left, right=right, codes=tuple(codes), rho=np.tanh(z), pull=moves
    )


def _tables(
    codes: Sequence[Codes], weight: Floats, width: int, pairs: list[tuple[int, int]]
) -> Floats:
    """Weighted table of each pair of items, shape (pairs, width, width).

    Items are counted in twos, so that one pass over the respondents fills four tables.
    """
    spare = [np.zeros_like(codes[0])] * (len(codes) % 2)
    singles = [*codes, *spare]
    twos = [a * width + b for a, b in zip(singles[::2], singles[1::2], strict=True)]
    found = {}
    for p, two in enumerate(twos):
        found[2 * p, 2 * p + 1] = np.bincount(two, weight, width**2).reshape(width, width)
    for p, q in combinations(range(len(twos)), 2):
        if width <= WIDE:
            four = np.bincount(twos[p] * width**2 + twos[q], weight, width**4)
            four = four.reshape([width] * 4)
            sums = [four.sum(axis=axes) for axes in ((1, 3), (1, 2), (0, 3), (0, 2))]
        else:
            both = [(i, j) for i in (2 * p, 2 * p + 1) for j in (2 * q, 2 * q + 1)]
            keys = [singles[i] * width + singles[j] for i, j in both]
            sums = [np.bincount(key, weight, width**2).reshape(width, width) for key in keys]
        for k, table in enumerate(sums):
            found[2 * p + k // 2, 2 * q + k % 2] = table
    return np.array([found[pair] for pair in pairs])


def solve_tables(
    tables: Floats, pairs: list[tuple[str, str]], n: float, empty_cells: str, *, variance: bool
) -> tuple[Floats, Floats]:
    """Fisher's z of each table of shares, and how each answer moves it."""
    if empty_cells not in ("kept", "half"):
        raise EstimationError(f"unknown empty_cells {empty_cells!r}; expected 'kept' or 'half'.")
    margins = tables.sum(axis=2), tables.sum(axis=1)
    rows, columns = (algebra.thresholds(margin) for margin in margins)
    if empty_cells == "half":
        possible = (margins[0] > 0)[:, :, None] & (margins[1] > 0)[:, None, :]
        tables = np.where(possible & (tables == 0), 0.5 / n, tables)
        tables = tables / tables.sum(axis=(1, 2), keepdims=True)
    _refuse(
        _agreeing(tables),
        pairs,
        "no answers contradict each other, so that only ±1 fits",
        "Merge answers, leave an item out, or say empty_cells='half'.",
    )
    z = algebra.solve(tables, rows, columns)
    _refuse(
        (np.abs(z) > algebra.LARGEST_Z - 1e-6) | algebra.hopeless(tables, rows, columns, z), pairs,
        "answers contradict each other where nearly ±1 fits the rest",
        "Merge rare answers, or look at the respondents who gave them.",
    )  # fmt: skip
    if not variance:
        return z, np.zeros_like(tables)
    return z, algebra.pull(tables, rows, columns, z).table()


def _agreeing(tables: Floats) -> Mask:
    """Whether each table is as large or small below every threshold as its margins allow."""
    below = np.cumsum(np.cumsum(tables, axis=1), axis=2)
    row, column = below[:, :, -1:], below[:, -1:, :]
    most, least = np.minimum(row, column), np.maximum(row + column - below[:, -1:, -1:], 0)
    return np.asarray(
        (np.abs(below - most) < SAME).all(axis=(1, 2))
        | (np.abs(below - least) < SAME).all(axis=(1, 2))
    )


def _refuse(bound: Mask, pairs: list[tuple[str, str]], reason: str, hint: str) -> None:
    if bound.any():
        found = [pair for pair, at in zip(pairs, bound, strict=True) if at][:10]
        raise EstimationError(
            f"{reason}; got {found}; expected pairs with a correlation inside the range. {hint}"
        )


def _codes(design: Design, item: str) -> Codes:
    """Ranks of the answers of the domain, from 0; answers that nobody gave do not count."""
    if item in design.rows.columns and _is_ordered(design.rows[item]):
        return design.labels(item)[0][design.inside]
    return _ranks(design.values(item)[design.inside])


def rank_cells(cells: pd.Series, name: str) -> Codes:
    """Ranks of the answers that the cells of a published table stand for, from 0."""
    if cells.isna().any():
        raise EstimationError(
            f"item {name!r} has {int(cells.isna().sum())} missing values of {len(cells)} cells;"
            f" expected none. Leave them out: rows.dropna(subset=[{name!r}])."
        )
    if _is_ordered(cells):
        used = cells.cat.remove_unused_categories()
        return np.asarray(used.cat.codes, dtype=np.int64)
    if not pd.api.types.is_numeric_dtype(cells):
        raise EstimationError(
            f"item {name!r} has no order; got {cells.dtype}; expected numbers or an ordered"
            " category. Code the answers first."
        )
    return _ranks(cells.to_numpy(dtype="float64"))


def _is_ordered(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype) and bool(column.cat.ordered)


def _ranks(values: Floats) -> Codes:
    """Ranks of distinct values; whole numbers near each other need no sorting."""
    low = float(values.min(initial=np.inf))
    if values.size and float(values.max()) - low < 1000:
        codes = (values - low).astype(np.int64)
        if np.array_equal(codes + low, values):
            used = np.bincount(codes) > 0
            return codes if used.all() else (np.cumsum(used) - 1)[codes]
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def count_answers(codes: Codes, item: str) -> int:
    """How many answers were given."""
    answers = int(codes.max(initial=-1)) + 1
    if not 2 <= answers <= ANSWERS:
        raise EstimationError(
            f"item {item!r} is not ordinal; got {answers} distinct answers; expected 2 to"
            f" {ANSWERS}. "
            + ("Leave a constant item out." if answers < 2 else "Use Pearson's correlation.")
        )
    return answers
