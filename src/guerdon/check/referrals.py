"""`referral` written out: the rules that it stands for, on the friend's event that qualifies.

The first rule decides, and holds all conditions: the friend appeared and was named by
then, the friend and the referrer are two people who did not bring each other, nothing
is the same of both that must not be, and it is the first time. The others give where it
gave. What is generated has its place where the designer's word for it stands.

Source: language reference, Referrals; law 19.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guerdon.check.names import Names, clause, clauses
from guerdon.check.referring import Give, Link, gives, link, sized, unit_of, whose
from guerdon.syntax import tree
from guerdon.syntax.phrase import expression
from guerdon.text.source import Span, Written

LONGEST_RING = 5
"""How many members a ring of referrals may have at most to be seen: A brought B, who brought C, who brought A."""


def written_out(declaration: tree.Declaration, document: tree.Document, names: Names) -> list[tree.Declaration]:
    """The declarations that a referral stands for; none where something was reported."""
    before = len(names.found)
    found = link(declaration, document, names)
    given = gives(declaration, document, found, names) if found is not None else []
    if found is None or len(names.found) > before:
        return []
    writer = _Writer(declaration, found, given, document)
    return [*found.declares, *map(writer.rule, given)]


@dataclass(frozen=True)
class _Writer:
    """Writes the rules of one referral."""

    declaration: tree.Declaration
    link: Link
    gives: list[Give]
    document: tree.Document

    def rule(self, give: Give) -> tree.Declaration:
        """The rule for one `give`: the first has all conditions, the others give where it gave."""
        decides = self.gives[0]
        on = tree.On((self.link.qualifies.event,), span=self.link.qualifies.span)
        first = give is decides
        rest = [each for each in self.declaration.clauses if isinstance(each, tree.Round | tree.Hold | tree.Because)]
        parts: list[tree.Clause] = [
            on,
            *(self._conditions() if first else [self._where_gave(decides, give.clause.span)]),
            *(clauses(self.declaration, tree.During) if first else []),
            tree.Give(give.value, give.to, span=give.clause.span),
            *self._says(give),
            *(self._times() if first else []),
            *self._amounts(give),
            *rest,
        ]
        assert self.declaration.name is not None
        order = tree.ORDER["rule"]
        parts.sort(key=lambda each: order.index(type(each)))
        comments = tuple(tree.Comment(-1, False, each.text) for each in self.declaration.comments)
        name = tree.String(give.name, span=self.declaration.name.span)
        return tree.Declaration(
            "rule",
            name,
            tuple(self.link.meant(each) for each in parts),
            comments if give is self.gives[0] else (),
            span=self.declaration.span,
        )

    def _says(self, give: Give) -> Iterator[tree.Say]:
        """What is said to a side: with the first that it gets."""
        if give is next(each for each in self.gives if each.side == give.side):
            for each in clauses(self.declaration, tree.Say):
                if each.to is not None and each.to.text == give.side:
                    yield tree.Say(each.text, None, span=each.span)

    # ------------------------------------------------------------ conditions

    def _conditions(self) -> Iterator[tree.When]:
        """All that must hold for a friend to count."""
        counts, friend = self.link.qualifies, clause(self.declaration, tree.Friend)
        assert friend is not None
        if counts.where is not None:
            yield tree.When(counts.where, span=counts.where.span)
        if counts.within is not None and counts.of is not None:
            yield from _in_time(counts.within, counts.of, friend.event)
        at = friend.span
        yield _when(_at_least_one(friend.event, None), at)
        yield _when(_none(friend.event, self._nobody()), self.link.span)
        referrer, itself = self.link.path, _path("member")
        for ring in [referrer, *self._rings()]:
            yield _when(tree.Negation(tree.Alike(ring, itself)), self.link.span)
        refuse = clause(self.declaration, tree.Refuse)
        for fact in refuse.facts if refuse else ():
            theirs, own = tree.Path((*referrer.parts, fact)), tree.Path((tree.Name("member"), fact))
            yield _when(tree.Negation(tree.Alike(theirs, own)), fact.span)

    def _nobody(self) -> tree.Expr:
        """That at the friend's own event nobody else was named."""
        named: tree.Expr = self.link.at_first
        if self.link.optional:
            named = tree.Either((named, _path("member")))
        return tree.Alike(named, _path("member"))

    def _rings(self) -> Iterator[tree.Path]:
        """Who brought the referrer, who brought that one, and so on."""
        step = self.link.step
        for length in range(1, LONGEST_RING if step else 1):
            yield tree.Path((*self.link.path.parts, *[tree.Name(step)] * length))

    def _where_gave(self, decides: Give, span: Span) -> tree.When:
        rule = tree.String(decides.name)
        if decides.unit:
            gave: tree.Expr = tree.Compare(
                rule, tree.Name(">"), tree.Quantity(tree.Number("0"), tree.Name(decides.unit))
            )
        else:  # so much divided by itself is 1
            whole = tree.Either((tree.Multiply(rule, tree.Name("/"), rule), tree.Number("0")))
            gave = tree.Compare(whole, tree.Name(">"), tree.Number("0"))
        return _when(gave, span)

    # ------------------------------------------------------------ limits

    def _times(self) -> Iterator[tree.Limit]:
        """Once for a friend, and so often in all."""
        friend = clause(self.declaration, tree.Friend)
        assert friend is not None
        once = tree.Quantity(tree.Number("1"), tree.Name("time"))
        yield _placed(tree.Limit(once, (tree.Per(tree.Period((tree.Name("member"),))),), None, None), friend.span)
        yield from (self._limit(each) for each in clauses(self.declaration, tree.Limit) if not sized(each))

    def _amounts(self, give: Give) -> Iterator[tree.Limit]:
        """The limits in amounts of who gets this; where they get several things, those of its unit."""
        beside = [each for each in self.gives if each.side == give.side]
        for each in clauses(self.declaration, tree.Limit):
            if sized(each) and whose(each) == give.side:
                of = unit_of(each.most, self.document)
                if len(beside) == 1 or of in ("", give.unit) or not give.unit:
                    yield self._limit(each)

    def _limit(self, limit: tree.Limit) -> tree.Limit:
        """A limit that counts per whom the words mean."""
        per = tuple(self._per(each) for each in limit.per)
        return tree.Limit(limit.most, per, limit.or_nothing, limit.kept, span=limit.span)

    def _per(self, per: tree.Per) -> tree.Per:
        scope = per.scope
        if isinstance(scope, tree.ForTime) or scope.text.split(".")[0] not in ("referrer", "friend"):
            return per
        words = scope.parts if isinstance(scope, tree.Path) else scope.words
        path = self.link.named(tree.Path(words, span=scope.span))
        if len(path.parts) == 1:
            return tree.Per(tree.Period(path.parts, span=path.span), span=per.span)
        return tree.Per(path, span=per.span)


