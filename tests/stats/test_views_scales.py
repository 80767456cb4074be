"""Scales of any instrument: numbers recomputed another way, the truth of the model, and reasons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from data.views_surveys import foreign, reader_file, simulated

from helpers import stats
from helpers.data.survey import Survey
from helpers.evidence import Evidence
from helpers.stats import Inapplicable

OPENNESS = ["transparency", "participation", "answering", "heeding"]
VIEWS = {
    "reliability": stats.scale_reliability,
    "items": stats.item_statistics,
    "scores": stats.score_correlations,
    "loadings": stats.scale_loadings,
    "correlations": lambda survey: stats.item_correlations(survey, scales=OPENNESS),
    "scree": lambda survey: stats.scree(survey, scales=OPENNESS),
    "counts": lambda survey: stats.factor_counts(survey, {"Openness": OPENNESS}),
    "joint": lambda survey: stats.joint_loadings(survey, scales=OPENNESS[2:]),
    "two": lambda survey: stats.two_or_one(survey, scales=OPENNESS[2:]),
    "bias": stats.biased_items,
}


@pytest.fixture(scope="module")
def bias() -> pd.DataFrame:
    return stats.biased_items(simulated())


def test_alpha_is_the_formula_on_weighted_variances() -> None:
    rows = stats.scale_reliability(simulated())
    names = ["heeding_change", "heeding_account", "heeding_mend", "heeding_regardless"]
    answers = simulated().rows.dropna(subset=names)
    values = answers[names].assign(heeding_regardless=6 - answers["heeding_regardless"])
    for column, weight in (("estimate", answers["weight"]), ("unweighted", None)):
        covariance = np.cov(values.to_numpy().T, aweights=weight)
        right = 4 / 3 * (1 - np.trace(covariance) / covariance.sum())
        alpha = rows[(rows["item"] == "heeding") & (rows["level"] == "alpha of the answers")]
        assert alpha[column].iloc[0] == pytest.approx(right, abs=1e-9)
        assert alpha["n"].iloc[0] == len(answers)


def test_two_items_have_no_omega_and_the_row_says_so() -> None:
    rows = stats.scale_reliability(simulated())
    none = rows[rows["estimate"].isna()]
    assert set(none["item"]) == {"external-efficacy", "internal-efficacy"}
    assert set(none["reason"]) == {"needs 3 items"}
    assert len(rows) == 4 * 8


def test_the_truth_of_loadings_is_that_of_the_model_but_for_the_spread_of_positions() -> None:
    rows = stats.scale_loadings(simulated())
    held = simulated().truth["items"]
    ratio = rows["truth"] / rows["item"].map(lambda name: abs(held[name]["loading"]))
    # heeding_mend varies by language besides; the background spreads positions of channels most.
    assert ratio.between(0.97, 1.05).all()
    assert rows["truth"].isna().sum() == 0
    inside = (rows["ci_low"] <= rows["truth"]) & (rows["truth"] <= rows["ci_high"])
    assert inside.sum() >= 22


def test_truth_of_scores_and_items_lies_where_a_sample_of_this_size_puts_it() -> None:
    for rows in (
        stats.score_correlations(simulated()),
        stats.item_correlations(simulated(), scales=OPENNESS),
    ):
        z = (rows["estimate"] - rows["truth"]) / rows["se"]
        assert z.abs().max() < 4
        assert 0.6 < float(np.sqrt((z**2).mean())) < 1.5


def test_parallel_analysis_finds_the_scales_of_the_model() -> None:
    counts = stats.factor_counts(
        simulated(), {"two": OPENNESS[2:], "four": OPENNESS, "none": ["no-such-scale"]}
    )
    assert counts["label"].tolist() == ["two", "four"]
    assert counts["estimate"].tolist() == counts["truth"].tolist() == [2.0, 4.0]


def test_answering_and_heeding_are_two_and_their_correlation_is_the_models() -> None:
    link = stats.two_or_one(simulated(), scales=OPENNESS[2:])
    assert (link["ci_low"] <= link["truth"]).all()
    assert (link["truth"] <= link["ci_high"]).all()
    assert (link["ci_high"] < 0.6).all()
    joint = stats.joint_loadings(simulated(), scales=OPENNESS[2:])
    own = joint[joint["own"].fillna(value=False).astype(bool)]
    other = joint[joint["own"].eq(other=False)]
    assert own["estimate"].min() > 0.5
    assert other["estimate"].abs().max() < 0.1
    assert other["truth"].eq(0).all()


def test_item_bias_finds_the_one_item_and_only_after_the_score_is_mended(
    bias: pd.DataFrame,
) -> None:
    assert stats.flagged_names(bias) == ["heeding_mend"]
    assert set(bias.loc[bias["truth"] > 0, "item"]) == {"heeding_mend"}
    assert stats.flagged_items(bias, first=True).estimate == 3
    assert stats.flagged_items(bias).estimate == stats.rightly_flagged(bias).estimate == 1
    assert bias["tests"].unique().tolist() == [len(bias)] == [52]


def test_the_last_round_is_the_test_on_the_items_that_stay(bias: pd.DataFrame) -> None:
    stay = ["heeding_change", "heeding_account", "heeding_regardless"]
    rows = simulated().rows.dropna(subset=[*stay, "heeding_mend", "language"])
    rows = rows.assign(heeding_regardless=6 - rows["heeding_regardless"])
    clean = stats.item_bias(rows, items=stay, by="language")
    biased = stats.item_bias(rows, items=["heeding_mend", *stay], by="language")
    for name, right in ((stay[0], clean), ("heeding_mend", biased)):
        p = [table.loc[(table["item"] == name) & (table["level"] == "uniform"), "p_value"].iloc[0]
             for table in (bias, right)]  # fmt: skip
        assert p[0] == pytest.approx(p[1], rel=1e-9)


def test_a_size_turns_around_with_the_groups(bias: pd.DataFrame) -> None:
    sizes = stats.bias_sizes(bias)
    assert len(sizes) == len(bias) / 2
    worst = stats.largest(sizes)
    assert worst.item == "heeding_mend"
    assert worst.estimate < -0.5
    assert set(sizes["level"]) == {"Russian − Kazakh"}


@pytest.mark.parametrize("view", VIEWS)
def test_a_readers_file_without_a_design_gets_results_and_no_truth(
    view: str, plain: Survey
) -> None:
    found = VIEWS[view](plain)
    assert not isinstance(found, Inapplicable)
    assert set(found["evidence"]) == {Evidence.RESPONDENTS.value}
    assert "truth" not in found.columns or found["truth"].isna().all()
    assert found["estimate"].notna().any()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("other", ["bfi", "norway"])
def test_a_foreign_instrument_gets_results_or_a_reason(
    view: str, other: str, request: pytest.FixtureRequest
) -> None:
    found = VIEWS[view](request.getfixturevalue(other))
    general = view in ("reliability", "items", "scores", "loadings")
    if general and not (other == "norway" and view == "scores"):
        assert found["estimate"].notna().any()
    else:
        assert isinstance(found, Inapplicable)
        assert found.evidence is Evidence.RESPONDENTS
        assert len(found.reason) > 15


def test_numbers_of_what_is_lacking_are_the_reason(norway: Survey) -> None:
    bias = stats.biased_items(norway)
    for number in (stats.bias_sizes, stats.bias_tests, stats.flagged_items, stats.rightly_flagged):
        assert number(bias) is bias
    assert stats.flagged_names(bias) == []
    assert stats.extreme(bias) is bias
    assert isinstance(stats.rightly_flagged(stats.biased_items(simulated()).assign(truth=np.nan)),
                      Inapplicable)  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return reader_file(tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module")
def bfi(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return foreign(Path(tmp_path_factory.mktemp("bfi")), "psych", "bfi")


@pytest.fixture(scope="module")
def norway(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return foreign(Path(tmp_path_factory.mktemp("norway")), "stevedata", "ESS10NO")
