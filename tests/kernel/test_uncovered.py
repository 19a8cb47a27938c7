"""What the kernel does not cover is said, and runs on the reference engine."""

from __future__ import annotations

import random

import pytest
from click.testing import CliRunner
from tests.generated import writer
from tests.generated.chance import EVERYTHING

import guerdon
from guerdon.choice import NotCovered, chosen, lacking
from guerdon.cli import main
from guerdon.kernel.uncovered import NOT_COVERED, uncovered


def test_each_word_is_found_in_some_program():
    """Nothing stands on the list that the kernel covers. Programs of few kinds come to what is rare among many: redeems of a sort."""
    missing = set(NOT_COVERED)
    for number in range(400):
        knows = EVERYTHING if number % 2 else frozenset({"redeems"})
        found = writer.program_of(random.Random(f"uncovered/{number}").randrange, knows)
        if found is not None:
            missing -= uncovered(found[1]).keys()
        if not missing:
            return
    assert not missing


def test_a_program_with_something_of_it_runs_on_the_reference_engine():
    program = guerdon.load("examples/cafe").typed
    assert lacking(program)
    assert chosen(program, "auto", 10**6).engine == "reference"
    with pytest.raises(NotCovered, match=r"offers \(examples/cafe/cafe.guerdon:\d+:\d+\)"):
        chosen(program, "kernel", 10)


def test_the_kernel_runs_what_it_covers_where_it_is_worth_it():
    program = guerdon.load("examples/grocery").typed
    assert chosen(program, "auto", 10**6).engine == "kernel"
    assert chosen(program, "auto", 10).engine == "reference"
    assert chosen(program, "kernel", 10).engine == "kernel"
    assert chosen(program, "reference", 10**6).engine == "reference"
    with pytest.raises(ValueError, match="there is no engine"):
        chosen(program, "fast", 10)


def test_a_command_says_what_is_not_covered():
    listed = CliRunner().invoke(main, ["kernel"])
    assert listed.exit_code == 0
    assert listed.output.splitlines()[1:] == [f"  {each}" for each in NOT_COVERED.values()]
    assert CliRunner().invoke(main, ["kernel", "examples/grocery"]).output == "The kernel covers the program.\n"
    asked = CliRunner().invoke(main, ["kernel", "examples/cafe"])
    assert asked.exit_code == 1
    assert "  offers (" in asked.output


def test_the_kernel_that_is_asked_for_says_why_it_does_not_run():
    asked = CliRunner().invoke(main, ["run", "examples/cafe", "--engine", "kernel"])
    assert asked.exit_code == 2
    assert "the kernel does not cover this program:" in asked.output
    assert "help: leave `--engine` out" in asked.output


def test_the_engine_is_told_where_it_is_asked_for():
    told = CliRunner().invoke(main, ["run", "examples/grocery", "--engine", "kernel", "-v"])
    assert told.exit_code == 0
    assert "engine: kernel, asked for" in told.output
