"""A forked kernel gives what a cold one gives, sees the same files, and ends with its build."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Project
from small_book import DRAWS, cells_of, chapter, make_book

from helpers.book import warm

PARENT = """import os, pathlib, sys
print(pathlib.Path(f"/proc/{os.getppid()}/cmdline").read_text().count("helpers.book.warm"))
print(os.environ["MPLBACKEND"], __import__("matplotlib").get_backend())
"""
pytestmark = pytest.mark.skipif(not warm.possible(), reason="this system forks no kernels")


RAN = """
import json, sys
from helpers.book import results, warm
from helpers.book.chapters import chapters
from helpers.book.execution import execute
if sys.argv[1] == "cold":
    warm.possible = lambda: False
ran = execute(chapters(), reuse=False)
print(json.dumps({
    "results": results.document(results.collect(ran)),
    "inputs": {done.chapter.name: done.inputs for done in ran},
    "told": "".join(output["text"] for output in ran[-1].notebook["cells"][-1]["outputs"]).split(),
}))
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same chapters in cold kernels and in forked ones."""
    name = "trust-in-institutions"
    texts = {name: chapter(*cells_of(name)), "draws": chapter(DRAWS), "parent": chapter(PARENT)}
    project = make_book(tmp_path_factory.mktemp("warm"), texts)
    found = {}
    for way in ("forked", "cold"):
        done = subprocess.run(
            [sys.executable, "-c", RAN, way], cwd=project.root, env=environment(project),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found[way] = json.loads(done.stdout)
    return found


def test_one_is_forked_and_the_other_is_not(ran: dict[str, Any]) -> None:
    assert ran["forked"]["told"][0] == "1"
    assert ran["cold"]["told"][0] == "0"
    assert ran["forked"]["told"][1:] == ran["cold"]["told"][1:], "how pictures are shown"


def test_results_are_those_of_cold_kernels(ran: dict[str, Any]) -> None:
    """Numbers, intervals, rows, and every byte of every figure."""
    assert len(ran["cold"]["results"]["figures"]) > 1
    assert ran["forked"]["results"] == ran["cold"]["results"]


def test_the_same_files_are_on_record(ran: dict[str, Any]) -> None:
    """No helper came with the parent: a chapter that rests on it would not be run again."""
    assert ran["forked"]["inputs"] == ran["cold"]["inputs"]
    assert "src/helpers/stats/estimates.py" in ran["cold"]["inputs"]["chapters/draws"]


def test_a_killed_build_leaves_no_kernel(tmp_path: Path) -> None:
    cell = f"import os, pathlib, time\npathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\ntime.sleep(600)"
    book = make_book(tmp_path, {"slow": chapter(cell)})
    build = start(book)
    pid = int(wait(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text()))
    assert running(pid)
    os.killpg(build.pid, signal.SIGKILL)
    build.wait(timeout=600)
    wait(lambda: not running(pid))


def start(book: Project) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "helpers", "build"], cwd=book.root, env=environment(book),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def environment(book: Project) -> dict[str, str]:
    here = {"PYTHONPATH": str(book.root / "src"), "LISTENING_STATE_ROOT": str(book.root)}
    # Byte code is written, as it is for most: what is written on the way is no input.
    return {**os.environ, **here, "PYTHONDONTWRITEBYTECODE": ""}


def running(pid: int) -> bool:
    """Whether there is such a process, other than one that nobody has waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait(until: Callable[[], object]) -> str:
    ends = time.monotonic() + 600
    while not (found := until()):
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.1)
    return str(found)
