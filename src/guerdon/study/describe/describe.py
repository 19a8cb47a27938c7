"""The description of a program: its sections in order."""

from __future__ import annotations

from collections.abc import Iterable

from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.study.describe import measures, overview, people, returns
from guerdon.study.describe.claims import claim
from guerdon.study.describe.examples import example
from guerdon.study.describe.groups import group
from guerdon.study.describe.page import Item, Page, Section
from guerdon.study.describe.rules import rule
from guerdon.study.describe.status import ladder
from guerdon.study.describe.units import unit

READING = "How to read this"
"""The section that says nothing of one program alone."""


def describe(program: nodes.Program) -> Page:
    """All that a program says, in prose and tables; sections without anything are left out."""
    events = list(people.shown(program))
    sections = (
        _section("Overview", [overview.overview(program)]),
        _section(READING, [overview.reading(program)]),
        _section("What is earned", [unit(each, program) for each in program.units.values()]),
        _section("Members", [people.members(program)]),
        _section("What happens", [people.record(each, program, "event") for each in events]),
        _section("What lines hold", [people.record(each, program, "line") for each in program.records.values()]),
        _section("Accounts", [people.account(each, program) for each in program.accounts.values()]),
        _section("Status", [ladder(each, program) for each in program.ladders.values()], ordered=True),
        _section("Rules, in the order in which they work", [rule(each, program) for each in _in_order(program)], True),
        _section("Groups of rules", [group(each, program) for each in program.groups.values()]),
        _section("Tables", [measures.table(each, program) for each in program.tables.values()]),
        _section("Measures", [measures.measures(program)] if program.measures else []),
        _section(
            "Returns",
            [returns.reversal(each, program) for each in program.events.values() if each.reverses is not None],
        ),
        _section("Examples", [example(each, program) for each in program.tests], True),
        _section("Claims", [claim(each, program) for each in program.laws]),
    )
    return Page(program.frame.name, tuple(each for each in sections if each.items))


def _in_order(program: nodes.Program) -> list[nodes.Rule]:
    """The rules as they stand in the text, each behind those whose awards it reads, and behind what may replace it."""
    sources = list(dict.fromkeys(each.span.source for each in program.rules.values()))
    by_text = sorted(program.rules.values(), key=lambda each: (sources.index(each.span.source), each.span.start))
    found: dict[str, nodes.Rule] = {}

    def place(each: nodes.Rule) -> None:
        if each.name not in found:
            read = [
                name for given in walk(each) if isinstance(given, nodes.Given) for name in program.rules_of(given.rule)
            ]
            for name in (*read, *(other.name for other in by_text if each.name in other.replaces)):
                place(program.rules[name])
            found[each.name] = each

    for each in by_text:
        place(each)
    return list(found.values())


def _section(title: str, items: Iterable[Item], ordered: bool = False) -> Section:
    return Section(title, tuple(each for each in items if each.blocks or each.title), ordered)
