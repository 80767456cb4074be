"""Comparisons of published distributions agree with R and with their laws."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_results import CLOSED, ITERATED, P_VALUE, assert_same, assert_sound, limits, reference

from helpers.data.published import polls
from helpers.errors import EstimationError, EvidenceError, HelpersError
from helpers.stats.compare.distributions import compare_distributions, compare_ordered_distributions
from helpers.stats.estimates import Inapplicable

REFERENCE = reference("distributions")
ANSWERS = ["a", "b", "c", "d", "e"]
COLUMNS = {"item": "answer", "by": "poll_id"}
TABLES = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 40), min_size=k, max_size=k), min_size=2, max_size=3)
)


def published(percents: list[list[float]], bases: list[float]) -> pd.DataFrame:
    """Readings of one poll for each row of ``percents``."""
    rows = [
        {"poll_id": f"P{poll}", "answer": answer, "percent": percent, "n": base}
        for poll, (row, base) in enumerate(zip(percents, bases, strict=True))
        for answer, percent in zip(ANSWERS, row, strict=False)
    ]
    frame = pd.DataFrame(rows, columns=["poll_id", "answer", "percent", "n"])
    return frame.assign(subgroup="all", evidence="published", source_id="s-" + frame["poll_id"])


def counted(table: list[list[int]]) -> pd.DataFrame:
    bases = [sum(row) for row in table]
    shares = [[100 * x / base for x in row] for row, base in zip(table, bases, strict=True)]
    return published(shares, bases)


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["name"])
def test_tables_of_counts_equal_those_of_r(case: dict) -> None:
    rows = counted(case["table"])
    test = compare_distributions(rows, **COLUMNS)
    assert (test.statistic, test.df) == (pytest.approx(case["chi2"], **CLOSED), (case["df"],))
    assert test.p_value == pytest.approx(case["p"], **P_VALUE)
    assert test.effect.estimate == pytest.approx(case["v"], **CLOSED)
    assert test.effect.estimate == pytest.approx(case["vcd_v"], **CLOSED)
    corrected = compare_distributions(rows, **COLUMNS, effect="bias_corrected_v").effect
    assert corrected.estimate == pytest.approx(case["corrected"], **CLOSED)
    low, high = case["low"], case["high"]
    assert limits(test.effect) == pytest.approx((low, max(high, case["v"])), **ITERATED)
    assert limits(corrected) == pytest.approx((min(low, case["corrected"]), high), **ITERATED)


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["name"])
def test_ordered_answers_equal_the_rank_test_of_r(case: dict) -> None:
    order = ANSWERS[: len(case["table"][0])]
    tests = compare_ordered_distributions(counted(case["table"]), **COLUMNS, order=order)
    for test, expected in zip(tests, case["ordinal"], strict=False):
        assert test.p_value == pytest.approx(expected["test_p"], **P_VALUE)
        assert test.effect.estimate == pytest.approx(expected["p"], **CLOSED)
        assert test.effect.se == pytest.approx(expected["se"], **CLOSED)
        assert test.effect.df == pytest.approx(expected["df"], **CLOSED)
        assert limits(test.effect) == pytest.approx((expected["low"], expected["high"]), **CLOSED)


@pytest.mark.parametrize("case", REFERENCE["printed"], ids=lambda case: f"deff-{case['deff']}")
def test_rounded_percents_and_design_effects_equal_those_of_r(case: dict) -> None:
    test = compare_distributions(
        published(case["percents"], case["n"]), **COLUMNS, deff=case["deff"]
    )
    assert test.statistic == pytest.approx(case["chi2"], **CLOSED)
    assert test.p_value == pytest.approx(case["p"], **P_VALUE)
    assert test.effect.estimate == pytest.approx(case["v"], **CLOSED)
    assert limits(test.effect) == pytest.approx((case["low"], case["high"]), **ITERATED)
    assert (test.n, test.effect.deff) == (sum(case["n"]), case["deff"])
    assert test.effect.n_eff == pytest.approx(sum(case["n"]) / case["deff"])


@settings(max_examples=40)
@given(table=TABLES, deff=st.floats(1, 5))
def test_every_table_gives_a_sound_result(table: list[list[int]], deff: float) -> None:
    if any(sum(row) == 0 for row in table):
        return
    rows, order = counted(table), ANSWERS[: len(table[0])]
    for effect in ("cramers_v", "bias_corrected_v"):
        assert_sound(compare_distributions(rows, **COLUMNS, deff=deff, effect=effect))
    pairs = compare_ordered_distributions(rows, **COLUMNS, order=order, deff=deff)
    assert len(pairs) == math.comb(len(table), 2)
    for pair in pairs:
        assert_sound(pair)


@settings(max_examples=30)
@given(table=TABLES)
def test_a_design_effect_divides_the_statistic_and_leaves_the_effect(table: list) -> None:
    if any(sum(row) < 4 for row in table):
        return
    rows, order = counted(table), ANSWERS[: len(table[0])]
    one, two = (compare_distributions(rows, **COLUMNS, deff=deff) for deff in (1, 2))
    if isinstance(one, Inapplicable):
        return
    assert two.statistic == pytest.approx(one.statistic / 2, **CLOSED)
    assert two.effect.estimate == pytest.approx(one.effect.estimate, **CLOSED)
    assert two.p_value >= one.p_value - 1e-12
    for plain, wide in zip(
        *(
            compare_ordered_distributions(rows, **COLUMNS, order=order, deff=deff)
            for deff in (1, 2)
        ),
        strict=True,
    ):
        if isinstance(plain, Inapplicable):
            continue
        assert wide.effect.estimate == pytest.approx(plain.effect.estimate, **CLOSED)
        if plain.effect.ci_low is not None:
            assert wide.effect.ci_low <= plain.effect.ci_low + 1e-9


@settings(max_examples=30)
@given(table=TABLES)
def test_reversing_the_order_mirrors_and_row_order_is_irrelevant(table: list) -> None:
    if any(sum(row) == 0 for row in table):
        return
    rows, order = counted(table), ANSWERS[: len(table[0])]
    rising = compare_ordered_distributions(rows, **COLUMNS, order=order)
    falling = compare_ordered_distributions(rows, **COLUMNS, order=order[::-1])
    for one, other in zip(rising, falling, strict=True):
        if isinstance(one, Inapplicable):
            assert one == other
            continue
        assert one.p_value == pytest.approx(other.p_value, **CLOSED)
        assert one.effect.estimate == pytest.approx(1 - other.effect.estimate, **CLOSED)
    whole, backwards = (compare_distributions(part, **COLUMNS) for part in (rows, rows[::-1]))
    if isinstance(whole, Inapplicable):
        assert whole == backwards
    else:
        assert_same(whole, backwards)


def test_answers_set_aside_leave_the_base() -> None:
    rows = counted([[10, 20, 30, 40], [20, 20, 20, 90]])
    (test,) = compare_ordered_distributions(rows, **COLUMNS, order=["a", "b", "c"], aside=["d"])
    inner = counted([[10, 20, 30], [20, 20, 20]])
    (alone,) = compare_ordered_distributions(inner, **COLUMNS, order=["a", "b", "c"])
    assert_same(test, alone)
    assert (test.n, test.effect.n) == (120, 120)
    assert test.effect.n_eff == pytest.approx(120)


def test_each_pair_has_its_own_sources() -> None:
    rows = counted([[10, 20], [20, 20], [5, 20]])
    pairs = compare_ordered_distributions(rows, **COLUMNS, order=["a", "b"])
    assert [pair.effect.source for pair in pairs] == ["s-P0;s-P1", "s-P0;s-P2", "s-P1;s-P2"]
    assert [pair.effect.group for pair in pairs] == ["P0 over P1", "P0 over P2", "P1 over P2"]
    assert compare_distributions(rows, **COLUMNS).effect.source == "s-P0;s-P1;s-P2"
    with pytest.raises(EvidenceError, match="exactly one evidence kind"):
        compare_distributions(rows.assign(evidence=["published", "simulated"] * 3), **COLUMNS)


def test_published_readings_fit_as_they_are() -> None:
    rows = polls(target="courts", distribution="complete", pollster="bns")
    asked = {"item": "scale", "by": "poll_id", "deff": 2.5}
    test = compare_distributions(rows, **asked)
    assert_sound(test)
    assert (test.df, test.n) == ((8.0,), 54_000)
    order = ["full-distrust", "rather-distrust", "partial-trust", "full-trust"]
    pairs = compare_ordered_distributions(rows, **asked, order=order, aside=["dont-know"])
    assert [pair.effect.evidence for pair in pairs] == ["published"] * 3


def test_one_distribution_or_one_answer_has_a_reason() -> None:
    assert compare_distributions(counted([[10, 20]]), **COLUMNS) == Inapplicable(
        "answers to answer come from one group; a comparison needs two", "compare_distributions"
    )
    alike = compare_distributions(counted([[10, 0], [20, 0]]), **COLUMNS)
    assert "everybody answered answer alike" in alike.reason
    pairs = compare_ordered_distributions(counted([[9, 0], [8, 0]]), **COLUMNS, order=["a", "b"])
    assert pairs[0].reason.startswith("P0 and P1: everybody answered answer alike")
    assert compare_ordered_distributions(counted([[9, 1]]), **COLUMNS, order=["a", "b"]) == ()
    small = compare_distributions(counted([[2, 1], [30, 40]]), **COLUMNS, deff=2)
    assert "group P0 gave fewer than two" in small.reason


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"percent": [40, 58, 50, 50]}, "does not sum to 100 within its rounding; got P0: 98; exp"),
        ({"percent": [40.2, 60.1, 50, 50]}, "got P0: 100.3"),
        ({"percent": [-1, 101, 50, 50]}, "'percent' has impossible values; got -1 first, in 2 row"),
        ({"percent": [40, None, 50, 50]}, "column 'percent' has 1 missing values of 4"),
        ({"percent": list("wxyz")}, "column 'percent' is not numeric; got str"),
        ({"n": [0, 0, 9, 9]}, "column 'n' has impossible values; got 0 first"),
        ({"n": [100, 90, 80, 80]}, r"has several bases; got \['P0'\]; expected one n each"),
        ({"answer": ["a", None, "a", "b"]}, "column 'answer' has 1 missing values"),
        ({"answer": list("aaab")}, r"gives an answer twice; got \[\('P0', 'a'\)\]"),
        ({"answer": list("abac")}, r"differ in their answers; got none for \['P0: c', 'P1: b'\]"),
        ({"subgroup": ["all", "all", "women", "women"]}, r"subgroup is not published; got \['wom"),
    ],
)
def test_contradictory_distributions_are_refused(change: dict, told: str) -> None:
    rows = published([[40, 60], [50, 50]], [100, 80]).assign(**change)
    with pytest.raises(EstimationError, match=told):
        compare_distributions(rows, **COLUMNS)


def test_rounding_is_allowed_for_and_no_more() -> None:
    thirds = published([[33, 33, 33], [33.3, 33.3, 33.3]], [100, 100])
    assert compare_distributions(thirds, **COLUMNS).statistic == pytest.approx(0, abs=1e-9)
    with pytest.raises(EstimationError, match="got P1: 99"):
        compare_distributions(published([[34, 33, 33], [33.1, 33.1, 32.8]], [9, 9]), **COLUMNS)


def test_other_refusals_name_what_is_wrong() -> None:
    rows = counted([[10, 20], [20, 20]])
    with pytest.raises(EstimationError, match="expected a number of at least 1"):
        compare_distributions(rows, **COLUMNS, deff=0.5)
    with pytest.raises(EstimationError, match=r"unknown effect; got 'phi'; expected one of \['cra"):
        compare_distributions(rows, **COLUMNS, effect="phi")
    with pytest.raises(EstimationError, match=r"unknown column \['wave'\]"):
        compare_distributions(rows, item="answer", by="wave")
    for order, aside in ((["a"], ["b"]), (["a", "b"], ["b"]), (["a", "b", "c"], []), (["a"], [])):
        with pytest.raises(EstimationError, match="order does not name each answer once; got orde"):
            compare_ordered_distributions(rows, **COLUMNS, order=order, aside=aside)
    twins = rows.assign(target=rows["poll_id"], poll_id="P0")
    with pytest.raises(EstimationError, match="one poll come from the same respondents; got sever"):
        compare_distributions(twins, item="answer", by="target")


@given(
    percents=st.lists(
        st.sampled_from([0.0, 50.0, 100.0, 33.3, 66.7, -5.0, float("nan"), float("inf")]),
        min_size=4,
        max_size=4,
    ),
    base=st.sampled_from([1, 2, 1000, 1e12, 0, float("nan")]),
)
def test_awkward_rows_give_a_sound_result_or_a_named_error(percents: list, base: float) -> None:
    rows = published([percents[:2], percents[2:]], [base, 500])
    attempts = [
        lambda: [compare_distributions(rows, **COLUMNS)],
        lambda: [compare_distributions(rows, **COLUMNS, effect="bias_corrected_v")],
        lambda: compare_ordered_distributions(rows, **COLUMNS, order=["a", "b"]),
    ]
    for attempt in attempts:
        try:
            results = attempt()
        except HelpersError:
            continue
        for result in results:
            assert_sound(result)


def test_cramers_v_is_covered_as_often_as_claimed() -> None:
    rng = np.random.default_rng(20221123)
    times, n = 200, 300
    shares = np.array([[0.1, 0.2, 0.4, 0.2, 0.1], [0.05, 0.15, 0.3, 0.3, 0.2]])
    expected = shares.mean(axis=0)
    truth = math.sqrt(((shares - expected) ** 2 / expected).sum() / 2)
    covered = 0
    for _ in range(times):
        table = [rng.multinomial(n, row).tolist() for row in shares]
        effect = compare_distributions(counted(table), **COLUMNS).effect
        covered += effect.ci_low <= truth <= effect.ci_high
    assert covered / times > 0.95 - 3 * math.sqrt(0.05 * 0.95 / times)
