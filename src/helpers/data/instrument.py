"""The instrument of this project as tables: its items, its answers, and what hypotheses need of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers import paths
from helpers.data.codebook import Codebook, Item, Option
from helpers.data.codebook_file import read_codebook
from helpers.data.ddi import MISSING_LABELS, asked_of
from helpers.data.works import short_names
from helpers.evidence import Evidence, marked

SOURCE = "instrument"
"""Key of the instrument among the sources of figures and tables."""

MOST_SHOWN = 6
"""A longer list of answers is shown by its first and last."""

APPEAL, BACKGROUND = "appeal", "background"
WITHOUT_SCALE = {APPEAL: "An appeal of one's own", BACKGROUND: "Who the respondent is"}
"""Constructs of the items that belong to no scale, with their labels."""

WHOLE, PART = "whole", "in part"

NEEDS: Mapping[str, Mapping[str, str]] = {
    "H1": {"channels": WHOLE, "answering": WHOLE, "heeding": WHOLE},
    "H2": {"transparency": WHOLE, "participation": WHOLE, "external-efficacy": WHOLE,
           "trust": WHOLE},
    "H3": {"channels": WHOLE, APPEAL: WHOLE, BACKGROUND: WHOLE},
    # Only writing to officials is asked of the use of the internet, and not reading.
    "H4": {"channels": PART, "trust": WHOLE},
    "H5": {"trust": WHOLE},
    "H6": {APPEAL: WHOLE},
}  # fmt: skip
"""The constructs that each hypothesis of the ledger needs, and whether they cover it.

The rest of the ledger needs what no questionnaire of individuals holds: counts by office, several
houses, a randomised reminder, indices of countries.
"""


def own_codebook() -> Codebook:
    """The codebook of this project, whatever file of respondents the environment names."""
    return read_codebook(paths.survey() / "codebook.yml")


def instrument() -> pd.DataFrame:
    """One row an item: what is asked in each language, and all that an interviewer must know.

    Returns
    -------
    ``key construct label name``; the wording under the code of each language, missing where
    nothing is asked; ``answers missing asked_of coding construct_from evidence source_id``.
    """
    codebook = own_codebook()
    works = short_names(item.source for item in codebook.items if item.source)
    lists, labels = _lists(codebook), _labels(codebook)
    rows = [
        {
            "key": _construct(item),
            "construct": labels[_construct(item)],
            "label": item.label,
            "name": item.name,
            **{language: item.question.get(language) for language in codebook.languages},
            "answers": _answers(item, lists),
            "missing": _missing(item),
            "asked_of": asked_of(item, codebook) if item.question else "Recorded, not asked",
            "coding": _coding(item),
            "construct_from": None if item.source is None else works[item.source],
        }
        for item in codebook.items
    ]
    return _drafted(rows)


def instrument_answers() -> pd.DataFrame:
    """One row an answer of each list of answers: its letter, the constructs that use it, its code."""
    codebook = own_codebook()
    labels, lists = _labels(codebook), _lists(codebook)
    rows = []
    for options in lists:
        # Items of a scale share their list; those of the other constructs are named one by one.
        about = [
            labels[item.scale] if item.scale else item.label
            for item in codebook.items
            if item.options == options
        ]
        rows += [
            {
                "list": _letter(options, lists),
                "used_for": "; ".join(dict.fromkeys(about)),
                "code": option.code,
                **{language: option.label.get(language) for language in codebook.languages},
            }
            for option in options
        ]
    return _drafted(rows)


def instrument_needs() -> pd.DataFrame:
    """One row a construct and hypothesis that needs it; a construct that none needs has one row.

    Returns
    -------
    ``key construct items hypothesis needed evidence source_id``: ``items`` is how many belong to
    the construct; ``hypothesis`` and ``needed`` (`WHOLE` or `PART`) are missing where none is.
    """
    codebook = own_codebook()
    of_item = [_construct(item) for item in codebook.items]
    rows = []
    for key, label in _labels(codebook).items():
        needed = {name: parts[key] for name, parts in NEEDS.items() if key in parts}
        links: list[tuple[str | None, str | None]] = [*needed.items()]
        for hypothesis, extent in links or [(None, None)]:
            rows.append(
                {
                    "construct": label,
                    "key": key,
                    "items": of_item.count(key),
                    "hypothesis": hypothesis,
                    "needed": extent,
                }
            )
    return _drafted(rows)


def _drafted(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    return marked(pd.DataFrame(rows).assign(source_id=SOURCE), Evidence.INSTRUMENT)


def _construct(item: Item) -> str:
    if item.scale is not None:
        return item.scale
    return APPEAL if (item.about or "").startswith(APPEAL) else BACKGROUND


def _labels(codebook: Codebook) -> dict[str, str]:
    """The label of each construct, in the order of the instrument."""
    return {scale.name: scale.label for scale in codebook.scales} | WITHOUT_SCALE


def _lists(codebook: Codebook) -> list[tuple[Option, ...]]:
    """The different lists of answers, in the order in which they first occur."""
    lists: list[tuple[Option, ...]] = []
    for item in codebook.items:
        if item.options and item.options not in lists:
            lists.append(item.options)
    return lists


def _letter(options: tuple[Option, ...], lists: Sequence[tuple[Option, ...]]) -> str:
    return chr(ord("A") + lists.index(options))


def _answers(item: Item, lists: Sequence[tuple[Option, ...]]) -> str:
    """The answers in English with their codes, after the letter of their list."""
    if not item.options:
        return "A number"
    words = [f"{code} {text}" for code, text in item.labels().items()]
    shown = "; ".join(words) if len(words) <= MOST_SHOWN else f"{words[0]} … {words[-1]}"
    return f"List {_letter(item.options, lists)}: {shown}"


def _missing(item: Item) -> str | None:
    """Kinds of missing answer with their codes in the file; a blank cell has none."""
    codes = {
        kind: "blank" if code is None else str(code).replace("-", "−")
        for kind, code in item.missing.items()
    }
    return "; ".join(f"{MISSING_LABELS[kind]} ({code})" for kind, code in codes.items()) or None


def _coding(item: Item) -> str | None:
    if item.scale is None:
        return None
    return "Reversed: a higher code means less" if item.reverse else "A higher code means more"
