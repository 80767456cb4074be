"""A codebook of anybody's hand: every field of the right form, and no field against another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from helpers.data.codebook import MISSING, ROLES, TYPES, Codebook, Item
from helpers.errors import Problem

STATA_MISSING = re.compile(r"\.[a-z]")

_TEXT, _NUMBER, _TRUTH = "text", "a whole number", "true or false"
_LIST, _MAPPING = "a list", "names with values"
_TOP = {"title": _TEXT, "wording_note": _TEXT, "languages": _LIST, "roles": _MAPPING,
        "missing": _MAPPING, "options": _MAPPING, "scales": _MAPPING, "items": _LIST}  # fmt: skip
_ITEM = {"name": _TEXT, "label": _TEXT, "type": _TEXT, "question": _MAPPING, "missing": _LIST,
         "asked_if": _MAPPING, "scale": _TEXT, "reverse": _TRUTH, "about": _TEXT, "source": _TEXT}  # fmt: skip
_MAY_BE_BLANK = {"asked_if", "scale", "about", "source"}

Where = tuple[str, str]
"""The file, and the place in it."""


def misformed(held: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Fields of another form than text, number, list or mapping as each of them is."""
    broken = [*_forms(held, _TOP, (file, ""))]
    yield from broken or _parts(held, file)


