"""Paths, agreement and influence agree with R, and with their laws."""

from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import rng
from helpers.errors import EstimationError, EvidenceError
from helpers.evidence import Evidence
from helpers.stats.bend.multiverse import Choice, multiverse
from helpers.stats.bend.multiverse_summary import agreement, influence
from helpers.stats.estimates import Estimate, Inapplicable, TestResult

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "multiverse.json").read_text(encoding="utf-8")
)
CARS = pd.DataFrame(REFERENCE["mtcars"])
CONTROLS: dict[str, list[str]] = {"none": [], "wt": ["wt"], "wt + hp": ["wt", "hp"]}
CHOICES = {
    "outcome": [Choice("plain", np.asarray), Choice("log", np.log)],
    "controls": [Choice(label, names) for label, names in CONTROLS.items()],
    "cars": [Choice("all", "wt > 0"), Choice("no eights", "cyl < 8"), Choice("no light", "wt > 2.2")],
}  # fmt: skip
MAIN = {"outcome": "plain", "controls": "none", "cars": "all"}


def estimate(value: float, half: float | None = 1.0, **changes: object) -> Estimate:
    low, high = (None, None) if half is None else (value - half, value + half)
    fields = {
        "item": "x", "level": "slope", "group": "all", "se": None, "n": 10, "n_eff": None,
        "deff": None, "df": None, "unit": "units", "evidence": Evidence.PUBLISHED, "source": "s",
        "method": "made", **changes,
    }  # fmt: skip
    return Estimate(estimate=value, ci_low=low, ci_high=high, **fields)


def slope_of_manual(outcome: object, controls: list[str], cars: str) -> TestResult:
    rows = CARS.query(cars)
    y = outcome(rows["mpg"])  # type: ignore[operator]
    y = (y - y.mean()) / y.std(ddof=1)
    fit = sm.OLS(np.asarray(y), sm.add_constant(rows[["am", *controls]].to_numpy(float))).fit()
    low, high = fit.conf_int()[1]
    effect = estimate(float(fit.params[1]), item="am")
    effect = Estimate(
        **{name: getattr(effect, name) for name in Estimate.__dataclass_fields__}
        | {"ci_low": float(low), "ci_high": float(high)}
    )
    return TestResult(
        statistic=float(fit.tvalues[1]), statistic_name="t", df=(float(fit.df_resid),),
        p_value=float(fit.pvalues[1]), effect=effect, n=len(rows), method="ols",
    )  # fmt: skip


def draw(size: int, rng: np.random.Generator) -> Estimate:
    return estimate(float(rng.normal(size=size).mean()))


def of(values: dict[tuple[str, ...], object], *, null: float = 0.0) -> pd.DataFrame:
    """The multiverse whose path (a, b, …) gives the value under these labels."""
    labels = [sorted(set(part)) for part in zip(*values, strict=True)]
    choices = {
        f"choice{k}": [Choice(label, label) for label in part] for k, part in enumerate(labels)
    }
    main = {f"choice{k}": part[0] for k, part in enumerate(labels)}
    return multiverse(choices, lambda **path: values[tuple(path.values())], main=main, null=null)


def test_paths_equal_those_of_r_in_order() -> None:
    rows = multiverse(CHOICES, slope_of_manual, main=MAIN)
    assert list(rows["path"]) == list(range(1, 19))
    for name in MAIN:
        assert list(rows[name]) == REFERENCE["labels"][name]
    for column, key in {"estimate": "estimate", "ci_low": "low", "ci_high": "high"}.items():
        assert list(rows[column]) == pytest.approx(REFERENCE[key], rel=1e-8, abs=1e-10)
    assert list(rows["p_value"]) == pytest.approx(REFERENCE["p"], rel=1e-6)
    assert rows["main"].tolist() == [True] + [False] * 17


def test_agreement_and_influence_equal_those_of_r() -> None:
    rows = multiverse(CHOICES, slope_of_manual, main=MAIN)
    for kind in ("sign", "significance", "both"):
        found = agreement(rows, of=kind)
        assert found.estimate == pytest.approx(REFERENCE[kind], rel=1e-10)
        assert (found.n, found.unit, found.source) == (None, "percent", "s")
    shares = influence(rows, choices=CHOICES).set_index("item")["estimate"]
    for name in MAIN:
        assert shares[name] == pytest.approx(REFERENCE["eta"][name], rel=1e-8)
    assert shares["combinations"] == pytest.approx(REFERENCE["eta"]["Residuals"], rel=1e-8)


