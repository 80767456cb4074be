"""Widgets that answer a reader's next question: their places in pages, and the scripts of their data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from helpers.book import living_data, number_notes, results
from helpers.book.cite_pages import works_of
from helpers.book.citing import DATA_SET, held, script
from helpers.book.exhibits import render
from helpers.book.extension import uses
from helpers.book.rendering import write
from helpers.evidence import Evidence

log = logging.getLogger(__name__)

Rows = list[dict[str, Any]]

SUMMARIES = {
    "dial": "What if some of these answers are insincere? Move the dial",
    "silence": "What if “don’t know” is left out, or moved to an end?",
    "bounds": "What if other bounds count as no effect? Move them",
    "paths": "What if other choices are made? Walk a path",
    "explorer": "Pick a subject, the houses and the years",
}
"""What the closed box of each widget asks."""

READINGS = "readings"
"""What the explorer is of: all readings, and no exhibit."""

_MADE: dict[str, Callable[[Rows, Mapping[str, Mapping[str, Any]]], dict[str, Any] | None]] = {
    "dial": living_data.dial,
    "silence": lambda rows, _: living_data.silence(rows),
    "bounds": lambda rows, _: living_data.bounds(rows),
    "paths": lambda rows, _: living_data.paths(rows),
}


class Living(nodes.Element):
    """The place of a widget: ``kind`` is one of `SUMMARIES`, ``of`` the id of an exhibit."""


class LivingDirective(SphinxDirective):
    """``{dial} fig-…``, ``{silence} fig-…`` and so on; ``one-sided`` where a scale has no middle."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"one-sided": lambda _: True}

    def run(self) -> list[nodes.Node]:
        """Leave a place; an exhibit that cannot bear the widget is a warning, which fails the build.

        What a reader's own file cannot give has no widget, as it has no figure.
        """
        name = self.arguments[0]
        register = results.register_of(self.env)
        record = register.get(name)
        if record is not None and "reason" in record:
            return []
        exhibit = record is not None and "files" in record and self.name in _MADE
        made = data_of(self.name, record, register) if record is not None and exhibit else None
        if made is None and (self.name, name) != ("explorer", READINGS):
            if exhibit and record is not None and record["evidence"] == Evidence.RESPONDENTS:
                return []
            log.warning(
                "no %s can be made of %r; expected the id of an exhibit that has the rows for it.",
                self.name, name, location=self.get_location(),
            )  # fmt: skip
            return []
        places_of(self.env).setdefault(self.env.docname, set()).add((self.name, name))
        uses(self.env).setdefault(self.env.docname, set()).add(name)
        mark, kind = (
            (Evidence.PUBLISHED.mark, Evidence.PUBLISHED.value)
            if record is None
            else (record["mark"], record["evidence"])
        )
        return [
            Living("", kind=self.name, of=name, mark=mark, evidence=kind,
                   one_sided="one-sided" in self.options)
        ]  # fmt: skip


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives, their node and the events; Sphinx calls it."""
    for kind in SUMMARIES:
        app.add_directive(kind, LivingDirective)
    app.add_node(Living, html=(_visit, _depart))
    app.connect("env-purge-doc", lambda _, env, name: places_of(env).pop(name, None))
    app.connect("build-finished", _write)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def places_of(env: BuildEnvironment) -> dict[str, set[tuple[str, str]]]:
    """Which page has which widgets: pairs of kind and id."""
    places: dict[str, set[tuple[str, str]]] = vars(env).setdefault("listening_state_living", {})
    return places


def data_of(
    kind: str, record: Mapping[str, Any], register: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any] | None:
    """What the widget of this kind needs of an exhibit; None where its rows are not of that kind."""
    made = _MADE[kind](held(record)["rows"], register)
    return None if made is None else {"title": record["title"], "mark": record["mark"]} | made


def _visit(self: HTML5Translator, node: Living) -> None:
    self.body.append(render("living.html", node=node, summary=SUMMARIES[node["kind"]]))
    raise nodes.SkipNode


def _depart(_: HTML5Translator, __: nodes.Element) -> None:
    """Nothing is left to close."""


def _write(app: Sphinx, failure: Exception | None) -> None:
    """Write the data of every widget, and of every number that prose shows."""
    if failure is not None or app.builder.name not in ("html", "dirhtml"):
        return
    write(app, "living", lambda: {f"{name}.js": script(name, data) for name, data in _data(app)})


def _data(app: Sphinx) -> Iterator[tuple[str, object]]:
    register, works = results.register_of(app.env), works_of(app)
    for kind, name in sorted(set().union(*places_of(app.env).values())):
        yield (
            f"living/{kind}-{name}",
            living_data.explorer(works[DATA_SET])
            if name == READINGS
            else data_of(kind, register[name], register),
        )
    for name, note in number_notes.notes(register, works).items():
        yield f"numbers/{name}", note
