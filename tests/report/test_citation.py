"""Citations: complete in every style, made by a style's engine, and read back by other programs."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace

import bibtexparser
import jsonschema
import pytest
import rispy
import yaml
from conftest import ROOT, Project

from helpers.book import citing
from helpers.cli import main
from helpers.data.instrument import SOURCE as INSTRUMENT_SOURCE
from helpers.data.survey import SIMULATED_SOURCE
from helpers.errors import PublicationError
from helpers.report import csl, reference_files
from helpers.report.citation import KINDS, OWN, Author, Book, Work, book, source_text

OF = Book(title="A Book: of polls", people=(Author("The authors"), Author("Person", "Some")), version="1.2.3",
          date="2026-11-24", url=None, doi=None)  # fmt: skip
TITLES = {
    "book": OF.title, "chapter": "Who asks & who answers", "data set": "Polls, as printed",
    "figure": "Trust in “six” bodies, autumn 2024", "table": "Who trusts 50% of what_is?",
    "number": "trust gap: 20.6 points (95% interval 15.4 to 25.8 points), n = 1,100",
}  # fmt: skip
IDS = {"figure": "fig-a-b", "table": "tbl-a-b", "number": "trust-gap", "data set": "data-set"}


def work(kind: str, of: Book = OF) -> Work:
    mark = "Simulated respondents" if kind == "table" else "Published figures"
    return Work(
        id=IDS.get(kind, kind), kind=kind, title=TITLES[kind], page=f"chapters/{kind[0]}.html",
        of=of, mark=mark, sources=("my-file.csv", SIMULATED_SOURCE),
    )  # fmt: skip


def letters(words: str) -> str:
    return "".join(character for character in words.lower() if character.isalnum())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("style", csl.STYLES)
def test_a_citation_says_everything_once(kind: str, style: str) -> None:
    cited = reference_files.cited(work(kind), style)
    for words in (TITLES[kind], "The authors", "Person", OF.title, "2026"):
        assert letters(words) in letters(cited)
    once = [OF.version, "2026-11-24", f"Evidence: {work(kind).mark}.", "Rests on: my-file.csv; "]
    for words in [*once, *([IDS[kind]] if kind in ("figure", "table", "number") else [])]:
        assert cited.count(words) == 1, words
    assert not re.search(r"[.,;:] ?[,;:]|\.\.| {2}|\?\.|None|http|[”’][.,]", cited), cited


def test_styles_are_those_of_their_handbooks() -> None:
    """Golden: APA 7, Chicago 18 and GOST R 7.0.5-2008 of the installed style files."""
    of = replace(OF, people=(Author("The authors"),))
    assert csl.text(work("figure", of), "apa").startswith(
        "The authors. (2026). Trust in “six” bodies, autumn 2024. In A Book: of polls"
        " (Figure fig-a-b; Version 1.2.3). Dated"
    )
    assert csl.text(work("chapter", of), "chicago").startswith(
        "The authors. 2026. “Who Asks & Who Answers.” In A Book: Of Polls, version 1.2.3. Dated"
    )
    assert csl.text(work("chapter", of), "gost").startswith(
        "The authors. Who asks & who answers // A Book: of polls. 2026. Version 1.2.3. Dated"
    )


def test_a_number_from_the_template_is_what_the_engine_prints() -> None:
    for of in (OF, replace(OF, url="https://example.org/book", doi="10.5072/x")):
        for style in csl.STYLES:
            assert csl.number_text(work("number", of), style) == csl.text(work("number", of), style)


def test_address_and_doi_stand_where_they_are_known() -> None:
    known = replace(OF, url="https://example.org/book/", doi="10.5072/x")
    for kind in KINDS:
        address = "https://example.org/book/" + (
            "" if kind == "book" else f"chapters/{kind[0]}.html"
        )
        for style in reference_files.STYLES:
            assert address in reference_files.cited(work(kind, known), style), (kind, style)
    assert "https://doi.org/10.5072/x" in csl.text(work("book", known), "apa")


def test_what_the_engine_loses_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csl, "_entry", lambda *_: "The authors. Some Person. 2026.")
    with pytest.raises(PublicationError, match=r"a citation is incomplete; got .* expected \['Pol"):
        csl.text(replace(work("data set"), id="other"), "apa")
    with pytest.raises(
        PublicationError, match="no such style; got 'appa'; expected for example apa"
    ):
        csl.text(work("book"), "appa")


@pytest.mark.parametrize("kind", KINDS)
def test_bibtex_is_read_back(kind: str) -> None:
    library = bibtexparser.parse_string(reference_files.bibtex(work(kind)))
    assert not library.failed_blocks
    [entry] = library.entries
    fields = {name: field.value for name, field in entry.fields_dict.items()}
    assert entry.key == work(kind).id
    plain = re.sub(r"\\(.)", r"\1", fields["title"])
    assert plain == f"{{{TITLES[kind]}}}"
    assert fields["author"] == "{The authors} and Person, Some"
    for words in ("1.2.3", "2026-11-24", "Evidence: "):
        assert words in fields["note"]
    assert not re.search(r"(?<!\\)[%&_#]", fields["note"] + fields["title"])
    broken = bibtexparser.parse_string(reference_files.bibtex(work(kind))[:-3])
    assert broken.failed_blocks, "a parser that takes anything proves nothing"


@pytest.mark.parametrize("kind", KINDS)
def test_ris_and_csl_json_are_read_back(kind: str) -> None:
    text = reference_files.ris(work(kind))
    assert text.startswith("TY  - ")
    [entry] = rispy.loads(text)
    assert entry["title"] == TITLES[kind]
    assert entry["authors"] == ["The authors", "Person, Some"]
    assert entry["date"] == "2026/11/24"
    assert "Evidence: " in entry["notes"][0]
    assert SIMULATED_SOURCE not in text
    assert source_text(SIMULATED_SOURCE, OF) in text
    [item] = json.loads(reference_files.csl_json(work(kind)))
    assert (item["title"], item["version"]) == (TITLES[kind], "1.2.3")
    assert item["issued"] == {"date-parts": [[2026, 11, 24]]}
    assert item["author"] == [{"literal": "The authors"}, {"family": "Person", "given": "Some"}]


def test_the_book_s_own_sources_have_their_words() -> None:
    assert {SIMULATED_SOURCE, INSTRUMENT_SOURCE} == set(OWN)


@pytest.mark.parametrize("name", ["book", "data-set", "trust-in-institutions"])
def test_one_is_printed_at_the_prompt(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for style in reference_files.STYLES:
        assert main(["cite", name, "--style", style]) == 0
        assert book().version in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["trust-in-institution"],
            "no such id; got 'trust-in-institution'; expected for example tr",
        ),
        (["book", "--style", "harvard"], "no such style; got 'harvard'; expected one of apa, chic"),
    ],
)
def test_a_wrong_question_is_told(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cite", *words]) == 2
    assert told in capsys.readouterr().err


def test_everything_frozen_can_be_cited() -> None:
    known = citing.works(citing.entries(site=False))
    frozen = json.loads((ROOT / "results.json").read_text(encoding="utf-8"))
    for kind in ("facts", "figures", "tables"):
        assert {entry["id"] for entry in frozen[kind] if "reason" not in entry} <= known.keys()
    gap = known["trust-gap-smallest"]
    assert gap.page == "chapters/trust-in-institutions.html#number-trust-gap-smallest"
    assert re.fullmatch(r"trust gap smallest: [\d.]+ points \(95% .+\), n = [\d,]+", gap.title)


def test_no_result_is_no_work() -> None:
    entry = {"id": "a-b", "evidence": "published", "sources": [], "chapter": "chapters/data",
             "text": "not available", "ci_text": None, "n": None}  # fmt: skip
    assert "a-b" in citing.works([entry])
    assert "a-b" not in citing.works([{**entry, "reason": "none"}])


DESCRIPTIONS = ("CITATION.cff", "codemeta.json", ".zenodo.json")


def described() -> list[dict]:
    """What the three files say of the project."""
    cff, *others = ((ROOT / name).read_text(encoding="utf-8") for name in DESCRIPTIONS)
    return [yaml.load(cff, yaml.BaseLoader), *map(json.loads, others)]


def named(author: dict) -> str:
    """An author of any of the descriptions, as ``Family, Given`` or one name."""
    keys = (("family-names", "given-names"), ("familyName", "givenName"))
    parts = next(([author[f], author[g]] for f, g in keys if f in author), [author.get("name", "")])
    return ", ".join(parts)


def disagreements(cited: dict, codemeta: dict, zenodo: dict) -> list[str]:
    """Fields in which the descriptions of the project differ."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    licences = cited["license"]
    repository = (config.get("repository") or {}).get("url")
    pairs = {
        "title": {cited["title"], codemeta["name"], zenodo["title"]},
        "version": {cited["version"], project["version"], codemeta["version"], zenodo["version"]},
        "date": {cited["date-released"], codemeta["datePublished"], zenodo["publication_date"]},
        "authors": {tuple(map(named, group)) for group in (
            cited["authors"], project["authors"], codemeta["author"], zenodo["creators"])},
        "licence": {tuple(licences), tuple(name.rpartition("/")[2] for name in codemeta["license"])},
        "main licence": {licences[0], project["license"]},
        "deposit licence": {licences[1].lower(), zenodo["license"]},
        "address": {cited.get("url"), codemeta.get("url")},
        "identifier": {cited.get("doi"), codemeta.get("identifier"), zenodo.get("doi")},
        "repository": {cited.get("repository-code"), codemeta.get("codeRepository"), repository},
    }  # fmt: skip
    return [name for name, values in pairs.items() if len(values) != 1]


