"""Widgets and notes of numbers: Python's values, by keyboard and mouse, kept in the address, from a disk."""

from __future__ import annotations

import io
import json
import math
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT
from playwright.sync_api import Page, expect

from helpers.data.published import polls
from helpers.evidence import Evidence, marked
from helpers.report.words import interval_text, share_text, value_text
from helpers.stats import (
    dont_know_bounds,
    insincerity_band,
    paths_within,
    printed_shares,
    tipping_point,
)
from helpers.stats.estimates import Estimate, Inapplicable
from helpers.stats.no_effect.tost import Bounds, decide

from . import checks
from .conftest import Visit, Visitor

EXACT = 1e-9
KEPT = 1e-8
"""Rows on a page have nine digits."""
HEADLINE = "dial-fig-fear-and-silence-president"
BOXES = {
    "chapters/fear-and-silence.html": [HEADLINE, "dial-fig-fear-and-silence-institutions"],
    "chapters/trust-in-institutions.html": ["silence-fig-trust-in-institutions-law-bodies"],
    "chapters/perceptions.html": [
        "silence-fig-perceptions-trust", "silence-fig-perceptions-channels",
    ],
    "chapters/no-effect.html": ["bounds-fig-no-effect-claims"],
    "chapters/forking-paths.html": ["paths-fig-forking-paths-linkage"],
    "chapters/data.html": ["explorer-readings"],
}  # fmt: skip
KINDS = ("dial", "silence", "bounds", "paths", "explorer")


def opened(visit: Visit, *names: str) -> Page:
    """The page with these boxes opened, as a reader does, and drawn."""
    for name in names:
        visit.page.locator(f"#{name} > summary").click()
    for name in names:
        visit.page.locator(f"#{name} .ls-living-body svg.ls-drawing").first.wait_for()
    return visit.page


def said(page: Page, name: str) -> str:
    return page.locator(f"#{name} p[role=status].ls-said").first.inner_text()


def data_of(site: Path, name: str) -> dict[str, Any]:
    """The data of a widget or number as its script holds them."""
    text = (site / f"{name}.js").read_text(encoding="utf-8")
    return json.loads(text.partition("] = ")[2].rstrip().rstrip(";"))  # type: ignore[no-any-return]


def rows_of(site: Path, exhibit: str) -> pd.DataFrame:
    text = (site / "figures" / f"{exhibit}.json").read_text(encoding="utf-8")
    return pd.DataFrame(json.loads(text)["rows"])


@pytest.fixture(scope="module")
def functions(visitor: Visitor) -> Iterator[Page]:
    """A page with the functions of every widget."""
    visit = visitor.open("chapters/data.html")
    for kind in KINDS:
        visit.page.evaluate(
            "k => window.listeningState.living.load(`_static/living-${k}`, 'living')", kind
        )
    yield visit.page
    visit.page.context.close()


def called(page: Page, name: str, calls: list[list[Any]], *, data: str | None = None) -> list[Any]:
    """What a function of the widgets gives for each list of arguments, after the data of a widget."""
    code = """async ([name, calls, data]) => {
        const living = window.listeningState.living;
        const f = name.split('.').reduce((part, key) => part[key], living);
        const first = data ? [await living.load(data)] : [];
        return calls.map((call) => f(...first, ...call));
    }"""
    return page.evaluate(code, [name, calls, data])  # type: ignore[no-any-return]


def reading(percent: float, n: int | None, **more: object) -> pd.DataFrame:
    row = {"poll_id": "P", "question": "Q", "target": "t", "response": "trust", "scale": None,
           "percent": percent, "n": n, "subgroup": "all", "source_id": "s", "part": "category"}  # fmt: skip
    frame = marked(pd.DataFrame([row | more]), Evidence.PUBLISHED)
    return frame.assign(n=frame["n"].astype("Int64"))


