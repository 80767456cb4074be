"""What a survey can show at its effective base, and what one would need to show no change."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.data.survey import Survey
from helpers.errors import EstimationError, HelpersError
from helpers.evidence import evidence_of
from helpers.stats.compare.weighted_tests import weighted_mean_difference
from helpers.stats.estimates import Inapplicable, join_sources
from helpers.stats.models.model_data import TOP, model_data
from helpers.stats.no_effect.detectable import detectable_means
from helpers.stats.no_effect.equivalence_planning import needed_equivalence, smallest_bound
from helpers.stats.views.items import absent
from helpers.stats.views.no_effect import Claim
from helpers.stats.views.priors import score_design

POWER = 0.8
ALPHA = 0.05


def detectable_at_effective_base(
    survey: Survey, *, claims: Sequence[Claim]
) -> pd.DataFrame | Inapplicable:
    """The smallest difference of mean scores found four times in five, and the smallest bound shown.

    Both in standard deviations, from the bases of the two groups over the design effect of their
    difference, which counts weights, strata and clusters. A plan: no result of the survey enters
    but its bases and that design effect.

    ``claims`` are those of `claims_tested`. In all else as `design_of` and
    `detectable_ordinal`.

    Returns
    -------
    ``label n n1 n2 deff n_eff``, ``whole_base`` (the effective base, rounded); ``detectable``, and ``bound``, the bound within which a true 0
    would be shown with the same power.
    """
    found = []
    for claim in claims:
        ready = score_design(survey, claim)
        if ready is None:
            continue
        design, by, label = ready
        tested = weighted_mean_difference(design, claim[0], by=by)
        if isinstance(tested, Inapplicable) or tested.effect is None:
            continue
        deff = tested.effect.deff or 1.0
        codes, _ = design.labels(by)
        counts = [int((codes == group).sum()) for group in (0, 1)]
        bases = (counts[0] / deff, counts[1] / deff)
        try:
            plan = detectable_means(bases, power=POWER, alpha=ALPHA)
            bound = smallest_bound(bases, power=POWER, alpha=ALPHA)
        except HelpersError:
            continue
        if isinstance(plan, Inapplicable):
            continue
        found.append(
            {"label": label, "item": claim[0], "level": "smallest detectable", "group": claim[1],
             "estimate": abs(plan.effect), "n": design.n, "n1": counts[0], "n2": counts[1],
             "deff": deff, "n_eff": sum(bases), "whole_base": round(sum(bases)), "detectable": abs(plan.effect), "bound": bound,
             "unit": "standard deviations"}
        )  # fmt: skip
    if not found:
        return absent(survey, "detectable", *(scale for scale, _ in claims))
    return _as_rows(survey, found, "detectable_means")


def needed_for_no_change(
    survey: Survey, *, about: str, bounds: Sequence[float], deffs: Sequence[float]
) -> pd.DataFrame | Inapplicable:
    """Respondents of each of two surveys needed to show that a share did not change.

    The share is that of the answers above the middle in this file, and is taken as the same in both
    surveys; the true change as 0; equivalence is to be shown four times in five.

    In all else as `design_of` and `needed_equivalence`.

    Parameters
    ----------
    about : word of an ordered item.
    bounds : points of change that still count as none.
    deffs : design effects of both surveys.

    Returns
    -------
    One row a bound: ``bound`` and ``deff 1``, … with the respondents of each survey; ``estimate``
    is that of the first design effect, ``n`` the base of the share.

    Raises
    ------
    EstimationError
        There is no bound or no design effect.
    """
    if not bounds or not deffs:
        raise EstimationError(
            f"nothing can be planned; got bounds {[*bounds]} and design effects {[*deffs]};"
            " expected one or more of each."
        )
    data = model_data(survey, about=about, facts=["sex", "age-group", "region", "settlement"])
    if isinstance(data, Inapplicable):
        return data
    design = data.design
    share = float(
        np.average(design.values(TOP)[design.inside], weights=design.weight[design.inside])
    )
    if not 0 < share < 100:
        return absent(survey, "needed_equivalence", about)
    found = []
    for bound in bounds:
        plan = needed_equivalence(bound, percent=share, power=POWER, alpha=ALPHA)
        sizes = {f"deff {deff:g}": plan.respondents(deff)[0] for deff in deffs}
        found.append(
            {"item": data.item.name, "level": f"bound {bound:g}", "group": "each survey",
             "bound": bound, "share": share, **sizes, "estimate": next(iter(sizes.values())),
             "n": design.n, "unit": "count"}
        )  # fmt: skip
    return _as_rows(survey, found, "needed_equivalence")


def _as_rows(survey: Survey, found: Sequence[dict[str, object]], method: str) -> pd.DataFrame:
    rows = pd.DataFrame(found)
    blank = dict.fromkeys(("se", "ci_low", "ci_high", "df", "n_eff", "deff"), math.nan)
    missing = {name: value for name, value in blank.items() if name not in rows.columns}
    rows = rows.assign(**missing).astype({"n": "Int64"})
    return rows.assign(
        evidence=evidence_of(survey.rows).value, source=join_sources(survey.rows), method=method
    )
