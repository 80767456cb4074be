"""How well the scales of a survey hold together: reliability, and what each item adds to its scale."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers.data.survey import Survey
from helpers.errors import HelpersError
from helpers.evidence import evidence_of
from helpers.stats.design import Design
from helpers.stats.estimates import (
    Estimate,
    Inapplicable,
    join_sources,
    matching,
    pick,
    reads,
    to_frame,
)
from helpers.stats.scales.reliability import (
    alpha_if_dropped,
    cronbach_alpha,
    item_rest,
    omega_total,
    ordinal_alpha,
)
from helpers.stats.simulation.scale_designs import scale_design, scale_items, scale_label, scales_of
from helpers.stats.views.items import alike, item_label
from helpers.stats.views.true_scales import NONE, true_omega

ALPHA = "alpha of the answers"
OMEGA = "omega of the answers"
ORDINAL = "alpha of the scales behind them"
HIDDEN = "omega of the scales behind them"
NEEDED = {ALPHA: 2, OMEGA: 3, ORDINAL: 2, HIDDEN: 3}
"""Items that each coefficient needs."""


def scale_reliability(survey: Survey) -> pd.DataFrame | Inapplicable:
    """Alpha and omega of every scale of the codebook, of the answers and of what lies behind them.

    Among those who answered all items of the scale.

    In all else as `design_of`, `cronbach_alpha` and `omega_total`.

    Returns
    -------
    Four rows a scale, the coefficient in ``level``; ``label`` is the scale, ``items`` how many it
    has, ``unweighted`` the coefficient where all count alike, ``truth`` the omega behind sincere
    answers in the model. ``reason`` says why there is no estimate: two items have no omega.
    """
    scales = scales_of(survey)
    if not scales:
        return Inapplicable(
            "the instrument has no scale of two items or more", "scale_reliability",
            evidence_of(survey.rows),
        )  # fmt: skip
    return pd.concat([_of_scale(survey, scale) for scale in scales], ignore_index=True)


def _of_scale(survey: Survey, scale: str) -> pd.DataFrame:
    items = scale_items(survey, scale)
    names = [item.name for item in items]
    makers: dict[str, Callable[[Design], Estimate]] = {
        ALPHA: lambda design: cronbach_alpha(design, items=names),
        OMEGA: lambda design: omega_total(design, items=names),
        ORDINAL: lambda design: ordinal_alpha(design, items=names),
        HIDDEN: lambda design: omega_total(design, items=names, matrix="polychoric"),
    }
    rows = []
    for level, make in makers.items():
        found, plain, reason = _tried(survey, scale, names, level, make)
        row = to_frame([found]) if found else _empty(survey, scale)
        truth = true_omega(survey, items) if level == HIDDEN and found else NONE
        rows.append(row.assign(item=scale, level=level, unweighted=plain, truth=truth,
                               reason=reason))  # fmt: skip
    label = scale_label(survey, scale)
    return pd.concat(rows, ignore_index=True).assign(label=label, items=len(names))


def _tried(
    survey: Survey, scale: str, names: list[str], level: str, make: Callable[[Design], Estimate]
) -> tuple[Estimate | None, float, str]:
    """The weighted estimate, the unweighted value, and the reason where there is none."""
    if len(names) < NEEDED[level]:
        return None, NONE, f"needs {NEEDED[level]} items"
    try:
        design = scale_design(survey, scale).answered(*names)
        return make(design), make(alike(design)).estimate, ""
    except HelpersError as error:
        return None, NONE, str(error)


def _empty(survey: Survey, scale: str) -> pd.DataFrame:
    """A row without an estimate, so that nothing is left out in silence."""
    row = Estimate(
        item=scale, level="", group="all", estimate=NONE, se=None, ci_low=None, ci_high=None,
        n=None, n_eff=None, deff=None, df=None, unit="index", evidence=evidence_of(survey.rows),
        source=join_sources(survey.rows), method="scale_reliability",
    )  # fmt: skip
    return to_frame([row])


@reads("estimate")
def extreme(rows: pd.DataFrame, *, largest: bool = False, **where: str) -> Estimate | Inapplicable:
    """The smallest or largest estimate among the rows whose columns equal ``where``.

    ``largest`` takes the largest. In all else as `pick`.
    """
    found = matching(rows[rows["estimate"].notna()], **where)
    if found.empty:
        return Inapplicable("nothing could be estimated", "extreme", evidence_of(rows))
    place = found["estimate"].idxmax() if largest else found["estimate"].idxmin()
    return pick(found.loc[[place]])


def item_statistics(survey: Survey) -> pd.DataFrame | Inapplicable:
    """For every item of a scale, how it goes with the rest of its scale, and alpha without it.

    In all else as `design_of`, `item_rest` and `alpha_if_dropped`.

    Returns
    -------
    Rows of `item_rest`, in the order of the codebook; ``label`` and ``scale_label`` in words,
    ``unweighted``, ``alpha`` and ``without``, the alpha of its scale with and without it, the
    latter with limits ``without_low`` and ``without_high`` (missing with two items). Scales that
    cannot be analysed are left out: `scale_reliability` says why.
    """
    rows = [_items_of(survey, scale) for scale in scales_of(survey)]
    found = [row for row in rows if row is not None]
    if not found:
        return Inapplicable(
            "the file has no scale of two items or more that can be analysed", "item_statistics",
            evidence_of(survey.rows),
        )  # fmt: skip
    return pd.concat(found, ignore_index=True)


def _items_of(survey: Survey, scale: str) -> pd.DataFrame | None:
    items = scale_items(survey, scale)
    names = [item.name for item in items]
    try:
        design = scale_design(survey, scale).answered(*names)
        rows = item_rest(design, items=names)
        plain = item_rest(alike(design), items=names)["estimate"]
        whole = cronbach_alpha(design, items=names, reversed_items="keep").estimate
        dropped = alpha_if_dropped(design, items=names) if len(names) > 2 else None
    except HelpersError:
        return None
    return rows.assign(
        unweighted=plain,
        alpha=whole,
        without=NONE if dropped is None else dropped["estimate"],
        without_low=NONE if dropped is None else dropped["ci_low"],
        without_high=NONE if dropped is None else dropped["ci_high"],
        label=[item_label(item) for item in items],
        scale=scale,
        scale_label=scale_label(survey, scale),
    )
