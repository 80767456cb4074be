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

from bench.copies import copied, run
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


ROUTES: dict[str, Callable[[Path], None]] = {
    "make the environment, once": environment,
    "one chapter from its zip": one_chapter,
    "make book, everything anew": lambda copy: run(copy, "-m", "helpers", "build"),
    "make book, nothing changed": lambda copy: run(copy, "-m", "helpers", "build"),
    "make verify": lambda copy: run(copy, "-m", "helpers", "verify"),
}


def main() -> None:
    """Measure all routes in turn, in one copy, and write the table."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        copy = copied(Path(scratch))
        for name, route in ROUTES.items():
            started = time.monotonic()
            route(copy)
            rows.append({"route": name, "seconds": round(time.monotonic() - started)})
            print(f"{name}: {rows[-1]['seconds']} s", flush=True)
    about = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    with (project_root() / TIMES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["route", "seconds", "on"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "on": about} for row in rows)


if __name__ == "__main__":
    sys.exit(main())
