"""Returns of a part that take nothing back, because no award depends on the part."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guerdon.check.names import Names
from guerdon.check.wording import plain
from guerdon.program import nodes, types
from guerdon.program.walk import walk


def warn(program: nodes.Program, names: Names) -> None:
    """Warns of each reversal of a part that no award on the reversed event depends on.

    Shape: nothing is said where the part has another effect (on a measure, on what was taken) and no number of
    the event that is given shows that awards are meant.
    Source: language reference, Returns.
    """
    for own in program.events.values():
        reversal = own.reverses
        if reversal is None or reversal.part is None:
            continue
        rules = [rule for rule in program.rules.values() if reversal.event in rule.on and not rule.only_says]
        given, kept = [rule for rule in rules if not rule.takes], untouched(own, program)
        if not given or len(kept) < len(given):
            continue
        by_number = {rule.name: fact for rule in given if (fact := _number(rule)) is not None}
        seen = _Seen(program.events[reversal.event], reversal.part, program)
        counted = len(given) < len(rules) or any(map(seen.adds, program.meters))
        if by_number or not counted:
            _report(own, reversal.part, reversal.event, given, by_number, names)


def untouched(own: nodes.Record, program: nodes.Program) -> list[nodes.Rule]:
    """The rules that give as much for what remains after a part of a reversal as for all of it."""
    reversal = own.reverses
    if reversal is None or reversal.part is None or reversal.clawback is nodes.Clawback.PROPORTION:
        return []
    seen = _Seen(program.events[reversal.event], reversal.part, program)
    on = (rule for rule in program.rules.values() if reversal.event in rule.on)
    rules = (rule for rule in on if not rule.takes and not rule.only_says)
    return [rule for rule in rules if not seen.by(rule)]


class _Seen:
    """What depends on a part of an event: amounts go down in proportion, numbers and words stay."""

    def __init__(self, event: nodes.Record, part: nodes.Part, program: nodes.Program) -> None:
        self.event, self.part, self.program = event, part, program

    def by(self, rule: nodes.Rule) -> bool:
        """Whether what a rule gives is another where a part came back."""
        lines = rule.each is not None and rule.each.lines == self.part.of_lines
        return lines or self._in((rule.when, rule.each, rule.give))

    def adds(self, meter: nodes.Meter) -> bool:
        """Whether what the event adds to a measure does."""
        if meter.event != self.event.name:
            return False
        return (meter.lines is not None and meter.lines == self.part.of_lines) or self._in((meter.value, meter.where))

    def _in(self, part: object) -> bool:
        return any(self._is(each) for each in walk(part, self.program.measures))

    def _is(self, expr: object) -> bool:
        match expr:
            case nodes.Field(nodes.Scope.EVENT, name, of):
                value = self.event.facts[name].value if name in self.event.facts else None
                measured = self.part.lines is None and name == self.part.of
                return measured or _is_amount(of) or (value is not None and self._in(value))
            case nodes.Field(nodes.Scope.LINE, name, of):
                derived = any(name in each.facts and each.facts[name].value for each in self.program.records.values())
                return _is_amount(of) or bool(derived) or (self.part.lines is not None and name == self.part.of)
            case nodes.OverLines(lines=lines):
                return lines == self.part.of_lines
            case nodes.Measured(meter=meter):
                return self.adds(self.program.meters[meter])
            case nodes.Streak(meters=meters):
                return any(self.adds(self.program.meters[meter]) for meter in meters)
            case nodes.Given(rule=name):
                rules = [self.program.rules[each] for each in self.program.rules_of(name)]
                return any(rule.takes or self.by(rule) for rule in rules)
        return False


def _is_amount(of: types.Type) -> bool:
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.Quantity)


def _number(rule: nodes.Rule) -> nodes.Field | None:
    """The first number of the event or the line that a rule's `give` reads."""
    for each in walk(rule.give):
        if isinstance(each, nodes.Field) and each.scope is not nodes.Scope.MEMBER:
            of = each.type.of if isinstance(each.type, types.Optional) else each.type
            if isinstance(of, types.Number) and not of.percent:
                return each
    return None


def _report(
    own: nodes.Record,
    part: nodes.Part,
    reversed_: str,
    given: list[nodes.Rule],
    by_number: dict[str, nodes.Field],
    names: Names,
) -> None:
    *more, last = [f'"{rule.name}"' for rule in given]
    named = f"{', '.join(more)} and {last}" if more else last
    it = "they do" if more else "it does"
    names.report(
        "G570",
        f"a part of a {own.name} takes nothing back of {named}: {it} not depend on `{part.of}`",
        part.span,
        "takes nothing back",
        related=[
            (rule.give.span, f"`{by_number[rule.name].name}` is a number, and stays as it is")
            if rule.name in by_number
            else (rule.give.span, "the same, whatever part is left")
            for rule in given
        ],
        help=(
            *_mends(part, given, by_number, names),
            f"or write `clawback in proportion, round down`: then a part takes its share of all that the {reversed_} was given",
            f"as it is, only the {own.name} of all that is left takes it back",
        ),
    )


def _mends(part: nodes.Part, given: list[nodes.Rule], by_number: dict[str, nodes.Field], names: Names) -> Iterator[str]:
    """What would go back in proportion."""
    for rule in given:
        if (field := by_number.get(rule.name)) is not None:
            yield f"amounts go back in proportion: declare `{field.name} {rule.unit}`, and write `give {_simply(rule, field)}`"
            return
    unit, of = given[0].unit, names.frame.currency or "USD"
    yield f"what is given for an amount goes back in proportion: write `give 1 {unit} per 1 {of} of {part.of}`, for example"


def _simply(rule: nodes.Rule, field: nodes.Field) -> str:
    """What is given, once the number is an amount of the unit itself."""
    match rule.give:
        case nodes.Arithmetic("*", nodes.Field(), nodes.Literal(Fraction() as times)):
            return field.name if times == 1 else f"{field.name} * {plain(times)}"
        case nodes.Arithmetic("*", nodes.Literal(Fraction() as times), nodes.Field()):
            return field.name if times == 1 else f"{plain(times)} * {field.name}"
    return field.name
