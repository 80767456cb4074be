"""Works, words and the card of disclosure: each is complete, and none stands unused."""

from __future__ import annotations

import re

import pytest
import yaml
from conftest import ROOT
from pybtex.database import parse_file

from helpers.book.chapters import pages

TEXTS = {name: (ROOT / f"{name}.md").read_text(encoding="utf-8") for name in pages()}
METHODS = TEXTS["chapters/methods"]
WORKS = parse_file(str(ROOT / "references.bib"), "bibtex").entries


def cited(text: str) -> set[str]:
    """The keys that a page cites: ``{cite:p}`a,b```."""
    found = re.findall(r"\{cite:[a-z]+\}`([^`]+)`", text)
    return {key.strip() for keys in found for key in keys.split(",")}


def terms(text: str) -> set[str]:
    """The words that a page looks up, in lower case: ``{term}`word``` or ``{term}`as it reads <word>```."""
    return {
        (re.search(r"<([^>]+)>", found) or re.search(r"(.+)", found))[1].lower()  # type: ignore[index]
        for found in re.findall(r"\{term\}`([^`]+)`", text)
    }


def glossary(text: str) -> list[str]:
    """The words that are explained, in their order."""
    block = re.search(r":::\{glossary\}\n(.*?)\n:::", text, flags=re.DOTALL)
    assert block
    return re.findall(r"^(\S.*)$", block[1], flags=re.MULTILINE)


def card(text: str) -> list[list[str]]:
    """The rows of the card, without its head."""
    part = text.partition("(disclosure)=")[2].partition("\n\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return rows[2:]


def test_what_a_page_cites_and_looks_up_is_found() -> None:
    assert cited("x {cite:p}`a,b` {cite:t}`c`") == {"a", "b", "c"}
    assert terms("{term}`Deff` {term}`these <design effect>`") == {"deff", "design effect"}


def test_every_work_is_cited_and_every_citation_has_its_work() -> None:
    ledger = yaml.safe_load((ROOT / "data/hypotheses.yml").read_text(encoding="utf-8"))
    assert set.union(*map(cited, TEXTS.values())) == set(WORKS)
    assert {key for claim in ledger for key in claim["literature"]} <= set(WORKS)


@pytest.mark.parametrize("key", WORKS)
def test_a_work_says_who_when_and_where(key: str) -> None:
    fields = WORKS[key].fields
    assert WORKS[key].persons.get("author")
    assert fields["title"]
    assert "year" in fields or "url" in fields
    assert re.fullmatch(r"10\.\d{4,}/\S+", fields.get("doi", "10.1000/none"))


def test_words_are_explained_in_order_and_looked_up_where_they_are_used() -> None:
    explained = glossary(METHODS)
    assert explained == sorted(explained, key=str.lower)
    assert len(set(explained)) == len(explained)
    looked_up = set.union(*map(terms, TEXTS.values()))
    assert looked_up <= {word.lower() for word in explained}


def test_the_card_answers_eleven_items_for_three_surveys() -> None:
    """An empty cell would be silence; “not published” is an answer."""
    rows = card(METHODS)
    assert len(rows) == 11
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows)
    silent = card(METHODS.replace("| Not published | Not published |", "| Not published |  |", 1))
    assert not all(len(row) == 4 and all(cell.strip() for cell in row) for row in silent)
