"""Two versions of a program: that nothing differs, that the newer is never less generous, or an event at which it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import z3

from guerdon.program import nodes
from guerdon.reference.rules import Verdict
from guerdon.study import words
from guerdon.study.prove import lasts, pasts
from guerdon.study.prove.asked import came
from guerdon.study.prove.report import Finding, Undecided
from guerdon.study.prove.rules import Came, Judged, judged
from guerdon.study.prove.scene import LINES
from guerdon.study.prove.solve import Answer, asked, in_the_way, rising, simplest
from guerdon.study.prove.values import Variables, any_of, total
from guerdon.study.prove.witness import Witness, few, given, run, witness
from guerdon.text.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Both:
    """An event of a kind in both versions: the same facts, the same member, the same past."""

    event: str
    old: Judged
    new: Judged

    @property
    def known(self) -> Variables:
        return self.old.scene.known


def less(old: nodes.Program, new: nodes.Program) -> Iterator[Finding | Undecided | str]:
    """Where the newer version gives less; else what is proved, and what could not be decided."""
    happens = dict.fromkeys(on for each in (old, new) for rule in each.rules.values() for on in rule.on)
    found_less, open_questions = False, False
    differs: list[tuple[Both, list[str]]] = []
    for event in happens:
        if any(event not in each.events and event not in each.triggers for each in (old, new)):
            yield Undecided(f"what differs at `{event}`", "only one version has it")
            open_questions = True
            continue
        known = Variables()
        both = Both(event, judged(old, event, known), judged(new, event, known))
        for found in _at(both):
            found_less = found_less or isinstance(found, Finding)
            open_questions = open_questions or isinstance(found, Undecided)
            yield found
        if not found_less:
            differs.append((both, _differing(both)))
    for found in _worth_less(old, new):
        found_less = True
        yield found
    if not found_less:
        yield from _in_the_end(old, new, differs, open_questions)


def _in_the_end(
    old: nodes.Program, new: nodes.Program, differs: list[tuple[Both, list[str]]], open_questions: bool
) -> Iterator[Finding | Undecided | str]:
    """What comes of several events, where no single one gives less."""
    lasting = list(lasts.lasting(old, new))
    names = list(dict.fromkeys(name for _, each in differs for name in each))
    fed = list(lasts.fed(names, old, new))
    if lasting or fed or open_questions:
        shown = pasts.again(old, new) or _one_after_the_other(old, new, differs) or pasts.less(old, new)
        if shown is not None:
            yield shown
            return
    if not lasting and not open_questions:
        yield (
            "at no event does the newer version give less to a member of whom the same is known"
            if names
            else "both versions give the same at every event to a member of whom the same is known"
        )
    if lasting or fed:
        why = f"the versions differ in {', '.join(lasting)}" if lasting else fed[0]
        yield Undecided("whether a member is worse off after several events", why)


def _one_after_the_other(
    old: nodes.Program, new: nodes.Program, differs: list[tuple[Both, list[str]]]
) -> Finding | None:
    """An event at which a rule gives otherwise, and then one at which it gave much, where the newer version comes to less."""
    for both, names in differs:
        for name in names:
            was, now = both.old.came.get(name), both.new.came.get(name)
            if was is None or now is None:
                continue
            few_lines = [*few(both.old), *few(both.new)]
            first = simplest(both.known, [was.quantity != now.quantity, *few_lines])
            for much in (0, 10, 100, 1000):
                later = simplest(both.known, [was.quantity > much, *few_lines]) if first is not None else None
                one, other = (
                    witness(both.old, model, "less generous") if model is not None else None for model in (first, later)
                )
                shown = (
                    pasts.one_after_the_other(one, other, old, new) if one is not None and other is not None else None
                )
                if shown is not None:
                    return shown
    return None


def _worth_less(old: nodes.Program, new: nodes.Program) -> Iterator[Finding]:
    """Units whose worth is less than it was."""
    for name, unit in new.units.items():
        was = old.units[name].worth if name in old.units else None
        if was is not None and unit.worth is not None and unit.worth < was:
            worths = [words.quantity(each, new.frame.currency) for each in (was, unit.worth)]
            yield Finding(
                Diagnostic("G947", f"1 {name} is worth {worths[1]}, and was worth {worths[0]}", unit.span, "worth less")
            )


def _units(both: Both) -> list[str]:
    rules = [each.rule for side in (both.old, both.new) for each in side.came.values()]
    return list(dict.fromkeys(rule.unit for rule in rules if not rule.takes))


def _sum(side: Judged, unit: str) -> Any:
    return total(each.quantity for each in side.came.values() if each.rule.unit == unit and not each.rule.takes)


def _at(both: Both) -> Iterator[Finding | Undecided]:
    """Where less is given of a unit, or more is asked for by a redeem, or it can't be had."""
    for unit in _units(both):
        yield from _less_of(both, unit)
    for name, came_to in both.old.came.items():
        if came_to.rule.takes:
            yield from _dearer(both, name)


