"""All passes in their order: bytes, tree, core tree, typed program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from guerdon.check import (
    accounts,
    builtin,
    cases,
    expiry,
    facts,
    grouped,
    ladders,
    laws,
    params,
    reached,
    reversals,
    triggers,
    units,
)
from guerdon.check.expand import expand
from guerdon.check.names import Names, clauses, collect
from guerdon.check.rules import Rules
from guerdon.program import nodes
from guerdon.syntax import tree
from guerdon.syntax.parse import parse_bytes
from guerdon.syntax.split import split
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.sheet import Sheet

Checked = tuple[nodes.Program | None, tuple[Diagnostic, ...]]
Parsed = tuple[tree.Document, tuple[Diagnostic, ...]]


@dataclass(frozen=True)
class Beside:
    """What was read beside a program's own text: names of files that it uses, sheets of its tables (None: not
    readable), values given for its params; and what could not be read."""

    used: frozenset[str] = frozenset()
    sheets: Mapping[tuple[str, str], Sheet | None] = field(default_factory=dict)
    given: Mapping[str, tree.Expr] = field(default_factory=dict)
    found: tuple[Diagnostic, ...] = ()


def check_bytes(name: str, data: bytes) -> Checked:
    """The typed program of a text that stands alone, or None, and everything that is to be said about it."""
    return check_parsed([parse_bytes(name, data)], Beside())


def check_parsed(parsed: Sequence[Parsed], beside: Beside) -> Checked:
    """The typed program of the trees of its files, its own first, and everything that is to be said about it."""
    found = tuple(each for _, said in parsed for each in said) + beside.found
    sources = {document.span.source.name: at for at, (document, _) in enumerate(parsed)}
    if not parsed[0][0].declarations and found:
        return None, _in_order(found, sources)
    lost = {word for document, said in parsed if said for word in _lost(document)}
    whole, said = _together(parsed), Names(mute=set(lost))
    core = expand(whole, said)
    broken = {each.name.text for each in whole.declarations if each.keyword == "referral" and each.name}
    broken -= {each.name.text for each in core.declarations if each.name}
    partial = bool(said.found) or any(each.is_error for each in found)
    program, more = check(core, beside, partial, lost | broken)
    more += tuple(said.found)
    if any(_nameless(document, said) for document, said in parsed):
        more = tuple(each for each in more if each.code not in _ABOUT_NAMES)
    return program, _in_order(found + more, sources)


def _together(parsed: Sequence[Parsed]) -> tree.Document:
    """All declarations as if they stood in the first of the files."""
    main = parsed[0][0]
    declarations = tuple(each for document, _ in parsed for each in document.declarations)
    return tree.Document(declarations, main.comments, span=main.span)


def check(
    document: tree.Document, beside: Beside | None = None, partial: bool = False, lost: Iterable[str] = ()
) -> Checked:
    """The typed program of a tree without shorthand; None where there are errors.

    `partial`: something could not be read; then there is no program. `lost`: the words
    of declarations that could not be read, names among them: of these nothing is said.
    """
    beside = beside or Beside()
    names = Names(mute=set(lost), given=beside.given, sheets=beside.sheets)
    declarations = _of_one_program(document, names)
    collect(declarations, names)
    _unread(names, beside)
    params.unknown(beside.given.items(), names)
    names.declared = {key: params.put_in_place(each, names) for key, each in names.declared.items()}
    names.frame = facts.frame(document, names)
    for declare in (
        *(_units, _params, _records, _tiers, accounts.declare, builtin.events, reversals.reversals, _tables),
        _derived,
    ):
        declare(names)
    grouped.listed(names)
    triggers.declare(names)
    rules = Rules(names)
    names.measure, names.rule, names.rule_unit, names.group = rules.measure, rules.rule, rules.unit, rules.group
    rules.all()
    _expiry(names)
    _ladders(names)
    accounts.spending(names)
    tests = [cases.case(each, names) for _, each in _declared(names, "test")]
    claims = [laws.law(each, names) for _, each in _declared(names, "law")]
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
        names.groups,
        names.triggers,
        tuple(filter(None, claims)),
    )
    if any(each.reverses is not None and each.reverses.part is not None for each in program.events.values()):
        from guerdon.check import in_part  # only for programs in which parts come back

        in_part.warn(program, names)
    return program, tuple(found)


def _of_one_program(document: tree.Document, names: Names) -> list[tree.Declaration]:
    """The declarations, without a `program` of a file that is used, which is reported."""
    found = []
    own = next((each for each in document.declarations if each.keyword == "program"), None)
    for each in document.declarations:
        foreign = each.keyword == "program" and each.span.source is not document.span.source
        if foreign:
            names.report(
                "G439",
                "a file that is used has no `program` of its own",
                each.span.source.line_span(each.span.line),
                "a program here",
                related=((own.span.source.line_span(own.span.line), "the program that uses it"),)
                if own and own is not each
                else (),
                help=("take it out: what it says belongs to the program that uses the file",),
            )
        else:
            found.append(each)
    return found


def _unread(names: Names, beside: Beside) -> None:
    """Reports files that are used and were not read, because the program stands in no folder."""
    for _, declaration in _declared(names, "program"):
        for use in clauses(declaration, tree.Use):
            if use.file.text not in beside.used:
                names.report(
                    "G436",
                    f"`{use.file.text}` can't be read here",
                    use.file.span,
                    "not read",
                    help=("a file is found from the folder of the program: check the program as a file",),
                )


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


def _params(names: Names) -> None:
    for name, declaration in _declared(names, "param"):
        found = params.param(declaration, names)
        if found is not None:
            names.tables[name] = found


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
    declared = _declared(names, "table")
    if declared:
        from guerdon.check import tables  # only for programs that have some
    for name, declaration in declared:
        found = tables.table(declaration, names)
        if found is not None:
            names.tables[name] = found


def _ladders(names: Names) -> None:
    for name, declaration in _declared(names, "tiers"):
        found = ladders.ladder(declaration, names)
        if found is not None:
            names.ladders[name] = found


def _in_order(found: tuple[Diagnostic, ...], sources: Mapping[str, int]) -> tuple[Diagnostic, ...]:
    """In the order of the files and their texts, each once."""

    def place(said: Diagnostic) -> tuple[int, int]:
        return (sources.get(said.span.source.name, len(sources)), said.span.start) if said.span else (-1, -1)

    return tuple(sorted(dict.fromkeys(found), key=place))
