"""The codebook of a survey: one file that validates, labels, documents and simulates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from helpers.data.filters import unknown
from helpers.errors import DataError, Problem, refuse

TYPES = ("ordinal", "nominal", "binary", "count")
MISSING = ("dont-know", "refused", "not-asked")
ROLES = ("id", "weight", "stratum", "psu")
HINT = "Mend the codebook; data/survey/codebook.yml shows every field."

Wording = Mapping[str, str]
"""One text in several languages, by the code of the language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer: its code in the file and its label by language."""

    code: int
    label: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question or recorded fact.

    Attributes
    ----------
    name, label
        Column in the file, and what it measures in a few words.
    type
        ``ordinal`` (options in order), ``nominal``, ``binary`` (two options), ``count`` (a number).
    question
        Wording by language; empty for what the interviewer or the sample records.
    options
        The substantive answers in order; empty for counts.
    missing
        The kinds of missing answer that can occur, each with its code in the file.
    asked_if
        Item and the codes of its answers for which this item is asked; None: everybody is asked.
    scale, reverse
        The scale that the item belongs to, and whether a high code means little of it.
    about
        What the item stands for in the analyses of the book, such as ``trust-president`` or
        ``sex``; another instrument names its own items with the same words.
    source
        Key of the work that the construct comes from; None for recorded facts.
    """

    name: str
    label: str
    type: str
    question: Wording
    options: tuple[Option, ...]
    missing: Mapping[str, int]
    asked_if: tuple[str, tuple[int, ...]] | None
    scale: str | None
    reverse: bool
    about: str | None
    source: str | None

    @property
    def codes(self) -> tuple[int, ...]:
        """Codes of the substantive answers, in order."""
        return tuple(option.code for option in self.options)

    def labels(self, language: str = "en") -> dict[int, str]:
        """Label of each substantive code, in order."""
        return {option.code: option.label[language] for option in self.options}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Several items that measure one thing; ``least`` of them must be answered for a score."""

    name: str
    label: str
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """A whole instrument. ``roles`` maps `ROLES` to the columns of the file that hold them."""

    title: str
    languages: tuple[str, ...]
    wording_note: str
    roles: Mapping[str, str]
    scales: tuple[Scale, ...]
    items: tuple[Item, ...]

    def item(self, name: str) -> Item:
        """The item of this name; an unknown one is answered with the nearest."""
        for item in self.items:
            if item.name == name:
                return item
        raise DataError(unknown("item", name, [item.name for item in self.items]))

    def about(self, what: str) -> Item | None:
        """The item that stands for ``what`` in the analyses, or None where there is none."""
        return next((item for item in self.items if item.about == what), None)

    def scale(self, name: str) -> tuple[Item, ...]:
        """The items of a scale in order; empty where the instrument lacks it."""
        return tuple(item for item in self.items if item.scale == name)


def read_codebook(path: Path) -> Codebook:
    """The codebook in a YAML file, checked whole.

    Raises
    ------
    DataError
        The file cannot be read, or any field is missing, unknown or contradicts another: all such
        are counted and ten are shown.
    """
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(
            f"the codebook cannot be read; got {path.name}: {error}; expected YAML in UTF-8. {HINT}"
        ) from error
    if not isinstance(held, dict):
        raise DataError(f"the codebook is empty or no mapping; got {type(held).__name__}. {HINT}")
    refuse(_problems(held, path.name), hint=HINT)
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


_KNOWN = {"name", "label", "type", "question", "options", "missing", "asked_if", "scale",
          "reverse", "about", "source"}  # fmt: skip
_TOP = {"title", "languages", "wording_note", "roles", "missing", "options", "scales", "items"}


def _problems(held: Mapping[str, Any], file: str) -> Iterator[Problem]:
    def problem(where: str, got: object, expected: str) -> Problem:
        return Problem(file=file, row=None, column=where, value=got, expected=expected)

    for field in ("title", "languages", "roles", "items"):
        if not held.get(field):
            yield problem(field, held.get(field), "a value: every codebook needs it")
            return
    for extra in set(held) - _TOP:
        yield problem(extra, held[extra], f"one of the fields {', '.join(sorted(_TOP))}")
    for role in set(held["roles"]) - set(ROLES):
        yield problem("roles", role, f"one of {', '.join(ROLES)}")
    for kind in set(held.get("missing", {})) - set(MISSING):
        yield problem("missing", kind, f"one of {', '.join(MISSING)}")
    names = [given.get("name") for given in held["items"]]
    for name in {name for name in names if names.count(name) > 1}:
        yield problem(f"items: {name}", names.count(name), "each name once")
    for given in held["items"]:
        yield from _of_item(given, held, set(names), problem)


def _of_item(
    given: Mapping[str, Any], held: Mapping[str, Any], names: set[str], problem: Any
) -> Iterator[Problem]:
    at = f"items: {given.get('name')}"
    for extra in set(given) - _KNOWN:
        yield problem(at, extra, f"one of the fields {', '.join(sorted(_KNOWN))}")
    for field in ("name", "label", "type"):
        if not given.get(field):
            yield problem(at, field, "a value: every item needs it")
            return
    if given["type"] not in TYPES:
        yield problem(at, given["type"], f"one of the types {', '.join(TYPES)}")
    options = given.get("options", [])
    if isinstance(options, str) and options not in held.get("options", {}):
        yield problem(at, options, "the name of a list under options")
        return
    listed = held["options"][options] if isinstance(options, str) else options
    yield from _of_options(at, given, listed, held, problem)
    for language in set(given.get("question", {})) - set(held["languages"]):
        yield problem(at, language, f"wording in one of {', '.join(held['languages'])}")
    asked = given.get("asked_if")
    if asked is not None and asked.get("item") not in names:
        yield problem(at, asked.get("item"), "asked_if: the name of an item")
    if given.get("scale") is not None and given["scale"] not in held.get("scales", {}):
        yield problem(at, given["scale"], "the name of a scale under scales")


def _of_options(
    at: str, given: Mapping[str, Any], listed: Sequence[Mapping[str, Any]],
    held: Mapping[str, Any], problem: Any,
) -> Iterator[Problem]:  # fmt: skip
    codes = [option.get("code") for option in listed]
    if given["type"] == "count" and listed:
        yield problem(at, codes, "no options: the item is a count")
    if given["type"] != "count" and len(codes) < 2:
        yield problem(at, codes, "at least two options")
    if given["type"] == "binary" and len(codes) > 2:
        yield problem(at, codes, "two options: the item is binary")
    kinds = given.get("missing", ())
    for kind in kinds:
        if kind not in held.get("missing", {}):
            yield problem(at, kind, "a kind with its code under missing")
    used = [*codes, *(held.get("missing", {}).get(kind) for kind in kinds)]
    for code in {code for code in used if used.count(code) > 1}:
        yield problem(at, code, "each code once, those of missing answers included")
    for option in listed:
        if not isinstance(option.get("code"), int):
            yield problem(at, option.get("code"), "a whole number as code")
        if "en" not in option.get("label", {}):
            yield problem(at, option.get("label"), "a label in English, en")
