"""Users of channels against others on a scale of a survey, under every combination of stated choices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from helpers.data.codebook import Item
from helpers.data.scores import scale_answers
from helpers.data.survey import Survey
from helpers.errors import ConvergenceError, EstimationError
from helpers.evidence import evidence_of
from helpers.stats.bend.multiverse import Choice, multiverse
from helpers.stats.design import Design
from helpers.stats.estimates import Estimate, Inapplicable, pick
from helpers.stats.models.ordinal import ordered_model
from helpers.stats.models.regression import linear_model, logistic_model
from helpers.stats.respondents import design_of, items_about, lacking
from helpers.stats.views.items import SILENT, alike, item_label

Use = Literal["any", "two", "heard"]
Missing = Literal["least", "complete", "middle"]
Model = Literal["linear", "ordered", "top"]

CHANNELS = "channels"
BACKGROUND = ("sex", "age-group", "education", "settlement")
METHOD = "use_paths"

USE_CHOICES = {
    "answer": "What is compared",
    "use": "Who counts as a user",
    "missing": "Missing answers",
    "weights": "Weights",
    "background": "Background",
    "model": "Model",
}
"""The choices of `use_paths`, with their headings."""

TO_DEVIATIONS = math.sqrt(3) / math.pi
"""Log-odds times this are standard deviations of a logistic answer (Chinn 2000)."""


def use_paths(survey: Survey, scale: str) -> pd.DataFrame | Inapplicable:
    """How much higher users of channels stand on a scale than others, on every path.

    The choices: the score of the scale or one of its items; who counts as a user (who used a
    channel, who used two, or users among those who know a channel); missing answers by the rule of
    the codebook, complete answers alone, or silence counted as the middle; weights or none;
    background held fixed or left out; linear, ordered, or the share above the middle. The main
    path has the first option of each.

    In all else as `design_of` and `multiverse`.

    Parameters
    ----------
    scale : name of the scale that is compared.

    Returns
    -------
    Rows of `helpers.stats.bend.multiverse.multiverse` in standard deviations of the answer; log-odds
    are turned into them by √3/π. ``truth`` is 0 where the model of simulated respondents names a
    null, else missing. `Inapplicable` where the file lacks a scale, or has nobody to compare.

    Notes
    -----
    Source: Steegen and others (2016); Chinn (2000) for the common scale.
    """
    reason = lacking(survey, METHOD, scales=[CHANNELS, scale])
    kind = evidence_of(survey.rows)
    if reason is not None:
        return reason
    ranges = {item.codes for item in survey.codebook.scale(scale)}
    absent = [
        item.name
        for name in (CHANNELS, scale)
        for item in survey.codebook.scale(name)
        if item.name not in survey.rows.columns
    ]
    if absent or len(ranges) > 1 or () in ranges:
        return Inapplicable(f"the scales {CHANNELS} and {scale} are not whole", METHOD, kind)
    claim = Claim(survey=survey, scale=scale)
    choices = claim.choices()
    main = {name: options[0].label for name, options in choices.items()}
    rows = multiverse(choices, claim, main=main)
    if rows.loc[rows["main"], "estimate"].isna().any():
        told = rows.loc[rows["main"], "reason"].iloc[0]
        return Inapplicable(f"the main path has no result: {told}", METHOD, kind)
    return rows.assign(
        evidence=kind.value,
        group=rows[list(choices)].agg(", ".join, axis=1),
        item=scale,
        truth=_true_null(survey, scale),
    )


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One path: the difference between users and others, given the value of every choice."""

    survey: Survey
    scale: str

    def choices(self) -> dict[str, list[Choice]]:
        """The options that this file allows; the first of each is the main path."""
        items = self.survey.codebook.scale(self.scale)
        options = {
            "answer": [Choice("scale score", None), *(Choice(item_label(item), item) for item in items)],
            "use": [Choice("one channel or more", "any"), Choice("two channels or more", "two")],
            "missing": [Choice("rule of the codebook", "least"),
                        Choice("complete answers only", "complete"),
                        Choice("silence as the middle", "middle")],
            "weights": [Choice("as in the file", "file"), Choice("none", "none")],
            "background": [Choice("held fixed", "fixed"), Choice("left out", "out")],
            "model": [Choice("linear", "linear"), Choice("ordered logit", "ordered"),
                      Choice("share that agrees", "top")],
        }  # fmt: skip
        if all(len(item.codes) > 2 for item in self._channels):
            options["use"].append(Choice("among who know one", "heard"))
        if "weight" not in self.survey.rows.columns:
            options["weights"] = [Choice("none", "none")]
        if not self._facts:
            options["background"] = [Choice("left out", "out")]
        return options

    def __call__(
        self, *, answer: Item | None, use: Use, missing: Missing, weights: str, background: str,
        model: Model,
    ) -> Estimate | Inapplicable:  # fmt: skip
        """The difference in standard deviations, or why this path has none."""
        rows = self._design.rows.assign(
            outcome=self._outcomes[answer.name if answer else None, missing],
            user=self._users[use, missing],
        )
        facts = self._facts if background == "fixed" else []
        design = self._design if weights == "file" else alike(self._design)
        try:
            return self._difference(
                replace(design, rows=rows).answered("outcome", "user", *facts), facts, model
            )
        except (EstimationError, ConvergenceError) as error:
            return Inapplicable(str(error).split(";")[0], METHOD, self._design.evidence)

    def _difference(self, design: Design, facts: list[str], model: Model) -> Estimate:
        terms = ["user", *facts]
        if model == "ordered":
            found = pick(ordered_model(design, outcome="outcome", terms=terms).coefficients,
                         level="user")  # fmt: skip
            return _scaled(found, TO_DEVIATIONS)
        values = design.values("outcome")
        if model == "top":
            top = np.where(values > self._middle, 1.0, 0.0)
            rows = design.rows.assign(outcome=top)
            fit = logistic_model(replace(design, rows=rows), outcome="outcome", terms=terms)
            return _scaled(pick(fit.coefficients, level="user"), TO_DEVIATIONS)
        weight = design.weight[design.inside]
        mean = np.average(values[design.inside], weights=weight)
        spread = math.sqrt(np.average((values[design.inside] - mean) ** 2, weights=weight))
        line = linear_model(design, outcome="outcome", terms=terms)
        if not spread > 0:
            raise EstimationError("everybody gave one answer; expected two at least.")
        return _scaled(pick(line.coefficients, level="user"), 1 / spread)

    def _outcome(self, name: str | None, missing: Missing) -> pd.Series:
        given = self._given
        if missing == "middle":
            silent = self.survey.why[list(given)].isin(SILENT)
            given = given.mask(silent, self._middle)
        least = given.shape[1] if missing == "complete" else self._least(self.scale)
        enough = given.notna().sum(axis=1) >= least
        if name is None:
            return given.mean(axis=1).where(enough)
        return given[name].where(enough | (missing != "complete"))

    def _user(self, use: Use, missing: Missing) -> pd.Series:
        rows = self.survey.rows[[item.name for item in self._channels]]
        last = pd.Series({item.name: item.codes[-1] for item in self._channels})
        first = pd.Series({item.name: item.codes[0] for item in self._channels})
        used = rows.eq(last).sum(axis=1)
        enough = rows.notna().sum(axis=1) >= (
            rows.shape[1] if missing == "complete" else self._least(CHANNELS)
        )
        if use == "heard":
            enough &= rows.gt(first).any(axis=1)
        return (used >= (2 if use == "two" else 1)).astype(np.float64).where(enough)

    def _least(self, name: str) -> int:
        return next(scale.least for scale in self.survey.codebook.scales if scale.name == name)

    @cached_property
    def _outcomes(self) -> dict[tuple[str | None, Missing], pd.Series]:
        """What is compared, by item (None: the score) and rule: many paths share each."""
        names = [None, *(item.name for item in self.survey.codebook.scale(self.scale))]
        pairs = product(names, get_args(Missing))
        return {(name, rule): self._outcome(name, rule) for name, rule in pairs}

    @cached_property
    def _users(self) -> dict[tuple[Use, Missing], pd.Series]:
        """Who is a user, by what counts as use and by rule."""
        pairs = product(get_args(Use), get_args(Missing))
        return {(use, rule): self._user(use, rule) for use, rule in pairs}

    @cached_property
    def _channels(self) -> Sequence[Item]:
        return self.survey.codebook.scale(CHANNELS)

    @cached_property
    def _given(self) -> pd.DataFrame:
        return scale_answers(self.survey, self.scale)

    @cached_property
    def _middle(self) -> float:
        codes = self.survey.codebook.scale(self.scale)[0].codes
        return (codes[0] + codes[-1]) / 2

    @cached_property
    def _facts(self) -> list[str]:
        found = items_about(self.survey, BACKGROUND)
        return [
            item.name
            for item in found
            if item.options and len(self.survey.rows[item.name].dropna().unique()) > 1
        ]

    @cached_property
    def _design(self) -> Design:
        return design_of(self.survey, labels=True)


def _scaled(row: Estimate, by: float) -> Estimate:
    numbers: dict[str, Any] = {
        name: None if (value := getattr(row, name)) is None else value * by
        for name in ("estimate", "se", "ci_low", "ci_high")
    }
    return replace(
        row, level="users less others", unit="standard deviations", method=METHOD, **numbers
    )


def _true_null(survey: Survey, scale: str) -> float:
    nulls: Sequence[Mapping[str, Any]] = (survey.truth or {}).get("nulls", ())
    named = any(null["effect_of"] == CHANNELS and scale in null["effect_on"] for null in nulls)
    return 0.0 if named else math.nan
