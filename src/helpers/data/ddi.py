"""A codebook as DDI-Codebook 2.5: the XML by which archives keep and exchange instruments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from helpers.data.codebook import Codebook, Item, Scale, Wording
from helpers.errors import Problem, refuse

NAMESPACE = "ddi:codebook:2_5"
VERSION = "2.5"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
"""The name of ``xml:lang`` as ElementTree knows it."""

MISSING_LABELS = {"dont-know": "Don't know", "refused": "Refused", "not-asked": "Not asked"}
"""English labels of the kinds of missing answer; respondents are read none of them."""

HINT = "Mend the codebook: XML 1.0 cannot hold every character, and languages are tags such as kk."

_NATURE = {"ordinal": "ordinal", "nominal": "nominal", "binary": "nominal", "count": "ratio"}
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = re.compile("[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")


def ddi_codebook(codebook: Codebook) -> bytes:
    """The codebook as DDI-Codebook 2.5 in UTF-8; the same codebook gives the same bytes.

    One ``var`` an item in order, one ``varGrp`` a scale. Ids of elements (``V1``, ``G1``) count
    places, since names of columns need not be names in XML; ``name`` holds the column. What the
    standard has no element for stands in ``notes`` under a ``type``: languages, the columns of the
    roles, the least number of answers for a score, and of an item its type, routing, scale, coding
    and the key of the work that its construct comes from.

    Raises
    ------
    DataError
        A text holds a character that XML cannot, or a language is no language tag: all such are
        counted and ten are shown.

    Notes
    -----
    DDI Alliance (2012), DDI-Codebook 2.5, ``codebook.xsd`` of 17 January 2012.
    """
    refuse(_problems(codebook), hint=HINT)
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": VERSION, LANG: "en"})
    _describe_document(root, codebook)
    _describe_study(root, codebook)
    _describe_data(root, codebook)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _describe_document(root: ET.Element, codebook: Codebook) -> None:
    document = ET.SubElement(root, "docDscr")
    _title(document, f"Codebook of: {codebook.title}")
    _note(document, "languages", " ".join(codebook.languages))


def _describe_study(root: ET.Element, codebook: Codebook) -> None:
    study = ET.SubElement(root, "stdyDscr")
    _title(study, codebook.title)
    if codebook.wording_note:
        _note(study, "wording", codebook.wording_note)


def _describe_data(root: ET.Element, codebook: Codebook) -> None:
    data = ET.SubElement(root, "dataDscr")
    ids = {item.name: f"V{place}" for place, item in enumerate(codebook.items, start=1)}
    for place, scale in enumerate(codebook.scales, start=1):
        members = [ids[item.name] for item in codebook.scale(scale.name)]
        _group(data, f"G{place}", scale, members)
    for item in codebook.items:
        _variable(data, ids[item.name], item, codebook)
    for role, column in codebook.roles.items():
        _note(data, "role", column, subject=role)


def _group(data: ET.Element, name: str, scale: Scale, members: list[str]) -> None:
    group = ET.SubElement(data, "varGrp", {"ID": name, "type": "analysis", "name": scale.name})
    if members:
        group.set("var", " ".join(members))
    _text(group, "labl", scale.label, language="en")
    _note(group, "least-answers", str(scale.least))


def _variable(data: ET.Element, name: str, item: Item, codebook: Codebook) -> None:
    """One ``var``; the schema fixes the order of what stands in it."""
    variable = ET.SubElement(
        data, "var", {"ID": name, "name": item.name, "nature": _NATURE[item.type]}
    )
    _text(variable, "labl", item.label, language="en")
    _question(variable, item)
    if not item.options:
        ET.SubElement(ET.SubElement(variable, "valrng"), "range", {"UNITS": "REAL", "min": "0"})
    _text(variable, "universe", asked_of(item, codebook), language="en")
    _categories(variable, item)
    if item.about is not None:
        _text(variable, "concept", item.about)
    ET.SubElement(variable, "varFormat", {"type": "numeric"})
    _note(variable, "item-type", item.type)
    if item.asked_if is not None:
        filter_item, codes = item.asked_if
        _note(variable, "asked-if", " ".join(map(str, codes)), subject=filter_item)
    if item.scale is not None:
        _note(variable, "scale", item.scale)
    if item.reverse:
        _note(variable, "coding", "reversed: a high code means little of what the scale measures")
    if item.source is not None:
        _note(variable, "construct-source", item.source)


def _question(variable: ET.Element, item: Item) -> None:
    if not item.question:
        return
    kind = "category" if item.options else "numeric"
    question = ET.SubElement(variable, "qstn", {"responseDomainType": kind})
    _in_languages(question, "qstnLit", item.question)


def _categories(variable: ET.Element, item: Item) -> None:
    for option in item.options:
        category = ET.SubElement(variable, "catgry")
        _text(category, "catValu", str(option.code))
        _in_languages(category, "labl", option.label)
    for kind, code in item.missing.items():
        category = ET.SubElement(variable, "catgry", {"missing": "Y", "missType": kind})
        # Blank cells have no code.
        if code is not None:
            _text(category, "catValu", str(code))
        _text(category, "labl", MISSING_LABELS[kind], language="en")


def asked_of(item: Item, codebook: Codebook) -> str:
    """Who is asked the item, in words: everybody, or those who gave certain answers before."""
    if item.asked_if is None:
        return "All respondents"
    name, codes = item.asked_if
    before = codebook.item(name)
    known = before.labels()
    answers = " or ".join(f"{code} ({known[code]})" for code in codes)
    return f"Respondents whose answer to “{before.label}” is {answers}"


def _title(parent: ET.Element, title: str) -> None:
    statement = ET.SubElement(ET.SubElement(parent, "citation"), "titlStmt")
    _text(statement, "titl", title, language="en")


def _in_languages(parent: ET.Element, tag: str, wording: Wording) -> None:
    for language, text in wording.items():
        _text(parent, tag, text, language=language)


def _note(parent: ET.Element, kind: str, text: str, *, subject: str | None = None) -> None:
    note = ET.SubElement(parent, "notes", {"type": kind})
    if subject is not None:
        note.set("subject", subject)
    note.text = text


def _text(parent: ET.Element, tag: str, text: str, *, language: str | None = None) -> None:
    element = ET.SubElement(parent, tag, {} if language is None else {LANG: language})
    element.text = text


def _problems(codebook: Codebook) -> Iterator[Problem]:
    for where, text in _texts(codebook):
        found = _NOT_XML.search(text)
        if found:
            yield _problem(where, found[0], "characters that XML can hold")
    used = {language for _, wording in _wordings(codebook) for language in wording}
    for language in sorted({*codebook.languages, *used}):
        if not _LANGUAGE.fullmatch(language):
            yield _problem("languages", language, "a language tag such as en, kk or uz-Cyrl")


def _texts(codebook: Codebook) -> Iterator[tuple[str, str]]:
    """Every text of the codebook with its place."""
    yield from (("title", codebook.title), ("wording_note", codebook.wording_note))
    for role, column in codebook.roles.items():
        yield f"roles: {role}", column
    for scale in codebook.scales:
        yield from ((f"scales: {scale.name}", text) for text in (scale.name, scale.label))
    for item in codebook.items:
        written = (item.name, item.label, item.about, item.source)
        yield from ((f"items: {item.name}", text) for text in written if text is not None)
    for where, wording in _wordings(codebook):
        yield from ((where, text) for text in wording.values())


def _wordings(codebook: Codebook) -> Iterator[tuple[str, Mapping[str, str]]]:
    for item in codebook.items:
        yield f"items: {item.name}, question", item.question
        for option in item.options:
            yield f"items: {item.name}, option {option.code}", option.label


def _problem(where: str, got: str, expected: str) -> Problem:
    return Problem(file="codebook", row=None, column=where, value=got, expected=expected)
