"""What widgets need of an exhibit, and that no widget is made of rows that cannot bear it."""

from __future__ import annotations

import pytest

from helpers.book import living_data, number_notes
from helpers.data.codebook_file import read_codebook
from helpers.data.published import polls
from helpers.data.survey import survey_files
from helpers.stats import insincerity_band, on_scale, printed_shares, tipping_to_share

PRESIDENT = {"poll_id": "KAZISS_2022_02", "target": "president", "response": "trust"}
LAW = {"poll_id": "BNS_LAW_2024_10", "distribution": "complete"}


def bent() -> list[dict[str, object]]:
    reading = polls(**PRESIDENT)
    rows = insincerity_band(reading, insincere=[0, 10], deff=2.5)
    [tip] = tipping_to_share(reading, to=50, deff=2.5).to_dict("records")
    return rows.assign(tipping=tip["estimate"], goal=50.0).to_dict("records")


def test_a_dial_has_the_printed_share_and_names_the_anchors() -> None:
    register = {"fear-lists-limit": {"value": 10.0, "unit": "points", "text": "10 points"},
                "fear-ukraine-of-each": {"reason": "not here"}}  # fmt: skip
    made = living_data.dial(bent(), register)
    assert made is not None
    [share] = made["shares"]
    assert (share["share"], share["goal"], share["deff"]) == (81.4, 50.0, 2.5)
    assert share["low"] < share["share"] < share["high"]
    assert [anchor["value"] for anchor in made["anchors"]] == [10.0]


def test_the_lens_keeps_order_colours_and_answers_off_the_scale() -> None:
    rows = printed_shares(on_scale(polls(**LAW))).to_dict("records")
    made = living_data.silence(rows)
    assert made is not None
    assert [name for name, *_ in made["looks"]["diverging"]] == [
        "Distrust", "Rather distrust", "Partly trust", "Trust",
    ]  # fmt: skip
    assert [name for name, *_ in made["off"]] == ["Never encountered", "Don't know"]
    for line in made["lines"]:
        assert sum([*line["on"], *line["off"]]) == pytest.approx(100, abs=0.3)
    assert {line["block"] for line in made["lines"]} == {""}


def test_the_lens_puts_the_waves_of_a_body_together() -> None:
    waves = ["BNS_LAW_2023_10", "BNS_LAW_2024_10"]
    rows = printed_shares(on_scale(polls(**{**LAW, "poll_id": waves})))
    by_wave = rows.sort_values("group", kind="stable").to_dict("records")
    made = living_data.silence(by_wave)
    assert made is not None
    blocks = [line["block"] for line in made["lines"]]
    assert len(blocks) == 2 * len(set(blocks))
    assert blocks[::2] == blocks[1::2] == list(dict.fromkeys(blocks))
    assert [line["name"] for line in made["lines"]][:2] == ["Oct–Nov 2023", "Oct–Nov 2024"]


@pytest.mark.parametrize(
    "make", [lambda rows: living_data.dial(rows, {}), living_data.silence, living_data.bounds, living_data.paths]
)  # fmt: skip
def test_rows_of_another_kind_make_no_widget(make: object) -> None:
    shares = printed_shares(polls(**PRESIDENT)).to_dict("records")
    assert make(shares) is None  # type: ignore[operator]
    assert make([]) is None  # type: ignore[operator]


def test_a_note_finds_the_wording_of_the_answer_and_of_an_item() -> None:
    readings, codebook = polls(), read_codebook(survey_files()[1])

    def wording(evidence: str, *about: str) -> list[str]:
        record = {"evidence": evidence, "about": list(about)}
        return number_notes._wording(record, readings, codebook)

    [question] = wording("published", "BNS_LAW_2024_10", "fire_service", "full-trust")
    assert question.startswith("Do you trust")
    [item] = wording("simulated", "all", "trust_president", "top box")
    assert item == codebook.item("trust_president").question["en"]
    assert wording("published", "all", "polls", "count") == []
