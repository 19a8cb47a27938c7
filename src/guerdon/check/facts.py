"""The program's own settings, and the facts of events, records and members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from guerdon.check.expressions import typed
from guerdon.check.measured import for_time
from guerdon.check.mending import CURRENCIES, TYPES, as_type
from guerdon.check.moments import clock, weekday
from guerdon.check.names import BUILT_IN_TYPES, Names, clause, clauses, usable
from guerdon.check.scene import Scene
from guerdon.check.wording import plain, quoted, show
from guerdon.program import nodes, types
from guerdon.program.currency import DECIMALS
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit, nearest
from guerdon.text.source import Span

LANGUAGE_EDITION = 2026


def frame(document: tree.Document, names: Names) -> nodes.Frame:
    """The settings of `program`, with the defaults for what it leaves out."""
    declaration = next((each for (kind, _), each in names.declared.items() if kind == "program"), None)
    if declaration is None:
        if names.mute:  # it may be what could not be read
            found = sorted(names.mute & DECIMALS.keys())
            names.mute.add("currency")
            return nodes.Frame("", LANGUAGE_EDITION, found[0] if len(found) == 1 else "", "UTC")
        start = Span(document.span.source, 0, 0)
        names.report(
            "G117",
            "a program starts with `program`, and this one has none",
            start,
            "missing",
            help=('write `program "NAME"` at the top, with its `edition`, `currency` and `timezone`',),
        )
        return nodes.Frame("", LANGUAGE_EDITION, "", "UTC")
    name = declaration.name.text if declaration.name else ""
    return nodes.Frame(
        name,
        _edition(clause(declaration, tree.Edition), names),
        _currency(clause(declaration, tree.Currency), names),
        _timezone(clause(declaration, tree.Timezone), names),
        _fiscal_start(clause(declaration, tree.Fiscal), names),
        clock(opens.time, names) if (opens := clause(declaration, tree.DayStart)) else time(0),
        weekday(week.day, names) if (week := clause(declaration, tree.WeekStart)) else 0,
        for_time(late.time, names) if (late := clause(declaration, tree.Lateness)) else None,
        span=declaration.span,
    )


def _edition(written: tree.Edition | None, names: Names) -> int:
    if written is None:
        return LANGUAGE_EDITION
    if written.number.text != str(LANGUAGE_EDITION):
        names.report(
            "G301",
            f"this version of guerdon reads edition {LANGUAGE_EDITION} of the language",
            written.number.span,
            "another edition",
            help=(f"write `edition {LANGUAGE_EDITION}`, or use the version of guerdon that reads this edition",),
        )
    return LANGUAGE_EDITION


def _currency(written: tree.Currency | None, names: Names) -> str:
    if written is None:
        return ""
    word = written.name.text
    if word in DECIMALS:
        return word
    meant = CURRENCIES.get(word.upper()) or (nearest(word, DECIMALS) if len(word) == 3 else None)
    example = ("currencies are written in three letters, like `USD` or `EUR`",)
    names.unknown("G302", f"`{word}` is no currency", written.name.span, (), "not known", near=meant, help=example)
    names.mute.add("currency")
    return ""


def _timezone(written: tree.Timezone | None, names: Names) -> str:
    if written is None or written.zone.text == "UTC":
        return "UTC"
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones  # only for programs that name a zone

    try:
        ZoneInfo(written.zone.text)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"no time zone is called `{written.zone.text}`"
        example = ("time zones are named like `Europe/Vienna` or `America/New_York`",)
        near = nearest(written.zone.text, available_timezones())
        names.unknown("G303", message, written.zone.span, (), near=near, help=example)
        return "UTC"
    return written.zone.text


def _fiscal_start(written: tree.Fiscal | None, names: Names) -> tuple[int, int]:
    if written is None:
        return 1, 1
    month, day = (int(part) for part in written.day.text.split("-"))
    try:
        date(2001, month, day)  # not a leap year: the day must exist in every year
    except ValueError:
        names.report(
            "G339",
            f"not every year has a day {written.day.text}",
            written.day.span,
            "no such day",
            help=("write month and day, like `04-01` for the first of April",),
        )
        return 1, 1
    return month, day


def no_currency(what: str, span: Span, names: Names) -> None:
    """Reports money in a program without a currency, unless its currency was reported or could not be read."""
    if "currency" not in names.mute:
        names.report(
            "G337",
            f"{what} needs a currency, and the program declares none",
            span,
            "in which currency?",
            help=("write `currency USD`, or another, below `program`",),
        )
        names.mute.add("currency")


def record(declaration: tree.Declaration, names: Names) -> nodes.Record:
    """The facts of an event, a record or the member, without what derives them."""
    facts: dict[str, nodes.Fact] = {}
    name = declaration.name.text if declaration.name else "member"
    for written in clauses(declaration, tree.Fact):
        usable(written.name, names)
        if written.name.text in facts:
            names.report(
                "G102",
                f"`{written.name.text}` is declared twice",
                written.name.span,
                "again here",
                related=((facts[written.name.text].span, "first declared here"),),
                help=("give one of them another name, or take it out",),
            )
            continue
        of = field_type(written.type, names)
        if of is None:
            names.mute.add(written.name.text)
            names.damaged.add(name)
        else:
            of = types.Optional(of) if written.optional else of
            _hides(written.name, names)
            facts[written.name.text] = nodes.Fact(written.name.text, of, span=written.name.span)
    return nodes.Record(name, facts, span=_at(declaration))


def _hides(name: tree.Name, names: Names) -> None:
    """Warns of a fact with the name of a measure or a ladder, which rules on its event then can't see."""
    for keyword, what in {"measure": "measure", "tiers": "ladder"}.items():
        hidden = names.declared.get((keyword, name.text))
        if hidden is not None:
            names.report(
                "G351",
                f"the fact `{name.text}` hides the {what} `{name.text}` wherever it is known",
                name.span,
                "this fact",
                related=((_at(hidden), f"this {what}"),),
                help=("give one of them another name",),
            )


