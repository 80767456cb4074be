"""Simulated respondents follow the written model, and estimates from them recover the truth."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr
from scipy.stats import binom

from helpers.cli import main
from helpers.data.codebook import Codebook
from helpers.data.codebook_file import read_codebook
from helpers.errors import DataError, EstimationError
from helpers.evidence import Evidence, marked
from helpers.stats.describe.describe import proportions
from helpers.stats.design import Design, survey_design
from helpers.stats.models.regression import linear_model
from helpers.stats.simulation.answers import interviewed
from helpers.stats.simulation.checks import problems
from helpers.stats.simulation.effects import mediation_truth
from helpers.stats.simulation.files import digest, write_responses
from helpers.stats.simulation.large import large_truth, scores
from helpers.stats.simulation.model import Model, read_model
from helpers.stats.simulation.population import cells, strata, structure
from helpers.stats.simulation.respondents import simulate, simulation_model, write_simulated
from helpers.stats.simulation.sample import clusters
from helpers.stats.simulation.truth import Expected, exact_truth

SURVEY = ROOT / "data" / "survey"
CELL_ERRORS = 4.5
"""How many standard errors a share may be from the truth; of about 300 shares none is expected there."""


@cache
def book() -> Codebook:
    return read_codebook(SURVEY / "codebook.yml")


@cache
def model() -> Model:
    return simulation_model()


@cache
def truth() -> dict[str, Any]:
    return exact_truth(model())


@cache
def sample(n: int = 2000, seed: int = 1) -> pd.DataFrame:
    return simulate(n=n, seed=seed)


def held() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((SURVEY / "model.yml").read_text(encoding="utf-8"))
    return found


def read(given: object, folder: Path) -> Model:
    file = folder / "model.yml"
    file.write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
    return read_model(file, codebook=book())


def edited(folder: Path, edit: Callable[[dict[str, Any]], object]) -> Model:
    changed = held()
    edit(changed)
    return read(changed, folder)


def put(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """An edit that sets the value at ``section/name/code``."""

    def edit(changed: dict[str, Any]) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        inside: Any = changed
        for step in steps:
            inside = inside[step]
        inside[last] = value

    return edit


def answered(rows: pd.DataFrame) -> pd.DataFrame:
    """Answers, with missing ones as missing, and an evidence kind and source."""
    names = [item.name for item in book().items]
    kept = rows.assign(**rows[names].astype("float64").where(rows[names] >= 0))
    return marked(kept, Evidence.SIMULATED).assign(source="simulated")


def design(rows: pd.DataFrame) -> Design:
    return survey_design(answered(rows), weight="weight", strata="stratum", psu="psu")


# The file


def test_the_default_files_are_what_the_model_gives(tmp_path: Path) -> None:
    responses, told = write_simulated(n=model().n, seed=model().seed, folder=tmp_path)
    for file in (responses, told):
        assert file.read_text("utf-8") == (SURVEY / file.name).read_text("utf-8"), file.name
    found = yaml.safe_load(told.read_text("utf-8"))
    assert (found["n"], found["seed"], found["strata"]) == (2000, 2019, 37)
    assert found["respondents_sha256"] == digest(responses)
    errors = [
        value["error"]
        for part in ("sincere", "answered")
        for values in found["scores"][part].values()
        for value in values.values()
    ]
    assert found["scores"]["respondents"] == 400_000
    assert 0 < min(errors) < max(errors) < 0.004


def test_columns_are_those_of_the_codebook_and_every_code_is_known() -> None:
    rows = sample()
    assert list(rows) == ["id", "weight", "stratum", "psu", *(item.name for item in book().items)]
    assert rows["id"].tolist() == list(range(1, 2001))
    for item in book().items:
        if item.type == "count":
            assert rows[item.name].between(18, 74).all()
        else:
            assert set(rows[item.name]) <= {*item.codes, *item.missing.values()}, item.name
    assert rows.drop(columns="weight").dtypes.map(pd.api.types.is_integer_dtype).all()
    assert not rows.isna().any(axis=None)


def test_age_and_group_and_stratum_and_place_agree() -> None:
    rows = sample()
    group = pd.cut(rows["age"], [17, 44, 59, 74], labels=[1, 2, 3]).astype(int)
    assert (group == rows["age_group"]).all()
    assert (rows["stratum"] == rows["region"] * 10 + rows["settlement"]).all()
    assert not ((rows["settlement"] == 2) & rows["region"].isin([4, 6, 17])).any()


def test_only_those_are_asked_whose_answer_leads_there() -> None:
    rows = sample()
    for name, before, code in (("appeal_answered", "appealed", 1),
                               ("appeal_satisfied", "appeal_answered", 1)):  # fmt: skip
        assert ((rows[name] == -3) == (rows[before] != code)).all()
    assert (rows["appeal_satisfied"] > 0).sum() > 200


def test_the_bytes_are_those_of_pandas(tmp_path: Path) -> None:
    write_responses(sample(), tmp_path / "ours.csv")
    sample().to_csv(tmp_path / "pandas.csv", index=False, float_format="%.6f", lineterminator="\n")
    assert (tmp_path / "ours.csv").read_bytes() == (tmp_path / "pandas.csv").read_bytes()
    again = pd.read_csv(tmp_path / "ours.csv")
    pd.testing.assert_frame_equal(again, sample(), check_dtype=False, check_exact=True)


# The sample


@given(n=st.integers(200, 30_000))
def test_every_stratum_has_two_clusters_and_everybody_is_in_one(n: int) -> None:
    found = clusters(model(), n=n)
    assert found.size.sum() == n
    assert found.size.min() >= 1
    assert np.bincount(found.stratum, minlength=37).min() >= 2
    for stratum in range(37):
        size = found.size[found.stratum == stratum]
        assert size.max() - size.min() <= 1


def test_small_regions_are_oversampled_and_weights_mend_it() -> None:
    rows, share = sample(), model().population.shares["region"]
    assert (rows["region"] == 19).mean() > 2 * share[19]
    assert (rows["region"] == 18).mean() < 0.8 * share[18]
    assert rows["weight"].mean() == pytest.approx(1, abs=1e-6)
    told = rows.assign(sex_age=rows["sex"] * 10 + rows["age_group"])
    for margin, shares in model().population.shares.items():
        found = told.groupby(margin)["weight"].sum() / len(rows)
        assert found.to_dict() == pytest.approx(shares, abs=2e-6), margin
    young_men = ((rows["sex"] == 2) & (rows["age_group"] == 1)).mean()
    assert young_men < 0.9 * model().population.shares["sex_age"][21]


@pytest.mark.parametrize("seed", range(12))
def test_the_smallest_sample_can_always_be_weighted(seed: int) -> None:
    rows = simulate(n=200, seed=seed)
    assert rows["weight"].between(0.01, 30).all()
    assert (rows.groupby("stratum")["psu"].nunique() >= 2).all()


def test_margins_are_those_that_the_census_prints() -> None:
    shares = model().population.shares
    assert shares["region"][19] == pytest.approx(0.011202, abs=1e-6)
    assert shares["sex_age"][11] == pytest.approx(0.286349, abs=1e-6)
    assert shares["settlement"][1] == pytest.approx(0.620392, abs=1e-6)
    places = strata(model())
    assert len(places) == 37
    assert places["share"].sum() == pytest.approx(1)
    for column in ("region", "settlement"):
        found = places.groupby(column)["share"].sum().to_dict()
        assert found == pytest.approx(shares[column])


@pytest.mark.parametrize("n", [199, 0, -5, 5_000_001, 2000.0, True, "2000"])
def test_a_size_that_cannot_be_is_refused(n: Any) -> None:
    with pytest.raises(EstimationError, match=r"got n=.*expected a whole number from 200 to 5,000"):
        simulate(n=n, seed=1)


@pytest.mark.parametrize("seed", [-1, 1.5, None, True])
def test_a_seed_that_cannot_be_is_refused(seed: Any) -> None:
    with pytest.raises(EstimationError, match=r"got seed=.*expected a whole number, not negative"):
        simulate(n=200, seed=seed)


# Random numbers


def test_answers_do_not_depend_on_the_size_of_the_parts() -> None:
    drawn = clusters(model(), n=1500)
    whole = interviewed(model(), drawn, seed=3)
    for part in (7, 640, 1499):
        pd.testing.assert_frame_equal(interviewed(model(), drawn, seed=3, part=part), whole)
    assert not interviewed(model(), drawn, seed=4).equals(whole)


def test_one_item_changes_alone(tmp_path: Path) -> None:
    other = edited(tmp_path, put("items/trust_courts/thresholds", [-2.0, -1.0, 0.0]))
    before, after = sample(), simulate(n=2000, seed=1, model=other)
    changed = [name for name in before if not before[name].equals(after[name])]
    assert changed == ["trust_courts"]


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


# The model's file


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("items/trust_courts/loading", 1.2, "trust_courts: loading': got 1.2; expected a number from -0.99 to 0.99"),
        ("items/trust_courts/loading", -0.5, "expected below 0 if, and only if, the item is reversed"),
        ("items/trust_courts/thresholds", [0.1, 0.1, 0.2], "expected thresholds that rise"),
        ("items/trust_courts/thresholds", [0.1, 0.2], "expected a list of length 3"),
        ("items/trust_courts/scale", "heeding", "expected the scale of the codebook, trust"),
        ("items/trust_courts", {"thresholds": [0, 1, 2]}, "expected the scale of the codebook, trust, and a loading"),
        ("items/trust_police", {}, "'trust_police'; expected one of channel_open_data"),
        ("population/kazakh/south", [0.5, 1.5], "kazakh: south': got 1.5; expected a number from 0 to 1"),
        ("population/education/1/1", [0.5, 0.5, 0.5], "expected shares that sum to 1"),
        ("population/region_types/city", [4, 6], "expected each region of the codebook once"),
        ("population/ages/1", [44, 18], "expected the first year, then the last"),
        ("population/margins/region/reference_date", 2023, "expected text, in quotes if it is a date"),
        ("design/icc", 1.0, "column 'icc': got 1.0; expected a number from 0 to 0.99"),
        ("scales/paths/transparency", {"trust": 0.2}, "got 'trust'; expected one of channels"),
        ("scales/effects/trust/sex", {3: 0.2}, "effects: trust: sex': got 3; expected one of 1, 2"),
        ("scales/correlations", [["trust", "trust", 0.1]], "expected two different scales and a number"),
        ("insincerity/share/south", 2, "insincerity: share: south': got 2; expected a number from 0 to 1"),
        ("insincerity/hidden", [1, 3], "expected different answers of it"),
        ("nonresponse/refused/base", 0.9, "refused: base': got 0.9; expected a number from 0 to 0.3"),
        ("scales/paths/heeding", {"channels": 0.1}, "nulls: channels-heeding': got 0.1; expected an effect of 0"),
        ("items/trust_courts/effects", {"language": {1: 0.2}}, "expected an effect of 0 of language on trust_courts"),
        ("default/seed", -1, "default: seed': got -1; expected a whole number of at least 0"),
        ("extra", 1, "got 'extra'; expected one of title"),
    ],
)  # fmt: skip
def test_a_wrong_place_is_named(path: str, value: object, told: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        edited(tmp_path, put(path, value))
    assert told in str(caught.value)
    assert "Mend the model" in str(caught.value)


def test_all_wrong_places_are_counted(tmp_path: Path) -> None:
    def spoil(changed: dict[str, Any]) -> None:
        for rule in changed["items"].values():
            rule["thresholds"] = "many"

    with pytest.raises(DataError, match=r"(?s)34 problems in the data:.*and 24 more"):
        edited(tmp_path, spoil)


def test_contradictions_of_paths_and_correlations_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="paths explain more than all of scale 'trust'"):
        structure(edited(tmp_path, put("scales/paths/trust/external-efficacy", 0.98)))
    linked = [["transparency", "participation", 0.9], ["participation", "heeding", 0.9],
              ["transparency", "heeding", -0.9]]  # fmt: skip
    with pytest.raises(DataError, match="correlations of the scales contradict each other"):
        structure(edited(tmp_path, put("scales/correlations", linked)))


def test_margins_must_be_those_that_the_model_describes(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"counts others than the model says; got all ages"):
        edited(tmp_path, put("population/margins/region/covers", "adults"))
    with pytest.raises(DataError, match="does not fit the codebook"):
        edited(tmp_path, put("population/ages/1", [18, 43]))


def test_a_closed_form_that_does_not_hold_is_refused(tmp_path: Path) -> None:
    tied = edited(tmp_path, put("items/appeal_answered", {
        "scale": "answering", "loading": 0.5, "thresholds": [-1.0]
    }))  # fmt: skip
    with pytest.raises(
        DataError, match=r"who is asked 'appeal_satisfied' depends on what is asked"
    ):
        exact_truth(tied)


def test_an_item_that_nobody_would_answer_is_refused(tmp_path: Path) -> None:
    silent = edited(tmp_path, put("nonresponse/dont-know/items/appealed", 90.0))
    for use in (exact_truth, lambda model: simulate(n=200, seed=1, model=model)):
        with pytest.raises(DataError, match=r"nearly nobody would answer 'appealed'; got a rate"):
            use(silent)


def test_an_item_is_asked_after_those_that_decide_it() -> None:
    turned = replace(book(), items=book().items[::-1])
    found = [str(problem) for problem in problems(held(), turned, file="model.yml")]
    assert len(found) == 2
    assert "'appealed'; expected asked_if: an item before it" in "".join(found)


@pytest.mark.parametrize("text", [": :", "", "[1, 2]", "title: x"])
def test_a_file_that_is_no_model_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "model.yml").write_text(text)
    with pytest.raises(DataError, match="Mend the model"):
        read_model(tmp_path / "model.yml", codebook=book())
    with pytest.raises(DataError, match="No such file"):
        read_model(tmp_path / "none.yml", codebook=book())


def leaves(inside: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(inside, dict | list):
        steps = inside if isinstance(inside, dict) else range(len(inside))
        for step in steps:
            yield from leaves(inside[step], (*path, step))


PLACES = list(leaves(held()))


@given(
    path=st.sampled_from(PLACES),
    junk=st.sampled_from([None, "x", [], {}, [[1]], {"x": 1}, -1, 1e9, True, float("nan")]),
)
def test_junk_anywhere_is_a_problem_and_never_a_crash(path: tuple[Any, ...], junk: object) -> None:
    changed = copy.deepcopy(held())
    inside = changed
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = junk
    found = problems(changed, book(), file="model.yml")
    assert all(str(problem).startswith("model.yml, column ") for problem in found)
    if isinstance(junk, float) and math.isnan(junk):
        assert found, path


def test_another_codebook_is_told_what_it_lacks() -> None:
    smaller = replace(book(), items=tuple(item for item in book().items if item.name != "sex"))
    (problem,) = problems(held(), smaller, file="model.yml")
    assert "the item 'sex' in the codebook" in str(problem)


# Writing


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The truth without its large part, which takes seconds."""
    monkeypatch.setattr("helpers.stats.simulation.respondents.large_truth", lambda model: {})


