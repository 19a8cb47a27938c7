"""The rows of a table that stand in a file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guerdon.check.names import Names, clause, clauses
from guerdon.check.wording import quoted, show
from guerdon.program import types
from guerdon.syntax import cells, tree
from guerdon.text.diagnostic import nearest
from guerdon.text.sheet import Sheet
from guerdon.text.source import Span

Keys = Sequence[tuple[str, types.Type]]
_HEAD = re.compile(r"(?P<name>[^\[\]]*?)\s*(?:\[(?P<unit>[^\[\]]+)\])?")
_BARE = re.compile(r"(?<![\w.-])(\d+(?:\.\d+)?)(?![\w.%-])(?=\s*(?:$|below\b|through\b))")


def rows(declaration: tree.Declaration, keys: Keys, names: Names) -> list[tree.Row] | None:
    """The rows of a table whose file is named; None where that was reported."""
    written, taken = clauses(declaration, tree.Row), clause(declaration, tree.RowsFrom)
    assert taken is not None
    if written:
        names.report(
            "G443",
            "the rows of a table stand below it or in a file, not both",
            written[0].span,
            "a row here",
            related=((taken.span, "rows from a file"),),
            help=("move the row to the file, or take out `from`",),
        )
        return None
    key = taken.file.span.source.name, taken.file.text
    if key not in names.sheets:
        names.report(
            "G436",
            f"the rows of `{taken.file.text}` can't be read here",
            taken.file.span,
            "not read",
            help=("a file is found from the folder of the program: check the program as a file",),
        )
        return None
    sheet = names.sheets[key]
    return None if sheet is None else _of_sheet(sheet, declaration, keys, names)


def _of_sheet(sheet: Sheet, declaration: tree.Declaration, keys: Keys, names: Names) -> list[tree.Row] | None:
    columns = clause(declaration, tree.Columns)
    wanted = [name for name, _ in keys] + ([name.text for name in columns.names] if columns else [])
    heads = _heads(sheet, wanted, len(keys), columns is not None, names)
    if heads is None:
        return None
    found = []
    for number in range(1, len(sheet.cells)):
        if not sheet.line(number + 1).replace("|", "").strip():
            continue  # an empty line
        row = _row(sheet, number, heads, keys, names)
        if row is None:
            return None
        found.append(row)
    if not found:
        names.report(
            "G442",
            f"`{sheet.name}` has no rows below its head",
            sheet.cell(0, 0),
            "only a head",
            help=("write a row for each key below the names of the columns",),
        )
        return None
    return found


Heads = list[tuple[int, str]]
"""For each key and then for each column: where it stands in the sheet, and the unit in brackets."""


def _heads(sheet: Sheet, wanted: list[str], keys: int, named: bool, names: Names) -> Heads | None:
    """Where keys and columns stand, by the names in the first row; None where one is missing or was reported."""
    if not sheet.cells or not any(sheet.cells[0]):
        place = Span(sheet, 0, 0)
        help_line = f"begin with a row of names: {', '.join(wanted)}"
        names.report("G442", f"`{sheet.name}` is empty", place, "no head", help=(help_line,))
        return None
    there: dict[str, tuple[int, str]] = {}
    for at in range(len(sheet.cells[0])):
        place = sheet.cell(0, at)
        head = _HEAD.fullmatch(place.text)
        name = head["name"] if head else place.text
        if not name:
            continue
        if name in there:
            twice = (sheet.cell(0, there[name][0]), "first here")
            help_line = "give one of them another name"
            names.report(
                "G440", f"two columns are called `{name}`", place, "again", related=(twice,), help=(help_line,)
            )
            return None
        there[name] = at, (head["unit"] or "").strip() if head else ""
    others = [name for name in there if name not in wanted]
    if not named and len(others) == 1:
        wanted = [*wanted, others.pop()]
    missing = next((name for name in wanted if name not in there), None)
    if missing is None and (named or len(wanted) > keys):
        return [there[name] for name in wanted]
    _no_column(sheet, missing, others, there, names)
    return None


def _no_column(
    sheet: Sheet, missing: str | None, others: list[str], there: dict[str, tuple[int, str]], names: Names
) -> None:
    """Reports a head that lacks a key, a column or the result."""
    near = nearest(missing, others) if missing else None
    place = sheet.cell(0, there[near][0]) if near else sheet.cell(0, 0).to(sheet.cell(0, len(sheet.cells[0]) - 1))
    message = f"`{sheet.name}` has no column `{missing}`"
    help_line = f"write `{missing}`" if near else f"the columns of the file are {quoted(there)}"
    if missing is None:
        message = f"`{sheet.name}` has no column for the results"
        if others:
            message = f"`{sheet.name}` has several columns for the results: {quoted(others)}"
            help_line = f"name those that the table has, like `columns {', '.join(others)}`"
    if len(there) == 1 and ";" in next(iter(there)):
        help_line = "the file has `;` between its columns: save it as CSV with commas, or as .xlsx"
    names.report("G440", message, place, "the head", help=(help_line,))


def _row(sheet: Sheet, number: int, heads: Heads, keys: Keys, names: Names) -> tree.Row | None:
    beyond = next((cell for cell in sheet.cells[number][len(sheet.cells[0]) :] if cell[0] < cell[1]), None)
    if beyond is not None:
        help_line = "take it out, or name its column; a text with a comma stands in quotes"
        names.report("G441", "this cell stands below no name", Span(sheet, *beyond), "no column", help=(help_line,))
        return None
    written: list[tree.Cell] = []
    for (at, unit), (name, of) in zip(heads, keys, strict=False):
        key = _key(sheet.cell(number, at), unit, of)
        if key is None:
            _unreadable(sheet.cell(number, at), name, of, names)
            return None
        written.append(key)
    values: list[tree.Expr] = []
    for at, unit in heads[len(keys) :]:
        place = sheet.cell(number, at)
        value = cells.value(_with_unit(place.text, unit), place)
        if value is None:
            _unreadable(place, sheet.cell(0, at).text, None, names)
            return None
        values.append(value)
    line = Span(sheet, sheet.cell(number, 0).start, sheet.line_starts[number] + len(sheet.line(number + 1)))
    return tree.Row(tuple(written), tuple(values), span=line)


def _key(place: Span, unit: str, of: types.Type) -> tree.Cell | None:
    """A cell as the key of a row; a text needs no quotes."""
    if isinstance(of, types.Text):
        text = place.text
        quoted_text = len(text) > 1 and text[0] == text[-1] == '"'
        return tree.String(text[1:-1] if quoted_text else text, span=place) if text else None
    return cells.cell(_with_unit(place.text, unit), place)


def _with_unit(text: str, unit: str) -> str:
    """A cell's text, its bare numbers in the unit that the head names.

    >>> _with_unit("from 400 below 1000", "EUR"), _with_unit("5", "%"), _with_unit("5%", "%")
    ('from 400 EUR below 1000 EUR', '5%', '5%')
    """
    if not unit:
        return text
    return _BARE.sub(rf"\1{unit}" if unit == "%" else rf"\1 {unit}", text)


def _unreadable(place: Span, name: str, of: types.Type | None, names: Names) -> None:
    """Reports a cell that is no key or no value."""
    text = place.text
    help_line = "write it as in a `row`, like `5%`, `100 USD` or `1 point per 1 USD`; or write its unit in the head, like `rate [%]`"
    if of is not None:
        help_line = f"`{name}` is {show(of)}: write it as in a `row`"
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?%?", text):
        help_line = f"numbers are written without thousands separators: `{text.replace(',', '')}`"
    elif re.fullmatch(r"\d+,\d+%?", text):
        help_line = f"write a decimal point: `{text.replace(',', '.')}`"
    elif re.match(r"[$\u20ac\u00a3\u00a5]", text):
        help_line = "write the currency behind the amount, like `5 EUR`, or in the head, like `amount [EUR]`"
    message = f"`{text}` can't be read" if text else "this cell is empty"
    names.report("G441", message, place, f"in the column `{name}`", help=(help_line,))
