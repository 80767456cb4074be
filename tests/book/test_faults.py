"""What may go wrong while a book is built ends in a clear message, and in no half-made site."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Project
from small_book import chapter, make_book

from helpers.book import kernel, lock, publish
from helpers.errors import ExecutionError, PublicationError

KILLS = int(os.environ.get("LISTENING_STATE_KILLS", "3"))
"""All of them: LISTENING_STATE_KILLS=50 make test"""

CELL = """from helpers import fact, polls, printed_shares, table
shares = printed_shares(polls(poll_id="KAZISS_2022_02", target="government"))
fact("small-share", shares, item="government")
table("tbl-small-shares", shares, title="Shares", caption="Printed.",
      columns={"item": "Body", "estimate": "%"})
"""
STATES = ("government,trust,53.2,all", "government,trust,54.3,all")
DATA = "data/published/readings.csv"


def digests(book: Project) -> dict[str, str]:
    site = book.root / "_build" / "html"
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in site.rglob("*") if path.is_file()
    }  # fmt: skip


def start(book: Project) -> subprocess.Popen[bytes]:
    """A build in a process group of its own, so that all of it can be killed."""
    environment = {**os.environ, "PYTHONPATH": str(book.root / "src"),
                   "LISTENING_STATE_ROOT": str(book.root)}  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "helpers", "build"], cwd=book.root, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def set_state(book: Project, state: int) -> None:
    path = book.root / DATA
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(STATES[1 - state], STATES[state]), encoding="utf-8")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[dict[str, str]]]:
    """A small book, and the files of its site in either state of its data."""
    text = chapter(CELL).replace("# A chapter\n", "# A chapter\n\nIt is {fact}`small-share`.\n")
    book = make_book(tmp_path_factory.mktemp("faults"), {"small": text})
    known = []
    for state in (1, 0):
        set_state(book, state)
        done = book.run("build")
        assert done.returncode == 0, done.stdout + done.stderr
        known.insert(0, digests(book))
    assert known[0]["chapters/small.html"] != known[1]["chapters/small.html"]
    return book, known


@pytest.fixture
def book(built: tuple[Project, list[dict[str, str]]], tmp_path: Path) -> Project:
    shutil.copytree(built[0].root, tmp_path / "book")
    return Project(tmp_path / "book")


def test_a_killed_build_leaves_a_whole_site_and_no_stale_number(
    book: Project, built: tuple[Project, list[dict[str, str]]]
) -> None:
    known, chance = built[1], random.Random(20261124)
    started, state = time.monotonic(), 1
    set_state(book, state)
    begun = start(book)
    assert begun.wait(timeout=600) == 0
    whole = time.monotonic() - started + 3
    for kill in range(KILLS):
        # Half of the time what was kept is kept, so that a kill meets the rendering too.
        if chance.random() < 0.5:
            shutil.rmtree(book.root / "_build" / "executions", ignore_errors=True)
        set_state(book, 1 - state)
        running = start(book)
        time.sleep(chance.uniform(0, whole))
        os.killpg(running.pid, signal.SIGKILL)
        ended = running.wait(timeout=600)
        assert digests(book) in (known[state], known[1 - state]), f"kill {kill}: half a site"
        # The next build is of either state; what the killed one left must not show in it.
        state = chance.choice((state, 1 - state))
        set_state(book, state)
        again = book.run("build")
        assert again.returncode == 0, f"kill {kill} ({ended}): {again.stdout}{again.stderr}"
        assert digests(book) == known[state], f"kill {kill}: a stale file"


def test_what_sphinx_remembers_of_a_killed_build_is_forgotten(tmp_path: Path) -> None:
    doctrees = tmp_path / "doctrees"
    with contextlib.suppress(KeyboardInterrupt), lock.doubted(doctrees):
        (doctrees / "small.doctree").touch()
        raise KeyboardInterrupt
    with lock.doubted(doctrees):
        assert not (doctrees / "small.doctree").exists()
        (doctrees / "other.doctree").touch()
    with lock.doubted(doctrees):
        assert (doctrees / "other.doctree").exists()


@pytest.mark.parametrize("way", ["in one step", "by two renames"])
def test_a_site_is_replaced_as_a_whole(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "by two renames":
        monkeypatch.setattr(publish, "exchanged", lambda *_: False)
    stage, site = tmp_path / "stage", tmp_path / "html"
    for text in ("first", "second"):
        stage.mkdir()
        (stage / "index.html").write_text(text, encoding="utf-8")
        publish.publish(stage, site)
        assert (site / "index.html").read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.iterdir()] == ["html"]
    site.rename(tmp_path / "html.old")
    publish.restore(site)
    assert (site / "index.html").is_file()


def test_folders_are_exchanged_where_the_system_can(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for path in (one, other):
        path.mkdir()
        (path / path.name).touch()
    if not publish.exchanged(one, other):
        pytest.skip("this system cannot exchange two folders in one step")
    assert (one / "other").exists()
    assert (other / "one").exists()


def test_a_second_build_at_once_is_told_to_wait(book: Project) -> None:
    before = digests(book)
    with lock.alone(book.root / "_build"):
        second = book.run("build")
    assert second.returncode == 2
    assert re.search(
        rf"PublicationError: another build of this folder runs; got its lock, held by process"
        rf" {os.getpid()}; expected one build at a time\.", second.stderr,
    )  # fmt: skip
    assert digests(book) == before


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(PublicationError, match="first"), lock.alone(tmp_path):
        raise PublicationError("first")
    with lock.alone(tmp_path):
        pass


def test_old_leftovers_are_removed_and_new_ones_stay(tmp_path: Path) -> None:
    old, new = tmp_path / "tmpold", tmp_path / "tmpnew"
    for path in (old, new):
        path.touch()
    os.utime(old, (0, 0))
    lock.drop_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["tmpnew"]


def mount(target: Path, options: str) -> None:
    """A small disk, or a skip where this is not allowed."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(target)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"no small disk can be mounted here: {made.stderr.strip()}")


