"""Tables: keys, rows, and whether every key has one."""

from __future__ import annotations

from fractions import Fraction

from guerdon.check.arithmetic import joined
from guerdon.check.builtin import is_built_in
from guerdon.check.expressions import typed
from guerdon.check.facts import field_type
from guerdon.check.mending import as_type
from guerdon.check.names import Names, clause, clauses
from guerdon.check.scene import CONSTANT, MOMENTS
from guerdon.check.strange import words_of
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit, nearest

Key = str | Fraction | bool
_KEYS = (types.Tier, types.Choice, types.Text, types.Number, types.YesNo)


def table(declaration: tree.Declaration, names: Names) -> nodes.Table | None:
    """The table; None where its key or its results can't be made out."""
    assert declaration.name is not None
    by = clause(declaration, tree.By)
    if by is None:
        names.report(
            "G307",
            "a table says by what it is looked up",
            declaration.name.span,
            "`by` is missing",
            help=("write `by NAME`, with the ladder or the field that it is looked up by",),
        )
        return None
    key = _key_type(by, names)
    if key is None:
        return None
    if not isinstance(key, _KEYS):
        names.report(
            "G346",
            "a table is looked up by a word, a text, a number, a tier, or yes and no",
            by.span,
            show(key),
            help=("compare it in a rule's `when` instead",),
        )
        return None
    rows = _rows(clauses(declaration, tree.Row), key, names)
    otherwise = clause(declaration, tree.Otherwise)
    rest = typed(otherwise.value, CONSTANT, names) if otherwise else None
    of = _result([*rows.values(), *([rest] if rest else [])], names)
    if of is None or (otherwise and rest is None):
        if not rows and not otherwise:
            names.report(
                "G308",
                "a table has at least one row",
                declaration.name.span,
                "no rows",
                help=("write `row KEY: VALUE`, or `else VALUE` for all keys",),
            )
        return None
    _complete(declaration.name, key, rows, rest, names)
    return nodes.Table(declaration.name.text, key, rows, rest, of, span=declaration.name.span)


def _key_type(by: tree.By, names: Names) -> types.Type | None:
    """The type of the key: as written, or that of the ladder or the fields of this name."""
    if by.type is not None:
        return field_type(by.type, names)
    if by.key.text in names.steps:
        return types.Tier(by.key.text)
    if by.key.text == "weekday":
        return MOMENTS["weekday"]
    records = [names.member, *names.events.values(), *names.records.values()]
    all_facts = [fact for record in records for fact in record.facts.values() if not is_built_in(fact)]
    facts = [fact for fact in all_facts if fact.name == by.key.text]
    found = {fact.type.of if isinstance(fact.type, types.Optional) else fact.type for fact in facts}
    if len(found) == 1:
        return found.pop()
    if found:
        names.report(
            "G309",
            f"`{by.key.text}` is declared with different types",
            by.key.span,
            "which of them?",
            related=tuple((fact.span, show(fact.type)) for fact in facts[:2]),
            help=(f"write the type behind it, like `by {by.key.text} text`",),
        )
    else:
        known = [*names.steps, *(fact.name for fact in all_facts)]
        names.unknown("G101", f"no ladder and no field is called `{by.key.text}`", by.key.span, known)
    return None


def _rows(written: list[tree.Row], key: types.Type, names: Names) -> dict[Key, nodes.Expr]:
    rows: dict[Key, nodes.Expr] = {}
    places: dict[Key, tree.Row] = {}
    for row in written:
        at = _key(row, key, names)
        value = typed(row.value, CONSTANT, names)
        if at is None or value is None:
            continue
        if at in rows:
            names.report(
                "G310",
                f"two rows for `{row.key.text}`",
                row.key.span,
                "again here",
                related=((places[at].key.span, "first here"),),
                help=("keep one of the two",),
            )
            continue
        rows[at], places[at] = value, row
    return rows


def _key(row: tree.Row, key: types.Type, names: Names) -> Key | None:
    """The key of a row as the engine meets it; None where it is not one of the table's."""
    words = _words(key, names)
    match row.key:
        case tree.Name(text) if words is not None:
            if text in words:
                return _word_key(text, key)
            what = f"a tier of `{key.ladder}`" if isinstance(key, types.Tier) else f"one of {quoted(words)}"
            names.unknown("G107", f"`{text}` is not {what}", row.key.span, words, "no such key")
            return None
        case tree.String(text) if isinstance(key, types.Text):
            return text
        case tree.Number(text) if isinstance(key, types.Number):
            return Fraction(text)
    meant = None
    if words is not None and isinstance(row.key, tree.String):
        meant = nearest(row.key.text, words)
    elif isinstance(key, types.Text):
        meant = f'"{row.key.text}"'
    names.report(
        "G205",
        f"this table is looked up by {show(key)}",
        row.key.span,
        "not such a key",
        help=(f"write `{meant}`",) if meant else (),
        edit=Edit(row.key.span, meant) if meant else None,
    )
    return None


def _word_key(word: str, key: types.Type) -> Key:
    """The key that a word of the table stands for, as the engine meets it."""
    return word == "yes" if isinstance(key, types.YesNo) else word


def _words(key: types.Type, names: Names) -> list[str] | None:
    """The words that a key can be, where they are a closed list."""
    if isinstance(key, types.YesNo):
        return ["yes", "no"]
    return words_of(key, names) if isinstance(key, types.Choice | types.Tier) else None


def _result(values: list[nodes.Expr], names: Names) -> types.Type | None:
    """The one type of all results."""
    if not values:
        return None
    of = values[0].type
    for value in values[1:]:
        if not _one_kind(of, value.type):
            meant = as_type(value.span, value, of)
            names.report(
                "G311",
                f"the results of a table are of one kind: {show(of)} and {show(value.type)} are not",
                value.span,
                show(value.type),
                related=((values[0].span, show(of)),),
                help=(f"write `{meant}`",) if meant else (),
                edit=Edit(value.span, meant) if meant else None,
            )
            return None
        of = joined(of, value.type)
    return of


def _one_kind(left: types.Type, right: types.Type) -> bool:
    match left, right:
        case types.Quantity(), types.Quantity():
            return left.unit == right.unit
        case types.Rate(), types.Rate():
            return (left.unit, left.per) == (right.unit, right.per)
        case types.Number(_, percent), types.Number(_, also):
            return percent == also
    return left == right


def _complete(
    name: tree.Name | tree.String, key: types.Type, rows: dict[Key, nodes.Expr], rest: nodes.Expr | None, names: Names
) -> None:
    """Reports keys without a row, and an `else` that no key is left for."""
    words = _words(key, names)
    missing = None if words is None else [word for word in words if _word_key(word, key) not in rows]
    if rest is None and missing != []:
        what = f"no row for {quoted(missing)}" if missing else f"{show(key)} can be anything, and there is no `else`"
        names.report(
            "G312",
            f"the table `{name.text}` has gaps",
            name.span,
            what,
            help=("add the rows, or `else VALUE` for all others",),
        )
    if rest is not None and missing == []:
        names.report(
            "G350",
            f"every key of `{name.text}` has a row: `else` never counts",
            rest.span,
            "never used",
            help=("take out the line",),
        )
