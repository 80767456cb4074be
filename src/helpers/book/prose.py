"""Finds numerals in prose that are bound to nothing: a typed result, which the build refuses.

Years, dates, ids, section numbers and quoted wording are not results, and may be typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes

_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
)
_NOT_RESULTS = re.compile(
    "|".join(
        [
            "“[^”]*”|«[^»]*»",  # quoted wording
            rf"\b\d{{1,2}}(?:\s*[–-]\s*\d{{1,2}})?\s+{_MONTH}\b",  # 2 September, 11–16 December
            r"\b(?:19|20)\d{2}(?:[–/-](?:(?:19|20)?\d{2}))?\b",  # 2019, 2019–2024, 2023/24
            r"\b(?:[Ss]ections?|[Cc]hapters?|[Pp]arts?|[Vv]ersion|[Ww]ave|Python|§)\s*\d[\d.]*",
            r"\bCC BY(?:-SA)? \d\.\d|\b10\.\d{4,}/\S+",  # a licence, a DOI
            r"\b95% (?:confidence )?(?:interval|limit)s?\b",  # the convention, not a finding
            r"\b[A-Za-z]+-?\d+\b|\b\d+[A-Za-z][\w-]*\b",  # ids: H5, WVS-7, 2x2
        ]
    )
)
_NUMERAL = re.compile(r"[+−-]?\d[\d,.]*%?")

_NOT_PROSE = (
    nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.comment,
    nodes.block_quote, nodes.citation, nodes.citation_reference, nodes.footnote_reference,
    addnodes.pending_xref,  # a reference prints the year of a work, or the number of a figure
)  # fmt: skip


def numerals(text: str) -> list[str]:
    """The numerals of a piece of prose that may be results."""
    return [found.rstrip(".,") for found in _NUMERAL.findall(_NOT_RESULTS.sub(" ", text))]


def unbound(document: nodes.document) -> Iterator[tuple[int | None, str, str]]:
    """Each typed numeral of a page: its line, the numeral, and the words around it."""
    for paragraph in document.findall(nodes.TextElement):
        if isinstance(paragraph, nodes.Inline) or _is_apart(paragraph):
            continue
        text = "".join(_prose(paragraph))
        for numeral in numerals(text):
            yield _line(paragraph), numeral, " ".join(text.split())[:80]


def _prose(node: nodes.Node) -> Iterator[str]:
    """The text of a node without code, math, references to sources, and bound numbers."""
    if isinstance(node, nodes.Text):
        yield node.astext()
    elif not _is_not_prose(node):
        for child in node.children:
            yield from _prose(child)
    else:
        yield " "


def _is_apart(node: nodes.Node) -> bool:
    while node is not None:
        if _is_not_prose(node):
            return True
        node = node.parent
    return False


def _is_not_prose(node: nodes.Node) -> bool:
    """Code, quotes and references; a bound number; a code cell, whose text comes from the data."""
    if isinstance(node, _NOT_PROSE):
        return True
    return isinstance(node, nodes.Element) and ("bound" in node or "nb_element" in node)


def _line(node: nodes.Node) -> int | None:
    while node is not None:
        if node.line:
            return int(node.line)
        node = node.parent
    return None
