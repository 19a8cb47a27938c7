"""Programs with one fault each give just this finding, and without the fault none."""

from __future__ import annotations

import pytest
from tests.study.prove.bounds import BOUNDS
from tests.study.prove.gaps import GAPS
from tests.study.prove.over_time import OVER_TIME
from tests.study.prove.planted import Planted
from tests.study.prove.unreached import UNREACHED
from tests.study.prove.versions import VERSIONS

from guerdon.check.passes import check_bytes
from guerdon.program import nodes
from guerdon.study.prove.prove import TABLES, compare, of_tables, prove
from guerdon.study.prove.report import Report

EVERY = [*GAPS, *UNREACHED, *OVER_TIME, *BOUNDS, *VERSIONS]


def named(of: Planted) -> str:
    return of.name


def typed(text: str) -> nodes.Program:
    program, said = check_bytes("older.guerdon", text.encode())
    assert program is not None, said
    return program


def report(of: Planted, text: str) -> Report:
    """What is found out about a program: as it is, or beside its older version."""
    program, said = check_bytes("program.guerdon", text.encode())
    if program is None:
        assert {each.code for each in said if each.is_error} <= TABLES, said
        return of_tables("program.guerdon", said)
    return prove(program, said) if of.older is None else compare(typed(of.older), program)


def test_there_are_forty_and_each_is_one_of_its_kind() -> None:
    assert len(EVERY) >= 40
    assert len({each.name for each in EVERY}) == len(EVERY)
    assert len({each.sound for each in EVERY}) == len(EVERY)


@pytest.mark.parametrize("of", EVERY, ids=named)
def test_a_planted_fault_is_found(of: Planted) -> None:
    assert [each.said.code for each in report(of, of.faulty).findings] == [of.code]


@pytest.mark.parametrize("of", EVERY, ids=named)
def test_a_sound_program_has_no_finding(of: Planted) -> None:
    assert not report(of, of.sound).findings


SHOWN = [each for each in EVERY if each.code in ("G943", "G947") and each.name != "points that are worth less"]


@pytest.mark.parametrize("of", SHOWN, ids=named)
def test_what_can_be_shown_is_shown(of: Planted) -> None:
    """Earning without a bound, and less than before, come with an event and what the reference engine made of it."""
    (finding,) = report(of, of.faulty).findings
    assert finding.witness
    assert finding.came
