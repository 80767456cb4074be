"""The list of helpers shows code as code, and nothing of it as markup."""

from __future__ import annotations

from helpers.book.reference import groups, marked_up


def test_code_is_shown_as_code_and_the_rest_escaped() -> None:
    shown = marked_up("a ``label`` & <b>, `helpers.stats.pool.studies`, ``{fact}`name```")
    assert shown == (
        "a <code>label</code> &amp; &lt;b&gt;, <code>studies</code>, <code>{fact}`name`</code>"
    )


def test_no_summary_shows_a_bare_mark() -> None:
    summaries = [str(helper["summary"]) for group in groups() for helper in group.helpers]
    assert sum("<code>" in summary for summary in summaries) > 5
    assert [text for text in summaries if "``" in text] == []
