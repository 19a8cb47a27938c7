"""Comparisons, lists of values, and `or`: both as a condition and for what may be missing."""

from __future__ import annotations

from collections.abc import Callable

from guerdon.check import arithmetic
from guerdon.check.arithmetic import holds, ordered, present
from guerdon.check.names import Names
from guerdon.check.scene import Scene
from guerdon.check.strange import listed_with_or, turned_around
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span

Typed = Callable[[tree.Expr, Scene, Names, types.Type | None], nodes.Expr | None]
"""The checker of any expression, with the type that is expected."""


def compare(expr: tree.Compare, scene: Scene, names: Names, any_typed: Typed) -> nodes.Expr | None:
    sides = _sides(expr.left, expr.right, scene, names, any_typed)
    if sides is None:
        return None
    if not ordered(sides[0].type):
        of = sides[0].type
        upper = of.values[-2:] if isinstance(of, types.Choice) else ()
        names.report(
            "G207",
            f"`{expr.operator.text}` compares what has an order, and {show(of)} has none",
            expr.span,
            "no order",
            help=(f"name those that count, like `{expr.left.span.text} in [{', '.join(upper)}]`",)
            if upper
            else ("use `is` or `is not`",),
        )
        return None
    return nodes.Compare(expr.operator.text, *sides, types.YesNo(), span=expr.span)


def same(expr: tree.Same, scene: Scene, names: Names, any_typed: Typed) -> nodes.Expr | None:
    if not expr.differs and _turned(expr, scene, names, any_typed):
        return None
    sides = _sides(expr.left, expr.right, scene, names, any_typed)
    operator = "is not" if expr.differs else "is"
    return sides and nodes.Compare(operator, *sides, types.YesNo(), span=expr.span)


def same_as(expr: tree.Alike, scene: Scene, names: Names, any_typed: Typed) -> nodes.Expr | None:
    """`same as`: of texts, of members, and of what may be missing; for all else there is `is`."""
    left = any_typed(expr.left, scene, names, None)
    right = any_typed(expr.right, scene, names, left.type) if left is not None else None
    if left is None or right is None:
        return None
    first, second = (each.type.of if isinstance(each.type, types.Optional) else each.type for each in (left, right))
    if not alike(first, second):
        arithmetic.mismatch(left, right, "compared", names)
        return None
    if isinstance(first, types.Member) and not scene.at_event:
        _by_now(expr, names)
        return None
    sure = not any(isinstance(each.type, types.Optional) for each in (left, right))
    if isinstance(first, types.Lines | types.AmountOf) or (sure and not isinstance(first, types.Text | types.Member)):
        _plainly(expr, left, right, names)
        return None
    return nodes.Compare("same as", left, right, types.YesNo(), span=expr.span)


def _by_now(expr: tree.Alike, names: Names) -> None:
    """Reports two members compared where nothing happens that they could be looked up at."""
    names.report(
        "G531",
        "who two members are by now is known at an event, so only rules on events and what stands behind `where` can ask for it",
        expr.span,
        "of another member",
        help=("ask for it in a rule on an event, or count events `where` it holds",),
    )


def _plainly(expr: tree.Alike, left: nodes.Expr, right: nodes.Expr, names: Names) -> None:
    """Reports `same as` where neither spelling nor what is missing makes a difference."""
    between = Span(expr.span.source, left.span.end, right.span.start)
    listed = isinstance(left.type, types.Lines | types.AmountOf)
    names.report(
        "G533",
        f"`same as` is for texts, members and what may be missing, and this is {show(left.type)}",
        expr.span,
        show(left.type) if listed else "always there",
        help=() if listed else (f"write `{expr.left.span.text} is {expr.right.span.text}`",),
        edit=None if listed or set("()") & set(between.text) else Edit(between, " is "),
    )


def among(expr: tree.Among, scene: Scene, names: Names, any_typed: Typed) -> nodes.Expr | None:
    item = any_typed(expr.item, scene, names, None)
    if item is None or present(item, names) is None:
        return None
    same: list[nodes.Expr] = []
    for each in expr.values:
        value = any_typed(each, scene, names, item.type)
        if value is None:
            return None
        if not alike(item.type, value.type):
            arithmetic.mismatch(item, value, "compared", names)
            return None
        same.append(nodes.Compare("is", item, value, types.YesNo(), span=each.span))
    found = nodes.Junction(False, tuple(same), types.YesNo(), span=expr.span)
    return nodes.Negation(found, types.YesNo(), span=expr.span) if expr.outside else found


