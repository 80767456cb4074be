"""The command line: ``python -m helpers COMMAND``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import HelpersError

if TYPE_CHECKING:
    import pandas as pd


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it did what was asked, 1 if the answer is no, 2 if it cannot."""
    # Imports stand in the commands: asking for a table shall not load the machinery of the book.
    parser = _parser()
    known, filters = parser.parse_known_args(arguments)
    try:
        if known.command == "data":
            return _data(known.name, filters, known.to)
        if filters:
            parser.error(f"unrecognized arguments: {' '.join(filters)}")
        if known.command in ("simulate", "check", "codebook"):
            return _survey(known)
        commands: dict[str, Callable[[], int]] = {
            "build": _build, "pdf": _pdf, "verify": _verify, "freeze": _freeze,
            "cite": lambda: _cite(known.id, known.style), "whatis": lambda: _whatis(known.file),
            "draw": lambda: _draw(known), "release": lambda: _release(known.version),
        }  # fmt: skip
        return commands[known.command]()
    except BrokenPipeError:
        # The reader of our output, such as ``head``, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except HelpersError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers", description="Build, check and query the book."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="execute the chapters and build the site in _build/html")
    commands.add_parser("pdf", help="build the site, and the whole book as PDF beside it")
    commands.add_parser("verify", help="execute anew and compare with the frozen results.json")
    commands.add_parser("freeze", help="execute anew and write results.json")
    release = commands.add_parser("release", help="pack the site and the project into one zip")
    release.add_argument("version", help="as CITATION.cff has it")
    cite = commands.add_parser("cite", help="print a citation of the book or a part of it")
    cite.add_argument(
        "id", nargs="?", default="book",
        help="book, data-set, the name of a chapter, or the id of a figure, table or number",
    )  # fmt: skip
    cite.add_argument(
        "--style", default="apa", help="apa (default), chicago, gost, bibtex, ris or csl-json"
    )
    draw = commands.add_parser("draw", help="draw one figure anew, at another width or resolution")
    draw.add_argument("id", help="the id of a figure")
    draw.add_argument("--to", type=Path, required=True, help="the file: .png, .pdf or .svg")
    draw.add_argument("--width", type=float, default=190, help="in mm; default: 190")
    draw.add_argument("--dpi", type=int, default=1000, help="of a png; default: 1000, for line art")
    asked = commands.add_parser("whatis", help="say what a copy of a figure or table is")
    asked.add_argument("file", type=Path, help="png, pdf, svg, csv or json")
    check = commands.add_parser("check", help="say whether a respondent file fits its codebook")
    check.add_argument("file", type=Path, help="csv, sav, zsav, dta or parquet")
    check.add_argument(
        "--codebook", type=Path, help="its codebook in YAML; default: that of the project"
    )
    draft = commands.add_parser("codebook", help="draft a codebook from a respondent file")
    draft.add_argument("file", type=Path, help="csv, sav, zsav, dta or parquet")
    simulate = commands.add_parser("simulate", help="draw respondents from data/survey/model.yml")
    simulate.add_argument("--n", type=int, help="how many; default: that of the model")
    simulate.add_argument("--seed", type=int, help="a whole number; default: that of the model")
    simulate.add_argument("--to", type=Path, help="folder; default: data/survey")
    data = commands.add_parser(
        "data",
        help="list the tables of the evidence base, or print one",
        epilog="Filters are columns of the table, such as --target president --country Kazakhstan.",
    )
    data.add_argument("name", nargs="?", help="the table; without it, the tables are listed")
    data.add_argument("--to", choices=("csv", "json"), default="csv", help="default: csv")
    return parser


def _say(line: str) -> None:
    print(line, flush=True)


def _pdf() -> int:
    from helpers.book.build import build  # noqa: PLC0415
    from helpers.book.pdf import NAME, make  # noqa: PLC0415

    build(say=_say)
    make(_say)
    # Its pages, with the link to the PDF on the first.
    page = build(say=_say)
    print(f"The book is printed: {page.with_name(NAME)}")
    return 0


