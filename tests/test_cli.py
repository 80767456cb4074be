"""The command line prints tables, and answers a wrong question with the nearest right one."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

from helpers.cli import main


def test_tables_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == [
        "polls",
        "pollsters",
        "appeals",
        "indicators",
        "census",
        "caict-2006",
        "statistics",
        "arithmetic",
        "timeline",
        "sources",
        "leads",
    ]


@pytest.mark.parametrize(
    "words",
    [["--target", "president", "--response=trust"], ["--target=president", "--response", "trust"]],
)
def test_a_table_is_printed_as_csv(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "polls", *words, "--to", "csv"]) == 0
    rows = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert set(rows["target"]) == {"president"}
    assert set(rows["response"]) == {"trust"}
    assert {"percent", "country", "pollster", "n", "source_url", "evidence"} <= set(rows.columns)


def test_a_table_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "timeline", "--kind", "concept", "--to", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in rows} == {"concept"}
    assert rows[0]["date"] == "2019-09-02"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["data", "pols"], "no such table; got 'pols'; expected for example polls"),
        (
            ["data", "polls", "--target", "presidnt"],
            "got 'presidnt'; expected for example president",
        ),
        (["data", "polls", "--targt", "president"], "got 'targt'; expected for example target"),
        (["data", "polls", "president"], "the filters cannot be read; got 'president'"),
    ],
)
def test_a_wrong_question_is_told(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert told in capsys.readouterr().err


def test_stray_words_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["verify", "--all"])
    assert "unrecognized arguments: --all" in capsys.readouterr().err
