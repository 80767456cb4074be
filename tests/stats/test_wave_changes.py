"""Waves compared: effects, tests and adjustment agree with computations made another way."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from helpers.data.published import polls
from helpers.errors import EstimationError
from helpers.stats.published.printed import over_design_effects
from helpers.stats.published.wave_changes import (
    TRUST_ORDER,
    farthest,
    wave_association,
    wave_share_changes,
    wave_superiority,
)

WAVES = ["BNS_LAW_2023_10", "BNS_LAW_2024_04", "BNS_LAW_2024_10"]
EXACT = ["prosecutor", "courts"]
"""Bodies whose printed shares sum to 100 in all waves, so that counts are whole numbers."""


@pytest.fixture(scope="module")
def law() -> pd.DataFrame:
    return polls(poll_id=WAVES, target=EXACT, distribution="complete")


def answers(law: pd.DataFrame, body: str, wave: str) -> np.ndarray:
    """Each household's place on the scale, written out; those off the scale left out."""
    rows = law[(law["target"] == body) & (law["poll_id"] == wave)].set_index("scale")["percent"]
    return np.repeat(range(4), [round(rows[answer] * 180) for answer in TRUST_ORDER])


def test_superiority_equals_the_rank_test_on_answers_written_out(law: pd.DataFrame) -> None:
    rows = wave_superiority(law)
    p_values = []
    for row in rows.itertuples():
        later, earlier = (answers(law, row.item, wave) for wave in (row.later, row.earlier))
        # Ties are corrected for, continuity is not.
        test = stats.mannwhitneyu(later, earlier, method="asymptotic", use_continuity=False)
        p_values.append(test.pvalue)
        assert row.estimate == pytest.approx(test.statistic / later.size / earlier.size)
        assert row.p_value == pytest.approx(test.pvalue)
    assert list(rows["p_adjusted"]) == pytest.approx(multipletests(p_values, method="holm")[1])
    assert set(rows["tests"]) == {6}


def test_pairs_stand_by_date_and_the_later_wave_comes_first(law: pd.DataFrame) -> None:
    rows = wave_superiority(law.iloc[::-1])
    assert list(zip(rows["earlier"], rows["later"], strict=True))[:3] == [
        (WAVES[0], WAVES[1]),
        (WAVES[1], WAVES[2]),
        (WAVES[0], WAVES[2]),
    ]
    assert rows["group"][0] == f"{WAVES[1]} over {WAVES[0]}"
    assert list(dict.fromkeys(rows["item"])) == ["courts", "prosecutor"]


def test_association_equals_chi_square_of_all_answers(law: pd.DataFrame) -> None:
    rows = wave_association(law)
    p_values = []
    for row in rows.itertuples():
        table = law[law["target"] == row.item].pivot_table(
            index="poll_id", columns="scale", values="percent"
        )
        test = stats.chi2_contingency(table * 180, correction=False)
        p_values.append(test.pvalue)
        assert row.estimate == pytest.approx(np.sqrt(test.statistic / (3 * 18000) / 2))
    assert list(rows["p_adjusted"]) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_a_larger_design_effect_widens_and_moves_no_effect(law: pd.DataFrame) -> None:
    for method in (wave_superiority, wave_association):
        rows = over_design_effects(method, law)
        for _, same in rows.groupby(["item", "group"]):
            assert same["estimate"].to_numpy() == pytest.approx(same["estimate"].iloc[0])
            widths = same["ci_high"] - same["ci_low"]
            assert all(a < b for a, b in pairwise(widths))
            assert same["p_adjusted"].is_monotonic_increasing


def test_a_change_of_a_share_its_interval_verdict_and_tipping_point(law: pd.DataFrame) -> None:
    top = law[law["scale"] == "full-trust"]
    rows = wave_share_changes(top, bound=2.0, deff=1.5)
    row = rows[(rows["item"] == "prosecutor") & (rows["earlier"] == WAVES[0])].iloc[-1]
    se = 100 * np.sqrt((0.661 * 0.339 + 0.638 * 0.362) * 1.5 / 18000)
    assert row["estimate"] == pytest.approx(66.1 - 63.8)
    assert row["ci_low"] == pytest.approx(2.3 - stats.norm.isf(0.025) * se)
    # The interval ends at no change where the deff has grown with the square of its width.
    reach = stats.norm.isf(0.025) * se / np.sqrt(1.5)
    assert row["tipping_deff"] == pytest.approx((2.3 / reach) ** 2)
    still = rows[(rows["item"] == "prosecutor") & (rows["earlier"] == WAVES[1])].iloc[0]
    assert (still["verdict"], bool(np.isnan(still["tipping_deff"]))) == ("equivalent", True)


def test_farthest_gives_the_whole_row(law: pd.DataFrame) -> None:
    rows = wave_superiority(law)
    assert farthest(rows, point=0.5).estimate == rows["estimate"].max()
    reach = farthest(rows, point=0.5, column="ci_high")
    assert reach.ci_high == rows["ci_high"].max()
    with pytest.raises(EstimationError, match="no row is farthest"):
        farthest(rows.assign(se=np.nan), point=0.5, column="se")


def test_what_cannot_be_compared_is_refused(law: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="no start of fieldwork"):
        wave_superiority(law.assign(fieldwork_start=None))
    with pytest.raises(EstimationError, match="two or more waves"):
        wave_association(law[law["poll_id"] == WAVES[0]])
    top = law[law["scale"] == "full-trust"]
    with pytest.raises(EstimationError, match="between 0 and 100"):
        wave_share_changes(top.assign(percent=100.0), bound=2.0)
