"""Words that nothing has as a name: what is said about them, depending on where they stand."""

from __future__ import annotations

from guerdon.check.names import Names, clause
from guerdon.check.scene import A_LAW, CONSTANT, Scene
from guerdon.check.wording import quoted
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit


def words_of(of: types.Type, names: Names) -> list[str]:
    """The words that a value can be, where they are a closed list; none for other types."""
    match of:
        case types.Choice(values):
            return list(values)
        case types.Tier(ladder):
            return [step.name for step in names.steps[ladder]]
    return []


def words_for(of: types.Type, names: Names) -> list[str] | None:
    """The words that a key can be, where they are a closed list."""
    if isinstance(of, types.YesNo):
        return ["yes", "no"]
    return words_of(of, names) if isinstance(of, types.Choice | types.Tier) else None


def unknown_word(expr: tree.Path, scene: Scene, names: Names, expected: types.Type | None) -> None:
    """Reports a word that means nothing here, with what it may have been meant for."""
    if isinstance(expected, types.Choice):
        message = f"`{expr.text}` is not one of {quoted(expected.values)}"
        names.unknown("G107", message, expr.span, expected.values, "not in the list")
        return
    if isinstance(expected, types.Tier):
        message = f"`{expr.text}` is not a tier of `{expected.ladder}`"
        names.unknown("G107", message, expr.span, words_of(expected, names), "no such tier")
        return
    known = [*scene.event, *(scene.line or ())]
    if scene.happens:
        known += [*names.names("measure"), *names.steps, "date", "weekday"]
    known += names.names("param")
    if scene is not CONSTANT:
        known += [f"member.{name}" for name in names.member.facts]
    known = [each for each in known if each != expr.text]
    word = expr.parts[0].text
    if ("rule", word) in names.declared or ("earn", word) in names.declared:
        help_line, edit = f'write `"{word}"`', Edit(expr.span, f'"{word}"')
        names.report("G108", "a rule is named in quotes", expr.span, "a rule", help=(help_line,), edit=edit)
    elif len(expr.parts) > 1 and ("event", word) in names.declared:
        fact = expr.parts[1].text
        own = scene.what == f"`{word}`" and fact in scene.event
        declared = names.events[word].facts.get(fact)
        added = declared is None or isinstance(declared.type, types.Quantity | types.Number)
        many = f"write `{'sum' if added else 'distinct'} of {expr.text} this month`, or `last of {expr.text} ever`"
        names.report(
            "G109",
            f"`{expr.text}` is a fact of many events: say which of them count",
            expr.span,
            "of which `" + word + "`?",
            help=(f"write `{fact}` for that of the event itself", many) if own else (many,),
            edit=Edit(expr.span, fact) if own and len(expr.parts) == 2 else None,
        )
    elif (
        (scene.trigger or scene.what == A_LAW)
        and len(expr.parts) == 1
        and (event := _event_with(word, names)) is not None
    ):
        counted = isinstance(names.events[event].facts[word].type, types.Quantity | types.Number)
        meant = f"`{'sum' if counted else 'last'} of {event}.{word} {'this month' if counted else 'ever'}`"
        names.report(
            "G101",
            f"`{word}` is a fact of `{event}`, and {scene.what} is no event of that kind",
            expr.span,
            "of which one?",
            help=(f"write {meant}, or another measure",),
        )
    elif word in names.units:
        names.report(
            "G123",
            f"`{word}` is a unit: say how many, or earned when",
            expr.span,
            "a unit",
            help=(f"write `5 {word}`, `{word} earned this month` or `{word} available`",),
        )
    elif ("table", word) in names.declared:
        by = clause(names.declared["table", word], tree.By)
        columns = clause(names.declared["table", word], tree.Columns)
        meant = f"{word}({', '.join(key.name.text for key in by.keys) if by else 'KEY'})"
        meant += f".{columns.names[0].text}" if columns else ""
        names.report(
            "G124",
            f"`{word}` is a table: say by what it is looked up",
            expr.span,
            "a table",
            help=(f"write `{meant}`",),
            edit=Edit(expr.span, meant) if by and len(expr.parts) == 1 else None,
        )
    else:
        message = f"nothing is called `{expr.text}` in {scene.what}"
        if word in names.events:
            message = f"`{expr.text}` is an event, and a value is expected"
        if scene is CONSTANT:
            message = f"nothing is called `{expr.text}` here: a fixed value is expected, like `10 USD` or `25%`"
        names.unknown("G101", message, expr.span, known, help=_elsewhere(word, names))


def _event_with(fact: str, names: Names) -> str | None:
    """The first declared event that has a fact."""
    return next((name for name in names.names("event") if fact in names.events[name].facts), None)


def listed_with_or(expr: tree.Either, first: nodes.Expr, names: Names) -> bool:
    """Whether values are listed with `or` behind `is`, as in `paid_by is cash or card`; then it is reported."""
    asked, values = expr.of[0], expr.of[1:]
    if not (isinstance(asked, tree.Same) and not asked.differs and isinstance(first, nodes.Compare)):
        return False
    of, words = first.left.type, [each.text for each in values if isinstance(each, tree.Path | tree.String)]
    if isinstance(of, types.Choice | types.Tier):
        meant = len(words) == len(values) and all(word in words_of(of, names) for word in words)
    else:
        meant = isinstance(of, types.Text) and all(isinstance(each, tree.String) for each in values)
    if not meant:
        return False
    place = asked.span.to(values[-1].span)
    text = f"{asked.left.span.text} in [{', '.join(each.span.text for each in (asked.right, *values))}]"
    names.report(
        "G221",
        "`or` stands between conditions, and this is a value",
        values[0].span,
        "compared with what?",
        help=(f"write `{text}`",),
        edit=None if set("()") & set(place.text) else Edit(place, text),
    )
    return True


def turned_around(left: tree.Expr, right: nodes.Expr | None, expr: tree.Expr, names: Names) -> bool:
    """Whether a value stands before `is` and the fact behind it, as in `app is paid_by`; then it is reported."""
    if right is None or not isinstance(left, tree.Path | tree.String):
        return False
    of = right.type.of if isinstance(right.type, types.Optional) else right.type
    text = isinstance(left, tree.String) and isinstance(of, types.Text)
    if not text and left.text not in words_of(of, names):
        return False
    meant = f"{right.span.text} is {left.span.text}"
    names.report(
        "G222",
        "what is asked about stands first, and its value behind `is`",
        expr.span,
        "the other way round",
        help=(f"write `{meant}`",),
        edit=Edit(expr.span, meant),
    )
    return True


def _elsewhere(word: str, names: Names) -> list[str]:
    """Where a fact of this name is known, if one is declared."""
    if word in names.events:
        return [f"write how many, like `count of {word} this month`, or name a fact of it"]
    lines = [
        f"`{word}` is a fact of `{name}`: it is known in `each {name}`"
        for name, of in names.records.items()
        if word in of.facts
    ]
    return lines + [f"`{word}` is a fact of `{name}`" for name, of in names.events.items() if word in of.facts]
