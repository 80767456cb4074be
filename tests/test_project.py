"""The project's own descriptions agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from statistics import median
from types import ModuleType

import pytest
import yaml
from conftest import ROOT

import helpers
import helpers.stats
from helpers.book.chapters import chapters, pages
from helpers.report.citation import book


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_version_and_authors_agree() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    cited = yaml.safe_load(text("CITATION.cff"))
    config = yaml.safe_load(text("_config.yml"))
    assert cited["version"] == project["version"] == book().version
    assert cited["authors"] == project["authors"] == [{"name": config["author"]}]
    assert cited["license"][0] == project["license"]


def test_the_lock_pins_every_direct_requirement_with_hashes() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.match(r"[\w-]+", line)[0].lower().replace("_", "-") for line in wanted}  # type: ignore[index]
    lock = text("requirements.txt")
    assert names <= set(re.findall(r"^([\w.-]+)==", lock, flags=re.MULTILINE))
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in lock


def test_binder_finds_what_it_reads() -> None:
    assert text("binder/requirements.txt").strip() == "-r ../requirements.txt"
    assert text("binder/runtime.txt").strip() == "python-3.11"
    assert (ROOT / "binder" / "postBuild").stat().st_mode & 0o111
    assert not list(ROOT.glob("environment.y*ml"))


def test_every_page_is_listed_once_and_named_in_lower_case() -> None:
    listed = pages()
    files = {
        path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.glob("chapters/*.md")
    }
    assert sorted(listed) == sorted(files | {"index"})
    assert all(re.fullmatch(r"index|chapters/[a-z]+(-[a-z]+)*", name) for name in listed)


def test_cells_are_short_and_only_call() -> None:
    """A chapter calls; it neither draws nor knows paths, and no cell is long."""
    cells = [
        cell["source"]
        for chapter in chapters()
        for cell in chapter.read()["cells"]
        if cell["cell_type"] == "code"
    ]
    lengths = [len(cell.splitlines()) for cell in cells]
    assert median(lengths) <= 5
    assert max(lengths) <= 25
    for cell in cells:
        assert not re.search(r"matplotlib|seaborn|plt\.|open\(|read_csv|/\w+/", cell)


@pytest.mark.parametrize("package", [helpers, helpers.stats])
def test_the_names_of_the_package_exist(package: ModuleType) -> None:
    """Every name that a stub promises is there, and is no module of the same name."""
    assert len(package.__all__) > 50
    for name in package.__all__:
        assert not isinstance(getattr(package, name), ModuleType), name


def test_every_public_name_is_used_by_a_chapter_or_documented() -> None:
    """The top level is for chapters: what none of them calls does not stand there."""
    chapters = " ".join(path.read_text(encoding="utf-8") for path in ROOT.glob("chapters/*.md"))
    unused = [name for name in helpers.__all__ if not re.search(rf"\b{name}\b", chapters)]
    assert unused == []


def test_modules_say_what_they_are_and_hold_one_idea() -> None:
    for path in (ROOT / "src" / "helpers").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert code.startswith('"""'), path
        assert len(code.splitlines()) <= 300, path


def test_nothing_is_loaded_before_it_is_used() -> None:
    """Importing the package must not load pandas: each kernel pays for what it imports."""
    import subprocess
    import sys

    code = "import sys, helpers; print('pandas' in sys.modules, 'matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_the_readme_names_files_that_exist() -> None:
    for name in re.findall(r"`([\w./-]+\.(?:md|py|json|txt|cff|yml))`", text("README.md")):
        assert (ROOT / name).exists() or (ROOT / "data/published" / Path(name).name).exists(), name
