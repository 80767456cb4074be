"""A garden of forking paths walked through: one analysis under every combination of choices."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from helpers.errors import EstimationError, HelpersError
from helpers.evidence import evidence_of
from helpers.rng import stream
from helpers.stats.estimates import (
    CONFIDENCE,
    Estimate,
    Inapplicable,
    TestResult,
    to_frame,
)

Outcome = Estimate | TestResult | Inapplicable

ADDED = ("path", "main", "p_value", "same_sign", "excludes_null", "reason")
"""Columns of a path beside its choices and those of an estimate."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: the words that stand for it in tables, and the value the analysis is given."""

    label: str
    value: Any


def multiverse(
    choices: Mapping[str, Sequence[Choice]],
    analyse: Callable[..., Outcome],
    *,
    main: Mapping[str, str],
    null: float = 0.0,
    name: str | None = None,
) -> pd.DataFrame:
    """The results of ``analyse`` on every path through ``choices``.

    Where the paths run is for the caller to say, with ``joblib.parallel_config``; the rows are the
    same, in the same order.

    What a missing value does, and the unit, is for ``analyse`` to say.

    Parameters
    ----------
    choices : the options of each choice; the last choice changes fastest.
    analyse : called with the value of each choice by its name.
    main : the label of each choice on the path that was declared before, or is reported.
    null : the estimate that stands for no effect.
    name : of the random streams; ``analyse`` is then also given ``rng``, one stream a path.

    Returns
    -------
    A row a path: ``path`` from 1, a column of labels for each choice, ``main``, the columns of an
    estimate (the effect of a test), ``p_value``, ``same_sign`` as the main path relative to
    ``null``, ``excludes_null`` by the interval, or by p where there is none, and ``reason`` where
    the path is inapplicable.

    Raises
    ------
    EstimationError
        No choices or options, labels that repeat, a name that a result column has; ``analyse``
        takes other names than the choices, or returns a test without effect or something else;
        ``main`` names an unknown option or leaves a choice out.
    EvidenceError
        Paths rest on different kinds of evidence.

    Notes
    -----
    R equivalent: ``specr::specr`` over ``expand.grid``. Source: Steegen and others (2016),
    Simonsohn, Simmons and Nelson (2020).
    """
    _check(choices, main)
    _check_accepts(analyse, [*choices, "rng"] if name else [*choices])
    paths = list(product(*choices.values()))
    labels = pd.DataFrame([[option.label for option in path] for path in paths], columns=[*choices])
    found: list[Outcome] = Parallel()(
        delayed(_walk)(analyse, dict(zip(choices, path, strict=True)), name) for path in paths
    )
    rows = pd.concat([labels, _as_rows(found)], axis=1)
    rows.insert(0, "path", range(1, len(rows) + 1))
    rows.insert(1, "main", (labels == [main[choice] for choice in choices]).all(axis=1))
    side = np.sign(rows["estimate"] - null).astype("Float64")
    bounded = rows["ci_low"].notna() & rows["ci_high"].notna()
    outside = rows["ci_low"].gt(null) | rows["ci_high"].lt(null)
    rejected = rows["p_value"].lt(1 - CONFIDENCE)
    return rows.assign(
        same_sign=side.eq(side[rows["main"]].iloc[0]),
        excludes_null=outside.astype("boolean").where(bounded, rejected),
    )


def _walk(analyse: Callable[..., Outcome], path: Mapping[str, Choice], name: str | None) -> Outcome:
    """The result of one path; an error says on which."""
    labels = [option.label for option in path.values()]
    values = {choice: option.value for choice, option in path.items()}
    if name is not None:
        values["rng"] = stream(name, *labels)
    try:
        outcome = analyse(**values)
    except HelpersError as error:
        error.add_note(f"on the path {labels}")
        raise
    if isinstance(outcome, TestResult) and outcome.effect is None:
        raise EstimationError(
            f"the path {labels} gives a test without effect, which has no place beside others;"
            f" got {outcome.method}; expected an effect. Return an estimate instead."
        )
    if not isinstance(outcome, Outcome):
        raise EstimationError(
            f"the path {labels} gives no result; got {type(outcome).__name__}; expected an"
            " Estimate, a TestResult or Inapplicable. Pick one row: pick(rows, level=...)."
        )
    return outcome


def _as_rows(found: Sequence[Outcome]) -> pd.DataFrame:
    """Estimates, p values and reasons, one row a path; the evidence stands also where nothing else does."""
    effects = [outcome.effect if isinstance(outcome, TestResult) else outcome for outcome in found]
    have = {at: effect for at, effect in enumerate(effects) if isinstance(effect, Estimate)}
    rows = to_frame(have.values()).set_index(pd.Index(have)).reindex(range(len(found)))
    p_values = [outcome.p_value if isinstance(outcome, TestResult) else None for outcome in found]
    return rows.assign(
        evidence=evidence_of(rows.loc[list(have)]).value if have else None,
        method=[outcome.method for outcome in found],
        p_value=pd.array(p_values, dtype="Float64"),
        reason=[outcome.reason if isinstance(outcome, Inapplicable) else None for outcome in found],
    )


def _check(choices: Mapping[str, Sequence[Choice]], main: Mapping[str, str]) -> None:
    taken = {*ADDED, *Estimate.__dataclass_fields__, "rng"} & set(choices)
    if not choices or taken:
        raise EstimationError(
            f"choices cannot be used; got {list(choices)}; expected some, none called {sorted(taken)}."
        )
    for name, options in choices.items():
        labels = [option.label for option in options]
        if not labels or len(set(labels)) < len(labels):
            raise EstimationError(
                f"choice {name!r} has options {labels}; expected at least one, each with its label."
            )
    known = {name: [option.label for option in options] for name, options in choices.items()}
    if set(main) != set(known) or any(main[name] not in known[name] for name in known):
        raise EstimationError(
            f"the main path has an unknown or missing option; got {dict(main)}; expected one of"
            f" each of {known}."
        )


def _check_accepts(analyse: Callable[..., Outcome], names: Sequence[str]) -> None:
    try:
        inspect.signature(analyse).bind(**dict.fromkeys(names))
    except TypeError as error:
        raise EstimationError(
            f"the analysis does not take these choices: {error}; got {list(names)}; expected its own"
            " arguments. Rename the choices."
        ) from error
