"""Tables with much text: marked so that a phone shows them row by row, each cell beside its head.

Done while building and not by a script: what is set out anew after the first paint moves the page.
"""

from __future__ import annotations

import html
import re

LONGEST_NAME, LONGEST_CELL = 60, 40
"""Letters in the first and in any other column beyond which a table has much text."""

_TABLE = re.compile(
    r'<table class="((?:ls-data|docutils)\b[^"]*)">(.*?</thead>)(.*?)</table>', re.DOTALL
)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_OPEN = re.compile(r"<(thead|tbody|tr|th|td)\b")
_ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "th": "rowheader", "td": "cell"}


def row_by_row(body: str) -> str:
    """The HTML of a page, its tables with much text marked ``ls-wordy``.

    Their cells name the head of their column. The roles keep them tables for screen readers,
    whatever boxes the style makes of them.
    """
    return _TABLE.sub(_marked, body)


def _marked(found: re.Match[str]) -> str:
    classes, head, rest = found.groups()
    rows = [_texts(row) for row in _ROW.findall(rest)]
    if not any(_long(row) for row in rows):
        return found[0]
    heads = _texts(head)
    head = _OPEN.sub(lambda tag: _role(tag, th="columnheader"), head)
    rest = _ROW.sub(
        lambda row: _with_heads(row[0], heads), rest.replace("<tbody", '<tbody role="rowgroup"')
    )
    return f'<table class="{classes} ls-wordy" role="table">{head}{rest}</table>'


def _texts(row: str) -> list[str]:
    """What the cells of a row say, without their tags."""
    return [html.unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in _CELL.findall(row)]


def _long(row: list[str]) -> bool:
    return any(
        len(text) > (LONGEST_CELL if place else LONGEST_NAME) for place, text in enumerate(row)
    )


def _with_heads(row: str, heads: list[str]) -> str:
    """A row whose cells after the first say the head of their column."""
    # Neither the tag of the row nor its first cell has a head to say.
    said = iter([*("",) * 2, *(f' data-head="{html.escape(head)}"' for head in heads[1:])])
    return _OPEN.sub(lambda tag: _role(tag) + next(said, ""), row)


def _role(found: re.Match[str], **other: str) -> str:
    return f'{found[0]} role="{(_ROLES | other)[found[1]]}"'
