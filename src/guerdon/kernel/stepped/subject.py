"""What the kernel keeps of a member as the state that the reference engine has of them, and back.

What either has is enough to go on with. Where the kernel has only sums, on which day of theirs something was counted
is not known any more, and nothing asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from guerdon.history.event import Event, Facts
from guerdon.kernel.days import NEVER, Years
from guerdon.kernel.returns.deeds import Deeds
from guerdon.kernel.stepped.converted import Converter
from guerdon.kernel.stepped.kept import Kept, Open
from guerdon.kernel.stepped.meaning import Meaning
from guerdon.kernel.stepped.totals import Totals
from guerdon.kernel.writing.make import END_OF_MEMBERSHIP
from guerdon.program import nodes, types
from guerdon.reference.calendar import Calendar
from guerdon.reference.exact import ZERO
from guerdon.reference.state import WHOLE, Deed, Gift, Lot, Purse, Subject


@dataclass
class Conversion:
    """What is kept of members of a program, both ways.

    Shape: `facts` are those of members who had no event yet.
    """

    meaning: Meaning
    open: Open
    years: Years
    facts: Mapping[str, Facts]

    def __post_init__(self) -> None:
        self.program = self.meaning.written.make.program
        self.columns = self.meaning.written.make.columns
        self.calendar = Calendar(self.program.frame)
        self.places = self.open.places
        self.rules = [*self.program.rules]
        self.kinds = {number: name for name, number in self.columns.kinds.items()}

    def _scalar(self, kept: Kept, name: str) -> int:
        return kept.state[self.places[name]]

    def _list(self, kept: Kept, name: str) -> list[int] | None:
        return kept.lists[self.open.lists.index(name)] if name in self.open.lists else None

    def _day(self, number: int) -> date | None:
        return None if number >= NEVER else self.years.day(number)

    # ------------------------------------------------------------ to the reference engine's

    def subject(self, kept: Kept) -> Subject:
        """The state that the reference engine has of a member."""
        converter = Converter(self.columns, self.years, kept.texts)
        today, joined = self.years.day(self._scalar(kept, "today")), self.years.day(kept.joined)
        at = self._scalar(kept, "was_at")
        subject = Subject(kept.member, self._facts(kept, converter), today, at, joined, known=at)
        names = {row: f"{self.kinds[kind]}/{converter.text(code)}" for row, kind, code in zip(*kept.rows, strict=True)}
        for ladder, stands in self.meaning.standing.items():
            scalars = {each: self._scalar(kept, f"{stands.tier.name}_{each}") for each in stands.known()}
            subject.held[ladder] = stands.held(scalars, joined, today)
        for unit, purse in self.meaning.parts.purses.items():
            subject.purses[unit] = self._purse(kept, unit, purse.name, names, subject)
        for event, deeds in self.meaning.written.deeds.items():
            self._undoable(kept, event, deeds, subject, converter)
        order = {name: row for row, name in names.items()}
        subject.deeds = dict(sorted(subject.deeds.items(), key=lambda each: order[each[1].event.name]))
        for deed in subject.deeds.values():
            for gift in deed.gifts:
                lots = (lot for lot in subject.purses[gift.unit].lots if lot.id == gift.award)
                gift.lot = next(lots, None) or self._lot(gift.award, gift.unit, ZERO, deed.day, None, subject)
        Totals(self.meaning, self.open, self.calendar, converter).fill(subject, kept)
        return subject

    def _facts(self, kept: Kept, converter: Converter) -> dict[str, object]:
        """What is known of the member: what the kernel keeps of it is as it was at their first event."""
        found = dict(self.facts.get(kept.member, {}))
        for name, column in self.columns.member_facts.items():
            if name in self.program.member.facts and f"of_{column.name}" in self.places:
                there = column.is_there is None or self._scalar(kept, f"of_{column.is_there}")
                of = self.program.member.facts[name].type
                value = converter.value(of, self._scalar(kept, f"of_{column.name}"), 1)
                value = value * column.step if isinstance(value, Fraction) else value
                found[name] = value if there else None
        return found

    def _purse(self, kept: Kept, unit: str, name: str, names: Mapping[int, str], subject: Subject) -> Purse:
        step, purse = self.program.units[unit].step, Purse()
        if f"{name}_debt" in self.places:
            purse.debt = self._scalar(kept, f"{name}_debt") * step
        columns = [self._list(kept, f"{name}_{each}") for each in ("lot", "of", "end", "noted", "day", "line")]
        numbers, lefts, ends, noted, days, lines = columns
        expiries = len(self.program.units[unit].expiries)
        for place, left in enumerate(lefts or ()):
            if left and numbers is not None:
                row, rule = divmod(numbers[place], len(self.rules))
                subject.lots += 1
                lot = self._lot(
                    f"{names[row]}/{self.rules[rule]}",
                    unit,
                    left * step,
                    self.years.day(days[place]) if days is not None else subject.day,
                    self._day(ends[place]) if ends is not None else None,
                    subject,
                )
                lot.noted = subject.id if noted is not None and noted[place] else None
                if lines is not None:
                    lot.line = lines[place] if lines[place] < expiries else None
                purse.lots.append(lot)
        purse.due = min((lot.expires for lot in purse.lots if lot.expires is not None), default=None)
        return purse

    def _lot(self, id: str, unit: str, left: Fraction, day: date, expires: date | None, subject: Subject) -> Lot:
        line = 0 if self.program.units[unit].expiries else None
        lot = Lot(id, unit, left, left, day, subject.lots, day, None, expires, line, subject.id, subject.id)
        lot.released = True
        return lot

    def _undoable(self, kept: Kept, event: str, deeds: Deeds, subject: Subject, converter: Converter) -> None:
        """The events of a kind that can be undone."""
        lists = {each: self._list(kept, f"{deeds.name}_{each}") or [] for each in deeds.kept}
        facts = self.program.events[event].facts
        for place in range(self._scalar(kept, f"{deeds.name}_n")):
            here = {name: values[place] for name, values in lists.items()}
            day = self.years.day(here["day"]) if "day" in here else subject.joined
            told: dict[str, object] = dict.fromkeys(name for name, fact in facts.items() if fact.value is None)
            left, undone = dict[tuple[str, int], Fraction](), bool(here.get("undone"))
            for number, name in enumerate(deeds.measured):
                whole, rest = here[f"whole{number}"], max(here[f"left{number}"], 0)
                told[name] = whole * self.columns.facts[event, name].step
                undone |= here[f"left{number}"] < 0
                if rest != whole:
                    left[name, WHOLE] = Fraction(rest, whole)
            happened = Event(
                converter.text(here["id"]),
                event,
                subject.id,
                self.calendar.start(day),
                self.calendar.start(day),
                0,
                told,
            )
            deed = Deed(happened, day, told, {}, left=left, undone=undone)
            deed.gifts = [*self._gifts(deed, deeds, here, subject)]
            subject.deeds[event, happened.id] = deed

    def _gifts(self, deed: Deed, deeds: Deeds, here: Mapping[str, int], subject: Subject) -> list[Gift]:
        """What rules gave for an event; of what was taken back, only how much it is together is known."""
        found = list[Gift]()
        for number, unit in enumerate(deeds.proportion.units):
            step, mine = self.program.units[unit].step, [at for at, rule in enumerate(deeds.rules) if rule.unit == unit]
            taken = here[f"given{number}"] - sum(here[f"left_of{at}"] for at in mine)
            for at in mine:
                rule, left = deeds.rules[at], here[f"left_of{at}"]
                if left or taken:
                    quantity, back = (left + taken) * step, taken * step
                    limits = tuple((subject.id, key) for key in self._limits(rule))
                    award = f"{deed.event.name}/{rule.name}"
                    gift = Gift(
                        award, rule.name, subject.id, unit, quantity, quantity, None, limits=limits, stood=quantity
                    )
                    gift.taken, gift.share = (
                        back,
                        1 - deed.left.get((next(iter(deeds.measured), ""), WHOLE), Fraction(1)),
                    )
                    found.append(gift)
                    taken = 0
        return found

    def _limits(self, rule: nodes.Rule) -> list[tuple[object, ...]]:
        """The limits that give room back for what is taken back of a rule: its own, and those of its group."""
        groups = [group for group in self.program.groups.values() if rule.name in group.of]
        of: list[nodes.Rule | nodes.Group] = [rule, *groups]
        limits = [(each.name, index, limit) for each in of for index, limit in enumerate(each.limits)]
        return [(name, index) for name, index, limit in limits if not limit.per_event and not limit.kept]

    # ------------------------------------------------------------ from the reference engine's

    def kept(self, subject: Subject) -> Kept | None:
        """What the kernel keeps of a member; None where they have something that it keeps nothing for."""
        if not self._fits(subject):
            return None
        written = self.meaning.written
        state = [begins if isinstance(begins, int) else 0 for begins, _, _ in written.state.values()]
        kept = Kept(subject.id, state, [[] for _ in self.open.lists], self.years.number(subject.joined))
        converter = Converter(self.columns, self.years, kept.texts)
        self._put(kept, "today", self.years.number(subject.day))
        self._put(kept, "was_at", subject.at)
        self._periods(kept, subject)
        for name, column in self.columns.member_facts.items():
            value = self.columns.known(name, subject.id, subject.facts)
            self._put(kept, f"of_{column.is_there}", int(value is not None))
            self._put(kept, f"of_{column.name}", 0 if value is None else converter.integer(value, column.over))
        rows = _Rows(kept, self.columns.kinds, converter, len(self.rules))
        for ladder, stands in self.meaning.standing.items():
            for each, value in stands.scalars(subject.held[ladder], subject.day, subject.joined).items():
                self._put(kept, f"{stands.tier.name}_{each}", value)
        for unit, purse in self.meaning.parts.purses.items():
            if not self._lots(kept, subject.purses[unit], unit, purse.name, rows):
                return None
        for event, deeds in written.deeds.items():
            mine = [deed for deed in subject.deeds.values() if deed.event.type == event]
            self._put(kept, f"{deeds.name}_n", len(mine))
            for deed in mine:
                self._deed(kept, deed, deeds, rows)
        Totals(self.meaning, self.open, self.calendar, converter).read(subject, kept)
        return kept

    def _put(self, kept: Kept, name: str, value: int) -> None:
        if name in self.places:
            kept.state[self.places[name]] = value

    def _fits(self, subject: Subject) -> bool:
        """Whether a member has only what the kernel keeps something for."""
        odd: list[object] = [
            subject.account,
            subject.into,
            subject.closed,
            subject.greeted,
            subject.members,
            subject.waiting,
        ]
        odd += [subject.promised, subject.offers, subject.coming, subject.happened, subject.active]
        odd += [subject.known > subject.at]  # what falls due up to then is posted when it was known
        needed = (name for name, fact in self.program.member.facts.items() if not isinstance(fact.type, types.Optional))
        odd += [subject.facts.get(name) is None for name in needed]
        held = any(not self.meaning.standing[ladder].fits(each) for ladder, each in subject.held.items())
        lots = [lot for purse in subject.purses.values() for lot in purse.lots]
        mine = all(lot.released and lot.earner == lot.holder == subject.id and self._is_awarded(lot) for lot in lots)
        deeds = any(deed.takings or deed.corrected or deed.completed for deed in subject.deeds.values())
        corrected = any(subject.corrected.values()) or any(tally.days for tally in subject.owed.values())
        return (
            not any(odd) and not held and mine and not deeds and not corrected and subject.day.year >= self.years.first
        )

    def _is_awarded(self, lot: Lot) -> bool:
        """Whether a lot is called after an event and a rule of it: not one that was brought along, or given by hand."""
        event, _, rest = lot.id.partition("/")
        return any(event in rule.on and rest.endswith(f"/{rule.name}") for rule in self.program.rules.values())

    def _periods(self, kept: Kept, subject: Subject) -> None:
        """When the periods end that have begun."""
        for period, name in self.meaning.written.make.ends.items():
            end = self.calendar.period(period, subject.day, 0, subject.joined)[1]
            self._put(kept, name, self.years.number(end))
        if END_OF_MEMBERSHIP in self.places:
            first, end = self.calendar.period(nodes.Period.MEMBERSHIP_YEAR, subject.day, 0, subject.joined)
            self._put(kept, "joined", kept.joined)
            self._put(kept, "years_over", first.year - subject.joined.year)
            self._put(kept, END_OF_MEMBERSHIP, self.years.number(end))

    def _lots(self, kept: Kept, purse: Purse, unit: str, name: str, rows: _Rows) -> bool:
        """Puts the lots of a unit in their queue, or their rings; False where they do not stand in one, or something is owed that the program never takes."""
        step, lots = self.program.units[unit].step, sorted(purse.lots, key=lambda lot: lot.order)
        columns = {
            "of": [int(lot.left / step) for lot in lots],
            "end": [self.years.number(lot.expires) if lot.expires is not None else NEVER for lot in lots],
            "lot": [rows.lot(lot.id, self.rules) for lot in lots],
            "noted": [int(lot.noted is not None) for lot in lots],
            "day": [self.years.number(lot.earned) for lot in lots],
            "line": [lot.line if lot.line is not None else len(self.program.units[unit].expiries) for lot in lots],
        }
        chain, ends = self.meaning.chains.get(name), columns["end"]
        if (chain is None and sorted(ends) != ends) or (purse.debt and f"{name}_debt" not in self.places):
            return False
        self._put(kept, f"{name}_left", sum(columns["of"]))
        self._put(kept, f"{name}_live", len(lots))
        if chain is not None:
            columns = chain.placed(columns)
        for each, values in columns.items():
            if f"{name}_{each}" in self.open.lists:
                kept.lists[self.open.lists.index(f"{name}_{each}")] = values
        self._put(kept, f"{name}_tail", len(columns["of"]))
        self._put(kept, f"{name}_debt", int(purse.debt / step))
        self._put(kept, f"{name}_next", min(ends, default=NEVER))
        return True

    def _deed(self, kept: Kept, deed: Deed, deeds: Deeds, rows: _Rows) -> None:
        """Puts an event that can be undone at the end of its lists."""
        here = {
            "id": rows.converter.code(deed.event.id),
            "row": rows.of(deed.event.type, deed.event.id),
            "day": self.years.number(deed.day),
            "undone": int(deed.undone),
        }
        for number, name in enumerate(deeds.measured):
            step, whole = self.columns.facts[deeds.event, name].step, deed.facts[name] or ZERO
            here[f"whole{number}"] = int(whole / step)
            left = whole * deed.left.get((name, WHOLE), Fraction(1))
            here[f"left{number}"] = -1 if deed.undone else int(left / step)
        for number, unit in enumerate(deeds.proportion.units):
            step = self.program.units[unit].step
            here[f"given{number}"] = int(sum((gift.quantity for gift in deed.gifts if gift.unit == unit), ZERO) / step)
        for at, rule in enumerate(deeds.rules):
            step, mine = self.program.units[rule.unit].step, [gift for gift in deed.gifts if gift.rule == rule.name]
            here[f"left_of{at}"] = int(sum((gift.quantity - gift.taken for gift in mine), ZERO) / step)
        for each in deeds.kept:
            at_list = self.open.lists.index(f"{deeds.name}_{each}")
            kept.lists[at_list] = [*kept.lists[at_list], here[each]]


@dataclass
class _Rows:
    """Gives the events that lots and what can be undone come from their numbers."""

    kept: Kept
    kinds: Mapping[str, int]
    converter: Converter
    rules: int

    def of(self, event: str, id: str) -> int:
        numbers, kinds, ids = self.kept.rows
        named = self.kinds[event], self.converter.code(id)
        for number, *other in zip(numbers, kinds, ids, strict=True):
            if tuple(other) == named:
                return number
        numbers.append(self.kept.row)
        kinds.append(named[0])
        ids.append(named[1])
        self.kept.row += 1
        return numbers[-1]

    def lot(self, id: str, rules: list[str]) -> int:
        """The number of a lot, which is called after its event and its rule."""
        event, rest = id.split("/", 1)
        rule = max((each for each in rules if rest.endswith(f"/{each}")), key=len)
        return self.of(event, rest.removesuffix(f"/{rule}")) * self.rules + rules.index(rule)
