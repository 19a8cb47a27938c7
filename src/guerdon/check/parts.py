"""How much of an event another one reverses: an amount of both, or amounts of their lines."""

from __future__ import annotations

from collections.abc import Mapping

from guerdon.check.names import Names
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span


def part(written: tree.Part, own: nodes.Record, other: nodes.Record, names: Names) -> nodes.Part | None:
    """What `own` measures of `other`; None where it was reported."""
    first, *rest = written.path.parts
    record = _lines(own, first)
    if len(rest) > 1 or (rest and record is None):
        _too_long(written.path, own, record, names)
        return None
    if record is None:
        return _of_event(written, own, other, names)
    if not rest or written.by is None:
        _without_key(written, record, names)
        return None
    listed = _list_of(first, record, other, names)
    return _of_lines(written, record, listed[0], listed[1], names) if listed else None


def _too_long(path: tree.Path, own: nodes.Record, record: str | None, names: Names) -> None:
    """Reports a path that goes on behind a fact, or that starts with no list."""
    kept = path.parts[: 2 if record else 1]
    if record is None and not _has(kept[0], own.name, own.facts, names):
        return
    meant = ".".join(part.text for part in kept)
    names.report(
        "G122",
        f"`{kept[-1].text}` has no facts of its own",
        path.parts[len(kept)].span.to(path.span),
        "too much",
        help=(f"write `{meant}`",),
        edit=Edit(path.span, meant),
    )


def summed(of: types.Type, event: str, lines: str | None, fact: str, names: Names) -> types.Type:
    """The type of what is left in a sum of this fact, after what reverses such events in part.

    Shape: `lines` is the list whose lines have the fact. As it was where nothing reverses them in part;
    on no known grid where another fact says in which part, because a share of this one can be anything.
    """
    for other in names.events.values():
        reversal = other.reverses
        if reversal is None or reversal.event != event or reversal.part is None:
            continue
        measured = _measured_by(reversal.part, other, names)
        same = (reversal.part.of, reversal.part.of_lines) == (fact, lines)
        match of, measured:
            case types.Quantity(unit, step), types.Quantity(_, finer) if same:
                of = types.Quantity(unit, types.common_step(step, finer))
            case types.Number(step, percent), types.Number(finer, _) if same:
                of = types.Number(types.common_step(step, finer), percent)
            case types.Quantity(unit), _:
                of = types.Quantity(unit, None)
            case types.Number(_, percent), _:
                of = types.Number(None, percent)
    return of


def _measured_by(part: nodes.Part, event: nodes.Record, names: Names) -> types.Type:
    """The type of what says how much is reversed."""
    facts: Mapping[str, nodes.Fact] = event.facts
    if part.lines is not None:
        listed = facts[part.lines].type
        of = listed.of if isinstance(listed, types.Optional) else listed
        assert isinstance(of, types.Lines)
        facts = names.records[of.record].facts
    found = facts[part.field].type
    return found.of if isinstance(found, types.Optional) else found


# ---------------------------------------------------------------- amounts of the events


def _of_event(written: tree.Part, own: nodes.Record, other: nodes.Record, names: Names) -> nodes.Part | None:
    field = written.path.parts[0]
    of = written.of or field
    if not _alike(field, own.name, own.facts, of, other.name, other.facts, names, may_be_missing=True):
        return None
    if written.by is not None:
        names.report(
            "G376",
            f"`by` says which lines belong together, and `{field.text}` is no fact of lines",
            written.by.span,
            "no lines here",
            help=(f"write `part LINES.{field.text} by {written.by.text}`, or take out `by {written.by.text}`",),
            edit=Edit(_behind(written), ""),
        )
        return None
    return nodes.Part(field.text, of.text, span=written.span)


def _behind(written: tree.Part) -> Span:
    """The `by` of a part with its word, and the space before it."""
    assert written.by is not None
    last = written.of or written.path
    return Span(written.span.source, last.span.end, written.by.span.end)


def _alike(
    field: tree.Name,
    own: str,
    own_facts: Mapping[str, nodes.Fact],
    of: tree.Name,
    other: str,
    other_facts: Mapping[str, nodes.Fact],
    names: Names,
    may_be_missing: bool = False,
) -> bool:
    """Whether both have the fact, an amount of one kind that is always there; reported where not.

    `may_be_missing`: the first of the two, which then means all that is left.
    """
    if not _has(field, own, own_facts, names):
        return False
    kind = _kind(own_facts[field.text].type)
    whole = next((name for name, fact in other_facts.items() if _kind(fact.type) == kind), None)
    help_line = f"say what it is a part of, like `part {field.text} of {whole}`"
    if not _has(of, other, other_facts, names, help_line if whole and of is field else ""):
        return False
    one, two = own_facts[field.text], other_facts[of.text]
    if not _amount(one, own, field, names, may_be_missing) or not _amount(two, other, of, names):
        return False
    if _kind(one.type) != _kind(two.type) and not _of_any_unit(one.type, two.type, names):
        names.report(
            "G374",
            f"{show(one.type)} is no part of {show(two.type)}",
            field.span,
            show(one.type),
            related=((two.span, show(two.type)),) if two.span.text else (),
            help=("name two amounts of one kind, like `part amount of net`",),
        )
        return False
    return True


