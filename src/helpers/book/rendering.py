"""Makes anew of a site what changed; the rest is taken from the site that stands.

Files go by groups. A group is taken as a whole if it was made from the same: the project's files
other than pages, all that a page says of others (`_world`), and what the group adds to these.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from helpers.book.chapters import chapters
from helpers.book.cite_pages import works_of
from helpers.book.kept import MADE, Site, key_of, state

Page = tuple[str, dict[str, Any], str]
"""Name, context and template, as Sphinx collects pages that no document stands behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendering:
    """The site that stands, its groups by key, and the keys of the files made or taken so far."""

    site: Path
    groups: Mapping[str, list[str]]
    world: str
    made: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)


class Builder(StandaloneHTMLBuilder):
    """Sphinx' own, which writes only the pages that cannot be taken, and no index of words.

    That index knows no page of a figure or a poll, and shows no excerpt; see `helpers.book.search`.
    """

    name = "html"
    search = False

    def prepare_writing(self, docnames: set[str]) -> None:
        """Take what can be taken out of the pages to write.

        The first page waits for the PDF, and a page with pictures brings files of its own.
        """
        super().prepare_writing(docnames)
        pictured = {page for pages, _ in self.env.images.values() for page in pages}
        for page in sorted(docnames - pictured - {self.config.root_doc}):
            text = Path(self.env.doc2path(page)).read_text(encoding="utf-8")
            if _took(self.app, key := _key(self.app, page, text)):
                docnames.discard(page)
            _note(self.app, key, [f"{page}.html"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the builder, the setting and the event; Sphinx calls it."""
    app.add_builder(Builder, override=True)
    app.add_config_value("listening_state_site", "", "", str)
    app.connect("build-finished", _write_keys, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def write(
    app: Sphinx, group: str, make: Callable[[], Mapping[str, bytes]], made_from: object = None
) -> None:
    """Write the files of a group, taken or made.

    Parameters
    ----------
    make : gives them, by their paths in the site.
    made_from : all that they depend on, besides the project's files and the world of its pages.
    """
    if _took(app, key := _key(app, group, made_from)):
        return
    files = make()
    for name, body in files.items():
        target = Path(app.outdir) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    _note(app, key, files)


def collect(app: Sphinx, group: str, pages: Iterable[Page]) -> Iterator[Page]:
    """The pages of a group for Sphinx to write; where they were taken, none is asked for."""
    if _took(app, key := _key(app, group)):
        return
    names = []
    for page in pages:
        names.append(f"{page[0]}.html")
        yield page
    _note(app, key, names)


def taken(app: Sphinx) -> set[str]:
    """The files taken so far, by their paths in the site."""
    return _of(app).taken


def _of(app: Sphinx) -> _Rendering:
    """What is known once every page has been read."""
    if "listening_state_rendering" not in vars(app):
        site = app.config.listening_state_site
        vars(app)["listening_state_rendering"] = _Rendering(
            site=Path(site), groups=Site(Path(site)).unchanged() if site else {}, world=_world(app)
        )
    rendering: _Rendering = vars(app)["listening_state_rendering"]
    return rendering


def _world(app: Sphinx) -> str:
    """Changes with anything that a page, or a file beside it, may show of another than its own."""
    env, known = app.env, vars(app.env)
    labels = [(name, *map(str, label))
              for of in ("labels", "anonlabels")
              for name, label in sorted(env.domaindata["std"][of].items())]  # fmt: skip
    return key_of([
        state(prose=False),
        known.get("listening_state_ran"), known.get("listening_state_inputs"),
        {chapter.name: chapter.code_digest() for chapter in chapters()},
        {page: toc.pformat() for page, toc in env.tocs.items()},
        env.toc_fignumbers, labels,
        [(cited.citation_id, cited.key, cited.formatted_entry.label)
         for cited in env.domaindata["cite"]["citations"]],
        sorted(map(repr, works_of(app).values())),
        {page: sorted(of) for page, of in known.get("listening_state_living", {}).items()},
    ])  # fmt: skip


def _key(app: Sphinx, group: str, made_from: object = None) -> str:
    return key_of([_of(app).world, group, made_from])


def _took(app: Sphinx, key: str) -> bool:
    """Link or copy the files of a group, if there are any."""
    known = _of(app)
    names = known.groups.get(key, [])
    for name in names:
        target = Path(app.outdir) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            # Both sites may name one file: each is only ever replaced, never written to.
            os.link(known.site / name, target)
        except OSError:
            shutil.copyfile(known.site / name, target)
    known.taken.update(names)
    known.made.update(dict.fromkeys(names, key))
    return bool(names)


def _note(app: Sphinx, key: str, names: Iterable[str]) -> None:
    _of(app).made.update(dict.fromkeys(names, key))


def _write_keys(app: Sphinx, failure: Exception | None) -> None:
    if failure is None and app.config.listening_state_site:
        (Path(app.outdir) / MADE).write_text(json.dumps(_of(app).made), encoding="utf-8")
