"""The codebook of a survey: one file that validates, labels, documents and simulates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helpers.data.filters import unknown
from helpers.errors import DataError

TYPES = ("ordinal", "nominal", "binary", "count")
MISSING = ("dont-know", "refused", "not-asked")
ROLES = ("id", "weight", "stratum", "psu")

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
