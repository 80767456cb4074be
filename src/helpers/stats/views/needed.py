"""How many respondents a survey needs to find an effect, and what effect a file can find."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from helpers.data.survey import SIMULATED_SOURCE, Survey
from helpers.errors import EstimationError
from helpers.evidence import Evidence, evidence_of
from helpers.stats.columns import require
from helpers.stats.design import kish_effective_n
from helpers.stats.estimates import Estimate, Inapplicable, to_frame
from helpers.stats.no_effect.detectable import detectable_means, needed_means, needed_proportions
from helpers.stats.no_effect.planning import check_positive
from helpers.stats.published.printed import DESIGN_EFFECTS
from helpers.stats.simulation.power_draws import THRESHOLDS, TwoGroups
from helpers.stats.views.power import ALPHA, rejection_share

POWER = 0.8


def needed_respondents(shifts: Sequence[float]) -> pd.DataFrame:
    """How many respondents in both groups together find an effect with 80 percent power.

    In all else as `needed_means`.

    Parameters
    ----------
    shifts : effects in standard deviations of the hidden answer.

    Returns
    -------
    A row an effect: ``effect`` (a label), ``points`` (the same as a difference in the share that
    agrees), and for means and shares the respondents needed at each of `DESIGN_EFFECTS`, such as
    ``means 1.5``. Groups of equal size.
    """
    rows = []
    for shift in shifts:
        check_positive("effect in standard deviations", shift)
        low = 100 * float(stats.norm.sf(THRESHOLDS[2]))
        points = TwoGroups(shift=shift).points
        plans = {
            "means": needed_means(standardised(shift), power=POWER, alpha=ALPHA),
            "shares": needed_proportions((low, low + points), power=POWER, alpha=ALPHA),
        }
        rows.append({"effect": f"{shift:g} SD", "shift": shift, "points": points} | {
            f"{name} {deff:g}": sum(plan.respondents(deff))
            for name, plan in plans.items() for deff in DESIGN_EFFECTS
        })  # fmt: skip
    return pd.DataFrame(rows).assign(evidence=Evidence.SIMULATED.value, source=SIMULATED_SOURCE)


def needed_count(shift: float, *, by: str, deff: float) -> Estimate:
    """One cell of `needed_respondents`: ``by`` means or shares, at a design effect.

    ``shift`` and ``deff`` are numbers above 0. In all else as `needed_respondents`.
    """
    rows = needed_respondents([shift])
    require(rows, f"{by} {deff:g}")
    base = rejection_share(0, 1, item=f"{shift:g} SD", group="all")
    return replace(
        base, level=by, estimate=float(rows[f"{by} {deff:g}"].iloc[0]), se=None, ci_low=None,
        ci_high=None, n=None, n_eff=None, deff=deff, unit="count", method="needed_respondents",
    )  # fmt: skip


def standardised(shift: float) -> float:
    """A shift of the hidden answer as a difference of the means of the five codes, in their SD."""
    cuts = np.array(THRESHOLDS)
    above = [stats.norm.sf(cuts - by) for by in (0.0, shift)]
    mean = [float(tail.sum()) for tail in above]
    square = [float((tail * (2 * np.arange(cuts.size) + 1)).sum()) for tail in above]
    variance = np.mean([second - first**2 for second, first in zip(square, mean, strict=True)])
    return (mean[1] - mean[0]) / math.sqrt(float(variance))


def detectable_here(survey: Survey, *, facts: Mapping[str, str]) -> pd.DataFrame | Inapplicable:
    """The smallest difference of two groups that a file finds with 80 percent power.

    In all else as `design_of` and `detectable_means`.

    Parameters
    ----------
    facts : words that items with two answers stand for, with the label of their row.

    Returns
    -------
    A row a fact that the file has: the smallest difference in standard deviations as ``estimate``,
    ``n``, ``n_eff`` after unequal weights (Kish) and ``deff``, their ratio; ``first`` and
    ``second``, the respondents of the groups; ``doubled``, the same difference if clusters double
    the variance. `Inapplicable` where the file has none of the facts.
    """
    rows = []
    for word, label in facts.items():
        item = survey.codebook.about(word)
        if item is None or item.name not in survey.rows.columns:
            continue
        known = survey.rows[survey.rows[item.name].notna()]
        if known[item.name].nunique() != 2:
            continue
        weight = known["weight"] if "weight" in known.columns else known[item.name] * 0 + 1.0
        parts = [part.to_numpy(dtype=np.float64) for _, part in weight.groupby(known[item.name])]
        bases = tuple(kish_effective_n(part) for part in parts)
        row = _smallest(survey, label, bases, sum(part.size for part in parts))
        if row is None:
            continue
        half = detectable_means((bases[0] / 2, bases[1] / 2), power=POWER, alpha=ALPHA)
        more = {"first": parts[0].size, "second": parts[1].size,
                "doubled": None if isinstance(half, Inapplicable) else half.effect}  # fmt: skip
        rows.append(to_frame([row]).assign(**more))
    if not rows:
        return Inapplicable(
            f"the file has no item with two answers for {', '.join(facts)}", "detectable_here",
            evidence_of(survey.rows),
        )  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def _smallest(survey: Survey, label: str, bases: tuple[float, ...], n: int) -> Estimate | None:
    try:
        plan = detectable_means((bases[0], bases[1]), power=POWER, alpha=ALPHA)
    except EstimationError:
        return None
    if isinstance(plan, Inapplicable):
        return None
    n_eff = sum(bases)
    found = rejection_share(0, 1, item=label, group="all")
    return replace(
        found, level="smallest difference", estimate=plan.effect, se=None, ci_low=None,
        ci_high=None, n=n, n_eff=n_eff, deff=n / n_eff, unit="standard deviations",
        evidence=evidence_of(survey.rows), source=str(survey.rows["source_id"].iloc[0]),
        method="detectable_means",
    )  # fmt: skip
