"""What a PDF really draws, read apart from the code that wrote it: strokes, text, fonts, transparency."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream

STROKE, FILL = {b"S", b"s", b"B", b"b", b"B*", b"b*"}, {b"f", b"F", b"f*", b"B", b"b", b"B*", b"b*"}


class _Page:
    """The faults of one page; forms, such as the markers of a chart, are walked into."""

    def __init__(self, pdf: PdfReader) -> None:
        self.pdf = pdf
        self.faults: set[str] = set()
        self.strokes = 0

    def walk(self, stream: Any, resources: Any, width: float) -> None:
        states, forms = _inside(resources, "/ExtGState"), _inside(resources, "/XObject")
        now = (width, 1.0, 1.0)  # stroke, and how opaque strokes and areas are
        kept: list[tuple[float, float, float]] = []
        for words, operator in ContentStream(stream, self.pdf).operations:
            if operator == b"q":
                kept.append(now)
            elif operator == b"Q":
                now = kept.pop()
            elif operator == b"w":
                now = (float(words[0]), *now[1:])
            elif operator == b"gs":
                state = states[words[0]].get_object()
                now = (now[0], float(state.get("/CA", 1)), float(state.get("/ca", 1)))
            elif operator == b"Do":
                self.place(forms[words[0]].get_object(), now[0])
            elif operator == b"Tf" and float(words[1]) < 7:
                self.faults.add(f"text of {float(words[1]):g} pt")
            else:
                self.paint(operator, *now)

    def place(self, form: Any, width: float) -> None:
        if "/SMask" in form:
            self.faults.add("a soft mask")
        if form["/Subtype"] == "/Form":
            self.walk(form, _inside(form, "/Resources"), width)

    def paint(self, operator: bytes, width: float, line: float, area: float) -> None:
        if operator in STROKE:
            self.strokes += 1
            if not 0.3 <= round(width, 3) <= 1.5:
                self.faults.add(f"a stroke of {width:g} pt")
        if (operator in STROKE and line < 1) or (operator in FILL and area < 1):
            self.faults.add("transparency")


def print_faults(path: Path) -> list[str]:
    """What a journal would send back; also a PDF in which nothing is drawn."""
    pdf = PdfReader(path)
    page = pdf.pages[0]
    found = _Page(pdf)
    resources = page["/Resources"].get_object()
    found.walk(page.get_contents(), resources, 1.0)
    faults = found.faults
    if not found.strokes:
        faults.add("nothing is drawn")
    fonts = _inside(resources, "/Font")
    if not fonts:
        faults.add("no text")
    for font in fonts.values():
        made_of = font.get_object()
        whole = made_of.get("/DescendantFonts", [made_of])[0].get_object()
        described = whole.get("/FontDescriptor", {})
        if not {"/FontFile2", "/FontFile3"} & set(described.get_object() if described else ()):
            faults.add("a font that is not embedded")
    if "/Group" in page:
        faults.add("a transparency group")
    return sorted(faults)


def _inside(resources: Any, key: str) -> Any:
    found = resources.get(key)
    return {} if found is None else found.get_object()
