"""Small books for the tests of the build: a few chapters in a copy of the project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from conftest import ROOT, Project, copy_project

HEAD = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
"""
DRAWS = """from helpers import fact
from helpers.evidence import Evidence
from helpers.rng import repeat
from helpers.stats import Estimate
from joblib import parallel_config
with parallel_config(backend="threading", n_jobs=2):
    draw = lambda rng: float((rng.normal(size=(99, 99)) @ rng.normal(size=99)).mean())
    means = repeat(draw, 9, name="draws")
mean = Estimate(item="", level="", group="", estimate=sum(means) / 9, se=None, ci_low=None,
    ci_high=None, n=None, n_eff=None, deff=None, df=None, unit="index",
    evidence=Evidence.SIMULATED, source="", method="test")
fact("draws-mean", mean, digits=6)
"""
"""A chapter that draws random numbers, and hands the work to joblib."""


def chapter(*cells: str) -> str:
    """A chapter of these cells."""
    return f"{HEAD}\n# A chapter\n\n" + "\n".join(
        f"```{{code-cell}} ipython3\n{cell.strip()}\n```\n" for cell in cells
    )


def cells_of(name: str) -> list[str]:
    """The cells of a real chapter, whose prose would refer to other chapters."""
    text = (ROOT / "chapters" / f"{name}.md").read_text(encoding="utf-8")
    return re.findall(r"^```\{code-cell\} ipython3\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def make_book(target: Path, chapters: Mapping[str, str]) -> Project:
    """A book of just these chapters, in this order."""
    project = copy_project(target)
    (project.root / "chapters").mkdir()
    for name, text in chapters.items():
        (project.root / "chapters" / f"{name}.md").write_text(text, encoding="utf-8")
    (project.root / "index.md").write_text("# Book\n", encoding="utf-8")
    order(project, *chapters)
    return project


def order(project: Project, *names: str) -> None:
    """Put the chapters in this order."""
    files = "".join(f"  - file: chapters/{name}\n" for name in names)
    toc = f"format: jb-book\nroot: index\nchapters:\n{files}"
    (project.root / "_toc.yml").write_text(toc, encoding="utf-8")
