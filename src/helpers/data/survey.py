"""A survey ready to analyse: simulated respondents, or the reader's own file, with its codebook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from helpers import paths
from helpers.data.codebook import MISSING, Codebook, Item
from helpers.data.codebook_file import read_codebook
from helpers.data.filters import unknown
from helpers.data.raw import Cell, Column, as_text
from helpers.data.responses import read_responses
from helpers.data.responses_check import HINT, Checked, check_responses, weights
from helpers.errors import DataError, refuse
from helpers.evidence import Evidence, marked

FILE = "LISTENING_STATE_SURVEY"
CODEBOOK = "LISTENING_STATE_CODEBOOK"
SIMULATED = "Simulated respondents"
SIMULATED_SOURCE = "simulated-respondents"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """Answers of respondents with what they mean.

    Attributes
    ----------
    codebook
        The instrument.
    rows
        One row a respondent: ``id weight stratum psu`` as far as roles name them (ids, strata and
        units as text), every item that the file has as numbers, NaN where missing, ``evidence``
        and ``source_id``.
    why
        Same index, one column an item: the kind of missing answer, NA where answered.
    truth
        The model behind simulated respondents; None for others.
    name
        ``Simulated respondents``, or the name of the file without its folder.
    """

    codebook: Codebook
    rows: pd.DataFrame
    why: pd.DataFrame
    truth: Mapping[str, Any] | None
    name: str


def survey() -> Survey:
    """The survey that the environment names, else the simulated respondents of the project.

    ``LISTENING_STATE_SURVEY`` names the file and ``LISTENING_STATE_CODEBOOK`` its codebook; without
    the latter, the file has the codebook of the project.

    Raises
    ------
    DataError
        A file is missing or cannot be read, or does not fit its codebook; or a codebook is named
        and no file.
    """
    if os.environ.get(CODEBOOK) and not os.environ.get(FILE):
        raise DataError(
            f"a codebook is named and no file; got {CODEBOOK} alone; expected {FILE} too."
            " Name the file of respondents that the codebook describes."
        )
    file, codebook, _ = survey_files()
    return read_survey(file, codebook)


def survey_files() -> tuple[Path, Path, Path]:
    """The files that `survey` reads: respondents, codebook and, if simulated, their truth."""
    folder = paths.survey()
    file, codebook = os.environ.get(FILE), os.environ.get(CODEBOOK)
    known = Path(codebook) if codebook else folder / "codebook.yml"
    rows = Path(file) if file else folder / "responses.simulated.csv"
    return rows, known, rows.with_name("truth.simulated.yml")


def is_simulated(file: Path) -> bool:
    """Whether a file of respondents says by its name, ``….simulated.csv``, that nobody was asked."""
    return file.stem.endswith(".simulated")


def read_survey(file: Path, codebook: Path) -> Survey:
    """The survey in a file, checked whole against its codebook.

    A name that ends in ``.simulated`` before its suffix marks simulated respondents; the model
    behind them is in ``truth.simulated.yml`` beside the file.

    Raises
    ------
    DataError
        The file or its codebook cannot be read, or one does not fit the other.
    """
    known = read_codebook(codebook)
    checked = check_responses(read_responses(file, known), known)
    refuse(checked.problems, hint=HINT)
    simulated = is_simulated(file)
    kind = Evidence.SIMULATED if simulated else Evidence.RESPONDENTS
    name = SIMULATED if simulated else file.name
    # A semicolon would part the key in two.
    source = SIMULATED_SOURCE if simulated else file.name.replace(";", ",")
    return Survey(
        codebook=known,
        rows=marked(_rows(checked), kind).assign(source_id=source),
        why=_why(checked),
        truth=_truth(file.with_name("truth.simulated.yml")) if simulated else None,
        name=name,
    )


def labelled(survey: Survey, item: str, *, language: str = "en") -> pd.Series:
    """The answers to an item as their labels, in the order of the codebook.

    Parameters
    ----------
    survey : the survey.
    item : name of an item with options.
    language : code of a language of the codebook.

    Returns
    -------
    Categories with the index of the rows: ordered for ordinal and binary items, unordered for
    nominal ones; every option is a category, also where nobody chose it. Missing stays missing.

    Raises
    ------
    DataError
        No such item or language, the file lacks the item, it is a count, an option has no label in
        the language, or two have the same.
    """
    known = present_item(survey, item)
    labels = _labels(survey.codebook, known, language)
    kind = pd.CategoricalDtype(list(labels.values()), ordered=known.type != "nominal")
    answers = survey.rows[item]
    codes = pd.Index(list(labels), dtype="float64").get_indexer(pd.Index(answers))
    return pd.Series(pd.Categorical.from_codes(codes, dtype=kind), answers.index, name=item)


def present_item(survey: Survey, name: str) -> Item:
    """The item of this name, which the file must have.

    Raises
    ------
    DataError
        The codebook does not know the item, or the file lacks it.
    """
    item = survey.codebook.item(name)
    if name not in survey.rows.columns:
        raise DataError(
            f"the survey has no answers to item {name!r}; got {survey.name} without that column;"
            " expected a file that has it. python -m helpers check lists what is absent."
        )
    return item


def _labels(codebook: Codebook, item: Item, language: str) -> dict[int, str]:
    if language not in codebook.languages:
        raise DataError(unknown("language", language, list(codebook.languages)))
    if not item.options:
        raise DataError(
            f"item {item.name!r} has no labels; got a {item.type}; expected an item with options."
            " Use its numbers in rows."
        )
    bare = [option.code for option in item.options if language not in option.label]
    if bare:
        raise DataError(
            f"item {item.name!r} has options without a label in {language!r}; got codes"
            f" {', '.join(map(str, bare))}; expected a label for each. Add them to the codebook."
        )
    labels = item.labels(language)
    if len(set(labels.values())) < len(labels):
        raise DataError(
            f"item {item.name!r} has one label for several codes in {language!r}; got"
            f" {list(labels.values())}; expected different labels. Mend the codebook."
        )
    return labels


def _rows(checked: Checked) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for role, name in checked.codebook.roles.items():
        column = checked.responses.columns[name]
        columns[role] = weights(column) if role == "weight" else _text(column)
    values = {name: found.value for name, found in checked.answers.items()}
    return pd.DataFrame(columns | values)


def _why(checked: Checked) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Categorical.from_codes(found.why, categories=list(MISSING))
            for name, found in checked.answers.items()
        }
    )


def _text(column: Column) -> pd.Series:
    cells = pd.array([_whole(cell) for cell in column.cells], dtype="str")
    return pd.Series(cells.take(column.place))


def _whole(cell: Cell) -> str:
    return cell if isinstance(cell, str) else as_text(cell)


def _truth(path: Path) -> Mapping[str, Any] | None:
    if not path.is_file():
        return None
    held: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return held
