"""Every cell of a respondent file against its codebook: what does not fit is collected, not mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.data.answers import (
    Answers,
    Mask,
    answers,
    misread,
    misrouted,
    not_a_number,
    number,
    routed,
    unexplained,
)
from helpers.data.codebook import Codebook, Item
from helpers.data.raw import Column, Responses, as_text
from helpers.errors import SHOWN, Problem

HINT = (
    "Mend the file or the codebook: python -m helpers check FILE --codebook CODEBOOK says it all."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checked:
    """A respondent file with what the check found.

    Attributes
    ----------
    responses, codebook
        What was checked, against what.
    answers
        Each item of the codebook that the file has, by name.
    absent
        Items of the codebook that the file lacks: sections that need them say so.
    problems
        Whatever does not fit; empty where the file can be analysed.
    """

    responses: Responses
    codebook: Codebook
    answers: Mapping[str, Answers]
    absent: tuple[str, ...]
    problems: tuple[Problem, ...]


def check_responses(responses: Responses, codebook: Codebook) -> Checked:
    """Check codes, missing answers, routing, labels, ids, weights, strata and clusters."""
    present = [item for item in codebook.items if item.name in responses.columns]
    found = {item.name: answers(responses.columns[item.name], item) for item in present}
    asked = {item.name: _asked(item, found) for item in present}
    settled = {item.name: routed(found[item.name], asked=asked[item.name]) for item in present}
    problems: list[Problem] = []
    if responses.rows == 0:
        problems.append(_problem(responses, "(all)", "0 rows", "at least one respondent"))
    else:
        problems += _of_roles(responses, codebook)
        for item in present:
            problems += _of_item(responses, item, settled[item.name], asked[item.name])
    return Checked(
        responses=responses,
        codebook=codebook,
        answers=settled,
        absent=tuple(item.name for item in codebook.items if item.name not in found),
        problems=tuple(problems),
    )


def weights(column: Column) -> npt.NDArray[np.float64]:
    """The weights as numbers; NaN where a cell is blank or no number."""
    read = [number(cell) for cell in column.cells]
    return np.array([np.nan if value is None else value for value in read])[column.place]


def _problem(
    responses: Responses, column: str, got: object, expected: str, *, at: int | None = None
) -> Problem:
    row = None if at is None else responses.first + at
    return Problem(file=responses.file, row=row, column=column, value=got, expected=expected)


def _asked(item: Item, found: Mapping[str, Answers]) -> Mask | None:
    """Whom the item was asked; None where everybody, or where its filter is not in the file."""
    if item.asked_if is None or item.asked_if[0] not in found:
        return None
    return np.isin(found[item.asked_if[0]].value, item.asked_if[1])


def _of_item(
    responses: Responses, item: Item, found: Answers, asked: Mask | None
) -> Iterator[Problem]:
    column, where = responses.columns[item.name], (responses.file, responses.first)
    known = list(misread(column, item, file=where[0], first=where[1]))
    yield from known
    yield from _of_labels(responses, column, item)
    yield from unexplained(found, item, file=where[0], first=where[1])
    if asked is not None and not known:
        # A blank cell of somebody asked is told above, and a cell misread is neither.
        yield from misrouted(found, item, asked=asked, file=where[0], first=where[1])
    if not known and np.isnan(found.value).all():
        yield _problem(responses, item.name, f"no answer in {_rows(responses.rows)}",
                       "at least one answer; take the item out of the codebook if nobody was asked")  # fmt: skip


def _of_labels(responses: Responses, column: Column, item: Item) -> Iterator[Problem]:
    """Labels in the file that the codebook gives to another code, as in a reversed scale."""
    meant = {_bare(text): option.code for option in item.options for text in option.label.values()}
    for value, label in column.labels.items():
        code = meant.get(_bare(label))
        known = [option for option in item.options if option.code == value]
        if known and code is not None and code != value:
            yield _problem(
                responses, item.name, f"{as_text(value)} labelled {label!r} in the file",
                f"the label {known[0].label['en']!r}; the codebook gives the other to {code}",
            )  # fmt: skip


def _bare(text: str) -> str:
    return " ".join(text.casefold().split())


def _of_roles(responses: Responses, codebook: Codebook) -> Iterator[Problem]:
    roles = {role: responses.columns[name] for role, name in codebook.roles.items()}
    for role, column in roles.items():
        name = codebook.roles[role]
        if role == "weight":
            yield from _of_weights(responses, name, column)
            continue
        blank = _blank(column)
        if blank.any():
            yield _problem(responses, name, "", f"a value in each row, since it is the {role};"
                           f" none in {_rows(int(blank.sum()))}", at=int(np.argmax(blank)))  # fmt: skip
        if role == "id":
            yield from _repeated(responses, name, column)
    if "psu" in roles:
        yield from _alone(responses, codebook, roles)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _blank(column: Column) -> Mask:
    return np.isin(column.place, [k for k, cell in enumerate(column.cells) if cell is None])


def _repeated(responses: Responses, name: str, column: Column) -> Iterator[Problem]:
    """Rows whose id another row has already; ids are personal, so the row stands for them."""
    _, firsts, inverse = np.unique(column.place, return_index=True, return_inverse=True)
    again = np.flatnonzero((firsts[inverse] != np.arange(column.place.size)) & ~_blank(column))
    for at in again[:SHOWN]:
        row = responses.first + int(firsts[inverse[at]])
        yield _problem(responses, name, f"the id of row {row}", "an id of its own", at=int(at))
    if again.size > SHOWN:
        yield _problem(responses, name, f"{again.size - SHOWN} rows more", "ids of their own")


def _of_weights(responses: Responses, name: str, column: Column) -> Iterator[Problem]:
    counts = np.bincount(column.place, minlength=len(column.cells))
    told = 0
    for place, cell in enumerate(column.cells):
        value = number(cell)
        if not counts[place] or (value is not None and 0 < value < np.inf):
            continue
        told += 1
        if told > SHOWN:
            yield _problem(responses, name, "more cells that are no weights", "numbers above 0")
            return
        if value is None:
            expected = not_a_number(cell)
        else:
            expected = "a number above 0: every respondent stands for somebody"
        yield _problem(
            responses, name, as_text(cell), f"{expected}; so in {_rows(int(counts[place]))}",
            at=int(np.argmax(column.place == place)),
        )  # fmt: skip


def _alone(
    responses: Responses, codebook: Codebook, roles: Mapping[str, Column]
) -> Iterator[Problem]:
    """Strata with one cluster, whose variance cannot be estimated."""
    unit = roles["psu"].place.astype(np.int64)
    everybody = Column(cells=("the sample",), place=np.zeros(responses.rows, dtype=np.int8))
    column = roles.get("stratum", everybody)
    pairs = np.unique(np.stack([column.place.astype(np.int64), unit]), axis=1)
    held, counts = np.unique(pairs[0], return_counts=True)
    for place in held[counts == 1]:
        if column.cells[place] is None:
            continue  # told above, as a stratum without a value
        yield _problem(
            responses, codebook.roles["psu"], f"one cluster in {as_text(column.cells[place])}",
            "at least two in each stratum; join it to a similar stratum",
            at=int(np.argmax(column.place == place)),
        )  # fmt: skip