def of_member(declaration: tree.Declaration, names: Names) -> nodes.Record:
    """The facts of a member, which are given and not derived."""
    for written in clauses(declaration, tree.Fact):
        if written.value is not None:
            names.report(
                "G347",
                "a member's facts are given, not derived",
                written.value.span,
                "derived",
                help=(f"write a `measure {written.name.text}` with it below `is`",),
            )
    return record(declaration, names)


def _at(declaration: tree.Declaration) -> Span:
    return declaration.name.span if declaration.name else declaration.span


def field_type(written: tree.FieldType, names: Names) -> types.Type | None:
    """The type that a field is declared with; None where it was reported."""
    match written:
        case tree.YesNo():
            return types.YesNo()
        case tree.OneOf(values):
            words = tuple(value.text for value in values)
            for index, value in enumerate(values):
                if value.text in words[:index]:
                    names.report(
                        "G102",
                        f"`{value.text}` stands twice in this list",
                        value.span,
                        "again here",
                        related=((values[words.index(value.text)].span, "first here"),),
                        help=("take one of them out",),
                        edit=Edit(Span(value.span.source, values[index - 1].span.end, value.span.end), ""),
                    )
            return types.Choice(tuple(dict.fromkeys(words)))
        case tree.ListOf(of):
            if ("record", of.text) not in names.declared:
                declare = (f"declare the lines with `record {of.text}`",)
                names.unknown("G118", f"no record is called `{of.text}`", of.span, names.names("record"), help=declare)
                return None
            return types.Lines(of.text)
        case tree.NamedType(name):
            return _named_type(name, names)


