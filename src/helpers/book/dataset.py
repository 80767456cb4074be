"""The evidence base as a data set of its own: files, checksums, one archive, and records for machines."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from helpers.book.page_head import as_script, people
from helpers.data import tables
from helpers.data.ddi import ddi_codebook
from helpers.data.instrument import own_codebook
from helpers.data.published import sources
from helpers.paths import project_root, published, survey
from helpers.report.citation import LICENCE_URL, Book

ARCHIVE = "listening-state-data.zip"
CHECKSUMS = "SHA256SUMS"
KEYWORDS = ["Kazakhstan", "trust", "open government", "responsiveness", "public opinion", "appeals"]

_STARTED = (2026, 1, 1, 0, 0, 0)
"""The time of every member of the archive: the same bytes on every build."""

_CROISSANT_TYPES = {
    "string": "sc:Text", "number": "sc:Float", "integer": "sc:Integer", "boolean": "sc:Boolean",
}  # fmt: skip


def dataset_files(of: Book) -> dict[str, bytes]:
    """Every file of the data set by its name: tables, dictionary, readme, codebook, records, sums, archive."""
    files = {path.name: path.read_bytes() for path in sorted(published().iterdir())}
    files["README.md"] = (project_root() / "data" / "README.md").read_bytes()
    files["codebook.yml"] = (survey() / "codebook.yml").read_bytes()
    files["codebook.xml"] = ddi_codebook(own_codebook())
    files["dataset.jsonld"] = _json(schema_org(files, of))
    files["croissant.json"] = _json(croissant(files, of))
    files[CHECKSUMS] = _checksums(files)
    return {**files, ARCHIVE: _archive(files)}


def schema_org(files: Mapping[str, bytes], of: Book) -> dict[str, Any]:
    """The data set in the words of schema.org, with every source that it is based on."""
    return {
        "@context": "https://schema.org/",
        **_about(of),
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": resource["title"],
                "description": resource["description"],
                "contentUrl": _address(resource["path"], of),
                "encodingFormat": "text/csv",
                "sha256": _digest(files[resource["path"]]),
            }
            for resource in tables.resources().values()
        ],
        "isBasedOn": [_work(source) for source in sources().to_dict("records")],
    }


def page_record(of: Book) -> str:
    """The data set for the head of a page: what it is and where its archive lies."""
    archive = {
        "@type": "DataDownload",
        "contentUrl": _address(ARCHIVE, of) if of.url else f"../data/{ARCHIVE}",
        "encodingFormat": "application/zip",
    }
    record = {"@context": "https://schema.org/", **_about(of), "distribution": [archive]}
    return str(as_script(record))


def croissant(files: Mapping[str, bytes], of: Book) -> dict[str, Any]:
    """The data set as a Croissant record, by which programs load the tables with their types."""
    known = tables.resources()
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        **{key: value for key, value in _about(of).items() if key != "@type"},
        "citeAs": f"{', '.join(of.authors)} ({of.date[:4]}). {of.title}. Version {of.version}.",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": resource["path"],
                "name": resource["path"],
                "description": resource["description"],
                "contentUrl": resource["path"],
                "encodingFormat": "text/csv",
                "sha256": _digest(files[resource["path"]]),
            }
            for resource in known.values()
        ],
        "recordSet": [_record_set(name, resource) for name, resource in known.items()],
    }


def _about(of: Book) -> dict[str, Any]:
    descriptor = json.loads((published() / tables.DESCRIPTOR).read_text(encoding="utf-8"))
    about: dict[str, Any] = {
        "@type": "Dataset",
        "name": descriptor["name"],
        "alternateName": descriptor["title"],
        "description": descriptor["description"],
        "license": LICENCE_URL,
        "version": of.version,
        "datePublished": of.date,
        "creator": people(of),
        "keywords": KEYWORDS,
        "inLanguage": "en",
    }
    if of.url:
        about["url"] = f"{of.url.rstrip('/')}/chapters/data.html"
    if of.doi:
        about["sameAs"] = f"https://doi.org/{of.doi}"
    return about


def _record_set(name: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    key = resource["schema"].get("primaryKey", [])
    keys = [key] if isinstance(key, str) else key
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": resource["description"],
        "key": [{"@id": f"{name}/{column}"} for column in keys],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{field['name']}",
                "name": field["name"],
                "description": field["description"],
                "dataType": _CROISSANT_TYPES[field["type"]],
                "source": {
                    "fileObject": {"@id": resource["path"]},
                    "extract": {"column": field["name"]},
                },
            }
            for field in resource["schema"]["fields"]
        ],
    }


def _work(source: Mapping[str, Any]) -> dict[str, Any]:
    work = {
        "@type": "CreativeWork",
        "identifier": source["source_id"],
        "name": source["title"],
        "publisher": source["publisher"],
        "url": source["url"],
        "datePublished": source["date"],
    }
    return {key: value for key, value in work.items() if isinstance(value, str)}


def _address(name: str, of: Book) -> str:
    """Absolute where the public address is known, else relative to the record."""
    return f"{of.url.rstrip('/')}/data/{name}" if of.url else name


def _checksums(files: Mapping[str, bytes]) -> bytes:
    """One line a file, as ``sha256sum --check`` reads them."""
    return "".join(f"{_digest(body)}  {name}\n" for name, body in sorted(files.items())).encode()


def _archive(files: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in sorted(files.items()):
            member = zipfile.ZipInfo(f"listening-state-data/{name}", date_time=_STARTED)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, body)
    return held.getvalue()


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataBiases": "cr:dataBiases",
    "dataCollection": "cr:dataCollection",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "personalSensitiveInformation": "cr:personalSensitiveInformation",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The names that Croissant 1.0 defines, as its specification prints them."""
