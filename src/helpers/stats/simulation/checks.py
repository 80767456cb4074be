"""What can be wrong in the file of a simulation model: every such place, not only the first."""

from __future__ import annotations

from typing import Any

from helpers.data.codebook import Codebook
from helpers.errors import Problem
from helpers.stats.simulation.checks_items import (
    RECORDED,
    check_insincerity,
    check_items,
    check_nulls,
    check_scales,
    check_silence,
)
from helpers.stats.simulation.report import Report

SECTIONS = ("title", "default", "population", "design", "scales", "nulls", "items", "insincerity",
            "nonresponse")  # fmt: skip


def problems(held: object, codebook: Codebook, *, file: str) -> list[Problem]:
    """Every problem of a model's file, with the codebook that it has to fit."""
    report = Report(file)
    model = report.mapping("(all)", held, keys=SECTIONS, needed=SECTIONS)
    absent = [name for name in RECORDED if name not in {item.name for item in codebook.items}]
    for name in absent:
        report.wrong("items", None, f"the item {name!r} in the codebook: every sample records it")
    if len(model) < len(SECTIONS) or absent:
        return report.found
    report.text("title", model["title"])
    default = report.mapping("default", model["default"], keys=("n", "seed"), needed=("n", "seed"))
    report.whole("default: n", default.get("n"), 1)
    report.whole("default: seed", default.get("seed"), 0)
    _population(report, model["population"], codebook)
    _design(report, model["design"], codebook)
    names = check_scales(report, model["scales"], codebook)
    check_items(report, model["items"], codebook, names)
    check_insincerity(report, model, codebook)
    check_silence(report, model["nonresponse"], codebook)
    if not report.found:
        check_nulls(report, model)
    return report.found


def _population(report: Report, given: object, codebook: Codebook) -> None:
    fields = ("margins", "ages", "region_types", "kazakh", "education")
    held = report.mapping("population", given, keys=fields, needed=fields)
    if len(held) < len(fields):
        return
    _margins(report, held["margins"])
    ages = codebook.item("age_group").codes
    for code, limits in report.mapping("ages", held["ages"], keys=ages, needed=ages).items():
        both = report.listed(f"ages: {code}", limits, 2)
        if all(report.whole(f"ages: {code}", year, 0) for year in both) and both[:1] > both[1:]:
            report.wrong(f"ages: {code}", limits, "the first year, then the last")
    types = _region_types(report, held["region_types"], codebook)
    for name, pair in report.mapping("kazakh", held["kazakh"], keys=types, needed=types).items():
        for share in report.listed(f"kazakh: {name}", pair, 2):
            report.number(f"kazakh: {name}", share, 0, 1)
    _education(report, held["education"], codebook)


def _margins(report: Report, given: object) -> None:
    names, parts = ("region", "sex_age", "settlement"), ("margin", "reference_date", "covers")
    for name, margin in report.mapping("margins", given, keys=names, needed=names).items():
        at = f"margins: {name}"
        for part, text in report.mapping(at, margin, keys=parts, needed=parts).items():
            if not isinstance(text, str):
                report.wrong(f"{at}: {part}", text, "text, in quotes if it is a date")


def _region_types(report: Report, given: object, codebook: Codebook) -> list[Any]:
    types = report.mapping("region_types", given, keys=None)
    regions = [
        code for name in types for code in report.listed(f"region_types: {name}", types[name])
    ]
    if sorted(map(str, regions)) != sorted(map(str, codebook.item("region").codes)):
        report.wrong("region_types", regions, "each region of the codebook once")
    if "city" not in types:
        report.wrong("region_types", list(types), "a type 'city', of regions without villages")
    return list(types)


def _education(report: Report, given: object, codebook: Codebook) -> None:
    places, ages = codebook.item("settlement").codes, codebook.item("age_group").codes
    levels = len(codebook.item("education").codes)
    for place, by_age in report.mapping("education", given, keys=places, needed=places).items():
        at = f"education: {place}"
        for age, shares in report.mapping(at, by_age, keys=ages, needed=ages).items():
            report.shares(f"{at}: {age}", report.listed(f"{at}: {age}", shares, levels))


def _design(report: Report, given: object, codebook: Codebook) -> None:
    fields = ("allocation_power", "respondents_per_cluster", "icc", "reach")
    held = report.mapping("design", given, keys=fields, needed=fields)
    report.number("allocation_power", held.get("allocation_power"), 0, 1)
    report.whole("respondents_per_cluster", held.get("respondents_per_cluster"), 1)
    report.number("icc", held.get("icc"), 0, 0.99)
    for fact, chances in report.mapping(
        "reach", held.get("reach"), keys=("sex", "age_group")
    ).items():
        codes = codebook.item(fact).codes
        for code, chance in report.mapping(f"reach: {fact}", chances, keys=codes).items():
            report.number(f"reach: {fact}: {code}", chance, 0.01, 100)
