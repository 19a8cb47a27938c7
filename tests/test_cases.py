"""Published rules of real programs, with figures worked out elsewhere, come out as published.

A case is a folder of `tests/cases` with a program: its tests hold the case's events and every figure that the case
expects. Where figures are about all members together, the folder holds a history, and `measured.yaml` what `guerdon measure` makes of it. The
cases themselves lie in a folder beside the checkout; what compares with them is skipped where it is absent.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from guerdon.check.passes import check_bytes
from guerdon.cli import main
from guerdon.history.event import Event
from guerdon.program import nodes
from guerdon.reference.engine import Engine
from guerdon.session import Session, Step
from guerdon.session.stored import pack, unpack
from guerdon.study.trial import NOON, Trial, run
from guerdon.syntax.format import format_document
from guerdon.syntax.parse import parse_bytes

HERE = Path(__file__).parent / "cases"
CASES = Path(__file__).resolve().parents[2] / "shared" / "cases" / "open.yaml"
IDS = sorted(folder.name for folder in HERE.iterdir() if folder.is_dir())
MEASURED = [id for id in IDS if (HERE / id / "measured.yaml").exists()]
each_case = pytest.mark.parametrize("id", [id for id in IDS if id not in MEASURED])
each_measured = pytest.mark.parametrize("id", MEASURED)


def path(id: str) -> Path:
    return HERE / id / f"{id}.guerdon"


@cache
def typed(id: str) -> nodes.Program:
    program, found = check_bytes(id, path(id).read_bytes())
    assert not found, [(each.code, each.message) for each in found]
    assert program is not None
    return program


def expectations(program: nodes.Program) -> Iterator[nodes.Expectation]:
    for case in program.tests:
        yield from (step for step in case.steps if isinstance(step, nodes.Expectation))


@each_case
def test_a_case_checks_without_a_word_and_all_of_its_tests_pass(id):
    results = run(typed(id))
    assert results
    assert not [(result.case.name, miss) for result in results for miss in result.misses]


@pytest.mark.parametrize("id", IDS)
def test_a_case_stands_in_the_one_layout(id):
    data = path(id).read_bytes()
    assert format_document(parse_bytes(id, data)[0]).encode() == data


def test_a_case_fails_where_a_figure_is_another():
    text = path("tesco-fuelsave-02").read_text()
    changed, _ = check_bytes("changed", text.replace("balance 3 ppl", "balance 4 ppl").encode())
    assert changed is not None
    assert [(miss.expected, miss.found) for result in run(changed) for miss in result.misses] == [("4 ppl", "3 ppl")]


# ---------------------------------------------------------------- as many figures as the case has, and the same

NAMES = {"event", "member", "on", "origin", "unit", "rule", "step", "metric", "sku", "bucket"}
"""What says of what a figure is; everything else in an expected item is a figure."""


@cache
def published() -> Mapping[str, dict[str, Any]]:
    if not CASES.exists():
        pytest.skip(f"{CASES.name} is not beside the checkout")
    return {case["id"]: case for case in yaml.safe_load(CASES.read_text())}


def figures(case: dict[str, Any]) -> Iterator[str]:
    """What a case expects, as it is written there."""
    for item in case["expected"]:
        names = NAMES | ({"counter"} if "value" in item else set())
        for name, figure in item.items():
            if name not in names:
                yield from map(str, figure.values() if isinstance(figure, dict) else [figure])


def number(figure: str) -> Fraction | None:
    """The number in `-20`, `2.5%` or `15.00 GBP`; None for a word."""
    found = re.fullmatch(r"(-?[\d.]+)(%?)( [A-Z]+)?", figure)
    return Fraction(found[1]) / (100 if found[2] else 1) if found else None


def plain(word: str) -> str:
    return re.sub(r"\W|_", "", word).casefold()


@each_case
def test_a_case_holds_every_figure_that_is_published(id):
    assert id in published()
    expected = list(expectations(typed(id)))
    wanted = list(figures(published()[id]))
    assert len(expected) >= len(wanted)
    numbers = Counter(each for each in map(number, wanted) if each is not None)
    assert numbers <= Counter(each.quantity for each in expected if each.quantity is not None)
    words = Counter(plain(each) for each in wanted if number(each) is None)
    assert words <= Counter(word for each in expected for word in told(each))


def told(each: nodes.Expectation) -> Iterator[str]:
    """The words for what is expected: a tier, the day of a measure, and `true` for a refusal or one of something."""
    if each.tier is not None:
        yield plain(each.tier)
    if each.kind is nodes.Expected.MEASURE and each.on is not None:
        yield plain(each.on.isoformat())
    if each.kind is nodes.Expected.REFUSED or (each.kind is nodes.Expected.AWARD and each.quantity == 1):
        yield "true"


# ---------------------------------------------------------------- figures about all members together


@each_measured
@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_a_measured_case_comes_out_as_published(id, engine):
    """`measured.yaml`: with which options, and what is expected of which rows of which tables, to the digits that are written."""
    typed(id)
    runs = yaml.safe_load((HERE / id / "measured.yaml").read_text())
    expected = list[str]()
    for each in runs:
        arguments = ["measure", str(HERE / id), "--engine", engine, "--format", "json", *each["arguments"].split()]
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0, done.output
        tables = {table["name"]: table["rows"] for of in json.loads(done.stdout)["sections"] for table in of["tables"]}
        for table, rows in each["expect"].items():
            for wanted in rows:
                month = f"{wanted.pop('month', '')}"
                (found,) = [row for row in tables[table] if row.get("month", "").startswith(month)]
                assert {name: to_the_digits(found[name], figure) for name, figure in wanted.items()} == wanted
                expected += wanted.values()
    assert Counter(map(number, figures(published()[id]))) <= Counter(map(number, expected))


def to_the_digits(found: str | int, wanted: str) -> str:
    """A figure rounded to as many decimals as one has that is wanted."""
    return f"{round(Decimal(str(found)), len(wanted.partition('.')[2]))}"


def test_the_readme_names_every_case_once():
    listed = re.findall(r"^\| `([\w-]+)` \|", (HERE / "README.md").read_text(), re.M)
    assert listed == IDS
    assert sorted(listed) == sorted(published())


# ---------------------------------------------------------------- one event at a time


class OneAtATime(Trial):
    """A test whose events go through a session, with nothing kept between two of them but bytes."""

    def __init__(self, case: nodes.Case, program: nodes.Program) -> None:
        super().__init__(case, program)
        self.session = Session(program, self.engine.member_facts)
        self.states: dict[str, bytes | None] = {}
        self.steps: list[Step] = []

    def happen(self, step: nodes.Happening) -> None:
        at = self.engine.calendar.instant(step.date, step.time or NOON)
        self.events += 1
        event = Event(str(self.events), step.event, step.member, at, at, self.events, step.facts)
        self._start(event)
        needed: tuple[str, ...] = ()
        while needed != (found := self.session.subjects(event, {id: self.states.get(id) for id in needed})):
            needed = found
        came, after = self.session.step(event, {id: self.states.get(id) for id in needed})
        self.states |= after
        self.steps.append(came)

    def _start(self, event: Event) -> None:
        """What the test gives, put into the states before the first event."""
        self.engine = Engine(self.program, self.engine.member_facts)
        unpack(self.engine.world, {id: data for id, data in self.states.items() if data is not None})
        before = set(self.opened)
        for id in dict.fromkeys((*self.silent, *_named_by(event), event.member)):
            self._open(id, event)
        if self.opened != before:
            self.states |= {id: pack(self.engine.world, id) for id in self.engine.world.subjects}
            ledger = self.engine.posted.ledger
            self.steps.append(Step(lambda: ledger))


def _named_by(event: Event) -> Iterator[str]:
    yield from (each for each in event.facts.values() if isinstance(each, str))


@each_case
def test_events_one_at_a_time_give_the_ledger_of_all_together(id):
    program = typed(id)
    for case in program.tests:
        together, single = Trial(case, program), OneAtATime(case, program)
        for step in case.steps:
            if isinstance(step, nodes.Happening):
                together.happen(step)
                single.happen(step)
        ledger = together.engine.posted.ledger
        assert [award for step in single.steps for award in step.awards] == ledger.awards
        assert [posting for step in single.steps for posting in step.postings] == ledger.postings
        assert [move for step in single.steps for move in step.moves] == ledger.moves
        assert [refusal for step in single.steps for refusal in step.refusals] == ledger.refusals
        assert [step.rejected for step in single.steps if step.rejected] == together.engine.posted.rejections
        world = together.engine.world
        states = {id: pack(world, id) for id in world.subjects}
        for member in together.engine.members:
            assert single.session.progress(member, single.states) == single.session.progress(member, states)
