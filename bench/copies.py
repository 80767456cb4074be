"""Copies of the project in which something is run and timed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from helpers.paths import project_root

AT_ONCE = 2
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", "__pycache__", ".*_cache", ".hypothesis", "tests"
)


def built(copy: Path) -> int:
    """Build the book of the copy as a reader does; how many chapters were executed for it."""
    said = run(copy, "-m", "helpers", "build")
    return len(re.findall(r"\bran chapters/", said))


def run(copy: Path, *words: str, helpers: Path | None = None) -> str:
    """What this Python prints in the copy, with one thread a process; an error ends the bench.

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
    return done.stdout


def copied(scratch: Path) -> Path:
    """A copy of the project, without what was built."""
    shutil.copytree(project_root(), scratch / "book", ignore=LEFT_OUT)
    return scratch / "book"