def test_numbers_are_printed_as_python_prints_them(functions: Page) -> None:
    draw = random.Random(1)
    values = [draw.uniform(-2, 2) * 10 ** draw.randint(-4, 6) for _ in range(500)]
    values += [k / 8 for k in range(-40, 41)] + [0.0, -0.0, -0.04, 0.05, 1e6, 2.675, 1.005, 0.15]
    calls = [[value, digits, False] for value in values for digits in range(4)]
    wanted = [f"{v:.{d}f}".replace("-", "−") for v, d, _ in calls]
    assert called(functions, "fixed", calls) == wanted
    shares = [abs(v) % 100 for v in values] + [99.99, 33.3, 12.25, 12.205, 0.004]
    assert called(functions, "share", [[v] for v in shares]) == [share_text(v) for v in shares]
    rows = [
        _estimate(value, unit)
        for value in values
        for unit in ("percent", "points", "count", "index")
    ]
    arguments = [[row.estimate, row.unit] for row in rows]
    assert called(functions, "valued", arguments) == [value_text(row) for row in rows]
    ranges = [[row.ci_low, row.ci_high, row.unit] for row in rows]
    assert called(functions, "ranged", ranges) == [interval_text(row) for row in rows]


def _estimate(value: float, unit: str) -> Estimate:
    return Estimate(
        item="", level="", group="", estimate=value, se=None, ci_low=value, ci_high=value + 3,
        n=None, n_eff=None, deff=None, df=None, unit=unit, evidence=Evidence.PUBLISHED, source="",
        method="test",
    )  # fmt: skip


def test_the_dial_bends_shares_as_python_does(functions: Page) -> None:
    draw = random.Random(2)
    for _ in range(40):
        percent, n, deff = (
            draw.uniform(0.5, 99.5),
            draw.randint(30, 20_000),
            draw.choice([1, 1.5, 2.5]),
        )
        x, goal = draw.uniform(0, 100), draw.uniform(0, 100)
        row = reading(percent, n)
        band = insincerity_band(row, insincere=[0, x], deff=deff)
        columns = ["estimate", "ci_low", "ci_high"]
        printed, bent = band[columns].to_numpy()
        assert called(functions, "dial.bent", [[value, x] for value in printed]) == pytest.approx(
            list(bent), abs=EXACT
        )
        of = {"share": percent, "low": printed[1], "high": printed[2], "goal": goal, "limits": None}
        [turn] = called(functions, "dial.tipping", [[of]])
        wanted = tipping_point(row, to=goal, deff=deff)
        if isinstance(wanted, Inapplicable):
            assert turn is None
        else:
            assert turn["at"] == pytest.approx(wanted.estimate, abs=EXACT)
            assert turn["limits"] == pytest.approx([wanted.ci_low, wanted.ci_high], abs=EXACT)


def test_the_dial_has_the_shares_that_were_printed(site: Path, functions: Page) -> None:
    printed = polls(subgroup="all").set_index(["poll_id", "target"])["percent"]
    for name in ("president", "bodies", "institutions"):
        exhibit = f"fig-fear-and-silence-{name}"
        tips = rows_of(site, exhibit)
        if name == "institutions":
            tips = tips[tips["deff"] == tips["deff"].max()].assign(tipping=lambda r: r["estimate"])
        tips = tips.drop_duplicates(["group", "item"]).set_index(["group", "item"])["tipping"]
        data = data_of(site, f"living/dial-{exhibit}")
        assert len(data["shares"]) == len(tips)
        assert [anchor["unit"] for anchor in data["anchors"]] == ["points", "percent"]
        for share in data["shares"]:
            poll, item = share["key"].split(".")
            bent = "president" if name == "institutions" else item
            assert min(abs(share["share"] / printed.loc[[(poll, bent)]] - 1)) < KEPT
            [turn] = called(functions, "dial.tipping", [[share]])
            known = tips[(poll, item)]
            assert (
                turn is None if math.isnan(known) else turn["at"] == pytest.approx(known, rel=KEPT)
            )


def test_the_lens_treats_those_without_an_answer_as_python_does(
    site: Path, functions: Page
) -> None:
    draw = random.Random(3)
    for _ in range(30):
        parts = [draw.random() for _ in range(6)]
        shares = [100 * part / sum(parts) for part in parts]
        names = ["a", "b", "c", "d", "dk", "never"]
        rows = pd.concat(
            [
                reading(share, 1000, response=name)
                for share, name in zip(shares, names, strict=True)
            ],
            ignore_index=True,
        )
        line = {"on": shares[:4], "off": shares[4:]}
        for place, way in ((0, "low"), (3, "high")):
            found = dont_know_bounds(rows, answers=[names[place]], unsure=["dk", "never"])
            known = found.set_index("treatment")["estimate"]
            ways = called(
                functions, "silence.treated", [[line, "shown"], [line, "out"], [line, way]]
            )
            got = [one["on"][place] for one in ways]
            assert got == pytest.approx(
                [known["shown"], known["left out"], known["highest"]], abs=EXACT
            )
            assert sum(ways[2]["on"]) == pytest.approx(100)
    for exhibit in ("fig-trust-in-institutions-law-bodies", "fig-perceptions-trust"):
        rows = rows_of(site, exhibit)
        data = data_of(site, f"living/silence-{exhibit}")
        given = [share for line in data["lines"] for share in [*line["on"], *line["off"]] if share]
        assert sorted(given) == pytest.approx(sorted(rows["estimate"]), abs=EXACT)


