"""What every public function of `helpers.stats` is tried with: a table of functions and strategies."""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd
from data.views_surveys import simulated
from hypothesis import strategies as st
from samples import awkward, declared

from helpers import stats
from helpers.data.official import appeals, indicators, panel, statistics
from helpers.data.published import polls
from helpers.data.survey import Survey
from helpers.errors import HelpersError
from helpers.evidence import Evidence
from helpers.rng import stream

Strategy = st.SearchStrategy[Any]

NO_OPTION = "no such option"
ABSENT = "absent"
NUMBERS = st.sampled_from([0.05, 0.3, 0.5, 1.0, 2.5, 40.0, 0.0, -0.3, 1e9, math.nan, math.inf])
COUNTS = st.sampled_from([1, 2, 3, 5, 0, -1])
BOUNDS = st.sampled_from([0.2, 0.44, 0.56, 5.0, 0.0, -0.2, -5.0, math.nan, math.inf])


def public() -> dict[str, Callable[..., Any]]:
    """Every public function of `helpers.stats` by its name."""
    found = {name: getattr(stats, name) for name in stats.__all__}
    return {name: value for name, value in found.items() if inspect.isfunction(value)}


def by_type(hint: Any) -> Strategy | None:
    """Values for a number, a truth value or a choice of words, which is at times unknown."""
    if get_origin(hint) is Literal:
        return st.sampled_from([*get_args(hint), NO_OPTION])
    if hint in (float, int, bool):
        return {float: NUMBERS, int: COUNTS, bool: st.booleans()}[hint]
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        parts = [st.none() if part is type(None) else by_type(part) for part in get_args(hint)]
        return None if None in parts else st.one_of(*parts)
    return None


def calls(name: str) -> Strategy:
    """Positional and keyword arguments for a function, from its row of `TABLE` and its types."""
    function, kit = public()[name], TABLE[name]
    hints = get_type_hints(function)
    required, optional = {}, {}
    spread: dict[str, Strategy] = {"args": st.just([]), "more": st.just({})}
    for parameter in inspect.signature(function).parameters.values():
        strategy = kit.get(parameter.name)
        if strategy is None:
            strategy = by_type(hints[parameter.name])
        if strategy is None:
            raise LookupError(f"{name}: no strategy for the argument {parameter.name!r}")
        if parameter.kind is parameter.VAR_POSITIONAL:
            spread["args"] = strategy
        elif parameter.kind is parameter.VAR_KEYWORD:
            spread["more"] = strategy
        elif parameter.default is parameter.empty:
            required[parameter.name] = strategy
        else:
            optional[parameter.name] = strategy
    named = st.fixed_dictionaries(required, optional=optional)
    return st.fixed_dictionaries({"named": named, **spread})


def call(name: str, drawn: dict[str, Any]) -> object:
    """The function called with what was drawn."""
    function = public()[name]
    if not drawn["args"]:
        return function(**drawn["named"], **drawn["more"])
    leading = [drawn["named"].pop(key) for key in list(inspect.signature(function).parameters)
               if key in drawn["named"]]  # fmt: skip
    return function(*leading, *drawn["args"], **drawn["more"])


def some(*values: Any) -> Strategy:
    """One of these, or a name that nothing has."""
    return st.sampled_from([*values, ABSENT])


def several(*values: Any, most: int = 4) -> Strategy:
    """A few of these, at times none, twice the same, or a name that nothing has."""
    return st.lists(some(*values), max_size=most)