def _less_of(both: Both, unit: str) -> Iterator[Finding | Undecided]:
    sums = [_sum(side, unit) for side in (both.old, both.new)]
    condition = sums[1] < sums[0]
    answer, _ = asked(both.known, [condition, *rising(sums)])
    if answer is Answer.NEVER:
        return
    what = f"whether `{both.event}` ever gives less {unit}"
    model = simplest(both.known, [condition, *few(both.old), *few(both.new)]) if answer is Answer.FOUND else None
    shown = _shown(both, model, lambda old, new: given(new, unit) < given(old, unit)) if model is not None else None
    if shown is None:
        few_lines = [*few(both.old), *few(both.new)]
        if few_lines and asked(both.known, [condition, *few_lines])[0] is Answer.NEVER:
            yield Undecided(
                f"{what}, with more than {LINES} lines", f"so many lines are told apart; with {LINES} it never does"
            )
        else:
            yield Undecided(what, in_the_way(both.known))
        return
    gives = [
        given(run(each, side.scene.program) or {}, unit) for each, side in zip(shown, (both.old, both.new), strict=True)
    ]
    rules = [both.new.scene.program.rules.get(name) for name in _changed(both, shown)]
    place = next((rule for rule in rules if rule is not None), None)
    yield _finding(both, shown, unit, gives, place)


def _finding(
    both: Both, shown: Sequence[Witness], unit: str, gives: Sequence[Fraction], place: nodes.Rule | None
) -> Finding:
    said = [words.quantity(each, unit) for each in gives]
    program = both.new.scene.program
    return Finding(
        Diagnostic(
            "G947",
            f"the newer version gives {said[1]} where the older one gave {said[0]}",
            place.give.span if place is not None else None,
            "gives less here" if place is not None else "",
        ),
        tuple(shown[1].lines(program)),
        (*came(shown[0], both.old.scene.program, "older: "), *came(shown[1], program, "newer: ")),
    )


def _changed(both: Both, shown: Sequence[Witness]) -> Iterator[str]:
    """Rules that give less than they did, first those that are still there."""
    old, new = (run(each, side.scene.program) or {} for each, side in zip(shown, (both.old, both.new), strict=True))
    for name, verdict in old.items():
        if name not in new or new[name].quantity < verdict.quantity:
            yield name


def _dearer(both: Both, name: str) -> Iterator[Finding | Undecided]:
    """A redeem that costs more than it did, or can no longer be had."""
    old, new = both.old.came[name], both.new.came.get(name)
    gone = new is None
    condition = old.guarded if new is None else z3.And(old.guarded, z3.Or(z3.Not(new.guarded), new.exact > old.exact))
    answer, _ = asked(both.known, [condition])
    if answer is Answer.NEVER:
        return
    unit = old.rule.unit
    rich = both.known.of(
        f"available/{unit}", f"{unit} available", nodes.Available(unit, old.rule.give.type).type, below_zero=True
    )
    model = simplest(both.known, [condition, rich.term >= 2 * old.exact, *few(both.old), *few(both.new)])

    def is_dearer(before: dict[str, Verdict], after: dict[str, Verdict]) -> bool:
        if name not in before or not before[name].quantity:
            return False
        return name not in after or not after[name].quantity or after[name].quantity > before[name].quantity

    shown = _shown(both, model, is_dearer) if model is not None else None
    if shown is None:
        yield Undecided(f'whether "{name}" costs more, or can be had less often', in_the_way(both.known))
        return
    program = both.new.scene.program
    yield Finding(
        Diagnostic(
            "G947",
            f'"{name}" ' + ("is gone" if gone else "costs more than in the older version, or can't be had"),
            new.rule.give.span if new is not None else None,
            "costs more here" if new is not None else "",
        ),
        tuple(shown[1].lines(program)),
        (*came(shown[0], both.old.scene.program, "older: "), *came(shown[1], program, "newer: ")),
    )


def _shown(both: Both, model: Any, is_so: Any) -> tuple[Witness, Witness] | None:
    """The moment of a model in both versions, where the reference engine confirms it."""
    old, new = (witness(side, model, "less generous") for side in (both.old, both.new))
    if old is None or new is None:
        return None
    before, after = run(old, both.old.scene.program), run(new, both.new.scene.program)
    return (old, new) if before is not None and is_so(before, after or {}) else None


def _differing(both: Both) -> list[str]:
    """The rules that may give or take otherwise, by themselves or in their group; what is undecided may be."""
    names = list(dict.fromkeys([*both.old.came, *both.new.came]))
    otherwise = {name: _otherwise(both.old.came.get(name), both.new.came.get(name)) for name in names}
    if asked(both.known, [any_of(otherwise.values())])[0] is Answer.NEVER:
        return []
    return [name for name, condition in otherwise.items() if asked(both.known, [condition])[0] is not Answer.NEVER]


def _otherwise(was: Came | None, now: Came | None) -> Any:
    """When a rule gives or takes otherwise than it did."""
    if was is None or now is None:
        alone = was or now
        assert alone is not None
        return alone.guarded if alone.rule.takes else z3.Or(alone.quantity > 0, alone.stood > 0)
    if was.rule.unit != now.rule.unit or was.rule.takes != now.rule.takes:
        return z3.Or(was.guarded, now.guarded)
    if was.rule.takes:
        return z3.Or(was.guarded != now.guarded, z3.And(was.guarded, was.exact != now.exact))
    return z3.Or(was.quantity != now.quantity, was.stood != now.stood)
