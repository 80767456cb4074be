"""Which numbers move in another environment: ``python -m bench.elsewhere``, or ``make newest``.

Without options, that of this Python with the newest packages that ``pyproject.toml`` allows; with
``--locked``, that of the lock, to try it on another Python: ``--python python3.13 --locked``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.copies import copied
from helpers.book import results
from helpers.paths import project_root

RECORDS = """
import json, sys
from helpers.book import results
from helpers.book.chapters import chapters
from helpers.book.execution import execute, find
from helpers.errors import ExecutionError
try:
    ran = execute(chapters(), reuse=False)
except ExecutionError as error:
    print(error, file=sys.stderr)
    ran = [done for chapter in chapters() if (done := find(chapter))]
print(json.dumps(results.document(results.collect(ran))))
"""
"""What the chapters that run register there; those that do not are named on stderr."""


def environment(scratch: Path, python: str, *, locked: bool) -> Path:
    """Make an environment of this Python, and return its own Python."""
    made = scratch / "environment"
    subprocess.run([python, "-m", "venv", made], check=True)
    project = tomllib.loads((project_root() / "pyproject.toml").read_text(encoding="utf-8"))
    lock = ["--require-hashes", "-r", project_root() / "requirements.txt"]
    packages = lock if locked else project["project"]["dependencies"]
    subprocess.run([made / "bin/python", "-m", "pip", "install", "--quiet", *packages], check=True)
    return made / "bin/python"


def versions(python: Path) -> dict[str, str]:
    """Installed packages with their versions, Python among them."""
    code = (
        "import importlib.metadata as m, platform, json; print(json.dumps({'Python':"
        " platform.python_version(), **{d.name: d.version for d in m.distributions()}}))"
    )
    found = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    return {_normal(name): version for name, version in json.loads(found.stdout).items()}


def locked_versions() -> dict[str, str]:
    """What the lock pins."""
    text = (project_root() / "requirements.txt").read_text(encoding="utf-8")
    return {
        _normal(name): version
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def recorded(python: Path, copy: Path) -> tuple[Mapping[str, Any], str]:
    """The results of a fresh execution there, and what is said of chapters that do not run."""
    variables = {
        **os.environ,
        **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")},
        "PYTHONPATH": str(copy / "src"),
        "LISTENING_STATE_ROOT": str(copy),
    }
    done = subprocess.run(
        [python, "-c", RECORDS], cwd=copy, env=variables, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout), done.stderr


def moved(
    frozen: Mapping[str, Any], now: Mapping[str, Any], there: Mapping[str, str], failures: str
) -> tuple[str, bool]:
    """Versions and numbers that differ, as Markdown, and whether a number moved.

    A drawing alone may differ where the numbers do not: that is within tolerance.
    """
    pinned, lines = locked_versions(), list(results.compare(frozen, now))
    others = [(n, pinned[n], v) for n, v in sorted(there.items()) if pinned.get(n, v) != v]
    differing = [(f"`{n.id}`", n.frozen, n.now) for n in lines if n.verdict == "different"]
    tally = Counter(line.verdict for line in lines)
    counts = ", ".join(f"{tally[verdict]} {verdict}" for verdict in sorted(tally))
    text = [
        f"Python {there['python']}; {len(others)} packages of other versions than the lock.",
        f"Numbers, figures and tables: {counts}.",
    ]
    if failures:
        text += ["", "Chapters that do not run:", "", "```", failures.strip(), "```"]
    text += _table(("package", "lock", "there"), others)
    text += _table(("id", "frozen", "there"), differing)
    return "\n".join(text), bool(differing)


def _table(heads: tuple[str, ...], rows: list[tuple[str, str, str]]) -> list[str]:
    lines = [heads, ("---",) * len(heads), *rows] if rows else []
    return [""] * bool(rows) + [f"| {' | '.join(line)} |" for line in lines]


def main() -> int:
    """Print what differs; 1 if a number moved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="default: this one")
    parser.add_argument("--locked", action="store_true", help="install the lock")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        python = environment(Path(scratch), chosen.python, locked=chosen.locked)
        now, failures = recorded(python, copied(Path(scratch)))
        text, differs = moved(results.frozen() or results.NOTHING, now, versions(python), failures)
    print(text)
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