def test_moved_bounds_give_the_verdicts_of_two_one_sided_tests(site: Path, functions: Page) -> None:
    draw = random.Random(4)
    calls, wanted = [], []
    for _ in range(400):
        value, se, df = (
            draw.uniform(-1, 1),
            draw.uniform(0.02, 0.6),
            draw.choice([3.5, 20, math.inf]),
        )
        bounds = Bounds(lower=-draw.uniform(0.05, 1), upper=draw.uniform(0.05, 1))
        known = decide(value, se, bounds=bounds, df=df, item="", level="", group="", n=9, n_eff=None,
                       deff=None, unit="units", evidence=Evidence.PUBLISHED, source="", method="test")  # fmt: skip
        claim = {"inner": [known.inner_low, known.inner_high],
                 "outer": [known.effect.ci_low, known.effect.ci_high]}  # fmt: skip
        calls.append([claim, bounds.lower, bounds.upper])
        wanted.append(known.verdict.value)
    assert len(set(wanted)) == 4
    assert called(functions, "bounds.verdict", calls) == wanted
    for exhibit in ("fig-no-effect-claims", "fig-no-effect-regions", "tbl-trust-over-time-shares"):
        data, rows = data_of(site, f"living/bounds-{exhibit}"), rows_of(site, exhibit)
        found = called(functions, "bounds.verdict",
                       [[claim, data["lower"], data["upper"]] for claim in data["claims"]])  # fmt: skip
        if "verdict" in rows:
            assert found == list(rows["verdict"])
        else:
            short = {"equivalent": "within", "not shown": "not shown"}
            assert [short.get(one, "beyond") for one in found] == list(rows["verdict 2.5"])
    data = data_of(site, "living/bounds-fig-openness-and-voice-slopes")
    slopes = rows_of(site, "tbl-openness-and-voice-slopes").set_index("item")["verdict"]
    found = called(functions, "bounds.verdict",
                   [[claim, data["lower"], data["upper"]] for claim in data["claims"]])  # fmt: skip
    for claim, verdict in zip(data["claims"], found, strict=True):
        if claim["name"] in slopes.index:
            assert verdict == slopes[claim["name"]]


@pytest.mark.parametrize("name", ["heeding", "linkage"])
def test_a_path_gives_the_estimate_of_its_choices(name: str, site: Path, functions: Page) -> None:
    exhibit = f"fig-forking-paths-{name}"
    data, rows = data_of(site, f"living/paths-{exhibit}"), rows_of(site, exhibit)
    keys = [choice["key"] for choice in data["choices"]]
    draw = random.Random(5)
    at = f"living/paths-{exhibit}"
    picks = [[draw.choice([-1, *range(len(choice["options"]))]) for choice in data["choices"]]
             for _ in range(40)]  # fmt: skip
    chosen = called(functions, "paths.chosen", [[picked] for picked in picks], data=at)
    sums = called(functions, "paths.summary", [[places] for places in chosen], data=at)
    for picked, places, found in zip(picks, chosen, sums, strict=True):
        same = rows
        for choice, option in zip(data["choices"], picked, strict=True):
            if option >= 0:
                same = same[same[choice["key"]] == choice["options"][option]]
        assert [place + 1 for place in places] == sorted(same["path"])
        known = same.dropna(subset=["estimate"])
        assert found["paths"] == len(known)
        if len(known):
            ends = [known["estimate"].min(), known["estimate"].max()]
            assert [found["lowest"], found["highest"]] == pytest.approx(ends, abs=EXACT)
            assert found["clear"] == int(known["excludes_null"].astype(bool).sum())
    everything = [list(range(len(rows))), 0.2]
    [inside] = called(functions, "paths.within", [everything], data=at)
    assert 100 * inside / rows["ci_low"].notna().sum() == pytest.approx(
        paths_within(rows, 0.2).estimate
    )
    main, first = rows[rows["main"]].iloc[0], [choice["main"] for choice in data["choices"]]
    [[place]] = called(functions, "paths.chosen", [[first]], data=at)
    assert data["paths"][place][1] == main["estimate"]
    took = zip(data["choices"], data["paths"][place][0], strict=True)
    assert [choice["options"][option] for choice, option in took] == list(main[keys])


