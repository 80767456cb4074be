"""Truth beside estimates agrees with the written truth, and vanishes where there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from data.views_surveys import reader_file, simulated

from helpers.stats.describe.likert import likert_summary
from helpers.stats.respondents import design_of
from helpers.stats.views.true_shares import (
    true_answers,
    true_group_shares,
    true_group_silence,
    true_readings,
    true_shares,
)


def test_answers_and_silence_make_up_those_asked() -> None:
    book = simulated().codebook
    for item in book.items:
        if item.type != "count":
            assert sum(true_answers(simulated(), item).values()) == pytest.approx(100, abs=1e-3)
    satisfied = true_answers(simulated(), book.item("appeal_satisfied"))
    assert satisfied["dont-know"] == pytest.approx(100 * 0.001653 / (1 - 0.815062))


@pytest.mark.parametrize("item", ["answering_time", "heeding_mend", "trust_president", "appealed",
                                  "appeal_satisfied"])  # fmt: skip
@pytest.mark.parametrize("fact", ["language", "age_group", "education", "region"])
def test_groups_average_to_the_written_truth(item: str, fact: str) -> None:
    survey = simulated()
    one, by = survey.codebook.item(item), survey.codebook.item(fact)
    groups = true_group_shares(survey, one, by)
    assert list(groups) == list(by.labels().values())
    # Unequal silence makes the groups of those who answer differ a little from those of all.
    size = np.array(list(survey.truth["items"][fact]["sincere"].values()))
    mean = size @ np.array(list(groups.values()))
    expected = true_shares(survey, one)
    np.testing.assert_allclose(mean, expected, atol=0.004)


def test_silence_of_groups_averages_to_the_written_truth() -> None:
    survey = simulated()
    items = [survey.codebook.item(name) for name in ("trust_courts", "heeding_change", "income")]
    by = survey.codebook.item("settlement")
    size = np.array(list(survey.truth["items"]["settlement"]["sincere"].values()))
    for kind in ("dont-know", "refused"):
        groups = true_group_silence(survey, items, by, kind=kind)
        written = [100 * survey.truth["items"][item.name]["missing"][kind] for item in items]
        assert size @ np.array(list(groups.values())) == pytest.approx(np.mean(written), abs=1e-3)


def test_known_readings_are_those_of_the_summary() -> None:
    """Weighted shares of the sample, read as a truth, give what `likert_summary` estimates."""
    design = design_of(simulated(), labels=True).answered("heeding_change")
    rows = likert_summary(design, "heeding_change", box=2).set_index("level")["estimate"]
    answers = design.rows["heeding_change"].cat.codes.to_numpy()
    share = np.bincount(answers[design.inside], weights=design.weight[design.inside])
    found = true_readings(share / share.sum())
    for level, value in found.items():
        assert value == pytest.approx(rows[level], abs=0.0051)
    four = true_readings(np.array([0.1, 0.4, 0.3, 0.2]))
    assert four["net score"] == pytest.approx(0)
    assert (four["median category"], four["interpolated median"]) == (2, 2.5)


def test_without_the_model_behind_it_nothing_is_known(tmp_path: Path) -> None:
    survey = simulated()
    item, by = survey.codebook.item("heeding_mend"), survey.codebook.item("language")
    other = {**survey.truth, "model": "Another model"}
    assert true_group_shares(replace(survey, truth=other), item, by) == {}
    bent = {**survey.truth["items"], "heeding_mend": {"answered": dict.fromkeys(range(1, 6), 0.2)}}
    assert true_group_shares(replace(survey, truth={**survey.truth, "items": bent}), item, by) == {}
    mine = reader_file(tmp_path)
    assert true_answers(mine, item) == {}
    assert true_shares(mine, item) is None
    assert true_group_shares(mine, item, by) == {}
    assert true_group_silence(mine, [item], by, kind="refused") == {}
