"""A table can say in which language a column stands, and rows of much text become cards."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT

from helpers.book.exhibits import in_chapter
from helpers.data.instrument import instrument, instrument_answers
from helpers.errors import RegisterError
from helpers.evidence import Evidence
from helpers.report import register, theme
from helpers.report.record import MIME
from helpers.report.tables import cells

CARD = {"label": "Item", "en": "English", "kk": "Kazakh", "ru": "Russian", "answers": "Answers"}
LANGUAGES = {"en": "en", "kk": "kk", "ru": "ru"}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The records that a chapter's cell would display."""
    records: list[dict[str, Any]] = []
    monkeypatch.setattr(
        register, "display", lambda record: records.append(record._repr_mimebundle_()[MIME])
    )
    return records


class Elements(HTMLParser):
    """The elements of a page in order: tag, attributes, and the text in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[dict[str, Any]] = []
        self.found: list[dict[str, Any]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.found.append(element)
        if tag not in ("img", "source", "br"):
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element["text"] += data

    def of(self, **wanted: str) -> list[dict[str, Any]]:
        return [e for e in self.found if all(e.get(k) == v for k, v in wanted.items())]


def page(shown: list[dict[str, Any]], rows: pd.DataFrame, **options: Any) -> Elements:
    register.table("tbl-a-b", rows, title="Items", caption="Items.", **options)
    record = {**shown[-1], "chapter": "chapters/a", "line": 1}
    return Elements(str(in_chapter(record, number="Table 1", root="../")))


def test_a_column_says_its_language_and_the_rest_says_nothing() -> None:
    rows = instrument_answers()
    columns = {"code": "Code", "kk": "Kazakh", "ru": "Russian"}
    data = cells(rows, columns, languages={"kk": "kk", "ru": "ru"})
    assert data["languages"] == [None, "kk", "ru"]
    assert "languages" not in cells(rows, columns)
    assert data["rows"] == cells(rows, columns)["rows"]


def test_every_kazakh_and_russian_cell_is_marked(shown: list[dict[str, Any]]) -> None:
    rows = instrument_answers()
    columns = {"code": "Code", "kk": "Kazakh", "ru": "Russian"}
    plain = page(shown, rows, columns=columns, languages={"kk": "kk", "ru": "ru"})
    for language in ("kk", "ru"):
        assert [e["text"] for e in plain.of(tag="td", lang=language)] == list(rows[language])
    bare = page(shown, rows, columns=columns)
    assert not any("lang" in element for element in bare.found)
    assert bare.of(tag="td", text="Естімедім")


def test_cards_keep_the_table_for_those_who_hear_it(shown: list[dict[str, Any]]) -> None:
    rows = instrument().query("key == 'heeding'")
    cards = page(shown, rows, columns=CARD, languages=LANGUAGES, layout="cards")
    assert len(cards.of(role="table")) == 1
    assert [e["text"] for e in cards.of(role="columnheader")] == list(CARD.values())
    assert [e["text"] for e in cards.of(tag="th", scope="row")] == list(rows["label"])
    assert len(cards.of(role="cell")) == 4 * len(rows)
    for language in LANGUAGES:
        assert [e["text"] for e in cards.of(tag="span", lang=language)] == list(rows[language])
    assert not [e for e in cards.of(role="cell") if "lang" in e], "the head of a cell is English"
    assert {e["aria-hidden"] for e in cards.found if e.get("class") == "ls-head"} == {"true"}
    assert not cards.of(**{"class": "ls-fold"})


def test_many_cards_are_folded_and_few_are_not(shown: list[dict[str, Any]]) -> None:
    rows = instrument()
    options = {"columns": CARD, "languages": LANGUAGES, "layout": "cards"}
    folded = page(shown, rows.query("key == 'channels'"), **options)
    [fold] = folded.of(**{"class": "ls-fold"})
    assert fold["text"].split()[:3] == ["All", "7", "in"]
    assert "open" not in fold
    assert not page(shown, rows.query("key == 'trust'").head(4), **options).of(
        **{"class": "ls-fold"}
    )
    assert (
        len(page(shown, rows.query("key == 'trust'").head(5), **options).of(**{"class": "ls-fold"}))
        == 1
    )


def test_a_layout_or_language_of_nothing_is_refused(shown: list[dict[str, Any]]) -> None:
    rows = instrument()
    with pytest.raises(RegisterError, match=r"got 'tiles'; expected one of \('rows', 'cards'\)"):
        page(shown, rows, columns=CARD, layout="tiles")
    with pytest.raises(RegisterError, match=r"cannot show \['uz'\]"):
        page(shown, rows, columns=CARD, languages={"uz": "uz"})


def test_every_kind_of_evidence_has_its_ink_and_its_style() -> None:
    style = (ROOT / "_static" / "book.css").read_text(encoding="utf-8")
    tokens = (ROOT / "_static" / "shell.css").read_text(encoding="utf-8")
    assert set(theme.MARK_INK) == set(Evidence)
    assert len(set(theme.MARK_INK.values())) == len(Evidence)
    for kind in Evidence:
        assert kind.mark
        assert f".ls-mark-{kind} {{ color: var(--ls-{kind});" in style
        assert f"  --ls-{kind}: light-dark(#" in tokens, "a colour for light pages and one for dark"
