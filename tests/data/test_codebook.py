"""A codebook is read whole or refused: each field has its wrong value, and its refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from survey_files import CODEBOOK, small_codebook, written_codebook

from helpers.data.codebook import Codebook, Item, Option, Scale
from helpers.data.codebook_file import read_codebook
from helpers.data.codebook_text import codebook_text
from helpers.errors import DataError

FILES = [
    ROOT / "data" / "survey" / "codebook.yml",
    *sorted((Path(__file__).parent / "codebooks").iterdir()),
]

AGE = "{name: age, label: Age in years, type: count, missing: [refused]}"
ASKED = "asked_if: {item: appealed, codes: [1]}"

# A field, the text that stands there, what stands there instead, and what must be said.
BROKEN = {
    "title missing": ("title: A small survey", "title:", "column 'title': got nothing; expected text"),
    "title empty": ("title: A small survey", "title: ''", "column 'title': got nothing; expected a value: every codebook needs it"),
    "languages empty": ("[en, kk]", "[]", "column 'languages': got []; expected a value: every codebook needs it"),
    "languages no list": ("[en, kk]", "en", "column 'languages': got 'en'; expected a list"),
    "languages: Norwegian as no": ("[en, kk]", "[en, no]", "column 'languages': got False; expected text; YAML reads a bare yes, no"),
    "languages without English": ("[en, kk]", "[kk]", "column 'languages': got ['kk']; expected English, en, among them"),
    "wording note no text": ("title:", "wording_note: [a]\ntitle:", "column 'wording_note': got ['a']; expected text"),
    "roles no mapping": ("{id: id, weight: weight, stratum: stratum, psu: psu}", "[id]", "column 'roles': got ['id']; expected names with values"),
    "roles empty": ("{id: id, weight: weight, stratum: stratum, psu: psu}", "{}", "column 'roles': got {}; expected a value: every codebook needs it"),
    "role unknown": ("psu: psu", "cluster: psu", "column 'roles': got 'cluster'; expected one of id, weight, stratum, psu"),
    "role no text": ("psu: psu", "psu: 4", "column 'roles: psu': got 4; expected text"),
    "two roles, one column": ("psu: psu", "psu: stratum", "column 'roles': got 'stratum'; expected one column for each role"),
    "missing kind unknown": ("dont-know: -1", "unsure: -1", "column 'missing': got 'unsure'; expected one of dont-know, refused, not-asked"),
    "missing kind not settled": ("dont-know: -1", "'? 8': 8, dont-know: -1", "column 'missing': got '? 8'; expected one of dont-know, refused, not-asked"),
    "missing code no code": ("dont-know: -1", "dont-know: none", "column 'missing: dont-know': got 'none'; expected a whole number, a letter such as .a, or null"),
    "missing code truth": ("dont-know: -1", "dont-know: no", "column 'missing: dont-know': got False; expected a whole number"),
    "missing no mapping": ("{dont-know: -1, refused: -2, not-asked: -3}", "", "column 'missing': got nothing; expected names with values"),
    "missing code twice": ("dont-know: -1", "dont-know: -2", "column 'items: trust_a': got -2; expected each code once, those of missing answers included"),
    "scales no mapping": (
        "scales:\n  trust: {label: Trust, least: 2}",
        "scales: [trust]",
        "column 'scales': got ['trust']; expected names with values",
    ),
    "scale no mapping": ("{label: Trust, least: 2}", "2", "column 'scales: trust': got 2; expected a label, and the least number"),
    "scale without label": ("{label: Trust, least: 2}", "{least: 2}", "column 'scales: trust': got nothing; expected text"),
    "scale field unknown": ("{label: Trust, least: 2}", "{label: T, least: 2, most: 3}", "column 'scales: trust': got 'most'; expected one of the fields label, least"),
    "least no number": ("least: 2", "least: two", "column 'scales: trust': got 'two'; expected a whole number"),
    "least zero": ("least: 2", "least: 0", "column 'scales: trust': got 0; expected least from 1 to 3, the number of its items"),
    "least too many": ("least: 2", "least: 4", "column 'scales: trust': got 4; expected least from 1 to 3, the number of its items"),
    "options no list": ("    - {code: 1, label: {en: Disagree, kk: Келіспеймін}}\n    - {code: 2, label: {en: Neither, kk: Білмеймін}}\n    - {code: 3, label: {en: Agree, kk: Келісемін}}\n", "    a: b\n", "column 'options: agree': got {'a': 'b'}; expected a list of options"),
    "field on top unknown": ("title:", "author: A\ntitle:", "column 'author': got 'A'; expected one of the fields items, languages"),
    "items no list": ("items:\n", "items: all\nother:\n", "column 'items': got 'all'; expected a list"),
    "item no mapping": ("items:\n", "items:\n  - age\n", "column 'items: number 1': got 'age'; expected fields such as name, label, type"),
    "item field unknown": (AGE, AGE.replace("}", ", kind: a}"), "column 'items: age': got 'kind'; expected one of the fields about, asked_if"),
    "name missing": ("name: region", "name: ''", "column 'items: ': got 'name'; expected a value: every item needs it"),
    "name a number": ("name: region", "name: 5", "column 'items: 5, name': got 5; expected text"),
    "name twice": ("name: region", "name: age", "column 'items: age': got 2; expected each name once"),
    "label missing": ("label: Region", "label: ''", "column 'items: region': got 'label'; expected a value: every item needs it"),
    "label no text": ("label: Region", "label: 5", "column 'items: region, label': got 5; expected text"),
    "type unknown": ("type: nominal", "type: nominl", "column 'items: region': got 'nominl'; expected one of the types ordinal, nominal"),
    "type missing": ("    type: nominal\n", "", "column 'items: region': got 'type'; expected a value: every item needs it"),
    "question no mapping": ("label: Region\n", "label: Region\n    question: Where?\n", "column 'items: region, question': got 'Where?'; expected names with values"),
    "question in another language": ("label: Region\n", "label: Region\n    question: {fr: Où}\n", "column 'items: region': got 'fr'; expected wording in one of en, kk"),
    "options unknown": ("options: agree, missing", "options: agre, missing", "column 'items: trust_a': got 'agre'; expected the name of a list under options"),
    "one option": (", {code: 2, label: {en: South}}", "", "column 'items: region': got [1]; expected at least two options"),
    "three options of a binary item": ("type: nominal\n    options: [", "type: binary\n    options: [{code: 0, label: {en: Z}}, ", "column 'items: region': got [0, 1, 2]; expected two options: the item is binary"),
    "options of a count": ("type: count,", "type: count, options: agree,", "column 'items: age': got [1, 2, 3]; expected no options: the item is a count"),
    "option no mapping": ("{code: 1, label: {en: North}}", "North", "column 'items: region': got 'North'; expected a code, and a label by language"),
    "option field unknown": ("{code: 1, label: {en: North}}", "{code: 1, label: {en: N}, old: 2}", "column 'items: region': got 'old'; expected one of the fields code, label"),
    "code no number": ("{code: 1, label: {en: North}}", "{code: one, label: {en: North}}", "column 'items: region': got 'one'; expected a whole number"),
    "code truth": ("{code: 1, label: {en: North}}", "{code: yes, label: {en: North}}", "column 'items: region': got True; expected a whole number"),
    "code twice": ("{code: 1, label: {en: North}}", "{code: 2, label: {en: North}}", "column 'items: region': got 2; expected each code once"),
    "label without English": ("{en: North}", "{kk: Солтүстік}", "column 'items: region': got {'kk': 'Солтүстік'}; expected a label in English, en"),
    "label No as no": ("{code: 1, label: {en: North}}", "{code: 1, label: {en: no}}", "column 'items: region': got False; expected text; YAML reads a bare yes, no"),
    "label in another language": ("{en: North}", "{en: North, fr: Nord}", "column 'items: region': got 'fr'; expected labels in one of en, kk"),
    "missing of an item no list": ("missing: [refused]}", "missing: refused}", "column 'items: age, missing': got 'refused'; expected a list"),
    "missing of an item unknown": ("missing: [refused]}", "missing: [refusal]}", "column 'items: age': got 'refusal'; expected a kind with its code under missing"),
    "asked_if no mapping": (ASKED, "asked_if: appealed", "column 'items: answered, asked_if': got 'appealed'; expected names with values"),
    "asked_if without codes": (ASKED, "asked_if: {item: appealed}", "expected asked_if: an item, and the list of its codes"),
    "asked_if of nothing": (ASKED, "asked_if: {}", "column 'items: answered': got nothing; expected asked_if: the name of an item"),
    "name left out": ("- name: region\n    label", "- label", "column 'items: None': got 'name'; expected a value: every item needs it"),
    "asked_if of no item": (ASKED, "asked_if: {item: appeal, codes: [1]}", "column 'items: answered': got 'appeal'; expected asked_if: the name of an item"),
    "asked_if of another code": (ASKED, "asked_if: {item: appealed, codes: [7]}", "column 'items: answered': got [7]; expected asked_if: some of the codes 0, 1 of appealed"),
    "asked_if of no code": (ASKED, "asked_if: {item: appealed, codes: []}", "column 'items: answered': got []; expected asked_if: some of the codes"),
    "asked_if of itself": (ASKED, "asked_if: {item: answered, codes: [1]}", "got 'answered ← answered'; expected asked_if: no item that waits for itself"),
    "scale of an item unknown": (AGE, AGE.replace("}", ", scale: trst}"), "column 'items: age': got 'trst'; expected the name of a scale under scales"),
    "scale of an item no text": (AGE, AGE.replace("}", ", scale: [trust]}"), "column 'items: age, scale': got ['trust']; expected text"),
    "reverse no truth": ("reverse: true", "reverse: perhaps", "column 'items: distrust, reverse': got 'perhaps'; expected true or false"),
    "reverse of a nominal item": ("label: Region\n", "label: Region\n    reverse: true\n", "column 'items: region': got 'reverse with type nominal'; expected reverse for ordinal"),
    "about no text": (AGE, AGE.replace("}", ", about: 7}"), "column 'items: age, about': got 7; expected text"),
    "about twice": (AGE, "{name: age, label: A, type: count, about: sex}\n  - {name: years, label: B, type: count, about: sex}", "column 'about': got 'sex'; expected one item for each word"),
    "source no text": (AGE, AGE.replace("}", ", source: [a]}"), "column 'items: age, source': got ['a']; expected text"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_field_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    old, new, told = BROKEN[name]
    assert old in CODEBOOK
    with pytest.raises(DataError) as refused:
        read_codebook(written_codebook(tmp_path, CODEBOOK.replace(old, new, 1)))
    assert told in str(refused.value)
    assert "codebook.yml" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_every_field_has_its_negative_control() -> None:
    fields = (
        set(Codebook.__slots__) | set(Item.__slots__) | set(Scale.__slots__) | set(Option.__slots__)
    )
    controlled = " ".join(f"{name} {old} {new}" for name, (old, new, _) in BROKEN.items())
    assert [field for field in sorted(fields) if field not in controlled] == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the codebook is empty or no mapping; got NoneType"),
        (b"- a\n", "the codebook is empty or no mapping; got list"),
        (b"a: [", "the codebook cannot be read; got codebook.yml"),
        ("title: опрос".encode("cp1251"), "the codebook cannot be read; got codebook.yml"),
    ],
)
def test_what_is_no_codebook_is_refused(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "codebook.yml"
    path.write_bytes(content)
    with pytest.raises(DataError) as refused:
        read_codebook(path)
    assert told in str(refused.value)


def test_a_codebook_that_is_not_there_is_named_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        read_codebook(tmp_path / "mine.yml")
    assert "there is no such codebook; got 'mine.yml'; expected a YAML file" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_problems_are_ten_shown_and_all_counted(tmp_path: Path) -> None:
    items = "".join(f"  - {{name: q{k}, label: Q, type: unknown}}\n" for k in range(7))
    with pytest.raises(DataError) as refused:
        read_codebook(written_codebook(tmp_path, CODEBOOK + items))
    assert str(refused.value).startswith("14 problems in the data:")
    assert str(refused.value).count("expected") == 10
    assert "… and 4 more" in str(refused.value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_codebooks_of_the_project_survive_being_written(path: Path, tmp_path: Path) -> None:
    codebook = read_codebook(path)
    again = written_codebook(tmp_path, codebook_text(codebook))
    assert read_codebook(again) == codebook
    assert len(codebook.items) >= 10


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    names = draw(
        st.lists(
            st.from_regex(r"[a-z][a-z_0-9]{0,6}", fullmatch=True),
            min_size=1,
            max_size=5,
            unique=True,
        )
    )
    codes = {"dont-know": -1, "refused": None, "not-asked": ".c"}
    items = []
    for name in names:
        kind = draw(st.sampled_from(["ordinal", "nominal", "binary", "count"]))
        size = {"count": 0, "binary": 2}.get(kind) or draw(st.integers(2, 4)) * (kind != "count")
        items.append(
            Item(
                name=name,
                label=draw(WORDS),
                type=kind,
                question=draw(st.dictionaries(st.sampled_from(["en", "kk"]), WORDS)),
                options=tuple(
                    Option(code=code, label={"en": draw(WORDS), "kk": draw(WORDS)})
                    for code in range(size)
                ),
                missing={
                    known: codes[known]
                    for known in draw(st.lists(st.sampled_from(sorted(codes)), unique=True))
                },
                asked_if=None,
                scale="all" if name == names[0] else None,
                reverse=kind == "ordinal" and draw(st.booleans()),
                about=name if draw(st.booleans()) else None,
                source=draw(st.none() | WORDS),
            )
        )
    return Codebook(
        title=draw(WORDS),
        languages=("en", "kk"),
        wording_note=draw(WORDS | st.just("")),
        roles={"id": draw(WORDS)},
        scales=(Scale(name="all", label=draw(WORDS), least=1),),
        items=tuple(items),
    )


@settings(max_examples=60)
@given(codebook=codebooks())
def test_any_codebook_reads_back_as_it_was_written(
    codebook: Codebook, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written_codebook(tmp_path_factory.mktemp("codebook"), codebook_text(codebook))
    assert read_codebook(path) == codebook


def test_items_are_found_by_name_scale_and_meaning(tmp_path: Path) -> None:
    codebook = small_codebook(tmp_path)
    assert codebook.item("region").codes == (1, 2)
    assert codebook.item("trust_a").labels("kk")[3] == "Келісемін"
    assert [item.name for item in codebook.scale("trust")] == ["trust_a", "trust_b", "distrust"]
    assert codebook.scale("none") == ()
    assert codebook.about("sex") is None
    assert read_codebook(FILES[0]).about("sex") is not None
    with pytest.raises(DataError, match="no such item; got 'regio'; expected for example region"):
        codebook.item("regio")
