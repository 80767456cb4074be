"""Pages that list what the book holds: figures and tables, helpers, and results that moved."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

import helpers
import helpers.stats
from helpers.book.exhibits import render
from helpers.book.results import NOTHING, Difference, compare, document, frozen, register_of


class Listing(nodes.Element):
    """A place in a page that is filled when it is written, when every page has been read."""


class ListingDirective(SphinxDirective):
    """``{listing} figures``, and so on: one of `LISTS`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a place; an unknown list is a warning, which fails the strict build."""
        kind = self.arguments[0]
        if kind not in LISTS:
            expected = ", ".join(LISTS)
            error = self.state_machine.reporter.warning(
                f"there is no such list; got {kind!r}; expected one of {expected}.",
                line=self.lineno,
            )
            return [error]
        # Which exhibits there are changes with chapters other than this one.
        self.env.note_reread()
        return [Listing("", kind=kind)]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and its node; Sphinx calls it."""
    app.add_directive("listing", ListingDirective)
    app.add_node(Listing, html=(_visit, _depart))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def gallery(records: Mapping[str, Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    """The figures or tables that are shown, in the order of the book."""
    return [
        record for record in records.values() if record["kind"] == kind and "reason" not in record
    ]


def reference() -> list[dict[str, str]]:
    """Every public helper: its name, call, summary, R equivalent, source and whole description."""
    found = []
    for package in (helpers, helpers.stats):
        for name in sorted(package.__all__):
            thing = getattr(package, name)
            if not callable(thing):
                continue
            text = inspect.getdoc(thing) or ""
            found.append(
                {
                    "name": f"{package.__name__}.{name}",
                    "call": f"{name}{_signature(thing)}",
                    "summary": text.split("\n\n", 1)[0].replace("\n", " "),
                    "r": _sentence(text, "R equivalent: "),
                    "source": _sentence(text, "Source: "),
                    "text": text,
                }
            )
    return found


def _signature(thing: Any) -> str:
    names = []
    for parameter in inspect.signature(thing).parameters.values():
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        names.append(f"{parameter.name}{default}")
    return f"({', '.join(names)})"


def _sentence(text: str, opening: str) -> str:
    """What follows ``opening`` up to the end of its sentence, on one line."""
    found = re.search(rf"{re.escape(opening)}(.+?)(?:\.(?=\s|$)|\Z)", text, flags=re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def _visit(self: HTML5Translator, node: Listing) -> None:
    root = "../" * self.builder.current_docname.count("/")
    self.body.append(LISTS[node["kind"]](register_of(self.builder.env), root))
    raise nodes.SkipNode


def _depart(_: HTML5Translator, __: nodes.Element) -> None:
    """Nothing is left to close."""


def moved(records: Mapping[str, Mapping[str, Any]]) -> tuple[int, list[Difference]]:
    """How many results there are, and those that differ from the frozen ones."""
    lines = list(compare(frozen() or NOTHING, document(records)))
    return len(lines), [line for line in lines if line.verdict == "different"]


def _changes(records: Mapping[str, Mapping[str, Any]], root: str) -> str:
    results, differences = moved(records)
    return render("changes.html", results=results, differences=differences, root=root)


LISTS: dict[str, Any] = {
    "changes": _changes,
    "figures": lambda records, root: render(
        "gallery.html", records=gallery(records, "figure"), root=root, pictures=True
    ),
    "tables": lambda records, root: render(
        "gallery.html", records=gallery(records, "table"), root=root, pictures=False
    ),
    "helpers": lambda _records, root: render("reference.html", helpers=reference(), root=root),
}
