"""How long each route of the page on rerunning takes: writes ``chapters/rerun-times.csv``.

``python -m bench.routes`` measures each once, in copies in empty folders. Run it while the machine
has nothing else to do; the making of the environment needs the network.
"""

from __future__ import annotations

import csv
import os
import platform
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from bench.binder import make, variables
from bench.copies import copied, run
from bench.lab import outputs, served, told
from helpers.book.launch import lab_path
from helpers.book.route_times import TIMES
from helpers.paths import project_root

CHAPTER = "trust-in-institutions"


def environment(copy: Path) -> None:
    """Make an environment from the lock with pip, as a reader without uv does."""
    made = copy / "env"
    run(copy, "-m", "venv", str(made))
    install = [made / "bin" / "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*install, "-r", "requirements.txt"], cwd=copy, check=True)


def one_chapter(copy: Path) -> None:
    """Run one chapter's script in its unpacked zip, with the helpers of its wheel alone."""
    with zipfile.ZipFile(project_root() / f"_build/html/chapters/{CHAPTER}.zip") as archive:
        archive.extractall(copy)
    folder = copy / CHAPTER
    (wheel,) = folder.glob("*.whl")
    installed = folder / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(installed)
    run(folder, f"{CHAPTER}.py", helpers=installed)


def command(name: str) -> Callable[[Path], None]:
    """A command of the helpers, as make runs it."""

    def route(copy: Path) -> None:
        run(copy, "-m", "helpers", name)

    return route


def binder(_copy: Path) -> float:
    """Install as Binder does, start its JupyterLab and run one chapter there; seconds of these alone."""
    with tempfile.TemporaryDirectory(prefix="listening-state-") as folder:
        book, made = Path(folder) / "book", Path(folder) / "environment"
        installing = make(book, made, Path(folder))
        started = time.monotonic()
        with served(book, variables(book, made), made / "bin/python") as lab:
            address = f"{lab.address}{lab_path(f'chapters/{CHAPTER}')}?reset"
            wrong = [
                line for line in map(told, outputs(address, seconds=900)) if line[:5] == "error"
            ]
            if wrong:
                sys.exit(f"{CHAPTER} failed in JupyterLab: {wrong[0]}")
            return installing + time.monotonic() - started


ROUTES: dict[str, Callable[[Path], float | None]] = {
    "make the environment, once": environment,
    "one chapter from its zip": one_chapter,
    "make book, everything anew": command("build"),
    "make book, nothing changed": command("build"),
    "make verify": command("verify"),
    "Binder's steps, its start and one chapter": binder,
}
"""Each returns the seconds that count, where not all that it takes does."""


def main() -> None:
    """Measure all routes in turn, in one copy, and write the table."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        copy = copied(Path(scratch))
        for name, route in ROUTES.items():
            started = time.monotonic()
            counted = route(copy)
            seconds = time.monotonic() - started if counted is None else counted
            rows.append({"route": name, "seconds": round(seconds)})
            print(f"{name}: {rows[-1]['seconds']} s", flush=True)
    about = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    with (project_root() / TIMES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["route", "seconds", "on"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "on": about} for row in rows)


if __name__ == "__main__":
    sys.exit(main())
