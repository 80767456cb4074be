"""Estimates from printed percentages agree with R, with statsmodels, and with their laws."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helpers.errors import EstimationError, EvidenceError
from helpers.stats.published.printed import (
    DESIGN_EFFECTS,
    asked_together,
    differences_within_poll,
    over_design_effects,
    printed_shares,
)

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "printed.json").read_text(encoding="utf-8")
)


def readings(**columns: list[object]) -> pd.DataFrame:
    """Readings of one poll and answer; what a test does not name is the same in each row."""
    length = max(len(values) for values in columns.values())
    usual = {
        "poll_id": "P1", "target": [f"t{i}" for i in range(length)], "response": "trust",
        "scale": "trust", "percent": 50.0, "n": 1000, "subgroup": "all", "source_id": "s1",
        "evidence": "published",
    }  # fmt: skip
    return pd.DataFrame({**usual, **columns}).astype({"n": "Int64", "percent": float})


@pytest.mark.parametrize("case", REFERENCE["wilson"], ids=lambda case: f"{case['x']}/{case['n']}")
def test_wilson_limits_equal_those_of_r(case: dict[str, float]) -> None:
    rows = printed_shares(readings(percent=[100 * case["x"] / case["n"]], n=[case["n"]]))
    assert rows["ci_low"][0] / 100 == pytest.approx(case["low"], rel=1e-10, abs=1e-10)
    assert rows["ci_high"][0] / 100 == pytest.approx(case["high"], rel=1e-10, abs=1e-10)


@pytest.mark.parametrize(
    "case", REFERENCE["paired"], ids=lambda case: "-".join(map(str, case["table"]))
)
def test_difference_equals_the_paired_interval_of_r_at_the_least_overlap(
    case: dict[str, float],
) -> None:
    rows = differences_within_poll(
        readings(percent=[case["p1"], case["p2"]], n=[case["n"]] * 2), minuend="t0"
    )
    for column in ("estimate", "se", "ci_low", "ci_high"):
        assert rows[column][0] / 100 == pytest.approx(case[column], rel=1e-9)


@given(p1=st.integers(1, 99), p2=st.integers(1, 99), both=st.floats(0, 1), deff=st.floats(1, 5))
def test_no_overlap_gives_a_wider_interval_than_the_one_shown(
    p1: int, p2: int, both: float, deff: float
) -> None:
    a, b, n = p1 / 100, p2 / 100, 1000
    least, most = max(0.0, a + b - 1), min(a, b)
    overlap = least + both * (most - least)
    se = 100 * np.sqrt(max(0.0, a + b - 2 * overlap - (a - b) ** 2) * deff / n)
    shown = differences_within_poll(readings(percent=[p1, p2]), minuend="t0", deff=deff)
    assert se <= shown["se"][0] * (1 + 1e-12) + 1e-12


def test_interval_covers_whatever_the_overlap() -> None:
    """Of simulated polls, at least nominally many intervals hold the true difference."""
    rng = np.random.default_rng(20190902)
    a, b, n, polls = 0.7, 0.5, 800, 400
    for both in (0.2, 0.35, 0.5):
        cells = rng.multinomial(n, [both, a - both, b - both, 1 - a - b + both], size=polls)
        shares = 100 * np.column_stack([cells[:, 0] + cells[:, 1], cells[:, 0] + cells[:, 2]]) / n
        rows = differences_within_poll(
            readings(
                percent=list(shares.ravel()),
                poll_id=[f"P{i // 2}" for i in range(2 * polls)],
                target=["t0", "t1"] * polls,
            ).assign(n=n),
            minuend="t0",
        )
        hits = rows["ci_low"].le(100 * (a - b)) & rows["ci_high"].ge(100 * (a - b))
        # Three Monte Carlo standard errors below the nominal 95 %.
        assert hits.mean() > 0.95 - 3 * np.sqrt(0.95 * 0.05 / polls)


@given(share=st.floats(0, 100), n=st.integers(1, 10**6), deff=st.floats(1, 10))
def test_limits_stay_in_range_and_hold_the_estimate(share: float, n: int, deff: float) -> None:
    row = printed_shares(readings(percent=[share], n=[n]), deff=deff).iloc[0]
    assert -1e-9 <= row["ci_low"] <= share + 1e-9
    assert share - 1e-9 <= row["ci_high"] <= 100 + 1e-9


@given(share=st.floats(0, 100), n=st.integers(1, 10**5))
def test_the_complement_mirrors_the_interval(share: float, n: int) -> None:
    one = printed_shares(readings(percent=[share], n=[n])).iloc[0]
    other = printed_shares(readings(percent=[100 - share], n=[n])).iloc[0]
    assert one["ci_low"] == pytest.approx(100 - other["ci_high"], abs=1e-7)


def test_a_larger_design_effect_widens_every_interval() -> None:
    rows = over_design_effects(printed_shares, readings(percent=[3.0, 50.0, 97.0]))
    width = (rows["ci_high"] - rows["ci_low"]).to_numpy().reshape(-1, len(DESIGN_EFFECTS))
    assert (np.diff(width, axis=1) > 0).all()
    assert list(rows["deff"].unique()) == list(DESIGN_EFFECTS)


def test_without_a_published_base_there_is_no_interval() -> None:
    rows = printed_shares(readings(percent=[40.0, 41.0], n=[None, 500], subgroup=["all", "women"]))
    assert rows["ci_low"].isna().all()
    assert rows["n_eff"].isna().all()
    assert list(rows["estimate"]) == [40.0, 41.0]
    assert rows["n"].isna().tolist() == [True, False]


def test_swapping_the_minuend_flips_the_sign() -> None:
    pair = readings(percent=[60.0, 45.0])
    one = differences_within_poll(pair, minuend="t0").iloc[0]
    other = differences_within_poll(pair, minuend="t1").iloc[0]
    assert one["estimate"] == -other["estimate"]
    assert one["ci_low"] == pytest.approx(-other["ci_high"])


def test_evidence_and_sources_travel_with_the_estimate() -> None:
    pair = readings(percent=[60.0, 45.0], source_id=["s2", "s1"]).assign(evidence="simulated")
    row = differences_within_poll(pair, minuend="t0").iloc[0]
    assert (row["evidence"], row["source"]) == ("simulated", "s1;s2")
    with pytest.raises(EvidenceError, match=r"exactly one evidence kind; got \['published', 'sim"):
        printed_shares(pair.assign(evidence=["published", "simulated"]))
    with pytest.raises(EvidenceError, match="carry no evidence kind"):
        printed_shares(pair.drop(columns="evidence"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"n": [None, 1000]}, r"needs a published n; got none for \['P1'\]"),
        ({"subgroup": ["all", "women"]}, r"base of a subgroup is not published; got \['women'\]"),
        ({"target": ["t0", "t0"]}, r"several readings of one target; got \[\('P1', 't0'\)\]"),
    ],
)
def test_what_cannot_be_compared_is_refused(change: dict[str, list[object]], told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        differences_within_poll(readings(**{"percent": [60.0, 45.0], **change}), minuend="t0")


@pytest.mark.parametrize("deff", [0.99, 0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_design_effect_is_refused(deff: float) -> None:
    with pytest.raises(EstimationError, match="expected a number of at least 1"):
        printed_shares(readings(percent=[50.0]), deff=deff)


def test_asked_together_keeps_polls_with_several_targets_for_one_answer() -> None:
    both = readings(
        percent=[60.0, 45.0, 70.0, 71.0],
        poll_id=["P1", "P1", "P2", "P3"],
        target=["a", "b", "a", "other"],
    )
    kept = asked_together(both, targets=["a", "b"], answers=["trust"])
    assert list(zip(kept["poll_id"], kept["target"], strict=True)) == [("P1", "a"), ("P1", "b")]
    mixed = both.assign(response=["trust", "approve", "trust", "trust"])
    assert asked_together(mixed, targets=["a", "b"], answers=["trust", "approve"]).empty


def test_the_multiplier_is_the_normal_quantile() -> None:
    """The interval is Wald with the largest variance: its half-width over the SE is z."""
    for p1, p2 in product((20.0, 80.0), (30.0, 60.0)):
        row = differences_within_poll(readings(percent=[p1, p2]), minuend="t0").iloc[0]
        half = (row["ci_high"] - row["ci_low"]) / 2
        assert half / row["se"] == pytest.approx(stats.norm.ppf(0.975), rel=1e-12)
