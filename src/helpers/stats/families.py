"""Families of tests: p-values adjusted for how many were made, with those that did not apply kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from helpers.errors import EstimationError, EvidenceError
from helpers.stats.compare.coded import check_choice
from helpers.stats.estimates import Inapplicable, TestResult

Adjustment = Literal["holm", "bh"]
_METHODS = {"holm": "holm", "bh": "fdr_bh"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """One member of a family of tests.

    Attributes
    ----------
    result
        The test as it was made, or why it did not apply.
    p_adjusted
        Its p-value adjusted for the family; None where it did not apply.
    family, tests, adjustment
        The name of the family, how many of its tests were counted, and ``holm`` or ``bh``.
    """

    result: TestResult | Inapplicable
    p_adjusted: float | None
    family: str
    tests: int
    adjustment: str


def adjust(
    results: Sequence[TestResult | Inapplicable], *, family: str, method: Adjustment = "holm"
) -> tuple[Adjusted, ...]:
    """Adjust the p-values of a family of tests that was written down before the results.

    ``holm`` bounds the probability of any false rejection, whatever the dependence of the tests;
    ``bh`` bounds the expected share of false ones among the rejections of tests that are
    independent or positively dependent.

    Parameters
    ----------
    results : every test of the family, those that did not apply included. These are not counted
        and stay in their place without a p-value.
    family : name of the family, shown with each result.
    method : ``holm``, or ``bh`` for Benjamini–Hochberg.

    Returns
    -------
    A member for each test, in the order given; its ``p_adjusted``, a probability, is missing
    where the test did not apply.

    Raises
    ------
    EstimationError
        The family is empty, holds something that is no test, or the method is unknown.
    EvidenceError
        The tests rest on different kinds of evidence.

    Notes
    -----
    R equivalent: ``p.adjust(p, "holm")``, ``p.adjust(p, "BH")``, with NA left out of the count.
    Source: Holm (1979), Benjamini and Hochberg (1995).
    """
    check_choice("adjustment", method, ("holm", "bh"))
    if not results:
        raise EstimationError(f"family {family!r} is empty; got 0 tests; expected at least one.")
    strange = [
        type(result).__name__
        for result in results
        if not isinstance(result, TestResult | Inapplicable)
    ]
    if strange:
        raise EstimationError(
            f"family {family!r} holds what is no test; got {strange}; expected TestResult or"
            " Inapplicable. Adjust each test once."
        )
    _one_kind(results)
    p_values = np.array([result.p_value for result in results if isinstance(result, TestResult)])
    adjusted = iter(multipletests(p_values, method=_METHODS[method])[1] if p_values.size else ())
    return tuple(
        Adjusted(
            result=result,
            p_adjusted=float(next(adjusted)) if isinstance(result, TestResult) else None,
            family=family,
            tests=p_values.size,
            adjustment=method,
        )
        for result in results
    )


def family_frame(members: Iterable[Adjusted]) -> pd.DataFrame:
    """Members as rows, in the order given; ``reason`` is told where a test did not apply.

    Columns: those of `Adjusted` and `TestResult`, and ``item level group estimate ci_low ci_high
    unit evidence source`` of the effect; a test that did not apply has the evidence kind of its
    family. Several degrees of freedom stand as text, joined by ``;``.

    ``members`` are what `adjust` gives. In all else as `adjust`.
    """
    rows = pd.DataFrame([_row(member) for member in members], columns=_COLUMNS)
    kinds = rows["evidence"].dropna().unique()
    if len(kinds) == 1:
        rows["evidence"] = kinds[0]
    numbers = ["statistic", "p_value", "p_adjusted", "estimate", "ci_low", "ci_high"]
    return rows.astype(dict.fromkeys(numbers, "float64") | {"n": "Int64", "tests": "Int64"})


_TEST = ("statistic", "statistic_name", "p_value", "n")
_EFFECT = ("item", "level", "group", "estimate", "ci_low", "ci_high", "unit", "evidence", "source")
_COLUMNS = [
    "family", "adjustment", "tests", "method", *_TEST, "df", "p_adjusted", *_EFFECT, "reason",
]  # fmt: skip


def _row(member: Adjusted) -> dict[str, object]:
    row: dict[str, object] = {
        "family": member.family,
        "adjustment": member.adjustment,
        "tests": member.tests,
        "method": member.result.method,
        "p_adjusted": member.p_adjusted,
    }
    if isinstance(member.result, Inapplicable):
        return {**row, "reason": member.result.reason}
    test, effect = member.result, member.result.effect
    row |= {name: getattr(test, name) for name in _TEST}
    row["df"] = ";".join(f"{df:g}" for df in test.df)
    if effect is None:
        return row
    return {
        **row,
        **{name: getattr(effect, name) for name in _EFFECT},
        "evidence": effect.evidence.value,
    }


def _one_kind(results: Sequence[TestResult | Inapplicable]) -> None:
    kinds = sorted(
        {
            result.effect.evidence.value
            for result in results
            if isinstance(result, TestResult) and result.effect is not None
        }
    )
    if len(kinds) > 1:
        raise EvidenceError(
            f"a family needs tests of one evidence kind; got {kinds}; expected one. Adjust each"
            " kind apart."
        )