def test_the_descriptions_of_the_project_agree() -> None:
    cited, codemeta, zenodo = described()
    assert disagreements(cited, codemeta, zenodo) == []
    assert disagreements(cited, {**codemeta, "version": "9"}, zenodo) == ["version"]
    assert disagreements(cited, codemeta, {**zenodo, "title": "Other", "creators": []}) == [
        "title", "authors",
    ]  # fmt: skip
    known = {"url": "https://a.example", "doi": "10.5072/a", "repository-code": "https://b.example"}
    assert disagreements({**cited, **known}, codemeta, zenodo) == [
        "address", "identifier", "repository",
    ]  # fmt: skip


def cff_faults(cited: dict) -> list[str]:
    """What the schema of the Citation File Format 1.2.0 (CC BY 4.0, its authors) says, and more.

    The schema takes an author without a name, and an ORCID iD with a wrong last digit.
    """
    schema = json.loads((ROOT / "tests/reference/cff-1.2.0.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    found = [error.json_path for error in validator.iter_errors(cited)]
    for place, author in enumerate(cited["authors"]):
        if not named(author):
            found.append(f"author {place} has no name")
        digits = author.get("orcid", "").rpartition("/")[2].replace("-", "")
        if digits and orcid_digit(digits[:-1]) != digits[-1]:
            found.append(f"author {place} has a wrong ORCID iD")
    return found


def orcid_digit(digits: str) -> str:
    """The last character of an ORCID iD from those before it (ISO 7064, MOD 11-2)."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)


def test_the_citation_file_is_valid() -> None:
    cited, *_ = described()
    assert cff_faults(cited) == []
    person = {"family-names": "Carberry", "given-names": "Josiah",
              "orcid": "https://orcid.org/0000-0002-1825-0097"}  # fmt: skip
    assert cff_faults({**cited, "authors": [person]}) == []
    wrong = {**person, "orcid": "https://orcid.org/0000-0002-1825-0098"}
    assert cff_faults({**cited, "authors": [{}, wrong]}) == [
        "author 0 has no name", "author 1 has a wrong ORCID iD",
    ]  # fmt: skip
    assert cff_faults({**cited, "doi": "none", "date-released": "soon"}) == [
        "$['date-released']", "$.doi",
    ]  # fmt: skip


def test_persons_and_groups_are_read_from_the_citation_file(data_copy: Project) -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    (data_copy.root / "CITATION.cff").write_text(text, encoding="utf-8")
    data_copy.edit(
        "CITATION.cff", "  - name: The Listening State book authors\n",
        "  - {family-names: Carberry, given-names: Josiah, orcid: https://orcid.org/0}\n"
        "  - {name: A group, website: https://group.example}\n",
    )  # fmt: skip
    assert book().people == (
        Author("Carberry", "Josiah", "https://orcid.org/0"),
        Author("A group", address="https://group.example"),
    )
    assert book().authors == ("Josiah Carberry", "A group")
