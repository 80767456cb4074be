"""A stranger takes a figure from its page into a paper of their own: file, entry, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from helpers.report.citation import book

from .checks import Anchors

PAGE = "figures/fig-trust-in-institutions-law-bodies.html"
PAPER = r"""\documentclass{article}
\usepackage{graphicx}
\begin{document}
As Figure~\ref{fig:taken} shows, people were asked.
\begin{figure}
\includegraphics[width=\textwidth]{%(picture)s}
\caption{Taken from~\cite{%(key)s}.}\label{fig:taken}
\end{figure}
\bibliographystyle{plain}
\bibliography{%(entry)s}
\end{document}
"""


def taken(site: Path, page: str, folder: Path) -> dict[str, str]:
    """The PDF and the BibTeX entry that the page offers, saved as a browser would."""
    found = Anchors((site / page).read_text(encoding="utf-8")).links
    links = {link for link in found if link.startswith("../figures/")}
    [picture] = [link for link in links if link.endswith(".pdf")]
    [entry] = [link for link in links if link.endswith(".bib")]
    for link in (picture, entry):
        shutil.copy((site / page).parent / link, folder)
    text = (folder / Path(entry).name).read_text(encoding="utf-8")
    [key] = re.findall(r"^@\w+\{([^,]+),", text, flags=re.MULTILINE)
    return {"picture": Path(picture).name, "entry": Path(entry).stem, "key": key}


def compiled(folder: Path, words: dict[str, str]) -> list[str]:
    """Compile the paper as LaTeX users do; what LaTeX and BibTeX complain of."""
    (folder / "paper.tex").write_text(PAPER % words, encoding="utf-8")
    latex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper"]
    said = ""
    for command in (latex, ["bibtex", "paper"], latex, latex):
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
        said = done.stdout.decode("utf-8", errors="replace")
        if done.returncode:
            return [line for line in said.splitlines() if line.startswith("!") or "error" in line]
    return [line for line in said.splitlines() if "undefined" in line or "Warning: Missing" in line]


@pytest.fixture(autouse=True)
def _latex() -> None:
    if shutil.which("pdflatex") is None or shutil.which("bibtex") is None:
        pytest.skip("LaTeX is not installed: no paper is made (Debian: texlive-latex-base)")


def test_a_figure_stands_in_a_paper(site: Path, tmp_path: Path) -> None:
    words = taken(site, PAGE, tmp_path)
    assert compiled(tmp_path, words) == []
    paper = PdfReader(tmp_path / "paper.pdf")
    text = " ".join("".join(page.extract_text() for page in paper.pages).split())
    # Words of the figure itself, and of the list of references.
    assert "Published figures" in text
    for words_of in (book().authors[0], f"Version {book().version}", "Evidence: Published figures"):
        assert words_of in text.replace("- ", ""), words_of


def test_a_paper_without_the_entry_or_the_file_is_found(site: Path, tmp_path: Path) -> None:
    words = taken(site, PAGE, tmp_path)
    assert any("undefined" in line for line in compiled(tmp_path, {**words, "key": "other"}))
    (tmp_path / words["picture"]).unlink()
    assert compiled(tmp_path, words) != []
