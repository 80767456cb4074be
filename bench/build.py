"""How fast the whole book is built, beside named peers in the same run: ``make bench``.

Every way runs the same chapters cold, two at a time, in a copy of the project. The ratio is the
peer's time over ours; ours includes every page, download and check, theirs what they do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from helpers.book.chapters import Chapter, chapters
from helpers.book.downloads import notebook_file, script_file
from helpers.paths import project_root

AT_ONCE = 2
OURS = "make book, cold: execution, all pages and files"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", "__pycache__", ".*_cache", ".hypothesis", "tests"
)


def ours(copy: Path, _chapters: list[Chapter]) -> None:
    """Build the book as a reader does."""
    run(copy, "-m", "helpers", "build")


def scripts(copy: Path, found: list[Chapter]) -> None:
    """Run each chapter as a plain script in a process of its own."""
    at_once(lambda chapter: run(copy, str(copy / f"{chapter.path.stem}.py")), found)


def nbconvert(copy: Path, found: list[Chapter]) -> None:
    """Execute each chapter with nbconvert."""
    words = ("-m", "nbconvert", "--to", "notebook", "--execute", "--inplace")
    at_once(lambda chapter: run(copy, *words, str(copy / f"{chapter.path.stem}.ipynb")), found)


JCACHE = """
import sys
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
cache = get_cache("jcache")
for path in sys.argv[1:]:
    cache.add_nb_to_project(path)
# Its processes may choose one port twice, and a kernel dies of it: what failed is run again.
for attempt in range(5):
    done = load_executor("local-parallel", cache).run_and_cache(timeout=600)
    if not done.errored and not done.excepted:
        sys.exit(0)
sys.exit(1)
"""


def jupyter_cache(copy: Path, found: list[Chapter]) -> None:
    """Execute all chapters with jupyter-cache's parallel executor; no page is made."""
    names = [str(copy / f"{chapter.path.stem}.ipynb") for chapter in found]
    run(copy, "-c", JCACHE, *names)


def jupyter_book(copy: Path, _chapters: list[Chapter]) -> None:
    """Build with jupyter-book as it comes: no extension of ours, warnings allowed."""
    config = yaml.safe_load((copy / "_config.yml").read_text(encoding="utf-8"))
    config["execute"] = {"execute_notebooks": "force", "timeout": 600}
    config["sphinx"] = {"config": {"include_patterns": ["index.md", "chapters/**"]}}
    (copy / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    # Its pages show the preview of a record, as any notebook would: the record is ours to render.
    record = copy / "src/helpers/report/record.py"
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace("{MIME: dict(self.record), ", "{"), encoding="utf-8")
    command = "from jupyter_book.cli.main import main; main()"
    run(copy, "-c", command, "build", str(copy))


WAYS: dict[str, Callable[[Path, list[Chapter]], None]] = {
    OURS: ours,
    "plain scripts, two at a time": scripts,
    "nbconvert --execute, two at a time": nbconvert,
    "jupyter-book build as it comes": jupyter_book,
    "jupyter-cache local-parallel, execution only": jupyter_cache,
}


EDITS = {
    "make book, nothing changed": ("index.md", ""),
    "make book, a sentence more in one chapter": (
        "chapters/trust-over-time.md", "\nA sentence more.\n",
    ),
    "make book, a comment more in one helper module": (
        "src/helpers/stats/panel/panel_models.py", "\n# A comment more.\n",
    ),
    "make book, a source more that no number rests on": (
        "references.bib", "\n@misc{more, title={More}, author={More}, year={2020}}\n",
    ),
}  # fmt: skip
"""Edits after a whole build: the file, and what is added to it."""


def at_once(task: Callable[[Chapter], None], found: Iterable[Chapter]) -> None:
    """Run a task for each chapter, two at a time; the first error ends the bench."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        list(pool.map(task, found))


def run(copy: Path, *words: str, helpers: Path | None = None) -> None:
    """Run this Python in the copy, with one thread a process; an error says what was printed.

    Parameters
    ----------
    helpers : where they are imported from, if not from the copy.
    """
    environment = {
        **os.environ,
        **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")},
        "PYTHONPATH": str(helpers or copy / "src"),
        "LISTENING_STATE_ROOT": str(copy),
    }
    done = subprocess.run(
        [sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{' '.join(words[:4])} failed: {(done.stdout + done.stderr)[-2000:]}")


def copied(scratch: Path) -> Path:
    """A copy of the project, without what was built."""
    shutil.copytree(project_root(), scratch / "book", ignore=LEFT_OUT)
    return scratch / "book"


def again() -> dict[str, float]:
    """Wall time of builds that follow a whole one, each after one edit."""
    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        copy = copied(Path(scratch))
        ours(copy, [])
        taken = {}
        for name, (file, addition) in EDITS.items():
            if addition:
                with (copy / file).open("a", encoding="utf-8") as text:
                    text.write(addition)
            started = time.monotonic()
            ours(copy, [])
            taken[name] = time.monotonic() - started
    return taken


def seconds(way: Callable[[Path, list[Chapter]], None]) -> float:
    """Wall time of one way in a fresh copy, whose making is not counted."""
    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        copy, found = copied(Path(scratch)), chapters()
        for chapter in found:
            (copy / f"{chapter.path.stem}.py").write_bytes(script_file(chapter))
            (copy / f"{chapter.path.stem}.ipynb").write_bytes(notebook_file(chapter))
        started = time.monotonic()
        way(copy, found)
        return time.monotonic() - started


def main() -> None:
    """Time every way ``--times`` times, in turn, and print the shortest of each as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="default: 1")
    times = parser.parse_args().times
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    # In turn, so that a busy moment of the machine does not fall on one way alone.
    for _ in range(times):
        for name, way in WAYS.items():
            taken[name].append(seconds(way))
    best = {name: min(found) for name, found in taken.items()}
    print(f"{len(chapters())} chapters, {os.cpu_count()} cores, shortest of {times}")
    print(f"{'way':<52}{'seconds':>9}{'ratio':>8}")
    for name, found in best.items():
        print(f"{name:<52}{found:>9.1f}{found / best[OURS]:>8.2f}")
    for name, found in again().items():
        print(f"{name:<52}{found:>9.1f}{found / best[OURS]:>8.2f}")


if __name__ == "__main__":
    main()
