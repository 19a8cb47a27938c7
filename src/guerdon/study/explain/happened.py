"""What the ledger says that happened to somebody, in words: given, held, spent, expired, taken back, refused, said, offered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple, TypeVar

from guerdon.check.wording import plain
from guerdon.history.event import Event
from guerdon.ledger.entries import OWN, Award, Effect, Move, Offered, Posting, Pot, Refusal
from guerdon.reference.calendar import ONE
from guerdon.reference.engine import Engine
from guerdon.reference.exact import ZERO
from guerdon.reference.late import MARK
from guerdon.reference.offers import OPEN
from guerdon.reference.triggers import Due
from guerdon.study import words

Entry = TypeVar("Entry", Award, Posting, Refusal, Effect, Offered)

MOST_LOTS = 3
"""How many lots are named where there is little room."""


class Phrase(NamedTuple):
    """Something that happened: `expired`, and what did."""

    verb: str
    text: str

    def __str__(self) -> str:
        return f"{self.verb} {self.text}"


class Told:
    """The entries of a ledger, found by the event that they came of: one of `events`."""

    def __init__(self, engine: Engine, events: Iterable[Event]) -> None:
        ledger = engine.posted.ledger
        times = Counter(event.id for event in events)
        self._ambiguous = {id for id, often in times.items() if often > 1}  # ids are unique within a kind only
        self.engine, self.program = engine, engine.program
        self.awards = {award.id: award for award in ledger.awards}
        self.merged = {lot for lot, times in _times_issued(ledger.postings).items() if times > 1}
        self._given = _by_event(ledger.awards)
        self._posted = _by_event(ledger.postings)
        self._refused = _by_event(ledger.refusals)
        self._said = _by_event(ledger.effects)
        self._offered = _by_event(ledger.offers)
        self._aside = [each for each in engine.posted.rejections if each.source]

    def touches(self, event: Event, whose: Collection[str]) -> bool:
        """Whether an event did something to one of these."""
        members = [each.member for each in self._awarded(event)]
        members += [each.member for each in self._of(event, self._refused)]
        members += [each.member for each in self._effects(event)]
        return any(id in whose for id in (*members, *(each.holder for each in self.posted(event))))

    def posted(self, event: Event) -> list[Posting]:
        """The postings that came of an event."""
        return self._of(event, self._posted)

    def _of(self, event: Event, entries: dict[str, list[Entry]]) -> list[Entry]:
        """The entries of an event, told from one of another kind with its id by their time."""
        found = entries.get(event.id, [])
        return [each for each in found if each.at == event.at] if event.id in self._ambiguous else found

    def given(self, event: Event, who: str, whose: Collection[str] | None = None) -> list[str]:
        """What rules gave for an event, and what was taken back of earlier awards, as `who` sees it.

        Shape: all of it, or (`whose`) what these got and lost.
        """
        return [
            self._award(award) + self._to(award, who)
            for award in self._awarded(event)
            if award.quantity and (whose is None or award.member in whose)
        ]

    def _to(self, award: Award, who: str) -> str:
        """Who got or lost an award, where that is somebody else."""
        return "" if award.member == who else f" {'to' if award.of is None else 'from'} {award.member}"

    def back(self, event: Event) -> list[Award]:
        """What an event took back of earlier awards."""
        return [each for each in self._awarded(event) if each.of is not None]

    def put_right(self, event: Event, rule: str, gave: bool) -> Iterator[tuple[int, Fraction, str]]:
        """What was posted of a rule's award after the event was known, because an earlier one came late: when, how much more, and
        the event that came late, where that is known. Where the rule `gave` something as it was looked at, that is no part of it, even
        if it was looked at for the first time then."""
        known = max(event.at, event.recorded)
        mine = [each for each in self._awarded(event) if each.rule == rule]
        first_then = gave and all(each.at > known for each in mine if each.of is None)
        for each in mine:
            if first_then and each.of is None:
                continue
            if each.at > known if each.of is None else each.id.startswith(f"{each.of}{MARK}"):
                yield each.at, each.quantity, each.id.removeprefix(f"{each.of}{MARK}") if each.of is not None else ""

    def _awarded(self, event: Event) -> list[Award]:
        return [each for each in self._given.get(event.id, []) if f"{each.id}/".startswith(f"{event.name}/")]

    def _award(self, award: Award) -> str:
        by = f'"{award.rule}"' if award.rule in self.program.rules else f"by {award.rule}"
        text = f"{words.quantity(award.quantity, award.unit)} {by}"
        if award.of is not None:
            return f"{text} of {self._origin(award.of)}"
        if award.spendable_from is None:
            return f"{text} (held)"
        held = award.spendable_from > award.at
        return f"{text} (held to {self.day(award.spendable_from)})" if held else text

    def _origin(self, award: str) -> str:
        """The event that brought an award."""
        kind, known = award.partition("/")[0], self.awards.get(award)
        if known is None or known.event.startswith(f"{kind}/"):  # of a trigger, which is called by its day
            return kind if known else award
        return f"{kind} {known.event}"

    def day(self, instant: int) -> str:
        return self.engine.calendar.day(instant).isoformat()

    def aside(self, event: Event) -> str:
        """Why an event was set aside; empty where it was not."""
        for each in self._aside:
            if (each.event, each.source.get("member"), each.place) == (event.id, event.member, event.place):
                row = f", {each.place}" if each.place is not None else ""
                return f"set aside: {each.message} ({each.code}{row})"
        return ""

    def refused(self, event: Event) -> Iterator[Phrase]:
        """What an event asked for in vain."""
        for each in self._of(event, self._refused):
            much = [words.quantity(each.quantity, each.unit)] if each.quantity else []
            named = [f'"{each.rule}"'] if each.rule is not None else []
            yield Phrase("refused", f"{', '.join([*named, *much])}: {each.reason}")

    def said(self, event: Event, who: str, whose: Collection[str] | None = None) -> Iterator[Phrase]:
        """What an event made rules say, as `who` sees it: all of it, or (`whose`) what was said to these."""
        for each in self._effects(event):
            if whose is None or each.member in whose:
                yield Phrase("said", f'"{each.text}"' + ("" if each.member == who else f" to {each.member}"))

    def offered(self, event: Event) -> Iterator[Phrase]:
        """What an event opened to its member, and what became of what was open."""
        for each in self._of(event, self._offered):
            over = each.closes <= each.at  # what completed it was undone too late
            again = "no longer completed" if over else "opens again"
            verb = "opens" if each.opened == event.id else again if each.state == OPEN else each.state
            through = f" through {self._last(each)}" if each.state == OPEN and not over else ""
            which = "" if each.opened == event.id else f" (opened by {each.opened})"
            yield Phrase(verb, f'"{each.offer}"{which}{through}')

    def _last(self, of: Offered) -> str:
        """The last day on which an offer is open, or where it closes within a day the last instant."""
        calendar = self.engine.calendar
        day = calendar.day(of.closes - 1)
        return str(day) if calendar.start(day + ONE) == of.closes else words.local(calendar.local(of.closes - 1))

    def _effects(self, event: Event) -> list[Effect]:
        return [each for each in self._said.get(event.id, []) if each.id.startswith(f"{event.name}/")]

    # ------------------------------------------------------------ postings

    def phrases(self, postings: Iterable[Posting], who: str, lots: int = MOST_LOTS) -> Iterator[Phrase]:
        """What postings say beside awards, those of one kind together; so many lots named.

        Shape: what is somebody else's than `who`'s says whose it is.
        """
        kinds: dict[tuple[str, str, str], list[Posting]] = {}
        for each in postings:
            verb = self._verb(each)
            if verb:
                kinds.setdefault((verb, each.holder, each.unit), []).append(each)
        for (verb, holder, unit), parts in kinds.items():
            total = words.quantity(sum((each.quantity for each in parts), ZERO), unit)
            named = _NAMES_LOTS.get(verb, True) and all(each.lot for each in parts)
            text = total + (self._of_lots(parts, lots) if named else "")
            yield Phrase(verb, text if holder == who else f"{text} ({holder})")

    def _verb(self, each: Posting) -> str:
        """What a posting does; empty for what awards say already."""
        of_rule = each.reason in self.program.rules
        match each.source, each.target:
            case Pot.ISSUED, _:
                return "" if of_rule else "given"
            case _, Pot.ISSUED:  # a late event put right what was given
                return "" if of_rule else "taken"
            case Pot.PENDING, Pot.AVAILABLE:
                return "released"
            case Pot.DEBT, Pot.CHARGED:
                return "charged"
            case Pot.DEBT, _:
                return "owes"
            case _, Pot.TAKEN_BACK if each.source in OWN:
                return "" if of_rule else "taken"
            case ((Pot.WRITTEN_OFF | Pot.CHARGED), _):
                return _SHORT[each.source]
            case source, Pot.AVAILABLE | Pot.PENDING:
                return "received" if source is Pot.TRANSFERRED else "given back"
            case _, ((Pot.WRITTEN_OFF | Pot.CHARGED) as target):  # what was lacking when this was taken
                return f"no longer {_SHORT[target]}"
            case source, Pot.DEBT if source not in OWN:
                return "owes no more"
            case _, target:
                return _LEAVES[target]

    def _of_lots(self, parts: list[Posting], most: int) -> str:
        """Which lots so much is of: ` of A`, or `: 100 of A, 50 of B`."""
        amounts: dict[str, Fraction] = {}
        for each in parts:
            amounts[each.lot or ""] = amounts.get(each.lot or "", ZERO) + each.quantity
        if len(amounts) == 1:
            return f" of {self.lot(next(iter(amounts)))}"
        shown = [f"{plain(much)} of {self.lot(lot)}" for lot, much in list(amounts.items())[:most]]
        more = len(amounts) - most
        return f": {', '.join(shown)}" + (f" and {words.count(more, 'lot')} more" if more > 0 else "")

    def lot(self, id: str) -> str:
        """What a lot is called: after the award that made it, or the event."""
        award = self.awards.get(id)
        later = " and later" if id in self.merged else ""
        if award is None:
            return " ".join(id.split("/")[:2]) + later
        return f'"{award.rule}" of {self._origin(id)}{later}'


_SHORT = {Pot.WRITTEN_OFF: "written off", Pot.CHARGED: "turned into money"}
_LEAVES = {
    Pot.SPENT: "spent",
    Pot.EXPIRED: "expired",
    Pot.TRANSFERRED: "passed on",
    Pot.DEBT: "debt repaid with",
}
_NAMES_LOTS = {"given": False, "received": False}


def kind(event: Event) -> str:
    """The kind of an event; a trigger is called by its words already."""
    return "trigger" if isinstance(event, Due) else event.type


def _by_event(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for each in entries:
        if each.event is not None:
            found.setdefault(each.event, []).append(each)
    return found


def _times_issued(postings: Iterable[Posting]) -> dict[str, int]:
    """How many awards each lot holds."""
    times: dict[str, int] = {}
    for each in postings:
        if each.source is Pot.ISSUED and each.lot is not None:
            times[each.lot] = times.get(each.lot, 0) + 1
    return times


def moved(move: Move, who: str) -> Phrase:
    """A tier that came to be held, and why."""
    whose = "" if move.member == who else f" ({move.member})"
    return Phrase(move.ladder, f"{move.tier or 'no more'}: {move.reason}{whose}")
