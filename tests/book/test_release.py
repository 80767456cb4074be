"""A release proves itself, later versions show earlier ones, and what is gone keeps its page."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from copy import deepcopy
from pathlib import Path

import pytest
from conftest import ROOT, Project
from small_book import cells_of, chapter, make_book

from helpers.book.release import refuse_unfrozen
from helpers.errors import PublicationError

ADDRESS = "https://book.example/read/"
GONE = "listening-state-events"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small book with a public address and a DOI, frozen and built."""
    made = make_book(
        tmp_path_factory.mktemp("release") / "book",
        {"events": chapter(*cells_of("listening-state"))},
    )
    for name in (".gitignore", "run.py", "LICENSE"):
        shutil.copy(ROOT / name, made.root / name)
    made.edit("CITATION.cff", "authors:", f"url: {ADDRESS}\ndoi: 10.5072/example\nauthors:")
    for command in ("freeze", "build"):
        done = made.run(command)
        assert done.returncode == 0, done.stdout + done.stderr
    return made


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_with_an_address_every_page_names_it(project: Project) -> None:
    site = project.root / "_build/html"
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    for page in pages:
        [canonical] = re.findall(r'<link rel="canonical" href="([^"]*)"', text(site / page))
        assert canonical == ADDRESS + page.removesuffix("index.html")
    listed = re.findall(r"<loc>(.*?)</loc>", text(site / "sitemap.xml"))
    assert set(listed) == {ADDRESS + p.removesuffix("index.html") for p in pages - {"search.html"}}
    assert f"Sitemap: {ADDRESS}sitemap.xml" in text(site / "robots.txt")
    front, figure = (text(site / "index.html"), text(next((site / "figures").glob("fig-*.html"))))
    assert '<link rel="cite-as" href="https://doi.org/10.5072/example">' in front
    assert '<meta name="citation_doi" content="10.5072/example">' in front
    assert f'<link rel="cite-as" href="{ADDRESS}figures/fig-' in figure
    for shown in (front, figure, text(site / "chapters/events.html")):
        [image] = re.findall(r'property="og:image" content="([^"]*)"', shown)
        assert (site / image.removeprefix(ADDRESS)).is_file()
        assert '<meta name="twitter:card"' in shown


@pytest.fixture(scope="module")
def released(project: Project) -> list[bytes]:
    """Its release, made twice."""
    target, made = project.root / "releases/listening-state-0.1.0.zip", []
    for _ in range(2):
        done = project.run("release", "0.1.0")
        assert done.returncode == 0, done.stderr
        made.append(target.read_bytes())
    return made


def test_a_release_is_the_same_each_time_and_proves_itself(
    project: Project, released: list[bytes], tmp_path: Path
) -> None:
    assert "expected 0.1.0, as" in project.run("release", "0.2.0").stderr
    assert released[0] == released[1]
    with zipfile.ZipFile(io.BytesIO(released[0])) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"listening-state-0.1.0"}
        archive.extractall(tmp_path)
    unpacked = Project(tmp_path / "listening-state-0.1.0")
    for name in ("site/index.html", "results.json", "data/published/polls.csv", "src/helpers/cli.py",
                 "requirements.txt", "ro-crate-metadata.json", "chapters/events.md"):  # fmt: skip
        assert (unpacked.root / name).is_file(), name
    assert not (unpacked.root / "_build").exists()

    crate = json.loads(text(unpacked.root / "ro-crate-metadata.json"))["@graph"]
    held = [entity["@id"] for entity in crate if "File" in entity["@type"]]
    assert len(held) > 10
    assert all((unpacked.root / name).is_file() for name in held)

    sums = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(sums, cwd=unpacked.root, check=False).returncode == 0
    done = unpacked.run("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    unpacked.edit("results.json", '"schema_version": 1', '"schema_version": 2')
    assert subprocess.run(sums, cwd=unpacked.root, check=False, capture_output=True).returncode == 1

    project.edit("_build/html/results.json", '"schema_version": 1', '"schema_version": 2')
    assert "got other results in the site" in project.run("release", "0.1.0").stderr


@pytest.mark.usefixtures("released")
def test_what_is_gone_keeps_its_page_and_earlier_versions_stay(project: Project) -> None:
    """After a release, a number leaves the book, and the next version is built."""
    page = project.root / "chapters/events.md"
    kept = re.sub(rf"^fact\(\"{GONE}\".*\n", "", text(page), flags=re.MULTILINE)
    assert kept != text(page)
    page.write_text(kept, encoding="utf-8")
    project.edit("CITATION.cff", "version: 0.1.0", "version: 0.2.0")
    refused = project.run("build")
    assert refused.returncode != 0
    assert f"{GONE} is gone; say why in tombstones.yml." in refused.stdout + refused.stderr
    assert "is gone; say why" in project.run("freeze").stderr

    stone = f"- id: {GONE}\n  title: Events\n  version: 0.1.0\n  reason: It counted one twice.\n"
    (project.root / "tombstones.yml").write_text(stone, encoding="utf-8")
    done = project.run("build")
    assert done.returncode == 0, done.stdout + done.stderr
    site = project.root / "_build/html"
    assert "It counted one twice." in text(site / f"numbers/{GONE}.html")
    left = json.loads(text(site / "results.json"))
    assert GONE not in {
        entry["id"] for name in ("facts", "figures", "tables") for entry in left[name]
    }
    assert f"numbers/{GONE}." not in text(site / "sitemap.xml")

    earlier = site / "v/0.1.0"
    note = re.compile(
        r'<p class="ls-older" role="note">This is version 0\.1\.0\. <a href="([^"]*)">'
    )
    for path in earlier.rglob("*.html"):
        [newest] = note.findall(text(path))
        assert (path.parent / newest).resolve().is_relative_to(site)
        assert (path.parent / newest).is_file()
    assert not [path for path in site.glob("*.html") if "ls-older" in text(path)]
    (project.root / "releases/listening-state-0.0.1.zip").write_bytes(b"PK nothing")
    assert "an earlier release cannot be shown; got 'listening-state-0.0.1.zip'" in (
        project.run("build").stderr
    )


def test_other_drawings_are_told_from_other_numbers(data_copy: Project) -> None:
    frozen = json.loads(text(ROOT / "results.json"))
    (data_copy.root / "results.json").write_text(json.dumps(frozen), encoding="utf-8")
    refuse_unfrozen(frozen)
    drawn = deepcopy(frozen)
    drawn["figures"][0]["files"] = dict.fromkeys(drawn["figures"][0]["files"], "other")
    with pytest.raises(PublicationError, match=r"got the same numbers .* Another processor draws"):
        refuse_unfrozen(drawn)
    with pytest.raises(PublicationError, match="got other results"):
        refuse_unfrozen({**frozen, "schema_version": 2})
    drawn["facts"][0]["value"] += 1
    with pytest.raises(PublicationError, match=r"got other results .* where results moved"):
        refuse_unfrozen(drawn)
    with pytest.raises(PublicationError, match="got none in the site"):
        refuse_unfrozen(None)