@pytest.fixture
def small_disk(book: Project, request: pytest.FixtureRequest) -> Iterator[Project]:
    """The book with its ``_build`` on a disk of its own, with the room that the test asks for."""
    if shutil.which("mount") is None:
        pytest.skip("no small disk can be mounted here: there is no mount")
    outside = book.root / "_build"
    kept = outside.rename(book.root / "kept")
    outside.mkdir()
    needed = sum(path.stat().st_blocks * 512 for path in kept.rglob("*")) // 1024 + 200
    mount(outside, f"size={needed + request.param}k")
    shutil.copytree(kept, outside, dirs_exist_ok=True)
    yield book
    subprocess.run(["umount", "-l", str(outside)], check=True)


@pytest.mark.parametrize("small_disk", [0, 2_000], indirect=True)
def test_a_full_disk_is_said_and_leaves_the_site(small_disk: Project) -> None:
    before = digests(small_disk)
    set_state(small_disk, 1)
    failed = small_disk.run("build")
    assert failed.returncode == 2, failed.stdout
    assert "No space left on device" in failed.stderr
    assert f"The site in {small_disk.root / '_build/html'} is as it was" in failed.stderr
    assert digests(small_disk) == before


@pytest.mark.parametrize("small_disk", [50_000], indirect=True)
def test_a_folder_that_cannot_be_written_to_is_said(small_disk: Project) -> None:
    folder = small_disk.root / "_build"
    before = digests(small_disk)
    remount = ["mount", "-o", "remount,ro", str(folder)]
    subprocess.run(remount, check=True)
    failed = small_disk.run("build")
    assert failed.returncode == 2
    assert re.search("PublicationError: the book cannot be written; got Read-only file system at"
                     ".*; expected a folder that can be written to", failed.stderr)  # fmt: skip
    assert digests(small_disk) == before


@pytest.mark.skipif(os.name == "nt", reason="rights are others there")
def test_a_folder_without_rights_is_said(book: Project) -> None:
    under: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("rights do not bind this user, and there is no setpriv to bind it")
        under = ("setpriv", "--bounding-set=-dac_override", "--")
    shutil.rmtree(book.root / "_build")
    book.root.chmod(0o555)
    failed = book.run("build", under=under)
    book.root.chmod(0o755)
    assert failed.returncode == 2
    assert "the book cannot be written; got Permission denied" in failed.stderr


def test_a_chapter_that_hangs_is_ended_and_named(
    book: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests(book)
    book.edit("chapters/small.md", "fact(", "while True: pass\nfact(")
    monkeypatch.setenv("LISTENING_STATE_SECONDS", "3")
    failed = book.run("build")
    assert failed.returncode == 2
    assert re.search(
        r"chapters/small.md:\d+: the cell did not finish: its chapter ran longer than 3 seconds;"
        r" LISTENING_STATE_SECONDS sets another limit\.", failed.stderr,
    )  # fmt: skip
    assert digests(book) == before


@pytest.mark.parametrize("given", ["soon", "0", "-1"])
def test_a_limit_that_is_no_number_is_said(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kernel.LIMIT, given)
    told = f"LISTENING_STATE_SECONDS cannot be read; got '{given}'; expected a whole number"
    with pytest.raises(ExecutionError, match=told):
        kernel.seconds_allowed()
