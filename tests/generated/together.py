"""Rules among each other by chance: groups, replacing, limits of facts, who pays."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.generated.chance import PERIODS, Kind, Scene
from tests.generated.ladders import Ladders

TAKES = ("all", "best", "top")
NAMES_A_RULE = re.compile(r'"[RGTO]\d')


def scopes(limit: str) -> str:
    """What stands behind the first `per` of a limit that is not in parentheses."""
    depth = 0
    for at, letter in enumerate(limit):
        depth += (letter == "(") - (letter == ")")
        if not depth and limit.startswith(" per ", at):
            return limit[at + len(" per ") :]
    raise AssertionError(limit)


@dataclass
class Planned:
    """A group that rules are written for: their names, the events of all, and whether one has a limit of its own."""

    unit: str
    rounds: bool
    rules: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    limited: bool = False


class Together(Ladders):
    """Writes what rules say of each other."""

    def planned(self) -> dict[str, Planned]:
        """The groups of the program by unit; none where the recount has to know it."""
        if "planned_groups" not in self.__dict__:
            self.planned_groups = {unit: Planned(unit, self.chance(2)) for unit in self.units if self.new("groups", 2)}
            self.on: dict[str, list[str]] = {}
        return self.planned_groups

    def joins(self, unit: str) -> Planned | None:
        """The group that a rule is written for, if any."""
        plan = self.planned().get(unit)
        return plan if plan is not None and self.chance(2) else None

    def join(self, plan: Planned, name: str, on: list[str], lines: list[str]) -> None:
        plan.rules.append(name)
        plan.events += [event for event in on if event not in plan.events]
        plan.limited |= any(re.match(r"limit (?!\d+ times)(?![\d.]+ (\w+ )?of )", line) for line in lines)

    def replaces(self, name: str, on: list[str], lines: list[str]) -> list[str]:
        """An earlier rule that this one replaces, where that makes no circle."""
        self.planned()
        met = [other for other, events in self.on.items() if set(events) & set(on)]
        self.on[name] = on
        if not met or any(NAMES_A_RULE.search(line) for line in lines) or not self.new("replacing", 4):
            return []
        return [f'replaces "{self.one_of(*met)}"']

    def controlled(self, unit: str) -> list[str]:
        """A control group of a rule, its own or one that several share; none where an account owns what it gives."""
        if self.owner(unit) is not None or not self.new("control groups", 3):
            return []
        share = self.one_of("40%", "70%", "0.5%", '50% for "C"', '50% for "D"')
        return [f"control {share}"]

    def funded(self, scene: Scene) -> list[str]:
        """Who pays for what a rule gives, if anybody: words, or who is named by facts of the line or the event."""
        facts = {**scene.event, **(scene.line or {})}
        named = [name for name, of in facts.items() if of.name in ("text", "choice", "member") and not of.optional]
        payers = ["airline 1", "airline 2, hotel 1", "a 1, b 1, c 1", "a 0.5, b 7"]
        payers += [f"by {name} {parts}" for name in named for parts in ("1", "2, hotel 1")]
        return [f"funded {self.one_of(*payers)}"] * self.new("payers", 4)

    def limited_fact(self, unit: str, inside: Scene, scene: Scene) -> tuple[str, str] | None:
        """What a rule gives of a fact that is limited, and the limit; None where there is none."""
        facts = inside.line if inside.line is not None else inside.event
        if not self.new("limits of facts", 3):
            return None
        if "amount" in facts and not facts["amount"].optional and self.chance(2):
            most, of, give = self.amount(self.currency), "amount", f"{self.plain_rate(unit, self.currency)} of amount"
        elif "pieces" in facts and not facts["pieces"].optional:
            most, of, give = self.one_of("0", "1", "2", "5"), "pieces", f"{self.amount(unit)} * pieces"
        else:
            return None
        per = scopes(self._limit(unit, scene))
        return give, f"limit {most} of {of} per {per}"

    def groups(self) -> list[str]:
        """The groups that were planned, with what they lack, and rules that name them."""
        found = []
        for number, plan in enumerate(plan for plan in self.planned().values() if plan.rules):
            name = f"G{number}"
            while len(plan.rules) < 2 or "purchase" not in plan.events:
                extra = f"R{number}00{len(plan.rules)}"
                found.append(f'earn "{extra}"\n  on purchase\n  give {self.amount(plan.unit)}')
                plan.rules.append(extra)
                plan.events += [] if "purchase" in plan.events else ["purchase"]
            found.append(self._group(name, plan))
            self.rules[name] = plan.unit
            found.append(
                f'earn "R{number}000"\n  on purchase\n  give 50% of "{name}"\n  round {self.one_of("down", "up")} per event'
            )
        if self.new("groups", 4):
            found += self._never_two()
        if self.new("groups", 5):
            found += self._of_two_units()
        return found

    def _group(self, name: str, plan: Planned) -> str:
        listed = ", ".join(f'"{each}"' for each in plan.rules)
        lines = [f"of {listed}"]
        take = self.one_of("", *TAKES)
        lines += [f"take {take}"] if take else []
        lines += [f"round {self.one_of('down', 'up', 'half up', 'half even')}"] if plan.rounds else []
        lines += [f"minimum {self.amount(plan.unit, positive=True)}"] if not plan.limited and self.chance(2) else []
        self.here = next((each for each in plan.events if each not in self.events), "")
        scene = Scene({} if self.here else self.shared(plan.events))
        lines += [self._limit(plan.unit, scene) for _ in range(self.one_of(0, 0, 1, 2))]
        self.here = ""
        return f'group "{name}"\n  ' + "\n  ".join(lines)

    def _never_two(self) -> list[str]:
        """Two rules that never give at one event."""
        unit = self.one_of(*self.units)
        one, other = self.one_of(
            ("during Monday through Wednesday", "during Thursday, Saturday"),
            ("when amount < 10 " + self.currency, "when amount >= 10 " + self.currency),
            ("during 2024-01-01 through 2024-06-30", "during from 2024-07-01"),
        )
        rules = [
            f'earn "R{name}"\n  on purchase\n  {line}\n  give {self.amount(unit)}'
            for name, line in (("x", one), ("y", other))
        ]
        return [*rules, 'group "Gx"\n  of "Rx", "Ry"\n  take one']

    def _of_two_units(self) -> list[str]:
        """Two rules of any units, of which the better or the first stands."""
        units = self.one_of(*self.units), self.one_of(*self.units)
        best = not self.status & set(units)
        self.compared |= set(units) if best else set()
        rules = [
            f'earn "R{name}"\n  on purchase\n  give {self.plain_rate(unit, self.currency)} of amount\n  round down per event'
            for name, unit in zip("vw", units, strict=True)
        ]
        return [*rules, f'group "Gv"\n  of "Rv", "Rw"\n  take {self.one_of("top", *["best"] * best)}']

    def _limit(self, unit: str, scene: Scene) -> str:
        tables = self.looked_up(Kind("quantity", unit), scene)
        most = self.one_of(
            lambda: self.amount(unit),
            lambda: f"{self.one_of('0', '1', '2', '3')} times",
            lambda: self.lookup(self.one_of(*tables), scene, 1) if tables else self.amount(unit),
        )()
        if self.chance(4):
            per = " per event"
        else:
            whose = self.one_of("member", *self.accounts, *(self.somebody(scene) if "referrals" in self.knows else []))
            periods = self.periods
            if not self.here and self.new("budgets", 6):
                whose, periods = "program", PERIODS
            per = f" per {whose}" + "".join(
                f" per {name}"
                for name, of in scene.event.items()
                if of.name not in ("lines", "member") and name not in self.accounts and self.chance(9)
            )
            if whose == "member":
                per += "".join(f" per {name}" for name in self.people(dict(scene.event)) if self.chance(9))
            per += self.one_of(
                "", *(f" per {period}" for period in periods), " per 7 days", " per 2 months", " per 1 day"
            )
        kept = ", kept on return" if self.new("returns", 5) else ""
        return f"limit {most}{per}{', or nothing' if self.chance(3) else ''}{kept}"
