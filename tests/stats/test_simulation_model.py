"""The file of the simulation model: every wrong place is named, and junk never crashes."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated import book, edited, held, put

from helpers.errors import DataError
from helpers.stats.simulation.checks import problems
from helpers.stats.simulation.model import read_model
from helpers.stats.simulation.population import structure
from helpers.stats.simulation.respondents import simulate
from helpers.stats.simulation.truth import exact_truth


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
