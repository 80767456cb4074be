"""A docstring as a part of a page: paragraphs, lists of what is taken and raised, code as code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent

from markupsafe import Markup

_HEAD = re.compile(r"^(\S[^\n]*)\n-{3,}\n", flags=re.MULTILINE)
"""The heading of a section, underlined."""

_TERM = re.compile(r"(\S[^\n]*?) : (.*)", flags=re.DOTALL)

LISTED = ("Parameters", "Attributes", "Raises")
"""Sections that are lists: a name, and what is said of it on its line or indented below it."""


def described(text: str) -> Markup:
    """The docstring (NumPy style) in HTML, below a heading of the second level."""
    opening, *rest = _HEAD.split(text)
    parts = [_paragraphs(opening)]
    for head, body in zip(rest[::2], rest[1::2], strict=True):
        blocks = re.split(r"\n\s*\n", body.strip("\n")) if head in LISTED else [body]
        shown = (
            _list(block) if head == "Raises" or (head in LISTED and _TERM.match(block))
            else _paragraphs(block)
            for block in blocks
        )  # fmt: skip
        parts.append(Markup("<h3>{}</h3>\n{}").format(head, Markup("\n").join(shown)))
    return Markup("\n").join(parts)


def marked_up(text: str) -> Markup:
    """Escaped for a page, with code as code: an argument in two marks, the name of a helper in one."""
    text = re.sub(r"(?<!`)`(?:[\w.]+\.)?(\w+)`(?!`)", r"``\1``", text)
    parts = enumerate(re.split(r"``(.+?)``(?!`)", text, flags=re.DOTALL))
    return Markup().join(
        Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in parts
    )


def _paragraphs(text: str) -> Markup:
    """Blocks between empty lines; one that is indented as a whole is code."""
    blocks = [block for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip()]
    return Markup("\n").join(
        Markup('<pre tabindex="0">{}</pre>').format(dedent(block).strip("\n"))
        if block.startswith(" ") else Markup("<p>{}</p>").format(_flowing(block))
        for block in blocks
    )  # fmt: skip


def _list(text: str) -> Markup:
    entries = (
        Markup("<dt><code>{}</code></dt><dd>{}</dd>").format(name, _flowing(said))
        for name, said in _entries(text)
    )
    return Markup('<dl class="ls-provenance">\n{}\n</dl>').format(Markup("\n").join(entries))


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Names, each with the words on its line and on the indented lines below."""
    for entry in re.split(r"\n(?=\S)", text.strip("\n")):
        named = _TERM.match(entry)
        name, said = named.groups() if named else entry.partition("\n")[::2]
        yield name, said


def _flowing(text: str) -> Markup:
    """Lines joined: the page breaks them anew. Two colons before code are one to a reader."""
    return marked_up(re.sub(r"::$", ":", " ".join(text.split())))
