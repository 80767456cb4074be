"""The summary of an ordered scale agrees with R, with published bounds and with its laws."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import awkward, check_frame, declared, design, drawn, reference

from helpers.errors import EstimationError, HelpersError
from helpers.stats.describe.describe import proportions
from helpers.stats.describe.likert import likert_summary
from helpers.stats.design import Design, survey_design

LEVELS = ["net score", "top box", "median category", "interpolated median", "consensus"]


def summary(sample: Design, item: str, **options: Any) -> pd.DataFrame:
    """The five rows of one group by their level."""
    return likert_summary(sample, item, **options).set_index("level")


def of_shares(*shares: int, by: str | None = None) -> pd.DataFrame:
    """The summary of a simple random sample with these numbers of answers 1, 2, …."""
    answers = np.repeat(np.arange(1, len(shares) + 1), shares)
    return summary(drawn(a=answers), "a", categories=range(1, len(shares) + 1), by=by)


@pytest.mark.parametrize(
    "case", reference("describe")["scales"], ids=lambda c: f"{c['design']}-{c['item']}"
)
def test_readings_equal_those_of_r(case: dict[str, Any]) -> None:
    sample = design(case["design"]).answered(case["item"])
    rows = summary(sample, case["item"], categories=case["answers"])
    net, top, median, middle, consensus = (rows.loc[level] for level in LEVELS)
    assert net["estimate"] == pytest.approx(100 * case["net"], rel=1e-9)
    assert net["se"] == pytest.approx(100 * case["net_se"], rel=1e-9)
    assert list(net[["ci_low", "ci_high"]]) == pytest.approx(
        [100 * limit for limit in case["net_ci"]], rel=1e-8
    )
    assert top["estimate"] == pytest.approx(100 * case["top"], rel=1e-9)
    assert list(top[["ci_low", "ci_high"]]) == pytest.approx(
        [100 * limit for limit in case["top_ci"]], rel=1e-8
    )
    assert [median["estimate"], median["ci_low"], median["ci_high"]] == [
        case["median"], *case["median_ci"],
    ]  # fmt: skip
    assert middle["estimate"] == pytest.approx(case["interpolated"], rel=1e-9)
    assert list(middle[["ci_low", "ci_high"]]) == pytest.approx(case["interpolated_ci"], rel=1e-8)
    assert consensus["estimate"] == pytest.approx(case["consensus"], rel=1e-9)
    assert consensus["se"] == pytest.approx(case["consensus_se"], rel=1e-6)


def test_known_cases_of_consensus() -> None:
    """Tastle and Wierman (2007): 1 where all agree, 0 for two halves at the ends."""
    assert of_shares(0, 0, 9, 0, 0).loc["consensus", "estimate"] == 1
    assert of_shares(5, 0, 0, 0, 5).loc["consensus", "estimate"] == pytest.approx(0)
    even = 1 + (2 * np.log2(0.5) + 2 * np.log2(0.75)) / 5
    assert of_shares(4, 4, 4, 4, 4).loc["consensus", "estimate"] == pytest.approx(even)


def test_known_cases_of_the_medians() -> None:
    rows = of_shares(2, 3, 5, 0, 0)
    assert rows.loc["median category", "estimate"] == 2
    assert rows.loc["interpolated median", "estimate"] == 2.5
    rows = of_shares(1, 2, 4, 2, 1)
    assert rows.loc["interpolated median", "estimate"] == 3
    assert of_shares(10, 20, 40, 20, 30).loc["interpolated median", "estimate"] == pytest.approx(
        2.5 + 30 / 40
    )
    exactly_half = drawn(a=np.arange(1, 6), w=0.1 * np.array([7, 5, 3, 7, 2]))
    assert (
        summary(exactly_half, "a", categories=range(1, 6)).loc["median category", "estimate"] == 2
    )
    assert pd.isna(rows.loc["median category", "se"])
    assert of_shares(0, 0, 0, 0, 8).loc["median category", "estimate"] == 5


def test_answers_that_nobody_chose_stay_on_the_scale() -> None:
    some = pd.Categorical(
        ["agree", "neither", "agree"], ["disagree", "neither", "agree"], ordered=True
    )
    rows = summary(drawn(a=some), "a")
    assert rows.loc["median category", "estimate"] == 3
    assert rows.loc["net score", "estimate"] == pytest.approx(200 / 3)
    coded = summary(drawn(a=[3, 2, 3]), "a", categories=[1, 2, 3])
    pd.testing.assert_frame_equal(rows, coded)


def test_units_and_methods() -> None:
    rows = of_shares(3, 4, 5, 6, 7)
    assert list(rows.index) == LEVELS
    assert list(rows["unit"]) == ["points", "percent", "units", "units", "index"]
    assert set(rows["method"]) == {"likert_summary"}
    assert set(rows["group"]) == {"all"}


def test_ends_and_box_say_which_answers_count() -> None:
    sample = drawn(a=np.repeat([1, 2, 3, 4, 5], [10, 20, 30, 15, 25]))
    wide = summary(sample, "a", categories=range(1, 6), box=2)
    narrow = summary(sample, "a", categories=range(1, 6), ends=1)
    assert wide.loc["net score", "estimate"] == pytest.approx(10)
    assert wide.loc["top box", "estimate"] == pytest.approx(40)
    assert narrow.loc["net score", "estimate"] == pytest.approx(15)
    assert narrow.loc["top box", "estimate"] == pytest.approx(25)


def test_limits_stop_at_the_ends_of_the_scale() -> None:
    rows = of_shares(1, 0, 0, 0, 5)
    assert rows.loc["net score", "ci_high"] == 100
    assert rows.loc["consensus", "ci_low"] >= 0
    assert of_shares(5, 0, 0, 0, 1).loc["net score", "ci_low"] == -100


def test_net_score_of_two_answers_is_twice_the_share_less_all() -> None:
    sample = design("clus1")
    net = summary(sample, "sch.wide", categories=["No", "Yes"]).loc["net score"]
    share = proportions(sample, "sch.wide").set_index("level").loc["Yes"]
    assert net["estimate"] == pytest.approx(2 * share["estimate"] - 100)
    assert net["se"] == pytest.approx(2 * share["se"])
    assert net["deff"] == pytest.approx(share["deff"])


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), factor=st.floats(1e-3, 1e5), size=st.integers(2, 7))
def test_laws_of_a_scale(seed: int, factor: float, size: int) -> None:
    rng = np.random.default_rng(seed)
    n = 70
    rows = pd.DataFrame(
        {"a": rng.integers(1, size + 1, n), "w": rng.uniform(0.2, 5, n), "p": np.arange(n) % 14}
    ).assign(evidence="simulated", source="made")
    scale = range(1, size + 1)
    one = summary(survey_design(rows, weight="w", psu="p"), "a", categories=scale)
    scaled = survey_design(rows.assign(w=rows["w"] * factor), weight="w", psu="p")
    mixed = survey_design(rows.sample(frac=1, random_state=seed), weight="w", psu="p")
    for other in (scaled, mixed):
        pd.testing.assert_frame_equal(one, summary(other, "a", categories=scale), rtol=1e-7)
    turned = survey_design(rows.assign(a=size + 1 - rows["a"]), weight="w", psu="p")
    mirror = summary(turned, "a", categories=scale)
    assert mirror.loc["net score", "estimate"] == pytest.approx(-one.loc["net score", "estimate"])
    assert mirror.loc["net score", "ci_low"] == pytest.approx(-one.loc["net score", "ci_high"])
    middle = [rows.loc["interpolated median", "estimate"] for rows in (one, mirror)]
    assert sum(middle) == pytest.approx(size + 1)
    agree = [rows.loc["consensus"] for rows in (one, mirror)]
    assert agree[0]["estimate"] == pytest.approx(agree[1]["estimate"])
    assert agree[0]["se"] == pytest.approx(agree[1]["se"])
    assert 0 <= agree[0]["estimate"] <= 1


def test_simulated_intervals_cover_at_the_nominal_rate() -> None:
    rng = np.random.default_rng(3)
    share = np.array([0.1, 0.15, 0.2, 0.35, 0.2])
    true = {"net score": 30.0, "interpolated median": 3.5 + 0.05 / 0.35, "consensus": 0.0}
    far = np.abs(np.arange(5) - share @ np.arange(5)) / 4
    true["consensus"] = 1 + float(share @ np.log2(1 - far))
    hits = dict.fromkeys(true, 0)
    samples = 250
    for _ in range(samples):
        answers = rng.choice(np.arange(1, 6), size=300, p=share)
        rows = summary(drawn(a=answers, w=rng.uniform(0.5, 2, 300)), "a", categories=range(1, 6))
        for level, value in true.items():
            hits[level] += rows.loc[level, "ci_low"] <= value <= rows.loc[level, "ci_high"]
    error = 3.5 * np.sqrt(0.95 * 0.05 / samples)
    assert all(abs(hit / samples - 0.95) < error for hit in hits.values()), hits


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "scale of item 'a' is not stated; got int64; expected an ordered category"),
        ({"categories": [1, 2]}, r"answers outside its categories; got \['3'\]; expected some of"),
        (
            {"categories": [1, 2, 3, 3]},
            r"categories of item 'a' repeat; got \['1', '2', '3', '3'\]",
        ),
        (
            {"categories": [1, 2, 3], "ends": 2},
            "scale of 3 answers; got ends=2, box=1; expected ends",
        ),
        (
            {"categories": [1, 2, 3], "ends": 0},
            "got ends=0, box=1; expected ends of 1 to 1 and a box",
        ),
        (
            {"categories": [1, 2, 3], "box": 3},
            "got ends=1, box=3; expected ends of 1 to 1 and a box",
        ),
    ],
)
def test_a_scale_that_is_not_stated_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        likert_summary(drawn(a=[1, 2, 3]), "a", **options)


def test_a_scale_of_one_answer_or_a_missing_answer_is_refused() -> None:
    with pytest.raises(EstimationError, match="has 1 answer; expected at least 2"):
        likert_summary(drawn(a=[1, 1]), "a", categories=[1])
    with pytest.raises(EstimationError, match=r"'a' has 1 missing values in the domain of 2"):
        likert_summary(drawn(a=[1, None]), "a", categories=[1, 2])
    with pytest.raises(EstimationError, match="not stated; got category"):
        likert_summary(drawn(a=pd.Categorical(["x", "y"])), "a")


@given(rows=awkward(), by=st.sampled_from([None, "g", "p"]), box=st.integers(1, 3))
def test_awkward_samples_give_finite_rows_or_a_named_error(
    rows: pd.DataFrame, by: str | None, box: int
) -> None:
    with suppress(HelpersError):
        check_frame(likert_summary(declared(rows), "a", by=by, box=box))
