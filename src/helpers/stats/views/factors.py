"""How the items of a survey correlate, and their loadings on what lies behind them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.errors import EstimationError, HelpersError
from helpers.evidence import evidence_of
from helpers.stats.estimates import Inapplicable, to_frame
from helpers.stats.respondents import lacking
from helpers.stats.scales.loading_intervals import polychoric_loadings
from helpers.stats.scales.polychoric import polychoric
from helpers.stats.scales.reliability import item_rest
from helpers.stats.simulation.scale_designs import (
    attempted,
    scale_design,
    scale_items,
    scale_label,
    scales_of,
    score_name,
    scored_design,
    too_few_items,
)
from helpers.stats.views.items import alike, item_label
from helpers.stats.views.true_scales import (
    true_item_correlation,
    true_loading,
    true_position_correlation,
    true_score_correlation,
)


def item_correlations(survey: Survey, *, scales: Sequence[str]) -> pd.DataFrame | Inapplicable:
    """Polychoric correlation of each pair of items of these scales, reversed items turned.

    Each pair among those who answered both, so that one silent item costs the others nothing.

    In all else as `design_of` and `polychoric`.

    Returns
    -------
    Rows of `polychoric`; ``first`` and ``second`` are the items in words, ``truth`` the correlation
    of sincere hidden values in the model.
    """
    present = scales_of(survey, scales)
    items = scale_items(survey, *present)
    if len(items) < 2:
        return lacking(survey, "item_correlations", scales=scales) or too_few_items(survey, scales)

    def make() -> pd.DataFrame:
        design = scale_design(survey, *present)
        pairs = list(combinations(items, 2))
        rows = [
            polychoric(design.answered(a.name, b.name), items=[a.name, b.name]) for a, b in pairs
        ]
        return pd.concat(rows, ignore_index=True).assign(
            first=[a.label for a, _ in pairs],
            second=[b.label for _, b in pairs],
            block=[scale_label(survey, a.scale or "") for a, _ in pairs],
            second_block=[scale_label(survey, b.scale or "") for _, b in pairs],
            truth=[true_item_correlation(survey, a, b) for a, b in pairs],
        )

    return attempted(make, survey, "item_correlations")


def score_correlations(survey: Survey) -> pd.DataFrame | Inapplicable:
    """Correlation of each pair of scale scores, weighted and unweighted, with an interval.

    In all else as `design_of` and `item_rest`.

    Returns
    -------
    Rows in ``correlation``; ``first`` and ``second`` are the scales in words, ``truth`` the
    correlation of scores among those who answer, in a large simulation of the model.
    """
    scales = scales_of(survey)
    if len(scales) < 2:
        return Inapplicable(
            "the file has fewer than two scales", "score_correlations", evidence_of(survey.rows)
        )

    def make() -> pd.DataFrame:
        pairs = list(combinations(scales, 2))
        return pd.concat([_scores(survey, a, b) for a, b in pairs], ignore_index=True)

    return attempted(make, survey, "score_correlations")


def _scores(survey: Survey, first: str, second: str) -> pd.DataFrame:
    names = [score_name(first), score_name(second)]
    design = scored_design(survey, [first, second]).answered(*names)
    row = item_rest(design, items=names).head(1)
    plain = item_rest(alike(design), items=names)["estimate"].iloc[0]
    return row.assign(
        item=first, level=second, method="score_correlations", unweighted=plain,
        first=scale_label(survey, first), second=scale_label(survey, second),
        block="", second_block="", truth=true_score_correlation(survey, first, second),
    )  # fmt: skip


def two_or_one(survey: Survey, *, scales: Sequence[str]) -> pd.DataFrame | Inapplicable:
    """How two scales correlate: their scores, and the factors behind the answers to their items.

    In all else as `joint_loadings`.

    Returns
    -------
    Two rows in ``correlation``, ``label`` in words, with ``unweighted`` for the scores and ``truth``.

    Raises
    ------
    EstimationError
        Not two scales.
    """
    reason = lacking(survey, "two_or_one", scales=scales)
    if reason is not None:
        return reason
    if len(scales) != 2:
        raise EstimationError(f"two scales correlate; got {list(scales)}; expected two.")
    first, second = scales

    def make() -> pd.DataFrame:
        joint = _joint(survey, [first, second])
        behind = joint[joint["own"].isna()].assign(label="Factors behind the answers")
        scores = _scores(survey, first, second).assign(label="Scores")
        kept = [*to_frame([]).columns, "label", "unweighted", "truth"]
        rows = pd.concat([scores, behind.assign(unweighted=float("nan"))], ignore_index=True)
        return rows[kept].assign(item=first, level=second)

    return attempted(make, survey, "two_or_one")


def scale_loadings(survey: Survey) -> pd.DataFrame | Inapplicable:
    """Loadings on one factor of each scale of three items or more, on polychoric correlations.

    In all else as `design_of` and `factor_loadings`.

    Returns
    -------
    Rows of `polychoric_loadings`; ``label`` and ``scale_label`` in words, ``truth`` the loading of
    sincere answers in the model. Scales without a solution are left out.
    """
    rows = []
    for scale in scales_of(survey):
        items = scale_items(survey, scale)
        if len(items) > 2 and (found := _one_factor(survey, scale, items)) is not None:
            rows.append(found)
    if not rows:
        return Inapplicable(
            "the file has no scale of three items or more that one factor fits", "scale_loadings",
            evidence_of(survey.rows),
        )  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def _one_factor(survey: Survey, scale: str, items: list[Item]) -> pd.DataFrame | None:
    names = [item.name for item in items]
    try:
        design = scale_design(survey, scale).answered(*names)
        rows = polychoric_loadings(design, items=names)
    except HelpersError:
        return None
    return rows.assign(
        label=[item_label(item) for item in items],
        scale_label=scale_label(survey, scale),
        truth=[true_loading(survey, item) for item in items],
    )


def joint_loadings(survey: Survey, *, scales: Sequence[str]) -> pd.DataFrame | Inapplicable:
    """Loadings of the items of several scales on as many factors, and how the factors correlate.

    In all else as `design_of` and `factor_loadings`.

    Returns
    -------
    Rows of `polychoric_loadings`, each factor named after the scale whose items load on it most;
    ``label`` is the item, ``factor`` the factor in words, ``own`` whether it is the item's scale,
    ``truth`` the loading in the model, 0 on the other factor. The last rows are correlations of
    factors, whose ``own`` is missing.
    """
    reason = lacking(survey, "joint_loadings", scales=scales)
    if reason is not None:
        return reason
    return attempted(lambda: _joint(survey, list(scales)), survey, "joint_loadings")


def _joint(survey: Survey, scales: list[str]) -> pd.DataFrame:
    items = scale_items(survey, *scales)
    names = [item.name for item in items]
    design = scale_design(survey, *scales).answered(*names)
    rows = polychoric_loadings(design, items=names, factors=len(scales))
    known = {item.name: item for item in items}
    loaded = rows[rows["item"].isin(names)]
    home = loaded["item"].map({item.name: item.scale for item in items})
    size = loaded.assign(scale=home, size=loaded["estimate"].abs())
    sums = size.pivot_table(index="level", columns="scale", values="size", aggfunc="mean")
    named = {str(level): str(scale) for level, scale in sums.idxmax(axis=1).items()}
    if len(set(named.values())) < len(named):
        named = {level: level for level in named}
    label = {level: scale_label(survey, scale) for level, scale in named.items()}
    short = {level: name.rpartition(": ")[2] for level, name in label.items()}
    rows = rows.assign(
        factor=rows["level"].map(label).where(rows["item"].isin(names), "Between the factors"),
        label=[item_label(known[one]) if one in known else f"{short[one]}, with {short[level]}"
               for one, level in zip(rows["item"], rows["level"], strict=True)],
        own=[known[one].scale == named[level] if one in known else None
             for one, level in zip(rows["item"], rows["level"], strict=True)],
    )  # fmt: skip
    return rows.assign(truth=[_truth(survey, known, named, row) for row in rows.itertuples()])


def _truth(survey: Survey, known: dict[str, Item], named: dict[str, str], row: object) -> float:
    item, level = str(getattr(row, "item", "")), str(getattr(row, "level", ""))
    if item not in known:
        return true_position_correlation(survey, named[item], named[level])
    loading = true_loading(survey, known[item])
    return loading if known[item].scale == named[level] else 0.0 * loading