@st.composite
def respondents(draw: st.DrawFn) -> pd.DataFrame:
    """Awkward rows with further items, as numbers and as a second factor."""
    rows = draw(awkward())
    turned = rows.iloc[draw(st.permutations(range(len(rows))))].reset_index(drop=True)
    order = ["no", "so", "yes", "ever"]
    codes = {name: order.index(name) + 1 for name in order}
    return rows.assign(
        q1=rows["a"].astype(str).map(codes).astype("float64"),
        q2=turned["a"].astype(str).map(codes).astype("float64"),
        q3=[k % 3 + 1.0 for k in range(len(rows))],
        z=turned["y"],
        n=[7 * k % 5 for k in range(len(rows))],
        share=[10.0 * k for k in range(len(rows))],
    )


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    """A few simulated respondents, some answers gone, perhaps without design, items or truth."""
    whole = simulated()
    n = draw(st.sampled_from([60, 25, 8, 2, 1, 0]))
    taken = (draw(st.integers(0, 9)) + np.arange(n) * 37) % len(whole.rows)
    rows, why = whole.rows.iloc[taken].copy(), whole.why.iloc[taken].copy()
    for name in draw(several(*why.columns, most=3)):
        if name in rows:
            kind = draw(st.sampled_from(["refused", "dont-know", "not-asked", None, "constant"]))
            if kind is None:
                rows, why = rows.drop(columns=name), why.drop(columns=name)
            elif kind == "constant":
                rows[name], why[name] = min(whole.codebook.item(name).codes, default=40), pd.NA
            else:
                rows[name], why[name] = math.nan, kind
    rows = rows.drop(columns=draw(st.sampled_from([[], ["weight"], ["stratum", "psu"]])))
    if draw(st.booleans()):
        return replace(whole, rows=rows, why=why)
    return replace(whole, rows=rows.assign(evidence="respondents"), why=why, truth=None)


@cache
def shown(name: str) -> pd.DataFrame:
    """Rows that a function of this name gives, to be read by others."""
    survey, scales = simulated(), ["answering", "heeding"]
    facts = ["sex", "age-group"]
    law = ["BNS_LAW_2023_10", "BNS_LAW_2024_04", "BNS_LAW_2024_10"]
    outcomes = {"wgi_va": "Voice", "vdem_libdem": "Democracy"}
    asked = {"country": "Kazakhstan", "target": "president", "subgroup": "all"}
    made: dict[str, Callable[[], Any]] = {
        "paths": lambda: stats.multiverse(
            {"one": [stats.Choice(k, k) for k in "ab"], "two": [stats.Choice(k, k) for k in "cd"]},
            _path, main={"one": "a", "two": "c"},
        ),
        "family": lambda: stats.several_groups_compared(
            survey, facts=facts, outcomes=scales, family="f"
        ),
        "families": lambda: stats.families_counted(shown("family")),
        "effects": lambda: stats.design_effects(survey, scales=["heeding"]),
        "scree": lambda: stats.scree(survey, scales=["heeding"]),
        "bias": lambda: stats.biased_items(survey),
        "reliability": lambda: stats.scale_reliability(survey),
        "power": lambda: stats.power_by_effect([0.2], sizes=[60], times=3),
        "slopes": lambda: stats.outcome_slopes(
            dict.fromkeys(outcomes, shown("panel")), term="egov_osi", names=outcomes
        ),
        "path": lambda: stats.index_path(
            indicators("wgi_va_u2023", "wgi_cc_u2023", iso3="KAZ").query("2005 <= year <= 2020"),
            names={"wgi_va_u2023": "Voice", "wgi_cc_u2023": "Corruption"},
        ),
        "changes": lambda: stats.index_changes(shown("path"), first=2005, last=2020),
        "equivalence": lambda: stats.change_equivalence(
            shown("changes"), item="Voice", lower=-0.5, upper=0.5
        ),
        "panel": lambda: panel("core").query("year >= 2008"),
        "law": lambda: polls(poll_id=law, distribution="complete"),
        "changes by choice": lambda: stats.wave_changes_by_choice(
            shown("law").query("target != 'feeling_of_safety'"), bound=2.0
        ),
        "trust": lambda: polls(**asked, response=["trust", "approve"]),
        "studies": lambda: stats.poll_studies(shown("trust")),
        "studies with n": lambda: stats.poll_studies(shown("trust").dropna(subset="n")),
        "whole": lambda: polls(poll_id=["DEMOS_2023_12", "STRATEGY_2023_12"], subgroup="all"),
        "appeals": appeals,
        "statistics": statistics,
        "shares": lambda: stats.printed_shares(shown("law")),
    }  # fmt: skip
    return made[name]()


