"""One chapter to take away: as a notebook, as a plain script, and in a zip that runs alone."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import jupytext  # type: ignore[import-untyped]
import nbformat
from docutils import nodes
from markupsafe import Markup
from nbformat import NotebookNode
from sphinx.application import Sphinx

from helpers.book import results
from helpers.book.chapters import Chapter, chapters
from helpers.book.launch import launch_address, named_repository
from helpers.book.rendering import write
from helpers.data.survey import FILE, survey_files
from helpers.errors import PublicationError
from helpers.paths import project_root

ALWAYS = ("_config.yml", "data/README.md", "requirements.txt")
"""In each zip: what marks the folder as the project's, where the data are from, and the lock."""

_SURVEY = "src/helpers/data/survey.py"
_LINKS = Markup(
    '<p class="ls-files ls-take-away">Take this chapter along: '
    '<a download href="{0}.ipynb">notebook</a> · <a download href="{0}.py">Python script</a> · '
    '<a download href="{0}.zip">zip with its data, the helpers and the lock</a>{1}</p>\n'
)
_LAUNCH = Markup(' · <a href="{}">open in Binder</a>')

README = """{name}
{rule}

One chapter of "The Listening State", with all it needs to run alone:

  the chapter as a notebook, {name}.ipynb, and the same cells as a script, {name}.py;
  data/, the files it reads (data/README.md says where they are from);
  the helpers it calls, in the file that ends in .whl;
  requirements.txt, every package with its version and hash;
  results.json, what its numbers, figures and tables are in the book.

In this folder, with Python 3.11 or newer; the second line needs the network once:

  python3 -m venv env
  env/bin/pip install --require-hashes -r requirements.txt
  env/bin/pip install --no-deps --no-index {wheel}
  env/bin/python {name}.py
  env/bin/jupyter lab {name}.ipynb

On Windows the programs stand in env\\Scripts. Run them from this folder: data/ is looked for here.
The script prints each number as "id: text"; the same id and text stand in results.json, and the
words {{fact}}`id` in the prose of the notebook stand for that number.
Words in […]{{.simulated}} hold for the simulated respondents alone.
{survey}"""
_OWN_SURVEY = """
The respondents behind this copy of the chapter are not in this folder. Name your own file in
LISTENING_STATE_SURVEY, and its codebook in LISTENING_STATE_CODEBOOK.
"""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events; Sphinx calls it."""
    app.connect("html-page-context", _offer)
    app.connect("build-finished", _write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def keep_inputs(env: Any, inputs: Mapping[str, Iterable[str]]) -> None:
    """Remember, with Sphinx' own state, which files each chapter opened when it ran."""
    vars(env)["listening_state_inputs"] = {name: sorted(paths) for name, paths in inputs.items()}


def notebook_file(chapter: Chapter) -> bytes:
    """The chapter as a notebook without outputs."""
    return f"{nbformat.writes(_portable(chapter), version=4)}\n".encode()


def script_file(chapter: Chapter) -> bytes:
    """The chapter as a script: its cells as they stand, its prose as comments."""
    notebook = _portable(chapter)
    # No header: it would name a version of the converter.
    notebook["metadata"] = {"jupytext": {"notebook_metadata_filter": "-all"}}
    return str(jupytext.writes(notebook, fmt="py:percent")).encode()


def chapter_files(
    chapter: Chapter,
    *,
    inputs: Collection[str],
    wheel: tuple[str, bytes],
    register: Mapping[str, Mapping[str, Any]],
) -> dict[str, bytes]:
    """A folder that runs alone: chapter, helpers, lock, and the data that the chapter opened.

    Parameters
    ----------
    inputs : paths that the chapter opened when it ran, relative to the project.
    wheel : name and bytes of the helpers' wheel, from `helpers_wheel`.
    register : every record of the book; those of this chapter go along.

    Raises
    ------
    PublicationError
        A file that the chapter opened is no longer there.
    """
    name, root = chapter.path.stem, project_root()
    own = bool(os.environ.get(FILE)) and _SURVEY in inputs
    readme = README.format(
        name=name, rule="=" * len(name), wheel=wheel[0], survey=_OWN_SURVEY if own else ""
    )
    mine = {key: record for key, record in register.items() if record["chapter"] == chapter.name}
    files = {
        "README.txt": readme.encode(),
        f"{name}.ipynb": notebook_file(chapter),
        f"{name}.py": script_file(chapter),
        "results.json": results.dumps(results.document(mine)).encode(),
        wheel[0]: wheel[1],
    }
    for path in sorted(_data(inputs)):
        try:
            files[path] = (root / path).read_bytes()
        except OSError as error:
            raise PublicationError(
                f"{name}.zip cannot be made; got no {path!r}; expected the file that the chapter"
                " opened when it ran. Build again."
            ) from error
    return {f"{name}/{path}": body for path, body in files.items()}


