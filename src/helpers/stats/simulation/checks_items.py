"""What can be wrong in the part of a simulation model about scales, items, insincerity and silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers.data.codebook import Codebook, Item
from helpers.stats.simulation.report import Report

RECORDED = ("language", "sex", "age", "age_group", "education", "region", "settlement")
"""Items that the sample or the interviewer records; all others need a rule in the model."""

FACTS = ("sex", "age_group", "education", "settlement", "language")
"""Facts of the background that may have effects."""

KINDS = ("dont-know", "refused")


def _effects(report: Report, at: str, given: object, codebook: Codebook) -> None:
    for fact, added in report.mapping(at, given, keys=FACTS).items():
        codes = codebook.item(fact).codes
        for code, size in report.mapping(f"{at}: {fact}", added, keys=codes).items():
            report.number(f"{at}: {fact}: {code}", size, -5, 5)


def check_scales(report: Report, given: object, codebook: Codebook) -> list[str]:
    """Scales, correlations and paths that are known, causes first; gives the names in order."""
    fields = ("order", "correlations", "paths", "effects")
    held = report.mapping("scales", given, keys=fields, needed=fields)
    names = report.listed("scales: order", held.get("order", []))
    if sorted(map(str, names)) != sorted(scale.name for scale in codebook.scales):
        report.wrong("scales: order", names, "each scale of the codebook once, causes first")
    for pair in report.listed("scales: correlations", held.get("correlations", [])):
        three = report.listed("scales: correlations", pair, 3)
        if three and (three[0] not in names or three[1] not in names or three[0] == three[1]):
            report.wrong("scales: correlations", pair, "two different scales and a number")
        elif three:
            report.number(f"correlations: {three[0]}, {three[1]}", three[2], -0.99, 0.99)
    paths = report.mapping("scales: paths", held.get("paths", {}), keys=names)
    for effect, causes in paths.items():
        before = names[: names.index(effect)]
        for cause, size in report.mapping(f"paths: {effect}", causes, keys=before).items():
            report.number(f"paths: {effect}: {cause}", size, -0.99, 0.99)
    effects = report.mapping("scales: effects", held.get("effects", {}), keys=names)
    for name, added in effects.items():
        _effects(report, f"effects: {name}", added, codebook)
    return names


def check_items(report: Report, given: object, codebook: Codebook, scales: list[str]) -> None:
    """A sound rule for every item that is not recorded, and for no other."""
    asked = {item.name: item for item in codebook.items if item.name not in RECORDED}
    names = [item.name for item in codebook.items]
    for place, item in enumerate(codebook.items):
        if item.asked_if and item.asked_if[0] not in names[:place]:
            report.wrong(f"items: {item.name}", item.asked_if[0], "asked_if: an item before it")
    held = report.mapping("items", given, keys=asked, needed=asked)
    for name, rule in held.items():
        at = f"items: {name}"
        fields = report.mapping(
            at, rule, keys=("scale", "loading", "thresholds", "effects"), needed=("thresholds",)
        )
        item = asked[name]
        if item.type == "count":
            report.wrong(at, "count", "an item with options: no number but age is simulated")
        cuts = report.listed(at, fields.get("thresholds"), max(len(item.codes) - 1, 1))
        if all(report.number(at, cut, -10, 10) for cut in cuts) and cuts != sorted(set(cuts)):
            report.wrong(at, cuts, "thresholds that rise")
        _loading(report, at, fields, item, scales)
        _effects(report, f"{at}: effects", fields.get("effects", {}), codebook)


def _loading(
    report: Report, at: str, rule: Mapping[str, Any], item: Item, scales: list[str]
) -> None:
    if ("scale" in rule) != ("loading" in rule):
        report.wrong(at, rule.get("scale"), "a scale and a loading, or neither")
        return
    if "scale" not in rule:
        if item.scale is not None:
            report.wrong(at, None, f"the scale of the codebook, {item.scale}, and a loading")
        return
    if rule["scale"] not in scales:
        report.wrong(at, rule["scale"], f"one of {', '.join(map(str, scales))}")
    if item.scale is not None and item.scale != rule["scale"]:
        report.wrong(at, rule["scale"], f"the scale of the codebook, {item.scale}")
    fine = report.number(f"{at}: loading", rule["loading"], -0.99, 0.99)
    if fine and item.scale is not None and (rule["loading"] < 0) != item.reverse:
        report.wrong(
            f"{at}: loading", rule["loading"], "below 0 if, and only if, the item is reversed"
        )


def check_insincerity(report: Report, model: Mapping[str, Any], codebook: Codebook) -> None:
    """Who hides distrust at which items, behind which answers."""
    fields = ("share", "sensitivity", "hidden", "shown")
    held = report.mapping("insincerity", model["insincerity"], keys=fields, needed=fields)
    population = model["population"] if isinstance(model["population"], Mapping) else {}
    types = population.get("region_types")
    types = types if isinstance(types, Mapping) else {}
    share = report.mapping("insincerity: share", held.get("share"), keys=types, needed=types)
    report.numbers("insincerity: share", share, 0, 1)
    scored = [item.name for item in codebook.items if item.scale is not None]
    items = report.mapping("insincerity: sensitivity", held.get("sensitivity"), keys=scored)
    report.numbers("insincerity: sensitivity", items, 0, 1)
    hidden = report.listed("insincerity: hidden", held.get("hidden"))
    shown = report.mapping("insincerity: shown", held.get("shown"), keys=None)
    report.shares("insincerity: shown", shown.values())
    for item in map(codebook.item, items):
        strange = [code for code in [*hidden, *shown] if code not in item.codes]
        if strange or set(hidden) & set(shown):
            report.wrong(f"insincerity: {item.name}", [*hidden, *shown], "different answers of it")


def check_silence(report: Report, given: object, codebook: Codebook) -> None:
    """Rates of missing answers, none so high that nobody is left."""
    for kind, rates in report.mapping("nonresponse", given, keys=KINDS, needed=KINDS).items():
        fields = ("base", "education", "items")
        held = report.mapping(kind, rates, keys=(*fields, "more"), needed=fields)
        report.number(f"{kind}: base", held.get("base"), 0, 0.3)
        codes = codebook.item("education").codes
        education = report.mapping(f"{kind}: education", held.get("education"), keys=codes)
        report.numbers(f"{kind}: education", education, 0, 10)
        able = [item.name for item in codebook.items if kind in item.missing]
        items = report.mapping(f"{kind}: items", held.get("items"), keys=able)
        report.numbers(f"{kind}: items", items, 0, 100)
        if "more" in held:
            _more(report, f"{kind}: more", held["more"], codebook)


def _more(report: Report, at: str, given: object, codebook: Codebook) -> None:
    parts = ("scale", "answers", "times")
    more = report.mapping(at, given, keys=parts, needed=parts)
    report.number(f"{at}: times", more.get("times"), 0, 100)
    scale, answers = more.get("scale"), report.listed(f"{at}: answers", more.get("answers"))
    if scale not in [known.name for known in codebook.scales]:
        report.wrong(f"{at}: scale", scale, "a scale of the codebook")
        return
    for code in answers:
        if not all(code in item.codes for item in codebook.scale(scale)):
            report.wrong(f"{at}: answers", code, f"an answer to the items of {scale}")


def check_nulls(report: Report, model: Mapping[str, Any]) -> None:
    """Effects that are named nulls and are not 0; all else is known to be sound."""
    scales, items = model["scales"], model["items"]
    fields = ("name", "says", "effect_of", "effect_on")
    for given in report.listed("nulls", model["nulls"]):
        null = report.mapping("nulls", given, keys=(*fields, "except"), needed=fields)
        if len(null) < len(fields):
            continue
        at, cause = f"nulls: {null['name']}", null["effect_of"]
        report.text("nulls: name", null["name"])
        report.text(f"{at}: says", null["says"])
        if cause not in [*scales["order"], *FACTS, *items]:
            report.wrong(at, cause, "effect_of: a scale, a fact of the background, or an item")
            continue
        every = [*scales["order"], *items]
        spared = report.listed(at, null.get("except", []))
        on = every if null["effect_on"] == "all" else report.listed(at, null["effect_on"])
        for name in [*on, *spared]:
            if name not in every:
                report.wrong(at, name, "effect_on: scales and items of the model, or all")
            elif name not in spared and (size := _effect(cause, name, scales, items)):
                report.wrong(at, size, f"an effect of 0 of {cause} on {name}")


def _effect(
    cause: str, name: str, scales: Mapping[str, Any], items: Mapping[str, Any]
) -> float | Mapping[int, float]:
    """The direct effect of a scale or fact on a scale or item, 0 where there is none."""
    if name in items:
        rule = items[name]
        own: Mapping[int, float] = rule.get("effects", {}).get(cause, {})
        loading: float = rule["loading"] if rule.get("scale") == cause else 0.0
        return loading or (own if any(own.values()) else 0.0)
    path: float = scales["paths"].get(name, {}).get(cause, 0.0)
    added: Mapping[int, float] = scales["effects"].get(name, {}).get(cause, {})
    return path or (added if any(added.values()) else 0.0)
