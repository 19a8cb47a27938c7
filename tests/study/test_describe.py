"""A description is whole and faithful: every kind of node has its words, and whatever changes a program changes what is said of it."""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tests.generated import writer
from tests.generated.covered import expected
from tests.generated.mutants import mutants
from tests.generated.pool import programs, settings

from guerdon.check.passes import check_bytes
from guerdon.cli import main
from guerdon.program import nodes
from guerdon.project.load import check_file
from guerdon.study.describe.describe import describe
from guerdon.study.describe.page import Page, as_json, statements
from guerdon.study.describe.shown import as_html, as_markdown, on_terminal
from guerdon.text.node import Node

TESTS = Path(__file__).resolve().parents[1]


def text(page: Page) -> str:
    """All that a description says."""
    lines = [page.title]
    for section in page.sections:
        lines.append(f"# {section.title}")
        for item in section.items:
            lines += [f"## {item.title}", *statements(item)]
    return "\n".join(lines)


# ---------------------------------------------------------------- laws


@given(programs())
@settings(0.5)
def test_every_program_can_be_described(made):
    page = describe(made[1])
    assert text(page).count("\n") > 10
    for shown in (as_markdown(page), as_html(page), str(as_json(page))):
        assert made[1].frame.name in shown
        assert "<guerdon" not in shown and "Fraction(" not in shown and "None" not in shown.replace("None of", "")


@given(programs(), st.data())
@settings(0.3)
def test_whatever_changes_a_program_changes_its_description(made, data):
    program = made[1]
    every, before = list(mutants(program)), text(describe(program))
    for _ in range(8):
        changed, (node, name) = every[data.draw(st.integers(0, len(every) - 1))]
        if text(describe(changed)) == before:
            pytest.fail(f"{name} of {node}")


@pytest.mark.slow
def test_every_kind_of_node_has_words_of_its_own():
    """Each kind that holds a value is found in programs by chance, changed, and the change is seen."""
    seen: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    for number in range(40):
        made = writer.program_of(random.Random(number).randrange)
        if made is None:
            continue
        before, per_kind = text(describe(made[1])), Counter[tuple[str, str]]()
        for changed, (node, name) in mutants(made[1]):
            kind = type(node).__name__
            if per_kind[kind, name] < 2 and seen[f"{kind} {name}"] < 5:
                per_kind[kind, name] += 1
                seen[f"{kind} {name}"] += 1
                silent[f"{kind} {name}"] += text(describe(changed)) == before
    assert {each for each, count in silent.items() if count} == set()
    every = {each.__name__ for each in vars(nodes).values() if isinstance(each, type) and issubclass(each, Node)}
    missing = (every & expected()) - {each.split()[0] for each in seen} - OF_NAMES_ALONE
    assert missing == set()


OF_NAMES_ALONE = {
    *(
        "Theirs",
        "Account",
        "Apply",
        "Available",
        "Case",
        "Defined",
        "Earned",
        "Each",
        "Ever",
        "Expectation",
        "Fact",
        "Field",
    ),
    *(
        "Floor",
        "Given",
        "Grant",
        "Junction",
        "Lookup",
        "Row",
        "Measure",
        "Measured",
        "Meter",
        "Negation",
        "Offer",
        "Opening",
        "OrElse",
    ),
    *(
        "OverLines",
        "Part",
        "Payer",
        "Program",
        "Record",
        "Share",
        "Since",
        "Standing",
        "Table",
        "WhileMet",
        "Hold",
        "Accumulate",
    ),
}
"""Kinds that hold names and other nodes alone: what is in them is changed in their place."""


# ---------------------------------------------------------------- what is said, to be read


@pytest.mark.parametrize(
    "program",
    [
        "errors/valid",
        "first/cafe",
        "cases/flyingblue-xp-02/flyingblue-xp-02",
        "study/described/together",
        "study/described/redeemed",
    ],
)
def test_a_description_reads_as_it_is_kept(program: str):
    """`GUERDON_SNAPSHOTS=write` writes them anew: read each change of them aloud before you keep it."""
    kept = TESTS / "study" / "described" / f"{Path(program).name}.md"
    found, _ = check_file(TESTS / f"{program}.guerdon")
    assert found is not None
    told = as_markdown(describe(found))
    if os.environ.get("GUERDON_SNAPSHOTS") == "write":
        kept.write_text(told, encoding="utf-8")
    assert kept.read_text(encoding="utf-8") == told


