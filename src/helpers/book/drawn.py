"""One figure drawn anew, at a width and resolution that the site does not offer."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.book.chapters import Chapter, chapters
from helpers.data.filters import unknown
from helpers.errors import PublicationError
from helpers.evidence import evidence_of
from helpers.report import export, register
from helpers.report.charts import Chart

FORMS = ("png", "pdf", "svg")
NARROWEST, WIDEST = 60.0, 260.0
"""In mm. Below the one, labels no longer fit; above the other, no page has room."""
COARSEST, FINEST = 300, 1200
"""Dots per inch that journals ask for, from photographs to line art."""


class _Drawn(Exception):  # noqa: N818 no error: it ends the chapter once the figure is there
    """Carries the file out of the chapter."""

    def __init__(self, body: bytes) -> None:
        self.body = body


def draw(
    name: str, known: Mapping[str, Mapping[str, Any]], *, to: Path, width: float, dpi: int
) -> None:
    """Run the chapter of a figure up to it, and write the figure alone.

    Parameters
    ----------
    known : entries of ``results.json`` by id.
    to : the file; its ending selects png, pdf or svg.
    width : in mm.

    Raises
    ------
    PublicationError
        There is no such figure, or it cannot be drawn like this.
    """
    figures = [each for each in known if each.startswith("fig-")]
    if name not in figures:
        raise PublicationError(unknown("figure", name, figures))
    form = to.suffix.removeprefix(".").lower()
    if form not in FORMS or not NARROWEST <= width <= WIDEST or not COARSEST <= dpi <= FINEST:
        raise PublicationError(
            f"a figure cannot be drawn; got {to.name!r}, {width:g} mm and {dpi} dpi; expected a name"
            f" that ends in {', '.join(FORMS)}, {NARROWEST:g} to {WIDEST:g} mm, and {COARSEST} to"
            f" {FINEST} dpi."
        )
    [chapter] = [each for each in chapters() if each.name == known[name]["chapter"]]
    to.write_bytes(_picture(chapter, name, width=width, dpi=dpi, form=form))


def _picture(chapter: Chapter, name: str, **size: Any) -> bytes:
    def figure(this: str, chart: Any, *, title: str, **_: object) -> None:
        if this == name and isinstance(chart, Chart):
            raise _Drawn(
                export.picture(
                    name, chart, title=title, evidence=evidence_of(chart.rows),
                    mark=register.mark_of(chart.rows), **size,
                )
            )  # fmt: skip

    instead = {"figure": figure, "fact": _nothing, "table": _nothing}
    names: dict[str, Any] = {}
    try:
        for cell in chapter.read()["cells"]:
            if cell["cell_type"] == "code":
                for statement in ast.parse(cell["source"]).body:
                    code = compile(ast.Module([statement], []), str(chapter.path), "exec")
                    exec(code, names)  # noqa: S102 the chapters are the project's own code
                    names |= {key: value for key, value in instead.items() if key in names}
    except _Drawn as drawn:
        return drawn.body
    raise PublicationError(
        f"{name} was not drawn: {chapter.name}.md no longer shows it. Run `make book`."
    )


def _nothing(*_: object, **__: object) -> None:
    """Stand for what a chapter registers besides the figure."""
