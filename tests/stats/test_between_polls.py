"""Differences between polls agree with R, know their sign, and give no interval without n."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from samples import reference

from helpers.errors import EstimationError
from helpers.stats.estimates import pick
from helpers.stats.published.between_polls import (
    differences_between_polls,
    equivalence_by_design_effect,
    expected_by_chance,
)

REFERENCE = reference("between_polls")["cases"]


def readings(**columns: Any) -> pd.DataFrame:
    usual = {
        "poll_id": ["A", "B"], "target": "president", "response": ["approve", "trust"],
        "scale": None, "percent": [76.4, 69.4], "n": [2400, 1100], "subgroup": "all",
        "source_id": ["s1", "s2"], "evidence": "published",
    }  # fmt: skip
    frame = pd.DataFrame({**usual, **columns})
    return frame.assign(n=frame["n"].astype("Int64"))


@pytest.mark.parametrize("case", REFERENCE)
def test_the_difference_has_the_limits_of_newcombe(case: dict[str, float]) -> None:
    two = readings(percent=[100 * case["p1"], 100 * case["p2"]], n=[case["n1"], case["n2"]])
    row = pick(differences_between_polls(two, subtrahend="B", deff=case["deff"]))
    assert row.estimate == pytest.approx(100 * (case["p1"] - case["p2"]))
    assert (row.ci_low, row.ci_high) == pytest.approx((100 * case["low"], 100 * case["high"]))
    assert (row.unit, row.group, row.level) == ("points", "A", "approve")
    assert (row.n, row.n_eff) == (case["n1"] + case["n2"], row.n / case["deff"])
    assert row.source == "s1;s2"


@pytest.mark.parametrize("case", REFERENCE)
def test_what_chance_gives_follows_from_the_chi_square(case: dict[str, float]) -> None:
    two = readings(percent=[100 * case["p1"], 100 * case["p2"]], n=[case["n1"], case["n2"]])
    row = pick(expected_by_chance(two, subtrahend="B", deff=case["deff"]))
    assert row.estimate == pytest.approx(100 * case["chance"])


def test_the_limits_are_those_newcombe_printed() -> None:
    two = readings(percent=[80.0, 60.0], n=[70, 80])
    row = pick(differences_between_polls(two, subtrahend="B"))
    assert (row.ci_low, row.ci_high) == pytest.approx((5.24, 33.39), abs=0.005)


def test_turned_round_the_difference_changes_its_sign() -> None:
    one = pick(differences_between_polls(readings(), subtrahend="B"))
    other = pick(differences_between_polls(readings(), subtrahend="A"))
    assert one.ci_low is not None
    assert (one.estimate, one.ci_low) == pytest.approx((-other.estimate, -(other.ci_high or 0)))
    assert (
        pick(expected_by_chance(readings(), subtrahend="A")).estimate
        == pick(expected_by_chance(readings(), subtrahend="B")).estimate
    )


@pytest.mark.parametrize("change", [{"n": [None, 1100]}, {"n": [2400, None]}, {"subgroup": "men"}])
def test_without_a_base_there_is_no_interval(change: dict[str, Any]) -> None:
    row = pick(differences_between_polls(readings(**change), subtrahend="B"))
    assert (row.estimate, row.ci_low, row.ci_high, row.se) == (pytest.approx(7.0), None, None, None)
    assert expected_by_chance(readings(**change), subtrahend="B").empty


def test_only_what_both_were_asked_is_compared() -> None:
    apart = readings(target=["government", "president"])
    assert differences_between_polls(apart, subtrahend="B").empty


@pytest.mark.parametrize(
    ("two", "base", "said"),
    [
        (readings(), "C", "not one share to subtract; got 0 readings of 'C'"),
        (readings(poll_id="B"), "B", "several of"),
        (readings(percent=[None, 50.0]), "B", "missing"),
    ],
)
def test_what_cannot_be_compared_is_refused(two: pd.DataFrame, base: str, said: str) -> None:
    with pytest.raises(EstimationError, match=said):
        differences_between_polls(two, subtrahend=base)


def test_a_design_effect_below_one_is_refused() -> None:
    with pytest.raises(EstimationError, match="design effect"):
        differences_between_polls(readings(), subtrahend="B", deff=0.5)


def test_the_verdict_can_turn_with_the_design_effect() -> None:
    rows = equivalence_by_design_effect(readings(percent=[47.0, 48.8]), lower=-5, upper=5)
    assert list(rows["deff"]) == [1.0, 1.5, 2.5]
    assert list(rows["verdict"]) == ["equivalent", "not shown", "not shown"]
    assert ((rows["inner_low"] > -5) == (rows["verdict"] == "equivalent")).all()
