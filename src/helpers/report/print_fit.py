"""Whether a drawing can be printed in a journal: text, strokes, transparency, colours of categories."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from matplotlib.artist import Artist
from matplotlib.collections import Collection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from helpers.report.colours import grey_difference, least_difference

SMALLEST_TEXT = 7.0
"""In points, at the size at which the figure is printed."""
THINNEST, THICKEST = 0.3, 1.5
"""Strokes in points."""
APART, APART_IN_GREY = 10.0, 15.0
"""Colours of two categories: CIEDE2000 in usual and colour-blind sight, and L* in grey."""

Category = tuple[str, Any, tuple[Any, ...]]
"""Name of an entry of a legend, its colour, and all else that tells it from others."""

NOTHING = ("None", " ", "", None)
"""What matplotlib calls a line, or a marker, that is not drawn."""


def unfit(figure: Figure) -> list[str]:
    """What a journal would send back, in words; empty where the drawing is fit for print.

    Two categories of a legend that differ in nothing but their colour must be `APART` and
    `APART_IN_GREY`; a hatching, marker or dash that differs tells them apart as well.
    """
    found: dict[str, None] = {}
    for artist in figure.findobj(lambda each: each.get_visible()):
        found.update(dict.fromkeys(_of_artist(artist)))
    for one, other in combinations(_categories(figure), 2):
        found.update(dict.fromkeys(_of_pair(one, other)))
    return list(found)


def _of_artist(artist: Artist) -> Iterator[str]:
    if isinstance(artist, Text):
        points = artist.get_fontproperties().get_size_in_points()
        if artist.get_text().strip() and points < SMALLEST_TEXT:
            yield f"text of {points:g} pt: {artist.get_text()!r}"
        return
    if isinstance(artist, Line2D | Patch | Collection):
        for width in _strokes(artist):
            if not THINNEST <= width <= THICKEST:
                yield f"a stroke of {width:g} pt"
        alpha = artist.get_alpha()
        if alpha is not None and min(_flat(alpha)) < 1:
            yield f"transparency of {min(_flat(alpha)):g}"


def _strokes(artist: Line2D | Patch | Collection) -> list[float]:
    """The widths of the strokes that an artist really draws."""
    if isinstance(artist, Line2D):
        widths = [artist.get_linewidth()] if artist.get_linestyle() not in NOTHING else []
        widths += [artist.get_markeredgewidth()] if artist.get_marker() not in NOTHING else []
    elif isinstance(artist, Patch):
        drawn = to_rgba(artist.get_edgecolor())[3] > 0
        widths = [artist.get_linewidth()] if drawn else []
    else:
        widths = _flat(artist.get_linewidth())
    return [width for width in widths if width > 0]


def _categories(figure: Figure) -> list[Category]:
    """Name, colour and all else that is seen of every entry of the legends."""
    legends = [*figure.legends, *(axes.get_legend() for axes in figure.axes)]
    found: list[Category] = []
    for legend in legends:
        if legend is None:
            continue
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
            if isinstance(handle, Patch):
                found.append(
                    (text.get_text(), handle.get_facecolor(), ("area", handle.get_hatch()))
                )
            elif isinstance(handle, Line2D):
                look = (handle.get_marker(), handle.get_linestyle(), handle.get_linewidth(),
                        handle.get_fillstyle(), handle.get_markerfacecolor() == "white",
                        str(vars(handle).get("_unscaled_dash_pattern")))  # fmt: skip
                found.append((text.get_text(), handle.get_color(), look))
    return found


def _of_pair(one: Category, other: Category) -> Iterator[str]:
    if one[2] != other[2]:
        return
    seen, grey = least_difference(one[1], other[1]), grey_difference(one[1], other[1])
    if seen < APART:
        yield f"{one[0]!r} and {other[0]!r} differ by {seen:.1f} for some readers"
    if grey < APART_IN_GREY:
        yield f"{one[0]!r} and {other[0]!r} differ by {grey:.1f} in grey"


def _flat(value: Any) -> list[float]:
    return [float(each) for each in (value if hasattr(value, "__len__") else [value])]
