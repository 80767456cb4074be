"""A codebook as YAML, which reads back as the same codebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from helpers.data.codebook import Codebook, Item


class InOneLine(dict[str, Any]):
    """A mapping that YAML writes in one line."""


class _Dumper(yaml.SafeDumper):
    """Plain values only, and mappings in one line where they ask for it."""


_Dumper.add_representer(
    InOneLine,
    lambda dumper, value: dumper.represent_mapping(
        "tag:yaml.org,2002:map", value.items(), flow_style=True
    ),
)


def codebook_text(codebook: Codebook) -> str:
    """The codebook as the YAML that `helpers.data.codebook_file.read_codebook` reads.

    Every item lists its own options; kinds of missing answer that no item has are left out.
    """
    missing: dict[str, Any] = {}
    for item in codebook.items:
        missing |= item.missing
    top = {
        "title": codebook.title,
        "languages": list(codebook.languages),
        "wording_note": codebook.wording_note,
        "roles": dict(codebook.roles),
        "missing": missing,
        "scales": {
            scale.name: {"label": scale.label, "least": scale.least} for scale in codebook.scales
        },
    }
    return (
        yaml_text(top)
        + "items:\n"
        + "".join(item_text(item_fields(item)) for item in codebook.items)
    )


def item_fields(item: Item) -> dict[str, Any]:
    """The fields of one item as the file has them; those that say nothing are left out."""
    asked = item.asked_if
    fields = {
        "name": item.name,
        "label": item.label,
        "type": item.type,
        "question": dict(item.question),
        "options": [option_fields(option.code, option.label) for option in item.options],
        "missing": list(item.missing),
        "asked_if": asked and {"item": asked[0], "codes": list(asked[1])},
        "scale": item.scale,
        "reverse": item.reverse,
        "about": item.about,
        "source": item.source,
    }
    return {name: value for name, value in fields.items() if value not in (None, False, [], {})}


def option_fields(code: int, label: Mapping[str, str]) -> dict[str, Any]:
    """The fields of one option; YAML keeps them in one line."""
    return InOneLine(code=code, label=dict(label))


def item_text(fields: Mapping[str, Any]) -> str:
    """One entry of the list of items."""
    lines = yaml_text([dict(fields)]).splitlines()
    return "".join(f"  {line}\n" for line in lines)


def yaml_text(value: object) -> str:
    """A value as block YAML in UTF-8, keys in the order given."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000))
