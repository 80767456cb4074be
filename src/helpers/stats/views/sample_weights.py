"""What a design costs: its size in numbers, the classes of its weights, and the design effects of items."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.stats.columns import strata_of_units
from helpers.stats.describe.describe import means
from helpers.stats.design import Design, Floats, kish_effective_n
from helpers.stats.estimates import CONFIDENCE, Estimate, Inapplicable, reads, to_frame
from helpers.stats.respondents import design_of
from helpers.stats.views.items import FEW, absent, described, wanted_items, without_weights
from helpers.stats.weights.weighting import weight_diagnostics

WIDTH = 0.25
"""Width of a class of weights, in mean weights."""


def sample_facts(survey: Survey) -> pd.DataFrame:
    """The sample in numbers, one a row by ``level``; missing what the file does not name.

    ``respondents``, ``strata``, ``units``, ``largest unit`` (its respondents) and ``degrees of
    freedom`` count. With weights: ``lightest`` and ``heaviest`` in mean weights, and the rows of
    `helpers.stats.weights.weighting.weight_diagnostics`.

    A number that the file does not give is missing. In all else as `design_of` and
    `weight_diagnostics`.
    """
    design = design_of(survey)
    has = set(survey.rows.columns)
    size = np.bincount(design.psu)
    weight = design.weight / design.weight.mean()
    counts = {
        "respondents": design.n,
        "strata": int(design.stratum.max()) + 1 if "stratum" in has else math.nan,
        "units": size.size if "psu" in has else math.nan,
        "largest unit": int(size.max()) if "psu" in has else math.nan,
        "degrees of freedom": design.df,
    }
    ends = {"lightest": weight.min(), "heaviest": weight.max()} if "weight" in has else {}
    rows = to_frame(
        Estimate(
            item="sample", level=level, group="all", estimate=float(value), se=None, ci_low=None,
            ci_high=None, n=design.n, n_eff=None, deff=None, df=None, unit=unit,
            evidence=design.evidence, source=design.source, method="sample_facts",
        )
        for unit, found in (("count", counts), ("index", ends))
        for level, value in found.items()
    )  # fmt: skip
    if "weight" in has:
        rows = pd.concat([rows, weight_diagnostics(design)], ignore_index=True)
    return rows.assign(label=rows["level"].map(_FACTS))


_FACTS = {
    "respondents": "Respondents", "strata": "Strata", "units": "Clusters",
    "largest unit": "Respondents in the largest cluster", "degrees of freedom": "Degrees of freedom",
    "lightest": "Smallest weight, in mean weights", "heaviest": "Largest weight, in mean weights",
    "n_eff": "Effective base after unequal weights (Kish)",
    "deff": "Design effect of unequal weights (Kish)",
    "cv": "Standard deviation of weights over their mean",
    "max_to_median": "Largest weight over the median weight",
    "top_share": "Percent of all weight held by the heaviest hundredth of respondents",
}  # fmt: skip


def weight_classes(survey: Survey) -> pd.DataFrame | Inapplicable:
    """How many respondents have a weight in each class, in mean weights.

    Classes are a quarter of the mean weight wide; those with fewer than five respondents are
    joined to the next one, the last ones to the one before.

    In all else as `design_of` and `weight_diagnostics`.

    Returns
    -------
    Rows in counts, ``low`` and ``high`` being the ends of the class; `Inapplicable` without weights.
    """
    reason = without_weights(survey, "weight_classes")
    if reason is not None:
        return reason
    design = design_of(survey)
    weight = design.weight / design.weight.mean()
    found = _joined(np.bincount(np.floor(weight / WIDTH).astype(np.int64)))
    return to_frame(
        Estimate(
            item="weight", level=f"{low * WIDTH:.2f} to {high * WIDTH:.2f}", group="all",
            estimate=float(size), se=None, ci_low=None, ci_high=None, n=design.n, n_eff=None,
            deff=None, df=None, unit="count", evidence=design.evidence, source=design.source,
            method="weight_classes",
        )
        for low, high, size in found
    ).assign(
        cell_n=[size for _, _, size in found],
        low=[low * WIDTH for low, _, _ in found],
        high=[high * WIDTH for _, high, _ in found],
    )  # fmt: skip


def _joined(sizes: np.ndarray) -> list[tuple[int, int, int]]:
    """First and last edge and size of each class, none with fewer than `FEW` where that can be."""
    found: list[tuple[int, int, int]] = []
    start = held = 0
    for place, size in enumerate(sizes.tolist()):
        if held == 0 and size == 0 and not found:
            start = place + 1
            continue
        held += size
        if held >= FEW:
            found.append((start, place + 1, held))
            start, held = place + 1, 0
    if held and found:
        low, _, size = found.pop()
        found.append((low, sizes.size, size + held))
    return found or [(start, sizes.size, held)]


def design_effects(
    survey: Survey, *, scales: Sequence[str] = (), about: Sequence[str] = ()
) -> pd.DataFrame | Inapplicable:
    """The design effect of the mean of each item, with an interval.

    The variance of strata and units is itself estimated: its interval is that of a variance of
    normal sums of units with the degrees of freedom of `degrees_of_variance` over strata. It
    takes the variance under simple random sampling as known.

    Missing where the answers do not vary. In all else as `answer_distributions` and `means`.

    Returns
    -------
    Rows without unit (``index``) of those who answered, the largest first. ``kish`` is the effect
    of their unequal weights alone. ``truth`` is the effect that the model of simulated respondents
    leads one to expect: ``kish`` times 1 + (b − 1) ρ, with ρ the part of the variance within strata
    that lies between clusters, and b the weighted size of a cluster; missing for others.

    Notes
    -----
    Source: Kish (1965); Gabler, Häder and Lahiri (1999) for ``b``; Satterthwaite (1946).
    """
    items = wanted_items(survey, scales=scales, about=about)
    if not items:
        return absent(survey, "design_effects", *scales, *about)
    rows = pd.concat([_effect(survey, item) for item in items], ignore_index=True)
    return rows.sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)


@reads("n", "estimate", "ci_low", "ci_high", "truth")
def effective_sizes(rows: pd.DataFrame) -> pd.DataFrame:
    """Design effects as effective bases: respondents over the design effect, with its interval.

    In all else as `pick`.
    """
    n = rows["n"].astype("float64")
    return rows.assign(
        estimate=n / rows["estimate"], ci_low=n / rows["ci_high"], ci_high=n / rows["ci_low"],
        truth=n / rows["truth"], unit="count", level="effective base",
    )  # fmt: skip


def _effect(survey: Survey, item: Item) -> pd.DataFrame:
    design = design_of(survey).answered(item.name)
    row = means(design, item.name).iloc[0]
    deff = float(row["deff"])
    df = _degrees(design, item.name)
    tail = (1 - CONFIDENCE) / 2
    inside = design.weight[design.inside]
    kish = design.n / kish_effective_n(inside)
    rows = to_frame(
        [
            Estimate(
                item=item.name, level="design effect", group="all", estimate=deff, se=None,
                ci_low=_or_none(deff * df / stats.chi2.isf(tail, df)),
                ci_high=_or_none(deff * df / stats.chi2.ppf(tail, df)),
                n=design.n, n_eff=_or_none(design.n / deff), deff=deff, df=_or_none(df),
                unit="index", evidence=design.evidence, source=design.source,
                method="design_effects",
            )
        ]
    )  # fmt: skip
    expected = kish * (1 + (_cluster_size(design) - 1) * _between(survey, item))
    return described(rows.assign(kish=kish, truth=expected), item, survey)


def degrees_of_variance(parts: Floats, free: Floats) -> float:
    """Degrees of freedom of a sum of estimated variances, each with ``free`` of its own.

    Satterthwaite's, with the squares of the variances estimated without bias, since few degrees
    in each part would else make the sum seem much less known than it is. NaN without any variance.
    """
    squares = float((parts**2 / (free + 2)).sum())
    if squares == 0:
        return math.nan
    return float(np.clip(parts.sum() ** 2 / squares - 2, 1.0, free.sum()))


def _degrees(design: Design, item: str) -> float:
    """Degrees of freedom of the linearised variance of a mean, from the variance of each stratum."""
    values, weight = design.values(item), np.where(design.inside, design.weight, 0.0)
    influence = weight * (values - weight @ values / weight.sum()) / weight.sum()
    sums = np.bincount(design.psu, weights=influence)
    home = strata_of_units(design.stratum, design.psu)
    size = np.bincount(home).astype(np.float64)
    middle = np.bincount(home, weights=sums) / size
    scatter = np.bincount(home, weights=(sums - middle[home]) ** 2)
    return degrees_of_variance((1 - design.fraction) * size / (size - 1) * scatter, size - 1)


def _cluster_size(design: Design) -> float:
    """Respondents in a cluster as weights count them: the mean of (Σw)² over Σw², by cluster."""
    weight = np.where(design.inside, design.weight, 0.0)
    whole = np.bincount(design.psu, weights=weight)
    return float((whole**2).sum() / (weight**2).sum())


def _between(survey: Survey, item: Item) -> float:
    """Part of the variance within strata between clusters, of sincere answers, as the truth says."""
    if survey.truth is None:
        return math.nan
    held = survey.truth.get("scores", {}).get("sincere", {}).get("icc", {})
    return float(held[item.name]["value"]) if item.name in held else math.nan


def _or_none(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None
