"""The evidence kind: what a number rests on, carried by every row from file to page.

The kind is a column, not a pandas attribute, because columns survive filter, join and concat.
"""

from __future__ import annotations

from enum import StrEnum

import pandas as pd

from helpers.errors import EvidenceError

COLUMN = "evidence"


class Evidence(StrEnum):
    """What a number rests on. Design: results never mix kinds.

    ``instrument`` is for tables of the questionnaire itself: wording and counts of items, no answers.
    """

    PUBLISHED = "published"
    SIMULATED = "simulated"
    RESPONDENTS = "respondents"
    INSTRUMENT = "instrument"

    @property
    def mark(self) -> str:
        """The words that stand beside every figure, table and number of this kind."""
        return _MARKS[self]


_MARKS = {
    Evidence.PUBLISHED: "Published figures",
    Evidence.SIMULATED: "Simulated respondents",
    Evidence.RESPONDENTS: "Respondents",
    Evidence.INSTRUMENT: "Instrument: this project's own drafts",
}


def marked(frame: pd.DataFrame, kind: Evidence) -> pd.DataFrame:
    """The same rows, each carrying its evidence kind."""
    return frame.assign(**{COLUMN: kind.value})


def evidence_of(frame: pd.DataFrame) -> Evidence:
    """The one evidence kind of these rows.

    Raises
    ------
    EvidenceError
        The column is missing, the frame is empty, or the rows mix kinds.
    """
    if COLUMN not in frame.columns:
        raise EvidenceError(
            f"the rows carry no evidence kind; got columns {list(frame.columns)}; expected a"
            f" column {COLUMN!r}. Start from a loader such as polls(), or keep that column."
        )
    kinds = sorted({str(kind) for kind in frame[COLUMN].unique()})
    if len(kinds) != 1 or kinds[0] not in set(Evidence):
        raise EvidenceError(
            f"a result needs rows of exactly one evidence kind; got {kinds or 'no rows'};"
            f" expected one of {[kind.value for kind in Evidence]}. Analyse each kind apart."
        )
    return Evidence(kinds[0])
