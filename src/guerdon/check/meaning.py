"""What words and texts in quotes mean, depending on where they stand and what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from guerdon.check import grouped, messages, offers
from guerdon.check.names import Names
from guerdon.check.scene import CONSTANT, MOMENTS, Scene
from guerdon.check.strange import unknown_word, words_of
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit, nearest
from guerdon.text.source import Span, Written


def string(expr: tree.String, scene: Scene, names: Names, expected: types.Type | None) -> nodes.Expr | None:
    """A text where one is expected, else what the rule of this name gave."""
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
    return given(expr, False, scene, names, expr.span)


def given(rule: tree.String, exact: bool, scene: Scene, names: Names, span: Span) -> nodes.Expr | None:
    """What a rule gave on this event."""
    if not scene.named:
        names.report(
            "G212",
            "what a rule gave can only be named in a rule of the same event",
            span,
            "not here",
            help=(f"write `{rule.span.text} earned this month`, or another window",)
            if scene.happens or not exact
            else (),
        )
        return None
    if ("group", rule.text) in names.declared:
        found = grouped.summed(rule, exact, names, span)
        return None if _is_elsewhere(rule, grouped.events(rule, names), scene, names, span) else found
    one = names.rule(rule.text, rule.span)
    if one is None or not messages.gives(rule.text, span, names) or _is_elsewhere(rule, one.on, scene, names, span):
        return None
    step = None if exact else _step(one, names.units[one.unit].step)
    return nodes.Given(one.name, exact, types.Quantity(one.unit, step), span=span)


def _is_elsewhere(rule: tree.String, on: tuple[str, ...], scene: Scene, names: Names, span: Span) -> bool:
    """Whether a rule or group is never looked at where it is named, since one of them waits for a trigger; then it is reported."""
    if not set(scene.on).isdisjoint(on) or not (scene.trigger or not names.triggers.keys().isdisjoint(on)):
        return False
    names.report(
        "G212",
        f"{rule.span.text} gives nothing at {quoted(scene.on)}: it is looked at on {quoted(on)}",
        span,
        "always nothing",
        help=(f"write `{rule.span.text} earned this month`, or another window",),
    )
    return True


def _step(rule: nodes.Rule, whole: Fraction) -> types.Step:
    """The grid of what a rule gives before its group rounds it, if one does."""
    assert isinstance(rule.give.type, types.Quantity)
    fractional = rule.rounding is None and not types.on_grid(rule.give.type.step, whole)
    return types.common_step(rule.give.type.step, whole) if fractional else whole


def path(expr: tree.Path, scene: Scene, names: Names, expected: types.Type | None) -> nodes.Expr | None:
    """A word of a closed list or a tier where one is expected, else what has this name here."""
    word = expr.parts[0].text
    if isinstance(expected, types.Optional):
        expected = expected.of
    if word == "member" and scene is not CONSTANT:
        return _of_member(expr, scene, names)
    if word == offers.OPENED and offers.is_meant(expr, scene):
        return _of_opened(expr, scene, names)
    if len(expr.parts) == 1:
        if isinstance(expected, types.Choice) and word in expected.values:
            return nodes.Literal(word, expected, span=expr.span)
        if isinstance(expected, types.Tier) and any(step.name == word for step in names.steps[expected.ladder]):
            return nodes.Literal(word, expected, span=expr.span)
        if _any_unit(word, scene, names, expr.span):
            return None
        found = _word(word, scene, names, expr.span)
        if found is not None or word in names.failed or ("param", word) in names.declared:
            return found
    elif (found := _named(expr, scene, names)) is not None:
        return _theirs(found, 1, expr, scene, names)
    unknown_word(expr, scene, names, expected)
    return None


def _of_member(expr: tree.Path, scene: Scene, names: Names) -> nodes.Expr | None:
    """The member, a fact of theirs, or one of somebody whom a fact of theirs names."""
    if len(expr.parts) == 1:
        return nodes.Field(nodes.Scope.MEMBER, "member", types.Member(), span=expr.span)
    of = _begin(expr, 2)
    first = _fact(nodes.Scope.MEMBER, names.member.facts, expr.parts[1], "`member`", names, of)
    return first and _theirs(first, 2, expr, scene, names)


def _of_opened(expr: tree.Path, scene: Scene, names: Names) -> nodes.Expr | None:
    """A fact of what opened the offer, or one of a member whom it names."""
    if len(expr.parts) == 1 or scene.offer is None:
        offers.unopened(expr, scene, names)
        return None
    first = _fact(nodes.Scope.OPENED, scene.opened, expr.parts[1], "what opened the offer", names, _begin(expr, 2))
    return first and _theirs(first, 2, expr, scene, names)


def _named(expr: tree.Path, scene: Scene, names: Names) -> nodes.Expr | None:
    """What the first word of a path names, if that is a member."""
    found = _word(expr.parts[0].text, scene, names, expr.parts[0].span)
    return found if found is not None and names_member(found.type) else None


def names_member(of: types.Type) -> bool:
    """Whether a value names a member, or may."""
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.Member)


def _theirs(value: nodes.Expr, first: int, expr: tree.Path, scene: Scene, names: Names) -> nodes.Expr | None:
    """What the rest of a path says of the member whom a value names: their facts, in rules only."""
    for place, name in enumerate(expr.parts[first:], first):
        span = _begin(expr, place + 1)
        before = ".".join(part.text for part in expr.parts[:place])
        if not names_member(value.type):
            names.report(
                "G532",
                f"`{before}` is {show(value.type)}, and only members have facts",
                name.span,
                "a fact of what?",
                help=(f"write `{before}`",),
                edit=Edit(expr.span, before),
            )
            return None
        if not (scene.named and scene.happens) or scene.trigger or _of_line(value):
            names.report(
                "G531",
                f"`{expr.text}` asks for a fact of another member, and only rules on events can",
                expr.span,
                "of another member",
                help=("write it in a `when`, in what a rule gives, or in its `hold until`",),
            )
            return None
        found = names.member.facts.get(name.text)
        if found is None:
            names.unknown("G106", f"`{before}` has no fact `{name.text}`", name.span, names.member.facts)
            return None
        of = found.type if isinstance(found.type, types.Optional) else types.Optional(found.type)
        value = nodes.Theirs(value, name.text, of, span=span)
    return value


def _begin(expr: tree.Path, parts: int) -> Span:
    """The place of the first parts of a path."""
    if isinstance(expr.span, Written):
        words = ".".join(part.text for part in expr.parts[:parts])
        return Written(expr.span.source, expr.span.start, expr.span.end, words)
    return expr.parts[0].span.to(expr.parts[parts - 1].span)


def _of_line(value: nodes.Expr) -> bool:
    return isinstance(value, nodes.Field) and value.scope is nodes.Scope.LINE


def _word(word: str, scene: Scene, names: Names, span: Span) -> nodes.Expr | None:
    """What a plain word means here: a line's fact, the event's, a moment, a tier, a measure, yes or no."""
    if scene.line is not None and word in scene.line:
        return nodes.Field(nodes.Scope.LINE, word, scene.line[word].type, span=span)
    if word in scene.event:
        return nodes.Field(nodes.Scope.EVENT, word, scene.event[word].type, span=span)
    if word in ("yes", "no"):
        return nodes.Literal(word == "yes", types.YesNo(), span=span)
    if ("param", word) in names.declared:
        value = names.tables.get(word)
        return nodes.Lookup(word, (), 0, value.types[0], span=span) if value else None
    if not scene.happens:
        return None
    if word in MOMENTS:
        return nodes.Field(nodes.Scope.MOMENT, word, MOMENTS[word], span=span)
    if word in names.steps:
        return nodes.Standing(word, types.Tier(word), span=span)
    if ("measure", word) in names.declared:
        measure = names.measure(word, span)
        return nodes.Defined(word, measure.type, span=span) if measure else None
    return None


def _any_unit(word: str, scene: Scene, names: Names, span: Span) -> bool:
    """Whether this is an amount of any unit, as built-in events have it; then it is reported."""
    fact = (scene.line or {}).get(word) or scene.event.get(word)
    of = fact.type.of if fact and isinstance(fact.type, types.Optional) else fact and fact.type
    if not isinstance(of, types.AmountOf):
        return False
    unit = next(iter(names.units), "star")
    names.report(
        "G392",
        f"`{word}` of {scene.what} can be of any unit, so nothing can be reckoned with it",
        span,
        "of any unit",
        help=(f"ask for `{unit} available` or `{unit} earned this month`, or for what else {scene.what} says",),
    )
    return True


def _fact(
    scope: nodes.Scope, facts: Mapping[str, nodes.Fact], name: tree.Name, whose: str, names: Names, span: Span
) -> nodes.Expr | None:
    if name.text not in facts:
        names.unknown("G106", f"{whose} has no fact `{name.text}`", name.span, facts)
        return None
    return nodes.Field(scope, name.text, facts[name.text].type, span=span)