def _named_type(name: tree.Name, names: Names) -> types.Type | None:
    plain: dict[str, types.Type] = {
        "text": types.Text(),
        "number": types.NUMBER,
        "whole": types.WHOLE,
        "percent": types.PERCENT,
        "date": types.Date(),
        "instant": types.Instant(),
        "member": types.Member(),
        "days": types.Days(),
        "months": types.Months(),
    }
    if name.text in plain:
        return plain[name.text]
    if name.text == "money":
        if names.frame.currency:
            return names.quantity(names.frame.currency)
        no_currency("money", name.span, names)
        return None
    found = names.quantity(name.text)
    if found is None:
        known, near = [*BUILT_IN_TYPES, "yes/no", *names.unit_names()], TYPES.get(name.text.lower())
        names.unknown("G119", f"no type or unit is called `{name.text}`", name.span, known, "unknown type", near=near)
    return found


def derived(declaration: tree.Declaration, plain: nodes.Record, names: Names) -> nodes.Record:
    """The record with what derives its derived facts; each may use those above it."""
    own = {written.name.text for written in clauses(declaration, tree.Fact)}
    facts = {
        name: fact for name, fact in plain.facts.items() if name not in own
    }  # of a built-in event, or of what it reverses
    for written in clauses(declaration, tree.Fact):
        fact = plain.facts.get(written.name.text)
        if fact is None or fact.name in facts:
            continue
        if written.value is not None:
            fact = _derived(
                fact, written.value, Scene(f"`{plain.name}`", dict(facts), happens=False, named=False), names
            )
        facts[fact.name] = fact
    return nodes.Record(plain.name, facts, plain.reverses, span=plain.span)


def _derived(fact: nodes.Fact, written: tree.Expr, scene: Scene, names: Names) -> nodes.Fact:
    value = typed(written, scene, names, fact.type)
    if value is None:
        return fact
    if not fits(value.type, fact.type):
        misfit(fact.name, value, fact.type, written.span, names, related=((fact.span, show(fact.type)),))
    return nodes.Fact(fact.name, fact.type, value, span=fact.span)


def misfit(
    name: str, value: nodes.Expr, of: types.Type, span: Span, names: Names, related: tuple[tuple[Span, str], ...] = ()
) -> None:
    """Reports a value that a fact can't have: of another kind, or finer than the fact is recorded."""
    inner = of.of if isinstance(of, types.Optional) else of
    match value.type, inner:
        case types.Quantity(unit), types.Quantity(other, grid) if unit == other and grid is not None:
            message = f"`{name}` is recorded in steps of {plain(grid)} {unit}, and this can be finer"
            help = ("write the calculation where it is used: what a rule gives is rounded there",)
            if isinstance(value, nodes.Literal):
                message, help = (
                    f"`{name}` is recorded in steps of {plain(grid)} {unit}",
                    ("write it with fewer decimals",),
                )
            names.report("G218", message, span, "finer than that", related=related, help=help)
            return
    meant = as_type(span, value, inner)
    lines = (f"write `{meant}`",) if meant else ()
    names.report(
        "G215",
        f"`{name}` is {show(of)}, and this is {show(value.type)}",
        span,
        show(value.type),
        related=related,
        help=lines,
        edit=Edit(span, meant) if meant else None,
    )


def fits(value: types.Type, declared: types.Type) -> bool:
    """Whether every value of the first type is one of the second."""
    match value, declared:
        case types.Optional(inner), types.Optional(of):
            return fits(inner, of)
        case _, types.Optional(of):
            return fits(value, of)
        case types.Quantity(unit, step), types.Quantity(other, grid):
            return unit == other and (grid is None or types.on_grid(step, grid))
        case types.Number(step, _), types.Number(grid, _):
            return grid is None or types.on_grid(step, grid)
    return value == declared


def lines_of(facts: Mapping[str, nodes.Fact], record: str) -> list[str]:
    """The lists of a record among some facts."""
    return [fact.name for fact in facts.values() if fact.type == types.Lines(record)]


def shared(on: tuple[str, ...], names: Names) -> Scene:
    """The facts that all of some events have, with the same type."""
    first, *others = (names.facts_of(event) for event in on)
    facts = {
        name: fact
        for name, fact in first.items()
        if all(name in each and each[name].type == fact.type for each in others)
    }
    trigger = not names.triggers.keys().isdisjoint(on)
    return Scene(quoted(on), facts, on=on, trigger=trigger, at_event=not trigger)