def _path(one: str, two: str) -> stats.Estimate:
    size = {"a": 0.5, "b": -0.2}[one] + {"c": 0.3, "d": 0.1}[two]
    return stats.Estimate(
        item="i", level="l", group="g", estimate=size, se=0.1, ci_low=size - 0.2,
        ci_high=size + 0.2, n=9, n_eff=None, deff=None, df=None, unit="units",
        evidence=Evidence.SIMULATED, source="made", method="made",
    )  # fmt: skip


@st.composite
def rows_of(draw: st.DrawFn, *names: str) -> pd.DataFrame:
    """Some of the rows, a value or a column perhaps gone."""
    whole = shown(draw(st.sampled_from(names)))
    few = st.lists(st.integers(0, len(whole) - 1), max_size=5, unique=True)
    taken = draw(st.one_of(st.just(list(range(min(len(whole), 40)))), few))
    rows = whole.iloc[taken].copy()
    what = draw(st.sampled_from(["as it is", "value", "column"]))
    column = draw(st.sampled_from(list(rows.columns)))
    if what == "column":
        return rows.drop(columns=column)
    if what == "value" and len(rows):
        rows[column] = rows[column].astype("object")
        rows.iloc[0, rows.columns.get_loc(column)] = None
        return rows.infer_objects()
    return rows


def reading(*names: str, **more: Strategy) -> dict[str, Strategy]:
    """The strategies of a function that reads the rows of another."""
    rows = rows_of(*names)
    columns = st.deferred(lambda: some(*shown(names[0]).columns))
    values = some("All", "Voice", "a", "heeding", 1.0)
    asked = st.dictionaries(some("item", "group", "p_value"), values, max_size=2)
    arguments = ("rows", "readings", "reading", "slopes", "path", "changes", "appeals", "row")
    return {**dict.fromkeys(arguments, rows), "column": columns, "where": asked, **more}


ITEMS = some("y", "a", "q1", "g", "z")
GROUPS = some("g", "a", "s")
ANSWERS = several("q1", "q2", "q3", "y")
TERMS = several("z", "g", "q3", "a", most=3)
LIMITS = {"lower": BOUNDS, "upper": BOUNDS, "bound": BOUNDS}
NAMES = st.just("fuzz")
STREAM = st.builds(lambda: stream("fuzz"))
RATIOS = st.tuples(NUMBERS, NUMBERS)
INTERVAL = st.none() | st.tuples(NUMBERS, NUMBERS)

RESPONDENTS: dict[str, Strategy] = {
    "design": respondents().map(declared),
    "data": st.one_of(respondents(), respondents().map(declared)),
    "rows": respondents(),
    "item": ITEMS,
    "by": GROUPS,
    "items": ANSWERS,
    "over": some("w", "y", "q1", "z"),
    "x": ITEMS,
    "y": ITEMS,
    "at": st.lists(NUMBERS, max_size=2),
    "level": some("yes", "x", 1.0),
    "categories": st.none() | several("no", "so", "yes", "ever"),
    "before": ITEMS,
    "after": ITEMS,
    "outcome": some("a", "y", "q1", "g"),
    "terms": TERMS,
    "treatment": some("z", "q3", "g"),
    "mediator": some("y", "q1"),
    "covariates": TERMS,
    "rng": STREAM,
    "name": NAMES,
    "factors": COUNTS,
    "replicates": st.sampled_from([2, 9, 1, 0, -1]),
    "draws": st.sampled_from([None, 50, 1, 0]),
    "times": st.sampled_from([1, 5, 0, -1]),
    "null": INTERVAL,
    "order": several("no", "so", "yes", "ever"),
    "aside": several("ever", most=1),
    "percent": some("share", "n", "y"),
    "n": some("n", "y"),
    "count": some("n", "y"),
    "weight": some("w", "n", "y", "a"),
    "strata": some("s", "g", "y"),
    "psu": some("p", "s", "y"),
    "population_psus": some("n", "w"),
    "base": some("w", "y", "n"),
    "margins": st.dictionaries(
        some("a", "g", "s"),
        st.dictionaries(some("x", "y", "no", "so", "yes", 1, 2), NUMBERS, max_size=4),
        max_size=2,
    ),
    "cells": st.dictionaries(some("x", "y", "z"), NUMBERS, max_size=3).map(
        lambda held: pd.Series(held, dtype="float64").rename_axis("g")
    ),
    "tolerance": NUMBERS,
    "most_iterations": COUNTS,
}


