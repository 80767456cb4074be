"""Tables with much text carry the heads of their columns in their cells; others stay as they are."""

from __future__ import annotations

import pytest

from helpers.book.wordy_tables import LONGEST_CELL, MOST_ROWS, row_by_row

TABLE = (
    '<p>before</p><table class="{kind}"><caption>c</caption>\n<thead><tr><th scope="col">What</th>'
    '<th scope="col">Why &amp; how</th></tr></thead>\n<tbody>\n<tr class="row-even">'
    '<th scope="row">{name}</th><td lang="kk"><a href="x">{cell}</a></td></tr></tbody></table><p>'
)


@pytest.mark.parametrize("kind", ["ls-data ls-n2", "docutils align-default"])
def test_a_cell_with_much_text_says_its_head(kind: str) -> None:
    found = row_by_row(TABLE.format(kind=kind, name="a", cell="b" * (LONGEST_CELL + 1)))
    assert f'<table class="{kind} ls-wordy"><caption>c</caption>' in found
    assert '<thead><tr><th scope="col">What</th>' in found
    assert '<tr class="row-even"><th scope="row">' in found
    assert '<td data-head="Why &amp; how" lang="kk"><a href="x">' in found


def test_other_tables_stay_as_they_are() -> None:
    short = TABLE.format(kind="ls-data", name="a" * 99, cell="&amp;" * LONGEST_CELL)
    assert row_by_row(short) == short
    foreign = TABLE.format(kind="ls-cards", name="a", cell="b" * 99)
    assert row_by_row(foreign) == foreign


def test_each_table_is_judged_by_itself() -> None:
    short = TABLE.format(kind="ls-data", name="a", cell="b")
    long = TABLE.format(kind="ls-data", name="a", cell="b" * 99)
    assert row_by_row(short + long).startswith(short)
    assert row_by_row(long + short).endswith(short)


def test_a_table_to_look_through_stays_as_it_is() -> None:
    long = TABLE.format(kind="ls-data", name="a", cell="b" * 99)
    row = long[long.index('<tr class="row-even">') : long.index("</tbody>")]
    assert row_by_row(long.replace(row, row * MOST_ROWS)) != long.replace(row, row * MOST_ROWS)
    more = long.replace(row, row * (MOST_ROWS + 1))
    assert row_by_row(more) == more