def misplaced(held: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Fields that are missing or unknown, and names that lead nowhere; all are well formed."""
    for field in ("title", "languages", "roles", "items"):
        if not held.get(field):
            yield _problem((file, field), held.get(field), "a value: every codebook needs it")
            return
    for extra in set(held) - set(_TOP):
        expected = f"one of the fields {', '.join(sorted(_TOP))}"
        yield _problem((file, extra), held[extra], expected)
    for field, known in (("roles", ROLES), ("missing", MISSING)):
        for extra in set(held.get(field, {})) - set(known):
            yield _problem((file, field), extra, f"one of {', '.join(known)}")
    names = [given.get("name") for given in held["items"]]
    for name in _repeated(names):
        yield _problem((file, f"items: {name}"), names.count(name), "each name once")
    for given in held["items"]:
        yield from _item_misplaced(given, held, (file, f"items: {given.get('name')}"))


def contradictions(codebook: Codebook, file: str) -> Iterator[Problem]:
    """Fields that cannot hold together, each of them well formed and in its place."""
    if "en" not in codebook.languages:
        yield _problem((file, "languages"), list(codebook.languages), "English, en, among them")
    for columns in _repeated(list(codebook.roles.values())):
        yield _problem((file, "roles"), columns, "one column for each role")
    for word in _repeated([item.about for item in codebook.items if item.about]):
        yield _problem((file, "about"), word, "one item for each word")
    for scale in codebook.scales:
        size = len(codebook.scale(scale.name))
        if not 1 <= scale.least <= size:
            yield _problem((file, f"scales: {scale.name}"), scale.least,
                           f"least from 1 to {size}, the number of its items")  # fmt: skip
    for item in codebook.items:
        yield from _of_labels(item, codebook, (file, f"items: {item.name}"))
        yield from _of_routing(item, codebook, (file, f"items: {item.name}"))


def _parts(held: Mapping[str, Any], file: str) -> Iterator[Problem]:
    for role, column in held.get("roles", {}).items():
        yield from _form(column, _TEXT, (file, f"roles: {role}"))
    for language in held.get("languages", []):
        yield from _form(language, _TEXT, (file, "languages"))
    for kind, code in held.get("missing", {}).items():
        if not _is_missing_code(code):
            expected = "a whole number, a letter such as .a, or null for blank cells"
            yield _problem((file, f"missing: {kind}"), code, expected)
    for name, given in held.get("scales", {}).items():
        yield from _of_scale(given, (file, f"scales: {name}"))
    for name, options in held.get("options", {}).items():
        yield from _of_options(options, (file, f"options: {name}"))
    for place, item in enumerate(held.get("items", []), start=1):
        yield from _of_item(item, file, place)


def _of_scale(given: object, at: Where) -> Iterator[Problem]:
    if not isinstance(given, dict):
        yield _problem(at, given, "a label, and the least number of answers for a score")
        return
    yield from _form(given.get("label"), _TEXT, at)
    yield from _form(given.get("least"), _NUMBER, at)
    for extra in set(given) - {"label", "least"}:
        yield _problem(at, extra, "one of the fields label, least")


def _of_item(item: object, file: str, place: int) -> Iterator[Problem]:
    if not isinstance(item, dict):
        yield _problem((file, f"items: number {place}"), item, "fields such as name, label, type")
        return
    at = (file, f"items: {item.get('name') or f'number {place}'}")
    broken = [*_forms(item, _ITEM, at)]
    yield from broken
    if not isinstance(item.get("options"), str):
        yield from _of_options(item.get("options", []), at)
    asked = item.get("asked_if")
    if broken or not asked:
        return
    if not isinstance(asked.get("item"), str) or not isinstance(asked.get("codes"), list):
        yield _problem(at, asked, "asked_if: an item, and the list of its codes")
    for language, text in item.get("question", {}).items():
        yield from _form(text, _TEXT, (file, f"{at[1]}, question {language}"))


def _of_options(options: object, at: Where) -> Iterator[Problem]:
    if not isinstance(options, list):
        yield _problem(at, options, "a list of options, or the name of one")
        return
    for option in options:
        if not isinstance(option, dict) or not isinstance(option.get("label"), dict):
            yield _problem(
                at, option, "a code, and a label by language: {code: 1, label: {en: Yes}}"
            )
            continue
        yield from _form(option.get("code"), _NUMBER, at)
        for text in option["label"].values():
            yield from _form(text, _TEXT, at)
        for extra in set(option) - {"code", "label"}:
            yield _problem(at, extra, "one of the fields code, label")


def _forms(given: Mapping[str, Any], forms: Mapping[str, str], at: Where) -> Iterator[Problem]:
    for field, form in forms.items():
        if field in given and not (given[field] is None and field in _MAY_BE_BLANK):
            where = f"{at[1]}, {field}" if at[1] else field
            yield from _form(given[field], form, (at[0], where))


def _form(value: object, form: str, at: Where) -> Iterator[Problem]:
    fits = {
        _TEXT: isinstance(value, str),
        _NUMBER: isinstance(value, int) and not isinstance(value, bool),
        _TRUTH: isinstance(value, bool),
        _LIST: isinstance(value, list),
        _MAPPING: isinstance(value, dict),
    }
    if not fits[form]:
        yield _problem(at, value, f"{form}; YAML reads a bare yes, no or number as such" if
                       form == _TEXT else form)  # fmt: skip


def _is_missing_code(code: object) -> bool:
    if isinstance(code, str):
        return STATA_MISSING.fullmatch(code) is not None
    return code is None or (isinstance(code, int) and not isinstance(code, bool))


def _item_misplaced(
    given: Mapping[str, Any], held: Mapping[str, Any], at: Where
) -> Iterator[Problem]:
    for extra in set(given) - {*_ITEM, "options"}:
        expected = f"one of the fields {', '.join(sorted({*_ITEM, 'options'}))}"
        yield _problem(at, extra, expected)
    for field in ("name", "label", "type"):
        if not given.get(field):
            yield _problem(at, field, "a value: every item needs it")
            return
    if given["type"] not in TYPES:
        yield _problem(at, given["type"], f"one of the types {', '.join(TYPES)}")
    options = given.get("options", [])
    if isinstance(options, str) and options not in held.get("options", {}):
        yield _problem(at, options, "the name of a list under options")
        return
    listed = held["options"][options] if isinstance(options, str) else options
    yield from _codes_misplaced(given, listed, held, at)
    for language in set(given.get("question", {})) - set(held["languages"]):
        yield _problem(at, language, f"wording in one of {', '.join(held['languages'])}")
    asked = given.get("asked_if")
    if asked is not None and asked.get("item") not in [
        other.get("name") for other in held["items"]
    ]:
        yield _problem(at, asked.get("item"), "asked_if: the name of an item")
    if given.get("scale") is not None and given["scale"] not in held.get("scales", {}):
        yield _problem(at, given["scale"], "the name of a scale under scales")


def _codes_misplaced(
    given: Mapping[str, Any],
    listed: Sequence[Mapping[str, Any]],
    held: Mapping[str, Any],
    at: Where,
) -> Iterator[Problem]:
    codes = [option["code"] for option in listed]
    for wrong, expected in (
        (given["type"] == "count" and codes, "no options: the item is a count"),
        (given["type"] != "count" and len(codes) < 2, "at least two options"),
        (given["type"] == "binary" and len(codes) > 2, "two options: the item is binary"),
    ):
        if wrong:
            yield _problem(at, codes, expected)
    known, kinds = held.get("missing", {}), given.get("missing", ())
    for kind in kinds:
        if kind not in known:
            yield _problem(at, kind, "a kind with its code under missing")
    for code in _repeated([*codes, *(known.get(kind) for kind in kinds)]):
        yield _problem(at, code, "each code once, those of missing answers included")
    for option in listed:
        if "en" not in option["label"]:
            yield _problem(at, option["label"], "a label in English, en")


def _of_labels(item: Item, codebook: Codebook, at: Where) -> Iterator[Problem]:
    languages = {language for option in item.options for language in option.label}
    for language in sorted(languages - set(codebook.languages)):
        yield _problem(at, language, f"labels in one of {', '.join(codebook.languages)}")
    if item.reverse and item.type not in ("ordinal", "binary"):
        yield _problem(at, f"reverse with type {item.type}", "reverse for ordinal and binary items")


def _of_routing(item: Item, codebook: Codebook, at: Where) -> Iterator[Problem]:
    if item.asked_if is None:
        return
    name, codes = item.asked_if
    known = codebook.item(name).codes
    if not codes or not set(codes) <= set(known):
        yield _problem(
            at, list(codes), f"asked_if: some of the codes {', '.join(map(str, known))} of {name}"
        )
    chain = [item.name]
    while (before := codebook.item(chain[-1]).asked_if) is not None:
        if before[0] in chain:
            yield _problem(
                at, " ← ".join([*chain, before[0]]), "asked_if: no item that waits for itself"
            )
            return
        chain.append(before[0])


def _repeated(words: list[Any]) -> list[Any]:
    return sorted({word for word in words if words.count(word) > 1}, key=str)


def _problem(at: Where, got: object, expected: str) -> Problem:
    return Problem(file=at[0], row=None, column=at[1], value=got, expected=expected)
