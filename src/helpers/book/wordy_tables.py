"""Tables with much text: marked so that a phone shows them row by row, each cell beside its head.

Done while building and not by a script: what is set out anew after the first paint moves the page.
"""

from __future__ import annotations

import html
import re

LONGEST_CELL = 40
"""Letters in a cell beyond which a table has much text; the names of rows, which come first, may wrap."""

MOST_ROWS = 300
"""A longer table is looked through and not read: it stays as narrow as its columns."""

_TABLE = re.compile(
    r'<table class="((?:ls-data|docutils)\b[^"]*)">(.*?</thead>)(.*?</table>)', re.DOTALL
)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_OPEN = re.compile(r"<t[hd]\b")


def row_by_row(body: str) -> str:
    """The HTML of a page, its tables with much text marked ``ls-wordy``, whose cells name their column."""
    return _TABLE.sub(_marked, body)


def _marked(found: re.Match[str]) -> str:
    classes, head, rest = found.groups()
    rows = _ROW.findall(rest)
    if len(rows) > MOST_ROWS or not any(_long(_texts(row)) for row in rows):
        return found[0]
    # The first cell is the name of the row, and needs no head.
    named = ["", *(f' data-head="{html.escape(text)}"' for text in _texts(head)[1:])]
    rest = _ROW.sub(lambda row: _with_heads(row[0], named), rest)
    return f'<table class="{classes} ls-wordy">{head}{rest}'


def _texts(row: str) -> list[str]:
    """What the cells of a row say, without their tags."""
    return [html.unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in _CELL.findall(row)]


def _long(row: list[str]) -> bool:
    return any(len(text) > LONGEST_CELL for text in row[1:])


def _with_heads(row: str, named: list[str]) -> str:
    left = iter(named)
    return _OPEN.sub(lambda tag: tag[0] + next(left, ""), row)
