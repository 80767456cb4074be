"""Two one-sided tests agree with R, keep their laws, and hold their level at the bound."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import EstimationError, HelpersError
from helpers.stats.design import Design, survey_design
from helpers.stats.estimates import Estimate, Inapplicable
from helpers.stats.no_effect.equivalence import (
    equivalent_means,
    equivalent_ordinal,
    equivalent_proportions,
)
from helpers.stats.no_effect.equivalence_correlation import equivalent_correlation
from helpers.stats.no_effect.equivalence_printed import (
    equivalent_printed_correlation,
    equivalent_printed_proportions,
)
from helpers.stats.no_effect.tost import Equivalence, Verdict

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "equivalence.json").read_text(encoding="utf-8")
)


def respondents(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(evidence="simulated", source="s1")


def equal_design(rows: pd.DataFrame, **options: str) -> Design:
    return survey_design(rows.assign(w=1.0), weight="w", **options)


DESIGNS = {
    "clusters": survey_design(
        respondents(**REFERENCE["frames"]["clusters"]).assign(
            population=lambda rows: rows["fpc"],
        ),
        weight="pw",
        psu="dnum",
        population_psus="population",
    ),
    "strata": survey_design(
        respondents(**REFERENCE["frames"]["strata"]), weight="pw", strata="stype"
    ),
}


def assert_equal(found: Any, want: dict[str, Any], *, to: Any = float) -> None:
    """Numbers of R on the scale of the test; ``to`` takes limits to the scale of the effect."""
    assert isinstance(found, Equivalence), found
    assert found.effect.estimate == pytest.approx(to(want["estimate"]), rel=1e-8, abs=1e-8)
    assert found.above_lower.statistic == pytest.approx(want["t_lower"], rel=1e-7)
    assert found.below_upper.statistic == pytest.approx(want["t_upper"], rel=1e-7)
    assert found.above_lower.p_value == pytest.approx(want["p_lower"], rel=1e-6, abs=1e-12)
    assert found.below_upper.p_value == pytest.approx(want["p_upper"], rel=1e-6, abs=1e-12)
    for name, value in (
        ("ci_low", found.effect.ci_low),
        ("ci_high", found.effect.ci_high),
        ("inner_low", found.inner_low),
        ("inner_high", found.inner_high),
    ):
        assert value == pytest.approx(to(want[name]), rel=1e-7, abs=1e-7)
    if want["df"]:
        assert found.above_lower.df == pytest.approx((want["df"],), rel=1e-8)
        assert found.above_lower.statistic_name == "t"
    else:
        assert (found.above_lower.df, found.above_lower.statistic_name) == ((), "z")


@pytest.mark.parametrize("case", REFERENCE["welch"], ids=range(len(REFERENCE["welch"])))
def test_means_equal_two_one_sided_welch_tests_of_r(case: dict[str, Any]) -> None:
    want = case["r"]
    found = equivalent_means(
        respondents(y=case["y"], g=case["g"]),
        item="y",
        by="g",
        lower=want["lower"],
        upper=want["upper"],
    )
    assert_equal(found, want)
    assert found.effect.se == pytest.approx(want["se"], rel=1e-7)


@pytest.mark.parametrize("case", REFERENCE["ordinal"], ids=range(len(REFERENCE["ordinal"])))
def test_superiority_equals_brunner_and_munzel_in_r(case: dict[str, Any]) -> None:
    # R's effect is that the second group is lower: the probability that the first is higher.
    want = case["r"]
    found = equivalent_ordinal(
        respondents(y=case["y"], g=case["g"]),
        item="y",
        by="g",
        lower=want["lower"],
        upper=want["upper"],
    )
    assert_equal(found, want, to=lambda value: min(max(value, 0.0), 1.0))


@pytest.mark.parametrize("name", DESIGNS)
def test_means_and_shares_equal_svyttest(name: str) -> None:
    design, want = DESIGNS[name], REFERENCE["design"][name]
    bounds = {key: want["means"][key] for key in ("lower", "upper")}
    assert_equal(equivalent_means(design, item="api00", by="awards", **bounds), want["means"])
    level = "E" if name == "clusters" else "M"
    found = equivalent_proportions(
        design, item="stype", level=level, by="awards", lower=-25, upper=25
    )
    assert_equal(found, want["shares"])
    # A domain keeps the design.
    item, by = ("api00", "stype") if name == "clusters" else ("meals", "yr")
    domain = design.where(design.rows["stype"] != "H")
    bounds = {key: want["domain"][key] for key in ("lower", "upper")}
    assert_equal(equivalent_means(domain, item=item, by=by, **bounds), want["domain"])


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("rank", ["pearson", "spearman"])
def test_correlation_equals_fisher_with_the_design_effect_of_survey(name: str, rank: Any) -> None:
    want = REFERENCE["correlations"][name][rank]
    found = equivalent_correlation(
        DESIGNS[name],
        x="api00",
        y="meals" if rank == "pearson" else "ell5",
        lower=math.tanh(want["lower"]),
        upper=math.tanh(want["upper"]),
        rank=rank,
    )
    assert_equal(found, want, to=math.tanh)
    assert found.effect.n_eff == pytest.approx(want["n_eff"], rel=1e-7)
    assert found.effect.deff == pytest.approx(want["deff"], rel=1e-7)


@pytest.mark.parametrize("name", DESIGNS)
def test_superiority_under_a_design_equals_the_linearised_total_of_survey(name: str) -> None:
    want = REFERENCE["shifts"][name]
    found = equivalent_ordinal(
        DESIGNS[name], item="ell5", by="awards", lower=want["lower"], upper=want["upper"]
    )
    assert_equal(found, want)


@pytest.mark.parametrize("case", REFERENCE["proportions"], ids=lambda case: str(case["percent"]))
def test_printed_shares_equal_the_formula_of_toster(case: dict[str, Any]) -> None:
    rows = respondents(percent=[float(p) for p in case["percent"]], n=case["n"])
    found = equivalent_printed_proportions(
        rows, lower=case["lower"], upper=case["upper"], deff=case["deff"]
    )
    assert_equal(found, case)


@pytest.mark.parametrize("case", REFERENCE["fisher"], ids=lambda case: str(case["r"]))
def test_printed_correlation_equals_the_formula_of_toster(case: dict[str, Any]) -> None:
    found = equivalent_printed_correlation(
        respondents(r=[case["r"]], n=[case["n"]]), lower=case["bounds"][0], upper=case["bounds"][1]
    )
    assert_equal(found, case, to=math.tanh)


SAMPLE = respondents(
    y=np.random.default_rng(3).integers(1, 6, 90).astype(float),
    z=np.random.default_rng(5).integers(1, 6, 90).astype(float),
    g=["a", "b", "b"] * 30,
    w=np.random.default_rng(4).uniform(0.5, 3, 90),
    c=np.arange(90) // 5,
)
CLUSTERED = survey_design(SAMPLE, weight="w", psu="c")


def every(
    data: pd.DataFrame, low: float, high: float, by: str = "g"
) -> list[Equivalence | Inapplicable]:
    """All tests on one frame, with bounds as parts of the scale of each."""
    design = survey_design(data, weight="w", psu="c")
    with_categories = design.rows.assign(same=data["y"] > 3)
    answers = survey_design(with_categories, weight="w", psu="c")
    return [
        equivalent_means(data, item="y", by=by, lower=-4 * low, upper=4 * high),
        equivalent_means(design, item="y", by=by, lower=-4 * low, upper=4 * high),
        equivalent_ordinal(data, item="y", by=by, lower=0.5 - 0.5 * low, upper=0.5 + 0.5 * high),
        equivalent_ordinal(design, item="y", by=by, lower=0.5 - 0.5 * low, upper=0.5 + 0.5 * high),
        equivalent_proportions(
            answers, item="same", level="True", by=by, lower=-100 * low, upper=100 * high
        ),
        equivalent_correlation(design, x="y", y="z", lower=-low, upper=high),
        equivalent_correlation(design, x="y", y="z", lower=-low, upper=high, rank="spearman"),
    ]


@settings(max_examples=30)
@given(
    low=st.floats(0.01, 0.9),
    high=st.floats(0.01, 0.9),
    wider=st.floats(1.0, 1.1),
    shift=st.floats(-3, 3),
)
def test_wider_bounds_never_turn_equivalent_into_not_shown(
    low: float, high: float, wider: float, shift: float
) -> None:
    data = SAMPLE.assign(y=lambda rows: rows["y"] + shift * (rows["g"] == "a"))
    for narrow, wide in zip(
        every(data, low, high), every(data, low * wider, high * wider), strict=True
    ):
        assert isinstance(narrow, Equivalence)
        assert isinstance(wide, Equivalence)
        assert wide.p_value <= narrow.p_value + 1e-12
        if narrow.verdict is Verdict.EQUIVALENT:
            assert wide.verdict is Verdict.EQUIVALENT


@settings(max_examples=30)
@given(low=st.floats(0.02, 0.9), high=st.floats(0.02, 0.9), shift=st.floats(-3, 3))
def test_swapping_the_groups_flips_effect_bounds_and_side(
    low: float, high: float, shift: float
) -> None:
    data = SAMPLE.assign(y=lambda rows: rows["y"] + shift * (rows["g"] == "a"))
    swapped = data.assign(g=data["g"].map({"a": "b", "b": "a"}))
    flipped = {Verdict.ABOVE: Verdict.BELOW, Verdict.BELOW: Verdict.ABOVE}
    for one, other in zip(every(data, low, high)[:5], every(swapped, high, low)[:5], strict=True):
        assert isinstance(one, Equivalence)
        assert isinstance(other, Equivalence)
        none = 1.0 if one.effect.unit == "probability" else 0.0
        assert one.effect.estimate == pytest.approx(none - other.effect.estimate, abs=1e-9)
        assert one.above_lower.p_value == pytest.approx(other.below_upper.p_value, abs=1e-10)
        assert one.inner_low == pytest.approx(none - other.inner_high, abs=1e-9)
        if abs(one.p_value - 0.05) > 1e-9:
            assert flipped.get(one.verdict, one.verdict) is other.verdict


@settings(max_examples=30)
@given(low=st.floats(0.02, 0.9), high=st.floats(0.02, 0.9), shift=st.floats(-3.5, 3.5))
def test_the_intervals_say_what_the_verdict_says(low: float, high: float, shift: float) -> None:
    data = SAMPLE.assign(y=lambda rows: rows["y"] + shift * (rows["g"] == "a"))
    for found in every(data, low, high):
        assert isinstance(found, Equivalence)
        assert found.effect.ci_low <= found.inner_low <= found.effect.estimate
        inside = found.lower < found.inner_low and found.inner_high < found.upper
        assert inside == (found.verdict is Verdict.EQUIVALENT)
        assert (found.effect.ci_low > found.upper) == (found.verdict is Verdict.ABOVE)
        assert (found.effect.ci_high < found.lower) == (found.verdict is Verdict.BELOW)


@settings(max_examples=30)
@given(factor=st.floats(1e-6, 1e6))
def test_scaling_the_weights_changes_nothing(factor: float) -> None:
    scaled = SAMPLE.assign(w=SAMPLE["w"] * factor)
    for one, other in zip(every(SAMPLE, 0.2, 0.3), every(scaled, 0.2, 0.3), strict=True):
        assert isinstance(one, Equivalence)
        assert isinstance(other, Equivalence)
        assert one.p_value == pytest.approx(other.p_value, rel=1e-9)


def test_the_order_of_rows_changes_nothing() -> None:
    mixed = SAMPLE.sample(frac=1, random_state=1)
    for one, other in zip(every(SAMPLE, 0.2, 0.3), every(mixed, 0.2, 0.3), strict=True):
        assert isinstance(one, Equivalence)
        assert isinstance(other, Equivalence)
        assert one.p_value == pytest.approx(other.p_value, rel=1e-9)


def test_equal_weights_without_clusters_give_the_published_correlation() -> None:
    found = equivalent_correlation(equal_design(SAMPLE), x="y", y="z", lower=-0.3, upper=0.3)
    assert isinstance(found, Equivalence)
    assert found.effect.deff == pytest.approx(1.0, rel=1e-12)
    assert found.effect.estimate == pytest.approx(np.corrcoef(SAMPLE["y"], SAMPLE["z"])[0, 1])
    printed = equivalent_printed_correlation(
        respondents(r=[found.effect.estimate], n=[90]), lower=-0.3, upper=0.3
    )
    assert isinstance(printed, Equivalence)
    assert printed.above_lower.statistic == pytest.approx(found.above_lower.statistic)


def test_an_ordered_category_is_read_by_its_order() -> None:
    words = ["never", "at times", "often", "daily", "always"]
    ordered = pd.Categorical.from_codes(SAMPLE["y"].astype(int) - 1, words, ordered=True)
    data = SAMPLE.assign(word=ordered)
    one = equivalent_ordinal(SAMPLE, item="y", by="g", lower=0.3, upper=0.7)
    other = equivalent_ordinal(data, item="word", by="g", lower=0.3, upper=0.7)
    assert isinstance(one, Equivalence)
    assert isinstance(other, Equivalence)
    assert other.p_value == one.p_value
    loose = data.assign(word=data["word"].cat.as_unordered())
    with pytest.raises(EstimationError, match="item 'word' has no order; got an unordered"):
        equivalent_ordinal(loose, item="word", by="g", lower=0.3, upper=0.7)


def test_the_bounds_are_asked_for() -> None:
    with pytest.raises(TypeError, match="'lower' and 'upper'"):
        equivalent_means(SAMPLE, item="y", by="g")  # type: ignore[call-arg]


@pytest.mark.parametrize("bounds", [(0.1, 1), (-1, -0.1), (1, -1), (-math.inf, 1), (-1, math.nan)])
def test_bounds_that_do_not_enclose_no_effect_are_refused(bounds: tuple[float, float]) -> None:
    with pytest.raises(EstimationError, match="the bounds cannot be used; got"):
        equivalent_means(SAMPLE, item="y", by="g", lower=bounds[0], upper=bounds[1])


def test_bounds_beyond_the_scale_are_refused() -> None:
    with pytest.raises(EstimationError, match=r"0 < lower < 0\.5 < upper < 1"):
        equivalent_ordinal(SAMPLE, item="y", by="g", lower=-0.1, upper=0.6)
    with pytest.raises(EstimationError, match="-1 < lower < 0 < upper < 1"):
        equivalent_correlation(CLUSTERED, x="y", y="z", lower=-0.1, upper=1.0)
    with pytest.raises(EstimationError, match="-100 < lower < 0 < upper < 100"):
        equivalent_proportions(CLUSTERED, item="g", level="a", by="g", lower=-101, upper=5)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"y": [None] + [1.0] * 89}, r"'y' has 1 missing or infinite.*rows.dropna\(subset=\['y'\]"),
        ({"y": [math.inf] + [1.0] * 89}, "'y' has 1 missing or infinite values of 90"),
        ({"y": ["x"] * 90}, "item 'y' is not numeric"),
        ({"g": ["a", "b", "c"] * 30}, "two groups are compared; got 3 in 'g'"),
        ({"g": [None, "a", "b"] * 30}, "'g' has 30 missing"),
    ],
)
def test_rows_that_cannot_be_compared_are_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(EstimationError, match=told):
        equivalent_means(SAMPLE.assign(**change), item="y", by="g", lower=-1, upper=1)


def test_designs_that_cannot_be_compared_are_refused() -> None:
    gap = survey_design(SAMPLE.assign(y=SAMPLE["y"].where(SAMPLE["y"] > 1)), weight="w")
    with pytest.raises(EstimationError, match=r"Say who is meant: design.answered\('y'\)"):
        equivalent_means(gap, item="y", by="g", lower=-1, upper=1)
    with pytest.raises(EstimationError, match="nobody answered 'q' to 'g'"):
        equivalent_proportions(CLUSTERED, item="g", level="q", by="g", lower=-1, upper=1)
    with pytest.raises(EstimationError, match="unknown rank 'kendall'"):
        equivalent_correlation(CLUSTERED, x="y", y="z", lower=-0.1, upper=0.1, rank="kendall")  # type: ignore[arg-type]
    with pytest.raises(EstimationError, match=r"unknown column \['q'\]"):
        equivalent_means(SAMPLE, item="q", by="g", lower=-1, upper=1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"n": [100, None]}, "column 'n' cannot be used"),
        ({"percent": [101.0, 3.0]}, "column 'percent' cannot be used"),
        ({"subgroup": ["all", "women"]}, r"subgroup is not published; got \['women'\]"),
        ({"poll_id": ["P1", "P1"]}, "one sample are not independent; got poll 'P1' twice"),
    ],
)
def test_printed_rows_that_cannot_be_compared_are_refused(
    change: dict[str, Any], told: str
) -> None:
    rows = respondents(percent=[40.0, 41.0], n=[900, 1000]).assign(**change)
    with pytest.raises(EstimationError, match=told):
        equivalent_printed_proportions(rows, lower=-5, upper=5)


def test_printed_rows_are_counted() -> None:
    rows = respondents(percent=[40.0, 41.0], n=[900, 1000])
    with pytest.raises(EstimationError, match="got 1 rows; expected 2"):
        equivalent_printed_proportions(rows.head(1), lower=-5, upper=5)
    with pytest.raises(EstimationError, match=r"a design effect cannot be used; got 0\.5"):
        equivalent_printed_proportions(rows, lower=-5, upper=5, deff=0.5)
    with pytest.raises(EstimationError, match=r"unknown column \['r'\]"):
        equivalent_printed_correlation(rows, lower=-0.5, upper=0.5)


def test_where_nothing_can_be_said_there_is_a_reason() -> None:
    none = respondents(percent=[0.0, 100.0], n=[900, 1000])
    found = equivalent_printed_proportions(none, lower=-5, upper=5)
    assert found == Inapplicable("both shares are 0 or 100", "equivalent_printed_proportions")
    perfect = equivalent_printed_correlation(respondents(r=[1.0], n=[9]), lower=-0.5, upper=0.5)
    assert perfect == Inapplicable("the items agree perfectly", "equivalent_printed_correlation")
    bounds = {"lower": -1, "upper": 1}
    one = SAMPLE.assign(g="a")
    assert equivalent_means(one, item="y", by="g", **bounds) == Inapplicable(
        "'g' has one group, 'a'", "equivalent_means"
    )
    single = SAMPLE.assign(g=["a"] + ["b"] * 89)
    assert equivalent_means(single, item="y", by="g", **bounds) == Inapplicable(
        "group 'a' of 'g' has one respondent", "equivalent_means"
    )
    constant = SAMPLE.assign(y=0.1)
    for data in (constant, equal_design(constant)):
        assert equivalent_means(data, item="y", by="g", **bounds) == Inapplicable(
            "nothing varies within the groups, or too few units were drawn", "equivalent_means"
        )
    apart = SAMPLE.assign(y=SAMPLE["g"].eq("a") * 1.0)
    for data in (apart, equal_design(apart)):
        assert isinstance(
            equivalent_ordinal(data, item="y", by="g", lower=0.4, upper=0.6), Inapplicable
        )
    flat = survey_design(constant.assign(z=SAMPLE["z"]), weight="w")
    assert equivalent_correlation(flat, x="y", y="z", lower=-0.1, upper=0.1) == Inapplicable(
        "one of the items has a single value", "equivalent_correlation"
    )
    same = equivalent_correlation(CLUSTERED, x="y", y="y", lower=-0.1, upper=0.1)
    assert same == Inapplicable("the items agree perfectly", "equivalent_correlation")


def test_evidence_and_source_travel_with_the_effect() -> None:
    for found in every(SAMPLE, 0.3, 0.3):
        assert isinstance(found, Equivalence)
        assert (found.effect.evidence, found.effect.source) == ("simulated", "s1")
        assert found.above_lower.effect is found.effect
        assert found.effect.n == found.above_lower.n == 90


@given(
    values=st.lists(
        st.sampled_from([0.0, 1.0, 1.0, 2.0, 5.0, 1e6, -3.0, None]), min_size=2, max_size=12
    ),
    groups=st.lists(st.sampled_from(["a", "b", "b", "c"]), min_size=12, max_size=12),
    weights=st.lists(st.sampled_from([1e-6, 1.0, 1.0, 1e6]), min_size=12, max_size=12),
    clusters=st.lists(st.integers(0, 3), min_size=12, max_size=12),
)
def test_awkward_data_give_numbers_a_reason_or_a_named_error(
    values: list[Any], groups: list[str], weights: list[float], clusters: list[int]
) -> None:
    size = len(values)
    data = respondents(
        y=pd.Series(values, dtype="float64"),
        z=pd.Series(values[::-1], dtype="float64"),
        g=groups[:size],
        w=weights[:size],
        c=clusters[:size],
    )
    for test in range(7):
        try:
            found = every(data, 0.3, 0.3)[test]
        except HelpersError:
            continue
        if isinstance(found, Equivalence):
            assert_finite(found)


def assert_finite(found: Equivalence) -> None:
    assert 0 <= found.p_value <= 1
    assert all(
        math.isfinite(value)
        for field in fields(Estimate)
        if isinstance(value := getattr(found.effect, field.name), float)
    )
    assert math.isfinite(found.inner_low)
    assert math.isfinite(found.inner_high)


def test_at_the_bound_equivalence_is_claimed_no_more_often_than_stated() -> None:
    """The true difference is the bound: each claim is wrong, and at most 5 % may be made."""
    rng = np.random.default_rng(20191103)
    times, n = 600, 60
    claims = {"means": 0, "shares": 0, "r": 0}
    for _ in range(times):
        data = respondents(
            y=rng.normal(size=2 * n) + np.repeat([0.8, 0], n), g=["a"] * n + ["b"] * n
        )
        found = equivalent_means(data, item="y", by="g", lower=-0.8, upper=0.8)
        claims["means"] += isinstance(found, Equivalence) and found.verdict is Verdict.EQUIVALENT
        counts = rng.binomial(500, [0.45, 0.35])
        rows = respondents(percent=counts / 5.0, n=[500, 500])
        found = equivalent_printed_proportions(rows, lower=-10, upper=10)
        claims["shares"] += isinstance(found, Equivalence) and found.verdict is Verdict.EQUIVALENT
        x, e = rng.normal(size=(2, 100))
        r = float(np.corrcoef(x, 0.3 * x + math.sqrt(1 - 0.09) * e)[0, 1])
        found = equivalent_printed_correlation(respondents(r=[r], n=[100]), lower=-0.3, upper=0.3)
        claims["r"] += isinstance(found, Equivalence) and found.verdict is Verdict.EQUIVALENT
    error = math.sqrt(0.05 * 0.95 / times)
    for count in claims.values():
        assert 0.05 - 4 * error < count / times < 0.05 + 3 * error


def test_the_interval_of_a_correlation_covers_under_clusters_and_weights() -> None:
    """Of 40 clusters of 10 with a strong cluster effect, 90 % of the 90 % intervals hold rho."""
    rng, times, rho = np.random.default_rng(20191105), 300, 0.3
    root = np.linalg.cholesky([[1, rho], [rho, 1]])
    hits = 0
    for _ in range(times):
        shared, own = root @ rng.normal(size=(2, 40)), root @ rng.normal(size=(2, 400))
        x, y = np.repeat(shared, 10, axis=1) + own
        rows = respondents(x=x, y=y, c=np.repeat(np.arange(40), 10), w=rng.uniform(0.3, 3, 400))
        design = survey_design(rows, weight="w", psu="c")
        found = equivalent_correlation(design, x="x", y="y", lower=-rho, upper=rho)
        assert isinstance(found, Equivalence)
        hits += found.inner_low < rho < found.inner_high
    assert hits / times == pytest.approx(0.9, abs=3.5 * math.sqrt(0.09 / times))
