"""Values of R stand behind every group of methods, beside the script and the versions that made them."""

from __future__ import annotations

import json
from typing import Any

from samples import FOLDER, reference

GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "describe": {"describe": ("moments", "shares", "quantiles", "scales"),
                 "crosstab": ("tests", "cells", "tails")},
    "weights": {"weighting": ("raking", "post_stratified"),
                "replicates": ("jackknife", "bootstrap", "raked_jackknife", "raked_bootstrap")},
    "compare": {"ranks": ("two", "several", "trends"), "paired": ("mcnemar", "signed", "friedman"),
                "weighted_tests": ("differences", "ranked"), "distributions": ("cases", "printed")},
    "scales": {"reliability": ("dropped", "rest", "loadings"), "polychoric": ("pairs", "lavaan"),
               "factors": ("one", "oblimin", "eigenvalues"), "item_bias": ("cases",)},
    "models": {"ordinal": ("cases", "polr"), "regression": ("cases",), "mediation": ("cases",),
               "marginal_effects": ("logit", "probit", "binary")},
    "no effect": {"equivalence": ("welch", "ordinal", "proportions", "fisher"),
                  "bayes": ("t", "correlations", "tables"),
                  "detectable": ("means", "proportions", "correlation", "ordinal")},
    "pool": {"pooling": ("identity", "logit"), "funnel": ("funnels",), "pooled_tipping": ("cases",)},
    "panel": {"panel_models": ("effects", "wild", "ranks")},
    "bend": {"sensitivity": ("bounds", "stated", "pairs", "deffs"), "multiverse": ("estimate",)},
    "published": {"printed": ("wilson", "paired"), "between_polls": ("cases",)},
}  # fmt: skip
"""For each group the files of reference values, and the parts of a file that hold cases."""


def cases(groups: dict[str, dict[str, tuple[str, ...]]]) -> dict[str, int]:
    """How many cases each group has."""
    return {
        group: sum(len(reference(file)[part]) for file, parts in files.items() for part in parts)
        for group, files in groups.items()
    }


def unversioned(held: Any) -> bool:
    """Whether values do not say by which R they were made."""
    return not str(held.get("made_by", "")).startswith("R version ")


def test_every_group_has_cases_and_all_have_more_than_eighty() -> None:
    counted = cases(GROUPS)
    assert min(counted.values()) >= 8, counted
    assert sum(counted.values()) >= 80, counted
    assert cases({"weights": {"weighting": ("raking",)}}) == {"weights": 3}


def test_every_file_of_values_has_its_script_and_versions() -> None:
    scripts = {path.stem for path in FOLDER.glob("*.R")}
    assert {file for files in GROUPS.values() for file in files} <= scripts
    for name in scripts:
        assert not unversioned(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))
    assert unversioned({"made_by": "by hand"})
    assert unversioned({})
