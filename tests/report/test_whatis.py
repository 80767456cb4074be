"""A copy says what it is, and whether anybody altered it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.cli import main
from helpers.errors import PublicationError
from helpers.evidence import Evidence
from helpers.report import charts, export
from helpers.report.citation import book
from helpers.report.whatis import FIELDS, whatis
from helpers.stats.published.printed import printed_shares

NAME = "fig-a-b"
TITLE = "Shares & “answers”, <2022>; әділет"
FORMS = (".png", "-90mm.png", "-140mm.png", ".pdf", ".svg", "-narrow.svg", ".csv", ".json")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return printed_shares(
        pd.DataFrame(
            {
                "poll_id": "P", "target": ["courts", "police"], "response": "trust",
                "scale": "trust", "percent": [53.2, 81.4], "n": pd.array([6800, 6800], "Int64"),
                "subgroup": "all", "source_id": ["s2", "s1"], "evidence": "simulated",
            }
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def copies(rows: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a figure, as a stranger has them."""
    folder = tmp_path_factory.mktemp("copies")
    chart = charts.interval_dots(rows, headings={"P": "House"}, axis="%", what="shares")
    kind = Evidence.SIMULATED
    made = export.files(NAME, chart, title=TITLE, evidence=kind, mark=kind.mark)
    for suffix, body in made.items():
        (folder / f"{NAME}{suffix}").write_bytes(body)
    return folder


@pytest.fixture
def entry(copies: Path, rows: pd.DataFrame) -> dict[str, Any]:
    """What results.json holds of the figure."""
    files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in copies.glob(f"{NAME}*")}
    return {"id": NAME, "files": files, "data_hash": export.data_hash(rows)}


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_says_what_it_is(form: str, copies: Path, entry: dict[str, Any]) -> None:
    found = whatis(copies / f"{NAME}{form}", [entry], version=book().version)
    says = found.says
    assert (says["id"], says["title"], says["evidence"]) == (NAME, TITLE, "Simulated respondents")
    assert (says["authors"], says["version"]) == (", ".join(book().authors), book().version)
    assert says["licence"].startswith("CC BY 4.0 https://")
    assert says["data_hash"] == entry["data_hash"]
    assert "Evidence: Simulated respondents. Rests on: s1; s2." in says["cite"]
    assert found.verdict == "unaltered"
    assert all(f"{field.replace('_', ' ')} " in str(found) for field in FIELDS)


def altered(body: bytes, form: str) -> bytes:
    """A change that a viewer would not notice."""
    if form.endswith((".png", ".pdf")):
        return body + b"\n"
    if form.endswith(".svg"):
        return body.replace(b"</svg>", b"<!-- moved --></svg>")
    return body.replace(b"81.4", b"91.4")


@pytest.mark.parametrize("form", FORMS)
def test_an_altered_copy_is_told(
    form: str, copies: Path, entry: dict[str, Any], tmp_path: Path
) -> None:
    copy = tmp_path / f"renamed.{form.rpartition('.')[2]}"
    body = (copies / f"{NAME}{form}").read_bytes()
    copy.write_bytes(altered(body, form))
    assert copy.read_bytes() != body
    assert whatis(copy, [entry], version=book().version).verdict == "altered"
    copy.write_bytes(body)
    assert whatis(copy, [entry], version=book().version).verdict == "unaltered"


def test_rows_are_told_from_their_head(copies: Path, entry: dict[str, Any], tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    text = (copies / f"{NAME}.csv").read_text(encoding="utf-8")
    copy.write_bytes(text.replace("\n", "\r\n").encode())
    assert whatis(copy, [entry], version=book().version).verdict == "rows unaltered"
    copy.write_text(text.replace("# version: ", "# version: 0."), encoding="utf-8")
    older = whatis(copy, [entry], version=book().version)
    assert (older.verdict, "of version 0." in older.why) == ("not known here", True)
    assert whatis(copy, [], version="1").why == f"no {NAME} is in the results at hand."


def test_other_data_are_told(copies: Path, entry: dict[str, Any], tmp_path: Path) -> None:
    other = {**entry, "files": {}, "data_hash": "0" * 64}
    found = whatis(copies / f"{NAME}.png", [other], version=book().version)
    assert found.why == "it says that it was made from other data."


@pytest.mark.parametrize("form", [".png", ".pdf", ".svg", ".csv", ".json"])
@pytest.mark.parametrize("body", [b"", b"%PDF-1.4\nnothing", b"[]", b"\x89PNG\r\n\x1a\n\x00\xff"])
def test_a_file_that_says_nothing_is_refused(form: str, body: bytes, tmp_path: Path) -> None:
    copy = tmp_path / f"copy{form}"
    copy.write_bytes(body)
    with pytest.raises(PublicationError, match="does not say what it is; got nothing for title"):
        whatis(copy, [], version="1")


def test_what_is_no_copy_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["whatis", str(tmp_path / "none.png")]) == 2
    assert "got 'none.png': No such file" in capsys.readouterr().err
    assert main(["whatis", "report.docx"]) == 2
    assert "expected a name that ends in .png, .pdf, .svg" in capsys.readouterr().err


def test_the_answer_is_in_the_exit_code(copies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["whatis", str(copies / f"{NAME}.csv")]) == 1
    assert f"not known here: no {NAME}" in capsys.readouterr().out
