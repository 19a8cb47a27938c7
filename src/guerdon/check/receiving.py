"""Who receives what a rule gives, and in which shares."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guerdon.check import messages
from guerdon.check.arithmetic import present
from guerdon.check.expressions import typed
from guerdon.check.meaning import names_member
from guerdon.check.names import Names, clause, clauses
from guerdon.check.scene import Scene
from guerdon.check.wording import plain, quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span


def receiver(declaration: tree.Declaration, scene: Scene, names: Names) -> nodes.Expr | None:
    """Who gets what a rule gives; None: the event's member, or it was reported."""
    to = messages.receiver(declaration)
    return None if to is None or to.text == "member" else _member(to, scene, names, "member")


def person(written: tree.Path, scene: Scene, names: Names) -> nodes.Expr | None:
    """Whom a word or a path names, if it names a member; None without a report where it does not."""
    word = written.parts[0].text
    known = word in scene.event or word == "member" or ("measure", word) in names.declared
    before = len(names.found)
    found = typed(written, scene, names) if known and not scene.trigger else None
    if found is not None and names_member(found.type):
        return found
    del names.found[before:]
    return None


def _member(word: tree.Path, scene: Scene, names: Names, *others: str) -> nodes.Expr | None:
    """Whom a word or a path names; reported where that is no member, or where none but the member can get it."""
    if scene.trigger:
        names.report(
            "G325",
            f"{scene.what} happens to each member alone, and nobody else receives",
            word.span,
            "receives what?",
            help=("take it out, or give it in a rule on an event",),
        )
        return None
    if len(word.parts) > 1 or (("measure", word.text) in names.declared and word.text not in scene.event):
        return _by_path(word, scene, names)
    fact = scene.event.get(word.text)
    if fact is not None and names_member(fact.type):
        return typed(word, scene, names)
    known = [name for name, each in scene.event.items() if names_member(each.type)]
    if fact is not None:
        help_lines = (f"write one of {quoted(known)}",) if known else (f"declare it as `{word.text} member`",)
        names.report(
            "G325",
            f"`{word.text}` is {show(fact.type)}, and a member receives",
            word.span,
            "no member",
            related=((fact.span, show(fact.type)),),
            help=help_lines,
        )
        return None
    of_member = names.member.facts.get(word.text)
    theirs = [f"member.{name}" for name, each in names.member.facts.items() if names_member(each.type)]
    near = f"member.{word.text}" if f"member.{word.text}" in theirs else None
    names.unknown(
        "G325",
        f"nobody is called `{word.text}` in {scene.what}",
        word.span,
        [*known, *others, *theirs],
        "receives what?",
        near=near,
        help=(f"`{word.text}` is a fact of `member`: give {scene.what} a fact of type `member`",) if of_member else (),
    )
    return None


def _by_path(word: tree.Path, scene: Scene, names: Names) -> nodes.Expr | None:
    """Whom a path or a measure names."""
    found = typed(word, scene, names)
    if found is None or names_member(found.type):
        return found
    names.report(
        "G325",
        f"`{word.text}` is {show(found.type)}, and a member receives",
        word.span,
        "no member",
        help=("name a fact of type `member`",),
    )
    return None


# ---------------------------------------------------------------- shares


def shares(declaration: tree.Declaration, scene: Scene, names: Names) -> tuple[nodes.Share, ...]:
    """The shares of others in what a rule gives; together never surely more than all of it."""
    written = clauses(declaration, tree.Share)
    found = tuple(filter(None, (_share(each, scene, names) for each in written)))
    give = clause(declaration, tree.Give)
    _different(written, give.to.text if give and give.to else None, names)
    least = sum((_least(each.share, names) for each in found), Fraction(0))
    if least > 1:
        names.report(
            "G380",
            f"the shares come to {plain(least * 100)}% at least, and there is only 100% to share",
            written[-1].share.span,
            "more than what is left",
            related=tuple((each.share.span, "and this") for each in written[:-1]),
            help=("lower one of them; what the shares leave goes to the receiver of the award",),
        )
    return found


def _share(written: tree.Share, scene: Scene, names: Names) -> nodes.Share | None:
    if written.to.text == "member":
        names.report(
            "G325",
            "the member gets what the shares of others leave",
            written.to.span,
            "no share of its own",
            help=("write the shares of the others only",),
        )
        return None
    to, value = _member(written.to, scene, names), typed(written.share, scene, names)
    if value is None or present(value, names) is None:
        return None
    if not isinstance(value.type, types.Number) or not value.type.percent:
        literal = isinstance(written.share, tree.Number)
        meant = f"{written.share.span.text}%"
        names.report(
            "G379",
            f"a share is a percentage, and this is {show(value.type)}",
            written.share.span,
            show(value.type),
            help=(f"write `{meant}`",) if literal else ("write a percentage, like `40%`, or a table of percentages",),
            edit=Edit(written.share.span, meant) if literal else None,
        )
        return None
    return nodes.Share(value, to, written.to.text, span=written.span) if to else None


def _different(written: list[tree.Share], to: str | None, names: Names) -> None:
    """Reports a receiver that gets a share twice, or a share of its own award."""
    seen: dict[str, Span] = {}
    for each in written:
        word = each.to
        if word.text == to:
            message, where = f"`{word.text}` gets what the shares of others leave", None
        elif word.text in seen:
            message, where = f"`{word.text}` has two shares", seen[word.text]
        else:
            seen[word.text] = each.span
            continue
        names.report(
            "G381",
            message,
            word.span,
            "again here" if where else "no share of its own",
            related=((where, "first here"),) if where else (),
            help=("write one share with the sum of both",) if where else ("write the shares of the others only",),
        )


def _least(share: nodes.Expr, names: Names) -> Fraction:
    """The least that a share can be, as far as it is known."""
    match share:
        case nodes.Literal(Fraction() as value):
            return value
        case nodes.Lookup(table, _, column):
            return min(_least(each, names) for each in _results(names.tables[table], column))
    return Fraction(0)


def _results(table: nodes.Table, column: int) -> Iterator[nodes.Expr]:
    yield from (row.results[column] for row in table.rows)
    if table.otherwise:
        yield table.otherwise[column]
