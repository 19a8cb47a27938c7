"""What there is to reach in a program: for each declaration the branches that a test can take.

What a shorthand brings along beside the designer's own conditions has no branches. A branch is named by a key: the node (by identity) or the name that it is about, and
which way was taken there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.study import words
from guerdon.text.source import NOWHERE, Span, Written

Key = tuple[object, ...]

HELD, FAILED = "held", "failed"
"""The two ways of a condition."""

NEVER_SAID = "it never said anything"


@dataclass(frozen=True, slots=True)
class Point:
    """One branch: where it stands, and what is said where no test takes it."""

    key: Key
    span: Span
    untaken: str


@dataclass(frozen=True, slots=True)
class Part:
    """A declaration with its branches, in the order of the text."""

    kind: str
    name: str
    span: Span
    points: tuple[Point, ...]


def parts(program: nodes.Program) -> tuple[Part, ...]:
    """Each declaration in which there is something to reach, in the order of the text."""
    seen: set[int] = set()
    found = []
    for kind, name, declared, points in _declarations(program, _Conditions(program, seen)):
        found.append(Part(kind, name, declared.span, tuple(sorted(points, key=lambda point: point.span.start))))
    return tuple(sorted((each for each in found if each.points), key=lambda part: part.span.start))


def _declarations(
    program: nodes.Program, conditions: _Conditions
) -> Iterator[tuple[str, str, nodes.Node, Iterable[Point]]]:
    for unit in program.units.values():
        yield "unit", unit.name, unit, [*_expiries(unit), *conditions.of(unit)]
    for event in program.events.values():
        if event.span is not NOWHERE:
            yield "event", event.name, event, [*_reversal(event), *conditions.of(event)]
    for record in program.records.values():
        yield "record", record.name, record, [*conditions.of(record)]
    for account in program.accounts.values():
        yield "account", account.name, account, [*conditions.of(account)]
    for table in program.tables.values():
        yield "table", table.name, table, [*_rows(table), *conditions.of(table)]
    for measure in program.measures.values():
        yield "measure", measure.name, measure, [*conditions.of(measure)]
    for ladder in program.ladders.values():
        yield "tiers", ladder.name, ladder, [*_tiers(ladder), *conditions.of(ladder)]
    for rule in program.rules.values():
        yield "rule", rule.name, rule, [*_rule(rule), *conditions.of(rule)]
    for group in program.groups.values():
        yield "group", group.name, group, [*_group(group), *conditions.of(group)]


class _Conditions:
    """Finds conditions, each once: what two declarations share belongs to the first."""

    def __init__(self, program: nodes.Program, seen: set[int]) -> None:
        self.program, self.seen = program, seen

    def of(self, part: nodes.Node) -> Iterator[Point]:
        """Both ways of each condition in a declaration."""
        for root in self._roots(part):
            yield from self._points(root)

    def _roots(self, part: nodes.Node) -> Iterator[nodes.Expr]:
        """Conditions that decide something: guards, filters, facts that are yes or no."""
        for each in walk(part):
            match each:
                case nodes.Rule(when=when):
                    yield from when
                case nodes.OverLines(where=where) | nodes.Each(where=where) | nodes.Offer(where=where) if (
                    where is not None
                ):
                    yield where
                case nodes.Expiry(when=when) | nodes.Grant(when=when) | nodes.TierStep(when=when) if when is not None:
                    yield when
                case nodes.Unit(suspended=condition) | nodes.Account(spends=condition) if condition is not None:
                    yield condition
                case nodes.Floor(condition=condition):
                    yield condition
                case nodes.Fact(value=value) | nodes.Measure(value=value) if value is not None and _decides(value):
                    yield value
                case nodes.Measured(meter=number):
                    yield from self._meter(self.program.meters[number])
                case nodes.Streak(meters=numbers):
                    for number in numbers:
                        yield from self._meter(self.program.meters[number])

    def _meter(self, meter: nodes.Meter) -> Iterator[nodes.Expr]:
        if meter.where is not None and id(meter) not in self.seen:
            self.seen.add(id(meter))
            yield meter.where
            yield from self._roots(meter.where)

    def _points(self, condition: nodes.Expr) -> Iterator[Point]:
        if id(condition) in self.seen or isinstance(condition, nodes.Literal) or _generated(condition):
            return
        self.seen.add(id(condition))
        said = f"`{words.written(condition)}`"
        yield Point((id(condition), HELD), condition.span, f"{said} never held")
        yield Point((id(condition), FAILED), condition.span, f"{said} never failed to hold")
        match condition:
            case nodes.Junction(_, of) if not _is_list(condition):
                for each in of:
                    yield from self._points(each)
            case nodes.Negation(nodes.Junction() as inner) if not _is_list(inner):
                for each in inner.of:
                    yield from self._points(each)


def _generated(node: nodes.Node) -> bool:
    """Whether a shorthand brings it along: nobody wrote it, and not all of it can be reached.

    Shape: the time of `within` and each fact of `refuse` stand for just one condition, which is the designer's.
    """
    if not isinstance(node.span, Written):
        return False
    text, start = node.span.source.text, node.span.start
    return not (text[start : start + 1].isdigit() or text[:start].rstrip().endswith((" same", ",same")))


def _decides(value: nodes.Expr) -> bool:
    of = value.type.of if isinstance(value.type, types.Optional) else value.type
    return isinstance(of, types.YesNo) and not isinstance(value, nodes.Measured)


def _is_list(of: nodes.Junction) -> bool:
    """Whether it is one value that is compared with several, as `in` does."""
    lefts = {each.left if isinstance(each, nodes.Compare) else each for each in of.of}
    return len(lefts) == 1 and all(isinstance(each, nodes.Compare) for each in of.of)


def _expiries(unit: nodes.Unit) -> Iterator[Point]:
    for number, line in enumerate(unit.expiries):
        if line.origin is not None:
            yield Point(("expired", unit.name, number), line.span, "nothing ever expired by it")


def _reversal(event: nodes.Record) -> Iterator[Point]:
    if event.reverses is not None:
        yield Point(("reversed", event.name), event.reverses.span, f"no {event.name} ever took anything back")


def _rows(table: nodes.Table) -> Iterator[Point]:
    for row in table.rows:
        yield Point(("row", id(row.results[0])), row.span, f"the row `{row.span.text}` was never used")
    if table.otherwise and table.keys:
        yield Point(("row", id(table.otherwise[0])), table.otherwise[0].span, "`else` was never used")


def _tiers(ladder: nodes.Ladder) -> Iterator[Point]:
    for tier in ladder.tiers[1:]:
        yield Point(("tier", ladder.name, tier.name), tier.span, f"nobody ever reached {tier.name}")
    for grant in ladder.grants:
        yield Point(("granted", ladder.name, grant.tier, grant.event), grant.span, f"it never gave {grant.tier}")
    if not isinstance(ladder.lasts, nodes.Ever):
        yield Point(("ended", ladder.name), ladder.span, "no tier ever fell at its end")


def _rule(rule: nodes.Rule) -> Iterator[Point]:
    never = f"it never {'took' if rule.takes else 'gave'} anything"
    yield Point(("gave", rule.name), rule.span, NEVER_SAID if rule.only_says else never)
    if rule.takes:
        yield Point(("refused", rule.name), rule.span, "it was never refused")
    for number, line in enumerate(rule.during):
        said = ", ".join(f"`{words.written(each)}`" for each in line)
        yield Point(("during", rule.name, number, HELD), line[0].span, f"nothing happened during {said}")
        yield Point(("during", rule.name, number, FAILED), line[0].span, f"nothing happened outside of {said}")
    if rule.control is not None:
        yield Point(("control", rule.name), rule.control.span, "nobody was ever in its control group")
    if rule.minimum is not None:
        yield Point(("raised", rule.name), rule.give.span, "nothing was ever raised to its minimum")
    for name in rule.replaces:
        yield Point(("replaced", rule.name, name), rule.span, f'it never stood in place of "{name}"')
    yield from _limits(rule.limits, "kept anything from being said" if rule.only_says else "cut anything off")
    for share in rule.shares:
        yield Point(("share", rule.name, share.name), share.span, f"nothing ever went to {share.name}")
    if rule.hold is not None:
        yield Point(("released", rule.name), rule.hold.span, "its hold never ended")


def _limits(limits: tuple[nodes.Limit, ...], done: str = "cut anything off") -> Iterator[Point]:
    for limit in limits:
        if _generated(limit):
            continue
        did = done if limit.of is None else "left anything out"
        yield Point(("limit", id(limit)), limit.span, f"`{words.written(limit)}` never {did}")


def _group(group: nodes.Group) -> Iterator[Point]:
    if group.take in (nodes.Take.BEST, nodes.Take.TOP):
        for name in group.of:
            yield Point(("taken", group.name, name), group.span, f'"{name}" was never the one that is taken')
    if group.minimum is not None:
        yield Point(("raised", group.name), group.span, "nothing was ever raised to its minimum")
    yield from _limits(group.limits)
