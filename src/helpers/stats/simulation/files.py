"""Simulated respondents as files: the responses and, beside them, the truth; nothing of a reader's is replaced."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from helpers.errors import DataError

RESPONSES, TRUTH = "responses.simulated.csv", "truth.simulated.yml"

HEAD = """\
# The truth behind responses.simulated.csv, as numbers that estimates can be compared with.
# Written by python -m helpers simulate from model.yml, which says what each assumption is. Nobody was
# asked. All but n, seed, strata, clusters and the checksum is true of the population, not the sample.
#
# items: shares from 0 to 1. sincere: what all who are asked would say; given: after some hide
#   distrust (only where it can happen); answered: among those who answer, which is what an estimate
#   from the file aims at; missing: of the whole population; insincere: who give another answer than
#   the sincere one, of those asked. Exact, six decimals. loading and effects: as in the model.
# scales: positions, in standard deviations given the background, from women of 18-44 in towns with
#   secondary education or less. correlation: in the whole population. total_effects: of the column
#   on the row. mean_by_group: with all else that differs between the groups. Exact.
# score_means: of the mean of a scale's items, reversed ones turned, if all answered sincerely. Exact.
# mediation: indirect and direct are the paths; alone: cause and mediator without other causes. Exact.
# nulls: direct effects that are 0, given all else in the model; groups can differ through other facts.
# scores: no closed form; from the large simulation named there, each value with its standard error.
#   icc: share of the variance within strata that lies between clusters.
"""


def write_responses(rows: pd.DataFrame, file: Path) -> None:
    """Write whole numbers as such and the weight with six decimals; the bytes of ``to_csv``."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    values, place = np.unique(rows["weight"].to_numpy(), return_inverse=True)
    shown = pa.DictionaryArray.from_arrays(
        pa.array(place.astype(np.int32)), pa.array([f"{value:.6f}" for value in values])
    ).cast(pa.string())
    columns = [shown if name == "weight" else pa.array(rows[name].to_numpy()) for name in rows]
    table = pa.table(columns, names=list(rows.columns))
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    with file.open("wb") as out:
        out.write((",".join(rows.columns) + "\n").encode())
        csv.write_csv(table, out, options)


def truth_text(found: Mapping[str, Any]) -> str:
    """The truth as YAML, numbers rounded to six decimals, each innermost mapping on a line."""
    body = yaml.safe_dump(
        _rounded(found), sort_keys=False, allow_unicode=True, default_flow_style=None, width=100
    )
    return HEAD + body


def digest(file: Path) -> str:
    """SHA-256 of a text file; how its lines end does not count."""
    found = hashlib.sha256()
    with file.open("rb") as lines:
        while part := lines.readlines(1 << 20):
            found.update(b"".join(part).replace(b"\r\n", b"\n"))
    return found.hexdigest()


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return float(round(value, 6)) + 0.0 if isinstance(value, float) else value


def write_both(rows: pd.DataFrame, found: Mapping[str, Any], *, folder: Path) -> tuple[Path, Path]:
    """Write responses and truth beside their places, then move both, so that they are there whole."""
    places = folder / RESPONSES, folder / TRUTH
    drafts = [place.with_name(f".{place.name}.{os.getpid()}") for place in places]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_responses(rows, drafts[0])
        text = truth_text({"respondents_sha256": digest(drafts[0]), **found})
        drafts[1].write_text(text, encoding="utf-8", newline="\n")
        for draft, place in zip(drafts, places, strict=True):
            draft.replace(place)
    except OSError as error:
        raise DataError(
            f"the simulated respondents cannot be written; got {error.strerror}; expected a folder"
            " that can be written. Name another with --to."
        ) from error
    finally:
        for draft in drafts:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
    return places


def refuse_to_lose(folder: Path) -> None:
    """Refuse to replace responses that the truth beside them does not know."""
    responses, truth = folder / RESPONSES, folder / TRUTH
    if not responses.exists():
        return
    try:
        known = yaml.safe_load(truth.read_text(encoding="utf-8"))["respondents_sha256"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError):
        known = None
    if known != digest(responses):
        raise DataError(
            f"{responses.name} is there and would be lost; got a file that was changed since it was"
            f" simulated, or was not; expected the one that {truth.name} names. Move it away, or"
            " name another folder with --to."
        )
