"""How many things stand behind the items of a survey: eigenvalues beside those of chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.data.survey import Survey
from helpers.stats.estimates import Estimate, Inapplicable, reason_passes, to_frame
from helpers.stats.respondents import lacking
from helpers.stats.scales.factors import number_of_factors, parallel_analysis
from helpers.stats.simulation.scale_designs import (
    attempted,
    scale_design,
    scale_items,
    scales_of,
    too_few_items,
)

DEALT = 200
"""How often answers are dealt anew for a parallel analysis."""


def scree(survey: Survey, *, scales: Sequence[str]) -> pd.DataFrame | Inapplicable:
    """`parallel_analysis` of all items of these scales together, among those who answered all.

    ``truth`` holds the number of scales in the model that stand behind them, in every row.

    ``scales`` are names of the codebook. In all else as `design_of` and `parallel_analysis`.
    """
    present = scales_of(survey, scales)
    names = [item.name for item in scale_items(survey, *present)]
    if len(names) < 2:
        return lacking(survey, "scree", scales=scales) or too_few_items(survey, scales)

    def make() -> pd.DataFrame:
        design = scale_design(survey, *present).answered(*names)
        rows = parallel_analysis(design, items=names, times=DEALT, name=("scree", *present))
        known = float("nan") if survey.truth is None else float(len(present))
        return rows.assign(item=", ".join(present), items=len(names), truth=known)

    return attempted(make, survey, "scree")


@reason_passes
def factors_found(rows: pd.DataFrame) -> Estimate:
    """How many factors the rows of `scree` retain.

    In all else as `number_of_factors`.
    """
    return number_of_factors(rows)


def factor_counts(survey: Survey, sets: Mapping[str, Sequence[str]]) -> pd.DataFrame | Inapplicable:
    """`factors_found` for several sets of scales, each named; sets that the file lacks are left out.

    In all else as `scree`.

    Returns
    -------
    A row a set in ``count``: ``label``, ``scales`` and ``items``, how many there are, and ``truth``.
    """
    rows = []
    for label, scales in sets.items():
        found = scree(survey, scales=scales)
        if isinstance(found, Inapplicable):
            continue
        first = found.iloc[0]
        row = to_frame([number_of_factors(found)])
        rows.append(row.assign(label=label, scales=len(scales_of(survey, scales)),
                               items=first["items"], truth=first["truth"]))  # fmt: skip
    if not rows:
        return too_few_items(survey, [scale for scales in sets.values() for scale in scales])
    return pd.concat(rows, ignore_index=True)
