"""All passes in their order: bytes, tree, core tree, typed program."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from guerdon.check import accounts, builtin, cases, expiry, facts, ladders, reached, reversals, tables, units
from guerdon.check.expand import expand
from guerdon.check.names import Names, collect
from guerdon.check.rules import Rules
from guerdon.program import nodes
from guerdon.syntax import tree
from guerdon.syntax.parse import parse_bytes
from guerdon.syntax.split import split
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.source import read_bytes

Checked = tuple[nodes.Program | None, tuple[Diagnostic, ...]]


def check_file(path: str | Path) -> Checked:
    """The typed program of a file, or None, and everything that is to be said about it.

    Errors: OSError where the file can't be read.
    """
    return check_bytes(str(path), read_bytes(path))


def check_bytes(name: str, data: bytes) -> Checked:
    """The typed program of a text, or None, and everything that is to be said about it."""
    document, found = parse_bytes(name, data)
    if not document.declarations and found:
        return None, _in_order(found)
    lost = _lost(document) if found else set()
    said = Names(mute=set(lost))
    core = expand(document, said)
    broken = {each.name.text for each in document.declarations if each.keyword == "referral" and each.name}
    broken -= {each.name.text for each in core.declarations if each.name}
    program, more = check(core, partial=bool(found or said.found), lost=lost | broken)
    more += tuple(said.found)
    if _nameless(document, found):
        more = tuple(each for each in more if each.code not in _ABOUT_NAMES)
    return program, _in_order(found + more)


def check(document: tree.Document, partial: bool = False, lost: Iterable[str] = ()) -> Checked:
    """The typed program of a tree without shorthand; None where there are errors.

    `partial`: something could not be read; then there is no program. `lost`: the words
    of declarations that could not be read, names among them: of these nothing is said.
    """
    names = Names(mute=set(lost))
    collect(document.declarations, names)
    names.frame = facts.frame(document, names)
    for declare in (_units, _records, _tiers, accounts.declare, builtin.events, reversals.reversals, _derived, _tables):
        declare(names)
    rules = Rules(names)
    names.measure, names.rule, names.rule_unit = rules.measure, rules.rule, rules.unit
    rules.all()
    _expiry(names)
    _ladders(names)
    accounts.spending(names)
    tests = [cases.case(each, names) for _, each in _declared(names, "test")]
    found = names.found
    if partial or any(each.is_error for each in found):
        return None, tuple(found)
    program = nodes.Program(
        names.frame,
        names.units,
        names.events,
        names.records,
        names.member,
        names.tables,
        tuple(names.meters),
        names.measures,
        names.ladders,
        names.rules,
        tuple(filter(None, tests)),
        names.accounts,
    )
    return program, tuple(found)


_ABOUT_NAMES = frozenset("G101 G105 G106 G107 G110 G113 G115 G117 G118 G119 G120 G121 G323 G333 G395".split())


def _nameless(document: tree.Document, found: tuple[Diagnostic, ...]) -> bool:
    """Whether a declaration could not be read at its name, so that nobody knows what it declares."""
    lines = {each.span.line for each in found if each.span and each.code != "G012"}
    return any(piece.line in lines for piece in split(document.span.source).pieces)


_WORD = re.compile(r'"([^"\n]*)"|\w+')


def _lost(document: tree.Document) -> set[str]:
    """The words and quoted texts of the declarations that could not be read."""
    read = {each.span.start for each in document.declarations}
    lost = [piece.text for piece in split(document.span.source).pieces if piece.offset not in read]
    return {found[1] or found[0] for text in lost for found in _WORD.finditer(text)}


def _declared(names: Names, keyword: str) -> list[tuple[str, tree.Declaration]]:
    return [(name, each) for (kind, name), each in names.declared.items() if kind == keyword]


def _units(names: Names) -> None:
    for name, declaration in _declared(names, "unit"):
        names.units[name] = units.unit(declaration, names)


def _expiry(names: Names) -> None:
    """After measures and ladders, which its conditions may ask for."""
    for name, declaration in _declared(names, "unit"):
        names.units[name] = expiry.with_life(declaration, names.units[name], names)


def _records(names: Names) -> None:
    for name, declaration in _declared(names, "record"):
        names.records[name] = facts.record(declaration, names)
    for name, declaration in _declared(names, "event"):
        names.events[name] = facts.record(declaration, names)
    for _, declaration in _declared(names, "member"):
        names.member = facts.of_member(declaration, names)


def _tiers(names: Names) -> None:
    for name, declaration in _declared(names, "tiers"):
        names.steps[name] = reached.steps(declaration, names)


def _derived(names: Names) -> None:
    for name, declaration in _declared(names, "record"):
        names.records[name] = facts.derived(declaration, names.records[name], names)
    for name, declaration in _declared(names, "event"):
        names.events[name] = facts.derived(declaration, names.events[name], names)


def _tables(names: Names) -> None:
    for name, declaration in _declared(names, "table"):
        found = tables.table(declaration, names)
        if found is not None:
            names.tables[name] = found


def _ladders(names: Names) -> None:
    for name, declaration in _declared(names, "tiers"):
        found = ladders.ladder(declaration, names)
        if found is not None:
            names.ladders[name] = found


def _in_order(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """In the order of the text, each once."""
    return tuple(sorted(dict.fromkeys(found), key=lambda each: each.span.start if each.span else -1))
