"""Drafts a codebook from a respondent file for a person to finish: what it cannot know it asks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers import paths
from helpers.data.answers import BLANK, number
from helpers.data.check_words import plain
from helpers.data.codebook import MISSING, ROLES, TYPES
from helpers.data.codebook_file import read_codebook
from helpers.data.codebook_text import item_text, option_fields, yaml_text
from helpers.data.raw import Cell, Column, as_text
from helpers.data.responses import column_names, read_columns

LEAST = 5
"""A value without a label is shown only if so many respondents have it."""

MOST_OPTIONS = 20
"""With more different values than this, a column without labels is taken for a count."""

AT_ONCE = 25
"""Columns read at once: a draft looks at all columns, and memory is bounded by these."""

_ROLES = {
    "id": re.compile(
        r"id|.*_id|idno|uid|case_?id|resp(ondent)?(_?(id|no))?|serial|rownames", re.IGNORECASE
    ),
    "weight": re.compile(r".*(weight|wgt|wght).*|wt", re.IGNORECASE),
    "stratum": re.compile(r"strat(a|um)?(_?id)?", re.IGNORECASE),
    "psu": re.compile(r"psu(_?id)?|cluster(_?id)?", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guess:
    """What is guessed of one column."""

    fields: Mapping[str, Any]
    open: Mapping[str, Any]
    note: str


def draft_codebook(path: Path) -> str:
    """A codebook in YAML for the file, to be finished by a person.

    Types are guessed. Options come from the labels in the file; without labels, from whole numbers
    that at least five respondents have. Codes that the file declares missing become kinds whose
    names begin with ``?``: the codebook is refused until a person names them. Cells of text columns
    and of ids never appear.

    Raises
    ------
    DataError
        The file cannot be read.
    """
    names = column_names(path)
    roles: dict[str, str] = {}
    texts: list[str] = []
    guesses: list[_Guess] = []
    for start in range(0, len(names), AT_ONCE):
        read = read_columns(path, list(dict.fromkeys(names[start : start + AT_ONCE])))
        for name, column in read.columns.items():
            role = _role(name, column)
            if role and role not in roles:
                roles[role] = name
            elif _is_text(column):
                texts.append(name)
            else:
                guesses.append(_guess(name, column))
    missing: dict[str, Any] = {}
    for guess in guesses:
        missing |= guess.open
    top = {"title": path.name, "languages": ["en"], "wording_note": "", "roles": roles,
           "missing": missing, "scales": {}}  # fmt: skip
    items = "".join(guess.note + _blank_about(item_text(guess.fields)) for guess in guesses)
    return _questions(texts, missing) + yaml_text(top) + "items:\n" + items


def _questions(texts: list[str], missing: Mapping[str, Any]) -> str:
    """What a person has to settle, as the comment on top."""
    says = [
        "A draft from the file alone: finish it, then run python -m helpers check.",
        f"roles: the columns that hold {', '.join(ROLES)}, as far as the file has them.",
        "languages: labels stand under en as they are in the file; English is needed.",
        f"type is a guess; one of {', '.join(TYPES)}.",
        "question, asked_if, scale, reverse and source are for you to add.",
    ]
    if missing:
        says.append(
            f"missing: name each kind that begins with ?, here and in the items; one of {', '.join(MISSING)}."
            " null stands for blank cells. One kind has one code in all items; recode the file if"
            " it has several."
        )
    if texts:
        says.append(
            "Left out, since they hold text and no codes: " + ", ".join(map(plain, texts)) + "."
        )
    words, scales = _known_words()
    if words:
        says.append(
            f"about: what the item stands for, if one of these words fits: {', '.join(words)}."
        )
        says.append(
            "scales: a name with label and least, the answers that a score needs; chapters look for"
            f" {', '.join(scales)}, and other names have their place where all scales are shown."
        )
    return "".join(
        textwrap.fill(text, 98, initial_indent="# ", subsequent_indent="#   ", break_long_words=False,
                      break_on_hyphens=False) + "\n"
        for text in says
    )  # fmt: skip


def _known_words() -> tuple[list[str], list[str]]:
    """The words and the names of scales that the chapters look for."""
    known = paths.survey() / "codebook.yml"
    if not known.is_file():
        return [], []
    own = read_codebook(known)
    return [item.about for item in own.items if item.about], [scale.name for scale in own.scales]


def _role(name: str, column: Column) -> str | None:
    for role, form in _ROLES.items():
        if form.fullmatch(name) and not column.labels:
            unique = len(column.cells) == column.place.size and None not in column.cells
            return role if role != "id" or unique else None
    return None


def _is_text(column: Column) -> bool:
    return any(number(cell) is None and not column.missing_of_file(cell) for cell in column.cells)


def _guess(name: str, column: Column) -> _Guess:
    held = dict(_substantive(column))
    labelled = {
        value: label for value, label in column.labels.items() if not column.missing_of_file(value)
    }
    options = _options(held, labelled) if _listed(held, labelled, column.place.size) else []
    kinds = _open(column, {} if options else labelled)
    left = sum(count for value, count in held.items() if value not in {o["code"] for o in options})
    fields: dict[str, Any] = {
        "name": name,
        "label": column.label or name,
        "type": _type(options, column),
    }
    if options:
        fields["options"] = options
    if kinds:
        fields["missing"] = list(kinds)
    note = "".join(
        f"  # {as_text(value)} is labelled {plain(label)!r}.\n"
        for value, label in column.labels.items()
        if f"? {as_text(value)}" in kinds
    )
    if options and left:
        note += f"  # Other values, not listed here: {left} {'row' if left == 1 else 'rows'}.\n"
    return _Guess(fields={**fields, "about": None}, open=kinds, note=note)


def _listed(held: Mapping[float, int], labelled: Mapping[Cell, str], rows: int) -> bool:
    """Whether the numbers of a column look like codes of options, and no count or id."""
    bare = set(held) - set(labelled)
    if len(bare) > MOST_OPTIONS or not all(_whole(value) for value in (*held, *labelled)):
        return False
    if labelled:
        return len({*held, *labelled}) > 1
    shown = [value for value in held if held[value] >= LEAST and abs(value) < 1000]
    # Codes begin at 0 or 1; ages, years and amounts do not.
    starts = min((value for value in shown if value >= 0), default=2) <= 1
    return len(shown) > 1 and starts and len(held) < rows


def _substantive(column: Column) -> Iterator[tuple[float, int]]:
    """Each number that the file does not declare missing, and how many rows have it."""
    counts = np.bincount(column.place, minlength=len(column.cells))
    for cell, count in zip(column.cells, counts, strict=True):
        value = number(cell)
        if value is not None and cell not in BLANK and not column.missing_of_file(cell):
            yield value, int(count)


def _options(held: Mapping[float, int], labelled: Mapping[Cell, str]) -> list[dict[str, Any]]:
    shown = {value for value, count in held.items() if count >= LEAST and _whole(value)}
    codes = sorted(int(value) for value in {*shown, *labelled} if isinstance(value, float))
    options = [option_fields(code, {"en": labelled.get(code, f"? {code}")}) for code in codes]
    return options if len(options) > 1 else []


def _open(column: Column, labelled: Mapping[Cell, str]) -> dict[str, Any]:
    """Kinds of missing answer that a person has to name, each with its code."""
    declared = [cell for cell in (*column.labels, *column.cells) if column.missing_of_file(cell)]
    kinds: dict[str, Any] = {
        f"? {as_text(cell)}": int(cell) if isinstance(cell, float) and cell.is_integer() else cell
        for cell in (*declared, *labelled)
    }
    return kinds | ({"? blank": None} if any(cell in BLANK for cell in column.cells) else {})


def _whole(value: Cell) -> bool:
    return isinstance(value, float) and value.is_integer()


def _type(options: list[dict[str, Any]], column: Column) -> str:
    if not options:
        return "count"
    if len(options) == 2:
        return "binary"
    codes = [option["code"] for option in options]
    in_a_row = codes == list(range(codes[0], codes[0] + len(codes)))
    if column.measure in ("ordinal", "nominal"):
        return column.measure
    return "ordinal" if in_a_row else "nominal"


def _blank_about(text: str) -> str:
    return re.sub(r"^( +about:) null$", r"\1", text, flags=re.MULTILINE)
