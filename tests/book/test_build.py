"""A small book is built, broken on purpose, and built again."""

from __future__ import annotations

import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Project, copy_project

from helpers.book import kept

HEAD = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
"""
SMALL = (
    HEAD
    + """
# Small

The share is {fact}`small-share`, from {fact}`small-share:interval`, n = {fact}`small-share:n`.
See {numref}`fig-small-shares` and {numref}`tbl-small-shares`, asked on 2 September 2019.

```{code-cell} ipython3
from helpers import fact, figure, interval_dots, poll_headings, polls, printed_shares, table
rows = polls(poll_id="KAZISS_2022_02", target=["government", "parliament"])
shares = printed_shares(rows)
fact("small-share", shares, item="government")
```

```{code-cell} ipython3
dots = interval_dots(shares, headings=poll_headings(rows), axis="%", what="shares")
figure("fig-small-shares", dots, title="Shares", caption="Two shares.", asked=rows)
table("tbl-small-shares", shares, title="Shares", caption="Both.",
      columns={"item": "Body", "estimate": "%"})
```
"""
)
OTHER = HEAD + "\n# Other\n\n```{code-cell} ipython3\nprint('other')\n```\n"
INDEX = "# Book\n\nElsewhere, the share is {fact}`small-share` too.\n"
TOC = (
    "format: jb-book\nroot: index\nchapters:\n  - file: chapters/small\n  - file: chapters/other\n"
)
PAGE = "_build/html/chapters/small.html"


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small book, built once."""
    project = copy_project(tmp_path_factory.mktemp("base"))
    (project.root / "chapters").mkdir()
    for path, text in {
        "chapters/small.md": SMALL, "chapters/other.md": OTHER, "index.md": INDEX, "_toc.yml": TOC,
    }.items():  # fmt: skip
        (project.root / path).write_text(text, encoding="utf-8")
    built = project.run("build")
    assert built.returncode == 0, built.stdout + built.stderr
    return project


@pytest.fixture
def book(base: Project, tmp_path: Path) -> Project:
    """A copy of the built book, with what it keeps between builds."""
    shutil.copytree(base.root, tmp_path / "book")
    return Project(tmp_path / "book")


def page(book: Project, path: str = PAGE) -> str:
    return (book.root / path).read_text(encoding="utf-8")


def line_of(book: Project, text: str) -> int:
    lines = (book.root / "chapters/small.md").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


RUN = "shares = printed_shares(rows)"
REGISTER = 'fact("small-share", shares, item="government")'
TWICE = REGISTER + "\n" + REGISTER.replace("government", "parliament")
UNKNOWN = r"small.md:8: WARNING: no number to show for \{{fact\}}"

BREAKS = {
    "a crash": (
        RUN, "shares = 1 / 0",
        r"chapters/small.md:{line}: the cell did not finish: ZeroDivisionError",
    ),
    "a warning": (
        RUN, f"import warnings; warnings.warn('careful')\n{RUN}",
        r"chapters/small.md:{line}: the cell warned: .*careful",
    ),
    "a dead kernel": (
        RUN, "import os; os._exit(1)",
        r"chapters/small.md:{line}: the cell did not finish: its kernel died",
    ),
    "a missing id": ("{fact}`small-share`", "{fact}`small-shore`", UNKNOWN + "`small-shore`"),
    "a missing part": (
        "{fact}`small-share:n`", "{fact}`small-share:m`", UNKNOWN + "`small-share:m`",
    ),
    "an id twice": (
        REGISTER, TWICE, r"chapters/small.md:\d+: id 'small-share' is registered a second time",
    ),
    "a malformed id": (
        'fact("small-share"', 'fact("Small_Share"',
        r"RegisterError: an id is malformed; got 'Small_Share'",
    ),
    "an unbound numeral": (
        "# Small\n", "# Small\n\nTrust was 53.2% then.\n",
        r"small.md:8: WARNING: unbound numeral '53.2%'",
    ),
    "an unbound numeral in a caption": (
        '"Two shares."', '"Shares of 51 and 52%."',
        r"unbound numeral '51' in the caption of fig-small-shares",
    ),
    "an unknown figure": (
        "{numref}`fig-small-shares`", "{numref}`fig-small-nothing`",
        r"undefined label: 'fig-small-nothing'",
    ),
    "a widget without its rows": (
        "# Small\n", "# Small\n\n```{dial} fig-small-shares\n```\n",
        r"small.md:8: WARNING: no dial can be made of 'fig-small-shares'",
    ),
    "unknown TeX": ("# Small\n", "# Small\n\n$\\foobar x$\n", r"TeX not understood"),
}  # fmt: skip


@pytest.mark.parametrize("case", BREAKS, ids=lambda case: case.replace(" ", "-"))
def test_the_build_fails_and_names_the_place(case: str, book: Project) -> None:
    old, new, told = BREAKS[case]
    book.edit("chapters/small.md", old, new)
    before = page(book)
    built = book.run("build")
    output = built.stdout + built.stderr
    assert built.returncode == 2, output
    first_line = line_of(book, "from helpers import")
    assert re.search(told.format(line=first_line), output), output
    assert page(book) == before, "the site that stood must stay"


