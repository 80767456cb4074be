"""Views of models work on any instrument: where an item is lacking they say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.data.survey import Survey, read_survey, survey
from helpers.evidence import Evidence
from helpers.stats.estimates import Inapplicable
from helpers.stats.models.mediation import mediation
from helpers.stats.models.model_data import TOP, ModelData, model_data
from helpers.stats.views.counts import below_level, beside, tally, worded
from helpers.stats.views.detectable import detectable_at_effective_base, needed_for_no_change
from helpers.stats.views.mediation import ALONE, FIXED, mediated, use_by_group, users
from helpers.stats.views.models import (
    effects_on_answers,
    slopes_by_threshold,
    slopes_tested,
    three_ways,
    thresholds_shown,
    weights_compared,
)
from helpers.stats.views.no_effect import claim_by_domain, claims_tested
from helpers.stats.views.priors import prior_widths

FACTS = ["sex", "age-group", "education", "settlement", "language"]
ONE = ["trust-government"]
VIEWS: dict[str, Callable[[Survey], pd.DataFrame | Inapplicable]] = {
    "effects": lambda s: effects_on_answers(s, about=ONE, facts=FACTS),
    "with scores": lambda s: effects_on_answers(s, about=ONE, facts=FACTS, scales=["channels"]),
    "ways": lambda s: three_ways(s, about=ONE, facts=FACTS),
    "thresholds": lambda s: thresholds_shown(s, about=ONE[0], facts=FACTS),
    "slopes": lambda s: slopes_by_threshold(s, about=ONE[0], facts=FACTS),
    "brant": lambda s: slopes_tested(s, about=ONE, facts=FACTS),
    "mediated": lambda s: mediated(
        s, causes=["transparency"], mediator="external-efficacy", outcome="trust"
    ),
    "use": lambda s: use_by_group(s, about=["heeding-account"], fact="education"),
    "claims": lambda s: claims_tested(
        s, claims=[("heeding-account", "use"), ("internal-able", "sex")]
    ),
    "regions": lambda s: claim_by_domain(s, claim=("internal-able", "sex"), fact="region"),
    "priors": lambda s: prior_widths(s, claims=[("heeding", "use")], scales=[0.2, 1.0]),
    "detectable": lambda s: detectable_at_effective_base(s, claims=[("heeding", "use")]),
    "needed": lambda s: needed_for_no_change(s, about="heeding-account", bounds=[5], deffs=[1, 2]),
}
SHAPE = {"item", "level", "group", "estimate", "n", "unit", "evidence", "source", "method"}

FOREIGN = """\
title: Another survey
languages: [en]
roles: {id: id}
missing: {refused: -2}
scales: {}
items:
  - name: q1
    label: Weather
    type: ordinal
    question: {en: The weather is good.}
    options: [{code: 1, label: {en: "No"}}, {code: 2, label: {en: Perhaps}}, {code: 3, label: {en: "Yes"}}]
    missing: [refused]
"""


@pytest.fixture(scope="module")
def simulated() -> Survey:
    return survey()


@pytest.fixture(scope="module")
def plain(simulated: Survey) -> Survey:
    """The same answers as somebody's own file: no weights, strata or units, and no truth."""
    rows = simulated.rows.drop(columns=["weight", "stratum", "psu"])
    rows = rows.assign(evidence=Evidence.RESPONDENTS.value, source_id="own.csv")
    return replace(simulated, rows=rows, truth=None, name="own.csv")


@pytest.fixture
def foreign(tmp_path: Path) -> Survey:
    (tmp_path / "codebook.yml").write_text(FOREIGN, encoding="utf-8")
    frame = pd.DataFrame({"id": range(30), "q1": [1, 2, 3] * 10})
    frame.to_csv(tmp_path / "own.csv", index=False)
    return read_survey(tmp_path / "own.csv", tmp_path / "codebook.yml")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_has_the_shape_and_a_truth_where_it_is_known(
    view: str, simulated: Survey
) -> None:
    rows = VIEWS[view](simulated)
    assert isinstance(rows, pd.DataFrame)
    assert not SHAPE - set(rows.columns)
    assert set(rows["evidence"]) == {"simulated"}


@pytest.mark.parametrize("view", VIEWS)
def test_without_weights_and_truth_there_are_results_and_no_truth(view: str, plain: Survey) -> None:
    rows = VIEWS[view](plain)
    assert isinstance(rows, pd.DataFrame)
    assert set(rows["evidence"]) == {"respondents"}
    for column in {"truth", "positions"} & set(rows.columns):
        assert rows[column].isna().all()


