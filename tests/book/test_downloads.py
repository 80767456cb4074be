"""A chapter taken away runs alone, in an empty folder, and gives the numbers of the book."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import ROOT, Project
from small_book import DRAWS, cells_of, chapter, make_book

from helpers.book import downloads
from helpers.book.chapters import Chapter
from helpers.book.results import dumps
from helpers.errors import PublicationError
from helpers.report.record import MIME

NAME = "trust-in-institutions"
LARGEST = 700_000
PAGES = "_build/html/chapters"


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A real chapter and one that draws random numbers, built."""
    texts = {NAME: chapter(*cells_of(NAME)), "draws": chapter(DRAWS)}
    project = make_book(tmp_path_factory.mktemp("downloads"), texts)
    built = project.run("build")
    assert built.returncode == 0, built.stdout + built.stderr
    return project


@pytest.fixture
def alone(book: Project, tmp_path: Path) -> Path:
    """The chapter's zip in an empty folder, with its helpers unpacked as pip would."""
    with zipfile.ZipFile(book.root / PAGES / f"{NAME}.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    folder = tmp_path / NAME
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder


def run_alone(folder: Path, *command: str) -> str:
    names = ("LISTENING_STATE_ROOT", "PYTHONPATH")
    clean = {key: value for key, value in os.environ.items() if key not in names}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False,
        env={**clean, "PYTHONPATH": str(folder / "installed"), "HOME": str(folder)}, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def expected(folder: Path) -> dict[str, dict[str, Any]]:
    found = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return {entry["id"]: entry for name in ("facts", "figures", "tables") for entry in found[name]}


def test_the_helpers_that_run_are_those_of_the_zip(alone: Path) -> None:
    told = run_alone(alone, "-c", "import helpers; print(helpers.__file__)")
    assert Path(told.strip()).is_relative_to(alone / "installed")


def test_the_script_prints_the_numbers_of_the_book(alone: Path) -> None:
    told = dict(line.split(": ", 1) for line in run_alone(alone, f"{NAME}.py").splitlines()
                if ": " in line)  # fmt: skip
    facts = {key: entry for key, entry in expected(alone).items() if "text" in entry}
    assert len(facts) > 5
    for key, entry in facts.items():
        interval = f" ({entry['ci_text']})" if entry["ci_text"] else ""
        assert told[key] == f"{entry['text']}{interval}"


def test_the_notebook_gives_the_records_of_the_book(alone: Path) -> None:
    run_alone(alone, "-m", "nbconvert", "--to", "notebook", "--execute", f"{NAME}.ipynb",
              "--output", "ran.ipynb")  # fmt: skip
    ran = nbformat.read(alone / "ran.ipynb", as_version=4)
    records = [
        output["data"][MIME] for cell in ran.cells for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]  # fmt: skip
    wanted = expected(alone)
    assert {record["id"] for record in records} == wanted.keys()
    for record in records:
        entry = wanted[record["id"]]
        for key in ("value", "ci", "n", "text", "data_hash"):
            assert record.get(key) == entry.get(key)


def test_nothing_is_missing_and_nothing_is_large(book: Project, alone: Path) -> None:
    names = {path.relative_to(alone).as_posix() for path in alone.rglob("*") if path.is_file()}
    assert names >= {
        "README.txt", f"{NAME}.py", f"{NAME}.ipynb", "results.json", "requirements.txt",
        "_config.yml", "data/README.md", "data/published/polls.csv",
    }  # fmt: skip
    assert (alone / "requirements.txt").read_bytes() == (ROOT / "requirements.txt").read_bytes()
    assert "data/published/indicators.csv" not in names, "the chapter does not read it"
    assert (book.root / PAGES / f"{NAME}.zip").stat().st_size < LARGEST
    readme = (alone / "README.txt").read_text(encoding="utf-8")
    for file in re.findall(r"[\w.-]+\.(?:py|ipynb|whl|txt|json)", readme):
        assert (alone / file).is_file(), file
    assert "://" not in readme


def test_the_page_links_to_the_three_files(book: Project) -> None:
    page = (book.root / PAGES / f"{NAME}.html").read_text(encoding="utf-8")
    assert re.findall(r'<a download href="([^"]+)">', page) == [
        f"{NAME}{suffix}" for suffix in (".ipynb", ".py", ".zip")
    ]
    assert "mybinder" not in page, "no public repository is known of a copy"
    assert "download href" not in (book.root / "_build/html/index.html").read_text()


def test_a_chapter_that_reads_no_data_still_says_where_its_folder_is(book: Project) -> None:
    with zipfile.ZipFile(book.root / PAGES / "draws.zip") as archive:
        names = {name.removeprefix("draws/") for name in archive.namelist()}
    assert {"_config.yml", "data/README.md", "draws.py"} <= names
    assert not any(name.startswith("data/published") for name in names)


def test_the_wheel_is_one_that_installers_accept() -> None:
    name, body = downloads.helpers_wheel()
    assert re.fullmatch(r"listening_state-[\d.]+-py3-none-any\.whl", name)
    with zipfile.ZipFile(io.BytesIO(body)) as wheel:
        (record,) = [entry for entry in wheel.namelist() if entry.endswith("/RECORD")]
        listed = {line.split(",")[0]: line for line in wheel.read(record).decode().splitlines()}
        assert listed.keys() == set(wheel.namelist())
        assert not [entry for entry in listed if "__pycache__" in entry]
        digest = hashlib.sha256(wheel.read("helpers/__init__.py")).digest()
    coded = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert f",sha256={coded}," in listed["helpers/__init__.py"]


def test_the_bytes_depend_on_the_content_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    first = downloads.helpers_wheel()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert downloads.helpers_wheel() == first
    assert downloads.packed({"a": b"1"}) == downloads.packed({"a": b"1"})


def zip_of(inputs: set[str]) -> zipfile.ZipFile:
    page = Chapter(f"chapters/{NAME}", ROOT / "chapters" / f"{NAME}.md")
    files = downloads.chapter_files(page, inputs=inputs, wheel=("helpers.whl", b""), register={})
    return zipfile.ZipFile(io.BytesIO(downloads.packed(files)))


SURVEY = {"src/helpers/data/survey.py", "data/survey/codebook.yml"}


def test_a_chapter_on_respondents_takes_the_simulated_ones_along() -> None:
    names = zip_of(SURVEY).namelist()
    for file in ("codebook.yml", "responses.simulated.csv", "truth.simulated.yml"):
        assert f"{NAME}/data/survey/{file}" in names


def test_respondents_that_a_reader_brought_are_never_handed_on(
    data_copy: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("_config.yml", "requirements.txt"):
        (data_copy.root / part).write_bytes((ROOT / part).read_bytes())
    mine = data_copy.root / "data" / "mine.csv"
    mine.write_text("id,secret\n1,2\n", encoding="utf-8")
    monkeypatch.setenv("LISTENING_STATE_SURVEY", str(mine))
    archive = zip_of({*SURVEY, "data/mine.csv"})
    assert not [name for name in archive.namelist() if "mine" in name or "/survey/" in name]
    readme = archive.read(f"{NAME}/README.txt").decode()
    assert "The respondents behind this copy of the chapter are not in this folder." in readme


def test_a_file_that_is_gone_stops_the_build() -> None:
    told = f"{NAME}.zip cannot be made; got no 'data/gone.csv'; expected the file"
    with pytest.raises(PublicationError, match=re.escape(told)):
        zip_of({"data/gone.csv"})


def test_results_of_the_zip_are_written_as_those_of_the_book(alone: Path) -> None:
    text = (alone / "results.json").read_text(encoding="utf-8")
    assert dumps(json.loads(text)) == text
