"""The paths of the survey claim: counted, computed as by hand, and told where they cannot be walked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers.data.scores import scale_score
from helpers.data.survey import Survey, survey
from helpers.evidence import Evidence
from helpers.stats.bend.paths_summary import (
    choices_side_by_side,
    claims_side_by_side,
    end_path,
    main_path,
    paths_agreeing,
    paths_clear,
    paths_known,
    paths_within,
    strongest_choice,
)
from helpers.stats.estimates import Estimate, Inapplicable
from helpers.stats.views.paths import USE_CHOICES, use_paths


@pytest.fixture(scope="module")
def file() -> Survey:
    return survey()


@pytest.fixture(scope="module")
def able(file: Survey) -> pd.DataFrame:
    rows = use_paths(file, "internal-efficacy")
    assert not isinstance(rows, Inapplicable)
    return rows


def test_every_combination_is_a_path_and_one_is_the_main_one(able: pd.DataFrame) -> None:
    assert len(able) == 3 * 3 * 3 * 2 * 2 * 3
    assert able["main"].tolist() == [True] + [False] * (len(able) - 1)
    assert set(able["unit"]) == {"standard deviations"}
    assert set(able["evidence"]) == {"simulated"}
    assert able["estimate"].notna().all()
    assert able["truth"].isna().all()


def test_plain_paths_equal_those_of_statsmodels(file: Survey, able: pd.DataFrame) -> None:
    """Unweighted and without background: the difference over the standard deviation, or log-odds."""
    channels = file.rows[[item.name for item in file.codebook.scale("channels")]]
    user = channels.eq(3).any(axis=1).astype(float)
    score = scale_score(file, "internal-efficacy")
    there = (channels.notna().sum(axis=1) >= 5) & score.notna()
    y, x = score[there].to_numpy(), user[there].to_numpy()
    plain = able[
        (able["answer"] == "scale score") & (able["use"] == "one channel or more")
        & (able["missing"] == "rule of the codebook") & (able["weights"] == "none")
        & (able["background"] == "left out")
    ].set_index("model")  # fmt: skip
    expected = (y[x == 1].mean() - y[x == 0].mean()) / y.std()
    assert plain.loc["linear", "estimate"] == pytest.approx(expected, rel=1e-9)
    fit = sm.Logit((y > 3).astype(float), sm.add_constant(x)).fit(disp=0)
    assert plain.loc["share that agrees", "estimate"] == pytest.approx(
        fit.params[1] * np.sqrt(3) / np.pi, rel=1e-6
    )


def test_the_true_null_is_named_and_few_paths_exclude_it(file: Survey) -> None:
    rows = use_paths(file, "heeding")
    assert not isinstance(rows, Inapplicable)
    assert set(rows["truth"]) == {0.0}
    clear = paths_clear(rows)
    assert isinstance(clear, Estimate)
    assert clear.estimate == pytest.approx(
        100 * (rows["ci_low"].gt(0) | rows["ci_high"].lt(0)).mean()
    )
    inside = paths_within(rows, 0.2)
    assert isinstance(inside, Estimate)
    assert inside.estimate == pytest.approx(
        100 * (rows["ci_low"].gt(-0.2) & rows["ci_high"].lt(0.2)).mean()
    )


def test_a_file_without_weights_strata_and_background_has_fewer_choices(file: Survey) -> None:
    gone = ["weight", "stratum", "psu", "sex", "age_group", "education", "settlement"]
    bare = replace(file, rows=file.rows.drop(columns=gone), truth=None)
    rows = use_paths(bare, "internal-efficacy")
    assert not isinstance(rows, Inapplicable)
    assert len(rows) == 3 * 3 * 3 * 3
    assert set(rows["weights"]) == {"none"}
    assert isinstance(strongest_choice(rows, list(USE_CHOICES)), Estimate)


def test_a_file_without_the_scale_gives_a_reason_and_so_does_all_that_follows(file: Survey) -> None:
    lost = [item.name for item in file.codebook.scale("heeding")]
    none = use_paths(replace(file, rows=file.rows.drop(columns=lost)), "heeding")
    assert isinstance(none, Inapplicable)
    assert none.evidence is Evidence.SIMULATED
    assert "heeding" in none.reason
    for told in (main_path, paths_known, paths_clear, paths_agreeing):
        assert told(none) is none
    assert paths_within(none, 0.2) is none
    assert end_path(none, "lowest") is none
    assert claims_side_by_side({"Heeding": none}) is none
    assert choices_side_by_side({"Heeding": none}, USE_CHOICES) is none
    partly = use_paths(replace(file, rows=file.rows.drop(columns=lost[:1])), "heeding")
    assert isinstance(partly, Inapplicable)
    assert "not whole" in partly.reason


def test_claims_stand_side_by_side_with_the_numbers_of_their_paths(able: pd.DataFrame) -> None:
    reason = Inapplicable("no such item", "m", Evidence.SIMULATED)
    table = claims_side_by_side({"Able": able, "Lost": reason})
    assert not isinstance(table, Inapplicable)
    [row] = table.itertuples()
    assert (row.claim, row.paths) == ("Able", len(able))
    assert (row.lowest, row.highest) == (able["estimate"].min(), able["estimate"].max())
    chief = able.iloc[0]
    same = able["excludes_null"].astype(bool) & (
        np.sign(able["estimate"]) == np.sign(chief["estimate"])
    )
    assert row.both == pytest.approx(100 * same.mean())
    shares = choices_side_by_side({"Able": able, "Lost": reason}, USE_CHOICES)
    assert not isinstance(shares, Inapplicable)
    assert list(shares["choice"]) == [*USE_CHOICES.values(), "Several together"]
    assert shares["Able"].sum() == pytest.approx(100)
