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
