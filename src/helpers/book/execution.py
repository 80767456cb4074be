"""Runs chapters: each in a fresh kernel, all cores at once, and never without need.

An execution is kept with the digest of its code and of every file it opened: helper modules, data
and the lock. It serves again as long as all of them are unchanged; prose is not among them.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers.book import trace
from helpers.book.chapters import Chapter, as_notebook, line_of
from helpers.book.kernel import run_cells
from helpers.data.survey import survey_files
from helpers.errors import ExecutionError
from helpers.paths import project_root
from helpers.report.record import MIME

KEPT = 4
"""Executions kept of each chapter, so that going back to an earlier state runs nothing."""

_ALWAYS = ("requirements.txt", "src/helpers/__init__.py", "src/helpers/__init__.pyi")
"""Inputs of every chapter: the lock, and what is imported before recording starts."""


_SURVEY = "src/helpers/data/survey.py"
"""Who loads this module rests on the survey, whose file may lie outside of the project and is read
by libraries that the record of opened files does not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A chapter that ran: its notebook with outputs, and what it depended on."""

    chapter: Chapter
    code: str
    inputs: Mapping[str, str]
    seconds: float
    notebook: NotebookNode

    @property
    def records(self) -> list[tuple[int, dict[str, Any]]]:
        """What the chapter registered, each with the line of its cell."""
        return [
            (line_of(self.notebook, index), output["data"][MIME])
            for index, cell in enumerate(self.notebook["cells"])
            for output in cell.get("outputs", [])
            if MIME in output.get("data", {})
        ]

    @property
    def digest(self) -> str:
        """Changes when an output changes."""
        outputs = [cell.get("outputs", []) for cell in self.notebook["cells"]]
        return hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest()


def execute(
    chapters: Iterable[Chapter], *, reuse: bool = True, say: Callable[[str], None] = lambda _: None
) -> list[Execution]:
    """Run the chapters that need it, and return all of them in the order given.

    Parameters
    ----------
    reuse : take a kept execution whose code and inputs are unchanged.
    say : is told of each chapter that ran.

    Raises
    ------
    ExecutionError
        One or more chapters crashed, warned, hung, or lost their kernel; all are named.
    """
    wanted = list(chapters)
    kept = {chapter: find(chapter) if reuse else None for chapter in wanted}
    stale = [chapter for chapter in wanted if kept[chapter] is None]
    failures: list[str] = []

    def attempt(chapter: Chapter) -> tuple[Chapter, Execution | None]:
        try:
            done = run(chapter)
        except ExecutionError as error:
            failures.append(str(error))
            return chapter, None
        say(f"ran {chapter.name} in {done.seconds:.1f} s")
        return chapter, done

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        try:
            kept |= dict(pool.map(attempt, stale))
        except BaseException:
            # Interrupted, or no room on the disk: what has not begun shall not begin.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if failures:
        raise ExecutionError("\n".join(sorted(failures)))
    return [done for chapter in wanted if (done := kept[chapter]) is not None]


def run(chapter: Chapter) -> Execution:
    """Run one chapter in a fresh kernel, check what it printed, and keep the result."""
    notebook = chapter.read()
    code = chapter.code_digest()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        log = Path(scratch) / "opened"
        run_cells(chapter, notebook, scratch=Path(scratch), log=log)
        opened = trace.inputs(log) | set(_ALWAYS)
    _check_streams(chapter, notebook)
    _strip(notebook)
    done = Execution(
        chapter=chapter,
        code=code,
        inputs={path: _seen(path) for path in sorted(opened)},
        seconds=time.monotonic() - started,
        notebook=notebook,
    )
    _keep(done)
    return done


def find(chapter: Chapter) -> Execution | None:
    """A kept execution of just this code, whose inputs are all unchanged; None where there is none.

    A damaged entry counts as none: it is run again and replaced.
    """
    code = chapter.code_digest()
    for path in _entries(chapter):
        try:
            entry = _entry(path, path.stat().st_mtime_ns)
            fresh = entry["code"] == code and entry["python"] == platform.python_version()
            if fresh and all(_seen(name) == digest for name, digest in entry["inputs"].items()):
                notebook = nbformat.from_dict(entry["notebook"])
                notebook["metadata"] = chapter.read()["metadata"]
                return Execution(
                    chapter=chapter, code=code, inputs=entry["inputs"],
                    seconds=entry["seconds"], notebook=notebook,
                )  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def read_executed(text: str, *, name: str) -> NotebookNode:
    """Read a page for Sphinx: its prose as it stands now, its outputs from the kept execution."""
    chapter = Chapter(name, project_root() / f"{name}.md")
    notebook = as_notebook(text, chapter.path)
    done = find(chapter)
    if done is None:
        raise ExecutionError(f"{name} has not been executed; run the build, which executes it.")
    outputs = iter(cell for cell in done.notebook["cells"] if cell["cell_type"] == "code")
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = next(outputs)["outputs"]
            # Code is folded on the page, results never.
            cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), "hide-input"]
    return notebook


def _check_streams(chapter: Chapter, notebook: NotebookNode) -> None:
    """Refuse a cell that wrote to stderr: a warning is something to mend, not to publish."""
    for index, cell in enumerate(notebook["cells"]):
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream" and output["name"] == "stderr":
                where = f"{chapter.name}.md:{line_of(notebook, index)}"
                raise ExecutionError(f"{where}: the cell warned: {output['text'].strip()[-500:]}")


def _strip(notebook: NotebookNode) -> None:
    """Keep of a registered output the record alone; its preview is for notebooks."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                output["data"] = {MIME: output["data"][MIME]}


def _folder(chapter: Chapter) -> Path:
    return project_root() / "_build" / "executions" / chapter.name


def _entries(chapter: Chapter) -> list[Path]:
    """Kept executions, the newest first."""
    found = [*_folder(chapter).glob("*.json")]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _keep(done: Execution) -> None:
    """Write the execution as a whole or not at all, and forget the oldest."""
    folder = _folder(done.chapter)
    folder.mkdir(parents=True, exist_ok=True)
    entry = {
        "code": done.code,
        "python": platform.python_version(),
        "inputs": dict(done.inputs),
        "seconds": done.seconds,
        "notebook": done.notebook,
    }
    name = hashlib.sha256(json.dumps([done.code, dict(done.inputs)]).encode()).hexdigest()[:16]
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as handle:
        try:
            json.dump(entry, handle, ensure_ascii=False)
            handle.flush()
        except OSError:
            Path(handle.name).unlink()
            raise
    Path(handle.name).replace(folder / f"{name}.json")
    for old in _entries(done.chapter)[KEPT:]:
        old.unlink(missing_ok=True)


def _seen(path: str) -> str:
    """What an execution remembers of an input; with the survey's loader, the survey itself."""
    if path != _SURVEY:
        return _digest(project_root() / path)
    files = [project_root() / path, *survey_files()]
    return hashlib.sha256("".join(map(_digest, files)).encode()).hexdigest()


def _digest(full: Path) -> str:
    """SHA-256 of a file; of a missing one, a word that equals no digest."""
    try:
        at = full.stat()
    except OSError:
        return "missing"
    return _sha256(full, at.st_size, at.st_mtime_ns) if full.is_file() else "missing"


@cache
def _sha256(full: Path, _size: int, _modified: int) -> str:
    """Many chapters open one file, and a build asks twice."""
    return hashlib.sha256(full.read_bytes()).hexdigest()


@lru_cache(maxsize=64)
def _entry(path: Path, _modified: int) -> dict[str, Any]:
    """What is kept of an execution; a build asks twice."""
    entry: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return entry
