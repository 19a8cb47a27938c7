"""Who brought whom: the fact that a referral names, and who gets what; what is wrong with them is reported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from guerdon.check import measured
from guerdon.check.names import Names, clause, clauses
from guerdon.check.wording import quoted
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span, Written

SIDES = ("referrer", "friend")


@dataclass(frozen=True)
class Link:
    """How the referrer is named.

    Shape: `path` where the friend qualifies, `at_first` at the friend's own event; `step`:
    the fact that names who brought a referrer in turn, where it is one of members.
    `declares`: a measure, where what was said at the friend's event is remembered by one.
    """

    qualifies: tree.Qualifies
    path: tree.Path
    at_first: tree.Path
    optional: bool
    step: str
    span: Span
    declares: tuple[tree.Declaration, ...] = ()

    def named(self, path: tree.Path) -> tree.Path:
        """A path as rules write it: `referrer` is whom the fact names, `friend` the member."""
        mine = {"referrer": self.path.parts, "friend": (tree.Name("member"),)}.get(path.parts[0].text)
        if mine is None or isinstance(path.span, Written):
            return path
        at = path.parts[0].span
        parts = (*(tree.Name(each.text, span=at) for each in mine), *path.parts[1:])
        return _written(tree.Path(parts), path.span)

    def meant(self, node: tree.T) -> tree.T:
        """A part of the referral with all paths as rules write them."""
        past = isinstance(node, tree.Measured | tree.Came | tree.Earned | tree.Available)
        values = [
            getattr(node, name) if past and name in ("path", "of") else self._meant(getattr(node, name))
            for name in node.field_names
        ]
        return type(node)(*values, span=node.span)

    def _meant(self, value: object) -> object:
        if isinstance(value, tree.Node):
            return self.named(value) if isinstance(value, tree.Path) else self.meant(value)
        return tuple(map(self._meant, value)) if isinstance(value, tuple) else value


def _written(path: tree.Path, span: Span) -> tree.Path:
    return tree.Path(path.parts, span=Written(span.source, span.start, span.end, path.text))


@dataclass(frozen=True)
class Give:
    """What one side gets, by which rule; `unit`: of what, where that can be told."""

    clause: tree.Give
    name: str
    side: str
    to: tree.Path
    value: tree.Expr
    unit: str


# ---------------------------------------------------------------- the link


def link(declaration: tree.Declaration, document: tree.Document, names: Names) -> Link | None:
    """How the referrer is named; None where it was reported."""
    friend, written = clause(declaration, tree.Friend), clause(declaration, tree.Referrer)
    counts = clause(declaration, tree.Qualifies)
    _twice(declaration, names)
    if friend is None or written is None or counts is None or not clauses(declaration, tree.Give):
        _missing(declaration, names)
        return None
    if counts.within is not None and measured.for_time(counts.within, names) is None:
        return None
    word, at = written.fact, written.fact.span
    of_event = _facts(document, "event", friend.event.text)
    of_member = _facts(document, "member", None)
    fact = of_event.get(word.text) or of_member.get(word.text)
    if fact is None or not _names_member(fact):
        _unnamed(word, fact, friend.event, {**of_member, **of_event}, names)
        return None
    optional = fact.optional is not None
    if word.text not in of_event:
        path = _written(tree.Path((tree.Name("member", span=at), word)), at)
        return Link(counts, path, path, optional, word.text, at)
    plain = _written(tree.Path((word,)), at)
    if friend.event.text == counts.event.text:
        return Link(counts, plain, plain, optional, "", at)
    measure = _measure(word, friend.event, document)
    assert isinstance(measure.name, tree.Name)
    return Link(counts, _written(tree.Path((measure.name,)), at), plain, optional, "", at, (measure,))


def _facts(document: tree.Document, keyword: str, name: str | None) -> dict[str, tree.Fact]:
    """The facts that an event or the member declares."""
    found = [
        each
        for each in document.declarations
        if each.keyword == keyword and (name is None or (each.name is not None and each.name.text == name))
    ]
    return {fact.name.text: fact for each in found for fact in clauses(each, tree.Fact)}


def _names_member(fact: tree.Fact) -> bool:
    return isinstance(fact.type, tree.NamedType) and fact.type.name.text == "member"


def _measure(word: tree.Name, event: tree.Name, document: tree.Document) -> tree.Declaration:
    """A measure of what the friend's first event said, under a name that nothing else has."""
    taken = {each.name.text for each in document.declarations if each.name is not None}
    name = f"{word.text}_of_{event.text}"
    while name in taken:
        name += "_"
    path = tree.Path((tree.Name(event.text, span=word.span), word), span=word.span)
    value = tree.Measured(tree.Name("first", span=word.span), path, None, tree.Ever(span=word.span), span=word.span)
    place = Written(word.span.source, word.span.start, word.span.end, name)
    return tree.Declaration(
        "measure", tree.Name(name, span=place), (tree.IsClause(value, span=word.span),), span=word.span
    )


