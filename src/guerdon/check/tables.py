"""Tables: keys, rows, results, and whether all keys have one row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guerdon.check.arithmetic import joined, one_kind
from guerdon.check.bands import Key, key, with_ends
from guerdon.check.boxes import REST, Boxes, told
from guerdon.check.builtin import is_built_in
from guerdon.check.expressions import typed
from guerdon.check.facts import field_type
from guerdon.check.mending import as_type
from guerdon.check.names import Names, clause, clauses
from guerdon.check.scene import CONSTANT, MOMENTS
from guerdon.check.strange import words_for
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

_KEYS = (
    types.Tier,
    types.Choice,
    types.Text,
    types.Number,
    types.YesNo,
    types.Quantity,
    types.Date,
    types.Days,
    types.Months,
)


def table(declaration: tree.Declaration, names: Names) -> nodes.Table | None:
    """The table; None where its keys or its results can't be made out."""
    assert isinstance(declaration.name, tree.Name)
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
    keys = _keys(by, names)
    columns = clause(declaration, tree.Columns)
    if keys is None:
        return None
    written: list[tree.Row] | None = clauses(declaration, tree.Row)
    if clause(declaration, tree.RowsFrom):
        from guerdon.check import sheets  # only for tables whose rows stand in a file

        written = sheets.rows(declaration, list(keys.items()), names)
    otherwise = clause(declaration, tree.Otherwise)
    if written is None:
        return None
    if not written and not otherwise:
        names.report(
            "G308",
            "a table has at least one row",
            declaration.name.span,
            "no rows",
            help=("write `row KEY: VALUE`, or `else VALUE` for all keys",),
        )
        return None
    if not _widths(written, otherwise, by, columns, names):
        return None
    meant = _words([*(row.values for row in written), *([otherwise.values] if otherwise else [])], names)
    rows = _rows(written, list(keys.values()), meant, names)
    rest = _results(otherwise.values, meant, names) if otherwise else []
    if any(value is None for value in rest):
        return None
    results: list[tuple[nodes.Expr, ...]] = [row.results for row in rows]
    if otherwise:
        results.append(tuple(filter(None, rest)))
    of = [_result([each[at] for each in results], names) for at in range(len(results[0]))] if results else []
    if not of or any(each is None for each in of):
        return None
    found = nodes.Table(
        declaration.name.text,
        keys,
        tuple(name.text for name in columns.names) if columns else (),
        _bands(clause(declaration, tree.Bands), names),
        tuple(with_ends(rows)),
        tuple(filter(None, rest)),
        tuple(filter(None, of)),
        span=declaration.name.span,
    )
    if _is_applied(found, declaration, names) and len(rows) == len(written):
        _covers(found, names)
    return found


# ---------------------------------------------------------------- keys


def _keys(by: tree.By, names: Names) -> dict[str, types.Type] | None:
    """The keys by their names; None where one was reported."""
    found: dict[str, types.Type] = {}
    for written in by.keys:
        of = _key_type(written, names)
        if of is None:
            return None
        if not isinstance(of, _KEYS):
            names.report(
                "G346",
                "a table is looked up by a word, a text, a tier, yes and no, or by what has an order",
                written.span,
                show(of),
                help=("compare it in a rule's `when` instead",),
            )
            return None
        if written.name.text in found:
            names.report(
                "G420",
                f"the table is looked up by `{written.name.text}` twice",
                written.span,
                "again here",
                help=(f"give the second a name and a type, like `other_{written.name.text} text`",),
            )
            return None
        found[written.name.text] = of
    return found


def _key_type(by: tree.Key, names: Names) -> types.Type | None:
    """The type of a key: as written, or that of the ladder or the fields of this name."""
    if by.type is not None:
        return field_type(by.type, names)
    if by.name.text in names.steps:
        return types.Tier(by.name.text)
    if by.name.text in ("weekday", "date"):
        return MOMENTS[by.name.text]
    records = [names.member, *names.events.values(), *names.records.values()]
    all_facts = [fact for record in records for fact in record.facts.values() if not is_built_in(fact)]
    facts = [fact for fact in all_facts if fact.name == by.name.text]
    found = {fact.type.of if isinstance(fact.type, types.Optional) else fact.type for fact in facts}
    if len(found) == 1:
        return found.pop()
    if found:
        names.report(
            "G309",
            f"`{by.name.text}` is declared with different types",
            by.name.span,
            "which of them?",
            related=tuple((fact.span, show(fact.type)) for fact in facts[:2]),
            help=(f"write the type behind it, like `by {by.name.text} text`",),
        )
    else:
        known = [*names.steps, *(fact.name for fact in all_facts)]
        typed_by = (f"for another value write its type too, like `by {by.name.text} money`",)
        names.unknown("G101", f"no ladder and no field is called `{by.name.text}`", by.name.span, known, help=typed_by)
    return None


