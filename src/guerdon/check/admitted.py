"""Limits on what counts: so much of a fact is seen by `give`."""

from __future__ import annotations

from guerdon.check.arithmetic import present
from guerdon.check.expressions import quantity, typed
from guerdon.check.limits import scoped
from guerdon.check.names import Names
from guerdon.check.scene import Scene
from guerdon.check.wording import plain, quoted, show
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.syntax import tree


def limit_of(
    written: tree.LimitOf,
    on: tuple[str, ...],
    scene: Scene,
    give: nodes.Expr,
    each: nodes.Each | None,
    names: Names,
) -> nodes.Limit | None:
    """A limit on a fact of the event, or of the line where the rule goes over lines; None where it was reported."""
    fact = _fact(written, scene, each, names)
    if fact is None:
        return None
    most = _most(written, fact, scene, names)
    if most is None or not _is_seen(written, give, each, names):
        return None
    return scoped(written, most, None, on, scene, names, fact.name)


def _facts(scene: Scene, each: nodes.Each | None, names: Names) -> dict[str, nodes.Fact]:
    """The facts of which so much can count."""
    facts = scene.event
    if each is not None:
        of = scene.event[each.lines].type
        of = of.of if isinstance(of, types.Optional) else of
        assert isinstance(of, types.Lines)
        facts = names.records[of.record].facts
    return {name: fact for name, fact in facts.items() if _counted(fact.type) is not None}


def _counted(of: types.Type) -> types.Quantity | types.Number | None:
    of = of.of if isinstance(of, types.Optional) else of
    return of if isinstance(of, types.Quantity) or (isinstance(of, types.Number) and not of.percent) else None


def _fact(written: tree.LimitOf, scene: Scene, each: nodes.Each | None, names: Names) -> nodes.Fact | None:
    """The fact that is limited; reported where there is none that can be."""
    name, known = written.field.text, _facts(scene, each, names)
    if name in known:
        return known[name]
    whose = "a line" if each is not None else scene.what
    if name in scene.event and each is not None:
        message = f"this rule goes over lines, and `{name}` is a fact of the event"
    elif name in scene.event:
        message = f"so much of an amount or a number can count, and `{name}` is {show(scene.event[name].type)}"
    else:
        names.unknown("G459", f"{whose} has no amount or number `{name}`", written.field.span, known, "of what?")
        return None
    help = (f"limit one of {quoted(known)}",) if known else ("leave this line out",)
    names.report("G459", message, written.field.span, "not this", help=help)
    return None


def _most(written: tree.LimitOf, fact: nodes.Fact, scene: Scene, names: Names) -> nodes.Expr | None:
    """How much counts: of the fact's own unit, and no finer than it."""
    most = written.most
    if isinstance(most, tree.Quantity) and most.unit.text in ("time", "times"):
        names.report(
            "G461",
            f"so much of `{fact.name}` can count, and `{most.span.text}` is how often",
            most.span,
            "how often",
            help=(f"write `limit {most.span.text} per member` for how often, or so much of `{fact.name}`",),
        )
        return None
    found = quantity(most, names) if isinstance(most, tree.Quantity) else typed(most, scene, names)
    of = _counted(fact.type)
    if found is None or present(found, names) is None or of is None:
        return None
    same = isinstance(found.type, types.Quantity) and isinstance(of, types.Quantity) and found.type.unit == of.unit
    bare = isinstance(found.type, types.Number) and not found.type.percent and isinstance(of, types.Number)
    if not same and not bare:
        sample = f"1000 {of.unit}" if isinstance(of, types.Quantity) else "100"
        names.report(
            "G461",
            f"`{fact.name}` is {show(fact.type)}, so its limit is {show(of)} too",
            written.most.span,
            show(found.type),
            related=((fact.span, show(fact.type)),),
            help=(f"write `limit {sample} of {fact.name} per member`",),
        )
        return None
    assert isinstance(found.type, types.Quantity | types.Number)
    if of.step is not None and not types.on_grid(found.type.step, of.step):
        names.report(
            "G461",
            f"`{fact.name}` comes in steps of {plain(of.step)}, and its limit is finer",
            written.most.span,
            "finer than that",
            related=((fact.span, show(fact.type)),),
            help=("write the limit with fewer decimals",),
        )
        return None
    return found


def _is_seen(written: tree.LimitOf, give: nodes.Expr, each: nodes.Each | None, names: Names) -> bool:
    """Whether `give` looks at the fact; reported where it doesn't, for then the limit changes nothing."""
    scope, name = nodes.Scope.LINE if each is not None else nodes.Scope.EVENT, written.field.text
    if any(isinstance(part, nodes.Field) and (part.scope, part.name) == (scope, name) for part in walk(give)):
        return True
    names.report(
        "G460",
        f"`give` does not look at `{name}`, so this limit changes nothing",
        written.span,
        "limits nothing",
        related=((give.span, f"no `{name}` here"),),
        help=(f"limit the fact that `give` looks at, or write what is given `of {name}`",),
    )
    return False
