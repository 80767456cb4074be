"""The codebook as DDI: the order that the schema demands, and nothing of the codebook lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import ROOT
from hypothesis import given, settings
from test_codebook import codebooks

from helpers.data.codebook import Codebook, Item, Option, Scale
from helpers.data.codebook_file import read_codebook
from helpers.data.ddi import LANG, NAMESPACE, asked_of, ddi_codebook
from helpers.errors import DataError

OWN = ROOT / "data" / "survey" / "codebook.yml"
FILES = [OWN, *sorted((Path(__file__).parent / "codebooks").iterdir())]

# The schema itself is no part of this test: no package that the project could install ships it.
# What may stand in an element, in this order, and what must: written down from the content models
# of DDI-Codebook 2.5 for the elements that are used here; "!" must stand once, "+" once or more,
# "?" at most once, "*" any number of times.
ORDER = {
    "codeBook": "docDscr* stdyDscr+ fileDscr* dataDscr* otherMat*",
    "docDscr": "citation? guide? docStatus? docSrc* controlledVocabUsed* notes*",
    "stdyDscr": "citation+ studyAuthorization* stdyInfo* studyDevelopment* method* dataAccs* othrStdyMat* notes*",
    "citation": "titlStmt! rspStmt? prodStmt? distStmt? serStmt* verStmt* biblCit? holdings* notes*",
    "titlStmt": "titl! subTitl* altTitl* parTitl* IDNo*",
    "dataDscr": "varGrp* nCubeGrp* var* nCube* notes*",
    "varGrp": "labl* txt* concept* defntn? universe? notes*",
    "var": "location* labl* imputation? security? embargo? respUnit? anlysUnit? qstn* valrng* invalrng* undocCod* "
    "universe* TotlResp? sumStat* txt* stdCatgry* catgryGrp* catgry* codInstr* verStmt* concept* derivation? "
    "varFormat? geoMap* catLevel* notes*",
    "qstn": "qstnLit*",
    "valrng": "range+ key? notes*",
    "catgry": "catValu? labl* txt* catStat* mrow?",
    **dict.fromkeys(("titl", "labl", "qstnLit", "range", "universe", "catValu", "concept", "varFormat", "notes"), ""),
}  # fmt: skip
ATTRIBUTES = {
    "codeBook": {"version"},
    "varGrp": {"ID", "type", "name", "var"},
    "var": {"ID", "name", "nature"},
    "qstn": {"responseDomainType"},
    "range": {"UNITS", "min"},
    "catgry": {"missing", "missType"},
    "varFormat": {"type"},
    "notes": {"type", "subject"},
}
WORDS = {
    ("codeBook", "version"): "2.5",
    ("varGrp", "type"): "analysis|subject|other",
    ("var", "nature"): "nominal|ordinal|interval|ratio|percent|other",
    ("qstn", "responseDomainType"): "text|numeric|code|category|datetime|geographic|multiple|other",
    ("range", "UNITS"): "INT|REAL",
    ("catgry", "missing"): "Y|N",
    ("varFormat", "type"): "character|numeric",
}


def parsed(body: bytes | str) -> ET.Element:
    root = ET.fromstring(body)
    for element in root.iter():
        space, _, element.tag = element.tag.rpartition("}")
        assert space == "{" + NAMESPACE
    return root


def faults(root: ET.Element) -> Iterator[str]:
    """What of a document the schema refuses, as far as the lists above say."""
    for element in root.iter():
        tag = element.tag
        if tag not in ORDER:
            yield f"{tag}: unknown"
            continue
        written = "".join(f"{child.tag} " for child in element)
        model = "".join(
            f"({name[:-1]} ){name[-1].replace('!', '{1}')}" for name in ORDER[tag].split()
        )
        if not re.fullmatch(model, written):
            yield f"{tag}: {written}"
        for name, value in element.attrib.items():
            if name != LANG and name not in ATTRIBUTES.get(tag, set()):
                yield f"{tag}: attribute {name}"
            if not re.fullmatch(WORDS.get((tag, name), ".*"), value, flags=re.DOTALL):
                yield f"{tag}: {name} is {value}"
    for variable in root.iter("var"):
        if "name" not in variable.attrib:
            yield "var: no name"
    ids = [element.attrib["ID"] for element in root.iter() if "ID" in element.attrib]
    yield from (f"ID {name}: twice" for name in set(ids) if ids.count(name) > 1)
    yield from (
        f"ID {name}: no name" for name in ids if not re.fullmatch(r"[A-Za-z_][\w.-]*", name)
    )
    for group in root.iter("varGrp"):
        yield from (f"no {name}" for name in group.get("var", "").split() if name not in ids)


def read_back(root: ET.Element) -> Codebook:
    """The codebook that a DDI document holds; written apart from what writes it."""
    study, data = root.find("stdyDscr"), root.find("dataDscr")
    document = root.find("docDscr")
    assert study is not None
    assert data is not None
    assert document is not None
    return Codebook(
        title=study.findtext("citation/titlStmt/titl", ""),
        languages=tuple(notes(document, "languages")[0].split()),
        wording_note="".join(notes(study, "wording")),
        roles={note.attrib["subject"]: note.text or "" for note in data.findall("notes")},
        scales=tuple(
            Scale(
                name=group.attrib["name"],
                label=group.findtext("labl", ""),
                least=int(notes(group, "least-answers")[0]),
            )
            for group in data.findall("varGrp")
        ),
        items=tuple(item(variable, data) for variable in data.findall("var")),
    )


def item(variable: ET.Element, data: ET.Element) -> Item:
    named = variable.attrib["ID"]
    groups = [group for group in data.findall("varGrp") if named in group.get("var", "").split()]
    routing = variable.find("notes[@type='asked-if']")
    codes = [
        category for category in variable.findall("catgry") if category.get("missing", "N") == "N"
    ]
    scales = [group.attrib["name"] for group in groups]
    assert scales == notes(variable, "scale")
    return Item(
        name=variable.attrib["name"],
        label=variable.findtext("labl", ""),
        type=notes(variable, "item-type")[0],
        question={text.attrib[LANG]: text.text or "" for text in variable.findall("qstn/qstnLit")},
        options=tuple(
            Option(code=int(category.findtext("catValu", "")), label=labels(category))
            for category in codes
        ),
        missing={
            category.attrib["missType"]: missing_code(category.findtext("catValu"))
            for category in variable.findall("catgry")
            if category not in codes
        },
        asked_if=None
        if routing is None
        else (routing.attrib["subject"], tuple(map(int, (routing.text or "").split()))),
        scale=scales[0] if scales else None,
        reverse=bool(notes(variable, "coding")),
        about=variable.findtext("concept"),
        source=next(iter(notes(variable, "construct-source")), None),
    )  # fmt: skip


def notes(element: ET.Element, kind: str) -> list[str]:
    return [note.text or "" for note in element.findall(f"notes[@type='{kind}']")]


def labels(category: ET.Element) -> dict[str, str]:
    return {label.attrib[LANG]: label.text or "" for label in category.findall("labl")}


def missing_code(text: str | None) -> object:
    return text if text is None or text.startswith(".") else int(text)


@pytest.fixture(scope="module")
def own() -> Codebook:
    return read_codebook(OWN)


@pytest.fixture(scope="module")
def text(own: Codebook) -> str:
    return ddi_codebook(own).decode()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_codebook_keeps_the_order_of_the_schema_and_all_it_holds(path: Path) -> None:
    codebook = read_codebook(path)
    root = parsed(ddi_codebook(codebook))
    assert list(faults(root)) == []
    assert read_back(root) == codebook


@given(codebooks())
@settings(max_examples=80)
def test_any_codebook_survives(codebook: Codebook) -> None:
    body = ddi_codebook(codebook)
    root = parsed(body)
    assert list(faults(root)) == []
    assert read_back(root) == codebook
    assert ddi_codebook(codebook) == body


def test_the_wording_stands_in_the_file_letter_by_letter(own: Codebook, text: str) -> None:
    assert text.startswith("<?xml version='1.0' encoding='utf-8'?>\n<codeBook ")
    assert f'xmlns="{NAMESPACE}" version="2.5"' in text
    assert "Мемлекеттік органдар халыққа уақытында жауап береді." in text
    for one in own.items:
        for language, wording in one.question.items():
            assert f'<qstnLit xml:lang="{language}">{wording}</qstnLit>' in text
    assert own.wording_note in text
    assert text.count("<var ") == len(own.items)
    assert text.count("<varGrp ") == len(own.scales)
    assert text.count('<catgry missing="Y"') == sum(len(one.missing) for one in own.items)


def test_a_routed_item_says_who_is_asked(own: Codebook, text: str) -> None:
    words = "Respondents whose answer to “Made an appeal in the past 12 months” is 1 (Yes)"
    assert asked_of(own.item("appeal_answered"), own) == words
    assert f'<universe xml:lang="en">{words}</universe>' in text
    assert asked_of(own.item("age"), own) == "All respondents"


CHANGES = {
    "title gone": (r"<titl xml.*?</titl>", "", "titlStmt: "),
    "name gone": (' name="channel_open_data"', "", "var: no name"),
    "group of nobody": ('var="V1 ', 'var="V99 ', "no V99"),
    "id twice": ('ID="V2"', 'ID="V1"', "ID V1: twice"),
    "id no name": ('ID="V41"', 'ID="41"', "ID 41: no name"),
    "question after answers": (r"(<qstn .*?</qstn>)(\s*<universe.*?</universe>)", r"\2\1", "var: labl universe qstn"),
    "label before code": (r"(<catValu>1</catValu>)(\s*<labl .*?</labl>)", r"\2\1", "catgry: labl catValu"),
    "variable before group": (r"(<varGrp ID=\"G8.*?</varGrp>)(\s*<var .*?</var>)", r"\2\1", "dataDscr: varGrp varGrp"),
    "missing in words": ('missing="Y"', 'missing="yes"', "catgry: missing is yes"),
    "nature unknown": ('nature="ordinal"', 'nature="ordered"', "var: nature is ordered"),
    "another version": ('version="2.5"', 'version="2.6"', "codeBook: version is 2.6"),
    "element unknown": ("<concept>channel-open-data</concept>", "<about/>", "about: unknown"),
    "attribute unknown": ("<qstn ", '<qstn wording="draft" ', "qstn: attribute wording"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_the_schema_refuses_is_found(name: str, text: str) -> None:
    old, new, fault = CHANGES[name]
    broken = re.sub(old, new, text, count=1, flags=re.DOTALL)
    assert broken != text
    assert any(found.startswith(fault) for found in faults(parsed(broken))), list(
        faults(parsed(broken))
    )


LOST = {
    "code": ("<catValu>3</catValu>", "<catValu>4</catValu>"),
    "label": ("Естімедім", "Естідім"),
    "language": ('xml:lang="kk"', 'xml:lang="ru"'),
    "missing kind": ('missType="refused"', 'missType="dont-know"'),
    "missing code": ("<catValu>-2</catValu>", "<catValu>-3</catValu>"),
    "routing": ('type="asked-if" subject="appealed">1<', 'type="asked-if" subject="appealed">0<'),
    "coding": ('<notes type="coding">', '<notes type="other">'),
    "column of a role": ('subject="weight">weight<', 'subject="weight">w<'),
    "least": ('"least-answers">5<', '"least-answers">6<'),
}


@pytest.mark.parametrize("name", LOST)
def test_reading_back_sees_what_is_changed(name: str, own: Codebook, text: str) -> None:
    old, new = LOST[name]
    broken = text.replace(old, new, 1)
    assert broken != text
    assert read_back(parsed(broken)) != own


@pytest.mark.parametrize("sign", ["\x07", "\r", "\ufffe", "\ud800"])
def test_a_character_that_xml_cannot_hold_is_refused(own: Codebook, sign: str) -> None:
    bad = replace(own.items[0], label=f"Open{sign}data", question={"en": f"Wha{sign}t?"})
    with pytest.raises(DataError) as refused:
        ddi_codebook(replace(own, items=(bad, *own.items[1:])))
    message = str(refused.value)
    assert "2 problems in the data" in message
    assert "column 'items: channel_open_data': got" in message
    assert "column 'items: channel_open_data, question': got" in message
    assert "expected characters that XML can hold" in message


def test_markup_in_wording_stays_text(own: Codebook) -> None:
    odd = replace(own.items[0], name='a"<b>&', label="</labl> & <x>", question={"en": "]]>\n\t'\""})
    changed = replace(own, items=(odd, *own.items[1:]))
    assert read_back(parsed(ddi_codebook(changed))) == changed


@pytest.mark.parametrize("language", ["қаз", "kaz latin", ""])
def test_a_language_that_is_no_tag_is_refused(own: Codebook, language: str) -> None:
    with pytest.raises(DataError, match="expected a language tag such as en, kk or uz-Cyrl"):
        ddi_codebook(replace(own, languages=("en", language)))
    bad = replace(own.items[0], question={language: "?"})
    with pytest.raises(DataError, match="1 problem in the data"):
        ddi_codebook(replace(own, items=(bad, *own.items[1:])))
