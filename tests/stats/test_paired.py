"""Tests of paired answers agree with R and with their laws."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_results import (
    CLOSED,
    ITERATED,
    P_VALUE,
    assert_same,
    assert_sound,
    limits,
    reference,
    respondents,
)
from scipy import stats

from helpers.errors import EstimationError, HelpersError
from helpers.stats.compare.paired import friedman, mcnemar, wilcoxon
from helpers.stats.estimates import Inapplicable

REFERENCE = reference("paired")
COUNTS = st.integers(0, 30)
FIVE = st.integers(1, 5)
PAIRS = st.lists(st.tuples(FIVE, FIVE), min_size=1, max_size=25)


def shares(gained: int, lost: int, neither: int, both: int) -> pd.DataFrame:
    cells = np.repeat([[0, 1], [1, 0], [0, 0], [1, 1]], [gained, lost, neither, both], axis=0)
    return respondents(before=cells[:, 0], after=cells[:, 1])


def pairs(answers: list[tuple[int, int]]) -> pd.DataFrame:
    return respondents(before=[a for a, _ in answers], after=[b for _, b in answers])


@pytest.mark.parametrize("case", REFERENCE["mcnemar"], ids=lambda case: str(case["table"]))
def test_changes_of_a_share_equal_those_of_r(case: dict) -> None:
    rows = shares(*case["table"])
    exact = mcnemar(rows, before="before", after="after")
    asymptotic = mcnemar(rows, before="before", after="after", method="asymptotic")
    assert exact.p_value == pytest.approx(case["exact"], **P_VALUE)
    assert asymptotic.statistic == pytest.approx(case["chi2"], **CLOSED)
    assert asymptotic.p_value == pytest.approx(case["p"], **P_VALUE)
    assert exact.effect == asymptotic.effect
    assert exact.effect.estimate == pytest.approx(case["difference"], **CLOSED)
    assert exact.effect.se == pytest.approx(case["se"], **CLOSED)
    assert limits(exact.effect) == pytest.approx((case["low"], case["high"]), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(
    "case",
    REFERENCE["signed"],
    ids=lambda case: "-".join(case[key] for key in ("data", "before", "after", "zeros")),
)
def test_signed_ranks_equal_those_of_r(case: dict) -> None:
    rows = respondents(**REFERENCE["data"][case["data"]])
    asked = {key: case[key] for key in ("before", "after", "zeros")}
    test, exact = (wilcoxon(rows, **asked, method=method) for method in ("asymptotic", "exact"))
    assert test.statistic == exact.statistic == case["w"]
    assert test.p_value == pytest.approx(case["p"], **P_VALUE)
    assert exact.p_value == pytest.approx(case["exact"], **P_VALUE)
    if case.get("exact_b") is not None:
        assert exact.p_value == pytest.approx(case["exact_b"], **P_VALUE)
        assert test.effect.estimate == pytest.approx(case["effectsize_r"], **CLOSED)
    assert test.effect.estimate == pytest.approx(case["r"], **CLOSED)
    assert test.effect.se == pytest.approx(case["se"], **ITERATED)
    assert limits(test.effect) == pytest.approx((case["low"], case["high"]), **ITERATED)


@pytest.mark.parametrize(
    "case", REFERENCE["friedman"], ids=lambda case: "-".join([case["data"], *case["items"]])
)
def test_several_items_equal_those_of_r(case: dict) -> None:
    rows = respondents(**REFERENCE["data"][case["data"]])
    test = friedman(rows, items=case["items"])
    assert (test.statistic, test.df) == (pytest.approx(case["q"], **CLOSED), (case["df"],))
    assert test.p_value == pytest.approx(case["p"], **P_VALUE)
    assert test.p_value == pytest.approx(case["coin_p"], **P_VALUE)
    assert test.effect.estimate == pytest.approx(case["w"], **CLOSED)
    assert limits(test.effect) == pytest.approx((case["low"], case["high"]), **ITERATED)


@given(gained=COUNTS, lost=COUNTS, neither=COUNTS, both=COUNTS)
def test_the_interval_leaves_out_zero_when_the_asymptotic_test_rejects(
    gained: int, lost: int, neither: int, both: int
) -> None:
    if gained + lost == 0:
        return
    test = mcnemar(
        shares(gained, lost, neither, both), before="before", after="after", method="asymptotic"
    )
    assert_sound(test)
    assert (test.p_value < 0.05) == (test.effect.ci_low > 0 or test.effect.ci_high < 0)


@given(gained=COUNTS, lost=COUNTS, neither=COUNTS, both=COUNTS)
def test_swapping_before_and_after_mirrors_the_difference(
    gained: int, lost: int, neither: int, both: int
) -> None:
    if gained + lost + neither + both == 0:
        return
    rows = shares(gained, lost, neither, both)
    one, other = (
        mcnemar(rows, before="before", after="after"),
        mcnemar(rows, before="after", after="before"),
    )
    assert one.p_value == pytest.approx(other.p_value, **CLOSED)
    assert limits(one.effect) == pytest.approx(
        (-other.effect.ci_high, -other.effect.ci_low), abs=1e-7
    )


def test_nobody_changed_leaves_an_exact_answer_alone() -> None:
    rows = shares(0, 0, 30, 20)
    exact = mcnemar(rows, before="before", after="after")
    z2 = stats.norm.isf(0.025) ** 2
    assert (exact.p_value, exact.effect.estimate, exact.effect.se) == (1.0, 0.0, 0.0)
    assert exact.effect.ci_high == pytest.approx(100 * z2 / (50 + z2), rel=1e-6)
    none = mcnemar(rows, before="before", after="after", method="asymptotic")
    assert isinstance(none, Inapplicable)
    assert none.reason.startswith("nobody changed between before and after; method='exact'")


@settings(max_examples=40)
@given(answers=PAIRS, zeros=st.sampled_from(["wilcox", "pratt"]))
def test_swapping_before_and_after_flips_the_rank_biserial(answers: list, zeros: str) -> None:
    rows = pairs(answers)
    for method in ("asymptotic", "exact"):
        one = wilcoxon(rows, before="before", after="after", zeros=zeros, method=method)
        other = wilcoxon(rows, before="after", after="before", zeros=zeros, method=method)
        assert_sound(one)
        if isinstance(one, Inapplicable):
            assert all(a == b for a, b in answers)
            continue
        assert one.p_value == pytest.approx(other.p_value, **CLOSED)
        assert one.effect.estimate == pytest.approx(-other.effect.estimate, **CLOSED)
        assert one.effect.ci_low == pytest.approx(-other.effect.ci_high, **CLOSED)


@settings(max_examples=40)
@given(answers=PAIRS, unchanged=st.integers(1, 20))
def test_unchanged_answers_count_by_the_named_rule_alone(answers: list, unchanged: int) -> None:
    rows = pairs([pair for pair in answers if pair[0] != pair[1]])
    if rows.empty:
        return
    more = pd.concat([rows, pairs([(3, 3)] * unchanged)])
    asked = {"before": "before", "after": "after"}
    left_out, alone = (wilcoxon(frame, **asked, zeros="wilcox") for frame in (more, rows))
    assert_same(left_out, alone)
    assert_same(wilcoxon(rows, **asked, zeros="pratt"), alone)
    ranked = wilcoxon(more, **asked, zeros="pratt")
    assert ranked.statistic >= alone.statistic


def test_exact_signs_are_counted_by_hand() -> None:
    rows = pairs([(1, 2), (1, 2), (1, 3), (2, 1)])
    # Ranks 2, 2, 4 rose and 2 fell: of 16 sign patterns 2 · (1 + 3) lie as far from the middle.
    test = wilcoxon(rows, before="before", after="after", method="exact")
    assert (test.statistic, test.p_value) == (8.0, 8 / 16)


def test_when_all_rose_the_limit_is_exact() -> None:
    effect = wilcoxon(
        pairs([(1, 2), (1, 4), (2, 3), (3, 3)]), before="before", after="after"
    ).effect
    share = stats.binomtest(3, 3).proportion_ci().low
    assert (effect.estimate, effect.se, effect.ci_high) == (1.0, None, 1.0)
    assert effect.ci_low == pytest.approx(2 * share**2 - 1)
    # The least favourable population with that share: one fall, larger than every rise.
    fall = 1 - share
    assert effect.ci_low == pytest.approx(1 - 4 * fall * (1 - fall / 2))


@settings(max_examples=40)
@given(answers=st.lists(st.tuples(FIVE, FIVE, FIVE), min_size=1, max_size=20))
def test_neither_order_of_items_nor_of_rows_matters(answers: list) -> None:
    rows = respondents(**dict(zip("abc", np.array(answers).T, strict=True)))
    first = friedman(rows, items=["a", "b", "c"])
    assert_sound(first)
    for order in permutations("abc"):
        other = friedman(rows[::-1], items=order)
        if isinstance(first, Inapplicable):
            assert isinstance(other, Inapplicable)
        else:
            assert_same(first, other)


def test_kendalls_w_is_1_when_all_rank_the_items_alike() -> None:
    rows = respondents(a=[1, 2, 1], b=[2, 3, 4], c=[5, 4, 5])
    test = friedman(rows, items=["a", "b", "c"])
    assert (test.effect.estimate, test.effect.ci_high) == (pytest.approx(1), pytest.approx(1))
    assert friedman(rows.assign(b=rows["a"]), items=["a", "b"]) == Inapplicable(
        "everybody answered all items alike, so there is nothing to compare", "friedman"
    )


def test_two_items_give_the_sign_test() -> None:
    rows = pairs([(1, 2), (2, 5), (4, 3), (3, 3), (1, 4)])
    rose = rows.assign(before=rows["after"] < rows["before"], after=rows["after"] > rows["before"])
    chi2 = mcnemar(rose, before="before", after="after", method="asymptotic").statistic
    assert friedman(rows, items=["before", "after"]).statistic == pytest.approx(chi2)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"after": [0, None, 1, 1]}, "column 'after' has 1 missing or infinite values of 4"),
        ({"after": [0, 2, 1, 1]}, r"are not shares; got the values \[2.0\]; expected 0 and 1"),
        ({"after": list("abab")}, "column 'after' has no order; got str"),
    ],
)
def test_what_is_no_share_is_refused(change: dict, told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        mcnemar(respondents(**{"before": [0, 1, 0, 1], **change}), before="before", after="after")


def test_other_refusals_name_what_is_wrong() -> None:
    rows = pairs([(1, 2)] * 501)
    asked = {"before": "before", "after": "after"}
    with pytest.raises(EstimationError, match="got 501 who changed; expected at most 500"):
        wilcoxon(rows, **asked, method="exact")
    with pytest.raises(EstimationError, match="unknown rule for zeros; got 'zsplit'"):
        wilcoxon(rows, **asked, zeros="zsplit")
    with pytest.raises(EstimationError, match="unknown method; got 'mid-p'"):
        mcnemar(rows, **asked, method="mid-p")
    with pytest.raises(EstimationError, match="a column is compared with itself"):
        wilcoxon(rows, before="after", after="after")
    for items in (["before"], "before"):
        with pytest.raises(EstimationError, match="expected two columns or more"):
            friedman(rows, items=items)
    scale = pd.Categorical(["no", "yes"] * 250 + ["no"], ["no", "yes"], ordered=True)
    with pytest.raises(EstimationError, match="numbers in all, or the same ordered cat"):
        wilcoxon(rows.assign(after=scale), **asked)
    other = scale.rename_categories(["nay", "yes"])
    with pytest.raises(EstimationError, match="are not on one scale"):
        friedman(rows.assign(before=scale, after=other), items=["before", "after"])


def test_ordered_categories_are_their_positions() -> None:
    words = ["low", "middle", "high"]
    answers = [(1, 2), (2, 3), (3, 1), (1, 3), (2, 2)]
    rows = respondents(
        before=pd.Categorical([words[a - 1] for a, _ in answers], words, ordered=True),
        after=pd.Categorical([words[b - 1] for _, b in answers], words, ordered=True),
    )
    asked = {"before": "before", "after": "after"}
    assert_same(wilcoxon(rows, **asked), wilcoxon(pairs(answers), **asked))


AWKWARD = st.sampled_from([0, 1, 1, 2, 5, 1e300, -1e-300, float("inf"), None])


@given(
    rows=st.lists(st.tuples(AWKWARD, AWKWARD, AWKWARD), max_size=6)
    | st.lists(st.tuples(*[st.sampled_from([0, 1, 1e300])] * 3), max_size=6)
)
def test_awkward_rows_give_a_sound_result_or_a_named_error(rows: list) -> None:
    frame = respondents(**dict(zip("abc", np.array(rows, float).reshape(-1, 3).T, strict=True)))
    attempts = [
        lambda: mcnemar(frame, before="a", after="b"),
        lambda: mcnemar(frame, before="a", after="b", method="asymptotic"),
        lambda: wilcoxon(frame, before="a", after="b"),
        lambda: wilcoxon(frame, before="a", after="b", zeros="pratt", method="exact"),
        lambda: friedman(frame, items=["a", "b", "c"]),
    ]
    for attempt in attempts:
        try:
            assert_sound(attempt())
        except HelpersError:
            continue


def test_intervals_cover_as_often_as_claimed() -> None:
    rng = np.random.default_rng(20221122)
    times, n = 250, 60
    steps, chances = np.array([-2, -1, 0, 1, 2]), np.array([0.08, 0.17, 0.35, 0.25, 0.15])
    whole = np.repeat(steps, (1000 * chances).astype(int))
    truth = wilcoxon(respondents(before=0 * whole, after=whole), before="before", after="after")
    covered = np.zeros(3)
    for _ in range(times):
        change = rng.choice(steps, n, p=chances)
        rank = wilcoxon(
            respondents(before=0 * change, after=change), before="before", after="after"
        )
        covered[0] += rank.effect.ci_low <= truth.effect.estimate <= rank.effect.ci_high
        cells = rng.multinomial(n, [0.2, 0.1, 0.4, 0.3])
        share = mcnemar(shares(*cells), before="before", after="after")
        covered[1] += share.effect.ci_low <= 10 <= share.effect.ci_high
        items = rng.integers(1, 6, (n, 3))
        same = friedman(respondents(**dict(zip("abc", items.T, strict=True))), items=list("abc"))
        covered[2] += same.effect.ci_low == 0
    # Three Monte Carlo standard errors below the nominal 95 %.
    assert (covered / times > 0.95 - 3 * np.sqrt(0.05 * 0.95 / times)).all(), covered / times
