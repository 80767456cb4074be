"""The page on rerunning tells how long each route took, as the bench measured it and not as typed."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from conftest import ROOT
from docutils import nodes
from docutils.utils import new_document

from helpers.book import route_times
from helpers.book.prose import unbound


def asked(route: str) -> tuple[nodes.Node, list[str]]:
    """The node of ``{took}`` for a route, and the files that its page is said to depend on."""
    depends: list[str] = []
    env = SimpleNamespace(note_dependency=depends.append, docname="chapters/rerun")
    document = SimpleNamespace(settings=SimpleNamespace(env=env))
    reporter = SimpleNamespace(get_source_and_line=lambda _: ("rerun.md", 1))
    inliner: Any = SimpleNamespace(document=document, reporter=reporter)
    (node,), _ = route_times.TookRole()("took", f"{{took}}`{route}`", route, 1, inliner)
    return node, depends


def page(paragraph: nodes.paragraph) -> nodes.document:
    document = new_document("rerun.md")
    document += paragraph
    return document


def test_every_measured_route_is_printed_and_its_table_watched() -> None:
    with (ROOT / route_times.TIMES).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 5
    for row in rows:
        node, depends = asked(row["route"])
        assert re.fullmatch(rf"{row['seconds']} seconds?", node.astext())
        assert depends == [str(ROOT / route_times.TIMES)]


def test_the_page_names_each_route_of_the_table() -> None:
    named = re.findall(r"\{took\}`([^`]+)`", Path(ROOT, "chapters/rerun.md").read_text("utf-8"))
    assert set(named) == set(route_times.route_times())


def test_an_unknown_route_is_refused_and_a_typed_time_is_unbound() -> None:
    node, _ = asked("make boook")
    assert isinstance(node, nodes.problematic)
    typed = nodes.paragraph("", "It takes 103 seconds.")
    bound = nodes.paragraph("", "It takes ", asked("make verify")[0])
    assert [numeral for _, numeral, _ in unbound(page(typed))] == ["103"]
    assert list(unbound(page(bound))) == []
