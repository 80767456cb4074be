"""Every public function of `helpers.stats` gives a result or a named error, whatever it is given."""

from __future__ import annotations

import math
from contextlib import suppress
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
import pytest
from arguments import NO_OPTION, TABLE, call, calls, public
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import drawn

from helpers.errors import HelpersError
from helpers.stats import Estimate, Inapplicable, TestResult
from helpers.stats.design import Design


def test_every_public_function_stands_in_the_table() -> None:
    assert set(TABLE) == set(public())
    for name in TABLE:
        calls(name)


@pytest.mark.parametrize("name", sorted(TABLE))
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_result_or_a_named_error(name: str, data: st.DataObject) -> None:
    drawn = data.draw(calls(name))
    unknown = NO_OPTION in [value for value in drawn["named"].values() if isinstance(value, str)]
    found = None
    with suppress(HelpersError):
        found = call(name, drawn)
    if found is None:
        return
    assert not unknown or isinstance(found, Inapplicable), f"{name} ignored an unknown option"
    given_rows = "DataFrame" in str([type(value) for given in drawn["named"].values()
                                     for value in (given.values() if isinstance(given, dict) else [given])])  # fmt: skip
    told = "missing" in str(public()[name].__doc__)
    check(found, known=not (given_rows or told))


def check(found: object, *, known: bool = True) -> None:
    """What was promised as a number is one; what is missing in rows is missing, and not infinite."""
    match found:
        case Inapplicable():
            assert found.reason
        case Estimate():
            assert math.isfinite(found.estimate)
        case TestResult():
            assert math.isfinite(found.statistic)
            assert 0 <= found.p_value <= 1
            check(found.effect)
        case None:
            pass
        case pd.DataFrame():
            check_rows(found, known=known and "reason" not in found)
        case float():
            assert math.isfinite(found)
        case tuple() | list():
            for part in found:
                check(part, known=known)
        case _:
            for part in ("effect", "estimate", "result"):
                check(getattr(found, part, None))


def check_rows(rows: pd.DataFrame, *, known: bool) -> None:
    numbers = rows.select_dtypes("number").to_numpy(dtype="float64", na_value=np.nan)
    assert not np.isinf(numbers).any(), rows
    if known and "estimate" in rows:
        assert rows["estimate"].notna().all(), rows


def test_the_checks_refuse_what_is_no_number() -> None:
    rows = pd.DataFrame({"estimate": [1.0, math.inf]})
    for wrong in (rows, rows.replace(math.inf, math.nan), math.nan, Inapplicable("", "made")):
        with pytest.raises(AssertionError):
            check(wrong)


GOOD: dict[str, Any] = {
    "item": "y", "items": [f"q{k}" for k in range(6)], "by": "g", "x": "y", "y": "q1",
    "outcome": "a", "terms": ["y"], "treatment": "y", "mediator": "q1", "over": "q2",
    "level": "yes", "lower": -0.7, "upper": 0.7, "replicates": 9, "name": "made", "factors": 2,
}  # fmt: skip
"""Arguments with which a function of a design has a result."""

ANSWERS = {"item": "a"}
OWN: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("crosstab", "equivalent_proportions", "likert_summary", "proportions",
                     "rao_scott", "weighted_share_difference"), ANSWERS),
    "equivalent_ordinal": {"lower": 0.3},
    "linear_model": {"outcome": "q1"},
    "logistic_model": {"outcome": "g"},
    "mediation": {"outcome": "q2"},
}  # fmt: skip
"""Those that some of them need instead."""


def rich(spread: float) -> Design:
    """Ninety respondents with answers of every kind, and weights that differ this much."""
    rng = np.random.default_rng(5)
    latent = rng.normal(size=(90, 1))
    items = np.digitize(latent + rng.normal(size=(90, 6)), [-1, 0, 1])
    answers = pd.Categorical.from_codes(items[:, 0] % 3, ["no", "so", "yes"], ordered=True)
    return drawn(
        **{f"q{k}": items[:, k] for k in range(6)}, y=rng.normal(size=90) + latent[:, 0],
        a=answers, g=np.where(rng.random(90) < 0.5, "u", "v"), p=np.arange(90) // 3,
        w=np.exp(spread * rng.normal(size=90)),
    )  # fmt: skip


def told(name: str, spread: float) -> str:
    """What a function says of the rich respondents, with the arguments that it must have."""
    given = {
        parameter.name: {**GOOD, **OWN.get(name, {}), "rng": np.random.default_rng(1),
                         "design": rich(spread)}[parameter.name]
        for parameter in signature(public()[name]).parameters.values()
        if parameter.default is parameter.empty
    }  # fmt: skip
    found = public()[name](**given)
    assert not isinstance(found, Inapplicable)
    found = getattr(found, "effects", found)
    return found.to_csv() if isinstance(found, pd.DataFrame) else repr(found)


@pytest.mark.parametrize(
    "name",
    [name for name, function in public().items() if "design" in signature(function).parameters],
)
def test_weights_always_move_the_answer(name: str) -> None:
    assert told(name, 0.5) != told(name, 0.0)
    assert told(name, 0.5) == told(name, 0.5)