SAYS = {
    "amount >= 5 USD": "the amount is at least 5 USD",
    "amount - (coupon or 0 USD) > 5 USD": "the amount less the coupon (0 USD where there is none) is more than 5 USD",
    "channel in [shop, app]": "the channel is shop or app",
    "channel not in [shop, app]": "the channel is none of shop and app",
    "channel in [shop]": "the channel is shop",
    "channel is not shop": "the channel is not shop",
    "gift": "the purchase is marked “gift”",
    "not gift": "the purchase is not marked “gift”",
    "gift is no": "the purchase is not marked “gift”",
    "member.invited_by same as member": "the member named by the member's “invited by” and the member are one person",
    "not friend same as member.invited_by": (
        "the member named by “friend” and the member named by the member's “invited by” are not one person"
    ),
    "member.home same as friend.home": (
        "the member's home is known and the same as the home of the member named by “friend”, however it is spelled"
    ),
    "member.joined same as friend.joined": (
        "the member's “joined” is known and the same as the “joined” of the member named by “friend”"
    ),
    "not (member.staff or no)": "the member is not marked “staff” (if that is not known, it counts as no)",
    "status is Gold": "the member's status is Gold",
    "status >= Gold": "the member's status is Gold or higher",
    "status < Gold": "the member's status is lower than Gold",
    "count of purchase ever is 1": "it is the member's first purchase ever",
    "count of purchase this month is 5": "it is the member's fifth purchase this month",
    "count of purchase this month >= 5": "the number of purchases this month is at least 5",
    "count of visit ever is 1": "the number of visits so far is 1",
    "count of purchase where gift last 7 days is 2": (
        "the number of purchases (only where the purchase is marked “gift”) in the last 7 days is 2"
    ),
    "(days since visit ever or 0 days) >= 90 days": (
        "the days since the latest visit before this one (0 days where there is none) are at least 90 days"
    ),
    "(last of purchase.amount ever or 0 USD) > 1 USD": (
        "the amount of the latest purchase before this one (0 USD where there is none) is more than 1 USD"
    ),
    "date >= member.joined + 30 days": "the date is on or after 30 days after the member's “joined”",
    "date <= 2026-07-06": "the date is on or before 6 July 2026",
    "point earned this month < 20 point": "the points earned this month are less than 20 points",
    "point available > 1000 point": "the member's balance of points is more than 1,000 points",
    "weekday is Sunday": "the day of the week is Sunday",
    "amount > 1 USD and (gift or channel is app)": (
        "the amount is more than 1 USD and (the purchase is marked “gift” or the channel is app)"
    ),
    "distinct of purchase.channel this calendar year >= 2": (
        "the number of different values of channel in purchases this calendar year is at least 2"
    ),
    'sum of lines.price where product is "Tea" this event > 3 USD': (
        "the total price of (the lines where the line's product is “Tea”) is more than 3 USD"
    ),
    "min(amount, 5 USD) < 3 USD": "(the smaller of the amount and 5 USD) is less than 3 USD",
}
SMALL = """program "P"
  currency    USD
unit point
member
  joined      date
  staff       yes/no optional
  invited_by  member optional
  home        text optional
event visit
record line
  product     text
  price       money
event purchase
  amount      money
  coupon      money optional
  channel     one of shop, app, web
  gift        yes/no
  friend      member
  lines       list of line
tiers status
  counts      point earned this calendar year
  tier        Member
  tier        Gold at 500 point
  lasts       forever
earn "A"
  on          purchase
  give        5 point
  when        """


@pytest.mark.parametrize("condition", SAYS)
def test_conditions_read_as_english(condition: str):
    found, diagnostics = check_bytes("p.guerdon", (SMALL + condition + "\n").encode())
    assert found is not None, diagnostics
    assert f"Only if {SAYS[condition]}." in text(describe(found)).split("\n")


WAITS = {
    "end of calendar year": "At the end of every calendar year",
    "start of month": "At the start of every month",
    "anniversary of joined": "On every anniversary of the member's “joined”",
    "anniversary of joining": "On every anniversary of the day of joining",
    "2026-12-24": "On 24 December 2026",
    "4 weeks after visit": "28 days after every visit",
    "90 days without purchase, visit": (
        "When 90 days have passed since the latest purchase or visit, or since joining if there was none"
    ),
    "14 days before mile expires": "14 days before miles of the member expire",
    "status reaching Gold": "When the member comes to hold Gold or a higher tier of status",
}


