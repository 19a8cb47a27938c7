"""Params: values with a name, which the program declares and a run may give anew."""

from __future__ import annotations

from collections.abc import Iterable

from guerdon.check.arithmetic import one_kind
from guerdon.check.expressions import typed
from guerdon.check.names import Names, clause
from guerdon.check.scene import CONSTANT
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import nearest

PLAIN = (tree.Quantity, tree.Number, tree.Percent, tree.Date)


def param(declaration: tree.Declaration, names: Names) -> nodes.Table | None:
    """A param: a table without keys. None where it has no value of its own, or was given one of another kind."""
    assert isinstance(declaration.name, tree.Name)
    written, name = clause(declaration, tree.IsClause), declaration.name
    if written is None:
        names.report(
            "G431",
            f"the param `{name.text}` has no value",
            name.span,
            "`is` is missing",
            help=("write `is` below it, like `is 100 USD` or `is 5%`",),
        )
        return None
    own = _value(written.value, names)
    if own is None:
        return None
    if name.text not in names.given:
        return _table(name, own)
    other = names.given[name.text]
    given = _value(other, names)
    if given is None:
        return None
    if not one_kind(own.type, given.type):
        names.report(
            "G433",
            f"`{name.text}` is declared as {show(own.type)}, and {show(given.type)} is given",
            other.span,
            show(given.type),
            related=((own.span, f"{show(own.type)} here"),),
            help=(f"give a value of this kind, like `{own.span.text}`",),
        )
        return None
    return _table(name, given)


def _table(name: tree.Name, value: nodes.Literal) -> nodes.Table:
    return nodes.Table(name.text, {}, (), None, (), (value,), (value.type,), span=name.span)


def _value(written: tree.Expr, names: Names) -> nodes.Literal | None:
    """The one plain value that a param is."""
    found = typed(written, CONSTANT, names, types.Text() if isinstance(written, tree.String) else None)
    if found is None or isinstance(found, nodes.Literal):
        return found
    names.report(
        "G431",
        "a param is one plain value, and this is computed",
        written.span,
        "computed",
        help=("write the value itself; a `measure` gives a name to what is computed",),
    )
    return None


def unknown(given: Iterable[tuple[str, tree.Expr]], names: Names) -> None:
    """Reports values given from outside for params that there are not."""
    for name, value in given:
        if ("param", name) not in names.declared and name not in names.mute:
            known = names.names("param")
            near = nearest(name, known)
            listed = f"its params are {', '.join(f'`{each}`' for each in known)}" if known else "it has no params"
            names.report(
                "G432",
                f"the program has no param `{name}`",
                value.span,
                "given for it",
                help=(f"did you mean `{near}`?" if near else listed,),
            )


# ---------------------------------------------------------------- where only a plain value can stand


_WITH_PLAIN_VALUES = (tree.Minimum, tree.Worth, tree.Debt, tree.Tier, tree.During, tree.Control)


def put_in_place(declaration: tree.Declaration, names: Names) -> tree.Declaration:
    """The declaration with values in place of the params that stand for thresholds, minimums, worths, shares and dates."""
    if not any(isinstance(each, _WITH_PLAIN_VALUES) for each in declaration.clauses):
        return declaration
    clauses = tuple(_placed(each, names) for each in declaration.clauses)
    return tree.Declaration(
        declaration.keyword,
        declaration.name,
        tuple(each for each in clauses if each is not None),
        declaration.comments,
        span=declaration.span,
    )


def _placed(written: tree.Clause, names: Names) -> tree.Clause | None:
    """The clause with the values of its params; None where one was reported that it can't do without."""
    match written:
        case tree.Minimum(tree.Name() as name):
            amount = _plain(name, (tree.Quantity,), "a minimum is an amount", names)
            return tree.Minimum(amount, span=written.span) if isinstance(amount, tree.Quantity) else None
        case tree.Worth(tree.Name() as name):
            amount = _plain(name, (tree.Quantity,), "a worth is an amount of money", names)
            return tree.Worth(amount, span=written.span) if isinstance(amount, tree.Quantity) else None
        case tree.Debt(tree.UpTo(tree.Name() as name)):
            amount = _plain(name, (tree.Quantity,), "debt goes up to an amount", names)
            most = tree.UpTo(amount, span=written.span) if isinstance(amount, tree.Quantity) else None
            return tree.Debt(most, span=written.span) if most else None
        case tree.Tier(tier, tree.Name() as name):
            at = _plain(name, (tree.Quantity, tree.Number), "a tier is reached at an amount or a number", names)
            if not isinstance(at, tree.Quantity | tree.Number):
                return tree.Tier(tier, tree.ByInvitation(span=name.span), span=written.span)
            return tree.Tier(tier, at, span=written.span)
        case tree.Control(tree.Name() as name, group):
            share = _plain(name, (tree.Percent,), "the share of a control group is a percentage", names)
            return tree.Control(share, group, span=written.span) if isinstance(share, tree.Percent) else None
        case tree.During(stretches):
            found = [_stretch(each, names) for each in stretches]
            return tree.During(tuple(filter(None, found)), span=written.span) if all(found) else None
    return written


def _stretch(written: tree.Stretch, names: Names) -> tree.Stretch | None:
    """A stretch of days with the dates of its params."""
    match written:
        case tree.FromDate(tree.Name() as name):
            day = _day(name, names)
            return tree.FromDate(day, span=written.span) if day else None
        case tree.BeforeDate(tree.Name() as name):
            day = _day(name, names)
            return tree.BeforeDate(day, span=written.span) if day else None
        case tree.Dates(first, tree.Name() as name):
            day = _day(name, names)
            return tree.Dates(first, day, span=written.span) if day else None
        case tree.Weekdays(first, last) if ("param", first.text) in names.declared or isinstance(last, tree.Date):
            begin = _day(first, names)
            end = _day(last, names) if isinstance(last, tree.Name) else last
            lacks = begin is None or (last is not None and end is None)
            return None if lacks or begin is None else tree.Dates(begin, end, span=written.span)
    return written


def _day(name: tree.Name, names: Names) -> tree.Date | None:
    found = _plain(name, (tree.Date,), "a date is expected", names)
    return found if isinstance(found, tree.Date) else None


def _plain(name: tree.Name, kinds: tuple[type[tree.Expr], ...], needed: str, names: Names) -> tree.Expr | None:
    """The value of a param as if it were written where the param stands."""
    declaration = names.declared.get(("param", name.text))
    if declaration is None:
        names.unknown("G101", f"no param is called `{name.text}`", name.span, names.names("param"))
        return None
    written = clause(declaration, tree.IsClause)
    value = names.given.get(name.text) or (written and written.value)
    if value is None:
        return None
    if not isinstance(value, kinds) or isinstance(value, tree.ForTime):
        names.report(
            "G434",
            f"{needed}, and `{name.text}` is something else",
            name.span,
            "can't stand here",
            related=((value.span, "its value"),),
            help=("name another param, or write the value itself",),
        )
        return None
    return _there(value, name)


def _there(value: tree.Expr, name: tree.Name) -> tree.Expr:
    """A plain value, placed where a name stands."""
    match value:
        case tree.Quantity(amount, unit):
            number = tree.Number(amount.text, span=name.span)
            return tree.Quantity(number, tree.Name(unit.text, span=name.span), span=name.span)
        case tree.Number(text):
            return tree.Number(text, span=name.span)
        case tree.Date(text):
            return tree.Date(text, span=name.span)
        case tree.Percent(text):
            return tree.Percent(text, span=name.span)
    return value
