"""The columns in which events reach the kernel, and how facts become integers.

An event is a row: whose it is (`who`, a number in the order of the rows), when (`at`,
microseconds), of which `kind`. Facts of all kinds share columns: `q0` holds the first
quantity of each kind that any rule asks for. What may be missing has a column that says
whether it is there. Lines are rows of their own, which a column `l0_first` points at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from guerdon.check.builtin import NAMES
from guerdon.history.event import Facts
from guerdon.kernel import others
from guerdon.program import nodes, types
from guerdon.program.walk import walk
from guerdon.reference.evaluate import WEEKDAYS
from guerdon.text.node import Node

REFUSED = 255
"""The kind of a row that the kernel leaves to the reference engine, with all others of its member."""

RECEIVED = 254
"""The kind of a row that says what somebody else's event gave the member."""

RUN = ("joined", "redemption", "adjustment", "opening")
"""The built-in events that the kernel runs."""

BY_HAND = {"b_unit": "u8", "b_much": "i64", "b_much_is": "u8", "b_reward": "i32", "b_ends": "i32", "b_earned": "u8"}
"""What these have: the number of a unit and how many steps of it, the number of a reward from 1 on, a day of expiry (NEVER: none), and whether it counts as earned."""

OF_OTHERS = {"r_rule": "i32", "r_much": "i64", "r_start": "i32", "r_last": "u8"}
"""What a row has that is received: the number of a rule, how many steps of its unit, the day from which they can be spent, and whether it is the last of its event."""

TURN, TURNS = "turn_is", "turns_are"
"""Where members of accounts are together: which of them an event is of, by number, and how many they are."""
OF_RETURNS = {"r_of": "i32", "r_undoes": "u8"}
"""What it has beside that where a return takes back from others: the place of the event for which it was given, and whether its own is a return."""

FINEST = 10**6
"""Numbers without a known grid are kept in millionths; a finer one is left to the reference engine."""


@dataclass(frozen=True)
class Column:
    """Where a fact stands: a column's name, its type, how many of its units are one, and whether another says that it is there."""

    name: str
    type: str
    over: int = 1
    step: Fraction = Fraction(1)
    is_there: str | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        """What its values lie between: those of whom one does not are left to the reference engine."""
        if self.type == "u8":
            return 0, 255
        if self.type == "i32":
            return -(2**31), 2**31 - 1
        return (
            (-(2**60), 2**60 - 1) if self.name.lstrip("fl0123456789_").startswith(("t", "k")) else (-(2**53), 2**53 - 1)
        )


