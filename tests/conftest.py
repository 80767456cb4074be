"""What tests share: a copy of the project to break, and the built site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
PARTS = ("data", "src", "_static", "_config.yml", "CITATION.cff", "references.bib",
         "requirements.txt", "pyproject.toml")  # fmt: skip

settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")


@dataclass(frozen=True)
class Project:
    """A copy of the project that a test may break."""

    root: Path

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a piece of text that must be there, once."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {path}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def run(self, *command: str, under: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run ``python -m helpers …`` on the copy, with the copy's own helpers.

        ``under`` is a command that runs it, such as ``nice``.
        """
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.root / "src"),
            "LISTENING_STATE_ROOT": str(self.root),
            "NO_COLOR": "1",
        }
        return subprocess.run(
            [*under, sys.executable, "-m", "helpers", *command], cwd=self.root, env=environment,
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip


def copy_project(target: Path) -> Project:
    """The parts of the project that a build reads, without its chapters."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target / part)
    return Project(target)


@pytest.fixture
def data_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The data alone, which the loaders of this process then read."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.setenv("LISTENING_STATE_ROOT", str(tmp_path))
    return Project(tmp_path)


@pytest.fixture(scope="session")
def site() -> Path:
    """The site as `make test` built it just before; built now where it is missing."""
    built = ROOT / "_build" / "html"
    if not (built / "index.html").is_file():
        subprocess.run([sys.executable, "-m", "helpers", "build"], cwd=ROOT, check=True)
    return built
