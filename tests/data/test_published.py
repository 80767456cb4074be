"""The evidence base loads whole, or is refused with the cell that breaks it."""

from __future__ import annotations

import csv
import json

import pytest
from conftest import ROOT, Project

from helpers.data import catalogue, published, tables
from helpers.errors import DataError

FOLDER = "data/published"

BROKEN = {
    "unknown pollster": (
        "polls.csv", "KAZISS_2022_02,kaziss,", "KAZISS_2022_02,kazis,",
        ["polls.csv, row ", "column 'pollster'", "got 'kazis'", "a pollster of pollsters.csv"],
    ),
    "percent over 100": (
        "readings.csv", "government,trust,53.2,all", "government,trust,153.2,all",
        ["readings.csv, row ", "column 'percent'", "got '153.2'", "a number from 0 to 100"],
    ),
    "percent below 0": (
        "readings.csv", "government,trust,53.2,all", "government,trust,-1,all",
        ["column 'percent'", "got '-1'", "a number from 0 to 100"],
    ),
    "decimal comma": (
        "readings.csv", "government,trust,53.2,all", 'government,trust,"53,2",all',
        ["column 'percent'", "got '53,2'", "a number with a decimal point"],
    ),
    "distribution over 100": (
        "readings.csv", "fire_service,trust,80.4,all", "fire_service,trust,81.4,all",
        ["readings.csv, row ", "BNS_LAW_2024_10 fire_service: 101.0 in all", "at most 100.25"],
    ),
    "month that does not exist": (
        "polls.csv", "2022-02,2022-02,fieldwork,6800", "2022-02,2022-13,fieldwork,6800",
        ["column 'fieldwork_end'", "got '2022-13'", "a date that exists"],
    ),
    "day that does not exist": (
        "polls.csv", "2023-12-11,2023-12-16", "2023-02-30,2023-12-16",
        ["column 'fieldwork_start'", "got '2023-02-30'", "a date that exists"],
    ),
    "date that is none": (
        "polls.csv", "2023-12-11,2023-12-16", "11 Dec 2023,2023-12-16",
        ["column 'fieldwork_start'", "got '11 Dec 2023'", "text of the form"],
    ),
    "end before start": (
        "polls.csv", "2023-12-11,2023-12-16", "2023-12-11,2023-12-10",
        ["column 'fieldwork_end'", "got '2023-12-10'", "not before fieldwork_start, 2023-12-11"],
    ),
    "n of zero": (
        "polls.csv", "fieldwork,6800,", "fieldwork,0,",
        ["column 'n'", "got '0'", "a number from 1 to inf"],
    ),
    "n in words": (
        "polls.csv", "fieldwork,6800,", "fieldwork,about 6800,",
        ["column 'n'", "got 'about 6800'", "a whole number"],
    ),
    "reading twice": (
        "readings.csv", "regional_akim,trust,51.8,all", "government,trust,51.8,all",
        ["readings.csv, row ", "got 'KAZISS_2022_02 government trust all'", "each of these once"],
    ),
    "poll twice": (
        "polls.csv", "\nKAZISS_2022_05,", "\nKAZISS_2022_02,",
        ["column 'poll_id'", "got 'KAZISS_2022_02'", "a key of its own"],
    ),
    "unknown source": (
        "timeline.csv", ",egov-kz-cms-en-articles-open-dialog\n", ",no-such-source\n",
        ["timeline.csv, row 2", "column 'source_id'", "got 'no-such-source'"],
    ),
    "unknown linkage": (
        "pollsters.csv", ",state-body,", ",stately,",
        ["pollsters.csv, row 2", "column 'linkage'", "got 'stately'", "one of state-body"],
    ),
    "missing value": (
        "sources.csv", ",24.kg,", ",,",
        ["sources.csv, row 2", "column 'publisher'", "got nothing", "expected a value"],
    ),
    "counts and share that disagree": (
        "appeals.csv", "38100,100,30400,100,79.7", "38100,100,30400,100,89.7",
        ["appeals.csv, row ", "column 'note'", "why 89.7 is printed where the counts give 79.8"],
    ),
    "an index off its components": (
        "indicators.csv", "Kazakhstan,KAZ,2018,egdi,0.7597", "Kazakhstan,KAZ,2018,egdi,0.7797",
        ["indicators.csv, row ", "column 'value'", "got 0.7797", "mean of its components, 0.7597"],
    ),
    "regions off the total": (
        "census.csv", "region20,Abay Region,611888", "region20,Abay Region,611889",
        ["census.csv, row ", "column 'population'", "region20 on 2022-01-01", "national total"],
    ),
    "cells off the printed count": (
        "caict-2006.csv", "male,3229,Kazakhstan,1000,75.4", "male,3229,Kazakhstan,1000,75.5",
        ["caict-2006.csv, row 2", "column 'count_printed'", "got 3229", "cells of P.1 male, 3230"],
    ),
    "an indicator twice": (
        "indicators.csv", "Kazakhstan,KAZ,2018,egdi", "Kazakhstan,KAZ,2020,egdi",
        ["column 'iso3 year indicator'", "got 'KAZ 2020 egdi'", "each of these once"],
    ),
    "an unknown indicator": (
        "indicators.csv", "Kazakhstan,KAZ,2018,egdi", "Kazakhstan,KAZ,2018,egdj",
        ["column 'indicator'", "got 'egdj'", "one of egdi"],
    ),
    "renamed column": (
        "readings.csv", "poll_id,question,target", "poll,question,target",
        ["readings.csv, column '(all)'", "got ['poll', 'question'", "expected the columns ['poll_id'"],
    ),
    "cell too many": (
        "readings.csv", "government,trust,53.2,all", "government,trust,53.2,all,extra",
        ["readings.csv, row ", "got '10 cells'", "expected 9 cells"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.replace(" ", "-"))
def test_a_broken_cell_is_named(case: str, data_copy: Project) -> None:
    file, old, new, told = BROKEN[case]
    data_copy.edit(f"{FOLDER}/{file}", old, new)
    with pytest.raises(DataError) as refused:
        catalogue.check()
    for words in told:
        assert words in str(refused.value)


def test_a_poll_that_was_entered_twice_is_found(data_copy: Project) -> None:
    """The same house, day, answer and percent under another id, in other words."""
    for file, old, new in (
        ("polls", "KAZISS_2022_02,kaziss,", "KAZISS_AGAIN,kaziss,"),
        ("readings", "KAZISS_2022_02,Trust in the institution", "KAZISS_AGAIN,Faith in the body"),
    ):
        path = data_copy.root / FOLDER / f"{file}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        lines.append(next(line for line in lines if line.startswith(old)).replace(old, new))
        path.write_text("".join(lines), encoding="utf-8")
    told = (
        r"readings.csv, row 783, column 'poll_id': got 'KAZISS_AGAIN'; expected a reading of its"
        r" own; KAZISS_2022_02 has the same house, day, answer and percent"
    )
    with pytest.raises(DataError, match=told):
        published.polls()


def test_the_row_is_the_line_in_the_file(data_copy: Project) -> None:
    path = data_copy.root / FOLDER / "readings.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[41] = lines[41].replace(",all,", ",ALL,")
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(DataError, match=r"readings.csv, row 42, column 'subgroup': got 'ALL'"):
        published.polls()


def test_ten_problems_are_shown_and_all_are_counted(data_copy: Project) -> None:
    path = data_copy.root / FOLDER / "readings.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",all,", ",ALL,"), encoding="utf-8")
    with pytest.raises(DataError) as refused:
        catalogue.check()
    message = str(refused.value)
    assert message.startswith("601 problems in the data:")
    assert message.count("column 'subgroup'") == 10
    assert "… and 591 more" in message


def test_a_file_of_another_encoding_is_refused(data_copy: Project) -> None:
    path = data_copy.root / FOLDER / "sources.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    with pytest.raises(
        DataError, match=r"sources.csv, column .*expected comma-separated text in UTF-8"
    ):
        published.sources()


def test_every_reading_is_there_with_poll_source_and_evidence() -> None:
    rows = published.polls()
    assert len(rows) == 781
    assert rows["poll_id"].nunique() == 126
    assert rows.loc[rows["n"].notna(), "poll_id"].nunique() == 58
    assert (rows["n"].notna()).sum() == 499
    assert rows["country"].value_counts().to_dict() == {
        "Kazakhstan": 708, "Kyrgyzstan": 61, "Uzbekistan": 12,
    }  # fmt: skip
    assert set(rows["evidence"]) == {"published"}
    for column in ("source_url", "source_title", "pollster_name", "linkage"):
        assert rows[column].notna().all()


def test_the_official_survey_is_whole_in_three_waves() -> None:
    """Six bodies in each of three waves sum to 100 within rounding; a hand count of the tables."""
    rows = published.polls(distribution="complete", pollster="bns")
    bodies = {"prosecutor", "police", "anticorruption_service", "economic_investigation_service",
              "courts", "fire_service"}  # fmt: skip
    trust = rows[rows["target"].isin(bodies)]
    sizes = trust.groupby(["poll_id", "target"])["percent"].agg(["size", "sum"])
    assert len(sizes) == 18
    assert (sizes["size"] == 5).all()
    assert sizes["sum"].between(99.75, 100.25).all()


def test_never_encountered_and_dont_know_are_kept_apart() -> None:
    rows = published.polls(poll_id="BNS_LAW_2024_10", distribution="complete")
    apart = rows[rows["scale"].isin(["never-encountered", "dont-know"])]
    assert apart.set_index("target")["scale"].to_dict() == {
        "prosecutor": "dont-know", "courts": "dont-know", "fire_service": "dont-know",
        "police": "never-encountered", "anticorruption_service": "never-encountered",
        "economic_investigation_service": "never-encountered",
    }  # fmt: skip


def test_trust_of_the_official_survey_is_not_trust_as_a_total() -> None:
    """One printed label, two meanings: the harmonised scale tells them apart."""
    rows = published.polls(response="trust")
    meaning = rows.groupby(rows["pollster"] == "bns")["scale"].agg(
        lambda scale: set(scale.dropna())
    )
    assert meaning[True] == {"full-trust"}
    assert meaning[False] <= {"trust", "full-trust"}
    total = published.polls(poll_id="KAZISS_2022_02", target="president")
    assert list(total["scale"]) == ["trust"]


def test_filters_take_one_value_or_several() -> None:
    one = published.polls(target="president", response="trust", country="Kazakhstan")
    assert set(one["target"]) == {"president"}
    both = published.polls(target=["president", "government"])
    assert set(both["target"]) == {"president", "government"}
    assert list(one.index) == list(range(len(one)))


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: published.polls(target="presidnt"), "got 'presidnt'; expected for example presid"),
        (lambda: catalogue.table("pols"), "no such table; got 'pols'; expected for example polls"),
        (lambda: catalogue.table("polls", targt="a"), "got 'targt'; expected for example target"),
        (lambda: published.timeline(kind="laws"), "got 'laws'; expected for example law"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(ask: object, told: str) -> None:
    with pytest.raises(DataError, match=told):
        ask()  # type: ignore[operator]


def test_decimals_are_those_printed() -> None:
    with (ROOT / FOLDER / "readings.csv").open(encoding="utf-8") as handle:
        printed = [len(row["percent"].partition(".")[2]) for row in csv.DictReader(handle)]
    assert list(published.polls()["decimals"]) == printed


def test_the_dictionary_names_every_file_and_describes_every_column() -> None:
    folder = ROOT / FOLDER
    listed = {resource["path"] for resource in tables.resources().values()}
    assert listed == {path.name for path in folder.glob("*.csv")}
    for resource in tables.resources().values():
        for field in resource["schema"]["fields"]:
            assert field["description"].endswith("."), (resource["name"], field["name"])


def test_every_source_is_used_and_every_label_has_a_reason() -> None:
    used: set[str] = set()
    for name in set(catalogue.table_names()) - {"sources", "leads"}:
        cells = catalogue.table(name)["source_id"].dropna()
        used |= {key for cell in cells for key in cell.split(";")}
    assert used <= set(published.sources()["source_id"])
    assert set(published.sources()["source_id"]) - used == set()
    assert published.pollsters()["linkage_reason"].str.endswith(".").all()


def test_the_dictionary_is_a_data_package() -> None:
    package = json.loads((ROOT / FOLDER / tables.DESCRIPTOR).read_text(encoding="utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
