"""What the pages say of the survey behind them: the book's simulated respondents, or a reader's file."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from helpers.data.survey import is_simulated, survey, survey_files
from helpers.evidence import evidence_of
from helpers.report.words import evidence_mark

SIMULATED = "simulated"
"""The class of words that hold for the simulated respondents alone: ``[…]{.simulated}``."""


class OwnSurvey(SphinxPostTransform):
    """Leaves out, where a reader's file stands behind the pages, what holds for the simulated one."""

    # Before references are resolved: a number that is not shown leads nowhere.
    default_priority = 5

    def run(self, **_: Any) -> None:
        """Replace each marked span by its words, or take it away with what it leaves empty."""
        keep = is_simulated(survey_files()[0])
        for span in [*self.document.findall(nodes.inline)]:
            if span["classes"] == [SIMULATED]:
                parent = span.parent
                parent.replace(span, span.children if keep else [])
                _drop_if_empty(parent)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event and the transform; Sphinx calls it."""
    app.add_post_transform(OwnSurvey)
    app.connect("config-inited", _announce)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _drop_if_empty(node: nodes.Element) -> None:
    """Take away a paragraph without words, and the list items and lists around it."""
    droppable = nodes.paragraph | nodes.list_item | nodes.bullet_list
    while isinstance(node, droppable) and not node.astext().strip():
        parent = node.parent
        parent.remove(node)
        node = parent


def _announce(_: Sphinx, config: Any) -> None:
    """Name a reader's file, and how many answered, above every page."""
    if is_simulated(survey_files()[0]):
        return
    given = survey()
    mark = evidence_mark(evidence_of(given.rows), source=given.name, n=len(given.rows))
    config.html_theme_options = {
        **config.html_theme_options,
        # The template takes it as HTML.
        "announcement": f"{escape(mark)}. A reader rebuilt this copy of the book: its survey part rests on"
        " that file, and its numbers are not those of the published book.",
    }
