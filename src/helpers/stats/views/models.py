"""Models of one answer as rows that a chapter shows: effects, thresholds, slopes, ways of modelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from helpers.data.survey import Survey
from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.compare.effects_above import effects_above
from helpers.stats.estimates import Inapplicable, TestResult, join_sources
from helpers.stats.families import adjust, family_frame
from helpers.stats.models.marginal_effects import average_marginal_effects
from helpers.stats.models.model_data import TOP, ModelData, model_data
from helpers.stats.models.ordinal import ordered_model
from helpers.stats.models.proportional_odds import ProportionalOdds, proportional_odds
from helpers.stats.models.regression import linear_model, logistic_model
from helpers.stats.views.items import absent, alike, without_weights
from helpers.stats.views.true_effects import true_effects, true_slopes, true_thresholds

ORDERED, BINARY, LINEAR = "Ordered logit", "Binary logit", "Linear"


def effects_on_answers(
    survey: Survey, *, about: Sequence[str], facts: Sequence[str], scales: Sequence[str] = ()
) -> pd.DataFrame | Inapplicable:
    """Average marginal effects on the answers above the middle, in points, of an ordered logit each.

    In all else as `design_of`, `ordered_model` and `average_marginal_effects`.

    Parameters
    ----------
    about : words of the answers; those that the file lacks are left out.
    facts, scales : the terms, as for `helpers.stats.models.model_data.model_data`.

    Returns
    -------
    Rows of `helpers.stats.compare.effects_above.effects_above`: ``block`` is the label of the answer,
    ``label`` the change in words; ``truth`` is known without scales, of simulated respondents.
    """
    return _each(survey, about, facts, scales, lambda data: _effects(data, ORDERED))


def three_ways(
    survey: Survey, *, about: Sequence[str], facts: Sequence[str], scales: Sequence[str] = ()
) -> pd.DataFrame | Inapplicable:
    """The same effects by an ordered logit, a binary logit and a line; ``series`` says which.

    In all else as `effects_on_answers`.
    """
    return _each(
        survey, about, facts, scales,
        lambda data: pd.concat([_effects(data, way) for way in (ORDERED, BINARY, LINEAR)]),
    )  # fmt: skip


def weights_compared(
    survey: Survey, *, about: Sequence[str], facts: Sequence[str], scales: Sequence[str] = ()
) -> pd.DataFrame | Inapplicable:
    """Coefficients of ordered logits with the weights beside those without.

    In all else as `effects_on_answers`.

    Returns
    -------
    Weighted rows in log-odds with ``unweighted unweighted_low unweighted_high``; ``apart`` is
    weighted less unweighted, ``apart_se`` that over the weighted standard error. `Inapplicable` in
    a file without weights.
    """
    reason = without_weights(survey, "weights_compared")
    return reason or _each(survey, about, facts, scales, _both_weights)


def thresholds_shown(
    survey: Survey, *, about: str, facts: Sequence[str]
) -> pd.DataFrame | Inapplicable:
    """Thresholds and slopes of an ordered logit beside a probit, whose unit the truth has.

    In all else as `effects_on_answers`.

    Returns
    -------
    Rows of the logit with ``part`` (``threshold`` or ``slope``), ``label``, ``probit probit_low
    probit_high`` and ``truth`` on the scale of the probit.
    """
    return _each(survey, [about], facts, (), _both_links)


def slopes_by_threshold(
    survey: Survey, *, about: str, facts: Sequence[str], scales: Sequence[str] = ()
) -> pd.DataFrame | Inapplicable:
    """Slopes of the binary logits at every threshold, below the one slope of the ordered logit.

    In all else as `effects_on_answers`.

    Returns
    -------
    Rows in log-odds: ``block`` is the change in words, ``label`` the threshold.
    """
    return _each(survey, [about], facts, scales, _slopes)


def slopes_tested(
    survey: Survey, *, about: Sequence[str], facts: Sequence[str], scales: Sequence[str] = ()
) -> pd.DataFrame | Inapplicable:
    """Brant's test of every term of every model, adjusted as one family by Holm's method.

    In all else as `effects_on_answers` and `proportional_odds`.

    Returns
    -------
    Rows of `helpers.stats.families.family_frame` with ``block`` and ``label``; the test of all
    terms together stands first in each block and is no member of the family.
    """
    models = _ready(survey, about, facts, scales)
    checks = [(data, _checked(data)) for data in models]
    done = [(data, check) for data, check in checks if isinstance(check, ProportionalOdds)]
    if not done:
        return absent(survey, "slopes_tested", *about)
    members = [
        (data, term, result) for data, check in done for term, result in check.by_term.items()
    ]
    rows = family_frame(
        adjust([result for *_, result in members], family="proportional odds, term by term")
    )
    words = {fact.name: fact.label for data, *_ in members for fact in data.facts}
    words |= {name: label for data, *_ in members for name, label in data.scales.items()}
    rows = rows.assign(
        block=[data.item.label for data, *_ in members],
        label=[words[term] for _, term, _ in members],
    )
    whole = [_overall(data, check) for data, check in done]
    return pd.concat([pd.DataFrame(whole), rows], ignore_index=True).assign(
        evidence=evidence_of(survey.rows).value, source=join_sources(survey.rows)
    ).sort_values("block", kind="stable", ignore_index=True)  # fmt: skip


def _overall(data: ModelData, check: ProportionalOdds) -> dict[str, object]:
    row: dict[str, object] = {"block": data.item.label, "label": "All terms together"}
    if isinstance(check.overall, TestResult):
        row |= {"statistic": check.overall.statistic, "p_value": check.overall.p_value,
                "n": check.overall.n, "df": ";".join(f"{df:g}" for df in check.overall.df)}  # fmt: skip
    return row


def _ready(
    survey: Survey, about: Sequence[str], facts: Sequence[str], scales: Sequence[str]
) -> list[ModelData]:
    found = (model_data(survey, about=word, facts=facts, scales=scales) for word in about)
    return [data for data in found if isinstance(data, ModelData)]


def _each(
    survey: Survey,
    about: Sequence[str],
    facts: Sequence[str],
    scales: Sequence[str],
    rows_of: Callable[[ModelData], pd.DataFrame],
) -> pd.DataFrame | Inapplicable:
    """The rows of every answer that the file has and that can be modelled; else why there are none."""
    reason: Inapplicable | None = None
    parts = []
    for word in about:
        data = model_data(survey, about=word, facts=facts, scales=scales)
        if isinstance(data, Inapplicable):
            reason = reason or data
            continue
        try:
            rows = rows_of(data)
        except EstimationError as error:
            reason = reason or Inapplicable(str(error), "ordered_model", evidence_of(survey.rows))
            continue
        parts.append(rows.assign(about=word))
    if parts:
        return pd.concat(parts, ignore_index=True)
    return reason or absent(survey, "ordered_model", *about)


def _effects(data: ModelData, way: str) -> pd.DataFrame:
    if way == ORDERED:
        model = ordered_model(data.design, outcome=data.item.name, terms=data.terms)
        rows = effects_above(model, above=data.above)
    elif way == BINARY:
        binary = logistic_model(data.design, outcome=TOP, terms=data.terms)
        rows = average_marginal_effects(binary).assign(level=lambda found: found["item"])
    else:
        rows = linear_model(data.design, outcome=TOP, terms=data.terms).coefficients.iloc[1:]
        rows = rows.assign(unit="points")
        names = rows["level"]
        rows["level"] = names.where(~names.isin(list(data.scales)), names + "[+1]")
    return _described(rows.assign(series=way), data)


def _described(rows: pd.DataFrame, data: ModelData) -> pd.DataFrame:
    truth: dict[str, float] = {}
    for fact in () if data.scales else data.facts:
        known = true_effects(data.survey, data.item, fact, facts=data.facts, above=data.above)
        truth |= {f"{fact.name}[{group}]": value for group, value in known.items()}
    return rows.assign(
        item=data.item.name,
        block=data.item.label,
        label=[data.label(term) for term in rows["level"]],
        truth=rows["level"].map(truth).astype("float64"),
    )


def _both_weights(data: ModelData) -> pd.DataFrame:
    rows = ordered_model(data.design, outcome=data.item.name, terms=data.terms).coefficients
    plain = ordered_model(alike(data.design), outcome=data.item.name, terms=data.terms).coefficients
    apart = rows["estimate"] - plain["estimate"]
    return rows.assign(
        block=data.item.label, label=[data.label(term) for term in rows["level"]],
        unweighted=plain["estimate"], unweighted_low=plain["ci_low"],
        unweighted_high=plain["ci_high"], apart=apart, apart_se=apart / rows["se"],
    )  # fmt: skip


def _both_links(data: ModelData) -> pd.DataFrame:
    logit, probit = (
        ordered_model(data.design, outcome=data.item.name, terms=data.terms, link=link)
        for link in ("logit", "probit")
    )
    cuts = true_thresholds(data.survey, data.item, list(data.facts))
    truth = dict(zip(logit.thresholds["level"], cuts, strict=False))
    for fact in data.facts:
        known = true_slopes(data.survey, data.item, fact)
        truth |= {f"{fact.name}[{group}]": value for group, value in known.items()}
    parts = []
    for part, mine, other in (
        ("threshold", logit.thresholds, probit.thresholds),
        ("slope", logit.coefficients, probit.coefficients),
    ):
        words = [data.label(term).replace("|", " | ") for term in mine["level"]]
        parts.append(mine.assign(
            part=part, label=words, probit=other["estimate"], probit_low=other["ci_low"],
            probit_high=other["ci_high"], truth=mine["level"].map(truth).astype("float64"),
        ))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _checked(data: ModelData) -> ProportionalOdds | Inapplicable:
    try:
        return proportional_odds(
            ordered_model(data.design, outcome=data.item.name, terms=data.terms)
        )
    except EstimationError as error:
        return Inapplicable(str(error), "proportional_odds", evidence_of(data.survey.rows))


def _slopes(data: ModelData) -> pd.DataFrame:
    model = ordered_model(data.design, outcome=data.item.name, terms=data.terms)
    check = proportional_odds(model)
    if isinstance(check, Inapplicable):
        raise EstimationError(check.reason)
    each = check.slopes.assign(
        label=check.slopes["item"].str.removeprefix(f"{data.item.name} above ").radd("Above: ")
    )
    rows = pd.concat([model.coefficients.assign(label="One slope for all"), each])
    rows = rows.assign(block=[data.label(term) for term in rows["level"]], item=data.item.name)
    order = {term: place for place, term in enumerate(model.terms.names)}
    return rows.sort_values("level", key=lambda term: term.map(order), kind="stable")