def test_influence_equals_aov_on_options_of_unequal_number() -> None:
    labels = product("12", "1234", "123")
    numbers = REFERENCE["made_up"]["estimate"]
    rows = of({label: estimate(number) for label, number in zip(labels, numbers, strict=True)})
    shares = influence(rows, choices=["choice0", "choice1", "choice2"])
    expected = [REFERENCE["made_up"]["eta"][name] for name in "abc"]
    assert list(shares["estimate"][:3]) == pytest.approx(expected, rel=1e-8)
    assert shares["estimate"].sum() == pytest.approx(100)


def test_one_path_is_returned_as_it_is() -> None:
    rows = of({("only",): estimate(3.0, half=None)})
    assert rows.loc[0, ["estimate", "n", "method"]].tolist() == [3.0, 10, "made"]
    assert rows["same_sign"].tolist() == [True]
    assert rows["excludes_null"].isna().all()
    assert agreement(rows).estimate == 100
    assert influence(rows, choices=["choice0"]) == Inapplicable(
        "all paths give the same estimate", "influence"
    )
    assert agreement(rows, of="both") == Inapplicable("the main path has no same_sign and no excludes_null", "agreement")  # fmt: skip


def test_streams_and_workers_do_not_change_a_row() -> None:
    choices = {"size": [Choice(str(size), size) for size in (1, 2, 3, 4)]}
    here = multiverse(choices, draw, main={"size": "1"}, name="walk")
    with joblib.parallel_config(backend="threading", n_jobs=2):
        there = multiverse(choices, draw, main={"size": "1"}, name="walk")
    pd.testing.assert_frame_equal(here, there)
    assert here["estimate"][2] == rng.stream("walk", "3").normal(size=3).mean()


def test_the_null_and_the_p_value_decide_where_there_is_no_interval() -> None:
    test = TestResult(
        statistic=3.0, statistic_name="z", df=(), p_value=0.01, effect=estimate(53.0, half=None),
        n=9, method="m",
    )  # fmt: skip
    rows = of({("a",): estimate(52.0), ("b",): test, ("c",): estimate(49.5)}, null=50)
    assert rows["same_sign"].tolist() == [True, True, False]
    assert rows["excludes_null"].tolist() == [True, True, False]
    assert agreement(rows, of="both").estimate == pytest.approx(200 / 3)


def test_inapplicable_paths_stay_as_rows_and_do_not_count() -> None:
    rows = of(
        {("a",): estimate(2.0), ("b",): Inapplicable("too few", "made"), ("c",): estimate(-3.0)}
    )
    assert rows["reason"].isna().tolist() == [True, False, True]
    assert rows["reason"][1] == "too few"
    assert rows["same_sign"].isna().tolist() == [False, True, False]
    found = agreement(rows)
    assert (found.estimate, found.n) == (50.0, None)
    assert influence(rows, choices=["choice0"]) == Inapplicable(
        "1 of 3 paths have no estimate", "influence"
    )
    nothing = of({("a",): Inapplicable("no", "m"), ("b",): Inapplicable("no", "m")})
    assert agreement(nothing) == Inapplicable("the main path has no same_sign", "agreement")
    assert "2 of 2 paths" in influence(nothing, choices=["choice0"]).reason


@given(
    a=st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=4),
    b=st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=3),
    flip=st.booleans(),
)  # fmt: skip
@settings(max_examples=50)
def test_influence_of_sums_adds_up_and_does_not_see_the_sign(
    *, a: list[float], b: list[float], flip: bool
) -> None:
    sign = -1 if flip else 1
    values = {
        (str(i), str(j)): estimate(sign * (x + y)) for i, x in enumerate(a) for j, y in enumerate(b)
    }
    rows = of(values)
    shares = influence(rows, choices=["choice0", "choice1"])
    if isinstance(shares, Inapplicable):
        assert np.ptp(rows["estimate"]) <= 1e-9
        return
    assert shares["estimate"].between(-1e-9, 100 + 1e-9).all()
    total = len(a) * len(b) * (np.var(a) + np.var(b))
    if total > 1e-6:
        assert shares["estimate"][0] == pytest.approx(
            100 * len(a) * len(b) * np.var(a) / total, abs=1e-6
        )
        assert shares["estimate"][2] == pytest.approx(0, abs=1e-6)


