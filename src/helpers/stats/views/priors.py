"""Bayes factors for a difference of scores over widths of their prior, from a survey to rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.data.survey import Survey
from helpers.errors import HelpersError
from helpers.evidence import evidence_of
from helpers.stats.compare.weighted_tests import weighted_mean_difference
from helpers.stats.design import Design
from helpers.stats.estimates import Inapplicable, join_sources
from helpers.stats.models.model_data import with_scores
from helpers.stats.no_effect.bayes_printed import bayes_printed_t
from helpers.stats.respondents import design_of, items_about, lacking
from helpers.stats.views.items import absent, alike
from helpers.stats.views.mediation import USER, users
from helpers.stats.views.no_effect import USE, WORDS, Claim

PLAIN, DESIGNED = "every respondent alike", "under the design"


def widths() -> list[float]:
    """Widths of the prior in use, from narrow to wide, the usual one among them.

    The list is fixed: nothing can be missing. In all else as `robustness`.
    """
    return [0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.35, 0.5, 0.7071, 1.0, 1.414, 2.0]


def prior_widths(
    survey: Survey, *, claims: Sequence[Claim], scales: Sequence[float]
) -> pd.DataFrame | Inapplicable:
    """Bayes factors for a difference of mean scores, over widths of the prior.

    From t, once of all respondents alike, drawn one by one; once under the design, the bases being
    divided by the design effect of the difference. The second is an approximation.

    In all else as `claims_tested` and `robustness`.

    Parameters
    ----------
    claims : name of a scale, and word of a fact with two groups or `USE`.
    scales : widths of the Cauchy prior on the standardised difference.

    Returns
    -------
    One row a claim, ``series`` and ``scale``, with ``log_bf10``; ``estimate`` is the factor for no
    effect, ``log_bf10`` turned round; ``n_eff`` the base that entered.
    """
    parts = [
        _factors(rows, label, series, scales)
        for claim in claims
        for rows, label, series in _differences(survey, claim)
    ]
    if not parts:
        return absent(survey, "prior_widths", *(scale for scale, _ in claims))
    return pd.concat(parts, ignore_index=True)


def score_design(survey: Survey, claim: Claim) -> tuple[Design, str, str] | None:
    """Those with a score in standard deviations and a group: design, group column, label."""
    scale, parted = claim
    if lacking(survey, "score_design", scales=[scale]) is not None:
        return None
    try:
        design = with_scores(design_of(survey, labels=True), survey, [scale])
    except HelpersError:
        return None
    by = USER
    if parted == USE:
        use = users(survey)
        if isinstance(use, Inapplicable):
            return None
        design = replace(design, rows=design.rows.assign(**{USER: use}))
    else:
        fact = next(iter(items_about(survey, [parted])), None)
        if fact is None or survey.rows[fact.name].nunique() != 2:
            return None
        by = fact.name
    name = next(known.label for known in survey.codebook.scales if known.name == scale)
    last = name.rpartition(": ")[2]
    label = f"{WORDS.get(parted, parted)}: {last[:1].lower()}{last[1:]}"
    return design.answered(scale, by), by, label


def _differences(survey: Survey, claim: Claim) -> list[tuple[pd.DataFrame, str, str]]:
    """Rows with ``t n1 n2`` of a difference of mean scores, plain and under the design."""
    found = score_design(survey, claim)
    if found is None:
        return []
    design, by, label = found
    rows = design.rows.assign(row=np.arange(len(design.rows)))
    single = replace(
        alike(design), stratum=np.zeros_like(design.stratum), psu=rows["row"].to_numpy(),
        fraction=np.zeros(1),
    )  # fmt: skip
    parts = []
    for series, drawn in ((PLAIN, single), (DESIGNED, design)):
        tested = weighted_mean_difference(drawn, claim[0], by=by)
        if isinstance(tested, Inapplicable) or tested.effect is None:
            continue
        deff = 1.0 if series == PLAIN else max(1.0, tested.effect.deff or 1.0)
        codes, _ = design.labels(by)
        bases = [float((codes == group).sum()) / deff for group in (0, 1)]
        if min(bases) < 2:
            continue
        row = {"t": tested.statistic, "n1": bases[0], "n2": bases[1], "item": claim[0],
               "group": by, "evidence": evidence_of(survey.rows).value,
               "source": join_sources(survey.rows), "n": tested.n}  # fmt: skip
        parts.append((pd.DataFrame([row]), label, series))
    return parts


def _factors(row: pd.DataFrame, label: str, series: str, scales: Sequence[float]) -> pd.DataFrame:
    logs = [bayes_printed_t(row.drop(columns="n"), scale=scale).log_bf10 for scale in scales]
    one = row.iloc[0]
    return pd.DataFrame(
        {
            "item": one["item"], "level": "Bayes factor for none", "group": one["group"],
            "label": label, "series": series, "scale": list(scales), "log_bf10": logs,
            "estimate": np.exp(-np.array(logs)), "ci_low": math.nan, "ci_high": math.nan,
            "n": int(one["n"]), "n_eff": one["n1"] + one["n2"], "deff": math.nan, "df": math.nan,
            "se": math.nan, "unit": "index", "evidence": one["evidence"],
            "source": one["source"], "method": "bayes_printed_t",
        }
    ).astype({"n": "Int64"})  # fmt: skip
