"""The instrument goes out with the data: as YAML, as DDI, in the sums and in the archive."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from conftest import ROOT, Project

from helpers.book.dataset import ARCHIVE, CHECKSUMS, dataset_files
from helpers.data.codebook_file import read_codebook
from helpers.data.ddi import ddi_codebook
from helpers.errors import DataError
from helpers.report.citation import book

OWN = ROOT / "data" / "survey" / "codebook.yml"


def test_both_forms_of_the_codebook_are_among_the_files() -> None:
    files = dataset_files(book())
    assert files["codebook.yml"] == OWN.read_bytes()
    assert files["codebook.xml"] == ddi_codebook(read_codebook(OWN))
    sums = files[CHECKSUMS].decode()
    with zipfile.ZipFile(io.BytesIO(files[ARCHIVE])) as archive:
        for name in ("codebook.yml", "codebook.xml"):
            assert f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" in sums
            assert archive.read(f"listening-state-data/{name}") == files[name]


def test_a_broken_codebook_does_not_go_out(data_copy: Project) -> None:
    (data_copy.root / "CITATION.cff").write_bytes((ROOT / "CITATION.cff").read_bytes())
    data_copy.edit("data/survey/codebook.yml", "options: channel", "options: chanel")
    with pytest.raises(DataError, match="got 'chanel'; expected the name of a list"):
        dataset_files(book())