def _has(fact: tree.Name, whose: str, facts: Mapping[str, nodes.Fact], names: Names, help_line: str = "") -> bool:
    """Whether there is such a fact; reported where there is none that could have been reported itself."""
    if fact.text in facts:
        return True
    if fact.text not in names.mute:
        help_lines = (help_line,) if help_line else ()
        names.unknown("G106", f"`{whose}` has no fact `{fact.text}`", fact.span, facts, help=help_lines)
    return False


def _amount(fact: nodes.Fact, whose: str, word: tree.Name, names: Names, may_be_missing: bool = False) -> bool:
    """Whether a fact is an amount, and always there."""
    of = fact.type.of if isinstance(fact.type, types.Optional) else fact.type
    if not isinstance(of, types.Quantity | types.Number | types.AmountOf):
        names.report(
            "G373",
            f"a part is an amount or a number, and `{fact.name}` of `{whose}` is {show(of)}",
            word.span,
            show(of),
            help=("name a fact that is money, so much of a unit or a number",),
        )
        return False
    if isinstance(fact.type, types.Optional) and not may_be_missing:
        names.report(
            "G375",
            f"`{fact.name}` of `{whose}` may be missing, and then nobody knows which part it is",
            word.span,
            "may be missing",
            related=((fact.span, "optional here"),),
            help=("take out `optional`, or name a derived fact that is always there",),
        )
        return False
    return True


def _kind(of: types.Type) -> object:
    """What two amounts must have in common for one to be a part of the other."""
    of = of.of if isinstance(of, types.Optional) else of
    return of.unit if isinstance(of, types.Quantity) else type(of)


def _of_any_unit(one: types.Type, two: types.Type, names: Names) -> bool:
    """Whether the other is an amount of whatever unit, such as what a redemption spends."""
    one = one.of if isinstance(one, types.Optional) else one
    return isinstance(two, types.AmountOf) and isinstance(one, types.Quantity) and one.unit in names.units


# ---------------------------------------------------------------- amounts of their lines


def _lines(event: nodes.Record, word: tree.Name) -> str | None:
    """The record of the list that has this name, if it is one; where it is missing, all that is left is meant."""
    fact = event.facts.get(word.text)
    of = fact and (fact.type.of if isinstance(fact.type, types.Optional) else fact.type)
    return of.record if isinstance(of, types.Lines) else None


def _without_key(written: tree.Part, record: str, names: Names) -> None:
    """Reports lines that nothing matches, or of which no amount is named."""
    facts = names.records[record].facts.values()
    key = next((fact.name for fact in facts if isinstance(fact.type, types.Text | types.Choice)), "product")
    amounts = [fact.name for fact in facts if isinstance(fact.type, types.Quantity | types.Number)]
    path = written.path.text if len(written.path.parts) > 1 else f"{written.path.text}.{(amounts or ['amount'])[0]}"
    of = f" of {written.of.text}" if written.of else ""
    by = written.by.text if written.by else key
    names.report(
        "G376",
        "of lines it is said how much of each is reversed, and by which fact they are found again",
        written.span,
        "which lines?" if written.by is None else "how much of each?",
        help=(f"write `part {path}{of} by {by}`",),
        edit=Edit(written.span, f"part {path}{of} by {by}"),
    )


def _list_of(first: tree.Name, record: str, other: nodes.Record, names: Names) -> tuple[str, str] | None:
    """The other event's list and its record: the one of the same name, or of the same record, or the only one."""
    lists = {name: fact.type.record for name, fact in other.facts.items() if isinstance(fact.type, types.Lines)}
    if first.text in lists:
        return first.text, lists[first.text]
    fitting = [name for name, of in lists.items() if of == record] or list(lists)
    if len(fitting) == 1:
        return fitting[0], lists[fitting[0]]
    if names.damaged.isdisjoint((other.name,)):
        message = f"`{other.name}` has no list `{first.text}`"
        if lists:
            names.report(
                "G377",
                f"{message}, but {quoted(lists)}",
                first.span,
                "lines of which?",
                help=("give the two lists one name",),
            )
        else:
            names.report(
                "G377",
                message,
                first.span,
                "no lines there",
                help=(f"write `part` with a fact of `{other.name}`, or declare its lines with `list of {record}`",),
            )
    return None


def _of_lines(written: tree.Part, record: str, listed: str, other: str, names: Names) -> nodes.Part | None:
    lines, field = written.path.parts
    assert written.by is not None
    one, two = names.records[record], names.records[other]
    of, key = written.of or field, written.by
    if not _alike(field, one.name, one.facts, of, two.name, two.facts, names):
        return None
    if not (_has(key, one.name, one.facts, names) and _has(key, two.name, two.facts, names)):
        return None
    if not matched(key, one.facts[key.text], two.facts[key.text], names):
        return None
    return nodes.Part(field.text, of.text, lines.text, listed, key.text, span=written.span)


def matched(key: tree.Name, one: nodes.Fact, two: nodes.Fact, names: Names) -> bool:
    """Whether two facts can be the same; reported where their types differ."""
    first, second = (fact.type.of if isinstance(fact.type, types.Optional) else fact.type for fact in (one, two))
    if first == second and not isinstance(first, types.Lines | types.AmountOf):
        return True
    names.report(
        "G371",
        f"`{key.text}` is {show(first)} on one side and {show(second)} on the other: they are never the same",
        key.span,
        f"{show(first)} and {show(second)}",
        related=tuple((fact.span, show(fact.type)) for fact in (one, two) if fact.span.text),
        help=("declare both with the same type",),
    )
    return False
