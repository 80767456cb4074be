"""What a page shows of a number on asking: what was asked of whom, its interval, base and sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.data.codebook import Codebook
from helpers.data.codebook_file import read_codebook
from helpers.data.published import polls, sources
from helpers.data.survey import survey_files
from helpers.evidence import Evidence
from helpers.report.citation import Work, source_text
from helpers.report.reference_files import cited
from helpers.report.words import label, poll_headings

Record = Mapping[str, Any]


def notes(register: Mapping[str, Record], works: Mapping[str, Work]) -> dict[str, dict[str, Any]]:
    """The note of each registered number, by its id."""
    readings = polls()
    headings = poll_headings(readings)
    address = dict(zip(sources()["source_id"], sources()["url"], strict=True))
    codebook = read_codebook(survey_files()[1])
    found = {}
    for name, record in register.items():
        if record["kind"] != "fact" or "reason" in record:
            continue
        work = works[name]
        found[name] = {
            "text": record["text"], "interval": record["ci_text"], "n": record["n"],
            "mark": record["mark"], "evidence": record["evidence"],
            "of": [headings[poll] for poll in _polls(record) if poll in headings],
            "about": _about(record, codebook),
            "wording": _wording(record, readings, codebook),
            "sources": [[source_text(key, work.of), address.get(key)] for key in record["sources"]],
            "cite": cited(work, "apa"), "page": work.page,
        }  # fmt: skip
    return found


def _about(record: Record, codebook: Codebook) -> str:
    """What the number is about and which answer or measure it is, in words."""
    _, item, level = record["about"]
    labels = {known.name: known.label for known in codebook.items}
    words = [labels.get(item) or label(item), label(level)]
    return ": ".join(dict.fromkeys(word for word in words if word))


def _wording(record: Record, readings: pd.DataFrame, codebook: Codebook) -> list[str]:
    """The questions behind the number; none for counts and for what several questions make."""
    _, item, level = record["about"]
    if record["evidence"] != Evidence.PUBLISHED:
        asked_as = next((known.question for known in codebook.items if known.name == item), {})
        return [asked_as[language] for language in sorted(asked_as, key="en".__ne__)][:1]
    asked = readings[readings["poll_id"].isin(_polls(record)) & (readings["target"] == item)]
    answers = level.split(" + ")
    given = asked["response"].isin(answers) | asked["scale"].isin(answers)
    return sorted(set(asked[given if given.any() else ~given]["question"]))


def _polls(record: Record) -> list[str]:
    """The poll, or the two whose difference the number is."""
    return str(record["about"][0]).split(" − ")
