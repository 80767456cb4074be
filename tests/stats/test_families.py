"""Families of tests are adjusted as R does, and keep those that did not apply."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_results import respondents
from statsmodels.stats.multitest import multipletests

from helpers.errors import EstimationError, EvidenceError
from helpers.evidence import evidence_of
from helpers.stats.compare.ranks import mann_whitney
from helpers.stats.estimates import Inapplicable, TestResult
from helpers.stats.families import adjust, family_frame

P_VALUES = st.lists(st.floats(0, 1) | st.none(), min_size=1, max_size=30)


def result(p: float | None) -> TestResult | Inapplicable:
    if p is None:
        return Inapplicable("nobody was asked", "mann_whitney")
    return TestResult(
        statistic=0.0, statistic_name="z", df=(1.0, 20.5), p_value=p, effect=None, n=9, method="m"
    )


def adjusted(p_values: list[float | None], method: str) -> list[float | None]:
    members = adjust([result(p) for p in p_values], family="f", method=method)
    return [member.p_adjusted for member in members]


# p <- c(0.01, 0.04, 0.03, 0.005, 0.5, 0.2, 0.04); p.adjust(p, "holm"); p.adjust(p, "BH"), R 4.2.2
@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("holm", [0.06, 0.16, 0.15, 0.035, 0.5, 0.4, 0.16]),
        ("bh", [0.035, 0.056, 0.056, 0.035, 0.5, 0.2333333333333333, 0.056]),
    ],
)
def test_adjusted_p_values_equal_those_of_r(method: str, expected: list[float]) -> None:
    p_values = [0.01, 0.04, 0.03, 0.005, 0.5, 0.2, 0.04]
    assert adjusted(p_values, method) == pytest.approx(expected, rel=1e-12)
    with_gap = adjusted([0.01, None, *p_values[1:]], method)
    assert with_gap[1] is None
    assert with_gap[:1] + with_gap[2:] == pytest.approx(expected, rel=1e-12)


@settings(max_examples=25)
@given(p_values=P_VALUES)
def test_adjusting_keeps_the_order_and_never_lowers_p(p_values: list) -> None:
    members = {
        method: adjust([result(p) for p in p_values], family="f", method=method)
        for method in ("holm", "bh")
    }
    counted = sum(p is not None for p in p_values)
    for method, some in members.items():
        assert [member.result for member in some] == [result(p) for p in p_values]
        assert {(m.tests, m.family, m.adjustment) for m in some} == {(counted, "f", method)}
        whole = [p for p in p_values if p is not None]
        oracle = (
            multipletests(whole, method={"bh": "fdr_bh"}.get(method, method))[1] if whole else []
        )
        assert [m.p_adjusted for m in some if m.p_adjusted is not None] == pytest.approx(oracle)
        pairs = [(m.result.p_value, m.p_adjusted) for m in some if m.p_adjusted is not None]
        assert len(pairs) == counted
        assert all(p * (1 - 1e-12) <= q <= 1 for p, q in pairs)
        ranked = sorted(pairs)
        assert [q for _, q in ranked] == sorted(q for _, q in ranked)
    for holm, bh in zip(members["holm"], members["bh"], strict=True):
        assert holm.p_adjusted is None or bh.p_adjusted <= holm.p_adjusted + 1e-15


@settings(max_examples=20)
@given(p=st.floats(0, 1), gaps=st.integers(0, 5))
def test_one_test_among_those_that_did_not_apply_is_as_it_was(p: float, gaps: int) -> None:
    for method in ("holm", "bh"):
        assert adjusted([None] * gaps + [p], method)[-1] == p


def test_a_family_in_which_none_applied_is_kept() -> None:
    members = adjust([result(None), result(None)], family="f")
    assert [(member.p_adjusted, member.tests) for member in members] == [(None, 0)] * 2


def test_members_as_rows_tell_the_effect_or_the_reason() -> None:
    rows = respondents(trust=[1, 2, 3, 2, 3, 5], sex=list("aaabbb"), flat=[1] * 6)
    tests = [mann_whitney(rows, item=item, by="sex") for item in ("trust", "flat")]
    frame = family_frame(adjust([*tests, result(0.2)], family="by sex"))
    assert evidence_of(frame) == "respondents"
    assert frame["estimate"][0] == tests[0].effect.estimate
    # Holm doubles the smaller of two p-values, and no other may be below it.
    assert tests[0].p_value > 0.2
    assert frame["p_adjusted"].dropna().tolist() == [0.4, 0.4]
    assert frame["reason"][1].startswith("everybody answered flat alike")
    assert frame[["p_value", "n", "estimate"]].loc[1].isna().all()
    assert (frame["df"][2], frame["df"][0]) == ("1;20.5", "")
    assert set(frame["tests"]) == {2}


def test_what_is_no_family_is_refused() -> None:
    with pytest.raises(
        EstimationError, match="family 'f' is empty; got 0 tests; expected at least"
    ):
        adjust([], family="f")
    with pytest.raises(EstimationError, match=r"holds what is no test; got \['float'\]"):
        adjust([result(0.1), 0.2], family="f")
    with pytest.raises(EstimationError, match=r"unknown adjustment; got 'none'; expected one of"):
        adjust([result(0.1)], family="f", method="none")
    rows = respondents(trust=[1, 2, 3, 2, 3, 5], sex=list("aaabbb"))
    kinds = [
        mann_whitney(rows.assign(evidence=kind), item="trust", by="sex")
        for kind in ("respondents", "simulated")
    ]
    with pytest.raises(EvidenceError, match=r"got \['respondents', 'simulated'\]; expected one"):
        adjust(kinds, family="f")
