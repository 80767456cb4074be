"""The reference of the helpers: one list of all, and a page for each part of the package."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

import helpers
import helpers.stats
from helpers.book.docstrings import described, marked_up
from helpers.book.exhibits import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Helpers of one part of the package, as they describe themselves."""

    name: str
    title: str
    helpers: list[dict[str, str | Markup]] = field(default_factory=list)


def groups() -> list[Group]:
    """Every public helper, once, by the part that holds it: statistics first, then the rest."""
    found: dict[str, Group] = {}
    seen: set[object] = set()
    for package in (helpers, helpers.stats):
        for name in sorted(package.__all__):
            thing = getattr(package, name)
            if not callable(thing) or thing in seen:
                continue
            seen.add(thing)
            part = _part(thing.__module__)
            group = found.setdefault(part, Group(name=part.rpartition(".")[2], title=_title(part)))
            text = inspect.getdoc(thing) or ""
            group.helpers.append({
                "name": f"{package.__name__}.{name}",
                "call": f"{name}{_signature(thing)}",
                "summary": marked_up(text.split("\n\n", 1)[0].replace("\n", " ")),
                "text": described(text),
            })  # fmt: skip
    return [found[part] for part in sorted(found, key=lambda part: (part.count(".") < 2, part))]


def pages() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Name, context and template of the page of each group, as Sphinx collects them."""
    for group in groups():
        context = {"title": group.title, "body": render("helpers.html", group=group, root="../")}
        yield f"methods/{group.name}", context, "page.html"


def _part(module: str) -> str:
    """``helpers.stats.weights`` of ``helpers.stats.weights.raking``; else the floor."""
    parts = module.split(".")
    return ".".join(parts[: 3 if parts[1] == "stats" and len(parts) > 3 else 2])


def _title(part: str) -> str:
    """What the part says of itself in its first line."""
    text = inspect.getdoc(importlib.import_module(part)) or part
    return text.partition("\n")[0].rstrip(".")


def _signature(thing: Any) -> str:
    names = []
    for parameter in inspect.signature(thing).parameters.values():
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        names.append(f"{parameter.name}{default}")
    return f"({', '.join(names)})"
