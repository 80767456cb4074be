"""The paths of the contrast of houses agree with the checks of the chapter on who asks."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.data.published import polls
from helpers.stats.estimates import Inapplicable
from helpers.stats.pool.linkage_paths import LINKAGE_CHOICES, linkage_paths
from helpers.stats.pool.meta_regression import meta_regression
from helpers.stats.pool.poll_studies import poll_studies
from helpers.stats.pool.pooling_checks import linkage_checks

DOUBTFUL = ["IPS", "CSI", "Strategy"]


@pytest.fixture(scope="module")
def readings() -> pd.DataFrame:
    rows = polls(
        country="Kazakhstan", target="president", subgroup="all", response=["trust", "approve"]
    )
    return rows[rows["n"].notna()]


@pytest.fixture(scope="module")
def paths(readings: pd.DataFrame) -> pd.DataFrame:
    return linkage_paths(readings, doubtful=DOUBTFUL, since="2019")


def test_paths_in_percent_equal_the_checks_computed_one_at_a_time(
    readings: pd.DataFrame, paths: pd.DataFrame
) -> None:
    checks = linkage_checks(poll_studies(readings), doubtful=DOUBTFUL, since="2019")
    plain = paths[
        (paths["readings"] == "trust and approval") & (paths["houses"] == "all readings")
        & (paths["scale"] == "percent") & (paths["between"] == "REML") & (paths["design"] == "1")
    ]  # fmt: skip
    for years, block in (("all years", "All readings with n"), ("since 2019", "Since 2019")):
        for label in ("as labelled", "CSI relabelled", "IPS relabelled"):
            path = plain[(plain["years"] == years) & (plain["labels"] == label)]
            # A house without a later reading is not relabelled: the path is the one as labelled.
            known = label in set(checks.loc[checks["block"] == block, "label"])
            named = label if known else "as labelled"
            check = checks[(checks["block"] == block) & (checks["label"] == named)]
            for column in ("estimate", "ci_low", "ci_high"):
                assert path[column].item() == pytest.approx(check[column].item(), rel=1e-9)


def test_log_odds_become_points_around_the_mean(
    readings: pd.DataFrame, paths: pd.DataFrame
) -> None:
    model = meta_regression(poll_studies(readings), moderators=["stands"], scale="logit")
    assert not isinstance(model, Inapplicable)
    contrast = model.coefficients.iloc[1]
    row = paths[
        (paths["scale"] == "log-odds") & (paths["between"] == "REML") & (paths["design"] == "1")
        & (paths["labels"] == "as labelled") & (paths["years"] == "all years")
        & (paths["readings"] == "trust and approval") & (paths["houses"] == "all readings")
    ].iloc[0]  # fmt: skip
    assert row["unit"] == "points"
    # At a mean share p, points are nearly 100 p (1 − p) times the log-odds; p lies between 60 and 85%.
    assert 16 <= row["estimate"] / contrast["estimate"] <= 24
    assert (row["ci_low"] > 0) == (contrast["ci_low"] > 0)


def test_all_combinations_are_walked_and_only_the_first_is_the_main_path(
    paths: pd.DataFrame,
) -> None:
    assert len(paths) == 2 * 2 * 2 * 4 * 2 * 2 * 3
    assert not paths.duplicated(list(LINKAGE_CHOICES)).any()
    assert paths.loc[paths["main"], "path"].tolist() == [1]
    assert set(paths["evidence"]) == {"published"}


def test_readings_of_one_kind_of_house_give_reasons(readings: pd.DataFrame) -> None:
    one = readings[readings["pollster"] == "kaziss"]
    rows = linkage_paths(one, doubtful=[], since="2019")
    assert rows["estimate"].isna().all()
    assert set(rows["reason"]) == {"one kind of house is left"}
