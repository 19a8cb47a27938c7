"""Laws: what is claimed of every member after every event, or of more of a fact."""

from __future__ import annotations

from guerdon.check.expressions import condition
from guerdon.check.measured import split
from guerdon.check.names import Names, clause, clauses
from guerdon.check.scene import OF_MEMBER
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

_READS = (nodes.Measured, nodes.Streak, nodes.Standing, nodes.Earned, nodes.Available, nodes.Field)


def law(declaration: tree.Declaration, names: Names) -> nodes.Law | None:
    """The law; None where something in it was reported.

    Shape: the program has no more meters than before; those that only the law reads are its own.
    """
    assert isinstance(declaration.name, tree.String)
    always, never = clause(declaration, tree.Always), clause(declaration, tree.NeverLess)
    if (always is None) == (never is None):
        _one_claim(declaration, always, never, names)
        return None
    if never is not None:
        return _more(declaration, never, names)
    assert always is not None
    known = len(names.meters)
    holds = condition(always.condition, OF_MEMBER, names)
    when = [condition(each.condition, OF_MEMBER, names) for each in clauses(declaration, tree.When)]
    meters = tuple(names.meters[known:])
    del names.meters[known:]
    if holds is None or None in when or not _reads(holds, always, names):
        return None
    where = tuple(each for each in when if each is not None)
    return nodes.Law(declaration.name.text, where, holds, meters=meters, span=always.condition.span)


def _one_claim(
    declaration: tree.Declaration, always: tree.Always | None, never: tree.NeverLess | None, names: Names
) -> None:
    """Reports a law that claims nothing, or two things."""
    assert declaration.name is not None
    unit = next(iter(names.units), "star")
    if always is None or never is None:
        sample = f"`always {unit} available >= 0 {unit}`"
        names.report(
            "G730",
            "a law claims something",
            declaration.name.span,
            "nothing is claimed",
            help=(f"write `always` and a condition below it, like {sample}",),
        )
        return
    first, second = sorted((always, never), key=lambda each: each.span.start)
    names.report(
        "G731",
        "a law makes one claim, so that it is plain which one does not hold",
        second.span,
        "the second claim",
        related=((first.span, "the first claim"),),
        help=("make two laws of it",),
    )


def _reads(holds: nodes.Expr, written: tree.Always, names: Names) -> bool:
    """Whether a condition depends on what happens to the member; reported where not."""
    found = any(isinstance(each, _READS) for each in walk(holds, names.measures))
    if not found:
        unit = next(iter(names.units), "star")
        names.report(
            "G732",
            "this says nothing of a member, so no event can make it false",
            written.condition.span,
            "always the same",
            help=(f"ask for what a member has or was given, like `{unit} available` or `{unit} earned this month`",),
        )
    return found


# ---------------------------------------------------------------- more never gives less


def _more(declaration: tree.Declaration, written: tree.NeverLess, names: Names) -> nodes.Law | None:
    """That more of a fact never gives less of a unit."""
    assert isinstance(declaration.name, tree.String)
    before = len(names.found)
    for each in clauses(declaration, tree.When):
        names.report(
            "G733",
            "`never less` compares whole histories, so there is no moment at which `when` could hold",
            each.span,
            "when?",
            related=((written.span, "the claim"),),
            help=("take the line out; `when` goes with `always`",),
        )
    unit = written.unit.text
    if unit not in names.units:
        names.unknown_unit(written.unit, "unit", names.units)
    fact = _fact(written.path, names)
    if fact is None or len(names.found) > before:
        return None
    event, lines, name = fact
    return nodes.Law(declaration.name.text, unit=unit, event=event, lines=lines, more=name, span=written.span)


def _fact(path: tree.Path, names: Names) -> tuple[str, str | None, str] | None:
    """The event, its list of lines, and the fact that a path names; None where it was reported."""
    event, lines, rest = split(path, names)
    if event is None:
        return None
    facts = event.facts if lines is None else names.records[lines[1]].facts
    whose = path.text if not rest else ".".join(part.text for part in path.parts[:-1])
    fitting = [fact.name for fact in facts.values() if can_be_more(fact)]
    if not rest:
        names.report(
            "G116",
            f"`more` of what: name a fact of `{path.text}`",
            path.span,
            "a fact is missing",
            help=[f"write `{path.text}.{name}`" for name in fitting[:3]],
            edit=Edit(path.span, f"{path.text}.{fitting[0]}") if len(fitting) == 1 else None,
        )
        return None
    fact = facts.get(rest[0].text)
    if fact is None or rest[1:]:
        names.unknown("G106", f"`{whose}` has no fact `{rest[-1].text}`", rest[-1].span, facts)
        return None
    if not can_be_more(fact):
        derived = fact.value is not None
        message = (
            f"`{fact.name}` is computed from other facts, so it can't be made larger alone"
            if derived
            else f"`{fact.name}` is {show(fact.type)}, and there is no more or less of it"
        )
        names.report(
            "G734",
            message,
            path.span,
            "derived" if derived else "can't be more",
            related=((fact.span, "declared here"),),
            help=[f"write `{whose}.{name}`" for name in fitting[:3]] or ("name an amount or a number",),
        )
        return None
    return event.name, lines and lines[0], fact.name


def can_be_more(fact: nodes.Fact) -> bool:
    """Whether a fact is an amount or a number that a history gives."""
    of = fact.type.of if isinstance(fact.type, types.Optional) else fact.type
    return fact.value is None and isinstance(of, types.Quantity | types.Number)