def test_the_explorer_has_every_reading_with_the_intervals_of_python(
    site: Path, functions: Page
) -> None:
    rows = polls().reset_index(drop=True)
    [held] = called(functions, "explorer.readings", [[]], data="living/explorer-readings")
    assert [one["id"] for one in held] == list(rows["poll_id"])
    found = called(functions, "explorer.intervals", [[one] for one in held])
    for place, deff in enumerate((1.0, 1.5, 2.5)):
        known = printed_shares(rows, deff=deff)
        for got, low, high in zip(found, known["ci_low"], known["ci_high"], strict=True):
            if got is None:
                assert pd.isna(low)
            else:
                assert got[place] == pytest.approx([low, high], abs=EXACT)
    want = {"country": "Kazakhstan", "target": "president", "response": "trust", "of": "all",
            "house": "any", "from": "2020", "to": "2023"}  # fmt: skip
    [chosen] = called(functions, "explorer.matching", [[held, want]])
    year = rows["fieldwork_end"].fillna(rows["fieldwork_start"]).str[:4]
    same = rows[(rows["target"] == "president") & (rows["response"] == "trust") & (rows["subgroup"] == "all")
                & (rows["country"] == "Kazakhstan") & year.between("2020", "2023")]  # fmt: skip
    assert sorted(one["id"] for one in chosen) == sorted(same["poll_id"])
    [text] = called(functions, "explorer.csv", [[chosen, "here"]], data="living/explorer-readings")
    assert "# evidence: Published figures\n# licence: CC BY 4.0" in text
    read = pd.read_csv(io.StringIO(text), comment="#")
    assert sorted(read["percent"]) == sorted(same["percent"])
    assert read["ci_low_deff_2.5"].notna().sum() == same["n"].notna().sum() > 0


@pytest.mark.parametrize("path", BOXES)
def test_widgets_are_drawn_accessible_and_quiet(path: str, visitor: Visitor) -> None:
    for width, scheme in ((390, "dark"), (1400, "light")):
        visit = visitor.open(path, width=width, scheme=scheme)
        page = opened(visit, *BOXES[path])
        for name in BOXES[path]:
            page.locator(f"#{name} .ls-numbers > summary").click()
        # Before axe, which asks for style sheets itself.
        assert (visit.complaints, visit.elsewhere) == ([], [])
        assert checks.sideways_scroll(page) <= 0
        assert checks.axe_violations(page, within=".ls-living[open]") == []
        page.context.close()


def test_the_dial_moves_by_key_and_mouse_and_the_address_keeps_it(visitor: Visitor) -> None:
    visit = visitor.open("chapters/fear-and-silence.html")
    page = visit.page
    page.locator(f"#{HEADLINE} > summary").focus()
    page.keyboard.press("Enter")
    slider = page.locator(f"#{HEADLINE} input[type=range]")
    slider.wait_for()
    before = said(page, HEADLINE)
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    page.keyboard.press("ArrowLeft")
    assert said(page, HEADLINE).startswith("If 29 of each 100")
    assert slider.get_attribute("aria-valuetext") == "29"
    page.locator(f"#{HEADLINE} .ls-jump-tip").click()
    assert "just one half" in said(page, HEADLINE)
    page.locator(f"#{HEADLINE} select").select_option(index=2)
    page.mouse.click(*_middle(slider))
    moved = said(page, HEADLINE)
    assert moved.startswith("If 50 of each 100")
    assert moved != before
    again = visitor.open(f"chapters/fear-and-silence.html#{page.url.partition('#')[2]}", disk=True)
    again.page.locator(f"#{HEADLINE} .ls-drawing").wait_for()
    assert said(again.page, HEADLINE) == moved
    assert again.page.locator(f"#{HEADLINE}").bounding_box()["y"] < 900  # type: ignore[index]
    assert (again.complaints, again.elsewhere, visit.complaints) == ([], [], [])
    again.page.locator(f"#{HEADLINE} >> text=As at first").click()
    expect(again.page.locator(".ls-living [role=status]").first).to_have_text(
        re.compile("^If 0 of")
    )
    page.context.close()
    again.page.context.close()


