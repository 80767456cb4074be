"""The pages of the book in their order, and the chapters among them that run."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from nbformat import NotebookNode
from sphinx_external_toc.parsing import parse_toc_yaml

from helpers.paths import project_root


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page that is a notebook.

    ``name`` is its address in the book, such as ``chapters/trust-in-institutions``.
    """

    name: str
    path: Path

    def read(self) -> NotebookNode:
        """The notebook without outputs; its metadata map each cell to a line of the file."""
        return deepcopy(_notebook(self.path.read_text(encoding="utf-8"), self.path))

    def code_digest(self) -> str:
        """Changes when a code cell changes, and only then: prose is free to edit."""
        cells = [cell["source"] for cell in self.read()["cells"] if cell["cell_type"] == "code"]
        return hashlib.sha256("\0".join(cells).encode()).hexdigest()


def pages() -> list[str]:
    """Every page named in ``_toc.yml``, in the order of the book."""
    toc = parse_toc_yaml(project_root() / "_toc.yml")
    found: list[str] = []

    def visit(name: str) -> None:
        found.append(name)
        for child in toc[name].child_files():
            visit(child)

    visit(toc.root.docname)
    return found


def chapters() -> list[Chapter]:
    """The pages that are notebooks, in the order of the book."""
    root = project_root()
    paths = {name: root / f"{name}.md" for name in pages()}
    return [
        Chapter(name, path)
        for name, path in paths.items()
        if path.is_file() and is_myst_markdown_notebook(path.read_text(encoding="utf-8"))
    ]


def as_notebook(text: str, path: Path) -> NotebookNode:
    """MyST Markdown as a notebook, with ``metadata.source_map``: the line of each cell."""
    notebook: Any = read_myst_markdown_notebook(text, add_source_map=True, path=path)
    # Cell ids are random by default; the same chapter shall give the same bytes.
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index:03d}"
    return notebook  # type: ignore[no-any-return]


@lru_cache(maxsize=64)
def _notebook(text: str, path: Path) -> NotebookNode:
    """Parsing takes long, and a build asks many times."""
    return as_notebook(text, path)


def line_of(notebook: NotebookNode, cell: int) -> int:
    """The line of the file on which this cell starts, counted from 1."""
    return int(notebook["metadata"]["source_map"][cell]) + 1
