"""The way of Binder for every chapter: ``python -m bench.binder``; prints the table of docs/binder.md.

Without an engine for containers: repo2docker writes its own steps, which are run here in an
environment of their own, in a fresh clone of what is committed. What the image of Binder holds
before comes from PyPI, in the same versions.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psutil

from bench.lab import Lab, outputs, served, told
from helpers.book import results
from helpers.book.chapters import Chapter, chapters
from helpers.book.launch import lab_path
from helpers.paths import project_root
from helpers.report.record import MIME

BASE = {
    name: name for name in ("ipykernel", "ipywidgets", "jupyter-offlinenotebook",
                            "jupyter-resource-usage", "jupyter_server", "jupyterlab", "notebook")
} | {"jupyterhub-singleuser": "jupyterhub"}  # fmt: skip
"""What Binder's image holds before ours, by the name in conda: the name in PyPI."""
MEBIBYTES = 2**20
ROOM = 1024
"""MiB that Lab and a chapter may take together."""


def ran(*command: str | Path, folder: Path, environment: dict[str, str] | None = None) -> str:
    """What a command printed; one that fails ends the bench, and says why."""
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{command[-1]} failed: {(done.stdout + done.stderr)[-2000:]}")
    return done.stdout + done.stderr


def plan(dockerfile: str) -> tuple[Path, list[str]]:
    """Of what repo2docker writes: the lock of Binder's own image, and the steps for this book."""
    whole = dockerfile.replace("\\\n", " ")
    lock = re.search(r"build_script_files/(\S+)-\w{6} /tmp/env/environment\.lock", whole)
    _, mark, ours = whole.partition("# Run assemble scripts!")
    if not lock or not mark:
        sys.exit("What repo2docker writes cannot be read; got no lock, or no steps after copying.")
    return Path(unquote(lock[1].replace("-", "%"))), re.findall(r"^RUN (.*)$", ours, re.MULTILINE)


def packages(lock: str) -> list[str]:
    """The packages of a lock of conda that `BASE` names, as pip wants them."""
    pinned = dict(re.findall(r"/([\w-]+?)-(\d[\w.]*)-[^/-]+\.conda", lock))
    print(f"Binder's image: Python {pinned['python']}; ours: {sys.version.split()[0]}", flush=True)
    return [f"{pypi}=={pinned[conda]}" for conda, pypi in BASE.items()]


def variables(book: Path, environment: Path) -> dict[str, str]:
    """The variables of Binder's image; there the clone is the home."""
    foreign = ("LISTENING_STATE_", "JUPYTER", "IPYTHON", "PYTHON", "VIRTUAL_ENV")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
        "HOME": str(book),
        "KERNEL_PYTHON_PREFIX": str(environment),
        "PATH": f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }


def make(book: Path, environment: Path, scratch: Path) -> float:
    """Make a fresh clone, and the environment that Binder would give it; seconds of its steps alone."""
    ran("git", "clone", "--quiet", project_root(), book, folder=scratch)
    tools = scratch / "tools"
    for made in (tools, environment):
        ran(sys.executable, "-m", "venv", made, folder=scratch)
    ran(tools / "bin/pip", "install", "--quiet", "jupyter-repo2docker", folder=scratch)
    asked = (tools / "bin/jupyter-repo2docker", "--no-build", "--debug", book)
    lock, steps = plan(ran(*asked, folder=scratch))
    base = packages(lock.read_text(encoding="utf-8"))
    ran(environment / "bin/pip", "install", "--quiet", *base, folder=book)
    begun = time.monotonic()
    for step in steps:
        started = time.monotonic()
        ran("bash", "-c", step, folder=book, environment=variables(book, environment))
        print(f"{step}: {time.monotonic() - started:.0f} s", flush=True)
    return time.monotonic() - begun


@dataclass
class Peak:
    """The most memory seen, in MiB: of one process as the system counts it, and of all together."""

    kernel: float = 0.0
    together: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def watched(server: int) -> Iterator[Peak]:
    """Watch the server and all that it starts; pages that two share count in each of them."""
    peak = Peak()

    def watch() -> None:
        while not peak.ended.wait(0.25):
            with suppress(psutil.Error, OSError):
                below = psutil.Process(server).children(recursive=True)
                sizes = [process.memory_info().rss for process in below]
                whole = psutil.Process(server).memory_info().rss + sum(sizes)
                peak.together = max(peak.together, whole / MEBIBYTES)
                for process in below:
                    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
                    for most in re.findall(r"VmHWM:\s+(\d+) kB", status):
                        peak.kernel = max(peak.kernel, int(most) / 1024)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        peak.ended.set()
        watcher.join()


def compared_with_frozen(
    chapter: Chapter, found: Sequence[Mapping[str, Any]]
) -> list[results.Difference]:
    """What one chapter put out, by the rule of ``make verify``."""
    records = {
        record["id"]: {**record, "chapter": chapter.name}
        for output in found
        if (record := output.get("data", {}).get(MIME))
    }
    frozen = results.frozen() or results.NOTHING
    here = {
        name: [entry for entry in frozen[name] if entry["chapter"] == chapter.name]
        for name in results.NOTHING
    }
    return list(results.compare(here, results.document(records)))


def row(lab: Lab, chapter: Chapter) -> tuple[str, bool]:
    """Run one chapter in the browser: a line of the table, and whether all is well."""
    started = time.monotonic()
    with watched(lab.process) as peak:
        found = outputs(f"{lab.address}{lab_path(chapter.name)}?reset", seconds=900)
    taken = time.monotonic() - started
    wrong = [line for line in map(told, found) if line.startswith(("error", "stderr"))]
    lines = compared_with_frozen(chapter, found)
    verdicts = [line.verdict for line in lines]
    differing = [
        f"{line.id}: {line.now}, frozen: {line.frozen}"
        for line in lines if line.verdict == "different"
    ]  # fmt: skip
    for line in wrong + differing:
        print(line, file=sys.stderr)
    counts = [verdicts.count(name) for name in ("same", "within tolerance", "different")]
    cells = [chapter.name.removeprefix("chapters/"), f"{taken:.0f}", *counts,
             f"{peak.kernel:.0f}", f"{peak.together:.0f}"]  # fmt: skip
    well = not wrong and not counts[2] and peak.together < ROOM
    return f"| {' | '.join(map(str, cells))} |", well


def table(book: Path, environment: Path) -> bool:
    """Run every chapter, print a line of each, and return whether all is well."""
    heads = (
        "chapter",
        "seconds",
        "same",
        "within tolerance",
        "different",
        "kernel, MiB",
        "all, MiB",
    )
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
    well = []
    with served(book, variables(book, environment), environment / "bin/python") as lab:
        for chapter in chapters():
            line, good = row(lab, chapter)
            print(line, flush=True)
            well.append(good)
    return all(well)


def main() -> int:
    """Make the environment, run every chapter in it, print the table; 1 if anything differs."""
    if shutil.which("chromium") is None:
        sys.exit("Chromium is not installed; chapters are opened in it.")
    with tempfile.TemporaryDirectory(prefix="listening-state-") as folder:
        scratch = Path(folder)
        book, environment = scratch / "book", scratch / "environment"
        make(book, environment, scratch)
        return 0 if table(book, environment) else 1


if __name__ == "__main__":
    sys.exit(main())