def test_a_typed_result_is_found_on_a_page_that_does_not_run(book: Project) -> None:
    book.edit("index.md", "# Book\n", "# Book\n\nIt rose by 7 points.\n")
    built = book.run("build")
    assert built.returncode == 2
    assert "index.md:3: WARNING: unbound numeral '7'" in built.stderr


def test_broken_data_stops_the_build_before_any_chapter(book: Project) -> None:
    book.edit("data/published/timeline.csv", "2009,year", "2009-13,year")
    built = book.run("build")
    assert built.returncode == 2
    assert "timeline.csv, row 2, column 'date': got '2009-13'" in built.stderr
    assert "ran chapters" not in built.stdout


def test_a_number_on_another_page_follows(book: Project) -> None:
    assert ">53.2%</data> too" in page(book, "_build/html/index.html")
    book.edit(
        "data/published/readings.csv", "government,trust,53.2,all", "government,trust,54.3,all"
    )
    built = book.run("build")
    assert built.returncode == 0, built.stderr
    assert "ran chapters/small" in built.stdout
    assert "ran chapters/other" not in built.stdout
    assert ">54.3%</data> too" in page(book, "_build/html/index.html")
    assert ">54.3%</data>, from" in page(book)


def test_a_helper_that_the_chapter_loaded_runs_it_again(book: Project) -> None:
    assert ">52.0 to 54.4%</data>" in page(book)
    book.edit("src/helpers/stats/estimates.py", "CONFIDENCE = 0.95", "CONFIDENCE = 0.5")
    built = book.run("build")
    assert built.returncode == 0, built.stderr
    assert "ran chapters/small" in built.stdout
    assert "ran chapters/other" not in built.stdout
    assert ">52.8 to 53.6%</data>" in page(book)


def test_a_pin_runs_every_chapter_again(book: Project) -> None:
    pins = book.root / "requirements.txt"
    pins.write_text(pins.read_text(encoding="utf-8") + "\n# another pin\n", encoding="utf-8")
    built = book.run("build")
    assert built.returncode == 0, built.stderr
    assert "ran chapters/small" in built.stdout
    assert "ran chapters/other" in built.stdout


def test_prose_and_helpers_not_loaded_run_nothing(book: Project) -> None:
    book.edit("chapters/small.md", "# Small\n", "# Small\n\nA sentence more.\n")
    book.edit("src/helpers/book/verify.py", '"""Runs', '"""It runs')
    built = book.run("build")
    assert built.returncode == 0, built.stderr
    assert "ran " not in built.stdout
    assert "A sentence more." in page(book)


def test_going_back_runs_nothing(book: Project) -> None:
    book.edit("src/helpers/stats/estimates.py", "CONFIDENCE = 0.95", "CONFIDENCE = 0.5")
    assert "ran chapters/small" in book.run("build").stdout
    book.edit("src/helpers/stats/estimates.py", "CONFIDENCE = 0.5", "CONFIDENCE = 0.95")
    assert "ran " not in book.run("build").stdout


def test_a_damaged_execution_is_run_again(book: Project) -> None:
    for path in (book.root / "_build/executions").rglob("*.json"):
        path.write_text(path.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    book.edit("chapters/small.md", "# Small\n", "# Small\n\nA sentence more.\n")
    built = book.run("build")
    assert built.returncode == 0, built.stderr
    assert "ran chapters/small" in built.stdout


def test_nothing_is_done_when_nothing_changed(book: Project) -> None:
    told = "nothing has changed since the site was built"
    before = (book.root / PAGE).stat()
    assert told in book.run("build").stdout
    assert (book.root / PAGE).stat().st_mtime_ns == before.st_mtime_ns
    # A file of the site that somebody else changed is no longer what was built.
    (book.root / PAGE).write_text("mine", encoding="utf-8")
    assert told not in book.run("build").stdout
    assert ">53.2%</data>, from" in page(book)


def test_an_edit_of_prose_takes_all_else_from_the_site_that_stands(book: Project) -> None:
    site = book.root / "_build/html"
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}
    book.edit("chapters/small.md", "# Small\n", "# Small\n\nA sentence more.\n")
    assert book.run("build").returncode == 0
    made = {
        path.relative_to(site).as_posix() for path, at in before.items()
        if path.stat().st_mtime_ns != at
    }  # fmt: skip
    made = {name for name in made if not name.startswith("_static/")}
    assert made == {
        "index.html", "search.html", "search-index.js", "sw.js", "offline.json",
        "manifest.webmanifest", "objects.inv", *(f"chapters/small{form}" for form in (".html", ".ipynb", ".py", ".zip")),
    }  # fmt: skip


INPUTS = (
    "src/helpers/book/theme/page.html", "src/helpers/book/templates/exhibit.html",
    "src/helpers/book/citing.py", "src/helpers/stats/estimates.py", "_static/book.css",
    "references.bib", "_config.yml", "_toc.yml", "requirements.txt", "CITATION.cff",
    "data/published/readings.csv", "data/survey/responses.simulated.csv", "results.json",
)  # fmt: skip


