"""The picture that a link to a chapter shows elsewhere: its title, evidence mark and main figure."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

from helpers.errors import PublicationError
from helpers.report.theme import ACCENT, INK, QUIET

WIDTH, HEIGHT = 1200, 630
_EDGE = 40
_COLOURS = 64
"""A drawing has few colours; with a palette the file is a third as large."""


def card(title: str, *, mark: str, name: str, picture: bytes | None = None) -> bytes:
    """A PNG of `WIDTH` by `HEIGHT`.

    Parameters
    ----------
    title : of the chapter.
    mark : its evidence mark.
    name : of the book.
    picture : a figure as PNG; it is made smaller to fit, and never cut.

    Raises
    ------
    PublicationError
        The font has no glyph for a letter.
    """
    _refuse_unknown(f"{title}{mark}{name}")
    canvas = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(canvas)
    pen.rectangle((0, 0, WIDTH, 12), fill=ACCENT)
    pen.text((_EDGE, 32), name, font=_font("DejaVuSans", 24), fill=QUIET)
    size = 44 if picture else 64
    top = 74
    for line in _wrapped(title, _font("DejaVuSans-Bold", size)):
        pen.text((_EDGE, top), line, font=_font("DejaVuSans-Bold", size), fill=INK)
        top += round(size * 1.25)
    foot = HEIGHT - 52
    pen.text((_EDGE, foot), mark, font=_font("DejaVuSans", 24), fill=QUIET)
    if picture:
        drawn = Image.open(io.BytesIO(picture)).convert("RGB")
        drawn.thumbnail((WIDTH - 2 * _EDGE, foot - top - 24))
        canvas.paste(drawn, ((WIDTH - drawn.width) // 2, top + 8))
    body = io.BytesIO()
    canvas.quantize(_COLOURS).save(body, "PNG", optimize=True)
    return body.getvalue()


def legible(picture: bytes) -> float:
    """How large a figure stands on a card, as a share of the width that there is."""
    with Image.open(io.BytesIO(picture)) as drawn:
        return min(1.0, (drawn.width / drawn.height) * 420 / (WIDTH - 2 * _EDGE))


def _refuse_unknown(words: str) -> None:
    for face in ("DejaVuSans", "DejaVuSans-Bold"):
        known = FT2Font(str(_file(face)))
        missing = sorted({letter for letter in words if not known.get_char_index(ord(letter))})
        if missing:
            raise PublicationError(
                f"a card cannot be written; got {''.join(missing)!r}, for which {face} has no glyph;"
                " expected letters that it has, such as Latin and Cyrillic."
            )


def _wrapped(words: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= WIDTH - 2 * _EDGE or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@cache
def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_file(face)), size, layout_engine=ImageFont.Layout.BASIC)


def _file(face: str) -> Path:
    return Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{face}.ttf"
