"""How fast the whole book is built, beside named peers in the same run: ``make bench``.

Every way runs the same chapters cold, two at a time, in a copy of the project. The ratio is the
peer's time over ours; ours includes every page, download and check, theirs what they do.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from bench import curves
from bench.copies import AT_ONCE, built, copied, run
from bench.cost import Cost, cost_of
from bench.growth import LIMIT, MANY, MODEL, RESPONDENTS, of_many, of_respondents
from helpers.book.chapters import Chapter, chapters
from helpers.book.downloads import notebook_file, script_file
from helpers.paths import project_root

OURS = "make book, cold: execution, all pages and files"


def ours(copy: Path, _chapters: list[Chapter]) -> None:
    """Build the book as a reader does."""
    built(copy)


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
    "make book, a row more in one data file": (
        "data/published/timeline.csv",
        "2025,year,true,statistics,Made up,For this bench.,nurtoday-com-en-tehnologii-1-kurs-na-tsifroviz\n",
    ),
    "make book, a source more that no number rests on": (
        "references.bib", "\n@misc{more, title={More}, author={More}, year={2020}}\n",
    ),
}  # fmt: skip
"""Edits after a whole build: the file, and what is added to it."""


PAGE, PICTURE = "docs/bench-build.md", "docs/bench-build.svg"
COLUMNS = ("seconds", "processor seconds", "peak memory, MiB")
INTRODUCTION = """# How fast the book is built

Made by `python -m bench.build --write`: {chapters} chapters, {cores} cores, shortest of {times}; load average of the last quarter of an hour: {load:.1f}.
Where other work loads the machine, processor seconds compare better than seconds.
Memory is the sum of the proportional shares of all processes of a way, sampled twice a second; processor seconds are sampled ten times a second.
Ours includes every page, download and check; the others do what they do.

"""


def at_once(task: Callable[[Chapter], object], found: Iterable[Chapter]) -> None:
    """Run a task for each chapter, two at a time; the first error ends the bench."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        list(pool.map(task, found))


def again(copy: Path) -> dict[str, tuple[Cost, int]]:
    """What builds cost that follow a whole one in its folder, each after one edit."""
    taken = {}
    for name, (file, addition) in EDITS.items():
        if addition:
            with (copy / file).open("a", encoding="utf-8") as text:
                text.write(addition)
        taken[name] = once_more(copy)
    return taken


def once_more(copy: Path) -> tuple[Cost, int]:
    """What a build costs, and how many chapters were executed for it."""
    ran: list[int] = []
    spent = cost_of(lambda: ran.append(built(copy)))
    return spent, ran[0]


def of_way(way: Callable[[Path, list[Chapter]], None]) -> tuple[Cost, dict[str, tuple[Cost, int]]]:
    """What one way costs in a fresh copy, whose making is not counted; and builds after ours."""
    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        copy, found = copied(Path(scratch)), chapters()
        for chapter in found:
            (copy / f"{chapter.path.stem}.py").write_bytes(script_file(chapter))
            (copy / f"{chapter.path.stem}.ipynb").write_bytes(notebook_file(chapter))
        whole = cost_of(lambda: way(copy, found))
        return whole, again(copy) if way is ours else {}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; all columns but the first are numbers."""
    head = list(head)
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


def cells(spent: Cost) -> list[str]:
    """Seconds, seconds of processor, and peak memory, as tables show them."""
    return [f"{spent.seconds:.1f}", f"{spent.processor:.1f}", f"{spent.memory / 2**20:,.0f}"]


def page(
    best: Mapping[str, Cost], after: Mapping[str, tuple[Cost, int]], many: Mapping[int, Cost],
    respondents: Mapping[int, tuple[Cost, str]], times: int,
) -> str:  # fmt: skip
    """The measurements as a page of the documentation."""
    first = best[OURS]
    ways = [
        [name, *cells(spent), f"{spent.seconds / first.seconds:.2f}",
         f"{spent.processor / first.processor:.2f}"]
        for name, spent in best.items()
    ]  # fmt: skip
    text = INTRODUCTION.format(chapters=len(chapters()), cores=os.cpu_count(), times=times,
                               load=os.getloadavg()[2])  # fmt: skip
    text += table(["way", *COLUMNS, "time / ours", "processor / ours"], ways)
    text += "## After a whole build\n\n"
    text += table(
        ["edit", *COLUMNS, "chapters executed"],
        [[name, *cells(spent), str(ran)] for name, (spent, ran) in after.items()],
    )
    if many and respondents:
        text += f"![Processor seconds by chapters and by respondents]({Path(PICTURE).name})\n\n"
    if many:
        text += f"## More chapters\n\nCopies of `{MODEL}`, built cold.\n\n"
        text += table(
            ["chapters", *COLUMNS, "seconds a chapter"],
            [[str(n), *cells(s), f"{s.seconds / n:.2f}"] for n, s in many.items()],
        )
    if respondents:
        text += "## More respondents\n\nThe chapters of the third part, executed two at a time.\n"
        text += f"A chapter that takes more than {LIMIT} seconds is stopped, and named.\n\n"
        text += table(
            ["respondents", *COLUMNS, "stopped"],
            [[f"{n:,}", *cells(s), told or "none"] for n, (s, told) in respondents.items()],
        )
    return f"{text.rstrip()}\n"


def main() -> None:
    """Time every way ``--times`` times, in turn, and show the shortest of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="default: 1")
    parser.add_argument("--growth", action="store_true", help="more chapters and respondents, too")
    parser.add_argument("--write", action="store_true", help=f"all of it, into {PAGE}")
    given = parser.parse_args()
    taken: dict[str, list[Cost]] = {name: [] for name in WAYS}
    after: dict[str, tuple[Cost, int]] = {}
    # In turn, so that a busy moment of the machine does not fall on one way alone.
    for _ in range(given.times):
        for name, way in WAYS.items():
            spent, later = of_way(way)
            taken[name].append(spent)
            after |= later
    best = {name: min(found, key=lambda spent: spent.seconds) for name, found in taken.items()}
    grows = given.growth or given.write
    many = {n: of_many(n) for n in (MANY if grows else ())}
    respondents = {n: of_respondents(n) for n in (RESPONDENTS if grows else ())}
    text = page(best, after, many, respondents, given.times)
    if given.write:
        (project_root() / PAGE).write_text(text, encoding="utf-8")
        grown = {n: spent for n, (spent, _) in respondents.items()}
        curves.draw({"chapters": many, "respondents": grown}, project_root() / PICTURE)
    print(text)


if __name__ == "__main__":
    main()