def test_every_input_but_prose_makes_everything_anew(
    base: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = copy_project(tmp_path)
    for name in ("_toc.yml", "index.md", "chapters"):
        (shutil.copytree if name == "chapters" else shutil.copyfile)(
            base.root / name, tmp_path / name
        )
    monkeypatch.setenv("LISTENING_STATE_ROOT", str(tmp_path))
    seen = [kept.state(prose=False)]
    (tmp_path / "tests").mkdir()
    for name in ("index.md", "chapters/small.md", "tests/test_more.py"):
        with (project.root / name).open("a", encoding="utf-8") as file:
            file.write("\n")
        assert [kept.state(prose=False)] == seen, name
    for name in INPUTS:
        with (project.root / name).open("a", encoding="utf-8") as file:
            file.write("\n")
        seen.append(kept.state(prose=False))
        assert len(set(seen)) == len(seen), name


def test_another_folder_gives_the_same_bytes(book: Project, tmp_path: Path) -> None:
    """Whether a page was made now, or taken from the site that stood, cannot be told."""
    book.edit("chapters/small.md", "# Small\n", "# Smaller\n\nA sentence more.\n")
    assert book.run("build").returncode == 0
    same_site(book, tmp_path / "cold")
    # Besides other words, another section, and another place where a number leads.
    book.edit("chapters/small.md", "A sentence more.", "## Elsewhere\n\nOther words.")
    book.edit("chapters/small.md", "is {fact}`small-share`, from", "is")
    before = (book.root / "_build/html/figures/fig-small-shares.html").read_bytes()
    assert b"Smaller" in before
    assert book.run("build").returncode == 0
    same_site(book, tmp_path / "colder")


def same_site(book: Project, folder: Path) -> None:
    """A cold build of the same state in another folder gives the same bytes."""
    shutil.copytree(book.root, folder, ignore=shutil.ignore_patterns("_build"))
    cold = Project(folder)
    assert cold.run("build").returncode == 0
    sites = [project.root / "_build/html" for project in (cold, book)]
    names = [
        sorted(p.relative_to(s).as_posix() for p in s.rglob("*") if p.is_file()) for s in sites
    ]
    assert names[0] == names[1]
    _, differing, errors = filecmp.cmpfiles(*sites, names[0], shallow=False)
    assert (differing, errors) == ([], [])


def test_verify_says_what_is_the_same_and_what_is_not(book: Project) -> None:
    assert book.run("verify").returncode == 2
    assert book.run("freeze").returncode == 0
    frozen = book.root / "results.json"
    assert json.loads(frozen.read_text(encoding="utf-8")) == json.loads(
        page(book, "_build/html/results.json")
    )
    same = book.run("verify")
    assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "3 same")
    book.edit("results.json", '"value": 53.2', '"value": 53.3')
    other = book.run("verify")
    assert other.returncode == 1
    assert re.search(r"different +small-share ", other.stdout)
    assert other.stdout.splitlines()[-1] == "1 different, 2 same"


def test_the_plain_command_of_jupyter_book_builds_too(book: Project) -> None:
    built = subprocess.run(
        [str(Path(sys.executable).with_name("jupyter-book")), "build", "-W", "-n", "--keep-going",
         "--path-output", str(book.root / "plain"), str(book.root)],
        capture_output=True, text=True, check=False, cwd=book.root,
        env={**os.environ, "PYTHONPATH": str(book.root / "src"),
             "LISTENING_STATE_ROOT": str(book.root)},
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    assert ">53.2%</data>" in page(book, "plain/_build/html/chapters/small.html")


def test_what_cannot_be_shown_keeps_its_place_and_says_why(book: Project) -> None:
    """A respondents' file may lack an item: the chapter stands, with the reason in its place."""
    absent = (
        "\n```{code-cell} ipython3\nfrom helpers.evidence import Evidence\n"
        "from helpers.stats.estimates import Inapplicable\n"
        'none = Inapplicable("the instrument has no item on trust", "shares", Evidence.SIMULATED)\n'
        'fact("small-none", none)\n'
        'figure("fig-small-none", none, title="None", caption="None of all.")\n'
        'table("tbl-small-none", none, title="None", caption="None of all.", columns={})\n```\n'
        "\nThe share is {fact}`small-none`, see {numref}`fig-small-none`.\n"
    )
    small = book.root / "chapters" / "small.md"
    small.write_text(small.read_text(encoding="utf-8") + absent, encoding="utf-8")
    built = book.run("build")
    assert built.returncode == 0, built.stdout + built.stderr
    page = (book.root / PAGE).read_text(encoding="utf-8")
    assert page.count("Not shown: the instrument has no item on trust") == 2
    assert ">not available</data>" in page
    assert not (book.root / "_build/html/figures/fig-small-none.html").exists()
    results = json.loads((book.root / "_build/html/results.json").read_text(encoding="utf-8"))
    reasons = {entry["id"] for entry in results["figures"] if "reason" in entry}
    assert reasons == {"fig-small-none"}
