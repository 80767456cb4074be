"""How the cost of a build grows with the chapters of the book, and with the respondents behind them."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from bench.copies import AT_ONCE, built, copied, run
from bench.cost import Cost, cost_of

MODEL = "trust-in-institutions"
"""The chapter of which many copies are made."""
IDS = re.compile(r'\b((?:fact|figure|table)\(\s*)"([^"]+)"')
"""What it registers, which each copy does under names of its own."""
MANY, RESPONDENTS = (5, 20, 80), (2_000, 20_000, 200_000, 1_000_000)
LIMIT = 1800
"""Seconds that a chapter may take, however many respondents there are."""

HEAD = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
"""

PART_THREE = f"""
import os, sys
from pathlib import Path
from concurrent.futures import ThreadPoolExecutor
from helpers.book.chapters import chapters
from helpers.book.execution import run
from helpers.errors import ExecutionError
os.environ["LISTENING_STATE_SECONDS"] = "{LIMIT}"
def attempt(chapter):
    try:
        run(chapter)
    except ExecutionError as error:
        late = "longer than" in str(error)
        return chapter.path.stem + ("" if late else f": {{str(error).partition(': ')[2][:200]}}")
names = [chapter for chapter in chapters() if "survey()" in chapter.path.read_text("utf-8")]
with ThreadPoolExecutor({AT_ONCE}) as pool:
    failed = [told for told in pool.map(attempt, names) if told]
Path(sys.argv[1]).write_text(", ".join(failed))
"""


def of_many(chapters_wanted: int) -> Cost:
    """What a cold build of copies of one chapter costs, each with ids of its own."""
    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        copy = copied(Path(scratch))
        text = (copy / f"chapters/{MODEL}.md").read_text(encoding="utf-8")
        cells = re.findall(r"^```\{code-cell\} ipython3\n.*?^```$", text, re.DOTALL | re.MULTILINE)
        shutil.rmtree(copy / "chapters")
        (copy / "chapters").mkdir()
        names = [f"copy-{number}" for number in range(chapters_wanted)]
        for name in names:
            body = IDS.sub(rf'\1"\2-{name}"', "\n\n".join(cells))
            (copy / f"chapters/{name}.md").write_text(
                f"{HEAD}\n# {name}\n\n{body}\n", encoding="utf-8"
            )
        (copy / "index.md").write_text("# Copies\n", encoding="utf-8")
        listed = "".join(f"  - file: chapters/{name}\n" for name in names)
        (copy / "_toc.yml").write_text(
            f"format: jb-book\nroot: index\nchapters:\n{listed}", encoding="utf-8"
        )
        # What is frozen is of the ids of the book.
        for name in ("results.json", "tombstones.yml"):
            (copy / name).unlink(missing_ok=True)
        return cost_of(lambda: built(copy))


def of_respondents(n: int) -> tuple[Cost, str]:
    """What the chapters on respondents cost with ``n`` simulated ones, and which of them failed."""
    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        copy = copied(Path(scratch))
        run(copy, "-m", "helpers", "simulate", "--n", str(n), "--to", str(copy / "data/survey"))
        told = Path(scratch) / "told"
        spent = cost_of(lambda: run(copy, "-c", PART_THREE, str(told)))
        return spent, told.read_text(encoding="utf-8")
