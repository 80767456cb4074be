"""Pages that list what the book holds: figures and tables, helpers, and results that moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from helpers.book import reference
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
    app.connect("html-collect-pages", lambda _: reference.pages())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def gallery(records: Mapping[str, Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    """The figures or tables that are shown, in the order of the book."""
    return [
        record for record in records.values() if record["kind"] == kind and "reason" not in record
    ]


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
    "helpers": lambda _records, root: render(
        "reference.html", groups=reference.groups(), root=root
    ),
}