# ---------------------------------------------------------------- rows


def _widths(
    written: Sequence[tree.Row],
    otherwise: tree.Otherwise | None,
    by: tree.By,
    columns: tree.Columns | None,
    names: Names,
) -> bool:
    """Whether each row has a value for each key and each column; else that is reported, once of each."""
    keys, results = len(by.keys), len(columns.names) if columns else 1
    row = next((row for row in written if len(row.cells) != keys), None)
    if row is not None:
        names.report(
            "G421",
            f"the table is looked up by {_count(keys, 'key')}, and this row has {len(row.cells)}",
            row.cells[0].span.to(row.cells[-1].span),
            _count(len(row.cells), "key"),
            related=((by.span, _count(keys, "key")),),
            help=("write one for each key, in their order, with commas between",),
        )
        return False
    all_rows: list[tree.Row | tree.Otherwise] = [*written, *([otherwise] if otherwise else [])]
    for each in all_rows:
        if len(each.values) == results:
            continue
        what = _count(len(each.values), "result")
        related = ((columns.span, _count(results, "column")),) if columns else ()
        help_line = (
            f"write one for each of {quoted(name.text for name in columns.names)}"
            if columns
            else f"name them, like `columns {', '.join(('rate', 'most', 'third', 'fourth')[: len(each.values)])}`"
        )
        names.report(
            "G422",
            f"a row of this table has {_count(results, 'result')}, and this one has {len(each.values)}",
            each.values[0].span.to(each.values[-1].span),
            what,
            related=related,
            help=(help_line,),
        )
        return False
    return True


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _words(values: list[tuple[tree.Expr, ...]], names: Names) -> list[types.Type | None]:
    """By column the closed list of all its words, where it holds nothing but words; None: it holds values."""
    columns = [[_word(value, names) for value in column] for column in zip(*values, strict=True)]
    return [
        types.Choice(tuple(dict.fromkeys(word for word in words if word))) if all(words) else None for words in columns
    ]


def _word(value: tree.Expr, names: Names) -> str | None:
    """A plain word that names no param, and is not yes or no; of a text the word that it would be without quotes."""
    if isinstance(value, tree.String):
        word = re.sub(r"\W+", "_", value.text)
        return word if word.isidentifier() else None
    if not isinstance(value, tree.Path) or len(value.parts) > 1 or ("param", value.text) in names.declared:
        return None
    return None if value.text in ("yes", "no") else value.text


def _results(values: Sequence[tree.Expr], meant: list[types.Type | None], names: Names) -> list[nodes.Expr | None]:
    return [typed(value, CONSTANT, names, of) for value, of in zip(values, meant, strict=True)]


def _rows(
    written: Sequence[tree.Row], keys: list[types.Type], meant: list[types.Type | None], names: Names
) -> list[nodes.Row]:
    """The rows that can be read, each once."""
    rows: dict[tuple[Key, ...], nodes.Row] = {}
    for row in written:
        at = [key(cell, of, names) for cell, of in zip(row.cells, keys, strict=True)]
        values = _results(row.values, meant, names)
        if any(each is None for each in at) or any(each is None for each in values):
            continue
        found = tuple(each for each in at if each is not None)
        span = row.cells[0].span.to(row.cells[-1].span)
        if found in rows:
            names.report(
                "G310",
                f"two rows for `{span.text}`",
                span,
                "again here",
                related=((rows[found].span, "first here"),),
                help=("keep one of the two",),
            )
            continue
        rows[found] = nodes.Row(found, tuple(filter(None, values)), span=span)
    return list(rows.values())


def _result(values: list[nodes.Expr], names: Names) -> types.Type | None:
    """The one type of all results of a column."""
    of = values[0].type
    for value in values[1:]:
        if not one_kind(of, value.type):
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