_NEEDED = {
    tree.Friend: ("friend", "friend signup", "the event by which a friend appears"),
    tree.Referrer: ("referrer", "referrer invited_by", "the fact that names who brought them"),
    tree.Qualifies: ("qualifies", "qualifies purchase", "the friend's event that is rewarded"),
    tree.Give: ("give", "give 100 star to referrer", "what one of the two gets"),
}


def _missing(declaration: tree.Declaration, names: Names) -> None:
    """Reports the clauses that a referral lacks."""
    lacking = [each for kind, each in _NEEDED.items() if not clauses(declaration, kind)]
    assert declaration.name is not None
    names.report(
        "G534",
        f"a referral needs {quoted(word for word, _, _ in lacking)}",
        declaration.name.span,
        f"{'is' if len(lacking) == 1 else 'are'} missing",
        help=[f"write {what}, like `{example}`" for _, example, what in lacking],
    )


def _twice(declaration: tree.Declaration, names: Names) -> None:
    """Reports a clause that stands twice; only `during`, `give`, `say` and `limit` may."""
    seen: dict[type, tree.Clause] = {}
    for each in declaration.clauses:
        if type(each) in seen and not isinstance(each, tree.During | tree.Give | tree.Say | tree.Limit):
            word = each.span.text.split()[0]
            names.report(
                "G104",
                f"`{word}` stands twice in this declaration",
                each.span,
                "again here",
                related=((seen[type(each)].span, "first here"),),
                help=("keep one of the two",),
            )
        seen[type(each)] = each


def _unnamed(
    word: tree.Name, fact: tree.Fact | None, event: tree.Name, facts: dict[str, tree.Fact], names: Names
) -> None:
    """Reports a fact that names nobody."""
    known = [name for name, each in facts.items() if _names_member(each)]
    declare = f"write `{word.text} member optional` below `member`, or below `event {event.text}`"
    if fact is not None:
        names.report(
            "G535",
            f"`{word.text}` is not a member, so it does not say who brought the friend",
            word.span,
            "names nobody",
            related=((fact.span, "declared here"),),
            edit=Edit(word.span, known[0]) if len(known) == 1 else None,
            help=(f"write {'one of ' if known[1:] else ''}{quoted(known)}",)
            if known
            else (f"declare it as `{word.text} member optional`",),
        )
        return
    names.unknown(
        "G535",
        f"neither `member` nor `{event.text}` has a fact `{word.text}` that says who brought the friend",
        word.span,
        known,
        "names nobody",
        help=() if known else (declare,),
    )


# ---------------------------------------------------------------- who gets what


def gives(declaration: tree.Declaration, document: tree.Document, link: Link, names: Names) -> list[Give]:
    """What each side gets; where that is unclear it is reported.

    Shape: the friend's before the referrer's, else as written. The first bears the
    referral's name and decides; of the others the name says who gets it.
    """
    assert declaration.name is not None
    found: list[Give] = []
    for written in clauses(declaration, tree.Give):
        side = written.to.text if written.to is not None else ""
        if side.split(".")[0] not in SIDES or side.startswith("friend."):
            _to_whom(written, names)
            continue
        assert written.to is not None
        number = 1 + sum(each.side == side for each in found)
        name = f"{declaration.name.text} ({side}{f' {number}' if number > 1 else ''})"
        unit = _unit(written.value, link.qualifies.event.text, document)
        found.append(Give(written, name, side, link.named(written.to), written.value, unit))
    for limit in clauses(declaration, tree.Limit):
        _limited(limit, found, names)
    _said(clauses(declaration, tree.Say), [each.side for each in found], names)
    found.sort(key=lambda each: each.side != "friend")
    return [*(replace(each, name=declaration.name.text) for each in found[:1]), *found[1:]]


def _to_whom(written: tree.Give, names: Names) -> None:
    """Reports something that is given to nobody in particular."""
    text = "" if written.to is None else written.to.text
    end = written.span.end
    names.report(
        "G536",
        "a referral says which of the two gets it"
        if written.to is None
        else f"`{text}` is neither the referrer nor the friend",
        written.span if written.to is None else written.to.span,
        "to whom?",
        help=(f"write `{written.value.span.text} to referrer`, or `to friend`; for both, write two lines",)
        if written.to is None or text in ("both", "each", "everyone")
        else ("write `to referrer` or `to friend`, or whom a fact of the referrer names: `to referrer.invited_by`",),
        edit=Edit(Span(written.span.source, end, end), " to referrer") if written.to is None else None,
    )


