"""Published margins as the population of a simulation model: shares by the codes of its codebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from helpers.data.codebook import Codebook
from helpers.data.official import census
from helpers.errors import DataError

Shares = Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Which margin of the census a population follows, and whom that margin counts."""

    margin: str
    reference_date: str
    covers: str


def margin_shares(
    margins: Mapping[str, Margin], codebook: Codebook, ages: Mapping[int, tuple[int, int]]
) -> dict[str, Shares]:
    """Shares of the population by ``region``, ``sex_age`` (sex · 10 + age group) and ``settlement``.

    Raises
    ------
    DataError
        The census has no such margin, counts others than the model says, or lacks a category.
    """
    labels = {
        "region": codebook.item("region").labels(),
        "sex_age": {
            sex * 10 + age: f"{label.lower()} {ages[age][0]}-{ages[age][1]}"
            for (sex, label), age in product(codebook.item("sex").labels().items(), ages)
        },
        "settlement": {
            code: label.lower() for code, label in codebook.item("settlement").labels().items()
        },
    }
    return {name: _shares(margins[name], by_code) for name, by_code in labels.items()}


def _shares(wanted: Margin, labels: Mapping[int, str]) -> Shares:
    rows = census(wanted.margin, reference_date=wanted.reference_date)
    held = rows.set_index("category")["population"].astype("float64")
    if set(rows["covers"]) != {wanted.covers}:
        raise DataError(
            f"the margin {wanted.margin} of the census counts others than the model says; got"
            f" {', '.join(sorted(set(rows['covers'])))}; expected {wanted.covers}. Mend population"
            " in the model."
        )
    if sorted(held.index) != sorted(labels.values()) or held.isna().any():
        raise DataError(
            f"the margin {wanted.margin} of {wanted.reference_date} does not fit the codebook; got"
            f" {sorted(held.index)}; expected {sorted(labels.values())}, each with a population."
        )
    total = float(held.sum())
    return {code: float(held[label]) / total for code, label in labels.items()}
