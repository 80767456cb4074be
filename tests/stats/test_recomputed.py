"""The table of recomputed statistics: every verdict by hand, and none that cannot fail."""

from __future__ import annotations

import pytest
from conftest import Project
from scipy import stats

from helpers.stats.published.recomputed import recomputed

WRONG = {
    "Labour and Social Protection, 2024-04-01", "Ulytau region, 2024-12-17",
    "Abai region, 2024-12-17", "Astana city, 2024-12-17", "All offices, 2024-12-17",
    "Trust in the President, CSI, 2021-11: change from 2019 to 2021",
    "Constitutional Commission fulfilled its task, Qogamdyq Pikir, 2026-02: the two positive answers together",
    "Presidential election, 2022-11-20: votes for K.-J. Tokayev, of those who took part",
    "DEMOS_2016_12, n = 1951", "DEMOS_2017_06, n = 1966", "DEMOS_2019_02, n = 1868",
    "place of the interview, country cafe, Uzbekistan, 2006",
}  # fmt: skip


def test_what_disagrees_is_what_was_found_by_hand() -> None:
    rows = recomputed()
    wrong = rows[rows["verdict"] == "disagrees"]
    assert set(wrong["about"]) == WRONG
    # Two offices disagree in both of their shares.
    assert len(wrong) == len(WRONG) + 2
    assert set(rows["verdict"]) == {"agrees", "disagrees"}
    assert set(rows["evidence"]) == {"published"}
    counts = rows.set_index("statistic")["count"]
    assert counts["mean of three components"] == 159
    assert counts["distribution, sum"] == 40


def test_significance_is_that_of_the_t_test() -> None:
    """``scipy.stats.pearsonr`` on data with r = 0.02 and n = 550 gives the p value printed here."""
    rows = recomputed().set_index("about")
    weak = rows.filter(like="r = 0.02", axis=0)["recomputed"].iloc[0]
    beta = stats.beta(274, 274, loc=-1, scale=2)
    assert weak == f"p = {2 * beta.sf(0.02):.4f}"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("statistics.csv", "correlation,0.02,p > 0.05", "correlation,0.02,p < 0.05"),
        ("polls.csv", ",3 at 95%", ",1 at 95%"),
        ("caict-2006.csv", ",true,", ",false,"),
    ],
)
def test_a_wrong_number_gets_its_verdict(file: str, old: str, new: str, data_copy: Project) -> None:
    before = set(recomputed().query("verdict == 'disagrees'")["about"])
    data_copy.edit(f"data/published/{file}", old, new)
    after = set(recomputed().query("verdict == 'disagrees'")["about"])
    assert len(after - before) == 1
    assert before <= after