@pytest.mark.usefixtures("quick")
def test_only_what_was_simulated_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    responses, _ = write_simulated(n=200, seed=1, folder=folder)
    first = responses.read_bytes()
    write_simulated(n=200, seed=2, folder=folder)
    assert responses.read_bytes() != first
    responses.write_bytes(responses.read_bytes().replace(b"\n", b"\r\n"))
    write_simulated(n=200, seed=1, folder=folder)
    assert responses.read_bytes() == first
    assert sorted(file.name for file in folder.iterdir()) == [
        "responses.simulated.csv", "truth.simulated.yml",
    ]  # fmt: skip
    mine = first.replace(b"1,", b"2,", 1)
    responses.write_bytes(mine)
    with pytest.raises(DataError, match=r"responses.simulated.csv is there and would be lost"):
        write_simulated(n=200, seed=1, folder=folder)
    assert responses.read_bytes() == mine


@pytest.mark.usefixtures("quick")
def test_the_command_says_what_it_wrote_and_no_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["simulate", "--n", "300", "--seed", "7", "--to"]
    assert main([*told, str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out == ("300 simulated respondents are in responses.simulated.csv, their truth in"
                   " truth.simulated.yml.\n")  # fmt: skip
    drawn = simulate(n=300, seed=7)
    written = pd.read_csv(tmp_path / "responses.simulated.csv")
    pd.testing.assert_frame_equal(written, drawn, check_dtype=False, check_exact=True)
    (tmp_path / "file").write_text("")
    assert main([*told, str(tmp_path / "file")]) == 2
    error = capsys.readouterr().err
    assert "expected a folder that can be written" in error
    assert str(tmp_path) not in error
    assert main(["simulate", "--n", "5", "--to", str(tmp_path / "none")]) == 2
    assert "got n=5" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_cells_are_the_whole_population() -> None:
    found = cells(model())
    assert len(found) == 37 * 6 * 3 * 2
    assert found["share"].sum() == pytest.approx(1)
    education = found.groupby("education")["share"].sum()
    assert education.tolist() == pytest.approx([0.416, 0.308, 0.276], abs=0.02)