@given(numbers=st.lists(st.one_of(st.floats(-1e6, 1e6), st.none()), min_size=4, max_size=4))
@settings(max_examples=50)
def test_any_mixture_of_results_gives_shares_or_a_reason(numbers: list[float | None]) -> None:
    values = {
        path: Inapplicable("none", "m") if number is None else estimate(number)
        for path, number in zip(product("ab", "cd"), numbers, strict=True)
    }
    rows = of(values)
    assert len(rows) == 4
    for kind in ("sign", "significance", "both"):
        found = agreement(rows, of=kind)
        assert isinstance(found, Inapplicable) or 0 < found.estimate <= 100
    shares = influence(rows, choices=["choice0", "choice1"])
    assert isinstance(shares, Inapplicable) or np.isfinite(shares["estimate"]).all()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"choices": {}}, r"choices cannot be used; got \[\]"),
        ({"choices": {"estimate": [Choice("a", 1)]}}, r"expected some, none called \['estimate'\]"),
        ({"choices": {"a": []}}, r"choice 'a' has options \[\]; expected at least one"),
        ({"choices": {"a": [Choice("x", 1), Choice("x", 2)]}}, r"has options \['x', 'x'\]"),
        ({"main": {"a": "z"}}, r"the main path has an unknown or missing option; got \{'a': 'z'\}"),
        ({"main": {}}, r"unknown or missing option; got \{\}"),
        ({"main": {"a": "x", "b": "y"}}, r"unknown or missing option"),
        ({"analyse": lambda b: b}, r"does not take these choices: .*'a'"),
        ({"analyse": lambda a: a, "name": "walk"}, r"does not take these choices: .*'rng'"),
        (
            {"analyse": lambda a: a},
            r"the path \['x'\] gives no result; got int; expected an Estimate",
        ),
    ],
)
def test_what_no_multiverse_can_be_is_refused(options: dict[str, object], told: str) -> None:
    usual = {
        "choices": {"a": [Choice("x", 1)]},
        "analyse": lambda a: estimate(float(a)),
        "main": {"a": "x"},
    }
    given_ = {**usual, **options}
    with pytest.raises(EstimationError, match=told):
        multiverse(given_.pop("choices"), given_.pop("analyse"), **given_)


def test_a_test_without_effect_and_mixed_evidence_are_refused() -> None:
    bare = TestResult(
        statistic=1.0, statistic_name="z", df=(), p_value=0.3, effect=None, n=9, method="m"
    )
    with pytest.raises(EstimationError, match=r"gives a test without effect"):
        of({("a",): bare})
    with pytest.raises(EvidenceError, match=r"got \['published', 'simulated'\]"):
        of({("a",): estimate(1.0), ("b",): estimate(1.0, evidence=Evidence.SIMULATED)})


def test_an_error_says_on_which_path() -> None:
    def fails(a: int) -> Estimate:
        raise EstimationError("nothing to see")

    with pytest.raises(EstimationError, match="nothing to see") as caught:
        multiverse({"a": [Choice("x", 1)]}, fails, main={"a": "x"})
    assert caught.value.__notes__ == ["on the path ['x']"]


def test_summaries_refuse_what_is_no_multiverse() -> None:
    rows = of({("a", "c"): estimate(1.0), ("a", "d"): estimate(2.0), ("b", "c"): estimate(3.0),
               ("b", "d"): estimate(math.pi)})  # fmt: skip
    with pytest.raises(
        EstimationError, match=r"unknown agreement 'size'; expected one of \['sign'"
    ):
        agreement(rows, of="size")
    with pytest.raises(EstimationError, match=r"agreement is with one main path; got 0 of 3 rows"):
        agreement(rows[1:])
    with pytest.raises(EstimationError, match=r"unknown column \['main', 'same_sign'\]"):
        agreement(rows.drop(columns=["main", "same_sign"]))
    with pytest.raises(EstimationError, match=r"unknown column \['choice9'\]"):
        influence(rows, choices=["choice9"])
    with pytest.raises(EstimationError, match=r"not all combinations; got 3 rows; expected 4"):
        influence(rows[1:], choices=["choice0", "choice1"])
    with pytest.raises(EstimationError, match=r"not all combinations; got 4 rows; expected 2"):
        influence(rows, choices=["choice0"])
    with pytest.raises(
        EstimationError, match=r"no common variance; got units \['points', 'units'\]"
    ):
        influence(rows.assign(unit=["points", "units"] * 2), choices=["choice0", "choice1"])
