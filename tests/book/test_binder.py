"""Binder, container and devcontainer rest on the one lock; a chapter opens as a notebook and runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bench.binder import compared_with_frozen, plan
from bench.lab import Lab, outputs, served, told
from conftest import ROOT, Project, copy_project

from helpers.book import launch
from helpers.book.chapters import chapters

CHAPTER = "chapters/trust-in-institutions"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def fresh(monkeypatch: pytest.MonkeyPatch, answers: dict[tuple[str, ...], str]) -> None:
    launch._commit.cache_clear()
    monkeypatch.setattr(launch, "_git", lambda _root, *command: answers.get(command, ""))


TOP = ("rev-parse", "--show-toplevel")
HEAD = ("rev-parse", "HEAD")
CLEAN = {TOP: str(ROOT), HEAD: COMMIT}


@pytest.mark.parametrize(
    "repository",
    [
        "https://github.com/someone/the.book",
        "https://github.com/someone/the.book.git",
        "https://name:secret@github.com/someone/the.book.git",
        "git@github.com:someone/the.book.git",
        "ssh://git@github.com/someone/the.book",
    ],
)
def test_a_launch_link_names_the_commit_and_the_chapter(
    repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = f"https://mybinder.org/v2/gh/someone/the.book/{COMMIT}?urlpath=lab/tree/{CHAPTER}.md"
    fresh(monkeypatch, CLEAN)
    assert launch.launch_address(CHAPTER, repository) == expected
    fresh(monkeypatch, {**CLEAN, ("remote", "get-url", "origin"): repository})
    assert launch.launch_address(CHAPTER, None) == expected


@pytest.mark.parametrize(
    ("answers", "repository"),
    [
        (CLEAN, None),
        (CLEAN, "https://example.org/someone/book"),
        (CLEAN, "/srv/git/book.git"),
        ({**CLEAN, ("status", "--porcelain"): " M index.md"}, "https://github.com/someone/book"),
        ({**CLEAN, TOP: "/elsewhere"}, "https://github.com/someone/book"),
        ({}, "https://github.com/someone/book"),
    ],
    ids=["unknown", "elsewhere", "a path", "changed", "inside another", "no checkout"],
)
def test_no_link_is_better_than_a_dead_one(
    answers: dict[tuple[str, ...], str], repository: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh(monkeypatch, answers)
    assert launch.launch_address(CHAPTER, repository) is None


def test_the_repository_is_the_one_that_the_project_names(data_copy: Project) -> None:
    config = data_copy.root / "_config.yml"
    config.write_text("title: A book\n", encoding="utf-8")
    assert launch.named_repository() is None
    config.write_text("repository: {url: 'https://github.com/a/b'}\n", encoding="utf-8")
    assert launch.named_repository() == "https://github.com/a/b"


def test_container_and_devcontainer_use_the_lock_and_the_python_of_binder() -> None:
    wanted = text("binder/runtime.txt").strip().removeprefix("python-")
    lines = re.sub(r"\\\n\s*", " ", text("Containerfile"))
    steps = [line.split(None, 1) for line in lines.splitlines() if line and line[0] != "#"]
    assert {word for word, _ in steps} <= {"FROM", "RUN", "USER", "WORKDIR", "ENV", "COPY",
                                           "EXPOSE", "CMD"}  # fmt: skip
    assert steps[0] == ["FROM", f"python:{wanted}-slim"]
    runs = [rest for word, rest in steps if word == "RUN"]
    assert any("pip install --no-cache-dir --require-hashes -r requirements.txt" in r for r in runs)
    assert runs[-1] == "bash binder/postBuild"
    assert [rest for word, rest in steps if word == "USER"] == ["reader"]
    assert isinstance(json.loads(next(rest for word, rest in steps if word == "CMD")), list)
    for name in ("Containerfile", "binder/postBuild", ".devcontainer/devcontainer.json"):
        assert "://" not in text(name)

    described = json.loads(text(".devcontainer/devcontainer.json"))
    file = (ROOT / ".devcontainer" / described["build"]["dockerfile"]).resolve()
    assert file == ROOT / "Containerfile"
    assert (ROOT / ".devcontainer" / described["build"]["context"]).resolve() == ROOT
    assert described["postCreateCommand"] == "bash binder/postBuild"
    assert {".venv", "_build"} <= set(text(".dockerignore").split())


def test_what_binder_runs_after_the_install_is_sound() -> None:
    done = subprocess.run(
        ["bash", "-n", str(ROOT / "binder/postBuild")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    locked = text("requirements.txt")
    # Older ones cannot load the extension that opens text files as notebooks.
    for package, oldest in (("jupyterlab", (4, 5, 9)), ("notebook", (7, 6)), ("jupytext", (1, 19))):
        version = re.search(rf"^{package}==([\d.]+)", locked, re.MULTILINE)
        assert version
        assert tuple(map(int, version[1].split("."))) >= oldest, package


WRITTEN = """COPY --chown=0:0 build_script_files/-2fsrv-2fpython3-2e11-2fa-2dlock-9a2f56 /tmp/env/environment.lock
RUN apt-get -qq update
# Run assemble scripts! These will actually turn the specification
RUN ${KERNEL_PYTHON_PREFIX}/bin/pip install \\
-r "binder/requirements.txt"
RUN ./binder/postBuild
"""


def test_the_steps_of_binder_are_read_from_what_repo2docker_writes() -> None:
    steps = [
        '${KERNEL_PYTHON_PREFIX}/bin/pip install  -r "binder/requirements.txt"',
        "./binder/postBuild",
    ]
    assert plan(WRITTEN) == (Path("/srv/python3.11/a-lock"), steps)
    with pytest.raises(SystemExit, match="cannot be read"):
        plan(WRITTEN.replace("environment.lock", "lock"))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """This environment's JupyterLab on a copy of the project, in a home as postBuild leaves it."""
    home, book = tmp_path / "home", tmp_path / "book"
    home.mkdir()
    book.mkdir()
    copy_project(book)
    shutil.copytree(ROOT / "chapters", book / "chapters")
    left_out = ("LISTENING_STATE_ROOT", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")
    environment = {
        **{key: value for key, value in os.environ.items() if key not in left_out},
        "HOME": str(home),
        "PYTHONPATH": str(book / "src"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for step in text("binder/postBuild").splitlines():
        if step.startswith("jupytext-config"):
            subprocess.run(step.split(), env=environment, check=True, capture_output=True)
    with served(book, environment, Path(sys.executable)) as running:
        yield running


@pytest.mark.skipif(
    shutil.which("chromium") is None, reason="Chromium is not installed: Lab is not opened"
)
def test_a_launch_path_opens_a_notebook_that_gives_the_frozen_numbers(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All chapters, in the environment that Binder makes: ``python -m bench.binder``."""
    fresh(monkeypatch, CLEAN)
    link = launch.launch_address(CHAPTER, "https://github.com/someone/book")
    assert link
    path = parse_qs(urlsplit(link).query)["urlpath"][0]
    found = outputs(f"{lab.address}{path}", seconds=600)
    assert [line for line in map(told, found) if line.startswith(("error", "stderr"))] == []
    chapter = next(chapter for chapter in chapters() if chapter.name == CHAPTER)
    compared = compared_with_frozen(chapter, found)
    assert "trust-fire-service" in {line.id for line in compared}
    assert {line.verdict for line in compared} <= {"same", "within tolerance"}
    short = compared_with_frozen(chapter, found[1:])
    assert [line.now for line in short if line.verdict == "different"] == ["not registered"]