@dataclass
class Columns:
    """The columns of a program.

    Shape: `nodes`: all that mean something. `built_in`: built-in events that a history has, of which those that the kernel runs are `by_hand`. `facts` by event and name; `lines` by event and list, `line_facts` by event, list and name,
    `others` by event and what it asks of other members. `undoable`: the events that others reverse, but for built-in ones that are not run, of which some (`recomputed`) are asked again what their rules would have given. `controls`: the control groups, by what among the facts of members says who is in them. `widths`: the types of all columns by name, in order.
    """

    program: nodes.Program
    built_in: frozenset[str] = frozenset()
    facts: dict[tuple[str, str], Column] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    line_facts: dict[tuple[str, str, str], Column] = field(default_factory=dict)
    others: dict[tuple[str, others.Known], Column] = field(default_factory=dict)
    member_facts: dict[str, Column] = field(default_factory=dict)
    controls: dict[str, nodes.Control] = field(default_factory=dict)
    widths: dict[str, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    """Codes of texts that the program names, after those of the weekdays from Monday on; all others come after them."""

    def __post_init__(self) -> None:
        reversals = [record.reverses for record in self.program.events.values() if record.reverses is not None]
        self.undoable = {each.event for each in reversals if each.event not in NAMES}
        self.recomputed = {
            each.event for each in reversals if each.part is not None and each.clawback is nodes.Clawback.RECOMPUTED
        }
        on = {event for rule in self.program.rules.values() for event in rule.on}
        self.by_hand = frozenset(each for each in RUN if each in self.built_in or each in on)
        self.undoable |= {each.event for each in reversals if each.event in self.by_hand}
        if self.undoable:
            self.widths["id"] = "i32"
        self.nodes = tuple(walk(meant(self.program)))
        if self.by_hand:
            self.widths |= BY_HAND
        if others.rules_of(self.program):
            self.widths |= OF_OTHERS
        if self.program.accounts:
            self.widths |= dict.fromkeys((TURN, TURNS), "i32")
        if others.taken_back(self.program):
            self.widths |= OF_RETURNS
        self.elsewhere = {key: f"u{number}" for number, key in enumerate(others.kept_with(self.program))}
        self.widths |= dict.fromkeys(self.elsewhere.values(), "i64")
        taken: dict[str, int]
        self.kinds = {name: number for number, name in enumerate(self.program.events)}
        asked = asked_for(self.program, self.nodes)
        for event, record in self.program.events.items():
            taken = {}
            lists = 0
            for name, fact in record.facts.items():
                if fact.value is not None or name not in asked or is_amount_of(fact.type):
                    continue
                if isinstance(fact.type, types.Lines):
                    self.lines[event, name] = lists
                    self.widths.setdefault(f"l{lists}_first", "i32")
                    self._of_lines(event, name, lists, self.program.records[fact.type.record], asked)
                    lists += 1
                else:
                    self.facts[event, name] = self._column(fact.type, taken, "", names=self._names(record, name))
            for expr in others.asked_at(event, self.program):
                if others.is_known_at(expr, record):
                    self.others[event, expr] = self._column(expr.type, taken, "")
        taken = {}
        for name in _of_members(self.program, self.nodes):
            self.member_facts[name] = self._column(self.type_of(name), taken, "f_")
        for rule in self.program.rules.values():
            if rule.control is not None and (name := in_group(rule.control)) not in self.controls:
                self.controls[name] = rule.control
                self.member_facts[name] = self._column(self.type_of(name), taken, "f_")
        self.codes.update({day: number for number, day in enumerate(WEEKDAYS)})
        for each in self.nodes:
            for text in _texts(each):
                self.codes.setdefault(text, len(self.codes))

    def _of_lines(self, event: str, name: str, number: int, record: nodes.Record, asked: set[str]) -> None:
        taken: dict[str, int] = {}
        for fact in record.facts.values():
            if fact.value is None and fact.name in asked and not isinstance(fact.type, types.Lines):
                self.line_facts[event, name, fact.name] = self._column(fact.type, taken, f"l{number}_")

    @staticmethod
    def _names(record: nodes.Record, name: str) -> bool:
        """Whether a fact names, by its id, the event that this one reverses."""
        reversal = record.reverses
        return reversal is not None and reversal.by == name and not reversal.shared

    def _column(self, of: types.Type, taken: dict[str, int], before: str, names: bool = False) -> Column:
        """The next column that is free for a fact of a type; one that `names` an event has its number."""
        optional = isinstance(of, types.Optional)
        letter, width, step = kind_of(of.of if isinstance(of, types.Optional) else of)
        if names:
            letter, width = "k", "i32"
        number = taken[letter] = taken.get(letter, -1) + 1
        name = f"{before}{letter}{number}"
        self.widths.setdefault(name, width)
        if optional:
            self.widths.setdefault(f"{name}_is", "u8")
        return Column(name, width, step.denominator, step, f"{name}_is" if optional else None)

    def code(self, text: str) -> int:
        return self.codes[text]

    @property
    def meaning(self) -> tuple[object, ...]:
        """All that the rows of a history rest on: where it is equal, they are the same."""
        program, read = self.program, {*named(self.nodes)}
        own = program.events, program.records, program.member, program.frame, self.undoable, self.by_hand, read
        columns = self.kinds, self.facts, self.lines, self.line_facts, self.others, self.member_facts, self.controls
        return *own, *columns, self.elsewhere, self.widths, self.codes

    def type_of(self, fact: str) -> types.Type:
        """The type of a fact of members, of who they are, or of whether they are in a control group."""
        if fact in self.controls:
            return types.YesNo()
        return types.Member() if fact == "member" else self.program.member.facts[fact].type

    def known(self, fact: str, member: str, facts: Facts) -> object:
        """Such a fact of a member of whom these are known; None where it is not."""
        if (control := self.controls.get(fact)) is not None:
            return control.holds(member)
        return member if fact == "member" else facts.get(fact)


def in_group(control: nodes.Control) -> str:
    """What says, among the facts of members, who is in a control group: no fact is called so."""
    return f'in "{control.group}"'


def is_amount_of(of: types.Type) -> bool:
    """Whether a fact is an amount of the unit that its event names."""
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.AmountOf)