def _made(function: str, **fixed: Strategy) -> Strategy:
    """What another public function makes of respondents, where it can."""

    def attempt(**given: Any) -> Any:
        with suppress(HelpersError):
            return public()[function](**given)
        return None

    made = st.builds(attempt, design=RESPONDENTS["design"], **fixed)
    return made.filter(lambda found: found is not None)


def _model(function: str) -> Strategy:
    return _made(function, outcome=st.sampled_from(["a", "q1", "g"]), terms=TERMS)


REPLICATES = _made("jackknife_replicates") | _made(
    "bootstrap_replicates", replicates=st.just(9), name=NAMES
)
_TEST = stats.TestResult(
    statistic=1.0, statistic_name="z", df=(), p_value=0.3, effect=_path("a", "c"), n=9, method="made"
)  # fmt: skip
_NONE = stats.Inapplicable("nothing varies", "made")
TESTS = st.lists(
    st.sampled_from([_NONE, _TEST, replace(_TEST, effect=None), "no test"]), max_size=4
)
SCALES = [scale.name for scale in simulated().codebook.scales]
WORDS = ["heeding-mend", "trust-courts", "trust-president", "appealed", "appeal-satisfied"]
FACTS = ["sex", "age-group", "region", "language", "settlement", "age"]
PAIRS = st.tuples(some("heeding", "internal-able", "heeding-mend"), some("use", *FACTS))
SURVEY: dict[str, Strategy] = {
    "survey": surveys(),
    "scales": several(*SCALES, most=2),
    "outcomes": several(*SCALES, most=2),
    "scale": some(*SCALES),
    "outcome": some(*SCALES),
    "mediator": some(*SCALES),
    "causes": several(*SCALES, most=2),
    "about": several(*WORDS, most=3),
    "words": several(*WORDS, most=3),
    "others": several(*FACTS, most=2),
    "facts": several(*FACTS, most=2),
    "fact": some(*FACTS),
    "by": some(*FACTS),
    "family": NAMES,
    "channels": several("channel-budgets", "channel-appeals", most=2),
    "reading": several("channel-budgets", most=2),
    "writing": several("channel-appeals", "channel-petitions", most=2),
    "kinds": several("dont-know", "refused", "not-asked", most=2),
    "levels": st.none() | several("net score", "top box", most=2),
    "level": some("net score", "top box"),
    "claims": st.lists(PAIRS, max_size=2),
    "claim": PAIRS,
    "bounds": st.tuples(BOUNDS, BOUNDS),
    "deffs": st.lists(NUMBERS, max_size=2),
    "sets": st.dictionaries(NAMES, several(*SCALES, most=2), max_size=1),
    "biased": st.none() | st.dictionaries(some(*FACTS), several("heeding_mend"), max_size=1),
    "method": NAMES,
}
ONE_WORD = {"about": some(*WORDS)}
SIZES = {"shifts": st.lists(NUMBERS, max_size=2), "shift": NUMBERS, "times": COUNTS,
         "sizes": st.lists(st.sampled_from([60, 2, 1, 0]), max_size=2)}  # fmt: skip
