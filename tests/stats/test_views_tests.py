"""Families of tests on any survey: recomputed another way, counted, and held against the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from data.views_surveys import foreign, reader_file, simulated
from scipy.stats import mannwhitneyu
from statsmodels.stats.multitest import multipletests

from helpers import stats
from helpers.data.survey import Survey
from helpers.evidence import Evidence
from helpers.stats import Inapplicable

CHANNELS = ["channel-open-data", "channel-appeals", "channel-petitions"]
TRUST = ["trust-president", "trust-parliament", "trust-local-akim"]
FAMILIES = {
    "users": lambda survey: stats.users_and_others(
        survey, channels=CHANNELS, outcomes=["answering", "heeding"], family="users"),
    "kinds": lambda survey: stats.kinds_of_use(
        survey, reading=CHANNELS[:1], writing=CHANNELS[1:], outcomes=["trust"], family="kinds"),
    "appeals": lambda survey: stats.appeal_tests(
        survey, outcomes=["heeding", "trust"], family="appeals"),
    "gap": lambda survey: stats.answered_and_satisfied(survey, family="gap"),
    "levels": lambda survey: stats.first_over_others(survey, about=TRUST, family="levels"),
    "ranks": lambda survey: stats.first_over_others_in_ranks(survey, about=TRUST, family="ranks"),
    "shares": lambda survey: stats.shares_that_trust(survey, about=TRUST, family="shares"),
    "once": lambda survey: stats.institutions_together(survey, about=TRUST, family="once"),
    "two": lambda survey: stats.two_groups_compared(
        survey, facts=["language", "sex", "education"], outcomes=["heeding", "trust"],
        family="two", biased={"language": ["heeding_mend"]}),
    "several": lambda survey: stats.several_groups_compared(
        survey, facts=["sex", "education"], outcomes=["heeding", "trust"], family="several"),
    "pairs": lambda survey: stats.pairs_of_groups(
        survey, fact="education", outcome="trust", family="pairs"),
    "trends": lambda survey: stats.trends(
        survey, by="education", outcomes=["heeding", "channels"], family="trends"),
    "crossed": lambda survey: stats.answers_by_fact(
        survey, about=["appealed"], facts=["sex", "education"], family="crossed"),
}  # fmt: skip
SIZES = {"users": 8, "kinds": 3, "appeals": 6, "gap": 1, "levels": 2, "ranks": 2, "shares": 2,
         "once": 1, "two": 5, "several": 2, "pairs": 3, "trends": 2, "crossed": 2}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return {name: make(simulated()) for name, make in FAMILIES.items()}


@pytest.mark.parametrize("name", FAMILIES)
def test_every_test_is_counted_and_adjusted_by_holm(
    name: str, found: dict[str, pd.DataFrame]
) -> None:
    rows = found[name]
    assert len(rows) == SIZES[name]
    assert rows["tests"].tolist() == [SIZES[name]] * SIZES[name]
    right = multipletests(rows["p_value"], method="holm")[1]
    assert rows["p_adjusted"].tolist() == pytest.approx(right.tolist())
    assert (rows["rejected"] == (rows["p_adjusted"] < 0.05)).all()
    assert rows["estimate"].notna().all()


@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_that_the_model_lacks_is_rejected(
    name: str, found: dict[str, pd.DataFrame]
) -> None:
    rows = found[name]
    assert not rows.loc[rows["in_model"] == "none", "rejected"].any()
    assert (rows["in_model"] != "unknown").all()


def test_large_effects_of_the_model_are_found(found: dict[str, pd.DataFrame]) -> None:
    for name in ("levels", "ranks", "shares", "once", "gap"):
        assert found[name]["rejected"].all()
    satisfied = found["appeals"][found["appeals"]["block"] == "Satisfied over dissatisfied"]
    assert satisfied["rejected"].all()


def test_users_by_hand(found: dict[str, pd.DataFrame]) -> None:
    rows = simulated().rows
    forward = rows[["heeding_change", "heeding_account", "heeding_mend"]].assign(
        last=6 - rows["heeding_regardless"]
    )
    score = forward.mean(axis=1).where(forward.notna().sum(axis=1) >= 2)
    used = rows["channel_appeals"]
    known = score.notna() & used.notna()
    users, others = (score[known & take] for take in (used == 3, used != 3))
    u, p = mannwhitneyu(users, others, method="asymptotic", use_continuity=False)
    table = found["users"]
    row = table[(table["item"] == "score of heeding") & (table["about"] == "channel-appeals")].iloc[
        0
    ]
    assert row["plain"] == pytest.approx(u / len(users) / len(others))
    assert row["n"] == known.sum()
    plain = stats.adjust(
        [
            stats.mann_whitney(
                pd.DataFrame(
                    {
                        "y": score[known],
                        "g": np.where(used[known] == 3, "a", "b"),
                        "evidence": "simulated",
                        "source": "x",
                    }
                ),
                item="y",
                by="g",
            )
        ],
        family="x",
    )
    assert plain[0].result.p_value == pytest.approx(p)


def test_any_channel_needs_every_answer_of_those_who_use_none(
    found: dict[str, pd.DataFrame],
) -> None:
    rows = simulated().rows[["channel_open_data", "channel_appeals", "channel_petitions"]]
    known = (rows == 3).any(axis=1) | rows.notna().all(axis=1)
    table = found["users"]
    any_channel = table[table["label"] == "Any channel"]
    assert (any_channel["n"] <= known.sum()).all()
    assert (any_channel["n"] > 0.95 * known.sum()).all()


def test_shares_of_appeals_and_their_difference(found: dict[str, pd.DataFrame]) -> None:
    shares = stats.appeal_shares(simulated())
    gap = found["gap"].iloc[0]
    assert gap["estimate"] == pytest.approx(-float(np.diff(shares["estimate"])[0]))
    assert gap["plain"] == pytest.approx(-float(np.diff(shares["unweighted"])[0]))
    assert ((shares["ci_low"] < shares["truth"]) & (shares["truth"] < shares["ci_high"])).all()
    appealed = simulated().rows["appealed"] == 1
    answered = simulated().rows.loc[appealed, "appeal_answered"].dropna()
    assert abs(shares["unweighted"].iloc[0] - 100 * answered.mean()) < 1


def test_one_biased_item_moves_the_truth_of_a_comparison(found: dict[str, pd.DataFrame]) -> None:
    rows = found["two"]
    language = rows[(rows["about"] == "language") & rows["item"].str.contains("heeding")]
    assert language["truth"].tolist() == pytest.approx([0.127, 0.0], abs=0.001)
    steps = stats.steps_as_estimates(rows)
    half = (steps["ci_high"] - steps["ci_low"]) / 2
    assert ((steps["estimate"] - steps["truth"]).abs() < 2 * half).all()
    assert set(steps["unit"]) == {"units"}


def test_facts_go_where_their_number_of_groups_sends_them(found: dict[str, pd.DataFrame]) -> None:
    assert set(found["two"]["about"]) == {"language", "sex"}
    assert set(found["several"]["about"]) == {"education"}
    assert found["pairs"]["dunn_p"].between(0, 1).all()


def test_families_add_up(found: dict[str, pd.DataFrame]) -> None:
    whole = stats.all_questions(found.values())
    tally = stats.families_counted(whole)
    assert tally["family"].tolist() == [*FAMILIES, "All"]
    parts, everything = tally.iloc[:-1], tally.iloc[-1]
    for column in ("tests", "rejected", "none", "false_raw", "false", "some", "found"):
        assert parts[column].sum() == everything[column]
    assert everything["tests"] == sum(SIZES.values()) == everything["none"] + everything["some"]
    assert stats.counted(tally, "tests").estimate == everything["tests"]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_readers_file_without_a_design_gets_tests_and_no_verdict(
    name: str, plain: Survey
) -> None:
    rows = FAMILIES[name](plain)
    assert not isinstance(rows, Inapplicable)
    assert set(rows["evidence"]) == {Evidence.RESPONDENTS.value}
    assert rows["estimate"].notna().all()
    assert set(rows["in_model"]) == {"unknown"}
    tally = stats.families_counted(rows)
    assert stats.counted(tally, "tests").estimate == SIZES[name]
    assert isinstance(stats.counted(tally, "false"), Inapplicable)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_foreign_instrument_gets_a_reason(name: str, norway: Survey) -> None:
    reason = FAMILIES[name](norway)
    assert isinstance(reason, Inapplicable)
    assert reason.evidence is Evidence.RESPONDENTS
    assert stats.answered_questions(reason) is reason
    assert stats.all_questions([reason, reason]) is reason
    assert stats.steps_as_estimates(reason) is reason
    assert stats.counted(reason, "tests") is reason


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return reader_file(tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module")
def norway(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return foreign(Path(tmp_path_factory.mktemp("norway")), "stevedata", "ESS10NO")
