"""Pages that list what the book holds: exhibits, families of tests, helpers, results that moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from helpers.book import reference
from helpers.book.exhibits import render
from helpers.book.rendering import collect
from helpers.book.results import NOTHING, Difference, compare, document, frozen, register_of
from helpers.errors import RegisterError


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
    app.connect("html-collect-pages", lambda app: collect(app, "methods", reference.pages()))
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


def families(records: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, int, Mapping[str, Any]]]:
    """Families of tests, how many tests each has, and the table that shows them, in book order.

    Raises
    ------
    RegisterError
        Two tables of a chapter count one family differently.
    """
    found: dict[tuple[str, str], tuple[str, int, Mapping[str, Any]]] = {}
    for record in records.values():
        for family, tests in record.get("families", {}).items():
            first = found.setdefault((record["chapter"], family), (family, tests, record))
            if first[1] != tests:
                raise RegisterError(
                    f"family {family!r} has two sizes; got {first[1]} tests in {first[2]['id']!r} and"
                    f" {tests} in {record['id']!r}; expected one. Give one of them another name."
                )
    return list(found.values())


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
    "families": lambda records, root: render(
        "families.html", families=families(records), root=root
    ),
    "helpers": lambda _records, root: render(
        "reference.html", groups=reference.groups(), root=root
    ),
}
