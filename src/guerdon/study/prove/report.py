"""What was found out about a program: what is amiss, what can be earned at most, what is proved, what is undecided."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from html import escape

from guerdon.check.wording import plain
from guerdon.study.report.fragment import fragment, texts
from guerdon.text.diagnostic import Diagnostic

INSTALL = "pip install 'guerdon[prove]'"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is amiss, and where there is one the moment that shows it: clauses of a test, and what the engine gave there."""

    said: Diagnostic
    witness: tuple[str, ...] = ()
    came: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Most:
    """The most of a unit that one unit of money earns at one event of a kind.

    Shape: `least` was earned on the reference engine, by the witness; more than `most` can't be.
    """

    event: str
    unit: str
    currency: str
    least: Fraction
    most: Fraction
    within: str  # what baskets this is true of; empty: of all events
    witness: tuple[str, ...]
    came: tuple[str, ...]
    assumes: tuple[str, ...] = ()  # of what else the event counts there is no more than of the money
    more: tuple[str, ...] = ()  # what each of them adds, whatever is spent
    is_spent: bool = True  # false: it is earned where less than one unit of money is spent

    @property
    def assumed(self) -> str:
        """Of what there is no more than of the money, and what each of it adds, in words."""
        if not self.assumes:
            return ""
        names = " and ".join(f"`{name}`" for name in self.assumes)
        more = f", and {' and '.join(self.more)}, whatever is spent" if self.more else ""
        return f"where there is no more of {names} than of {self.currency}{more}"


@dataclass(frozen=True, slots=True)
class Undecided:
    """What could not be decided, and what stood in the way."""

    what: str
    why: str


@dataclass(slots=True, repr=False)
class Report:
    """All that was found out."""

    program: str
    findings: list[Finding] = field(default_factory=list)
    most: list[Most] = field(default_factory=list)
    proved: list[str] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)

    def __repr__(self) -> str:
        many = (len(self.findings), "found"), (len(self.proved), "proved"), (len(self.undecided), "undecided")
        return f"<Report of {self.program}: {', '.join(f'{count} {what}' for count, what in many)}>"

    def _repr_markdown_(self) -> str:
        """What is amiss, what is proved and what is undecided, a line each."""
        lines = [f"- {each.said.code}: {each.said.message}" for each in self.findings]
        lines += [f"- proved: {each}" for each in self.proved]
        lines += [f"- undecided: {each.what} ({each.why})" for each in self.undecided]
        return "\n".join([f"### {self.program}: what is proved", "", *lines])

    def _repr_html_(self) -> str:
        """The same in tables, with what shows it."""
        tables: dict[tuple[str, tuple[str, ...]], list[tuple[str, ...]]] = {
            ("What is amiss", ("code", "what", "where", "what shows it", "what came of it")): [
                (each.said.code, each.said.message, str(each.said.span), _lines(each.witness), _lines(each.came))
                for each in self.findings
            ],
            ("The most that money earns", ("event", "per", "at least", "at most", "within", "what shows it")): [
                (
                    each.event,
                    f"1 {each.currency}",
                    f"{plain(each.least)} {each.unit}",
                    f"{plain(each.most)} {each.unit}",
                    "; ".join(filter(None, (each.within, each.assumed))),
                    _lines(each.witness),
                )
                for each in self.most
            ],
            ("What is proved", ("what",)): [(each,) for each in self.proved],
            ("What is undecided", ("what", "what stood in the way")): [
                (each.what, each.why) for each in self.undecided
            ],
        }
        parts = [texts(title, columns, rows) for (title, columns), rows in tables.items() if rows]
        return fragment("\n".join([f"<h1>{escape(self.program)}: what is proved</h1>", *parts]))


def _lines(of: tuple[str, ...]) -> str:
    return "; ".join(each.strip() for each in of)
