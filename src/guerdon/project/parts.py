"""The declarations of a program, to be put together anew: with some of another version in the place of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from guerdon.check.passes import Beside, Checked, check_parsed
from guerdon.project.reading import read
from guerdon.syntax import tree
from guerdon.syntax.parse import parse_bytes
from guerdon.text.source import read_bytes


@dataclass(frozen=True)
class Parts:
    """The declarations of a program, of all its files, params with the values that they were given; and what stands beside them."""

    declarations: tuple[tree.Declaration, ...]
    beside: Beside


def parts(path: str | Path, given: Mapping[str, str] | None = None) -> Parts:
    """The declarations of a program that is checked already. Errors: OSError."""
    parsed, beside = read(path, parse_bytes(str(path), read_bytes(path)), given or {})
    found = (_given(each, beside.given) for document, _ in parsed for each in document.declarations)
    return Parts(tuple(found), replace(beside, given={}))


def value_of(of: Parts, name: str) -> tree.Expr | None:
    """The value of a param; None where there is no param of this name."""
    for declaration in of.declarations:
        if declaration.keyword == "param" and declaration.name is not None and declaration.name.text == name:
            return next((each.value for each in declaration.clauses if isinstance(each, tree.IsClause)), None)
    return None


def with_value(of: Parts, name: str, value: tree.Expr) -> Parts:
    """The same with another value of a param."""
    return replace(of, declarations=tuple(_given(each, {name: value}) for each in of.declarations))


def _given(declaration: tree.Declaration, values: Mapping[str, tree.Expr]) -> tree.Declaration:
    """A param with the value that it was given."""
    name = declaration.name.text if declaration.name is not None else ""
    if declaration.keyword != "param" or name not in values:
        return declaration
    clauses = (tree.IsClause(values[name], span=declaration.span),)
    return tree.Declaration(declaration.keyword, declaration.name, clauses, span=declaration.span)


def checked(declarations: Iterable[tree.Declaration], beside: Iterable[Beside]) -> Checked:
    """The typed program that some declarations make, those of one version or of several, and what is to be said about it."""
    found, used, sheets = tuple(declarations), frozenset[str](), dict[tuple[str, str], object]()
    for each in beside:
        used |= each.used
        sheets |= each.sheets
    own = next((each for each in found if each.keyword == "program"), found[0])
    document = tree.Document(found, (), span=own.span)
    return check_parsed([(document, ())], Beside(used, sheets))  # type: ignore[arg-type]
