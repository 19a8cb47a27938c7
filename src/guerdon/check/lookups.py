"""Tables in expressions: looked up by their keys, or applied to an amount."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from guerdon.check import arithmetic
from guerdon.check.arithmetic import present
from guerdon.check.comparisons import Typed, alike
from guerdon.check.mending import FUNCTIONS
from guerdon.check.names import Names
from guerdon.check.scene import Scene
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.source import Span


def lookup(expr: tree.Call, scene: Scene, names: Names, any_typed: Typed) -> nodes.Expr | None:
    """The result of a table for its keys; None where it was reported."""
    word = expr.name.text
    if word not in names.tables or ("param", word) in names.declared:
        _unknown(expr, names)
        return None
    table = names.tables[word]
    if len(expr.arguments) != len(table.keys):
        _so_many_keys(expr, table, names)
        return None
    keys = _keys(expr.arguments, list(table.keys.items()), table, scene, names, any_typed)
    column = _column(expr.column, expr.span, table, names)
    if keys is None or column is None:
        return None
    of = table.types[column]
    if table.bands is nodes.Bands.PARTS:
        mean = _mean(expr, table, column, names)
        if mean is None:
            return None
        of = mean
    return nodes.Lookup(word, keys, column, of, span=expr.span)


def is_open(rate: tree.Expr, names: Names) -> bool:
    """Whether this is a table before `of`, with one key less than it has: the amount behind `of` is that key."""
    word, given = _asked(rate)
    table = names.tables.get(word)
    if table is None or len(table.keys) != given + 1:
        return False
    return table.bands is not None or any(isinstance(key, nodes.Band) for row in table.rows for key in row.keys)


def applied(
    rate: tree.Expr, base: nodes.Expr, span: Span, scene: Scene, names: Names, any_typed: Typed
) -> nodes.Expr | None:
    """A table applied to an amount in bands; None where it was reported."""
    table = names.tables[_asked(rate)[0]]
    if table.bands is None:
        names.report(
            "G428",
            f"`{table.name}` does not say how it is applied to an amount",
            rate.span,
            "all of it, or part by part?",
            related=((table.span, "this table"),),
            help=(
                "write `bands whole` below `by` (all of it at one rate), or `bands parts` (each part at its own)",
                f"or look a rate up: `{table.name}({', '.join(table.keys)})`",
            ),
        )
        return None
    if not any(isinstance(key, nodes.Band) for row in table.rows for key in row.keys):
        return None  # reported with the table
    name = list(table.keys)[table.banded]
    others = [(key, of) for key, of in table.keys.items() if key != name]
    keys = _keys(rate.arguments if isinstance(rate, tree.Call) else (), others, table, scene, names, any_typed)
    written = rate.column if isinstance(rate, tree.Call) else None
    if isinstance(rate, tree.Path) and len(rate.parts) > 1:
        written = rate.parts[1]
    column = _column(written, rate.span, table, names)
    if keys is None or column is None or present(base, names) is None:
        return None
    if not arithmetic.one_kind(_bare(base.type), _bare(table.keys[name])):
        names.report(
            "G205",
            f"the bands of `{table.name}` are {show(table.keys[name])}",
            base.span,
            show(base.type),
            related=((table.span, "this table"),),
            help=(f"apply it to {show(table.keys[name])}",),
        )
        return None
    found = nodes.Lookup(table.name, keys, column, table.types[column], span=rate.span)
    if not _fits(base, name, table, names):
        return None
    ends = tuple(_ends(table)) if table.bands is nodes.Bands.PARTS else ()
    return arithmetic.apply(found, base, span, names, ends)


def _asked(rate: tree.Expr) -> tuple[str, int]:
    """The name before `of`, and how many keys it is given."""
    match rate:
        case tree.Path(parts) if len(parts) <= 2:
            return parts[0].text, 0
        case tree.Call(name, arguments):
            return name.text, len(arguments)
    return "", 0


def _bare(of: types.Type) -> types.Type:
    """A type without what does not matter for bands: percentages are numbers."""
    return types.NUMBER if isinstance(of, types.Number) else of


def _ends(table: nodes.Table) -> Iterator[Fraction]:
    """Where the bands of a table begin and end."""
    for row in table.rows:
        band = row.keys[table.banded]
        ends = (band.first, band.last) if isinstance(band, nodes.Band) else (band,)
        yield from (end for end in ends if isinstance(end, Fraction))


# ---------------------------------------------------------------- keys


def _keys(
    written: Sequence[tree.Expr],
    keys: Sequence[tuple[str, types.Type]],
    table: nodes.Table,
    scene: Scene,
    names: Names,
    any_typed: Typed,
) -> tuple[nodes.Expr, ...] | None:
    """The values of the keys, each of its kind and never missing; None where one was reported."""
    found = []
    for expr, (name, of) in zip(written, keys, strict=True):
        key = any_typed(expr, scene, names, of)
        if key is None or present(key, names) is None:
            return None
        if not alike(key.type, of):
            by = f" as `{name}`" if len(table.keys) > 1 else ""
            names.report(
                "G205",
                f"`{table.name}` is looked up by {show(of)}{by}",
                expr.span,
                show(key.type),
                related=((table.span, "this table"),),
            )
            return None
        if not _fits(key, name, table, names):
            return None
        found.append(key)
    return tuple(found)


def _fits(key: nodes.Expr, name: str, table: nodes.Table, names: Names) -> bool:
    """Whether a table without `else` has a row for each value that a key can have here; reported where not."""
    of = table.keys[name]
    missing = ""
    if table.otherwise:
        return True
    if isinstance(key.type, types.Choice) and isinstance(of, types.Choice):
        beyond = [each for each in key.type.values if each not in of.values]
        missing = f"can be {quoted(beyond)}" if beyond else ""
    elif isinstance(of, types.Quantity | types.Number) and isinstance(key.type, types.Quantity | types.Number):
        if of.step is None or types.on_grid(key.type.step, of.step):
            return True
        from guerdon.check.boxes import Boxes, told  # only where a key is finer than its table

        gap = Boxes(dict(table.keys), table.rows, names, fine=True).gap()
        missing = f"can lie between, where there is no row: {told(gap)}" if gap is not None else ""
    if not missing:
        return True
    names.report(
        "G312",
        f"the table `{table.name}` has gaps",
        key.span,
        missing,
        help=("add `else VALUE` to the table, for all others",),
        related=((table.span, "this table"),),
    )
    return False


def _so_many_keys(expr: tree.Call, table: nodes.Table, names: Names) -> None:
    """Reports keys that are too many or too few."""
    keys = list(table.keys)
    meant = f"{table.name}({', '.join(keys)})"
    help_lines = [f"write `{meant}`" if len(keys) > 1 else f"write `{table.name}({expr.arguments[0].span.text})`"]
    if table.bands is not None and len(expr.arguments) == len(keys) - 1:
        help_lines = [f"apply it with `of`, or give `{keys[table.banded]}` too: `{meant}`"]
    by = ", ".join(f"{name} ({show(of)})" for name, of in table.keys.items())
    names.report(
        "G213",
        f"`{table.name}` is looked up by {len(keys)} keys"
        if len(keys) > 1
        else f"`{table.name}` is looked up by one key",
        expr.span,
        f"{len(expr.arguments)} of them" if len(expr.arguments) > 1 else "one of them",
        help=help_lines,
        related=((table.span, f"by {by if len(keys) > 1 else show(next(iter(table.keys.values())))}"),),
    )


# ---------------------------------------------------------------- columns


def _column(written: tree.Name | None, span: Span, table: nodes.Table, names: Names) -> int | None:
    """The place of a column; None where it was reported."""
    if written is None and not table.columns:
        return 0
    if written is not None and written.text in table.columns:
        return table.columns.index(written.text)
    if written is None:
        names.report(
            "G423",
            f"`{table.name}` has several columns: say which",
            span,
            "which column?",
            related=((table.span, "this table"),),
            help=(f"write `{span.text}.{table.columns[0]}`; its columns are {quoted(table.columns)}",),
        )
        return None
    message = f"`{table.name}` has no column `{written.text}`"
    one = () if table.columns else (f"it has one result: write `{span.text[: -len(written.text) - 1]}`",)
    names.unknown("G423", message, written.span, table.columns, "no such column", help=one)
    return None


def _mean(expr: tree.Call, table: nodes.Table, column: int, names: Names) -> types.Type | None:
    """The type of the rate that all parts come to; None where whole steps have no such rate, which is reported."""
    match table.types[column]:
        case types.Rate(unit, per, values) if not any(value.full for value in values):
            return types.Rate(unit, per, ())
        case types.Number(_, True):
            return types.Number(None, percent=True)
    names.report(
        "G429",
        f"`{table.name}` gives whole steps of each part, so no one rate is that of all parts together",
        expr.span,
        "no one rate",
        related=((table.span, "this table"),),
        help=(f"apply it: write `{table.name} of {expr.arguments[table.banded].span.text}`",),
    )
    return None


def _unknown(expr: tree.Call, names: Names) -> None:
    """Reports a name before parentheses that is no table, unless its declaration was reported."""
    word = expr.name.text
    if ("param", word) in names.declared:
        names.report(
            "G110",
            f"`{word}` is a param: it has one value, and no keys",
            expr.span,
            "no table",
            help=(f"write `{word}`",),
        )
        return
    if ("table", word) in names.declared:
        return
    known = [*names.names("table"), "min", "max"]
    instead = FUNCTIONS.get(word.lower())
    message, label = f"no table is called `{word}`", "unknown name"
    if instead:
        message, label, known = f"there is no function `{word}`", "a spreadsheet's", []
    names.unknown("G110", message, expr.name.span, known, label, help=(instead,) if instead else ())
