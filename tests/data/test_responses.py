"""A respondent file that cannot be used is refused with what is wrong, where, and what to do."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from survey_files import (
    CODEBOOK,
    FRAME,
    LABELS,
    csv_text,
    small_codebook,
    user_missing,
    written,
    written_codebook,
)

from helpers.book.exhibits import _templates
from helpers.cli import main
from helpers.data.disclosure import neutralised, neutralised_rows
from helpers.data.responses import read_responses
from helpers.data.responses_check import check_responses
from helpers.data.survey import labelled, read_survey
from helpers.errors import DataError, HelpersError
from helpers.report.tables import cells

Writer = Callable[[Path], Path]


def as_csv(frame: pd.DataFrame) -> Writer:
    return lambda folder: written(folder, "csv", frame)


def as_bytes(content: bytes) -> Writer:
    def write(folder: Path) -> Path:
        path = folder / "answers.csv"
        path.write_bytes(content)
        return path

    return write


def changed(**columns: list[object]) -> pd.DataFrame:
    return FRAME.assign(**columns)


def with_cell(column: str, row: int, value: object) -> pd.DataFrame:
    frame = FRAME.astype({column: "object"})
    frame.loc[row, column] = value
    return frame


def truncated_sav(folder: Path) -> Path:
    path = written(folder, "sav")
    path.write_bytes(path.read_bytes()[:-40])
    return path


def commas(text: str) -> str:
    return text.replace("0.5,", '"0,5",')


RUSSIAN = csv_text(FRAME.assign(stratum=["север"] * 6 + ["юг"] * 6))
FRENCH = csv_text(FRAME.assign(stratum=["préfecture"] * 6 + ["sud"] * 6))
BOM = b"\xef\xbb\xbf"

# Each bad file with its writer, and what must be said of it.
BAD: dict[str, tuple[Writer, list[str]]] = {
    "unknown code": (
        as_csv(with_cell("trust_a", 2, 9)),
        ["answers.csv, row 4, column 'trust_a': got '9'; expected one of 1, 2, 3",
         "or a missing answer, such as dont-know -1, refused -2"],
    ),
    "text where codes belong": (
        as_csv(with_cell("trust_a", 2, "Agree")),
        ["row 4, column 'trust_a': got 'Agree'; expected one of 1, 2, 3;",
         "the file has text where codes belong"],
    ),
    "semicolons": (
        as_bytes(csv_text().replace(",", ";").encode()),
        ["answers.csv is separated by semicolons; got 1 columns by commas and 11 by semicolons",
         "expected commas between the columns", "'CSV UTF-8 (Comma delimited)'"],
    ),
    "tabs": (
        as_bytes(csv_text().replace(",", "\t").encode()),
        ["answers.csv is separated by tabs; got 1 columns by commas and 11 by tabs"],
    ),
    "semicolons and decimal commas": (
        as_bytes(csv_text().replace(",", ";").replace(".", ",").encode()),
        ["answers.csv is separated by semicolons;", "decimal points in numbers"],
    ),
    "decimal comma in weights": (
        as_bytes(commas(csv_text()).encode()),
        ["row 2, column 'weight': got '0,5'; expected a number with a decimal point;",
         "the file has decimal commas"],
    ),
    "decimal comma in answers": (
        as_csv(with_cell("age", 0, "18,5")),
        ["row 2, column 'age': got '18,5'; expected a number from 0, with a decimal point;",
         "the file has decimal commas"],
    ),
    "Windows-1251": (
        as_bytes(RUSSIAN.encode("cp1251")),
        ["answers.csv is not in UTF-8; got Windows-1251, first seen in line 2; expected UTF-8.",
         "in Excel, Save As, 'CSV UTF-8"],
    ),
    "KOI8-R": (
        as_bytes(RUSSIAN.encode("koi8-r")),
        ["answers.csv is not in UTF-8; got a Cyrillic encoding such as KOI8-R"],
    ),
    "Windows-1252": (
        as_bytes(FRENCH.encode("cp1252")),
        ["answers.csv is not in UTF-8; got a Western encoding such as Windows-1252"],
    ),
    "UTF-16": (
        as_bytes(csv_text().encode("utf-16")),
        ["answers.csv is not in UTF-8; got UTF-16; expected UTF-8.", "LibreOffice"],
    ),
    "UTF-16 without its mark": (
        as_bytes(csv_text().encode("utf-16-le")),
        ["answers.csv is not in UTF-8; got UTF-16 without its mark"],
    ),
    "UTF-32": (
        as_bytes(csv_text().encode("utf-32")),
        ["answers.csv is not in UTF-8; got UTF-32;"],
    ),
    "a letter cut in two": (
        as_bytes(RUSSIAN.encode()[: RUSSIAN.encode().rindex("юг".encode()) + 1]),
        ["answers.csv is not in UTF-8; got a letter cut in two at the end, in line 13"],
    ),
    "two byte order marks": (
        as_bytes(BOM + BOM + csv_text().encode()),
        ["answers.csv begins with two byte order marks; got the mark of UTF-8 twice"],
    ),
    "duplicated ids": (
        as_csv(with_cell("id", 5, "R01")),
        ["answers.csv, row 7, column 'id': got 'the id of row 3'; expected an id of its own"],
    ),
    "duplicated columns": (
        as_bytes(csv_text().replace("trust_b", "trust_a", 1).encode()),
        ["column 'trust_a': got '2 columns of this name'; expected each column once"],
    ),
    "column of a role missing": (
        as_csv(FRAME.rename(columns={"weight": "Weight"})),
        ["column 'weight': got 'no such column'; expected the column of the role weight;",
         "the file has 'Weight'"],
    ),
    "weight blank": (
        as_csv(with_cell("weight", 3, None)),
        ["row 5, column 'weight': got nothing; expected a number above 0: every respondent",
         "so in 1 row"],
    ),
    "weight negative": (
        as_csv(with_cell("weight", 3, -1.5)),
        ["row 5, column 'weight': got '-1.5'; expected a number above 0"],
    ),
    "weight zero": (
        as_csv(with_cell("weight", 3, 0)),
        ["row 5, column 'weight': got '0'; expected a number above 0"],
    ),
    "weight infinite": (
        as_csv(with_cell("weight", 3, "inf")),
        ["row 5, column 'weight': got 'inf'; expected a number; the file has text"],
    ),
    "one cluster in a stratum": (
        as_csv(changed(psu=[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3])),
        ["row 8, column 'psu': got 'one cluster in south'; expected at least two in each stratum"],
    ),
    "stratum blank": (
        as_csv(with_cell("stratum", 1, None)),
        ["row 3, column 'stratum': got nothing; expected a value in each row, since it is the stratum"],
    ),
    "an item nobody answered": (
        as_csv(changed(trust_a=[-1] * 12)),
        ["answers.csv, column 'trust_a': got 'no answer in 12 rows'; expected at least one answer"],
    ),
    "no rows": (
        as_csv(FRAME.iloc[:0]),
        ["answers.csv, column '(all)': got '0 rows'; expected at least one respondent"],
    ),
    "a header without a line end": (
        as_bytes(",".join(FRAME.columns).encode()),
        ["answers.csv, column '(all)': got '0 rows'; expected at least one respondent"],
    ),
    "an empty file": (
        as_bytes(b""),
        ["answers.csv is empty; got 0 bytes; expected respondents"],
    ),
    "truncated sav": (
        truncated_sav,
        ["answers.sav ends early or is damaged; got", "expected a complete .sav file"],
    ),
    "blank cell": (
        as_csv(with_cell("trust_a", 0, None)),
        ["row 2, column 'trust_a': got nothing; expected a code, or in the codebook a kind of missing"],
    ),
    "answered unasked": (
        as_csv(with_cell("answered", 0, 1)),
        ["row 2, column 'answered': got 1; expected not-asked, since it is asked only if",
         "appealed is 1"],
    ),
    "asked and not put": (
        as_csv(with_cell("answered", 1, -3)),
        ["row 3, column 'answered': got 'not-asked'; expected an answer, since appealed is 1"],
    ),
    "a fraction of a code": (
        as_csv(with_cell("trust_a", 0, 1.5)),
        ["row 2, column 'trust_a': got '1.5'; expected one of 1, 2, 3"],
    ),
    "space before a code": (
        as_csv(with_cell("trust_a", 0, " 1")),
        ["row 2, column 'trust_a': got ' 1'; expected one of 1, 2, 3; the file has text"],
    ),
    "negative count": (
        as_csv(with_cell("age", 0, -9)),
        ["row 2, column 'age': got '-9'; expected a number from 0, or a missing answer, such as"],
    ),
    "too few cells in a row": (
        as_bytes(csv_text().replace("R02,1.0,", "R02,", 1).encode()),
        ["answers.csv, row 4, column '(row)': got '10 cells'; expected 11 cells"],
    ),
    "open quotation mark": (
        as_bytes(csv_text().replace("R02", '"R02', 1).encode()),
        ["answers.csv has a quotation mark that is never closed, so rows would be lost; got 1"],
    ),
    "no header": (
        as_bytes(csv_text().split("\n", 1)[1].encode()),
        ["got '11 columns, none of them an item of the codebook'; expected a header with items",
         "trust_a, trust_b, distrust"],
    ),
}  # fmt: skip


def told(path: Path, codebook: Path) -> str:
    with pytest.raises(DataError) as refused:
        read_survey(path, codebook)
    return str(refused.value)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    write, expected = BAD[name]
    message = told(write(tmp_path), written_codebook(tmp_path))
    for words in expected:
        assert words in message
    assert str(tmp_path) not in message


@pytest.mark.parametrize("name", BAD)
def test_the_command_says_the_same_and_its_exit_tells_which(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write, expected = BAD[name]
    path, codebook = write(tmp_path), written_codebook(tmp_path)
    code = main(["check", str(path), "--codebook", str(codebook)])
    printed = capsys.readouterr()
    unreadable = any(
        words in expected[0]
        for words in (
            "not in UTF-8",
            "separated by",
            "two byte",
            "is empty",
            "damaged",
            "quotation",
        )
    )
    assert code == (2 if unreadable else 1)
    assert expected[0] in (printed.err if unreadable else printed.out)
    assert str(tmp_path) not in printed.out + printed.err


def test_a_file_that_fits_says_what_it_has_and_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = FRAME.drop(columns="distrust").assign(phone="+7 700", note="secret\x1b[31m")
    path = written(tmp_path, "csv", frame)
    assert main(["check", str(path), "--codebook", str(written_codebook(tmp_path))]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "answers.csv: 12 respondents.",
        "Items: 6 of the 7 in the codebook.",
        "id: column id, 12 different values.",
        "weight: column weight, 6 different values.",
        "stratum: column stratum, 2 different values.",
        "psu: column psu, 4 different values.",
        "Scale trust: 2 of 3 items.",
        "Absent: distrust. Sections that need them will say so.",
        "Ignored, since the codebook does not name them: phone, note.",
        "The file fits its codebook.",
    ]


def test_problems_are_ten_shown_and_all_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = FRAME.assign(trust_a=range(20, 32), trust_b=[7] * 12)
    path = written(tmp_path, "csv", frame)
    assert main(["check", str(path), "--codebook", str(written_codebook(tmp_path))]) == 1
    printed = capsys.readouterr().out
    assert "The file does not fit its codebook: 12 problems." in printed
    assert printed.count("answers.csv, row") == 10
    assert "  … and 2 more" in printed
    message = told(path, tmp_path / "codebook.yml")
    assert message.startswith("12 problems in the data:")
    found = check_responses(
        read_responses(path, small_codebook(tmp_path)), small_codebook(tmp_path)
    )
    said = [str(problem) for problem in found.problems]
    assert any("column 'trust_a': got '2 other values'; expected none; so in 2 rows" in line
               for line in said)  # fmt: skip
    assert any(
        "column 'trust_b': got '7'" in line and "(and 11 rows more)" in line for line in said
    )


def test_a_byte_order_mark_is_accepted_once(tmp_path: Path) -> None:
    codebook = written_codebook(tmp_path)
    plain = read_survey(written(tmp_path, "csv"), codebook)
    path = tmp_path / "answers.csv"
    path.write_bytes(BOM + path.read_bytes())
    pd.testing.assert_frame_equal(read_survey(path, codebook).rows, plain.rows)


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n", "\r\n"), ("R03", '"R03"'), ("R03", '"R,""03"'), ("R03", '"R\n03"'), ("R03", "Р03ә")],
)
def test_what_a_csv_may_hold_is_read(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(csv_text().replace(old, new).encode())
    read = read_survey(path, written_codebook(tmp_path))
    assert len(read.rows) == 12
    expected = {"\r\n": "R03", '"R03"': "R03", '"R,""03"': 'R,"03', '"R\n03"': "R\n03"}
    assert read.rows["id"].iloc[3] == expected.get(new, new)


def test_missing_values_of_r_are_blank(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(csv_text().replace(",-2,", ",NA,").replace(",-2\n", ",NA\n"), encoding="utf-8")
    text = CODEBOOK.replace("refused: -2", "refused: null")
    read = read_survey(path, written_codebook(tmp_path, text))
    assert (read.why == "refused").sum().sum() == 4


def test_user_missing_codes_that_the_codebook_lacks_are_named(tmp_path: Path) -> None:
    frame = FRAME.assign(trust_a=[8, *FRAME["trust_a"][1:]], age=[99, *FRAME["age"][1:]])
    missing = dict(user_missing()) | {"trust_a": [8, -1, -2], "age": [{"lo": 90, "hi": 99}, -2]}
    labels = {"trust_a": {8: "Hard to say"}}
    path = written(tmp_path, "sav", frame, missing_ranges=missing, variable_value_labels=labels)
    message = told(path, written_codebook(tmp_path))
    assert "answers.sav, row 1, column 'trust_a': got 8; expected a missing answer" in message
    assert "the file declares 8 ('Hard to say') to be missing" in message
    # Without the declaration 99 would be an age like any other.
    assert (
        "row 1, column 'age': got 99; expected a missing answer that the codebook knows" in message
    )
    plain = written(tmp_path, "sav", FRAME.assign(age=frame["age"]))
    assert read_survey(plain, tmp_path / "codebook.yml").rows["age"].iloc[0] == 99


def test_a_substantive_code_declared_missing_is_a_contradiction(tmp_path: Path) -> None:
    missing = dict(user_missing()) | {"trust_a": [3, -1, -2]}
    message = told(written(tmp_path, "sav", missing_ranges=missing), written_codebook(tmp_path))
    assert "column 'trust_a': got 3; expected a missing answer that the codebook knows" in message


def test_letters_of_stata_that_the_codebook_lacks_are_named(tmp_path: Path) -> None:
    frame = FRAME.astype({"trust_a": "object"})
    frame.loc[3, "trust_a"] = "a"
    path = written(tmp_path, "dta", frame, missing_user_values={"trust_a": ["a"]},
                   variable_value_labels={"trust_a": {1: "Disagree", "a": "Hard to say"}})  # fmt: skip
    message = told(path, written_codebook(tmp_path))
    assert "answers.dta, row 4, column 'trust_a': got '.a'; expected a missing answer" in message
    assert "such as dont-know -1, refused -2; the file declares .a ('Hard to say')" in message


def test_labels_that_belong_to_another_code_are_refused(tmp_path: Path) -> None:
    codebook = written_codebook(tmp_path)
    fits = {"trust_a": {1: "disagree ", 3: "Келісемін", 2: "So so"}}
    assert (
        len(read_survey(written(tmp_path, "sav", variable_value_labels=fits), codebook).rows) == 12
    )
    turned = {"trust_a": {1: "Agree", 3: "Disagree"}}
    message = told(written(tmp_path, "sav", variable_value_labels=turned), codebook)
    assert "column 'trust_a': got \"1 labelled 'Agree' in the file\"" in message
    assert "expected the label 'Disagree'; the codebook gives the other to 3" in message


def test_truth_values_and_labels_are_no_codes(tmp_path: Path) -> None:
    codebook = written_codebook(tmp_path)
    truth = FRAME.assign(appealed=FRAME["appealed"] == 1)
    assert "got 'False'; expected one of 0, 1; the file has text" in told(
        written(tmp_path, "parquet", truth), codebook
    )
    named = FRAME.assign(region=pd.Categorical(["North"] * 6 + ["South"] * 6))
    assert "column 'region': got 'North'; expected one of 1, 2; the file has text" in told(
        written(tmp_path, "parquet", named), codebook
    )


@pytest.mark.parametrize("kind", ["parquet", "dta", "sav"])
def test_damaged_files_are_refused_without_their_folder(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind)
    path.write_bytes(path.read_bytes()[:300])
    message = told(path, written_codebook(tmp_path))
    assert f"answers.{kind} ends early or is damaged; got 300 bytes" in message
    assert str(tmp_path) not in message


@pytest.mark.parametrize("kind", ["parquet", "dta", "sav"])
def test_no_rows_are_refused_in_every_format(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind, FRAME.iloc[:0].astype({"id": "object", "stratum": "object"}))
    assert "got '0 rows'; expected at least one respondent" in told(
        path, written_codebook(tmp_path)
    )


def test_other_kinds_and_files_that_are_not_there_are_refused(tmp_path: Path) -> None:
    codebook = written_codebook(tmp_path)
    assert "answers.xlsx cannot be read; got a file of the kind '.xlsx'" in told(
        tmp_path / "answers.xlsx", codebook
    )
    assert "there is no such file; got 'answers.sav'" in told(tmp_path / "answers.sav", codebook)


def test_an_item_named_like_a_column_of_every_survey_is_refused(tmp_path: Path) -> None:
    text = CODEBOOK.replace("{name: age,", "{name: evidence,")
    path = written(tmp_path, "csv", FRAME.rename(columns={"age": "evidence"}))
    assert "column 'evidence': got 'an item of this name'; expected another name" in told(
        path, written_codebook(tmp_path, text)
    )


def test_personal_cells_never_reach_a_message(tmp_path: Path) -> None:
    frame = FRAME.assign(id=["+7 701 555"] * 12, name="Aigerim Bekova")
    message = told(written(tmp_path, "csv", frame), written_codebook(tmp_path))
    assert "555" not in message
    broken = csv_text(frame).replace("north", "north,north", 3)
    (tmp_path / "answers.csv").write_text(broken, encoding="utf-8")
    message = told(tmp_path / "answers.csv", tmp_path / "codebook.yml")
    assert "3 problems" in message
    assert "Aigerim" not in message
    assert "555" not in message


def test_labels_with_html_and_formulas_stay_text_and_leave_neutralised(tmp_path: Path) -> None:
    nasty = '=HYPERLINK("http://x")'
    html = "<script>alert(1)</script>"
    text = CODEBOOK.replace("en: Disagree", f"en: '{nasty}'").replace("en: Agree", f'en: "{html}"')
    read = read_survey(written(tmp_path, "csv"), written_codebook(tmp_path, text))
    labels = labelled(read, "trust_a").cat.categories
    assert labels.tolist() == [nasty, "Neither", html]
    assert neutralised(labels[0]) == f"'{nasty}"
    rows = pd.DataFrame({"level": labels.astype("str"), "n": [1, 2, 3]})
    printed = str(_templates().get_template("parts.html").module.table(cells(rows), "Answers"))
    assert "<script>" not in printed
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in printed
    sent = neutralised_rows(rows).to_csv(index=False)
    assert "\"'=HYPERLINK" in sent
    assert '\n"=' not in sent


def test_memory_is_bounded_by_the_columns_that_the_codebook_names(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    size, others = 20_000, 60
    frame = pd.concat([FRAME] * (size // 12 + 1), ignore_index=True).iloc[:size]
    frame["id"] = [f"R{k}" for k in range(size)]
    wide = pd.DataFrame(rng.random((size, others)), columns=[f"x{k}" for k in range(others)])
    path = written(tmp_path, "csv", pd.concat([frame, wide], axis=1))
    assert path.stat().st_size > 20_000_000
    import pyarrow as pa

    codebook = small_codebook(tmp_path)
    held = pa.total_allocated_bytes()
    tracemalloc.start()
    responses = read_responses(path, codebook)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert responses.rows == size
    assert len(responses.ignored) == others
    assert pa.total_allocated_bytes() - held < 2_000_000
    assert peak < 12_000_000


def test_every_refusal_is_of_the_project(tmp_path: Path) -> None:
    """Bytes at random are refused with an error that a reader can act on."""
    rng = np.random.default_rng(11)
    codebook = written_codebook(tmp_path)
    for suffix in ("csv", "sav", "dta", "parquet"):
        for size in (1, 50, 5000):
            path = tmp_path / f"noise.{suffix}"
            path.write_bytes(rng.bytes(size))
            with pytest.raises(HelpersError):
                read_survey(path, codebook)


def test_value_labels_do_not_change_what_is_read(tmp_path: Path) -> None:
    codebook = written_codebook(tmp_path)
    bare = read_survey(written(tmp_path, "sav"), codebook).rows
    assert bare.equals(
        read_survey(written(tmp_path, "sav", variable_value_labels=LABELS), codebook).rows
    )
