"""Expressions: what each name means, what type each value has, which grid it lies on.

`typed` gives a typed node, or None where something was reported. What a word means
depends on the scene it stands in (an event's rule, a line of it, a measure's filter)
and, for the words of a closed list and tiers, on what it is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from guerdon.check import arithmetic, measured
from guerdon.check.arithmetic import holds, present
from guerdon.check.mending import FUNCTIONS
from guerdon.check.moments import day
from guerdon.check.names import Names
from guerdon.check.scene import MOMENTS, Scene
from guerdon.check.strange import listed_with_or, unknown_word, words_of
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit, nearest
from guerdon.text.source import Span


def typed(expr: tree.Expr, scene: Scene, names: Names, expected: types.Type | None = None) -> nodes.Expr | None:
    """The typed expression; None where something in it was reported."""
    match expr:
        case tree.Number(text):
            value = Fraction(text)
            return nodes.Literal(value, types.Number(value), span=expr.span)
        case tree.Percent(text):
            value = Fraction(text.rstrip("%")) / 100
            return nodes.Literal(value, types.Number(value, percent=True), span=expr.span)
        case tree.Date():
            return nodes.Literal(day(expr, names), types.Date(), span=expr.span)
        case tree.Quantity():
            return quantity(expr, names)
        case tree.Rate():
            return _rate(expr, names)
        case tree.String(text):
            return _string(expr, scene, names, expected)
        case tree.Exact(rule):
            return _given(rule, True, scene, names, expr.span)
        case tree.Path():
            return _path(expr, scene, names, expected)
        case tree.Call():
            return _call(expr, scene, names)
        case tree.Measured() | tree.DaysSince() | tree.Earned() | tree.Available():
            return measured.typed(expr, scene, names, typed)
        case tree.Multiply() | tree.Add():
            left, right = typed(expr.left, scene, names), typed(expr.right, scene, names)
            return left and right and arithmetic.combine(expr.operator.text, left, right, expr.span, names)
        case tree.Application(rate, base):
            how, of = typed(rate, scene, names), typed(base, scene, names)
            return how and of and arithmetic.apply(how, of, expr.span, names)
        case tree.Compare():
            return _compare(expr, scene, names)
        case tree.Same():
            return _same(expr, scene, names)
        case tree.Among():
            return _among(expr, scene, names)
        case tree.Negation(of):
            inner = condition(of, scene, names)
            return inner and nodes.Negation(inner, types.YesNo(), span=expr.span)
        case tree.Both(of):
            parts = [condition(each, scene, names) for each in of]
            return nodes.Both(tuple(filter(None, parts)), types.YesNo(), span=expr.span) if all(parts) else None
        case tree.Either():
            return _either(expr, scene, names, expected)
        case _:
            assert_never(expr)


def condition(expr: tree.Expr, scene: Scene, names: Names) -> nodes.Expr | None:
    """A yes-or-no expression."""
    return holds(typed(expr, scene, names), names)


def quantity(expr: tree.Quantity, names: Names) -> nodes.Literal | None:
    """So much of a unit, of a currency, or of days or months."""
    amount, unit = Fraction(expr.amount.text), expr.unit.text
    if unit in ("day", "days", "month", "months"):
        if amount.denominator != 1:
            names.report("G203", f"`{unit}` are counted whole", expr.amount.span, "not a whole number")
            return None
        of: types.Type = types.Days() if unit.startswith("day") else types.Months()
        return nodes.Literal(int(amount), of, span=expr.span)
    kind = names.quantity(unit)
    if kind is None:
        names.unknown_unit(expr.unit, "unit or currency", names.unit_names())
        return None
    return nodes.Literal(amount, types.Quantity(unit, abs(amount)), span=expr.span)


def _rate(expr: tree.Rate, names: Names) -> nodes.Expr | None:
    give, per = quantity(expr.give, names), quantity(expr.per, names)
    if give is None or per is None:
        return None
    if not isinstance(give.type, types.Quantity) or not isinstance(per.type, types.Quantity):
        wrong = expr.per if isinstance(give.type, types.Quantity) else expr.give
        names.report(
            "G220", "a rate is so much of a unit per so much of a unit", wrong.span, "a length of time",
            help=("how often something counts is said by a limit, like `limit 1 time per member per day`",),
        )  # fmt: skip
        return None
    if per.value == 0:
        help_line = f"write for how much it is given, like `per 1 {per.type.unit}`"
        names.report("G204", "a rate per nothing", expr.per.span, "zero", help=(help_line,))
        return None
    assert isinstance(give.value, Fraction) and isinstance(per.value, Fraction)
    value = types.RateValue(give.value, per.value, expr.full is not None)
    return nodes.Literal(value, types.Rate(give.type.unit, per.type.unit, (value,)), span=expr.span)


def _string(expr: tree.String, scene: Scene, names: Names, expected: types.Type | None) -> nodes.Expr | None:
    if isinstance(expected, types.Optional):
        expected = expected.of
    if isinstance(expected, types.Text | types.Member):
        return nodes.Literal(expr.text, expected, span=expr.span)
    if isinstance(expected, types.Choice | types.Tier):
        words = words_of(expected, names)
        meant = nearest(expr.text, words)
        names.report(
            "G206",
            f"{'tiers' if isinstance(expected, types.Tier) else 'the words of a closed list'} are written without quotes",
            expr.span,
            f"a text, where {show(expected)} is expected",
            help=(f"write `{meant}`" if meant else f"known here: {quoted(words)}",),
            edit=Edit(expr.span, meant) if meant else None,
        )
        return None
    return _given(expr, False, scene, names, expr.span)


def _given(rule: tree.String, exact: bool, scene: Scene, names: Names, span: Span) -> nodes.Expr | None:
    if not scene.named:
        names.report(
            "G212", "what a rule gave can only be named in a rule of the same event", span, "not here",
            help=(f"write `{rule.span.text} earned this month`, or another window",) if scene.happens or not exact else (),
        )  # fmt: skip
        return None
    found = names.rule(rule.text, rule.span)
    if found is None:
        return None
    step = None if exact else names.units[found.unit].step
    return nodes.Given(found.name, exact, types.Quantity(found.unit, step), span=span)


def _path(expr: tree.Path, scene: Scene, names: Names, expected: types.Type | None) -> nodes.Expr | None:
    word = expr.parts[0].text
    if isinstance(expected, types.Optional):
        expected = expected.of
    if len(expr.parts) == 2 and word == "member":
        return _fact(nodes.Scope.MEMBER, names.member.facts, expr.parts[1], "`member`", names, expr.span)
    if len(expr.parts) == 1:
        if isinstance(expected, types.Choice) and word in expected.values:
            return nodes.Literal(word, expected, span=expr.span)
        if isinstance(expected, types.Tier) and any(step.name == word for step in names.steps[expected.ladder]):
            return nodes.Literal(word, expected, span=expr.span)
        found = _word(word, scene, names, expr.span)
        if found is not None or word in names.failed:
            return found
    unknown_word(expr, scene, names, expected)
    return None


def _word(word: str, scene: Scene, names: Names, span: Span) -> nodes.Expr | None:
    """What a plain word means here: a line's fact, the event's, a moment, a tier, a measure, yes or no."""
    if scene.line is not None and word in scene.line:
        return nodes.Field(nodes.Scope.LINE, word, scene.line[word].type, span=span)
    if word in scene.event:
        return nodes.Field(nodes.Scope.EVENT, word, scene.event[word].type, span=span)
    if word in ("yes", "no"):
        return nodes.Literal(word == "yes", types.YesNo(), span=span)
    if not scene.happens:
        return None
    if word in MOMENTS:
        return nodes.Moment(word, MOMENTS[word], span=span)
    if word in names.steps:
        return nodes.Standing(word, types.Tier(word), span=span)
    if ("measure", word) in names.declared:
        measure = names.measure(word, span)
        return nodes.Defined(word, measure.value.type, span=span) if measure else None
    return None


def _fact(
    scope: nodes.Scope, facts: Mapping[str, nodes.Fact], name: tree.Name, whose: str, names: Names, span: Span
) -> nodes.Expr | None:
    if name.text not in facts:
        names.unknown("G106", f"{whose} has no fact `{name.text}`", name.span, facts)
        return None
    return nodes.Field(scope, name.text, facts[name.text].type, span=span)


def _call(expr: tree.Call, scene: Scene, names: Names) -> nodes.Expr | None:
    word = expr.name.text
    if word in ("min", "max"):
        parts = [typed(each, scene, names) for each in expr.arguments]
        return arithmetic.extreme(word == "min", [each for each in parts if each], expr.span, names) if all(parts) else None
    if word not in names.tables:
        if ("table", word) not in names.declared:
            known = [*names.names("table"), "min", "max"]
            instead = FUNCTIONS.get(word.lower())
            message, label = f"no table is called `{word}`", "unknown name"
            if instead:
                message, label, known = f"there is no function `{word}`", "a spreadsheet's", []
            names.unknown("G110", message, expr.name.span, known, label, help=(instead,) if instead else ())
        return None
    table = names.tables[word]
    if len(expr.arguments) != 1:
        names.report(
            "G213", f"`{word}` is looked up by one key", expr.span, f"{len(expr.arguments)} of them",
            help=(f"write `{word}({expr.arguments[0].span.text})`",), related=((table.span, f"by {show(table.key)}"),),
        )  # fmt: skip
        return None
    key = typed(expr.arguments[0], scene, names, table.key)
    if key is None or present(key, names) is None:
        return None
    if not _alike(key.type, table.key):
        names.report(
            "G205",
            f"`{word}` is looked up by {show(table.key)}",
            expr.arguments[0].span,
            show(key.type),
            related=((table.span, "this table"),),
        )
        return None
    return nodes.Lookup(word, key, table.type, span=expr.span)


def _alike(left: types.Type, right: types.Type) -> bool:
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


def _ordered(of: types.Type) -> bool:
    return isinstance(of, types.Quantity | types.Number | types.Date | types.Instant | types.Days | types.Months | types.Tier)


def _sides(
    left: tree.Expr, right: tree.Expr, scene: Scene, names: Names
) -> tuple[nodes.Expr, nodes.Expr] | None:
    """Both sides of a comparison, neither missing."""
    first = typed(left, scene, names)
    if first is None:
        _aside(right, scene, names)
        return None
    second = typed(right, scene, names, first.type)
    if second is None or present(first, names) is None or present(second, names) is None:
        return None
    if _alike(first.type, second.type):
        return first, second
    arithmetic.mismatch(first, second, "compared", names)
    return None


def _compare(expr: tree.Compare, scene: Scene, names: Names) -> nodes.Expr | None:
    sides = _sides(expr.left, expr.right, scene, names)
    if sides is None:
        return None
    if not _ordered(sides[0].type):
        of = sides[0].type
        upper = of.values[-2:] if isinstance(of, types.Choice) else ()
        names.report(
            "G207", f"`{expr.operator.text}` compares what has an order, and {show(of)} has none", expr.span, "no order",
            help=(f"name those that count, like `{expr.left.span.text} in [{', '.join(upper)}]`",) if upper else ("use `is` or `is not`",),
        )  # fmt: skip
        return None
    return nodes.Compare(expr.operator.text, *sides, types.YesNo(), span=expr.span)


def _same(expr: tree.Same, scene: Scene, names: Names) -> nodes.Expr | None:
    sides = _sides(expr.left, expr.right, scene, names)
    operator = "is not" if expr.differs else "is"
    return sides and nodes.Compare(operator, *sides, types.YesNo(), span=expr.span)


def _among(expr: tree.Among, scene: Scene, names: Names) -> nodes.Expr | None:
    item = typed(expr.item, scene, names)
    if item is None or present(item, names) is None:
        return None
    values = []
    for each in expr.values:
        value = typed(each, scene, names, item.type)
        if value is None:
            return None
        if not _alike(item.type, value.type):
            arithmetic.mismatch(item, value, "compared", names)
            return None
        values.append(value)
    among = nodes.Among(item, tuple(values), types.YesNo(), span=expr.span)
    return nodes.Negation(among, types.YesNo(), span=expr.span) if expr.outside else among


def _aside(expr: tree.Expr, scene: Scene, names: Names) -> None:
    """Looks at what stands beside something that was reported; alone, a word or text can't be judged."""
    if not isinstance(expr, tree.Path | tree.String):
        typed(expr, scene, names)


