"""Terms say what the reference engine does: at events that the solver finds, each rule gives just what its term comes to."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import z3
from tests.study.prove.test_planted import EVERY

from guerdon.check.passes import check_bytes
from guerdon.program import nodes
from guerdon.project.load import check_file
from guerdon.reference.exact import rounded as as_the_engine_rounds
from guerdon.study.prove.rules import Judged, judged
from guerdon.study.prove.solve import PAST, simplest
from guerdon.study.prove.values import Variables, exact, fraction, rounded
from guerdon.study.prove.witness import few, run, witness

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted(ROOT.glob("examples/*/*.guerdon"))
CASES = sorted(ROOT.glob("tests/cases/*/*.guerdon"))[::4]


@pytest.mark.parametrize("mode", nodes.RoundMode)
def test_a_term_is_rounded_as_the_engine_rounds(mode: nodes.RoundMode) -> None:
    for step in (Fraction(1), Fraction(1, 100), Fraction(5)):
        for number in range(-12, 13):
            value = Fraction(number, 4) * step
            term = rounded(fraction(value), step, mode)
            assert exact(z3.simplify(term)) == as_the_engine_rounds(value, step, mode)


def test_planted_programs_give_what_their_terms_say() -> None:
    assert sum(compared(program) for program in map(checked, EVERY)) > 50


def checked(of: object) -> nodes.Program:
    program, said = check_bytes("program.guerdon", of.sound.encode())  # type: ignore[attr-defined]
    assert program is not None, said
    return program


@pytest.mark.parametrize("path", [*EXAMPLES, *CASES], ids=lambda path: path.stem)
def test_programs_give_what_their_terms_say(path: Path) -> None:
    program, _ = check_file(path)
    assert program is not None
    compared(program)


def compared(program: nodes.Program) -> int:
    """How many awards were compared: of each rule on events, an event of somebody new at which it gives something."""
    count = 0
    for event in dict.fromkeys(on for rule in program.rules.values() for on in rule.on):
        if event in program.triggers:
            continue
        found = judged(program, event, Variables())
        known = found.scene.known
        for came in found.came.values():
            for least in (0, 7, 100):
                model = simplest(known, [came.quantity > least, *few(found)])
                if model is None or came.rule.takes or not _is_new(found, model):
                    continue
                shown = witness(found, model, "compared")
                verdicts = run(shown, program) if shown is not None else None
                if verdicts is None:
                    continue
                for name, each in found.came.items():
                    if not each.rule.takes:
                        said = exact(model.eval(each.quantity, model_completion=True))
                        assert verdicts[name].quantity == said, (event, name, shown and shown.lines(program))
                        count += 1
    return count


def _is_new(found: Judged, model: z3.ModelRef) -> bool:
    """Whether all is known, and the member has no past: what is read of it is nothing, or the event itself."""
    for key, thing in found.scene.known.things.items():
        if key.startswith((*PAST, "unknown/", "share/")):
            return False
        if key.startswith("available/") and exact(model.eval(thing.value.term, model_completion=True)) != 0:
            return False
    return True
