"""``{took}`make verify```: how long a route of rerunning took, from the table that the bench writes."""

from __future__ import annotations

import csv
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from helpers.data.filters import unknown
from helpers.paths import project_root

TIMES = "chapters/rerun-times.csv"

log = logging.getLogger(__name__)


class TookRole(SphinxRole):
    """The seconds of a route of ``chapters/rerun-times.csv``; ``{took}`on``` names the machine."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Look the route up; an unknown one is a warning, which fails the strict build."""
        times = route_times()
        self.env.note_dependency(str(project_root() / TIMES))
        if self.text not in times:
            log.warning(
                "%s", unknown("route", self.text, list(times)), location=self.get_location()
            )
            return [nodes.problematic(self.rawtext, self.rawtext)], []
        return [nodes.inline("", times[self.text], bound=TIMES)], []


def route_times() -> dict[str, str]:
    """What is printed of each route, and ``on``: the machine that measured them."""
    with (project_root() / TIMES).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    printed = {row["route"]: _seconds(row["seconds"]) for row in rows}
    return {**printed, "on": rows[0]["on"]}


def _seconds(count: str) -> str:
    return f"{count} second" if count == "1" else f"{count} seconds"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the role; Sphinx calls it."""
    app.add_role("took", TookRole())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
