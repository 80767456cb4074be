"""What a copy of a figure or table says of itself, and whether it is unaltered."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import PublicationError

FIELDS = ("title", "authors", "licence", "id", "version", "evidence", "data_hash", "cite")
"""What every file of the book says of itself."""

UNALTERED, ROWS_UNALTERED, ALTERED, UNKNOWN = (
    "unaltered", "rows unaltered", "altered", "not known here",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy of a file of the book.

    Attributes
    ----------
    says : `FIELDS` as they stand in the file.
    verdict : unaltered, rows unaltered (the file was written anew around them), altered, or not
        known here, where the results at hand do not hold its id or are of another version.
    why : the reason for the verdict, one sentence.
    """

    says: Mapping[str, str]
    verdict: str
    why: str

    def __str__(self) -> str:
        lines = [f"{field.replace('_', ' '):<10} {self.says[field]}" for field in FIELDS]
        return "\n".join([*lines, f"{'verdict':<10} {self.verdict}: {self.why}"])


def whatis(path: Path, entries: Iterable[Mapping[str, Any]], *, version: str) -> Copy:
    """Read a png, pdf, svg, csv or json copy, and compare it with the results at hand.

    Parameters
    ----------
    entries : figures and tables of ``results.json``.
    version : that of the results at hand.

    Raises
    ------
    PublicationError
        The file cannot be read, has another form, or does not say what it is.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise PublicationError(
            f"a copy cannot be read; got {path.name!r}; expected a name that ends in"
            f" {', '.join(_READERS)}."
        )
    try:
        body = path.read_bytes()
    except OSError as error:
        raise PublicationError(
            f"a copy cannot be read; got {path.name!r}: {error.strerror}; expected a file."
        ) from error
    found = read(body)
    missing = [field for field in FIELDS if not found.get(field)]
    if missing:
        raise PublicationError(
            f"{path.name} does not say what it is; got nothing for {', '.join(missing)}; expected"
            " a file of this book. A program may have removed it while converting."
        )
    says = {field: found[field] for field in FIELDS}
    return Copy(says=says, **_compared(body, says, {e["id"]: e for e in entries}, version))


def _compared(
    body: bytes, says: Mapping[str, str], known: Mapping[str, Mapping[str, Any]], version: str
) -> dict[str, str]:
    entry = known.get(says["id"])
    if entry is None:
        return {"verdict": UNKNOWN, "why": f"no {says['id']} is in the results at hand."}
    digest = hashlib.sha256(body).hexdigest()
    for name, wanted in entry["files"].items():
        if digest == wanted:
            return {"verdict": UNALTERED, "why": f"the same bytes as {name}."}
    if says["version"] != version:
        return {
            "verdict": UNKNOWN,
            "why": f"the copy is of version {says['version']}, the results at hand of {version}.",
        }
    rows = _rows_hash(body)
    if rows == entry["data_hash"]:
        return {"verdict": ROWS_UNALTERED, "why": "the rows are those registered, not the head."}
    if rows is None and says["data_hash"] != entry["data_hash"]:
        return {"verdict": ALTERED, "why": "it says that it was made from other data."}
    return {"verdict": ALTERED, "why": f"its bytes are those of no file of {says['id']}."}


def _rows_hash(body: bytes) -> str | None:
    """SHA-256 of the rows of a CSV; None of other forms, which do not hold them as they were."""
    if not body.startswith(b"# id: "):
        return None
    text = body.decode("utf-8", errors="replace").replace("\r\n", "\n")
    rows = [line for line in text.splitlines(keepends=True) if not line.startswith("# ")]
    return hashlib.sha256("".join(rows).encode()).hexdigest()


def _png(body: bytes) -> dict[str, str]:
    import io  # noqa: PLC0415

    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    try:
        with Image.open(io.BytesIO(body), formats=["PNG"]) as picture:
            text = {str(key): str(value) for key, value in picture.info.items()}
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return {}
    names = {
        "title": "Title", "authors": "Author", "licence": "Copyright", "id": "Source",
        "version": "Version", "evidence": "Evidence", "data_hash": "Data-SHA256",
        "cite": "Description",
    }  # fmt: skip
    return {field: text.get(name, "") for field, name in names.items()}


def _pdf(body: bytes) -> dict[str, str]:
    import io  # noqa: PLC0415

    from pypdf import PdfReader  # noqa: PLC0415
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        info: Mapping[str, Any] = PdfReader(io.BytesIO(body)).metadata or {}
    except (PyPdfError, OSError, ValueError):
        return {}
    text = {key: str(info.get(f"/{key}", "")) for key in ("Title", "Author", "Subject", "Keywords")}
    return {
        "title": text["Title"], "authors": text["Author"], "cite": text["Subject"],
        **_pairs(text["Keywords"].split("; ")),
    }  # fmt: skip


def _svg(body: bytes) -> dict[str, str]:
    # By pattern: a parser would follow what a stranger's file tells it to fetch or to unfold.
    text = body.decode("utf-8", errors="replace")

    def inside(tag: str) -> str:
        found = re.search(rf"<dc:{tag}>(.*?)</dc:{tag}>", text, flags=re.DOTALL)
        plain = re.sub(r"<[^>]*>", " ", found[1]) if found else ""
        return html.unescape(" ".join(plain.split()))

    listed = re.search(r"<dc:subject>(.*?)</dc:subject>", text, flags=re.DOTALL)
    keys = re.findall(r"<rdf:li>(.*?)</rdf:li>", listed[1], flags=re.DOTALL) if listed else []
    return {
        **_pairs(html.unescape(key) for key in keys),
        "title": inside("title"), "authors": inside("creator"), "licence": inside("rights"),
        "id": inside("identifier"), "cite": inside("description"),
    }  # fmt: skip


def _csv(body: bytes) -> dict[str, str]:
    lines = body.decode("utf-8", errors="replace").splitlines()
    return dict(line[2:].split(": ", 1) for line in lines if line.startswith("# ") and ": " in line)


def _json(body: bytes) -> dict[str, str]:
    try:
        held = json.loads(body)
    except ValueError:
        return {}
    return {key: str(held.get(key, "")) for key in FIELDS} if isinstance(held, dict) else {}


def _pairs(words: Iterable[str]) -> dict[str, str]:
    """``key=value`` words as fields, by the names of `FIELDS`."""
    found = dict(word.split("=", 1) for word in words if "=" in word)
    return {("data_hash" if key == "data-sha256" else key): value for key, value in found.items()}


_READERS: Mapping[str, Callable[[bytes], dict[str, str]]] = {
    ".png": _png, ".pdf": _pdf, ".svg": _svg, ".csv": _csv, ".json": _json,
}  # fmt: skip