@pytest.mark.parametrize("view", VIEWS)
def test_another_instrument_gets_a_reason(view: str, foreign: Survey) -> None:
    found = VIEWS[view](foreign)
    assert isinstance(found, Inapplicable)
    assert found.evidence is Evidence.RESPONDENTS
    assert "no item" in found.reason


def test_weights_are_compared_only_where_there_are_some(simulated: Survey, plain: Survey) -> None:
    rows = weights_compared(simulated, about=ONE, facts=FACTS)
    assert isinstance(rows, pd.DataFrame)
    assert (rows["apart"] == rows["estimate"] - rows["unweighted"]).all()
    words = worded(rows, "unweighted")
    assert isinstance(words, pd.DataFrame)
    assert words["unweighted_words"].str.fullmatch(r"−?\d\.\d\d \(−?\d\.\d\d to −?\d\.\d\d\)").all()
    assert weights_compared(plain, about=ONE, facts=FACTS) == Inapplicable(
        "the file has no weights", "weights_compared", Evidence.RESPONDENTS
    )


def test_the_upper_half_of_the_answers_is_what_the_models_share(simulated: Survey) -> None:
    data = model_data(simulated, about="heeding-account", facts=["sex"])
    assert isinstance(data, ModelData)
    assert data.above == 3
    codes = simulated.rows["heeding_account"]
    inside = data.design.inside
    assert (data.design.rows[TOP][inside] == 100.0 * (codes[inside] >= 4)).all()


def test_a_line_through_shares_is_a_difference_of_shares(simulated: Survey) -> None:
    rows = use_by_group(simulated, about=["heeding-account"], fact="education")
    assert isinstance(rows, pd.DataFrame)
    found = users(simulated)
    assert isinstance(found, pd.Series)
    people = simulated.rows.assign(use=found.astype("str")).dropna(
        subset=["heeding_account", "education"]
    )
    people = people[found.notna()[people.index]]
    shares = {
        key: 100 * np.average(part["heeding_account"] >= 4, weights=part["weight"])
        for key, part in people.groupby(["education", "use"])
    }
    gaps = [shares[level, "Used a channel"] - shares[level, "Used none"] for level in (1, 2, 3)]
    np.testing.assert_allclose(
        rows["estimate"], [*gaps, gaps[1] - gaps[0], gaps[2] - gaps[0]], atol=1e-8
    )
    assert (rows["truth"] == 0).all()


def test_mediation_alone_is_near_the_truth_of_scores_and_far_from_that_of_positions(
    simulated: Survey,
) -> None:
    rows = mediated(
        simulated, causes=["transparency"], mediator="external-efficacy", outcome="trust",
        others=["participation", "heeding"],
    )  # fmt: skip
    assert isinstance(rows, pd.DataFrame)
    alone = rows[rows["way"] == ALONE].set_index("path")
    r = simulated.truth["scores"]["answered"]["correlation"]  # type: ignore[index]
    xm, xy, my = (r[key]["value"] for key in (
        "transparency, external-efficacy", "transparency, trust", "external-efficacy, trust"))  # fmt: skip
    solved = np.linalg.solve([[1, xm], [xm, 1]], [my, xy])
    assert alone["truth"].to_list() == pytest.approx([xm, solved[0], xm * solved[0], solved[1], xy])
    assert alone.loc["total", "estimate"] == pytest.approx(
        alone.loc["indirect", "estimate"] + alone.loc["direct", "estimate"]
    )
    fixed = rows[rows["way"] == FIXED].set_index("path")
    assert fixed.loc["indirect", "positions"] == pytest.approx(0.08)
    assert mediation.__name__ in set(rows["method"])


def test_equivalence_is_the_ninety_percent_interval_within_the_bounds(simulated: Survey) -> None:
    rows: Any = VIEWS["claims"](simulated)
    within = (rows["inner_low"] > rows["lower"]) & (rows["inner_high"] < rows["upper"])
    assert (within == (rows["verdict"] == "equivalent")).all()
    assert (rows["p_adjusted"] >= rows["p_value"]).all()
    assert tally(rows, verdict="equivalent").estimate == within.sum()
    assert below_level(rows, "p_adjusted", verdict="equivalent").estimate == 2
    assert tally(rows, verdict="nothing").estimate == 0
    truth = beside(rows, "truth", about="heeding-account")
    assert not isinstance(truth, Inapplicable)
    assert truth.estimate == 0.5
    missing = beside(rows, "truth", about="heeding-change")
    assert isinstance(missing, Inapplicable)