def helpers_wheel() -> tuple[str, bytes]:
    """Name and bytes of the helpers as a wheel, the same bytes from the same source.

    Its files are stored, not compressed: the zip around it compresses them together, which makes it
    smaller by a quarter.
    """
    from hatchling.builders.wheel import WheelBuilder  # noqa: PLC0415 build only

    with tempfile.TemporaryDirectory(prefix="listening-state-") as scratch:
        builder = WheelBuilder(str(project_root()))
        (made,) = builder.build(directory=scratch, versions=["standard"])
        with zipfile.ZipFile(made) as wheel:
            files = {name: wheel.read(name) for name in wheel.namelist()}
        return Path(made).name, packed(files, compression=zipfile.ZIP_STORED)


def packed(
    files: Mapping[str, bytes],
    *,
    compression: int = zipfile.ZIP_DEFLATED,
    runs: Collection[str] = (),
) -> bytes:
    """A zip of these files in this order, with neither dates nor owners; those of ``runs`` can be run."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            mode = 0o100755 if name in runs else 0o100644
            entry.create_system, entry.external_attr = 3, mode << 16
            archive.writestr(entry, content, compress_type=compression, compresslevel=9)
    return body.getvalue()


def _portable(chapter: Chapter) -> NotebookNode:
    """The chapter without what is of use to the build alone."""
    notebook = chapter.read()
    notebook["metadata"] = {
        "kernelspec": notebook["metadata"].get("kernelspec", {}),
        "language_info": {"name": "python"},
    }
    notebook["nbformat_minor"] = 5
    return notebook


def _data(inputs: Collection[str]) -> set[str]:
    """What goes along of the files that a chapter opened; never a survey that the reader brought."""
    root = project_root()
    found = {path for path in inputs if not path.startswith("src/")} | set(ALWAYS)
    survey = {path.resolve() for path in survey_files()}
    if os.environ.get(FILE):
        return {path for path in found if (root / path).resolve() not in survey}
    if _SURVEY in inputs:
        found |= {path.relative_to(root.resolve()).as_posix() for path in survey if path.is_file()}
    return {path for path in found if (root / path).is_file() or path in inputs}


def _offer(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: nodes.document | None
) -> None:
    """Put the links at the end of the chapter."""
    if page in vars(app.env).get("listening_state_inputs", {}):
        address = launch_address(page, named_repository())
        launch = _LAUNCH.format(address) if address else ""
        context["body"] += str(_LINKS.format(page.rpartition("/")[2], launch))


def _write(app: Sphinx, failure: Exception | None) -> None:
    """Write the three files of each chapter beside its page."""
    if failure is not None or app.builder.name != "html":
        return
    inputs, register = vars(app.env)["listening_state_inputs"], results.register_of(app.env)
    wheel = cache(helpers_wheel)

    def files(chapter: Chapter) -> dict[str, bytes]:
        alone = chapter_files(
            chapter, inputs=inputs[chapter.name], wheel=wheel(), register=register
        )
        return {
            f"{chapter.name}.ipynb": notebook_file(chapter),
            f"{chapter.name}.py": script_file(chapter),
            f"{chapter.name}.zip": packed(alone),
        }

    for chapter in chapters():
        write(app, f"{chapter.name}.zip", partial(files, chapter), chapter.path.read_text("utf-8"))
