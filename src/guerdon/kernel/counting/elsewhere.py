"""What has been counted with somebody who is named, as text: what it shows is a column, and what is added to it a row.

Others add to it too, so no member's state has it: `rows.elsewhere` adds up what all rows say, in the order of events.
"""

from __future__ import annotations

from dataclasses import dataclass

from guerdon.kernel.counting.tally import Tally, plain
from guerdon.kernel.writing.beyond import covered
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import AMOUNT
from guerdon.kernel.writing.values import Value
from guerdon.program import nodes
from guerdon.program.nodes import Aggregate, Period

USED = "used"
"""The kind of a row that says what is added to what is counted elsewhere, by its column."""

ASKED = "asked"
"""The kind of a row that says what a limit that is kept so was asked for, what it lets in at most and what it let in; by its column, and whether that is all or nothing."""

GIVEN_BACK = "given back"
"""The kind of a row that says what a return takes off it, and (by its row) of which event."""

REMAINS = "remains"
"""The kind of a row that says of what a return undoes how much is left, of how much, and (by its row) which event it is."""


@dataclass
class Elsewhere(Tally):
    """What has been counted with somebody else; `column` is what it shows at an event."""

    column: str = ""

    def find(self, fields: tuple[str, ...], here: Here) -> None:
        """The column is that of the event's facts."""
        for name in fields:
            fact = self.make.program.events[here.event or ""].facts[name]
            covered(fact.value is None, "limits")

    def begin(self) -> None:
        """At an event it is nothing as long as nobody asks."""
        self.make.w.line(f"{self.name}_used = 0")

    def watch(self, window: nodes.Window, aggregate: Aggregate) -> None:
        """Takes notice of its one window."""
        of = plain(window)
        covered(not isinstance(of, nodes.Since), "limits")
        covered(not (isinstance(of, nodes.Calendar) and of.period is Period.MEMBERSHIP_YEAR), "limits")
        self.counts = aggregate is Aggregate.COUNT

    def read(self, window: nodes.Window, aggregate: Aggregate, here: Here) -> Value:
        """What is shown at the event."""
        covered(self.make.full and here.event is not None, "limits")
        self.make.w.line(f"{self.name}_used = fits({self.column}[{here.row}], {AMOUNT[0]}, {AMOUNT[1]})")
        return Value(f"{self.name}_used", 1 if self.counts else self.over, positive=True)

    def add(self, value: str, there: str = "1") -> None:
        """Counts a value of the event."""
        more = "1" if self.counts else value
        self.make.w.line(f"{self.name}_used = fits({self.name}_used + {more}, {AMOUNT[0]}, {AMOUNT[1]})")
        self.make.write(self.make.code(USED, self.column), more)

    def ask(self, wanted: str, most: str, gives: str, or_nothing: bool) -> None:
        """Notes what a limit makes of what is wanted: so much at most."""
        w = self.make.w
        with w.block(f"if {wanted} > 0:"):
            if self.counts:
                wanted, gives, or_nothing = "1", f"1 if {gives} > 0 else 0", True
            self.make.write(self.make.code(ASKED, self.column, or_nothing), wanted, most, gives)

    def remains(self, left: str, whole: str, sale: str) -> None:
        """Notes how much is left of an event of which something is undone."""
        self.make.write(self.make.code(REMAINS, self.column), left, whole, sale)

    def give_back(self, value: str, sale: str) -> None:
        """Takes a value off what was counted of an event, of which this is the row."""
        self.make.write(self.make.code(GIVEN_BACK, self.column), "1" if self.counts else value, sale)