@pytest.mark.parametrize("on", WAITS)
def test_triggers_read_as_english(on: str):
    rules = SMALL.partition('earn "A"')[0].replace(
        "unit point\n", "unit point\nunit mile\n  expires 1 month after earned\n"
    )
    written = f'earn "A"\n  on {on}\n  give 5 point\n  hold 10 days\n'
    written += "  when quantity >= 100 mile\n" if "mile" in on else ""
    found, diagnostics = check_bytes("p.guerdon", (rules + written).encode())
    assert found is not None, diagnostics
    said = text(describe(found)).split("\n")
    assert f"{WAITS[on]}, the member gets 5 points." in said
    assert any(each.startswith("It is held to the start of the day 10 days later;") for each in said)
    assert ("Only if what expires then is at least 100 miles." in said) == ("mile" in on)


def test_a_page_of_html_is_well_formed_and_needs_nothing_else():
    found, _ = check_file(TESTS / "errors" / "valid.guerdon")
    assert found is not None
    page = as_html(describe(found))
    assert not re.search(r"https?:|src=|@import|url\(", page)
    Balanced().feed(page)


class Balanced(HTMLParser):
    """Sees to it that every element that is opened is closed, in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_colours_are_for_a_terminal_alone():
    page = describe(shop())
    shown = {}
    for terminal in (True, False):
        to = Console(file=StringIO(), force_terminal=terminal, width=80, color_system="standard" if terminal else None)
        on_terminal(page, to)
        shown[terminal] = to.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[" in shown[True]
    assert "\x1b[" not in shown[False]
    assert max(map(len, shown[False].split("\n"))) <= 80
    assert not any(line.endswith(" ") for line in shown[False].split("\n"))


# ---------------------------------------------------------------- the command


def shop() -> nodes.Program:
    found, _ = check_file(TESTS / "first" / "cafe.guerdon")
    assert found is not None
    return found


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_the_command_prints_and_writes_the_same(form: str, tmp_path: Path):
    program, out = TESTS / "first" / "cafe.guerdon", tmp_path / "page"
    printed = CliRunner().invoke(main, ["describe", str(program), "--format", form])
    written = CliRunner().invoke(main, ["describe", str(program), "--format", form, "--out", str(out)])
    assert (printed.exit_code, written.exit_code, written.output) == (0, 0, "")
    assert out.read_text(encoding="utf-8") == printed.stdout
    assert "Corner Cafe Stars" in printed.stdout
    assert form != "json" or json.loads(printed.stdout)["sections"]


def test_a_program_with_errors_is_not_described(tmp_path: Path):
    broken = tmp_path / "broken.guerdon"
    broken.write_text('program "P"\nearn "A"\n  on purchase\n', encoding="utf-8")
    done = CliRunner().invoke(main, ["describe", str(broken)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "error G" in done.stderr


def test_what_can_not_be_written_is_told(tmp_path: Path):
    done = CliRunner().invoke(main, ["describe", str(TESTS / "first"), "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "error G903" in done.stderr


def of(program: str) -> str:
    found, said = check_bytes("p.guerdon", program.encode())
    assert found is not None, said
    return as_markdown(describe(found))


def test_rules_stand_in_the_order_of_the_text_where_nothing_else_decides():
    """What asks for another's awards of yesterday stands before it; what asks for those of now behind it."""
    told = of(
        'program "P"\n\nunit point\n\nevent visit\n\n'
        'earn "Bonus"\n  on visit\n  give 100% of "One"\n\n'
        'earn "One"\n  on visit\n  when "Two" earned previous day is 0 point\n  give 1 point\n\n'
        'earn "Two"\n  on visit\n  when "One" earned previous day > 0 point\n  give 2 point\n'
    )
    assert sorted(("One", "Bonus", "Two"), key=lambda name: told.index(f" {name}\n")) == ["One", "Bonus", "Two"]


def test_tiers_without_a_count_fall_to_the_one_whose_condition_holds():
    told = of(
        'program "P"\n\nunit night\n  kind status\n\nevent visit\n\nearn "Night"\n  on visit\n  give 1 night\n\n'
        "tiers status\n  tier Base\n  tier Gold when count of visit last 12 months >= 3\n  lasts 12 months\n"
    )
    assert "the highest tier whose condition holds" in told and "the count reaches" not in told
    assert "its cost is not known" not in told
