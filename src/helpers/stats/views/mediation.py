"""Mediation and use among groups, from a survey to rows, with the truth of the model beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.errors import HelpersError
from helpers.evidence import evidence_of
from helpers.rng import stream
from helpers.stats.design import Design
from helpers.stats.estimates import Inapplicable, joined
from helpers.stats.models.mediation import mediation
from helpers.stats.models.model_data import TOP, ModelData, model_data, with_scores
from helpers.stats.models.regression import linear_model
from helpers.stats.respondents import design_of, lacking
from helpers.stats.views.true_effects import is_true_null

ALONE, FIXED = "Alone", "Other perceptions held fixed"
PATHS = ("cause → mediator", "mediator → outcome", "indirect", "direct", "total")
USER = "use of channels"
USED, NOT_USED = "Used a channel", "Used none"


def mediated(
    survey: Survey,
    *,
    causes: Sequence[str],
    mediator: str,
    outcome: str,
    others: Sequence[str] = (),
) -> pd.DataFrame | Inapplicable:
    """Paths from each cause over the mediator to the outcome, alone and with other scales held fixed.

    Scores are in standard deviations, for those who have all of them.

    In all else as `design_of` and `mediation`.

    Parameters
    ----------
    causes, mediator, outcome : names of scales.
    others : scales held fixed in the second way, beside the causes that are not traced.

    Returns
    -------
    Rows of `helpers.stats.models.mediation.mediation`: ``cause`` and its ``block`` in words, ``path`` one
    of `PATHS`, ``way``; ``truth`` is that of scores as answered, known for the first way;
    ``positions`` is that of the positions which scores measure with error, given the background.
    """
    wanted = list(dict.fromkeys([*causes, *others, mediator, outcome]))
    missing = lacking(survey, "mediation", scales=wanted)
    if missing is not None:
        return missing
    try:
        design = with_scores(design_of(survey), survey, wanted).answered(*wanted)
        parts = [
            _paths(
                survey, design, cause=cause, mediator=mediator, outcome=outcome, held=held, way=way
            )
            for cause in causes
            for way, held in (
                (ALONE, ()),
                (FIXED, [name for name in (*causes, *others) if name != cause]),
            )
        ]
    except HelpersError as error:
        return Inapplicable(str(error), "mediation", evidence_of(survey.rows))
    return joined(parts, "a mediation")


def _paths(
    survey: Survey,
    design: Design,
    *,
    cause: str,
    mediator: str,
    outcome: str,
    held: Sequence[str],
    way: str,
) -> pd.DataFrame:
    found = mediation(
        design, treatment=cause, mediator=mediator, outcome=outcome,
        covariates=list(dict.fromkeys(held)), rng=stream("mediated", cause, mediator, outcome, way),
    )  # fmt: skip
    label = next(scale.label for scale in survey.codebook.scales if scale.name == cause)
    scores = _scores_truth(survey, cause, mediator, outcome) if way == ALONE else {}
    held_truth = _positions_truth(survey, cause, mediator, outcome, way)
    return found.effects.assign(
        cause=cause, block=_short(label), path=PATHS, way=way,
        truth=[scores.get(path, np.nan) for path in PATHS],
        positions=[held_truth.get(path, np.nan) for path in PATHS],
    )  # fmt: skip


def _short(label: str) -> str:
    """The last part of a label with a colon: a heading is short."""
    last = label.rpartition(": ")[2]
    return last[:1].upper() + last[1:]


def _positions_truth(
    survey: Survey, cause: str, mediator: str, outcome: str, way: str
) -> dict[str, float]:
    wanted = {"cause": cause, "mediator": mediator, "outcome": outcome}
    listed = () if survey.truth is None else survey.truth.get("mediation", ())
    for known in listed:
        if all(known[role] == name for role, name in wanted.items()):
            alone: Mapping[str, float] = known["alone"]
            if way == ALONE:
                names = ("cause_to_mediator", "mediator_to_outcome", "indirect", "direct", "total")
                return {path: alone[name] for path, name in zip(PATHS, names, strict=True)}
            indirect, direct = known["indirect"], known["direct"]
            return {"indirect": indirect, "direct": direct, "total": indirect + direct}
    return {}


def _scores_truth(survey: Survey, cause: str, mediator: str, outcome: str) -> dict[str, float]:
    """Standardised paths among the scores of the large simulation, as they are answered."""
    truth: Mapping[str, Any] = survey.truth or {}
    pairs = truth.get("scores", {}).get("answered", {}).get("correlation", {})

    def r(one: str, other: str) -> float:
        both = (f"{one}, {other}", f"{other}, {one}")
        return next((float(pairs[name]["value"]) for name in both if name in pairs), np.nan)

    xm, xy, my = r(cause, mediator), r(cause, outcome), r(mediator, outcome)
    b, direct = (my - xm * xy) / (1 - xm**2), (xy - xm * my) / (1 - xm**2)
    return dict(zip(PATHS, (xm, b, xm * b, direct, xy), strict=True))


def users(survey: Survey, *, scale: str = "channels") -> pd.Series | Inapplicable:
    """Who gave the highest answer to an item of this scale, such as having used a channel.

    In all else as `design_of`.

    Returns
    -------
    Categories with the index of the rows, users first; missing where no item was answered.
    """
    missing = lacking(survey, "users", scales=[scale])
    if missing is not None:
        return missing
    items = [item for item in survey.codebook.scale(scale) if item.name in survey.rows.columns]
    used = pd.DataFrame({item.name: survey.rows[item.name] == item.codes[-1] for item in items})
    known = survey.rows[[item.name for item in items]].notna().any(axis="columns")
    words = pd.Series(np.where(used.any(axis="columns"), USED, NOT_USED), index=survey.rows.index)
    return words.where(known).astype(pd.CategoricalDtype([USED, NOT_USED], ordered=True))


def use_by_group(survey: Survey, *, about: Sequence[str], fact: str) -> pd.DataFrame | Inapplicable:
    """Users of channels less others in each group, and how far the groups differ in that.

    The outcome is the share of the answers above the middle, in points; weighted least squares on
    groups, use, and both together, so that the differences are those of shares.

    In all else as `effects_on_answers`.

    Returns
    -------
    Rows in points: ``block`` is the outcome and ``label`` the group, or the group against the
    first; ``part`` is ``within`` or ``between``. ``truth`` is 0 where the truth lists use and the
    fact as having no effect on the scale behind the answer.
    """
    use = users(survey)
    if isinstance(use, Inapplicable):
        return use
    parts = []
    reason: Inapplicable | None = None
    for word in about:
        data = model_data(survey, about=word, facts=[fact])
        rows = data if isinstance(data, Inapplicable) else _by_group(data, use)
        if isinstance(rows, Inapplicable):
            reason = reason or rows
        else:
            parts.append(rows.assign(about=word))
    return pd.concat(parts, ignore_index=True) if parts else reason or _none(survey, about)


def _none(survey: Survey, about: Sequence[str]) -> Inapplicable:
    return Inapplicable(
        f"no answer named of {list(about)}", "use_by_group", evidence_of(survey.rows)
    )


def _by_group(data: ModelData, use: pd.Series) -> pd.DataFrame | Inapplicable:
    fact, rows = data.facts[0], data.design.rows
    groups = list(rows[fact.name].cat.categories)
    user = use.eq(USED).astype("float64").where(use.notna())
    within = {f"{USER}[{group}]": user * (rows[fact.name] == group) for group in groups}
    between = {f"{USER}[{group}] more": within[f"{USER}[{group}]"] for group in groups[1:]}
    columns = {**within, **between, USER: user}
    design = Design(
        rows=rows.assign(**columns), weight=data.design.weight, stratum=data.design.stratum,
        psu=data.design.psu, fraction=data.design.fraction, inside=data.design.inside,
    ).answered(USER)  # fmt: skip
    try:
        inner = linear_model(design, outcome=TOP, terms=[fact.name, *within]).coefficients
        outer = linear_model(design, outcome=TOP, terms=[fact.name, USER, *between]).coefficients
    except HelpersError as error:
        return Inapplicable(str(error), "use_by_group", evidence_of(rows))
    kept = [(inner, within, "within", groups)]
    kept += [(outer, between, "between", [f"{group}, against {groups[0]}" for group in groups[1:]])]
    zero = is_true_null(data.survey, data.item, "channels", fact.about or "") or _heeds(data, fact)
    return pd.concat(
        [
            found[found["level"].isin(list(names))].assign(part=part, label=labels)
            for found, names, part, labels in kept
        ],
        ignore_index=True,
    ).assign(
        item=data.item.name, unit="points", block=data.item.label, truth=0.0 if zero else np.nan
    )


def _heeds(data: ModelData, fact: Item) -> bool:
    """Whether the answer goes with heeding alone, on which use and the fact have no effect."""
    truth = data.survey.truth
    if truth is None or data.item.about != "appeal-satisfied":
        return False
    nothing = {(null["effect_of"], on) for null in truth["nulls"] for on in null["effect_on"]}
    return {("channels", "heeding"), (fact.name, "heeding")} <= nothing
