"""A description is whole and faithful: every kind of node has its words, and whatever changes a program changes what is said of it."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generated import writer
from tests.generated.covered import expected
from tests.generated.mutants import mutants
from tests.generated.pool import programs, settings

from guerdon.program import nodes
from guerdon.study.describe.describe import describe
from guerdon.study.describe.page import Page, as_json, statements
from guerdon.study.describe.shown import as_html, as_markdown
from guerdon.text.node import Node


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
            if per_kind[kind, name] < 2 and seen[f"{kind} {name}"] < 12:
                per_kind[kind, name] += 1
                seen[f"{kind} {name}"] += 1
                silent[f"{kind} {name}"] += text(describe(changed)) == before
    assert {each for each, count in silent.items() if count} == set()
    every = {each.__name__ for each in vars(nodes).values() if isinstance(each, type) and issubclass(each, Node)}
    missing = (every & expected()) - {each.split()[0] for each in seen} - OF_NAMES_ALONE
    assert missing == set()


OF_NAMES_ALONE = {
    *("Account", "Apply", "Available", "Case", "Defined", "Earned", "Each", "Ever", "Expectation", "Fact", "Field"),
    *(
        "Floor",
        "Given",
        "Grant",
        "Junction",
        "Lookup",
        "Measure",
        "Measured",
        "Meter",
        "Moment",
        "Negation",
        "Opening",
        "OrElse",
    ),
    *(
        "OverLines",
        "Part",
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
