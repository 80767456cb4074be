"""Simulated respondents: their file, their sample, the numbers they are drawn with, and the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from simulated import SURVEY, book, edited, model, put, sample

from helpers.cli import main
from helpers.errors import DataError, EstimationError
from helpers.stats.simulation.answers import interviewed
from helpers.stats.simulation.files import digest, write_responses
from helpers.stats.simulation.population import cells, strata
from helpers.stats.simulation.respondents import simulate, write_simulated
from helpers.stats.simulation.sample import clusters

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
