"""What is registered is what is shown: one id, one evidence kind, the same bytes each time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from helpers.book import listings
from helpers.data.survey import FILE
from helpers.errors import EstimationError, EvidenceError, RegisterError
from helpers.evidence import Evidence
from helpers.report import charts, export, register, theme
from helpers.report.record import MIME
from helpers.stats.estimates import Inapplicable, TestResult, count, pick
from helpers.stats.families import adjust, family_frame
from helpers.stats.published.printed import printed_shares


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The records that a chapter's cell would display."""
    records: list[dict[str, Any]] = []
    monkeypatch.setattr(
        register, "display", lambda record: records.append(record._repr_mimebundle_()[MIME])
    )
    return records


@pytest.fixture
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


def dots(rows: pd.DataFrame) -> charts.Chart:
    return charts.interval_dots(rows, headings={"P": "House, 2022"}, axis="%", what="shares")


def test_a_number_keeps_its_interval_base_evidence_and_source(
    shown: list[dict[str, Any]], rows: pd.DataFrame
) -> None:
    register.fact("share-courts", rows, item="courts")
    [record] = shown
    assert record["text"] == "53.2%"
    assert record["ci_text"] == "52.0 to 54.4%"
    assert (record["n"], record["evidence"], record["sources"]) == (6800, "simulated", ["s2"])
    assert record["value"] == rows["estimate"][0]


def test_a_number_without_an_interval_says_so(
    shown: list[dict[str, Any]], rows: pd.DataFrame
) -> None:
    register.fact("share-rows", count(rows.rename(columns={"source": "source_id"})))
    assert (shown[0]["text"], shown[0]["ci"], shown[0]["ci_text"]) == ("2", None, None)


@pytest.mark.parametrize("where", [{}, {"item": "army"}])
def test_a_number_is_exactly_one_row(rows: pd.DataFrame, where: dict[str, str]) -> None:
    with pytest.raises(EstimationError, match=r"exactly one row; got [02] of 2 rows"):
        pick(rows, **where)
    with pytest.raises(EstimationError, match="unknown column"):
        pick(rows, thing="x")


@pytest.mark.parametrize("name", ["Share", "share", "share_courts", "share courts", "-a-b", "ә-b"])
def test_a_malformed_id_is_refused(rows: pd.DataFrame, name: str) -> None:
    with pytest.raises(RegisterError, match="an id is malformed"):
        register.fact(name, rows, item="courts")


def test_a_figure_is_named_as_one(rows: pd.DataFrame) -> None:
    with pytest.raises(RegisterError, match="starting with 'fig-'"):
        register.figure("share-courts", dots(rows), title="T", caption="C")
    with pytest.raises(RegisterError, match=r"cannot show \['mean'\]"):
        register.table("tbl-a-b", rows, title="T", caption="C", columns={"mean": "Mean"})


def test_simulated_rows_are_marked_on_every_file(
    shown: list[dict[str, Any]], rows: pd.DataFrame
) -> None:
    register.figure("fig-a-b", dots(rows), title="Shares", caption="C")
    files = export.files(
        "fig-a-b",
        dots(rows),
        title="Shares",
        evidence=charts.evidence_of(rows),
        mark=charts.evidence_of(rows).mark,
    )
    assert shown[0]["evidence"] == "simulated"
    assert shown[0]["alt"].endswith(" Simulated respondents.")
    for suffix, body in files.items():
        if suffix != ".pdf":
            assert b"Simulated respondents" in body, suffix
    assert "Published" not in str(shown[0])


def test_mixed_evidence_cannot_be_shown(rows: pd.DataFrame) -> None:
    mixed = rows.assign(evidence=["simulated", "published"])
    with pytest.raises(EvidenceError, match="exactly one evidence kind"):
        dots(mixed)
    with pytest.raises(EvidenceError, match="carry no evidence kind"):
        dots(rows.drop(columns="evidence"))


def test_files_are_the_same_bytes_each_time(rows: pd.DataFrame) -> None:
    kind = charts.evidence_of(rows)
    one = export.files("fig-a-b", dots(rows), title="Shares", evidence=kind, mark=kind.mark)
    other = export.files("fig-a-b", dots(rows), title="Shares", evidence=kind, mark=kind.mark)
    assert one == other


def test_no_answer_is_left_out_of_a_chart_in_silence(rows: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match=r"would be left out of the chart; got \['trust'\]"):
        charts.diverging_bars(rows, negative=["a"], positive=["b"], apart=[])