def _either(expr: tree.Either, scene: Scene, names: Names, expected: types.Type | None) -> nodes.Expr | None:
    first = typed(expr.of[0], scene, names, expected)
    if first is None:
        for each in expr.of[1:]:
            _aside(each, scene, names)
        return None
    if isinstance(first.type, types.Optional):
        return _or_else(first, expr, scene, names)
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
    parts = [first, *(condition(each, scene, names) for each in expr.of[1:])]
    return nodes.Either(tuple(filter(None, parts)), types.YesNo(), span=expr.span) if all(parts) else None


def _or_else(first: nodes.Expr, expr: tree.Either, scene: Scene, names: Names) -> nodes.Expr | None:
    """A value for what may be missing; the last of several must always be there."""
    value = first
    for each in expr.of[1:]:
        assert isinstance(value.type, types.Optional)
        default = typed(each, scene, names, value.type.of)
        if default is None:
            return None
        inner = default.type.of if isinstance(default.type, types.Optional) else default.type
        if not _alike(value.type.of, inner):
            arithmetic.mismatch(value, default, "put in place", names)
            return None
        of = arithmetic.joined(value.type.of, inner)
        missing = isinstance(default.type, types.Optional)
        value = nodes.OrElse(value, default, types.Optional(of) if missing else of, span=expr.span)
    return value