def kind_of(of: types.Type) -> tuple[str, str, Fraction]:
    """The letter of a type's columns, their width, and what one of their units is."""
    match of:
        case types.Quantity(_, step) | types.Number(step):
            return "q", "i64", step if step is not None else Fraction(1, FINEST)
        case types.YesNo():
            return "y", "u8", Fraction(1)
        case types.Date() | types.Days() | types.Months():
            return "d", "i32", Fraction(1)
        case types.Instant():
            return "t", "i64", Fraction(1)
        case _:
            return "c", "i32", Fraction(1)


def asked_for(program: nodes.Program, parts: Iterable[Node]) -> set[str]:
    """The names of facts that anything in a program reads, whose nodes are `parts`."""
    found = set(named(parts))
    for record in (*program.events.values(), *program.records.values()):
        if (reversal := record.reverses) is not None:
            part = reversal.part
            found |= {each for each in (reversal.by,) if each is not None}
            if part is not None:
                found |= {
                    each for each in (part.field, part.of, part.lines, part.of_lines, part.key) if each is not None
                }
    return found | set(sales_facts(program).values())


def _of_members(program: nodes.Program, parts: Iterable[Node]) -> list[str]:
    """The facts of members that anything reads; `member` is who they are."""
    read = (each.name for each in parts if isinstance(each, nodes.Field) and each.scope is nodes.Scope.MEMBER)
    who = ["member"] if others.rules_of(program) else []
    owing = any(
        each.reverses is not None for each in program.events.values()
    )  # what comes back of a debt is the account's
    who += [account.fact for account in program.accounts.values() if account.spends is not None or owing]
    return [*dict.fromkeys([*who, *read, *(each.fact for each in program.triggers.values() if each.fact is not None)])]


def named(parts: Iterable[Node]) -> Iterator[str]:
    """The names of facts that some nodes read."""
    for each in parts:
        match each:
            case nodes.Field(nodes.Scope.EVENT | nodes.Scope.LINE, name):
                yield name
            case nodes.OverLines(lines=lines) | nodes.Each(lines=lines):
                yield lines
            case nodes.Hold(by=str(by)):
                yield by
            case nodes.Meter(lines=str(lines)):
                yield lines
            case nodes.Limit(of=of, fields=fields):
                yield from fields
                if of is not None:
                    yield of


def sales_facts(program: nodes.Program) -> Mapping[str, str]:
    """Of each kind of event the fact that counts as sales."""
    from guerdon.reference.posted import sales  # what is read is said in one place

    return sales(program)


def meant(program: nodes.Program) -> tuple[object, ...]:
    """The parts of a program that mean something, without its tests and laws."""
    return tuple(getattr(program, name) for name in program.field_names if name not in ("tests", "laws"))


def _texts(of: object) -> Iterator[str]:
    """The texts that a node names as values."""
    match of:
        case nodes.Literal(value=str(text)):
            yield text
        case nodes.Row(keys=keys):
            yield from (key for key in keys if isinstance(key, str))
        case types.Choice(values):
            yield from values
