"""Reads a codebook from its YAML file, checked whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from helpers.data.codebook import Codebook, Item, Option, Scale
from helpers.data.codebook_check import contradictions, misformed, misplaced
from helpers.errors import DataError, refuse

HINT = "Mend the codebook; data/survey/codebook.yml shows every field."


def read_codebook(path: Path) -> Codebook:
    """The codebook in a YAML file.

    The code of a kind of missing answer is a whole number, one of Stata's extended missing values
    as ``.a``, or null for blank cells.

    Raises
    ------
    DataError
        The file cannot be read, or any field is missing, unknown, of another form, or contradicts
        another: all such are counted and ten are shown.
    """
    held = _held(path)
    for faults in (misformed, misplaced):
        refuse(faults(held, path.name), hint=HINT)
    codebook = _codebook(held)
    refuse(contradictions(codebook, path.name), hint=HINT)
    return codebook


def _held(path: Path) -> Mapping[str, Any]:
    """What the file holds, which must be a mapping."""
    if not path.is_file():
        raise DataError(
            f"there is no such codebook; got {path.name!r}; expected a YAML file that exists."
            " Check the name and the folder; python -m helpers codebook drafts one."
        )
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(
            f"the codebook cannot be read; got {path.name}: {error}; expected YAML in UTF-8. {HINT}"
        ) from error
    if not isinstance(held, dict):
        raise DataError(f"the codebook is empty or no mapping; got {type(held).__name__}. {HINT}")
    return held


def _codebook(held: Mapping[str, Any]) -> Codebook:
    lists = {name: tuple(map(_option, given)) for name, given in held.get("options", {}).items()}
    return Codebook(
        title=held["title"],
        languages=tuple(held["languages"]),
        wording_note=held.get("wording_note", ""),
        roles=dict(held["roles"]),
        scales=tuple(
            Scale(name=name, label=given["label"], least=given["least"])
            for name, given in held.get("scales", {}).items()
        ),
        items=tuple(_item(given, lists, held.get("missing", {})) for given in held["items"]),
    )


def _item(
    given: Mapping[str, Any], lists: Mapping[str, tuple[Option, ...]], missing: Mapping[str, int]
) -> Item:
    options = given.get("options", [])
    asked = given.get("asked_if")
    return Item(
        name=given["name"],
        label=given["label"],
        type=given["type"],
        question=given.get("question", {}),
        options=lists[options] if isinstance(options, str) else tuple(map(_option, options)),
        missing={kind: missing[kind] for kind in given.get("missing", ())},
        asked_if=None if asked is None else (asked["item"], tuple(asked["codes"])),
        scale=given.get("scale"),
        reverse=given.get("reverse", False),
        about=given.get("about"),
        source=given.get("source"),
    )


def _option(given: Mapping[str, Any]) -> Option:
    return Option(code=given["code"], label=given["label"])
