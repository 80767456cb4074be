"""One figure is drawn anew as large and as fine as a journal asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from helpers.book.drawn import draw
from helpers.cli import main
from helpers.errors import PublicationError
from helpers.report.citation import book

NAME = "fig-listening-state-timeline"
KNOWN = {
    NAME: {"chapter": "chapters/listening-state"},
    "fig-listening-state-none": {"chapter": "chapters/listening-state"},
    "tbl-listening-state-concepts": {"chapter": "chapters/listening-state"},
}


def test_line_art_at_a_thousand_dots_per_inch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "line-art.png"
    assert main(["draw", NAME, "--to", str(to), "--width", "90", "--dpi", "1000"]) == 0
    assert f"{NAME} is in {to}" in capsys.readouterr().out
    with Image.open(to) as drawn:
        assert drawn.width == pytest.approx(90 / 25.4 * 1000, abs=1.5)
        assert drawn.info["dpi"] == pytest.approx((1000, 1000), abs=0.5)
        assert (drawn.info["Source"], drawn.info["Version"]) == (NAME, book().version)
        assert drawn.info["Evidence"] == "Published figures"


def test_a_vector_file_has_the_width_that_was_asked(tmp_path: Path) -> None:
    draw(NAME, KNOWN, to=tmp_path / "a.pdf", width=120, dpi=300)
    pdf = PdfReader(tmp_path / "a.pdf")
    assert float(pdf.pages[0].mediabox.width) / 72 * 25.4 == pytest.approx(120, abs=0.2)
    assert f"id={NAME}" in str(pdf.metadata)


@pytest.mark.parametrize(
    ("name", "size", "told"),
    [
        ("fig-none", {}, "no such figure; got 'fig-none'"),
        ("tbl-listening-state-concepts", {}, "no such figure"),
        (
            NAME,
            {"to": "a.tiff"},
            "got 'a.tiff', 90 mm and 600 dpi; expected a name that ends in png",
        ),
        (NAME, {"width": 20}, "got 'a.png', 20 mm"),
        (NAME, {"dpi": 5000}, "and 5000 dpi; expected"),
        ("fig-listening-state-none", {}, "was not drawn: chapters/listening-state.md no longer"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    name: str, size: dict[str, object], told: str, tmp_path: Path
) -> None:
    to = tmp_path / str(size.pop("to", "a.png"))
    asked = {"width": 90.0, "dpi": 600, **size}
    with pytest.raises(PublicationError, match=told):
        draw(name, KNOWN, to=to, **asked)  # type: ignore[arg-type]
    assert not to.exists()
