"""What a notebook shows of a result: tables and drawings whose style holds for nothing else on the page, and a short line as text."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

import guerdon
from guerdon.study.prove.prove import prove
from guerdon.study.report.fragment import SCOPE, STYLE, scoped
from guerdon.study.report.page import as_html

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CAFE, GROCERY = EXAMPLES / "cafe", EXAMPLES / "grocery"
VOID = {"line", "circle", "rect", "polyline", "br", "meta"}


@cache
def outcome() -> guerdon.Outcome:
    return guerdon.load(CAFE).run()


@cache
def shown() -> dict[str, object]:
    """One of each thing that is shown."""
    cafe = guerdon.load(CAFE)
    dearer = guerdon.load(CAFE, set={"gold_at": "100 star"})
    return {
        "outcome": outcome(),
        "account": outcome().explain("ana"),
        "event": outcome().explain("ana", outcome().explain("ana").events[0][0]),
        "comparison": guerdon.compare(cafe, dearer, CAFE),
        "measured": outcome().measure(),
        "tuned": guerdon.tune(cafe, CAFE, "gold_at", "Gold >= 3", step="10 star"),
        "proved": prove(cafe.typed),
    }


class Page(HTMLParser):
    """What stands in a part of a page; every element that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.counted, self.ids, self.cells = list[str](), dict[str, int](), list[str](), list[str]()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counted[tag] = self.counted.get(tag, 0) + 1
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counted[tag] = self.counted.get(tag, 0) + 1

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "td":
            self.cells.append(data)


NAMES = ["outcome", "account", "event", "comparison", "measured", "tuned", "proved"]


def html(name: str) -> str:
    return str(shown()[name]._repr_html_())  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_part_of_a_page_with_tables(name: str) -> None:
    found = Page(html(name))
    assert not found.open
    assert found.counted["table"] >= 1 and found.counted["style"] == 1
    assert not {"html", "body", "head", "script", "link"} & found.counted.keys()
    assert not found.ids, "two parts of one notebook would have the same"
    assert html(name).startswith(f'<div class="{SCOPE}">')


@pytest.mark.parametrize("name", ["account", "comparison", "measured", "tuned"])
def test_a_report_has_its_drawings(name: str) -> None:
    assert Page(html(name)).counted["svg"] >= 1


@pytest.mark.parametrize("name", NAMES)
def test_as_text_it_is_one_line(name: str) -> None:
    told = repr(shown()[name])
    assert told.startswith("<") and told.endswith(">")
    assert "\n" not in told and len(told) < 120


@pytest.mark.parametrize("name", NAMES)
def test_as_markdown_it_is_short(name: str) -> None:
    told = shown()[name]._repr_markdown_()  # type: ignore[attr-defined]
    assert told.startswith("### ") and len(told.splitlines()) < 60


def test_a_program_is_told_in_one_line() -> None:
    assert repr(guerdon.load(CAFE)) == f"<Program 'Corner Cafe Stars' of {CAFE / 'cafe.guerdon'}>"


def test_an_outcome_shows_the_figures_of_its_summary() -> None:
    summary, cells = outcome().summary(), Page(html("outcome")).cells
    for line in summary.rules:
        at = cells.index(line.rule)
        assert cells[at + 1 : at + 3] == [line.unit, f"{line.awards:,}"]
    for tier in summary.tiers:
        assert cells[cells.index(tier.tier) + 1] == str(tier.members)


def test_a_kernel_s_outcome_is_shown_without_its_entries() -> None:
    found = guerdon.load(GROCERY).run(engine="kernel")
    assert "Corner" in found._repr_html_() or found.program.name in found._repr_html_()
    assert repr(found) == f"<Outcome of {found.program.name!r}: 6,503 events, {len(found.rejections)} set aside>"
    assert "posted" not in vars(found)


def test_what_is_shown_of_people_is_escaped() -> None:
    account = outcome().explain("ana")
    account.member = "<b>ana</b>"
    assert "<b>ana" not in account._repr_html_()


# ---------------------------------------------------------------- the style


def test_each_rule_of_the_style_holds_inside_only() -> None:
    found = scoped(STYLE)
    assert found.count("{") == found.count("}")
    bare = re.sub(r"@media[^{]*\{", "", found)
    for selectors in re.findall(r"([^{}]+)\{[^}]*\}", bare):
        assert all(each.strip().startswith(f".{SCOPE}") for each in selectors.split(",")), selectors
    assert "@page" not in found and f".{SCOPE} body" not in found


def test_no_rule_of_the_style_is_lost() -> None:
    declared = re.findall(r"\{([^{}]*)\}", STYLE)
    assert [each for each in declared if "size: A4" not in each] == re.findall(r"\{([^{}]*)\}", scoped(STYLE))


def test_a_page_keeps_its_links() -> None:
    found = guerdon.compare(guerdon.load(CAFE), guerdon.load(CAFE), CAFE)
    assert Page(as_html(found).partition("<body>")[2].partition("</body>")[0]).ids[0] == "s0"
