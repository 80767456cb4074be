"""Every public docstring of `helpers.stats` says what goes in and out, what fails, and whence it comes."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
from arguments import public
from conftest import ROOT
from pybtex.database import parse_file

PUBLIC = public()
ELSE = re.compile(r"(?:\b[Aa]s|[Aa]s for|[Aa]s in|those of|[Ss]ee) ((?:`\w+`(?:, | and )?)+)")
UNITS = re.compile(
    r"percent|points|units?\b|probabilit|correlation|count|number|index|odds|logit|share|steps"
    r"|standard deviations|weights|p-value|codes|text|words"
)
SECTIONS = {
    "what is returned": r"Returns\n-+",
    "errors": r"Raises\n-+",
    "R equivalent": r"R equivalent:\s",
    "source": r"Source:\s",
}
NAME = r"[A-Z][\w'-]+"
SOURCE = re.compile(rf"((?:{NAME}(?:, | and | & ))*{NAME})( and others| et al\.)? \((\d{{4}})\)")
WORKS = {
    (tuple(" ".join(person.last_names) for person in work.persons["author"]), work.fields["year"])
    for work in parse_file(str(ROOT / "references.bib"), "bibtex").entries.values()
    if "year" in work.fields
}


def unknown_sources(text: str) -> list[str]:
    """Works that a docstring names after ``Source:`` and that are not among those of the book."""
    lacking = []
    for told in re.findall(r"Source: (.*?)(?=Source: |$)", re.sub(r"\s+", " ", text)):
        found = SOURCE.findall(told)
        if not found and not told.startswith("none, "):
            lacking.append(told)
        for names, more, year in found:
            authors = tuple(re.split(r", | and | & ", names))
            if not any(
                year == of and (work[: len(authors)] if more else work) == authors
                for work, of in WORKS
            ):
                lacking.append(f"{names}{more} ({year})")
    return lacking


def text_of(name: str, path: tuple[str, ...] = ()) -> str:
    """The docstring, and those to which it refers for all else."""
    own = inspect.getdoc(PUBLIC[name]) or ""
    joined = re.sub(r"\s+", " ", own)
    named = [other for found in ELSE.findall(joined) for other in re.findall(r"\w+", found)]
    return "\n".join([own, *(text_of(other, (*path, name)) for other in named
                             if other in PUBLIC and other not in (*path, name))])  # fmt: skip


def raised(function: Callable[..., Any]) -> set[str]:
    """Names of the errors that the body of a function raises itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    calls = (node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise))
    return {call.func.id for call in calls if isinstance(call, ast.Call)}  # type: ignore[attr-defined]


def unsaid(function: Callable[..., Any], text: str) -> list[str]:
    """What the text leaves out of what a reader of this function must know."""
    lacking = [name for name in inspect.signature(function).parameters
               if not re.search(rf"\b{name}\b", text)]  # fmt: skip
    lacking += [part for part, mark in SECTIONS.items() if not re.search(mark, text)]
    lacking += [error for error in raised(function) if error not in text]
    if "missing" not in text.lower():
        lacking.append("what missing values do")
    if not UNITS.search(text):
        lacking.append("units")
    return lacking


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_docstring_is_whole(name: str) -> None:
    assert unsaid(PUBLIC[name], text_of(name)) == []


def test_a_docstring_that_leaves_something_out_is_found() -> None:
    whole = text_of("proportions")
    for part, mark in SECTIONS.items():
        assert unsaid(PUBLIC["proportions"], re.sub(mark, "", whole)) == [part]
    assert unsaid(PUBLIC["proportions"], re.sub("interval", "", whole)) == ["interval"]
    without = re.sub("missing", "", whole, flags=re.IGNORECASE)
    assert unsaid(PUBLIC["proportions"], without) == ["what missing values do"]
    assert "units" in unsaid(PUBLIC["means"], "nothing")
    assert "EstimationError" in unsaid(PUBLIC["pick"], "nothing")


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_source_is_a_work_of_the_book(name: str) -> None:
    assert unknown_sources(inspect.getdoc(PUBLIC[name]) or "") == []


def test_a_source_that_is_no_work_of_the_book_is_found() -> None:
    assert unknown_sources("Source: Kish (1965), Rao, Wu and Yue (1992) for both.") == []
    assert unknown_sources("Source: Rouder et al. (2009); none, values are read.") == []
    assert unknown_sources("Source: Kish (1966), Rao and Yue (1992), Wu et al. (1988).") == [
        "Kish (1966)", "Rao and Yue (1992)", "Wu et al. (1988)",
    ]  # fmt: skip
    assert unknown_sources("Source: folklore.") == ["folklore."]