# ---------------------------------------------------------------- bands


def _bands(written: tree.Bands | None, names: Names) -> nodes.Bands | None:
    if written is None:
        return None
    known = [each.value for each in nodes.Bands]
    if written.how.text not in known:
        near = {"slab": "whole", "all": "whole", "marginal": "parts", "part": "parts", "each": "parts"}
        near_word = near.get(written.how.text.lower())
        message = f"bands are `whole` or `parts`, not `{written.how.text}`"
        help_line = ("`whole`: all of an amount at one rate; `parts`: each part of it at its own",)
        names.unknown("G430", message, written.how.span, known, "not known", near=near_word, help=help_line)
        return None
    return nodes.Bands(written.how.text)


def _is_applied(found: nodes.Table, declaration: tree.Declaration, names: Names) -> bool:
    """Whether a table with `bands` has just one key in bands, of quantities or numbers; reported where not."""
    written = clause(declaration, tree.Bands)
    if written is None or found.bands is None:
        return True
    banded = [
        name for at, name in enumerate(found.keys) if any(isinstance(row.keys[at], nodes.Band) for row in found.rows)
    ]
    if len(banded) != 1 or not isinstance(found.keys[banded[0]], types.Quantity | types.Number):
        what = "no key is an amount or a number given in bands"
        if len(banded) > 1:
            what = f"{quoted(banded)} all are given in bands"
        names.report(
            "G428",
            f"`bands {found.bands.value}` says what becomes of an amount in bands, and {what}",
            written.span,
            "of which key?",
            help=("give just one key in bands, like `row from 100 USD: 5%`; the others as they are",),
        )
        return False
    wrong = next((of for of in found.types if not _is_rate(of)), None)
    if found.bands is nodes.Bands.PARTS and wrong is not None:
        names.report(
            "G429",
            f"each part is applied at its own rate, and these results are {show(wrong)}",
            written.span,
            "rates or percentages are needed",
            related=((found.rows[0].results[found.types.index(wrong)].span, show(wrong)),),
            help=("write rates or percentages in the rows, or `bands whole`",),
        )
        return False
    return True


def _is_rate(of: types.Type) -> bool:
    return isinstance(of, types.Rate) or (isinstance(of, types.Number) and of.percent)


# ---------------------------------------------------------------- all keys, each once


def _covers(found: nodes.Table, names: Names) -> None:
    """Reports the first keys with two rows, else those with none, and an `else` that no key is left for."""
    keys = dict(found.keys)
    twice = Boxes(keys, found.rows, names, fine=True).overlap()
    if twice is not None:
        box, first, second = twice
        later, earlier = sorted((first, second), key=lambda row: -row.span.start)
        names.report(
            "G427",
            f"two rows of `{found.name}` hold where {told(box)}",
            later.span,
            "this one",
            related=((earlier.span, "and this one"),),
            help=("let one of them end where the other begins",),
        )
        return
    if found.otherwise:
        if Boxes(keys, found.rows, names, fine=True).gap() is None:
            names.report(
                "G350",
                f"every key of `{found.name}` has a row: `else` never counts",
                found.otherwise[0].span.to(found.otherwise[-1].span),
                "never used",
                help=("take out the line",),
            )
        return
    gap = Boxes(keys, found.rows, names).gap()
    if gap is None:
        return
    message, label = f"the table `{found.name}` has gaps", f"no row where {told(gap)}"
    help_line = "add the rows, or `else VALUE` for all others"
    of = next(iter(keys.values()))
    words = words_for(of, names)
    if len(keys) == 1 and words is not None:
        had = {row.keys[0] for row in found.rows}
        label = (
            f"no row for {quoted(w for w in words if (w == 'yes' if isinstance(of, types.YesNo) else w) not in had)}"
        )
    elif len(keys) == 1 and gap[0].what is REST:
        label = f"{show(of)} can be anything, and there is no `else`"
    elif any(part.what is REST for part in gap):
        help_line = "add `else VALUE` for all others"
    elif len(gap) == len(keys) and all(part.cell != "anything" for part in gap):
        help_line = f"add `row {', '.join(part.cell for part in gap)}: VALUE`, or `else VALUE` for all others"
    names.report("G312", message, found.span, label, help=(help_line,))
