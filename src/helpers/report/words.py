"""Numbers, dates and labels as words: one way of printing each, on every page and figure."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.stats.estimates import Estimate

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

LABELS = {
    "dont-know": "Don't know",
    "never-encountered": "Never encountered",
    "dont_know": "Don't know",
    "full-trust": "Trust",
    "partial-trust": "Partly trust",
    "full-distrust": "Distrust",
    "anticorruption_service": "Anti-corruption service",
    "regional_akim": "Akims of regions and cities",
    "local_akim": "Local akims",
    "f2f": "face to face",
    "household_survey": "household survey",
    "services_ambulance": "Ambulance",
    "services_fire_service": "Fire service",
    "services_police": "Police",
    "services_state_corporation_gov_for_citizens": "Citizens' service centres",
    "services_tax_service": "Tax service",
    "services_other_state_services": "Other state services",
    "appeals_unsatisfactory_ministry_health": "Ministry of Health",
}
"""Keys whose label is not simply the key in plain words."""


def label(key: str) -> str:
    """A key of the data in plain words: ``fire_service`` becomes ``Fire service``."""
    words = LABELS.get(key) or key.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


_GROUPS = {"region": "Region", "edu": "Education", "occ": "Occupation", "ethnic": "Ethnicity"}
"""What the first part of the key of a group says."""


def group_label(key: str) -> str:
    """A part of a population in words: ``Aged 30–45``, ``Region: East Kazakhstan``."""
    first, _, rest = key.partition("_")
    words = rest.replace("_", " ")
    if first == "age":
        years = re.sub(r"^(\d+) (\d+)$", r"\1–\2", words.replace(" plus", " and over"))
        return f"Aged {years}"
    if first not in _GROUPS:
        return label(key)
    return f"{_GROUPS[first]}: {words.title() if first in ('region', 'ethnic') else words}"


DIGITS = {"percent": 1, "points": 1, "count": 0}
"""Decimals shown of a number in each unit; two of any other."""

SUFFIX = {"percent": "%", "points": " points"}


def evidence_mark(kind: Evidence, *, source: str, n: int | None) -> str:
    """The mark of a result: of the reader's own file it names the file and how many answered."""
    if kind is not Evidence.RESPONDENTS:
        return kind.mark
    return f"{kind.mark}: {source}" + ("" if n is None else f", n = {n:,}")


def value_text(estimate: Estimate, *, digits: int | None = None) -> str:
    """The estimate as printed: ``81.4%``, ``28.2 points``, ``6,800``, ``0.65``."""
    return _in_unit(_fixed(estimate.estimate, estimate.unit, digits), estimate.unit)


def interval_text(estimate: Estimate, *, digits: int | None = None) -> str | None:
    """The limits as printed, ``80.5 to 82.3%``, or None where there is no interval."""
    if estimate.ci_low is None or estimate.ci_high is None:
        return None
    low = _fixed(estimate.ci_low, estimate.unit, digits)
    high = _fixed(estimate.ci_high, estimate.unit, digits)
    return _in_unit(f"{low} to {high}", estimate.unit)


def share_text(percent: float) -> str:
    """A share without its sign: one decimal, or two where that many were printed: ``99.99``."""
    digits = 2 if abs(percent * 100 - round(percent * 100)) < 1e-6 else 1
    text = f"{percent:.{digits}f}"
    return (text if digits == 1 or text[-1] != "0" else f"{percent:.1f}").replace("-", "−")


def period(start: str | None, end: str | None) -> str:
    """Two ISO dates of any precision as one phrase: ``Oct–Nov 2024``, ``11–16 Dec 2023``."""
    if not start or not end or start == end:
        only = end or start
        return _day(only) if only else "not stated"
    first, last = _parts(start), _parts(end)
    if len(first) == len(last) and first[0] == last[0]:
        if len(first) == 3 and first[1] == last[1]:
            return f"{first[2]}–{_day(end)}"
        if len(first) >= 2:
            return f"{_day(start).removesuffix(f' {first[0]}')}–{_day(end)}"
    return f"{_day(start)} – {_day(end)}"


def poll_headings(readings: pd.DataFrame) -> dict[str, str]:
    """For each poll, in the order given: who asked, when, and of how many."""
    polls = readings.drop_duplicates("poll_id")
    return {
        poll.poll_id: f"{poll.pollster_name}, {when(poll)}, {_base(poll.n)}"
        for poll in polls.itertuples()
    }


def when(poll: Any) -> str:
    """The fieldwork of a poll, given as a row of readings, in words."""
    start, end = poll.fieldwork_start, poll.fieldwork_end
    return period(start if isinstance(start, str) else None, end if isinstance(end, str) else None)


def _base(n: Any) -> str:
    return "n not published" if pd.isna(n) else f"n = {n:,}"


def _parts(date: str) -> list[int]:
    return [int(part) for part in date.split("-")]


def _day(date: str) -> str:
    year, *rest = _parts(date)
    return " ".join(
        [*(str(day) for day in rest[1:]), *(MONTHS[month - 1] for month in rest[:1]), str(year)]
    )


def _fixed(value: float, unit: str, digits: int | None) -> str:
    shown = DIGITS.get(unit, 2) if digits is None else digits
    grouped = "," if unit == "count" else ""
    return f"{value:{grouped}.{shown}f}".replace("-", "−")


def _in_unit(text: str, unit: str) -> str:
    return text + SUFFIX.get(unit, "")


LONGEST_ALTERNATIVE = 250
"""Characters of an alternative text; screen readers read it in one go."""


def alternative_text(said: str, mark: str) -> str:
    """What a chart says of itself, with its evidence, in 250 characters at most.

    Sentences stand in the order of their weight, so the last ones go first: the longer description
    on the page of the figure holds them.
    """
    sentences = said.split(". ")
    while len(text := f"{'. '.join(sentences).removesuffix('.')}. {mark}.") > LONGEST_ALTERNATIVE:
        if len(sentences) == 1:
            break
        sentences.pop()
    return text
