"""The numbers, figures and pages do not depend on where, when or beside what a chapter runs."""

from __future__ import annotations

import filecmp
import functools
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Project
from small_book import DRAWS, cells_of, chapter, make_book, order

CHAPTERS = ("trust-in-institutions", "draws")
# Python leaves most of a locale alone until it is asked to use it.
LOCALE = 'import locale\n_ = locale.setlocale(locale.LC_ALL, "")\n'
THREADS = ("OMP", "OPENBLAS", "MKL")
LOCALES = {"kk_KZ.UTF-8": "kk_KZ", "ru_RU.UTF-8": "ru_RU"}
RECORDS = """
import json
from helpers.book import results
from helpers.book.chapters import chapters
from helpers.book.execution import execute
ran = execute(chapters(), reuse=False)
print(json.dumps(results.document(results.collect(ran))))
"""
USUAL = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "threads": "1"}
ELSEWHERE = {
    "Kazakh, in Almaty, two threads, another hash": {
        "LC_ALL": "kk_KZ.UTF-8", "TZ": "Asia/Almaty", "PYTHONHASHSEED": "1", "threads": "2",
    },
    "Russian, in Anchorage, any hash": {
        "LC_ALL": "ru_RU.UTF-8", "TZ": "America/Anchorage", "PYTHONHASHSEED": "random",
    },
    "C, on Kiritimati, as many threads as there are": {
        "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4294967295", "threads": "",
    },
}  # fmt: skip


def environment(project: Project, settings: dict[str, str]) -> dict[str, str]:
    chosen = {**USUAL, **settings}
    threads = chosen.pop("threads")
    for name in THREADS:
        chosen[f"{name}_NUM_THREADS"] = threads
    chosen |= {"PYTHONPATH": str(project.root / "src"), "LISTENING_STATE_ROOT": str(project.root)}
    return {**os.environ, **chosen}


def records(
    project: Project, settings: dict[str, str], *, folder: Path | None = None
) -> dict[str, dict[str, Any]]:
    """Every number, figure and table by its id, from chapters executed anew."""
    done = subprocess.run(
        [sys.executable, "-c", RECORDS], cwd=folder or project.root, capture_output=True,
        env=environment(project, settings), check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    lists = json.loads(done.stdout)
    return {entry["id"]: entry for name in ("facts", "figures", "tables") for entry in lists[name]}


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kazakh and Russian, compiled where the system lacks them."""
    folder = tmp_path_factory.mktemp("locales")
    for name, source in LOCALES.items():
        if shutil.which("localedef") is None:
            pytest.skip("localedef is not installed: other locales cannot be tried")
        made = subprocess.run(
            ["localedef", "-i", source, "-f", "UTF-8", str(folder / name)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if not (folder / name).is_dir():
            pytest.skip(f"the system has no source of the locale {source}: {made.stderr[-200:]}")
    return folder


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A real chapter, and one that draws random numbers on two threads."""
    name, draws = CHAPTERS
    texts = {name: chapter(LOCALE, *cells_of(name)), draws: chapter(LOCALE, DRAWS)}
    return make_book(tmp_path_factory.mktemp("same"), texts)


@pytest.fixture(scope="session")
def usual(project: Project) -> dict[str, dict[str, Any]]:
    found = records(project, {})
    assert {"draws-mean", "trust-fire-service"} <= found.keys()
    return found


@pytest.mark.parametrize("name", ELSEWHERE)
def test_the_place_and_the_machine_change_nothing(
    name: str, project: Project, usual: dict[str, Any], locales: Path, tmp_path: Path
) -> None:
    settings = {**ELSEWHERE[name], "LOCPATH": str(locales)}
    if settings["LC_ALL"] == "C":
        del settings["LOCPATH"]
    assert records(project, settings, folder=tmp_path) == usual


def test_neither_order_nor_neighbours_change_anything(
    project: Project, usual: dict[str, Any], tmp_path: Path
) -> None:
    shutil.copytree(project.root, tmp_path / "book", ignore=shutil.ignore_patterns("_build"))
    moved = Project(tmp_path / "book")
    order(moved, *reversed(CHAPTERS))
    # A chapter more, which seeds, draws and leaves things behind.
    loud = chapter("import os, random, numpy\nrandom.seed(1)\nnumpy.random.seed(1)\n"
                   "os.environ['TZ'] = 'Asia/Tokyo'")  # fmt: skip
    (moved.root / "chapters" / "loud.md").write_text(loud, encoding="utf-8")
    order(moved, "loud", *reversed(CHAPTERS))
    assert records(moved, {}) == usual
    order(moved, "draws")
    assert records(moved, {}) == {key: usual[key] for key in usual if key.startswith("draws-")}


@pytest.fixture
def without_network() -> list[str]:
    """What, before a command, leaves it no network at all; nothing where that is not allowed."""
    words = ["unshare", "-rn"]
    if shutil.which("unshare") is None:
        return []
    told = [sys.executable, "-c", "import socket; socket.create_connection(('192.0.2.1', 80), 3)"]
    tried = subprocess.run([*words, *told], capture_output=True, text=True, check=False)
    return words if "Network is unreachable" in tried.stderr else []


@functools.cache
def files(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())


def test_two_cold_builds_are_the_same_byte_for_byte(
    tmp_path: Path, without_network: list[str]
) -> None:
    """In another folder, locale, time zone and hash seed, on another day, and without network."""
    sites = []
    for settings, wrapped in (
        ({"SOURCE_DATE_EPOCH": "1000000000"}, []),
        ({"TZ": "Asia/Almaty", "LC_ALL": "C", "PYTHONHASHSEED": "7", "threads": "2"},
         without_network),
    ):  # fmt: skip
        (tmp_path / f"book-{len(sites)}").mkdir()
        book = make_book(
            tmp_path / f"book-{len(sites)}",
            {"hypotheses": chapter(*cells_of("hypotheses")), "draws": chapter(DRAWS)},
        )
        _make_older(book.root, days=len(sites))
        built = subprocess.run(
            [*wrapped, sys.executable, "-m", "helpers", "build"], cwd=book.root, capture_output=True,
            text=True, check=False, env=environment(book, settings), timeout=600,
        )  # fmt: skip
        assert built.returncode == 0, built.stdout + built.stderr
        sites.append(book.root / "_build" / "html")
    assert files(sites[0]) == files(sites[1])
    assert {".html", ".zip", ".ipynb", ".py", ".json", ".csv"} <= {
        Path(name).suffix for name in files(sites[0])
    }
    same, differing, errors = filecmp.cmpfiles(*sites, files(sites[0]), shallow=False)
    assert (differing, errors) == ([], [])
    assert len(same) > 50


def _make_older(folder: Path, *, days: int) -> None:
    """Set the time of every file back: a checkout has other times than an unpacked archive."""
    then = time.time() - 86_400 * days
    for path in folder.rglob("*"):
        os.utime(path, (then, then))
