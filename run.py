#!/usr/bin/env python3
"""Makes the environment from the lock, then builds, tests, verifies or freezes the book.

Needs Python 3.11 or newer and nothing else. `make` calls it; so can you: python3 run.py book
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "made-from"
OLDEST = (3, 11)

COMMANDS = {
    "book": "execute the chapters and build the site in _build/html",
    "pdf": "build the site, and the whole book as PDF beside it; needs Chromium",
    "test": "check style, types, imports and the data; build the book; run the tests",
    "verify": "execute the chapters anew and compare with the frozen results.json",
    "freeze": "execute the chapters anew and write results.json",
    "release": "pack site, results, data, code and lock as releases/listening-state-VERSION.zip",
    "bench": "time the build and the statistics beside named peers in the same run, as tables",
    "newest": "tell which numbers move with the newest packages that pyproject.toml allows",
    "env": "make the environment .venv from requirements.txt, if it is not there",
    "clean": "remove what was built; the environment stays",
}

MEASURED = {
    "bench": (
        ("bench.build",), ("bench.statistics", "--growth"), ("helpers", "build"), ("bench.pages",),
    ),
    "newest": (("bench.elsewhere",),),
}  # fmt: skip
"""Commands that are modules, run one after the other, whether or not one failed."""


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, help_text in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, add_help=name != "test")
        if name == "release":
            command.add_argument("version", help="as CITATION.cff has it")
    chosen, rest = parser.parse_known_args(arguments)
    if rest and chosen.command != "test":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if chosen.command == "clean":
        return clean()
    make_environment()
    if chosen.command == "env":
        return 0
    if chosen.command == "test":
        return test(rest)
    if chosen.command in MEASURED:
        return max([run([python(), "-m", *words]) for words in MEASURED[chosen.command]])
    if chosen.command == "book":
        name_survey()
    elif os.environ.get("SURVEY"):
        sys.exit(
            "SURVEY is for the book; the frozen results are those of the project. Leave it out."
        )
    command = "build" if chosen.command == "book" else chosen.command
    more = [chosen.version] if command == "release" else []
    return run([python(), "-m", "helpers", command, *more])


def name_survey() -> None:
    """Hand on the reader's own survey: ``make book SURVEY=file.sav CODEBOOK=codebook.yml``."""
    for given, known in (
        ("SURVEY", "LISTENING_STATE_SURVEY"),
        ("CODEBOOK", "LISTENING_STATE_CODEBOOK"),
    ):
        if os.environ.get(given):
            path = Path(os.environ[given]).resolve()
            if not path.is_file():
                sys.exit(
                    f"{given} cannot be read; got {path.name!r}; expected a file. Check the path."
                )
            os.environ[known] = str(path)


def python() -> str:
    """The environment's own Python."""
    folder = "Scripts" if os.name == "nt" else "bin"
    return str(VENV / folder / ("python.exe" if os.name == "nt" else "python"))


def fingerprint() -> str:
    """Changes when the environment has to be made anew: another lock, package or Python."""
    files = [ROOT / "requirements.txt", ROOT / "pyproject.toml"]
    parts = [sys.version, *(path.read_text(encoding="utf-8") for path in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_made() -> bool:
    """Whether `.venv` was made to its end, from just this lock."""
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == fingerprint()


def make_environment() -> None:
    """Install the lock with its hashes, and this package in place; nothing to do the second time."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"Python is too old; got {found}; expected {OLDEST[0]}.{OLDEST[1]} or newer."
            " Name a newer one: make book PYTHON=python3.11"
        )
    if is_made():
        return
    if Path(sys.prefix).resolve() == VENV.resolve():
        sys.exit(
            "The environment in .venv is out of date and cannot be made anew by its own Python;"
            f" got {sys.executable}; expected a Python outside it. Run: python3 run.py book"
        )
    started = time.monotonic()
    print("Making the environment in .venv from requirements.txt", flush=True)
    # A half-made environment is no environment: it has no stamp, and is made anew.
    shutil.rmtree(VENV, ignore_errors=True)
    install = install_with_uv if shutil.which("uv") else install_with_pip
    if not install():
        sys.exit(
            "The environment was not made; the messages stand above. It needs the network once."
            " Try again, or see CONTRIBUTING.md."
        )
    STAMP.write_text(fingerprint(), encoding="utf-8")
    print(f"The environment is made ({time.monotonic() - started:.0f} s)", flush=True)


def install_with_uv() -> bool:
    """Make the environment with uv, byte code included: without it each kernel starts slowly."""
    install = ["uv", "pip", "install", "--python", python(), "--compile-bytecode"]
    return (
        run(["uv", "venv", "--no-project", "--python", sys.executable, str(VENV)]) == 0
        and run([*install, "--require-hashes", "-r", "requirements.txt"]) == 0
        and run([*install, "--no-deps", "--no-build-isolation", "-e", "."]) == 0
    )


def install_with_pip() -> bool:
    """Make the environment with the venv and pip of the standard library."""
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], check=False, capture_output=True, text=True
    )
    if made.returncode:
        sys.exit(
            f"python -m venv failed: {(made.stdout + made.stderr).strip()[-500:]}\n"
            "On Debian and Ubuntu: apt install python3-venv. Or install uv, which is used if found."
        )
    install = [python(), "-m", "pip", "install", "--disable-pip-version-check"]
    return (
        run([*install, "--require-hashes", "-r", "requirements.txt"]) == 0
        and run([*install, "--no-deps", "--no-build-isolation", "-e", "."]) == 0
    )


def test(rest: list[str]) -> int:
    """Run every check, even after one failed; pytest comes last, and gets ``rest``."""
    tools = [python(), "-m"]
    steps = {
        "style": [*tools, "ruff", "check", "."],
        "format": [*tools, "ruff", "format", "--check", "."],
        "types": [*tools, "mypy"],
        "imports": [str(Path(python()).parent / "lint-imports")],
        "book": [*tools, "helpers", "build"],
        "tests": [*tools, "pytest", *rest],
    }
    failed = []
    for name, command in steps.items():
        print(f"== {name}: {' '.join(Path(word).name for word in command)}", flush=True)
        started = time.monotonic()
        if run(command):
            failed.append(name)
        if name != "tests":
            print(f"== {name}: {time.monotonic() - started:.1f} s", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def clean() -> int:
    """Remove what was built and cached; the environment stays."""
    for name in ("_build", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


def run(command: list[str]) -> int:
    """Run a command in the project's folder and show what it prints."""
    # One thread a process: chapters run side by side, and sums do not depend on the split.
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    environment = {**os.environ, **threads}
    # An environment that happens to be active is not this project's.
    for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH"):
        environment.pop(name, None)
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