# ---------------------------------------------------------------- what is generated


def _path(*words: str) -> tree.Path:
    return tree.Path(tuple(map(tree.Name, words)))


def _at_least_one(event: tree.Name, where: tree.Expr | None) -> tree.Expr:
    return tree.Compare(_counted(event, where), tree.Name(">="), tree.Number("1"))


def _none(event: tree.Name, where: tree.Expr) -> tree.Expr:
    return tree.Same(_counted(event, where), None, tree.Number("0"))


def _counted(event: tree.Name, where: tree.Expr | None) -> tree.Expr:
    return tree.Measured(tree.Name("count"), tree.Path((event,)), where, tree.Ever())


def _in_time(within: tree.ForTime, of: tree.Name, friend: tree.Name) -> Iterator[tree.When]:
    """That it is no later than so long after the first of some events."""
    if of.text != friend.text:
        yield _when(_at_least_one(of, None), of.span)
    first = tree.Measured(tree.Name("least"), tree.Path((of, tree.Name("date"))), None, tree.Ever())
    begin = tree.Either((first, _path("date")))
    last = tree.Add(begin, tree.Name("+"), _length(within))
    yield _when(tree.Compare(_path("date"), tree.Name("<="), last), within.span)


def _length(time: tree.ForTime) -> tree.Quantity:
    """A length of time as days or months."""
    sizes = {"week": (7, "days"), "year": (12, "months")}
    times, unit = sizes.get(time.unit.text.removesuffix("s"), (1, time.unit.text))
    amount = str(int(time.amount.text) * times) if time.amount.text.isdigit() else time.amount.text
    return tree.Quantity(
        tree.Number(amount, span=time.amount.span), tree.Name(unit, span=time.unit.span), span=time.span
    )


def _when(condition: tree.Expr, span: Span) -> tree.When:
    return _placed(tree.When(condition), span)


def _placed(node: tree.T, span: Span) -> tree.T:
    """A generated node, all of it at one place but for what has a place of its own; expressions say what they are."""
    values = [_placed_value(getattr(node, name), span) for name in node.field_names]
    words = expression(node) if isinstance(node, tree.Expr) else node.text if isinstance(node, tree.Name) else span.text
    return type(node)(*values, span=Written(span.source, span.start, span.end, words))


def _placed_value(value: object, span: Span) -> object:
    if isinstance(value, tree.Node):
        return _placed(value, span) if not value.span.source.text else value
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(_placed_value(each, span) for each in value)
    return value
