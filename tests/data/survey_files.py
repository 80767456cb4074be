"""A small survey of twelve respondents and its codebook, written to files of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.codebook import Codebook
from helpers.data.codebook_file import read_codebook

CODEBOOK = """\
title: A small survey
languages: [en, kk]
roles: {id: id, weight: weight, stratum: stratum, psu: psu}
missing: {dont-know: -1, refused: -2, not-asked: -3}
scales:
  trust: {label: Trust, least: 2}
options:
  agree:
    - {code: 1, label: {en: Disagree, kk: Келіспеймін}}
    - {code: 2, label: {en: Neither, kk: Білмеймін}}
    - {code: 3, label: {en: Agree, kk: Келісемін}}
items:
  - {name: trust_a, label: A, type: ordinal, options: agree, missing: [dont-know, refused], scale: trust}
  - {name: trust_b, label: B, type: ordinal, options: agree, missing: [dont-know, refused], scale: trust}
  - {name: distrust, label: C, type: ordinal, options: agree, missing: [dont-know, refused], scale: trust, reverse: true}
  - name: appealed
    label: Appealed
    type: binary
    options: [{code: 0, label: {en: "No"}}, {code: 1, label: {en: "Yes"}}]
    missing: [refused]
  - name: answered
    label: Answered
    type: binary
    options: [{code: 0, label: {en: "No"}}, {code: 1, label: {en: "Yes"}}]
    missing: [dont-know, not-asked]
    asked_if: {item: appealed, codes: [1]}
  - name: region
    label: Region
    type: nominal
    options: [{code: 1, label: {en: North}}, {code: 2, label: {en: South}}]
  - {name: age, label: Age in years, type: count, missing: [refused]}
"""

FRAME = pd.DataFrame(
    {
        "id": [f"R{k:02d}" for k in range(12)],
        "weight": [0.5, 1.25, 1, 2, 0.75, 1, 1, 1, 1.5, 1, 1, 1],
        "stratum": ["north"] * 6 + ["south"] * 6,
        "psu": [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4],
        "trust_a": [1, 2, 3, -1, -2, 1, 2, 3, 1, 2, 3, 1],
        "trust_b": [3, 2, 1, -1, 3, 3, 2, 1, -2, 2, 1, 3],
        "distrust": [1, 1, 1, 1, -1, 3, 2, 2, -1, 3, 3, 3],
        "appealed": [0, 1, 1, 0, -2, 1, 0, 0, 0, 1, 1, 0],
        "answered": [-3, 1, 0, -3, -3, -1, -3, -3, -3, 0, 1, -3],
        "region": [1] * 6 + [2] * 6,
        "age": [18, 30, 45, -2, 60, 71, 22, 33, 44, 55, 66, 77],
    }
)
LABELS = {"trust_a": {1: "Disagree", 2: "Neither", 3: "Agree", -1: "Don't know"}}
ITEMS = list(FRAME.columns[4:])


def written_codebook(folder: Path, text: str = CODEBOOK) -> Path:
    path = folder / "codebook.yml"
    path.write_text(text, encoding="utf-8")
    return path


def small_codebook(folder: Path) -> Codebook:
    return read_codebook(written_codebook(folder))


def csv_text(frame: pd.DataFrame = FRAME) -> str:
    return frame.to_csv(index=False, lineterminator="\n")


def written(folder: Path, kind: str, frame: pd.DataFrame = FRAME, **options: Any) -> Path:
    """The frame as a file of this kind; options go to the writer of sav and dta."""
    import pyreadstat

    path = folder / f"answers.{kind}"
    if kind == "csv":
        path.write_text(csv_text(frame), encoding="utf-8")
    elif kind == "parquet":
        frame.to_parquet(path)
    elif kind == "dta":
        pyreadstat.write_dta(frame, path, **options)
    else:
        pyreadstat.write_sav(frame, path, **options)
    return path


def user_missing(frame: pd.DataFrame = FRAME) -> Mapping[str, list[int]]:
    """The codes of missing answers that SPSS would declare."""
    return {name: [-1, -2, -3] for name in ITEMS if np.issubdtype(frame[name].dtype, np.number)}
