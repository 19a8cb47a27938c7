"""Built-in events in tables: what may be left out, and columns that are read together.

An amount's grid is that of the unit which its row names; a tier is one of the ladder
which its row names. Where the program has one unit that can be spent, or one ladder,
rows need not name it.

Source: language reference, Built-in events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any

from guerdon.check.builtin import NAMES, is_built_in
from guerdon.check.redeems import ASKED_BY
from guerdon.history import reading
from guerdon.history.column import Column, FactsOf, Part, amounts, required
from guerdon.history.fault import Fault
from guerdon.history.reading import Check, Reading
from guerdon.history.sql import text
from guerdon.program import nodes, types
from guerdon.text.diagnostic import nearest
from guerdon.text.source import NOWHERE

_OF_TIER = ("ladder", "tier", "through")
_SPENDS = ("redemption", "transfer")
_AMOUNT_OR_TIER = ("adjustment", "opening")


def is_undeclared(record: nodes.Record) -> bool:
    """Whether an event is one that every program has, and that this one does not declare."""
    return record.name in NAMES and record.span is NOWHERE


def names_event(record: nodes.Record, fact: nodes.Fact) -> bool:
    """Whether a fact is the id of the event that this one reverses."""
    reversal = record.reverses
    return reversal is not None and not reversal.shared and reversal.by == fact.name


def filled(record: nodes.Record, fact: nodes.Fact, given: Mapping[str, object], program: nodes.Program) -> str | None:
    """SQL of a fact that is not mapped, because there is but one thing that it can be."""
    if record.name not in NAMES:
        return None
    only = _only(fact.name, program)
    beside = {"unit": "quantity", "ladder": "tier"}.get(fact.name)
    return text(only) if only is not None and beside in given else None


def lacking(record: nodes.Record, given: Mapping[str, object], program: nodes.Program) -> Iterator[tuple[str, str]]:
    """Facts that must be mapped beside those that are, each with the one that needs it."""
    if record.name not in NAMES:
        return
    if asks_for_rewards(record) and not {"quantity", "reward"} & given.keys():
        yield "reward", ""
    for fact, beside in (("unit", "quantity"), ("ladder", "tier"), ("tier", "ladder"), ("tier", "through")):
        if beside in given and fact in record.facts and fact not in given and _only(fact, program) is None:
            yield fact, beside


def asks_for_rewards(record: nodes.Record) -> bool:
    """Whether an event can name a reward that the program has."""
    return record.name == ASKED_BY and is_built_in(record.facts.get("reward"))


def _rewards(program: nodes.Program) -> tuple[str, ...]:
    return tuple(rule.name for rule in program.rules.values() if rule.takes and ASKED_BY in rule.on)


def _only(fact: str, program: nodes.Program) -> str | None:
    """The one unit that can be spent, or the one ladder; None where there are none or several."""
    units = [unit.name for unit in program.units.values() if unit.spendable]
    known = {"unit": units, "ladder": list(program.ladders)}.get(fact, [])
    return known[0] if len(known) == 1 else None


def unfit(program: nodes.Program, record: nodes.Record, member: str, facts: Mapping[str, Any]) -> Iterator[str]:
    """What does not go together in the values of a built-in event, in words."""
    if record.name not in NAMES:
        return
    quantity, tells_tier = facts.get("quantity"), any(facts.get(name) is not None for name in _OF_TIER)
    if record.name in _AMOUNT_OR_TIER and (quantity is not None) == tells_tier:
        yield f"the {record.name} is about {'both' if tells_tier else 'neither'} an amount {'and' if tells_tier else 'nor'} a tier"
    if asks_for_rewards(record):
        yield from _unfit_reward(program, facts.get("reward"), quantity)
    if quantity is not None:
        yield from _unfit_amount(program, record.name, facts.get("unit"), quantity)
    if tells_tier:
        yield from _unfit_tier(program, facts.get("ladder"), facts.get("tier"))
    yield from (
        f"`{name}` is the member that the {record.name} is about"
        for name in ("to", "other")
        if facts.get(name) == member
    )


def _unfit_amount(program: nodes.Program, event: str, named: str | None, quantity: Fraction) -> Iterator[str]:
    unit = program.units.get(named or _only("unit", program) or "")
    if unit is None:
        yield f"`unit` is missing: this program has {', '.join(program.units) or 'none'}"
        return
    if not unit.spendable and event in _SPENDS:
        yield f"`unit` is {unit.name}, a status unit: it is counted, and not spent"
    if (quantity / unit.step).denominator != 1:
        yield f"`quantity` is recorded in steps of {unit.step} {unit.name}"
    if quantity < 0 and event != "adjustment":
        yield "`quantity` can't be below zero: what is taken away by hand is an `adjustment`"


def _unfit_reward(program: nodes.Program, reward: str | None, quantity: object) -> Iterator[str]:
    if (reward is None) == (quantity is None):
        both = reward is not None
        yield f"the {ASKED_BY} asks for {'both' if both else 'neither'} an amount {'and' if both else 'nor'} a reward"
    elif reward is not None and reward not in (known := _rewards(program)):
        near = nearest(reward, known)
        yield f"`reward` is one of {', '.join(known)}" + (f"; did you mean {near}?" if near else "")


def _unfit_tier(program: nodes.Program, named: str | None, tier: str | None) -> Iterator[str]:
    ladder = program.ladders.get(named or _only("ladder", program) or "")
    if ladder is None:
        yield f"`ladder` is missing: this program has {', '.join(program.ladders) or 'none'}"
    elif tier not in (tiers := [step.name for step in ladder.tiers]):
        yield f"`tier` is one of {', '.join(tiers)}, not {tier!r}"


# ---------------------------------------------------------------- rows


@dataclass(frozen=True)
class Together:
    """The columns of a built-in event whose reading depends on each other.

    Shape: `at` is the SQL of a value as it is mapped, by the fact's name; so is `member`.
    """

    event: str
    program: nodes.Program
    at: Mapping[str, str]
    member: str

    def read(self, column: Column, r: str, sql_type: str) -> Reading | None:
        """How a column is read; None where it is read like any other.

        Errors: G602, G604, G606, G608, G622 to G624; Unreadable as for any column.
        """
        if column.part is not Part.FACT:
            return None
        match column.name, required(column.type):
            case "unit", types.Choice(values=units):
                return self._unit(r, sql_type, units)
            case "quantity", types.AmountOf():
                return self._quantity(r, sql_type)
            case "ladder", types.Choice(values=ladders):
                read = reading.one_of(r, sql_type, "ladder", ladders)
                return replace(read, value=f"CASE WHEN {self._tells_tier} THEN {self._ladder} END")
            case "reward", types.Text() if asks_for_rewards(self.program.events[self.event]):
                return self._reward(r, sql_type)
            case "tier", types.Text():
                return self._tier(r, sql_type)
            case "to" | "other", types.Member():
                return self._somebody_else(r, sql_type, column.name)
        return None

    def _unit(self, r: str, sql_type: str, units: tuple[str, ...]) -> Reading:
        read = reading.one_of(r, sql_type, "unit", units)
        value = f"CASE WHEN {self._tells_amount} THEN {self._named_unit} END"
        missing = Fault(
            "G602",
            f"`unit` is missing: this program has several, {', '.join(units)}",
            "name the unit that the quantity is of",
        )
        checks = (*read.checks, (f"{self._tells_amount} AND {self._named_unit} IS NULL", missing))
        return Reading(value, (*checks, *self._status_units(r)))

    def _status_units(self, r: str) -> Iterator[Check]:
        counted = [text(unit.name) for unit in self.program.units.values() if not unit.spendable]
        if counted and self.event in _SPENDS:
            fault = Fault(
                "G623",
                "`unit` is {value}, a status unit: it is counted, and not spent",
                "name a unit that can be spent, or leave such rows out with `where`",
            )
            yield f"CAST({r} AS VARCHAR) IN ({', '.join(counted)})", fault

    def _quantity(self, r: str, sql_type: str) -> Reading:
        """Steps of the finest unit's grid; each row is on the grid of its own unit."""
        by_places = sorted(self.program.units.values(), key=lambda unit: unit.decimals)
        finest = by_places[-1].decimals
        values, checks = "", list(self._amount_or_tier())
        for places, units in groupby(by_places, key=lambda unit: unit.decimals):
            named = f"{self._named_unit} IN ({', '.join(text(unit.name) for unit in units)})"
            read = reading.steps(r, sql_type, places, "quantity")
            values += f" WHEN {named} THEN CAST({read.value} AS HUGEINT) * {10 ** (finest - places)}"
            checks += [(f"{named} AND ({when})", fault) for when, fault in read.checks]
        value = f"CASE{values} END"
        if self.event != "adjustment":
            below = Fault(
                "G606",
                "`quantity` is {value}: it can't be below zero",
                "what is taken away by hand is an `adjustment`",
            )
            checks.append((f"({value}) < 0", below))
        if asks_for_rewards(self.program.events[self.event]) and "reward" not in self.at:
            checks += self._amount_or_reward()
        facts: FactsOf = amounts(finest)
        return Reading(value, tuple(checks), facts)

    def _reward(self, r: str, sql_type: str) -> Reading:
        """One of the program's redeems that are asked for by name."""
        read = reading.one_of(r, sql_type, "reward", _rewards(self.program))
        return replace(read, checks=(*read.checks, *self._amount_or_reward()))

    def _amount_or_reward(self) -> Iterator[Check]:
        help = "give a `quantity`, or a `reward`, in a row of its own"
        reward = f"({self.at['reward']} IS NOT NULL)" if "reward" in self.at else "false"
        for what, when in (
            ("both an amount and a reward", f"{self._tells_amount} AND {reward}"),
            ("neither an amount nor a reward", f"NOT ({self._tells_amount} OR {reward})"),
        ):
            yield when, Fault("G622", f"the {self.event} asks for {what}", help)

    def _tier(self, r: str, sql_type: str) -> Reading:
        read = reading.words(r, sql_type, "tier")
        checks = [] if "quantity" in self.at else list(self._amount_or_tier())
        if "ladder" in self.at and _only("ladder", self.program) is None:
            missing = Fault("G602", "`ladder` is missing, and `tier` is {value}", "name the ladder that the tier is of")
            checks.append((f"{r} IS NOT NULL AND {self._ladder} IS NULL", missing))
        missing = Fault("G602", "`tier` is missing", "name the tier that the ladder stands at from then on")
        checks.append((f"{self._tells_tier} AND {r} IS NULL", missing))
        for ladder in self.program.ladders.values():
            tiers = tuple(step.name for step in ladder.tiers)
            listed = ", ".join(map(text, tiers))
            unknown = Fault(
                "G608",
                f"`tier` is {{value}}: `{ladder.name}` has {', '.join(tiers)}",
                f"write one of {', '.join(tiers)}",
                tiers,
            )
            checks.append((f"{self._ladder} = {text(ladder.name)} AND {read.value} NOT IN ({listed})", unknown))
        return Reading(read.value, tuple(checks))

    def _amount_or_tier(self) -> Iterator[Check]:
        if self.event in _AMOUNT_OR_TIER:
            help = "give a `quantity`, or a `tier` of a ladder, in a row of its own"
            both = Fault("G622", f"the {self.event} is about both an amount and a tier", help)
            neither = Fault("G622", f"the {self.event} is about neither an amount nor a tier", help)
            yield f"{self._tells_amount} AND {self._tells_tier}", both
            yield f"NOT ({self._tells_amount} OR {self._tells_tier})", neither

    def _somebody_else(self, r: str, sql_type: str, field: str) -> Reading:
        read = reading.identity(r, sql_type, field)
        oneself = Fault(
            "G624",
            f"`{field}` is {{value}}, the member that the {self.event} is about",
            "name another member, or leave the row out with `where`",
        )
        member = f"nfc_normalize(CAST({self.member} AS VARCHAR))"
        return replace(read, checks=(*read.checks, (f"{read.value} = {member}", oneself)))

    @property
    def _tells_amount(self) -> str:
        return f"({self.at['quantity']} IS NOT NULL)" if "quantity" in self.at else "false"

    @property
    def _tells_tier(self) -> str:
        told = [f"{self.at[each]} IS NOT NULL" for each in _OF_TIER if each in self.at]
        return f"({' OR '.join(told)})" if told else "false"

    @property
    def _named_unit(self) -> str:
        return self._named("unit")

    @property
    def _ladder(self) -> str:
        return self._named("ladder")

    def _named(self, fact: str) -> str:
        """SQL of the unit or ladder that a row is about: the one that it names, else the only one."""
        only = _only(fact, self.program)
        named = f"nullif(CAST({self.at[fact]} AS VARCHAR), '')" if fact in self.at else "CAST(NULL AS VARCHAR)"
        return f"coalesce({named}, {text(only)})" if only is not None else named


def together(event: str, columns: list[Column], program: nodes.Program) -> Together | None:
    """The columns of an event that are read together; None where it is not built in."""
    if event not in NAMES:
        return None
    facts = {column.name: f"r{index}" for index, column in enumerate(columns) if column.part is Part.FACT}
    given = {fact: at for fact, at in facts.items() if not _is_filled(columns[int(at[1:])], program)}
    member = next(index for index, column in enumerate(columns) if column.part is Part.MEMBER)
    return Together(event, program, given, f"r{member}")


def _is_filled(column: Column, program: nodes.Program) -> bool:
    only = _only(column.name, program)
    return only is not None and column.expression == text(only)