LAW = reading(
    "law", "trust", "whole",
    questions=st.just({"police": "Police", ABSENT: "Nothing"}),
    minuend=some("police", "president"), subtrahend=some("DEMOS_2023_12", "BNS_LAW_2023_10"),
    targets=several("police", "president"),
    answers=several("full-trust", "trust"), answer=some("full-trust", "trust"),
    unsure=several("dont-know", "never-encountered"), order=several("full-trust", "partial-trust"),
    insincere=st.lists(NUMBERS, max_size=2), poll_id=some("DEMOS_2023_12", "BNS_LAW_2023_10"),
    doubtful=several("CSI", "IPS", "Strategy", most=2), since=some("2019", "2023"), to=NUMBERS,
    method=st.just(stats.printed_shares), options=st.just({}),
)  # fmt: skip
STUDIES = reading(
    "studies with n", "studies",
    by=some("stands", "house", "group"), moderators=several("stands", "time", "mode", most=2),
    doubtful=several("CSI", "Strategy", most=2), since=some("2019", "2023"),
)  # fmt: skip
PATHS = reading(
    "paths", end=some("lowest", "highest"), choices=several("one", "two", most=2),
    claims=st.dictionaries(some("A", "B"), rows_of("paths"), max_size=2),
)  # fmt: skip
PANEL = reading(
    "panel", outcome=some("wgi_va", "egov_osi"), terms=several("egov_osi", "egdi", most=2),
    tested=some("egov_osi"), unit=some("iso3", "year"), time=some("year"), item=some("wgi_va"),
    names=st.just({"wgi_va": "Voice"}), term=some("egov_osi", "wgi_va"), rng=st.none() | STREAM,
    panels=st.dictionaries(some("wgi_va"), rows_of("panel"), max_size=1), draws=COUNTS,
    first=st.sampled_from([2008, 2010, 1]), last=st.sampled_from([2022, 2008, 1]),
    ways=st.dictionaries(NAMES, rows_of("slopes"), max_size=1),
)  # fmt: skip
INDEX = reading(
    "path", minuend=some("Voice"), subtrahend=some("Corruption"), item=some("Voice"),
    first=st.sampled_from([2005, 2010, 1]), last=st.sampled_from([2020, 2005, 1]),
    names=st.just({"wgi_va": "Voice"}), found=st.builds(lambda: shown("equivalence")),
)  # fmt: skip
APPEALS = reading("appeals", body=some("body"), answered=some("answered"), received=some("received"),
                  printed=some("percent_printed"), target=st.none() | NUMBERS)  # fmt: skip
YEARS = st.lists(st.sampled_from([2005, 2010, 2020, 1]), max_size=2)
PLANS = {
    "n_eff": RATIOS, "percents": st.lists(NUMBERS, max_size=4), "side": some("higher", "lower"),
    "percent": NUMBERS, "design": RESPONDENTS["design"], "by": GROUPS,
}  # fmt: skip
PRINTED = reading("statistics", direct=some("trust in the president, direct question"),
                  indirect=some("trust in the president, indirect question"))  # fmt: skip
SIMULATED = {
    "draw": st.just(lambda rng, n=9: pd.DataFrame(
        {"x": rng.normal(size=n), "evidence": "simulated", "source": "made"})),
    "test": st.sampled_from([lambda drawn: replace(_TEST, p_value=min(1.0, abs(drawn["x"].mean()))),
                             lambda _: _NONE]),
    "times": COUNTS, "name": NAMES, **SIZES,
}  # fmt: skip


def _each(names: str, kit: dict[str, Strategy], **more: Strategy) -> dict[str, dict[str, Strategy]]:
    return {name: {**kit, **more} for name in names.split()}


