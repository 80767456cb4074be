"""Ties the register to Sphinx: chapters run before pages are read, and nothing unbound is shown."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole
from sphinx.writers.html5 import HTML5Translator

from helpers.book import prose, registry, results
from helpers.book.chapters import chapters
from helpers.book.dataset import page_record
from helpers.book.downloads import keep_inputs
from helpers.book.execution import execute
from helpers.book.exhibits import KINDS, FigureExhibit, TableExhibit, in_chapter, numbered
from helpers.book.poll_pages import poll_pages
from helpers.book.rendering import collect
from helpers.book.verdict import verdict
from helpers.data.filters import unknown
from helpers.data.hypotheses import ledger
from helpers.data.survey import FILE
from helpers.errors import HelpersError, PublicationError
from helpers.report import citation

log = logging.getLogger(__name__)

_SHOWN = {"": "text", "interval": "ci_text", "n": "n"}
"""What ``{fact}`id`` and ``{fact}`id:interval`` print."""


class BoundNumber(nodes.Inline, nodes.TextElement):
    """A number in prose that stands in the register; ``bound`` is its id."""


class FactRole(SphinxRole):
    """``{fact}`id``, ``{fact}`id:interval`` or ``{fact}`id:n``: a number from the register."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Look the id up; an unknown one is a warning, which fails the strict build."""
        name, _, part = self.text.partition(":")
        record = results.register_of(self.env).get(name)
        shown = record.get(_SHOWN[part]) if record and part in _SHOWN else None
        if record is None or record["kind"] != "fact" or shown is None:
            log.warning(
                "no number to show for {fact}`%s`; register it with fact(%r, …), or mend the id"
                " (parts: id, id:interval, id:n).", self.text, name, location=self.get_location(),
            )  # fmt: skip
            return [nodes.problematic(self.rawtext, self.rawtext)], []
        uses(self.env).setdefault(self.env.docname, set()).add(name)
        text = f"{shown:,}" if isinstance(shown, int) else str(shown)
        return [BoundNumber(self.rawtext, text, bound=name)], []


class VerdictRole(SphinxRole):
    """``{verdict}`H5``: what the registered numbers say of this hypothesis of the ledger."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Apply the rules of the ledger; a broken one is a warning, which fails the strict build."""
        known = {hypothesis.id: hypothesis for hypothesis in ledger()}
        try:
            if self.text not in known:
                raise PublicationError(unknown("hypothesis", self.text, list(known)))
            words = verdict(known[self.text], results.register_of(self.env))
        except HelpersError as error:
            log.warning("%s", error, location=self.get_location())
            return [nodes.problematic(self.rawtext, self.rawtext)], []
        rules = (*known[self.text].rules, *known[self.text].refuted_by)
        uses(self.env).setdefault(self.env.docname, set()).update(rule.fact for rule in rules)
        return [nodes.strong("", words, classes=["ls-verdict"])], []


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events, nodes and the role; Sphinx calls it."""
    app.add_role("fact", FactRole())
    app.add_role("verdict", VerdictRole())
    app.add_node(BoundNumber, html=(_visit_number, _depart_number))
    for kind, node in KINDS.items():
        app.add_enumerable_node(node, kind, html=(_visit_exhibit, _depart_exhibit))
    # Pages kept from an earlier build were made by the code of that time.
    app.add_config_value("listening_state_code", _code_digest(), "env", str)
    for part in ("downloads", "exhibit_pages", "site_files", "rendering", "route_times"):
        app.setup_extension(f"helpers.book.{part}")
    app.connect("config-inited", _read_chapters_executed)
    app.connect("env-get-outdated", _execute_and_register)
    app.connect("env-purge-doc", lambda _, env, name: uses(env).pop(name, None))
    app.connect("doctree-read", _refuse_unbound)
    app.connect("html-collect-pages", lambda app: collect(app, "polls", poll_pages()))
    app.connect("html-page-context", _describe_dataset)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def _code_digest() -> str:
    """Changes when the code that makes pages changes."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parents[1].rglob("*")):
        if path.suffix in (".py", ".html"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _read_chapters_executed(_: Sphinx, config: Any) -> None:
    """Let myst-nb take the outputs of each chapter from its execution."""
    config.nb_custom_formats = {
        f"/{chapter.name}.md": (
            "helpers.book.execution.read_executed",
            {"name": chapter.name},
            False,
        )
        for chapter in chapters()
    }


def _execute_and_register(_: Sphinx, env: BuildEnvironment, *__: set[str]) -> list[str]:
    """Run what is stale, register everything, and name the pages that this changes."""
    try:
        executions = execute(chapters(), say=lambda told: log.info("%s", told))
        records = results.collect(executions)
        if not os.environ.get(FILE):
            # What is frozen is what the project's own survey gives, not a reader's.
            registry.refuse_broken(
                results.document(records),
                results.frozen() or results.NOTHING,
                registry.tombstones(),
            )
    except HelpersError as error:
        raise ExtensionError(str(error)) from error
    _check_captions(records)
    vars(env.app)["listening_state_register"] = records
    held = vars(env)
    before, ran_before = held.get("listening_state_shown", {}), held.get("listening_state_ran", {})
    shown = results.digests(records)
    ran = {execution.chapter.name: execution.digest for execution in executions}
    # Sphinx keeps its environment between builds, and these with it.
    held.update(listening_state_shown=shown, listening_state_ran=ran)
    keep_inputs(env, {execution.chapter.name: execution.inputs for execution in executions})
    changed = {name for name in before | shown if before.get(name) != shown.get(name)}
    return [
        *(name for name, digest in ran.items() if ran_before.get(name) != digest),
        *(page for page, used in uses(env).items() if used & changed),
    ]


def _check_captions(records: Mapping[str, Mapping[str, Any]]) -> None:
    """A numeral in a title or caption must stand in the data that is shown with it."""
    for record in records.values():
        if record["kind"] == "fact" or "reason" in record:
            continue
        shown = {cell for row in record["data"]["rows"] for cell in map(str, row)}
        for numeral in prose.numerals(f"{record['title']} {record['caption']}"):
            if numeral not in shown and f"{numeral}.0" not in shown:
                log.warning(
                    "unbound numeral %r in the caption of %s; it stands nowhere in its data.",
                    numeral, record["id"], location=(record["chapter"], record["line"]),
                )  # fmt: skip


def _refuse_unbound(app: Sphinx, document: nodes.document) -> None:
    """Warn of each typed numeral, which fails the strict build."""
    name = app.env.docname
    for line, numeral, words in prose.unbound(document):
        log.warning(
            "unbound numeral %r in “%s”; register it with fact(…) and show it with {fact}`id`.",
            numeral, words, location=(name, line),
        )  # fmt: skip


def _visit_number(self: HTML5Translator, node: BoundNumber) -> None:
    record = results.register_of(self.builder.env)[node["bound"]]
    if "reason" in record:
        # Closed by _depart_number, as a number would be.
        opened = Markup('<data class="ls-fact ls-none" value="" data-fact="{}" title="{}">')
        self.body.append(opened.format(record["id"], record["reason"]))
        return
    about = [record["text"]]
    if record["ci_text"]:
        about.append(f"95% interval {record['ci_text']}")
    if record["n"]:
        about.append(f"n = {record['n']:,}")
    about.append(record["mark"])
    # The first time that a page shows the number is where a citation of it leads.
    seen: set[str] = vars(self).setdefault("listening_state_numbers", set())
    anchor = "" if record["id"] in seen else Markup(' id="number-{}"').format(record["id"])
    seen.add(record["id"])
    self.body.append(
        Markup('<data class="ls-fact" value="{}" data-fact="{}" title="{}"{}>').format(
            record["value"], record["id"], "; ".join(about), anchor
        )
    )


def _depart_number(self: HTML5Translator, _: BoundNumber) -> None:
    self.body.append("</data>")


def _visit_exhibit(self: HTML5Translator, node: FigureExhibit | TableExhibit) -> None:
    record = results.register_of(self.builder.env)[node["exhibit"]]
    page = self.builder.current_docname
    root = "../" * page.count("/")
    number = numbered(self.builder.env, record)
    self.body.append(in_chapter(record, number=number, root=root))
    raise nodes.SkipNode


def _depart_exhibit(_: HTML5Translator, __: nodes.Element) -> None:
    """Nothing is left to close: the template closed the figure."""


def _describe_dataset(
    _app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: nodes.document | None
) -> None:
    """Tell search engines, in the head of its chapter, that the evidence base is a data set."""
    if page == "chapters/data":
        context["metatags"] = context.get("metatags", "") + page_record(citation.book())


def uses(env: BuildEnvironment) -> dict[str, set[str]]:
    """Which page shows which numbers, and has widgets of which exhibits: it is made anew with them."""
    found: dict[str, set[str]] = vars(env).setdefault("listening_state_uses", {})
    return found
