"""The evidence base as a data set: whole, checked by its checksums, and read by others' programs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import warnings
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, Project

from helpers.book.dataset import ARCHIVE, CHECKSUMS, dataset_files, page_record
from helpers.data import tables
from helpers.report.citation import Author, Book, book

PUBLIC = Book(
    title="T", people=(Author("A"),), version="1.2.3", date="2026-01-02", url="https://book.example/",
    doi="10.1/2",
)  # fmt: skip


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dataset_files(book())


def frictionless_errors(folder: Path) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from frictionless import Package, system

        with system.use_context(trusted=True, standards="v2"):
            report = Package(str(folder / tables.DESCRIPTOR)).validate()
    return [error.note for task in report.tasks for error in task.errors] + [
        error.note for error in report.errors
    ]


def test_the_package_is_valid_for_frictionless() -> None:
    assert frictionless_errors(ROOT / "data" / "published") == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("readings.csv", "government,trust,53.2,all", "government,trust,153.2,all"),
        ("polls.csv", "KAZISS_2022_02,kaziss,", "KAZISS_2022_02,kazis,"),
    ],
)
def test_frictionless_finds_what_we_find(file: str, old: str, new: str, data_copy: Project) -> None:
    data_copy.edit(f"data/published/{file}", old, new)
    assert len(frictionless_errors(data_copy.root / "data" / "published")) == 1


def test_the_croissant_record_loads_every_table(files: dict[str, bytes], tmp_path: Path) -> None:
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlcroissant

        dataset = mlcroissant.Dataset(jsonld=str(tmp_path / "croissant.json"))
        assert not dataset.metadata.ctx.issues.errors
        for name in ("polls", "appeals"):
            rows = list(dataset.records(name))
            assert len(rows) == len(tables.read(name))
        first = rows[0]
    assert first["appeals/received"] == 18100


def test_a_broken_croissant_record_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    record = json.loads(files["croissant.json"])
    record["recordSet"][0]["field"][0]["source"]["fileObject"]["@id"] = "nowhere.csv"
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    (tmp_path / "croissant.json").write_text(json.dumps(record))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlcroissant

        with pytest.raises(mlcroissant.ValidationError):
            mlcroissant.Dataset(jsonld=str(tmp_path / "croissant.json"))


def test_checksums_are_those_of_the_files(files: dict[str, bytes]) -> None:
    said = dict(reversed(line.split("  ")) for line in files[CHECKSUMS].decode().splitlines())
    assert set(said) == set(files) - {CHECKSUMS, ARCHIVE}
    for name, digest in said.items():
        assert hashlib.sha256(files[name]).hexdigest() == digest
    for resource in json.loads(files["croissant.json"])["distribution"]:
        assert resource["sha256"] == said[resource["contentUrl"]]


def test_the_archive_holds_every_file_and_is_the_same_each_time(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(files[ARCHIVE])) as archive:
        assert archive.testzip() is None
        held = {
            name.removeprefix("listening-state-data/"): archive.read(name)
            for name in archive.namelist()
        }
    assert held == {name: body for name, body in files.items() if name != ARCHIVE}
    assert dataset_files(book())[ARCHIVE] == files[ARCHIVE]


def test_the_record_names_every_source_and_file(files: dict[str, bytes]) -> None:
    record = json.loads(files["dataset.jsonld"])
    with (ROOT / "data/published/sources.csv").open(encoding="utf-8", newline="") as handle:
        sources = {row["source_id"] for row in csv.DictReader(handle)}
    assert {work["identifier"] for work in record["isBasedOn"]} == sources
    assert {part["contentUrl"] for part in record["distribution"]} == {
        name for name in files if name.endswith(".csv")
    }
    assert record["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "url" not in record
    assert "sameAs" not in record


def test_a_public_address_is_used_where_it_is_known() -> None:
    record = json.loads(dataset_files(PUBLIC)["dataset.jsonld"])
    assert record["url"] == "https://book.example/chapters/data.html"
    assert record["sameAs"] == "https://doi.org/10.1/2"
    assert "https://book.example/data/polls.csv" in {
        part["contentUrl"] for part in record["distribution"]
    }


def test_the_head_of_a_page_cannot_be_ended_by_its_record() -> None:
    head = page_record(PUBLIC)
    inside = head.split(">", 1)[1].rsplit("</script>", 1)[0]
    assert "</" not in inside
    assert json.loads(inside)["version"] == "1.2.3"