def _build() -> int:
    from helpers.book.build import build  # noqa: PLC0415

    page = build(say=_say)
    print(f"The book is built. Open {page}")
    return 0


def _verify() -> int:
    from helpers.book.verify import verify  # noqa: PLC0415

    return 0 if verify(say=_say) else 1


def _freeze() -> int:
    from helpers.book.verify import freeze  # noqa: PLC0415

    freeze(say=_say)
    return 0


def _release(version: str) -> int:
    from helpers.book.release import release  # noqa: PLC0415

    release(version, say=_say)
    return 0


def _cite(name: str, style: str) -> int:
    from helpers.book.citing import cite  # noqa: PLC0415

    print(cite(name, style).rstrip("\n"))
    return 0


def _whatis(file: Path) -> int:
    from helpers.book.citing import entries  # noqa: PLC0415
    from helpers.report.citation import book  # noqa: PLC0415
    from helpers.report.whatis import UNALTERED, whatis  # noqa: PLC0415

    exhibits = [entry for entry in entries() if "data_hash" in entry]
    found = whatis(file, exhibits, version=book().version)
    print(found)
    return 0 if found.verdict == UNALTERED else 1


def _draw(known: argparse.Namespace) -> int:
    from helpers.book.citing import entries  # noqa: PLC0415
    from helpers.book.drawn import draw  # noqa: PLC0415

    shown = {entry["id"]: entry for entry in entries()}
    draw(known.id, shown, to=known.to, width=known.width, dpi=known.dpi)
    print(f"{known.id} is in {known.to}; `whatis` knows the files of the site alone.")
    return 0


def _check(file: Path, codebook: Path | None) -> int:
    from helpers.data.check_words import check_file  # noqa: PLC0415

    says, fits = check_file(file, codebook)
    print(says)
    return 0 if fits else 1


def _codebook(file: Path) -> int:
    from helpers.data.codebook_draft import draft_codebook  # noqa: PLC0415

    print(draft_codebook(file), end="")
    return 0


def _survey(known: argparse.Namespace) -> int:
    """The commands around the survey: draw respondents, check a file, draft its codebook."""
    if known.command == "simulate":
        return _simulate(known.n, known.seed, known.to)
    if known.command == "check":
        return _check(known.file, known.codebook)
    return _codebook(known.file)


def _simulate(n: int | None, seed: int | None, folder: Path | None) -> int:
    from helpers.stats.simulation.respondents import simulation_model, write_simulated  # noqa: PLC0415

    model = simulation_model()
    n, seed = model.n if n is None else n, model.seed if seed is None else seed
    responses, truth = write_simulated(n=n, seed=seed, folder=folder)
    print(f"{n:,} simulated respondents are in {responses.name}, their truth in {truth.name}.")
    return 0


def _data(name: str | None, filters: Sequence[str], to: str) -> int:
    from helpers.data.catalogue import table, table_names  # noqa: PLC0415

    if name is None:
        for known, description in table_names().items():
            print(f"{known:<12} {description}")
        return 0
    _print(table(name, **_pairs(filters)), to)
    return 0


def _pairs(filters: Sequence[str]) -> dict[str, str]:
    """``--target president --country=Kazakhstan`` as a mapping."""
    words = [part for word in filters for part in (word.split("=", 1) if "--" in word else [word])]
    names, values = words[::2], words[1::2]
    if len(names) != len(values) or not all(word.startswith("--") for word in names):
        raise HelpersError(
            f"the filters cannot be read; got {' '.join(filters)!r}; expected pairs such as"
            " --target president."
        )
    return {
        name.removeprefix("--").replace("-", "_"): value
        for name, value in zip(names, values, strict=True)
    }


def _print(rows: pd.DataFrame, to: str) -> None:
    if to == "csv":
        rows.to_csv(sys.stdout, index=False)
    else:
        rows.to_json(sys.stdout, orient="records", force_ascii=False, indent=1)
        print()
