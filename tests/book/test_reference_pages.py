"""Helpers describe themselves on pages as in code: parts apart, code as code, nothing lost."""

from __future__ import annotations

from helpers.book.docstrings import described, marked_up
from helpers.book.reference import groups


def test_code_is_shown_as_code_and_the_rest_escaped() -> None:
    shown = marked_up("a ``label`` & <b>, `helpers.stats.pool.studies`, ``{fact}`name```")
    assert shown == (
        "a <code>label</code> &amp; &lt;b&gt;, <code>studies</code>, <code>{fact}`name`</code>"
    )


def test_no_summary_shows_a_bare_mark() -> None:
    summaries = [str(helper["summary"]) for group in groups() for helper in group.helpers]
    assert sum("<code>" in summary for summary in summaries) > 5
    assert [text for text in summaries if "``" in text] == []


def test_sections_are_headings_and_their_entries_lists() -> None:
    shown = described(
        "What it is\nin two lines::\n\n    a < b\n\nParameters\n----------\n"
        "one, two : columns,\n    on two lines.\n\nRaises\n------\nDataError\n    A ``x`` is bad.\n"
    )
    assert shown == (
        '<p>What it is in two lines:</p>\n<pre tabindex="0">a &lt; b</pre>\n<h3>Parameters</h3>\n'
        '<dl class="ls-provenance">\n<dt><code>one, two</code></dt>'
        "<dd>columns, on two lines.</dd>\n</dl>\n"
        '<h3>Raises</h3>\n<dl class="ls-provenance">\n<dt><code>DataError</code></dt>'
        "<dd>A <code>x</code> is bad.</dd>\n</dl>"
    )


def test_no_page_of_helpers_shows_a_bare_mark_or_an_empty_entry() -> None:
    texts = [str(helper["text"]) for group in groups() for helper in group.helpers]
    assert sum("<h3>Parameters</h3>" in text for text in texts) > 100
    assert [text for text in texts if "``" in text or "<dd></dd>" in text or "\n---" in text] == []
