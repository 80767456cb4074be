"""What bends the headlines: sums, remainders, differences, tipping points of many shares, effects."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data.official import statistics
from helpers.data.published import polls
from helpers.errors import EstimationError, EvidenceError
from helpers.stats.bend.bent_differences import difference_bounds
from helpers.stats.bend.printed_answers import on_scale, stacked, summed_answers, with_remainder
from helpers.stats.bend.tipping_points import tipping_design_effect
from helpers.stats.bend.tipping_tables import tipping_to_poll, tipping_to_share, tipping_within_poll
from helpers.stats.published.printed_effects import indirect_gap, printed_effects


def question(target: str = "courts", *, poll: str = "P", n: int | None = 1000, **answers: float) -> pd.DataFrame:  # fmt: skip
    return pd.DataFrame(
        {
            "poll_id": poll, "question": "q", "target": target, "response": list(answers),
            "scale": None, "percent": list(answers.values()), "n": n, "subgroup": "all",
            "part": "category", "source_id": f"s-{poll}", "evidence": "published",
        }
    ).astype({"n": "Int64"})  # fmt: skip


def test_answers_are_summed_by_question() -> None:
    rows = pd.concat([question(agree=31, fully=23, no=24), question("police", agree=10, fully=5)])
    found = summed_answers(rows, answers=["fully", "agree"])
    assert found[["target", "percent", "response"]].to_numpy().tolist() == [
        ["courts", 54.0, "fully + agree"], ["police", 15.0, "fully + agree"],
    ]  # fmt: skip
    with pytest.raises(EstimationError, match="cannot be summed"):
        summed_answers(question(agree=31, no=24), answers=["fully", "agree"])


@given(yes=st.integers(0, 100), share=st.floats(0, 1))
def test_answers_and_remainder_are_all(yes: int, share: float) -> None:
    rows = with_remainder(question(yes=float(yes), no=(100 - yes) * share))
    assert rows["percent"].sum() == pytest.approx(100)
    assert rows["response"].tolist() == ["yes", "no", "not-printed"]
    assert rows["n"].dtype == "Int64"


def test_a_remainder_needs_both_sides() -> None:
    with pytest.raises(EstimationError, match="at least two answers"):
        with_remainder(question(yes=60))
    with pytest.raises(EstimationError, match="each a category"):
        with_remainder(question(yes=60, no=20).assign(part="single"))
    with pytest.raises(EstimationError, match="at most 100"):
        with_remainder(question(yes=60, no=45))
    assert with_remainder(question(yes=60, no=40.5))["percent"].iloc[-1] == 0


def test_the_scale_replaces_the_wording_or_is_missed() -> None:
    law = on_scale(polls(poll_id="BNS_LAW_2024_10", distribution="complete"))
    assert set(law["response"]) == {
        "full-trust", "partial-trust", "rather-distrust", "full-distrust", "dont-know",
        "never-encountered",
    }  # fmt: skip
    with pytest.raises(EstimationError, match="no place on the scale"):
        on_scale(question(yes=50))


def test_only_one_kind_of_evidence_is_stacked() -> None:
    with pytest.raises(EvidenceError):
        stacked(question(yes=50), question(yes=50).assign(evidence="simulated"))


def test_differences_are_bent_by_hand() -> None:
    """DEMOSCOPE, December 2023, with the variance of the largest spread written out."""
    named = ["president", "government"]
    readings = with_remainder(polls(poll_id="DEMOS_2023_12", target=named, subgroup="all"))
    rows = difference_bounds(
        readings, minuend="president", answer="trust", unsure=["not-printed"], deff=2.5
    ).set_index("treatment")
    expected = {"shown": (69.4, 48.8), "lowest": (69.4, 60.5), "highest": (79.9, 48.8)}
    for treatment, (first, second) in expected.items():
        a, b = first / 100, second / 100
        both = max(0.0, a + b - 1)
        half = 1.959964 * math.sqrt((a + b - 2 * both - (a - b) ** 2) * 2.5 / 1100)
        row = rows.loc[treatment]
        assert [row["estimate"], row["ci_low"], row["ci_high"]] == pytest.approx(
            [100 * (a - b), 100 * (a - b - half), 100 * (a - b + half)], abs=1e-4
        )
        assert row["method"] == "difference_bounds"


def test_a_difference_needs_the_minuend_and_another() -> None:
    alone = question("courts", yes=60, no=20, dont_know=20)
    with pytest.raises(EstimationError, match="has no difference"):
        difference_bounds(alone, minuend="courts", answer="yes", unsure=["dont_know"])
    with pytest.raises(EstimationError, match="has no difference"):
        difference_bounds(
            pd.concat([alone, question("police", yes=1, dont_know=1)]),
            minuend="president", answer="yes", unsure=["dont_know"],
        )  # fmt: skip


def test_tipping_points_of_many_shares() -> None:
    rows = pd.concat([question(trust=80), question("police", trust=45), question(poll="Q", n=None, trust=52)])  # fmt: skip
    found = tipping_to_share(rows, to=50, deff=2.5)
    assert found["estimate"].tolist() == pytest.approx([37.5, math.nan, 100 * 2 / 52], nan_ok=True)
    assert found["reason"].isna().tolist() == [True, False, True]
    effect = tipping_design_effect(question(trust=80), to=50)
    # n (p − c)² / (z² c (1 − c))
    assert found["design_effect"][0] == pytest.approx(effect.estimate)  # type: ignore[union-attr]
    assert found["design_effect"][0] == pytest.approx(1000 * 0.09 / (1.959964**2 * 0.25), rel=1e-5)
    assert found["ci_low"].isna().tolist() == [False, True, True]
    assert found["goal"].eq(50).all()


def test_tipping_points_within_a_poll_name_the_other() -> None:
    rows = pd.concat(
        [question("president", trust=80), question("police", trust=60), question("courts", trust=90),
         question("police", poll="Q", trust=10)]
    )  # fmt: skip
    found = tipping_within_poll(rows, minuend="president")
    assert found[["group", "item", "level", "goal"]].to_numpy().tolist() == [
        ["P", "police", "president", 60.0]
    ]
    assert found["estimate"][0] == pytest.approx(25)
    assert found["ci_low"][0] < 25 < found["ci_high"][0]
    with pytest.raises(EstimationError, match="several readings"):
        tipping_within_poll(pd.concat([rows, rows]), minuend="president")
    with pytest.raises(EstimationError, match="no share can fall"):
        tipping_within_poll(rows, minuend="deputies")


def test_tipping_points_to_another_poll() -> None:
    rows = pd.concat(
        [question(poll=name, trust=share) for name, share in (("P", 80), ("Q", 60), ("R", 50))]
    )
    found = tipping_to_poll(rows, poll_id="Q", deff=1.5)
    assert found[["group", "item", "source"]].to_numpy().tolist() == [["P", "courts", "s-P;s-Q"]]
    assert found["estimate"][0] == pytest.approx(25)
    with pytest.raises(EstimationError, match="got 0 rows"):
        tipping_to_poll(rows, poll_id="none")


def test_printed_effects_keep_their_numbers() -> None:
    rows = statistics(study="karpa-2023")
    found = printed_effects(rows)
    assert found["estimate"].tolist() == rows["value"].tolist()
    assert set(found["n"]) == {5025}
    assert found["ci_low"].isna().all()
    assert found["source"].tolist() == rows["source_id"].tolist()


def test_an_indirect_question_as_insincere_answers() -> None:
    rows = statistics(study="kiis-2026")
    names = [f"trust in the president, {way} question" for way in ("direct", "indirect")]
    points, share = indirect_gap(rows, direct=names[0], indirect=names[1]).itertuples()
    assert (points.estimate, points.unit) == (8, "points")
    assert share.estimate == pytest.approx(100 * 8 / 61)
    with pytest.raises(EstimationError, match="expected one of"):
        indirect_gap(rows, direct="trust", indirect=names[1])
    with pytest.raises(EstimationError, match="direct share is 0"):
        indirect_gap(rows.assign(value=0.0), direct=names[0], indirect=names[1])