def either(
    expr: tree.Either, scene: Scene, names: Names, any_typed: Typed, expected: types.Type | None
) -> nodes.Expr | None:
    first = any_typed(expr.of[0], scene, names, expected)
    if first is None:
        for each in expr.of[1:]:
            _aside(each, scene, names, any_typed)
        return None
    if isinstance(first.type, types.Optional):
        return _or_else(first, expr, scene, names, any_typed)
    if not isinstance(first.type, types.YesNo):
        rest = Span(expr.span.source, first.span.end, expr.of[-1].span.end)
        plain = not set("()") & set(rest.text)
        names.report(
            "G214",
            "`or` stands between conditions, or behind something that may be missing",
            expr.of[0].span,
            f"{show(first.type)}, which is never missing",
            help=(f"take out `{rest.text.strip()}`",) if plain else (),
            edit=Edit(rest, "") if plain else None,
        )
        return None
    if listed_with_or(expr, first, names):
        return None
    parts = [first, *(holds(any_typed(each, scene, names, None), names) for each in expr.of[1:])]
    return nodes.Junction(False, tuple(filter(None, parts)), types.YesNo(), span=expr.span) if all(parts) else None


def alike(left: types.Type, right: types.Type) -> bool:
    """Whether values of two types can be the same."""
    match left, right:
        case types.Quantity(), types.Quantity():
            return left.unit == right.unit
        case types.Number(), types.Number():
            return True
        case types.Choice(), types.Choice():
            return bool(set(left.values) & set(right.values))
        case types.Text(), types.Member():
            return True
        case _:
            return left == right


def _sides(
    left: tree.Expr, right: tree.Expr, scene: Scene, names: Names, any_typed: Typed
) -> tuple[nodes.Expr, nodes.Expr] | None:
    """Both sides of a comparison, neither missing."""
    first = any_typed(left, scene, names, None)
    if first is None:
        _aside(right, scene, names, any_typed)
        return None
    second = any_typed(right, scene, names, first.type)
    if second is None or present(first, names) is None or present(second, names) is None:
        return None
    if alike(first.type, second.type):
        return first, second
    arithmetic.mismatch(first, second, "compared", names)
    return None


def _turned(expr: tree.Same, scene: Scene, names: Names, any_typed: Typed) -> bool:
    """Whether fact and value have changed places; only a fact can be asked for by a plain word."""
    if not isinstance(expr.right, tree.Path) or not isinstance(expr.left, tree.Path | tree.String):
        return False
    if expr.left.text in scene.event or expr.left.text in (scene.line or ()):
        return False
    known = expr.right.parts[0].text in (*scene.event, *(scene.line or ()), "member", *names.steps)
    return known and turned_around(expr.left, any_typed(expr.right, scene, names, None), expr, names)


def _aside(expr: tree.Expr, scene: Scene, names: Names, any_typed: Typed) -> None:
    """Looks at what stands beside something that was reported; alone, a word or text can't be judged."""
    if not isinstance(expr, tree.Path | tree.String):
        any_typed(expr, scene, names, None)


def _or_else(first: nodes.Expr, expr: tree.Either, scene: Scene, names: Names, any_typed: Typed) -> nodes.Expr | None:
    """A value for what may be missing; the last of several must always be there."""
    value = first
    for each in expr.of[1:]:
        assert isinstance(value.type, types.Optional)
        default = any_typed(each, scene, names, value.type.of)
        if default is None:
            return None
        inner = default.type.of if isinstance(default.type, types.Optional) else default.type
        if isinstance(each, tree.Compare | tree.Same) and not isinstance(value.type.of, types.YesNo):
            _loose(first, each, names)
            return None
        if not alike(value.type.of, inner):
            arithmetic.mismatch(value, default, "put in place", names)
            return None
        of = arithmetic.joined(value.type.of, inner)
        missing = isinstance(default.type, types.Optional)
        value = nodes.OrElse(value, default, types.Optional(of) if missing else of, span=expr.span)
    return value


def _loose(value: nodes.Expr, compared: tree.Compare | tree.Same, names: Names) -> None:
    """Reports `A or B >= C` where A may be missing: `or` binds loosest of all."""
    rest = compared.span.text[len(compared.left.span.text) :].strip()
    meant = f"({value.span.text} or {compared.left.span.text}) {rest}"
    names.report(
        "G223",
        "the value for what is missing needs parentheses before it is compared",
        compared.span,
        "compared first",
        help=(f"write `{meant}`",),
        edit=Edit(value.span.to(compared.span), meant),
    )