TABLE: dict[str, dict[str, Strategy]] = {
    **_each("""alpha_if_dropped bayes_correlation bayes_means bayes_shares bootstrap_difference
        bootstrap_means bootstrap_ratio bootstrap_replicates cliffs_delta compare_distributions
        compare_ordered_distributions cronbach_alpha crosstab dunn equivalent_correlation
        equivalent_means equivalent_ordinal equivalent_proportions factor_correlations
        factor_loadings friedman item_bias item_bias_sizes item_bias_test item_rest
        jackknife_replicates jonckheere kruskal_wallis likert_summary linear_by_linear linear_model
        logistic_model mann_whitney mcnemar means mediation omega_total ordered_model ordinal_alpha
        parallel_analysis polychoric polychoric_matrix polychoric_of_counts post_stratified
        proportions quantiles raked rao_scott survey_design totals weight_diagnostics
        weighted_mean_difference weighted_rank_test weighted_share_difference wilcoxon""",
        RESPONDENTS),
    **_each("effective_bases", PLANS),
    **_each("average_marginal_effects", {"model": _model("ordered_model") | _model("logistic_model")}),
    **_each("effects_above proportional_odds", {"model": _model("ordered_model")}),
    **_each("raked_replicates replicate_estimates", RESPONDENTS, replicates=REPLICATES, unit=NAMES,
        levels=several("one", most=2),
        statistic=st.just(lambda rows, weight: float(weight @ rows["q3"] / weight.sum()))),
    **_each("robustness", RESPONDENTS, method=st.sampled_from([stats.bayes_means, stats.bayes_shares]),
        scales=st.lists(NUMBERS, max_size=2), options=st.fixed_dictionaries({"item": ITEMS, "by": GROUPS})),
    **_each("kish_effective_n", {"weight": st.lists(NUMBERS, max_size=3).map(np.array)}),
    **_each("adjust", {"results": TESTS, "family": NAMES}),
    **_each("family_frame", {"members": TESTS.map(
        lambda found: stats.adjust(
            [_NONE, *(test for test in found if test != "no test")], family="f"))}),
    **_each("to_frame", {"estimates": st.lists(st.just(_path("a", "c")), max_size=2)}),
    **_each("reason_passes", {"function": st.just(stats.count)}),
    **_each("""answer_distributions answer_readings answered_and_satisfied answers_by_fact
        appeal_shares appeal_steps appeal_tests biased_items claim_by_domain claims_tested
        design_effects design_of detectable_at_effective_base effects_on_answers factor_counts
        first_over_others first_over_others_in_ranks hidden_distrust institutions_together
        item_correlations item_statistics items_about joint_loadings kinds_of_use lacking
        margin_shares_of mediated pairs_of_groups readings_by_group region_shares sample_facts
        scale_loadings scale_reliability score_correlations scree several_groups_compared
        shares_that_trust silence_bounds silence_by_group silence_by_item slopes_tested three_ways trends
        two_groups_compared two_or_one use_by_group use_paths users users_and_others weight_classes
        weighting_changes weights_compared""", SURVEY),
    **_each("answers_by_group slopes_by_threshold thresholds_shown", SURVEY, **ONE_WORD),
    **_each("needed_for_no_change", SURVEY, **ONE_WORD, bounds=st.lists(BOUNDS, max_size=2)),
    **_each("prior_widths", SURVEY, scales=st.lists(NUMBERS, max_size=2)),
    **_each("detectable_here", SURVEY, facts=st.dictionaries(some(*FACTS), NAMES, max_size=2)),
    **_each("true_effects", SURVEY,
        item=st.builds(lambda: simulated().codebook.item("heeding_mend")),
        fact=st.builds(lambda: simulated().codebook.item("sex")),
        facts=st.builds(lambda: [simulated().codebook.item(name) for name in ("sex", "settlement")])),
    **_each("census_shares", {"dates": st.dictionaries(some("sex", "region"), NAMES, max_size=2)}),
    **_each("needed_count needed_respondents power_by_design power_by_effect", SIZES,
        by=some("mean", "answers")),
    **_each("sizes_of_tests", SIZES, n=st.sampled_from([60, 4, 1, 0])),
    **_each("widths recomputed", {}),
    **_each("nominal_level rejected_above", reading("power", group=some("5 %"))),
    **_each("""asked_together bayes_printed_shares dated_shares difference_bounds
        differences_between_polls differences_within_poll dont_know_bounds equivalence_by_design_effect
        equivalent_printed_proportions expected_by_chance insincerity_band linkage_paths on_scale
        over_design_effects poll_studies printed_shares summed_answers tipping_design_effect
        tipping_linkage tipping_mean tipping_point tipping_to_poll tipping_to_share
        tipping_within_poll wave_association
        wave_changes_by_choice wave_share_changes wave_superiority with_remainder""", LAW),
    **_each("changes_by_choice_told", reading("changes by choice")),
    **_each("stacked", {"frames": st.lists(rows_of("law", "trust"), max_size=3)}),
    **_each("spread_between_waves", reading("shares", by=some("item", "group"))),
    **_each("answered_as_printed second_shares", reading("appeals")),
    **_each("funnel_limits", APPEALS),
    **_each("office_paths", APPEALS,
        without=st.dictionaries(NAMES, several("Almaty city", "Energy"), max_size=1),
        targets=st.dictionaries(NAMES, st.none() | NUMBERS, max_size=1)),
    **_each("bunch_to_common_rate", APPEALS),
    **_each("funnel_curve", {}),
    **_each("""each_moderator extremes leave_one_out linkage_checks meta_regression pooled
        pooled_checks ranges_relabelled""", STUDIES),
    **_each("bayes_printed_correlation bayes_printed_t equivalent_printed_correlation",
        reading("statistics", "shares", null=INTERVAL)),
    **_each("printed_effects indirect_gap", PRINTED),
    **_each("""agreement claims_side_by_side end_path influence main_path paths_agreeing paths_clear
        paths_known paths_within strongest_choice""", PATHS),
    **_each("choices_side_by_side", PATHS, choices=st.just({"one": "First", "two": "Second"})),
    **_each("multiverse", {
        "choices": st.dictionaries(some("one", "two"), st.lists(
            st.sampled_from([stats.Choice(k, k) for k in "abcd"]), max_size=2), max_size=2),
        "analyse": st.just(_path), "name": st.none() | NAMES,
        "main": st.dictionaries(some("one", "two"), some("a", "c"), max_size=2)}),
    **_each("""fixed_effects outcome_slopes over_ways panel_changes wild_bootstrap_test
        within_wave_ranks within_wave_z without_each""", PANEL),
    **_each("slope_paths", PANEL, terms=st.dictionaries(NAMES, some("egov_osi", "wgi_va"), max_size=1),
        without=st.dictionaries(NAMES, several("EST", "KAZ"), max_size=1),
        years=st.dictionaries(NAMES, st.sampled_from([(2008, 2016), (2022, 2008)]), max_size=1)),
    **_each("in_spreads negligible p_values", reading("slopes")),
    **_each("change_apart index_changes index_path index_places passing_bound stated_bound", INDEX),
    **_each("change_paths", INDEX, less=st.none() | some("Corruption"), first=YEARS, last=YEARS),
    **_each("change_equivalence", INDEX, changes=rows_of("changes")),
    **_each("""detectable_means detectable_ordinal detectable_proportions equivalence_power
        needed_correlation needed_equivalence needed_means needed_ordinal smallest_bound""", PLANS),
    **_each("detectable_correlation", PLANS, n_eff=NUMBERS),
    **_each("needed_proportions", PLANS, percent=RATIOS),
    **_each("simulated_power power_curve", SIMULATED),
    **_each("answered_questions families_counted", reading("family")),
    **_each("all_questions", {"families": st.lists(rows_of("family"), max_size=2)}),
    **_each("counted", reading("families", what=some("tests", "false"), family=some("All", "f"))),
    **_each("steps_as_estimates", reading("family")),
    **_each("bias_sizes bias_tests flagged_items flagged_names rightly_flagged", reading("bias")),
    **_each("factors_found number_of_factors", reading("scree", parallel=rows_of("scree"))),
    **_each("effective_sizes", reading("effects")),
    **_each("extreme", reading("reliability")),
    **_each("insincere_to_half", reading("shares", "effects")),
    **_each("below_level beside count intervals_compared intervals_with_truth largest one pick tally",
        reading("effects", "family", "power")),
    **_each("beside_in", reading("effects", unit=NAMES)),
    **_each("farthest smallest", reading("effects", point=NUMBERS)),
    **_each("worded", reading("reliability", columns=several("estimate", "truth", most=2))),
}  # fmt: skip
"""For each public function, strategies for the arguments whose type does not say what to try."""
