"""What ``python -m helpers check`` says of a respondent file: what fits, what is absent, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from helpers import paths
from helpers.data.codebook_file import read_codebook
from helpers.data.responses import read_responses
from helpers.data.responses_check import Checked, check_responses
from helpers.errors import SHOWN, DataError


def check_file(file: Path, codebook: Path | None) -> tuple[str, bool]:
    """The report on a file, and whether it fits; without ``codebook``, that of the project.

    The report names columns and broken cells, and no folder.

    Raises
    ------
    DataError
        The file or the codebook cannot be read at all.
    """
    known = read_codebook(codebook or paths.survey() / "codebook.yml")
    try:
        responses = read_responses(file, known)
    except DataError as error:
        if not error.problems:
            raise
        return f"{file.name} does not fit its codebook. {error}", False
    checked = check_responses(responses, known)
    return "\n".join([*_about(checked), *_problems(checked)]), not checked.problems


def _about(checked: Checked) -> Iterator[str]:
    codebook, responses = checked.codebook, checked.responses
    yield f"{responses.file}: {responses.rows:,} respondents."
    yield f"Items: {len(checked.answers)} of the {len(codebook.items)} in the codebook."
    for role, name in codebook.roles.items():
        cells = np.unique(responses.columns[name].place).size
        yield f"{role}: column {plain(name)}, {cells:,} different values."
    for scale in codebook.scales:
        items = codebook.scale(scale.name)
        held = sum(item.name in checked.answers for item in items)
        yield f"Scale {scale.name}: {held} of {len(items)} items."
    if checked.absent:
        yield f"Absent: {_listed(checked.absent)}. Sections that need them will say so."
    if responses.ignored:
        yield f"Ignored, since the codebook does not name them: {_listed(responses.ignored)}."


def _problems(checked: Checked) -> Iterator[str]:
    found = checked.problems
    if not found:
        yield "The file fits its codebook."
        return
    yield f"The file does not fit its codebook: {len(found)} {'problem' if len(found) == 1 else 'problems'}."
    yield from (f"  {plain(str(problem))}" for problem in found[:SHOWN])
    if len(found) > SHOWN:
        yield f"  … and {len(found) - SHOWN} more"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(plain, names))


def plain(text: str) -> str:
    """Text in one line that moves no cursor of a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
