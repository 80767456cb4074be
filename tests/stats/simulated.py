"""The simulated survey of the book, made once for the tests of its file, its model and its truth."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from conftest import ROOT

from helpers.data.codebook import Codebook
from helpers.data.codebook_file import read_codebook
from helpers.evidence import Evidence, marked
from helpers.stats.design import Design, survey_design
from helpers.stats.simulation.model import Model, read_model
from helpers.stats.simulation.respondents import simulate, simulation_model
from helpers.stats.simulation.truth import exact_truth

SURVEY = ROOT / "data" / "survey"


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


def answered(rows: pd.DataFrame) -> pd.DataFrame:
    """Answers, with missing ones as missing, and an evidence kind and source."""
    names = [item.name for item in book().items]
    kept = rows.assign(**rows[names].astype("float64").where(rows[names] >= 0))
    return marked(kept, Evidence.SIMULATED).assign(source="simulated")


def design(rows: pd.DataFrame) -> Design:
    return survey_design(answered(rows), weight="weight", strata="stratum", psu="psu")


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
