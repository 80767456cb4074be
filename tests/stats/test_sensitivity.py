"""Bent shares and turning points agree with R, and with their laws."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers.data.published import polls
from helpers.errors import EstimationError, EvidenceError, HelpersError
from helpers.stats.bend.sensitivity import dont_know_bounds, insincerity_band
from helpers.stats.bend.tipping_points import tipping_design_effect, tipping_point
from helpers.stats.estimates import Estimate, Inapplicable
from helpers.stats.published.printed import differences_within_poll, printed_shares

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "sensitivity.json").read_text(encoding="utf-8")
)
PERCENTS = st.floats(0, 100)


def reading(percent: float | None, n: int | None = 1000, **columns: object) -> pd.DataFrame:
    usual = {
        "poll_id": "P1", "question": "q", "target": "t", "response": "trust", "scale": "trust",
        "percent": percent, "n": n, "subgroup": "all", "source_id": "s1", "evidence": "published",
    }  # fmt: skip
    return pd.DataFrame([{**usual, **columns}]).astype({"n": "Int64", "percent": float})


def question(n: int | None = 1000, **answers: float) -> pd.DataFrame:
    return pd.concat(
        [reading(percent, n, response=name, scale=None) for name, percent in answers.items()]
    )


def triple(row: pd.Series) -> list[float]:
    return [row["estimate"], row["ci_low"], row["ci_high"]]


@pytest.mark.parametrize("case", REFERENCE["bounds"], ids=lambda case: str(case["percent"]))
def test_dont_know_bounds_equal_those_of_r(case: dict[str, object]) -> None:
    rows = question(case["n"], yes=case["percent"], dont_know=case["unsure"])
    found = dont_know_bounds(rows, answers=["yes"], unsure=["dont_know"], deff=case["deff"])
    found = found.set_index("treatment")
    for treatment in ("shown", "left out", "lowest", "highest"):
        expected = case[treatment.replace(" ", "_")]
        assert triple(found.loc[treatment]) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("case", REFERENCE["stated"], ids=lambda case: str(case["percent"]))
def test_tipping_points_to_a_stated_share_equal_those_of_r(case: dict[str, float]) -> None:
    found = tipping_point(reading(case["percent"], case["n"]), to=case["to"], deff=case["deff"])
    assert isinstance(found, Estimate)
    assert [found.estimate, found.ci_low, found.ci_high] == pytest.approx(
        [case["x"], case["low"], case["high"]], rel=1e-8, abs=1e-9
    )
    assert (found.unit, found.n_eff) == ("percent", case["n"] / case["deff"])


@pytest.mark.parametrize("case", REFERENCE["pairs"], ids=lambda case: str(case["p1"]))
def test_tipping_points_to_another_share_equal_those_of_r(case: dict[str, float]) -> None:
    first = reading(case["p1"], case["n1"])
    other = {"target": "t2"} if case["same"] else {"poll_id": "P2", "source_id": "s2"}
    second = reading(case["p2"], case["n2"], **other)
    found = tipping_point(first, to=second, deff=case["deff"])
    assert [found.estimate, found.ci_low, found.ci_high] == pytest.approx(
        [case["x"], case["low"], case["high"]], rel=1e-8
    )
    points = tipping_point(first, to=second, deff=case["deff"], measure="points")
    assert [points.estimate, points.ci_low, points.ci_high] == pytest.approx(
        [case["points"], case["points_low"], case["points_high"]], rel=1e-8
    )
    assert (points.unit, points.source) == ("points", "s1" if case["same"] else "s1;s2")


@pytest.mark.parametrize("case", REFERENCE["deffs"], ids=lambda case: str(case["percent"]))
def test_design_effects_that_turn_a_stated_claim_equal_those_of_r(case: dict[str, float]) -> None:
    found = tipping_design_effect(reading(case["percent"], case["n"]), to=case["to"])
    assert found.estimate == pytest.approx(case["deff"], rel=1e-8)
    assert found.n_eff == pytest.approx(case["n"] / case["deff"], rel=1e-8)


@pytest.mark.parametrize("case", REFERENCE["paired_deffs"], ids=lambda case: str(case["p1"]))
def test_design_effects_that_close_a_gap_equal_those_of_r(case: dict[str, float]) -> None:
    pair = reading(case["p1"], case["n"]), reading(case["p2"], case["n"], target="t2")
    found = tipping_design_effect(pair[0], to=pair[1])
    assert found.estimate == pytest.approx(case["deff"], rel=1e-8)
    row = differences_within_poll(pd.concat(pair), minuend="t", deff=found.estimate).iloc[0]
    assert row["ci_low"] == pytest.approx(0, abs=1e-7)


@given(share=PERCENTS, unsure=st.floats(0, 99), n=st.integers(1, 10**5), deff=st.floats(1, 10))
def test_bounds_hold_the_share_shown_and_the_one_left_out(
    share: float, unsure: float, n: int, deff: float
) -> None:
    assume(share + unsure <= 100)
    rows = question(n, yes=share, unsure=unsure)
    found = dont_know_bounds(rows, answers=["yes"], unsure=["unsure"], deff=deff)
    found = found.set_index("treatment")
    low, high = found.loc["lowest", "estimate"], found.loc["highest", "estimate"]
    for treatment in ("shown", "left out"):
        assert low - 1e-9 <= found.loc[treatment, "estimate"] <= high + 1e-9
        assert found.loc["lowest", "ci_low"] - 1e-9 <= found.loc[treatment, "ci_low"] or treatment == "left out"  # fmt: skip
    other = question(n, no=100 - share - unsure, unsure=unsure)
    mirrored = dont_know_bounds(other, answers=["no"], unsure=["unsure"], deff=deff)
    assert mirrored.set_index("treatment").loc["highest", "estimate"] == pytest.approx(100 - low)


def test_answers_and_unsure_ones_are_summed() -> None:
    rows = question(fully=20, rather=30, no=35, dont_know=10, refused=5)
    found = dont_know_bounds(rows, answers=["fully", "rather"], unsure=["dont_know", "refused"])
    assert list(found["estimate"]) == pytest.approx([50, 50 / 0.85, 50, 65])
    assert list(found["n"]) == [1000, 850, 1000, 1000]
    assert set(found["level"]) == {"fully + rather"}


def test_without_a_base_the_shares_stand_alone() -> None:
    for rows in (question(None, yes=40, dont_know=20), question(yes=40, dont_know=20).assign(subgroup="women")):  # fmt: skip
        found = dont_know_bounds(rows, answers=["yes"], unsure=["dont_know"])
        assert list(found["estimate"]) == pytest.approx([40, 50, 40, 60])
        assert found[["se", "ci_low", "ci_high", "n_eff", "deff"]].isna().all(axis=None)
        first = rows[rows["response"] == "yes"]
        tip = tipping_point(first, to=20)
        assert (tip.estimate, tip.ci_low, tip.ci_high) == (50.0, None, None)
        other = reading(20, target="t2")
        assert tipping_point(first, to=other).ci_low is None
        for claim in (20, other):
            assert tipping_design_effect(first, to=claim) == Inapplicable(
                "no base is published, so there is no interval", "tipping_design_effect"
            )


def test_the_band_starts_at_the_printed_share_and_falls() -> None:
    rows = pd.concat([reading(76.4, 1200), reading(60, 500, target="t2")])
    band = insincerity_band(rows, deff=1.5)
    assert list(band["insincere"][:3]) == [0, 5, 10]
    printed = printed_shares(rows, deff=1.5)
    for column in ("estimate", "se", "ci_low", "ci_high"):
        zero = band.loc[band["insincere"] == 0, column]
        assert list(zero) == pytest.approx(list(printed[column]), rel=1e-12)
        assert list(band.loc[band["insincere"] == 20, column]) == pytest.approx(list(0.8 * zero))
    points = insincerity_band(rows, insincere=[0, 10], measure="points")
    assert list(points["estimate"]) == pytest.approx([76.4, 66.4, 60, 50])
    assert list(points["se"][:1]) == list(points["se"][1:2])
    assert points["ci_low"][0] - points["ci_low"][1] == pytest.approx(10)


@given(
    share=PERCENTS, claim=PERCENTS, n=st.integers(1, 10**5),
    measure=st.sampled_from(["of-each-100", "points"]),
)  # fmt: skip
def test_the_tipping_point_put_back_gives_the_stated_share(
    share: float, claim: float, n: int, measure: str
) -> None:
    row = reading(share, n)
    found = tipping_point(row, to=claim, measure=measure)
    if isinstance(found, Inapplicable):
        assert share / 100 == 0 or share < claim
        return
    band = insincerity_band(row, insincere=[min(found.estimate, 100)], measure=measure).iloc[0]
    assert band["estimate"] == pytest.approx(claim, abs=1e-9)
    assert 0 <= found.ci_low <= found.estimate + 1e-9
    assert found.estimate - 1e-9 <= found.ci_high <= 100
    if found.ci_low > 0:
        at_low = insincerity_band(row, insincere=[found.ci_low], measure=measure).iloc[0]
        assert at_low["ci_low"] == pytest.approx(claim, abs=1e-7)


@given(p1=st.integers(1, 99), p2=st.integers(0, 99), n=st.integers(50, 5000), same=st.booleans())
def test_more_respondents_narrow_the_tipping_point_and_shares_order_it(
    *, p1: int, p2: int, n: int, same: bool
) -> None:
    assume(p1 > p2)
    change = {"target": "t2"} if same else {"poll_id": "P2"}
    few, many = (
        tipping_point(reading(p1, size), to=reading(p2, size, **change)) for size in (n, 4 * n)
    )
    assert few.estimate == many.estimate == pytest.approx(100 * (1 - p2 / p1))
    if few.ci_low is not None:
        assert few.ci_low <= many.ci_low <= many.estimate <= many.ci_high <= few.ci_high + 1e-9


@given(share=PERCENTS, claim=PERCENTS, n=st.integers(2, 10**5))
def test_at_the_design_effect_found_the_interval_just_holds_the_claim(
    share: float, claim: float, n: int
) -> None:
    row = reading(share, n)
    found = tipping_design_effect(row, to=claim)
    if isinstance(found, Estimate):
        assert 1 <= found.estimate <= n
        interval = printed_shares(row, deff=found.estimate).iloc[0]
        end = interval["ci_low"] if share > claim else interval["ci_high"]
        assert end == pytest.approx(claim, abs=1e-6)
    elif "already" in found.reason:
        interval = printed_shares(row).iloc[0]
        assert interval["ci_low"] - 1e-9 <= claim <= interval["ci_high"] + 1e-9
    else:
        assert "that leaves a base of 1" in found.reason


def test_the_interval_covers_the_true_tipping_point() -> None:
    """The share falls to 50 % at x; of simulated polls, nominally many intervals hold x."""
    random, truth, n, trials = np.random.default_rng(11), 0.62, 700, 600
    drawn = 100 * random.binomial(n, truth, size=trials) / n
    found = [tipping_point(reading(float(percent), n), to=50) for percent in drawn]
    x = 100 * (1 - 0.5 / truth)
    hits = np.mean([tip.ci_low <= x <= tip.ci_high for tip in found])
    assert abs(hits - 0.95) < 3 * math.sqrt(0.95 * 0.05 / trials) + 0.01


def test_published_readings_can_be_bent() -> None:
    asked = polls(poll_id="KAZISS_2022_05", target="reform_referendum_2022", response=["support", "dont_know"])  # fmt: skip
    bounds = dont_know_bounds(asked, answers=["support"], unsure=["dont_know"])
    assert list(bounds["estimate"]) == pytest.approx([76.4, 76.4 / 0.918, 76.4, 84.6])
    support = asked[asked["response"] == "support"]
    assert tipping_point(support, to=50).estimate == pytest.approx(100 * (1 - 50 / 76.4))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (question(yes=50, no=50), r"P1 t cannot be bent; got responses \['yes', 'no'\]"),
        (question(no=50, dk=5), r"expected each once, all of \['yes'\] and some of \['dk'\]"),
        (pd.concat([question(yes=50, dk=5)] * 2), r"got responses \['yes', 'dk', 'yes', 'dk'\]"),
        (question(yes=80, dk=30), r"got 80 % and 30 % unsure; expected at most 100 % in all"),
        (question(yes=0, dk=100), r"got 0 % and 100 % unsure; .* somebody with an opinion"),
        (question(yes=float("nan"), dk=4), r"column 'percent' has 1 missing values of 2"),
        (question(yes=120, dk=4), r"1 readings cannot be shares; got percent 120 of n 1000"),
        (question(0, yes=20, dk=4), r"2 readings cannot be shares; got percent 20 of n 0"),
        (question(yes=20, dk=4).drop(columns="question"), r"unknown column \['question'\]"),
        (question(yes=20, dk=4).drop(columns="n"), r"unknown column \['n'\]"),
    ],
)
def test_questions_that_cannot_be_bent_are_refused(rows: pd.DataFrame, told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        dont_know_bounds(rows, answers=["yes"], unsure=["dk"])


def test_options_that_make_no_sense_are_refused() -> None:
    row = reading(40)
    with pytest.raises(EstimationError, match=r"answers and unsure responses overlap or lack"):
        dont_know_bounds(question(yes=4, dk=3), answers=["yes", "dk"], unsure=["dk"])
    with pytest.raises(EstimationError, match=r"overlap or lack; got \[\] and \['dk'\]"):
        dont_know_bounds(question(yes=4, dk=3), answers=[], unsure=["dk"])
    with pytest.raises(
        EstimationError, match=r"cannot be 101 of-each-100 for P1; expected 0 to 100"
    ):
        insincerity_band(row, insincere=[101])
    with pytest.raises(EstimationError, match=r"cannot be 45 points for P1; expected 0 to 40"):
        insincerity_band(row, insincere=[45], measure="points")
    with pytest.raises(EstimationError, match=r"unknown measure 'share'; expected 'of-each-100'"):
        insincerity_band(row, measure="share")
    with pytest.raises(EstimationError, match=r"design effect cannot be used; got 0.5"):
        tipping_point(row, to=5, deff=0.5)
    with pytest.raises(EstimationError, match=r"a claim cannot be 101; expected a percent"):
        tipping_point(row, to=101)
    with pytest.raises(EstimationError, match=r"a claim cannot be nan"):
        tipping_design_effect(row, to=float("nan"))
    with pytest.raises(EstimationError, match=r"about one share; got 2 readings; expected one"):
        tipping_point(pd.concat([row, row]), to=5)
    with pytest.raises(EstimationError, match=r"set against itself; got 't' of 'P1' twice"):
        tipping_point(row, to=row)
    with pytest.raises(EvidenceError, match=r"exactly one evidence kind"):
        tipping_point(row, to=reading(3, target="t2", evidence="simulated"))


@pytest.mark.parametrize(
    ("share", "claim", "told"),
    [
        (48, 50, "48 % is not above 50 %, and insincere answers only lower it"),
        (0, 0, "0 % is not above 0 %"),
    ],
)
def test_a_claim_that_no_insincerity_turns_is_told(share: float, claim: float, told: str) -> None:
    for to in (claim, reading(claim, target="t2")):
        found = tipping_point(reading(share), to=to)
        assert isinstance(found, Inapplicable)
        assert told in found.reason


def test_a_claim_that_no_design_effect_turns_is_told() -> None:
    inside = tipping_design_effect(reading(51), to=50)
    assert inside == Inapplicable(
        "the interval holds 50 % already with a design effect of 1", "tipping_design_effect"
    )
    never = tipping_design_effect(reading(51), to=0)
    assert "no design effect that leaves a base of 1 brings 0 % into" in never.reason
    equal = tipping_design_effect(reading(100), to=reading(100, target="t2"))
    assert "already" in equal.reason


@given(
    percents=st.tuples(*[st.one_of(PERCENTS, st.just(math.nan))] * 2),
    bases=st.tuples(*[st.one_of(st.integers(-1, 3), st.none(), st.integers(1, 10**9))] * 2),
    same=st.booleans(), deff=st.floats(0.9, 1e6), measure=st.sampled_from(["of-each-100", "points"]),
)  # fmt: skip
def test_awkward_readings_give_numbers_a_reason_or_a_named_error(
    *,
    percents: tuple[float, float],
    bases: tuple[int | None, int | None],
    same: bool,
    deff: float,
    measure: str,
) -> None:
    first = reading(percents[0], bases[0], response="yes")
    second = reading(percents[1], bases[1], response="dk", poll_id="P1" if same else "P2")
    calls = [
        lambda: dont_know_bounds(
            pd.concat([first, second]), answers=["yes"], unsure=["dk"], deff=deff
        ),
        lambda: insincerity_band(first, measure=measure, deff=deff),
        lambda: tipping_point(first, to=second, measure=measure, deff=deff),
        lambda: tipping_point(first, to=percents[1], measure=measure, deff=deff),
        lambda: tipping_design_effect(first, to=second),
        lambda: tipping_design_effect(first, to=percents[1]),
    ]
    for call in calls:
        try:
            found = call()
        except HelpersError:
            continue
        if isinstance(found, pd.DataFrame):
            assert np.isfinite(found["estimate"]).all()
            assert np.isfinite(found[["se", "ci_low", "ci_high"]].fillna(0)).all(axis=None)
        elif isinstance(found, Estimate):
            numbers = [found.estimate, found.ci_low, found.ci_high, found.n_eff]
            assert all(number is None or math.isfinite(number) for number in numbers)