def _said(written: list[tree.Say], sides: list[str], names: Names) -> None:
    """Reports what is said to nobody who gets something, or twice to one."""
    told: dict[str, tree.Say] = {}
    for each in written:
        side = each.to.text if each.to is not None else ""
        end = each.span.end
        first = "friend" if "friend" in sides else next(iter(sides), "referrer")
        if each.to is None:
            names.report(
                "G752",
                "a referral says which of the two is told",
                each.span,
                "to whom?",
                help=(f"write `to {first}` behind it; for both, write two lines",),
                edit=Edit(Span(each.span.source, end, end), f" to {first}"),
            )
        elif sides and side not in sides:
            names.report(
                "G752",
                f"nothing is given to `{side}`, and a referral says something to whom it gives",
                each.to.span,
                "gets nothing",
                help=(f"write `to {first}`, or give them something: `give ... to {side}`",),
            )
        elif side in told:
            names.report(
                "G104",
                f"`say` stands twice for the {side}",
                each.span,
                "again here",
                related=((told[side].span, "first here"),),
                help=("keep one of the two",),
            )
        told.setdefault(side, each)


def sized(limit: tree.Limit) -> bool:
    """Whether a limit is on an amount, and not on a number of times."""
    return not (isinstance(limit.most, tree.Quantity) and limit.most.unit.text in ("time", "times"))


def whose(limit: tree.Limit) -> str:
    """Per whom a limit counts: `referrer`, `friend`, a path from either; empty where it does not say."""
    scopes = [each.scope.text for each in limit.per if not isinstance(each.scope, tree.ForTime)]
    return next((each for each in scopes if each.split(".")[0] in SIDES), "")


def _limited(limit: tree.Limit, found: list[Give], names: Names) -> None:
    """Reports a limit that does not say on whom it is, or limits nothing."""
    most = limit.most.span.text
    who = whose(limit)
    if not who:
        wrong = next(
            (each.scope for each in limit.per if each.scope.span.text in ("member", "event", "receiver")), None
        )
        edit = Edit(wrong.span, "referrer") if wrong is not None else None
        at = limit.most.span.end
        names.report(
            "G537",
            "a limit of a referral says whether it counts per referrer or per friend",
            limit.span,
            "of which of the two?",
            help=(f"write `limit {most} per referrer`, or `per friend`",),
            edit=edit or Edit(Span(limit.span.source, at, at), " per referrer"),
        )
    elif sized(limit) and who not in [each.side for each in found]:
        names.report(
            "G538",
            f"nothing is given to the {who}, so there is nothing to limit",
            limit.span,
            "limits nothing",
            help=(f"write `give ... to {who}`, or take the limit out",),
        )


def unit_of(most: tree.Quantity | tree.Call | tree.Name, document: tree.Document) -> str:
    """The unit of a limit's most, as far as its words tell; else empty."""
    said = _param(most.text, document) if isinstance(most, tree.Name) else most
    return said.unit.text if isinstance(said, tree.Quantity) else ""


def _param(name: str, document: tree.Document) -> tree.Expr | None:
    """What a param of this name is, as it is written."""
    declared = (each for each in document.declarations if each.keyword == "param" and each.name is not None)
    found = next((each for each in declared if each.name is not None and each.name.text == name), None)
    written = clause(found, tree.IsClause) if found is not None else None
    return written.value if written is not None else None


def _unit(expr: tree.Expr, event: str, document: tree.Document) -> str:
    """The unit of what an expression comes to, as far as its words tell; else empty."""
    return next(_units(expr, event, document), "")


def _units(expr: tree.Expr, event: str, document: tree.Document) -> Iterator[str]:
    match expr:
        case tree.Quantity(_, unit):
            yield unit.text
        case tree.Rate(give):
            yield give.unit.text
        case tree.Application(rate, base):
            said = _param(rate.text, document) if isinstance(rate, tree.Path) else rate
            if isinstance(said, tree.Rate):
                yield said.give.unit.text
            elif isinstance(said, tree.Percent):  # of a table nobody knows here whether it holds rates
                yield from _units(base, event, document)
        case tree.Multiply(left, _, right) | tree.Add(left, _, right):
            yield from _units(left, event, document)
            yield from _units(right, event, document)
        case tree.Call(_, arguments) if expr.name.text in ("min", "max"):
            for each in arguments:
                yield from _units(each, event, document)
        case tree.Path((word,)):
            fact = _facts(document, "event", event).get(word.text)
            said = _param(word.text, document) if fact is None else None
            if said is not None:
                yield from _units(said, event, document)
            if fact is not None and isinstance(fact.type, tree.NamedType):
                yield _currency(document) if fact.type.name.text == "money" else fact.type.name.text


def _currency(document: tree.Document) -> str:
    programs = [each for each in document.declarations if each.keyword == "program"]
    found = [clause(each, tree.Currency) for each in programs]
    return next((each.name.text for each in found if each is not None), "")
