"""What respondents answer: recomputed by hand, on the book's survey, a reader's and foreign ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from data.views_surveys import foreign, reader_file, simulated

from helpers import paths
from helpers.data.disclosure import suppressed
from helpers.errors import EstimationError
from helpers.evidence import Evidence, evidence_of
from helpers.stats.estimates import Estimate, Inapplicable
from helpers.stats.views.checks import (
    intervals_compared,
    intervals_with_truth,
    largest,
    smallest,
)
from helpers.stats.views.items import one
from helpers.stats.views.perceptions import (
    answer_distributions,
    answer_readings,
    answers_by_group,
    appeal_steps,
    hidden_distrust,
    readings_by_group,
    weighting_changes,
)
from helpers.stats.views.silence_bounds import silence_bounds

FACTS = ["language", "settlement", "age-group", "education"]


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    return pd.read_csv(paths.survey() / "responses.simulated.csv")


def test_every_answer_of_those_asked_adds_up(raw: pd.DataFrame) -> None:
    rows = answer_distributions(simulated(), scales=["answering", "heeding"])
    sums = rows.groupby("item")[["estimate", "truth"]].sum()
    np.testing.assert_allclose(sums, 100, atol=1e-3)
    time = rows[rows["about"] == "answering-time"].set_index("level")
    for code, level in {1: "Completely disagree", 4: "Rather agree", -1: "dont-know"}.items():
        share = raw.loc[raw["answering_time"] == code, "weight"].sum() / raw["weight"].sum()
        assert time.loc[level, "estimate"] == pytest.approx(100 * share)
    assert set(time["n"]) == {2000}


def test_those_not_asked_are_no_part_of_the_base(raw: pd.DataFrame) -> None:
    rows = answer_distributions(simulated(), about=["appeal-satisfied"])
    assert set(rows["n"]) == {int((raw["appeal_satisfied"] != -3).sum())}


def test_readings_are_weighted_and_unweighted_shares(raw: pd.DataFrame) -> None:
    rows = answer_readings(simulated(), about=["trust-courts"])
    top = one(rows, level="top box")
    said = raw[raw["trust_courts"] > 0]
    high = said["trust_courts"] >= 3
    assert isinstance(top, Estimate)
    assert top.estimate == pytest.approx(100 * np.average(high, weights=said["weight"]))
    assert rows.set_index("level").loc["top box", "unweighted"] == pytest.approx(100 * high.mean())
    truth = simulated().truth["items"]["trust_courts"]
    expected = 100 * (truth["sincere"][3] + truth["sincere"][4])
    assert rows.set_index("level").loc["top box", "sincere"] == pytest.approx(expected)


def test_groups_are_domains_and_know_their_truth(raw: pd.DataFrame) -> None:
    rows = readings_by_group(simulated(), about=["heeding-mend"], facts=FACTS)
    assert len(rows) == 10
    part = raw[(raw["heeding_mend"] > 0) & (raw["language"] == 2)]
    signs = np.sign(part["heeding_mend"] - 3)
    kazakh, russian = (one(rows, group=group) for group in ("Kazakh", "Russian"))
    assert isinstance(kazakh, Estimate)
    assert isinstance(russian, Estimate)
    assert russian.estimate == pytest.approx(100 * np.average(signs, weights=part["weight"]))
    by = rows.set_index("group")["truth"]
    assert by["Kazakh"] - by["Russian"] > 20  # the one item that works differently by language
    other = readings_by_group(simulated(), about=["heeding-change"], facts=["language"])
    assert other["truth"].iloc[0] == pytest.approx(other["truth"].iloc[1], abs=1e-3)


def test_intervals_hold_the_truth_nearly_always() -> None:
    rows = answer_readings(simulated(), levels=["net score"])
    held, compared = intervals_with_truth(rows), intervals_compared(rows)
    assert isinstance(held, Estimate)
    assert isinstance(compared, Estimate)
    inside = ((rows["ci_low"] <= rows["truth"]) & (rows["truth"] <= rows["ci_high"])).sum()
    assert (held.estimate, compared.estimate) == (inside, len(rows))
    assert held.estimate >= 0.8 * compared.estimate


def test_steps_of_an_appeal_and_changes_by_weighting(raw: pd.DataFrame) -> None:
    steps = appeal_steps(simulated())
    assert steps["about"].tolist() == ["appealed", "appeal-answered", "appeal-satisfied"]
    assert steps["n"].is_monotonic_decreasing
    changes = weighting_changes(simulated(), scales=["trust"])
    assert changes["change"].abs().is_monotonic_decreasing
    most = largest(changes, "change")
    assert isinstance(most, Estimate)
    assert most.estimate == pytest.approx(abs(changes["change"].iloc[0]))
    assert (most.unit, most.ci_low) == ("points", None)
    least = smallest(changes)
    assert isinstance(least, Estimate)
    assert least.estimate == changes["estimate"].min()


def test_hidden_distrust_is_what_the_model_hides() -> None:
    rows = hidden_distrust(simulated(), scales=["trust"])
    assert (rows["bent"] > 4).all()
    np.testing.assert_allclose(rows["bent"], rows["truth"] - rows["sincere"])


def test_bounds_count_the_silent_on_either_side_and_are_as_wide_as_they_are_many(
    raw: pd.DataFrame,
) -> None:
    rows = silence_bounds(simulated(), scales=["trust"])
    president = one(rows, about="trust-president")
    found = rows.set_index("about").loc["trust-president"]
    weight, answer = raw["weight"], raw["trust_president"]
    trusting, silent = weight[answer >= 3].sum(), weight[answer < 0].sum()
    assert found["lowest"] == pytest.approx(100 * trusting / weight.sum())
    assert found["highest"] == pytest.approx(100 * (trusting + silent) / weight.sum())
    assert isinstance(president, Estimate)
    assert found["lowest"] < president.estimate < found["highest"]
    np.testing.assert_allclose(rows["highest"] - rows["lowest"], rows["silent"])
    assert isinstance(silence_bounds(simulated(), scales=["channels", "trust"]), Inapplicable)


def test_answers_by_group_start_with_everybody(raw: pd.DataFrame) -> None:
    rows = answers_by_group(simulated(), about="appeal-satisfied", facts=FACTS)
    np.testing.assert_allclose(rows.groupby(["by", "label"])["estimate"].sum(), 100)
    said = raw[raw["appeal_satisfied"] > 0]
    assert set(rows.loc[rows["by"] == "Everybody", "n"]) == {len(said)}
    share = said.loc[said["appeal_satisfied"] == 1, "weight"].sum() / said["weight"].sum()
    assert rows["estimate"].iloc[0] == pytest.approx(100 * share)


@pytest.mark.parametrize("keep", [("id",), ("id", "weight", "stratum", "psu")])
def test_a_readers_file_has_the_same_estimates_and_no_truth(
    tmp_path: Path, keep: tuple[str, ...]
) -> None:
    mine = reader_file(tmp_path, keep=keep)
    rows = answer_readings(mine, scales=["heeding"])
    expected = answer_readings(simulated(), scales=["heeding"])
    assert evidence_of(rows) is Evidence.RESPONDENTS
    column = "unweighted" if keep == ("id",) else "estimate"
    np.testing.assert_allclose(rows["estimate"], expected[column])
    assert rows[["truth", "sincere"]].isna().all(axis=None)
    assert rows["unweighted"].isna().all() == (keep == ("id",))
    for reason in (
        intervals_with_truth(rows), intervals_compared(rows), largest(rows, "truth"),
        hidden_distrust(mine, scales=["trust"]),
    ):  # fmt: skip
        assert isinstance(reason, Inapplicable)
        assert reason.evidence is Evidence.RESPONDENTS
    changes = weighting_changes(mine)
    assert isinstance(changes, Inapplicable) == (keep == ("id",))


def test_few_silent_respondents_are_joined_in_a_readers_file(tmp_path: Path) -> None:
    mine = reader_file(tmp_path)
    refused = (mine.why == "refused").sum()
    items = mine.codebook.scale("channels")
    few = next(item for item in items if 0 < refused[item.name] < 5)
    many = next(item for item in items if refused[item.name] >= 5)
    rows = answer_distributions(mine, about=[few.about, many.about])
    assert rows.loc[rows["item"] == few.name, "level"].tolist()[3:] == ["no-answer"]
    assert rows.loc[rows["item"] == many.name, "level"].tolist()[3:] == ["dont-know", "refused"]
    np.testing.assert_allclose(rows.groupby("item")["estimate"].sum(), 100)


def test_bars_of_a_readers_file_can_be_shown(tmp_path: Path) -> None:
    mine = reader_file(tmp_path, keep=("id", "weight", "stratum", "psu"))
    for scales in (["answering", "heeding"], ["trust"], ["channels"]):
        shown = suppressed(answer_distributions(mine, scales=scales))
        assert (shown["suppressed"] == "").all()


def test_a_foreign_instrument_gives_reasons_or_results(tmp_path: Path) -> None:
    bfi = foreign(tmp_path, "psych", "bfi")
    for absent in (
        answer_distributions(bfi, scales=["answering"]), answer_readings(bfi, about=["x"]),
        readings_by_group(bfi, scales=["trust"], facts=FACTS), appeal_steps(bfi),
        answers_by_group(bfi, about="appeal-satisfied", facts=FACTS),
        readings_by_group(bfi, scales=["openness"], facts=["settlement"]),
        hidden_distrust(bfi, scales=["trust"]),
    ):  # fmt: skip
        assert isinstance(absent, Inapplicable)
        assert "no item for" in absent.reason
        assert isinstance(one(absent, about="x"), Inapplicable)
    assert len(answer_readings(bfi, levels=["net score"])) == 25
    norway = foreign(tmp_path, "stevedata", "ESS10NO")
    mixed = answer_distributions(norway, scales=["immigration"])
    assert isinstance(mixed, Inapplicable)  # each item names the ends of its scale in its own words
    rows = answer_distributions(bfi, scales=["openness"])
    assert set(rows.groupby("item")["level"].count()) <= {6, 7}
    np.testing.assert_allclose(rows.groupby("item")["estimate"].sum(), 100)


def test_items_with_different_answers_do_not_share_bars() -> None:
    mixed = answer_distributions(simulated(), scales=["trust", "heeding"])
    assert isinstance(mixed, Inapplicable)
    assert "different answers" in mixed.reason


def test_one_row_or_a_reason() -> None:
    rows = answer_readings(simulated(), scales=["trust"])
    assert isinstance(one(rows, about="trust-king"), Inapplicable)
    with pytest.raises(EstimationError, match="unknown column"):
        one(rows, colour="red")
    with pytest.raises(EstimationError, match="exactly one row"):
        one(rows, about="trust-courts")


def test_insincere_answers_to_one_half_are_those_of_the_share_and_its_limits() -> None:
    rows = silence_bounds(simulated(), scales=["trust"])
    assert isinstance(rows, pd.DataFrame)
    above = rows["estimate"] > 50
    assert above.any()
    assert not above.all()
    assert rows.loc[~above, "tips"].isna().all()
    kept = rows[above]
    # What is left of the share after its insincere part is one half; the limits likewise.
    assert (kept["estimate"] * (1 - kept["tips"] / 100)).tolist() == pytest.approx([50] * len(kept))
    assert (kept["tips_low"] <= kept["tips"]).all()
    assert (kept["tips"] <= kept["tips_high"]).all()
