"""Fixed effects, wild bootstrap and ranks within waves agree with R, and with their laws."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import rng
from helpers.data.official import panel
from helpers.errors import EstimationError, EvidenceError, HelpersError
from helpers.stats.estimates import Inapplicable, TestResult
from helpers.stats.panel.panel_models import (
    fixed_effects,
    wild_bootstrap_test,
    within_wave_ranks,
    within_wave_z,
)

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "panel_models.json").read_text(encoding="utf-8")
)
MODEL = {"outcome": "y", "terms": ["a", "b"], "unit": "unit", "time": "time"}
WILD = [
    pytest.param(part["frame"], case, id=f"{part['frame']} {case['null']}")
    for part in REFERENCE["wild"]
    for case in part["values"]
]


def frame(name: str) -> pd.DataFrame:
    return pd.DataFrame(REFERENCE["frames"][name]).assign(source_id="R", evidence="published")


def made(units: int = 8, waves: int = 5, seed: int = 1, slope: float = 0.0) -> pd.DataFrame:
    """A panel in which errors of a unit follow each other and differ in size between units."""
    random = np.random.default_rng(seed)
    unit, time = np.repeat(np.arange(units), waves), np.tile(np.arange(waves), units)
    walk = random.normal(size=(2, units, waves)).cumsum(axis=2)
    error = walk[0] * (1 + np.arange(units)[:, None] / 4)
    a = walk[1].ravel()
    return pd.DataFrame(
        {"unit": unit, "time": time, "a": a, "y": slope * a + error.ravel() + 3.0 * unit - time,
         "source_id": "s", "evidence": "simulated"}
    )  # fmt: skip


@pytest.mark.parametrize("name", REFERENCE["effects"])
@pytest.mark.parametrize("variance", ["CR1", "CR1-within", "CR2"])
def test_effects_equal_those_of_r(name: str, variance: str) -> None:
    case = REFERENCE["effects"][name]
    rows = fixed_effects(frame(name), **MODEL, variance=variance)
    assert list(rows["estimate"]) == pytest.approx(case["slope"], rel=1e-8)
    assert list(rows["estimate"]) == pytest.approx(case["plm_slope"], rel=1e-8)
    if variance == "CR1":
        assert list(rows["se"]) == pytest.approx(case["se"], rel=1e-7)
        assert list(rows["statistic"]) == pytest.approx(case["t"], rel=1e-7)
        assert list(rows["p_value"]) == pytest.approx(case["p"], rel=1e-6)
        assert list(rows["ci_low"]) == pytest.approx(case["low"], rel=1e-7)
        assert list(rows["ci_high"]) == pytest.approx(case["high"], rel=1e-7)
        assert list(rows["df"]) == [case["df"]] * 2
    elif variance == "CR1-within":
        assert list(rows["se"]) == pytest.approx(case["plm_se"], rel=1e-7)
    else:
        assert list(rows["se"]) == pytest.approx(case["cr2_se"], rel=1e-7)
        assert list(rows["df"]) == pytest.approx(case["cr2_df"], rel=1e-6)
        assert list(rows["p_value"]) == pytest.approx(case["cr2_p"], rel=1e-6)


@pytest.mark.parametrize(("name", "case"), WILD)
def test_the_wild_bootstrap_equals_refits_over_every_sign_vector(
    name: str, case: dict[str, float]
) -> None:
    result = wild_bootstrap_test(frame(name), **MODEL, tested="a", null=case["null"])
    assert isinstance(result, TestResult)
    assert result.statistic == pytest.approx(case["t"], rel=1e-7)
    assert result.p_value == pytest.approx(case["p"], abs=1e-12)


@pytest.mark.parametrize("name", ["few", "empluk", "produc16"])
def test_the_interval_holds_the_nulls_that_are_not_rejected(name: str) -> None:
    options = {"rng": None}
    rows = frame(name)

    def p_at(null: float) -> float:
        named = {"rng": rng.stream("wild", name)} if name == "empluk" else options
        return wild_bootstrap_test(rows, **MODEL, tested="b", null=null, draws=999, **named).p_value

    named = {"rng": rng.stream("wild", name)} if name == "empluk" else options
    effect = wild_bootstrap_test(rows, **MODEL, tested="b", draws=999, **named).effect
    step = 1e-6 * effect.se
    for limit, inward in ((effect.ci_low, step), (effect.ci_high, -step)):
        assert p_at(limit + inward) >= 0.05 > p_at(limit - inward)
    assert p_at(effect.estimate) == 1.0


def test_webb_weights_agree_with_enumerated_signs_within_chance() -> None:
    rows = made(12, 6, seed=3, slope=0.4)
    options = {"outcome": "y", "terms": ["a"], "tested": "a", "unit": "unit", "time": "time"}
    exact = wild_bootstrap_test(rows, **options)
    webb = wild_bootstrap_test(rows, **options, signs="webb", rng=rng.stream("webb"))
    again = wild_bootstrap_test(rows, **options, signs="webb", rng=rng.stream("webb"))
    assert webb == again
    assert webb.p_value == pytest.approx(exact.p_value, abs=0.05)
    assert webb.p_value >= 1 / 10_000


@pytest.mark.parametrize("units", [6, 9])
def test_the_wild_bootstrap_rejects_a_true_null_as_often_as_it_says(units: int) -> None:
    trials, rejected, by_t = 300, 0, 0
    options = {"outcome": "y", "terms": ["a"], "unit": "unit", "time": "time"}
    for seed in range(trials):
        rows = made(units, 4, seed=1000 * units + seed)
        rejected += wild_bootstrap_test(rows, **options, tested="a").p_value < 0.05
        by_t += fixed_effects(rows, **options)["p_value"][0] < 0.05
    spread = 3 * math.sqrt(0.05 * 0.95 / trials)
    assert rejected / trials < 0.05 + spread
    assert rejected / trials > 0.005
    assert by_t >= rejected - 3


def test_published_panels_give_an_answer() -> None:
    rows = panel("egov_osi", "wgi_va")
    effects = fixed_effects(rows, outcome="wgi_va", terms=["egov_osi"])
    result = wild_bootstrap_test(rows, outcome="wgi_va", terms=["egov_osi"], tested="egov_osi")
    assert effects["estimate"][0] == result.effect.estimate
    assert effects["df"][0] == 15
    assert result.effect.ci_low < result.effect.estimate < result.effect.ci_high
    assert (result.n, result.effect.source) == (len(rows), effects["source"][0])


@given(
    shifts=st.lists(st.integers(-100, 100), min_size=10, max_size=10),
    wave=st.integers(-100, 100), order=st.randoms(use_true_random=False),
)  # fmt: skip
@settings(max_examples=20)
def test_shifts_of_a_unit_or_wave_and_row_order_change_nothing(
    shifts: list[int], wave: int, order: object
) -> None:
    rows = frame("grunfeld_holes")
    moved = rows.assign(
        y=rows["y"] + np.take(shifts, rows["unit"] - 1) + wave * rows["time"] ** 2 / 1e6
    )
    places = list(range(len(rows)))
    order.shuffle(places)  # type: ignore[attr-defined]
    for variance in ("CR1", "CR2"):
        one = fixed_effects(rows, **MODEL, variance=variance)
        other = fixed_effects(moved.iloc[places], **MODEL, variance=variance)
        for column in ("estimate", "se", "df"):
            assert list(one[column]) == pytest.approx(list(other[column]), rel=1e-7)


@given(factor=st.floats(0.01, 100), sign=st.sampled_from([-1, 1]))
@settings(max_examples=20)
def test_a_change_of_scale_rescales_the_slope_alone(factor: float, sign: int) -> None:
    rows = frame("few")
    scaled = rows.assign(y=rows["y"] * factor * sign)
    one = wild_bootstrap_test(rows, **MODEL, tested="a")
    other = wild_bootstrap_test(scaled, **MODEL, tested="a")
    assert other.effect.estimate == pytest.approx(sign * factor * one.effect.estimate, rel=1e-8)
    assert abs(other.statistic) == pytest.approx(abs(one.statistic), rel=1e-8)
    assert other.p_value == one.p_value


def test_two_waves_give_the_slope_of_first_differences() -> None:
    rows = made(10, 2, seed=5)
    wide = rows.pivot_table(index="unit", columns="time", values=["a", "y"])
    slope = np.polyfit(wide["a"][1] - wide["a"][0], wide["y"][1] - wide["y"][0], 1)[0]
    effects = fixed_effects(rows, outcome="y", terms=["a"], unit="unit", time="time")
    assert effects["estimate"][0] == pytest.approx(slope, rel=1e-10)


def test_ranks_and_z_scores_equal_those_of_r() -> None:
    rows, values = frame("empluk"), REFERENCE["ranks"]
    ranked = within_wave_ranks(rows, item="a", time="time")
    assert list(ranked["a_rank"]) == pytest.approx(values["rank"], abs=1e-12)
    tied = within_wave_ranks(rows.assign(a=rows["a"].round(1)), item="a", time="time")
    assert list(tied["a_rank"]) == pytest.approx(values["tied"], abs=1e-12)
    z = within_wave_z(rows, item="a", time="time")["a_z"]
    assert list(z) == pytest.approx(values["z"], abs=1e-9)


@given(values=st.lists(st.integers(-50, 50), min_size=12, max_size=12), wave=st.integers(1, 3))
def test_ranks_stay_under_monotone_transforms_within_a_wave(values: list[int], wave: int) -> None:
    rows = made(4, 3).assign(y=np.array(values, dtype=float))
    rescaled = rows.assign(y=np.exp(rows["y"] / 10 + rows["time"] * wave))
    one = within_wave_ranks(rows, item="y", time="time")["y_rank"]
    other = within_wave_ranks(rescaled, item="y", time="time")["y_rank"]
    assert list(one) == list(other)
    assert one.between(0, 1).all()
    flipped = within_wave_ranks(rows.assign(y=-rows["y"]), item="y", time="time")["y_rank"]
    assert list(1 - flipped) == pytest.approx(list(one))


@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        ({"y": np.nan}, {}, r"column 'y' has 40 missing or infinite values of 40; .*dropna"),
        ({"a": "text"}, {}, r"column 'a' is not numeric; got (object|str); expected numbers"),
        ({"unit": None}, {}, r"column 'unit' has 40 missing values of 40"),
        ({"time": 1}, {}, r"32 rows repeat a unit and time; expected one row for each"),
        ({}, {"terms": ["nothing"]}, r"unknown column \['nothing'\]"),
        ({}, {"terms": []}, r"terms cannot be used; got \[\] for 'y'"),
        ({}, {"terms": ["a", "a"]}, r"terms cannot be used; got \['a', 'a'\]"),
        ({}, {"terms": ["y"]}, r"terms cannot be used; got \['y'\]"),
        ({}, {"variance": "HC1"}, r"unknown variance 'HC1'; expected one of \('CR1'"),
    ],
)
def test_what_no_panel_can_be_is_refused(
    change: dict[str, object], options: dict[str, object], told: str
) -> None:
    model = {"outcome": "y", "terms": ["a"], "unit": "unit", "time": "time", **options}
    with pytest.raises(EstimationError, match=told):
        fixed_effects(made().assign(**change), **model)


def test_terms_that_repeat_each_other_are_refused() -> None:
    rows = made()
    rows = rows.assign(b=2 * rows["a"] + rows["unit"] - rows["time"])
    with pytest.raises(EstimationError, match=r"terms repeat each other within unit and time"):
        fixed_effects(rows, **MODEL)
    with pytest.raises(EvidenceError, match="carry no evidence"):
        fixed_effects(made().drop(columns="evidence"), **{**MODEL, "terms": ["a"]})


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (made().query("unit == 1"), "the panel has one unit or one time"),
        (made().query("time == 1"), "the panel has one unit or one time"),
        (made().assign(a=lambda rows: rows["unit"] + rows["time"]), "explain a wholly"),
        (made().assign(y=7.0), "explain y wholly"),
        (
            made().assign(y=lambda rows: 2 * rows["a"] + rows["unit"]),
            "fit the outcome without error",
        ),
        (made(2, 6), "2 unit are too few to tell an error of 1 terms from"),
    ],
)
def test_what_the_panel_cannot_bear_is_told(rows: pd.DataFrame, told: str) -> None:
    model = {"outcome": "y", "terms": ["a"], "unit": "unit", "time": "time"}
    result = fixed_effects(rows, **model)
    assert isinstance(result, Inapplicable)
    assert told in result.reason
    boot = wild_bootstrap_test(rows, **model, tested="a")
    assert boot == Inapplicable(result.reason, "wild_bootstrap_test")


def test_the_bootstrap_refuses_what_it_cannot_do() -> None:
    model = {"outcome": "y", "terms": ["a"], "unit": "unit", "time": "time"}
    with pytest.raises(EstimationError, match=r"nothing to test; got tested='b'"):
        wild_bootstrap_test(made(), **model, tested="b")
    with pytest.raises(EstimationError, match=r"draws=5; expected .* at least 99 draws"):
        wild_bootstrap_test(made(), **model, tested="a", draws=5)
    with pytest.raises(EstimationError, match=r"got no rng; expected a named stream"):
        wild_bootstrap_test(made(20), **model, tested="a")
    with pytest.raises(EstimationError, match=r"unknown signs 'mammen'"):
        wild_bootstrap_test(made(), **model, tested="a", signs="mammen")
    five = wild_bootstrap_test(made(5), **model, tested="a")
    assert isinstance(five, Inapplicable)
    assert "no pattern of signs gives a p value below 0.0625" in five.reason


def test_a_wave_of_one_has_no_ranks_and_equal_values_no_z() -> None:
    alone = pd.concat([made(3, 2), made(1, 3).query("time == 2")])
    with pytest.raises(EstimationError, match=r"1 waves have one row"):
        within_wave_ranks(alone, item="y", time="time")
    with pytest.raises(EstimationError, match=r"item 'y' does not vary in 5 waves"):
        within_wave_z(made().assign(y=0.1), item="y", time="time")


@st.composite
def awkward(draw: st.DrawFn) -> pd.DataFrame:
    number = st.one_of(st.sampled_from([0.0, 1.0, 1e8, 1e-8, math.nan]), st.floats(-5, 5))
    cells = draw(
        st.lists(
            st.tuples(st.integers(0, 7), st.integers(0, 3)), min_size=1, max_size=32, unique=True
        )
    )
    columns = {
        name: draw(st.lists(number, min_size=len(cells), max_size=len(cells))) for name in "yab"
    }
    unit, time = zip(*cells, strict=True)
    return pd.DataFrame(
        {"unit": unit, "time": time, **columns, "source_id": "s", "evidence": "simulated"}
    )


@given(rows=awkward(), variance=st.sampled_from(["CR1", "CR1-within", "CR2"]))
@settings(max_examples=150)
def test_awkward_panels_give_numbers_a_reason_or_a_named_error(
    rows: pd.DataFrame, variance: str
) -> None:
    try:
        effects = fixed_effects(rows, **MODEL, variance=variance)
        boot = wild_bootstrap_test(
            rows, **MODEL, tested="a", signs="webb", draws=99, rng=rng.stream("f")
        )
    except HelpersError:
        return
    if isinstance(effects, pd.DataFrame):
        measures = ["estimate", "se", "ci_low", "ci_high", "df", "statistic", "p_value"]
        assert np.isfinite(effects[measures].to_numpy()).all()
        assert effects["p_value"].between(0, 1).all()
    if isinstance(boot, TestResult):
        assert 0 < boot.p_value <= 1
        assert math.isfinite(boot.statistic)
        assert all(
            limit is None or math.isfinite(limit)
            for limit in (boot.effect.ci_low, boot.effect.ci_high)
        )