def _middle(slider: Any) -> tuple[float, float]:
    box = slider.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


STEPS = {
    "silence-fig-perceptions-trust": ("Left out:", "input[value=out]", " "),
    "bounds-fig-no-effect-claims": ("With bounds 0.435", "input[type=range] >> nth=0", "ArrowLeft"),
    "paths-fig-forking-paths-linkage": (None, "select >> nth=0", "ArrowDown"),
    "explorer-readings": (None, "select >> nth=0", "ArrowDown"),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_widget_turns_by_key_and_comes_back_from_a_disk(name: str, visitor: Visitor) -> None:
    path = next(path for path, names in BOXES.items() if name in names)
    start, control, key = STEPS[name]
    visit = visitor.open(path)
    page = opened(visit, name)
    before = said(page, name)
    page.locator(f"#{name} {control}").first.focus()
    page.keyboard.press(key)
    expect(page).to_have_url(re.compile(f"#{name}:"))
    after = said(page, name)
    assert after != before
    assert after.startswith(start or after)
    drawing = page.locator(f"#{name} svg.ls-drawing").get_attribute("aria-label")
    again = visitor.open(f"{path}#{page.url.partition('#')[2]}", disk=True, width=390)
    again.page.locator(f"#{name} svg.ls-drawing").wait_for()
    assert said(again.page, name) == after
    assert again.page.locator(f"#{name} svg.ls-drawing").get_attribute("aria-label") == drawing
    assert (visit.complaints, again.complaints, again.elsewhere) == ([], [], [])
    page.context.close()
    again.page.context.close()


def test_a_mistyped_address_is_the_first_view(visitor: Visitor, functions: Page) -> None:
    for state in ("x=-5", "x=1e9,of=nobody", "=,,:"):
        visit = visitor.open(f"chapters/fear-and-silence.html#{HEADLINE}:{state}")
        visit.page.locator(f"#{HEADLINE} .ls-drawing").wait_for()
        assert said(visit.page, HEADLINE).startswith("If 0 of each 100")
        assert visit.complaints == []
        visit.page.context.close()
    decoded = "hash => [...window.listeningState.living.decode(hash)]"
    assert functions.evaluate(decoded, "#a:x=%,y=1&b:y=2") == [["a", {}], ["b", {"y": "2"}]]


def test_without_a_script_and_on_paper_the_static_book_stands_alone(
    visitor: Visitor, browser: Any
) -> None:
    path = "chapters/fear-and-silence.html"
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(visitor.http + path)
    assert not page.locator(".ls-living").first.is_visible()
    assert page.locator("#fig-fear-and-silence-president img").is_visible()
    assert "95% interval" in (
        page.locator("[data-fact=fear-gap-government]").first.get_attribute("title") or ""
    )
    context.close()
    visit = visitor.open(path)
    visit.page.emulate_media(media="print")
    assert not visit.page.locator(".ls-living").first.is_visible()
    visit.page.context.close()


def note_of(page: Page) -> Any:
    return page.locator("#ls-note:not([hidden])")


def test_a_number_tells_what_stands_behind_it(visitor: Visitor, site: Path) -> None:
    facts = {fact["id"]: fact for fact in json.loads((site / "results.json").read_text())["facts"]}
    visit = visitor.open("chapters/trust-in-institutions.html")
    page = visit.page
    number = page.locator("data.ls-fact[data-fact=trust-fire-service]").first
    number.scroll_into_view_if_needed()
    following = number.locator("xpath=ancestor::p[1]/following::*[self::p or self::figure][1]")
    place = following.bounding_box()
    number.hover()
    note_of(page).wait_for()
    assert following.bounding_box() == place
    fact, text = facts["trust-fire-service"], note_of(page).inner_text()
    for part in (fact["text"], fact["ci_text"], f"{fact['n']:,}", "Published figures", "“"):
        assert part in text
    links = note_of(page).locator("a").evaluate_all("xs => xs.map(x => x.href)")
    assert any("stat.gov.kz" in link for link in links)
    assert (visit.complaints, visit.elsewhere) == ([], [])
    assert checks.axe_violations(page) == []
    page.mouse.move(2, 2)
    note_of(page).wait_for(state="detached")
    page.context.close()


def test_numbers_are_reached_by_keyboard_with_one_stop_a_section(visitor: Visitor) -> None:
    visit = visitor.open("chapters/fear-and-silence.html", disk=True)
    page = visit.page
    stops = page.locator("data.ls-fact[tabindex='0']")
    sections = page.locator("section:has(> p data.ls-fact, > ul data.ls-fact, > div data.ls-fact)")
    assert 1 < stops.count() <= sections.count() < page.locator("data.ls-fact").count() / 3
    stops.first.focus()
    note_of(page).wait_for()
    first = note_of(page).get_attribute("aria-label")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#ls-note")).not_to_have_attribute("aria-label", first or "")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "button"
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    # The next Tab goes into the note, and Escape back to the number.
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('#ls-note'))")
    page.keyboard.press("Escape")
    assert note_of(page).count() == 0
    assert page.evaluate("document.activeElement.matches('data.ls-fact')")
    page.keyboard.press("Enter")
    note_of(page).wait_for()
    note_of(page).locator("button.ls-copy").click()
    expect(page.locator("#ls-note .ls-told")).to_have_text("Copied.")
    assert visit.complaints == []
    page.context.close()


