"""The instrument as tables: every item once, as the codebook has it, and nothing typed beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from conftest import ROOT, Project

from helpers.data.hypotheses import ledger
from helpers.data.instrument import (
    NEEDS,
    PART,
    SOURCE,
    instrument,
    instrument_answers,
    instrument_needs,
    own_codebook,
)
from helpers.data.works import short_names
from helpers.errors import DataError
from helpers.evidence import Evidence, evidence_of

LANGUAGES = ["en", "kk", "ru"]


@pytest.fixture(scope="module")
def held() -> dict[str, Any]:
    """The codebook, read apart from the helpers."""
    return yaml.safe_load((ROOT / "data/survey/codebook.yml").read_text(encoding="utf-8"))


def test_every_item_stands_once_with_its_wording(held: dict[str, Any]) -> None:
    rows = instrument()
    assert list(rows["name"]) == [one["name"] for one in held["items"]]
    assert list(rows["label"]) == [one["label"] for one in held["items"]]
    for one, row in zip(held["items"], rows.to_dict("records"), strict=True):
        for language in LANGUAGES:
            wording = one.get("question", {}).get(language)
            assert row[language] == wording if wording else pd.isna(row[language])
        assert ("source" in one) == isinstance(row["construct_from"], str)


def test_cards_say_what_an_interviewer_must_know() -> None:
    rows = instrument().set_index("name")
    assert rows.loc["trust_courts", "answers"] == (
        "List C: 1 Do not trust at all; 2 Rather do not trust; 3 Rather trust; 4 Trust fully"
    )
    assert rows.loc["region", "answers"] == "List J: 1 Abay Region … 20 West Kazakhstan Region"
    assert rows.loc["age", "answers"] == "A number"
    assert rows.loc["appeal_answered", "missing"] == "Don't know (−1); Refused (−2); Not asked (−3)"
    assert pd.isna(rows.loc["sex", "missing"])
    assert rows.loc["sex", "asked_of"] == "Recorded, not asked"
    assert rows.loc["appeal_satisfied", "asked_of"] == (
        "Respondents whose answer to “The appeal was answered” is 1 (Yes)"
    )
    assert rows.loc["heeding_regardless", "coding"] == "Reversed: a higher code means less"
    assert rows.loc["heeding_mend", "coding"] == "A higher code means more"
    assert pd.isna(rows.loc["appealed", "coding"])
    assert rows.loc["heeding_mend", "construct_from"] == "Esaiasson et al. (2015)"


def test_each_list_of_answers_stands_once_in_every_language(held: dict[str, Any]) -> None:
    rows = instrument_answers()
    lists = {
        str(options if isinstance(options, list) else held["options"][options])
        for options in (one.get("options") for one in held["items"])
        if options is not None
    }
    assert rows["list"].nunique() == len(lists)
    assert list(rows["list"].unique()) == sorted(rows["list"].unique())
    agree = rows[rows["list"] == "B"]
    assert list(agree["code"]) == [1, 2, 3, 4, 5]
    for language in LANGUAGES:
        given = [option["label"][language] for option in held["options"]["agree"]]
        assert list(agree[language]) == given
    assert rows[LANGUAGES].notna().all(axis=None)
    named = instrument()["answers"].str.extract(r"List (.):")[0].dropna()
    assert set(named) == set(rows["list"])


def test_needs_name_hypotheses_of_the_ledger_and_constructs_of_the_instrument() -> None:
    rows = instrument_needs()
    assert set(NEEDS) <= {hypothesis.id for hypothesis in ledger()}
    assert set(rows["key"]) == set(instrument()["key"])
    links = set(map(tuple, rows.dropna()[["hypothesis", "key", "needed"]].to_numpy()))
    assert links == {(h, key, how) for h, parts in NEEDS.items() for key, how in parts.items()}
    assert list(rows[rows["hypothesis"].isna()]["key"]) == ["internal-efficacy"]
    items = rows.drop_duplicates("key").set_index("key")["items"]
    assert items.sum() == len(own_codebook().items)
    assert items.to_dict() == instrument()["key"].value_counts().to_dict()
    assert list(rows[rows["needed"] == PART]["hypothesis"]) == ["H4"]


def test_hypotheses_that_only_answers_of_people_can_bear_on_are_all_on_the_map() -> None:
    simulated = {one.id for one in ledger() if one.evidence is Evidence.SIMULATED}
    assert simulated <= set(NEEDS)


def test_rows_are_marked_as_drafts_and_not_as_a_finding() -> None:
    for rows in (instrument(), instrument_answers(), instrument_needs()):
        assert evidence_of(rows) is Evidence.INSTRUMENT
        assert set(rows["source_id"]) == {SOURCE}
    assert Evidence.INSTRUMENT.mark == "Instrument: this project's own drafts"


def test_the_reader_s_own_codebook_does_not_become_our_draft(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = instrument()
    monkeypatch.setenv("LISTENING_STATE_SURVEY", str(tmp_path / "mine.csv"))
    monkeypatch.setenv("LISTENING_STATE_CODEBOOK", str(tmp_path / "mine.yml"))
    pd.testing.assert_frame_equal(instrument(), before)


def test_a_change_of_the_codebook_changes_the_card(data_copy: Project) -> None:
    (data_copy.root / "references.bib").write_bytes((ROOT / "references.bib").read_bytes())
    data_copy.edit("data/survey/codebook.yml", "Соттарға қаншалықты", "Соттарға қалай")
    rows = instrument().set_index("name")
    assert rows.loc["trust_courts", "kk"] == "Соттарға қалай сенесіз?"


def test_works_have_short_names() -> None:
    keys = [
        "vigoda2002responsiveness",
        "knox2018public",
        "esaiasson2015external",
        "vigoda2002responsiveness",
    ]
    assert short_names(keys) == {
        "vigoda2002responsiveness": "Vigoda (2002)",
        "knox2018public": "Knox and Janenova (2018)",
        "esaiasson2015external": "Esaiasson et al. (2015)",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("bib", "message"),
    [
        ("@article{a, author = {B, C}}", r"no short name; got 'a' with 1 authors and year None"),
        ("@article{a, year = {2000}}", r"no short name; got 'a' with 0 authors and year '2000'"),
        ("@article{b, author = {B, C}, year = {2000}}", "there is no such work; got 'a'"),
        ("@article{a, author", "the references cannot be read; got references.bib"),
        (None, "the references cannot be read; got references.bib"),
    ],
)
def test_a_work_without_a_name_is_refused(
    bib: str | None, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LISTENING_STATE_ROOT", str(tmp_path))
    if bib is not None:
        (tmp_path / "references.bib").write_text(bib, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        short_names(["a"])


def test_letters_of_tex_become_letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LISTENING_STATE_ROOT", str(tmp_path))
    text = '@book{a, author = {K{\\"o}lln, A. and van der {\\AA}str{\\"o}m, B.}, year = {2001}}'
    (tmp_path / "references.bib").write_text(text, encoding="utf-8")
    assert short_names(["a"]) == {"a": "Kölln and van der Åström (2001)"}
