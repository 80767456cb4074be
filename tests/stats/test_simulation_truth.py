"""The truth behind simulated respondents, by hand and from large samples; estimates recover it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr
from scipy.stats import binom
from simulated import book, design, edited, model, put, sample, truth

from helpers.stats.describe.describe import proportions
from helpers.stats.design import Design
from helpers.stats.models.regression import linear_model
from helpers.stats.simulation.effects import mediation_truth
from helpers.stats.simulation.large import large_truth, scores
from helpers.stats.simulation.population import structure
from helpers.stats.simulation.respondents import simulate
from helpers.stats.simulation.truth import Expected

CELL_ERRORS = 4.5
"""How many standard errors a share may be from the truth; of about 300 shares none is expected there."""


# The truth against calculation by hand, and against a large sample


def test_shares_without_background_are_differences_of_the_normal_distribution() -> None:
    below = [0, *ndtr([-0.50, 0.40, 0.90, 1.90]), 1]
    found = truth()["items"]["heeding_account"]
    assert list(found["sincere"].values()) == pytest.approx(np.diff(below).tolist())
    assert truth()["items"]["appeal_answered"]["sincere"][1] == pytest.approx(1 - ndtr(-1.28))


def test_effects_and_correlations_are_those_of_the_paths() -> None:
    scales = truth()["scales"]
    given_all = scales["correlation_given_background"]
    assert given_all["transparency"]["external-efficacy"] == pytest.approx(
        0.20 + 0.15 * 0.55 + 0.35 * 0.40
    )
    assert given_all["channels"]["trust"] == pytest.approx(0.40 * 0.10 * 0.40)
    assert scales["total_effects"]["trust"]["transparency"] == pytest.approx(0.15 + 0.20 * 0.40)
    background = scales["total_effects_of_background"]
    assert background["education"][3]["internal-efficacy"] == pytest.approx(0.35 + 0.40 * 0.55)
    assert background["sex"][2]["trust"] == pytest.approx(0.15 * 0.10 * 0.40)
    assert scales["icc"] == 0.06
    assert np.diag(structure(model()).correlation) == pytest.approx(1)


def test_the_mediation_is_the_product_of_its_paths() -> None:
    rows = {
        (row["cause"], row["outcome"]): row for row in mediation_truth(model(), structure(model()))
    }
    found = rows["transparency", "trust"]
    assert (found["indirect"], found["direct"]) == (pytest.approx(0.08), 0.15)
    assert rows["participation", "trust"]["direct"] == 0.0
    for row in rows.values():
        alone = row["alone"]
        assert alone["direct"] + alone["indirect"] == pytest.approx(alone["total"])


def test_a_large_sample_has_the_true_shares_of_every_item() -> None:
    """Respondents of 1,000 clusters each in a stratum; the design effect is below 2 everywhere."""
    rows = sample(n=200_000, seed=5)
    weight = rows["weight"].to_numpy()
    worst: dict[str, float] = {}
    for name, found in truth()["items"].items():
        item, code = book().item(name), rows[name].to_numpy()
        there = np.isin(code, item.codes)
        for answer, share in found["answered"].items():
            se = np.sqrt(2 * share * (1 - share) / there.sum())
            seen = weight[there & (code == answer)].sum() / weight[there].sum()
            worst[f"{name} {answer}"] = (seen - share) / se
        for kind, share in found["missing"].items():
            se = np.sqrt(2 * share * (1 - share) / len(rows))
            seen = weight[code == item.missing[kind]].sum() / weight.sum()
            worst[f"{name} {kind}"] = (seen - share) / se
    assert len(worst) > 200
    assert max(map(abs, worst.values())) < CELL_ERRORS, max(worst, key=lambda at: abs(worst[at]))
    president = truth()["items"]["trust_president"]
    off = (president["answered"][3] - president["sincere"][3]) / np.sqrt(2 * 0.25 / 190_000)
    assert off > 5 * CELL_ERRORS


def test_scores_of_the_large_simulation_have_the_exact_means_and_no_tie_where_none_is() -> None:
    found = large_truth(model(), parts=8, size=5000)
    for name, mean in truth()["score_means"].items():
        seen = found["sincere"]["mean"][name]
        assert abs(seen["value"] - mean) < 6 * seen["error"], name
    tie = found["sincere"]["correlation"]
    assert abs(tie["channels, heeding"]["value"]) < 4 * tie["channels, heeding"]["error"] + 0.003
    assert tie["participation, heeding"]["value"] > 0.3
    assert found["answered"]["mean"]["trust"]["value"] > found["sincere"]["mean"]["trust"]["value"]
    assert 0.03 < found["sincere"]["icc"]["heeding"]["value"] < 0.06


def test_clusters_share_as_much_as_the_model_says(tmp_path: Path) -> None:
    alone = edited(tmp_path, put("design/icc", 0.0))
    found = large_truth(alone, parts=4, size=5000)["sincere"]["icc"]["heeding"]
    assert abs(found["value"]) < 0.006


def test_a_score_needs_as_many_answers_as_the_codebook_asks() -> None:
    rows = sample().head(3).copy()
    rows[["heeding_change", "heeding_account", "heeding_mend", "heeding_regardless"]] = [
        [1, -1, -2, -1], [1, 3, -1, -1], [-1, 5, -2, 1],
    ]  # fmt: skip
    assert scores(model(), rows)["heeding"].tolist()[1:] == [2.0, 5.0]
    assert np.isnan(scores(model(), rows)["heeding"].iloc[0])


# What the model is meant to teach


def favourable(name: str, part: str, least: int) -> float:
    return sum(share for code, share in truth()["items"][name][part].items() if code >= least)


def test_being_answered_is_common_and_being_heeded_rare() -> None:
    assert favourable("answering_answer", "answered", 4) > 0.6
    assert favourable("heeding_account", "answered", 4) < 0.25
    assert truth()["items"]["appeal_answered"]["answered"][1] > 0.85
    assert favourable("appeal_satisfied", "answered", 3) < 0.4


def test_the_centre_is_trusted_more_than_local_bodies() -> None:
    for part in ("sincere", "answered"):
        trusted = [favourable(f"trust_{name}", part, 3)
                   for name in ("president", "government", "regional_akim", "local_akim")]  # fmt: skip
        assert trusted == sorted(trusted, reverse=True)


def test_hidden_distrust_and_silence_make_trust_look_higher() -> None:
    for name in model().insincerity.sensitivity:
        shares = [favourable(name, part, 3) for part in ("sincere", "given", "answered")]
        assert shares == sorted(set(shares)), name
    named = truth()["items"]["trust_president"]
    distrust = named["sincere"][1] + named["sincere"][2]
    assert named["insincere"] / distrust == pytest.approx(
        truth()["insincere_share"]["all"], abs=0.02
    )
    assert "given" not in truth()["items"]["heeding_account"]


def test_less_education_means_more_silence() -> None:
    rows = sample(n=200_000, seed=5)
    silent = (rows["transparency_money"] == -1).groupby(rows["education"]).mean()
    assert [silent[level] for level in (1, 2, 3)] == pytest.approx(
        [0.1125, 0.075, 0.0375], abs=0.004
    )


def test_language_makes_a_difference_to_one_item_alone() -> None:
    expected = Expected(model())
    people = expected.people
    kazakh, russian = ((people["language"] == code).to_numpy() for code in (1, 2))
    for item in book().items:
        if item.name in model().items:
            shares = expected._sincere(item)
            same = np.allclose(shares[kazakh], shares[russian], atol=1e-12)
            assert same is (item.name != "heeding_mend"), item.name


def test_heeding_is_the_same_in_all_groups() -> None:
    for groups in truth()["scales"]["mean_by_group"].values():
        assert {round(mean["heeding"], 12) for mean in groups.values()} == {0.0}
    assert truth()["scales"]["correlation"]["channels"]["heeding"] == 0.0


# Estimates recover the truth

SEEDS = range(60)


@cache
def estimates() -> pd.DataFrame:
    """One row a seed: whether intervals hold a share or an effect, true or not, and one estimate."""
    president, account = (truth()["items"][name] for name in ("trust_president", "heeding_account"))
    rows = []
    for seed in SEEDS:
        drawn = simulate(n=600, seed=seed)
        trust = drawn["trust_president"].where(drawn["trust_president"] > 0)
        whole = design(drawn.assign(
            channels=scores(model(), drawn)["channels"], men=(drawn["sex"] == 2) * 1.0,
            distrust=(trust <= 2).astype("float64").where(trust.notna()),
        ))  # fmt: skip
        distrust = share(whole, "distrust", "1")
        nobody = share(whole, "heeding_account", "1")
        of_channels = {
            name: slope(whole, name, "channels") for name in ("heeding_account", "internal_able")
        }
        rows.append({
            "heeding": holds(nobody, 100 * account["answered"][1]),
            "distrust": holds(distrust, 100 * sum(president["answered"][k] for k in (1, 2))),
            "sincere distrust": holds(distrust, 100 * sum(president["sincere"][k] for k in (1, 2))),
            "channels on heeding": holds(of_channels["heeding_account"], 0),
            "channels on knowing how": holds(of_channels["internal_able"], 0),
            "sex on heeding": holds(slope(whole, "heeding_mend", "men"), 0),
            "estimate": distrust["estimate"],
        })  # fmt: skip
    return pd.DataFrame(rows)


def share(whole: Design, item: str, level: str) -> pd.Series:
    return proportions(whole.answered(item), item).set_index("level").loc[level]


def slope(whole: Design, outcome: str, term: str) -> pd.Series:
    fitted = linear_model(whole.answered(outcome, term), outcome=outcome, terms=[term])
    return fitted.coefficients.set_index("level").loc[term]


def holds(row: pd.Series, value: float) -> bool:
    return bool(row["ci_low"] <= value <= row["ci_high"])


@pytest.mark.parametrize("what", ["heeding", "distrust", "channels on heeding", "sex on heeding"])
def test_intervals_hold_the_truth_about_95_times_of_100(what: str) -> None:
    low, high = binom.ppf([1e-4, 1 - 1e-4], len(SEEDS), 0.95)
    assert low <= estimates()[what].sum() <= high


@pytest.mark.parametrize("what", ["sincere distrust", "channels on knowing how"])
def test_intervals_do_not_hold_what_is_not_true(what: str) -> None:
    assert estimates()[what].sum() < binom.ppf(1e-4, len(SEEDS), 0.95)


def test_estimates_are_unbiased() -> None:
    found = estimates()["estimate"]
    president = truth()["items"]["trust_president"]["answered"]
    aim = 100 * (president[1] + president[2])
    assert abs(found.mean() - aim) < 4 * found.std() / np.sqrt(len(found))
