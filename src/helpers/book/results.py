"""What the chapters registered, as one document: ``results.json``, and how two of them differ."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from helpers.book.execution import Execution
from helpers.errors import RegisterError
from helpers.paths import project_root

SCHEMA_VERSION = 1
FROZEN = "results.json"
RELATIVE_TOLERANCE = 1e-8
"""Two processors may differ in the last bits of a float; more than this is another number."""

NOTHING: Mapping[str, Any] = {"facts": [], "figures": [], "tables": []}
"""A document before anything is registered."""

_LISTS = {"fact": "facts", "figure": "figures", "table": "tables"}
_PUBLISHED = {
    "facts": (
        "id", "value", "unit", "text", "ci", "ci_text", "n", "n_eff", "evidence", "sources",
        "chapter", "method",
    ),
    "figures": (
        "id", "title", "caption", "alt", "evidence", "sources", "chapter", "data_hash", "files",
    ),
    "tables": (
        "id", "title", "caption", "alt", "evidence", "sources", "chapter", "data_hash", "files",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the comparison: ``verdict`` is same, within tolerance, or different."""

    id: str
    frozen: str
    now: str
    verdict: str


def collect(executions: Iterable[Execution]) -> dict[str, dict[str, Any]]:
    """Every record by its id, with its ``chapter`` and ``line``, in the order of the book.

    Raises
    ------
    RegisterError
        Two cells register one id; both places are named.
    """
    found: dict[str, dict[str, Any]] = {}
    twice = []
    for execution in executions:
        for line, record in execution.records:
            here = {**record, "chapter": execution.chapter.name, "line": line}
            first = found.setdefault(record["id"], here)
            if first is not here:
                twice.append(
                    f"{execution.chapter.name}.md:{line}: id {record['id']!r} is registered a"
                    f" second time; the first is {first['chapter']}.md:{first['line']}."
                )
    if twice:
        raise RegisterError("\n".join([*twice, "Give each number, figure and table its own id."]))
    return found


def register_of(env: Any) -> dict[str, dict[str, Any]]:
    """The register of the build that runs."""
    register: dict[str, dict[str, Any]] = vars(env.app).get("listening_state_register", {})
    return register


def digests(records: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What changes, for each record, when its chapter registers something else; not with its line."""
    found = {}
    for name, record in records.items():
        coded = {ending: _sha256(body) for ending, body in record.get("files", {}).items()}
        text = json.dumps({**record, "files": coded, "line": None}, sort_keys=True)
        found[name] = hashlib.sha256(text.encode()).hexdigest()
    return found


def contents(record: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of a figure or table by their full names."""
    return {
        f"{record['id']}{suffix}": base64.b64decode(body)
        for suffix, body in record["files"].items()
    }


@cache
def _sha256(coded: str) -> str:
    """Of a file in base64; a build asks several times."""
    return hashlib.sha256(base64.b64decode(coded)).hexdigest()


def document(records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The records as ``results.json`` holds them: files by name and SHA-256."""
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS.values()}
    for record in records.values():
        name = _LISTS[record["kind"]]
        entry = {key: record[key] for key in _PUBLISHED[name] if key != "files"}
        if "reason" in record:
            entry["reason"] = record["reason"]
        if record["kind"] != "fact":
            entry["files"] = {
                f"{record['id']}{ending}": _sha256(body) for ending, body in record["files"].items()
            }
        lists[name].append(entry)
    return {"schema_version": SCHEMA_VERSION, **lists}


def dumps(results: Mapping[str, Any]) -> str:
    """The document as text: sorted keys, one value a line, the same bytes each time."""
    return json.dumps(results, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def frozen() -> Mapping[str, Any] | None:
    """The results as last frozen; None where nothing has been frozen yet."""
    path = project_root() / FROZEN
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else None


@cache
def _read(path: Path, _modified: int) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def entries_of(document: Mapping[str, Any], *names: str) -> dict[str, Mapping[str, Any]]:
    """The entries of a document by id: of all lists, or of those named."""
    return {entry["id"]: entry for name in names or _LISTS.values() for entry in document[name]}


def compare(frozen: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    """Every id of either document with its verdict, in the order of ``now``, then what is gone."""
    for name in _LISTS.values():
        before = {entry["id"]: entry for entry in frozen[name]}
        after = {entry["id"]: entry for entry in now[name]}
        for key in [*after, *(key for key in before if key not in after)]:
            yield _difference(key, before.get(key), after.get(key))


def _difference(
    key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Difference:
    if before is None or after is None:
        here, gone = "registered", "not registered"
        return Difference(key, gone if before is None else here,
                          gone if after is None else here, "different")  # fmt: skip
    shown = (_shown(before), _shown(after))
    if before == after:
        return Difference(key, *shown, "same")
    if _alike(_core(before), _core(after)):
        return Difference(key, *shown, "within tolerance")
    return Difference(key, *shown, "different")


def _core(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What must agree: all but the drawing, which may differ where fonts or libraries do."""
    return {key: value for key, value in entry.items() if key != "files"}


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-12)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return one == other


def _shown(entry: Mapping[str, Any]) -> str:
    return str(entry["text"]) if "text" in entry else f"data {entry['data_hash'][:10]}"
