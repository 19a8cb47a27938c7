"""What happens in a test: events with their facts."""

from __future__ import annotations

from guerdon.check import moments
from guerdon.check.amounts import negative, of_some_unit
from guerdon.check.arithmetic import present
from guerdon.check.builtin import NAMES, is_built_in, unknown_event
from guerdon.check.expressions import typed
from guerdon.check.facts import fits, misfit
from guerdon.check.mending import sample
from guerdon.check.names import Names
from guerdon.check.scene import CONSTANT
from guerdon.check.settled import Facts, settled
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

SOMEBODY = "member"
"""The member of a test that names none."""


def happening(written: tree.Happens, names: Names) -> nodes.Happening | None:
    """The event; None where something in it was reported."""
    event = names.events.get(written.event.text)
    if event is None:
        unknown_event(written.event, names)
        return None
    facts = _facts(written.settings or (), event, written.event, names)
    if facts is not None and event.name in NAMES:
        facts = settled(facts, event, written, names)
    if facts is None:
        return None
    before = len(names.found)
    at = moments.clock(written.time, names) if written.time else None
    day = moments.day(written.date, names)
    if len(names.found) > before:
        return None
    member = written.member.text if written.member else SOMEBODY
    return nodes.Happening(event.name, member, day, at, facts, span=written.span)


def _facts(settings: tuple[tree.Setting, ...], record: nodes.Record, at: tree.Node, names: Names) -> Facts | None:
    """The facts of an event or a line; what is required must be there."""
    facts: Facts = {}
    places: dict[str, tree.Setting] = {}
    fine, all_known = True, True
    for written in settings:
        fact, name = record.facts.get(written.name.text), written.name
        if fact is None or fact.value is not None or name.text in places:
            _refused(name, fact, places.get(name.text), record, names)
            fine, all_known = False, all_known and fact is not None
            continue
        places[name.text] = written
        found = setting(written, fact.type, names)
        fine &= found is not None
        facts[fact.name] = found[0] if found else None
    given = [fact for fact in record.facts.values() if fact.value is None]
    missing = [fact for fact in given if fact.name not in facts and not isinstance(fact.type, types.Optional)]
    if missing and all_known:
        _missing(missing, record, at, names)
    facts |= {fact.name: None for fact in given if fact.name not in facts}
    return facts if fine and not missing else None


def _missing(missing: list[nodes.Fact], record: nodes.Record, at: tree.Node, names: Names) -> None:
    words = quoted(fact.name for fact in missing)
    unit = next(iter(names.units), "star")
    samples = [f"{fact.name} {_sample(fact.type, unit)}" for fact in missing]
    names.report(
        "G336",
        f"`{record.name}` needs {words}",
        at.span,
        f"{words} {'is' if len(missing) == 1 else 'are'} missing",
        related=((fact.span, show(fact.type)) for fact in missing if not is_built_in(fact)),
        help=(f"write `{', '.join(samples)}` with the values of this test",),
    )


def _sample(of: types.Type, unit: str) -> str:
    return f"10 {unit}" if isinstance(of, types.AmountOf) else sample(of)


def _refused(
    name: tree.Name, fact: nodes.Fact | None, before: tree.Setting | None, of: nodes.Record, names: Names
) -> None:
    """Reports a fact that a test can't give: there is none of this name, it is derived, or it was given already."""
    if before is not None:
        names.report(
            "G342",
            f"`{name.text}` is given twice",
            name.span,
            "again here",
            related=((before.name.span, "first here"),),
            help=("keep one of the two",),
        )
    elif fact is not None:
        names.report(
            "G341",
            f"`{name.text}` is derived from other facts, so a test does not give it",
            name.span,
            "derived",
            related=((fact.span, "derived here"),),
            help=("take it out",),
        )
    else:
        known = [each.name for each in of.facts.values() if each.value is None]
        names.unknown("G106", f"`{of.name}` has no fact `{name.text}`", name.span, known, "unknown fact")


def setting(written: tree.Setting, of: types.Type, names: Names) -> tuple[object] | None:
    """The value of a fact, boxed; None where it does not fit."""
    of = of.of if isinstance(of, types.Optional) else of
    if isinstance(of, types.AmountOf):
        return of_some_unit(written, names)
    if isinstance(written.value, tree.Negative):
        negative(written.name.text, written.value, names)
        return None
    if isinstance(written.value, tree.LineList):
        return _lines(written.value, of, written, names)
    if isinstance(written.value, tree.Name) and isinstance(of, types.Text | types.Member):
        if written.name.text == "tier":  # of a built-in event: which tiers there are is looked up with its ladder
            return (written.value.text,)
        meant = f'"{written.value.text}"'
        names.report(
            "G215",
            f"`{written.name.text}` is {show(of)}, and texts are written in quotes",
            written.value.span,
            "a word",
            help=(f"write `{meant}`",),
            edit=Edit(written.value.span, meant),
        )
        return None
    expr = (
        tree.Path((written.value,), span=written.value.span) if isinstance(written.value, tree.Name) else written.value
    )
    value = typed(expr, CONSTANT, names, of)
    if isinstance(expr, tree.Path) and value is None:
        return None
    if value is None or present(value, names) is None:
        return None
    if not isinstance(value, nodes.Literal) or not fits(value.type, of):
        misfit(written.name.text, value, of, written.value.span, names)
        return None
    return (value.value,)


def _lines(written: tree.LineList, of: types.Type, at: tree.Setting, names: Names) -> tuple[object] | None:
    if not isinstance(of, types.Lines):
        help_line = f"write `{at.name.text} {sample(of)}`, or another value"
        names.report(
            "G215", f"`{at.name.text}` is {show(of)}, and this is a list", written.span, "a list", help=(help_line,)
        )
        return None
    record = names.records[of.record]
    lines = [_facts(line, record, at.name, names) for line in written.lines]
    return None if None in lines else (tuple(lines),)