def test_a_tap_opens_a_number_and_another_closes_it(visitor: Visitor, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(visitor.http + "chapters/trust-in-institutions.html")
    number = page.locator("data.ls-fact[data-fact=trust-gap-akims]").first
    number.scroll_into_view_if_needed()
    number.tap()
    note_of(page).wait_for()
    box = note_of(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.locator("article h1").dispatch_event("pointerdown")
    note_of(page).wait_for(state="detached")
    assert checks.sideways_scroll(page) <= 0
    context.close()


@pytest.mark.parametrize("width", [360, 1400])
def test_a_citation_leads_to_a_number_that_tells_what_stands_behind_it(
    width: int, visitor: Visitor, site: Path
) -> None:
    facts = {fact["id"]: fact for fact in json.loads((site / "results.json").read_text())["facts"]}
    visit = visitor.open(
        "chapters/trust-in-institutions.html#number-trust-fire-service", width=width, disk=True
    )
    note_of(visit.page).wait_for()
    assert facts["trust-fire-service"]["text"] in note_of(visit.page).inner_text()
    box = note_of(visit.page).bounding_box()
    assert (
        0 <= box["x"] <= visit.page.evaluate("document.documentElement.clientWidth") - box["width"]
    )
    links = note_of(visit.page).locator("a").evaluate_all("xs => xs.map(x => x.href)")
    assert visit.page.url in links
    assert any(link.endswith("numbers/trust-fire-service.csl.json") for link in links)
    visit.page.keyboard.press("Escape")
    assert note_of(visit.page).count() == 0
    assert visit.complaints == []
    visit.page.context.close()


def test_a_number_in_a_table_has_its_note_beside_it(visitor: Visitor) -> None:
    for width in (390, 1400):
        visit = visitor.open("chapters/verdict.html", width=width)
        number = visit.page.locator("td data.ls-fact").first
        number.scroll_into_view_if_needed()
        number.click()
        note_of(visit.page).wait_for()
        beside, note = number.bounding_box(), note_of(visit.page).bounding_box()
        assert beside is not None
        assert (
            abs(note["y"] - beside["y"] - beside["height"]) < 12
            or abs(note["y"] + note["height"] - beside["y"]) < 12
        )
        assert 0 <= note["x"] <= width - note["width"]
        visit.page.context.close()


def test_every_widget_of_the_chapters_has_its_data(site: Path) -> None:
    placed = {
        (kind, line.split("} ")[1])
        for path in (ROOT / "chapters").glob("*.md")
        for line in path.read_text(encoding="utf-8").splitlines()
        for kind in KINDS
        if line.startswith(f"```{{{kind}}} ")
    }
    assert len(placed) > 15
    written = {path.stem for path in (site / "living").glob("*.js")}
    assert written == {f"{kind}-{of}" for kind, of in placed}
    facts = json.loads((site / "results.json").read_text(encoding="utf-8"))["facts"]
    noted = {path.stem for path in (site / "numbers").glob("*.js")}
    assert noted == {fact["id"] for fact in facts if fact["value"] is not None}
