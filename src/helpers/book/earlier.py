"""Earlier releases in the site: each under its version, its pages saying that there is a newer one."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath

from markupsafe import Markup

from helpers.book.release import FOLDER
from helpers.errors import PublicationError
from helpers.paths import project_root
from helpers.report.citation import book

_NAME = re.compile(r"listening-state-(\d[\w.-]*)\.zip")
_PLACE = re.compile(r"<article\b[^>]*>|<body\b[^>]*>")


def place_earlier(site: Path) -> list[str]:
    """Put the site of each zip in ``releases/`` under ``v/<version>/``; the versions, in order.

    The release of the version that the site itself is of is not placed.

    Raises
    ------
    PublicationError
        A zip is none of ours: it cannot be read, or holds no site.
    """
    found = []
    for path in sorted((project_root() / FOLDER).glob("*.zip")):
        named = _NAME.fullmatch(path.name)
        if named is None or named[1] == book().version:
            continue
        try:
            with zipfile.ZipFile(path) as archive:
                _place(archive, named[1], site)
        except zipfile.BadZipFile as error:
            raise PublicationError(
                f"an earlier release cannot be shown; got {path.name!r}: {error}; expected a zip"
                f" that `make release` wrote. Take it out of {FOLDER}/."
            ) from error
        found.append(named[1])
    return found


def _place(archive: zipfile.ZipFile, version: str, site: Path) -> None:
    top = f"listening-state-{version}/site/"
    names = [name for name in archive.namelist() if name.startswith(top) and not name.endswith("/")]
    if f"{top}index.html" not in names:
        raise zipfile.BadZipFile("it holds no site")
    for name in names:
        page = PurePosixPath(name.removeprefix(top))
        if page.is_absolute() or ".." in page.parts:
            raise zipfile.BadZipFile(f"it would write to {page}")
        body = archive.read(name)
        if page.suffix == ".html":
            body = _noted(body.decode(), page, version, site).encode()
        target = site / "v" / version / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)


def _noted(text: str, page: PurePosixPath, version: str, site: Path) -> str:
    """The page with a note at its top that leads to what it is now."""
    up = "../" * (len(page.parts) + 1)
    newest = page if (site / page).is_file() else "index.html"
    note = Markup(
        '\n<p class="ls-older" role="note">This is version {}. <a href="{}{}">There is a newer'
        " version: {}</a>.</p>"
    ).format(version, up, newest, book().version)
    places = list(_PLACE.finditer(text))
    if not places:
        return text
    end = (places[1] if len(places) > 1 else places[0]).end()
    return f"{text[:end]}{note}{text[end:]}"