def test_the_reader_s_own_settings_do_not_change_a_figure(rows: pd.DataFrame) -> None:
    import matplotlib as mpl

    kind = charts.evidence_of(rows)
    plain = export.files("fig-a-b", dots(rows), title="Shares", evidence=kind, mark=kind.mark)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert (
            export.files("fig-a-b", dots(rows), title="Shares", evidence=kind, mark=kind.mark)
            == plain
        )
        assert mpl.rcParams["font.size"] == 30


def test_colours_of_the_scale_survive_grey_print() -> None:
    """Any two differ by 15 or more in CIE lightness, computed here from sRGB by its definition."""
    lightness = sorted(_lightness(colour) for colour in theme.DIVERGING.values())
    assert min(b - a for a, b in pairwise(lightness)) >= 15
    assert len({hatch for _, hatch in theme.APART.values()}) == len(theme.APART)


def _lightness(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def test_a_reason_without_evidence_is_refused() -> None:
    with pytest.raises(RegisterError, match="cannot be shown as not available"):
        register.fact("share-none", Inapplicable("no such item", "shares"))


@pytest.mark.parametrize(
    ("evidence", "mark"),
    [(Evidence.RESPONDENTS, "Respondents: mine.csv"), (Evidence.PUBLISHED, "Published figures")],
)
def test_what_cannot_be_shown_names_the_readers_file_as_other_marks_do(
    evidence: Evidence, mark: str, shown: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FILE, "/somewhere/mine.csv")
    absent = Inapplicable("the codebook has no such item", "shares", evidence)
    register.fact("share-none", absent)
    register.figure("fig-share-none", absent, title="T", caption="C")
    assert [record["mark"] for record in shown] == [mark, mark]


def family(p_values: list[float], **columns: Any) -> pd.DataFrame:
    """A family of tests as the rows of a table, as `adjust` makes it."""
    members = adjust(
        [TestResult(statistic=1.0, statistic_name="z", df=(), p_value=p, effect=None, n=100,
                    method="made_up") for p in p_values],
        family="made up",
    )  # fmt: skip
    return family_frame(members).assign(
        label=list("abcdefgh")[: len(p_values)], evidence="simulated", source="model", **columns
    )


SHOWN = {"title": "T", "caption": "C", "columns": {"label": "Test", "p_adjusted": "p"}}


def test_the_register_counts_the_tests_of_a_family(shown: list[dict[str, Any]]) -> None:
    three, four = family([0.01, 0.02, 0.5]), family([0.01, 0.02, 0.5, 0.6])
    register.table("tbl-three-tests", three, **SHOWN)
    register.table("tbl-four-tests", four, **SHOWN)
    words = three[["label", "evidence", "source"]].assign(p_adjusted="in words")
    register.table("tbl-three-words", words, tests=three, **SHOWN)
    assert [record["families"] for record in shown] == [{"made up": k} for k in (3, 4, 3)]
    assert three["p_adjusted"][1] == pytest.approx(0.04)
    assert four["p_adjusted"][1] == pytest.approx(0.06)


def test_a_family_with_a_test_missing_or_added_is_refused() -> None:
    whole = family([0.01, 0.02, 0.5])
    with pytest.raises(RegisterError, match=r"'made up' is not whole in table 'tbl-a-b'; got 2"):
        register.table("tbl-a-b", whole[:2], **SHOWN)
    with pytest.raises(RegisterError, match=r"got 4 tests, with p values adjusted for \[3\]"):
        register.table("tbl-a-b", pd.concat([whole, whole[:1]], ignore_index=True), **SHOWN)
    with pytest.raises(RegisterError, match="adjusted p values of no family"):
        register.table("tbl-a-b", whole.drop(columns="family"), **SHOWN)
    with pytest.raises(RegisterError, match="is not whole"):
        register.table("tbl-a-b", whole, tests=whole[1:], **SHOWN)


def test_families_of_the_book_are_listed_once_and_have_one_size() -> None:
    records = {
        name: {"id": name, "chapter": chapter, "families": {"one": size}}
        for name, chapter, size in (("a", "x", 3), ("b", "x", 3), ("c", "y", 5))
    }
    assert [(name, size, record["id"]) for name, size, record in listings.families(records)] == [
        ("one", 3, "a"), ("one", 5, "c"),
    ]  # fmt: skip
    records["b"]["families"] = {"one": 4}
    with pytest.raises(RegisterError, match="'one' has two sizes; got 3 tests in 'a' and 4 in 'b'"):
        listings.families(records)
